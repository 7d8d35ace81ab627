"""Named reads of the consultations floor: the status board, a party's page, what the public sees, what is due."""
