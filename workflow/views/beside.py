"""A form that writes over what is stored: what it was shown with, and what a colleague has saved since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest

from workflow.forms.language_switch import carried
from workflow.rules.seen import digest_of_fields


def beside(form: forms.Form, stored: Mapping[str, object], request: HttpRequest, name: str = "seen") -> dict[str, Any]:
    """By what such a form tells later what it was shown with, and what is stored now where that differs from what was
    sent. stored: what stands in the fields that are written over. name: of the hidden field that says what was seen."""
    now_stored = digest_of_fields(stored)
    going_over = carried()
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


def _sent(form: forms.Form, field: str) -> str:
    return str(form.data.get(form.add_prefix(field), "")).replace("\r\n", "\n").strip()


def _stored(form: forms.Form, field: str, value: object) -> str:
    """What is stored as the field's control would send it: a day is written as people write it."""
    shown = form.fields[field].widget.format_value(form.fields[field].prepare_value(value))
    return str((shown[0] if isinstance(shown, list) else shown) or "").strip()


def _shown(form: forms.Form, field: str, value: object) -> str:
    choices = dict(getattr(form.fields[field], "choices", ()))
    return str(choices.get(value, "")) or _stored(form, field, value)
