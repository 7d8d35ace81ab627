"""Pages of a process with several texts: each text with its documents, each stage with its own set."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.urls import reverse

from tests.workflow.agreements import a_locked_bundle, in_approval, in_submission, officer_of
from tests.workflow.submission_factories import acknowledged, in_force
from tests.workflow.test_supplements import WITH_STATUS
from tests.workflow.text_line_factories import NEARLY_TWO_YEARS, WITH_REPORTS, a_locked_set, line_of, reporting
from tests.workflow.views.sent_papers import NOW, own_officer, stage_url
from workflow.actions.submissions import make_package
from workflow.models import Bundle, DocumentVersion, ExternalRequest, Package, Process
from workflow.queries.processes import live_stage
from workflow.states import ChangeKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo"), pytest.mark.slow]


def url_of(name: str, process: Process) -> str:
    return reverse(name, args=[process.public_id])


# ── Documents ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_read_documents_after_a_report_was_locked_says_for_each_text_what_is_in_force() -> None:
    process = reporting(NOW)
    report = a_locked_set(process, NOW, "midterm")
    agreement = process.bundles.get(line__key="agreement")

    page = own_officer(process).get(url_of("documents", process)).content.decode()

    assert page.count("Gælder nu") == 2
    for bundle in (agreement, report):
        assert f'id="bundle-{bundle.public_id}"' in page
    assert "Version 1 af »Midtvejsstatus«" in page
    assert "?tekst=midterm" in page
    assert "Slutstatus" not in page


def test_read_documents_of_one_text_names_no_text() -> None:
    process = in_approval(NOW)

    page = own_officer(process).get(url_of("documents", process)).content.decode()

    assert "?tekst=" not in page
    assert page.count("Gælder nu") == 1


@pytest.mark.parametrize("sets", [1, 3])
def test_read_documents_costs_the_same_for_one_set_and_for_three(sets: int, django_assert_num_queries: Any) -> None:
    process = reporting(NOW)
    for number in range(sets):
        change = ChangeKind.MATERIAL if number else ChangeKind.FIRST
        a_locked_set(process, NOW, "midterm", text=f"# 1 Status {number}\n", change=change)
    client = own_officer(process)

    with django_assert_num_queries(13):
        client.get(url_of("documents", process))


def test_write_new_document_asks_which_text_it_belongs_to_and_begins_with_the_one_that_is_due() -> None:
    process = reporting(NOW)
    client = own_officer(process)

    page = client.get(url_of("document_new", process)).content.decode()
    answer = client.post(
        url_of("document_new", process), {"title": "Slutstatus", "text": "# 1 Status", "line": "final", "key": "k1"}
    )

    assert 'value="midterm"' in page
    assert "checked" in page.split('value="midterm"')[1].split(">")[0]
    assert answer.status_code == 302
    assert DocumentVersion.objects.latest("id").document.line == line_of(process, "final")


@pytest.mark.parametrize("line", ["", "intet"])
def test_write_new_document_without_its_text_is_refused_and_keeps_the_words(line: str) -> None:
    process = reporting(NOW)
    written = {"title": "Slutstatus", "text": "# 1 Ord, der ikke må tabes", "line": line}

    answer = own_officer(process).post(url_of("document_new", process), written)

    assert answer.status_code == 422
    assert "Ord, der ikke må tabes" in answer.content.decode()
    assert not line_of(process, "final").documents.exists()


def test_write_new_document_of_a_process_with_one_text_asks_nothing() -> None:
    process = in_approval(NOW)

    page = own_officer(process).get(url_of("document_new", process)).content.decode()

    assert 'name="line"' not in page


def test_lock_set_of_the_text_in_the_address_takes_the_documents_of_that_text() -> None:
    process = reporting(NOW)
    report = a_locked_set(process, NOW, "midterm")
    a_locked_bundle_of_agreement = process.bundles.get(line__key="agreement")
    client = own_officer(process)

    of_agreement = client.get(url_of("bundle_new", process) + "?tekst=agreement").content.decode()
    due = client.get(url_of("bundle_new", process)).content.decode()

    assert str(a_locked_bundle_of_agreement.items.get().version.public_id) in of_agreement
    assert str(report.items.get().version.public_id) not in of_agreement
    assert str(report.items.get().version.public_id) in due
    assert "Lås et sæt dokumenter: Midtvejsstatus" in due
    assert 'name="approved"' in of_agreement
    assert 'name="approved"' not in due
    assert "I sættet: Midtvejsstatus v1." in due


# ── Stages ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_read_stages_after_later_sets_were_locked_each_shows_its_own() -> None:
    process = reporting(NOW)
    agreement = process.bundles.get()
    later = a_locked_bundle(process, NOW, text="# 1 Aftale fra næste periode\n", change=ChangeKind.MATERIAL)
    report = a_locked_set(process, NOW, "midterm")
    client = own_officer(process)

    pages = {
        "approval": client.get(stage_url(process, "approvals", "approval")).content.decode(),
        "in_force": client.get(stage_url(process, "milestones", "in_force")).content.decode(),
        "submission": client.get(stage_url(process)).content.decode(),
        "drafting": client.get(stage_url(process, "stage", "drafting")).content.decode(),
        "midterm": client.get(stage_url(process, stage="midterm")).content.decode(),
    }

    own = dict.fromkeys(pages, agreement) | {"midterm": report}
    assert {key: f"#bundle-{own[key].public_id}" in page for key, page in pages.items()} == dict.fromkeys(pages, True)
    assert not any(f"#bundle-{later.public_id}" in page for page in pages.values())


def test_make_package_of_a_report_that_is_not_locked_says_so_of_its_own_text() -> None:
    process = reporting(NOW)

    page = own_officer(process).get(stage_url(process, "package_new", "midterm")).content.decode()

    assert "intet fremlagt af »Midtvejsstatus«" in page
    assert "Alt er her" not in page


def test_read_home_while_a_report_is_due_asks_for_the_report_with_its_own_day() -> None:
    page = own_officer(reporting(NOW)).get(reverse("home")).content.decode()

    assert "Skriv dokumenterne, og lås dem som et sæt" in page


# ── Sending what is odd ───────────────────────────────────────────────────────────────────────────────────────
def test_send_report_years_early_asks_why_on_a_page_and_sends_it_with_the_reason() -> None:
    today = datetime.now(UTC)  # the page reads the clock itself
    process = reporting(today)
    a_locked_set(process, today, "midterm")
    package = make_package(live_stage(process, "midterm"), actor=officer_of(process), now=today)
    client = own_officer(process)
    address = reverse("submission_send", args=[process.public_id, package.public_id])

    board = client.get(stage_url(process, stage="midterm")).content.decode()
    page = client.get(address).content.decode()
    refused = client.post(address, {"key": "k1"})
    why = {"key": "k2", "reason": "Udvalget nedlægges ved årsskiftet."}
    pressed = [client.post(address, why) for _ in range(2)]

    assert f'href="{address}"' in board
    assert 'name="reason"' in page
    assert re.search(r"Fristen er [^,]+, om 73\d dage\.", page)
    assert refused.status_code == 422
    assert [answer.status_code for answer in pressed] == [302, 302]
    assert ExternalRequest.objects.filter(stage__key="midterm").count() == 1


def test_send_set_that_was_sent_before_names_the_package_it_was_sent_in() -> None:
    process = in_submission(NOW, text=WITH_STATUS)
    acknowledged(process, NOW)
    in_force(process, NOW)
    later = NOW + NEARLY_TWO_YEARS
    make_package(live_stage(process, "status"), actor=officer_of(process), now=later)
    package = Package.objects.latest("number")

    address = reverse("submission_send", args=[process.public_id, package.public_id])
    page = own_officer(process).get(address).content.decode()

    assert "De samme dokumenter blev sendt" in page
    assert "i pakke 1" in page
    assert Bundle.objects.count() == 1


def test_send_package_in_good_time_asks_nothing() -> None:
    process = in_submission(NOW, text=WITH_REPORTS)
    package = make_package(live_stage(process, "submission"), actor=officer_of(process), now=NOW)

    page = own_officer(process).get(stage_url(process)).content.decode()

    address = reverse("submission_send", args=[process.public_id, package.public_id])
    assert f'action="{address}"' in page
    assert f'href="{address}"' not in page
