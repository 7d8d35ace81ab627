"""What the party whose turn it is has been asked: in a round, for a decision, as an authority. The deeds come in.

stage, everywhere: the key of the stage that is meant, None where it follows from what is under way.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from consultations.models import Answer, HearingRound, Invitation
from consultations.player.cast import Impossible, Play
from consultations.queries.rounds import live_round
from consultations.states import ANSWER_STANDING, RoundState
from notifications.statements import Given, Read
from workflow.models import ApprovalRequest, Decision, ExternalRequest
from workflow.states import DecisionState, ExternalState, RequestState, StageState

Asked = Invitation | ApprovalRequest | ExternalRequest
Row = TypeVar("Row", bound=Model)


def _of(play: Play, rows: QuerySet[Row], stage: str | None, way: str = "stage") -> QuerySet[Row]:
    """The rows of this process, and of that stage if one is meant. way: how a row leads to its stage."""
    meant = {f"{way}__process": play.process} | ({f"{way}__key": stage} if stage else {})
    return rows.filter(**meant).select_related(f"{way}__process__office")


# What most deeds of parties begin with.
_INVITED: Final = Read(
    lambda: (
        Invitation.objects.select_related("round__stage__process__office", "link", "body")
        .filter(round__stage__process_id=Given("process_id"), body_id=Given("body_id"))
        .exclude(round__stage__state=StageState.RETURNED)
        .order_by("round__opened_at", "id")
    )
)
_REQUESTED: Final = Read(
    lambda: (
        ApprovalRequest.objects.select_related("stage__process__office", "body", "bundle", "link")
        .filter(stage__process_id=Given("process_id"), body_id=Given("body_id"))
        .order_by("-id")
    )
)


def round_of_turn(play: Play, stage: str | None) -> HearingRound:
    """The round that is meant: the one under way, else the latest."""
    rows = _of(play, HearingRound.objects.select_related("bundle"), stage)
    found = list(rows.exclude(stage__state=StageState.RETURNED).order_by("opened_at", "id"))
    if not found:
        raise Impossible(_("There is no round."))
    return ([hearing_round for hearing_round in found if hearing_round.state == RoundState.OPEN] or found)[-1]


def round_in_stage(play: Play, stage: str) -> HearingRound:
    """The round of the attempt that counts of a stage."""
    if found := live_round(play.process_now(), stage):
        return found
    raise Impossible(_("There is no round."))


def invitation_of_turn(play: Play, stage: str | None) -> Invitation:
    """The party's invitation: in the round under way, else in the latest."""
    rows = _INVITED(process_id=play.process.pk, body_id=play.body.pk)
    found = [invitation for invitation in rows if stage in (None, invitation.round.stage.key)]
    if not found:
        raise Impossible(_("%(party)s is not on the list of the round.") % {"party": play.body.name})
    return ([invitation for invitation in found if invitation.round.state == RoundState.OPEN] or found)[-1]


def answer_of_turn(play: Play, stage: str | None) -> Answer:
    """The party's answer that stands."""
    invitation = invitation_of_turn(play, stage)
    found = Answer.objects.filter(invitation=invitation, state__in=ANSWER_STANDING).first()
    if found is None:
        raise Impossible(_("%(party)s has not answered.") % {"party": invitation.name})
    found.invitation = invitation
    return found


def request_of_turn(play: Play, stage: str | None) -> ApprovalRequest:
    """The question the body is asked: the one that waits, else the latest."""
    rows = _REQUESTED(process_id=play.process.pk, body_id=play.body.pk)
    found = [request for request in rows if stage in (None, request.stage.key)]
    if not found:
        raise Impossible(_("%(party)s has not been asked for a decision.") % {"party": play.body.name})
    return next((request for request in found if request.state == RequestState.ASKED), found[0])


def decision_of_turn(play: Play, stage: str | None) -> Decision:
    """The body's decision that is valid."""
    rows = Decision.objects.filter(body=play.body, state=DecisionState.VALID).order_by("-id")
    if found := _of(play, rows, stage, "request__stage").first():
        return found
    raise Impossible(_("%(party)s has decided nothing.") % {"party": play.body.name})


def submission_of_turn(play: Play, stage: str | None) -> ExternalRequest:
    """What was sent to the authority: in a stage that is open, else the latest."""
    rows = _of(play, ExternalRequest.objects.select_related("body", "link").filter(body=play.body), stage)
    rows = rows.exclude(state=ExternalState.WITHDRAWN).order_by("-id")
    if found := rows.filter(stage__state=StageState.OPEN).first() or rows.first():
        return found
    raise Impossible(_("Nothing has been sent to %(party)s.") % {"party": play.body.name})


def asked_now(play: Play, stage: str | None) -> Asked:
    """What the party is asked: as an authority, for a decision it still owes, else in a round."""
    sent = ExternalRequest.objects.filter(body=play.body, stage__state=StageState.OPEN)
    owed = ApprovalRequest.objects.filter(body=play.body, state=RequestState.ASKED)
    return (
        _of(play, sent.exclude(state=ExternalState.WITHDRAWN), stage).first()
        or _of(play, owed, stage).first()
        or invitation_of_turn(play, stage)
    )


def asked_last(play: Play, stage: str | None) -> Asked:
    """What the party was written to about last: a hearing, a decision, a submission."""
    invited = Invitation.objects.filter(body=play.body, invited_at__isnull=False)
    invited = _of(play, invited.exclude(round__state=RoundState.CANCELLED), stage, "round__stage")
    requests = ApprovalRequest.objects.filter(body=play.body, state__in=[RequestState.ASKED, RequestState.DECIDED])
    sent = ExternalRequest.objects.filter(body=play.body)
    found: list[tuple[datetime, Asked]] = [
        *((row.invited_at, row) for row in invited if row.invited_at),
        *((row.asked_at, row) for row in _of(play, requests, stage)),
        *((row.sent_at, row) for row in _of(play, sent, stage)),
    ]
    if not found:
        raise Impossible(_("%(party)s has been asked nothing.") % {"party": play.body.name})
    return max(found, key=lambda pair: pair[0])[1]
