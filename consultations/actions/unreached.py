"""Parties that mail cannot reach, settled by the office."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction

from consultations.actions.locking import lock_round
from consultations.mails import letters as mails
from consultations.models import HearingRound, Invitation
from consultations.rules.parties import may_contact_otherwise
from consultations.rules.rounds import must_come_from_the_office
from consultations.states import ASKING_MAILS, MAY_STILL_ANSWER, InvitationState, RoundVerb
from workflow.actions.asked import stop_mail
from workflow.actions.once import Once
from workflow.actors import Actor
from workflow.audit import record
from workflow.rules import insist
from workflow.states import Channel


@transaction.atomic
def contact_otherwise(
    hearing_round: HearingRound,
    parties: Sequence[Invitation] | None = None,
    *,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> list[Invitation]:
    """Reach parties otherwise than by mail from now on: those named, else all whom mail cannot reach. Returns them.

    They stay on the list and get no mail, not even one that waits; each has its letter with the code to print.
    Before the round is sent and while it is under way. A repeated `key` concerns nobody more. Refuses where nobody is
    concerned, a round that is over, and everybody but the office.
    """
    locked = lock_round(hearing_round)
    party_ids = [party.public_id for party in parties or []]
    once = Once(f"contact_otherwise:{hearing_round.public_id}", key, party_ids)
    if once.made:
        return []
    locked.insist_may_act(actor, now)
    insist(must_come_from_the_office(actor))
    rows = locked.round.invitations.filter(
        channel=Channel.EMAIL, state__in=(InvitationState.LISTED, *MAY_STILL_ANSWER)
    ).select_for_update()
    kinds = (*ASKING_MAILS, *mails.FORWARD_MAILS)
    concerned = stop_mail(rows, parties, partial(may_contact_otherwise, locked.round), kinds=kinds, now=now)
    codes = {"invitations": [party.public_id for party in concerned]}
    record(RoundVerb.CONTACT_OTHERWISE, locked.round, actor=actor, now=now, process=locked.process, codes=codes)
    once.keep(hearing_round.public_id, now)
    return concerned
