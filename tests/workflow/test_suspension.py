"""What a pause does to each kind of day: reckoned, shown before, chosen otherwise; and what stands."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.delivery import deliver
from notifications.models import OutgoingMail
from tests.workflow.agreements import a_locked_bundle, an_agreement, decide, in_approval, officer_of, request_to
from tests.workflow.factories import a_body, a_process, an_office, an_unnamed_officer
from workflow.actions.approvals import announce_meeting
from workflow.actions.deadlines import extend_deadline
from workflow.actions.processes import resume_process, suspend_process
from workflow.deadlines import DENMARK, Pause, day_after_pause, resumption_warnings
from workflow.models import Deadline, DeadlineChange, DeadlinePause, Process
from workflow.queries.processes import live_stage, named_deadline, stage_deadline
from workflow.queries.suspension import days_after_pause
from workflow.rules import Refused
from workflow.rules.suspension import AfterPause
from workflow.states import BodyKind, ChangeKind

DAYS = st.dates(date(2018, 1, 1), date(2029, 12, 31))
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)  # by then what is asked about a set put forward has left


# ── Without a database ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("day", "suspended", "resumed", "expected"),
    [
        # Eleven days: 29 March becomes 9 April, but the fifth working day after Monday 5 April is the 12th.
        ("2027-03-29", "2027-03-25", "2027-04-05", "2027-04-12"),
        # Sixty days on, from a Tuesday to a Saturday, so the Monday after.
        ("2024-04-30", "2024-02-05", "2024-04-05", "2024-07-01"),
        # Over Whitsun and Constitution Day: the next day on which offices are open.
        ("2025-05-20", "2025-05-01", "2025-05-17", "2025-06-06"),
        # It ended on the day it began.
        ("2024-04-30", "2024-02-05", "2024-02-05", "2024-04-30"),
    ],
)
def test_day_after_pause_follows_the_rule(day: str, suspended: str, resumed: str, expected: str) -> None:
    pause = Pause(date.fromisoformat(suspended), date.fromisoformat(resumed))
    assert day_after_pause(date.fromisoformat(day), pause) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("day", "expected"), [("2024-02-04", False), ("2024-02-05", True), ("2024-04-04", True), ("2024-04-05", False)]
)
def test_pause_covers_its_first_day_and_not_that_of_the_resumption(day: str, expected: bool) -> None:
    pause = Pause(date(2024, 2, 5), date(2024, 4, 5))

    assert pause.covers(date.fromisoformat(day)) is expected


@given(DAYS, st.integers(0, 200), st.integers(1, 400))
def test_day_after_pause_is_the_first_that_fits_the_rules_read_one_by_one(
    suspended_on: date, ahead: int, length: int
) -> None:
    day, resumed_on = suspended_on + timedelta(days=ahead), suspended_on + timedelta(days=length)

    def fits(candidate: date) -> bool:
        open_days = sum(
            DENMARK.is_working_day(resumed_on + n * DAY) for n in range(1, (candidate - resumed_on).days + 1)
        )
        return candidate >= day + timedelta(days=length) and DENMARK.is_working_day(candidate) and open_days >= 5

    expected = next(each for each in (day + n * DAY for n in range(800)) if each > resumed_on and fits(each))

    assert day_after_pause(day, Pause(suspended_on, resumed_on)) == expected


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        ("2024-04-12", []),
        ("2024-04-11", ["too_soon"]),
        ("2024-05-09", ["holiday"]),  # Ascension Day
        ("2024-06-05", ["closing_day"]),
        ("2024-06-28", []),
        ("2024-06-30", ["weekend", "summer_holiday"]),
        ("2024-08-12", []),  # what a launch says of the days after the holiday is not said here
    ],
)
def test_resumption_warnings_name_what_is_unfortunate(day: str, codes: list[str]) -> None:
    found = resumption_warnings(date.fromisoformat(day), Pause(date(2024, 2, 5), date(2024, 4, 5)))
    assert [each.code for each in found] == codes


# ── Each kind of day ──────────────────────────────────────────────────────────────────────────────────────────
KINDS = """
schema_version: 1
key: kinds
title: {da: Alle slags dage, en: Every kind of day}
description: {da: Alle slags dage, en: Every kind of day}
lists:
  parties:
    title: {da: Parter, en: Parties}
    description: {da: Dem der godkender, en: Those who approve}
    kinds: [municipal_council]
bodies:
  committee:
    title: {da: Udvalget, en: The committee}
    kind: coordination_committee
  authority:
    title: {da: Styrelsen, en: The authority}
    kind: national_authority
parameters:
  law_on:
    type: date
    title: {da: Efter loven, en: By law}
deadlines:
  hoped_for:
    title: {da: Håbet, en: Hoped for}
    deadline: {rule: advisory, parameter: law_on, source: Tidsplan}
  plan:
    title: {da: Planen, en: The plan}
    deadline: {rule: fixed, date: 2019-06-03, source: Tidsplan}
  before_plan:
    title: {da: Før planen, en: Before the plan}
    deadline: {rule: days_before, deadline: plan, days: 7, source: Tidsplan}
stages:
  - key: work
    kind: drafting
    title: {da: Arbejde, en: Work}
    after: []
    actor: secretariat
    completes: manual
    deadline: {rule: fixed, date: 2019-04-01, source: Tidsplan}
  - key: look
    kind: review
    title: {da: Behandling, en: Review}
    after: [work]
    actor: committee
    bundle: none
    review: {recommendation: {key: go_on, text: {da: at der arbejdes videre, en: to go on}}}
    gates: [{gate: body_decision, body: committee}]
    deadline: {rule: days_before, deadline: plan, days: 14, source: Tidsplan}
    on_return: work
  - key: approve
    kind: approval
    title: {da: Godkendelse, en: Approval}
    after: [look]
    actor: parties
    bundle: none
    approval: {list: parties, rule: all}
    gates: [{gate: parties, list: parties}]
    deadline: {rule: days_before, deadline: send, days: 6, source: Tidsplan}
    reminders: [14, 7, 1]
    on_return: work
  - key: send
    kind: external
    title: {da: Fremsendelse, en: Submission}
    after: [approve]
    actor: secretariat
    bundle: none
    external: {body: authority, awaits: receipt}
    gates: [{gate: external_receipt, body: authority}]
    deadline: {rule: statutory, parameter: law_on, source: Loven § 1}
    on_return: work
  - key: done
    kind: milestone
    title: {da: I kraft, en: In force}
    after: [send]
    actor: secretariat
    bundle: none
    milestone: {fact: {key: done, text: {da: I kraft, en: In force}}}
    deadline: {rule: fixed, date: 2019-07-01, source: Aftalen}
    end: true
"""
SUSPENDED, RESUMED = datetime(2019, 3, 4, 8, tzinfo=UTC), datetime(2019, 4, 3, 8, tzinfo=UTC)  # thirty days
LAW_ON = date(2019, 6, 28)


def a_paused_process(now: datetime) -> Process:
    office = an_office()
    for kind in (BodyKind.MUNICIPAL_COUNCIL, BodyKind.COORDINATION_COMMITTEE, BodyKind.NATIONAL_AUTHORITY):
        a_body(kind, kind.label, key=kind.value.replace("_", "-"))
    process = a_process(office, now, KINDS, parameters={"law_on": LAW_ON})
    return suspend_process(process, reason="På grund af epidemien", actor=an_unnamed_officer(), now=SUSPENDED)


def row_of(process: Process, name: str) -> Deadline:
    found = named_deadline(process, name)
    assert found is not None
    return found


def resumed(process: Process, reason: str = "", **days: date) -> Process:
    new_days: dict[UUID, date] = {row_of(process, name).public_id: day for name, day in days.items()}
    return resume_process(process, new_days=new_days, reason=reason, actor=an_unnamed_officer(), now=RESUMED)


def code_of(process: Process, reason: str = "", **days: date) -> str:
    with pytest.raises(Refused) as refused:
        resumed(process, reason, **days)
    return refused.value.refusal.code


@pytest.mark.django_db
def test_days_after_pause_tell_what_moves_what_stands_and_what_the_law_holds(now: datetime) -> None:
    process = a_paused_process(now)

    found = {row.deadline.name: (row.effect, row.proposed_on.isoformat()) for row in days_after_pause(process, RESUMED)}

    assert found == {
        "look": (AfterPause.MOVES, "2019-06-19"),  # 20 May and thirty days
        "work": (AfterPause.STANDS, "2019-04-01"),
        "plan": (AfterPause.STANDS, "2019-06-03"),
        "before_plan": (AfterPause.STANDS, "2019-05-27"),
        "hoped_for": (AfterPause.STANDS, "2019-06-28"),
        "done": (AfterPause.STANDS, "2019-07-01"),
        "send": (AfterPause.BY_LAW, "2019-06-28"),
        "approve": (AfterPause.BY_LAW, "2019-06-22"),  # reckoned from a day set by law
    }
    assert [pause.deadline.name for pause in DeadlinePause.objects.select_related("deadline")] == ["look"]


@pytest.mark.django_db
def test_resume_process_gives_the_reckoned_days_without_a_reason_and_reckons_none_anew(now: datetime) -> None:
    process = a_paused_process(now)

    resumed(process, plan=date(2019, 7, 3))  # ticked: as the pause would move it

    assert row_of(process, "plan").on == date(2019, 7, 3)
    assert row_of(process, "look").on == date(2019, 6, 19)  # its own thirty days, not fourteen days before the plan
    assert row_of(process, "before_plan").on == date(2019, 5, 27)  # it was shown as standing, and not ticked
    assert row_of(process, "approve").on == date(2019, 6, 22)
    change = DeadlineChange.objects.get(deadline__name="look")
    assert change.reason == "Processen har været sat i bero; dagen flyttes med pausens længde."
    assert DeadlinePause.objects.get().until_at == RESUMED

    extend_deadline(
        row_of(process, "plan"),
        new_on=date(2019, 8, 20),
        reason="Planen er udskudt.",
        actor=an_unnamed_officer(),
        now=RESUMED + DAY,
    )
    assert row_of(process, "look").on == date(2019, 8, 6)  # what it leans on was moved since, so it follows again


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "code"),
    [
        ({"look": date(2019, 4, 9)}, "deadline_shortened"),
        ({"work": date(2019, 4, 1)}, "deadline_in_past"),
        ({"send": date(2019, 8, 1)}, "deadline_statutory"),
        ({"look": date(2019, 6, 5)}, "warnings_need_reason"),  # Constitution Day
        ({"look": date(2019, 6, 10)}, "warnings_need_reason"),  # Whit Monday
        ({"look": date(2019, 6, 30)}, "warnings_need_reason"),
        ({"look": date(2019, 8, 20)}, "warnings_need_reason"),  # passes the day set by law
        ({"work": date(2019, 4, 9)}, "warnings_need_reason"),  # under five working days
    ],
)
def test_resume_process_with_a_day_that_cannot_be_or_needs_a_reason_is_refused(
    now: datetime, days: dict[str, date], code: str
) -> None:
    process = a_paused_process(now)

    assert code_of(process, **days) == code

    process.refresh_from_db()
    assert process.suspended_at == SUSPENDED
    if code == "warnings_need_reason":
        resumed(process, "Udvalget kan ikke mødes før.", **days)
        assert {name: row_of(process, name).on for name in days} == days


@pytest.mark.django_db
def test_resume_process_with_a_day_that_passes_one_set_by_law_names_it(now: datetime) -> None:
    process = a_paused_process(now)

    with pytest.raises(Refused, match=r"28\. juni 2019.*Loven § 1"):
        resumed(process, look=date(2019, 8, 20))


@pytest.mark.django_db
def test_resume_process_on_the_day_it_was_suspended_moves_nothing_and_tells_nobody(now: datetime) -> None:
    process = in_approval(now, councils=1)
    suspend_process(process, reason="Sat på pause ved en fejl.", actor=officer_of(process), now=now + HOUR)

    resume_process(process, actor=officer_of(process), now=now + timedelta(hours=3))

    assert not DeadlineChange.objects.exists()
    assert not OutgoingMail.objects.filter(kind="decision_deadline").exists()


@pytest.mark.django_db
def test_resume_process_tells_bodies_still_asked_once_and_lets_a_meeting_of_the_pause_go(now: datetime) -> None:
    process = in_approval(now, councils=3)
    officer = officer_of(process)
    decide(process, "region", now)
    for number, meeting_on in ((1, date(2019, 3, 12)), (2, date(2019, 3, 22))):
        request = request_to(process, f"council-{number}")
        announce_meeting(request, meeting_on=meeting_on, actor=officer, now=now)
    type(request).objects.filter(body__key="council-3").update(bounced_at=now)
    suspend_process(process, reason="På grund af covid-19.", actor=officer, now=now + HOUR)

    resume_process(process, actor=officer, now=datetime.fromisoformat("2019-03-22T08:00:00+00:00"))

    told = OutgoingMail.objects.filter(kind="decision_deadline").order_by("id").values_list("to_address", flat=True)
    assert list(told) == ["post@council-1.example", "post@council-2.example"]
    assert [request_to(process, f"council-{number}").meeting_on for number in (1, 2)] == [None, date(2019, 3, 22)]
    deadline = stage_deadline(live_stage(process, "approval"))
    assert deadline is not None
    assert {request_to(process, f"council-{n}").reply_by_at for n in (1, 2, 3)} == {deadline.at}


@pytest.mark.django_db
def test_resume_process_tells_bodies_also_where_their_day_stands(now: datetime) -> None:
    process = in_approval(now, councils=1)
    officer = officer_of(process)
    suspend_process(process, reason="På grund af covid-19.", actor=officer, now=now + HOUR)
    deadline = stage_deadline(live_stage(process, "approval"))
    assert deadline is not None

    days: dict[str, Any] = {"new_days": {deadline.public_id: deadline.on}, "reason": "Rådene kan nå det."}
    resume_process(process, **days, actor=officer, now=now + timedelta(days=10))

    assert not DeadlineChange.objects.exists()
    assert OutgoingMail.objects.filter(kind="decision_deadline").count() == 2


@pytest.mark.django_db
def test_suspend_while_a_question_waits_to_leave_is_refused_and_says_when_it_leaves(now: datetime) -> None:
    process = in_approval(now)
    deliver(now + HOUR, lambda: now + HOUR)
    at = now + DAY
    a_locked_bundle(process, at, text="# 1 Ændret\n", change=ChangeKind.MATERIAL)
    rest = partial(suspend_process, process, reason="Epidemien lukker alt ned", actor=officer_of(process))

    with pytest.raises(Refused) as refused:
        rest(now=at + 9 * timedelta(minutes=1))

    assert refused.value.refusal.code == "questions_waiting"
    assert "10.10" in str(refused.value.refusal.text)
    deliver(at + HOUR, lambda: at + HOUR)
    rest(now=at + HOUR)
    assert deliver(at + DAY, lambda: at + DAY).claimed == 0


@pytest.mark.django_db
def test_suspend_where_nobody_is_asked_about_the_set_put_forward_waits_for_nothing(now: datetime) -> None:
    process = an_agreement(now)
    a_locked_bundle(process, now, text="# 1 Udkast\n")

    suspend_process(
        process, reason="Epidemien lukker alt ned", actor=officer_of(process), now=now + timedelta(minutes=1)
    )

    process.refresh_from_db()
    assert process.suspended_at == now + timedelta(minutes=1)
