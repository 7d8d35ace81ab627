"""What a deed is done on: the process, a stage, a deadline, or what the party whose turn it is has been asked; and who
acts on it: an officer, or the party by the link or code in the mail it was sent.

The deeds come in. stage, everywhere: the key of the stage that is meant, None where it follows from what is under way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from consultations.actions.parties import open_invitation
from consultations.models import Answer, HearingRound, Invitation
from consultations.player.cast import Impossible, Play
from consultations.queries.parties import invitation_of
from consultations.queries.rounds import live_round
from consultations.states import ANSWER_STANDING, RoundState
from notifications import kinds
from notifications.models import OutgoingMail
from notifications.states import MailState
from workflow.actions.links import check_code, open_link
from workflow.actors import Actor
from workflow.links import read_link
from workflow.models import (
    ApprovalRequest,
    Deadline,
    Decision,
    Dispatch,
    ExternalRequest,
    Objection,
    PersonalLink,
    Process,
    Stage,
)
from workflow.queries.approvals import request_of_link
from workflow.queries.processes import live_stage, named_deadline
from workflow.queries.submissions import external_request_of_link
from workflow.states import UNSENT, DecisionState, ExternalState, ObjectionState, RequestState, StageState

Asked = Invitation | ApprovalRequest | ExternalRequest
Row = TypeVar("Row", bound=Model)


def _of(play: Play, rows: QuerySet[Row], stage: str | None, way: str = "stage") -> QuerySet[Row]:
    """The rows of this process, and of that stage if one is meant. way: how a row leads to its stage."""
    meant = {f"{way}__process": play.process} | ({f"{way}__key": stage} if stage else {})
    return rows.filter(**meant).select_related(f"{way}__process__office").order_by("id")


def _latest(play: Play, rows: Iterable[Row], is_under_way: Callable[[Row], bool], nothing: str) -> Row:
    """The latest of those under way, else the latest of all; `nothing` says of a party that there is none."""
    if not (all_rows := list(rows)):
        raise Impossible(nothing % {"party": play.body.name if play.party else ""})
    return ([row for row in all_rows if is_under_way(row)] or all_rows)[-1]


def process_of_turn(play: Play, _stage: None = None) -> Process:
    """The process as it is now."""
    return play.process_now()


def stage_of_turn(play: Play, stage: str) -> Stage:
    """The attempt of a stage that counts."""
    return live_stage(play.process_now(), stage)


def deadline_of_turn(play: Play, name: str) -> Deadline:
    """The deadline of that name."""
    if deadline := named_deadline(play.process_now(), name):
        return deadline
    raise Impossible(_("The deadline “%(name)s” is not known yet.") % {"name": name})


def round_of_turn(play: Play, stage: str | None) -> HearingRound:
    """The round that is meant: the one under way, else the latest."""
    rounds = _of(play, HearingRound.objects.select_related("bundle"), stage).exclude(stage__state=StageState.RETURNED)
    rounds = rounds.order_by("opened_at", "id")
    return _latest(play, rounds, lambda row: row.state == RoundState.OPEN, _("There is no round."))


def round_in_stage(play: Play, stage: str) -> HearingRound:
    """The round of the attempt that counts of a stage."""
    if hearing_round := live_round(play.process_now(), stage):
        return hearing_round
    raise Impossible(_("There is no round."))


def invitation_of_turn(play: Play, stage: str | None) -> Invitation:
    """The party's invitation: in the round that the deed names by its number, else in the one under way, else in the
    latest."""
    invitations = Invitation.objects.filter(body=play.body).exclude(round__stage__state=StageState.RETURNED)
    if number := getattr(play.turn.deed, "round", None):
        invitations = invitations.filter(round__number=number)
    invitations = _of(play, invitations.select_related("link", "body"), stage, "round__stage")
    nothing = _("%(party)s is not on the list of the round.")
    invitations = invitations.order_by("round__opened_at", "id")
    return _latest(play, invitations, lambda row: row.round.state == RoundState.OPEN, nothing)


def answer_of_turn(play: Play, stage: str | None) -> Answer:
    """The party's answer that stands."""
    invitation = invitation_of_turn(play, stage)
    answer = Answer.objects.filter(invitation=invitation, state__in=ANSWER_STANDING).first()
    if answer is None:
        raise Impossible(_("%(party)s has not answered.") % {"party": invitation.name})
    answer.invitation = invitation
    return answer


def request_of_turn(play: Play, stage: str | None) -> ApprovalRequest:
    """The question the body is asked: the one that waits, else the latest."""
    requests = ApprovalRequest.objects.filter(body=play.body).select_related("body", "bundle", "link")
    nothing = _("%(party)s has not been asked for a decision.")
    return _latest(play, _of(play, requests, stage), lambda row: row.state == RequestState.ASKED, nothing)


def dispatch_of_turn(play: Play, stage: str | None) -> Dispatch:
    """The dispatch of a stage that waits to be sent, else the latest."""
    rows = list(_of(play, Dispatch.objects.all(), stage))
    if not rows:
        raise Impossible(_("There is no dispatch: nobody has been listed to be asked."))
    return ([row for row in rows if row.state in UNSENT] or rows)[-1]


def decision_of_turn(play: Play, stage: str | None) -> Decision:
    """The body's decision that is valid."""
    decisions = Decision.objects.filter(body=play.body, state=DecisionState.VALID)
    nothing = _("%(party)s has decided nothing.")
    return _latest(play, _of(play, decisions, stage, "request__stage"), lambda row: True, nothing)


def objection_of_turn(play: Play, stage: str | None) -> Objection:
    """The body's objection to a correction: the one that is not settled, else the latest."""
    objections = Objection.objects.filter(body=play.body)
    nothing = _("%(party)s has objected to nothing.")
    return _latest(
        play, _of(play, objections, stage, "request__stage"), lambda row: row.state == ObjectionState.OPEN, nothing
    )


def mandate_of_turn(play: Play, request: ApprovalRequest) -> Decision:
    """The decision with which the body last gave a mandate in the stage of a question."""
    decisions = Decision.objects.filter(body=request.body, request__stage__key=request.stage.key)
    given = _of(play, decisions.exclude(mandate_scope=""), None, "request__stage").last()
    if given is None:
        raise Impossible(_("%(party)s has given no mandate.") % {"party": request.body.name}, "mandate_missing")
    return given


def submission_of_turn(play: Play, stage: str | None) -> ExternalRequest:
    """What was sent to the authority: in a stage that is open, else the latest."""
    sent = ExternalRequest.objects.filter(body=play.body).exclude(state=ExternalState.WITHDRAWN)
    sent = _of(play, sent.select_related("body", "link"), stage)
    nothing = _("Nothing has been sent to %(party)s.")
    return _latest(play, sent, lambda row: row.stage.state == StageState.OPEN, nothing)


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
    asked: list[tuple[datetime, Asked]] = [
        *((row.invited_at, row) for row in invited if row.invited_at),
        *((row.asked_at, row) for row in _of(play, requests, stage)),
        *((row.sent_at, row) for row in _of(play, sent, stage)),
    ]
    if not asked:
        raise Impossible(_("%(party)s has been asked nothing.") % {"party": play.body.name})
    return max(asked, key=lambda pair: pair[0])[1]


def latest_mail(play: Play, subject_id: UUID) -> OutgoingMail | None:
    """The last mail about an invitation or a request that has been sent and has not come back."""
    mails = OutgoingMail.objects.filter(process_id=play.process.public_id, subject_id=subject_id)
    return mails.filter(state=MailState.SENT).order_by("-id").first()


def link_in_mail(play: Play, via: str | None, subject_id: UUID) -> PersonalLink:
    """The link a party holds: read from its mails, by the link itself or, via "code", by the code typed."""
    mails = OutgoingMail.objects.filter(subject_id=subject_id, state=MailState.SENT, bounced_at=None)
    for mail in mails.order_by("-id"):
        secrets = kinds.secrets(mail)
        if "link" not in secrets:
            continue
        if via == "code":
            return check_code(secrets["code"], origin=f"player {play.party}", now=play.now)
        public_id, token = secrets["link"].rstrip("/").rsplit("/", 2)[-2:]
        link = read_link(UUID(public_id), token).link
        if link is not None:
            return link
    raise Impossible(_("%(party)s has been sent no mail with a link.") % {"party": play.body.name}, "no_mail")


def acting_on(play: Play, via: str | None, asked: Asked) -> tuple[Asked, Actor]:
    """What a party is asked with whoever acts on it: an officer for the party that has told, or the party itself, which
    follows the link in its mail and presses start."""
    if play.is_officers:
        return asked, play.officer(asked.name if isinstance(asked, Invitation) else asked.body.name)
    link = link_in_mail(play, via, asked.public_id)
    person = play.scenario.file.actors.people.get(play.turn.by)
    actor = Actor.of_link(link, f"{person.name}, {play.body.name}" if person else play.body.name)
    if isinstance(asked, Invitation):
        opened = invitation_of(link)
        if opened is None:
            raise Impossible(_("The link in the mail opens no consultation."))
        return opened if link.opened_at else open_invitation(opened, actor=actor, now=play.now), actor
    open_link(link, actor=actor, now=play.now)
    return request_of_link(link) if isinstance(asked, ApprovalRequest) else external_request_of_link(link), actor
