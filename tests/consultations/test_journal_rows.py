"""What stands in the journal of a process: all that came in and went out, once, dated and marked; and the parcel."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from consultations.actions.answers import AnswerContent
from consultations.models import Invitation
from notifications import delivery
from notifications.models import OutgoingMail
from tests.architecture.estate import NOW, an_estate
from tests.consultations.factories import LAUNCHED, Hearing, a_hearing
from tests.workflow.agreements import a_file, decide, in_approval
from workflow.models import Process, StoredFile
from workflow.reports.journal.parcel import INDEX, plain_cell, write_parcel
from workflow.reports.journal.rows import journal_rows
from workflow.states import Direction, Level
from workflow.storage import full_path

pytestmark = pytest.mark.django_db

HEADS = [
    "Nr.",
    "Dato",
    "Retning",
    "Afsender eller modtager",
    "Emne",
    "Fil",
    "SHA-256",
    "Fortroligt",
    "Bemærkning",
]


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def parcel(process: Process) -> zipfile.ZipFile:
    target = io.BytesIO()
    write_parcel(target, process, journal_rows(process))
    return zipfile.ZipFile(target)


def lines(archive: zipfile.ZipFile) -> list[dict[str, str]]:
    text = archive.read(INDEX).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def subjects(process: Process, direction: Direction | None = None) -> list[str]:
    return [row.subject for row in journal_rows(process) if direction in (None, row.direction)]


def deliver_at(hearing: Hearing, hours: int = 0) -> None:
    at = hearing.now + timedelta(hours=hours)
    delivery.deliver(at, lambda: at)


# ── Rows ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_read_rows_of_everything_each_thing_that_came_or_left_stands_there_once() -> None:
    process = an_estate("sjaelland").process

    rows = journal_rows(process)

    keys = [key for row in rows for key in row.keys]
    assert len(keys) == len(set(keys))
    assert {key.partition(":")[0] for key in keys} >= {
        "answer",
        "decision",
        "file",
        "letter",
        "note",
        "objection",
        "receipt",
        "text",
    }
    files = {row.content.name for row in rows if isinstance(row.content, StoredFile)}
    assert {"svar.txt", "referat.txt", "protokol.txt", "kvittering.txt"} <= files
    assert [row.at for row in rows] == sorted(row.at for row in rows)


def test_read_rows_of_a_corrected_answer_both_versions_stand_and_its_file_once() -> None:
    hearing = a_hearing(LAUNCHED)
    file = a_file(hearing.process.office, LAUNCHED, "bilag.txt", b"Bilag\n")
    hearing.answers(1, files=[file])
    hearing.answers(1, at=LAUNCHED + timedelta(hours=1), content=AnswerContent(text="Rettet svar"), files=[file])

    answers = [row for row in journal_rows(hearing.process) if row.keys[0].startswith("answer:")]

    assert [row.subject[-2:] for row in answers] == ["-1", "-2"]
    assert subjects(hearing.process).count("Bilag til " + answers[0].subject.split()[1] + ": bilag.txt") == 1
    assert len([row for row in journal_rows(hearing.process) if row.content == file]) == 1


def test_read_rows_of_what_is_confidential_or_closed_they_say_so() -> None:
    hearing = a_hearing(LAUNCHED)
    file = a_file(hearing.process.office, LAUNCHED, "bilag.txt", b"Bilag\n")
    hearing.answers(1, content=AnswerContent(text="Ord", confidential_note="Navne"), files=[file])
    hearing.answers(2)
    process = in_approval(NOW)
    minutes = a_file(process.office, NOW)
    behind_doors = decide(process, "council-1", NOW, is_closed_item=True, minutes=minutes)
    openly = decide(process, "council-2", NOW)

    marked = [row.is_confidential for row in journal_rows(hearing.process) if row.direction == Direction.IN]
    closed = {row.counterpart: row.is_confidential for row in journal_rows(process) if row.direction == Direction.IN}

    assert marked == [True, True, False]
    assert closed[behind_doors.body.name]
    assert not closed[openly.body.name]


def test_read_rows_of_mails_one_sending_is_one_row_that_names_how_many_got_it() -> None:
    hearing = a_hearing(LAUNCHED, parties=5)
    deliver_at(hearing)

    rows = [row for row in journal_rows(hearing.process) if row.keys[0].startswith("mail:")]
    invitations = next(row for row in rows if len(row.keys) == 5)

    assert invitations.direction == Direction.OUT
    assert invitations.counterpart.endswith("og 3 andre")
    left = OutgoingMail.objects.filter(process_id=hearing.process.public_id, state="sent")
    own = left.filter(to_address=hearing.process.office.reply_to).count()
    assert sum(len(row.keys) for row in rows) == left.count() - own


def test_write_parcel_with_mails_no_link_and_no_code_is_in_it() -> None:
    hearing = a_hearing(LAUNCHED)
    deliver_at(hearing)

    rows = [row for row in journal_rows(hearing.process) if row.keys[0].startswith("mail:")]

    said = repr([row.content() for row in rows if callable(row.content)])
    assert "[personligt link]" in said
    assert "/l/" not in said
    for mail in OutgoingMail.objects.filter(process_id=hearing.process.public_id, state="sent"):
        assert mail.text_sent


# ── The parcel ────────────────────────────────────────────────────────────────────────────────────────────────
def test_write_parcel_of_everything_its_list_comes_first_and_names_every_file_with_its_sum() -> None:
    archive = parcel(an_estate("sjaelland").process)

    rows = lines(archive)

    assert archive.namelist()[0] == INDEX
    assert archive.read(INDEX).startswith(b"\xef\xbb\xbf")
    assert list(rows[0]) == HEADS
    assert [row["Fil"] for row in rows] == archive.namelist()[1:]
    for row in rows:
        assert hashlib.sha256(archive.read(row["Fil"])).hexdigest() == row["SHA-256"]
        assert row["Fil"][:4] == "2019"
        assert len(row["Fil"]) < 100
        assert row["Fil"].count(".") == 1
    assert len({name.casefold() for name in archive.namelist()}) == len(archive.namelist())


def test_write_parcel_twice_gives_the_same_bytes() -> None:
    process = an_estate("sjaelland").process
    written = []
    for _time in range(2):
        target = io.BytesIO()
        write_parcel(target, Process.objects.get(pk=process.pk), journal_rows(process))
        written.append(target.getvalue())

    assert written[0] == written[1]


def test_write_parcel_with_a_file_gone_from_the_disk_or_altered_there_names_it_and_goes_on() -> None:
    hearing = a_hearing(LAUNCHED)
    office = hearing.process.office
    gone, altered = (a_file(office, LAUNCHED, f"{name}.txt", name.encode()) for name in ("væk", "ændret"))
    hearing.answers(1, files=[gone, altered])
    for file in (gone, altered):
        file.refresh_from_db()
        full_path(file.path).parent.mkdir(parents=True, exist_ok=True)
    full_path(altered.path).write_bytes(b"noget andet")
    full_path(gone.path).unlink(missing_ok=True)
    full_path(f"settling/{gone.public_id.hex}").unlink(missing_ok=True)

    remarks = {row["Emne"].rpartition(": ")[2]: row for row in lines(parcel(hearing.process)) if row["Bemærkning"]}

    assert remarks["væk.txt"]["Fil"] == ""
    assert remarks["væk.txt"]["Bemærkning"] == "Filen ligger ikke på serverens disk"
    assert remarks["væk.txt"]["SHA-256"] == gone.sha256
    assert remarks["ændret.txt"]["Bemærkning"] == "Filen er ikke den, der blev modtaget"
    assert remarks["ændret.txt"]["SHA-256"] == hashlib.sha256(b"noget andet").hexdigest()


@pytest.mark.parametrize(
    "name", ["=1+1", "+45 12", "-5", "@SUM(A1)", '="x";y', "Ældre/Unge; råd", "to\nlinjer", "\t=1"]
)
def test_write_parcel_with_a_name_of_odd_signs_it_stays_words_in_one_cell_and_a_file_of_its_own(name: str) -> None:
    hearing = a_hearing(LAUNCHED)
    Invitation.objects.filter(pk=hearing.party(1).pk).update(name=name)
    hearing.answers(1)

    archive = parcel(hearing.process)
    row = next(row for row in lines(archive) if row["Emne"].startswith("Høringssvar"))

    assert row["Afsender eller modtager"] == plain_cell(name)
    assert not row["Afsender eller modtager"].startswith(("=", "+", "-", "@", "\t"))
    assert not set(row["Fil"]) & set('<>:"/\\|?*\n\t')
    assert row["Fil"] in archive.namelist()
    assert set(row) == set(HEADS)


def test_write_parcel_of_a_process_without_anything_is_a_list_of_heads() -> None:
    process = in_approval(NOW)
    target = io.BytesIO()

    write_parcel(target, process, [])

    assert lines(zipfile.ZipFile(target)) == []


def test_read_rows_a_recommendation_on_the_way_is_not_called_a_decision() -> None:
    process = in_approval(NOW)
    step = decide(process, "council-1", NOW, level=Level.STANDING_COMMITTEE)

    came_in = subjects(process, Direction.IN)

    assert any(subject.startswith("Indstilling: ") and "anbefalede" in subject for subject in came_in)
    assert len([subject for subject in came_in if subject.startswith("Beslutning: ")]) == 1, "the committee's review"
    delivery.deliver(NOW, lambda: NOW)
    receipts = OutgoingMail.objects.filter(kind="decision_receipt", subject_id=step.request.public_id)
    assert receipts.get().subject_sent.endswith(f"Kvittering: indstilling om {process.title}")
