"""What the deeds of a scenario may name and when they may happen, and what has been found wrong with the file so far.

The second pass over a file, whose form has been judged, asks here; each problem is said with its line.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from consultations.player.parties import Directory, shipped_bodies
from consultations.player.times import Almanac, BadTime
from workflow.deadlines import instant
from workflow.definitions import Definition, Problem
from workflow.definitions.faults import nearest
from workflow.definitions.reading import Path, Reading
from workflow.states import StageKindName

if TYPE_CHECKING:
    from consultations.player.file import ScenarioFile
    from consultations.player.written import Day, Moment, Parties


class ScenarioRefused(Exception):
    """A scenario that cannot be played; `problems` says where and why, and what to do."""

    def __init__(self, problems: Collection[Problem]) -> None:
        self.problems = sorted(set(problems), key=lambda problem: (problem.line, problem.code, problem.message))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Known:
    """A file, the names there are for its deeds, and what is wrong with it. at: the instant of the deed in question."""

    at: datetime
    directory: Directory

    def __init__(self, file: ScenarioFile, reading: Reading, definition: Definition, almanac: Almanac) -> None:
        self.file: Final = file
        self.reading: Final = reading
        self.definition: Final = definition
        self.almanac: Final = almanac
        self.officers: Final = file.actors.officers
        self.people: Final = file.actors.people
        self.deadlines: Final = set(definition.deadline_rules)
        rounds = {stage.key for stage in definition.stages if stage.kind == StageKindName.CONSULTATION}
        self.rounds: Final = rounds - self.deadlines
        """The stages whose day is that of a round: the definition names none, the officer sets it at launch."""
        self.deadlines_and_rounds: Final = self.deadlines | rounds
        self.public_names: Final = {"path", "dates", "letter", *file.documents, *definition.texts, *definition.by_key}
        """What a scenario calls what can be made public (`Candidate.name` and `line`)."""
        self.problems: Final[list[Problem]] = []
        self.notices: Final[list[Problem]] = []

    @property
    def regions(self) -> set[str]:
        """Those of the country, and one that both the office and a body of the file's own are in."""
        own = {body.region or "" for body in self.file.bodies.values()} & {self.file.office.region}
        return {"", *own, *(body.region_code for body in shipped_bodies().values())}

    def line(self, path: Path) -> int:
        """Where in the file that is."""
        return self.reading.line(path)

    def say(self, path: Path, code: str, message: str, remedy: str) -> None:
        """Something is wrong there."""
        self.problems.append(Problem(self.reading.name, self.line(path), code, message, remedy))

    def unknown(self, path: Path, code: str, sentence: str | Promise, word: object, names: Collection[str]) -> None:
        """A word there is none that is known."""
        self.say(path, code, sentence % {"name": word}, nearest(word, names))

    def since(self, version: int, path: Path, name: str) -> None:
        """Say so where the file's schema_version does not know a word yet that a later one knows."""
        if version > self.file.schema_version:
            words = {"name": name, "version": version}
            message = _("“%(name)s” belongs to schema_version %(version)d.") % words
            remedy = _("Write schema_version: %(version)d at the head of the file.") % words
            self.say(path, "newer_version", message, remedy)

    def parties(self, written: Parties, path: Path) -> tuple[str, ...]:
        """The bodies an expression names, in order and each once."""
        return self.directory.read(written, path, self)

    def day(self, written: Day, path: Path, *, own: date | None = None) -> date | None:
        """The day that is meant, counted from `own` or else from the deed's; says why it is none."""
        try:
            return self.almanac.day(written, own or self.almanac.local_day(self.at))
        except BadTime as bad:
            self.bad_time(written, path, bad)
            return None

    def moment(self, written: Moment, path: Path, *, before: datetime | None) -> datetime | None:
        """The instant that is meant, counted from `before`; says why it is none, and that it comes twice."""
        try:
            at = self.almanac.moment(written, before)
        except BadTime as bad:
            self.bad_time(written, path, bad)
            return None
        if self.almanac.comes_twice(at) and not str(written).rstrip().endswith(("h", "m")):
            message = _("The clock is put back that night, so “%(value)s” comes twice.") % {"value": written}
            remedy = _("The first one is meant. For the second write “+1h” after it.")
            self.notices.append(Problem(self.reading.name, self.line(path), "comes_twice", message, remedy))
        return at

    def must_be_ahead(self, written: Day, clock: time | None, path: Path) -> None:
        """A deadline that is over when it is set can never be met. Without a clock time it lasts that day."""
        on = self.day(written, path)
        if on is not None and instant(on, clock or time(23, 59), self.almanac.zone) <= self.at:
            message = _("The deadline “%(value)s” has passed when the deed is done.") % {"value": written}
            self.say(path, "deadline_in_past", message, _("Write a later day, or let the deed be done earlier."))

    def bad_time(self, written: object, path: Path, bad: BadTime) -> None:
        """A time there cannot be; `bad` says what to write."""
        self.say(path, "bad_date", _("“%(value)s” cannot be used here.") % {"value": written}, str(bad))
