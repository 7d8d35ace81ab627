"""Saying what a body's reservation means for the matter."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from workflow.actions.approvals import settle_reservation
from workflow.forms.settling import EXPLAINED, SettlementForm
from workflow.models import ApprovalRequest, Decision
from workflow.rules.approvals import NO_RESERVATION
from workflow.states import Outcome, Settlement, StageState
from workflow.views.access import Visit
from workflow.views.approvals.body_pages import body_page, show_form_for, url_of
from workflow.views.consequences import (
    STAND_IN_WORDS,
    Consequences,
    afresh,
    consequences_of,
    refused_with,
    waits_on,
    with_more,
)
from workflow.views.decisions.recorded import valid_decision
from workflow.views.deeds import press_form


def reservation_of(asked: ApprovalRequest) -> Decision | None:
    """The decision in force on the question of a page, where it is a reservation."""
    decision = valid_decision(asked)
    has_one = decision is not None and decision.outcome == Outcome.APPROVED_WITH_RESERVATION
    return decision if has_one else None


@body_page("secretariat", "GET", "POST")
def reservation_settle(request: Visit, asked: ApprovalRequest) -> HttpResponse:
    """Say whether a reservation is without significance for the agreement or needs clarification."""
    decision, form = reservation_of(asked), SettlementForm(request.POST or None)
    heading = _("Settle the reservation")
    if decision is None:
        if request.method == "POST":
            raise Http404
        told = [refused_with(str(NO_RESERVATION.text), asked.stage.process)]
        return show_form_for(request, asked, form, heading, heading, consequences=told)
    done = _("It is recorded what the reservation means.")
    answer = press_form(request, form, partial(settle_reservation, decision), done=done, to=url_of(asked))
    if answer is not None:
        return answer
    lead = _("The reservation: %(words)s") % {"words": decision.remarks or decision.text}
    told = [_settling_of(request, asked, decision, settlement) for settlement in EXPLAINED]
    return show_form_for(request, asked, form, heading, heading, lead, told)


def _settling_of(request: Visit, asked: ApprovalRequest, decision: Decision, settlement: Settlement) -> Consequences:
    """What saying this of the reservation would do; that the day of lapse lets the matter go on is said beside."""
    row = afresh(decision, "request__stage")
    told = consequences_of(
        request,
        asked.stage.process,
        partial(settle_reservation, row, settlement, reason=STAND_IN_WORDS),
        undo=_("It can be settled anew; what was said before stays in the record. A stage that has gone on stays so."),
    )
    if not told.is_refused:
        told = with_more(told, happens=_onwards(asked, settlement, moves=bool(told.happens)))
    return replace(told, title=_("If it is settled as: %(settlement)s") % {"settlement": settlement.label})


def _onwards(asked: ApprovalRequest, settlement: Settlement, *, moves: bool) -> list[str]:
    if settlement == Settlement.IMMATERIAL:
        words = [_("The decision counts as an approval.")]
        return words if moves or asked.stage.state != StageState.OPEN else [*words, waits_on()]
    words = [_("The decision does not count. A task stays on the list of the office until the reservation is settled.")]
    if asked.stage.state != StageState.OPEN:
        return [*words, _("The stage is not opened again by it.")]
    return [*words, _("If a day is named, it counts from that day on, and the stage then goes on by itself.")]
