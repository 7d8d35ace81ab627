"""Files that come with a form: kept, or refused beside the field they were chosen in."""

from __future__ import annotations

from datetime import datetime

from django import forms

from workflow.actions.files import store_file
from workflow.forms.approvals import uploaded
from workflow.models import Office, StoredFile
from workflow.rules import Refusal, Refused


def kept(
    form: forms.Form, name: str, office: Office, now: datetime, *, refusal: Refusal | None = None
) -> StoredFile | None:
    """Keep the file given in a field of a valid form; None when there is none.

    A file that is not taken in becomes an error of its field: look at `form.errors` before going on. With a `refusal`
    of the deed itself in hand nothing is kept, since nothing would hold it.
    """
    given = uploaded(form, name)
    if given is None or refusal is not None:
        return None
    try:
        return store_file(office, given.name or name, given, now=now)  # type: ignore[arg-type]
    except Refused as refused:
        form.add_error(name, str(refused.refusal.text))
        return None
