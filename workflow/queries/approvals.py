"""Where each body stands in a stage that asks for decisions: gates, actions, boards, the request page and packages.

A decision is valid as long as no material change has made it fall, so what is valid counts also in a later attempt.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery, prefetch_related_objects
from django.utils.translation import gettext as _

from notifications.statements import Given, Read
from workflow.dates import in_language
from workflow.definitions import BundleUse, GateName, StageSpec, ancestors, does_count
from workflow.models import (
    ApprovalRequest,
    Body,
    Decision,
    DecisionAddendum,
    ExternalRequest,
    GateOverride,
    MinorityStatement,
    PersonalLink,
    Process,
    ProcessBody,
    ReservationSettlement,
    Stage,
)
from workflow.queries.processes import definition_of, live_stages, stage_spec
from workflow.rules.decisions import FAVOURABLE
from workflow.states import (
    LIVE_REQUESTS,
    DecisionState,
    ExternalState,
    Outcome,
    ProcessState,
    RequestState,
    StageKindName,
    StageState,
)

ASKING_KINDS = (StageKindName.REVIEW, StageKindName.APPROVAL)
"""The kinds of stage in which bodies are asked for decisions."""


@dataclass(frozen=True, slots=True)
class InForce:
    """What a body's valid decision says. `has_minutes`: its minutes are here. `settled_as`: what its reservation has
    been found to mean, if that has been settled."""

    outcome: str
    has_minutes: bool
    settled_as: str | None = None


@dataclass(frozen=True, slots=True)
class PartyStanding:
    """A body asked in a stage, by name and kind, with what its valid decision says, if there is one."""

    body_id: int
    name: str
    kind: str
    outcome: str | None
    has_minutes: bool
    settled_as: str | None = None


def asked_name(spec: StageSpec) -> str:
    """The role or list of the definition that decides in a stage."""
    if spec.approval is not None:
        return spec.approval.list
    gate = next((gate for gate in spec.gates if gate.gate is GateName.BODY_DECISION and gate.body), None)
    return gate.body if gate is not None and gate.body else spec.actor


def counting_outcomes(spec: StageSpec) -> tuple[Outcome, ...]:
    """The outcomes that let the matter go on in a stage."""
    terms = spec.approval or spec.review
    return terms.counts if terms is not None else ()


def lets_on(decision: Decision, spec: StageSpec) -> bool:
    """Whether a decision, read with its settlement, lets the matter go on in its stage."""
    return does_count(counting_outcomes(spec), decision.outcome, decision.settled_as)


def with_settlements(decisions: QuerySet[Decision]) -> QuerySet[Decision]:
    """Decisions with what their reservations have been settled as last, read along (`settled_as`)."""
    # In a mapping, or the type checker takes it for a second attribute of that name.
    read_along: dict[str, Any] = {"settled_as": _settled_as()}
    return decisions.annotate(**read_along)


def _settled_as() -> Subquery:
    # Never a copy in the decision's own row: what was settled is proven where it is written, and read from there.
    last = ReservationSettlement.objects.filter(decision=OuterRef("pk")).order_by("-id")
    return Subquery(last.values("settlement")[:1])


def valid_decisions(process: Process, stage_key: str) -> QuerySet[Decision]:
    """The decisions that hold on one stage of the definition, over all its attempts, with their settlements."""
    return with_settlements(
        Decision.objects.filter(
            request__stage__process=process, request__stage__key=stage_key, state=DecisionState.VALID
        )
    )


_IN_FORCE: Final = Read(
    lambda: (
        Decision.objects.filter(
            request__stage__process_id=Given("process_id"),
            request__stage__key=Given("stage_key", models.CharField()),
            state=DecisionState.VALID,
        )
        # The order decides: of several decisions of one body the last one stays in the mapping.
        .order_by("id")
        .values_list("body_id", "outcome", "minutes_id", "bundle_id", _settled_as())
    )
)
_PLACES: Final = Read(
    lambda: (
        ProcessBody.objects.filter(process_id=Given("process_id"), name=Given("name", models.CharField()))
        .order_by("position", "id")
        .values_list("body_id", "body__name", "body__kind")
    )
)


def decisions_in_force(
    process: Process, stage_key: str, bundle_ids: Collection[int] | None = None
) -> dict[int, InForce]:
    """The latest valid decision of each body on one stage of the definition, by the body's id. One query.

    bundle_ids: only decisions on these bundles count; None for every valid one.
    """
    rows = _IN_FORCE(process_id=process.pk, stage_key=stage_key)
    return {
        body_id: InForce(outcome, minutes_id is not None, settled_as)
        for body_id, outcome, minutes_id, bundle_id, settled_as in rows
        if bundle_ids is None or bundle_id in bundle_ids
    }


def standings(stage: Stage, name: str, in_force: Mapping[int, InForce]) -> list[PartyStanding]:
    """Every body of a role or list with its decision on this stage, in the list's order. One query."""
    parties = []
    for body_id, body_name, kind in _PLACES(process_id=stage.process_id, name=name):
        said = asdict(in_force[body_id]) if body_id in in_force else {"outcome": None, "has_minutes": False}
        parties.append(PartyStanding(body_id, body_name, kind, **said))
    return parties


def approved_with_this_set(process: Process, line_id: int) -> list[Stage]:
    """The completed approvals of a line of text that fall with a text changed in its substance: what the parties
    approved has not been sent to an authority, and no dated fact behind the approval has come about. The others stand:
    to them the changed text is a new matter."""
    live = [stage for stage in live_stages(process) if stage.line_id == line_id]
    approved = [
        stage
        for stage in live
        if stage.kind == StageKindName.APPROVAL
        and stage.state == StageState.COMPLETED
        and stage_spec(stage).bundle is not BundleUse.NONE
    ]
    if not approved:
        return []
    keys_sent = set(
        ExternalRequest.objects.filter(stage__in=live)
        .exclude(state=ExternalState.WITHDRAWN)
        .values_list("stage__key", flat=True)
    )
    keys_sent |= {stage.key for stage in live if stage.kind == StageKindName.EXTERNAL and stage.done_on is not None}
    facts = {
        stage.key for stage in live if stage.kind == StageKindName.MILESTONE and stage.state == StageState.COMPLETED
    }
    definition = definition_of(process)
    return [
        stage for stage in approved if not any(stage.key in ancestors(definition, key) for key in {*keys_sent, *facts})
    ]


WAS_PUT = Q(dispatch=None) | Q(dispatch__sent_at__isnull=False)
"""The questions that bodies have been asked, whatever became of them; the others were only listed."""


def still_asked(stage: Stage) -> QuerySet[ApprovalRequest]:
    """The questions of an attempt at a stage that wait for a decision, each with body and text, as they were put."""
    rows = ApprovalRequest.objects.filter(stage=stage, state=RequestState.ASKED)
    return rows.select_related("body", "bundle").order_by("id")


def latest_decision(stage: Stage, since: datetime) -> Decision | None:
    """The latest decision that holds on an attempt at a stage and was recorded since that instant (UTC)."""
    decisions = valid_decisions(stage.process, stage.key).filter(request__stage=stage, recorded_at__gte=since)
    return decisions.select_related("request__body").order_by("-id").first()


def sent_back_by(decision: Decision, process: Process) -> str:
    """Why a matter goes back on a body's decision, in the process's language."""
    with in_language(process.language):
        words = {"body": decision.request.body.name, "outcome": decision.get_outcome_display()}
        return _("%(body)s decided: %(outcome)s.") % words


def live_request(stage_key: str, body: Body, process: Process) -> ApprovalRequest | None:
    """The request under which a body is asked, or has decided, in the stage's attempt that counts."""
    return (
        ApprovalRequest.objects.select_related("bundle")
        .filter(stage__process=process, stage__key=stage_key, body=body)
        .filter(state__in=LIVE_REQUESTS)
        .exclude(stage__state=StageState.RETURNED)
        .order_by("-id")
        .first()
    )


def no_longer_asked(stage: Stage) -> set[int]:
    """Ids of the bodies whose question in this attempt of a stage was withdrawn and not asked anew. One query."""
    requests = what_holds_for_each(ApprovalRequest.objects.filter(stage=stage))
    return {body_id for body_id, request in requests.items() if request.state == RequestState.WITHDRAWN}


def what_holds_for_each(requests: Iterable[ApprovalRequest]) -> dict[int, ApprovalRequest]:
    """Of the questions of one attempt, for each body the one that waits or is answered; where none does, the latest. A
    set that is taken back opens an older one again."""
    in_order = sorted(requests, key=lambda row: (row.state in LIVE_REQUESTS, row.pk))
    return {request.body_id: request for request in in_order}


def watched_requests() -> QuerySet[ApprovalRequest]:
    """The questions the reminder sweep looks at: they wait, their stage is open and their process is running."""
    return ApprovalRequest.objects.filter(
        state=RequestState.ASKED, stage__state=StageState.OPEN, stage__process__state=ProcessState.RUNNING
    )


# ── What pages show ───────────────────────────────────────────────────────────────────────────────────────────
def request_of_link(link: PersonalLink) -> ApprovalRequest:
    """What a decision link opens: the request with all that its page shows. Three queries.

    `ApprovalRequest.DoesNotExist` for a link of another purpose.
    """
    request = _with_what_is_asked().get(link_id=link.pk)
    prefetch_related_objects([request], *_shown_besides())
    return request


def request_of_body(public_id: UUID, bodies: Sequence[Body]) -> ApprovalRequest:
    """The same page for an account that is a member of the body; `DoesNotExist` for other bodies' requests, and for
    what has not been asked yet."""
    return _page_requests().exclude(state=RequestState.LISTED).get(public_id=public_id, body__in=bodies)


def requests_of(process: Process) -> QuerySet[ApprovalRequest]:
    """Every question put in a process, with all that its page shows for an officer."""
    return _page_requests().filter(stage__process=process)


def _page_requests() -> QuerySet[ApprovalRequest]:
    return _with_what_is_asked().prefetch_related(*_shown_besides())


def _with_what_is_asked() -> QuerySet[ApprovalRequest]:
    return ApprovalRequest.objects.select_related(
        "stage__process__office", "stage__process__definition", "body", "bundle__line", "link"
    )


def _shown_besides() -> list[Prefetch[Any]]:
    decisions = with_settlements(
        Decision.objects.select_related("by_mandate", "minutes", "source", "bundle__line")
    ).order_by("-id")
    return [Prefetch("decisions", queryset=with_what_belongs(decisions))]


def with_what_belongs(decisions: QuerySet[Decision]) -> QuerySet[Decision]:
    """Decisions with their minority statements and addenda read along."""
    return decisions.prefetch_related(
        Prefetch("minority_statements", queryset=MinorityStatement.objects.order_by("id")),
        Prefetch("addenda", queryset=DecisionAddendum.objects.select_related("file").order_by("at", "id")),
    )


# ── Counts ────────────────────────────────────────────────────────────────────────────────────────────────────
def decision_counts(process: Process) -> dict[str, int]:
    """How many parties stand where: outcome → number, over the approval stages' valid decisions."""
    rows = (
        Decision.objects.filter(
            request__stage__process=process, request__stage__kind=StageKindName.APPROVAL, state=DecisionState.VALID
        )
        .order_by("outcome")
        .values_list("outcome")
        .annotate(number=Count("id"))
    )
    return dict(rows)


def approvals_fallen(process: Process) -> int:
    """How many approvals in all have fallen to a later version of the documents."""
    return Decision.objects.filter(
        request__stage__process=process,
        request__stage__kind=StageKindName.APPROVAL,
        state=DecisionState.FALLEN,
        outcome__in=FAVOURABLE,
    ).count()


def passed_undecided(stages: Iterable[Stage]) -> set[int]:
    """Of completed stages in which bodies decide, by their keys those that a person let pass although the decision they
    ask for was not there. One query."""
    asking = [stage.pk for stage in stages if stage.kind in ASKING_KINDS and stage.state == StageState.COMPLETED]
    rows = GateOverride.objects.filter(stage__in=asking).values_list("stage_id", "gate") if asking else ()
    of_decisions = (str(GateName.BODY_DECISION), str(GateName.PARTIES))
    return {stage_id for stage_id, gate in rows if gate.startswith(of_decisions)}


def decisions_elsewhere(request: ApprovalRequest) -> list[Decision]:
    """The body's decisions on the same stage under its other questions, the newest first: those that fell to a later
    version of the text, and those of an attempt that was sent back. One query."""
    rows = Decision.objects.filter(
        body=request.body_id, request__stage__process=request.stage.process_id, request__stage__key=request.stage.key
    )
    return list(rows.exclude(request=request).select_related("request", "bundle__line").order_by("-id"))


def fallen_on(stage: Stage) -> int:
    """How many decisions on this stage of the definition have fallen to a later version, over all its attempts."""
    return Decision.objects.filter(
        request__stage__process=stage.process, request__stage__key=stage.key, state=DecisionState.FALLEN
    ).count()


def waiting_for(bodies: Sequence[Body]) -> QuerySet[ApprovalRequest]:
    """The questions that wait for these bodies, the most pressing first: what a member of a body sees on signing in."""
    return (
        ApprovalRequest.objects.filter(Q(body__in=bodies), state=RequestState.ASKED)
        .filter(stage__process__state__in=[ProcessState.RUNNING, ProcessState.SUSPENDED])
        .exclude(stage__state=StageState.RETURNED)
        .select_related("stage__process__office", "body", "bundle")
        .order_by("reply_by_at", "id")
    )
