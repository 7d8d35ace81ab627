"""Papers handed out: what a page offers to fetch, and the file itself."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, cast
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflow.actions.files import open_file
from workflow.dates import in_language
from workflow.models import BundleItem, DocumentVersion, Process, Stage, StoredFile
from workflow.reports.papers.letters import PRESENTATION
from workflow.reports.papers.long import TakesLong, only_at_once
from workflow.reports.papers.registry import DOCX, PDF, XLSX, PaperFile, make_paper, may_make, paper_kind, write_zip
from workflow.reports.papers.texts import NUMBERED, TEXT, Text, text_of
from workflow.rules import Refused
from workflow.states import StageKindName
from workflow.views.access import Visit, way_back
from workflow.views.long_work import followed_page, have_made
from workflow.views.pages import process_page, stage_page

APPROVALS: Final = "approval_list"
MAILS: Final = "mail_list"
RECORD: Final = "record"
"""Keys of lists in the words of pages."""

LABELS = {PDF: _("Fetch as PDF"), DOCX: _("Fetch as Word"), XLSX: _("Fetch as a spreadsheet")}


NAMED = {PDF: _("%(paper)s as PDF"), DOCX: _("%(paper)s as Word"), XLSX: _("%(paper)s as a spreadsheet")}


@dataclass(frozen=True, slots=True)
class Ways:
    """What a page offers of a paper: links (address, words), and why the others are not there, "" where all are."""

    links: list[tuple[str, str | Promise]]
    why: str | Promise = ""


def ways_to_fetch(key: str, url: Callable[[str], str], *endings: str, is_named: bool = False) -> Ways:
    """What a page offers of a paper of that kind. url: the address of a format. endings: the formats; all of the kind
    unless given. is_named: the links say which paper, where a page offers several."""
    kind = paper_kind(key)
    links: list[tuple[str, str | Promise]] = []
    why: str | Promise = ""
    for ending in endings or kind.formats:
        refusal = may_make(kind, ending)
        if refusal is None:
            links.append((url(ending), NAMED[ending] % {"paper": kind.label} if is_named else LABELS[ending]))
        else:
            why = refusal.text
    return Ways(links, why)


def ways_to_text(version: DocumentVersion, url: Callable[[str], str]) -> Ways | None:
    """What a page offers of a document's text; None where it is a file alone. Its sections are read along, or have
    been."""
    return ways_to_fetch(TEXT, url) if len(version.sections.all()) else None


def send_paper(request: Visit, key: str, row: Any, ending: str) -> HttpResponseBase:
    """The paper as a download; where it is long and not made yet, the way to where it is followed; where it cannot be
    made, why. 404 for a format there is none of."""
    if ending not in LABELS:
        raise Http404
    if page := followed_page(request):
        return page
    try:
        with only_at_once():
            paper = make_paper(key, row, ending)
    except TakesLong as asked:
        return have_made(request, asked)
    except Refused as refused:
        return refused_paper(request, refused)
    return FileResponse(
        io.BytesIO(paper.content), as_attachment=True, filename=paper.name, content_type=paper.media_type
    )


Files = Sequence[tuple[str, PaperFile | StoredFile]]


def send_together(request: Visit, language: str, gather: Callable[[], tuple[str, Files]]) -> HttpResponseBase:
    """Papers and stored files as one ZIP; where one of them is long and not made yet, the way to where it is followed;
    where one cannot be made, why. gather: the ZIP's name and its files by their names in it, asked for while that
    language is spoken. 404 where there are none."""
    if page := followed_page(request):
        return page
    try:
        with only_at_once(), in_language(language):
            name, files = gather()
    except TakesLong as asked:
        return have_made(request, asked)
    except Refused as refused:
        return refused_paper(request, refused)
    if not files:
        raise Http404
    # Originals may be large: what is over a few megabytes goes to the disk.
    spool = tempfile.SpooledTemporaryFile(max_size=8 * 1024 * 1024)  # noqa: SIM115 - the response closes it
    write_zip(cast(BinaryIO, spool), files, open_file)
    spool.seek(0)
    return FileResponse(cast(BinaryIO, spool), as_attachment=True, filename=name, content_type="application/zip")


def refused_paper(request: Visit, refused: Refused) -> HttpResponse:
    """Why there is no such paper, and the way back."""
    return render(request, "errors/409.html", {"refusal": refused.refusal, "back_url": way_back(request)}, status=409)


def send_text(request: Visit, item: BundleItem, ending: str) -> HttpResponseBase:
    """The text of a document of a set as a download."""
    return send_paper(request, TEXT, Text(item.version, item.bundle), ending)


# ── The office's own page of a document ───────────────────────────────────────────────────────────────────────
LINES = "linjer"
"""In the address: as PDF with line numbers."""


def ways_to_version(process: Process, version: DocumentVersion) -> Ways | None:
    """What the office's page of a document offers: PDF, Word, and a PDF with line numbers."""

    def url(ending: str) -> str:
        return reverse("document_paper", args=[process.public_id, version.public_id, ending])

    ways = ways_to_text(version, url)
    if ways is not None and may_make(paper_kind(NUMBERED), PDF) is None:
        ways.links.append((url(LINES), _("Fetch as PDF with line numbers")))
    return ways


@process_page("auditor", "GET")
def document_paper(request: Visit, process: Process, version_id: UUID, ending: str) -> HttpResponseBase:
    """Fetch the text of a version, of a locked set or a draft."""
    versions = DocumentVersion.objects.filter(document__process=process)
    version = get_object_or_404(versions.select_related("document__process__office"), public_id=version_id)
    if ending == LINES:
        return send_paper(request, NUMBERED, text_of(version), PDF)
    return send_paper(request, TEXT, text_of(version), ending)


# ── Letters and case presentations, for officers ──────────────────────────────────────────────────────────────
@stage_page("auditor", "GET", kinds=(StageKindName.REVIEW, StageKindName.APPROVAL))
def case_presentation(request: Visit, stage: Stage, ending: str) -> HttpResponseBase:
    """Fetch the case presentation for those who decide in a stage."""
    return send_paper(request, PRESENTATION, stage, ending)


def ways_to_presentation(stage: Stage) -> Ways:
    """What the board of a stage offers for the agenda."""
    ids = [stage.process.public_id, stage.public_id]
    return ways_to_fetch(PRESENTATION, lambda ending: reverse("case_presentation", args=[*ids, ending]), is_named=True)
