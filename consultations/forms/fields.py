"""Fields several forms share: a time of day as people type it, and several files at once."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _


class ClockField(forms.CharField):
    """A time of day: 12, 12.00 or 12:00."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "class": "clock-input"}))
        super().__init__(**{"max_length": 5, **kwargs})

    def clean(self, value: Any) -> Any:
        """The time, or None for nothing."""
        text = super().clean(value)
        if not text:
            return None
        found = re.fullmatch(r"(\d{1,2})(?:[.:](\d{2}))?", text)
        if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
            raise forms.ValidationError(_("Write a time of day such as 12.00."))
        return time(int(found[1]), int(found[2] or 0))

    def prepare_value(self, value: Any) -> Any:
        return value.strftime("%H.%M") if isinstance(value, time) else value


class FilesInput(forms.FileInput):
    """A file control that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; cleaned to a list."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", FilesInput())
        super().__init__(**{"required": False, **kwargs})

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The files as a list; an empty file passes, for the store has the better words for it."""
        files: list[UploadedFile] = data if isinstance(data, list) else [data] if data else []
        if self.required and not files:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return files


__all__ = ["ClockField", "FilesField", "FilesInput"]
