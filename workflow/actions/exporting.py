"""What is stored of a person, handed out whole: the right of access (GDPR, article 15).

Found by the same traces as when the person is erased, so that what is erased and what is handed out are the same.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any, Final

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils.translation import gettext as _

from workflow.actions.erasure import traces_of, whom
from workflow.actions.erasure.files import FileLeft, files_that_came_with
from workflow.actions.erasure.striking import naming, path_to, scoped
from workflow.actions.erasure.tables import details_about, offices_naming, with_address
from workflow.actions.files import open_file
from workflow.actors import Actor
from workflow.audit import record
from workflow.erasure_kinds import Traces
from workflow.models import AuditDetail, AuditEntry, Contact, Office, User
from workflow.rules import Refused
from workflow.states import Verb

SECRET: Final = frozenset({"password", "salts", "salt", "session_data", "session_key", "data", "digest"})
"""Columns that say nothing of the person and would open a door, or that let words be tried out against a digest."""

_LEFT_OUT: Final = frozenset({"sessions.Session", "mfa.Authenticator"})
"""Tables of secrets."""


@dataclass(frozen=True, slots=True)
class Exported:
    """How many rows of each table were handed out, and how many files."""

    counts: Mapping[str, int]
    files: int


@dataclass(slots=True)
class _Found:
    """Rows by table and key, with what each was found by: "address", "deed", "about", "words" or "part"."""

    rows: dict[type[models.Model], dict[Any, set[str]]] = field(default_factory=dict)

    def add(self, model: type[models.Model], keys: Iterable[Any], by: str) -> None:
        for key in keys:
            self.rows.setdefault(model, {}).setdefault(key, set()).add(by)


@transaction.atomic
def export_person(
    subject: User | Contact | str, *, to: IO[bytes], actor: Actor, now: datetime, office: Office | None = None
) -> Exported:
    """Write a ZIP of everything that is stored of a person: the rows as JSON, and the files that came with what the
    person did.

    subject and office: as for `erase_person`. The deed stands in the record, without the address. Refuses an address
    nothing is kept about and an office's own mailbox. Whoever hands it out looks it through first: rows found by words
    may be about others too.
    """
    traces = traces_of(subject, office)
    found, files = _find(traces), files_that_came_with(traces)
    counts: Counter[str] = Counter()
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        tables = {}
        for model, keys in found.rows.items():
            tables[model._meta.label] = _rows(model, keys)
            counts[model._meta.label] = len(tables[model._meta.label])
        text = json.dumps(tables, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
        archive.writestr("person.json", text)
        missing = [left for left in files if not _put_in(archive, left)]
        archive.writestr("index.txt", _index(counts, files, missing))
    codes = {"counts": dict(counts), "files": len(files) - len(missing)}
    record(Verb.EXPORT_PERSON, whom(subject, office), actor=actor, now=now, office=traces.office, codes=codes)
    return Exported(counts, len(files) - len(missing))


def _find(traces: Traces) -> _Found:
    found = _Found()
    about = traces.subjects | traces.wrote
    for model in _models(traces):
        rows = scoped(model, traces)
        names = {one.name for one in model._meta.concrete_fields}
        for column in (one.name for one in model._meta.concrete_fields if isinstance(one, models.EmailField)):
            found.add(model, _keys(with_address(rows, traces.emails, column)), "address")
        for column in names & {"by_id", "actor_id"}:
            found.add(model, _keys(rows.filter(**{f"{column}__in": traces.actors})), "deed")
        for column in names & {"public_id", "subject_id"}:
            if isinstance(model._meta.get_field(column), models.UUIDField):
                found.add(model, _keys(rows.filter(**{f"{column}__in": about | traces.actors})), "about")
        found.add(model, naming(model, traces), "words")
    details = AuditDetail.objects.filter(pk__in=details_about(traces))
    found.add(Office, offices_naming(traces), "words")
    found.add(AuditEntry, details.values_list("entry_id", flat=True), "words")
    _add_parts(found, traces)
    return found


def _add_parts(found: _Found, traces: Traces) -> None:
    """Rows that go with a row that was found: comments and files of an answer, the detail of an entry."""
    for model in _models(traces):
        for one in model._meta.concrete_fields:
            if not isinstance(one, models.ForeignKey):
                continue
            owner_model: Any = one.related_model
            is_part = one.remote_field.on_delete is models.CASCADE or isinstance(one, models.OneToOneField)
            owners = found.rows.get(owner_model, {})
            keys = [key for key, by in owners.items() if by != {"words"}] if model is not AuditDetail else list(owners)
            if is_part and keys:
                for some in _slices(keys):
                    found.add(model, _keys(model._base_manager.filter(**{f"{one.name}__in": some})), "part")


def _models(traces: Traces) -> list[type[models.Model]]:
    """Every table that may hold the person, within the office where there is one."""
    return [
        model
        for model in apps.get_models()
        if model._meta.managed
        and model._meta.label not in _LEFT_OUT
        and (traces.office is None or path_to(Office, model))
    ]


def _keys(rows: models.QuerySet[Any]) -> list[Any]:
    return list(rows.values_list("pk", flat=True))


def _slices(keys: Collection[Any]) -> Iterable[list[Any]]:
    """Because databases take only so many values in one statement."""
    ordered = sorted(keys)
    return [ordered[start : start + 500] for start in range(0, len(ordered), 500)]


def _rows(model: type[models.Model], keys: Mapping[Any, set[str]]) -> list[dict[str, Any]]:
    columns = [one for one in model._meta.concrete_fields if one.name not in SECRET]
    return [
        {
            "found_by": sorted(keys[row.pk]),
            **{one.attname: one.value_from_object(row) for one in columns},
        }
        for some in _slices(keys)
        for row in model._base_manager.filter(pk__in=some).order_by("pk")
    ]


def _put_in(archive: zipfile.ZipFile, left: FileLeft) -> bool:
    """Copies the bytes; False for a file that is not on this disk."""
    try:
        with open_file(left.file) as stored, archive.open(f"files/{left.file.public_id}-{left.file.name}", "w") as copy:
            shutil.copyfileobj(stored, copy)
    except Refused:
        return False
    return True


def _index(counts: Mapping[str, int], files: Collection[FileLeft], missing: Collection[FileLeft]) -> str:
    lines = [
        _(
            "What is stored of the person. Look it through before it is handed out: rows found by words alone may be "
            "about others too, and files are handed out whole."
        ),
        "",
        *(f"{label}: {count}" for label, count in sorted(counts.items())),
        "",
        *(f"files/{left.file.public_id}-{left.file.name}  {left.place}" for left in files if left not in missing),
        *(_("Not on this machine's disk: %(file)s") % {"file": left} for left in missing),
    ]
    return "\n".join(lines) + "\n"
