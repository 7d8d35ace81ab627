"""Saying what a body's reservation means for the matter, and letting one lapse on its day. Officers and the sweep come
in."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from notifications import postponed
from notifications.queries import least
from workflow.actions.approvals.requests import lock_request
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actions.stages import advance
from workflow.actors import SYSTEM, Actor
from workflow.audit import following, record
from workflow.audit.proven import settlement_codes
from workflow.audit.rows import salt_words
from workflow.deadlines import instant
from workflow.models import ApprovalRequest, Decision, Process, ReservationSettlement, by
from workflow.rules import insist
from workflow.rules.approvals import may_settle_reservation
from workflow.rules.processes import REASON_LENGTH, must_give_reason, must_not_have_ended
from workflow.states import DecisionState, ProcessState, Settlement, Verb


@transaction.atomic
def settle_reservation(
    decision: Decision,
    settlement: Settlement,
    *,
    reason: str,
    lapses_on: date | None = None,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> ReservationSettlement:
    """Say what a reservation means, with the reason: without significance for the agreement, and then the decision
    counts; or in need of clarification, and then it does not, until the local day it lapses on where one is named.

    What was said before stays, and the last word counts. Nobody gets a mail by it; the matter moves on where the gate
    opens. Refuses everybody but an officer, a decision without a reservation or no longer valid, a reason under ten
    characters, a day of lapse that has come or is not needed, and an ended process. In a suspended process it is taken
    down, and takes effect when that is resumed; a completed stage is not opened again by it.
    """
    process, request = lock_request(_request_of(decision), must_run=False)
    once = Once(f"settle_reservation:{decision.public_id}", key, (settlement, reason, lapses_on))
    if earlier := once.made:
        return ReservationSettlement.objects.get(public_id=earlier)
    insist_officer(actor, process.office, now)
    insist(must_not_have_ended(process) or must_give_reason(reason, REASON_LENGTH))
    # Read under the lock: a newer text may just have made it fall.
    decision = request.decisions.get(pk=decision.pk)
    insist(may_settle_reservation(decision, settlement, lapses_on=lapses_on, now=now, zone=process.time_zone))
    decision.settlements.filter(next_check_at__isnull=False).update(next_check_at=None)
    row = ReservationSettlement(
        decision=decision,
        settlement=settlement,
        reason=reason.strip(),
        lapses_on=lapses_on,
        next_check_at=instant(lapses_on, time(0), ZoneInfo(process.time_zone)) if lapses_on else None,
        at=now,
        **by(actor),
    )
    _enter(row, process, actor, Verb.SETTLE_RESERVATION)
    once.keep(row.public_id, now)
    return row


@transaction.atomic
def lapse_reservation(settlement: ReservationSettlement, *, now: datetime) -> bool:
    """What the sweep does when a reservation's day has begun: the reservation has lapsed, and the decision counts.

    False when there was nothing to do, because the reservation was settled anew, the decision fell, or the process does
    not run.
    """
    process, _request = lock_request(_request_of(settlement.decision), must_run=False)
    due = due_lapses(now).filter(pk=settlement.pk).first()
    if due is None:
        return False
    due.next_check_at = None
    due.save(update_fields=["next_check_at"])
    row = ReservationSettlement(decision=due.decision, settlement=Settlement.LAPSED, at=now, **by(SYSTEM))
    _enter(row, process, SYSTEM, Verb.LAPSE_RESERVATION)
    return True


def _enter(row: ReservationSettlement, process: Process, actor: Actor, verb: Verb) -> None:
    """Write the row and its entry, and let the matter go on where that opens the gate."""
    words = salt_words(row, {"reason": row.reason})
    row.save(force_insert=True)
    codes = {**settlement_codes(row), "words": words}
    detail = {"reason": row.reason} if row.reason else {}
    entry = record(verb, row.decision, actor=actor, now=row.at, process=process, codes=codes, detail=detail)
    advance(process, actor=following(entry), now=row.at)


def _request_of(decision: Decision) -> ApprovalRequest:
    return ApprovalRequest.objects.select_related("stage").get(pk=decision.request_id)


# ── The sweep ─────────────────────────────────────────────────────────────────────────────────────────────────
def _watched_lapses() -> QuerySet[ReservationSettlement]:
    """Reservations that are to lapse, of decisions that hold, in processes under way."""
    return ReservationSettlement.objects.filter(
        next_check_at__isnull=False,
        decision__state=DecisionState.VALID,
        decision__request__stage__process__state=ProcessState.RUNNING,
    )


def due_lapses(now: datetime) -> QuerySet[ReservationSettlement]:
    """Those whose day has begun."""
    return _watched_lapses().filter(next_check_at__lte=now).select_related("decision").order_by("next_check_at", "id")


def next_lapse_due(now: datetime) -> datetime | None:
    """When the next reservation lapses; None when none is to."""
    at: datetime | None = least(_watched_lapses(), "next_check_at")
    return at


_WHOSE = postponed.belonging(
    ReservationSettlement,
    office="decision__request__stage__process__office",
    process="decision__request__stage__process",
)


def lapse_reservations(now: datetime) -> int:
    """Let every reservation lapse whose day has begun, each by itself. Returns how many there were."""
    return postponed.one_by_one(
        "lapse_reservations", due_lapses(now), lambda row: lapse_reservation(row, now=now), now, whose=_WHOSE
    )
