"""A field several forms share: several files at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile


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


__all__ = ["FilesField", "FilesInput"]
