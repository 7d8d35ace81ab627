"""What a deed would do, found by doing it and taking it back: the pages that ask before a press say what comes of it.

There is no second account of the rules that could differ from the deed: the deed itself is played, in a transaction
that never lasts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, TypedDict
from uuid import UUID

from django.db import transaction
from uuid6 import uuid7

from notifications import kinds
from notifications.models import OutgoingMail
from notifications.statements import Given, Read
from notifications.states import MailState
from workflow.actions.approvals.requests import needs_no_question
from workflow.definitions import BundleUse
from workflow.models import (
    ApprovalRequest,
    AuditEntry,
    Body,
    Deadline,
    Decision,
    ExternalRequest,
    MilestoneRecord,
    Office,
    Process,
    Stage,
    StoredFile,
)
from workflow.queries.approvals import with_settlements
from workflow.queries.processes import definition_of, stage_deadline, stage_spec
from workflow.rules import Refused
from workflow.states import (
    DecisionState,
    ExternalState,
    Outcome,
    ProcessState,
    RequestState,
    StageKindName,
    StageState,
    Verb,
)

_NAMES_IN_FACTS = ("body_name", "authority_name", "party")


class _TakenBackError(Exception):
    """Ends the transaction of a rehearsal: nothing of it stays."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a deed would do.

    refusal: why it would be refused, "" when it would be done. mails: kind of mail → who gets one; count: how many
    mails that is, for two may bear one name; addressed: each of them with the address. listed: bodies that would be
    put on a dispatch, which asks nobody before it is sent. unlisted: bodies that would be taken off one. unmailed:
    bodies that would be asked and get no mail. uncorrected: bodies that would be told of a correction and get no
    mail. untold: bodies and authorities whose open question or submission would be withdrawn without a mail.
    fallen, standing: bodies, each with its stage, whose decision would no longer count, and those whose would; in a
    stage that is sent back, for_now those that would be asked anew when it comes round, unless_changed those that
    would only where the text has changed in its substance by then. replaced: bodies whose open question would give
    way to a new one, so that its link stops; stepped: those among them of which a recommendation on the way is kept
    under the old question. passed_over: bodies still asked in a stage that would go on without them. opened,
    completed, sent_back: titles of stages; prepared: of those opened, the hearings; due: of those opened, each that
    has a deadline, with its instant and its zone. days: deadlines whose instant would change, by public id, with
    the new one. ends: whether the process would have ended.
    """

    refusal: str = ""
    mails: Mapping[str, tuple[str, ...]] | None = None
    count: int = 0
    addressed: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()
    unmailed: tuple[str, ...] = ()
    uncorrected: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    fallen: tuple[str, ...] = ()
    standing: tuple[str, ...] = ()
    for_now: tuple[str, ...] = ()
    unless_changed: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    stepped: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    prepared: tuple[str, ...] = ()
    due: tuple[tuple[str, datetime, str], ...] = ()
    completed: tuple[str, ...] = ()
    sent_back: tuple[str, ...] = ()
    days: Mapping[UUID, datetime] = field(default_factory=dict)
    ends: bool = False


class _Moved(TypedDict):
    """The facts of a `Rehearsal` about stages."""

    opened: tuple[str, ...]
    prepared: tuple[str, ...]
    due: tuple[tuple[str, datetime, str], ...]
    completed: tuple[str, ...]
    sent_back: tuple[str, ...]


def rehearse_start(start: Callable[[], Process], now: datetime) -> Rehearsal:
    """Start a process, note what that did, and take all of it back, the number it got included."""
    return rehearse(None, start, now)


def stand_in_file(office: Office, now: datetime) -> StoredFile:
    """A file for a deed that is rehearsed before anything has been sent; taken back with it, and no bytes are kept."""
    return StoredFile.objects.create(
        office=office, name="–", media_type="application/pdf", size=0, sha256="0" * 64, created_at=now
    )


def stand_in_days(stage: Stage, bodies: Sequence[Body | None], day: date, now: datetime) -> None:
    """Days of the others, for a deed that is rehearsed as the last of many; taken back with it."""
    MilestoneRecord.objects.bulk_create(
        MilestoneRecord(stage=stage, body=body, happened_on=day, recorded_at=now, by_label="–") for body in bodies
    )


def rehearse(process: Process | None, deed: Callable[[], object], now: datetime) -> Rehearsal:
    """Do the deed, note what it did in this process (None: in the one it gives), and take all of it back.

    deed: must get its rows afresh, as the objects it was given may have been changed by it. Nothing is stored, no mail
    leaves and no file is moved; the process stays locked while it lasts. A refused deed gives its refusal.
    """
    rehearsal = Rehearsal()
    try:
        with transaction.atomic():
            rehearsal = _played(process, deed, now)
            # Within the block: leaving it quietly would commit.
            raise _TakenBackError
    except _TakenBackError:
        return rehearsal
    except Refused as refused:
        return Rehearsal(refusal=str(refused.refusal.text))


def _played(process: Process | None, deed: Callable[[], object], now: datetime) -> Rehearsal:
    # Read before the deed: what it makes is known by its higher number, and an entry by its later id.
    begun = uuid7()
    [last_mail] = _LAST_MAIL.first() or (0,)
    [last_request] = _LAST_REQUEST.first() or (0,)
    states = {stage.pk: stage.state for stage in _STAGES(process_id=process.pk)} if process else {}
    days = _days(process)
    decisions, questions, submissions = _in_force(process)
    listed = dict(_LISTED(process_id=process.pk)) if process else {}
    result = deed()
    if process is None:
        assert isinstance(result, Process)
        process = result
    mails = list(
        OutgoingMail.objects.filter(
            id__gt=last_mail, process_id=process.public_id, state=MailState.QUEUED, erased_at=None
        ).order_by("id")
    )
    recipients, count, addressed = _recipients_of(mails, now)
    subjects = {mail.subject_id for mail in mails}
    still_valid, still_asked, still_sent = _in_force(process)
    taken_back = _taken_back(questions, subjects)
    new = _ASKED_SINCE(process_id=process.pk, last=last_request)
    asked_anew = {name for _request, name, _state in new}
    listed_now = dict(_LISTED(process_id=process.pk))
    replaced = [pk for pk, name in questions.items() if pk not in still_asked and name in asked_anew]
    stages = [stage for stage in _STAGES(process_id=process.pk) if stage.state != states.get(stage.pk)]
    for stage in stages:
        # The caller's object, so that its definition is not read anew for every stage.
        stage.process = process
    for_now, unless_changed = _to_come_round(
        set(decisions) & set(still_valid), {stage.key for stage in stages if stage.state == StageState.RETURNED}
    )
    return Rehearsal(
        mails=recipients,
        count=count,
        addressed=addressed,
        listed=tuple(name for _request, name, state in new if state == RequestState.LISTED),
        unlisted=_left_the_list(listed, listed_now),
        unmailed=tuple(name for request, name, state in new if state == RequestState.ASKED and request not in subjects),
        uncorrected=_told_by_no_mail(process, begun, subjects),
        untold=(
            *(name for pk, name in questions.items() if pk in taken_back and name not in asked_anew),
            *(name for pk, name in submissions.items() if pk not in still_sent),
        ),
        fallen=tuple(name for pk, name in decisions.items() if pk not in still_valid),
        standing=tuple(
            name for pk, name in decisions.items() if pk in still_valid and pk not in {*for_now, *unless_changed}
        ),
        for_now=tuple(decisions[pk] for pk in for_now),
        unless_changed=tuple(decisions[pk] for pk in unless_changed),
        replaced=tuple(questions[pk] for pk in replaced),
        stepped=_with_a_step(replaced),
        passed_over=_passed_over(set(questions) & set(still_asked), stages),
        **_moved(stages),
        days={row: at for row, at in _days(process).items() if row in days and days[row] != at},
        ends=Process.objects.filter(pk=process.pk, state=ProcessState.COMPLETED).exists(),
    )


def _moved(changed: Collection[Stage]) -> _Moved:
    """What became of the stages that are in another state now, by their titles; and by when those opened are due."""
    titles = {
        state: tuple(str(stage_spec(stage).title) for stage in changed if stage.state == state)
        for state in (StageState.OPEN, StageState.COMPLETED, StageState.RETURNED)
    }
    opened = [stage for stage in changed if stage.state == StageState.OPEN]
    deadlines = [(str(stage_spec(stage).title), stage_deadline(stage)) for stage in opened]
    return {
        "opened": titles[StageState.OPEN],
        "prepared": tuple(str(stage_spec(stage).title) for stage in opened if stage.kind == StageKindName.CONSULTATION),
        "due": tuple((title, deadline.at, deadline.zone) for title, deadline in deadlines if deadline is not None),
        "completed": titles[StageState.COMPLETED],
        "sent_back": titles[StageState.RETURNED],
    }


def _with_a_step(requests: Collection[int]) -> tuple[str, ...]:
    """The bodies of which a recommendation on the way is kept under one of these questions."""
    steps = Decision.objects.filter(request__in=requests, state=DecisionState.STEP).order_by("body__name")
    return tuple(steps.values_list("body__name", flat=True).distinct())


def _passed_over(requests: Collection[int], changed: Collection[Stage]) -> tuple[str, ...]:
    """The bodies of these open questions whose stage has been completed. changed: the stages in another state now."""
    completed = [stage.pk for stage in changed if stage.state == StageState.COMPLETED]
    rows = ApprovalRequest.objects.filter(id__in=requests, stage_id__in=completed).order_by("id")
    return tuple(rows.values_list("body__name", flat=True))


def _days(process: Process | None) -> dict[UUID, datetime]:
    return dict(_DAYS(process_id=process.pk)) if process else {}


def _in_force(process: Process | None) -> tuple[dict[int, str], dict[int, str], dict[int, str]]:
    """Decisions, questions and submissions as they count now: row → the name of the body or authority."""
    if process is None:
        return {}, {}, {}
    return _valid_decisions(process), _open_questions(process), _live_submissions(process)


def _valid_decisions(process: Process) -> dict[int, str]:
    spec = definition_of(process).stage
    return {pk: f"{name} ({spec(key).title})" for pk, name, key in _VALID(process_id=process.pk)}


def _open_questions(process: Process) -> dict[int, str]:
    return dict(_STILL_ASKED(process_id=process.pk))


def _taken_back(questions: Collection[int], told: Collection[UUID]) -> set[int]:
    """Of these questions, those that are asked no more, without a mail (`told`: public ids of what mails are about); a
    body that has decided is not among them."""
    requests = ApprovalRequest.objects.filter(id__in=questions, state__in=(RequestState.WITHDRAWN, RequestState.FALLEN))
    return set(requests.exclude(public_id__in=told).values_list("id", flat=True))


def _told_by_no_mail(process: Process, begun: UUID, told: Collection[UUID]) -> tuple[str, ...]:
    """The bodies that a deed would tell of a correction and that no mail reaches. begun: an id made just before the
    deed. told: what mails are about."""
    news = AuditEntry.objects.filter(process_id=process.public_id, verb=Verb.TELL_OF_CORRECTION, public_id__gt=begun)
    ids = {UUID(one) for codes in news.values_list("codes", flat=True) for one in codes["told"]} - set(told)
    rows = ApprovalRequest.objects.filter(public_id__in=ids).order_by("id") if ids else ApprovalRequest.objects.none()
    return tuple(rows.values_list("body__name", flat=True))


def _to_come_round(decisions: Collection[int], sent_back: Collection[str]) -> tuple[list[int], list[int]]:
    """Of decisions that stand, those of stages sent back: whose body is asked anew when its stage comes round, and
    whose is only where the text has changed in its substance."""
    rows = with_settlements(Decision.objects.filter(id__in=decisions, request__stage__key__in=sent_back)).order_by("id")
    anew_and_kept: tuple[list[int], list[int]] = ([], [])
    for decision in rows.select_related("request__stage__process__definition"):
        spec = stage_spec(decision.request.stage)
        stays = (
            spec.bundle is not BundleUse.NONE and decision.bundle_id is not None and needs_no_question(decision, spec)
        )
        anew_and_kept[stays].append(decision.pk)
    return anew_and_kept


def _left_the_list(before: Mapping[int, str], now: Mapping[int, str]) -> tuple[str, ...]:
    """The names of those who stood on a dispatch and stand on none any more, without having been asked."""
    gone = [pk for pk in before if pk not in now]
    asked = set(ApprovalRequest.objects.filter(pk__in=gone, state=RequestState.ASKED).values_list("pk", flat=True))
    return tuple(before[pk] for pk in gone if pk not in asked)


def _live_submissions(process: Process) -> dict[int, str]:
    return dict(_SUBMITTED(process_id=process.pk))


_LAST_MAIL: Final = Read(lambda: OutgoingMail.objects.order_by("-id").values_list("id")[:1])
_LAST_REQUEST: Final = Read(lambda: ApprovalRequest.objects.order_by("-id").values_list("id")[:1])
_STAGES: Final = Read(lambda: Stage.objects.filter(process_id=Given("process_id")).order_by("position", "attempt"))
_DAYS: Final = Read(lambda: Deadline.objects.filter(process_id=Given("process_id")).values_list("public_id", "at"))
_VALID: Final = Read(
    lambda: (
        # A body that has postponed is still asked: it stands among those.
        Decision.objects.filter(request__stage__process_id=Given("process_id"), state=DecisionState.VALID)
        .exclude(outcome=Outcome.POSTPONED)
        .order_by("id")
        .values_list("id", "body__name", "request__stage__key")
    )
)
_STILL_ASKED: Final = Read(
    lambda: (
        ApprovalRequest.objects.filter(stage__process_id=Given("process_id"), state=RequestState.ASKED)
        .order_by("id")
        .values_list("id", "body__name")
    )
)
_ASKED_SINCE: Final = Read(
    lambda: (
        ApprovalRequest.objects.filter(stage__process_id=Given("process_id"), id__gt=Given("last"))
        .order_by("id")
        .values_list("public_id", "body__name", "state")
    )
)
_LISTED: Final = Read(
    lambda: (
        ApprovalRequest.objects.filter(stage__process_id=Given("process_id"), state=RequestState.LISTED)
        .order_by("id")
        .values_list("id", "body__name")
    )
)
_SUBMITTED: Final = Read(
    lambda: (
        ExternalRequest.objects.filter(stage__process_id=Given("process_id"))
        .exclude(state=ExternalState.WITHDRAWN)
        .order_by("id")
        .values_list("id", "body__name")
    )
)


def _recipients_of(mails: list[OutgoingMail], now: datetime) -> tuple[dict[str, tuple[str, ...]], int, tuple[str, ...]]:
    """Kind → who gets such a mail, by the name the mail itself gives them; how many mails; and each name with the
    address. Without mails that would not be sent."""
    count = 0
    names_by_kind: dict[str, tuple[str, ...]] = {}
    addressed: dict[str, None] = {}
    for key in dict.fromkeys(mail.kind for mail in mails):
        kind, batch = kinds.kind(key), [mail for mail in mails if mail.kind == key]
        unwanted = kind.still_wanted(batch, now)
        facts = kind.facts(batch, now)
        # Who has passed a task on is written to beside whoever has it now: that is one party, told twice.
        mails_by_name = {
            (mail.subject_id, _name(mail, {**mail.facts, **facts.get(mail.pk, {})})): mail for mail in batch
        }
        count += len([mail for mail in batch if mail.pk not in unwanted])
        names = [name for (_subject, name), mail in mails_by_name.items() if mail.pk not in unwanted]
        if names:
            names_by_kind[key] = tuple(names)
        for mail in batch:
            if mail.pk not in unwanted:
                addressed[f"{_name(mail, {**mail.facts, **facts.get(mail.pk, {})})}: {mail.to_address}"] = None
    return names_by_kind, count, tuple(addressed)


def _name(mail: OutgoingMail, facts: Mapping[str, object]) -> str:
    return next((str(facts[fact]) for fact in _NAMES_IN_FACTS if facts.get(fact)), mail.to_name or mail.to_address)
