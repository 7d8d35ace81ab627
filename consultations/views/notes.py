"""Early input that was spoken: noted with where and when, and summed up. Officers come in."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from consultations.actions.notes import add_note, record_summary
from consultations.forms.rounds import NoteForm, SummaryForm
from consultations.models import HearingRound
from consultations.states import RoundState
from consultations.views.round_pages import frame, round_page, round_url
from workflow.models import StoredFile
from workflow.views.access import Visit, by_whom
from workflow.views.deeds import form_page
from workflow.views.documents import send_file
from workflow.views.overwriting import WrittenOver


@round_page("auditor", "GET")
def round_notes(request: Visit, hearing_round: HearingRound) -> HttpResponse:
    """What was said, newest first, and the summary."""
    context = {
        **frame(request, hearing_round, "round_notes"),
        "notes": hearing_round.notes.select_related("invitation", "file").order_by("-held_on", "-id"),
        "may_note": hearing_round.state != RoundState.CANCELLED,
    }
    return render(request, "consultations/notes.html", context)


@round_page("secretariat", "GET", "POST", takes_files=True)
def note_new(request: Visit, hearing_round: HearingRound) -> HttpResponse:
    """Note what was said at a meeting, a theme discussion or on the telephone."""
    parties, back = hearing_round.invitations.all(), round_url("round_notes", hearing_round)
    return form_page(
        request,
        frame(request, hearing_round, "round_notes", here=_("Note input")),
        NoteForm(request.POST or None, request.FILES or None, parties=parties, matter=hearing_round),
        partial(add_note, hearing_round),
        heading=_("Note what was said"),
        submit=_("Save the note"),
        done=_("The input is noted."),
        to=back,
    )


@round_page("secretariat", "GET", "POST")
def round_summary(request: Visit, hearing_round: HearingRound) -> HttpResponse:
    """Write what came out of the round in short."""
    over, back = WrittenOver(hearing_round, {"summary": "summary"}), round_url("round_notes", hearing_round)
    return form_page(
        request,
        frame(request, hearing_round, "round_notes", here=_("Summary")),
        SummaryForm(request.POST or None, initial=over.stored()),
        partial(record_summary, hearing_round),
        heading=_("Summary of the input"),
        submit=_("Save"),
        done=_("The summary is saved."),
        to=back,
        over=over,
        press=by_whom(request),
    )


@round_page("auditor", "GET")
def note_file(request: Visit, hearing_round: HearingRound, note_id: UUID) -> FileResponse:
    """Fetch the file of a note."""
    files = hearing_round.notes.filter(public_id=note_id).values("file")
    return send_file(get_object_or_404(StoredFile, pk__in=files))
