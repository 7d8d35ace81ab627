"""A form in progress goes over to the same page in another language: its words are what the page's form begins with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property

_carried: ContextVar[QueryDict | None] = ContextVar("carried", default=None)
_files: ContextVar[MultiValueDict[str, Any] | None] = ContextVar("files", default=None)
_SENT_ONLY_WHEN_CHOSEN = (forms.CheckboxInput, forms.Select, forms.RadioSelect, forms.CheckboxSelectMultiple)


@contextmanager
def carrying(sent: QueryDict, files: MultiValueDict[str, Any]) -> Iterator[None]:
    """Inside, unbound forms that `sent` belongs to begin with what stands in it, and with the files chosen."""
    tokens = _carried.set(sent), _files.set(files)
    try:
        yield
    finally:
        _carried.reset(tokens[0])
        _files.reset(tokens[1])


def carried() -> QueryDict | None:
    """What was written so far in the other language; None when nothing goes over."""
    return _carried.get()


def carried_files() -> MultiValueDict[str, Any]:
    """The files chosen so far in the other language."""
    return _files.get() or MultiValueDict()


class CarriedField(forms.BoundField):
    """A field that begins with what goes over, when the form it stands in is the one that was in progress."""

    @cached_property
    def initial(self) -> Any:
        sent = carried()
        if sent is None or self.form.is_bound or not is_the_one(self.form, sent):
            return self.form.get_initial_for_field(self.field, self.name)
        return self.field.widget.value_from_datadict(sent, {}, self.html_name)


class Renderer(TemplatesSetting):
    """Our templates, and fields that can begin with what goes over."""

    bound_field_class = CarriedField


def is_the_one(form: forms.BaseForm, sent: QueryDict) -> bool:
    """Whether every control that a browser always sends was sent; of a form without such, whether any was."""
    names = {form.add_prefix(name): field.widget for name, field in form.fields.items()}
    always = [
        name
        for name, widget in names.items()
        if not (widget.needs_multipart_form or isinstance(widget, _SENT_ONLY_WHEN_CHOSEN))
    ]
    if always:
        return all(name in sent for name in always)
    files = carried_files()
    return any(not widget.value_omitted_from_data(sent, files, name) for name, widget in names.items())
