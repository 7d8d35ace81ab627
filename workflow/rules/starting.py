"""What must be given for a process to start: the parameters of its definition, and a body for every part in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from workflow.dates import YEARS
from workflow.definitions import Definition, Parameter, Standing
from workflow.rules.attainable import why_unattainable
from workflow.rules.refusals import Refusal, Refused


def given_parameters(definition: Definition, parameters: Mapping[str, object]) -> dict[str, str | int]:
    """The parameters as they are kept (dates as ISO days), defaults filled in.

    Refuses a name the definition does not know, a value of the wrong type, and a required one left out.
    """
    for name in parameters:
        if name not in definition.parameters:
            raise Refused(
                Refusal("parameter_unknown", _("The definition has no parameter “%(name)s”.") % {"name": name})
            )
    values: dict[str, str | int] = {}
    for name, parameter in definition.parameters.items():
        value = parameters.get(name)
        if value is None or value == "":
            value = parameter.default
        if value is None:
            if parameter.required:
                text = _("“%(title)s” (%(name)s) must be given.") % {"title": parameter.title, "name": name}
                raise Refused(Refusal("parameter_missing", text))
            continue
        values[name] = typed_value(parameter, value)
    return values


def typed_value(parameter: Parameter, value: object) -> str | int:
    """One value in the form it is kept in. Refuses what does not fit the parameter's type."""
    if parameter.type == "date":
        try:
            day = value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError:
            raise _wrong(parameter, _("a day, written as 2019-06-30")) from None
        # To Python a moment is a day too; which one it is would depend on the zone.
        if isinstance(day, datetime):
            raise _wrong(parameter, _("a day, written as 2019-06-30"))
        if day.year not in YEARS:
            raise _wrong(
                parameter, _("a day from %(first)d to %(last)d") % {"first": YEARS.start, "last": YEARS.stop - 1}
            )
        return day.isoformat()
    if parameter.type == "integer":
        # To Python True is the number 1.
        if isinstance(value, bool):
            raise _wrong(parameter, _("a whole number"))
        try:
            return int(str(value))
        except ValueError:
            raise _wrong(parameter, _("a whole number")) from None
    if not isinstance(value, str):
        raise _wrong(parameter, _("a text"))
    return value


def _wrong(parameter: Parameter, expectation: str) -> Refused:
    text = _("“%(title)s” (%(name)s) must be %(wanted)s.") % {
        "title": parameter.title,
        "name": parameter.key,
        "wanted": expectation,
    }
    return Refused(Refusal("parameter_wrong_type", text))


def may_fill(definition: Definition, name: str, count: int) -> Refusal | None:
    """A list needs at least one body, a role exactly one; the refusal names the list or role."""
    title = definition.title_of_role(name)
    words = {"title": title, "name": name}
    if count == 0:
        return Refusal(
            "no_body",
            _("There is no body for “%(title)s” (%(name)s). Choose one, or add it to the office's bodies.") % words,
        )
    if name in definition.bodies and count > 1:
        return Refusal(
            "several_bodies",
            _("Several bodies could be “%(title)s” (%(name)s). Choose the one that takes part.") % words,
        )
    return None


def must_know_names(definition: Definition, names: Sequence[str]) -> Refusal | None:
    """Bodies are given by the names of the definition's lists and roles."""
    for name in names:
        if name not in definition.lists and name not in definition.bodies:
            known_names = ", ".join([*definition.bodies, *definition.lists])
            return Refusal(
                "list_unknown",
                _("The definition has no list or body “%(name)s”. It has: %(known)s.")
                % {"name": name, "known": known_names},
            )
    return None


def may_come_to_approval(definition: Definition, kinds: Mapping[str, Sequence[str]]) -> Refusal | None:
    """Every approval can be reached with the bodies chosen. `kinds`: those of the bodies that fill each list."""
    for stage in definition.stages:
        if stage.approval is None:
            continue
        parties = [Standing(kind, None) for kind in kinds[stage.approval.list]]
        if reason := why_unattainable(stage.approval, parties):
            words = {"stage": stage.title, "reason": reason, "list": definition.lists[stage.approval.list].title}
            text = _("“%(stage)s” could never be completed. %(reason)s Choose other bodies for “%(list)s”.") % words
            return Refusal("approval_unreachable", text)
    return None
