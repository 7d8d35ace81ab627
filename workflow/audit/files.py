"""Proving the files: the bytes on the disk are those that were received. Rows hold their digest, entries the rows'."""

from __future__ import annotations

import hashlib
from typing import BinaryIO

from django.utils.translation import gettext as _

from workflow import storage
from workflow.audit.chain import Fault
from workflow.models import StoredFile


def prove_files() -> Fault | None:
    """The first file, in the order they came, whose bytes are others or are not there. Reads every byte."""
    for file in StoredFile.objects.filter(erased_at=None).order_by("id").iterator(500):
        try:
            with storage.open_stored(file.public_id, file.path) as stored:
                digest = _sha256(stored)
        except FileNotFoundError:
            # It may have been erased since it was listed.
            if StoredFile.objects.filter(pk=file.pk, erased_at=None).exists():
                text = _("The file %(id)s (%(name)s) is not on this machine's disk.")
                return Fault("file_missing", text % {"id": file.public_id, "name": file.name})
            continue
        if digest != file.sha256:
            text = _("The file %(id)s (%(name)s) holds other bytes than were received.")
            return Fault("file_altered", text % {"id": file.public_id, "name": file.name})
    return None


def _sha256(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    for block in iter(lambda: stream.read(1024 * 1024), b""):
        digest.update(block)
    return digest.hexdigest()
