"""Fetching a parcel for the journal, its receipt, and the list of the case's documents."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest

from tests.architecture.estate import NOW, an_estate
from tests.consultations.factories import LAUNCHED, Hearing, a_hearing
from tests.workflow.agreements import officer_of
from tests.workflow.factories import a_lone_process, a_stranger, an_officer
from workflow.actions.erasure import purge_due
from workflow.actions.files import open_file
from workflow.actions.journal import KEPT_FOR, make_journal_parcel, receipt_journal_parcel
from workflow.actions.processes import abandon_process
from workflow.actors import Actor
from workflow.models import AuditEntry, JournalItem, JournalParcel, StoredFile
from workflow.reports.journal.casefile import CASE_FILE
from workflow.reports.journal.rows import journal_rows, waiting_rows
from workflow.reports.papers.registry import make_paper
from workflow.rules import Refused
from workflow.states import Verb
from workflow.views.journal import journal_duties

pytestmark = pytest.mark.django_db
LATER = LAUNCHED + timedelta(hours=1)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def hearing() -> Hearing:
    """A consultation that one party has answered."""
    hearing = a_hearing(LAUNCHED)
    hearing.answers(1)
    return hearing


def fetch(hearing: Hearing, actor: Actor | None = None, **more: Any) -> JournalParcel:
    return make_journal_parcel(
        hearing.process, actor=actor or officer_of(hearing.process), now=more.pop("now", LATER), **more
    )


def receipt(parcel: JournalParcel, **more: Any) -> JournalParcel:
    facts = {"journal_number": "24/1234", "now": LATER, **more}
    actor = facts.pop("actor", None) or officer_of(parcel.process)
    return receipt_journal_parcel(parcel, actor=actor, **facts)


# ── Fetching ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_make_journal_parcel_of_what_waits_holds_it_all_is_recorded_and_nothing_waits_any_more(
    hearing: Hearing,
) -> None:
    waiting = waiting_rows(hearing.process)

    parcel = fetch(hearing)

    assert waiting_rows(hearing.process) == []
    assert JournalItem.objects.filter(parcel=parcel).count() == sum(len(row.keys) for row in waiting)
    with open_file(parcel.file) as file, zipfile.ZipFile(io.BytesIO(file.read())) as archive:
        assert len(archive.namelist()) == len(waiting) + 1
        assert hashlib.sha256(archive.read("index.csv")).hexdigest() == parcel.index_sha256
    entry = AuditEntry.objects.get(verb=Verb.MAKE_JOURNAL_PARCEL)
    assert entry.codes["documents"] == len(waiting)
    assert entry.codes["index"] == parcel.index_sha256
    assert entry.codes["sha256"] == parcel.file.sha256


def test_make_journal_parcel_again_holds_only_what_came_since(hearing: Hearing) -> None:
    fetch(hearing)
    answer = hearing.answers(2, at=LATER)

    second = fetch(hearing, now=LATER + timedelta(hours=1))

    assert second.number == 2
    assert f"answer:{answer.public_id}" in {item.key for item in second.items.all()}
    assert not set(JournalItem.objects.filter(parcel__number=1).values_list("key")) & set(
        second.items.values_list("key")
    )


def test_make_journal_parcel_with_nothing_new_is_refused_and_says_so(hearing: Hearing) -> None:
    fetch(hearing)

    with pytest.raises(Refused) as refused:
        fetch(hearing)

    assert refused.value.refusal.code == "journal_nothing_new"
    assert JournalParcel.objects.count() == 1


def test_make_journal_parcel_of_a_process_without_anything_is_refused() -> None:
    process = a_lone_process(NOW)

    with pytest.raises(Refused, match="journal_nothing_new"):
        make_journal_parcel(process, actor=officer_of(process), now=NOW)

    assert not JournalParcel.objects.exists()


def test_make_journal_parcel_by_the_same_press_twice_gives_the_one_that_was_made(hearing: Hearing) -> None:
    officer = officer_of(hearing.process)

    first, second = (fetch(hearing, officer, key="en-knap") for _press in range(2))

    assert first == second


def test_make_journal_parcel_that_a_colleague_has_fetched_meanwhile_is_refused(
    hearing: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = waiting_rows(hearing.process)
    fetch(hearing)
    # What the second officer's press has read before the first one's was committed.
    monkeypatch.setattr("workflow.actions.journal.waiting_rows", lambda _process: rows)

    with pytest.raises(Refused) as refused:
        fetch(hearing, Actor.of_user(an_officer(hearing.process.office, "to@example.dk")))

    assert refused.value.refusal.code == "journal_fetched_meanwhile"
    assert JournalParcel.objects.count() == 1


def test_make_journal_parcel_of_an_ended_process_is_made(hearing: Hearing) -> None:
    officer = officer_of(hearing.process)
    abandon_process(hearing.process, reason="Aftalen er opgivet", actor=officer, now=LATER)

    assert fetch(hearing, officer).number == 1


def test_make_or_receipt_journal_parcel_by_a_stranger_is_refused(hearing: Hearing) -> None:
    parcel = fetch(hearing)

    for deed in (lambda: fetch(hearing, a_stranger()), lambda: receipt(parcel, actor=a_stranger())):
        with pytest.raises(Refused, match="not_an_officer"):
            deed()


# ── The receipt ───────────────────────────────────────────────────────────────────────────────────────────────
def test_receipt_journal_parcel_keeps_number_who_and_when_and_the_zip_for_thirty_days(hearing: Hearing) -> None:
    parcel = fetch(hearing)
    officer = officer_of(hearing.process)

    receipt(parcel, journal_number=" 24/1234 ", note="Lagt i F2", actor=officer)

    parcel.refresh_from_db()
    assert (parcel.journal_number, parcel.note) == ("24/1234", "Lagt i F2")
    assert (parcel.receipted_at, parcel.receipted_by) == (LATER, officer.public_id)
    assert parcel.file.erase_on == date(2019, 3, 31)
    entry = AuditEntry.objects.get(verb=Verb.RECEIPT_JOURNAL_PARCEL)
    assert entry.codes["journal_number"] == "24/1234"
    assert entry.detail.body["reason"] == "Lagt i F2"
    purge_due(LATER + KEPT_FOR)
    assert StoredFile.objects.get(pk=parcel.file_id).erased_at is not None


@pytest.mark.parametrize(("number", "code"), [(" ", "journal_number_missing"), ("24/2", "journal_receipted")])
def test_receipt_journal_parcel_without_a_number_or_once_more_is_refused(
    hearing: Hearing, number: str, code: str
) -> None:
    parcel = fetch(hearing)
    if code == "journal_receipted":
        receipt(parcel)

    with pytest.raises(Refused) as refused:
        receipt(parcel, journal_number=number)

    assert refused.value.refusal.code == code


def test_read_duties_a_parcel_without_receipt_is_one_until_it_has_it(hearing: Hearing) -> None:
    assert journal_duties([hearing.process.office], LATER) == []
    parcel = fetch(hearing)

    [duty] = journal_duties([hearing.process.office], LATER)
    receipt(parcel)

    assert str(hearing.process.public_id) in duty.url
    assert journal_duties([hearing.process.office], LATER) == []


# ── The list of the case's documents ──────────────────────────────────────────────────────────────────────────
def test_make_case_file_list_it_names_every_row_and_the_number_in_the_journal_of_what_is_there() -> None:
    process = an_estate("sjaelland").process
    officer = officer_of(process)
    receipt(make_journal_parcel(process, actor=officer, now=NOW), actor=officer, now=NOW)
    rows = journal_rows(process)

    sheet: Any = openpyxl.load_workbook(io.BytesIO(make_paper(CASE_FILE, process, "xlsx").content)).active

    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[0] == [
        "Nr.",
        "Dato",
        "Retning",
        "Afsender eller modtager",
        "Emne",
        "Fortroligt",
        "Journaliseret på sag",
    ]
    assert [row[4] for row in cells[1:]] == [row.subject for row in rows]
    assert {row[6] for row in cells[1:]} == {"24/1234"}
