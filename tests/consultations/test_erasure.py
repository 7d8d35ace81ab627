"""Erasing whoever was heard: an invitation, its answers with files, and forwards leave nothing readable behind."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from consultations.actions.answers import AnswerContent, attach_file
from consultations.actions.parties import forward
from consultations.models import Answer, Forward, Invitation, SectionComment
from notifications import outbox
from tests.consultations.factories import LAUNCHED, Hearing, a_hearing
from tests.workflow.document_factories import PDF
from tests.workflow.test_erasure import everything_readable
from workflow.actions.erasure import erase_person, purge_due
from workflow.actions.files import store_file
from workflow.actions.record import seal_audit, verify_audit
from workflow.actors import SYSTEM
from workflow.links import link_path, read_link
from workflow.models import Process, StoredFile

pytestmark = pytest.mark.django_db

NAME = "Anna Æbelø Sørensen"
EMAIL = "anna.sorensen@privat.example"
PHRASE = "min mors hofteoperation"
ASKED = "Anmodning om sletning"
LATER = LAUNCHED + timedelta(days=1)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def annas_hearing(*, for_herself: bool) -> Hearing:
    """Anna answers with a file and a comment, for herself or for the body whose contact she is."""
    hearing = a_hearing()
    party = hearing.party()
    values: dict[str, Any] = {"email": EMAIL, "contact_name": NAME}
    if for_herself:
        values |= {"body": None, "name": NAME, "sort_key": NAME.lower()}
    Invitation.objects.filter(pk=party.pk).update(**values)
    file = store_file(hearing.process.office, f"{NAME}.pdf", PDF + f"%{PHRASE}".encode(), now=LATER)
    attach_file(hearing.party(), file, actor=hearing.by_link(), now=LATER)
    section = hearing.sections[0]
    words = AnswerContent(
        text=f"Jeg fortæller om {PHRASE}.", signed_by=NAME, comments={section.lineage_id: f"Se {PHRASE}"}
    )
    with outbox.without_hints():
        hearing.answers(at=LATER, content=words)
    return hearing


@pytest.mark.django_db(transaction=True)
def test_erase_person_who_answered_for_herself_leaves_nothing_readable(media: Path) -> None:
    hearing = annas_hearing(for_herself=True)
    seal_audit(now=LATER)
    before = everything_readable(media)
    for trace in (NAME.lower(), EMAIL, PHRASE):
        assert trace in before

    erase_person(EMAIL, reason=ASKED, actor=SYSTEM, now=LATER)

    after = everything_readable(media)
    for trace in (NAME.lower(), "sørensen", EMAIL, PHRASE):
        assert trace not in after
    answer = Answer.objects.get()
    assert (answer.text, answer.receipt_number != "", answer.erased_at) == ("", True, LATER)
    assert StoredFile.objects.get().erased_at == LATER
    assert SectionComment.objects.get().text == ""
    link = hearing.party().link
    assert read_link(link.public_id, link_path(link).rstrip("/").rpartition("/")[2]).is_old
    assert verify_audit(now=LATER).ok


@pytest.mark.django_db(transaction=True)
def test_erase_person_who_answered_for_a_body_keeps_the_bodys_answer_without_the_name(media: Path) -> None:
    annas_hearing(for_herself=False)

    erase_person(EMAIL, reason=ASKED, actor=SYSTEM, now=LATER)

    after = everything_readable(media)
    for trace in (NAME.lower(), "sørensen", EMAIL):
        assert trace not in after
    answer = Answer.objects.get()
    assert answer.text == f"Jeg fortæller om {PHRASE}."
    assert answer.invitation.name == "Part 01"
    assert StoredFile.objects.get().erased_at is None


def test_erase_person_to_whom_an_invitation_was_forwarded_leaves_nothing_readable(media: Path) -> None:
    hearing = a_hearing()
    with outbox.without_hints():
        forward(
            hearing.party(),
            to_email=EMAIL,
            to_name=NAME,
            note=f"Kære Anna, det gælder {PHRASE}",
            actor=hearing.by_link(),
            now=LATER,
        )

    erase_person(EMAIL, reason=ASKED, actor=SYSTEM, now=LATER)

    after = everything_readable(media)
    for trace in (NAME.lower(), EMAIL, PHRASE):
        assert trace not in after
    assert Forward.objects.get().at == LATER
    assert verify_audit(now=LATER).ok


def test_purge_due_of_an_invitation_or_process_forgets_who_was_invited(media: Path) -> None:
    hearing = annas_hearing(for_herself=True)
    due: datetime = LATER + timedelta(days=400)
    Invitation.objects.filter(email=EMAIL).update(erase_on=due.date())
    assert purge_due(due) == 1
    assert EMAIL not in everything_readable(media)

    Process.objects.filter(pk=hearing.process.pk).update(erase_on=due.date())
    assert purge_due(due) == 1
    assert not Invitation.objects.exclude(email="").exists()
    assert verify_audit(now=due).ok
