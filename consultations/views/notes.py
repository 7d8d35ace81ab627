"""Early input that was spoken: noted with where and when, and summed up. Officers come in."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultations.actions.notes import add_note, record_summary
from consultations.forms.rounds import NoteForm, SummaryForm
from consultations.models import HearingRound
from consultations.states import RoundState
from consultations.views.round_pages import form_status, frame, round_of, round_url
from workflow.models import StoredFile
from workflow.policies import policy
from workflow.views.access import Visit
from workflow.views.beside import beside, seen_in
from workflow.views.deeds import do_with, key_of, new_key
from workflow.views.documents import send_file


@policy("auditor")
@require_safe
def round_notes(request: Visit, process_id: UUID, stage_id: UUID) -> HttpResponse:
    """What was said, newest first, and the summary."""
    found = round_of(request, process_id, stage_id)
    context = {
        **frame(request, found, "round_notes"),
        "notes": found.notes.select_related("invitation", "file").order_by("-held_on", "-id"),
        "may_note": found.state != RoundState.CANCELLED,
    }
    return render(request, "consultations/notes.html", context)


@policy("secretariat", takes_files=True)
@require_http_methods(["GET", "HEAD", "POST"])
def note_new(request: Visit, process_id: UUID, stage_id: UUID) -> HttpResponse:
    """Note what was said at a meeting, a theme discussion or on the telephone."""
    found = round_of(request, process_id, stage_id, officers_only=True)
    form = NoteForm(request.POST or None, request.FILES or None, parties=found.invitations.all(), matter=found)
    if request.method == "POST" and form.is_valid():
        answer = do_with(
            request,
            form,
            lambda: _add(request, found, form),
            done=_("The input is noted."),
            to=round_url("round_notes", found),
        )
        if answer:
            return answer
    context = {
        **frame(request, found, "round_notes", here=_("Note input")),
        "heading": _("Note what was said"),
        "form": form,
        "submit": _("Save the note"),
        "cancel_url": round_url("round_notes", found),
        "key": key_of(request) or new_key(),
    }
    return render(request, "consultations/deed.html", context, status=form_status(form))


def _add(request: Visit, hearing_round: HearingRound, form: NoteForm) -> None:
    add_note(hearing_round, **form.cleaned_data, actor=request.actor, now=request.now, key=key_of(request))


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def round_summary(request: Visit, process_id: UUID, stage_id: UUID) -> HttpResponse:
    """Write what came out of the round in short."""
    found = round_of(request, process_id, stage_id, officers_only=True)
    form = SummaryForm(request.POST or None, initial={"summary": found.summary})
    if request.method == "POST" and form.is_valid():
        answer = do_with(
            request,
            form,
            lambda: record_summary(
                found,
                summary=form.cleaned_data["summary"],
                shown_digest=seen_in(request, ["summary"]),
                actor=request.actor,
                now=request.now,
            ),
            done=_("The summary is saved."),
            to=round_url("round_notes", found),
        )
        if answer:
            return answer
        found.refresh_from_db(fields=["summary"])
    context = {
        **frame(request, found, "round_notes", here=_("Summary")),
        **beside(form, {"summary": found.summary}, request),
        "heading": _("Summary of the input"),
        "form": form,
        "submit": _("Save"),
        "cancel_url": round_url("round_notes", found),
    }
    return render(request, "consultations/deed.html", context, status=form_status(form))


@policy("auditor")
@require_safe
def note_file(request: Visit, process_id: UUID, stage_id: UUID, note_id: UUID) -> HttpResponse | FileResponse:
    """Fetch the file of a note."""
    found = round_of(request, process_id, stage_id)
    stored = StoredFile.objects.filter(pk__in=found.notes.filter(public_id=note_id).values("file")).first()
    if stored is None:
        raise Http404
    return send_file(stored)
