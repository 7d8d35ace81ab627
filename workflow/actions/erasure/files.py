"""Files that came with what a person did: named before the person is erased, and erased or kept with a reason.

Their bytes cannot be searched for a name, and a file at a body's answer is the body's: so a human says what becomes of
each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import F, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from workflow.actions.erasure.striking import path_to
from workflow.actions.files import erase_file
from workflow.audit.rows import proven_kinds
from workflow.erasure_kinds import Traces
from workflow.models import DeedModel, Process, PublicModel, StoredFile
from workflow.rules import Refusal, Refused

TEXTS: Final = frozenset(
    {"workflow.DocumentVersion", "workflow.VersionPicture", "workflow.Package", "workflow.JournalParcel"}
)
"""Tables whose files are the matter itself: what was heard, approved and sent stays as it was. A parcel for the journal
goes by its own kind (`journal.py`)."""

_LISTED: Final = 50  # in a refusal


@dataclass(frozen=True, slots=True)
class FileLeft:
    """A file that came with what a person did. place: where it lies, in words. is_text: one of the matter's own texts,
    which stays without being asked about."""

    file: StoredFile
    place: str
    is_text: bool

    def __str__(self) -> str:
        return f"{self.file.public_id}  {self.file.name} ({self.file.size} B)  {self.place}"


@dataclass(frozen=True, slots=True)
class FilesDecided:
    """What becomes of the files, by public id: those to erase, those to keep and why; and of all that are not named."""

    erase: frozenset[UUID] = frozenset()
    keep: Mapping[UUID, str] = field(default_factory=dict)
    erase_others: bool = False
    keep_others: str = ""

    def why_kept(self, file: StoredFile) -> str | None:
        """The reason for which it is kept; "" when it is to be erased, None when nothing is said of it."""
        if file.public_id in self.keep:
            return self.keep[file.public_id].strip() or None
        if file.public_id in self.erase or self.erase_others:
            return ""
        return self.keep_others.strip() or None


def files_that_came_with(traces: Traces) -> list[FileLeft]:
    """Every file, not yet erased, of deeds done under these accounts and links, of the questions put to the person and
    of what they wrote; each once, in the order they came."""
    found: dict[int, FileLeft] = {}
    for model in apps.get_models():
        columns = [f.name for f in model._meta.concrete_fields if f.related_model is StoredFile]
        where = _of_the_person(model, traces) if columns else None
        if where is None:
            continue
        is_text = model._meta.label in TEXTS
        for row in _with_case_number(model).filter(where).select_related(*columns):
            for file in filter(None, (getattr(row, column) for column in columns)):
                if file.erased_at is None and traces.office in (None, file.office) and not _is_text(found, file):
                    found[file.pk] = FileLeft(file, _place(row), is_text)
    return [found[pk] for pk in sorted(found)]


def still_there(files: Sequence[FileLeft]) -> list[FileLeft]:
    """Those that have not been erased meanwhile with what they belonged to."""
    gone = set(
        StoredFile.objects.filter(pk__in=[left.file.pk for left in files])
        .exclude(erased_at=None)
        .values_list("pk", flat=True)
    )
    return [left for left in files if left.file.pk not in gone]


def deal_with_files(files: Sequence[FileLeft], decided: FilesDecided, now: datetime) -> dict[UUID, str]:
    """Erase those that are to be erased; returns why each of the others is kept, by its public id.

    Refuses while there is one of which nothing is said, naming them all, and a file that is none of these.
    """
    asked = [left for left in files if not left.is_text]
    strangers = (decided.erase | set(decided.keep)) - {left.file.public_id for left in asked}
    if strangers:
        text = _("The file %(id)s did not come with what the person did.") % {"id": min(strangers)}
        raise Refused(Refusal("file_not_theirs", text))
    reasons = {left.file.public_id: decided.why_kept(left.file) for left in asked}
    undecided = [left for left in asked if reasons[left.file.public_id] is None]
    if undecided:
        raise Refused(Refusal("files_undecided", _undecided(undecided)))
    for left in asked:
        if reasons[left.file.public_id] == "":
            erase_file(left.file, now=now)
    return {public_id: reason for public_id, reason in reasons.items() if reason}


def _undecided(files: Sequence[FileLeft]) -> str:
    text = ngettext(
        "A file came with what the person did, and nothing is said of what becomes of it. Erase it (--erase-file ID) "
        "or keep it with a reason (--keep-file ID=REASON):",
        "%(count)d files came with what the person did, and nothing is said of what becomes of them. Erase each "
        "(--erase-file ID, or --erase-files for all) or keep it with a reason (--keep-file ID=REASON, or --keep-files "
        "REASON for all):",
        len(files),
    ) % {"count": len(files)}
    lines = [text, *(f"  {left}" for left in files[:_LISTED])]
    return "\n".join([*lines, "  …"] if len(files) > _LISTED else lines)


def _is_text(found: Mapping[int, FileLeft], file: StoredFile) -> bool:
    return file.pk in found and found[file.pk].is_text


def _of_the_person(model: type[models.Model], traces: Traces) -> Q | None:
    """Rows of the person's own deeds, or that belong to a row about the person."""
    rows_about = traces.subjects | traces.wrote
    conditions = [Q(**{f"{owner}by_id__in": traces.actors}) for owner in _owners(model)]
    conditions += [Q(**{f"{path}public_id__in": rows_about}) for path in _paths(model)]
    return reduce(or_, conditions) if conditions else None


def _owners(model: type[models.Model]) -> Iterator[str]:
    """Where the row says who did the deed: itself, or the row it is a part of."""
    if issubclass(model, DeedModel):
        yield ""
        return
    for fk in _foreign_keys(model):
        if issubclass(fk.related_model, DeedModel):
            yield f"{fk.name}__"


def _paths(model: type[models.Model], prefix: str = "", steps: int = 2) -> Iterator[str]:
    """The ways to rows that may be about a person: itself, and what it belongs to, so many steps up."""
    if issubclass(model, PublicModel):
        yield prefix
    for fk in _foreign_keys(model) if steps else ():
        yield from _paths(fk.related_model, f"{prefix}{fk.name}__", steps - 1)


def _foreign_keys(model: type[models.Model]) -> Iterator[Any]:
    for found in model._meta.concrete_fields:
        if isinstance(found, models.ForeignKey) and found.related_model is not StoredFile:
            yield found


def _with_case_number(model: type[models.Model]) -> QuerySet[Any]:
    path = path_to(Process, model)
    case_number: Any = F(f"{path}__case_number") if path else Value("")
    return model._base_manager.annotate(case_number_of_it=case_number)


def _place(row: Any) -> str:
    owner = row
    if not isinstance(row, DeedModel):
        owner = next((getattr(row, fk.name) for fk in _foreign_keys(type(row))), row)
    nouns = {kind.model: kind.noun for kind in proven_kinds()}
    noun = nouns.get(type(owner), type(owner)._meta.verbose_name)
    return f"{row.case_number_of_it} · {noun}: {owner}".removeprefix(" · ")
