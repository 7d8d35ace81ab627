"""What officers have a worker do: the kits of all who are asked, and a package of long texts or many papers."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import TestCase
from django.urls import reverse

from tests.workflow.agreements import in_approval, in_review, in_submission, officer_of, request_to
from tests.workflow.factories import an_office, an_officer
from tests.workflow.test_package_papers import without_minutes_of_council_1
from tests.workflow.views.long_work import NOW, its_officer, job_url, names_in, page_of
from tests.workflow.views.visitors import holder_of, signed_in
from workflow.actions.erasure import erase_person
from workflow.actions.files import open_file
from workflow.actions.jobs import run_jobs
from workflow.actions.presentations import write_presentation
from workflow.actions.submissions import package_made, preparing
from workflow.models import AuditEntry, Contact, Job, Membership, Package, Process
from workflow.queries.boards import board as board_of_stage
from workflow.queries.processes import live_stage
from workflow.reports.papers import long

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def settled(settings: Any, tmp_path: Path, demo: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """On a disk of its own; every paper is long."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(long, "LONG", 1)
    with time_machine.travel(NOW, tick=False):
        yield


# ── The kits of all ───────────────────────────────────────────────────────────────────────────────────────────
def kits_url(process: Process) -> str:
    return reverse("kits", args=[process.public_id, live_stage(process, "approval").public_id])


def test_fetch_kits_of_all_who_are_asked_holds_for_each_what_it_fetches_itself() -> None:
    process = in_approval(NOW)
    browser = its_officer(process)
    board = page_of(browser, reverse("approvals", args=[process.public_id, live_stage(process, "approval").public_id]))
    assert kits_url(process) in board
    assert "Hent sæt til alle" in board

    led = browser.get(kits_url(process))["Location"]
    assert browser.get(kits_url(process))["Location"] == led  # pressed twice
    assert its_officer(process, "other@example.dk").get(kits_url(process))["Location"] == led
    run_jobs(NOW)

    job = Job.objects.get()
    assert led == job_url(job)
    page = page_of(browser, led)
    assert job_url(job, "job_file") in page
    assert "Lavet mandag den 2. marts 2026 kl. 10.00" in page
    answer = browser.get(job_url(job, "job_file"))
    assert "alle.zip" in answer["Content-Disposition"]
    members = names_in(answer)
    bodies = [row.body for row in board_of_stage(live_stage(process, "approval"))]
    folders = list(dict.fromkeys(name.partition("/")[0] for name in members))
    assert folders == [f"{number:02d} {body.name}" for number, body in enumerate(bodies, start=1)]
    own = holder_of(request_to(process, "council-1").link)
    url = reverse("decision_papers_link", args=[request_to(process, "council-1").link.public_id])
    own.get(url)
    run_jobs(NOW)
    in_own = names_in(own.get(url))
    place = next(folder for folder, body in zip(folders, bodies, strict=True) if body.key == "council-1")
    assert [name.partition("/")[2] for name in members if name.startswith(place)] == in_own
    assert browser.get(kits_url(process))["Location"] == led  # nothing has happened since: what waits is led to


def test_fetch_kits_once_something_was_done_in_the_process_makes_them_anew() -> None:
    process = in_approval(NOW)
    browser = its_officer(process)
    first = browser.get(kits_url(process))["Location"]
    run_jobs(NOW)
    stage = live_stage(process, "approval")

    write_presentation(stage, presentation="## Ny", actor=officer_of(process), now=NOW)

    assert browser.get(kits_url(process))["Location"] != first


def test_fetch_kits_of_a_stage_that_asks_nobody_or_of_another_office_is_refused() -> None:
    process = in_review(NOW)
    stranger = signed_in(an_officer(an_office("fyn"), "fyn@example.dk"))
    url = kits_url(process)

    answer = its_officer(process).get(url)

    assert answer.status_code == 409
    assert "Ingen er endnu spurgt" in answer.content.decode()
    assert stranger.get(url).status_code == 404
    assert not Job.objects.exists()


def test_fetch_kits_that_somebodys_erasure_took_away_says_to_ask_again() -> None:
    process = in_approval(NOW)
    browser = its_officer(process)
    browser.get(kits_url(process))
    run_jobs(NOW)
    job = Job.objects.get()
    contact = Contact.objects.filter(office=process.office).first()
    assert contact is not None

    with TestCase.captureOnCommitCallbacks(execute=True):
        erase_person(contact, reason="Ønsker det", actor=officer_of(process), now=NOW)

    assert browser.get(job_url(job, "job_file"))["Location"] == job_url(job)
    page = page_of(browser, job_url(job))
    assert "er slettet siden" in page
    assert kits_url(process) in page
    assert job_url(job) not in page_of(browser, "/")
    assert browser.get(kits_url(process))["Location"] != job_url(job)


# ── The package ───────────────────────────────────────────────────────────────────────────────────────────────
def packing_url(process: Process) -> str:
    return reverse("package_new", args=[process.public_id, live_stage(process, "submission").public_id])


def test_make_package_of_long_texts_is_followed_and_done_in_the_officers_name() -> None:
    process = in_submission(NOW)
    browser = its_officer(process)
    values = {"key": "k"}

    led = [browser.post(packing_url(process), values)["Location"] for _press in range(2)]

    job = Job.objects.get()
    assert led == [job_url(job)] * 2
    assert not Package.objects.exists()
    assert "Pakke til myndigheden" in page_of(browser, job_url(job))
    run_jobs(NOW)
    package = Package.objects.get()
    page = page_of(browser, job_url(job))
    assert reverse("package", args=[process.public_id, package.public_id]) in page
    assert "Se pakken" in page
    assert "fjernes den" not in page
    assert package.by_label == "Olga Officer"
    entry = AuditEntry.objects.get(verb="make_package")
    assert (entry.actor_kind, entry.subject_id) == ("user", package.public_id)
    with zipfile.ZipFile(open_file(package.file)) as archive:
        assert any(name.endswith(".pdf") for name in archive.namelist())


def test_make_package_of_many_papers_is_made_by_a_worker_too_and_pressed_again_is_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(long, "LONG", 10**9)
    monkeypatch.setattr(preparing, "MANY", 2)
    process = in_submission(NOW)
    browser = its_officer(process)

    browser.post(packing_url(process), {"key": "k"})
    run_jobs(NOW)
    browser.post(packing_url(process), {"key": "k"})
    run_jobs(NOW)

    assert Package.objects.count() == 1
    assert {package_made(job) for job in Job.objects.all()} == {Package.objects.get().public_id}


def test_make_package_of_long_texts_that_may_not_be_made_is_refused_at_once_in_the_form() -> None:
    process = in_approval(NOW)
    stage = process.stages.get(key="submission")
    browser = its_officer(process)

    answer = browser.post(reverse("package_new", args=[process.public_id, stage.public_id]), {"key": "k"})

    assert answer.status_code == 409
    assert not Job.objects.exists()


def test_make_package_while_one_with_other_words_is_being_made_is_refused_and_the_words_stay() -> None:
    process = without_minutes_of_council_1(NOW)
    browser = its_officer(process)
    first = {"key": "k", "is_provisional": "on", "reason": "En protokol mangler."}
    assert browser.post(packing_url(process), first).status_code == 302

    answer = browser.post(packing_url(process), {**first, "key": "l", "reason": "Den mangler stadig."})

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "allerede under udarbejdelse" in page
    assert "Den mangler stadig." in page
    assert Job.objects.count() == 1


def test_make_package_by_an_officer_who_has_left_meanwhile_fails_with_words_and_shows_what_was_written() -> None:
    process = without_minutes_of_council_1(NOW)
    browser = its_officer(process)
    browser.post(packing_url(process), {"key": "k", "is_provisional": "on", "reason": "En protokol mangler."})
    Membership.objects.filter(user__email="papers@example.dk").delete()

    run_jobs(NOW)

    assert not Package.objects.exists()
    page = page_of(its_officer(process, "other@example.dk"), job_url(Job.objects.get()))
    assert "Kun en medarbejder i sekretariatet" in page
    assert "En protokol mangler." in page
    assert packing_url(process) in page


def test_break_off_a_package_that_is_being_made_makes_none() -> None:
    process = in_submission(NOW)
    browser = its_officer(process)
    browser.post(packing_url(process), {"key": "k"})

    browser.post(job_url(Job.objects.get(), "job_cancel"))
    run_jobs(NOW)

    assert not Package.objects.exists()
