"""Taking files in, opening them, and erasing them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from notifications import postponed
from workflow import storage
from workflow.models import Office, StoredFile
from workflow.rules import Refusal, Refused
from workflow.rules.files import as_stream, safe_name, sniffed_type

# A deed writes its bytes at most this long before its row is committed.
LONGEST_DEED = timedelta(hours=1)


@transaction.atomic
def store_file(
    office: Office,
    name: str,
    content: bytes | BinaryIO,
    *,
    now: datetime,
    erase_on: date | None = None,
    is_ours: bool = False,
) -> StoredFile:
    """Keep a file for an office, under a cleaned name and its SHA-256.

    Refuses an empty file, one larger than MAX_FILE_SIZE bytes (unless `is_ours`: made here, not received), a kind that
    is not taken in, and one that is not what its name says. When the caller's transaction is undone the bytes are
    swept away within the day.
    """
    kept_name = safe_name(name)
    stream, size = as_stream(content)
    media_type = sniffed_type(kept_name, stream, size, size if is_ours else settings.MAX_FILE_SIZE)
    public_id = uuid7()
    sha256, size = storage.write_incoming(stream, public_id)
    path = storage.path_of(sha256, public_id)
    file = StoredFile.objects.create(
        public_id=public_id,
        office=office,
        name=kept_name,
        media_type=media_type,
        size=size,
        sha256=sha256,
        path=path,
        created_at=now,
        erase_on=erase_on,
    )
    transaction.on_commit(lambda: storage.settle(public_id, path))
    return file


def open_file(file: StoredFile) -> BinaryIO:
    """The bytes of a file, opened for reading; close it. Refuses one that has been erased or is not on this disk."""
    if file.erased_at is not None:
        raise Refused(Refusal("file_erased", _("The file has been erased.")))
    try:
        return storage.open_stored(file.public_id, file.path)
    except FileNotFoundError as error:
        text = _("The file is not on this machine's disk. Ask the administrator to bring it from the backup.")
        raise Refused(Refusal("file_missing", text)) from error


@transaction.atomic
def erase_file(file: StoredFile, *, now: datetime, due_on: date | None = None) -> bool:
    """Take away bytes and name; digest, size and kind stay as proof of what was there. Returns whether it is erased.

    due_on: only if its own day has come by this local day, as the row stands now: a deed may just have come to need it.
    """
    if file.erased_at is None:
        rows = StoredFile.objects.filter(pk=file.pk, erased_at=None)
        if due_on is not None:
            rows = rows.filter(erase_on__lte=due_on)
        rows.update(erased_at=now, name="")
        file.refresh_from_db()
    if file.erased_at is None:
        return False
    transaction.on_commit(lambda: _take_off_disk(file))
    return True


def sweep_files(now: datetime) -> int:
    """Finish what a crash left: settle or remove what came in, take erased files off the disk. Returns how many."""
    run = postponed.Run("sweep_files", now)
    done = 0
    for public_id in list(storage.left_behind((now - LONGEST_DEED).timestamp())):
        done += run.attempt(f"incoming {public_id}", partial(_settle_or_remove, public_id))
    erased = StoredFile.objects.filter(erased_at__isnull=False).exclude(path="").exclude(public_id__in=_ids(run))
    for file in erased.select_related("office").order_by("id")[:1000]:
        whose = postponed.Whose(file.office.public_id)
        done += run.attempt(str(file.public_id), partial(_take_off_disk, file), lambda: whose)  # noqa: B023
    run.end()
    return done


def _ids(run: postponed.Run) -> list[str]:
    return [subject for subject in run.passed_by if not subject.startswith("incoming ")]


def _settle_or_remove(public_id: UUID) -> int:
    file = StoredFile.objects.filter(public_id=public_id, erased_at=None).first()
    if file is None:
        storage.remove(public_id, "")
    else:
        storage.settle(public_id, file.path)
    return 1


def _take_off_disk(file: StoredFile) -> int:
    """The row keeps its path until the bytes are gone, so that a crash between the two is found again."""
    storage.remove(file.public_id, file.path)
    StoredFile.objects.filter(pk=file.pk).update(path="")
    return 1
