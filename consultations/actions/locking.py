"""The locks of a deed in their order: process, which covers its rounds, then invitation. An answer locks only that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from consultations.models import HearingRound, Invitation
from notifications.statements import Given, Read
from workflow.actions.locking import lock_process, stage_in
from workflow.actions.rights import insist_officer_or_body
from workflow.actors import Actor
from workflow.models import Process, Stage
from workflow.rules import insist
from workflow.rules.processes import may_act

_WITH_TEXT: Final = Read(
    lambda: HearingRound.objects.select_related("stage__process__office", "bundle").filter(pk=Given("pk"))
)
_LOCK_INVITATION: Final = Read(
    # The link's row is not locked with it: whoever opens the link does that.
    lambda: Invitation.objects.select_for_update(of=("self",)).select_related("link").filter(pk=Given("pk"))
)


@dataclass(frozen=True, slots=True)
class LockedRound:
    """A round with its process and stage, which nobody else changes until the transaction ends."""

    process: Process
    stage: Stage
    round: HearingRound

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which days and clock times of the process are meant."""
        return ZoneInfo(self.process.time_zone)

    @staticmethod
    def zone_of(hearing_round: HearingRound) -> ZoneInfo:
        """The zone of a round that is not locked, with its process read along."""
        return ZoneInfo(hearing_round.stage.process.time_zone)

    def insist_may_act(self, actor: Actor, now: datetime) -> None:
        """Refuse a suspended or ended process and an account of another office. Asked after the key, so that a
        repeated deed still gets its result."""
        insist(may_act(self.process))
        insist_officer_or_body(actor, self.process.office, now)


@dataclass(frozen=True, slots=True)
class HeldInvitation:
    """A locked invitation with its round and process as they were read after the lock was won; those are not locked."""

    process: Process
    round: HearingRound
    invitation: Invitation
    link_id: UUID

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which days and clock times of the process are meant."""
        return ZoneInfo(self.process.time_zone)


def lock_round(hearing_round: HearingRound) -> LockedRound:
    """Lock the process, which is the lock of its stages and rounds too, and read all three afresh."""
    # Without a lock, to learn which process to lock; stage and round are read again under it.
    related = "stage__process__office", "stage__process__definition"
    long_texts = "stage__process__definition__body", "stage__process__definition__source"
    stage = HearingRound.objects.select_related(*related).defer(*long_texts).get(pk=hearing_round.pk).stage
    process = lock_process(stage.process, must_run=False)
    stage = stage_in(process, stage)
    locked = HearingRound.objects.get(pk=hearing_round.pk)
    locked.stage = stage
    return LockedRound(process, stage, locked)


def lock_party(locked: LockedRound, invitation: Invitation) -> Invitation:
    """An invitation of a locked round, locked as well."""
    party = _LOCK_INVITATION.one(pk=invitation.pk)
    if party.round_id != locked.round.pk:
        raise Invitation.DoesNotExist(f"{party} is not on the list of {locked.round}.")
    party.round = locked.round
    return party


def hold_invitation(invitation: Invitation, actor: Actor, now: datetime) -> HeldInvitation:
    """Lock one invitation alone, so that a thousand parties answer side by side. Refuses an account of another office.

    Round and process are read after the lock: a deed that waited sees what the deed before it has done.
    """
    locked_invitation = _LOCK_INVITATION.one(pk=invitation.pk)
    hearing_round = _WITH_TEXT.one(pk=locked_invitation.round_id)
    locked_invitation.round = hearing_round
    insist_officer_or_body(actor, hearing_round.stage.process.office, now)
    return HeldInvitation(
        hearing_round.stage.process, hearing_round, locked_invitation, UUID(str(locked_invitation.link.public_id))
    )
