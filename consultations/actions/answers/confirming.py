"""Provisional answers: confirmed by their party or on its behalf, and asked about once. The sweep comes in too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from consultations.actions.answers.versions import held_versions
from consultations.actions.locking import hold_invitation
from consultations.actions.reminders import stop_reminding
from consultations.mails import letters as mails
from consultations.models import Answer, Invitation
from consultations.queries.provisional import answers_to_confirm
from consultations.queries.rounds import came_in_time
from consultations.rules.provisional import is_by_its_day, may_confirm, may_confirm_on_behalf, unwanted_confirming
from consultations.states import RoundVerb
from notifications import outbox, postponed
from notifications.queries import least
from notifications.states import Priority
from workflow.actions.once import Once
from workflow.actors import SYSTEM, Actor
from workflow.audit import record
from workflow.deadlines import local_day
from workflow.mails.letters import letter_to
from workflow.rules import insist
from workflow.rules.asked import has_address, is_reached

ASK_TO_CONFIRM: Final = "ask_to_confirm"


@transaction.atomic
def confirm_answer(
    invitation: Invitation, *, received_at: datetime, actor: Actor, now: datetime, key: str = ""
) -> Answer:
    """The provisional answer that stands is final, word for word. Returns it.

    received_at: the instant at which the confirmation reached us. By the day that the answer named, or before the
    party's deadline, it is in time; after both it is recorded as late, and counts all the same. The party gets a
    receipt by mail, and is asked no more.

    Refuses an answer that is final already, one that is filed only, a process that has ended, and of an officer a time
    in the future or before the answer.
    """
    hold = hold_invitation(invitation, actor, now)
    once = Once(f"confirm_answer:{hold.invitation.public_id}", key, (received_at if actor.kind != "link" else None,))
    if earlier := once.made:
        return Answer.objects.get(public_id=earlier)
    answer = held_versions(hold).standing_answer
    insist(may_confirm(hold.round, hold.invitation, hold.link_id, answer, hold.process.state, actor=actor))
    assert answer is not None
    if actor.kind != "link":
        insist(may_confirm_on_behalf(answer, received_at, now))
        actor = actor.acting_for(hold.invitation.name)
    is_in_time = is_by_its_day(hold.round, answer, received_at) or came_in_time(hold.invitation, received_at)
    answer.confirmed_at, answer.is_confirmed_late, answer.next_check_at = received_at, not is_in_time, None
    answer.save(update_fields=["confirmed_at", "is_confirmed_late", "next_check_at"])
    stop_reminding([hold.invitation.public_id], reason="confirmed", now=now)
    if has_address(hold.invitation):
        about, facts = str(answer.public_id), {"answer": str(answer.public_id)}
        first = Priority.WAITED_FOR
        letter = letter_to(mails.CONFIRMED, hold.invitation, hold.process, about=about, facts=facts, priority=first)
        outbox.enqueue([letter], now)
    codes = {
        "receipt": answer.receipt_number,
        "confirmed_at": received_at,
        "is_confirmed_late": answer.is_confirmed_late,
    }
    record(RoundVerb.CONFIRM_ANSWER, answer, actor=actor, now=now, process=hold.process, codes=codes)
    once.keep(answer.public_id, now)
    return answer


def ask_to_confirm(now: datetime) -> int:
    """The sweep: on the day that a provisional answer named its party is asked, once, to confirm or replace it. Returns
    how many answers were looked at."""
    due = answers_to_confirm().filter(next_check_at__lte=now)
    return postponed.in_batches(ASK_TO_CONFIRM, due, lambda ids: _ask(ids, now), now, whose=_WHOSE)


def next_confirming_due(now: datetime) -> datetime | None:
    """When the next party is to be asked to confirm; in the past when one waits already."""
    at: datetime | None = least(answers_to_confirm(), "next_check_at")
    return at


_WHOSE: Final = postponed.belonging(
    Answer, office="invitation__round__stage__process__office", process="invitation__round__stage__process"
)


@transaction.atomic
def _ask(ids: Sequence[int], now: datetime) -> int:
    # The lock of an invitation is that of its answers, so they are read under it; who answers just now is left alone.
    parties = Invitation.objects.select_for_update(of=("self",), skip_locked=True).filter(answers__in=ids)
    by_id = {party.pk: party for party in parties.select_related("round__stage__process__office").order_by("pk")}
    answers = list(answers_to_confirm().filter(pk__in=ids, next_check_at__lte=now, invitation__in=by_id))
    letters = []
    for answer in answers:
        party = by_id[answer.invitation_id]
        today = local_day(now, ZoneInfo(party.process.time_zone))
        if unwanted_confirming(answer, is_running=True, today=today) or not is_reached(party):
            continue
        about, facts = str(answer.public_id), {"answer": str(answer.public_id)}
        letters.append(letter_to(mails.CONFIRM, party, party.process, about=about, facts=facts))
        codes = {"receipt": answer.receipt_number, "provisional_on": answer.provisional_on}
        record(RoundVerb.ASK_TO_CONFIRM, answer, actor=SYSTEM, now=now, process=party.process, codes=codes)
    outbox.enqueue(letters, now)
    Answer.objects.filter(pk__in=[answer.pk for answer in answers]).update(next_check_at=None)
    return len(answers)
