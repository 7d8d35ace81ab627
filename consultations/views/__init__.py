"""Pages of the consultations floor: the officer's round, a party's answer by personal link, what the public sees."""
