"""Pure rules: `may_…(subject, actor, now) -> Refusal | None`. The rule that hides a button refuses the post."""

from workflow.rules.refusals import Refusal, Refused, insist
from workflow.rules.sorting import danish_sort_key

__all__ = ["Refusal", "Refused", "danish_sort_key", "insist"]
