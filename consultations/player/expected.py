"""What a scenario expects of the played process: read from the file, later held against what came out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from consultations.player.catalogue import COUNTS, EXPECTED
from consultations.player.complaints import Complaints
from consultations.player.parties import Directory
from consultations.player.scenario import Expectation
from consultations.player.times import Almanac, BadTime
from consultations.player.values import hearing_stages
from consultations.states import InvitationState
from notifications.kinds import kinds
from workflow.definitions import Definition
from workflow.definitions.reading import Path
from workflow.states import Outcome, ProcessState, RequestState, StageState

STAGE_KEYS = ("state", "attempt", "opened_on", "closed_on")
PACKAGE_KEYS = ("exists", "files")
AUDIT_KEYS = ("verified", "entries")
PARTY_STATES = sorted({*map(str, InvitationState), *map(str, RequestState)})
MINUTE = "%Y-%m-%d %H:%M"
"""How a deadline is written: local day and clock time."""


def expectations(
    value: Any, path: Path, definition: Definition, almanac: Almanac, directory: Directory, complaints: Complaints
) -> tuple[Expectation, ...]:
    """Every single expectation under `path`, with its line; says what cannot be expected."""
    if not isinstance(value, dict) or not value:
        remedy = _("Write state, stages, counts, package or audit.")
        complaints.say(path, "empty", _("Nothing is expected here."), remedy)
        return ()
    return tuple(_Reader(path, definition, almanac, directory, complaints).all(value))


class _Reader:
    def __init__(
        self, path: Path, definition: Definition, almanac: Almanac, directory: Directory, complaints: Complaints
    ) -> None:
        self.path, self.definition, self.almanac, self.directory = path, definition, almanac, directory
        self.line, self.say, self.unknown = complaints.reading.line, complaints.say, complaints.unknown
        self.known_since = complaints.known_since

    def all(self, value: dict[str, Any]) -> Iterator[Expectation]:
        for name, wanted in value.items():
            if name not in EXPECTED:
                self.unknown((*self.path, name), "unknown_key", _("Unknown key “%(name)s”."), name, EXPECTED)
                continue
            self.known_since(EXPECTED[name], (*self.path, name), name)
            if name == "state":
                yield self._one(("state",), self._known(wanted, ProcessState.values, ("state",)))
            else:
                yield from getattr(self, f"_{name}")(self._mapping(wanted, (name,)))

    def _one(self, where: tuple[str, ...], wanted: Any) -> Expectation:
        return Expectation(self.line((*self.path, *where)), where, wanted)

    def _mapping(self, value: Any, where: tuple[str, ...]) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        self.say(
            (*self.path, *where),
            "wrong_type",
            _("This must be a mapping."),
            _("Write lines of the form key: value."),
        )
        return {}

    def _known(self, value: Any, known: Any, where: tuple[str, ...]) -> Any:
        if value not in known:
            self.unknown((*self.path, *where), "unknown_value", _("“%(name)s” is unknown here."), value, list(known))
        return value

    def _stages(self, value: dict[str, Any]) -> Iterator[Expectation]:
        for key, wanted in value.items():
            where = ("stages", key)
            self._known(key, self.definition.by_key, where)
            entry = wanted if isinstance(wanted, dict) else {"state": wanted}
            for name, one in entry.items():
                inner = (*where, name)
                self._known(name, STAGE_KEYS, inner)
                if name == "state":
                    self._known(one, StageState.values, inner)
                elif name == "attempt":
                    one = self._number(one, inner)
                elif name in STAGE_KEYS:
                    one = self._day(one, inner)
                yield self._one(inner, one)

    def _counts(self, value: dict[str, Any]) -> Iterator[Expectation]:
        for name, wanted in value.items():
            where = ("counts", name)
            if name not in COUNTS:
                self._known(name, COUNTS, where)
            elif name in ("decisions", "mails"):
                known = Outcome.values if name == "decisions" else [kind.key for kind in kinds()]
                for inner, number in self._mapping(wanted, where).items():
                    self._known(inner, known, (*where, inner))
                    yield self._one((*where, inner), self._number(number, (*where, inner)))
            else:
                yield self._one(where, self._number(wanted, where))

    def _package(self, value: dict[str, Any]) -> Iterator[Expectation]:
        for name, wanted in value.items():
            where = ("package", name)
            self._known(name, PACKAGE_KEYS, where)
            yield self._one(where, wanted if name == "exists" else self._number(wanted, where))

    def _audit(self, value: dict[str, Any]) -> Iterator[Expectation]:
        for name, wanted in value.items():
            where = ("audit", name)
            self._known(name, AUDIT_KEYS, where)
            yield self._one(where, wanted if name == "verified" else self._number(wanted, where))

    def _deadlines(self, value: dict[str, Any]) -> Iterator[Expectation]:
        """Stage or deadline → the local day and clock time that hold now."""
        known = [*self.definition.deadline_rules, *hearing_stages(self.definition)]
        for name, wanted in value.items():
            where = ("deadlines", name)
            self._known(name, known, where)
            try:
                at = self.almanac.moment(wanted, None)
                wanted = at.astimezone(self.almanac.zone).strftime(MINUTE)
            except BadTime as bad:
                text = _("“%(value)s” is no time.") % {"value": wanted}
                self.say((*self.path, *where), "bad_date", text, str(bad))
            yield self._one(where, wanted)

    def _parties(self, value: dict[str, Any]) -> Iterator[Expectation]:
        """Party → the state of what it was asked last, a hearing or a decision."""
        for name, wanted in value.items():
            where = ("parties", name)
            self._known(name, self.directory.bodies, where)
            yield self._one(where, self._known(wanted, PARTY_STATES, where))

    def _decisions(self, value: dict[str, Any]) -> Iterator[Expectation]:
        """Stage → outcome → how many decisions on its attempt that counts are valid."""
        for key, outcomes in value.items():
            where = ("decisions", key)
            self._known(key, self.definition.by_key, where)
            for name, number in self._mapping(outcomes, where).items():
                inner = (*where, name)
                self._known(name, Outcome.values, inner)
                yield self._one(inner, self._number(number, inner))

    def _number(self, value: Any, where: tuple[str, ...]) -> Any:
        if isinstance(value, dict):
            limits = set(value)
            if limits and limits <= {"at_least", "at_most"} and all(isinstance(one, int) for one in value.values()):
                return value
        elif isinstance(value, int) and not isinstance(value, bool):
            return value
        self.say(
            (*self.path, *where),
            "wrong_type",
            _("This must be a whole number."),
            _("Write a number, {at_least: n} or {at_most: n}."),
        )
        return 0

    def _day(self, value: Any, where: tuple[str, ...]) -> date | None:
        try:
            return self.almanac.day(value, self.almanac.laid_on)
        except BadTime as bad:
            self.say((*self.path, *where), "bad_date", _("“%(value)s” is no day.") % {"value": value}, str(bad))
            return None


def unmet(expectation: Expectation, facts: Mapping[str, Any], almanac_day: Callable[[datetime], date]) -> Any:
    """What there is instead, or `MET`. facts: the object of the report, with `stages` by key."""
    found: Any = facts
    for name in expectation.path:
        if expectation.path[0] == "stages" and name in ("opened_on", "closed_on"):
            at = found.get(name.replace("_on", "_at")) if found else None
            found = almanac_day(datetime.fromisoformat(at)) if at else None
        else:
            found = found.get(name) if isinstance(found, Mapping) else None
    wanted = expectation.wanted
    if isinstance(wanted, Mapping):
        number = found or 0
        fits = wanted.get("at_least", number) <= number <= wanted.get("at_most", number)
        return MET if fits else number
    if isinstance(wanted, int) and not isinstance(wanted, bool):
        found = found or 0
    return MET if found == wanted else found


MET = object()
