"""A long text fetched: at once a page of how far it is, then the file; found again on desk and process page, seen by
nobody whom it does not concern."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from uuid6 import uuid7

from tests.workflow.agreements import in_approval, officer_of, request_to
from tests.workflow.factories import an_office, an_officer, make_public
from tests.workflow.views.long_work import NOW, is_pdf, its_officer, job_url, page_of, paper_url, version_of
from tests.workflow.views.visitors import a_member, an_auditor, holder_of, signed_in
from workflow.actions.jobs import claim_job, run_jobs
from workflow.actions.long_papers import sweep_long_work
from workflow.actions.publication import publish
from workflow.models import BundleItem, Job, Process
from workflow.reports.papers import long, pdf
from workflow.states import JobState, PublicThing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def settled(settings: Any, tmp_path: Path, demo: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """On a disk of its own; every text is long."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(long, "LONG", 1)
    with time_machine.travel(NOW, tick=False):
        yield


def test_fetch_long_text_leads_to_its_page_and_when_it_is_done_hands_it_out() -> None:
    process = in_approval(NOW)
    browser = its_officer(process)

    led = browser.get(paper_url(process))
    job = Job.objects.get()
    assert led["Location"] == job_url(job)
    page = page_of(browser, job_url(job))
    assert "Under udarbejdelse" in page
    assert "Venter på tur" in page
    assert '<noscript>\n        <meta http-equiv="refresh"' in page
    assert paper_url(process) not in page

    run_jobs(NOW)

    page = page_of(browser, job_url(job))
    assert "Klar til hentning" in page
    assert "fjernes den 9. marts 2026" in page
    assert "refresh" not in page
    assert f'href="{paper_url(process)}"' in page
    assert is_pdf(browser.get(paper_url(process)))
    assert Job.objects.count() == 1


def test_follow_job_says_how_far_it_is_and_how_long_at_this_pace() -> None:
    process = in_approval(NOW)
    browser = its_officer(process)
    browser.get(paper_url(process))
    assert claim_job(NOW) is not None
    Job.objects.update(progress=25, total=100)

    with time_machine.travel(NOW + timedelta(seconds=10), tick=False):
        page = page_of(browser, job_url(Job.objects.get()))

    assert '<progress value="25" max="100"' in page
    assert "25 % færdig" in page
    assert "omkring 30 sekunder endnu" in page


def test_follow_job_in_english_says_it_all_in_english() -> None:
    process = in_approval(NOW)
    browser = its_officer(process)
    browser.get(paper_url(process))
    browser.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"

    under_way = page_of(browser, job_url(Job.objects.get()))
    run_jobs(NOW)
    done = page_of(browser, job_url(Job.objects.get()))

    assert "Being made" in under_way
    assert "You can leave this page" in under_way
    assert "Ready to be fetched" in done
    assert "taken away on 9 March 2026" in done


def test_fetch_long_text_pressed_by_two_of_an_office_both_follow_one_job() -> None:
    process = in_approval(NOW)
    first, second = its_officer(process), its_officer(process, "other@example.dk")

    answers = [browser.get(paper_url(process)) for browser in (first, first, second)]

    assert {answer["Location"] for answer in answers} == {job_url(Job.objects.get())}


def test_leave_page_of_a_job_it_is_found_again_on_desk_and_process_page() -> None:
    process = in_approval(NOW)
    browser, colleague = its_officer(process), its_officer(process, "other@example.dk")
    browser.get(paper_url(process))
    job = Job.objects.get()

    for url in ("/", reverse("process", args=[process.public_id])):
        page = page_of(colleague, url)
        assert job_url(job) in page
        assert "Under udarbejdelse" in page
    run_jobs(NOW)
    assert "Klar til hentning" in page_of(colleague, "/")

    with time_machine.travel(NOW + timedelta(days=8), tick=False):
        sweep_long_work(NOW + timedelta(days=8))
        assert job_url(job) not in page_of(colleague, "/")


def test_cancel_job_by_a_press_it_is_told_beforehand_and_can_be_asked_for_again() -> None:
    process = in_approval(NOW)
    browser = its_officer(process)
    browser.get(paper_url(process))
    job = Job.objects.get()
    assert "også for kolleger" in page_of(browser, job_url(job))

    answer = browser.post(job_url(job, "job_cancel"), follow=True)

    page = answer.content.decode()
    assert "Afbrudt" in page
    assert f'href="{paper_url(process)}"' in page
    assert run_jobs(NOW) == 0
    assert browser.post(job_url(job, "job_cancel"))["Location"] == job_url(job)  # pressed twice
    browser.get(paper_url(process))
    assert Job.objects.filter(state=JobState.WAITING).count() == 1


def test_fail_to_make_a_paper_says_what_to_do_and_can_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    process = in_approval(NOW)
    browser = its_officer(process)
    browser.get(paper_url(process))
    with monkeypatch.context() as patch:
        patch.setattr(pdf, "LONG", 1)
        patch.setattr(pdf, "LONGEST_WAIT", 0.1)
        run_jobs(NOW)
    failed = Job.objects.get()

    page = page_of(browser, job_url(failed))

    assert "Kunne ikke laves" in page
    assert "Hent den som Word" in page
    assert "Kunne ikke laves" in page_of(browser, "/")
    browser.get(paper_url(process))
    run_jobs(NOW)
    assert is_pdf(browser.get(paper_url(process)))


def test_come_to_a_job_of_another_office_is_not_found_and_an_auditor_reads_and_cancels_not() -> None:
    process = in_approval(NOW)
    its_officer(process).get(paper_url(process))
    job = Job.objects.get()
    stranger = signed_in(an_officer(an_office("fyn"), "fyn@example.dk"))
    auditor = signed_in(an_auditor(process.office))

    assert stranger.get(job_url(job)).status_code == 404
    assert stranger.post(job_url(job, "job_cancel")).status_code == 404
    assert job_url(job) not in page_of(stranger, "/")
    assert "Afbryd arbejdet" not in page_of(auditor, job_url(job))
    assert auditor.post(job_url(job, "job_cancel")).status_code == 403
    assert Job.objects.get().state == JobState.WAITING


def test_come_to_a_job_under_another_process_of_the_office_is_not_found() -> None:
    process = in_approval(NOW)
    browser = its_officer(process)
    browser.get(paper_url(process))
    other = Process.objects.get(pk=process.pk)
    other.pk, other.public_id, other.case_number = None, uuid7(), "ANDEN-1"
    other.save(force_insert=True)

    assert browser.get(reverse("process", args=[other.public_id])).status_code == 200
    assert browser.get(reverse("job", args=[other.public_id, Job.objects.get().public_id])).status_code == 404


# ── Guests ────────────────────────────────────────────────────────────────────────────────────────────────────
def urls_of_guests(process: Process) -> list[tuple[Client, str]]:
    """A body's link, its member's account, and anybody: each with the address at which it fetches the text."""
    asked, version = request_to(process, "council-1"), version_of(process)
    make_public(process, NOW)
    item = BundleItem.objects.get(version=version)
    (published,) = publish(
        process, PublicThing.TEXT, [item.public_id], reason="Udkast", actor=officer_of(process), now=NOW
    )
    ids = [version.public_id, "pdf"]
    return [
        (holder_of(asked.link), reverse("decision_text_link", args=[asked.link.public_id, *ids])),
        (
            signed_in(a_member(process.office, asked.body)),
            reverse("decision_text_member", args=[asked.public_id, *ids]),
        ),
        (Client(), reverse("public_paper", args=[process.public_id, published.public_id, "pdf"])),
    ]


def test_fetch_long_text_as_a_guest_is_followed_below_its_own_address_and_then_fetched_there() -> None:
    process = in_approval(NOW)
    guests = urls_of_guests(process)

    followed = [browser.get(url)["Location"] for browser, url in guests]

    assert all(each.startswith(f"{url}?arbejde=") for each, (_browser, url) in zip(followed, guests, strict=True))
    for (browser, _url), each in zip(guests, followed, strict=True):
        page = page_of(browser, each)
        assert "Under udarbejdelse" in page
        assert "Siden kan lukkes" in page
        assert "Afbryd arbejdet" not in page
    assert Job.objects.count() == 1  # the same text for all of them
    run_jobs(NOW)
    for (browser, url), each in zip(guests, followed, strict=True):
        assert f'href="{url}"' in page_of(browser, each)
        assert is_pdf(browser.get(url))


def test_follow_a_job_at_another_address_than_the_one_it_was_asked_for_is_not_found() -> None:
    process = in_approval(NOW)
    (by_link, url), (_by_account, other_url), *_more = urls_of_guests(process)
    token = by_link.get(url)["Location"].partition("?")[2]
    other = holder_of(request_to(process, "council-2").link)
    elsewhere = url.replace(str(request_to(process, "council-1").link.public_id), "{}").format(
        request_to(process, "council-2").link.public_id
    )

    assert other.get(f"{elsewhere}?{token}").status_code == 404
    assert other.get(f"{url}?{token}").status_code == 403
    assert Client().get(f"{other_url}?{token}").status_code == 302  # to the sign-in
    assert by_link.get(f"{url}?arbejde=x").status_code == 404


def test_fetch_everything_in_one_file_has_all_that_is_long_made_in_one_job() -> None:
    process = in_approval(NOW)
    asked = request_to(process, "council-1")
    browser = holder_of(asked.link)
    url = reverse("decision_papers_link", args=[asked.link.public_id])

    followed = browser.get(url)["Location"]
    run_jobs(NOW)

    assert len(Job.objects.get().arguments["papers"]) == 3  # letter, presentation and text as PDF
    assert "Klar til hentning" in page_of(browser, followed)
    assert b"".join(browser.get(url)).startswith(b"PK")  # type: ignore[arg-type]


def test_ask_for_the_head_of_a_long_paper_makes_no_job() -> None:
    process = in_approval(NOW)

    assert its_officer(process).head(paper_url(process)).status_code == 202
    assert not Job.objects.exists()


def test_fetch_as_a_guest_what_could_not_be_made_says_why_and_makes_it_again_for_the_office_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    process = in_approval(NOW)
    *_with_links, (anybody, url) = urls_of_guests(process)
    anybody.get(url)
    with monkeypatch.context() as patch:
        patch.setattr(pdf, "LONG", 1)
        patch.setattr(pdf, "LONGEST_WAIT", 0.1)
        run_jobs(NOW)

    page = page_of(anybody, anybody.get(url)["Location"])

    assert "Kunne ikke laves" in page
    assert "Hent den som Word" in page
    assert "Bestil igen" not in page
    assert Job.objects.count() == 1
    its_officer(process).get(paper_url(process))
    assert Job.objects.filter(state=JobState.WAITING).count() == 1
