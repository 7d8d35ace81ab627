"""Offices, bodies, documents, definitions, processes, stages, approvals, submissions and the record of them."""
