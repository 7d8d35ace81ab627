"""Files that came with what a person did: named before the person is erased, and none stays whole unsaid."""

from __future__ import annotations

from datetime import date
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from consultations.actions.answers import AnswerContent, record_answer_on_behalf
from consultations.actions.parties import forward
from consultations.models import Answer, Invitation
from tests.consultations.factories import LAUNCHED, OFFICER, Hearing, a_hearing
from tests.workflow.agreements import a_file, decide, in_approval, officer_of, request_to
from workflow.actions.erasure import erase_person, purge_due
from workflow.actions.erasure.files import FilesDecided
from workflow.actions.sealing import verify_audit
from workflow.actors import SYSTEM
from workflow.models import AuditDetail, AuditEntry, StoredFile, User
from workflow.models.guards import ERASED_MARK
from workflow.rules import Refused
from workflow.states import Verb

pytestmark = pytest.mark.django_db
WHY = "Bedt om det"


def a_body_that_answered() -> tuple[Hearing, StoredFile]:
    """Part 1 is a body; who answered for it attached a file and marked the answer as confidential."""
    hearing = a_hearing(parties=2)
    file = a_file(hearing.process.office, LAUNCHED, "bilag.txt", b"Bilag af Karen.")
    content = AnswerContent(text="Vi er for.", signed_by="Karen Kollega", confidential_note="Bilaget er fortroligt.")
    hearing.answers(1, content=content, files=[file])
    return hearing, StoredFile.objects.get(name="bilag.txt")


def erase(address: str, files: FilesDecided | None = None, reason: str = WHY) -> None:
    erase_person(address, reason=reason, files=files or FilesDecided(), actor=OFFICER, now=LAUNCHED)


def test_erase_person_whose_attachment_lies_at_a_bodys_answer_names_the_file_and_does_nothing_until_it_is_decided() -> (
    None
):
    hearing, file = a_body_that_answered()
    party = hearing.party(1)

    with pytest.raises(Refused) as refused:
        erase(party.email)

    assert refused.value.refusal.code == "files_undecided"
    text = str(refused.value.refusal)
    assert f"{file.public_id}  bilag.txt" in text
    assert hearing.process.case_number in text
    assert "--keep-file" in text
    assert hearing.party(1).email == party.email
    assert Answer.objects.get(invitation=party).signed_by == "Karen Kollega"
    assert not AuditEntry.objects.filter(verb=Verb.ERASE_PERSON).exists()


@pytest.mark.parametrize("named", [True, False])
def test_erase_person_with_the_file_to_erase_takes_it_and_leaves_answer_and_mark(named: bool) -> None:
    hearing, file = a_body_that_answered()

    erase(
        hearing.party(1).email,
        FilesDecided(frozenset({file.public_id}) if named else frozenset(), erase_others=not named),
    )

    file.refresh_from_db()
    assert (file.erased_at, file.name) == (LAUNCHED, "")
    answer = Answer.objects.get(invitation=hearing.party(1))
    assert (answer.text, answer.signed_by) == ("Vi er for.", "")
    assert answer.confidential_note == "Bilaget er fortroligt."
    entry = AuditEntry.objects.get(verb=Verb.ERASE_PERSON)
    assert entry.codes["counts"]["files"] == 1
    assert "files_kept" not in entry.codes
    assert verify_audit(now=LAUNCHED).ok


def test_erase_person_with_the_file_to_keep_writes_down_why_without_the_person() -> None:
    hearing, file = a_body_that_answered()
    email = hearing.party(1).email

    erase(email, FilesDecided(keep={file.public_id: f"Bilaget er organets, siger {email}"}))

    file.refresh_from_db()
    assert file.erased_at is None
    entry = AuditEntry.objects.get(verb=Verb.ERASE_PERSON)
    assert entry.codes["files_kept"] == [str(file.public_id)]
    kept = AuditDetail.objects.get(entry=entry).body["files_kept"]
    assert kept == {str(file.public_id): f"Bilaget er organets, siger {ERASED_MARK}"}


def test_erase_person_with_a_file_kept_for_no_reason_or_that_is_another_partys_is_refused() -> None:
    hearing, file = a_body_that_answered()
    others = a_file(hearing.process.office, LAUNCHED, "andet.txt", b"Andet.")

    for decided, code in (
        (FilesDecided(keep={file.public_id: "  "}), "files_undecided"),
        (FilesDecided(keep_others=" "), "files_undecided"),
        (FilesDecided(frozenset({others.public_id}), erase_others=True), "file_not_theirs"),
        (FilesDecided(frozenset({uuid4()}), erase_others=True), "file_not_theirs"),
    ):
        with pytest.raises(Refused) as refused:
            erase(hearing.party(1).email, decided)
        assert refused.value.refusal.code == code
    file.refresh_from_db()
    assert file.erased_at is None


def test_erase_person_who_answered_for_themselves_takes_their_file_without_asking() -> None:
    hearing, file = a_body_that_answered()
    Invitation.objects.filter(pk=hearing.party(1).pk).update(body=None)

    erase(hearing.party(1).email)

    file.refresh_from_db()
    assert file.erased_at == LAUNCHED


def test_erase_person_a_task_was_passed_on_to_names_what_was_attached_since() -> None:
    hearing = a_hearing(parties=1)
    forward(hearing.party(), to_email="karen@part.example", to_name="Karen", actor=hearing.by_link(), now=LAUNCHED)
    hearing.answers(1, files=[a_file(hearing.process.office, LAUNCHED, "karens.txt", b"Karens.")])

    with pytest.raises(Refused) as refused:
        erase("karen@part.example")

    assert "karens.txt" in str(refused.value.refusal)


def test_erase_person_in_whose_place_an_officer_answered_names_letter_and_attachments() -> None:
    hearing = a_hearing(parties=1)
    office = hearing.process.office
    record_answer_on_behalf(
        hearing.party(),
        AnswerContent(text="Fra brev."),
        road="paper",
        received_at=LAUNCHED,
        source=a_file(office, LAUNCHED, "brev.txt", b"Brev."),
        files=[a_file(office, LAUNCHED, "bilag.txt", b"Bilag.")],
        actor=OFFICER,
        now=LAUNCHED,
    )

    with pytest.raises(Refused) as refused:
        erase(hearing.party().email)

    assert "brev.txt" in str(refused.value.refusal)
    assert "bilag.txt" in str(refused.value.refusal)


def test_erase_officer_names_minutes_and_keeps_the_matters_own_texts() -> None:
    process = in_approval(LAUNCHED)
    decide(process, "council-1", LAUNCHED, minutes=a_file(process.office, LAUNCHED, "referat.txt"))
    email = request_to(process, "council-1").email
    officer = User.objects.get(public_id=officer_of(process).public_id)

    with pytest.raises(Refused) as refused:
        erase(email)
    assert "referat.txt" in str(refused.value.refusal)
    done = erase_person(officer, reason=WHY, actor=SYSTEM, now=LAUNCHED)

    assert all(left.is_text for left in done.kept)


def test_purge_of_a_partys_address_on_its_day_keeps_the_bodys_file_and_says_so() -> None:
    hearing, file = a_body_that_answered()
    Invitation.objects.filter(pk=hearing.party(1).pk).update(erase_on=date(2019, 3, 1))
    hearing.round.__class__.objects.filter(pk=hearing.round.pk).update(state="closed", closed_at=LAUNCHED)

    assert purge_due(LAUNCHED) == 1

    file.refresh_from_db()
    assert file.erased_at is None
    assert AuditEntry.objects.get(verb=Verb.PURGE_PERSON).codes["files_kept"] == [str(file.public_id)]


def test_erase_person_by_command_lists_the_files_and_takes_what_is_said_of_them() -> None:
    hearing, file = a_body_that_answered()
    email = hearing.party(1).email

    with pytest.raises(CommandError) as refused:
        call_command("erase_person", email, reason=WHY)
    assert f"{file.public_id}  bilag.txt" in str(refused.value)
    with pytest.raises(CommandError, match="ID=GRUND"):
        call_command("erase_person", email, reason=WHY, keep_file=["bilag.txt"])
    said = StringIO()
    call_command("erase_person", email, reason=WHY, keep_file=[f"{file.public_id}=Organets bilag"], stdout=said)

    assert str(file.public_id) in said.getvalue()
    file.refresh_from_db()
    assert file.erased_at is None
