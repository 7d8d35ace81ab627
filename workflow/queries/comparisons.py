"""Sets and versions of a text as they are compared with others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import prefetch_related_objects

from workflow.models import Bundle, DocumentVersion, Section
from workflow.rules.differences import ReadSection
from workflow.rules.document_differences import (
    DocumentDifference,
    ReadDocument,
    compared_documents,
    document_differences,
)
from workflow.rules.weighty_changes import WeightyChange, weighty_changes
from workflow.states import ChangeKind


def read_set(bundle: Bundle) -> dict[str, ReadDocument]:
    """The documents of a set by their keys. Three queries."""
    items = bundle.items.select_related("version__document", "version__file").order_by("position")
    rows = items.prefetch_related("version__sections__origins")
    return {item.version.document.key: read_version(item.version) for item in rows}


def read_version(version: DocumentVersion) -> ReadDocument:
    """A version with its sections. Two queries unless they are at hand."""
    prefetch_related_objects([version], "sections__origins")
    return ReadDocument(
        version.title,
        version.public_id,
        version.file.sha256 if version.file else "",
        tuple(_read_section(row) for row in version.sections.all()),
    )


def _read_section(section: Section) -> ReadSection:
    origins = tuple(origin.lineage_id for origin in section.origins.all())
    return ReadSection(section.lineage_id, section.heading, section.text, section.number, origins, section.level)


def compared_sets(before: Bundle, after: Bundle, language: str) -> list[DocumentDifference]:
    """What differs between two sets of a text, document by document. language: of the process."""
    return document_differences(read_set(before), read_set(after), language)


def weighty_changes_of(after: Bundle, before: Bundle | None, change: str, language: str) -> list[WeightyChange]:
    """What weighs of the changes in a set that is called editorial; nothing of any other kind of change, and no query.
    before: the set it is held against."""
    if change != ChangeKind.EDITORIAL or before is None:
        return []
    return weighty_changes(compared_sets(before, after, language), language)


def weighty_changes_at_lock(
    after: Mapping[str, ReadDocument], before: Bundle | None, current: Bundle | None, language: str
) -> list[WeightyChange]:
    """What weighs of the changes in a set that is to be locked as an editorial change of the one locked before it.
    Where another set counts, only what weighs against that one too: the one before may have been taken back. Three
    queries for each of the two."""
    found: list[WeightyChange] = []
    for earlier in dict.fromkeys(filter(None, (before, current))):
        found = weighty_changes(document_differences(read_set(earlier), after, language), language)
        if not found:
            break
    return found


def read_versions(versions: Sequence[DocumentVersion]) -> dict[str, ReadDocument]:
    """Versions that are not put together yet, by the keys of their documents. A query for each."""
    return {version.document.key: read_version(version) for version in versions}


def compared_versions(before: DocumentVersion, after: DocumentVersion, language: str) -> DocumentDifference:
    """What differs between two versions of a document. Two queries where their files are at hand."""
    return compared_documents(read_version(before), read_version(after), language)
