"""What rounds ask of an officer on the front page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consultations.models import HearingRound, Invitation
from consultations.queries.answers import RoundWork, rounds_with_work
from consultations.queries.provisional import last_unconfirmed_round
from consultations.queries.rounds import round_going_on
from consultations.states import RoundState
from consultations.views.round_pages import page_of_consultation, round_url
from workflow.dates import weekday_date
from workflow.models import Office, Stage
from workflow.queries.matters import OpenMatter
from workflow.stage_kinds.pages import Duty, MatterView
from workflow.states import StageState


def round_duties(offices: Sequence[Office], now: datetime) -> list[Duty]:
    """Rounds to be sent, mails that came back, letters to print, requests for time, late answers and remarks to deal
    with."""
    return [duty for work in rounds_with_work(offices) for duty in _duties(work, now)]


def _duties(work: RoundWork, now: datetime) -> list[Duty]:
    hearing_round = work.round
    duties = []
    if hearing_round.state == RoundState.DRAFT:
        duties.append(_duty(hearing_round, "", _("Prepare the round and send it"), badge=_("Not sent")))
    if work.bounced:
        text = ngettext(
            "The mail to %(count)d party came back: correct the address",
            "The mails to %(count)d parties came back: correct the addresses",
            work.bounced,
        )
        duties.append(
            _duty(hearing_round, "?vis=retur", text % {"count": work.bounced}, badge=_("Came back"), tone="error")
        )
    if work.missing:
        text = ngettext(
            "%(count)d party has no address: write one, or contact it otherwise than by mail",
            "%(count)d parties have no address: write one for each, or contact them otherwise than by mail",
            work.missing,
        )
        duties.append(_duty(hearing_round, "", text % {"count": work.missing}, badge=_("No address"), tone="error"))
    if work.unwritten:
        text = ngettext(
            "%(count)d party is not reached by mail: print its letter",
            "%(count)d parties are not reached by mail: print their letters",
            work.unwritten,
        )
        duties.append(_duty(hearing_round, "?vis=uden-om-mail", text % {"count": work.unwritten}, badge=_("Letter")))
    if work.asking:
        text = ngettext("%(count)d party asks for more time", "%(count)d parties ask for more time", work.asking)
        duties.append(_duty(hearing_round, "", text % {"count": work.asking}))
    if work.late:
        text = ngettext(
            "Decide what happens with %(count)d late answer",
            "Decide what happens with %(count)d late answers",
            work.late,
        )
        duties.append(
            _duty(hearing_round, "?vis=for-sent", text % {"count": work.late}, badge=_("Late"), tone="warning")
        )
    if work.remarks and hearing_round.state == RoundState.CLOSED:
        text = ngettext(
            "Deal with the remarks of %(count)d answer", "Deal with the remarks of %(count)d answers", work.remarks
        )
        duties.append(_duty(hearing_round, "svar/", text % {"count": work.remarks}))
    return duties


def _duty(hearing_round: HearingRound, more: str, why: str, *, badge: str = "", tone: str = "neutral") -> Duty:
    url = round_url("round_status", hearing_round) + more
    return Duty.in_stage(hearing_round.stage, url=url, why=why, badge=badge, tone=tone)


def _promise(matter: OpenMatter) -> str:
    day = weekday_date(date.fromisoformat(matter.occasion))
    return _("%(party)s was to answer on %(day)s, and no answer has come.") % {"party": matter.who, "day": day}


def _many_promises(stage: Stage, number: int) -> tuple[str, str]:
    words = ngettext(
        "%(number)d party has let the day go by on which it was to answer.",
        "%(number)d parties have let the day go by on which they were to answer.",
        number,
    )
    # Of a stage that is completed it is a supplementary round that is under way.
    later_round = round_going_on(stage) if stage.state == StageState.COMPLETED else None
    if later_round is not None:
        later_round.stage = stage
    page = round_url("round_status", later_round) if later_round else page_of_consultation(stage)
    return words % {"number": number}, page


def _page_of_party(matter: OpenMatter) -> str:
    assert isinstance(matter.subject, Invitation)
    return round_url("party", matter.subject.round, matter.subject_id)


PROMISE_VIEW: Final = MatterView(_promise, _page_of_party, gettext_lazy("No answer"), "warning", _many_promises)
"""How a day of answer that went by stands on the desk."""


def _unconfirmed(matter: OpenMatter) -> str:
    day = weekday_date(date.fromisoformat(matter.occasion))
    words = _("%(party)s was to make its provisional answer final by %(day)s, and has not confirmed it.")
    return words % {"party": matter.who, "day": day}


def _many_unconfirmed(stage: Stage, number: int) -> tuple[str, str]:
    words = ngettext(
        "%(number)d party has not confirmed its provisional answer by the day it named.",
        "%(number)d parties have not confirmed their provisional answers by the day they named.",
        number,
    )
    hearing_round = last_unconfirmed_round(stage)
    if hearing_round is not None:
        hearing_round.stage = stage
    page = round_url("round_status", hearing_round) if hearing_round else page_of_consultation(stage)
    return words % {"number": number}, f"{page}?vis=foreloebige"


PROVISIONAL_VIEW: Final = MatterView(
    _unconfirmed, _page_of_party, gettext_lazy("Provisional answer"), "warning", _many_unconfirmed
)
"""How a provisional answer that nobody has confirmed by its day stands on the desk."""
