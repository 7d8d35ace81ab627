"""Papers of a consultation handed out: to a party all in one file and its answer; to officers letter and answers."""

from __future__ import annotations

from functools import partial

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from consultations.models import Answer, HearingRound, Invitation
from consultations.queries.answers import with_words
from consultations.queries.parties import InvitationPage
from consultations.reports.papers import ANSWER, LETTER, papers_of_round
from consultations.states import AnswerState
from consultations.views.answers import answer_page
from consultations.views.replies import party_of_link, reply_page
from consultations.views.round_pages import round_page
from workflow.views.access import Visit
from workflow.views.pages import page_by_link
from workflow.views.papers import send_paper, send_together


# ── For a party ───────────────────────────────────────────────────────────────────────────────────────────────
@reply_page("GET")
def reply_papers(request: Visit, page: InvitationPage) -> HttpResponseBase:
    """Fetch the letter and every document in one file: as PDF, with its original beside it."""
    return send_together(request, page.round.stage.process.language, partial(papers_of_round, page.round))


@page_by_link(party_of_link, "GET")
def reply_receipt_paper(request: Visit, party: Invitation, number: int, ending: str) -> HttpResponseBase:
    """Fetch one's own answer with its receipt."""
    answers = with_words(party.answers.exclude(state=AnswerState.DRAFT))
    answer = get_object_or_404(answers, number=number)
    answer.invitation = party
    return send_paper(request, ANSWER, answer, ending)


# ── For officers ──────────────────────────────────────────────────────────────────────────────────────────────
@round_page("auditor", "GET")
def round_letter(request: Visit, hearing_round: HearingRound, ending: str) -> HttpResponseBase:
    """Fetch the letter to all who are heard."""
    return send_paper(request, LETTER, hearing_round, ending)


@answer_page("auditor", "GET")
def answer_paper(request: Visit, answer: Answer, ending: str) -> HttpResponseBase:
    """Fetch an answer with its receipt."""
    return send_paper(request, ANSWER, answer, ending)
