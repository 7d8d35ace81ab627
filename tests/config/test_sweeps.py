"""One bad row stops nobody: every sweep of the product, with one row that fails, does the others and shows that one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.test import Client, override_settings

from config import beat, tasks
from notifications import outbox, postponed, tracking
from notifications.models import MailEvent, OutgoingMail, PostponedRow
from notifications.states import EventKind, MailState
from tests.config.bad_parties import (
    BAD,
    Case,
    Maker,
    confirming,
    fail_for,
    looked_at,
    plans,
    reminders,
    rounds,
)
from tests.consultations.factories import LAUNCHED, a_hearing
from tests.notifications.factories import a_letter, queued, registered
from tests.workflow.agreements import a_contact, a_file, decide, in_approval, in_review, officer_of
from tests.workflow.factories import a_body, a_lone_process, an_office, stage_of
from tests.workflow.record_factories import sealed_record
from workflow import job_kinds
from workflow.actions.approvals import settle_reservation
from workflow.actions.dispatches import schedule_dispatch
from workflow.actions.files import erase_file
from workflow.actions.jobs import enqueue_job
from workflow.audit.chain import Fault
from workflow.erasure_kinds import Traces
from workflow.job_kinds import JobKind, Step
from workflow.models import ApprovalRequest, Contact, Dispatch, Job, Office, Process, ReservationSettlement, StoredFile
from workflow.states import DispatchState, JobState, Outcome, Settlement
from workflow.views.postponed import TITLES, postponed_duties


def _two_processes(now: datetime) -> tuple[Process, Process]:
    bad, good = a_hearing(parties=1).process, a_hearing(parties=1).process
    return bad, good


def _processes(now: datetime, patch: pytest.MonkeyPatch, stack: ExitStack) -> Case:
    bad, good = _two_processes(now)
    long_ago = LAUNCHED - timedelta(days=1)
    Process.objects.update(next_check_at=long_ago)
    fail_for(patch, "workflow.actions.processes.advance", lambda process, **_: process.pk == bad.pk)
    return Case(
        LAUNCHED,
        str(bad.pk),
        lambda: Process.objects.get(pk=good.pk).next_check_at != long_ago,
        patch.undo,
        lambda: not Process.objects.filter(next_check_at=long_ago).exists(),
        bad.office,
    )


def _bodies(now: datetime, patch: pytest.MonkeyPatch, stack: ExitStack) -> Case:
    process = in_approval(now)
    bad = ApprovalRequest.objects.filter(stage__process=process, stage__key="approval").order_by("pk")[0]
    fail_for(patch, "workflow.actions.approvals.reminding.next_check", lambda row, at: row.pk == bad.pk)
    sent = OutgoingMail.objects.filter(kind="decision_reminder")
    at = looked_at(bad)
    return Case(at, str(bad.pk), lambda: sent.count() == 2, patch.undo, lambda: sent.count() == 3, process.office)


def _marks(now: datetime, patch: pytest.MonkeyPatch, stack: ExitStack) -> Case:
    process = in_approval(now)
    ApprovalRequest.objects.update(next_check_at=None)
    bad = ApprovalRequest.objects.filter(stage__process=process, stage__key="approval").order_by("pk")[0]
    fail_for(patch, "workflow.actions.approvals.reminding.next_check", lambda row, at: row.pk == bad.pk)
    rows = ApprovalRequest.objects.filter(stage__key="approval", next_check_at__isnull=False)
    return Case(now, str(bad.pk), lambda: rows.count() == 2, patch.undo, lambda: rows.count() == 3, process.office)


def _lapses(now: datetime, patch: pytest.MonkeyPatch, stack: ExitStack) -> Case:
    process = in_approval(now)
    day = now + timedelta(days=2)
    bad, _good = (
        settle_reservation(
            decide(process, body, now, Outcome.APPROVED_WITH_RESERVATION, remarks="Hvis penge følger med."),
            Settlement.TO_CLARIFY,
            reason="Det afklares på mødet.",
            lapses_on=day.date(),
            actor=officer_of(process),
            now=now,
        )
        for body in ("council-1", "council-2")
    )
    fail_for(patch, "workflow.actions.approvals.settling.lapse_reservation", lambda row, **_: row.pk == bad.pk)
    lapsed = ReservationSettlement.objects.filter(settlement=Settlement.LAPSED)
    return Case(day, str(bad.pk), lambda: lapsed.count() == 1, patch.undo, lambda: lapsed.count() == 2, process.office)


def _dispatches(now: datetime, patch: pytest.MonkeyPatch, stack: ExitStack) -> Case:
    process = in_review(now)
    decide(process, "committee", now, stage="review")
    schedule_dispatch(Dispatch.objects.latest("id"), actor=officer_of(process), now=now)
    # Of a stage that is done: it falls back when its time has come.
    stage = stage_of(process, "review")
    bad = Dispatch.objects.create(stage=stage, state=DispatchState.SCHEDULED, leaves_at=now, prepared_at=now)
    fail_for(patch, "workflow.actions.dispatches.send_due_dispatch", lambda row, **_: row.pk == bad.pk)
    at = now + timedelta(minutes=10)
    sent = Dispatch.objects.filter(stage__key="approval", state=DispatchState.SENT)
    scheduled = Dispatch.objects.filter(state=DispatchState.SCHEDULED)
    return Case(
        at,
        str(bad.pk),
        lambda: sent.exists() and scheduled.exists(),
        patch.undo,
        lambda: not scheduled.exists(),
        process.office,
    )


def _jobs(now: datetime, patch: pytest.MonkeyPatch, stack: ExitStack) -> Case:
    office = an_office()
    broken = [True]

    def step(job: Job, at: datetime) -> Step:
        if job.arguments["number"] == 1 and broken:
            raise BAD
        return Step(1, 1, done=True, result={})

    job_kinds.register(JobKind("probe", step, 3))
    stack.callback(job_kinds._kinds.pop, "probe")
    bad = enqueue_job("probe", {"number": 1}, now=now, office=office)
    enqueue_job("probe", {"number": 2}, now=now, office=office)
    done = Job.objects.filter(state=JobState.DONE)
    return Case(now, str(bad.public_id), lambda: done.count() == 1, broken.clear, lambda: done.count() == 2, office)


def _mails(now: datetime, patch: pytest.MonkeyPatch, stack: ExitStack) -> Case:
    office = an_office()
    broken: list[int] = []

    def facts(mails: Sequence[OutgoingMail], at: datetime) -> dict[int, dict[str, object]]:
        if any(mail.id in broken for mail in mails):
            raise BAD
        return {mail.id: {} for mail in mails}

    stack.enter_context(registered(facts=facts, key="probe"))
    letters = [a_letter(number, kind="probe", office_id=office.public_id) for number in (1, 2, 3)]
    with outbox.without_hints():
        outbox.enqueue(letters, now)
    bad = outbox.mails_under(letters)[0]
    broken.append(bad.id)
    sent = OutgoingMail.objects.filter(state=MailState.SENT)
    return Case(now, str(bad.public_id), lambda: sent.count() == 2, broken.clear, lambda: sent.count() == 3, office)


def _events(now: datetime, patch: pytest.MonkeyPatch, stack: ExitStack) -> Case:
    told: list[int] = []
    broken: list[int] = []

    def on_event(mail: OutgoingMail, event: MailEvent, at: datetime) -> None:
        if mail.id in broken:
            raise BAD
        told.append(mail.id)

    stack.enter_context(registered(on_event=on_event, key="probe"))
    mails = queued(now, 2, kind="probe")
    for mail in mails:
        tracking.store_event(mail, EventKind.BOUNCED, key=str(mail.id), occurred_at=now, detail="", now=now)
    broken.append(mails[0].id)
    bad = MailEvent.objects.get(mail=mails[0])
    return Case(now, str(bad.pk), lambda: told == [mails[1].id], broken.clear, lambda: len(told) == 2)


def _purge(now: datetime, patch: pytest.MonkeyPatch, stack: ExitStack) -> Case:
    office = an_office()
    due = date(2019, 2, 1)
    bad = a_contact(office, a_body(name="Solrød Byråd"), erase_on=due, name="Bo Bad")
    a_contact(office, a_body(name="Køge Byråd"), erase_on=due, name="Gerda God")

    def is_bad(traces: Traces, **_: object) -> bool:
        return bad.public_id in traces.subjects

    fail_for(patch, "workflow.actions.erasure.erase_traces", is_bad)
    erased = Contact.objects.filter(erased_at__isnull=False)
    return Case(now, str(bad.public_id), lambda: erased.count() == 1, patch.undo, lambda: erased.count() == 2, office)


def _files(now: datetime, patch: pytest.MonkeyPatch, stack: ExitStack) -> Case:
    office = an_office()
    bad, good = a_file(office, now, "a.txt"), a_file(office, now, "b.txt", b"Andet.\n")
    for file in (bad, good):
        erase_file(file, now=now)
    fail_for(patch, "workflow.storage.remove", lambda public_id, path: public_id == bad.public_id)
    left = StoredFile.objects.exclude(path="")
    return Case(now, str(bad.public_id), lambda: list(left.all()) == [bad], patch.undo, lambda: not left.all(), office)


def _long_work(now: datetime, patch: pytest.MonkeyPatch, stack: ExitStack) -> Case:
    root = Path(stack.enter_context(TemporaryDirectory()))
    stack.enter_context(override_settings(MEDIA_ROOT=root))
    folder = root / "long" / "texts"
    folder.mkdir(parents=True)
    bad, good = folder / "a.pdf.ready", folder / "b.pdf.ready"
    for path in (bad, good):
        path.write_bytes(b"x")
        os.utime(path, (0, 0))
    fail_for(patch, "workflow.reports.papers.long.remove", lambda path: path == bad)
    return Case(now, bad.name, lambda: bad.exists() and not good.exists(), patch.undo, lambda: not bad.exists())


def _heads(now: datetime, patch: pytest.MonkeyPatch, stack: ExitStack) -> Case:
    bad, good = an_office("bad"), an_office("good")
    sealed_record(now - timedelta(days=1), 1)
    fail_for(patch, "workflow.actions.mailing_heads.head_letters", lambda seal, office, auditors: office == bad)
    of_bad, of_good = (OutgoingMail.objects.filter(office_id=office.public_id) for office in (bad, good))
    return Case(now, str(bad.pk), lambda: of_good.exists() and not of_bad.exists(), patch.undo, of_bad.exists, bad)


CASES: dict[str, Maker] = {
    "deliver_mail": _mails,
    "tell_mail_events": _events,
    "check_processes": _processes,
    "repair_processes": _processes,
    "remind_bodies": _bodies,
    "repair_reminders_of_bodies": _marks,
    "send_dispatches": _dispatches,
    "lapse_reservations": _lapses,
    "mail_heads": _heads,
    "run_jobs": _jobs,
    "purge_due": _purge,
    "sweep_files": _files,
    "sweep_long_work": _long_work,
    "send_reminders": reminders,
    "ask_to_confirm": confirming,
    "close_rounds": rounds,
    "repair_reminders": plans,
}
ONE_STATEMENT = {"recover_leases", "forget_postponed", "forget_code_failures", "forget_sign_ins"}
"""What these do is one statement for all rows: there is no row that could fail by itself."""
ONE_ROW = {"seal_audit"}
"""A chain has one end."""


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.fixture(autouse=True)
def templates_of_tests(settings: Any) -> None:
    """Let the tests' kinds of mail find their templates beside the product's."""
    [engine] = settings.TEMPLATES
    folder = Path(__file__).parents[1] / "notifications" / "templates"
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], folder]}]


def test_every_sweep_is_tried_with_a_bad_row() -> None:
    assert set(beat.sweeps()) == set(CASES) | ONE_STATEMENT | ONE_ROW
    assert set(TITLES) == set(CASES) | ONE_ROW


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(CASES))
def test_run_sweep_with_one_bad_row_does_the_others_and_shows_and_retries_that_one(
    name: str, now: datetime, monkeypatch: pytest.MonkeyPatch, stack: ExitStack, client: Client
) -> None:
    sweep = beat.sweeps()[name]
    case = CASES[name](now, monkeypatch, stack)

    sweep.run(case.at)

    assert case.others_done()
    [row] = PostponedRow.objects.all()
    assert (row.duty, row.subject, row.attempts) == (name, case.bad, 1)
    assert BAD.args[0] not in row.error
    assert row.next_try_at is not None
    assert row.next_try_at > case.at
    assert client.get("/health/ready").json()["postponed"] == 1
    offices = [case.office] if case.office else [an_office("another")]
    [duty] = postponed_duties(offices, case.at)
    assert duty.title.startswith("Endnu ikke udført: ")
    assert "prøves igen" in duty.why
    if case.office:
        assert postponed_duties([an_office("stranger")], case.at) == []

    case.mend()
    sweep.run(row.next_try_at)

    assert case.all_done()
    assert not PostponedRow.objects.exists()


@pytest.mark.django_db
def test_seal_a_broken_record_is_shown_to_every_office_until_it_is_whole_again(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = a_lone_process(now).office
    later = now + timedelta(minutes=1)
    fault = Fault("anchor_differs", "…")
    monkeypatch.setattr("workflow.actions.sealing.anchor_fault", lambda last: fault)

    assert beat.sweeps()["seal_audit"].run(later) == 0
    [duty] = postponed_duties([office], later)
    assert "Forsegling af historikken" in duty.title

    monkeypatch.undo()
    assert beat.sweeps()["seal_audit"].run(later) > 0
    assert postponed_duties([office], later) == []


@pytest.mark.django_db
def test_run_sweep_that_fails_as_a_whole_is_shown_until_it_goes_well(monkeypatch: pytest.MonkeyPatch) -> None:
    office = an_office()
    fail_for(monkeypatch, "notifications.installation.hold", lambda: True)

    with pytest.raises(RuntimeError):
        tasks.run_sweep("recover_leases")
    assert [duty.title for duty in postponed_duties([office], LAUNCHED)] == [
        "Endnu ikke udført: En opgave i baggrunden"
    ]

    monkeypatch.undo()
    tasks.run_sweep("recover_leases")
    assert postponed_duties([office], LAUNCHED) == []


@pytest.mark.django_db
def test_put_off_again_and_again_waits_longer_up_to_six_hours(now: datetime) -> None:
    pauses = []
    for _number in range(9):
        postponed.put_off("run_jobs", "a", BAD, now)
        at = PostponedRow.objects.get().next_try_at
        assert at is not None
        pauses.append(at - now)

    assert pauses[0] == timedelta(minutes=5)
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=6)


@pytest.mark.django_db
def test_put_off_and_given_up_is_shown_for_a_month(now: datetime) -> None:
    postponed.put_off("run_jobs", "a", BAD, now, is_given_up=True)

    [duty] = postponed_duties([an_office()], now)
    assert "prøves ikke igen" in duty.why
    assert postponed.forget_given_up(now + timedelta(days=29)) == 0
    assert postponed.next_forgetting_due() == now + timedelta(days=30)
    assert postponed.forget_given_up(now + timedelta(days=30)) == 1


@pytest.mark.django_db
def test_walk_through_more_than_one_run_takes_goes_on_where_it_ended(now: datetime) -> None:
    for number in range(5):
        an_office(f"office-{number}")
    rows = Office.objects.all()
    seen: list[int] = []

    def deed(office: Office) -> int:
        seen.append(office.pk)
        return 1

    counts = [postponed.walk("probe", rows, deed, now, whose=lambda number: postponed.NOBODY, most=2) for _ in range(4)]

    assert counts == [2, 2, 1, 2]
    assert sorted(seen[:5]) == sorted(rows.values_list("pk", flat=True))
    assert seen[5:] == seen[:2]


@pytest.mark.django_db
def test_read_desk_with_nothing_put_off_asks_once(django_assert_num_queries: Any, now: datetime) -> None:
    office = an_office()
    with django_assert_num_queries(1):
        assert postponed_duties([office], now) == []
