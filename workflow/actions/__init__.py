"""The verbs of the workflow floor: one verb, one function, one transaction."""
