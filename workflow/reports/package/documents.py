"""The first chapter of a package: the documents of its set, as text and as their original files."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.utils.translation import gettext as _

from workflow.models import Bundle, BundleItem, DocumentVersion
from workflow.reports.package.chapters import (
    DOCUMENTS,
    LONGEST_PART,
    Chapter,
    Gathering,
    Paper,
    Part,
    Row,
    as_page,
    as_text,
    cut,
)


def documents_chapter(bundle: Bundle) -> Chapter:
    """The documents in the set's order, and whether they are there to be approved or go along. Three queries."""
    items = (
        BundleItem.objects.filter(bundle=bundle)
        .select_related("version__document", "version__file")
        .prefetch_related("version__sections")
        .order_by("position")
    )
    gathering = Gathering()
    rows = tuple(_row(place, item, gathering) for place, item in enumerate(items, start=1))
    title = bundle.line.title
    facts = (
        (_("Version"), str(bundle.number)),
        ("SHA-256", bundle.sha256),
    )
    left_out = (
        *gathering.left_out,
        _("PDF editions are not made here. Every text can be printed as one from its page."),
    )
    return Chapter(DOCUMENTS, title, (Part("", rows, facts),), tuple(gathering.missing), left_out)


def _row(place: int, item: BundleItem, gathering: Gathering) -> Row:
    version = item.version
    stem = f"{place:02d}-{cut(version.title, LONGEST_PART)}-v{version.number}"
    says = (_("To be approved") if item.needs_approval else _("Goes along"),)
    papers = (
        *_texts(version),
        *gathering.stored(_("Original"), "original", version.file, version.title),
    )
    return Row(version.title, says, papers=papers, stem=stem)


def _texts(version: DocumentVersion) -> Iterator[Paper]:
    sections = [(" ".join(filter(None, [s.number, s.heading])), s.text) for s in version.sections.all()]
    if sections:
        yield Paper(_("Text"), "", ".html", partial(as_page, version.title, sections))
        yield Paper(_("Text as plain text"), "", ".txt", partial(as_text, version.title, sections))
        yield Paper(_("Text as Markdown"), "", ".md", partial(_as_markdown, version.title, sections))


def _as_markdown(title: str, sections: list[tuple[str, str]]) -> bytes:
    parts = [f"# {title}", *(f"## {heading}\n\n{text}".rstrip() for heading, text in sections)]
    return ("\n\n".join(parts) + "\n").encode()
