"""Lines of text: what is locked, approved and sent in one touches nothing in another, and a stage keeps its set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from notifications.models import OutgoingMail
from tests.refusals import code_of
from tests.workflow.agreements import (
    a_locked_bundle,
    an_agreement,
    asked,
    decide,
    in_approval,
    in_review,
    in_submission,
    officer_of,
    request_to,
)
from tests.workflow.factories import a_process, an_office
from tests.workflow.submission_factories import acknowledged, in_force, the_zip
from tests.workflow.test_supplements import WITH_STATUS
from tests.workflow.text_line_factories import NEARLY_TWO_YEARS, WITH_REPORTS, a_locked_set, line_of, reporting
from workflow.actions.bundles import BundleEntry, create_bundle
from workflow.actions.documents import add_version, create_document
from workflow.actions.milestones import record_milestone
from workflow.actions.stages import complete_stage, return_stage
from workflow.actions.submissions import acknowledge, make_package, prospect_of, send_submission
from workflow.gates import gate_statuses
from workflow.models import AuditEntry, Bundle, Decision, ExternalRequest, MilestoneRecord, Package, Process, Stage
from workflow.queries.approvals import approvals_fallen
from workflow.queries.documents import bundle_of, current_bundle, line_of_next_set
from workflow.queries.processes import live_stage, stage_deadline
from workflow.rules import Refused
from workflow.states import ChangeKind, DecisionState, StageState

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def a_report(process: Process, now: datetime, stage: str = "midterm") -> Package:
    return make_package(live_stage(process, stage), actor=officer_of(process), now=now)


def send(process: Process, package: Package, now: datetime, **why: str) -> ExternalRequest:
    return send_submission(package.stage, package, actor=officer_of(process), now=now, **why)


# ── Lines ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_start_process_of_a_definition_that_names_texts_makes_a_line_for_each(now: datetime) -> None:
    process = an_agreement(now, text=WITH_REPORTS)

    assert [(line.key, line.title) for line in process.lines.all()] == [
        ("agreement", "Aftale"),
        ("midterm", "Midtvejsstatus"),
        ("final", "Slutstatus"),
    ]
    assert {stage.key: stage.line.key for stage in process.stages.all()} == {
        **dict.fromkeys(["drafting", "review", "approval", "submission", "ruling", "in_force"], "agreement"),
        "midterm": "midterm",
        "final": "final",
    }


def test_start_process_of_a_definition_that_names_no_text_makes_one_line(now: datetime) -> None:
    process = an_agreement(now)

    assert [line.key for line in process.lines.all()] == ["agreement"]


def test_lock_set_counts_from_one_in_each_line_and_names_it_in_its_manifest(now: datetime) -> None:
    process = reporting(now)

    report = a_locked_set(process, now, "midterm")

    agreement = process.bundles.get(line__key="agreement")
    assert [bundle.number for bundle in (agreement, report)] == [1, 1]
    assert report.predecessor is None
    assert [bundle.manifest["text"] for bundle in (agreement, report)] == ["agreement", "midterm"]  # type: ignore[index]


def test_create_bundle_of_documents_of_two_lines_is_refused(now: datetime) -> None:
    process = reporting(now)
    officer = officer_of(process)
    report = a_locked_set(process, now, "midterm").items.get().version
    agreement = process.bundles.get(line__key="agreement").items.get().version

    entries = [BundleEntry(agreement, "agreement"), BundleEntry(report, "annex")]

    assert code_of(lambda: create_bundle(process, entries, actor=officer, now=now)) == "documents_of_several_lines"


def test_create_document_in_a_line_of_another_process_is_refused(now: datetime) -> None:
    process, other = reporting(now), a_process(an_office("nordjylland"), now)
    officer = officer_of(process)

    refused = code_of(lambda: create_document(process, title="Bilag", line=other.lines.get(), actor=officer, now=now))

    assert refused == "line_foreign"


# ── A report touches nothing of the agreement ─────────────────────────────────────────────────────────────────
def test_lock_report_while_councils_are_asked_touches_no_question_and_no_decision(now: datetime) -> None:
    process = in_approval(now, text=WITH_REPORTS)
    decide(process, "council-1", now)
    waiting = [request.pk for request in asked(process, "approval")]
    mails = OutgoingMail.objects.count()

    a_locked_set(process, now + DAY, "midterm")

    assert [request.pk for request in asked(process, "approval")] == waiting
    assert Decision.objects.get(body__key="council-1").state == DecisionState.VALID
    assert OutgoingMail.objects.count() == mails
    assert bundle_of(live_stage(process, "approval")) == process.bundles.get(line__key="agreement")
    decide(process, "council-2", now + DAY)
    decide(process, "region", now + DAY)
    assert live_stage(process, "approval").state == StageState.COMPLETED


def test_lock_report_of_a_changed_text_leaves_an_approved_agreement_that_was_not_sent_alone(now: datetime) -> None:
    process = in_approval(now, text=WITH_REPORTS)
    for body in ("council-1", "council-2", "region"):
        decide(process, body, now)
    a_locked_set(process, now, "midterm")

    report = a_locked_set(process, now, "midterm", text="# 1 Ny status\n", change=ChangeKind.MATERIAL)

    assert current_bundle(line_of(process, "midterm").pk) == report
    assert not Decision.objects.exclude(state=DecisionState.VALID).exists()
    a_locked_bundle(process, now, text="# Nyt\n", change=ChangeKind.MATERIAL)
    assert approvals_fallen(process) == 3


# ── A stage keeps its set for ever ────────────────────────────────────────────────────────────────────────────
def test_lock_later_sets_every_stage_keeps_the_one_it_judged_sent_or_rests_on(now: datetime) -> None:
    process = reporting(now)
    agreement = process.bundles.get()

    a_locked_set(process, now + DAY, "midterm")
    later = a_locked_bundle(process, now + DAY, text="# 1 Aftale fra næste periode\n", change=ChangeKind.MATERIAL)

    kept = ("drafting", "review", "approval", "submission", "in_force")
    assert {bundle_of(live_stage(process, key)) for key in kept} == {agreement}
    assert {row.bundle for row in MilestoneRecord.objects.all()} == {agreement}
    assert current_bundle(line_of(process, "agreement").pk) == later
    assert bundle_of(live_stage(process, "final")) is None


def test_send_back_review_its_first_attempt_keeps_the_set_it_judged(now: datetime) -> None:
    process = in_review(now)
    first = process.bundles.get()
    officer = officer_of(process)

    return_stage(live_stage(process, "review"), reason="Udvalget ønsker ændringer.", actor=officer, now=now)
    second = a_locked_bundle(process, now + DAY, text="# 1 Nye mål\n", change=ChangeKind.MATERIAL)
    complete_stage(live_stage(process, "drafting"), actor=officer, now=now + DAY)

    attempts = process.stages.filter(key="review").order_by("attempt")
    assert [bundle_of(stage) for stage in attempts] == [first, second]
    assert [bundle_of(stage) for stage in process.stages.filter(key="drafting").order_by("attempt")] == [first, second]
    assert request_to(process, "committee", "review").bundle == second


def test_record_milestone_after_an_editorial_correction_is_about_the_corrected_words(now: datetime) -> None:
    process = in_approval(now, text=WITH_REPORTS)
    for body in ("council-1", "council-2", "region"):
        decide(process, body, now)
    approved = process.bundles.get()
    stage, officer = live_stage(process, "in_force"), officer_of(process)
    bodies = [place.body for place in process.process_bodies.filter(name="parties").select_related("body")]
    record_milestone(stage, body=bodies[0], happened_on=now.date(), actor=officer, now=now)
    corrected = a_locked_bundle(process, now, text="# 1 Maal\n", change=ChangeKind.EDITORIAL, note="En slåfejl.")
    record_milestone(stage, body=bodies[1], happened_on=now.date(), actor=officer, now=now)

    assert [row.bundle for row in MilestoneRecord.objects.order_by("id")] == [approved, corrected]
    assert live_stage(process, "in_force").bundle == approved


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda process: Stage.objects.filter(key="approval").update(bundle=None),
        lambda process: Stage.objects.filter(key="approval").update(bundle=process.bundles.get(line__key="midterm")),
        lambda process: Bundle.objects.update(line=line_of(process, "final")),
    ],
)
def test_rewriting_which_set_a_stage_kept_is_refused_by_the_database(
    now: datetime, rewrite: Callable[[Process], object]
) -> None:
    process = reporting(now)
    a_locked_set(process, now, "midterm")

    with pytest.raises(IntegrityError, match="keeps its history"), transaction.atomic():
        rewrite(process)


# ── A report is asked for by its stage ────────────────────────────────────────────────────────────────────────
def test_make_package_of_a_report_without_a_set_of_its_own_is_refused_and_names_the_text(now: datetime) -> None:
    process = reporting(now)

    with pytest.raises(Refused) as refused:
        a_report(process, now + NEARLY_TWO_YEARS)

    assert refused.value.refusal.code == "bundle_missing"
    assert "»Midtvejsstatus«" in str(refused.value.refusal.text)
    gate = gate_statuses(live_stage(process, "midterm"), now)[0]
    assert not gate.is_open
    assert gate.missing == ("Der er endnu intet fremlagt af »Midtvejsstatus«. Fremlæg et sæt af dens dokumenter.",)


def test_submit_reports_each_sends_its_own_set_and_lacks_no_approval(now: datetime) -> None:
    process = reporting(now)
    report = a_locked_set(process, now, "midterm")
    later = now + NEARLY_TWO_YEARS

    assert prospect_of(live_stage(process, "midterm"), report, later).missing == []
    package = a_report(process, later)
    request = send(process, package, later)
    acknowledge(request, received_at=later, actor=officer_of(process), now=later)

    assert (package.bundle, package.manifest["text"]) == (report, "midterm")
    folders = {name.partition("/")[0] for name in the_zip(package).namelist()}
    assert folders == {"index.html", "0-hele-pakken.pdf", "1-midtvejsstatus", "manifest.json", "CHECKSUMS.sha256"}
    assert live_stage(process, "midterm").bundle == report
    assert line_of_next_set(process) == line_of(process, "final")
    assert code_of(lambda: a_report(process, later, "final")) == "bundle_missing"


def test_open_stage_of_a_report_has_its_own_deadline(now: datetime) -> None:
    process = reporting(now)

    deadline = stage_deadline(live_stage(process, "midterm"))

    assert deadline is not None
    assert deadline.on == date(2021, 3, 1)


# ── Sending once more, or far too early, asks why ─────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("days", "code"), [(91, "sending_needs_reason"), (90, ""), (0, "")])
def test_send_submission_so_many_days_before_its_deadline_asks_why_from_ninety_one_on(
    now: datetime, days: int, code: str
) -> None:
    process = reporting(now)
    a_locked_set(process, now, "midterm")
    at = datetime(2021, 3, 1, 9, tzinfo=now.tzinfo) - days * DAY
    package = a_report(process, at)

    assert code_of(lambda: send(process, package, at)) == code if code else send(process, package, at)
    assert ExternalRequest.objects.filter(stage__key="midterm").exists() is not bool(code)


def test_send_submission_of_a_set_that_was_sent_before_asks_why_and_keeps_the_reason(now: datetime) -> None:
    process = in_submission(now, text=WITH_STATUS)
    acknowledged(process, now)
    in_force(process, now)
    later = now + NEARLY_TWO_YEARS
    package = a_report(process, later, "status")

    with pytest.raises(Refused) as refused:
        send(process, package, later)
    assert refused.value.refusal.code == "sending_needs_reason"
    assert "i pakke 1" in str(refused.value.refusal.text)
    assert code_of(lambda: send(process, package, later, reason="  ")) == "sending_needs_reason"

    first = send(process, package, later, reason="Styrelsen har bedt om aftalen igen.", key="press")
    again = send(process, package, later, reason="Styrelsen har bedt om aftalen igen.", key="press")

    assert first == again
    entry = AuditEntry.objects.filter(verb="send_submission").latest("id")
    assert entry.detail.body["reason"] == "Styrelsen har bedt om aftalen igen."


def test_send_submission_of_a_corrected_set_asks_nothing(now: datetime) -> None:
    process = in_submission(now, text=WITH_STATUS)
    acknowledged(process, now)
    in_force(process, now)
    later = now + NEARLY_TWO_YEARS
    a_locked_bundle(process, later, text="# 1 Status\n", change=ChangeKind.MATERIAL)

    assert send(process, a_report(process, later, "status"), later).package is not None


# ── Which line a set is for ───────────────────────────────────────────────────────────────────────────────────
def test_find_line_of_next_set_it_is_that_of_the_one_open_stage_that_makes_or_sends_one(now: datetime) -> None:
    drafting = an_agreement(now, text=WITH_REPORTS)

    assert line_of_next_set(drafting) == line_of(drafting, "agreement")


def test_find_line_of_next_set_where_none_is_open_it_is_the_first_of_the_definition(now: datetime) -> None:
    process = in_approval(now, text=WITH_REPORTS)

    assert line_of_next_set(process) == line_of(process, "agreement")


def test_find_line_of_next_set_of_several_it_is_the_first_without_a_set(now: datetime) -> None:
    process = in_submission(now, text=WITH_REPORTS)
    in_force(process, now)
    assert {stage.key for stage in process.stages.filter(state=StageState.OPEN)} == {"submission", "midterm"}

    assert line_of_next_set(process) == line_of(process, "midterm")


def test_add_version_after_the_report_was_locked_belongs_to_its_own_line(now: datetime) -> None:
    process = reporting(now)
    a_locked_set(process, now, "midterm")
    document = line_of(process, "midterm").documents.get()

    version = add_version(document, markdown="# 1 Status, anden version\n", actor=officer_of(process), now=now)

    bundle = create_bundle(process, [BundleEntry(version, "agreement")], actor=officer_of(process), now=now)
    assert (bundle.line, bundle.number) == (line_of(process, "midterm"), 2)
