"""Reads the list of deeds: who does each, for whom, when; one deed of the file becomes one for each party."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from consultations.player.catalogue import COMMON, DEEDS, EXPECTED, DeedKind, Doer
from consultations.player.complaints import Complaints
from consultations.player.expected import expectations
from consultations.player.parties import Directory
from consultations.player.scenario import Deed, DocumentText, Expectation, Officer, Person
from consultations.player.times import Almanac, BadTime, pace_of
from consultations.player.values import Values
from workflow.definitions import Definition, Problem
from workflow.definitions.reading import Path


class DeedChecks(Complaints):
    """The half of the checker that reads deeds and expectations; the other half has read what they name."""

    almanac: Almanac
    definition_read: Definition
    directory: Directory
    values: Values
    officers: dict[str, Officer]
    people: dict[str, Person]

    def moment(self, value: Any, path: Path, before: datetime | None) -> datetime | None:
        try:
            return self.almanac.moment(value, before)
        except BadTime as bad:
            self.say(path, "bad_date", _("“%(value)s” is no time.") % {"value": value}, str(bad))
            return None

    def officer(self, key: str, path: Path) -> None:
        if key not in self.officers:
            self.unknown(path, "unknown_actor", _("There is no officer “%(name)s”."), key, self.officers)

    def parties(self, value: Any, path: Path) -> tuple[str, ...]:
        """The bodies a list expression names, in order and each once."""
        return self.directory.read(value, path, self.say, self.unknown)

    # ── Deeds ─────────────────────────────────────────────────────────────────────────────────────────────────
    def deeds(self, starts_at: datetime) -> list[Deed]:
        rows = self.data["deeds"]
        if not isinstance(rows, list) or not rows:
            self.say(
                ("deeds",), "empty", _("There are no deeds."), _("Write a list: - {at: …, by: …, do: …}, one per deed.")
            )
            return []
        found: list[Deed] = []
        before = starts_at
        for index, row in enumerate(rows):
            path: Path = ("deeds", index)
            if not isinstance(row, dict):
                self.say(path, "wrong_type", _("A deed is a mapping."), _("Write - {at: …, by: …, do: …}."))
                continue
            do = row.get("do")
            if do not in DEEDS:
                where = (*path, "do") if "do" in row else path
                self.unknown(where, "unknown_deed", _("There is no deed “%(name)s”."), do, DEEDS)
                continue
            at = self.moment(row["at"], (*path, "at"), before) if "at" in row else before
            if at is None:
                continue
            before = at
            if at < starts_at:
                self.say(
                    (*path, "at"),
                    "before_start",
                    _("The deed comes before the process starts."),
                    _("Give it a later time, or let the process start earlier."),
                )
            found += self.one_deed(row, path, str(do), at)
        return sorted(found, key=lambda deed: deed.at)

    def one_deed(self, row: dict[str, Any], path: Path, do: str, at: datetime) -> list[Deed]:
        kind = DEEDS[do]
        self.known_since(kind.since, (*path, "do"), do)
        allowed = [*COMMON, *kind.keys, *(EXPECTED if do == "expect" else ())]
        needed = [name for name, key in kind.keys.items() if key.required and key.kind.value != "flag"]
        self.mapping(row, path, allowed, needed)
        for name, key in kind.keys.items():
            if name in row and key.since > kind.since:
                self.known_since(key.since, (*path, name), name)
        by, parties = self.doers(row, path, do, kind)
        if do == "expect":
            wanted = self.expect({key: value for key, value in row.items() if key not in COMMON}, path)
            return [Deed(line=self.reading.line(path), at=at, do=do, values={"expect": wanted})]
        instants = self.paced(row, path, at, len(parties))
        found = []
        for place, (party, moment) in enumerate(zip(parties, instants, strict=True)):
            values = {
                name: self.values.read(key, row[name], (*path, name), moment, row)
                for name, key in kind.keys.items()
                if row.get(name) is not None
            }
            actor = by if by is not None else party
            party_key = self.people[party].body if party in self.people else party
            found.append(
                Deed(
                    line=self.reading.line(path),
                    at=moment,
                    do=do,
                    by=actor,
                    party=party_key,
                    place=place,
                    values=values,
                    refused=str(row.get("refused") or ""),
                )
            )
        return found

    def doers(self, row: dict[str, Any], path: Path, do: str, kind: DeedKind) -> tuple[str | None, tuple[str, ...]]:
        """Who does it, and for whom: an officer with the parties under `for`, or None and the parties themselves."""
        by = row.get("by")
        if kind.doer is Doer.NOBODY:
            if by is not None:
                self.say((*path, "by"), "nobody_does", _("Nobody does “%(do)s”.") % {"do": do}, _("Leave `by` out."))
            return "", self.for_whom(row, path, do, kind)
        if by is None:
            self.say(path, "missing_key", _("“%(key)s” is missing.") % {"key": "by"}, _("Say who does it."))
            return None, ()
        if isinstance(by, str) and by in self.officers:
            if kind.doer is Doer.PARTY:
                self.say(
                    (*path, "by"),
                    "not_an_officers",
                    _("“%(do)s” is done by a party with its personal link.") % {"do": do},
                    _("Name a person or a body, or use a deed that is done on behalf."),
                )
                return None, ()
            return by, self.for_whom(row, path, do, kind)
        if kind.doer is Doer.OFFICER:
            self.officer(str(by), (*path, "by"))
            return None, ()
        if "for" in row:
            self.say(
                (*path, "for"),
                "not_here",
                _("A party acts for itself."),
                _("Leave `for` out, or let an officer do it."),
            )
        if isinstance(by, str) and by in self.people:
            return None, (by,)
        if isinstance(by, str) and not self.directory.knows(by):
            known = [*self.officers, *self.people, *self.directory.lists, *self.directory.bodies]
            self.unknown((*path, "by"), "unknown_actor", _("There is nobody called “%(name)s”."), by, known)
            return None, ()
        return None, self.parties(by, (*path, "by"))

    def for_whom(self, row: dict[str, Any], path: Path, do: str, kind: DeedKind) -> tuple[str, ...]:
        if "for" not in row:
            if kind.needs_for or kind.doer is Doer.EITHER:
                self.say(
                    path,
                    "missing_key",
                    _("“%(key)s” is missing.") % {"key": "for"},
                    _("Say for which party or parties."),
                )
                return ()
            return ("",)
        if not kind.for_parties:
            self.say(
                (*path, "for"),
                "not_here",
                _("“%(do)s” is not done for a party.") % {"do": do},
                _("Leave `for` out."),
            )
            return ("",)
        return self.parties(row["for"], (*path, "for"))

    def paced(self, row: dict[str, Any], path: Path, at: datetime, count: int) -> list[datetime]:
        """An instant for each party: all at once, one every so often, or spread until a time."""
        if "every" in row and "spread" in row:
            self.say(
                (*path, "every"),
                "two_paces",
                _("`every` and `spread` cannot both hold."),
                _("Keep one of them."),
            )
        try:
            if "spread" in row:
                until = self.moment(row["spread"], (*path, "spread"), at)
                if until is None:
                    return [at] * count
                if until <= at:
                    raise BadTime(_("Write a time after the deed's own; the deeds are spread between the two."))
                return self.almanac.spread(at, until, count)
            if "every" in row:
                step = pace_of(row["every"])
                return [at + place * step for place in range(count)]
        except BadTime as bad:
            where = "spread" if "spread" in row else "every"
            self.say(
                (*path, where), "bad_date", _("“%(value)s” cannot be used here.") % {"value": row[where]}, str(bad)
            )
        return [at] * count

    def texts_found(self, deeds: list[Deed], documents: Mapping[str, DocumentText]) -> None:
        """Every `find` of a replacement stands in the text as it is by then."""
        now = {key: "\n".join(section.text for section in text.sections) for key, text in documents.items()}
        for deed in deeds:
            for change in deed.values.get("replace", ()):
                key, find = change["document"], change["find"]
                if find not in now.get(key, ""):
                    problem = Problem(
                        self.path.name,
                        deed.line,
                        "text_not_found",
                        _("“%(text)s” does not stand in the document “%(name)s”.") % {"text": find, "name": key},
                        _("Copy the words as they stand in the text by then."),
                    )
                    self.problems.append(problem)
                now[key] = now.get(key, "").replace(find, change["with"])

    def ends(self, starts_at: datetime, deeds: list[Deed]) -> datetime | None:
        if "ends" not in self.data:
            return None
        last = deeds[-1].at if deeds else starts_at
        at = self.moment(self.data["ends"], ("ends",), last)
        if at is not None and at < last:
            self.say(
                ("ends",),
                "before_last_deed",
                _("The scenario ends before its last deed."),
                _("Write a later time, or leave the line out."),
            )
        return at

    def expect(self, value: Any, path: Path) -> tuple[Expectation, ...]:
        if value is None:
            return ()
        return expectations(value, path, self.definition_read, self.almanac, self.directory, self)
