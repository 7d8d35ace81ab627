"""The verbs of the consultations floor: one verb, one function, one transaction."""
