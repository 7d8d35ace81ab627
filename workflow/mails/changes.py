"""The list of changes in a mail that tells of another text: made when it is sent, for who may read both versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from workflow.dates import in_language
from workflow.models import Bundle
from workflow.queries.comparisons import compared_sets
from workflow.rules.change_lines import change_lines
from workflow.rules.document_differences import DocumentDifference

CHANGES: Final = "changes"
"""The fact of a mail that lists them. A copy of the mail goes without: whoever gets it may not read the documents."""


@dataclass(slots=True)
class ListedChanges:
    """The changes between sets, compared once for all mails of a batch."""

    _compared: dict[tuple[int, int], list[DocumentDifference]] = field(default_factory=dict)

    def lines(self, before: Bundle | None, after: Bundle | None, language: str) -> list[str]:
        """In the language of a mail. Empty where either is not known, or they are of different texts."""
        if before is None or after is None or before.pk == after.pk or before.line_id != after.line_id:
            return []
        pair = (before.pk, after.pk)
        if pair not in self._compared:
            self._compared[pair] = compared_sets(before, after, after.process.language)
        with in_language(language):
            return change_lines(self._compared[pair])


def sets_named(ids: Iterable[object]) -> Mapping[str, Bundle]:
    """Sets by their public ids as mails name them. No query for none, else one."""
    known = {str(one) for one in ids if one}
    rows = Bundle.objects.filter(public_id__in=known).select_related("line", "process") if known else ()
    return {str(row.public_id): row for row in rows}
