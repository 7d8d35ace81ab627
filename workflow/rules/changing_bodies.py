"""When a body is put on the list, renamed, or ended; who takes its place. Days are local days of the office."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from workflow.dates import short_date
from workflow.rules.names import folded_name
from workflow.rules.offices import must_have_name
from workflow.rules.refusals import Refusal

if TYPE_CHECKING:
    from workflow.models import Body


def may_be_named(name: str, others: Collection[Body]) -> Refusal | None:
    """A body has a name that no other body bears which exists. others: those that do."""
    if refusal := must_have_name(name):
        return refusal
    same = next((body for body in others if folded_name(body.name) == folded_name(name)), None)
    if same is None:
        return None
    text = _(
        "There is a body called {name} already ({kind}). Use that one, or give this one a name to tell them apart."
    )
    return Refusal("body_exists", format_lazy(text, name=same.name, kind=same.get_kind_display()))


def may_end(body: Body, last_on: date | None, successor: Body | None) -> Refusal | None:
    """A body ends on a day of its own time; another takes its place that is there the day after, and no circle is made.

    last_on: the last local day on which it decides, None where it goes on. successor: who decides from the day after,
    None for nobody.
    """
    if last_on is None:
        text = _("A body that goes on is followed by nobody. Give a last day, or choose nobody.")
        return Refusal("successor_without_day", text) if successor is not None else None
    if body.valid_from is not None and last_on < body.valid_from:
        text = _("{body} begins on {day}; its last day cannot lie before that.")
        return Refusal("body_ends_before_it_begins", format_lazy(text, body=body.name, day=short_date(body.valid_from)))
    if successor is None:
        return None
    if body in _line_of(successor):
        text = _("{successor} has itself been followed by {body}. Choose another body, or none.")
        return Refusal("successor_circle", format_lazy(text, successor=successor.name, body=body.name))
    if successor.valid_from is not None and successor.valid_from > last_on + timedelta(days=1):
        text = _("{successor} does not exist until {day}. Choose a body that is there the day after the last one.")
        words = {"successor": successor.name, "day": short_date(successor.valid_from)}
        return Refusal("successor_to_come", format_lazy(text, **words))
    if successor.valid_to is not None and successor.valid_to <= last_on:
        text = _("{successor} has itself ended by then ({day}). Choose the body that takes its place.")
        words = {"successor": successor.name, "day": short_date(successor.valid_to)}
        return Refusal("successor_gone", format_lazy(text, **words))
    return None


def _line_of(body: Body) -> list[Body]:
    """A body and those who took its place, one after the other."""
    line = [body]
    while line[-1].successor is not None and line[-1].successor not in line:
        line.append(line[-1].successor)
    return line
