"""Documents of a process: versions, sets of documents, locking a set, reading and fetching."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from workflow.actions.documents import add_version, begin_document, lock_documents, locked_by_key
from workflow.actions.files import open_file
from workflow.forms.documents import BundleForm, VersionForm
from workflow.models import Bundle, Document, DocumentVersion, Process, StoredFile
from workflow.policies import policy
from workflow.queries.approvals import approved_with_this_set
from workflow.queries.documents import current_bundle, latest_versions
from workflow.queries.processes import stage_spec
from workflow.rules import Refused
from workflow.rules.documents import may_change_text
from workflow.states import ChangeKind
from workflow.views.access import Visit
from workflow.views.deeds import is_only_looking, key_of, look_at, show_deed
from workflow.views.forecasts import done_words, entries_of, lockings_of
from workflow.views.processes import frame, process_of


@policy("auditor")
@require_safe
def documents(request: Visit, process_id: UUID) -> HttpResponse:
    """Every document with its versions, and the sets that were locked."""
    process = process_of(request, process_id)
    context = {
        **frame(request, process, "documents"),
        "documents": process.documents.prefetch_related("versions__file").order_by("position"),
        "bundles": process.bundles.prefetch_related("items__version").order_by("-number"),
        "current": current_bundle(process),
    }
    return render(request, "workflow/documents.html", context)


@policy("auditor")
@require_safe
def document_version(request: Visit, process_id: UUID, version_id: UUID) -> HttpResponse:
    """One version, section by section."""
    process = process_of(request, process_id)
    versions = DocumentVersion.objects.filter(document__process=process).select_related("document", "file")
    context = {
        **frame(request, process, "documents"),
        "version": get_object_or_404(versions.prefetch_related("sections"), public_id=version_id),
    }
    return render(request, "workflow/document_version.html", context)


@policy("secretariat", takes_files=True)
@require_http_methods(["GET", "HEAD", "POST"])
def document_new(request: Visit, process_id: UUID) -> HttpResponse:
    """Begin a new document with its first version."""
    process = process_of(request, process_id, officers_only=True)
    return _write(request, process, None)


@policy("secretariat", takes_files=True)
@require_http_methods(["GET", "HEAD", "POST"])
def version_new(request: Visit, process_id: UUID, document_id: UUID) -> HttpResponse:
    """Write the next version of a document; the form begins with the text of the last one."""
    process = process_of(request, process_id, officers_only=True)
    return _write(request, process, get_object_or_404(process.documents, public_id=document_id))


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def bundle_new(request: Visit, process_id: UUID) -> HttpResponse:
    """Put the newest versions together and lock them: from then on this is what is heard and approved."""
    process = process_of(request, process_id, officers_only=True)
    versions = latest_versions(process)
    pressed = locked_by_key(process, key_of(request))
    has_earlier = (pressed.predecessor_id if pressed else current_bundle(process)) is not None
    approved = [str(stage_spec(stage).title) for stage in approved_with_this_set(process)]
    form = BundleForm(
        request.POST or None, versions=versions, has_earlier=has_earlier, not_material=may_change_text(approved)
    )
    chosen, told = lockings_of(request, process, form)
    look = look_at(request, told, *chosen)
    if request.method == "POST" and form.is_valid() and not is_only_looking(request) and not look.is_moved:
        try:
            bundle = _bundle(request, process, form)
        except Refused as refused:
            form.add_error(None, str(refused.refusal.text))
        else:
            words = _("Version %(number)d is locked.") % {"number": bundle.number}
            messages.success(request, done_words(words, process, request.now))
            return redirect(reverse("documents", args=[process_id]) + f"#bundle-{bundle.number}")
    return show_deed(
        request,
        frame(request, process, "documents"),
        form,
        heading=_("Lock a set of documents"),
        lead=_("Locking publishes nothing. A text becomes public when a consultation on it is sent out."),
        consequences=told,
        look=look,
        submit=_("Lock the set"),
        cancel_url=reverse("documents", args=[process_id]),
    )


@policy("auditor")
@require_safe
def file(request: Visit, process_id: UUID, file_id: UUID) -> HttpResponse | FileResponse:
    """Fetch a file of a document of this process."""
    process = process_of(request, process_id)
    belongs = DocumentVersion.objects.filter(document__process=process, file__public_id=file_id).exists()
    if not belongs:
        raise Http404
    return send_file(StoredFile.objects.get(public_id=file_id))


def send_file(stored: StoredFile) -> FileResponse:
    """The bytes of a stored file as a download; 404 once it has been erased."""
    if stored.erased_at is not None:
        raise Http404
    return FileResponse(open_file(stored), as_attachment=True, filename=stored.name, content_type=stored.media_type)


def _write(request: Visit, process: Process, document: Document | None) -> HttpResponse:
    last = document.versions.prefetch_related("sections").order_by("-number").first() if document else None
    form = VersionForm(request.POST or None, request.FILES or None, initial=_as_written(last), matter=process)
    if request.method == "POST" and form.is_valid():
        try:
            version = _save_version(request, process, document, form)
        except Refused as refused:
            form.add_error(None, str(refused.refusal.text))
        else:
            return redirect("document_version", process.public_id, version.public_id)
    return show_deed(
        request,
        frame(request, process, "documents"),
        form,
        heading=_("New version: %(title)s") % {"title": document.title} if document else _("New document"),
        submit=_("Save the version"),
        cancel_url=reverse("documents", args=[process.public_id]),
    )


def _save_version(request: Visit, process: Process, document: Document | None, form: VersionForm) -> DocumentVersion:
    title, text, file = (form.cleaned_data[name] for name in ("title", "text", "file"))
    who_and_when: Any = {"actor": request.actor, "now": request.now, "key": key_of(request)}
    if document is None:
        return begin_document(process, title=title, markdown=text, file=file, **who_and_when)
    return add_version(document, title=title, markdown=text, file=file, **who_and_when)


def _bundle(request: Visit, process: Process, form: BundleForm) -> Bundle:
    return lock_documents(
        process,
        entries_of(form.picked()),
        change=form.cleaned_data.get("change", ChangeKind.FIRST),
        note=form.cleaned_data["note"],
        actor=request.actor,
        now=request.now,
        key=key_of(request),
    )


def _as_written(version: DocumentVersion | None) -> dict[str, str]:
    """A version as the form takes it: its sections as Markdown."""
    if version is None:
        return {}
    parts = [f"# {section}\n\n{section.text}".strip() for section in version.sections.all()]
    return {"title": version.title, "text": "\n\n".join(parts)}
