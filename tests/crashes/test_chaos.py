"""A hearing under a short chaos: workers and beat killed (-9) at random moments, the queue emptied once.

Real PostgreSQL, Valkey, Celery and SMTP. A round goes out to forty parties, some answer, the others are reminded, and
a second round reaches its deadline meanwhile.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from celery import Celery
from django.utils import timezone
from redis import Redis

from consultations.mails import letters as mails
from consultations.models import Answer, Reminder
from consultations.states import AnswerState, InvitationState, RoundState
from notifications import outbox
from notifications.models import OutgoingMail
from notifications.states import MailState
from tests.consultations.factories import a_hearing
from tests.crashes.topology import topology
from tests.servers import MailSink
from tests.workflow.factories import a_process, an_actor, an_office, stage_of
from workflow.actions.gates import confirm_gate
from workflow.actions.sealing import verify_audit
from workflow.actions.stages import complete_stage
from workflow.deadlines import COPENHAGEN, local_day
from workflow.models import AuditEntry, Process, Stage

pytestmark = [
    pytest.mark.slow,
    pytest.mark.alone,
    pytest.mark.postgres,
    pytest.mark.valkey,
    pytest.mark.django_db(transaction=True),
]

SEED = int(os.environ.get("CHAOS_SEED") or 2019)
PARTIES = 40
EARLY = range(1, 9)  # answer before anybody is reminded
AMIDST = range(33, PARTIES + 1)  # answer while their reminders wait in the outbox and every worker is dead
KILLS = 3  # while the invitations go out; another two while the reminders do
ON_THE_WIRE = 2.0  # seconds a mail that was being sent when its party answered may take to arrive


class SlowSink(MailSink):
    """A mail server that takes a moment over each mail, so that workers are killed in the middle of a batch."""

    def __init__(self) -> None:
        super().__init__()
        self.arrivals: dict[str, list[datetime]] = defaultdict(list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        """Keep the mail and when it came, by its id."""
        await asyncio.sleep(0.04)
        answer = await super().handle_DATA(server, session, envelope)
        self.arrivals[str(self.messages[-1]["Message-ID"])].append(timezone.now())
        return answer


@contextmanager
def slow_sink() -> Iterator[SlowSink]:
    sink = SlowSink()
    controller = Controller(sink, hostname=sink.host, port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


def days_from_now(days: int) -> date:
    return local_day(timezone.now(), COPENHAGEN) + timedelta(days=days)


def a_process_whose_day_has_come(now: datetime) -> Process:
    """Its second stage waits for a day that has passed by now; nobody has looked since."""
    office = an_office("dato")
    process, officer = a_process(office, now, parameters={"begins_on": str(days_from_now(-1))}), an_actor(office)
    confirm_gate(
        stage_of(process, "first"), "manual_with_reason", reason="Aftalt med kommunerne", actor=officer, now=now
    )
    complete_stage(stage_of(process, "first"), actor=officer, now=now)
    return process


def is_quiet() -> bool:
    return not OutgoingMail.objects.filter(state__in=(MailState.QUEUED, MailState.CLAIMED)).exists()


def let_leases_end() -> None:
    """Five minutes later, without waiting for them."""
    past = timezone.now() - timedelta(seconds=1)
    OutgoingMail.objects.filter(state=MailState.CLAIMED).update(lease_until=past)


def reminders_that_came(sink: SlowSink) -> dict[str, list[datetime]]:
    """When reminders came, by address."""
    came: dict[str, list[datetime]] = {}
    for mail in OutgoingMail.objects.filter(kind=mails.REMINDER):
        came.setdefault(mail.to_address, []).extend(sink.arrivals.get(mail.message_id, []))
    return came


def test_hearing_under_chaos_reaches_everybody_and_reminds_nobody_who_answered(tmp_path: Path, valkey_url: str) -> None:
    chance = random.Random(SEED)
    now = timezone.now()
    hearing = a_hearing(now - timedelta(days=20), PARTIES, days_from_now(4))
    over = a_hearing(now - timedelta(days=40), 1, days_from_now(-1))
    dated = a_process_whose_day_has_come(now - timedelta(days=40))
    answered: dict[str, datetime] = {}

    def answer(number: int) -> None:
        with outbox.without_hints():
            hearing.answers(number, at=timezone.now())
        answered[hearing.party(number).email] = timezone.now()

    for number in EARLY:
        answer(number)
    flush_at = chance.randrange(KILLS)
    with slow_sink() as sink, topology(sink, valkey_url, tmp_path) as processes:
        processes.start("worker-1", "worker-2")
        Celery("probe", broker=valkey_url).send_task(outbox.DRAIN_TASK)
        for turn in range(KILLS):
            enough = len(sink.messages) + chance.randint(1, 8)
            processes.wait_until("mails arrive", lambda enough=enough: len(sink.messages) >= enough or is_quiet())
            # No condition to wait for: the kill is to fall wherever a mail happens to be, from claimed to recorded.
            time.sleep(chance.uniform(0, 0.2))
            processes.kill(chance.choice(("worker-1", "worker-2")))
            if "beat" in processes.running and chance.random() < 0.5:
                processes.kill("beat")
            if turn == flush_at:
                Redis.from_url(valkey_url).flushall()
            let_leases_end()
            processes.start("worker-1", "worker-2", "beat")
        to_remind = PARTIES - len(EARLY)
        processes.wait_until("reminders are queued", lambda: Reminder.objects.count() >= to_remind)
        time.sleep(chance.uniform(0, 0.2))  # as above: some reminders are sent, some claimed, some not yet looked at
        processes.kill("worker-1")
        processes.kill("worker-2")
        for number in AMIDST:
            answer(number)
        let_leases_end()
        processes.kill("beat")
        processes.start("worker-1", "worker-2", "beat")  # beat catches up at once
        processes.wait_until("all mail is sent", is_quiet)
        processes.wait_until("the round that is over closes", lambda: over.reread().state == RoundState.CLOSED)
        processes.wait_until("the day that has come is seen", lambda: stage_of(dated, "second").closed_at is not None)

    # Mail: everybody at least once, and a double only where it was counted.
    invitations = hearing.mails(mails.INVITATION)
    assert len(invitations) == PARTIES
    assert {mail.to_address for mail in invitations if sink.arrivals.get(mail.message_id)} == {
        f"part{number}@example.dk" for number in range(1, PARTIES + 1)
    }
    for mail in OutgoingMail.objects.all():
        times = len(sink.arrivals.get(mail.message_id, []))
        assert times <= 1 + mail.possible_doubles, f"{mail.kind} to {mail.to_address} came {times} times"
        assert times or mail.state == MailState.WITHDRAWN, f"{mail.kind} to {mail.to_address} is lost"

    # Reminders: one to each who was silent, none to who had answered.
    reminded = reminders_that_came(sink)
    for email, at in answered.items():
        late = [came for came in reminded.get(email, []) if came > at + timedelta(seconds=ON_THE_WIRE)]
        assert not late, f"{email} answered {at} and was reminded {late}"
    for number in EARLY:
        assert hearing.party(number).email not in reminded, "answered before anybody was reminded"
    for number in range(EARLY.stop, AMIDST.start):
        assert reminded[hearing.party(number).email]
        assert Reminder.objects.filter(invitation=hearing.party(number)).count() == 1

    # States: each deed once.
    assert hearing.reread().state == RoundState.OPEN
    assert {party.email for party in hearing.round.invitations.filter(state=InvitationState.ANSWERED)} == set(answered)
    assert Answer.objects.filter(state=AnswerState.SUBMITTED).count() == len(answered)
    assert len(hearing.mails(mails.RECEIPT)) == len(answered)
    assert AuditEntry.objects.filter(verb="close_round").count() == 1
    for process in (hearing.process, over.process, dated):
        keys = list(Stage.objects.filter(process=process).values_list("key", flat=True))
        assert len(keys) == len(set(keys)), "no stage was opened twice"
        closed = AuditEntry.objects.filter(verb="complete_stage", process_id=process.public_id).count()
        assert closed == Stage.objects.filter(process=process, closed_at__isnull=False).count()
    proof = verify_audit(now=timezone.now())
    assert proof.ok, proof.fault
