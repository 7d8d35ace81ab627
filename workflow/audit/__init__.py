"""The record of deeds: actions write one entry each, in their own transaction. Sealing is in `actions/sealing.py`.

Entries hold public ids, codes and digests; whatever names or quotes a person goes into the erasable detail.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import TextChoices

from notifications.statements import insert
from workflow.actors import SYSTEM, Actor
from workflow.models import AuditDetail, AuditEntry, Office, Process, PublicModel

_CANONICAL: Final = DjangoJSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(value: object) -> str:
    """JSON with sorted keys and no spaces: the same value gives the same text on every machine."""
    return _CANONICAL.encode(value)


def detail_digest(salt: str, body: Mapping[str, Any]) -> str:
    """SHA-256 hex of salt and canonical detail; without the salt the text cannot be guessed back."""
    return hashlib.sha256(f"{salt}\n{canonical(body)}".encode()).hexdigest()


# Columns and order are for good: the entries that stand were digested so, and would all count as altered.
DIGESTED: Final = (
    "public_id",
    "office_id",
    "process_id",
    "at",
    "verb",
    "subject_type",
    "subject_id",
    "actor_kind",
    "actor_id",
    "codes",
    "detail_digest",
)
"""The columns an entry's digest covers: all but `id` and `digest`."""


def columns_digest(columns: Sequence[Any]) -> str:
    """SHA-256 hex over the values of `DIGESTED`, in that order; `at` in UTC to the microsecond."""
    at = columns[3].astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(canonical((*columns[:3], at, *columns[4:])).encode()).hexdigest()


def entry_digest(entry: AuditEntry) -> str:
    """SHA-256 hex over every column of an entry but `id` and `digest`."""
    return columns_digest([getattr(entry, name) for name in DIGESTED])


def record(
    verb: TextChoices,
    subject: PublicModel,
    *,
    actor: Actor,
    now: datetime,
    process: Process | None = None,
    office: Office | None = None,
    codes: Mapping[str, Any] | None = None,
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Write one entry in the caller's transaction.

    verb: what was done, of `Verb` or the enum of a floor above. codes: public ids, code words and digests, JSON-able.
    detail: personal text, JSON-able. The actor's label and whom they act for always go into the detail; the deed that
    the system's own entry follows from into the codes, as `caused_by`.
    """
    entry, salt, words = _entry(verb, subject, actor, now, process, office, codes, detail)
    insert(entry)
    if words:
        insert(AuditDetail(entry=entry, salt=salt, body=words))
    return entry


def record_each(
    verb: TextChoices,
    subjects: Iterable[tuple[PublicModel, Mapping[str, Any], Mapping[str, Any]]],
    *,
    actor: Actor,
    now: datetime,
    office: Office,
) -> None:
    """Write one entry for each of many subjects of one deed, in bulk: subject, codes and detail, as `record` has them.

    An entry each and not one for all, so that whoever is erased takes along the words about itself alone.
    """
    rows = [_entry(verb, subject, actor, now, None, office, codes, detail) for subject, codes, detail in subjects]
    AuditEntry.objects.bulk_create([entry for entry, _salt, _words in rows], batch_size=500)
    details = [AuditDetail(entry=entry, salt=salt, body=words) for entry, salt, words in rows if words]
    AuditDetail.objects.bulk_create(details, batch_size=500)


def _entry(
    verb: TextChoices,
    subject: PublicModel,
    actor: Actor,
    now: datetime,
    process: Process | None,
    office: Office | None,
    codes: Mapping[str, Any] | None,
    detail: Mapping[str, Any] | None,
) -> tuple[AuditEntry, str, dict[str, Any]]:
    """The entry, the salt of its detail and the detail's words."""
    words = {k: v for k, v in {"by": actor.label, "on_behalf_of": actor.on_behalf_of, **(detail or {})}.items() if v}
    if actor.kind == "system" and not detail:
        words = {}
    all_codes = {**(codes or {}), "caused_by": actor.caused_by} if actor.caused_by else codes or {}
    # Through JSON and back, so that what is digested is what the database will give: days as text, tuples as lists.
    plain = json.loads(canonical(words))
    salt = secrets.token_hex(16) if plain else ""
    entry = AuditEntry(
        office_id=_office_id(process, office),
        process_id=process.public_id if process else None,
        at=now,
        verb=verb.value,
        subject_type=subject._meta.model_name or "",
        subject_id=_uuid(subject.public_id),
        actor_kind=actor.kind,
        actor_id=actor.public_id,
        codes=json.loads(canonical(all_codes)),
        detail_digest=detail_digest(salt, plain) if plain else "",
    )
    entry.digest = entry_digest(entry)
    return entry, salt, plain


def following(entry: AuditEntry) -> Actor:
    """Who does what follows from a deed: the system, and each entry then names the deed, not the person.

    What follows from a consequence names the deed at the beginning.
    """
    return replace(SYSTEM, caused_by=UUID(str(entry.codes.get("caused_by") or entry.public_id)))


def _office_id(process: Process | None, office: Office | None) -> int | None:
    if process is not None:
        return process.office_id
    return office.pk if office is not None else None


def _uuid(value: object) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))
