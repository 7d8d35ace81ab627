"""How the record calls rounds, parties, answers and notes, and what of it stands out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from consultations.models import Answer, HearingRound, InputNote, Invitation
from consultations.states import RoundVerb
from workflow.stage_kinds.pages import RecordName


def _party(name: str, erased_at: datetime | None) -> str:
    return "" if erased_at else name


RECORD_NAMES: Final[dict[str, RecordName]] = {
    "answer": RecordName(Answer, ("invitation__name", "invitation__erased_at"), words=_party),
    "hearinground": RecordName(HearingRound, ("title",), has_deadlines=True),
    "inputnote": RecordName(InputNote, ("occasion",)),
    "invitation": RecordName(
        Invitation, ("name", "erased_at"), ("invitation", "invitations"), words=_party, has_deadlines=True
    ),
}
"""Table → how its rows are called in the record."""

VERB_TONES: Final[Mapping[str, str]] = {RoundVerb.SUBMIT_ANSWER: "success", RoundVerb.RECORD_BOUNCE: "error"}
"""What stands out on a timeline, and how."""
