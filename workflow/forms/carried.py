"""A form in progress goes over to the same page in another language: its words are what the page's form begins with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.http import QueryDict
from django.utils.functional import cached_property

_carried: ContextVar[QueryDict | None] = ContextVar("carried", default=None)
_SENT_ONLY_WHEN_CHOSEN = (forms.CheckboxInput, forms.Select, forms.RadioSelect, forms.CheckboxSelectMultiple)


@contextmanager
def carrying(sent: QueryDict) -> Iterator[None]:
    """Inside, unbound forms that `sent` belongs to begin with what stands in it."""
    token = _carried.set(sent)
    try:
        yield
    finally:
        _carried.reset(token)


def carried() -> QueryDict | None:
    """What was written so far in the other language; None when nothing goes over."""
    return _carried.get()


class CarriedField(forms.BoundField):
    """A field that begins with what goes over, when the form it stands in is the one that was in progress."""

    @cached_property
    def initial(self) -> Any:
        sent = carried()
        if sent is None or self.form.is_bound or not _is_the_one(self.form, sent):
            return self.form.get_initial_for_field(self.field, self.name)
        return self.field.widget.value_from_datadict(sent, {}, self.html_name)


class Renderer(TemplatesSetting):
    """Our templates, and fields that can begin with what goes over."""

    bound_field_class = CarriedField


def _is_the_one(form: forms.BaseForm, sent: QueryDict) -> bool:
    """Whether every control that a browser always sends was sent; of a form without such, whether any was."""
    names = {form.add_prefix(name): field.widget for name, field in form.fields.items()}
    always = [
        name
        for name, widget in names.items()
        if not (widget.needs_multipart_form or isinstance(widget, _SENT_ONLY_WHEN_CHOSEN))
    ]
    return all(name in sent for name in always) if always else any(name in sent for name in names)
