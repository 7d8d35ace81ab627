"""How the record calls rounds, parties, answers and notes."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from consultations.models import Answer, HearingRound, InputNote, Invitation
from workflow.views.record_subjects import Naming


def _party(name: str, erased_at: datetime | None) -> str:
    return "" if erased_at else name


NAMINGS: Final[dict[str, Naming]] = {
    "answer": Naming(Answer, ("invitation__name", "invitation__erased_at"), words=_party),
    "hearinground": Naming(HearingRound, ("title",), has_deadlines=True),
    "inputnote": Naming(InputNote, ("occasion",)),
    "invitation": Naming(
        Invitation, ("name", "erased_at"), ("invitation", "invitations"), words=_party, has_deadlines=True
    ),
}
"""Table → how its rows are called in the record."""
