"""Recording what a body decided, by its own link or on its behalf, and adding to it afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from notifications import outbox
from notifications.statements import insert
from workflow.actions.approvals.reminding import next_check
from workflow.actions.approvals.requests import dispatches_listing, give_up_empty, lock_request
from workflow.actions.files import take_in
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer_or_body
from workflow.actions.stages import advance, send_back
from workflow.actors import Actor
from workflow.audit import following, record
from workflow.audit.proven import addendum_codes, decision_codes, decision_words, text_of
from workflow.audit.rows import salt_words
from workflow.gates.approvals import decisions_are_met
from workflow.mails.bodies import ASKING, decision_receipts
from workflow.models import (
    ApprovalRequest,
    AuditEntry,
    Bundle,
    Decision,
    DecisionAddendum,
    MinorityStatement,
    Process,
    StoredFile,
    by,
)
from workflow.queries.approvals import (
    InForce,
    counting_outcomes,
    decisions_in_force,
    latest_decision,
    live_request,
    sent_back_by,
    valid_decisions,
)
from workflow.queries.corrections import same_text
from workflow.queries.documents import text_since
from workflow.queries.joining import attempt_that_counts, replaced_by
from workflow.queries.mandates import latest_own_decision
from workflow.queries.processes import open_stages, stage_spec
from workflow.rules import Refusal, insist
from workflow.rules.approvals import may_add_addendum, may_receive_minutes, may_record_decision
from workflow.rules.decisions import DecisionFacts, may_use_mandate
from workflow.rules.joining import is_outside
from workflow.rules.processes import may_take_in
from workflow.states import (
    LIVE_REQUESTS,
    OUTCOMES_STILL_OPEN,
    DecisionState,
    Outcome,
    ProcessState,
    RequestState,
    StageState,
    Verb,
)

if TYPE_CHECKING:
    from workflow.rules.files import GivenFile


@transaction.atomic
def record_decision(
    request: ApprovalRequest,
    facts: DecisionFacts,
    *,
    bundle_sha256: str,
    actor: Actor,
    now: datetime,
    key: str = "",
    received_at: datetime | None = None,
    source: GivenFile | None = None,
) -> Decision:
    """Record what a body decided on exactly the bundle it saw, send its receipt, and move the matter on when that
    opens the gate. What a committee of the body recommends on the way is kept as a step: it never counts, the question
    stays open, and reminders go on.

    bundle_sha256: digest of the bundle the decision was given on, "" where there is no text yet; a bundle that differs
    only editorially from the one in question will do, and the decision is then on that one. received_at (UTC, now
    when not given) and source: when and in what an officer received a decision recorded on the body's behalf; the actor
    then says for whom (`acting_for`).

    Refuses a request withdrawn or fallen, another version than the one in question (saying which is current), a meeting
    that has not been held, was held before there was the text or after the body's last day, a second decision
    (correct by `add_addendum`; only a postponed matter is decided anew, and a body outside a sub-agreement may join it
    after all, also when its stage is done: the earlier decision is then superseded), joining an agreement that has been
    replaced, an outcome that does not fit, a reservation, remarks or a minority statement without its words, a level or
    a way of deciding that the body has not, a mandate that does not hold, an ended process, an account of another
    office or body, and after all that a file that is not taken in. Missing minutes are not refused; in a suspended
    process the decision is taken in, and takes effect when that is resumed. The same `key` again returns the decision
    it made.
    """
    process, request = lock_request(request, must_run=False)
    in_force = decisions_in_force(process, request.stage.key)
    is_step = facts.is_step(request.level)
    # A step leaves the question as it was, so that its key may have been used though nothing is decided.
    has_decided = is_step or request.state != RequestState.ASKED or request.body_id in in_force
    once = Once(f"record_decision:{request.public_id}", key, (facts, bundle_sha256, received_at, source))
    # Only a question that has an answer can have been answered under this key: the first decision is spared the query.
    if has_decided and (earlier := once.made):
        return Decision.objects.get(public_id=earlier)
    insist(may_take_in(process))
    insist_officer_or_body(actor, process.office, now, request.body)
    if joins_by := _joins_by(request, in_force.get(request.body_id)):
        request.stage = attempt_that_counts(request.stage)
    bundle = _bundle_named(request, bundle_sha256)
    insist(_may_record(request, process, facts, bundle, bundle_sha256, received_at or now, actor, now, joins_by))
    return _put_down(request, facts, bundle, in_force, process, once, actor, now, received_at or now, source)


def _put_down(
    request: ApprovalRequest,
    facts: DecisionFacts,
    bundle: Bundle | None,
    in_force: dict[int, InForce],
    process: Process,
    once: Once,
    actor: Actor,
    now: datetime,
    received_at: datetime,
    source: GivenFile | None,
) -> Decision:
    """Write the decision that the rules let through, with its files, receipt and entry, and move the matter on."""
    is_step = facts.is_step(request.level)
    # Files come after the rules: a refused deed makes no row, and the form keeps what was received.
    minutes = take_in(process.office, facts.minutes, now=now)
    kept_source = take_in(process.office, source, now=now)
    superseded = _supersede_earlier(request, process, now) if request.body_id in in_force and not is_step else []
    decision, digests = _write(request, facts, bundle, actor, now, received_at, minutes, kept_source)
    if not is_step:
        _close(request, decision, facts, now)
    if request.state != RequestState.LISTED:
        # Who has not been asked yet reads of it in the question.
        outbox.enqueue(decision_receipts(decision, request, process), now)
    entry = _note_decision(decision, digests, superseded, process, actor, now)
    once.keep(decision.public_id, now)
    if not is_step:
        # Read before this decision was written, and completed by hand instead of being read again.
        in_force[request.body_id] = InForce(decision.outcome, decision.minutes is not None)
        _move_on(request, decision, in_force, process, following(entry), now)
    return decision


def _bundle_named(request: ApprovalRequest, sha256: str) -> Bundle | None:
    """The bundle a decision was given on: the one in question, or one that differs from it only editorially; None where
    it is another text's. No query where it is the one in question."""
    if request.bundle is None or request.bundle.sha256 == sha256:
        return request.bundle
    return next((row for row in same_text(request.bundle) if row.sha256 == sha256), None)


def _may_record(
    request: ApprovalRequest,
    process: Process,
    facts: DecisionFacts,
    bundle: Bundle | None,
    bundle_sha256: str,
    received_at: datetime,
    actor: Actor,
    now: datetime,
    joins_by: tuple[Outcome, ...],
) -> Refusal | None:
    refusal = may_record_decision(
        request,
        facts,
        actor,
        now,
        is_on_this_text=(bundle.sha256 if bundle else "") == bundle_sha256,
        received_at=received_at,
        zone=process.time_zone,
        text_since=text_since(request.bundle, facts.meeting_on, process.time_zone),
        current=_current(request, process),
        joins_by=joins_by,
        replaced_by=replaced_by(request.stage),
    )
    if refusal is not None or facts.by_mandate is None:
        return refusal
    return may_use_mandate(request, facts.by_mandate, latest_own_decision(request, process))


def _joins_by(request: ApprovalRequest, in_force: InForce | None) -> tuple[Outcome, ...]:
    """The outcomes by which a body that stands outside a sub-agreement joins it; none for any other."""
    counts = counting_outcomes(stage_spec(request.stage))
    return counts if is_outside(request, in_force.outcome if in_force else None, counts) else ()


def send_back_on_decisions_since(process: Process, since: datetime, system: Actor, now: datetime) -> None:
    """When a process is resumed: let a decision recorded in the pause send the matter back where the definition says
    so. Once, for what lies behind is opened anew. The engine calls, with the process locked."""
    for stage in open_stages(process):
        targets = stage_spec(stage).on_outcome
        decision = latest_decision(stage, since) if targets else None
        if decision is not None and decision.outcome in targets:
            send_back(process, stage, targets[decision.outcome], sent_back_by(decision, process), system, now)
            return


@transaction.atomic
def add_addendum(
    decision: Decision, *, text: str, file: GivenFile | None = None, actor: Actor, now: datetime, key: str = ""
) -> DecisionAddendum:
    """Correct or complete a decision beside it, with today's date; the decision stays as it was recorded.

    Refuses an empty text and the link of another request. Also possible after the process has ended: a record is never
    too old to be corrected.
    """
    process, request = lock_request(_request_of(decision), must_run=False)
    once = Once(f"add_addendum:{decision.public_id}", key, (text, file))
    if earlier := once.made:
        return DecisionAddendum.objects.get(public_id=earlier)
    insist_officer_or_body(actor, process.office, now, request.body)
    insist(may_add_addendum(request, actor, text))
    file = take_in(process.office, file, now=now)
    addendum = DecisionAddendum(decision=decision, text=text.strip(), file=file, at=now, **by(actor))
    words = salt_words(addendum, text_of(addendum))
    addendum.save(force_insert=True)
    codes = {**addendum_codes(addendum), "words": words}
    record(Verb.ADD_ADDENDUM, decision, actor=actor, now=now, process=process, codes=codes, detail={"text": text})
    once.keep(addendum.public_id, now)
    return addendum


@transaction.atomic
def receive_minutes(decision: Decision, minutes: GivenFile, *, actor: Actor, now: datetime, key: str = "") -> Decision:
    """Put the minutes to a decision that came without them, and move the matter on when that opens the gate.

    Refuses a decision that has its minutes, the link of another request and an ended process.
    """
    process, request = lock_request(_request_of(decision), must_run=False)
    # Read under the lock: somebody else may just have put the minutes there.
    decision = request.decisions.get(pk=decision.pk)
    once = Once(f"receive_minutes:{decision.public_id}", key, (minutes,))
    if once.made:
        return decision
    insist(may_take_in(process))
    insist_officer_or_body(actor, process.office, now, request.body)
    insist(may_receive_minutes(request, decision, actor))
    decision.minutes = take_in(process.office, minutes, now=now)
    decision.save(update_fields=["minutes"])
    codes = {"minutes": minutes.sha256}
    entry = record(Verb.RECEIVE_MINUTES, decision, actor=actor, now=now, process=process, codes=codes)
    once.keep(decision.public_id, now)
    advance(process, actor=following(entry), now=now)
    return decision


def _request_of(decision: Decision) -> ApprovalRequest:
    return ApprovalRequest.objects.select_related("stage").get(pk=decision.request_id)


def _current(request: ApprovalRequest, process: Process) -> ApprovalRequest | None:
    """For the words of a refusal: what took the place of a request that is no longer in question."""
    if request.state in LIVE_REQUESTS:
        return None
    return live_request(request.stage.key, request.body, process)


def _supersede_earlier(request: ApprovalRequest, process: Process, now: datetime) -> list[Decision]:
    """A later decision of the body on this stage takes the place of those before: postponed, or of earlier attempts."""
    # Before the new one is written: a question has one valid decision at most.
    decisions = list(valid_decisions(process, request.stage.key).filter(body=request.body))
    for earlier in decisions:
        earlier.supersede()
        earlier.ended_at = now
        earlier.save(update_fields=["state", "ended_at"])
    return decisions


def _write(
    request: ApprovalRequest,
    facts: DecisionFacts,
    bundle: Bundle | None,
    actor: Actor,
    now: datetime,
    received_at: datetime,
    minutes: StoredFile | None,
    source: StoredFile | None,
) -> tuple[Decision, dict[str, str]]:
    """The decision, and the digests of its words for the record."""
    decision = Decision(
        request=request,
        bundle=bundle,
        body=request.body,
        state=DecisionState.STEP if facts.is_step(request.level) else DecisionState.VALID,
        outcome=facts.outcome,
        level=facts.taken_at(request.level),
        basis=facts.basis,
        ground=facts.ground,
        mandate_holder=facts.mandate_holder.strip(),
        mandate_scope=facts.mandate_scope.strip(),
        by_mandate=facts.by_mandate,
        meeting_on=facts.meeting_on,
        agenda_item=facts.agenda_item,
        body_case_number=facts.body_case_number,
        is_closed_item=facts.is_closed_item,
        text=facts.text,
        remarks=facts.remarks,
        minutes=minutes,
        source=source,
        received_at=received_at,
        recorded_at=now,
        **by(actor),
    )
    statements = [[statement.members, statement.text] for statement in facts.minority_statements]
    digests = salt_words(decision, decision_words(decision, statements))
    insert(decision)
    if facts.minority_statements:
        MinorityStatement.objects.bulk_create(
            MinorityStatement(decision=decision, members=statement.members, text=statement.text)
            for statement in facts.minority_statements
        )
    return decision, digests


def _close(request: ApprovalRequest, decision: Decision, facts: DecisionFacts, now: datetime) -> None:
    """Decided, or still asked when the matter was postponed: then reminders wait for the next meeting. Whoever was only
    listed is on its dispatch no more."""
    dispatches: set[int] = set()
    if decision.outcome in OUTCOMES_STILL_OPEN:
        request.meeting_on = facts.next_meeting_on
        request.next_check_at = next_check(request, now)
    else:
        # A body that joins after all has decided already.
        dispatches = dispatches_listing([request])
        if request.state in (RequestState.LISTED, RequestState.ASKED):
            request.decide()
        request.closed_at, request.next_check_at = now, None
    request.save(update_fields=["state", "meeting_on", "closed_at", "next_check_at"])
    give_up_empty(dispatches, now)
    outbox.withdraw([request.public_id], kinds=ASKING, reason="decided", now=now)


def _note_decision(
    decision: Decision,
    digests: Mapping[str, str],
    superseded: Sequence[Decision],
    process: Process,
    actor: Actor,
    now: datetime,
) -> AuditEntry:
    codes = {
        **decision_codes(decision),
        "words": digests,
        "supersedes": [earlier.public_id for earlier in superseded],
        "after_completion": decision.request.stage.state == StageState.COMPLETED,
    }
    detail = {
        "agenda_item": decision.agenda_item,
        "body_case_number": decision.body_case_number,
        "text": decision.text,
        "remarks": decision.remarks,
    }
    if decision.mandate_scope:
        detail |= {"mandate_holder": decision.mandate_holder, "mandate_scope": decision.mandate_scope}
    verb = Verb.RECORD_STEP if decision.state == DecisionState.STEP else Verb.RECORD_DECISION
    return record(verb, decision, actor=actor, now=now, process=process, codes=codes, detail=detail)


def _move_on(
    request: ApprovalRequest,
    decision: Decision,
    in_force: Mapping[int, InForce],
    process: Process,
    system: Actor,
    now: datetime,
) -> None:
    """Send the matter back where the definition says so; else let it go on, if the decisions now in hand allow it.

    In a suspended process neither: what was decided takes effect when it is resumed.
    """
    stage, spec = request.stage, stage_spec(request.stage)
    if stage.state != StageState.OPEN or process.state == ProcessState.SUSPENDED:
        return
    target = spec.on_outcome.get(decision.outcome)
    if target is not None:
        send_back(process, stage, target, sent_back_by(decision, process), system, now)
    elif decisions_are_met(stage, in_force):
        advance(process, actor=system, now=now)
