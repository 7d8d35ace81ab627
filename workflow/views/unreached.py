"""Duties: questions that no mail has brought to those who are asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflow.actions.asked_at_address import REQUESTS, SUBMISSIONS
from workflow.asked_kinds import UNREACHED, AskedKind
from workflow.models import ApprovalRequest, Office, Stage
from workflow.stage_kinds import page_of_stage
from workflow.stage_kinds.pages import Duty
from workflow.states import ProcessState, RequestState
from workflow.views.pages import url_of_stage


def unreached_duties(offices: Sequence[Office], now: datetime) -> list[Duty]:
    """A stage in which bodies wait for a question they never got; a submission that did not arrive."""
    by_stage: dict[Stage, list[ApprovalRequest]] = {}
    # Those that are only listed stand on the page of their dispatch.
    for asked in _unreached(REQUESTS, offices).exclude(state=RequestState.LISTED):
        by_stage.setdefault(asked.stage, []).append(asked)
    duties = []
    for stage, requests in by_stage.items():
        why = ngettext(
            "The question has not reached %(count)d body: correct the address, or ask otherwise than by mail",
            "The question has not reached %(count)d bodies: correct the address, or ask otherwise than by mail",
            len(requests),
        )
        duties.append(_duty(stage, why % {"count": len(requests)}))
    for sent in _unreached(SUBMISSIONS, offices):
        why = _("The mail to %(authority)s did not arrive: correct the address") % {"authority": sent.body.name}
        duties.append(_duty(sent.stage, why))
    return duties


def _unreached(kind: AskedKind, offices: Sequence[Office]) -> QuerySet[Any]:
    return kind.waiting(offices, ProcessState.RUNNING).filter(UNREACHED).order_by("body__sort_key", "id")


def _duty(stage: Stage, why: str) -> Duty:
    return Duty.in_stage(
        stage, url=page_of_stage(stage) or url_of_stage(stage), why=why, badge=_("Not reached"), tone="error"
    )
