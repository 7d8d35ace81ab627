"""The day on which a body takes a matter up, as it or an officer tells it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from notifications import outbox
from workflow.actions.approvals.reminding import next_check
from workflow.actions.approvals.requests import lock_request
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer_or_body
from workflow.actors import Actor
from workflow.audit import record
from workflow.models import ApprovalRequest
from workflow.rules import insist
from workflow.rules.approvals import may_announce_meeting
from workflow.rules.processes import may_take_in
from workflow.states import Verb


@transaction.atomic
def announce_meeting(
    request: ApprovalRequest, *, meeting_on: date, actor: Actor, now: datetime, key: str = ""
) -> ApprovalRequest:
    """Note on which local day the body will take the matter up; reminders wait until then.

    Refuses a day that has passed, a body that is not being asked, and an ended process.
    """
    process, request = lock_request(request, must_run=False)
    insist_officer_or_body(actor, process.office, now, request.body)
    once = Once(f"announce_meeting:{request.public_id}", key, (meeting_on,))
    if once.made:
        return request
    insist(may_take_in(process) or may_announce_meeting(request, meeting_on, actor, now, process.time_zone))
    request.meeting_on = meeting_on
    request.next_check_at = next_check(request, now)
    request.save(update_fields=["meeting_on", "next_check_at"])
    outbox.withdraw([request.public_id], kinds=["decision_reminder"], reason="meeting_to_come", now=now)
    record(Verb.ANNOUNCE_MEETING, request, actor=actor, now=now, process=process, codes={"meeting_on": meeting_on})
    once.keep(request.public_id, now)
    return request
