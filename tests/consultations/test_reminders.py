"""Reminders: who, when, once; caught up after downtime, planned anew by every deed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from consultations.actions.answers import save_draft
from consultations.actions.extensions import extend_for_all, extend_for_one
from consultations.actions.parties import claim, decline, forward, promise_answer
from consultations.actions.reminders import next_party_reminder_due, repair_plans, send_reminders
from consultations.models import Invitation, Reminder
from consultations.rules.reminders import next_check, occasions, reminder_due
from consultations.states import InvitationState
from notifications import delivery
from notifications.states import MailState
from tests.consultations.factories import CLOSES_AT, LAUNCHED, OFFICER, WORDS, Hearing, a_hearing
from workflow.actions.processes import resume_process, suspend_process
from workflow.deadlines import local_day
from workflow.models import Process

ZONE = ZoneInfo("Europe/Copenhagen")
D14 = datetime(2019, 3, 15, 7, tzinfo=UTC)
D7 = datetime(2019, 3, 22, 7, tzinfo=UTC)
D1 = datetime(2019, 3, 28, 7, tzinfo=UTC)


def occasions_of(hearing: Hearing, number: int = 1) -> list[str]:
    found = Reminder.objects.filter(invitation=hearing.party(number)).order_by("id")
    return [occasion.split("@")[0] for occasion in found.values_list("occasion", flat=True)]


# ── Without a database ────────────────────────────────────────────────────────────────────────────────────────
MINUTES = st.integers(0, 60 * 24 * 60)


@given(
    length=st.integers(1, 60 * 24 * 45),
    days=st.lists(st.integers(0, 30), max_size=5),
    promise=st.none() | st.integers(0, 45),
    looks=st.lists(MINUTES, max_size=12),
)
def test_reminders_over_any_sweeps_go_once_per_occasion_before_the_deadline_and_not_before_a_promise(
    length: int, days: list[int], promise: int | None, looks: list[int]
) -> None:
    party = Invitation(
        state=InvitationState.INVITED,
        email="part@example.dk",
        remind_from_at=LAUNCHED,
        reply_by_at=LAUNCHED + timedelta(minutes=length),
        promised_on=None if promise is None else date(2019, 3, 1) + timedelta(days=promise),
    )
    sent: set[str] = set()
    moments = []
    for now in (LAUNCHED + timedelta(minutes=look) for look in sorted(looks)):
        occasion = reminder_due(party, days, ZONE, now, sent)
        if occasion is not None:
            assert occasion.full_key not in sent
            sent.add(occasion.full_key)
            moments.append(now)
        looked = next_check(party, days, ZONE, now, sent)
        assert looked is None or looked > now  # a sweep that has dealt with a party leaves it alone until then
    assert all(moment < LAUNCHED + timedelta(minutes=length) for moment in moments)
    assert len(moments) == len(set(moments))
    if party.promised_on is not None:
        assert all(local_day(moment, ZONE) > party.promised_on for moment in moments)


@given(st.lists(st.integers(0, 30), max_size=6), st.integers(1, 60 * 24 * 45))
def test_next_check_followed_to_its_end_sends_every_occasion(days: list[int], length: int) -> None:
    party = Invitation(
        state=InvitationState.INVITED,
        email="part@example.dk",
        remind_from_at=LAUNCHED,
        reply_by_at=LAUNCHED + timedelta(minutes=length),
    )
    sent: list[str] = []
    now: datetime | None = LAUNCHED
    while (now := next_check(party, days, ZONE, now or LAUNCHED, sent)) is not None:
        occasion = reminder_due(party, days, ZONE, now, sent)
        assert occasion is not None
        sent.append(occasion.full_key)
    assert sent == [occasion.full_key for occasion in occasions(party, days, ZONE)]


# ── With rows ─────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_send_reminders_at_each_occasion_reaches_those_who_have_not_answered() -> None:
    hearing = a_hearing(parties=3)
    assert next_party_reminder_due(LAUNCHED) == D14

    send_reminders(D14 - timedelta(microseconds=1))
    assert occasions_of(hearing) == []
    for moment in (D14, D14, D7, D1):
        send_reminders(moment)
        if moment == D14:
            hearing.answers(2, D14 + timedelta(hours=1)) if not hearing.party(2).answered_at else None

    assert occasions_of(hearing, 1) == ["14d", "7d", "1d"]
    assert occasions_of(hearing, 2) == ["14d"]
    assert hearing.party(1).next_check_at is None
    assert len(hearing.mails("hearing_reminder")) == 7


@pytest.mark.django_db
def test_send_reminders_after_downtime_catches_up_with_one() -> None:
    hearing = a_hearing(parties=1)

    send_reminders(D1 - timedelta(hours=20))
    send_reminders(D1 - timedelta(hours=19))

    assert occasions_of(hearing) == ["7d"]
    assert hearing.party().next_check_at == D1


@pytest.mark.django_db
def test_send_reminders_after_the_deadline_sends_none() -> None:
    hearing = a_hearing(parties=1)

    send_reminders(CLOSES_AT)

    assert occasions_of(hearing) == []
    assert next_party_reminder_due(LAUNCHED) is None


@pytest.mark.django_db
def test_send_reminders_in_a_suspended_process_waits_and_then_goes_by_the_new_day() -> None:
    hearing = a_hearing(parties=1)
    suspend_process(hearing.process, reason="På grund af epidemien", actor=OFFICER, now=LAUNCHED)
    assert send_reminders(D7) == 0

    # 21 days from 1 to 22 March: 29 March becomes Good Friday, 19 April, so Tuesday 23 April.
    resume_process(Process.objects.get(pk=hearing.process.pk), actor=OFFICER, now=D7 + timedelta(hours=2))
    assert send_reminders(D7 + timedelta(hours=2)) == 0
    mornings = [datetime(2019, 3, 23, 6, tzinfo=UTC) + timedelta(days=number) for number in range(32)]
    for morning in mornings:
        send_reminders(morning)

    reminders = Reminder.objects.order_by("queued_at").values_list("occasion", "queued_at__date")
    assert [(occasion, day.isoformat()) for occasion, day in reminders] == [
        ("14d@2019-04-23", "2019-04-09"),
        ("7d@2019-04-23", "2019-04-16"),
        ("1d@2019-04-23", "2019-04-17"),  # the day before is Easter Monday
    ]


@pytest.mark.django_db
def test_suspend_process_stops_a_reminder_on_its_way_and_the_next_occasion_reminds() -> None:
    hearing = a_hearing(parties=1)
    send_reminders(D14)
    suspend_process(hearing.process, reason="På grund af epidemien", actor=OFFICER, now=D14)
    delivery.deliver(D14, lambda: D14)

    resume_process(Process.objects.get(pk=hearing.process.pk), actor=OFFICER, now=D14 + timedelta(hours=2))
    for moment in (D14 + timedelta(hours=2), D7):
        send_reminders(moment)
        delivery.deliver(moment, lambda moment=moment: moment)

    states = [(mail.state, mail.withdrawn_reason) for mail in hearing.mails("hearing_reminder")]
    assert states == [(MailState.WITHDRAWN, "process_not_running"), (MailState.SENT, "")]
    assert occasions_of(hearing) == ["14d", "7d"]


@pytest.mark.django_db
def test_promise_answer_makes_reminders_wait_until_the_morning_after() -> None:
    hearing = a_hearing(parties=1)

    promise_answer(hearing.party(), promised_on=date(2019, 3, 25), actor=hearing.by_link(), now=LAUNCHED)
    send_reminders(D7)
    assert occasions_of(hearing) == []
    assert hearing.party().next_check_at == datetime(2019, 3, 26, 7, tzinfo=UTC)

    send_reminders(datetime(2019, 3, 26, 7, tzinfo=UTC))
    send_reminders(D1)
    assert occasions_of(hearing) == ["promised-2019-03-25", "1d"]


@pytest.mark.django_db
def test_decline_stops_reminders() -> None:
    hearing = a_hearing(parties=1)
    send_reminders(D14)

    decline(hearing.party(), reason="Vi er nedlagt", actor=hearing.by_link(), now=D14)
    send_reminders(D7)

    assert [mail.withdrawn_reason for mail in hearing.mails("hearing_reminder")] == ["declined"]


@pytest.mark.django_db
def test_extend_deadline_gives_new_occasions_and_none_at_once() -> None:
    hearing = a_hearing(parties=2)
    send_reminders(D14)
    send_reminders(D7)

    # 14 days before the new day is that very morning: the party has just heard from us, so on the next working morning.
    extend_for_one(hearing.party(1), new_on=date(2019, 4, 5), reason="Rådet mødes", actor=OFFICER, now=D7)
    send_reminders(D7 + timedelta(minutes=1))
    assert occasions_of(hearing, 1) == ["14d", "7d"]
    assert hearing.party(1).next_check_at == datetime(2019, 3, 25, 7, tzinfo=UTC)

    send_reminders(datetime(2019, 3, 25, 7, tzinfo=UTC))
    send_reminders(datetime(2019, 3, 29, 7, tzinfo=UTC))
    send_reminders(datetime(2019, 4, 4, 6, tzinfo=UTC))  # 8.00, now in summer time
    assert occasions_of(hearing, 1) == ["14d", "7d", "14d", "7d", "1d"]


@pytest.mark.django_db
def test_extend_deadline_by_hours_of_the_same_day_does_not_remind_again() -> None:
    hearing = a_hearing(parties=1)
    send_reminders(D1)
    extend_for_all(
        hearing.round, new_on=date(2019, 3, 29), new_clock=time(16), reason="Strømsvigt", actor=OFFICER, now=D1
    )
    send_reminders(D1 + timedelta(hours=1))

    assert occasions_of(hearing) == ["1d"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"state": "answered"}, "answered"),
        ({"state": "declined"}, "declined"),
        ({"bounced_at": LAUNCHED}, "bounced"),
        ({"promised_on": date(2019, 3, 26)}, "promised"),
        ({"email": "ny@example.dk"}, "address_changed"),
        ({"reply_by_at": CLOSES_AT + timedelta(days=7)}, "deadline_moved"),
        ({"reply_by_at": D7}, "deadline_passed"),
        ({"channel": "paper"}, "no_address"),
    ],
)
def test_deliver_reminder_overtaken_between_queue_and_claim_is_withdrawn(
    change: dict[str, object], reason: str
) -> None:
    hearing = a_hearing(parties=1)
    send_reminders(D7)
    # Facts moved behind the deeds' back: only the question at the moment of claiming stands in the way.
    Invitation.objects.filter(round=hearing.round).update(**change)

    delivery.deliver(D7, lambda: D7)

    [mail] = hearing.mails("hearing_reminder")
    assert (mail.state, mail.withdrawn_reason) == (MailState.WITHDRAWN, reason)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("table", "values", "reason"),
    [("process", {"state": "suspended"}, "process_not_running"), ("round", {"state": "closed"}, "round_not_open")],
)
def test_deliver_reminder_of_a_round_that_stands_still_is_withdrawn(
    table: str, values: dict[str, object], reason: str
) -> None:
    hearing = a_hearing(parties=1)
    send_reminders(D7)
    subject = hearing.process if table == "process" else hearing.round
    type(subject).objects.filter(pk=subject.pk).update(**values)  # type: ignore[attr-defined]

    delivery.deliver(D7, lambda: D7)

    assert hearing.mails("hearing_reminder")[0].withdrawn_reason == reason


@pytest.mark.django_db
def test_repair_plans_heals_what_a_deed_forgot() -> None:
    hearing = a_hearing(parties=3)
    hearing.answers(3)
    Invitation.objects.filter(round=hearing.round, number=1).update(next_check_at=None)
    type(hearing.round).objects.filter(pk=hearing.round.pk).update(next_check_at=None)

    assert repair_plans(LAUNCHED) == 2
    assert repair_plans(LAUNCHED) == 0

    assert hearing.party(1).next_check_at == D14
    assert hearing.party(3).next_check_at is None
    assert hearing.reread().next_check_at == CLOSES_AT


def statements(parties: int) -> int:
    a_hearing(parties=parties)
    with CaptureQueriesContext(connection) as queries:
        assert send_reminders(D14) == parties
    Reminder.objects.all().delete()
    Invitation.objects.update(next_check_at=None)
    return len(queries)


@pytest.mark.django_db
def test_send_reminders_to_more_parties_makes_no_more_statements() -> None:
    assert statements(3) == statements(25) == 11


# ── The last one before the deadline ──────────────────────────────────────────────────────────────────────────
def reminded(hearing: Hearing) -> list[tuple[str, str]]:
    return [(mail.to_address, mail.key.split(":", 2)[2]) for mail in hearing.mails("hearing_reminder")]


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["forward", "claim"])
def test_send_last_reminder_of_a_task_handed_on_goes_to_the_partys_own_mailbox_too(verb: str) -> None:
    hearing = a_hearing(parties=2)
    by_link: dict[str, Any] = {"actor": hearing.by_link(1), "now": LAUNCHED}
    if verb == "forward":
        forward(hearing.party(1), to_email="anna@example.dk", to_name="Anna Bro", **by_link)
    else:
        claim(hearing.party(1), email="anna@example.dk", name="Anna Bro", **by_link)

    for moment in (D14, D7, D1):
        send_reminders(moment)

    assert reminded(hearing) == [
        ("anna@example.dk", "14d@2019-03-29"),
        ("part2@example.dk", "14d@2019-03-29"),
        ("anna@example.dk", "7d@2019-03-29"),
        ("part2@example.dk", "7d@2019-03-29"),
        ("anna@example.dk", "1d@2019-03-29"),
        ("part2@example.dk", "1d@2019-03-29"),
        ("part1@example.dk", "1d@2019-03-29:own"),
    ]
    assert Reminder.objects.count() == 6  # a mail more, and no reminder more


@pytest.mark.django_db(transaction=True)
def test_deliver_last_reminder_says_who_holds_the_task_and_that_the_draft_is_unsent() -> None:
    hearing = a_hearing(parties=1)
    forward(hearing.party(), to_email="anna@example.dk", to_name="Anna Bro", actor=hearing.by_link(), now=LAUNCHED)
    save_draft(hearing.party(), WORDS, actor=hearing.by_link(), now=LAUNCHED)
    send_reminders(D1)

    with delivery.recording():
        delivery.deliver(D1, delivery.clock_from(D1))

    holder, own = hearing.mails("hearing_reminder")
    assert (holder.state, own.state) == (MailState.SENT, MailState.SENT)
    assert "Der er gemt en kladde til jeres svar, men den er ikke sendt." in holder.text_sent
    assert "Anna Bro" in own.text_sent
    assert "sendt videre" not in holder.text_sent


@pytest.mark.django_db
def test_answer_after_the_last_reminder_was_queued_withdraws_both_mails() -> None:
    hearing = a_hearing(parties=1)
    forward(hearing.party(), to_email="anna@example.dk", actor=hearing.by_link(), now=LAUNCHED)
    send_reminders(D1)

    hearing.answers(1, D1)

    assert {mail.withdrawn_reason for mail in hearing.mails("hearing_reminder")} == {"answered"}
