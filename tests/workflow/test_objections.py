"""Objecting to a correction: who may, what it holds back, and what settles it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from notifications import delivery
from notifications.models import OutgoingMail
from tests.refusals import code_of
from tests.workflow.agreements import (
    a_file,
    decide,
    in_approval,
    in_force_everywhere,
    in_submission,
    missing,
    officer_of,
    request_to,
    sent,
)
from tests.workflow.factories import an_actor, an_office
from tests.workflow.test_corrections import CORRECTED, changed, corrected
from workflow.actions.approvals import answer_objection, object_to_correction, readdress_request
from workflow.actions.erasure import FilesDecided, erase_person
from workflow.actions.milestones import record_milestone
from workflow.actions.processes import abandon_process, resume_process, suspend_process
from workflow.actions.submissions import make_package, send_submission
from workflow.actors import Actor
from workflow.audit.rows import prove_rows
from workflow.models import AuditEntry, Objection, Process
from workflow.queries.processes import bodies_of, live_stage
from workflow.states import ObjectionState, StageState

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)  # by then what is asked about a set put forward has left
WORDS = "Det ændrer indholdet."


def objected(process: Process, now: datetime, body: str = "council-1", **facts: object) -> Objection:
    """The body objects by its link to the set that counts."""
    request = request_to(process, body)
    newest = process.bundles.filter(put_forward_at__isnull=False).latest("number")
    given = {
        "text": WORDS,
        "bundle_sha256": newest.sha256,
        "actor": Actor.of_link(request.link, f"Ida Berg, sekretær ({request.body.name})"),
    }
    return object_to_correction(request, **{**given, **facts}, now=now)


def answered(objection: Objection, now: datetime, **facts: object) -> Objection:
    """The office's officer replies that the correction stands."""
    actor = officer_of(objection.request.stage.process)
    return answer_objection(objection, **{"answer": "Det er en slåfejl.", "actor": actor, **facts}, now=now)


# ── Objecting ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_object_to_correction_keeps_the_decision_and_stands_in_the_record_with_digests_of_its_words(
    now: datetime,
) -> None:
    process = in_submission(now)
    second = corrected(process, now + DAY)

    objection = objected(process, now + DAY)

    assert (objection.state, objection.bundle, objection.body.key) == (ObjectionState.OPEN, second, "council-1")
    assert objection.request.decisions.get().state == "valid"
    entry = AuditEntry.objects.get(verb="object_to_correction", subject_id=objection.public_id)
    assert entry.codes["bundle"] == second.sha256
    assert WORDS not in str(entry.codes)
    assert entry.detail.body["text"] == WORDS
    assert prove_rows(entry.pk) is None


def test_object_to_correction_while_still_asked_is_taken_in_and_the_question_goes_on(now: datetime) -> None:
    process = in_approval(now)
    corrected(process, now + DAY)

    objected(process, now + DAY)
    decide(process, "council-1", now + DAY)

    assert request_to(process, "council-1").state == "decided"
    assert Objection.objects.get().state == ObjectionState.OPEN


def test_object_to_correction_on_behalf_keeps_what_it_came_in_and_when(now: datetime) -> None:
    process = in_submission(now)
    corrected(process, now + DAY)
    file = a_file(process.office, now + DAY, "mail.txt")
    actor = officer_of(process).acting_for("Byråd 1")

    objection = objected(process, now + DAY * 2, actor=actor, source=file, received_at=now + DAY)

    assert (objection.source, objection.received_at, objection.by_on_behalf_of) == (file, now + DAY, "Byråd 1")
    entry = AuditEntry.objects.get(verb="object_to_correction")
    assert entry.codes["source"] == file.sha256


def test_object_to_correction_in_a_suspended_process_is_taken_in(now: datetime) -> None:
    process = in_submission(now)
    corrected(process, now + DAY)
    suspend_process(process, reason="Vi holder pause", actor=officer_of(process), now=now + DAY + HOUR)

    assert objected(process, now + DAY + HOUR).state == ObjectionState.OPEN


def test_object_to_correction_with_the_same_key_is_one_objection(now: datetime) -> None:
    process = in_submission(now)
    corrected(process, now + DAY)

    objections = {objected(process, now + DAY, key="k1").pk for _press in range(2)}

    assert len(objections) == Objection.objects.count() == 1


# ── Refused ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_object_to_correction_twice_is_refused(now: datetime) -> None:
    process = in_submission(now)
    corrected(process, now + DAY)
    objected(process, now + DAY)

    assert code_of(lambda: objected(process, now + DAY * 2)) == "objected_already"
    assert Objection.objects.count() == 1


def test_object_to_correction_that_a_newer_one_has_overtaken_is_refused_and_names_it(now: datetime) -> None:
    process = in_submission(now)
    second = corrected(process, now + DAY)
    corrected(process, now + DAY * 2, CORRECTED + "\nPunktum.\n")

    refused = code_of(lambda: objected(process, now + DAY * 2, bundle_sha256=second.sha256))

    assert refused == "correction_overtaken"
    assert objected(process, now + DAY * 2).bundle.number == 3


def test_object_to_correction_by_a_body_that_was_asked_about_the_corrected_text_is_refused(now: datetime) -> None:
    process = in_submission(now)

    assert code_of(lambda: objected(process, now)) == "not_corrected"

    corrected(process, now + DAY)
    objected(process, now + DAY)


def test_object_to_correction_after_a_material_change_is_refused(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "council-1", now)
    request = request_to(process, "council-1")
    corrected(process, now + DAY)
    changed(process, now + DAY * 2)
    request.refresh_from_db()
    actor = Actor.of_link(request.link, "Byråd 1")

    assert (
        code_of(lambda: object_to_correction(request, text=WORDS, bundle_sha256="", actor=actor, now=now + DAY * 2))
        == "correction_over"
    )


def test_object_to_correction_after_the_agreement_is_in_force_is_refused(now: datetime) -> None:
    process = in_submission(now)
    corrected(process, now + DAY)
    in_force_everywhere(process, now + DAY)
    assert live_stage(process, "in_force").state == StageState.COMPLETED

    assert code_of(lambda: objected(process, now + DAY * 2)) == "in_force_already"


def test_object_to_correction_made_after_the_agreement_is_in_force_is_refused(now: datetime) -> None:
    process = in_submission(now)
    in_force_everywhere(process, now)
    corrected(process, now + DAY)

    assert code_of(lambda: objected(process, now + DAY)) == "in_force_already"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"text": "  "}, "objection_empty"),
        ({"received_at": DAY * 3}, "received_in_future"),
        ({"received_at": -DAY}, "received_before_correction"),
    ],
)
def test_object_to_correction_without_words_or_at_an_impossible_time_is_refused(
    now: datetime, facts: dict[str, object], code: str
) -> None:
    process = in_submission(now)
    corrected(process, now + DAY)
    given = {name: now + DAY + value if isinstance(value, timedelta) else value for name, value in facts.items()}

    assert code_of(lambda: objected(process, now + DAY, **given)) == code


def test_object_to_correction_by_another_bodys_link_or_one_no_longer_used_is_refused(now: datetime) -> None:
    process = in_submission(now)
    corrected(process, now + DAY)
    foreign = Actor.of_link(request_to(process, "council-2").link, "Byråd 2")

    assert code_of(lambda: objected(process, now + DAY, actor=foreign)) == "foreign_link"
    abandon_process(process, reason="Opgivet af alle", actor=officer_of(process), now=now + DAY)
    assert code_of(lambda: objected(process, now + DAY)) == "process_abandoned"


# ── What it holds back ────────────────────────────────────────────────────────────────────────────────────────
def test_record_milestone_while_an_objection_is_open_is_refused_and_said_where_the_stage_waits(now: datetime) -> None:
    process = in_submission(now)
    corrected(process, now + DAY)
    objection = objected(process, now + DAY)
    stage, body = live_stage(process, "in_force"), bodies_of(process, "parties")[0]
    facts = {"happened_on": now.date(), "body": body, "actor": officer_of(process), "now": now + DAY}

    assert code_of(lambda: record_milestone(stage, **facts)) == "objection_open"
    assert "Byråd 1 har gjort indsigelse mod rettelsen i version 2." in missing(process, "in_force", now + DAY)
    answered(objection, now + DAY)
    record_milestone(stage, **facts)


def test_in_force_waits_for_an_objection_also_when_every_day_was_recorded_before(now: datetime) -> None:
    process = in_submission(now)
    officer, stage = officer_of(process), live_stage(process, "in_force")
    bodies = bodies_of(process, "parties")
    for body in bodies[:-1]:
        record_milestone(stage, happened_on=now.date(), body=body, actor=officer, now=now)
    corrected(process, now + DAY)
    objection = objected(process, now + DAY)
    answered(objection, now + DAY * 2)

    record_milestone(stage, happened_on=now.date(), body=bodies[-1], actor=officer, now=now + DAY * 2)

    assert live_stage(process, "in_force").state == StageState.COMPLETED


def test_make_or_send_package_while_an_objection_is_open_is_refused_provisional_or_not(now: datetime) -> None:
    process = in_submission(now)
    corrected(process, now + DAY)
    officer, stage = officer_of(process), live_stage(process, "submission")
    package = make_package(stage, actor=officer, now=now + DAY)
    objection = objected(process, now + DAY)

    def make(*, is_provisional: bool) -> str:
        terms = {"is_provisional": is_provisional, "reason": "Det haster meget."}
        return code_of(lambda: make_package(stage, **terms, actor=officer, now=now + DAY))

    assert {make(is_provisional=flag) for flag in (False, True)} == {"objection_open"}
    assert code_of(lambda: send_submission(stage, package, actor=officer, now=now + DAY)) == "objection_open"
    assert "Byråd 1 har gjort indsigelse" in missing(process, "submission", now + DAY)
    answered(objection, now + DAY)
    send_submission(stage, package, actor=officer, now=now + DAY)


def test_object_to_correction_after_the_package_was_sent_holds_the_day_in_force_and_not_the_receipt(
    now: datetime,
) -> None:
    process = in_submission(now)
    corrected(process, now + DAY)
    sent(process, now + DAY)

    objected(process, now + DAY * 2)

    assert "indsigelse" not in missing(process, "submission", now + DAY * 2)
    assert "indsigelse" in missing(process, "in_force", now + DAY * 2)


# ── Settled ───────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db(transaction=True)
def test_answer_objection_lets_the_correction_stand_and_tells_the_body(now: datetime) -> None:
    process = in_submission(now)
    corrected(process, now + DAY)

    objection = answered(objected(process, now + DAY), now + DAY * 2)
    with delivery.recording():
        delivery.deliver(now + DAY * 2, delivery.clock_from(now + DAY * 2))

    assert (objection.state, objection.settled_at) == (ObjectionState.ANSWERED, now + DAY * 2)
    mail = OutgoingMail.objects.get(kind="objection_settled")
    assert mail.to_address == "post@council-1.example"
    assert "indsigelse mod rettelsen i version 2" in mail.text_sent
    assert "Rettelsen bliver stående med denne begrundelse: Det er en slåfejl." in mail.text_sent
    entry = AuditEntry.objects.get(verb="answer_objection", subject_id=objection.public_id)
    assert entry.detail.body["answer"] == "Det er en slåfejl."
    assert prove_rows(entry.pk) is None


@pytest.mark.django_db(transaction=True)
def test_put_forward_a_material_change_overtakes_open_objections_and_tells_who_objected(now: datetime) -> None:
    process = in_submission(now)
    corrected(process, now + DAY)
    objection = objected(process, now + DAY)
    answered_one = answered(objected(process, now + DAY, "council-2"), now + DAY)

    changed(process, now + DAY * 2)
    with delivery.recording():
        delivery.deliver(now + DAY * 3, delivery.clock_from(now + DAY * 3))

    objection.refresh_from_db()
    answered_one.refresh_from_db()
    assert (objection.state, objection.settled_at) == (ObjectionState.OVERTAKEN, now + DAY * 2)
    assert answered_one.state == ObjectionState.ANSWERED
    texts = {mail.to_address: mail.text_sent for mail in OutgoingMail.objects.filter(kind="objection_settled")}
    assert "Der er nu fremlagt en indholdsmæssigt ændret version" in texts["post@council-1.example"]
    assert AuditEntry.objects.get(verb="overtake_objections").codes["objections"] == [str(objection.public_id)]


def test_put_forward_another_correction_leaves_objections_open(now: datetime) -> None:
    process = in_submission(now)
    corrected(process, now + DAY)
    objection = objected(process, now + DAY)

    corrected(process, now + DAY * 2, CORRECTED + "\nPunktum.\n")

    objection.refresh_from_db()
    assert objection.state == ObjectionState.OPEN


def test_answer_objection_twice_without_words_or_by_another_office_is_refused(now: datetime) -> None:
    process = in_submission(now)
    corrected(process, now + DAY)
    objection = objected(process, now + DAY)
    stranger = an_actor(an_office("midtjylland"))

    assert code_of(lambda: answered(objection, now + DAY, answer="Nej.")) == "reason_too_short"
    assert code_of(lambda: answered(objection, now + DAY, actor=stranger)) == "not_an_officer"
    answered(objection, now + DAY, key="k1")
    assert answered(objection, now + DAY, key="k1").state == ObjectionState.ANSWERED
    assert code_of(lambda: answered(objection, now + DAY, key="k2")) == "objection_settled"
    assert OutgoingMail.objects.filter(kind="objection_settled").count() == 1


def test_answer_objection_in_a_suspended_process_lets_it_go_on_when_resumed(now: datetime) -> None:
    process = in_submission(now)
    corrected(process, now + DAY)
    objection = objected(process, now + DAY)
    officer = officer_of(process)
    suspend_process(process, reason="Vi holder pause", actor=officer, now=now + DAY + HOUR)

    answered(objection, now + DAY + HOUR)
    resume_process(process, actor=officer, now=now + DAY * 2)

    assert "indsigelse" not in missing(process, "submission", now + DAY * 2)


# ── Erased ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_erase_person_who_objected_leaves_the_objection_without_the_person_and_the_record_proves_it(
    now: datetime,
) -> None:
    process = in_submission(now)
    request = request_to(process, "council-1")
    officer = officer_of(process)
    readdress_request(request, email="ida@council-1.example", name="Ida Berg", actor=officer, now=now)
    corrected(process, now + DAY)
    objection = objected(process, now + DAY, text="Ida Berg finder, at det ændrer indholdet.")
    answered(objection, now + DAY, answer="Ida Berg har fået forklaringen.")

    files = FilesDecided(keep_others="Referatet er rådets.")
    erase_person("ida@council-1.example", reason="Bedt om det", files=files, actor=officer, now=now + DAY)

    objection.refresh_from_db()
    assert "Ida" not in objection.text + objection.answer + objection.by_label
    assert objection.text.endswith("finder, at det ændrer indholdet.")
    assert not AuditEntry.objects.filter(verb="object_to_correction", detail__isnull=False).exists()
    assert prove_rows(AuditEntry.objects.latest("id").pk) is None


def test_erase_person_whose_objection_came_in_a_file_asks_what_becomes_of_it(now: datetime) -> None:
    process = in_submission(now)
    corrected(process, now + DAY)
    file = a_file(process.office, now + DAY, "mail.txt")
    objected(process, now + DAY, source=file)
    officer = officer_of(process)

    def erase(files: FilesDecided) -> object:
        return erase_person("post@council-1.example", reason="Bedt om det", files=files, actor=officer, now=now + DAY)

    assert code_of(lambda: erase(FilesDecided())) == "files_undecided"
    erase(FilesDecided(erase=frozenset({file.public_id}), keep_others="Referatet er rådets."))
    file.refresh_from_db()
    assert file.erased_at == now + DAY
