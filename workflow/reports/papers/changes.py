"""What has changed between two versions of a text as a paper: marked in the PDF, tracked in the Word file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow.dates import in_language, short_date
from workflow.models import Bundle, DocumentVersion, Process
from workflow.queries.comparisons import compared_sets, compared_versions
from workflow.reports.papers.heads import paper_of
from workflow.reports.papers.marking import marked_section
from workflow.reports.papers.model import Block, Gap, Heading, Paper, line
from workflow.reports.papers.registry import PaperKind
from workflow.reports.papers.texts import ABOUT, find_text, may_make_text
from workflow.rules.compared_words import Fate
from workflow.rules.document_differences import DocumentDifference, summary
from workflow.rules.documents import set_name
from workflow.rules.refusals import Refusal, Refused

CHANGES: Final = "text_changes"


@dataclass(frozen=True, slots=True)
class Changes:
    """Two versions of a text of a process. title: what the text is called. before, after: what the versions are called,
    in the process's language. at: when (UTC) the later one was written or locked."""

    process: Process
    title: str
    before: str
    after: str
    at: datetime
    documents: Sequence[DocumentDifference]


def changes_of_sets(before: Bundle, after: Bundle, process: Process) -> Changes:
    """The changes between two locked sets of a text of the process."""
    documents = compared_sets(before, after, process.language)
    at = after.locked_at or process.started_at
    with in_language(process.language):
        names = set_name(before), set_name(after)
    title = process.title if after.line.position == 0 else after.line.title
    return Changes(process, title, *names, at, documents)


def changes_of_versions(before: DocumentVersion, after: DocumentVersion, process: Process) -> Changes:
    """The changes between two versions of a document of the process."""
    with in_language(process.language):
        names = [_("version %(number)d") % {"number": version.number} for version in (before, after)]
    document = compared_versions(before, after, process.language)
    return Changes(process, after.title, names[0], names[1], after.created_at, [document])


def find_changes(public_id: UUID) -> DocumentVersion | None:
    """The later version that an id names: of a document in a set, or itself."""
    text = find_text(public_id)
    return text.version if text is not None else None


def _since_the_version_before(version: DocumentVersion | Changes) -> Paper:
    if isinstance(version, Changes):
        return _paper(version)
    if refusal := may_make_text(version):
        raise Refused(refusal)
    earlier = version.document.versions.filter(number__lt=version.number).select_related("document", "file")
    before = earlier.order_by("-number").first()
    if before is None:
        text = gettext_lazy("This is the first version of the document: there is none to compare it with.")
        raise Refused(Refusal("no_version_before", text))
    return _paper(changes_of_versions(before, version, version.document.process))


def _paper(changes: Changes) -> Paper:
    words = {"before": changes.before, "after": changes.after, "day": short_date(changes.at, changes.process.time_zone)}
    differs = summary(changes.documents) or [_("no words differ")]
    subtitle = _("%(after)s of %(day)s compared with %(before)s") % words
    return paper_of(
        changes.process,
        CHANGES,
        changes.title,
        _blocks(changes),
        at=changes.at,
        named=(changes.title, _("changes since %(before)s") % words),
        subtitle=f"{subtitle[:1].upper()}{subtitle[1:]}: {', '.join(differs)}",
    )


def _blocks(changes: Changes) -> Iterator[Block]:
    has_titles = len(changes.documents) > 1
    for document in changes.documents:
        if has_titles:
            yield Heading(1, line(document.name), remark=_became(document))
        elif document.fate is not Fate.CHANGED:
            yield Gap(_became(document))
        if document.has_other_file and document.fate is Fate.CHANGED:
            yield Gap(_("The file is another one. Fetch both to compare them."))
        for section in document.all_sections:
            for block in marked_section(section, changes.process.language):
                yield _one_deeper(block) if has_titles else block


def _one_deeper(block: Block) -> Block:
    return replace(block, level=block.level + 1) if isinstance(block, Heading) else block


def _became(document: DocumentDifference) -> str:
    if document.fate is Fate.ADDED:
        return _("The document is new.")
    return _("The document is no longer there.") if document.fate is Fate.REMOVED else ""


def _language(version: DocumentVersion | Changes) -> str:
    return version.process.language if isinstance(version, Changes) else version.document.process.language


KINDS: Final = (
    PaperKind(
        CHANGES,
        gettext_lazy("Changes since the version before"),
        ABOUT,
        find_changes,
        _language,
        _since_the_version_before,
        is_kept=True,
    ),
)
