"""The values of a deed's keys, each read as the catalogue says it is written. The checker comes in; no database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from consultations.player.catalogue import Key
from consultations.player.complaints import Complaints
from consultations.player.parties import Directory
from consultations.player.scenario import DocumentText
from consultations.player.times import Almanac, BadTime, clock_of
from workflow.definitions import Definition
from workflow.definitions.reading import Path
from workflow.states import StageKindName

FILE_TYPES = ("pdf", "docx", "txt")


def hearing_stages(definition: Definition) -> frozenset[str]:
    """The stages whose day is that of a round: the definition names none, the officer sets it at launch."""
    rounds = {stage.key for stage in definition.stages if stage.kind == StageKindName.CONSULTATION}
    return frozenset(rounds - set(definition.deadline_rules))


class Values:
    """Reads one value at a time; says what is wrong and gives a harmless value back."""

    def __init__(
        self,
        complaints: Complaints,
        almanac: Almanac,
        definition: Definition,
        directory: Directory,
        texts: Mapping[str, tuple[str, ...]],
        documents: Mapping[str, DocumentText],
    ) -> None:
        self.say, self.unknown, self.known_since = complaints.say, complaints.unknown, complaints.known_since
        self.almanac, self.definition, self.directory = almanac, definition, directory
        self.texts, self.documents = texts, documents

    def read(self, key: Key, value: Any, path: Path, at: datetime, row: Mapping[str, Any]) -> Any:
        """The value under `key` of a deed done at `at`; `row` is the whole deed as written."""
        try:
            return getattr(self, f"_{key.kind.value}")(key, value, path, at, row)
        except BadTime as bad:
            self.say(path, "bad_date", _("“%(value)s” is no time.") % {"value": value}, str(bad))
            return None

    def _wrong(self, path: Path, wanted: str) -> None:
        self.say(path, "wrong_type", _("This has the wrong type of value."), wanted)

    def _text(self, key: Key, value: Any, path: Path, at: datetime, row: Mapping[str, Any]) -> Any:
        if isinstance(value, dict):
            name = value.get("from")
            if set(value) != {"from"} or name not in self.texts:
                self.unknown(path, "unknown_text", _("There is no text “%(name)s”."), name, self.texts)
                return ""
            return {"from": str(name)}
        if isinstance(value, list):
            self._wrong(path, _("Write a text, or {from: the name of one under texts}."))
            return ""
        return str(value)

    def _words(self, key: Key, value: Any, path: Path, at: datetime, row: Mapping[str, Any]) -> str:
        if isinstance(value, dict | list):
            self._wrong(path, _("Write a short text."))
            return ""
        return str(value)

    def _day(self, key: Key, value: Any, path: Path, at: datetime, row: Mapping[str, Any]) -> date:
        return self.almanac.day(value, self.almanac.local_day(at))

    def _clock(self, key: Key, value: Any, path: Path, at: datetime, row: Mapping[str, Any]) -> Any:
        return clock_of(value)

    def _moment(self, key: Key, value: Any, path: Path, at: datetime, row: Mapping[str, Any]) -> datetime:
        return self.almanac.moment(value, at)

    def _number(self, key: Key, value: Any, path: Path, at: datetime, row: Mapping[str, Any]) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            self._wrong(path, _("Write a whole number."))
            return 0
        return value

    def _flag(self, key: Key, value: Any, path: Path, at: datetime, row: Mapping[str, Any]) -> bool:
        if not isinstance(value, bool):
            self._wrong(path, _("Write true or false."))
        return bool(value)

    def _choice(self, key: Key, value: Any, path: Path, at: datetime, row: Mapping[str, Any]) -> str:
        if str(value) not in key.choices:
            self.unknown(path, "unknown_value", _("“%(name)s” is unknown here."), value, key.choices)
        return str(value)

    def _stage(self, key: Key, value: Any, path: Path, at: datetime, row: Mapping[str, Any]) -> str:
        if value not in self.definition.by_key:
            self.unknown(
                path, "unknown_stage", _("The definition has no stage “%(name)s”."), value, self.definition.by_key
            )
        return str(value)

    def _documents(self, key: Key, value: Any, path: Path, at: datetime, row: Mapping[str, Any]) -> tuple[str, ...]:
        names = value if isinstance(value, list) else [value]
        for place, name in enumerate(names):
            if name not in self.documents:
                where = (*path, place) if isinstance(value, list) else path
                self.unknown(where, "unknown_document", _("There is no document “%(name)s”."), name, self.documents)
        return tuple(str(name) for name in names)

    def _deadline(self, key: Key, value: Any, path: Path, at: datetime, row: Mapping[str, Any]) -> str:
        rules = self.definition.deadline_rules
        if value not in rules:
            self.unknown(path, "unknown_deadline", _("The definition has no deadline “%(name)s”."), value, rules)
        return str(value)

    def _deadline_days(self, key: Key, value: Any, path: Path, at: datetime, row: Mapping[str, Any]) -> Any:
        if not isinstance(value, dict):
            self._wrong(path, _("Write lines of the form deadline: day."))
            return {}
        found = {}
        for name, day in value.items():
            where = (*path, name)
            if name in hearing_stages(self.definition):
                self.known_since(2, where, str(name))
                found[str(name)] = self._day(key, day, where, at, row)
            else:
                found[self._deadline(key, name, where, at, row)] = self._day(key, day, where, at, row)
        return found

    def _parameter(self, key: Key, value: Any, path: Path, at: datetime, row: Mapping[str, Any]) -> str:
        if value not in self.definition.parameters:
            self.unknown(
                path,
                "unknown_parameter",
                _("The definition has no parameter “%(name)s”."),
                value,
                self.definition.parameters,
            )
        return str(value)

    def _value(self, key: Key, value: Any, path: Path, at: datetime, row: Mapping[str, Any]) -> Any:
        parameter = self.definition.parameters.get(str(row.get("parameter")))
        if parameter is not None and parameter.type == "date":
            return self.almanac.day(value, self.almanac.local_day(at))
        return value

    def _file(self, key: Key, value: Any, path: Path, at: datetime, row: Mapping[str, Any]) -> dict[str, Any]:
        if not isinstance(value, dict) or set(value) - {"name", "text"} or not value.get("name"):
            self._wrong(path, _("Write {name: minutes.pdf, text: …}."))
            return {"name": "empty.txt", "text": ""}
        name = str(value["name"])
        if name.rpartition(".")[2].lower() not in FILE_TYPES:
            self.unknown(
                (*path, "name"),
                "unknown_file_type",
                _("The player makes no file called “%(name)s”."),
                name,
                [f"{name.rpartition('.')[0] or name}.{ending}" for ending in FILE_TYPES],
            )
        return {"name": name, "text": self._text(key, value.get("text", ""), (*path, "text"), at, row)}

    def _files(self, key: Key, value: Any, path: Path, at: datetime, row: Mapping[str, Any]) -> list[dict[str, Any]]:
        rows = value if isinstance(value, list) else [value]
        return [self._file(key, one, (*path, place), at, row) for place, one in enumerate(rows)]

    def _comments(self, key: Key, value: Any, path: Path, at: datetime, row: Mapping[str, Any]) -> dict[str, Any]:
        """{"aftale 2": text}: the section of a document; without the document, of the first one that has the number."""
        if not isinstance(value, dict):
            self._wrong(path, _("Write lines of the form section number: text."))
            return {}
        found = {}
        for name, text in value.items():
            document, _space, number = str(name).rpartition(" ")
            candidates = [self.documents[document]] if document in self.documents else list(self.documents.values())
            known = [section.number for one in candidates for section in one.sections]
            if (document and document not in self.documents) or number not in known:
                self.unknown(
                    (*path, name), "unknown_section", _("There is no section “%(name)s”."), number, sorted(set(known))
                )
            found[str(name)] = self._text(key, text, (*path, name), at, row)
        return found

    def _replace(self, key: Key, value: Any, path: Path, at: datetime, row: Mapping[str, Any]) -> list[dict[str, str]]:
        found = []
        for place, one in enumerate(value if isinstance(value, list) else [value]):
            where = (*path, place) if isinstance(value, list) else path
            if not isinstance(one, dict) or set(one) != {"document", "find", "with"}:
                self._wrong(where, _("Write {document: …, find: words in it, with: other words}."))
                continue
            if one["document"] not in self.documents:
                self.unknown(
                    (*where, "document"),
                    "unknown_document",
                    _("There is no document “%(name)s”."),
                    one["document"],
                    self.documents,
                )
                continue
            found.append({name: str(text) for name, text in one.items()})
        return found

    def _minority(self, key: Key, value: Any, path: Path, at: datetime, row: Mapping[str, Any]) -> list[dict[str, str]]:
        found = []
        for place, one in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(one, dict) or set(one) != {"members", "text"}:
                self._wrong((*path, place), _("Write {members: names, text: …}."))
                continue
            found.append({"members": str(one["members"]), "text": str(one["text"])})
        return found
