"""Nothing is erased before its parcel for the journal is receipted: asked of every way of erasing there is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consultations.actions.notes import add_note
from consultations.models import Answer, InputNote, Invitation
from notifications.models import PostponedRow
from tests.architecture.estate import an_estate
from tests.consultations.factories import LAUNCHED, OFFICER, Hearing, a_hearing
from tests.consultations.test_erasure import with_a_citizen
from tests.workflow.agreements import a_contact, officer_of
from tests.workflow.factories import a_body
from workflow.actions.erasure import FilesDecided, erase_person, purge_due
from workflow.actions.erasure.journal import AllReceipted, NotInTheJournal, nothing_before_the_journal
from workflow.actions.journal import make_journal_parcel, receipt_journal_parcel
from workflow.actions.processes import abandon_process
from workflow.actors import SYSTEM
from workflow.dates import in_language
from workflow.erasure_kinds import Traces
from workflow.models import AuditEntry, Contact, JournalParcel, Process, StoredFile, User
from workflow.reports.journal.rows import fingerprints, unreceipted_rows
from workflow.states import Verb
from workflow.views.postponed import postponed_duties

pytestmark = pytest.mark.django_db
LATER = LAUNCHED + timedelta(days=2)
DAY = date(2019, 3, 3)
AGAIN = LATER + timedelta(hours=7)
"""After the longest pause of what was put off."""


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@dataclass(frozen=True)
class Way:
    """A way of erasing. due: what makes it due. erase: does it. is_gone: whether it has been done."""

    due: Callable[[Hearing], object]
    erase: Callable[[Hearing, datetime], object]
    is_gone: Callable[[Hearing], bool]


def on_request(who: Callable[[Hearing], Any]) -> Callable[[Hearing, datetime], object]:
    def erase(hearing: Hearing, now: datetime) -> object:
        files = FilesDecided(erase_others=True)
        office = hearing.process.office
        return erase_person(who(hearing), reason="Anmodning", files=files, actor=SYSTEM, now=now, office=office)

    return erase


def by_the_sweep(_hearing: Hearing, now: datetime) -> object:
    return purge_due(now)


def answer_of_the_citizen(hearing: Hearing) -> Answer:
    return Answer.objects.get(invitation__round=hearing.round, invitation__number=2)


def citizens_answer_is_gone(hearing: Hearing) -> bool:
    return answer_of_the_citizen(hearing).text == ""


def end_with_a_day(hearing: Hearing) -> None:
    abandon_process(hearing.process, reason="Aftalen er opgivet", actor=OFFICER, now=LAUNCHED)
    Process.objects.filter(pk=hearing.process.pk).update(erase_on=DAY)


def the_file(hearing: Hearing) -> StoredFile:
    return StoredFile.objects.get(answer_files__answer=answer_of_the_citizen(hearing))


def note_for(hearing: Hearing) -> None:
    add_note(
        hearing.round,
        held_on=date(2019, 3, 1),
        occasion="Borgermøde",
        participants="Birthe Borger",
        text="Der var mange",
        actor=OFFICER,
        now=LAUNCHED,
    )


def contact_for(hearing: Hearing) -> None:
    a_contact(hearing.process.office, a_body(), email="birthe@borger.example", name="Birthe Borger")


WAYS = {
    "a person on request, by address": Way(
        lambda hearing: None, on_request(lambda _hearing: "birthe@borger.example"), citizens_answer_is_gone
    ),
    "a person on request, by contact": Way(
        contact_for,
        on_request(lambda hearing: Contact.objects.get(email="birthe@borger.example", office=hearing.process.office)),
        citizens_answer_is_gone,
    ),
    "a name that stands in an institution's answer": Way(
        lambda hearing: None,
        on_request(lambda _hearing: "birthe@borger.example"),
        lambda hearing: "Birthe" not in Answer.objects.get(invitation__number=1).text,
    ),
    "a party on its day": Way(
        lambda hearing: Invitation.objects.filter(pk=hearing.party(2).pk).update(erase_on=DAY),
        by_the_sweep,
        citizens_answer_is_gone,
    ),
    "the people of a process on its day": Way(end_with_a_day, by_the_sweep, citizens_answer_is_gone),
    "a note of what was said, with its process": Way(
        lambda hearing: (note_for(hearing), end_with_a_day(hearing)),
        by_the_sweep,
        lambda hearing: InputNote.objects.get(round=hearing.round).participants == "",
    ),
    "a file on its day": Way(
        lambda hearing: StoredFile.objects.filter(pk=the_file(hearing).pk).update(erase_on=DAY),
        by_the_sweep,
        lambda hearing: the_file(hearing).erased_at is not None,
    ),
}


def fetch(hearing: Hearing) -> JournalParcel:
    actor = officer_of(hearing.process)
    return make_journal_parcel(hearing.process, actor=actor, now=LAUNCHED)


def receipt(parcel: JournalParcel, now: datetime = LATER) -> None:
    actor = officer_of(parcel.process)
    receipt_journal_parcel(parcel, journal_number="24/1234", actor=actor, now=now)


@pytest.mark.parametrize("how", WAYS)
def test_erase_in_any_way_what_is_not_in_a_receipted_parcel_stays_until_it_is(how: str) -> None:
    way = WAYS[how]
    hearing = with_a_citizen()
    way.due(hearing)
    parcel = fetch(hearing)

    for _time in range(2):  # fetched and not receipted; and then with something new as well
        if way.erase is by_the_sweep:
            way.erase(hearing, LATER)
        else:
            with pytest.raises(NotInTheJournal, match="journal_first"):
                way.erase(hearing, LATER)
        assert not way.is_gone(hearing)
        assert not AuditEntry.objects.filter(verb__in=(Verb.ERASE_PERSON, Verb.PURGE_PERSON, Verb.PURGE_PROCESS))
    receipt(parcel)
    way.erase(hearing, AGAIN)

    assert way.is_gone(hearing)


@pytest.mark.parametrize("how", WAYS)
def test_erase_in_any_way_in_an_office_that_has_never_fetched_a_parcel_it_is_done(how: str) -> None:
    way = WAYS[how]
    hearing = with_a_citizen()
    way.due(hearing)

    way.erase(hearing, LATER)

    assert way.is_gone(hearing)


def test_erase_person_with_something_new_since_the_receipt_is_refused_in_words_that_name_the_case() -> None:
    hearing = with_a_citizen()
    receipt(fetch(hearing))
    hearing.answers(2, at=LATER)

    with in_language("da"), pytest.raises(NotInTheJournal) as refused:
        on_request(lambda _hearing: "birthe@borger.example")(hearing, AGAIN)
    with in_language("da"):
        said = str(refused.value.refusal.text)

    assert hearing.process.case_number in said
    assert "ikke journaliseret endnu" in said


def test_purge_due_put_off_for_the_journal_stands_on_the_desk_in_words_and_goes_by_itself() -> None:
    hearing = with_a_citizen()
    end_with_a_day(hearing)
    parcel = fetch(hearing)

    purge_due(LATER)

    assert PostponedRow.objects.get().error == "NotInTheJournal"
    with in_language("da"):
        [duty] = postponed_duties([hearing.process.office], LATER)
    assert "ikke journaliseret endnu" in duty.why
    assert "NotInTheJournal" not in duty.why
    receipt(parcel)
    purge_due(AGAIN)
    assert not PostponedRow.objects.exists()


def test_erase_person_once_the_parcel_is_receipted_takes_the_copy_of_the_parcel_too() -> None:
    hearing = with_a_citizen()
    parcel = fetch(hearing)
    receipt(parcel)

    on_request(lambda _hearing: "birthe@borger.example")(hearing, AGAIN)

    parcel.file.refresh_from_db()
    assert parcel.file.erased_at == AGAIN
    assert unreceipted_rows(hearing.process) == []


# ── What waits for nothing ────────────────────────────────────────────────────────────────────────────────────
def test_read_fingerprints_of_everything_twice_they_are_the_same() -> None:
    process = an_estate("sjaelland").process

    first = fingerprints(Process.objects.get(pk=process.pk))

    assert first == fingerprints(Process.objects.get(pk=process.pk))
    assert len(first) > 10


def test_erase_somebody_of_whom_nothing_waits_while_much_else_waits_is_done_at_once() -> None:
    process = an_estate("sjaelland").process
    contact = a_contact(process.office, a_body(), email="carl@anden.example", name="Carl Clausen")

    erase_person(contact, reason="Anmodning", actor=SYSTEM, now=LATER)

    assert unreceipted_rows(process)
    contact.refresh_from_db()
    assert contact.erased_at == LATER


def test_erase_the_officer_who_fetched_a_parcel_leaves_the_parcel() -> None:
    hearing = with_a_citizen()
    parcel = fetch(hearing)
    officer = User.objects.get(public_id=officer_of(hearing.process).public_id)

    erase_person(officer, reason="Fratrådt", actor=SYSTEM, now=LATER)

    parcel.refresh_from_db()
    assert parcel.by_label == ""
    assert parcel.file.erased_at is None
    officer.refresh_from_db()
    assert officer.erased_at == LATER


def test_purge_due_of_many_parties_of_one_process_holds_them_against_its_journal_once() -> None:
    hearing = a_hearing(LAUNCHED, parties=4)
    for number in (1, 2, 3, 4):
        hearing.answers(number)
    receipt(fetch(hearing))
    Invitation.objects.filter(round=hearing.round).update(erase_on=DAY, body=None)

    with CaptureQueriesContext(connection) as queries:
        purge_due(AGAIN)

    read = [query for query in queries if 'FROM "workflow_journalitem"' in query["sql"]]
    assert len(read) == 1
    assert set(Answer.objects.values_list("text", flat=True)) == {""}


def test_erase_what_came_after_a_run_had_found_all_in_the_journal_is_refused() -> None:
    hearing = a_hearing(LAUNCHED, parties=2)
    hearing.answers(1)
    receipt(fetch(hearing))
    known = AllReceipted()
    with nothing_before_the_journal(Traces(office=hearing.process.office), known):
        assert known.holds(hearing.process)

    answer = hearing.answers(2, at=LATER)

    assert not known.holds(hearing.process)
    with pytest.raises(NotInTheJournal), nothing_before_the_journal(Traces(office=hearing.process.office), known):
        Answer.objects.filter(pk=answer.pk).update(text="")
