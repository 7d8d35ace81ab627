"""Rows are proven by their entries: whatever a decision, an addition, a receipt, a question or a ruling says otherwise
than it was recorded is found and named, whoever wrote it into the database."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.workflow.agreements import (
    a_file,
    a_locked_bundle,
    asked,
    decide,
    in_approval,
    officer_of,
    request_to,
    the_facts,
)
from tests.workflow.factories import an_officer
from tests.workflow.record_factories import by_hand, forgotten_columns, hollow_triggers
from tests.workflow.submission_factories import acknowledged, authority, in_ruling
from workflow.actions.approvals import (
    add_addendum,
    answer_objection,
    lapse_reservations,
    object_to_correction,
    receive_minutes,
    record_decision,
    settle_reservation,
)
from workflow.actions.erasure import erase_person
from workflow.actions.sealing import verify_audit
from workflow.actions.submissions import ask_question, record_ruling
from workflow.actors import SYSTEM
from workflow.audit.chain import Fault
from workflow.audit.rows import proven_kinds
from workflow.models import AuditEntry, Decision, ExternalRuling, Process, StoredFile, by, guards
from workflow.models.guards import ERASED_MARK
from workflow.rules.decisions import MinorityFacts
from workflow.states import ChangeKind, DecisionState, Level, Outcome, Ruling, Settlement, Verb

pytestmark = pytest.mark.django_db
CHAIR = "Anna Æbelø Sørensen"


def a_matter(now: datetime) -> Process:
    """A matter with one of everything that is proven: a decision with all that may belong to it, an addition, the
    authority's receipt, a question and the ruling."""
    process = in_approval(now)
    officer, request = officer_of(process), request_to(process, "council-1")
    assert request.bundle is not None
    facts = the_facts(
        now,
        Outcome.APPROVED_WITH_REMARKS,
        text=f"Tiltrådt. {CHAIR} førte ordet.",
        remarks="Husk tandplejen.",
        body_case_number="24/123",
        minutes=a_file(process.office, now),
        minority_statements=(MinorityFacts("Bo Berg", "Stemte imod."), MinorityFacts("Ea Eg", "Undlod.")),
    )
    decision = record_decision(
        request,
        facts,
        bundle_sha256=request.bundle.sha256,
        source=a_file(process.office, now, "mail.txt", b"Her er den."),
        actor=officer,
        now=now,
    )
    file = a_file(process.office, now, "tillaeg.txt", b"Og mere.")
    add_addendum(decision, text="Rettet dagsordenspunkt.", file=file, actor=officer, now=now)
    minutes = {"minutes": a_file(process.office, now, "protokol-2.txt", b"Godkendt med forbehold.")}
    decide(process, "council-2", now, level=Level.STANDING_COMMITTEE)
    reserved = decide(process, "council-2", now, Outcome.APPROVED_WITH_RESERVATION, remarks="Hvis penge.", **minutes)
    # Settled before the others have decided, for a day of lapse is not needed once it counts.
    tomorrow = now + timedelta(days=1)
    settle_reservation(
        reserved,
        Settlement.TO_CLARIFY,
        reason="Regionen spørges først.",
        lapses_on=tomorrow.date(),
        actor=officer,
        now=now,
    )
    lapse_reservations(tomorrow)
    for other in asked(process, "approval"):
        decide(process, other.body.key, now, **minutes)
    corrected = a_locked_bundle(process, now, text="# 1 Mål\n\nRettet.\n", change=ChangeKind.EDITORIAL)
    objection = object_to_correction(
        request_to(process, "council-1"),
        text="Det ændrer meningen.",
        bundle_sha256=corrected.sha256,
        source=a_file(process.office, now, "indsigelse.txt", b"Nej."),
        actor=officer,
        now=now,
    )
    answer_objection(objection, answer="Det er en slåfejl.", actor=officer, now=now)
    ruling = acknowledged(process, now)
    ask_question(ruling, text="Hvor er bilag 2?", actor=authority(ruling), now=now)
    kwargs = {"outcome": Ruling.APPROVED, "ruled_on": now.date(), "text": "Godkendt.", "actor": authority(ruling)}
    record_ruling(ruling, file=a_file(process.office, now, "svar.txt", b"Ja."), now=now, **kwargs)  # type: ignore[arg-type]
    return process


def the(table: str, which: str = "MIN(id)") -> str:
    return f"WHERE id = (SELECT {which} FROM {table})"


OF_COUNCIL_1 = "WHERE remarks = 'Husk tandplejen.'"
ANOTHER_FILE = "(SELECT MIN(id) FROM workflow_storedfile WHERE name = 'tillaeg.txt')"
SETTLED, LAPSED = "WHERE settlement = 'to_clarify'", "WHERE settlement = 'lapsed'"
NOBODY = "'00000000000000000000000000000001'"
LATER = "'2019-03-02 09:00:00+00'"

ALTERATIONS: dict[tuple[Verb, str], str] = {
    (Verb.RECORD_DECISION, "request"): "UPDATE workflow_decision SET state = 'superseded', request_id = "
    f"(SELECT MIN(id) FROM workflow_approvalrequest) {OF_COUNCIL_1}",
    (Verb.RECORD_DECISION, "body"): "UPDATE workflow_decision SET body_id = (SELECT MIN(id) FROM workflow_body) "
    + OF_COUNCIL_1,
    (Verb.RECORD_DECISION, "bundle"): f"UPDATE workflow_decision SET bundle_id = NULL {OF_COUNCIL_1}",
    (Verb.RECORD_DECISION, "outcome"): f"UPDATE workflow_decision SET outcome = 'approved' {OF_COUNCIL_1}",
    (Verb.RECORD_DECISION, "basis"): f"UPDATE workflow_decision SET basis = 'chair_decision' {OF_COUNCIL_1}",
    (Verb.RECORD_DECISION, "level"): f"UPDATE workflow_decision SET level = 'administrative' {OF_COUNCIL_1}",
    (Verb.RECORD_DECISION, "ground"): f"UPDATE workflow_decision SET ground = 'urgent' {OF_COUNCIL_1}",
    (Verb.RECORD_DECISION, "by_mandate"): "UPDATE workflow_decision SET by_mandate_id = (SELECT MIN(id) FROM "
    f"workflow_decision) {OF_COUNCIL_1}",
    (Verb.RECORD_DECISION, "mandate_holder"): f"UPDATE workflow_decision SET mandate_holder = 'Alle' {OF_COUNCIL_1}",
    (Verb.RECORD_DECISION, "mandate_scope"): f"UPDATE workflow_decision SET mandate_scope = 'Alt' {OF_COUNCIL_1}",
    (Verb.RECORD_DECISION, "is_closed_item"): f"UPDATE workflow_decision SET is_closed_item = TRUE {OF_COUNCIL_1}",
    (Verb.RECORD_DECISION, "meeting_on"): f"UPDATE workflow_decision SET meeting_on = '2019-02-28' {OF_COUNCIL_1}",
    (Verb.RECORD_DECISION, "received_at"): f"UPDATE workflow_decision SET received_at = {LATER} {OF_COUNCIL_1}",
    (Verb.RECORD_DECISION, "minutes"): f"UPDATE workflow_decision SET minutes_id = {ANOTHER_FILE} {OF_COUNCIL_1}",
    (Verb.RECORD_DECISION, "source"): f"UPDATE workflow_decision SET source_id = NULL {OF_COUNCIL_1}",
    (Verb.RECORD_DECISION, "agenda_item"): f"UPDATE workflow_decision SET agenda_item = '8' {OF_COUNCIL_1}",
    (Verb.RECORD_DECISION, "body_case_number"): f"UPDATE workflow_decision SET body_case_number = '' {OF_COUNCIL_1}",
    (Verb.RECORD_DECISION, "text"): f"UPDATE workflow_decision SET text = '{ERASED_MARK}' {OF_COUNCIL_1}",
    (Verb.RECORD_DECISION, "remarks"): f"UPDATE workflow_decision SET remarks = '' {OF_COUNCIL_1}",
    (Verb.RECORD_DECISION, "minority_statements"): "DELETE FROM workflow_minoritystatement "
    + the("workflow_minoritystatement"),
    (Verb.ADD_ADDENDUM, "addendum"): "UPDATE workflow_decisionaddendum SET public_id = "
    "'00000000000000000000000000000001'",
    (Verb.ADD_ADDENDUM, "file"): "UPDATE workflow_decisionaddendum SET file_id = NULL",
    (Verb.ADD_ADDENDUM, "text"): "UPDATE workflow_decisionaddendum SET text = 'Taget tilbage.'",
    (Verb.OBJECT_TO_CORRECTION, "request"): "UPDATE workflow_objection SET request_id = "
    "(SELECT MIN(id) FROM workflow_approvalrequest)",
    (Verb.OBJECT_TO_CORRECTION, "body"): "UPDATE workflow_objection SET body_id = (SELECT MIN(id) FROM workflow_body)",
    (Verb.OBJECT_TO_CORRECTION, "bundle"): "UPDATE workflow_objection SET bundle_id = "
    "(SELECT MIN(id) FROM workflow_bundle)",
    (Verb.OBJECT_TO_CORRECTION, "received_at"): f"UPDATE workflow_objection SET received_at = {LATER}",
    (Verb.OBJECT_TO_CORRECTION, "source"): "UPDATE workflow_objection SET source_id = NULL",
    (Verb.OBJECT_TO_CORRECTION, "text"): "UPDATE workflow_objection SET text = 'Vi er enige.'",
    (Verb.ANSWER_OBJECTION, "answer"): "UPDATE workflow_objection SET answer = 'Det er rigtigt.'",
    (Verb.SETTLE_RESERVATION, "row"): f"UPDATE workflow_reservationsettlement SET public_id = {NOBODY} {SETTLED}",
    (Verb.SETTLE_RESERVATION, "settlement"): "UPDATE workflow_reservationsettlement SET settlement = 'immaterial' "
    + SETTLED,
    (Verb.SETTLE_RESERVATION, "lapses_on"): f"UPDATE workflow_reservationsettlement SET lapses_on = NULL {SETTLED}",
    (Verb.SETTLE_RESERVATION, "reason"): f"UPDATE workflow_reservationsettlement SET reason = '' {SETTLED}",
    (Verb.LAPSE_RESERVATION, "row"): f"UPDATE workflow_reservationsettlement SET public_id = {NOBODY} {LAPSED}",
    (Verb.LAPSE_RESERVATION, "settlement"): "UPDATE workflow_reservationsettlement SET settlement = 'immaterial' "
    + LAPSED,
    (Verb.LAPSE_RESERVATION, "lapses_on"): "UPDATE workflow_reservationsettlement SET lapses_on = '2019-02-28' "
    + LAPSED,
    (Verb.LAPSE_RESERVATION, "reason"): f"UPDATE workflow_reservationsettlement SET reason = 'Aftalt.' {LAPSED}",
    (Verb.ACKNOWLEDGE, "received_at"): f"UPDATE workflow_externalreceipt SET received_at = {LATER}",
    (Verb.ACKNOWLEDGE, "file"): f"UPDATE workflow_externalreceipt SET file_id = {ANOTHER_FILE}",
    (Verb.ACKNOWLEDGE, "number"): "UPDATE workflow_externalreceipt SET number = '05-0600-8'",
    (Verb.ASK_QUESTION, "text"): "UPDATE workflow_externalquestion SET text = ''",
    (Verb.RECORD_RULING, "outcome"): "UPDATE workflow_externalruling SET outcome = 'objected'",
    (Verb.RECORD_RULING, "ruled_on"): "UPDATE workflow_externalruling SET ruled_on = '2019-02-28'",
    (Verb.RECORD_RULING, "file"): "UPDATE workflow_externalruling SET file_id = NULL",
    (Verb.RECORD_RULING, "text"): "UPDATE workflow_externalruling SET text = 'Godkendt på vilkår.'",
}

GONE = (
    (Verb.ADD_ADDENDUM, "addendum"),
    (Verb.SETTLE_RESERVATION, "row"),
    (Verb.LAPSE_RESERVATION, "row"),
    (Verb.LAPSE_RESERVATION, "settlement"),
)
"""Altered so, a row is no longer found as the one its entry is about."""

NOT_ASKED_OF_A_STEP = {(Verb.RECORD_STEP, name) for verb, name in ALTERATIONS if verb is Verb.RECORD_DECISION}
"""A step is a row of the same table, read by the same columns: each of them is tried at a decision."""


def fault_of(now: datetime) -> Fault:
    fault = verify_audit(now=now).fault
    assert fault is not None
    return fault


def test_verify_audit_of_a_matter_with_everything_in_it_passes(now: datetime) -> None:
    a_matter(now)

    assert verify_audit(now=now).ok


def test_verify_audit_after_a_name_was_struck_out_of_a_decision_passes_and_proves_what_is_left(now: datetime) -> None:
    process = a_matter(now)
    anna = an_officer(process.office, "anna@region.example", CHAIR)
    before = Decision.objects.get(remarks="Husk tandplejen.")

    erase_person(anna, reason="Bedt om det", actor=SYSTEM, now=now)

    decision = Decision.objects.get(pk=before.pk)
    assert decision.text == f"Tiltrådt. {ERASED_MARK} førte ordet."
    assert decision.salts["text"] != before.salts["text"], "under the old salt the name could be tried out"
    assert decision.salts["remarks"] == before.salts["remarks"]
    erased = AuditEntry.objects.get(verb=Verb.ERASE_PERSON)
    assert list(erased.codes["words"]) == [str(decision.public_id)]
    assert list(erased.codes["words"][str(decision.public_id)]) == ["text"]
    assert verify_audit(now=now).ok
    by_hand("UPDATE workflow_decision SET text = %s WHERE id = %s", f"Afvist. {ERASED_MARK} førte ordet.", decision.pk)
    fault = fault_of(now)
    assert (fault.code, ": text." in fault.text) == ("row_altered", True)


def test_verify_audit_after_minutes_came_later_passes_and_of_minutes_put_there_by_hand_fails(now: datetime) -> None:
    process = in_approval(now)
    one, two = decide(process, "council-1", now), decide(process, "council-2", now)
    receive_minutes(one, a_file(process.office, now), actor=officer_of(process), now=now)
    assert verify_audit(now=now).ok
    Decision.objects.filter(pk=two.pk).update(minutes=a_file(process.office, now))

    fault = fault_of(now)

    assert fault.code == "row_altered"
    assert str(two.public_id) in fault.text


def test_verify_audit_after_a_decision_was_changed_under_hollow_triggers_names_the_decision(now: datetime) -> None:
    process = in_approval(now)
    decision = decide(process, "council-1", now)
    assert verify_audit(now=now).ok
    hollow_triggers()
    Decision.objects.filter(pk=decision.pk).update(outcome=Outcome.REJECTED)

    fault = fault_of(now)

    entry = AuditEntry.objects.get(verb=Verb.RECORD_DECISION, subject_id=decision.public_id)
    assert (fault.code, fault.entry) == ("row_altered", entry.public_id)
    assert f"{decision.public_id}" in fault.text
    assert ": outcome." in fault.text


@pytest.mark.parametrize(("is_now", "was"), [("valid", "step"), ("step", "valid")])
def test_verify_audit_after_a_step_was_made_to_count_or_a_decision_a_step_names_it(
    now: datetime, is_now: str, was: str
) -> None:
    a_matter(now)
    row = Decision.objects.filter(state=was, body__key="council-2").latest("id")
    # A question has one valid decision at most.
    if is_now == "valid":
        by_hand(f"UPDATE workflow_decision SET state = 'fallen' WHERE id > {row.pk} AND body_id = {row.body_id}")
    by_hand(f"UPDATE workflow_decision SET state = '{is_now}' WHERE id = {row.pk}")

    fault = fault_of(now)

    entry = AuditEntry.objects.get(
        verb=Verb.RECORD_STEP if was == DecisionState.STEP else Verb.RECORD_DECISION, subject_id=row.public_id
    )
    assert (fault.code, fault.entry) == ("row_missing", entry.public_id)


@pytest.mark.parametrize("fate", ["exchanged", "gone"])
def test_verify_audit_with_files_after_minutes_were_exchanged_on_the_disk_names_the_file(
    now: datetime, settings: Any, tmp_path: Path, fate: str
) -> None:
    settings.MEDIA_ROOT = tmp_path
    process = in_approval(now)
    decide(process, "council-1", now, minutes=a_file(process.office, now))
    assert verify_audit(with_files=True, now=now).ok
    [path] = [path for path in tmp_path.rglob("*") if path.is_file()]
    path.chmod(0o600)
    path.write_bytes(b"Afvist.   \n") if fate == "exchanged" else path.unlink()

    proof = verify_audit(with_files=True, now=now)

    assert verify_audit(now=now).ok, "the bytes are read only when asked for"
    assert proof.fault is not None
    assert proof.fault.code == ("file_altered" if fate == "exchanged" else "file_missing")
    assert str(StoredFile.objects.get().public_id) in proof.fault.text


@pytest.mark.parametrize("deed", ["deleted", "put in"])
def test_verify_audit_after_a_ruling_was_deleted_or_put_in_by_hand_names_it(now: datetime, deed: str) -> None:
    _process, request = in_ruling(now)
    kwargs = {"outcome": Ruling.APPROVED, "ruled_on": now.date(), "actor": authority(request), "now": now}
    if deed == "deleted":
        ruling = record_ruling(request, **kwargs)  # type: ignore[arg-type]
        assert verify_audit(now=now).ok
        ExternalRuling.objects.filter(pk=ruling.pk).delete()
        entry = AuditEntry.objects.get(verb=Verb.RECORD_RULING).public_id
        expected = ("row_missing", entry)
    else:
        ruling = ExternalRuling.objects.create(
            request=request, outcome=Ruling.APPROVED, ruled_on=now.date(), recorded_at=now, **by(SYSTEM)
        )
        expected = ("row_unrecorded", None)

    fault = fault_of(now)

    assert (fault.code, fault.entry) == expected
    assert deed == "deleted" or str(ruling.public_id) in fault.text


@pytest.mark.slow
@pytest.mark.parametrize(("verb", "name"), ALTERATIONS)
def test_verify_audit_after_a_row_was_altered_by_hand_names_the_row_and_what_it_says(
    now: datetime, verb: Verb, name: str
) -> None:
    a_matter(now)
    by_hand(ALTERATIONS[verb, name])

    fault = fault_of(now)

    entries = AuditEntry.objects.filter(verb=verb)
    is_gone = (verb, name) in GONE
    assert fault.code == ("row_missing" if is_gone else "row_altered")
    assert fault.entry in set(entries.values_list("public_id", flat=True))
    if not is_gone:
        assert f": {name}." in fault.text
    assert guards.breaches(connection) == []


def test_walk_what_is_proven_every_code_and_word_of_every_row_of_this_floor_was_tried(now: datetime) -> None:
    a_matter(now)
    proven = {
        (kind.verb, name)
        for kind in proven_kinds()
        if kind.model._meta.app_label == "workflow"
        for row in kind.rows()
        for name in (*kind.codes(row), *kind.words(row))
    }

    assert proven - NOT_ASKED_OF_A_STEP == set(ALTERATIONS)
    assert all(kind.rows().exists() for kind in proven_kinds() if kind.model._meta.app_label == "workflow")


def test_walk_columns_of_what_is_proven_each_is_in_the_entry_or_known_to_move(now: datetime) -> None:
    a_matter(now)
    kinds = [kind for kind in proven_kinds() if kind.model._meta.app_label == "workflow"]

    assert [name for kind in kinds for name in forgotten_columns(kind)] == []
