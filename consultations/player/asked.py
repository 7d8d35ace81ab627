"""What the party whose turn it is has been asked: in a round, for a decision, as an authority. The deeds come in."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import UUIDField
from django.utils.translation import gettext as _

from consultations.models import Answer, HearingRound, Invitation
from consultations.player.cast import Impossible, Play
from consultations.queries.rounds import live_round
from consultations.states import ANSWER_STANDING, RoundState
from notifications.statements import Given, Read
from workflow.models import ApprovalRequest, Decision, ExternalRequest
from workflow.states import DecisionState, ExternalState, RequestState, StageState

Asked = Invitation | ApprovalRequest | ExternalRequest


# Rounds ───────────────────────────────────────────────────────────────────────────────────────────────────────────────
def round_of_turn(play: Play, stage: str | None) -> HearingRound:
    """The round that is meant: that of the stage, else the one under way, else the latest."""
    rows = HearingRound.objects.select_related("stage__process__office", "bundle").filter(stage__process=play.process)
    if stage:
        rows = rows.filter(stage__key=stage)
    found = list(rows.exclude(stage__state=StageState.RETURNED).order_by("opened_at", "id"))
    if not found:
        raise Impossible(_("There is no round."))
    return ([hearing_round for hearing_round in found if hearing_round.state == RoundState.OPEN] or found)[-1]


def round_in_stage(play: Play, stage: str) -> HearingRound:
    """The round of the attempt that counts of a stage."""
    found = live_round(play.process_now(), stage)
    if found is None:
        raise Impossible(_("There is no round."))
    return found


def invitation_of_turn(play: Play, stage: str | None) -> Invitation:
    """The party's invitation: in the round of the stage, else in the one under way, else in the latest."""
    return _INVITATION.one(public_id=invitation_id(play, stage))


def invitation_id(play: Play, stage: str | None) -> UUID:
    """Its public id only, for whoever is about to come by the link."""
    rows = _INVITED(process_id=play.process.pk, body_id=play.body.pk)
    found = [row for row in rows if stage in (None, row[2])]
    if not found:
        raise Impossible(_("%(party)s is not on the list of the round.") % {"party": play.body.name})
    under_way = [public_id for public_id, state, _key in found if state == RoundState.OPEN]
    public_id: UUID = (under_way or [found[-1][0]])[-1]
    return public_id


_INVITATION: Final = Read(
    lambda: Invitation.objects.select_related("round__stage__process__office", "link", "body").filter(
        public_id=Given("public_id", UUIDField())
    )
)
_INVITED: Final = Read(
    lambda: (
        Invitation.objects.filter(round__stage__process_id=Given("process_id"), body_id=Given("body_id"))
        .exclude(round__stage__state=StageState.RETURNED)
        .order_by("round__opened_at", "id")
        .values_list("public_id", "round__state", "round__stage__key")
    )
)
_STANDING: Final = Read(lambda: Answer.objects.filter(invitation_id=Given("invitation_id"), state__in=ANSWER_STANDING))


def answer_of_turn(play: Play, stage: str | None) -> Answer:
    """The party's answer that stands."""
    invitation = invitation_of_turn(play, stage)
    found = _STANDING.first(invitation_id=invitation.pk)
    if found is None:
        raise Impossible(_("%(party)s has not answered.") % {"party": invitation.name})
    found.invitation = invitation
    return found


# Decisions and authorities ────────────────────────────────────────────────────────────────────────────────────────────
_REQUESTS: Final = Read(
    lambda: (
        ApprovalRequest.objects.select_related("stage__process__office", "body", "bundle", "link")
        .filter(stage__process_id=Given("process_id"), body_id=Given("body_id"))
        .order_by("-id")
    )
)


def request_of_turn(play: Play, stage: str | None) -> ApprovalRequest:
    """The question the body is asked: the one that waits, else the latest."""
    rows = _REQUESTS(process_id=play.process.pk, body_id=play.body.pk)
    found = [row for row in rows if stage in (None, row.stage.key)]
    if not found:
        raise Impossible(_("%(party)s has not been asked for a decision.") % {"party": play.body.name})
    return next((row for row in found if row.state == RequestState.ASKED), found[0])


def decision_of_turn(play: Play, stage: str | None) -> Decision:
    """The body's decision that is valid."""
    rows = Decision.objects.select_related("request__stage__process").filter(
        request__stage__process=play.process, body__key=play.party, state=DecisionState.VALID
    )
    if stage:
        rows = rows.filter(request__stage__key=stage)
    found = rows.order_by("-id").first()
    if found is None:
        raise Impossible(_("%(party)s has decided nothing.") % {"party": play.body.name})
    return found


def submission_of_turn(play: Play, stage: str | None) -> ExternalRequest:
    """What was sent to the authority: in a stage that is open, else the latest."""
    rows = (
        ExternalRequest.objects.select_related("stage__process__office", "body", "link")
        .filter(stage__process=play.process, body__key=play.party)
        .exclude(state=ExternalState.WITHDRAWN)
    )
    if stage:
        rows = rows.filter(stage__key=stage)
    found = rows.filter(stage__state=StageState.OPEN).order_by("-id").first() or rows.order_by("-id").first()
    if found is None:
        raise Impossible(_("Nothing has been sent to %(party)s.") % {"party": play.body.name})
    return found


# Whatever it is ───────────────────────────────────────────────────────────────────────────────────────────────────────
def asked_now(play: Play, stage: str | None) -> Asked:
    """What the party is asked: as an authority, for a decision it still owes, else in a round."""
    sent = (
        ExternalRequest.objects.select_related("stage")
        .filter(stage__process=play.process, body__key=play.party, stage__state=StageState.OPEN)
        .exclude(state=ExternalState.WITHDRAWN)
        .first()
    )
    if sent is not None and stage in (None, sent.stage.key):
        return sent
    request = (
        ApprovalRequest.objects.select_related("stage")
        .filter(stage__process=play.process, body__key=play.party, state=RequestState.ASKED)
        .first()
    )
    if request is not None and stage in (None, request.stage.key):
        return request
    return invitation_of_turn(play, stage)


def asked_last(play: Play, stage: str | None) -> Asked:
    """What the party was written to about last: a hearing, a decision, a submission."""
    invitations = Invitation.objects.filter(
        round__stage__process=play.process, body__key=play.party, invited_at__isnull=False
    ).exclude(round__state=RoundState.CANCELLED)
    requests = ApprovalRequest.objects.filter(
        stage__process=play.process, body__key=play.party, state__in=[RequestState.ASKED, RequestState.DECIDED]
    )
    external = ExternalRequest.objects.filter(stage__process=play.process, body__key=play.party)
    found: list[tuple[datetime, Asked]] = []
    for invitation in invitations.select_related("round__stage"):
        if invitation.invited_at and stage in (None, invitation.round.stage.key):
            found.append((invitation.invited_at, invitation))
    for request in requests.select_related("stage"):
        if stage in (None, request.stage.key):
            found.append((request.asked_at, request))
    for sent in external.select_related("stage"):
        if stage in (None, sent.stage.key):
            found.append((sent.sent_at, sent))
    if not found:
        raise Impossible(_("%(party)s has been asked nothing.") % {"party": play.body.name})
    return max(found, key=lambda pair: pair[0])[1]
