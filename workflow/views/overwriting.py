"""A form that writes over what is stored: what it was shown with, and what a colleague has saved since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _

from workflow.forms.language_switch import words_going_over
from workflow.rules.overwriting import digest_of_fields


@dataclass(frozen=True, slots=True)
class WrittenOver:
    """What a form writes over. row: where it is stored; fields: field of the form → field of the row; also: further
    fields of the row that the page shows."""

    row: Model
    fields: Mapping[str, str]
    also: tuple[str, ...] = ()

    def stored(self) -> dict[str, Any]:
        """What stands in the fields now; the form begins with it."""
        return {name: getattr(self.row, field) for name, field in self.fields.items()}

    def seen_in(self, request: HttpRequest) -> str:
        """What the form says it was shown with."""
        return seen_in(request, self.fields)

    def seen_and_theirs(self, form: forms.Form, request: HttpRequest) -> dict[str, Any]:
        """What the page shows of it: see the function `seen_and_theirs`."""
        return seen_and_theirs(form, self.stored(), request)

    def read_again(self) -> None:
        """Read what a colleague has saved since."""
        self.row.refresh_from_db(fields=[*self.fields.values(), *self.also])


def seen_and_theirs(
    form: forms.Form, stored: Mapping[str, object], request: HttpRequest, name: str = "seen"
) -> dict[str, Any]:
    """By what such a form tells later what it was shown with, and what is stored now where that differs from what was
    sent. stored: what stands in the fields that are written over. name: of the hidden field that says what was seen."""
    now_stored = digest_of_fields(stored)
    going_over = words_going_over()
    is_other = form.is_bound and request.POST.get(name, "") != now_stored
    theirs = [
        {"label": form.fields[field].label, "text": _shown(form, field, value)}
        for field, value in stored.items()
        if is_other and _sent(form, field) != _stored(form, field, value)
    ]
    return {
        "hidden": going_over.get(name, "") if going_over else now_stored,
        "hidden_name": name,
        "theirs": theirs,
    }


def seen_in(request: HttpRequest, fields: Iterable[str], name: str = "seen") -> str:
    """What such a form says it was shown with; one that says nothing has seen these fields empty."""
    return request.POST.get(name) or digest_of_fields(dict.fromkeys(fields, ""))


def _is_tick(form: forms.Form, field: str) -> bool:
    return isinstance(form.fields[field].widget, forms.CheckboxInput)


def _sent(form: forms.Form, field: str) -> str:
    if _is_tick(form, field):
        return str(form.add_prefix(field) in form.data)
    return str(form.data.get(form.add_prefix(field), "")).replace("\r\n", "\n").strip()


def _stored(form: forms.Form, field: str, value: object) -> str:
    """What is stored as the field's control would send it: a day is written as people write it."""
    if _is_tick(form, field):
        return str(bool(value))
    shown = form.fields[field].widget.format_value(form.fields[field].prepare_value(value))
    return str((shown[0] if isinstance(shown, list) else shown) or "").strip()


def _shown(form: forms.Form, field: str, value: object) -> str:
    if _is_tick(form, field):
        return _("Yes") if value else _("No")
    choices = dict(getattr(form.fields[field], "choices", ()))
    return str(choices.get(value, "")) or _stored(form, field, value)
