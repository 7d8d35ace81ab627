"""From YAML text to plain data with the line of every key and item; `checking` and `parse` come in.

Only the plain part of YAML is taken: texts, numbers, yes and no, lists and mappings. Anchors, aliases, tags and a
second document are refused, so a file cannot grow in memory beyond its own size.
"""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

Path = tuple[str | int, ...]

_Say = Callable[[int, str, str, str], None]

# The one written in C reads eight times as fast; both take the same files and count the same lines.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

LARGEST = 100_000
"""Characters in the largest definition that is read. The shipped ones have under 12,000."""

CONTROL_REMEDY = gettext_noop("Save it as UTF-8 text and remove control characters.")

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

    def problem(self, path: Path, code: str, message: str, remedy: str) -> Problem:
        """What is wrong at a path, with the name of the file and the line."""
        return Problem(self.name, self.line(path), code, message, remedy)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """The problems in the order of their lines."""
    return sorted(problems, key=lambda problem: (problem.line, problem.code, problem.message))


def read(text: str, name: str) -> Reading:
    """The plain data of a YAML text. What cannot be read at all leaves `data` None and says why in `problems`."""
    reading = Reading(name)

    def problem(line: int, code: str, message: str, remedy: str) -> None:
        reading.problems.append(Problem(name, line, code, message, remedy))

    if len(text) > LARGEST:
        problem(1, "too_large", _("The file is too large to be a definition."), _("Keep it under 100,000 characters."))
        return reading
    try:
        _refuse_what_is_not_plain(text, problem)
        if reading.problems:
            return reading
        node = yaml.compose(text, Loader=_LOADER)
        if node is None:
            problem(1, "empty", _("The file is empty."), _("Copy a shipped definition and change it."))
            return reading
        reading.lines[()] = node.start_mark.line + 1
        reading.data = _plain(node, (), reading, problem)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        problem(line, "syntax", _("The file holds a character that YAML does not allow."), _(CONTROL_REMEDY))
    except yaml.MarkedYAMLError as error:
        _say_syntax(error, text, problem)
    return reading


def _say_syntax(error: yaml.MarkedYAMLError, text: str, problem: _Say) -> None:
    mark = error.problem_mark or error.context_mark
    number = mark.line if mark else 0
    line = text.splitlines()[number] if number < len(text.splitlines()) else ""
    indentation = line[: len(line) - len(line.lstrip())]
    if "\t" in indentation or (mark and line[mark.column : mark.column + 1] == "\t"):
        message = _("There is a tab in the indentation, where YAML takes blanks only.")
        problem(number + 1, "syntax", message, _("Replace each tab with two blanks."))
        return
    problem(
        number + 1,
        "syntax",
        _("This is not valid YAML: %(problem)s.") % {"problem": error.problem or error.context or "?"},
        _("Check indentation, colons and quotation marks at this line and the one above."),
    )


def _refuse_what_is_not_plain(text: str, problem: _Say) -> None:
    """One lazy pass over the marks of the file before anything is built; it ends where the file goes too deep."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                remedy = _("Keep one, and remove the line of dashes (---) and what follows it.")
                problem(line, "syntax", _("The file holds more than one document."), remedy)
                return
        elif isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            message = _("Anchors and aliases (%(name)s) are not used here.") % {"name": f"{sign}{event.anchor}"}
            problem(line, "alias", message, _("Write the content out where it belongs."))
        if tag := getattr(event, "tag", None):
            message = _("The tag %(tag)s is not used here.") % {"tag": tag.replace("tag:yaml.org,2002:", "!!")}
            problem(line, "wrong_type", message, _("Write plain text, a number, a list or a mapping."))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                remedy = _("A definition needs at most eight levels.")
                problem(line, "syntax", _("The file is nested too deeply."), remedy)
                return
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _plain(node: yaml.Node, path: Path, reading: Reading, problem: _Say) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, reading, problem)
    if isinstance(node, yaml.SequenceNode):
        items = []
        for index, child in enumerate(node.value):
            reading.lines[(*path, index)] = child.start_mark.line + 1
            items.append(_plain(child, (*path, index), reading, problem))
        return items
    return _scalar(node, problem)


def _mapping(node: yaml.MappingNode, path: Path, reading: Reading, problem: _Say) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            problem(line, "wrong_type", _("A key must be plain text."), _("Write one word and a colon."))
            continue
        # The text as written: YAML would turn the keys `on` and `no` into true and false.
        key = _characters(key_node, problem)
        if key in found:
            problem(
                line,
                "duplicate_key",
                _("The key “%(key)s” stands twice here.") % {"key": key},
                _("Keep one; the first is at line %(line)d.") % {"line": reading.line((*path, key))},
            )
            continue
        reading.lines[(*path, key)] = line
        found[key] = _plain(value_node, (*path, key), reading, problem)
    return found


def _scalar(node: yaml.Node, problem: _Say) -> Any:
    kind = node.tag.removeprefix("tag:yaml.org,2002:")
    value = _characters(node, problem)
    # 12:00 is a clock time to everyone but YAML 1.1, which reads 720.
    if kind == "int" and ":" not in value:
        try:
            return int(value.replace("_", ""), 10)
        except ValueError:
            return value
    if kind == "bool":
        return value.lower() in ("yes", "true", "on")
    return None if kind == "null" else value


def _characters(node: yaml.Node, problem: _Say) -> str:
    """The text as written. An escape ("\\0") may spell a character that no database keeps."""
    value: str = node.value
    if not any(unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t" for letter in value):
        return value
    line = node.start_mark.line + 1
    problem(line, "bad_character", _("There is a control character in the text."), _(CONTROL_REMEDY))
    return "?"
