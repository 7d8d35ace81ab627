"""Proving the rows: decisions, answers, rulings and what belongs to them say what their entries say.

Each floor registers its kinds in `apps.py`. Words are compared by salted digests: the entry holds the digest, the row
the salt, and both stay when the person is erased, for the deed of erasure holds the digests of what was left.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from workflow.audit import canonical
from workflow.audit.chain import Fault
from workflow.models import AuditEntry, ProvenModel
from workflow.states import ERASING

_CHUNK: Final = 500  # entries, and their rows, held at a time
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of another table that are words of a proven row: of `model`, by its field `owner`, under the name `word`."""

    model: type[Model]
    owner: str
    word: str


@dataclass(frozen=True, slots=True)
class ProvenKind:
    """One sort of rows that the record proves.

    verb   of the entry that was written with the row
    model  the table; noun: what such a row is called
    rows   those that have an entry, with what `codes` and `words` read
    codes  what the row says that stands in the entry's codes under the same names, or in those of a later entry about
           it
    words  its texts by name, personal ones among them: digests of them stand in the entry, under "words"
    key    the entry's code that names the row, and `subject` the field that leads to the entry's subject; for a row
           that is the subject itself, nothing
    ends   the entry's code that names the rows whose place this one took; they then are in the state `ended`
    parts  tables beside it that hold some of its words
    """

    verb: TextChoices
    model: type[ProvenModel]
    noun: str | Promise
    rows: Callable[[], QuerySet[Any]]
    codes: Callable[[Any], Mapping[str, Any]]
    words: Callable[[Any], Mapping[str, Any]]
    key: str = ""
    subject: str = "public_id"
    ends: str = ""
    ended: str = ""
    parts: tuple[Part, ...] = ()


_kinds: dict[str, ProvenKind] = {}


def register(kind: ProvenKind) -> None:
    """Make a kind known. Refuses a second one of the same verb."""
    if _kinds.setdefault(kind.verb.value, kind) is not kind:
        raise ValueError(f"Two kinds of rows are proven by entries of {kind.verb.value}")


def proven_kinds() -> list[ProvenKind]:
    """Every kind, in the order of registration."""
    return list(_kinds.values())


def utc(instant: datetime) -> datetime:
    """The instant as the database will give it back."""
    return instant.astimezone(UTC)


def word_digest(salt: str, word: object) -> str:
    """SHA-256 hex of salt and word; "" for no words at all."""
    return hashlib.sha256(f"{salt}\n{canonical(word)}".encode()).hexdigest() if word else ""


def salt_words(row: ProvenModel, words: Mapping[str, Any]) -> dict[str, str]:
    """Give each of these words of a row a salt of its own, which the caller saves with the row; returns the digests,
    for the entry's codes."""
    fresh = {name: secrets.token_hex(16) for name, word in words.items() if word}
    row.salts = {name: salt for name, salt in {**row.salts, **fresh}.items() if name in fresh or name not in words}
    return {name: word_digest(fresh.get(name, ""), word) for name, word in words.items()}


def prove_rows(sealed_to: int) -> Fault | None:
    """The first row, in the order of the record up to this entry, that says something else than its entry; then rows
    that have none. Changes nothing."""
    return _Walk(sealed_to).fault()


class _Walk:
    """One reading of the entries that prove rows."""

    def __init__(self, sealed_to: int) -> None:
        self._sealed_to = sealed_to
        self._struck = _words_left()
        # Rows that are in the state of one whose place was taken, until the entry is met that says so.
        self._ended: dict[UUID, tuple[ProvenKind, AuditEntry]] = {}
        self._met: Counter[str] = Counter()

    def fault(self) -> Fault | None:
        entries = AuditEntry.objects.filter(verb__in=list(_kinds), id__lte=self._sealed_to).order_by("id")
        for chunk in _chunks(entries.iterator(_CHUNK)):
            rows = _rows_of(chunk)
            for entry in chunk:
                kind = _kinds[entry.verb]
                self._met[entry.verb] += 1
                if fault := self._fault_of(kind, entry, rows.get((entry.verb, _key(kind, entry)))):
                    return fault
        return self._ended_by_hand() or self._unrecorded()

    def _ended_by_hand(self) -> Fault | None:
        for key, (kind, entry) in self._ended.items():
            # The place may have been taken since the reading began.
            newer = AuditEntry.objects.filter(verb=kind.verb.value, id__gt=self._sealed_to)
            if not any(key in _ids(codes.get(kind.ends)) for codes in newer.values_list("codes", flat=True)):
                return _altered(kind, entry, key, ["state"])
        return None

    def _unrecorded(self) -> Fault | None:
        """A row that no entry is about: it was put in by hand."""
        for kind in proven_kinds():
            # Every entry met has its row, so there are as many rows as entries, or more.
            if kind.rows().count() == self._met[kind.verb.value]:
                continue
            for chunk in _chunks(_ids_of(kind)):
                # Read after the rows: what was committed since has its entry.
                subjects = [subject for _public_id, subject in chunk]
                entries = AuditEntry.objects.filter(verb=kind.verb.value, subject_id__in=subjects)
                known = {_key(kind, entry) for entry in entries}
                for public_id, _subject in chunk:
                    if public_id not in known:
                        text = _("The row %(id)s (%(noun)s) stands in no entry of the record.")
                        return Fault("row_unrecorded", text % {"noun": kind.noun, "id": public_id})
        return None

    def _fault_of(self, kind: ProvenKind, entry: AuditEntry, row: Any) -> Fault | None:
        key = _key(kind, entry)
        if row is not None and self._differences(kind, entry, row):
            # A deed may have been committed since the rows were read.
            self._struck = _words_left()
            row = _rows_of([entry]).get((entry.verb, key))
        if row is None:
            words = {"noun": kind.noun, **_words_of(entry)}
            text = _("Entry %(number)d (%(verb)s, %(at)s) is about a row (%(noun)s) that is no longer there.") % words
            return Fault("row_missing", text, entry=entry.public_id)
        if names := self._differences(kind, entry, row):
            return _altered(kind, entry, key, names)
        if kind.ended and row.state == kind.ended:
            self._ended[key] = (kind, entry)
        for ended in _ids(entry.codes.get(kind.ends) if kind.ends else None):
            if self._ended.pop(ended, None) is None:
                return _altered(kind, entry, ended, ["state"])
        return None

    def _differences(self, kind: ProvenKind, entry: AuditEntry, row: Any) -> list[str]:
        said = json.loads(canonical(kind.codes(row)))
        names = [name for name, value in said.items() if entry.codes.get(name) != value]
        if names:
            newer = _later_codes(entry)
            names = [name for name in names if newer.get(name) != said[name]]
        digests = {**entry.codes.get("words", {}), **self._struck.get(str(row.public_id), {})}
        for name, word in kind.words(row).items():
            if word_digest(row.salts.get(name, ""), word) != digests.get(name, ""):
                names.append(name)
        return names


def _words_left() -> dict[str, dict[str, str]]:
    """By public id the digests of the words that erasing has left of a row."""
    left: dict[str, dict[str, str]] = {}
    erasures = AuditEntry.objects.filter(verb__in=ERASING, codes__has_key="words").order_by("id")
    for codes in erasures.values_list("codes", flat=True).iterator(_CHUNK):
        for public_id, digests in codes["words"].items():
            left.setdefault(public_id, {}).update(digests)
    return left


def _later_codes(entry: AuditEntry) -> dict[str, Any]:
    """What later entries about the same row say, such as minutes that came after the decision."""
    codes: dict[str, Any] = {}
    # By the process, for which there is an index.
    newer = AuditEntry.objects.filter(process_id=entry.process_id, subject_id=entry.subject_id, id__gt=entry.pk)
    for verb, later in newer.order_by("id").values_list("verb", "codes"):
        # What has a row of its own beside this one, such as an addition, says nothing of this one.
        if verb not in _kinds or not _kinds[verb].key:
            codes |= later
    return codes


def _rows_of(entries: Sequence[AuditEntry]) -> dict[tuple[str, UUID], Any]:
    rows: dict[tuple[str, UUID], Any] = {}
    for verb, kind in _kinds.items():
        keys = [_key(kind, entry) for entry in entries if entry.verb == verb]
        if keys:
            rows |= {(verb, row.public_id): row for row in kind.rows().filter(public_id__in=keys)}
    return rows


def _ids_of(kind: ProvenKind) -> Iterator[tuple[UUID, UUID]]:
    rows = kind.rows().select_related(None).prefetch_related(None).order_by("pk")
    return rows.values_list("public_id", kind.subject).iterator(_CHUNK)


def _chunks(values: Iterator[_T]) -> Iterator[list[_T]]:
    while chunk := list(islice(values, _CHUNK)):
        yield chunk


def _key(kind: ProvenKind, entry: AuditEntry) -> UUID:
    return UUID(entry.codes[kind.key]) if kind.key else entry.subject_id


def _ids(value: Any) -> list[UUID]:
    values: Iterable[str] = [] if not value else [value] if isinstance(value, str) else value
    return [UUID(text) for text in values]


def _words_of(entry: AuditEntry) -> dict[str, object]:
    return {"number": entry.pk, "verb": entry.verb, "at": f"{entry.at:%Y-%m-%d %H:%M}Z"}


def _altered(kind: ProvenKind, entry: AuditEntry, public_id: UUID, names: Sequence[str]) -> Fault:
    words = {"noun": kind.noun, "id": public_id, "names": ", ".join(names), **_words_of(entry)}
    text = _("The row %(id)s (%(noun)s) says something else than entry %(number)d (%(verb)s, %(at)s): %(names)s.")
    return Fault("row_altered", text % words, entry=entry.public_id)
