"""Answers as the officer reads and judges them: the list, one party's answer in all its versions, its files."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.actions.answers import decide_late, dispose_answer
from consultations.forms.answers import DisposeForm, LateForm
from consultations.models import Answer, HearingRound, Invitation
from consultations.queries.answers import standing_answers, versions_of, with_words
from consultations.queries.rounds import COUNTING
from consultations.reports.papers import ANSWER, ANSWERS
from consultations.states import AnswerFilter, AnswerKind, AnswerState
from consultations.views.forecasts import latenesses_of
from consultations.views.labels import provisional_words
from consultations.views.paged_lists import page_of_list
from consultations.views.round_pages import frame, party_page, round_in, round_page, round_url
from workflow.dates import clock_time, short_date
from workflow.models import Process, StoredFile
from workflow.views.access import Visit, by_whom
from workflow.views.deeds import form_page
from workflow.views.documents import send_file
from workflow.views.overwriting import WrittenOver
from workflow.views.pages import Ids, page_in_process
from workflow.views.papers import ways_to_fetch


def _answer_in(process: Process, ids: Ids) -> Answer:
    hearing_round = round_in(process, ids)
    answers = with_words(Answer.objects.exclude(state=AnswerState.DRAFT).filter(invitation__round=hearing_round))
    answer = get_object_or_404(answers.select_related("invitation__link", "source"), public_id=ids.pop("answer_id"))
    answer.invitation.round = hearing_round
    return answer


answer_page = partial(page_in_process, _answer_in)
"""Declares a page about an answer that was sent; the view gets it, with its `invitation` and the `round` of that."""


@round_page("auditor", "GET")
def round_answers(request: Visit, hearing_round: HearingRound) -> HttpResponse:
    """The answers that stand, with who answered and when; `vis` and `q` narrow them."""
    listed = page_of_list(
        request,
        lambda which, words: standing_answers(hearing_round, which, words),
        filters=AnswerFilter,
        everything=_("All answers"),
    )
    context = {
        **frame(request, hearing_round, "round_answers"),
        **listed,
        "board": _board(hearing_round, list(listed["page"].object_list)),
        "list_url": round_url("round_answers", hearing_round),
        "ways": ways_to_fetch(ANSWERS, lambda ending: round_url("round_answers_list", hearing_round, ending)),
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
    road = "" if answer.road == "link" else str(answer.get_road_display())
    return " · ".join(filter(None, (clock, road, provisional_words(answer, zone))))


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


@party_page("auditor", "GET")
def answer(request: Visit, party: Invitation) -> HttpResponse:
    """One party's answer: every version with its remarks by section and its files, and what was decided about it."""
    versions = versions_of(party)
    if not versions:
        raise Http404
    latest = versions[0]
    context = {
        **frame(request, party.round, "round_answers", here=party.name),
        "party": party,
        "versions": versions,
        "latest": latest,
        "is_undecided": latest.state == AnswerState.LATE,
        "ways": ways_to_fetch(ANSWER, lambda ending: round_url("answer_paper", party.round, latest.public_id, ending)),
        "may_dispose": latest.state in COUNTING and latest.kind == AnswerKind.REMARKS,
    }
    return render(request, "consultations/answer.html", context)


@answer_page("secretariat", "GET", "POST")
def answer_late(request: Visit, answer: Answer) -> HttpResponse:
    """Accept a late answer or only file it, with a reason."""
    party = answer.invitation
    form = LateForm(request.POST or None)
    return form_page(
        request,
        {**frame(request, party.round, "round_answers", here=party.name), "answer": answer},
        form,
        partial(decide_late, answer),
        facts=form.facts,
        heading=_("A late answer from %(name)s") % {"name": party.name},
        consequences=lambda: latenesses_of(request, answer),
        submit=_("Decide"),
        done=_("It is decided. %(name)s is told by mail.") % {"name": party.name},
        to=round_url("answer", party.round, party.public_id),
    )


@answer_page("secretariat", "GET", "POST")
def answer_dispose(request: Visit, answer: Answer) -> HttpResponse:
    """Write what was done with the remarks of an answer."""
    party = answer.invitation
    over = WrittenOver(answer, {"note": "disposition"}, also=("disposed_at",))
    return form_page(
        request,
        {**frame(request, party.round, "round_answers", here=party.name), "answer": answer},
        DisposeForm(request.POST or None, initial=over.stored()),
        partial(dispose_answer, answer),
        heading=_("The remarks of %(name)s") % {"name": party.name},
        submit=_("Save"),
        done=_("It is noted what was done with the remarks of %(name)s.") % {"name": party.name},
        to=round_url("answer", party.round, party.public_id),
        over=over,
        press=by_whom(request),
    )


@answer_page("auditor", "GET")
def answer_file(request: Visit, answer: Answer, file_id: UUID) -> FileResponse:
    """Fetch a file of an answer, or the mail or letter it was entered from."""
    belongs = Answer.objects.filter(Q(files__file__public_id=file_id) | Q(source__public_id=file_id), pk=answer.pk)
    if not belongs.exists():
        raise Http404
    return send_file(StoredFile.objects.get(public_id=file_id))
