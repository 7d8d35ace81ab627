"""How everyone sees what has been made public of rounds: their period, parties and letter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from consultations.models import HearingRound
from consultations.queries.parties import public_parties, publishes_answers
from consultations.queries.rounds import (
    letter_candidates,
    round_candidates,
    rounds_with_documents,
    sets_heard,
    title_with_number,
)
from consultations.rules.rounds import days_words
from consultations.states import Publication, RoundForm, RoundState
from workflow.models import Process, PublishedItem
from workflow.public_kinds import PublicKind, register, register_sent_out
from workflow.queries.publication import live_items, subjects_of
from workflow.rules.processes import now_or_suspended_at
from workflow.states import ProcessState, PublicThing


def register_kinds() -> None:
    """Make known what this floor can make public; called from `apps.py`."""
    register(PublicKind(PublicThing.ROUND, round_candidates, "consultations/public.html", rounds_shown))
    register_sent_out(sets_heard)
    register(PublicKind(PublicThing.LETTER, letter_candidates, "consultations/public_letters.html", letters_shown))


def rounds_shown(process: Process, items: Sequence[PublishedItem], now: datetime) -> list[dict[str, object]]:
    """Rounds with their period and parties, and who answered once the policy allows it. Names of bodies only: no
    address, no person, no text of an answer. Of what was heard the titles, as far as its documents are public."""
    texts = set(live_items(process).filter(kind=PublicThing.TEXT).values_list("subject_id", flat=True))
    return [_round(hearing_round, texts, now) for hearing_round in rounds_with_documents(process, subjects_of(items))]


def letters_shown(process: Process, items: Sequence[PublishedItem], now: datetime) -> list[dict[str, object]]:
    """Letters with which consultations were sent, word for word."""
    return [
        {"title": hearing_round.title, "letter": hearing_round.letter, "opened_at": hearing_round.opened_at}
        for hearing_round in rounds_with_documents(process, subjects_of(items))
    ]


def _round(hearing_round: HearingRound, texts: set[UUID], now: datetime) -> dict[str, object]:
    parties = public_parties(hearing_round, now)
    rests = hearing_round.state == RoundState.OPEN and hearing_round.stage.process.state == ProcessState.SUSPENDED
    return {
        "title": hearing_round.title,
        "stage_title": title_with_number(hearing_round),
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
        "documents": [item.version.title for item in hearing_round.bundle.items.all() if item.public_id in texts]
        if hearing_round.bundle
        else [],
        "parties": parties,
        "is_published": publishes_answers(hearing_round, now),
        "answered": sum(bool(party.has_answered) for party in parties),
        "publication": Publication(hearing_round.publication).label,
        "is_never_published": hearing_round.publication == Publication.NEVER,
    }
