"""The duty to telephone bodies that have been reminded and have not decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflow.models import Office
from workflow.queries.call_list import bodies_to_call
from workflow.stage_kinds.pages import Duty

NAMED: Final = 3
"""So many bodies are named; the others are counted."""


def call_duties(offices: Sequence[Office], now: datetime) -> list[Duty]:
    """For each stage, whom to telephone: asked, reminded as often as they are, and not decided."""
    return [
        Duty.in_stage(
            stage,
            url=reverse("approvals", args=[stage.process.public_id, stage.public_id]),
            why=_("Call %(names)s: they get no more reminders") % {"names": _names([row.body.name for row in rows])},
            due_at=min(row.reply_by_at for row in rows if row.reply_by_at is not None),
            is_overdue=True,
            badge=_("Call"),
            tone="warning",
        )
        for stage, rows in bodies_to_call(offices, now).items()
    ]


def _names(names: Sequence[str]) -> str:
    if len(names) <= NAMED:
        return ", ".join(names)
    rest = len(names) - NAMED
    text = ngettext("%(names)s and %(number)d other", "%(names)s and %(number)d others", rest)
    return text % {"names": ", ".join(names[:NAMED]), "number": rest}
