"""The papers a body decides on: each document, its file, and all of them at once."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from workflow.actions.files import open_file
from workflow.dates import in_language
from workflow.models import ApprovalRequest, Bundle, BundleItem, DocumentVersion
from workflow.reports.package.documents import documents_chapter
from workflow.reports.package.writing import write_papers
from workflow.views.access import Visit
from workflow.views.decisions.access import DecisionAccess, by_link_and_account
from workflow.views.decisions.correction import correction_seen, sets_seen
from workflow.views.decisions.recorded import file_of
from workflow.views.documents import send_file


def _document(request: Visit, access: DecisionAccess, version_id: UUID) -> HttpResponse:
    """One document of the set, section by section."""
    versions = DocumentVersion.objects.filter(pk__in=_items(access.asked).values("version_id"))
    version = get_object_or_404(
        versions.select_related("document", "file").prefetch_related("sections"), public_id=version_id
    )
    context = {
        "process": access.process,
        "office_name": access.process.office.name,
        "version": version,
        "file_url": access.url("decision_file", version.file.public_id) if version.file else "",
        "decision_url": access.url("decision"),
    }
    return render(request, "workflow/decision_document.html", context)


def _papers(request: Visit, access: DecisionAccess) -> FileResponse:
    """All papers at once, as a ZIP with checksums."""
    bundle = access.asked.bundle
    if bundle is None:
        raise Http404
    return send_papers(access.asked)


def _file(request: Visit, access: DecisionAccess, file_id: UUID) -> FileResponse:
    """Fetch a document of the set, or a file that belongs to the body's own decision."""
    asked = access.asked
    return send_file(file_of(asked, file_id, _items(asked)))


def _items(asked: ApprovalRequest) -> QuerySet[BundleItem]:
    return BundleItem.objects.filter(bundle__in=sets_seen(asked, correction_seen(asked)))


def papers_of(bundle: Bundle, url: Callable[..., str]) -> list[dict[str, Any]]:
    """The documents of a set as the file component shows them; `url(page, id)` gives the address of a page."""
    papers: list[dict[str, Any]] = []
    for item in bundle.items.select_related("version__document", "version__file").order_by("position"):
        version = item.version
        role = _("to be approved") if item.needs_approval else _("for information")
        papers.append({"name": version.title, "url": url("decision_document", version.public_id), "note": role})
        if version.file and version.file.erased_at is None:
            file = version.file
            papers.append(
                {
                    "name": file.name,
                    "url": url("decision_file", file.public_id),
                    "size": file.size,
                    "note": version.title,
                }
            )
    return papers


def send_papers(asked: ApprovalRequest) -> FileResponse:
    """The documents of the set in question as one ZIP."""
    spool = tempfile.SpooledTemporaryFile(max_size=8 * 1024 * 1024)  # noqa: SIM115 - the response closes it
    assert asked.bundle is not None
    language = asked.stage.process.language
    with in_language(language):
        chapter = documents_chapter(asked.bundle)
    write_papers(cast(BinaryIO, spool), chapter, language, open_file)
    spool.seek(0)
    line = asked.bundle.line
    of_text = f"-{line.key}" if line.position else ""
    name = f"{asked.stage.process.case_number}{of_text}-{asked.bundle.number}.zip"
    return FileResponse(cast(BinaryIO, spool), as_attachment=True, filename=name, content_type="application/zip")


decision_document_link, decision_document_member = by_link_and_account(_document, "GET")
decision_papers_link, decision_papers_member = by_link_and_account(_papers, "GET")
decision_file_link, decision_file_member = by_link_and_account(_file, "GET")
