"""Files that come with a form: kept, or refused beside the field they were chosen in."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django import forms
from django.core.files.uploadedfile import UploadedFile

from workflow.actions.files import store_file
from workflow.forms.approvals import uploaded
from workflow.models import Office, StoredFile
from workflow.rules import Refusal, Refused


def kept(
    form: forms.Form, name: str, office: Office, now: datetime, *, refusal: Refusal | None = None
) -> StoredFile | None:
    """Keep the file given in a field of a valid form; None when there is none.

    A file that is not taken in becomes an error of its field: look at `form.errors` before going on. With a `refusal`
    of the deed itself in hand nothing is kept, since nothing would hold it; the row, not saved, only tells a repeat.
    """
    given = uploaded(form, name)
    if given is None:
        return None
    if refusal is not None:
        return as_given(given)
    try:
        return store_file(office, given.name or name, given, now=now)  # type: ignore[arg-type]
    except Refused as refused:
        form.add_error(name, str(refused.refusal.text))
        return None


def as_given(upload: UploadedFile) -> StoredFile:
    """An uploaded file told by its SHA-256 and kept nowhere: enough to see that the same form was sent twice."""
    upload.seek(0)
    sha256 = hashlib.file_digest(upload.file, "sha256").hexdigest()  # type: ignore[arg-type]
    upload.seek(0)
    return StoredFile(name=upload.name or "", sha256=sha256)
