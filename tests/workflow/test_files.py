"""Files: what is taken in under which name and type, what is refused, and that an erased one leaves nothing."""

import hashlib
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from time import thread_time
from typing import Any

import pytest
from django.db import transaction

from tests.workflow import document_factories as given
from tests.workflow.factories import an_office
from workflow.actions.files import erase_file, open_file, receive_file, store_file, sweep_files, take_in
from workflow.models import StoredFile
from workflow.readers import starting
from workflow.rules import Refused
from workflow.rules.files import safe_name

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def on_disk(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("Høringssvar.pdf", given.PDF, "application/pdf"),
        (
            "Svar.DOCX",
            given.DOCX,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        ("tal.xlsx", given.XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("svar.odt", given.ODT, "application/vnd.oasis.opendocument.text"),
        ("svar.doc", given.DOC, "application/msword"),
        ("svar.msg", given.MSG, "application/vnd.ms-outlook"),
        ("bilag.zip", given.ZIP, "application/zip"),
        ("note.txt", "Blåbærgrød".encode(), "text/plain"),
        ("gammel.txt", "Blåbærgrød".encode("cp1252"), "text/plain"),
        ("scan.png", given.PNG, "image/png"),
        ("foto.jpeg", given.JPG, "image/jpeg"),
        ("foto.jfif", given.JPG, "image/jpeg"),
        ("skanning.TIF", given.TIFF, "image/tiff"),
        ("kun til læsning.pdf", given.a_locked_pdf(to_open=b""), "application/pdf"),
        ("mail.eml", given.EML, "message/rfc822"),
    ],
)
def test_store_file_that_is_what_its_name_says_is_kept(
    now: datetime, name: str, content: bytes, media_type: str
) -> None:
    file = store_file(an_office(), name, content, now=now)

    assert (file.name, file.media_type, file.size) == (name, media_type, len(content))
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    with open_file(file) as kept:
        assert kept.read() == content


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("svar.pdf", b"", "file_empty"),
        ("svar.pdf", given.DOCX, "file_is_something_else"),
        ("svar.pdf", given.EXE, "file_is_something_else"),
        ("svar.docx", given.ZIP, "file_is_something_else"),
        ("svar.docx", given.XLSX, "file_is_something_else"),
        ("svar.docx", b"PK\x03\x04 torn", "file_is_something_else"),
        ("svar.odt", given.DOCX, "file_is_something_else"),
        ("svar.doc", given.MSG, "file_is_something_else"),
        ("svar.txt", given.EXE, "file_is_something_else"),
        ("svar.txt", given.PDF, "file_is_something_else"),
        ("svar.txt", b" <html><script>alert(1)</script>", "file_is_something_else"),
        ("svar.png", given.JPG, "file_is_something_else"),
        ("svar.eml", b"Kun et brev\nuden hoved\n", "file_is_something_else"),
        ("svar.zip", b"PK\x05\x06", "file_is_something_else"),
        ("svar.exe", given.EXE, "file_kind_unknown"),
        ("svar.html", b"<html>", "file_kind_unknown"),
        ("svar", given.PDF, "file_kind_unknown"),
        ("", given.PDF, "file_kind_unknown"),
        ("svar.docx", given.DOCX_WITH_MACROS, "file_has_macros"),
        ("svar.docm", given.DOCX_WITH_MACROS, "file_has_macros"),
        ("IMG_0001.HEIC", given.HEIC, "file_other_picture"),
        ("IMG_0001.jpg", given.HEIC, "file_other_picture"),
        ("foto.webp", b"RIFF", "file_other_picture"),
        ("svar.tif", given.PNG, "file_is_something_else"),
        ("svar.docx", given.DOC, "file_is_something_else"),
        ("svar.doc", given.a_compound("WordDocument")[:1300], "file_unreadable"),
        *((name, content, "file_locked") for name, content in given.LOCKED.items()),
    ],
)
def test_store_file_that_is_not_what_its_name_says_is_refused_and_nothing_kept(
    now: datetime, media: Path, name: str, content: bytes, code: str
) -> None:
    office = an_office()

    with pytest.raises(Refused) as refused:
        store_file(office, name, content, now=now)

    assert refused.value.refusal.code == code
    assert name in str(refused.value.refusal.text)
    assert not StoredFile.objects.exists()
    assert on_disk(media) == []


def test_store_file_above_the_limit_is_refused_and_says_the_limit(now: datetime, settings: Any) -> None:
    settings.MAX_FILE_SIZE = 1024**2

    with pytest.raises(Refused, match="1 MB") as refused:
        store_file(an_office(), "svar.pdf", given.PDF + bytes(1024**2), now=now)

    assert refused.value.refusal.code == "file_too_large"


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/svar.pdf", "svar.pdf"),
        ("C:\\Users\\olga\\svar.pdf", "svar.pdf"),
        ("svar\r\nX-Header: 1.pdf", "svar X-Header_ 1.pdf"),
        ("svar\u202efdp.exe.pdf", "svar fdp.exe.pdf"),
        ("." * 3 + "svar.pdf", "svar.pdf"),
        ("æ" * 300 + ".pdf", "æ" * 116 + ".pdf"),
        ("  to   ord.pdf ", "to ord.pdf"),
        ("svar\ud800.pdf", "svar.pdf"),
    ],
)
def test_safe_name_of_a_hostile_name_keeps_only_the_name(given_name: str, kept: str) -> None:
    assert safe_name(given_name) == kept


@pytest.mark.parametrize("marks", ["\u0301", "\u0316\u0301"], ids=["of one class", "of two classes in turn"])
def test_safe_name_of_two_million_combining_characters_is_short_and_made_at_once(marks: str) -> None:
    begun = thread_time()

    name = safe_name("a" + marks * (1_000_000 // len(marks)) + ".pdf")

    assert (len(name) <= 120, name.endswith(".pdf")) == (True, True)
    assert thread_time() - begun < 2


def test_store_file_of_an_archive_that_lists_too_much_is_refused_before_the_list_is_read(now: datetime) -> None:
    long_names = given.a_zip(*(f"{number:04d}{'x' * 400}" for number in range(2600)))
    many = given.a_zip(*(f"{number:x}" for number in range(10_001)))
    office = an_office()

    for content in (long_names, many):
        with pytest.raises(Refused) as refused:
            store_file(office, "bilag.zip", content, now=now)

        assert refused.value.refusal.code == "file_too_many_parts"
        assert "10.000" in str(refused.value.refusal.text)


def test_store_file_that_the_reader_cannot_open_within_its_limits_is_refused_in_words(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starting, "LONGEST_WAIT", 0.001)

    with pytest.raises(Refused) as refused:
        store_file(an_office(), "svar.pdf", given.LOCKED["svar.pdf"], now=now)

    assert refused.value.refusal.code == "file_unreadable"
    assert "gem den på ny som PDF" in str(refused.value.refusal.text)


@pytest.mark.parametrize("content", [b"/Encrypt", b"1.4 /Encrypt" + bytes(1000), b"/Encrypt" * 100_000])
def test_store_file_at_which_the_reader_gives_up_is_refused_in_words(now: datetime, content: bytes) -> None:
    office = an_office()

    with pytest.raises(Refused) as refused:
        store_file(office, "svar.pdf", b"%PDF-" + content, now=now)

    assert refused.value.refusal.code == "file_unreadable"


def test_read_foreign_file_happens_within_limits_and_without_django() -> None:
    asked = (
        "import os, resource, sys; from workflow.readers import limits, opening, reading; limits.set_limits();"
        "big = resource.getrlimit(resource.RLIMIT_AS)[1], resource.getrlimit(resource.RLIMIT_CPU)[1];"
        "assert big == (limits.MEMORY, limits.PROCESSOR), big;"
        "assert not [name for name in sys.modules if name.startswith(('django', 'config'))], 'Django';"
        "bytearray(limits.MEMORY)"
    )

    ended = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=False)

    assert ended.stderr.strip().endswith("MemoryError")


@pytest.mark.django_db(transaction=True)
def test_store_file_after_the_commit_lies_under_its_digest(now: datetime, media: Path) -> None:
    file = store_file(an_office(), "svar.pdf", given.PDF, now=now)

    assert on_disk(media) == [media / file.path]
    assert file.sha256 in file.path


@pytest.mark.django_db(transaction=True)
def test_sweep_files_after_a_deed_was_undone_removes_its_bytes(now: datetime, media: Path) -> None:
    office = an_office()
    with transaction.atomic():
        store_file(office, "svar.pdf", given.PDF, now=now)
        transaction.set_rollback(True)
    [left] = on_disk(media)
    assert sweep_files(now) == 0, "a deed may still be under way"
    long_ago = (now - timedelta(hours=2)).timestamp()
    os.utime(left, (long_ago, long_ago))

    assert sweep_files(now) == 1
    assert on_disk(media) == []


def test_sweep_files_after_a_crash_past_the_commit_settles_the_bytes(now: datetime, media: Path) -> None:
    file = store_file(an_office(), "svar.pdf", given.PDF, now=now)  # the test's transaction never commits
    [left] = on_disk(media)
    long_ago = (now - timedelta(hours=2)).timestamp()
    os.utime(left, (long_ago, long_ago))

    sweep_files(now)

    assert on_disk(media) == [media / file.path]


@pytest.mark.django_db(transaction=True)
def test_take_in_received_file_gives_each_deed_a_file_of_its_own_and_keeps_it_for_another_press(
    now: datetime, media: Path
) -> None:
    office = an_office()
    received = receive_file("matter:1", "svar.pdf", given.PDF)
    waiting = on_disk(media)

    one, other = (take_in(office, received, now=now) for _ in range(2))

    assert (one.name, one.media_type, one.size) == ("svar.pdf", "application/pdf", len(given.PDF))
    assert (one.sha256, one.path != other.path) == (received.sha256, True)
    assert sorted(on_disk(media)) == sorted([*waiting, media / one.path, media / other.path])
    erase_file(one, now=now)
    with open_file(other) as kept:
        assert kept.read() == given.PDF


def test_sweep_files_a_day_after_it_was_received_drops_what_no_deed_took(now: datetime, media: Path) -> None:
    received = receive_file("matter:1", "svar.pdf", given.PDF)
    [waiting] = on_disk(media)
    for hours, left in ((23, 1), (25, 0)):
        then = (now - timedelta(hours=hours)).timestamp()
        os.utime(waiting, (then, then))
        sweep_files(now)
        assert len(on_disk(media)) == left

    with pytest.raises(Refused) as refused:
        take_in(an_office(), received, now=now)

    assert refused.value.refusal.code == "file_gone"
    assert "svar.pdf" in str(refused.value.refusal.text)
    assert not StoredFile.objects.exists()


def test_receive_file_beyond_what_may_wait_for_one_matter_is_not_written(
    media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow.rules.files.MOST_BYTES_IN_FORM", len(given.PDF) + 10)
    receive_file("matter:1", "svar.pdf", given.PDF)

    again = receive_file("matter:1", "svar.pdf", given.PDF)
    more = receive_file("matter:1", "bilag.txt", b"Bilag med mange ord\n")
    elsewhere = receive_file("matter:2", "bilag.txt", b"Bilag med mange ord\n")

    assert (again.refusal and again.refusal.code, more.refusal and more.refusal.code) == (None, "files_waiting")
    assert elsewhere.refusal is None
    assert len(on_disk(media)) == 2


@pytest.mark.django_db(transaction=True)
def test_erase_file_leaves_neither_bytes_nor_name_and_spares_equal_bytes(now: datetime, media: Path) -> None:
    office = an_office()
    file = store_file(office, "Anna Sørensens svar.pdf", given.PDF, now=now)
    other = store_file(office, "svar.pdf", given.PDF, now=now)

    erase_file(file, now=now)

    file.refresh_from_db()
    assert (file.name, file.path, file.erased_at) == ("", "", now)
    assert file.sha256 == other.sha256
    assert on_disk(media) == [media / other.path]
    with pytest.raises(Refused) as refused:
        open_file(file)
    assert refused.value.refusal.code == "file_erased"


@pytest.mark.django_db(transaction=True)
def test_sweep_files_after_a_crash_while_erasing_takes_the_bytes(now: datetime, media: Path) -> None:
    file = store_file(an_office(), "svar.pdf", given.PDF, now=now)
    StoredFile.objects.filter(pk=file.pk).update(erased_at=now, name="")  # committed, then the power went

    assert sweep_files(now) == 1
    assert on_disk(media) == []
    assert sweep_files(now) == 0


@pytest.mark.django_db(transaction=True)
def test_open_file_whose_bytes_are_gone_is_refused_with_the_remedy(now: datetime, media: Path) -> None:
    file = store_file(an_office(), "svar.pdf", given.PDF, now=now)
    (media / file.path).unlink()

    with pytest.raises(Refused) as refused:
        open_file(file)

    assert refused.value.refusal.code == "file_missing"
