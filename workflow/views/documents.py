"""Documents of a process: versions, sets of documents, locking a set, reading and fetching."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from workflow.actions.bundles import lock_documents, locked_by_key
from workflow.actions.files import open_file
from workflow.actions.putting_forward import put_forward
from workflow.forms.documents import BundleForm, PutForwardForm
from workflow.models import Bundle, DocumentVersion, DoneElsewhereFile, Process, StoredFile, TextLine
from workflow.queries.comparisons import read_versions, weighty_changes_at_lock, weighty_changes_of
from workflow.queries.documents import (
    change_since_current,
    current_bundle,
    is_judged,
    latest_versions,
    line_of_next_set,
    lines_with_documents,
    newest_locked,
)
from workflow.rules.documents import set_name
from workflow.rules.weighty_changes import WeightyChange
from workflow.states import ChangeKind
from workflow.views.access import Visit
from workflow.views.deeds import form_page, is_pressed, key_of, leave_reasons_for_later, look_at
from workflow.views.forecasts import done_words
from workflow.views.forecasts_documents import lockings_of, puttings_forward_of
from workflow.views.pages import frame, process_page
from workflow.views.papers import ways_to_version
from workflow.views.pictures import pictures_of_process
from workflow.views.taking_back import sets_to_take_back


@process_page("auditor", "GET")
def documents(request: Visit, process: Process) -> HttpResponse:
    """Every document with its versions, and the sets that were locked; text by text where there are several."""
    lines = lines_with_documents(process)
    context = {
        **frame(request, process, "documents"),
        "lines": lines,
        "has_several": len(lines) > 1,
        "to_take_back": sets_to_take_back(process, request.now),
    }
    return render(request, "workflow/documents.html", context)


@process_page("auditor", "GET")
def document_version(request: Visit, process: Process, version_id: UUID) -> HttpResponse:
    """One version, section by section."""
    versions = DocumentVersion.objects.filter(document__process=process).select_related("document", "file")
    version = get_object_or_404(versions.prefetch_related("sections"), public_id=version_id)
    context = {
        **frame(request, process, "documents"),
        "version": version,
        "pictures": pictures_of_process(process),
        "before": version.document.versions.filter(number__lt=version.number).order_by("-number").first(),
        "is_newest": not version.document.versions.filter(number__gt=version.number).exists(),
        "ways": ways_to_version(process, version),
    }
    return render(request, "workflow/document_version.html", context)


@process_page("secretariat", "GET", "POST")
def bundle_new(request: Visit, process: Process) -> HttpResponse:
    """Put the newest versions of a text together and lock them: from then on they can be shown and judged.

    The text is named in the address, where the process has documents of several; else it is the one that is due.
    """
    lines = [one.line for one in lines_with_documents(process)]
    line = line_asked_for(request, lines) or line_of_next_set(process, lines)
    versions = latest_versions(line)
    pressed = locked_by_key(process, key_of(request))
    earlier = pressed.predecessor if pressed else newest_locked(line.pk)
    judged = is_judged(process, line)
    form = BundleForm(request.POST or None, versions=versions, is_judged=judged, earlier=earlier)
    weighty = _weighty_of_lock(process, form, earlier, pressed)
    if weighty:
        form.ask_why_editorial()
    chosen, told = lockings_of(request, process, form)
    heading = _("Lock a set of documents")
    back = reverse("documents", args=[process.public_id])
    return form_page(
        request,
        {**frame(request, process, "documents"), "weighty": weighty},
        form,
        partial(lock_documents, process),
        facts=form.facts,
        heading=f"{heading}: {line.title}" if len(lines) > 1 else heading,
        lead=_(
            "Locking makes a version that can be shown. It tells nobody, and no decision falls by it. The version "
            "counts once it is put forward: by completing the stage that makes it, or by itself. Locking publishes "
            "nothing; a text becomes public with its consultation, or under “Publication”."
        ),
        consequences=lambda: told,
        look=look_at(request, told, *chosen),
        template="workflow/put_forward.html",
        submit=_("Lock the set"),
        done=lambda bundle: done_words(_("%(set)s is locked.") % {"set": set_name(bundle)}, process, request.now),
        to=lambda bundle: f"{back}#bundle-{bundle.public_id}",
        cancel_url=back,
    )


@process_page("secretariat", "GET", "POST")
def bundle_put_forward(request: Visit, process: Process, bundle_id: UUID) -> HttpResponse:
    """Let a locked set count from now on: what falls, what stands and who is asked is said before the press."""
    bundle = get_object_or_404(process.bundles.select_related("line"), public_id=bundle_id)
    usual = ChangeKind(bundle.put_forward_as) if bundle.put_forward_at else change_since_current(bundle)
    current = current_bundle(bundle.line_id)
    current = current if current != bundle else None
    weighty = weighty_changes_of(bundle, current, ChangeKind.EDITORIAL, process.language)
    form = PutForwardForm(request.POST or None, usual=usual, is_weighty=bool(weighty))
    leave_reasons_for_later(request, form)
    told = partial(puttings_forward_of, request, process, bundle, form)
    # A press is held against what was told of the kind that was chosen; both are told when the page is shown.
    chosen = [form.chosen] if is_pressed(request) and form.chosen else form.kinds
    now_told = told(chosen)
    back = reverse("documents", args=[process.public_id])
    words = {"set": set_name(bundle)}
    return form_page(
        request,
        {**frame(request, process, "documents"), "before": current, "bundle": bundle, "weighty": weighty},
        form,
        partial(put_forward, bundle),
        facts=form.facts,
        heading=_("Put forward: %(set)s") % words,
        lead=_("The set then counts: it is what stages judge and bodies decide on from now on."),
        consequences=lambda: now_told if chosen == form.kinds else told(form.kinds),
        look=look_at(request, now_told),
        template="workflow/put_forward.html",
        submit=_("Put the set forward"),
        done=lambda _bundle: done_words(_("%(set)s is put forward.") % words, process, request.now),
        to=f"{back}#bundle-{bundle.public_id}",
        cancel_url=back,
    )


@process_page("auditor", "GET")
def file(request: Visit, process: Process, file_id: UUID) -> FileResponse:
    """Fetch a file of a document of this process, or one that shows what was done in a stage outside the system."""
    of_texts = DocumentVersion.objects.filter(document__process=process, file__public_id=file_id)
    of_stages = DoneElsewhereFile.objects.filter(told__stage__process=process, file__public_id=file_id)
    if not of_texts.exists() and not of_stages.exists():
        raise Http404
    return send_file(StoredFile.objects.get(public_id=file_id))


def send_file(stored: StoredFile) -> FileResponse:
    """The bytes of a stored file as a download; 404 once it has been erased."""
    if stored.erased_at is not None:
        raise Http404
    return FileResponse(open_file(stored), as_attachment=True, filename=stored.name, content_type=stored.media_type)


def _weighty_of_lock(
    process: Process, form: BundleForm, earlier: Bundle | None, pressed: Bundle | None
) -> list[WeightyChange]:
    """What weighs of the changes in the versions that are chosen, where they are called editorial; nothing before that
    has been sent, or once it is locked."""
    if earlier is None or pressed is not None or not form.is_bound or not form.is_valid():
        return []
    if form.cleaned_data.get("change") != ChangeKind.EDITORIAL:
        return []
    after = read_versions([version for version, _needs in form.picked()])
    return weighty_changes_at_lock(after, earlier, current_bundle(earlier.line_id), process.language)


def line_asked_for(request: Visit, lines: Sequence[TextLine]) -> TextLine | None:
    """The text that the address names; None where it names none of these."""
    return next((line for line in lines if line.key == request.GET.get("tekst")), None)
