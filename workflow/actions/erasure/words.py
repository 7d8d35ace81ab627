"""Words that were struck out of rows which the record proves: what is left is digested anew, for the deed's entry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from workflow.audit.rows import proven_kinds, salt_words
from workflow.erasure_kinds import Struck


def note_words(rows: QuerySet[Any], columns: Iterable[str], struck: Struck) -> None:
    """Note that these columns of these rows are struck, before or after it is done; for other tables nothing."""
    for kind in proven_kinds():
        if rows.model is kind.model:
            for pk in rows.values_list("pk", flat=True):
                struck.words.setdefault((kind.verb.value, pk), set()).update(columns)
        for part in kind.parts:
            if rows.model is part.model:
                for pk in rows.values_list(f"{part.owner}_id", flat=True):
                    struck.words.setdefault((kind.verb.value, pk), set()).add(part.word)


def codes_of(struck: Struck) -> dict[str, Any]:
    """For the entry of the deed: what it took out of the record, and what it left of words the record proves."""
    codes = {"details": sorted(struck.entries), "words": _digest_what_is_left(struck)}
    return {name: value for name, value in codes.items() if value}


def _digest_what_is_left(struck: Struck) -> dict[str, dict[str, str]]:
    """Give the words that were struck new salts, and return the digests of what is left of them by public id.

    The salts under which they were recorded are gone with them: nobody can guess the words back.
    """
    left: dict[str, dict[str, str]] = {}
    for kind in proven_kinds():
        named = {pk: columns for (verb, pk), columns in struck.words.items() if verb == kind.verb.value}
        pks = sorted(named)
        # In slices, because databases take only so many values in one statement.
        for start in range(0, len(pks), 500):
            for row in kind.rows().filter(pk__in=pks[start : start + 500]):
                words = {name: word for name, word in kind.words(row).items() if name in named[row.pk]}
                if words:
                    # Several entries may each prove some of a row's words.
                    left.setdefault(str(row.public_id), {}).update(salt_words(row, words))
                    row.save(update_fields=["salts"])
    return left
