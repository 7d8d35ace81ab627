"""What differs between two sets of documents, document by document, and how much of it there is. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import ngettext

from workflow.rules.compared_words import Fate, Words, compared
from workflow.rules.differences import ReadSection, SectionDifference, compared_sections, shortened


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document of a set as it is compared. version: tells one text from another; file: SHA-256, "" without one."""

    title: str
    version: UUID
    file: str
    sections: tuple[ReadSection, ...]


@dataclass(frozen=True, slots=True)
class DocumentDifference:
    """A document that differs between two sets. all_sections: of one that is in both, all of its sections.
    has_other_file: its file is not the same, and cannot be compared."""

    fate: Fate
    title: tuple[Words, ...]
    all_sections: tuple[SectionDifference, ...]
    has_other_file: bool = False

    @property
    def sections(self) -> list[SectionDifference]:
        """The sections that differ, of those that are changed only what stands around the changes."""
        return [shortened(row) for row in self.all_sections if row.is_to_be_seen]

    @property
    def name(self) -> str:
        """Its title in the version it is in last."""
        return "".join(run.text for run in self.title if run.fate is not Fate.REMOVED)


def document_differences(
    before: Mapping[str, ReadDocument], after: Mapping[str, ReadDocument], language: str = "da"
) -> list[DocumentDifference]:
    """The documents that differ between two sets, each by its key; those that are gone stand last. language: what they
    are written in."""
    differences = [
        compared_documents(before.get(key), document, language)
        for key, document in after.items()
        if key not in before or before[key].version != document.version
    ]
    return [*differences, *(_alone(Fate.REMOVED, row) for key, row in before.items() if key not in after)]


def compared_documents(earlier: ReadDocument | None, later: ReadDocument, language: str) -> DocumentDifference:
    """Two versions of a document as one; earlier: None for a document that is new."""
    if earlier is None:
        return _alone(Fate.ADDED, later)
    return DocumentDifference(
        Fate.CHANGED,
        tuple(compared(earlier.title, later.title, language)),
        tuple(compared_sections(earlier.sections, later.sections, language)),
        has_other_file=earlier.file != later.file,
    )


def _alone(fate: Fate, document: ReadDocument) -> DocumentDifference:
    return DocumentDifference(fate, (Words(Fate.SAME, document.title),), ())


def summary(documents: Iterable[DocumentDifference]) -> list[str]:
    """How much differs, in the language that is read: "14 sections changed", "3 numbers changed". Empty where nothing
    that is read differs."""
    found = list(documents)
    sections = [section for document in found for section in document.all_sections]
    changed = sum(row.fate is Fate.CHANGED and not row.origins for row in sections)
    added, removed = (sum(row.fate is fate for row in sections) for fate in (Fate.ADDED, Fate.REMOVED))
    split, joined = sum(row.is_split_off for row in sections), sum(row.is_joined for row in sections)
    moved, figures = sum(row.is_moved for row in sections), sum(row.figures for row in sections)
    come, gone = (sum(row.fate is fate for row in found) for fate in (Fate.ADDED, Fate.REMOVED))
    words = (
        (changed, ngettext("%(count)d section changed", "%(count)d sections changed", changed)),
        (added, ngettext("%(count)d new section", "%(count)d new sections", added)),
        (removed, ngettext("%(count)d section gone", "%(count)d sections gone", removed)),
        (split, ngettext("%(count)d section split off", "%(count)d sections split off", split)),
        (joined, ngettext("%(count)d section joined", "%(count)d sections joined", joined)),
        (moved, ngettext("%(count)d section moved", "%(count)d sections moved", moved)),
        (figures, ngettext("%(count)d number changed", "%(count)d numbers changed", figures)),
        (come, ngettext("%(count)d new document", "%(count)d new documents", come)),
        (gone, ngettext("%(count)d document gone", "%(count)d documents gone", gone)),
    )
    return [text % {"count": count} for count, text in words if count]
