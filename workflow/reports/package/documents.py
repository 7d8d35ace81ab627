"""The first chapter of a package: the documents of its set, as text and as their original files."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.utils.translation import gettext as _

from workflow.models import Bundle, BundleItem
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
from workflow.reports.papers.pdf import may_write_pdf
from workflow.reports.papers.registry import make_paper
from workflow.reports.papers.texts import TEXT, Text


def lay_out_texts(bundle: Bundle | None) -> None:
    """Make the PDFs of a set, so that they lie on the disk when a package is written: a text of forty pages takes
    seconds, and a package is written under a lock. One query, and what each text reads."""
    if bundle is None or may_write_pdf() is not None:
        return
    for item in bundle.items.select_related("version__document__process__office").prefetch_related("version__sections"):
        if len(item.version.sections.all()):
            make_paper(TEXT, Text(item.version, bundle))


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
    why_no_pdf = may_write_pdf()
    left_out = (*gathering.left_out, *([str(why_no_pdf.text)] if why_no_pdf else []))
    return Chapter(DOCUMENTS, title, (Part("", rows, facts),), tuple(gathering.missing), left_out)


def _row(place: int, item: BundleItem, gathering: Gathering) -> Row:
    version = item.version
    stem = f"{place:02d}-{cut(version.title, LONGEST_PART)}-v{version.number}"
    says = (_("To be approved") if item.needs_approval else _("Goes along"),)
    papers = (
        *_texts(item),
        *gathering.stored(_("Original"), "original", version.file, version.title),
    )
    return Row(version.title, says, papers=papers, stem=stem)


def _texts(item: BundleItem) -> Iterator[Paper]:
    version = item.version
    sections = [(" ".join(filter(None, [s.number, s.heading])), s.text) for s in version.sections.all()]
    if sections:
        if may_write_pdf() is None:
            yield Paper(_("Text as PDF"), "", ".pdf", lambda: make_paper(TEXT, Text(version, item.bundle)).content)
        yield Paper(_("Text"), "", ".html", partial(as_page, version.title, sections))
        yield Paper(_("Text as plain text"), "", ".txt", partial(as_text, version.title, sections))
        yield Paper(_("Text as Markdown"), "", ".md", partial(_as_markdown, version.title, sections))


def _as_markdown(title: str, sections: list[tuple[str, str]]) -> bytes:
    parts = [f"# {title}", *(f"## {heading}\n\n{text}".rstrip() for heading, text in sections)]
    return ("\n\n".join(parts) + "\n").encode()
