"""Long papers: made apart from whoever asks, once for all who ask, waiting on the disk, gone with what they tell."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection

from tests.workflow.agreements import in_approval, officer_of
from tests.workflow.factories import an_office, an_officer
from tests.workflow.papers import a_paper, opened, rich_blocks
from workflow.actions.erasure import erase_person
from workflow.actions.jobs import LEASE, cancel_job, claim_job, run_jobs
from workflow.actions.long_papers import WAITS, is_waiting, prepare_papers, sweep_long_work
from workflow.actors import Actor
from workflow.models import AuditEntry, Contact, Job, Process
from workflow.reports.papers import long, pdf, typesetting
from workflow.reports.papers.encoding import decoded, encoded
from workflow.reports.papers.long import LongPaper, TakesLong, only_at_once
from workflow.reports.papers.model import Facts, Gap, PageBreak, Paper, Quote, Signature, Table, Verbatim, line
from workflow.reports.papers.pdf import write_pdf
from workflow.rules import Refused
from workflow.rules.compared_words import Fate
from workflow.states import JobState

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def settled(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """On a disk of its own; a paper is long as soon as it has two pages, about."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(long, "LONG", 6_000)
    monkeypatch.setattr(pdf, "LONG", 6_000)
    with time_machine.travel(NOW, tick=False):
        yield


def a_long_paper(**changes: Any) -> Paper:
    return a_paper(*(rich_blocks() * 6), has_contents=True, **changes)


def asked(paper: Paper, ending: str = "pdf", *, is_lasting: bool = True) -> list[LongPaper]:
    """What a page is told that must not wait for this paper."""
    with pytest.raises(TakesLong) as caught, only_at_once():
        assert long.long_paper(paper, ending, is_lasting=is_lasting) == b""
    return list(caught.value.papers)


def a_job(process: Process, paper: Paper | None = None) -> Job:
    return prepare_papers(
        asked(paper or a_long_paper()),
        title="Aftalen.pdf",
        url="/aftalen/",
        office=process.office,
        process=process,
        now=NOW,
    )


# ── Apart ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_write_pdf_by_a_program_of_its_own_gives_the_same_bytes_and_tells_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paper = a_long_paper(has_line_numbers=True)
    told: list[int] = []

    apart = write_pdf(paper, told.append)

    monkeypatch.setattr(pdf, "LONG", 10**9)
    assert apart == write_pdf(paper)
    assert told == sorted(set(told))
    assert told
    assert told[-1] <= 100


def test_write_pdf_that_takes_more_than_it_may_is_refused_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "LONGEST_WAIT", 0.2)

    with pytest.raises(Refused, match="too_long") as caught:
        write_pdf(a_long_paper())

    assert "Word" in str(caught.value.refusal.text)


def test_write_pdf_apart_within_limits_of_memory_processor_and_output() -> None:
    """The program sets them before it reads what it is given; without them a text could take the machine."""
    limits = "import resource as r; print(r.getrlimit(r.RLIMIT_AS)[1], r.getrlimit(r.RLIMIT_CPU)[1])"
    program = f"""
import io, sys
from workflow.reports.papers import typesetting
sys.stdin = io.StringIO("no json")
try:
    typesetting.main("/nowhere")
except ValueError:
    {limits}
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert said.split() == [str(typesetting.MEMORY), str(typesetting.PROCESSOR)]


def test_write_pdf_whose_follower_gives_up_ends_the_program() -> None:
    def give_up(percent: int) -> None:
        raise KeyError(percent)

    with pytest.raises(KeyError):
        write_pdf(a_long_paper(), give_up)


def test_encode_paper_with_everything_in_it_it_is_the_same_when_decoded() -> None:
    table = Table((line("A"), line("B")), ((line("1"), line("2")),), "Mål", frozenset({1}), (Fate.SAME, Fate.ADDED))
    more = (table, Facts((("Sag", "1"),)), Gap("?"), PageBreak(), Verbatim("x\n  y", Fate.REMOVED))
    paper = a_paper(*rich_blocks(), *more, Quote(more[:2]), Signature("Venlig hilsen", ("A", "B")), recipient=("Til",))

    assert decoded(encoded(paper)) == paper
    assert repr(decoded(encoded(paper))) == repr(paper)


# ── Asked for, made, waiting ──────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
@pytest.mark.parametrize("ending", ["pdf", "docx"])
def test_prepare_papers_a_worker_makes_them_and_they_are_handed_out_at_once(
    ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long, "LONG_IN_WORD", 6_000)
    process, paper = in_approval(NOW), a_long_paper()
    job = prepare_papers(asked(paper, ending), title="x", url="/x/", office=process.office, process=process, now=NOW)
    entries = AuditEntry.objects.count()

    run_jobs(NOW)

    job.refresh_from_db()
    assert (job.state, job.progress, job.total) == (JobState.DONE, job.total, job.arguments["papers"][0]["pages"])
    assert is_waiting(job)
    with only_at_once():
        content = long.long_paper(paper, ending, is_lasting=True)
    assert content.startswith({"pdf": b"%PDF", "docx": b"PK"}[ending])
    assert AuditEntry.objects.count() == entries  # nothing that anybody is bound by has happened


@pytest.mark.django_db
def test_prepare_papers_twice_makes_one_job_and_with_other_facts_another() -> None:
    process = in_approval(NOW)

    first, second = a_job(process), a_job(process)
    other = a_job(process, a_long_paper(title="En anden"))

    assert first == second
    assert other != first
    run_jobs(NOW)
    assert Job.objects.filter(state=JobState.DONE).count() == 2


@pytest.mark.django_db
def test_prepare_papers_that_a_guest_asked_for_first_an_officer_finds_on_the_desk_too() -> None:
    process = in_approval(NOW)
    by_guest = prepare_papers(asked(a_long_paper()), title="Aftalen.pdf", url="/link/", now=NOW)

    by_officer = a_job(process)

    assert by_officer == by_guest
    by_officer.refresh_from_db()
    assert (by_officer.process, by_officer.arguments["url"]) == (process, "/aftalen/")


@pytest.mark.django_db
def test_fetch_paper_whose_facts_have_changed_meanwhile_is_not_handed_the_old_one() -> None:
    a_job(in_approval(NOW))
    run_jobs(NOW)

    (missing,) = asked(replace(a_long_paper(), subtitle="Rettet"))

    assert not long.is_ready(missing.name)


@pytest.mark.django_db
def test_run_jobs_while_a_paper_is_made_says_how_far_it_is_with_no_transaction_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job, seen = a_job(in_approval(NOW)), []
    depth = len(connection.savepoint_ids)

    def write(paper: Paper, ending: str, tell: Callable[[int], None]) -> bytes:
        tell(50)
        job.refresh_from_db()
        seen.append((job.state, job.progress, len(connection.savepoint_ids)))
        return b"%PDF"

    monkeypatch.setattr(long, "_write", write)
    run_jobs(NOW)

    assert seen == [(JobState.RUNNING, job.arguments["papers"][0]["pages"] // 2, depth)]


@pytest.mark.django_db
def test_run_jobs_on_a_paper_that_is_too_long_fails_at_once_with_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "LONGEST_WAIT", 0.1)
    job = a_job(in_approval(NOW))

    run_jobs(NOW)

    job.refresh_from_db()
    assert (job.state, job.error, job.attempts) == (JobState.FAILED, "too_long", 1)
    assert "Hent den som Word" in job.result["why"]
    assert run_jobs(NOW + timedelta(days=1)) == 0


@pytest.mark.django_db
def test_claim_job_while_a_long_paper_is_made_leaves_the_next_one_waiting_until_the_lease_ends() -> None:
    process = in_approval(NOW)
    first, second = a_job(process), a_job(process, a_long_paper(title="En anden"))
    assert claim_job(NOW) == first

    assert claim_job(NOW + timedelta(seconds=1)) is None
    assert claim_job(NOW + LEASE) in (first, second)


# ── Cancelled, swept, erased ──────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db(transaction=True)
def test_cancel_job_while_it_is_made_ends_the_work_and_keeps_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    process = in_approval(NOW)
    job, actor = a_job(process), officer_of(process)
    went_on = []

    def write(paper: Paper, ending: str, tell: Callable[[int], None]) -> bytes:
        tell(10)
        cancel_job(job, actor=actor, now=NOW)
        tell(20)
        went_on.append(True)
        return b"%PDF"

    monkeypatch.setattr(long, "_write", write)
    run_jobs(NOW)

    job.refresh_from_db()
    assert (job.state, job.lease_token, went_on) == (JobState.CANCELLED, None, [])
    assert not [path for path in (tmp_path / "long").rglob("*") if path.is_file()]
    assert run_jobs(NOW + LEASE) == 0


@pytest.mark.django_db
def test_cancel_job_that_is_done_or_of_another_office_is_refused() -> None:
    process = in_approval(NOW)
    job = a_job(process)
    stranger = Actor.of_user(an_officer(an_office("fyn"), "fyn@example.dk"))

    with pytest.raises(Refused, match="not_an_officer"):
        cancel_job(job, actor=stranger, now=NOW)
    run_jobs(NOW)
    with pytest.raises(Refused, match="job_done"):
        cancel_job(job, actor=officer_of(process), now=NOW)

    assert is_waiting(Job.objects.get())


@pytest.mark.django_db
def test_sweep_long_work_on_the_day_that_was_said_takes_file_and_job() -> None:
    job = a_job(in_approval(NOW))
    run_jobs(NOW)
    for path in (Path(p) for p in (long._folder(is_lasting=True)).iterdir()):
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))

    assert sweep_long_work(NOW + WAITS - timedelta(minutes=5)) == 0
    assert is_waiting(Job.objects.get(pk=job.pk))
    assert sweep_long_work(NOW + WAITS + timedelta(minutes=5)) == 2
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_lasting", [True, False])
def test_erase_person_takes_what_may_tell_of_them_and_leaves_the_papers_of_texts(is_lasting: bool) -> None:
    process = in_approval(NOW)
    contact = Contact.objects.filter(office=process.office).first()
    assert contact is not None
    values: dict[str, Any] = {"title": "Karla.pdf", "url": "/x/", "office": process.office, "process": process}
    ready = prepare_papers(asked(a_long_paper(), is_lasting=is_lasting), now=NOW, **values)
    run_jobs(NOW)
    under_way = prepare_papers(asked(a_long_paper(title="En anden"), is_lasting=is_lasting), now=NOW, **values)

    erase_person(contact, reason="Ønsker det", actor=officer_of(process), now=NOW)

    ready.refresh_from_db()
    under_way.refresh_from_db()
    files = sorted(path.suffix for path in long._folder(is_lasting).iterdir())
    if is_lasting:
        assert (is_waiting(ready), under_way.state, files) == (True, JobState.WAITING, [".asked", ".ready"])
    else:
        assert (ready.state, is_waiting(ready), ready.arguments["title"]) == (JobState.DONE, False, "")
        assert (under_way.state, under_way.error, files) == (JobState.CANCELLED, "erased", [])
        assert run_jobs(NOW + LEASE) == 0


@pytest.mark.django_db
def test_run_jobs_when_what_was_asked_for_is_gone_says_to_ask_again() -> None:
    job = a_job(in_approval(NOW))
    for paper in job.arguments["papers"]:
        long.drop(paper["name"])

    run_jobs(NOW)

    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "asked_gone")
    assert "Bestil den igen" in job.result["why"]


# ── Killed ────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_run_jobs_after_a_worker_was_killed_while_it_laid_out_a_text_another_makes_it(tmp_path: Path) -> None:
    job = a_job(in_approval(NOW))
    values = connection.settings_dict
    url = f"postgres://{values['USER']}@/{values['NAME']}?host={values['HOST']}"
    if values["PORT"]:
        url += f"&port={values['PORT']}"

    killed = subprocess.run(
        [sys.executable, "-m", "tests.workflow.paper_worker", NOW.isoformat(), str(tmp_path)],
        env=os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        check=False,
        timeout=60,
    )

    assert killed.returncode == -signal.SIGKILL
    job.refresh_from_db()
    assert (job.state, is_waiting(job)) == (JobState.RUNNING, False)
    assert job.progress > 0

    assert run_jobs(NOW) == 0  # the lease is still the dead one's
    run_jobs(NOW + LEASE + timedelta(minutes=1))

    job.refresh_from_db()
    assert (job.state, is_waiting(job)) == (JobState.DONE, True)
    (path,) = (path for path in (tmp_path / "long").rglob("*.ready"))
    assert opened(path.read_bytes()).pages
