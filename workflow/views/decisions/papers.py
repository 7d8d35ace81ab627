"""The papers a body decides on: each document, its file, and all of them at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from workflow.dates import in_language
from workflow.models import ApprovalRequest, Bundle, BundleItem, DocumentVersion, VersionPicture
from workflow.reports.papers.kit import fields_of, kit_of
from workflow.states import RequestState
from workflow.views.access import Visit
from workflow.views.decisions.access import DecisionAccess, by_link_and_account
from workflow.views.decisions.correction import correction_seen, sets_seen
from workflow.views.decisions.recorded import file_of
from workflow.views.documents import send_file
from workflow.views.papers import send_text, send_together, ways_to_text
from workflow.views.pictures import Pictures, send_picture


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
        "pictures": Pictures(_pictures(access.asked), lambda name: access.url("decision_picture", name)),
        "file_url": access.url("decision_file", version.file.public_id) if version.file else "",
        "decision_url": access.url("decision"),
        "ways": ways_to_text(version, lambda ending: access.url("decision_text", version.public_id, ending)),
    }
    return render(request, "workflow/decision_document.html", context)


def _text(request: Visit, access: DecisionAccess, version_id: UUID, ending: str) -> HttpResponseBase:
    """The text of one document of the set, as a paper."""
    items = _items(access.asked).filter(version__public_id=version_id).select_related("bundle__line", "version__file")
    item = items.order_by("-bundle__number").first()
    if item is None:
        raise Http404
    return send_text(request, item, ending)


def _papers(request: Visit, access: DecisionAccess) -> HttpResponseBase:
    """The whole kit at once: letter, case presentation, documents, changes since the hearing."""
    if access.asked.bundle is None:
        raise Http404
    return send_papers(request, access.asked)


def _kit(request: Visit, access: DecisionAccess) -> HttpResponse:
    """What an agenda system asks for, field by field, to be copied."""
    process = access.process
    with in_language(process.language):
        fields = fields_of(access.asked.stage)
    context = {
        "process": process,
        "office_name": process.office.name,
        "body": access.asked.body,
        "has_decided": access.asked.state == RequestState.DECIDED,
        "fields": fields,
        "papers_url": access.url("decision_papers") if access.asked.bundle else "",
        "decision_url": access.url("decision"),
    }
    return render(request, "workflow/decision_kit.html", context)


def _file(request: Visit, access: DecisionAccess, file_id: UUID) -> FileResponse:
    """Fetch a document of the set, or a file that belongs to the body's own decision."""
    asked = access.asked
    return send_file(file_of(asked, file_id, _items(asked)))


def _picture(request: Visit, access: DecisionAccess, picture: str) -> FileResponse:
    """A picture of a document of the set."""
    return send_picture(_pictures(access.asked), picture)


def _pictures(asked: ApprovalRequest) -> QuerySet[VersionPicture]:
    return VersionPicture.objects.filter(version_id__in=_items(asked).values("version_id"))


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


def send_papers(request: Visit, asked: ApprovalRequest) -> HttpResponseBase:
    """The kit of a body as one ZIP."""
    return send_together(request, asked.stage.process.language, partial(kit_of, asked))


decision_document_link, decision_document_member = by_link_and_account(_document, "GET")
decision_text_link, decision_text_member = by_link_and_account(_text, "GET")
decision_papers_link, decision_papers_member = by_link_and_account(_papers, "GET")
decision_kit_link, decision_kit_member = by_link_and_account(_kit, "GET")
decision_picture_link, decision_picture_member = by_link_and_account(_picture, "GET")
decision_file_link, decision_file_member = by_link_and_account(_file, "GET")
