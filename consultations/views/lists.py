"""Lists of a round as papers, in the words of its pages: the parties, the answers."""

from __future__ import annotations

from typing import Final

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.models import HearingRound, Invitation
from consultations.queries.answers import standing_answers
from consultations.queries.board import PartyRow, board, matching_parties
from consultations.reports.hearing import name_of
from consultations.reports.papers import ANSWERS, PARTIES, find_round
from consultations.states import AnswerState
from consultations.views.labels import STANDING, provisional_words
from consultations.views.round_pages import round_page
from workflow.dates import local_day
from workflow.reports.papers.naming import file_name
from workflow.reports.papers.registry import PDF, XLSX, PaperKind
from workflow.reports.papers.sheets import Cell, Sheet
from workflow.views.access import Visit
from workflow.views.papers import send_paper


def _parties(hearing_round: HearingRound) -> Sheet:
    """Every party of the round, and how it stands. No addresses: the list is also handed on."""
    process = hearing_round.stage.process
    parties = matching_parties(hearing_round).select_related("link", "body")
    rows = board(hearing_round, parties)
    instants = [row.invitation.invited_at for row in rows] + [row.answer.recorded_at for row in rows if row.answer]
    at = max(filter(None, instants), default=hearing_round.opened_at or process.started_at)
    columns = (
        _("Party"),
        _("State"),
        _("Sent"),
        _("Deadline"),
        _("Answer received"),
        _("Receipt"),
        _("Will answer on"),
        _("For information"),
    )
    title = _("Consultation list: %(title)s") % {"title": hearing_round.title}
    name = file_name(local_day(at, process.time_zone), title)
    return Sheet(PARTIES, process, title, columns, [_party(row) for row in rows], at, name)


def _party(row: PartyRow) -> tuple[Cell, ...]:
    party, answer = row.invitation, row.answer
    return (
        name_of(party),
        str(STANDING[row.state][0]) if row.state in STANDING else row.state,
        party.invited_at,
        party.reply_by_at,
        answer.received_at if answer else None,
        answer.receipt_number if answer else "",
        party.promised_on,
        _("Yes") if party.for_information else "",
    )


@round_page("auditor", "GET")
def round_parties_list(request: Visit, hearing_round: HearingRound, ending: str) -> HttpResponseBase:
    """Fetch the list of the parties of a round."""
    return send_paper(request, PARTIES, hearing_round, ending)


def _answers(hearing_round: HearingRound) -> Sheet:
    """The answers that stand, without their words: of what is confidential only that something is."""
    process = hearing_round.stage.process
    answers = list(standing_answers(hearing_round))
    at = max(
        filter(None, (answer.recorded_at for answer in answers)), default=hearing_round.opened_at or process.started_at
    )
    columns = (
        _("Party"),
        _("Answer"),
        _("Received"),
        _("Receipt"),
        _("In time"),
        _("Provisional"),
        _("Sections remarked on"),
        _("Files"),
        _("Confidential in part"),
        _("Dealt with"),
    )
    rows: list[tuple[Cell, ...]] = []
    for answer in answers:
        party: Invitation = answer.invitation
        rows.append(
            (
                name_of(party),
                str(answer.get_kind_display()),
                answer.received_at,
                answer.receipt_number,
                str(answer.get_state_display()) if answer.state != AnswerState.SUBMITTED else _("Yes"),
                provisional_words(answer, process.time_zone),
                answer.comment_count,  # type: ignore[attr-defined]
                answer.file_count,  # type: ignore[attr-defined]
                _("Yes") if answer.confidential_note else "",
                answer.disposed_at,
            )
        )
    title = _("Answers: %(title)s") % {"title": hearing_round.title}
    name = file_name(local_day(at, process.time_zone), title)
    return Sheet(ANSWERS, process, title, columns, rows, at, name)


@round_page("auditor", "GET")
def round_answers_list(request: Visit, hearing_round: HearingRound, ending: str) -> HttpResponseBase:
    """Fetch the list of the answers that stand."""
    return send_paper(request, ANSWERS, hearing_round, ending)


def _language(hearing_round: HearingRound) -> str:
    return hearing_round.stage.process.language


_ABOUT: Final = "a round of a consultation"
_FORMATS: Final = (XLSX, PDF)

KINDS: Final = (
    PaperKind(PARTIES, gettext_lazy("Consultation list"), _ABOUT, find_round, _language, _parties, _FORMATS),
    PaperKind(ANSWERS, gettext_lazy("The list of answers"), _ABOUT, find_round, _language, _answers, _FORMATS),
)
