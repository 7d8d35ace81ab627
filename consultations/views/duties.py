"""What rounds ask of an officer on the front page, and what a process's public page shows of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consultations.models import HearingRound
from consultations.queries.answers import RoundWork, rounds_with_work
from consultations.queries.parties import public_parties, publishes_answers, publishes_text
from consultations.queries.rounds import public_rounds, round_of
from consultations.states import InvitationState, Publication, RoundState
from consultations.views.framing import days_words
from workflow.dates import weekday_date
from workflow.models import Office, Process, Stage
from workflow.queries.matters import OpenMatter
from workflow.queries.processes import stage_spec
from workflow.rules.processes import clock_of
from workflow.views.registry import Duty, MatterView, PublicPart


def round_duties(offices: Sequence[Office], now: datetime) -> list[Duty]:
    """Rounds to be sent, mails that came back, requests for time, late answers to decide, remarks to deal with."""
    return [duty for work in rounds_with_work(offices) for duty in _duties(work, now)]


def _duties(work: RoundWork, now: datetime) -> list[Duty]:
    round = work.round
    found = []
    if round.state == RoundState.DRAFT:
        found.append(_duty(round, "", _("Prepare the round and send it"), badge=_("Not sent")))
    if work.bounced:
        text = ngettext(
            "The mail to %(count)d party came back: correct the address",
            "The mails to %(count)d parties came back: correct the addresses",
            work.bounced,
        )
        found.append(_duty(round, "?vis=retur", text % {"count": work.bounced}, badge=_("Came back"), tone="error"))
    if work.missing:
        text = ngettext(
            "%(count)d party has no address: write one, or contact it otherwise than by mail",
            "%(count)d parties have no address: write one for each, or contact them otherwise than by mail",
            work.missing,
        )
        found.append(_duty(round, "", text % {"count": work.missing}, badge=_("No address"), tone="error"))
    if work.asking:
        text = ngettext("%(count)d party asks for more time", "%(count)d parties ask for more time", work.asking)
        found.append(_duty(round, "", text % {"count": work.asking}))
    if work.late:
        text = ngettext(
            "Decide what happens with %(count)d late answer",
            "Decide what happens with %(count)d late answers",
            work.late,
        )
        found.append(_duty(round, "?vis=for-sent", text % {"count": work.late}, badge=_("Late"), tone="warning"))
    if work.remarks and round.state == RoundState.CLOSED:
        text = ngettext(
            "Deal with the remarks of %(count)d answer", "Deal with the remarks of %(count)d answers", work.remarks
        )
        found.append(_duty(round, "svar/", text % {"count": work.remarks}))
    return found


def _duty(round: HearingRound, more: str, why: str, *, badge: str = "", tone: str = "neutral") -> Duty:
    process = round.stage.process
    url = reverse("round", args=[process.public_id, round.stage.public_id])
    return Duty(
        title=str(stage_spec(round.stage).title),
        url=url + more,
        why=why,
        process=f"{process.case_number} {process.title}",
        badge=badge,
        tone=tone,
    )


def _promise(matter: OpenMatter) -> str:
    day = weekday_date(date.fromisoformat(matter.occasion))
    return _("%(party)s was to answer on %(day)s, and no answer has come.") % {"party": matter.who, "day": day}


def _many_promises(stage: Stage, number: int) -> tuple[str, str]:
    words = ngettext(
        "%(number)d party has let the day go by on which it was to answer.",
        "%(number)d parties have let the day go by on which they were to answer.",
        number,
    )
    return words % {"number": number}, reverse("round", args=[stage.process.public_id, stage.public_id])


def _page_of_party(matter: OpenMatter) -> str:
    process = matter.stage.process
    return reverse("party", args=[process.public_id, matter.stage.public_id, matter.subject_id])


def promise_view() -> MatterView:
    """How a day of answer that went by stands on the desk."""
    return MatterView(_promise, _page_of_party, gettext_lazy("No answer"), "warning", _many_promises)


def public_part(process: Process, now: datetime) -> PublicPart | None:
    """The rounds of a process as anyone may see them: period, documents, parties, and who answered once the policy
    allows it. Names of bodies only: no address, no person, no text of an answer."""
    sent = public_rounds(process)
    if not sent:
        return None
    heard = next((round.bundle for round in sent if publishes_text(round)), None)
    return PublicPart("consultations/public.html", {"rounds": [_public(round, now) for round in sent]}, heard)


def _public(round: HearingRound, now: datetime) -> dict[str, object]:
    parties = public_parties(round, now)
    return {
        "title": round.title,
        "stage_title": str(stage_spec(round.stage).title),
        "state": round.state,
        "state_label": round.get_state_display(),
        "opened_at": round.opened_at,
        "closes_at": round.closes_at,
        "days": days_words(round) if round.opened_at and round.closes_at else "",
        "zone": round.stage.process.time_zone,
        "is_over": round.state != RoundState.OPEN
        or (round.closes_at is not None and round.closes_at <= clock_of(round.stage.process, now)),
        "documents": [item.version.title for item in round.bundle.items.all()]
        if round.bundle and publishes_text(round)
        else [],
        "parties": parties,
        "is_published": publishes_answers(round, now),
        "answered": sum(bool(party.has_answered) for party in parties),
        "publication": Publication(round.publication).label,
    }


def leaving(stage: Stage) -> list[str]:
    """What becomes of a round whose stage is sent back or left out."""
    round = round_of(stage)
    if round is None or round.state != RoundState.OPEN:
        return []
    asked = round.invitations.filter(state__in=(InvitationState.INVITED, InvitationState.ANSWERED)).count()
    answered = round.invitations.filter(state=InvitationState.ANSWERED).count()
    told = ngettext(
        "The round is cancelled, and %(count)d party is told by mail.",
        "The round is cancelled, and %(count)d parties are told by mail.",
        asked,
    )
    kept = ngettext(
        "%(count)d answer stays readable with the cancelled round; the party is asked anew.",
        "%(count)d answers stay readable with the cancelled round; the parties are asked anew.",
        answered,
    )
    return [told % {"count": asked}, *([kept % {"count": answered}] if answered else [])]
