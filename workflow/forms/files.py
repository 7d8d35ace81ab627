"""The one way in which forms take files. Whatever is refused, no file that was chosen has to be chosen again.

A file is received when its form comes in: it waits on the disk, and the form that comes back shows it and tells it by a
signed word in a hidden field. The deed that is given it judges its own rule first, then the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Final, Self

from django import forms
from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.forms.utils import ErrorDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from workflow import storage
from workflow.actions.files import receive_file
from workflow.forms.language_switch import going_over_to
from workflow.models.base import PublicModel
from workflow.rules.files import MOST_BYTES_IN_FORM, MOST_FILES_IN_FORM, IncomingFile, no_longer_waits

_RECEIVED: Final = "-received"

FILES_TAKEN = format_lazy(
    _("PDF, Word, Excel, OpenDocument or text, or a picture as JPG, PNG or TIFF; {limit} MB at most."),
    limit=settings.MAX_FILE_SIZE // 1024**2,
)


class ReceivedFileInput(forms.FileInput):
    """A file control that shows above it what was received before, each with a tick to leave it out."""

    template_name = "django/forms/widgets/received_file.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """value: the files received that can be taken in."""
        context = super().get_context(name, None, attrs)
        received = [file for file in value or () if file.refusal is None]
        if received:
            context["widget"]["attrs"].pop("required", None)
        context["widget"]["received"] = [{"file": file, "token": _token(file)} for file in received]
        context["widget"]["received_name"] = _received_name(name)
        context["widget"]["leave_out_name"] = _leave_out_name(name)
        return context

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in files and _received_name(name) not in data


class ReceivedFilesInput(ReceivedFileInput):
    """A file control that takes several files."""

    allow_multiple_selected = True


class ReceivedFiles(forms.BoundField):
    """A file field of a form that came in: what was chosen now, and what had been received before."""

    @cached_property
    def data(self) -> Sequence[IncomingFile]:
        """The files in their order, also those that will be refused; received once, however often it is asked for."""
        return self._received(self.form.data, self.form.files)

    @cached_property
    def initial(self) -> Sequence[IncomingFile]:
        """The files that go over with a form in progress to the same page in another language."""
        going_over = going_over_to(self.form)
        return self._received(*going_over) if going_over else []

    @property
    def files(self) -> Sequence[IncomingFile]:
        """Those of the form that came in, or that goes over."""
        return self.data if self.form.is_bound else self.initial

    def _received(self, data: Any, files: Any) -> Sequence[IncomingFile]:
        matter, name = self.form.matter, self.html_name  # type: ignore[attr-defined]
        left_out = set(_values(data, _leave_out_name(name)))
        tokens = [token for token in _values(data, _received_name(name)) if token not in left_out]
        before = [_received_before(token, matter) for token in tokens]
        uploads: list[UploadedFile] = _values(files, name)
        chosen_files = [receive_file(matter, upload.name or "", upload) for upload in uploads]  # type: ignore[arg-type]
        return self.field.put_together(before, chosen_files)  # type: ignore[attr-defined]


class ReceivedFileField(forms.Field):
    """One file; cleaned to an `IncomingFile` or None. Another one chosen takes the place of the one received before."""

    widget = ReceivedFileInput
    default_error_messages = {"required": _("Choose a file.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"help_text": FILES_TAKEN, **kwargs})

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> ReceivedFiles:
        return ReceivedFiles(form, self, field_name)

    def bound_data(self, data: Any, initial: Any) -> Any:
        return data

    def put_together(
        self, before: Sequence[IncomingFile], chosen_files: Sequence[IncomingFile]
    ) -> Sequence[IncomingFile]:
        """The one chosen now, else the one received before, which stays also while the one chosen is not taken in."""
        if not chosen_files:
            return before[-1:]
        return chosen_files[-1:] if chosen_files[-1].refusal is None else [*before[-1:], chosen_files[-1]]

    def clean(self, value: Sequence[IncomingFile]) -> Any:
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return value[-1] if value else None


class ReceivedFilesField(ReceivedFileField):
    """Several files; cleaned to a list of `IncomingFile`. Those chosen are added to those received before."""

    widget = ReceivedFilesInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, **kwargs})

    def put_together(
        self, before: Sequence[IncomingFile], chosen_files: Sequence[IncomingFile]
    ) -> Sequence[IncomingFile]:
        """Each file once. One that is no longer here is not missed when a file of its name was chosen anew."""
        names = {file.name for file in chosen_files}
        once: dict[tuple[str, str], IncomingFile] = {}
        for file in [*before, *chosen_files]:
            if file.refusal is None or file in chosen_files or file.name not in names:
                once.setdefault((file.sha256, file.name), file)
        return list(once.values())

    def clean(self, value: Sequence[IncomingFile]) -> Any:
        """Refuses more files than a form may hold, and more bytes; all of them stay received."""
        super().clean(value)
        if len(value) > MOST_FILES_IN_FORM:
            text = _("%(number)d files are chosen; at most %(limit)d can be sent. Leave some out, or send one archive.")
            raise forms.ValidationError(text, params={"number": len(value), "limit": MOST_FILES_IN_FORM})
        if sum(file.size for file in value) > MOST_BYTES_IN_FORM:
            text = _("The files are larger than %(limit)d MB together. Leave some out, and send them by themselves.")
            raise forms.ValidationError(text, params={"limit": MOST_BYTES_IN_FORM // 1024**2})
        return list(value)


class FilesForm(forms.Form):
    """A form with files. What is wrong with a file is said beside whatever else is wrong, and never instead of it."""

    def __init__(self, *args: Any, matter: PublicModel | str, **kwargs: Any) -> None:
        """matter: what the form is about; a file received for one matter is of no use in another."""
        super().__init__(*args, **kwargs)
        self.matter = matter if isinstance(matter, str) else f"{matter._meta.label_lower}:{matter.public_id}"
        self._is_cleaned = self._has_told = False

    def full_clean(self) -> None:
        super().full_clean()
        self._is_cleaned = True
        if not self.is_bound:
            self.cleaned_data = {}
        if self._errors or not self.is_bound:
            self._tell_of_files()

    def add_error(self, field: str | None, error: Any) -> None:
        """An error, such as a deed's refusal; with it comes what is wrong with the files, each at its field."""
        if self._is_cleaned and str(error) in self._tell_of_files():
            return
        super().add_error(field, error)

    @property
    def is_carried(self) -> bool:
        """Whether it is this form that goes over to the page in another language."""
        return going_over_to(self) is not None

    def unjudged(self) -> Self:
        """The form as it came in, with every word and every file, but not judged: it is to be written on."""
        self._errors, self.cleaned_data, self._is_cleaned = ErrorDict(renderer=self.renderer), {}, True
        self._tell_of_files()
        return self

    def without_taken(self) -> Self:
        """The form after a deed has taken what it could: only the files that are not taken in are still spoken of."""
        for bound in self._file_fields():
            bound.data = [file for file in bound.data if file.refusal is not None]
        self._tell_of_files()
        return self

    def _tell_of_files(self) -> set[str]:
        """Say at each field which of its files is not taken in; returns what was said."""
        refused = [
            (bound.name, str(file.refusal)) for bound in self._file_fields() for file in bound.files if file.refusal
        ]
        if not self._has_told:
            self._has_told = True
            for name, text in refused:
                super().add_error(name, text)
        return {text for _name, text in refused}

    def _file_fields(self) -> Iterator[ReceivedFiles]:
        return (bound for bound in self if isinstance(bound, ReceivedFiles))


def field_of_received(name: str) -> str | None:
    """The field for which a name sent with a form tells a received file; None for any other name."""
    return name.removesuffix(_RECEIVED) if name.endswith(_RECEIVED) else None


def name_told(token: str) -> str:
    """The file's name as the page that sent the token told it, only to be shown; the form asks whether it is true."""
    try:
        return str(json.loads(signing.b64_decode(token.partition(":")[0].encode()))[2])
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""


def _received_name(name: str) -> str:
    return name + _RECEIVED


def _leave_out_name(name: str) -> str:
    return f"{name}-leave-out"


def _values(data: Any, name: str) -> list[Any]:
    if hasattr(data, "getlist"):
        return list(data.getlist(name))
    return [data[name]] if name in data else []


def _token(file: IncomingFile) -> str:
    return signing.dumps([file.sha256, file.size, file.name, file.media_type], salt=_salt(file.matter))


def _received_before(token: str, matter: str) -> IncomingFile:
    """The file a form told by its token. One that waits no longer, or was received for another matter, is refused."""
    try:
        sha256, size, name, media_type = signing.loads(token, salt=_salt(matter))
    except signing.BadSignature:
        return IncomingFile(matter, "", "", 0, "", no_longer_waits())
    if not storage.waits(matter, sha256):
        return IncomingFile(matter, name, sha256, size, "", no_longer_waits(name))
    return IncomingFile(matter, name, sha256, size, media_type)


def _salt(matter: str) -> str:
    # The matter is in the salt, so that a token from one form is worth nothing in another.
    return f"workflow.forms.files:{matter}"
