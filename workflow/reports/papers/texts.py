"""The text of a document as a paper: clean, or with line numbers for those who talk it over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow.dates import short_date
from workflow.models import Bundle, BundleItem, DocumentVersion, Process
from workflow.reports.papers.heads import paper_of
from workflow.reports.papers.markdown import blocks_of
from workflow.reports.papers.model import Block, Heading, Paper, line
from workflow.reports.papers.registry import PaperKind
from workflow.rules.documents import set_name
from workflow.rules.refusals import Refusal, Refused
from workflow.states import BundleState

TEXT: Final = "text"
NUMBERED: Final = "text_numbered"
_WITH_CONTENTS: Final = 6  # headings from which on a list of them helps


@dataclass(frozen=True, slots=True)
class Text:
    """A version of a document, and the locked set it is read as part of; None while it is in none."""

    version: DocumentVersion
    bundle: Bundle | None

    @property
    def process(self) -> Process:
        """The process it belongs to."""
        return self.version.document.process


def find_text(public_id: UUID) -> Text | None:
    """The text that an id names: that of a document in a set, or that of a version. One query, or two."""
    items = BundleItem.objects.filter(bundle__state=BundleState.LOCKED)
    item = items.filter(public_id=public_id).select_related(*_WITH_BUNDLE, *_below("version__")).first()
    if item is not None:
        return Text(item.version, item.bundle)
    version = DocumentVersion.objects.filter(public_id=public_id).select_related(*_below("")).first()
    return text_of(version) if version is not None else None


def text_of(version: DocumentVersion) -> Text:
    """A version as part of the newest locked set that holds it. One query."""
    items = version.bundle_items.filter(bundle__state=BundleState.LOCKED).select_related(*_WITH_BUNDLE)
    item = items.order_by("-bundle__number").first()
    return Text(version, item.bundle if item else None)


_WITH_BUNDLE: Final = ("bundle__line",)


def _below(prefix: str) -> tuple[str, ...]:
    return (f"{prefix}document__process__office", f"{prefix}file")


def may_make_text(version: DocumentVersion) -> Refusal | None:
    """A document that is a file alone has no text to make a paper of."""
    if version.sections.exists():
        return None
    return Refusal("no_text", gettext_lazy("The document is a file without a text of its own. Fetch the file."))


def _paper(text: Text) -> Paper:
    refusal = may_make_text(text.version)
    if refusal is not None:
        raise Refused(refusal)
    process, bundle = text.process, text.bundle
    at = text.version.created_at
    if bundle is not None and bundle.locked_at is not None:
        at = bundle.locked_at
        words = {"set": set_name(bundle), "day": short_date(at, process.time_zone)}
        subtitle = _("%(set)s, locked on %(day)s") % words
        named = (text.version.title, _("version %(number)d") % {"number": bundle.number})
    else:
        subtitle = _("Draft, not locked")
        named = (text.version.title, _("draft %(number)d") % {"number": text.version.number})
    blocks = list(section_blocks(text.version))
    headings = sum(isinstance(block, Heading) and bool(block.anchor) for block in blocks)
    return paper_of(
        process,
        TEXT,
        text.version.title,
        blocks,
        at=at,
        named=named,
        subtitle=subtitle,
        has_contents=headings >= _WITH_CONTENTS,
    )


def _numbered_paper(text: Text) -> Paper:
    paper = _paper(text)
    numbered = _("line numbers")
    return replace(paper, kind=NUMBERED, has_line_numbers=True, file_name=f"{paper.file_name} - {numbered}")


def section_blocks(version: DocumentVersion) -> Iterator[Block]:
    """The sections of a version, each a heading with its number and what stands under it."""
    for section in version.sections.all():
        level = max(section.level, 1)
        if section.number or section.heading:
            yield Heading(level, line(section.heading), section.number, f"afsnit-{section.position}")
        yield from blocks_of(section.text, below=level)


def _language(text: Text) -> str:
    return text.process.language


ABOUT: Final = "a document of a locked set, or a version of a document"

KINDS: Final = (
    PaperKind(TEXT, gettext_lazy("Text"), ABOUT, find_text, _language, _paper, is_kept=True),
    PaperKind(
        NUMBERED, gettext_lazy("Text with line numbers"), ABOUT, find_text, _language, _numbered_paper, is_kept=True
    ),
)
