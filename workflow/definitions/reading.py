"""From YAML text to plain data with the line of every key and item; `checking` and `parse` come in.

Only the plain part of YAML is taken: texts, numbers, yes and no, lists and mappings. Anchors, aliases, tags and a
second document are refused, so a file cannot grow in memory beyond its own size.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Path = tuple[str | int, ...]

# The one written in C reads eight times as fast; both take the same files and count the same lines.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters but tab and the ends of lines, and halves of characters."""

LARGEST = 100_000
"""Characters in the largest definition that is read. The shipped ones have under 12,000."""

CONTROL_REMEDY = gettext_lazy("Save it as UTF-8 text and remove control characters.")

DEEPEST = 30
"""Levels of lists and mappings that are read."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a definition: where it is, what it is, and what to do about it."""

    file: str
    line: int
    code: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message} {self.remedy}"


@dataclass
class Reading:
    """What a file is called, its data, the line of every path in it (1 is the first), and what was wrong on the way."""

    name: str
    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of that path, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def say(self, line: int, code: str, message: str, remedy: str) -> None:
        """Notes what is wrong at a line."""
        self.problems.append(Problem(self.name, line, code, message, remedy))

    def problem(self, path: Path, code: str, message: str, remedy: str) -> Problem:
        """What is wrong at a path, with the name of the file and the line."""
        return Problem(self.name, self.line(path), code, message, remedy)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """The problems in the order of their lines."""
    return sorted(problems, key=lambda problem: (problem.line, problem.code, problem.message))


def read(text: str, name: str) -> Reading:
    """The plain data of a YAML text. What cannot be read at all leaves `data` None and says why in `problems`."""
    reading = Reading(name)
    if len(text) > LARGEST:
        reading.say(1, "too_large", _("The file is too large to be read."), _("Keep it under 100,000 characters."))
        return reading
    try:
        reading.data = _Document(text, reading).data()
        if reading.data is None and not reading.problems:
            reading.say(1, "empty", _("The file is empty."), _("Copy a shipped file and change it."))
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        reading.say(line, "syntax", _("The file holds a character that YAML does not allow."), str(CONTROL_REMEDY))
    except yaml.MarkedYAMLError as error:
        _say_syntax(error, text, reading)
    except _CannotGoOnError:
        reading.data = None
    return reading


def _say_syntax(error: yaml.MarkedYAMLError, text: str, reading: Reading) -> None:
    mark = error.problem_mark or error.context_mark
    number = mark.line if mark else 0
    line = text.splitlines()[number] if number < len(text.splitlines()) else ""
    indentation = line[: len(line) - len(line.lstrip())]
    if "\t" in indentation or (mark and line[mark.column : mark.column + 1] == "\t"):
        message = _("There is a tab in the indentation, where YAML takes blanks only.")
        reading.say(number + 1, "syntax", message, _("Replace each tab with two blanks."))
        return
    reading.say(
        number + 1,
        "syntax",
        _("This is not valid YAML: %(problem)s.") % {"problem": error.problem or error.context or "?"},
        _("Check indentation, colons and quotation marks at this line and the one above."),
    )


class _CannotGoOnError(Exception):
    """What was just said makes the rest of the file unreadable."""


class _Document:
    """The one document of a file, read event by event, so that nothing is built that is not plain data."""

    def __init__(self, text: str, reading: Reading) -> None:
        self.events = yaml.parse(text, Loader=_LOADER)
        self.resolver = yaml.resolver.Resolver()
        self.reading = reading
        self.has_aliases = False

    def data(self) -> Any:
        """The data; None when there is none, or when a part of it only stands elsewhere."""
        data = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    remedy = _("Keep one, and remove the line of dashes (---) and what follows it.")
                    self.say(event, "syntax", _("The file holds more than one document."), remedy)
                    break
            elif isinstance(event, yaml.NodeEvent):
                self.reading.lines[()] = _line(event)
                data = self.value(event, ())
        return None if self.has_aliases else data

    def value(self, event: Any, path: Path) -> Any:
        """What begins with this event, at that path."""
        if event.anchor is not None:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            message = _("Anchors and aliases (%(name)s) are not used here.") % {"name": f"{sign}{event.anchor}"}
            self.say(event, "alias", message, _("Write the content out where it belongs."))
        if isinstance(event, yaml.AliasEvent):
            self.has_aliases = True
            return None
        if event.tag is not None:
            words = {"tag": event.tag.replace("tag:yaml.org,2002:", "!!")}
            remedy = _("Write plain text, a number, a list or a mapping.")
            self.say(event, "wrong_type", _("The tag %(tag)s is not used here.") % words, remedy)
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event)
        if len(path) >= DEEPEST:
            self.say(event, "syntax", _("The file is nested too deeply."), _("Eight levels are enough for any file."))
            raise _CannotGoOnError
        return self.items(path) if isinstance(event, yaml.SequenceStartEvent) else self.mapping(path)

    def items(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            here = (*path, len(items))
            self.reading.lines[here] = _line(event)
            items.append(self.value(event, here))
        return items

    def mapping(self, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            # The text as written: YAML would turn the keys `on` and `no` into true and false.
            key = self.characters(event) if isinstance(event, yaml.ScalarEvent) else None
            here = (*path, key or "")
            is_new = key is not None and key not in values
            if key is None:
                self.say(event, "wrong_type", _("A key must be plain text."), _("Write one word and a colon."))
                self.value(event, (*path, ""))
            elif key in values:
                message = _("The key “%(key)s” stands twice here.") % {"key": key}
                remedy = _("Keep one; the first is at line %(line)d.") % {"line": self.reading.line(here)}
                self.say(event, "duplicate_key", message, remedy)
            else:
                self.reading.lines[here] = _line(event)
            value = self.value(next(self.events), here if is_new else (*path, ""))
            if key is not None:
                values.setdefault(key, value)
        return values

    def scalar(self, event: Any) -> Any:
        value = self.characters(event)
        kind = self.resolver.resolve(yaml.ScalarNode, value, event.implicit).removeprefix("tag:yaml.org,2002:")
        # 12:00 is a clock time to everyone but YAML 1.1, which reads 720.
        if kind == "int" and ":" not in value:
            try:
                return int(value.replace("_", ""), 10)
            except ValueError:
                return value
        if kind == "bool":
            return value.lower() in ("yes", "true", "on")
        return None if kind == "null" else value

    def characters(self, event: Any) -> str:
        """The text as written. An escape ("\\0") may spell a character that no database keeps."""
        value: str = event.value
        if _CONTROL.search(value) is None:
            return value
        self.say(event, "bad_character", _("There is a control character in the text."), str(CONTROL_REMEDY))
        return "?"

    def say(self, event: Any, code: str, message: str, remedy: str) -> None:
        self.reading.say(_line(event), code, message, remedy)


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
