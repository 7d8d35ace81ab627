"""What a process's public page shows of its rounds."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from consultations.models import HearingRound
from consultations.queries.parties import public_parties, publishes_answers, publishes_text
from consultations.queries.rounds import public_rounds, rounds_in_preparation
from consultations.states import Publication, RoundForm, RoundState
from consultations.views.round_pages import days_words
from workflow.dates import short_date
from workflow.models import Process
from workflow.queries.processes import stage_spec
from workflow.rules.processes import now_or_suspended_at
from workflow.stage_kinds.pages import PublicPart, PublishedText
from workflow.states import ProcessState


def public_part(process: Process, now: datetime) -> PublicPart | None:
    """The rounds of a process as anyone may see them: period, documents, parties, and who answered once the policy
    allows it. Names of bodies only: no address, no person, no text of an answer."""
    sent = public_rounds(process)
    waiting = rounds_in_preparation(process)
    if not sent and not waiting:
        return None
    heard: dict[int, PublishedText] = {}
    for hearing_round in sent:
        if hearing_round.bundle is not None and publishes_text(hearing_round):
            heard.setdefault(hearing_round.bundle.line_id, PublishedText(hearing_round.bundle, _note(hearing_round)))
    return PublicPart(
        "consultations/public.html",
        {"rounds": [_public(hearing_round, now) for hearing_round in sent]},
        texts=list(heard.values()),
        not_begun=waiting,
    )


def _note(hearing_round: HearingRound) -> str:
    """What is to be known of a text that was published with a round: that it was cancelled."""
    if hearing_round.state != RoundState.CANCELLED or hearing_round.closed_at is None:
        return ""
    day = short_date(hearing_round.closed_at, hearing_round.stage.process.time_zone)
    return _("The text as it was in the consultation that was cancelled on %(day)s.") % {"day": day}


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
            and hearing_round.closes_at <= now_or_suspended_at(hearing_round.stage.process, now)
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
