"""All that waits for an officer, from every room that knows of something. The home page comes in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflow.models import Office
from workflow.queries.overview import OpenStage, open_stages_of
from workflow.stage_kinds import duties_of_kinds, page_of_stage
from workflow.stage_kinds.pages import Duty
from workflow.states import StageKindName
from workflow.views.approvals.objections import objection_duties
from workflow.views.dispatches import dispatch_duties
from workflow.views.journal import journal_duties
from workflow.views.matters import matter_duties
from workflow.views.pages import url_of_stage
from workflow.views.postponed import postponed_duties
from workflow.views.unreached import unreached_duties


def duties(offices: Sequence[Office], now: datetime) -> list[Duty]:
    """All that waits for the officers of these offices, overdue first, then by date; undated last."""
    sources = (
        stage_duties,
        dispatch_duties,
        matter_duties,
        objection_duties,
        unreached_duties,
        journal_duties,
        postponed_duties,
        duties_of_kinds,
    )
    waiting = [duty for source in sources for duty in source(offices, now)]
    return sorted(waiting, key=lambda duty: (not duty.is_overdue, duty.due_at is None, _moment(duty.due_at)))


def _moment(at: datetime | date | None) -> str:
    return at.isoformat() if at else ""


def stage_duties(offices: Sequence[Office], now: datetime) -> list[Duty]:
    """What open stages ask of an officer: complete what is completed by hand, chase what is overdue."""
    duties = []
    for entry in open_stages_of(offices):
        stage, spec = entry.stage, entry.spec
        url = page_of_stage(stage) or url_of_stage(stage)
        if entry.bounced:
            duties.append(_bounced(entry, url))
        is_overdue = entry.deadline is not None and entry.deadline.at <= now and not entry.spec.optional
        if not (
            entry.is_by_hand or is_overdue or entry.awaited or entry.is_unsent or spec.kind is StageKindName.MILESTONE
        ):
            continue
        if entry.awaited:
            why = ngettext(
                "%(number)d body has not decided yet", "%(number)d bodies have not decided yet", entry.awaited
            ) % {"number": entry.awaited}
        elif entry.is_unsent:
            why = (
                _("Write the documents and lock them as a set; then make the package and send it to the authority")
                if entry.lacks_set
                else _("Make the package and send it to the authority")
            )
        elif entry.is_by_hand:
            why = _("Complete the stage when the documents are ready and locked")
        elif spec.kind is StageKindName.MILESTONE:
            why = _("Record the day it happens")
        else:
            why = _("The stage is past its deadline")
        duties.append(
            Duty.in_stage(
                stage,
                url=url,
                why=why,
                due_at=entry.deadline.at if entry.deadline else None,
                is_overdue=is_overdue,
            )
        )
    return duties


def _bounced(entry: OpenStage, url: str) -> Duty:
    why = ngettext(
        "The mail to %(count)d that was asked came back: correct the address",
        "The mails to %(count)d that were asked came back: correct the addresses",
        entry.bounced,
    )
    why %= {"count": entry.bounced}
    return Duty.in_stage(entry.stage, url=url, why=why, badge=_("Came back"), tone="error")
