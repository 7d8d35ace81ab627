"""What is known of a process: its pinned definition, its stages, what has happened in it, who takes part.

Gates, actions, pages and the floors above come in; nothing here changes anything.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, UUIDField

from notifications.queries import least
from notifications.statements import Given, Read
from workflow.actors import Actor
from workflow.dates import local_day
from workflow.definitions import Definition, StageSpec, canonical_json, from_canonical
from workflow.models import (
    Body,
    Deadline,
    DeadlinePause,
    ExternalReceipt,
    ExternalRuling,
    Membership,
    MilestoneRecord,
    Office,
    Process,
    ProcessBody,
    ProcessDefinition,
    Stage,
)
from workflow.rules.validity import is_valid_on
from workflow.states import DeadlineKind, ProcessState, Role, StageKindName, StageState

# Kept for ever, since what lies under a digest cannot change. No lock: two threads at worst read one content twice.
_definitions: dict[str, Definition] = {}


def read_definition(row: ProcessDefinition) -> Definition:
    """The definition kept in a row; read once per content and kept in memory by its SHA-256."""
    definition = _definitions.get(row.sha256)
    if definition is None:
        definition = _definitions[row.sha256] = from_canonical(canonical_json(row.body))
    return definition


def definition_of(process: Process) -> Definition:
    """The definition a process is pinned to."""
    return read_definition(process.definition)


def stage_spec(stage: Stage) -> StageSpec:
    """What the definition says of this stage."""
    return definition_of(stage.process).stage(stage.key)


def other_text(stage: Stage) -> str:
    """The title of the line of text a stage is about; "" for the first line, which goes without saying. No query."""
    texts = definition_of(stage.process).texts
    key = stage_spec(stage).text
    return "" if key == next(iter(texts)) else str(texts[key])


def parameter(process: Process, name: str) -> date | int | str | None:
    """A parameter's value as it was given; dates as local days. None when it has not been given."""
    value: object = process.parameters.get(name)
    if value is not None and definition_of(process).parameters[name].type == "date":
        return date.fromisoformat(str(value))
    return value if isinstance(value, int | str) else None


def parameter_days(process: Process) -> dict[str, date]:
    """Every date parameter that has been given, by its name."""
    values = {name: parameter(process, name) for name in definition_of(process).parameters}
    return {name: value for name, value in values.items() if isinstance(value, date)}


_LIVE_STAGES: Final = Read(
    lambda: (
        Stage.objects.filter(process_id=Given("process_id"))
        .exclude(state=StageState.RETURNED)
        .order_by("position", "attempt")
    )
)


def live_stages(process: Process) -> list[Stage]:
    """The attempt that counts of every stage, in the order of the definition; sent-back attempts are left out."""
    stages = _LIVE_STAGES(process_id=process.pk)
    for stage in stages:
        # The caller's object, so that its definition is not read anew for every stage.
        stage.process = process
    return stages


def live_stage(process: Process, key: str) -> Stage:
    """The attempt that counts of one stage; `Stage.DoesNotExist` when the definition has no such stage."""
    stage = process.stages.exclude(state=StageState.RETURNED).get(key=key)
    stage.process = process
    return stage


def open_stages(process: Process) -> list[Stage]:
    """The stages under way now."""
    return [stage for stage in live_stages(process) if stage.state == StageState.OPEN]


def stages_asking(process: Process) -> list[Stage]:
    """The stages under which somebody may be asked now: those under way, consultations that are completed, in which a
    further round may be, and approvals, in which a body may be asked to join late."""
    are_asking_again = (StageKindName.CONSULTATION, StageKindName.APPROVAL)
    return [
        stage
        for stage in live_stages(process)
        if stage.state == StageState.OPEN or (stage.state == StageState.COMPLETED and stage.kind in are_asking_again)
    ]


def bodies_of(process: Process, name: str) -> list[Body]:
    """The bodies that fill a list or a role of the definition, in the list's order."""
    return [place.body for place in process_bodies_of(process, name)]


def body_of(process: Process, role: str) -> Body:
    """The one body that fills a role such as "coordination_committee"."""
    return process_bodies_of(process, role)[0].body


def process_bodies_of(process: Process, name: str) -> list[ProcessBody]:
    """The bodies of a list or role with their level in this process."""
    return _PLACES(process_id=process.pk, name=name)


def names_of_roles(process: Process) -> dict[str, str]:
    """The name of the body that fills each role of the definition. One query."""
    roles = list(definition_of(process).bodies)
    return dict(ProcessBody.objects.filter(process=process, name__in=roles).values_list("name", "body__name"))


_PLACES: Final = Read(
    lambda: (
        ProcessBody.objects.filter(process_id=Given("process_id"), name=Given("name", CharField()))
        .select_related("body")
        .order_by("position", "id")
    )
)


def stage_deadline(stage: Stage) -> Deadline | None:
    """The stage's own deadline as the definition rules it, with its changes; None while it is not known."""
    return _OF_STAGE.first(subject_id=stage.public_id, name=stage.key)


_OF_STAGE: Final = Read(
    lambda: Deadline.objects.filter(
        subject_id=Given("subject_id", UUIDField()), name=Given("name", CharField())
    ).order_by("id")[:1]
)


def named_deadline(process: Process, name: str) -> Deadline | None:
    """A deadline by the name the definition gives it: a stage's key (its live attempt) or one of its own."""
    return live_deadlines(process).filter(name=name).first()


def deadline_title(deadline: Deadline) -> str:
    """What the definition calls a deadline it names: by the deadline's own name, or by its stage's."""
    definition = definition_of(deadline.process)
    terms = definition.deadlines.get(deadline.name)
    return str(terms.title if terms else definition.stage(deadline.name).title)


def live_deadlines(process: Process) -> QuerySet[Deadline]:
    """The deadlines that count: those of attempts sent back are history."""
    return _live(process.deadlines.all())


def _live(deadlines: QuerySet[Deadline]) -> QuerySet[Deadline]:
    return deadlines.filter(Q(stage__isnull=True) | ~Q(stage__state=StageState.RETURNED)).order_by("at", "id")


def ruled_deadlines(process: Process) -> list[Deadline]:
    """The deadlines that count and that the definition names, each with its stage. One query."""
    return _RULED(process_id=process.pk)


def running_deadlines(process: Process) -> list[Deadline]:
    """Of those, the ones that have not passed and whose clock runs. One query."""
    return _RUNNING(process_id=process.pk)


def _ruled() -> QuerySet[Deadline]:
    rows = _live(Deadline.objects.filter(process_id=Given("process_id")))
    return rows.exclude(name="").select_related("stage")


_RULED: Final = Read(_ruled)
_RUNNING: Final = Read(
    lambda: _ruled().filter(
        ~Exists(DeadlinePause.objects.filter(deadline=OuterRef("pk"), until_at__isnull=True)), passed_at__isnull=True
    )
)


def reply_deadlines(process: Process) -> list[tuple[Stage, Deadline]]:
    """What those heard in stages under way, and in what outlasts its stage, answer by: the deadline of all, set first,
    not that of one. One query."""
    outlasts = Q(outlasts_stage=True, stage__state=StageState.COMPLETED)
    # Elsewhere only a single body has a day of its own.
    of_a_hearing = Q(kind=DeadlineKind.REPLY, stage__kind=StageKindName.CONSULTATION)
    rows = process.deadlines.filter(Q(stage__state=StageState.OPEN) | outlasts, of_a_hearing)
    first: dict[int, Deadline] = {}
    for row in rows.select_related("stage").order_by("id"):
        assert row.stage is not None
        row.stage.process = process
        first.setdefault(row.stage.pk, row)
    return [(row.stage, row) for row in first.values() if row.stage is not None]


def stands_still(deadline: Deadline) -> bool:
    """Whether the clock of a deadline is stopped now: then it cannot run out, whatever its instant says."""
    return deadline.pauses.filter(until_at__isnull=True).exists()


HAPPENINGS: Final = ("opened", "completed", "receipt", "ruling", "occurred")
"""What may happen in a stage, as deadline rules call it."""


def events(process: Process, live: Sequence[Stage], wanted: Collection[str]) -> Mapping[str, datetime | date]:
    """What has happened, by the names deadline rules use: `process.started`, `hearing.opened`, `hearing.completed`,
    `submission.receipt`, `national_review.ruling`, `in_force.occurred`.

    live: the stages that count. wanted: what is asked about; what bodies did is read where that is among it, one query
    each. Moments in UTC or local days. Only attempts that count are told of. A stage left out counts as completed
    then. A fact that each of many bodies records has occurred on the last one's day, once the stage is completed. Of a
    stage done outside the system one day is known, and everything in it has happened then.
    """
    happenings = {name.rpartition(".")[2] for name in wanted}
    moments: dict[str, datetime | date] = {"process.started": process.started_at}
    by_id = {stage.pk: stage for stage in live}
    for stage in live:
        if stage.done_on:
            moments |= {f"{stage.key}.{happening}": stage.done_on for happening in HAPPENINGS}
            continue
        if stage.opened_at:
            moments[f"{stage.key}.opened"] = stage.opened_at
        if stage.closed_at:
            moments[f"{stage.key}.completed"] = stage.closed_at
    for stage_id, received_at in _RECEIPTS(process_id=process.pk) if "receipt" in happenings else ():
        if stage_id in by_id:
            moments.setdefault(f"{by_id[stage_id].key}.receipt", received_at)
    for stage_id, ruled_on in _RULINGS(process_id=process.pk) if "ruling" in happenings else ():
        if stage_id in by_id:
            moments.setdefault(f"{by_id[stage_id].key}.ruling", ruled_on)
    for stage_id, happened_on in _FACTS(process_id=process.pk) if "occurred" in happenings else ():
        if stage_id not in by_id:
            continue
        stage = by_id[stage_id]
        terms = stage_spec(stage).milestone
        if not (terms and terms.each) or stage.state == StageState.COMPLETED:
            moments[f"{stage.key}.occurred"] = happened_on
    return moments


_RECEIPTS: Final = Read(
    lambda: (
        ExternalReceipt.objects.filter(request__stage__process_id=Given("process_id"))
        .order_by("received_at")
        .values_list("request__stage_id", "received_at")
    )
)
_RULINGS: Final = Read(
    lambda: (
        ExternalRuling.objects.filter(request__stage__process_id=Given("process_id"))
        .order_by("ruled_on")
        .values_list("request__stage_id", "ruled_on")
    )
)
_FACTS: Final = Read(
    lambda: (
        MilestoneRecord.objects.filter(stage__process_id=Given("process_id"))
        .order_by("happened_on")  # of many the last day counts
        .values_list("stage_id", "happened_on")
    )
)


def is_officer(actor: Actor, office: Office, now: datetime) -> bool:
    """Whether the actor has an account that is an officer of this secretariat on the day (in the office's zone)."""
    return _has_place(Q(office=office, role=Role.SECRETARIAT), actor, office, now)


def is_officer_or_member(actor: Actor, office: Office, body: Body, now: datetime) -> bool:
    """Whether the actor has an account that is an officer of this secretariat or a member of the body on the day."""
    return _has_place(Q(office=office, role=Role.SECRETARIAT) | Q(body=body), actor, office, now)


def _has_place(place: Q, actor: Actor, office: Office, now: datetime) -> bool:
    if actor.kind != "user" or actor.public_id is None:
        return False
    # Asked with every deed, so that a closed account can do nothing, whatever session it still has.
    rows = Membership.objects.filter(place, user__public_id=actor.public_id, user__is_active=True)
    today = local_day(now, office.time_zone)
    return any(is_valid_on(row, today) for row in rows)


def due_processes(now: datetime) -> QuerySet[Process]:
    """The running processes whose time to be looked at has come, the longest due first."""
    return Process.objects.filter(state=ProcessState.RUNNING, next_check_at__lte=now).order_by("next_check_at")


def next_process_due() -> datetime | None:
    """When the next running process is to be looked at; None when none waits for the clock."""
    at: datetime | None = least(Process.objects.filter(state=ProcessState.RUNNING), "next_check_at")
    return at


def running_processes() -> QuerySet[Process]:
    """Every process under way."""
    return Process.objects.filter(state=ProcessState.RUNNING).order_by("pk")
