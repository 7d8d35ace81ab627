"""Files: what is taken in under which name and type, what is refused, and that an erased one leaves nothing."""

import hashlib
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from tests.workflow import document_factories as given
from tests.workflow.factories import an_office
from workflow.actions.files import erase_file, open_file, store_file, sweep_files
from workflow.models import StoredFile
from workflow.rules import Refused
from workflow.rules.files import safe_name

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
    ],
)
def test_safe_name_of_a_hostile_name_keeps_only_the_name(given_name: str, kept: str) -> None:
    assert safe_name(given_name) == kept


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
