"""Pure rules of rounds, parties and answers: `may_…(subject, …, actor, now) -> Refusal | None`. No database."""
