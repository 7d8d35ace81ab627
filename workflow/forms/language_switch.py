"""A form in progress goes over to the same page in another language: its words are what the page's form begins with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.renderers import TemplatesSetting
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property

Files = MultiValueDict[str, UploadedFile]

_carried: ContextVar[tuple[QueryDict, Files] | None] = ContextVar("carried", default=None)
_SENT_ONLY_WHEN_CHOSEN = (forms.CheckboxInput, forms.Select, forms.RadioSelect, forms.CheckboxSelectMultiple)


@contextmanager
def going_over_with(data: QueryDict, files: Files) -> Iterator[None]:
    """Inside, unbound forms that `data` belongs to begin with what stands in it, and with the files that came along."""
    token = _carried.set((data, files))
    try:
        yield
    finally:
        _carried.reset(token)


def words_going_over() -> QueryDict | None:
    """What was written so far in the other language; None when nothing goes over."""
    going_over = _carried.get()
    return going_over[0] if going_over else None


def going_over_to(form: forms.BaseForm) -> tuple[QueryDict, Files] | None:
    """What goes over to this very form: its fields and its files."""
    going_over = _carried.get()
    return going_over if going_over and not form.is_bound and _is_the_one(form, *going_over) else None


class CarriedField(forms.BoundField):
    """A field that begins with what goes over, when the form it stands in is the one that was in progress."""

    @cached_property
    def initial(self) -> Any:
        going_over = going_over_to(self.form)
        if going_over is None:
            return self.form.get_initial_for_field(self.field, self.name)
        return self.field.widget.value_from_datadict(*going_over, self.html_name)


class Renderer(TemplatesSetting):
    """Our templates, and fields that can begin with what goes over."""

    bound_field_class = CarriedField


def _is_the_one(form: forms.BaseForm, data: QueryDict, files: Files) -> bool:
    """Whether every control that a browser always sends was sent; of a form without such, whether any was."""
    names = {form.add_prefix(name): field.widget for name, field in form.fields.items()}
    always = [
        name
        for name, widget in names.items()
        if not (widget.needs_multipart_form or isinstance(widget, _SENT_ONLY_WHEN_CHOSEN))
    ]
    if always:
        return all(name in data for name in always)
    return any(not widget.value_omitted_from_data(data, files, name) for name, widget in names.items())
