"""Receiving files, taking them into a matter, opening them, and erasing them."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Final, overload
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from notifications import postponed
from workflow import storage
from workflow.models import Office, StoredFile
from workflow.readers import Unreadable, is_locked
from workflow.rules import Refusal, Refused, insist
from workflow.rules.files import (
    MEDIA_TYPES,
    IncomingFile,
    as_stream,
    locked,
    may_use,
    may_wait,
    no_longer_waits,
    safe_name,
    sniffed_type,
    unreadable,
)

if TYPE_CHECKING:
    from workflow.rules.files import GivenFile

# A deed writes its bytes at most this long before its row is committed.
LONGEST_DEED = timedelta(hours=1)

LONGEST_WAIT = timedelta(days=1)
"""How long a received file waits for a form that was refused to be sent again, counted from when it last came back."""

_READERS: Final = {MEDIA_TYPES["pdf"]: "pdf", MEDIA_TYPES["doc"]: "doc"}


def receive_file(matter: str, name: str, content: bytes | BinaryIO) -> IncomingFile:
    """Receive a file that came with a form about a matter: its bytes are written to the disk and looked at; no row.

    Refuses nothing itself: what a deed that is given the file will refuse it for stands in its `refusal`. An empty one,
    one larger than MAX_FILE_SIZE bytes, and one too many for the matter are not written.
    """
    kept_name = safe_name(name)
    stream, size = as_stream(content)
    sha256 = _sha256(stream)
    if 0 < size <= settings.MAX_FILE_SIZE and not storage.waits(matter, sha256):
        if refusal := may_wait(kept_name, size, storage.bytes_waiting(matter)):
            return IncomingFile(matter, kept_name, sha256, size, "", refusal)
        storage.receive(stream, matter, sha256)
    try:
        media_type = _judged_type(kept_name, stream, size, settings.MAX_FILE_SIZE)
    except Refused as refused:
        return IncomingFile(matter, kept_name, sha256, size, "", refused.refusal)
    return IncomingFile(matter, kept_name, sha256, size, media_type)


@overload
def take_in(office: Office, given_file: GivenFile, *, now: datetime) -> StoredFile: ...
@overload
def take_in(office: Office, given_file: GivenFile | None, *, now: datetime) -> StoredFile | None: ...
def take_in(office: Office, given_file: GivenFile | None, *, now: datetime) -> StoredFile | None:
    """Make what a deed was given a stored file of its office; the deed calls it in its transaction, after its own rule.

    Refuses a received file for what was seen when it came ("file_…"), one that waits no longer ("file_gone"), and a
    stored one of another office or erased ("file_foreign"). When the deed is undone the bytes are swept away within
    the day.
    """
    if given_file is None:
        return None
    insist(may_use(office.pk, given_file))
    if isinstance(given_file, StoredFile):
        return given_file
    public_id = uuid7()
    try:
        # Bytes before the row: bytes without a row are swept away, a row without bytes could not be opened.
        storage.take(given_file.matter, given_file.sha256, public_id)
    except FileNotFoundError as error:
        raise Refused(no_longer_waits(given_file.name)) from error
    path = storage.path_of(given_file.sha256, public_id)
    file = StoredFile.objects.create(
        public_id=public_id,
        office=office,
        name=given_file.name,
        media_type=given_file.media_type,
        size=given_file.size,
        sha256=given_file.sha256,
        path=path,
        created_at=now,
    )
    # Not before the commit: what an undone deed wrote stays where the sweep finds it.
    transaction.on_commit(lambda: storage.settle(public_id, path))
    return file


@transaction.atomic
def store_file(
    office: Office,
    name: str,
    content: bytes | BinaryIO,
    *,
    now: datetime,
    is_ours: bool = False,
    media_type: str = "",
) -> StoredFile:
    """Keep a file that came with no form, such as a package or a scenario's, under a cleaned name and its SHA-256.

    Refuses an empty file, one larger than MAX_FILE_SIZE bytes (unless `is_ours`: made here, not received), a kind that
    is not taken in, one that is not what its name says, and one that needs a password; media_type: of one that a reader
    has looked at already, of which none of this is asked. When the caller's transaction is undone the bytes are swept
    away within the day.
    """
    kept_name = safe_name(name)
    stream, size = as_stream(content)
    media_type = media_type or _judged_type(kept_name, stream, size, size if is_ours else settings.MAX_FILE_SIZE)
    public_id = uuid7()
    sha256, size = storage.write_settling(stream, public_id)
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

    due_on: only if its own day has come by this local day, as the row stands now.
    """
    if file.erased_at is None:
        # By the row as it stands now: its day may have been moved since the sweep read it.
        rows = StoredFile.objects.filter(pk=file.pk, erased_at=None)
        if due_on is not None:
            rows = rows.filter(erase_on__lte=due_on)
        rows.update(erased_at=now, name="")
        file.refresh_from_db()
    if file.erased_at is None:
        return False
    # Never before the commit: undone, the row would name bytes that are gone.
    transaction.on_commit(lambda: _take_off_disk(file))
    return True


def sweep_files(now: datetime) -> int:
    """Drop what was received and never taken, finish what a crash left: settle or remove what came in, take erased
    files off the disk. Returns how many."""
    run = postponed.Run("sweep_files", now)
    count = 0
    # As a list, for what is walked through is taken away meanwhile.
    for path in list(storage.waited_since((now - LONGEST_WAIT).timestamp())):
        count += run.attempt(f"incoming {path.name[:32]}", partial(storage.drop, path))
    for public_id in list(storage.left_behind((now - LONGEST_DEED).timestamp())):
        count += run.attempt(f"settling {public_id}", partial(_settle_or_remove, public_id))
    erased = StoredFile.objects.filter(erased_at__isnull=False).exclude(path="").exclude(public_id__in=_ids(run))
    for file in erased.select_related("office").order_by("id")[:1000]:
        whose = postponed.Whose(file.office.public_id)
        count += run.attempt(str(file.public_id), partial(_take_off_disk, file), lambda: whose)  # noqa: B023
    run.end()
    return count


def _ids(run: postponed.Run) -> list[str]:
    return [subject for subject in run.passed_by if not subject.startswith(("incoming ", "settling "))]


def _settle_or_remove(public_id: UUID) -> int:
    file = StoredFile.objects.filter(public_id=public_id, erased_at=None).first()
    if file is None:
        storage.remove(public_id, "")
    else:
        storage.settle(public_id, file.path)
    return 1


def _sha256(stream: BinaryIO) -> str:
    """Of the whole stream, which stands at its beginning before and afterwards."""
    digest = hashlib.sha256()
    for block in iter(lambda: stream.read(1024 * 1024), b""):
        digest.update(block)
    stream.seek(0)
    return digest.hexdigest()


def _judged_type(name: str, stream: BinaryIO, size: int, longest: int) -> str:
    """The media type under which the file may be kept; raises `Refused`. The stream stands at its beginning after."""
    media_type = sniffed_type(name, stream, size, longest)
    if kind := _READERS.get(media_type):
        try:
            insist(locked(name) if is_locked(kind, stream) else None)
        except Unreadable as error:
            raise Refused(unreadable(name)) from error
    return media_type


def _take_off_disk(file: StoredFile) -> int:
    """The row keeps its path until the bytes are gone, so that a crash between the two is found again."""
    storage.remove(file.public_id, file.path)
    StoredFile.objects.filter(pk=file.pk).update(path="")
    return 1
