"""Taking back a set of documents that was put forward, before the first question about it has left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from notifications import outbox
from notifications.models import OutgoingMail
from workflow.actions.approvals.objecting import carry_on
from workflow.actions.approvals.reminding import next_check
from workflow.actions.approvals.requests import dispatches_listing, withdraw
from workflow.actions.falling_back import fall_back
from workflow.actions.locking import lock_process
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actions.stages import advance, go_on, reopen, reopened_with, set_aside
from workflow.actors import Actor
from workflow.audit import following, record
from workflow.mails.bodies import ASKING, QUESTION_CLOSED
from workflow.mails.corrections import OBJECTION_SETTLED, TEXT_CORRECTED
from workflow.models import (
    ApprovalRequest,
    AuditEntry,
    Bundle,
    BundleItem,
    Decision,
    Dispatch,
    ExternalRequest,
    MilestoneRecord,
    Objection,
    Package,
    Process,
    Stage,
)
from workflow.queries.documents import bundle_before, current_bundle
from workflow.queries.processes import live_stages
from workflow.queries.publication import live_items
from workflow.rules import Refusal, insist
from workflow.rules.processes import must_give_reason
from workflow.rules.taking_back import NOT_PUT_FORWARD, may_take_back
from workflow.stage_kinds import stages_not_begun
from workflow.states import (
    DecisionState,
    DispatchState,
    FellBack,
    ObjectionState,
    PublicThing,
    RequestState,
    StageKindName,
    StageState,
    Verb,
)

_MOVED = (Verb.COMPLETE_STAGE, Verb.SKIP_STAGE, Verb.RETURN_STAGE)


@transaction.atomic
def take_back_bundle(bundle: Bundle, *, reason: str, actor: Actor, now: datetime, key: str = "") -> Bundle:
    """Let a set that was put forward count no longer, with a reason, as if it had only been locked.

    What was asked and told because of it has not left and is withdrawn: nobody gets a mail. The decisions that fell by
    it count again, and the questions it closed are open again under their links. The attempts it set aside go on as
    what they were; those begun in their place stay in the record as sent back. A stage that put it forward by being
    completed is opened anew, and what had opened behind it waits again.

    Refuses everybody but an officer, a suspended or ended process, a set that does not count, one whose first question
    has left (or that asks nobody, once its time has passed), one on which something rests since, and a missing reason.
    A repeated `key` does nothing again.
    """
    process = lock_process(bundle.process)
    # Read under the lock: a colleague may just have taken it back.
    bundle = Bundle.objects.select_related("line").get(pk=bundle.pk, process=process)
    bundle.process = process
    once = Once(f"take_back_bundle:{bundle.public_id}", key, (reason,))
    if once.made is not None:
        return bundle
    insist_officer(actor, process.office, now)
    led_to = what_it_led_to(bundle)
    # Locked, so that no question leaves meanwhile.
    mails = mails_because(led_to, outbox.hold) if led_to else []
    insist(why_not_taken_back(bundle, led_to, mails, now) or must_give_reason(reason))
    assert led_to is not None
    withdraw(led_to.questions, "set_taken_back", now)
    told = {QUESTION_CLOSED: _ids(led_to.closed), TEXT_CORRECTED: led_to.told}
    for kind, ids in told.items():
        outbox.withdraw(ids, kinds=[kind], reason="set_taken_back", now=now)
    carry_on(led_to.objections, now)
    codes = {"number": bundle.number, "sha256": bundle.sha256, **led_to.codes()}
    verb = Verb.TAKE_BACK_BUNDLE
    entry = record(verb, bundle, actor=actor, now=now, process=process, codes=codes, detail={"reason": reason})
    system = following(entry)
    # While the set still counts: the attempts that are left keep it as the one they were about.
    _put_stages_back(process, led_to, system, now)
    bundle.put_forward_at, bundle.put_forward_as, bundle.questions_leave_at = None, "", None
    bundle.save(update_fields=["put_forward_at", "put_forward_as", "questions_leave_at"])
    _carry_again(led_to.fallen)
    _ask_about([*led_to.corrected, *led_to.listed], bundle_before(bundle))
    relisted = Dispatch.objects.filter(pk__in=dispatches_listing(led_to.listed))
    fall_back(relisted, FellBack.NEWER_SET, process, system, now)
    _ask_on(process, led_to.closed, now)
    _let_mail_wait_again(bundle, led_to, now)
    advance(process, actor=system, now=now)
    once.keep(bundle.public_id, now)
    return bundle


# ── What it led to ────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class LedTo:
    """What putting a set forward led to, by the record.

    entry: of that deed. questions: put about the set by it and not answered. corrected: those that an editorial change
    lets be about the set, under the links they have. listed: those that are to be asked about it since, in the place of
    the set before. told: public ids of the questions whose body is told of that
    change. objections: those to a correction that it overtook. closed: the questions it closed. fallen: the decisions
    that fell by it. set_aside: the attempts of stages that it set aside, with what they were. completed: public ids of
    the stages completed by the same deed. anew: these and what had opened behind them, as far as no attempt set aside
    goes on in their place. later: the entries of the process since.
    """

    entry: AuditEntry
    questions: list[ApprovalRequest] = field(default_factory=list)
    corrected: list[ApprovalRequest] = field(default_factory=list)
    listed: list[ApprovalRequest] = field(default_factory=list)
    told: list[UUID] = field(default_factory=list)
    objections: list[Objection] = field(default_factory=list)
    closed: list[ApprovalRequest] = field(default_factory=list)
    fallen: list[Decision] = field(default_factory=list)
    set_aside: dict[Stage, StageState] = field(default_factory=dict)
    completed: frozenset[UUID] = frozenset()
    anew: list[Stage] = field(default_factory=list)
    later: list[AuditEntry] = field(default_factory=list)

    def codes(self) -> dict[str, object]:
        """What the record says of it when it is taken back."""
        return {
            "put_forward": self.entry.public_id,
            "withdrawn": _ids(self.questions),
            "asked_as_before": _ids(self.corrected),
            "asked_on": _ids(self.closed),
            "carry_again": [decision.public_id for decision in self.fallen],
            "went_on": [stage.key for stage in self.set_aside],
            "begun_anew": [stage.key for stage in self.anew],
        }


def what_it_led_to(bundle: Bundle) -> LedTo | None:
    """What followed from putting this set forward, if it counts and the record tells of it; a constant number of
    queries."""
    if bundle.put_forward_at is None:
        return None
    process = bundle.process
    of_process = AuditEntry.objects.filter(process_id=process.public_id)
    entry = of_process.filter(verb=Verb.PUT_FORWARD, subject_id=bundle.public_id).order_by("-id").first()
    if entry is None:
        return None
    deed, later = _told_apart(entry, list(of_process.filter(Q(at=entry.at) | Q(id__gt=entry.pk)).order_by("id")))
    closed = {*_named(deed, Verb.REBIND_REQUESTS, "withdrawn"), *_named(deed, Verb.LET_FALL, "withdrawn")}
    closed |= {*_named(deed, Verb.WITHDRAW_REQUESTS, "requests")}
    fallen = {*_named(deed, Verb.REBIND_REQUESTS, "fallen"), *_named(deed, Verb.LET_FALL, "fallen")}
    asked = {*_named(deed, Verb.REBIND_REQUESTS, "asked"), *_named(deed, Verb.LIST_BODIES, "requests")}
    requests = ApprovalRequest.objects.select_related("stage", "body", "dispatch").order_by("id")
    overtaken = Objection.objects.filter(public_id__in=set(_named(deed, Verb.OVERTAKE_OBJECTIONS, "objections")))
    about_it = requests.filter(bundle=bundle, state__in=(RequestState.LISTED, RequestState.ASKED))
    listed = {*_named(deed, Verb.REBIND_REQUESTS, "listed"), *_named(deed, Verb.TELL_OF_CORRECTION, "listed")}
    decisions = Decision.objects.filter(public_id__in=fallen, state=DecisionState.FALLEN)
    before = {UUID(key): StageState(state) for key, state in entry.codes.get("set_aside", {}).items()}
    aside = {stage: before[stage.public_id] for stage in Stage.objects.filter(public_id__in=before)}
    completed = frozenset(_completed_by(entry, deed))
    for stage in aside:
        stage.process = process
    return LedTo(
        entry,
        questions=list(about_it.filter(public_id__in=asked)),
        corrected=list(about_it.filter(public_id__in=set(_named(deed, Verb.TELL_OF_CORRECTION, "asked")))),
        listed=list(about_it.filter(public_id__in=listed, state=RequestState.LISTED)),
        told=[UUID(told) for told in _named(deed, Verb.TELL_OF_CORRECTION, "told")],
        objections=list(overtaken.filter(state=ObjectionState.OVERTAKEN).select_related("request__body")),
        closed=list(requests.filter(public_id__in=closed, state=RequestState.WITHDRAWN)),
        fallen=list(decisions.select_related("request__stage", "body").order_by("id")),
        set_aside=aside,
        completed=completed,
        anew=_begun_anew(process, aside, completed),
        later=later,
    )


def _told_apart(entry: AuditEntry, rows: list[AuditEntry]) -> tuple[list[AuditEntry], list[AuditEntry]]:
    """Of the entries since a set was put forward: those of the deed that did it, and the later ones."""
    root = str(entry.codes.get("caused_by") or entry.public_id)
    by_clock = any(str(row.public_id) == root and row.actor_kind == "system" for row in rows)

    def belongs(row: AuditEntry) -> bool:
        if root in (str(row.public_id), row.codes.get("caused_by")):
            return True
        # What a sweep does follows from no entry.
        return by_clock and row.at == entry.at and row.actor_kind == "system" and "caused_by" not in row.codes

    deed = [row for row in rows if belongs(row)]
    return deed, [row for row in rows if row.pk > entry.pk and not belongs(row)]


def _named(deed: list[AuditEntry], verb: Verb, code: str) -> Iterator[str]:
    return (name for row in deed if row.verb == verb for name in row.codes.get(code, ()))


def _completed_by(entry: AuditEntry, deed: list[AuditEntry]) -> Iterator[UUID]:
    """The stages whose completion put the set forward, or followed from that."""
    rows = [row for row in deed if row.verb == Verb.COMPLETE_STAGE]
    before = [row for row in rows if row.pk < entry.pk]
    # Of those completed before in the same deed only the last one made the set.
    yield from (row.subject_id for row in [*before[-1:], *(row for row in rows if row.pk > entry.pk)])


def _begun_anew(process: Process, aside: dict[Stage, StageState], completed: frozenset[UUID]) -> list[Stage]:
    """The stages that this deed completed and those that had opened behind them, without what goes on as it was."""
    going_on = {stage.key for stage in aside}
    keys = [stage.key for stage in live_stages(process) if stage.public_id in completed and stage.key not in going_on]
    keys += [stage.key for stage in aside if stage.public_id in completed]
    return [stage for stage in reopened_with(process, keys) if stage.key not in going_on or stage.key in keys]


# ── Whether it can be taken back ──────────────────────────────────────────────────────────────────────────────
def why_not_taken_back(
    bundle: Bundle, led_to: LedTo | None, mails: Sequence[OutgoingMail], now: datetime
) -> Refusal | None:
    """Why a set cannot be taken back now. mails: those that go out because of it (`mails_because`)."""
    if led_to is None:
        return NOT_PUT_FORWARD
    has_left = any(outbox.has_left(mail) for mail in mails)
    return may_take_back(
        bundle,
        current_bundle(bundle.line_id),
        now,
        # Whoever is only listed has got nothing.
        waits=bool(mails) or any(row.state == RequestState.LISTED for row in (*led_to.questions, *led_to.listed)),
        has_left=has_left,
        since=_since(bundle, led_to) if not has_left else (),
        is_public=_is_public(bundle),
    )


def mails_because(led_to: LedTo, find: Callable[..., Iterable[OutgoingMail]]) -> list[OutgoingMail]:
    """The mails that ask about the set, and those that say a question is closed by it or its text corrected, without
    what was withdrawn. find: reads the mails of some kinds about some subjects."""
    telling = [
        *find(_ids(led_to.closed), kinds=[QUESTION_CLOSED]),
        *find(led_to.told, kinds=[TEXT_CORRECTED]),
        *find([objection.request.public_id for objection in led_to.objections], kinds=[OBJECTION_SETTLED]),
    ]
    at = led_to.entry.at
    return [*find(_ids(led_to.questions), kinds=ASKING), *(mail for mail in telling if mail.queued_at == at)]


def _is_public(bundle: Bundle) -> bool:
    texts = BundleItem.objects.filter(bundle=bundle).values("public_id")
    return live_items(bundle.process).filter(kind=PublicThing.TEXT, subject_id__in=texts).exists()


def _since(bundle: Bundle, led_to: LedTo) -> set[str]:
    """What has happened on the set since, by the keys of `SINCE`."""
    process, at = bundle.process, led_to.entry.at
    keys = {stage.key for stage in (*led_to.set_aside, *led_to.anew)}
    touched = [stage for stage in live_stages(process) if stage.line_id == bundle.line_id or stage.key in keys]
    moved = {row.subject_id for row in led_to.later if row.verb in _MOVED}
    not_begun = stages_not_begun(process)
    begun = [stage for stage in touched if stage.key in keys and stage.state == StageState.OPEN]
    asked = ApprovalRequest.objects.filter(bundle=bundle, state=RequestState.ASKED)
    by_it = [row.pk for row in (*led_to.questions, *led_to.corrected)]
    # An attempt that is over may have been set aside with this very set when it was taken back before.
    live = Stage.objects.filter(bundle=bundle).exclude(state=StageState.RETURNED)
    found = {
        "asked": asked.exclude(pk__in=by_it).exists(),
        "dispatch": Dispatch.objects.filter(requests__in=asked, sent_at__gte=at).exists(),
        "decision": Decision.objects.filter(bundle=bundle).exists(),
        "objection": Objection.objects.filter(bundle=bundle).exists(),
        "package": Package.objects.filter(bundle=bundle).exists(),
        "authority": ExternalRequest.objects.filter(stage__in=begun, sent_at__gte=at).exists(),
        "sent": live.exclude(public_id__in=led_to.completed).exists(),
        "consultation": any(stage.kind == StageKindName.CONSULTATION and stage.key not in not_begun for stage in begun),
        "cancelled": any(
            (stage.kind, state) == (StageKindName.CONSULTATION, StageState.OPEN)
            for stage, state in led_to.set_aside.items()
        ),
        "stage": Stage.objects.filter(Q(line=bundle.line_id) | Q(key__in=keys), public_id__in=moved).exists(),
        "day": MilestoneRecord.objects.filter(stage__in=[row for row in touched if row.key in keys]).exists(),
        "pause": any(row.verb == Verb.RESUME_PROCESS for row in led_to.later),
    }
    return {key for key, is_so in found.items() if is_so}


# ── What it undoes ────────────────────────────────────────────────────────────────────────────────────────────
def _put_stages_back(process: Process, led_to: LedTo, system: Actor, now: datetime) -> None:
    """The attempts set aside go on; what was completed by the deed, and what opened behind it, begins anew."""
    keys = {stage.key for stage in led_to.set_aside}
    for stage in live_stages(process):
        if stage.key in keys:
            set_aside(stage, system, now)
    for stage, state in led_to.set_aside.items():
        go_on(stage, state)
    anew = {stage.key for stage in led_to.anew}
    reopen([stage for stage in live_stages(process) if stage.key in anew], system, now)


def _carry_again(decisions: list[Decision]) -> None:
    """They count as before, and so do the questions they answered."""
    answered = {}
    for decision in decisions:
        decision.carry_again()
        decision.ended_at = None
        if decision.request.state == RequestState.FALLEN:
            answered[decision.request_id] = decision.request
    for request in answered.values():
        request.carry_again()
    rows = Decision.objects.filter(pk__in=[decision.pk for decision in decisions])
    rows.update(state=DecisionState.VALID, ended_at=None)
    ApprovalRequest.objects.filter(pk__in=answered).update(state=RequestState.DECIDED)


def _ask_about(requests: list[ApprovalRequest], bundle: Bundle | None) -> None:
    """They are about the words that count again, under the same links."""
    ApprovalRequest.objects.filter(pk__in=[request.pk for request in requests]).update(bundle=bundle)


def _ask_on(process: Process, requests: list[ApprovalRequest], now: datetime) -> None:
    """The questions wait for an answer as before, under the links they had; what had not been put is on its dispatch
    again."""
    dispatches = [request.dispatch_id for request in requests if not request.was_put]
    for dispatch in Dispatch.objects.filter(pk__in=dispatches, state=DispatchState.WITHDRAWN):
        dispatch.prepare_anew()
        dispatch.closed_at = None
        dispatch.save(update_fields=["state", "closed_at"])
    for request in requests:
        request.stage.process = process
        request.ask_on() if request.was_put else request.list_anew()
        request.closed_at = None
        request.next_check_at = next_check(request, now)
    ApprovalRequest.objects.bulk_update(requests, ["state", "closed_at", "next_check_at"], batch_size=200)


def _let_mail_wait_again(bundle: Bundle, led_to: LedTo, now: datetime) -> None:
    """What the set withdrew before it had left: questions, and news of the correction made before it."""
    since, reasons = led_to.entry.at, ("newer_bundle", "stage_left")
    outbox.restore(_ids(led_to.closed), kinds=ASKING, since=since, reasons=reasons, now=now)
    of_line = ApprovalRequest.objects.filter(stage__line=bundle.line_id).values_list("public_id", flat=True)
    overtaken = ("newer_bundle", RequestState.WITHDRAWN, RequestState.FALLEN)
    outbox.restore(list(of_line), kinds=[TEXT_CORRECTED], since=since, reasons=overtaken, now=now)


def _ids(requests: list[ApprovalRequest]) -> list[UUID]:
    return [request.public_id for request in requests]
