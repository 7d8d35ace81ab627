"""What is wrong with a scenario, said with file, line and remedy. The two halves of the checker stand on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path as FilePath
from typing import Any

from django.utils.translation import gettext as _

from workflow.definitions import Problem
from workflow.definitions.faults import nearest
from workflow.definitions.reading import Path, Reading


class ScenarioRefused(Exception):
    """A scenario that cannot be played; `problems` says where and why, and what to do."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class Complaints:
    """A file that is being read, and the problems found in it so far."""

    def __init__(self, path: FilePath, reading: Reading, laid_on: date) -> None:
        self.path = path
        self.reading = reading
        self.laid_on = laid_on
        self.problems = list(reading.problems)
        self.data: dict[str, Any] = reading.data if isinstance(reading.data, dict) else {}
        self.version = self.data.get("schema_version")
        if not isinstance(reading.data, dict):
            self.say((), "wrong_type", _("A scenario is a mapping."), _("Copy a shipped scenario and change it."))

    def say(self, path: Path, code: str, message: str, remedy: str) -> None:
        problem = Problem(self.path.name, self.reading.line(path), code, message, remedy)
        if problem not in self.problems:
            self.problems.append(problem)

    def unknown(self, path: Path, code: str, message: str, word: object, known: Collection[str]) -> None:
        self.say(path, code, message % {"name": word}, nearest(word, known))

    def known_since(self, since: int, path: Path, name: str) -> None:
        """Say so where the file's schema_version does not know a word yet that a later one knows."""
        if since > (self.version or 0):
            self.say(
                path,
                "newer_version",
                _("“%(name)s” belongs to schema_version %(version)d.") % {"name": name, "version": since},
                _("Write schema_version: %(version)d at the head of the file.") % {"version": since},
            )

    def stop_at_problems(self) -> None:
        if self.problems:
            raise ScenarioRefused(sorted(self.problems, key=lambda p: (p.line, p.code, p.message)))

    def mapping(self, value: Any, path: Path, allowed: Collection[str], needed: Collection[str] = ()) -> dict[str, Any]:
        """The value as a mapping with none but the allowed keys and all the needed ones; says what is not so."""
        if not isinstance(value, dict):
            self.say(path, "wrong_type", _("This must be a mapping."), _("Write lines of the form key: value."))
            return {}
        for key in value:
            if key not in allowed:
                self.unknown((*path, key), "unknown_key", _("Unknown key “%(name)s”."), key, allowed)
        for key in needed:
            if value.get(key) in (None, ""):
                self.say(
                    path,
                    "missing_key",
                    _("“%(key)s” is missing.") % {"key": key},
                    _("Add the line “%(key)s: …”.") % {"key": key},
                )
        return value

    def entries(self, name: str, parent: Mapping[str, Any] | None = None, path: Path = ()) -> dict[str, Any]:
        """A section that maps names to anything; empty when it is left out."""
        value = (self.data if parent is None else parent).get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.say(
                (*path, name), "wrong_type", _("This must be a mapping."), _("Write lines of the form key: value.")
            )
            return {}
        return value
