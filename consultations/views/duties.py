"""What rounds ask of an officer on the front page, and what a process's public page shows of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consultations.models import HearingRound
from consultations.queries.answers import RoundWork, rounds_with_work
from consultations.queries.parties import public_parties, publishes_answers, publishes_text
from consultations.queries.rounds import asked_parties, public_rounds, round_of, rounds_in_preparation
from consultations.states import InvitationState, Publication, RoundForm, RoundState
from consultations.views.round_pages import days_words, page_of_consultation
from workflow.dates import short_date, weekday_date
from workflow.models import Office, Process, Stage
from workflow.queries.matters import OpenMatter
from workflow.queries.processes import stage_spec
from workflow.rules.asked import is_reached
from workflow.rules.processes import clock_of
from workflow.stage_kinds.pages import Duty, MatterView, PublicPart
from workflow.states import ProcessState


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
    stage = hearing_round.stage
    return Duty.in_stage(stage, url=page_of_consultation(stage) + more, why=why, badge=badge, tone=tone)


def _promise(matter: OpenMatter) -> str:
    day = weekday_date(date.fromisoformat(matter.occasion))
    return _("%(party)s was to answer on %(day)s, and no answer has come.") % {"party": matter.who, "day": day}


def _many_promises(stage: Stage, number: int) -> tuple[str, str]:
    words = ngettext(
        "%(number)d party has let the day go by on which it was to answer.",
        "%(number)d parties have let the day go by on which they were to answer.",
        number,
    )
    return words % {"number": number}, page_of_consultation(stage)


def _page_of_party(matter: OpenMatter) -> str:
    process = matter.stage.process
    return reverse("party", args=[process.public_id, matter.stage.public_id, matter.subject_id])


PROMISE_VIEW: Final = MatterView(_promise, _page_of_party, gettext_lazy("No answer"), "warning", _many_promises)
"""How a day of answer that went by stands on the desk."""


def public_part(process: Process, now: datetime) -> PublicPart | None:
    """The rounds of a process as anyone may see them: period, documents, parties, and who answered once the policy
    allows it. Names of bodies only: no address, no person, no text of an answer."""
    sent = public_rounds(process)
    waiting = rounds_in_preparation(process)
    if not sent and not waiting:
        return None
    heard = next((hearing_round for hearing_round in sent if publishes_text(hearing_round)), None)
    note = ""
    if heard is not None and heard.state == RoundState.CANCELLED and heard.closed_at is not None:
        day = short_date(heard.closed_at, process.time_zone)
        note = _("The text as it was in the consultation that was cancelled on %(day)s.") % {"day": day}
    return PublicPart(
        "consultations/public.html",
        {"rounds": [_public(hearing_round, now) for hearing_round in sent]},
        bundle=heard.bundle if heard else None,
        bundle_note=note,
        not_begun=waiting,
    )


def _public(hearing_round: HearingRound, now: datetime) -> dict[str, object]:
    parties = public_parties(hearing_round, now)
    rests = hearing_round.state == RoundState.OPEN and hearing_round.stage.process.state == ProcessState.SUSPENDED
    return {
        "title": hearing_round.title,
        "stage_title": str(stage_spec(hearing_round.stage).title),
        "state": ProcessState.SUSPENDED if rests else hearing_round.state,
        "state_label": ProcessState.SUSPENDED.label if rests else hearing_round.get_state_display(),
        "is_hearing": hearing_round.form == RoundForm.FULL,
        "cancelled_at": hearing_round.closed_at if hearing_round.state == RoundState.CANCELLED else None,
        "opened_at": hearing_round.opened_at,
        "closes_at": hearing_round.closes_at,
        "days": days_words(hearing_round) if hearing_round.opened_at and hearing_round.closes_at else "",
        "zone": hearing_round.stage.process.time_zone,
        "is_over": hearing_round.state != RoundState.OPEN
        or (
            hearing_round.closes_at is not None
            and hearing_round.closes_at <= clock_of(hearing_round.stage.process, now)
        ),
        "documents": [item.version.title for item in hearing_round.bundle.items.all()]
        if hearing_round.bundle and publishes_text(hearing_round)
        else [],
        "parties": parties,
        "is_published": publishes_answers(hearing_round, now),
        "answered": sum(bool(party.has_answered) for party in parties),
        "publication": Publication(hearing_round.publication).label,
        "is_never_published": hearing_round.publication == Publication.NEVER,
    }


def locking(stage: Stage) -> list[str]:
    """That a consultation that has been sent is about the version it was sent with, whatever is locked since."""
    hearing_round = round_of(stage)
    if hearing_round is None or hearing_round.opened_at is None or hearing_round.bundle is None:
        return []
    words = (
        _("The consultation goes on with version %(number)d; its parties do not see the new one.")
        if hearing_round.state == RoundState.OPEN
        else _("The answers to the consultation stand; they are about version %(number)d.")
    )
    return [words % {"number": hearing_round.bundle.number}]


def leaving(stage: Stage) -> list[str]:
    """What becomes of a round whose stage is sent back or left out."""
    hearing_round = round_of(stage)
    if hearing_round is None or hearing_round.state != RoundState.OPEN:
        return []
    asked = asked_parties(hearing_round)
    reached = [party for party in asked if is_reached(party)]
    answered = sum(party.state == InvitationState.ANSWERED for party in asked)
    told = ngettext(
        "The round is cancelled, and %(count)d party is told by mail.",
        "The round is cancelled, and %(count)d parties are told by mail.",
        len(reached),
    )
    unreached = ngettext(
        "No mail reaches %(count)d party that was asked: tell it another way.",
        "No mail reaches %(count)d parties that were asked: tell them another way.",
        len(asked) - len(reached),
    )
    readable = ngettext(
        "%(count)d answer stays readable with the cancelled round; the party is asked again only when you send a new "
        "consultation.",
        "%(count)d answers stay readable with the cancelled round; the parties are asked again only when you send a "
        "new consultation.",
        answered,
    )
    lines = [_("The round is cancelled. Nobody is told by mail.")]
    if reached:
        lines = [told % {"count": len(reached)}, _("The mail does not give your reason.")]
    if len(reached) < len(asked):
        lines.append(unreached % {"count": len(asked) - len(reached)})
    if answered:
        lines.append(readable % {"count": answered})
    if stage.process.is_public:
        lines.append(_("The public page goes on showing the round, with the day on which it was cancelled."))
    return lines
