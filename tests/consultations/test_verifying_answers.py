"""Answers are proven by their entries, comments and files too: deeds may change them, a hand may not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from consultations.actions.answers import (
    AnswerContent,
    confirm_answer,
    decide_late,
    record_answer_on_behalf,
    save_draft,
)
from consultations.audit import answer_codes, answer_words
from consultations.models import Answer
from consultations.states import RoundVerb
from tests.consultations.factories import CLOSES_AT, LAUNCHED, OFFICER, Hearing, a_hearing
from tests.workflow.agreements import a_file
from tests.workflow.record_factories import by_hand, forgotten_columns
from workflow.actions.erasure import erase_person
from workflow.actions.erasure.files import FilesDecided
from workflow.actions.sealing import verify_audit
from workflow.audit.chain import Fault
from workflow.audit.rows import proven_kinds
from workflow.models import AuditEntry, StoredFile
from workflow.models.guards import ERASED_MARK

pytestmark = pytest.mark.django_db
SIGNED = "Karen Kollega"


def a_hearing_with_answers() -> Hearing:
    """Part 1 has answered with everything an answer can have, replaced and confirmed it; part 2 on paper; part 3 too
    late."""
    hearing = a_hearing(parties=3)
    office = hearing.process.office
    first, second = hearing.sections[:2]
    content = AnswerContent(
        text="Vi støtter det.",
        comments={first.lineage_id: "Skriv tallene ud.", second.lineage_id: "Uklart."},
        signed_by=SIGNED,
        confidential_note="Afsnit 2 nævner en borger.",
        provisional_on=CLOSES_AT.date(),
    )
    hearing.answers(1, content=AnswerContent(text="Foreløbigt."))
    hearing.answers(1, content=content, files=[a_file(office, LAUNCHED, "bilag.txt", b"Bilag.")])
    record_answer_on_behalf(
        hearing.party(2),
        AnswerContent(text="Fra papir.", comments={first.lineage_id: " Fint. "}),
        road="paper",
        received_at=LAUNCHED,
        source=a_file(office, LAUNCHED, "brev.txt", b"Brev."),
        files=[a_file(office, LAUNCHED, "mere.txt", b"Mere.")],
        actor=OFFICER,
        now=LAUNCHED,
    )
    confirm_answer(hearing.party(1), received_at=LAUNCHED, actor=hearing.by_link(1), now=LAUNCHED)
    late = hearing.answers(3, at=CLOSES_AT + timedelta(hours=1))
    decide_late(late, accept=True, reason="Sygdom", actor=OFFICER, now=CLOSES_AT + timedelta(hours=2))
    return hearing


def the_fault() -> Fault:
    fault = verify_audit(now=LAUNCHED).fault
    assert fault is not None
    return fault


OF_PART_1 = "WHERE signed_by = 'Karen Kollega'"
ALTERATIONS = {
    "invitation": "UPDATE consultations_answer SET number = 9, state = 'replaced', invitation_id = "
    f"(SELECT MAX(id) FROM consultations_invitation) {OF_PART_1}",
    "number": f"UPDATE consultations_answer SET number = 9 {OF_PART_1}",
    "state": "UPDATE consultations_answer SET state = 'late_filed' WHERE state = 'late_accepted'",
    "kind": f"UPDATE consultations_answer SET kind = 'no_remarks' {OF_PART_1}",
    "road": "UPDATE consultations_answer SET road = 'telephone' WHERE road = 'paper'",
    "received_at": f"UPDATE consultations_answer SET received_at = '2019-03-02 09:00:00+00' {OF_PART_1}",
    "receipt": f"UPDATE consultations_answer SET receipt_number = 'X-1' {OF_PART_1}",
    "source": "UPDATE consultations_answer SET source_id = NULL WHERE road = 'paper'",
    "files": "DELETE FROM consultations_answerfile WHERE file_id IN "
    "(SELECT id FROM workflow_storedfile WHERE name = 'bilag.txt')",
    "text": f"UPDATE consultations_answer SET text = 'Vi støtter det ikke.' {OF_PART_1}",
    "signed_by": f"UPDATE consultations_answer SET signed_by = '' {OF_PART_1}",
    "confidential_note": f"UPDATE consultations_answer SET confidential_note = '' {OF_PART_1}",
    "provisional_on": f"UPDATE consultations_answer SET provisional_on = '2019-05-01' {OF_PART_1}",
    "confirmed_at": f"UPDATE consultations_answer SET confirmed_at = '2019-03-02 09:00:00+00' {OF_PART_1}",
    "is_confirmed_late": f"UPDATE consultations_answer SET is_confirmed_late = true {OF_PART_1}",
    "comments": "UPDATE consultations_sectioncomment SET text = 'Klart.' WHERE text = 'Uklart.'",
}


def test_verify_audit_of_answers_replaced_on_paper_late_and_in_draft_passes() -> None:
    hearing = a_hearing_with_answers()
    save_draft(
        hearing.party(1), AnswerContent(text="Næste udgave"), version=None, actor=hearing.by_link(), now=LAUNCHED
    )

    assert verify_audit(now=LAUNCHED).ok


@pytest.mark.slow
@pytest.mark.parametrize("name", ALTERATIONS)
def test_verify_audit_after_an_answer_was_altered_by_hand_names_it_and_what_it_says(name: str) -> None:
    a_hearing_with_answers()
    by_hand(ALTERATIONS[name])

    fault = the_fault()

    assert fault.code == "row_altered"
    assert fault.entry in set(
        AuditEntry.objects.filter(verb=RoundVerb.SUBMIT_ANSWER).values_list("public_id", flat=True)
    )
    # One put under another party has another number there.
    assert (f": {name}." in fault.text) or (name == "invitation" and ": invitation, number." in fault.text)


def test_walk_what_is_proven_of_an_answer_every_code_and_word_was_tried() -> None:
    a_hearing_with_answers()
    answers = Answer.objects.all()

    assert {name for answer in answers for name in (*answer_codes(answer), *answer_words(answer))} == set(ALTERATIONS)
    [kind] = [kind for kind in proven_kinds() if kind.model is Answer]
    assert forgotten_columns(kind) == []


@pytest.mark.parametrize("change", ["stands again", "is set aside"])
def test_verify_audit_after_the_answer_that_stands_was_exchanged_by_hand_names_it(change: str) -> None:
    a_hearing_with_answers()
    if change == "stands again":
        # Two cannot stand, so the other is taken for replaced.
        by_hand(f"UPDATE consultations_answer SET state = 'replaced' {OF_PART_1}")
        by_hand("UPDATE consultations_answer SET state = 'submitted' WHERE text = 'Foreløbigt.'")
    else:
        by_hand("UPDATE consultations_answer SET state = 'replaced' WHERE road = 'paper'")

    fault = the_fault()

    assert fault.code == "row_altered"
    assert ": state." in fault.text


@pytest.mark.parametrize("whose", ["institution", "citizen"])
def test_verify_audit_after_a_party_was_erased_passes_and_proves_what_is_left(whose: str) -> None:
    hearing = a_hearing_with_answers()
    party = hearing.party(1)
    if whose == "citizen":
        by_hand("UPDATE consultations_invitation SET body_id = NULL WHERE id = %s", party.pk)

    files = FilesDecided(keep_others="Organets bilag")
    erase_person(party.email, reason="Bedt om det", files=files, actor=OFFICER, now=LAUNCHED)

    answer = Answer.objects.get(invitation=party, number=2)
    assert answer.signed_by == ""
    assert answer.text == ("" if whose == "citizen" else "Vi støtter det.")
    assert answer.confidential_note == (ERASED_MARK if whose == "citizen" else "Afsnit 2 nævner en borger.")
    assert verify_audit(now=LAUNCHED).ok
    assert set(answer.salts) == (
        {"confidential_note", "comments"} if whose == "citizen" else set(answer_words(answer)) - {"signed_by"}
    )
    by_hand("UPDATE consultations_answer SET text = 'Vi er imod.' WHERE id = %s", answer.pk)
    assert ": text." in the_fault().text


def test_verify_audit_after_another_file_was_put_in_a_files_place_names_the_answer() -> None:
    a_hearing_with_answers()
    StoredFile.objects.filter(name="bilag.txt").update(sha256="0" * 64)

    fault = the_fault()

    assert (fault.code, ": files." in fault.text) == ("row_altered", True)
