"""A version of a document written on a page: what is written is shown beside as it will be read."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from workflow.actions.documents import add_version, begin_document
from workflow.forms.documents import VersionForm
from workflow.models import Document, DocumentVersion, Process, Section
from workflow.queries.documents import line_of_next_set, version_as_written
from workflow.readers import Unreadable, read_pasted
from workflow.rules.documents import SectionText, as_markdown, sections_as_kept
from workflow.rules.overwriting import digest_of_fields
from workflow.views.access import Visit
from workflow.views.deeds import form_page
from workflow.views.documents import line_asked_for
from workflow.views.overwriting import WrittenOver
from workflow.views.pages import frame, process_page
from workflow.views.pictures import pictures_of_process


@process_page("secretariat", "GET", "POST", takes_files=True)
def document_new(request: Visit, process: Process) -> HttpResponse:
    """Begin a new document with its first version."""
    return _write(request, process, None)


@process_page("secretariat", "GET", "POST", takes_files=True)
def version_new(request: Visit, process: Process, document_id: UUID) -> HttpResponse:
    """Write the next version of a document; the form begins with the text of the last one. It is
    shown beside, and pressing the button that shows it saves nothing."""
    return _write(request, process, get_object_or_404(process.documents, public_id=document_id))


@process_page("secretariat", "POST")
def pasted_text(request: Visit, process: Process) -> JsonResponse:
    """What was pasted with its look, as it can stand in the field: headings, lists, tables and notes in Markdown, and
    in words what is not carried. Changes nothing; the script of the field asks for it."""
    try:
        found = read_pasted(request.POST.get("html", ""))
    except Unreadable:
        said = _("What was pasted could not be read, so it stands as words only: headings, lists and tables are lost.")
        return JsonResponse({"said": said}, status=422)
    sections = [SectionText(one.number, one.heading, one.text, level=one.level) for one in found.sections]
    said = _("Pasted. Not carried into the text: %(lost)s.") % {"lost": ", ".join(found.lost)} if found.lost else ""
    return JsonResponse({"text": as_markdown(sections), "said": said})


def _write(request: Visit, process: Process, document: Document | None) -> HttpResponse:
    over = LatestVersion(document, {"title": "title", "text": "text"}) if document else None
    lines = [] if document else list(process.lines.all())
    initial: dict[str, Any] = over.stored() if over else {}
    if len(lines) > 1:
        initial["line"] = (line_asked_for(request, lines) or line_of_next_set(process, lines)).key
    form = VersionForm(request.POST or None, request.FILES or None, initial=initial, lines=lines, matter=process)
    return form_page(
        request,
        {
            **frame(request, process, "documents"),
            "shown_sections": _as_read(form),
            "pictures": pictures_of_process(process),
        },
        form,
        partial(add_version, document) if document else partial(begin_document, process),
        facts=form.facts,
        heading=_("New version: %(title)s") % {"title": document.title} if document else _("New document"),
        submit=_("Save the version"),
        done="",
        to=lambda version: reverse("document_version", args=[process.public_id, version.public_id]),
        cancel_url=reverse("documents", args=[process.public_id]),
        over=over,
        shows=True,
        template="workflow/document_write.html",
    )


def _as_read(form: VersionForm) -> list[Section]:
    """What stands in the field, in the sections that saving it would make of it."""
    text = str(form.fields["text"].to_python(form["text"].value()))
    return [
        Section(number=kept.number, heading=kept.heading, text=kept.text, level=kept.level)
        for kept in sections_as_kept(text)
    ]


class LatestVersion(WrittenOver):
    """What the next version of a document is written over: the title and the text of the last one."""

    def stored(self) -> dict[str, Any]:
        """The last version as the form takes it."""
        versions = DocumentVersion.objects.filter(document_id=self.row.pk).prefetch_related("sections")
        last = versions.order_by("-number").first()
        return version_as_written(last) if last else {}

    def seen_in(self, request: HttpRequest) -> str:
        """Which version the form was shown with; one that says nothing was shown with none but the last."""
        return request.POST.get("seen") or digest_of_fields(self.stored())

    def read_again(self) -> None:
        """A version is never changed; the last one is looked up each time."""
