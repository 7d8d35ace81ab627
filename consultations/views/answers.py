"""Answers as the officer reads and judges them: the list, one party's answer in all its versions, its files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from consultations.actions.answers import decide_late, dispose_answer
from consultations.forms.answers import DisposeForm, LateForm
from consultations.models import Answer, HearingRound
from consultations.queries.answers import standing_answers, versions_of, with_words
from consultations.queries.rounds import COUNTING
from consultations.states import AnswerFilter, AnswerKind, AnswerState
from consultations.views.forecasts import latenesses_of
from consultations.views.paged_lists import page_of_list
from consultations.views.round_pages import form_status, frame, party_of, round_of, round_url
from workflow.dates import clock_time, short_date
from workflow.models import StoredFile
from workflow.policies import policy
from workflow.views.access import Visit
from workflow.views.beside import beside, seen_in
from workflow.views.deeds import do_with, key_of, new_key
from workflow.views.documents import send_file


@policy("auditor")
@require_safe
def round_answers(request: Visit, process_id: UUID, stage_id: UUID) -> HttpResponse:
    """The answers that stand, with who answered and when; `vis` and `q` narrow them."""
    found = round_of(request, process_id, stage_id)
    listed = page_of_list(
        request,
        lambda which, words: standing_answers(found, which, words),
        filters=AnswerFilter,
        everything=_("All answers"),
    )
    context = {
        **frame(request, found, "round_answers"),
        **listed,
        "board": _board(found, list(listed["page"].object_list)),
        "list_url": round_url("round_answers", found),
    }
    return render(request, "consultations/answers.html", context)


def _board(hearing_round: HearingRound, answers: list[Answer]) -> dict[str, Any]:
    zone = hearing_round.stage.process.time_zone
    return {
        "columns": [
            {"label": _("Party")},
            {"label": _("Answer")},
            {"label": _("Received")},
            {"label": _("What it holds")},
            {"label": _("Dealt with")},
        ],
        "rows": [
            {
                "tone": "warning" if answer.state == AnswerState.LATE else "",
                "cells": [
                    {
                        "text": answer.invitation.name,
                        "url": round_url("answer", hearing_round, answer.invitation.public_id),
                        "note": answer.receipt_number,
                    },
                    {
                        "text": str(answer.get_kind_display()),
                        "state": answer.state,
                        "state_label": str(answer.get_state_display()),
                    },
                    {
                        "text": short_date(answer.received_at, zone) if answer.received_at else "",
                        "note": _note(answer, zone),
                    },
                    {"text": _holds(answer)},
                    _dealt_with(answer, zone),
                ],
            }
            for answer in answers
        ],
    }


def _note(answer: Answer, zone: str) -> str:
    clock = _("at %(time)s") % {"time": clock_time(answer.received_at, zone)} if answer.received_at else ""
    return clock if answer.road == "link" else f"{clock} · {answer.get_road_display()}"


def _holds(answer: Any) -> str:
    parts = []
    if answer.comment_count:
        text = ngettext("%(count)d section", "%(count)d sections", answer.comment_count)
        parts.append(text % {"count": answer.comment_count})
    if answer.file_count:
        text = ngettext("%(count)d file", "%(count)d files", answer.file_count)
        parts.append(text % {"count": answer.file_count})
    if answer.confidential_note:
        parts.append(_("partly confidential"))
    return " · ".join(parts)


def _dealt_with(answer: Answer, zone: str) -> dict[str, Any]:
    if answer.kind == AnswerKind.NO_REMARKS or answer.state not in COUNTING:
        return {}
    if answer.disposed_at is None:
        return {"badge": _("Not yet"), "tone": "warning"}
    return {"text": short_date(answer.disposed_at, zone)}


@policy("auditor")
@require_safe
def answer(request: Visit, process_id: UUID, stage_id: UUID, invitation_id: UUID) -> HttpResponse:
    """One party's answer: every version with its remarks by section and its files, and what was decided about it."""
    found = round_of(request, process_id, stage_id)
    party = party_of(found, invitation_id)
    versions = versions_of(party)
    if not versions:
        raise Http404
    latest = versions[0]
    context = {
        **frame(request, found, "round_answers", here=party.name),
        "party": party,
        "versions": versions,
        "latest": latest,
        "is_undecided": latest.state == AnswerState.LATE,
        "may_dispose": latest.state in COUNTING and latest.kind == AnswerKind.REMARKS,
    }
    return render(request, "consultations/answer.html", context)


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def answer_late(request: Visit, process_id: UUID, stage_id: UUID, answer_id: UUID) -> HttpResponse:
    """Accept a late answer or only file it, with a reason."""
    found, given = _answer_of(request, process_id, stage_id, answer_id, officers_only=True)
    party = given.invitation
    form = LateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answered = do_with(
            request,
            form,
            lambda: decide_late(
                given,
                accept=form.cleaned_data["decision"] == "accept",
                reason=form.cleaned_data["reason"],
                actor=request.actor,
                now=request.now,
                key=key_of(request),
            ),
            done=_("It is decided. %(name)s is told by mail.") % {"name": party.name},
            to=round_url("answer", found, party.public_id),
        )
        if answered:
            return answered
    context = {
        **frame(request, found, "round_answers", here=party.name),
        "heading": _("A late answer from %(name)s") % {"name": party.name},
        "given": given,
        "consequences": latenesses_of(request, found, given),
        "form": form,
        "submit": _("Decide"),
        "cancel_url": round_url("answer", found, party.public_id),
        "key": key_of(request) or new_key(),
    }
    return render(request, "consultations/deed.html", context, status=form_status(form))


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def answer_dispose(request: Visit, process_id: UUID, stage_id: UUID, answer_id: UUID) -> HttpResponse:
    """Write what was done with the remarks of an answer."""
    found, given = _answer_of(request, process_id, stage_id, answer_id, officers_only=True)
    party = given.invitation
    form = DisposeForm(request.POST or None, initial={"note": given.disposition})
    if request.method == "POST" and form.is_valid():
        answered = do_with(
            request,
            form,
            lambda: dispose_answer(
                given,
                note=form.cleaned_data["note"],
                shown_digest=seen_in(request, ["note"]),
                actor=request.actor,
                now=request.now,
            ),
            done=_("It is noted what was done with the remarks of %(name)s.") % {"name": party.name},
            to=round_url("answer", found, party.public_id),
        )
        if answered:
            return answered
        given.refresh_from_db(fields=["disposition", "disposed_at"])
    context = {
        **frame(request, found, "round_answers", here=party.name),
        **beside(form, {"note": given.disposition}, request),
        "heading": _("The remarks of %(name)s") % {"name": party.name},
        "given": given,
        "form": form,
        "submit": _("Save"),
        "cancel_url": round_url("answer", found, party.public_id),
    }
    return render(request, "consultations/deed.html", context, status=form_status(form))


@policy("auditor")
@require_safe
def answer_file(
    request: Visit, process_id: UUID, stage_id: UUID, answer_id: UUID, file_id: UUID
) -> HttpResponse | FileResponse:
    """Fetch a file of an answer, or the mail or letter it was entered from."""
    _found, given = _answer_of(request, process_id, stage_id, answer_id)
    belongs = Answer.objects.filter(Q(files__file__public_id=file_id) | Q(source__public_id=file_id), pk=given.pk)
    if not belongs.exists():
        raise Http404
    return send_file(StoredFile.objects.get(public_id=file_id))


def _answer_of(
    request: Visit, process_id: UUID, stage_id: UUID, answer_id: UUID, *, officers_only: bool = False
) -> tuple[HearingRound, Answer]:
    found = round_of(request, process_id, stage_id, officers_only=officers_only)
    given = with_words(Answer.objects.exclude(state=AnswerState.DRAFT).filter(invitation__round=found))
    answer = get_object_or_404(given.select_related("invitation__link", "source"), public_id=answer_id)
    answer.invitation.round = found
    return found, answer
