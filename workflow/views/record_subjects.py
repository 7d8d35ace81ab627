"""What an entry of the record is about, in words: read in bulk for a page of entries, from rows that still stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflow.dates import deadline_words, weekday_date
from workflow.models import (
    ApprovalRequest,
    AuditEntry,
    Body,
    Bundle,
    Deadline,
    Decision,
    Document,
    DocumentVersion,
    ExternalReceipt,
    ExternalRequest,
    ExternalRuling,
    JournalParcel,
    Objection,
    Package,
    Process,
    PublishedItem,
    Substitute,
    TextLine,
)
from workflow.queries.processes import deadline_title, definition_of
from workflow.rules.documents import set_name
from workflow.stage_kinds import record_names
from workflow.stage_kinds.pages import RecordName
from workflow.states import Verb

Names = Mapping[UUID, str]


def _version(title: str, number: int) -> str:
    return _("%(title)s, version %(number)d") % {"title": title, "number": number}


def _bundle(number: int, title: str, position: int) -> str:
    return set_name(Bundle(number=number, line=TextLine(title=title, position=position)))


def _package(number: int) -> str:
    return _("Package %(number)d") % {"number": number}


def _parcel(number: int) -> str:
    return _("Parcel %(number)d") % {"number": number}


OWN_NAMES: Final[dict[str, RecordName]] = {
    "approvalrequest": RecordName(
        ApprovalRequest, ("body__name",), ("request", "requests", "asked"), has_deadlines=True
    ),
    "body": RecordName(Body, ("name",), ("body",)),
    "bundle": RecordName(Bundle, ("number", "line__title", "line__position"), words=_bundle),
    "decision": RecordName(Decision, ("body__name",)),
    "document": RecordName(Document, ("title",)),
    "documentversion": RecordName(DocumentVersion, ("title", "number"), words=_version),
    "externalreceipt": RecordName(ExternalReceipt, ("request__body__name",)),
    "externalrequest": RecordName(ExternalRequest, ("body__name",)),
    "externalruling": RecordName(ExternalRuling, ("request__body__name",)),
    "journalparcel": RecordName(JournalParcel, ("number",), words=_parcel),
    "objection": RecordName(Objection, ("body__name",), ("objections",)),
    "package": RecordName(Package, ("number",), ("package",), _package),
    "substitute": RecordName(Substitute, ("body__name",)),
    "publisheditem": RecordName(PublishedItem, ("title",), ("items",)),
}
"""Table → how its rows are called; those of one kind of stage come with it."""


def _names_of_tables() -> dict[str, RecordName]:
    return {**OWN_NAMES, **record_names()}


LISTED: Final = 3
"""So many of those a deed was about at once are named; the others are counted."""


def subjects_of(entries: Sequence[AuditEntry], process: Process) -> dict[int, str]:
    """Entry id → what it is about: whom, which stage, deadline, document or package, from when to when.

    An entry about the process as a whole, or about what is no longer there, says nothing. One query per table.
    """
    names_of_tables = _names_of_tables()
    wanted: defaultdict[str, set[UUID]] = defaultdict(set)
    for entry in entries:
        wanted[entry.subject_type].add(entry.subject_id)
        for table, naming in names_of_tables.items():
            for code in naming.in_codes:
                wanted[table].update(_ids(entry.codes.get(code))[:LISTED])
        wanted["deadline"].update(_ids(list(entry.codes.get("new_days", {}))))
    deadlines = Deadline.objects.filter(process=process, public_id__in=wanted.pop("deadline", ()))
    rows = {row.public_id: row for row in deadlines.select_related("stage")} if entries else {}
    own = {row.subject_id for row in rows.values() if not row.name}
    names: dict[UUID, str] = {}
    for table, naming in names_of_tables.items():
        ids = wanted[table] | (own if naming.has_deadlines else set())
        if ids:
            records = naming.model._default_manager.filter(public_id__in=ids).values_list("public_id", *naming.columns)
            names |= {public_id: naming.words(*values) for public_id, *values in records}
    for row in rows.values():
        row.process = process
        names[row.public_id] = _deadline(row, names)
    return {entry.pk: _words(entry, process, names) for entry in entries}


def names_of_deadlines(rows: Sequence[Deadline], process: Process) -> Names:
    """What each deadline is called, by its public id: as the definition does, or by whom it binds. One query per table
    of those who have deadlines of their own."""
    bound = {row.subject_id for row in rows if not row.name}
    names: dict[UUID, str] = {}
    for naming in _names_of_tables().values() if bound else ():
        if naming.has_deadlines:
            records = naming.model._default_manager.filter(public_id__in=bound).values_list(
                "public_id", *naming.columns
            )
            names |= {public_id: naming.words(*values) for public_id, *values in records}
    for row in rows:
        row.process = process
    return {row.public_id: _deadline(row, names) for row in rows}


def _deadline(row: Deadline, names: Names) -> str:
    if row.name:
        return deadline_title(row)
    words = {"kind": row.get_kind_display(), "subject": names.get(row.subject_id, "")}
    return _("%(kind)s, %(subject)s") % words if words["subject"] else words["kind"]


def _words(entry: AuditEntry, process: Process, names: Names) -> str:
    codes = entry.codes
    about = [names.get(entry.subject_id, "")]
    for naming in _names_of_tables().values():
        for code in naming.in_codes:
            about.append(_listed(codes.get(code), names))
    if entry.verb == Verb.SET_PARAMETER:
        known = definition_of(process).parameters.get(str(codes.get("name")))
        about.append(str(known.title) if known else "")
    zone = process.time_zone
    moved = [f"{names.get(UUID(row), '')} → {_moment(day, zone)}" for row, day in codes.get("new_days", {}).items()]
    once = [*dict.fromkeys(part for part in about if part)]
    # A deadline's name says whom it binds.
    parts = [*(part for part in once if not any(other.endswith(f", {part}") for other in once)), *moved]
    when = _when({name: value for name, value in codes.items() if not _is_now(value, entry)}, zone)
    return f"{', '.join(parts)}: {when}" if parts and when else ", ".join(parts) or when


def _is_now(value: object, entry: AuditEntry) -> bool:
    """Whether a moment in the codes is the deed's own, which stands beside it anyway."""
    if not isinstance(value, str) or "T" not in value:
        return False
    try:
        return abs(datetime.fromisoformat(value) - entry.at) < timedelta(minutes=1)
    except (ValueError, TypeError):
        return False


DAYS: Final = ("at", "happened_on", "meeting_on", "ruled_on", "received_at", "promised_on", "closes_at", "day")


def _when(codes: Mapping[str, Any], zone: str) -> str:
    """The day or moment of a deed's codes; with an earlier one, from which to which."""
    new = codes.get("new_at") or next((codes[name] for name in DAYS if codes.get(name)), None)
    old = codes.get("old_at") or codes.get("old_day")
    if new is None:
        return _("none, was %(day)s") % {"day": _moment(old, zone)} if old else ""
    return f"{_moment(old, zone)} → {_moment(new, zone)}" if old else _moment(new, zone)


def _moment(text: str, zone: str) -> str:
    """A day with its weekday, or an instant with its clock time in `zone`."""
    if "T" in text:
        return deadline_words(datetime.fromisoformat(text), zone)
    return weekday_date(date.fromisoformat(text))


def _ids(value: object) -> list[UUID]:
    """Every public id in a value of the codes."""
    ids = []
    for one in value if isinstance(value, list) else [value]:
        try:
            ids.append(UUID(str(one)))
        except ValueError:
            continue
    return ids


def _listed(value: object, names: Names) -> str:
    ids = _ids(value)
    known = [names[one] for one in ids[:LISTED] if names.get(one)]
    rest = len(ids) - len(known)
    if not known:
        return ""
    return _and_others(known, rest) if rest else ", ".join(known)


def _and_others(known: Iterable[str], rest: int) -> str:
    text = ngettext("%(names)s and %(number)d other", "%(names)s and %(number)d others", rest)
    return text % {"names": ", ".join(known), "number": rest}
