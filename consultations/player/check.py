"""What the names and times of a scenario are held against, and what has been found wrong with it so far.

The second pass over a file, whose form has been judged, validates its parts again with this as pydantic's context.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache, reduce
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from pydantic import TypeAdapter, ValidationError

from consultations.player.parties import Directory, shipped_bodies
from consultations.player.shape import SAID_BEFORE, of_a_newer_version
from consultations.player.times import Almanac
from workflow.definitions import Definition, Problem
from workflow.definitions.faults import faults_in
from workflow.definitions.reading import Path, Reading, in_order
from workflow.states import Level, StageKindName

if TYPE_CHECKING:
    from consultations.player.scenario import ScenarioFile
    from consultations.player.times import MomentCount


class ScenarioRefused(Exception):
    """A scenario that cannot be played; `problems` says where and why, and what to do."""

    def __init__(self, problems: Collection[Problem]) -> None:
        self.problems = in_order(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ScenarioCheck:
    """A file, the names there are for its deeds, and what is wrong with it.

    at: the instant of the deed in question. turn: the party that does it, or for whom it is done ("" for none), and its
    place among them from 0; None while a deed is judged as it stands in the file. levels: by body, who within it
    decides, where that is not its council.
    """

    at: datetime
    directory: Directory
    levels: dict[str, Level]
    turn: tuple[str, int] | None = None

    def __init__(
        self, file: ScenarioFile, folder: FilePath, reading: Reading, definition: Definition, almanac: Almanac
    ) -> None:
        self.file: Final = file
        self.folder: Final = folder
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
        self._path: Path = ()

    @property
    def regions(self) -> set[str]:
        """Those of the country, and one that both the office and a body of the file's own are in."""
        own = {body.region or "" for body in self.file.bodies.values()} & {self.file.office.region}
        return {"", *own, *(body.region_code for body in shipped_bodies().values())}

    def say(self, path: Path, code: str, message: str, remedy: str) -> None:
        """Something is wrong there."""
        self.problems.append(self.reading.problem(path, code, message, remedy))

    def judged(self, kind: Any, *path: str | int) -> Any:
        """What stands there as its type has it once names and times mean something. None where nothing stands, or
        where something is wrong, which is then said."""
        self._path = path
        if (written := self._written()) is None:
            return None
        try:
            return _reader(kind).validate_python(written, context=self)
        except ValidationError as error:
            faults = [
                (where, details["ctx"]) for where, details in faults_in(error, written) if details["type"] == "fault"
            ]
            if not faults:
                raise
            for where, words in faults:
                if words["code"] != SAID_BEFORE:
                    self.say((*path, *where), words["code"], words["message"], words["remedy"])
            return None

    def _written(self) -> Any:
        """What is judged, as it is written."""
        return reduce(
            lambda data, key: data.get(key) if isinstance(data, dict) else data[key], self._path, self.reading.data
        )

    def since(self, version: int, name: str) -> None:
        """Refuses a word that the file's schema_version does not know yet and a later one knows."""
        if version > self.file.schema_version:
            raise of_a_newer_version(version, name)

    def is_day(self, name: str, written: object) -> bool:
        """Whether what is given for a parameter of the definition is a day, and no number or text."""
        parameter = self.definition.parameters.get(name)
        is_text = isinstance(written, str) and (parameter is None or parameter.type != "date")
        return not (isinstance(written, int) or is_text)

    def moment(self, written: str | MomentCount, before: datetime | None) -> datetime:
        """The instant that is meant, counted from `before`; tells where it comes twice that night."""
        at = self.almanac.moment(written, before)
        if self.turn is None and self.almanac.comes_twice(at) and not str(written).rstrip().endswith(("h", "m")):
            message = _("The clock is put back that night, so “%(value)s” comes twice.") % {"value": written}
            remedy = _("The first one is meant. For the second write “+1h” after it.")
            around = self._written()
            key = next((key for key in around if around[key] == written), "") if isinstance(around, dict) else ""
            self.notices.append(self.reading.problem((*self._path, key), "comes_twice", message, remedy))
        return at


_reader = cache(TypeAdapter)
