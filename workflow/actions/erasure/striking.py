"""Striking a person's name and address out of every text column of the database, whoever wrote it.

Tables of other apps and of libraries are walked too, so that a new table is not forgotten.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Final

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast

from workflow.actions.erasure.words import note_words
from workflow.erasure_kinds import Struck, Traces
from workflow.models import DeedModel, Office, Process, ProvenModel
from workflow.models.guards import ERASED_MARK

KEPT: Final = frozenset(
    {
        # The record holds ids and digests; its personal half goes row by row.
        "workflow.AuditEntry",
        "workflow.AuditDetail",
        "workflow.AuditSeal",
        # The public texts themselves: a change would break what was heard and approved.
        "workflow.Document",
        "workflow.DocumentVersion",
        "workflow.Section",
        "workflow.Bundle.manifest",
        "workflow.BundleItem",
        "workflow.ProcessDefinition",
        # Keys and digests alone.
        "workflow.JournalItem",
        # Bodies and offices are no persons.
        "workflow.Body",
        "workflow.Office",
    }
)
"""Tables and columns ("app.Model.column") that are not searched, and why."""

# A name of one word ("Anna") stands in too many texts to be struck out of them; it goes where it stands alone.
_WORDS_OF_A_FULL_NAME = 2
_CONDITIONS = 200  # in one statement


def strike_out(traces: Traces) -> int:
    """Replace every occurrence of the person's addresses and full names; returns the rows changed.

    Rows with an e-mail column of their own belong to whoever has that address: there only addresses are struck out,
    so that a namesake keeps the name. By row, no column of addresses is touched, and of a process only its own rows.
    """
    searches = (_search(model, traces) for model in apps.get_models())
    return sum(_strike(search, traces.struck) for search in searches if search)


def blank_labels(traces: Traces) -> int:
    """Take the person's name off every deed done under their account or links; the deed and its actor's id stay."""
    return sum(
        scoped(model, traces).filter(by_id__in=traces.actors).exclude(by_label="").update(by_label="")
        for model in apps.get_models()
        if issubclass(model, DeedModel) and traces.actors and _is_within(model, traces)
    )


def needles(words: Iterable[str]) -> set[str]:
    """How words may be written in a column: other cases, other normal form, escaped in JSON.

    SQLite folds the case of a-z only.
    """
    spellings: set[str] = set()
    for word in words:
        for form in ("NFC", "NFD"):
            plain = unicodedata.normalize(form, word)
            spellings |= {plain, plain.lower(), plain.upper(), plain.title()}
    return spellings | {json.dumps(word)[1:-1] for word in spellings}


def pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Any of the words in any of its spellings, as a word of its own.

    "Anna Holms" and "Anna Holm.pdf" are Anna Holm's, "Anna Holmstrup" is not; nor is "johanna@x.dk" anna@x.dk's.
    """
    addresses: list[str] = []
    names: list[str] = []
    for spelling in sorted({n for word in words for n in needles([word])}, key=len, reverse=True):
        (addresses if "@" in spelling else names).append(re.escape(spelling))
    parts = []
    if addresses:
        parts.append(rf"(?<![\w+%])(?<!\w[.-])(?:{'|'.join(addresses)})(?![\w-]|\.\w)")
    if names:
        parts.append(rf"(?<!\w)(?:{'|'.join(names)})(?:(?=s\b)|(?!\w))")
    return re.compile("|".join(parts), re.IGNORECASE)


def full_names(names: Collection[str]) -> set[str]:
    """Those of the names that have two words at least, and so may be struck out wherever they stand."""
    return {name for name in names if len(name.split()) >= _WORDS_OF_A_FULL_NAME}


def strike_names(
    rows: models.QuerySet[Any], names: set[str], struck: Struck, *, spared_columns: Collection[str] = ()
) -> int:
    """Replace these names in the text columns of these rows and no others, `spared_columns` and addresses apart.

    Returns the rows changed."""
    fields = [
        field
        for field in _text_columns(rows.model)
        if field.name not in spared_columns and not isinstance(field, models.EmailField)
    ]
    full = full_names(names)
    return _strike(_Search(rows, fields, full, names - full, set()), struck)


def path_to(owner: type[Office | Process], model: type[models.Model]) -> str | None:
    """The lookup that leads from a row to its office or process: "office", "stage__process", "pk" for itself.

    None when the row belongs to none, so that erasing within one leaves it alone. A way that some rows lack (a decision
    without a bundle) is taken only where there is no other.
    """
    if model is owner:
        return "pk"
    return _way(owner, model, nullable=False) or _way(owner, model, nullable=True)


def _way(owner: type[Office | Process], model: type[models.Model], *, nullable: bool) -> str | None:
    name = owner._meta.model_name or ""
    queue: deque[tuple[type[models.Model], tuple[str, ...]]] = deque([(model, ())])
    models_met: set[type[models.Model]] = {model}
    while queue:
        current, path = queue.popleft()
        for field in current._meta.concrete_fields:
            if field.name == f"{name}_id" and isinstance(field, models.UUIDField):
                return "__".join((*path, f"{name}_id"))
            related = field.related_model
            if not isinstance(field, models.ForeignKey) or not isinstance(related, type):
                continue
            if field.null and not nullable:
                continue
            if related is owner and field.name == name:
                return "__".join((*path, name))
            if related not in models_met and related._meta.label != "workflow.User":
                models_met.add(related)
                queue.append((related, (*path, field.name)))
    return None


def scoped(model: type[models.Model], traces: Traces) -> models.QuerySet[Any]:
    """The rows of a table that belong to the office and process within which traces are followed."""
    rows = model._base_manager.all()
    for owner in (traces.office, traces.process):
        if owner is not None:
            path = path_to(type(owner), model)
            rows = rows.filter(**{path: owner.public_id if path.endswith("_id") else owner.pk}) if path else rows.none()
    return rows


def _is_within(model: type[models.Model], traces: Traces) -> bool:
    """Whether rows of this table belong to what is being erased in."""
    return all(path_to(type(owner), model) for owner in (traces.office, traces.process) if owner is not None)


def _text_columns(model: type[models.Model]) -> Iterator[models.Field[Any, Any]]:
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
        is_salt = field.name == "salts" and issubclass(model, ProvenModel)
        if (
            is_text
            and not is_salt
            and not field.choices
            and not field.primary_key
            and f"{model._meta.label}.{field.name}" not in KEPT
        ):
            yield field


def naming(model: type[models.Model], traces: Traces) -> list[Any]:
    """Keys of the rows of this table in whose words the person stands: those out of which striking would take them."""
    search = _search(model, traces)
    return [pk for pk, _news in search.changes()] if search else []


@dataclass(frozen=True, slots=True)
class _Search:
    """What is looked for in these columns of these rows.

    words: wherever they stand. alone: where a column holds nothing else. addresses: those among the words, which alone
    are struck out of labels.
    """

    rows: models.QuerySet[Any]
    fields: Collection[models.Field[Any, Any]]
    words: set[str]
    alone: set[str]
    addresses: set[str]

    def changes(self) -> Iterator[tuple[Any, dict[str, Any]]]:
        """Each row in which something was found, by its key, with what its columns would hold after striking."""
        if not self.fields or not (self.words or self.alone):
            return
        word_pattern = pattern(self.words) if self.words else None
        address_pattern = pattern(self.addresses) if self.addresses else None
        for pk, *values in self._candidates():
            news: dict[str, Any] = {}
            for field, value in zip(self.fields, values, strict=True):
                # A label names whoever did the deed; a namesake's stays, the person's own goes by id.
                is_label = field.name == "by_label"
                spelled, alone = (address_pattern, set()) if is_label else (word_pattern, self.alone)
                new = _struck(value, spelled, alone, field.max_length)
                if new != value:
                    news[field.name] = new
            if news:
                yield pk, news

    def _candidates(self) -> list[tuple[Any, ...]]:
        casts = {
            f"{field.name}_as_text": Cast(field.name, models.TextField())
            for field in self.fields
            if isinstance(field, models.JSONField)
        }
        conditions = []
        for field in self.fields:
            column = f"{field.name}_as_text" if f"{field.name}_as_text" in casts else field.name
            conditions += [Q(**{f"{column}__icontains": needle}) for needle in needles(self.words)]
            if not isinstance(field, models.JSONField) and field.name != "by_label":
                conditions += [Q(**{f"{column}__iexact": name}) for name in self.alone]
        return _matching(self.rows.annotate(**casts), conditions, [field.name for field in self.fields])


def _search(model: type[models.Model], traces: Traces) -> _Search | None:
    if model._meta.label in KEPT or not model._meta.managed or not _is_within(model, traces):
        return None
    fields = list(_text_columns(model))
    belongs_to_an_address = any(isinstance(field, models.EmailField) for field in fields)
    if traces.by_row:
        fields = [field for field in fields if not isinstance(field, models.EmailField)]
    addresses = traces.emails | traces.mentions
    full = full_names(traces.names)
    words = addresses if belongs_to_an_address else addresses | full
    alone = set() if belongs_to_an_address else traces.names - full
    return _Search(scoped(model, traces), fields, words, alone, addresses)


def _strike(search: _Search, struck: Struck) -> int:
    changed = 0
    for pk, news in search.changes():
        # Past the models' own `save`: rows that are otherwise never changed are struck out of as well.
        row = search.rows.model._base_manager.filter(pk=pk)
        note_words(row, news, struck)
        changed += row.update(**news)
    return changed


def _matching(rows: models.QuerySet[Any], conditions: list[Q], names: list[str]) -> list[tuple[Any, ...]]:
    rows_by_pk: dict[Any, tuple[Any, ...]] = {}
    for start in range(0, len(conditions), _CONDITIONS):
        slice_of_rows = rows.filter(reduce(or_, conditions[start : start + _CONDITIONS]))
        rows_by_pk |= {row[0]: row for row in slice_of_rows.values_list("pk", *names)}
    return list(rows_by_pk.values())


def _struck(value: Any, spelled: re.Pattern[str] | None, alone: set[str], longest: int | None) -> Any:
    if isinstance(value, str):
        if value.casefold() in {name.casefold() for name in alone}:
            return ""
        new = spelled.sub(ERASED_MARK, value) if spelled else value
        # The mark may be longer than what it takes the place of, and PostgreSQL refuses what does not fit.
        return new if longest is None else new[:longest]
    if isinstance(value, list):
        return [_struck(element, spelled, alone, None) for element in value]
    if isinstance(value, dict):
        return {_struck(k, spelled, set(), None): _struck(v, spelled, alone, None) for k, v in value.items()}
    return value
