"""Forgetting people in hearings: nothing readable is left of a person; what an institution answered stays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from consultations.actions.answers import AnswerContent, save_draft
from consultations.actions.invitation_list import add_party
from consultations.actions.notes import add_note
from consultations.actions.parties import claim, correct_address, forward
from consultations.actions.rounds import close_due_rounds, launch_round
from consultations.models import Answer, Forward, HearingRound, InputNote, Invitation
from consultations.queries.board import party_row
from consultations.states import RoundState
from notifications import delivery
from notifications.models import OutgoingMail
from tests.consultations.factories import LAUNCHED, OFFICER, Hearing, a_hearing, a_round_in_draft, everything_stored
from tests.workflow.document_factories import PDF
from workflow.actions.erasure import erase_person, next_purge_due, purge_due
from workflow.actions.files import open_file, store_file
from workflow.actions.processes import abandon_process
from workflow.actions.sealing import verify_audit
from workflow.audit import record
from workflow.links import link_path, read_link
from workflow.models import AuditDetail, Contact, Process, StoredFile
from workflow.models.guards import ERASED_MARK
from workflow.rules import Refused
from workflow.states import Verb

pytestmark = pytest.mark.django_db


def with_a_citizen() -> Hearing:
    """Part 01 is an institution, party 2 a citizen who has answered with a comment and a file."""
    hearing = a_round_in_draft(parties=1)
    add_party(
        hearing.round,
        name="Birthe Borger",
        contact_name="Birthe Borger",
        email="birthe@borger.example",
        actor=OFFICER,
        now=LAUNCHED,
    )
    launch_round(hearing.round, closes_on=date(2019, 3, 29), actor=OFFICER, now=LAUNCHED)
    hearing.reread()
    file = store_file(hearing.process.office, "birthes-brev.pdf", PDF, now=LAUNCHED)
    section = hearing.sections[0]
    content = AnswerContent(
        text="Jeg er syg med hemmelig sygdom", comments={section.lineage_id: "min læge"}, signed_by="Birthe Borger"
    )
    hearing.answers(2, content=content, files=[file])
    hearing.answers(1, content=AnswerContent(text="Vi har talt med Birthe Borger.", signed_by="Formand F"))
    return hearing


def test_erase_person_leaves_nothing_readable_of_a_citizen_and_the_institutions_answer_stands() -> None:
    hearing = with_a_citizen()
    delivery.deliver(LAUNCHED, lambda: LAUNCHED)
    path = link_path(hearing.party(2).link)

    erase_person("birthe@borger.example", reason="Hun har bedt om det", actor=OFFICER, now=LAUNCHED)

    stored = everything_stored()
    for word in ("Birthe", "birthe", "hemmelig", "min læge"):
        assert word not in stored, word
    [file] = StoredFile.objects.filter(erased_at__isnull=False)
    with pytest.raises(Refused):
        open_file(file)
    assert read_link(hearing.party(2).link.public_id, path.split("/")[3]).is_old
    institution = Answer.objects.get(invitation=hearing.party(1))
    assert institution.text.startswith("Vi har talt med")
    with pytest.raises(Refused) as refused:
        hearing.answers(2)
    assert refused.value.refusal.code in ("erased", "not_yours")


def test_erase_contact_of_an_institution_keeps_its_answer_and_lets_another_take_over() -> None:
    hearing = a_hearing(parties=1)
    hearing.answers(1, content=AnswerContent(text="Vi støtter det", signed_by="Karen Kollega"))
    forward(
        hearing.party(), to_email="karen@part.example", to_name="Karen Kollega", actor=hearing.by_link(), now=LAUNCHED
    )
    old = link_path(hearing.party().link)

    erase_person("karen@part.example", reason="Fratrådt", actor=OFFICER, now=LAUNCHED)

    assert "karen" not in everything_stored().lower()
    assert Answer.objects.get().text == "Vi støtter det"
    assert read_link(hearing.party().link.public_id, old.split("/")[3]).is_old
    correct_address(hearing.party(), email="ny@part.example", actor=OFFICER, now=LAUNCHED)
    assert OutgoingMail.objects.filter(to_address="ny@part.example").count() == 1


@pytest.mark.parametrize("typed_in", ["forward", "forward that was handed on", "claim", "signature"])
def test_erase_person_whose_name_a_guest_typed_strikes_it_in_that_partys_own_and_nowhere_else(typed_in: str) -> None:
    hearing = a_hearing(parties=2)
    words, address = "Social og Sundhed", "sos@koege.example"
    Process.objects.filter(pk=hearing.process.pk).update(title=f"Aftale om {words}")
    HearingRound.objects.filter(pk=hearing.round.pk).update(title=f"Høring om {words}", letter=f"Om {words}.")
    section = hearing.sections[0]
    for number in (1, 2):
        content = AnswerContent(
            text=f"Vi mener, at {words.lower()} hænger sammen.",
            comments={section.lineage_id: f"{words} mangler"},
            signed_by=f"Direktør, {words}",
        )
        hearing.answers(number, content=content)
    party, link = hearing.party(1), hearing.by_link(1)
    if typed_in == "signature":
        address = party.email
        hearing.answers(1, content=AnswerContent(text=f"Fra {words}", signed_by=words))
    elif typed_in == "claim":
        claim(party, email=address, name=words, actor=link, now=LAUNCHED)
    else:
        forward(party, to_email=address, to_name=words, actor=link, now=LAUNCHED)
    if typed_in == "forward that was handed on":
        forward(hearing.party(1), to_email="ny@koege.example", note=f"Kære {words}", actor=link, now=LAUNCHED)
    forward(hearing.party(2), to_email="bo@other.example", to_name=words, actor=hearing.by_link(2), now=LAUNCHED)
    for number in (1, 2):
        about, said = hearing.party(number), {"note": f"Talt med {words}"}
        record(Verb.SETTLE_MATTER, about, actor=OFFICER, now=LAUNCHED, process=hearing.process, detail=said)
    delivery.deliver(LAUNCHED, lambda: LAUNCHED)
    others = Answer.objects.filter(invitation=hearing.party(2)).values_list("text", "signed_by", "comments__text")
    before = list(others)

    erase_person(address, office=hearing.process.office, reason="Afdelingen er nedlagt", actor=OFFICER, now=LAUNCHED)

    assert list(others) == before
    process = Process.objects.get(pk=hearing.process.pk)
    hearing_round = HearingRound.objects.get(pk=hearing.round.pk)
    assert (process.title, hearing_round.title, hearing_round.letter) == (
        f"Aftale om {words}",
        f"Høring om {words}",
        f"Om {words}.",
    )
    assert (hearing.party(2).email, hearing.party(2).contact_name) == ("bo@other.example", words)
    assert hearing.party(2).forwards.get().to_name == words
    assert AuditDetail.objects.filter(
        entry__subject_id=hearing.party(2).public_id, entry__verb=Verb.SETTLE_MATTER
    ).exists()
    own = [*Answer.objects.filter(invitation=party).values_list("text", "signed_by", "comments__text")]
    own += hearing.party(1).forwards.values_list("to_email", "to_name", "note")
    own += [(hearing.party(1).contact_name, hearing.party(1).declined_reason)]
    own += [(detail.body,) for detail in AuditDetail.objects.filter(entry__subject_id=party.public_id)]
    assert address not in str(own)
    assert words.lower() not in str(own).lower()


def test_erase_person_a_guest_passed_on_to_spares_the_namesake_at_another_party() -> None:
    hearing = a_hearing(parties=2)
    forward(hearing.party(1), to_email="b1@else.example", to_name="Bo Ek", actor=hearing.by_link(1), now=LAUNCHED)
    note = "Kære Bo Ek, tag den"
    forward(
        hearing.party(2),
        to_email="b2@other.example",
        to_name="Bo Ek",
        note=note,
        actor=hearing.by_link(2),
        now=LAUNCHED,
    )
    said = AnswerContent(text="Bo Ek mener, at Bo Eks sø skal bevares.", signed_by="Bo Ek, formand")
    hearing.answers(2, content=said)

    erase_person("b1@else.example", reason="Bo har bedt om det", actor=OFFICER, now=LAUNCHED)

    answer, handed = Answer.objects.get(), hearing.party(2).forwards.get()
    assert (answer.text, answer.signed_by) == (said.text, said.signed_by)
    assert (handed.to_name, handed.note, hearing.party(2).contact_name) == ("Bo Ek", note, "Bo Ek")
    assert hearing.party(1).forwards.get().to_name == ""


def test_purge_erases_a_party_on_its_day() -> None:
    hearing = with_a_citizen()
    Invitation.objects.filter(pk=hearing.party(2).pk).update(erase_on=date(2024, 3, 1))
    due = LAUNCHED.replace(year=2024)

    assert purge_due(due - timedelta(days=1)) == 0
    assert purge_due(due) == 1
    assert "hemmelig" not in everything_stored()


def test_purge_of_a_party_on_its_day_leaves_the_same_mailbox_at_work_in_another_hearing() -> None:
    old, running = a_hearing(parties=2), a_hearing(parties=2)
    office = old.process.office
    Process.objects.filter(pk=running.process.pk).update(office=office, case_number="ANDEN-1")
    shared = old.party(1).email
    assert running.party(1).email == shared
    path = link_path(running.party(1).link)
    close_due_rounds(LAUNCHED + timedelta(days=90))
    Invitation.objects.filter(pk=old.party(1).pk).update(erase_on=date(2019, 3, 10))
    HearingRound.objects.filter(pk=running.round.pk).update(state=RoundState.OPEN)
    assert next_purge_due() == datetime(2019, 3, 9, 23, tzinfo=UTC)

    assert purge_due(datetime(2019, 3, 11, 9, tzinfo=UTC)) == 1

    assert old.party(1).email == ""
    assert running.party(1).email == shared
    assert not read_link(running.party(1).link.public_id, path.split("/")[3]).is_old
    about = running.party(1).public_id
    assert OutgoingMail.objects.filter(to_address=shared, erased_at=None, subject_id=about).exists()
    assert Contact.objects.filter(office=office, email=shared).exists()
    assert next_purge_due() is None


def test_purge_of_a_body_still_being_heard_waits_till_its_round_is_over() -> None:
    hearing = a_hearing(parties=1)
    address = hearing.party(1).email
    Invitation.objects.filter(pk=hearing.party(1).pk).update(erase_on=date(2019, 3, 10))
    day = datetime(2019, 3, 11, 9, tzinfo=UTC)

    assert (next_purge_due(), purge_due(day), hearing.party(1).email) == (None, 0, address)
    after = hearing.round.closes_at + timedelta(days=1)  # type: ignore[operator]
    close_due_rounds(after)
    assert (purge_due(after), hearing.party(1).email) == (1, "")


def test_purge_of_a_contact_on_its_day_leaves_the_running_hearing_alone() -> None:
    hearing = a_hearing(parties=1)
    party = hearing.party(1)
    path = link_path(party.link)
    Contact.objects.filter(office=hearing.process.office, email=party.email).update(erase_on=date(2019, 3, 10))

    assert purge_due(datetime(2019, 3, 11, 9, tzinfo=UTC)) == 1

    assert not Contact.objects.filter(email=party.email).exists()
    assert hearing.party(1).email == party.email
    assert not read_link(party.link.public_id, path.split("/")[3]).is_old


def test_erase_person_takes_what_was_noted_of_their_words_and_shows_a_body_without_address() -> None:
    hearing = with_a_citizen()
    file = store_file(hearing.process.office, "optagelse.pdf", PDF, now=LAUNCHED)
    for number, text in ((2, "Hun fortalte om sin sklerose"), (1, "Foreningen støtter det")):
        add_note(
            hearing.round,
            held_on=date(2019, 3, 5),
            occasion="Telefon",
            text=text,
            participants="B. Borger",
            invitation=hearing.party(number),
            file=file if number == 2 else None,
            actor=OFFICER,
            now=LAUNCHED,
        )

    erase_person("birthe@borger.example", reason="Hun har bedt om det", actor=OFFICER, now=LAUNCHED)

    hers, theirs = InputNote.objects.order_by("-invitation__number")
    assert (hers.text, hers.participants) == (ERASED_MARK, "")
    assert (theirs.text, theirs.participants) == ("Foreningen støtter det", "B. Borger")
    file.refresh_from_db()
    assert file.erased_at == LAUNCHED
    still_asked = a_hearing(parties=1).party(1)
    erase_person(still_asked.email, reason="Fratrådt", actor=OFFICER, now=LAUNCHED)
    still_asked.refresh_from_db()
    assert party_row(still_asked).state == "no_address"


def test_purge_of_a_matter_leaves_none_of_its_people_readable_and_the_record_stands() -> None:
    hearing = with_a_citizen()
    delivery.deliver(LAUNCHED, lambda: LAUNCHED)
    add_note(
        hearing.round,
        held_on=date(2019, 3, 5),
        occasion="Møde med Karla Kjærgaard",
        text="Karla sagde, at vejen er glat",
        participants="Karla Kjærgaard og Ole Olsen",
        actor=OFFICER,
        now=LAUNCHED,
    )
    Process.objects.filter(pk=hearing.process.pk).update(erase_on=date(2019, 4, 1))
    abandon_process(hearing.process, reason="Opgivet efter aftale", actor=OFFICER, now=LAUNCHED)
    day = datetime(2019, 4, 1, 9, tzinfo=UTC)

    assert purge_due(day) == 1

    stored = everything_stored()
    for word in ("Birthe", "birthe", "hemmelig", "Karla", "Ole Olsen", "glat"):
        assert word not in stored, word
    assert Answer.objects.get(invitation=hearing.party(1)).text == f"Vi har talt med {ERASED_MARK}."
    assert not OutgoingMail.objects.filter(process_id=hearing.process.public_id, erased_at=None).exists()
    assert verify_audit(now=day).ok


@pytest.mark.parametrize(
    "change", [{"text": "omskrevet"}, {"kind": "no_remarks"}, {"received_at": LAUNCHED + timedelta(days=1)}]
)
def test_answer_given_cannot_be_rewritten_in_the_database(change: dict[str, object]) -> None:
    hearing = a_hearing(parties=1)
    answer = hearing.answers(1)

    with pytest.raises(DatabaseError), transaction.atomic():
        Answer.objects.filter(pk=answer.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Answer.objects.filter(pk=answer.pk)._raw_delete("default")  # type: ignore[attr-defined]


def test_draft_may_be_rewritten_and_a_forward_may_not() -> None:
    hearing = a_hearing(parties=1)
    made = save_draft(hearing.party(), AnswerContent(text="x"), actor=hearing.by_link(), now=LAUNCHED)
    handed = forward(hearing.party(), to_email="ny@example.dk", actor=hearing.by_link(), now=LAUNCHED)

    assert Answer.objects.filter(pk=made.pk).update(text="y") == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        Forward.objects.filter(pk=handed.pk).update(to_email="anden@example.dk")
