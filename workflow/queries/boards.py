"""The board of a stage in which bodies decide: each body with its question, its decision and its mail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from notifications.models import OutgoingMail
from notifications.queries import mails_of
from workflow.models import ApprovalRequest, Body, Decision, Stage
from workflow.queries.approvals import asked_name, lets_on, what_holds_for_each, with_settlements
from workflow.queries.processes import process_bodies_of, stage_spec
from workflow.states import DecisionState, Outcome, RequestState


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One body on the board of a stage.

    request: None when the body was not asked in this attempt, because its earlier decision stands. decision: the valid
    one. opened_at: first press of the start button. mail: the latest mail about the request. has_minutes: as in
    `PartyStanding`. counts: whether the decision lets the matter go on. steps: what its committees recommended on the
    way. fallen: its latest decision that fell to a later version of the text.
    """

    body: Body
    level: str
    request: ApprovalRequest | None
    decision: Decision | None
    mail: OutgoingMail | None
    counts: bool
    steps: Sequence[Decision] = ()
    fallen: Decision | None = None

    @property
    def opened_at(self) -> datetime | None:
        """When the body pressed the start button of its link."""
        return self.request.link.opened_at if self.request else None

    @property
    def meeting_on(self) -> date | None:
        """The day of the decision, or else the day on which the body says it will take the matter up."""
        if self.decision is not None and self.decision.outcome != Outcome.POSTPONED:
            return self.decision.meeting_on
        return self.request.meeting_on if self.request else None

    @property
    def is_waiting(self) -> bool:
        """The body has been asked and has not decided for good."""
        return self.request is not None and self.request.state == RequestState.ASKED

    @property
    def is_listed(self) -> bool:
        """The body is to be asked, and nobody has asked it yet."""
        return self.request is not None and self.request.state == RequestState.LISTED

    @property
    def has_minutes(self) -> bool:
        """The minutes of the decision are here."""
        return self.decision is not None and self.decision.minutes_id is not None


def board(stage: Stage) -> list[BoardRow]:
    """Every body asked in a stage, in the list's order. Four queries, however many bodies there are."""
    spec = stage_spec(stage)
    requests = what_holds_for_each(ApprovalRequest.objects.filter(stage=stage).select_related("link", "bundle"))
    taken = Decision.objects.filter(request__stage__process=stage.process, request__stage__key=stage.key)
    shown = (DecisionState.VALID, DecisionState.STEP, DecisionState.FALLEN)
    taken = taken.filter(state__in=shown).select_related("minutes", "request", "body")
    valid: dict[int, Decision] = {}
    fallen: dict[int, Decision] = {}
    steps: defaultdict[int, list[Decision]] = defaultdict(list)
    for row in with_settlements(taken).order_by("meeting_on", "id"):
        if row.state == DecisionState.STEP:
            steps[row.body_id].append(row)
        elif row.state == DecisionState.FALLEN:
            fallen[row.body_id] = row
        else:
            valid[row.body_id] = row
    mails = _latest_mails(request.public_id for request in requests.values())
    rows = []
    for place in process_bodies_of(stage.process, asked_name(spec)):
        request, decision = requests.get(place.body_id), valid.get(place.body_id)
        mail = mails.get(request.public_id) if request else None
        is_in = decision is not None and lets_on(decision, spec)
        earlier = fallen.get(place.body_id)
        rows.append(BoardRow(place.body, place.level, request, decision, mail, is_in, steps[place.body_id], earlier))
    return rows


def asked_now(stage: Stage) -> list[ApprovalRequest]:
    """What holds for each body that is asked about a set, or has decided on it, in the list's order; each bears its
    body and the stage as it was given."""
    requests = []
    for row in board(stage):
        if row.request is not None and has_kit(row.request):
            row.request.stage, row.request.body = stage, row.body
            requests.append(row.request)
    return requests


def has_kit(request: ApprovalRequest | None) -> bool:
    """Whether there is a kit for whoever was asked: about a set that is in question, or has been decided on."""
    if request is None or request.bundle is None:
        return False
    return request.state in (RequestState.ASKED, RequestState.DECIDED)


def _latest_mails(subject_ids: Iterable[UUID]) -> dict[UUID, OutgoingMail]:
    return {mail.subject_id: mail for mail in mails_of(list(subject_ids))}
