"""Asking bodies for decisions: when a stage opens, when the documents change, when a body is to decide anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from notifications import outbox
from notifications.outbox import Letter
from workflow.actions.approvals.corrections import follow_correction
from workflow.actions.approvals.joining import ask_late
from workflow.actions.approvals.objecting import settle_by_new_set
from workflow.actions.approvals.reminding import next_check
from workflow.actions.approvals.requests import (
    ask,
    codes_of,
    let_fall,
    list_about,
    lock_request,
    needs_no_question,
    withdraw,
)
from workflow.actions.falling_back import fall_back
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actors import Actor
from workflow.audit import record
from workflow.definitions import BundleUse
from workflow.mails.bodies import ASKED_AGAIN, QUESTION_CLOSED, REQUEST, question_letters
from workflow.mails.letters import letters_to
from workflow.models import ApprovalRequest, Bundle, Decision, Dispatch, Process, Stage
from workflow.queries.approvals import (
    ASKING_KINDS,
    WAS_PUT,
    asked_name,
    lets_on,
    valid_decisions,
    with_settlements,
)
from workflow.queries.documents import bundle_of, newest_of_text, standing_bundles, standing_now
from workflow.queries.processes import definition_of, open_stages, process_bodies_of, stage_spec
from workflow.rules import insist
from workflow.rules.approvals import (
    may_ask_again,
)
from workflow.rules.processes import must_give_reason
from workflow.states import (
    UNSENT,
    ChangeKind,
    DecisionState,
    FellBack,
    RequestPurpose,
    RequestState,
    StageState,
    Verb,
)


# ── A stage opens, is decided anew, is left (called by the engine, process and stage locked) ─────────────
def list_bodies(stage: Stage, actor: Actor, now: datetime) -> None:
    """List every body of a stage that has just opened, to be asked about the bundle that counts in its text: each gets
    a request and a link, and a dispatch is prepared. Nobody is asked before an officer sends that
    (`actions/dispatches.py`).

    A body whose decision on this text (or one that differs only editorially) still counts is not listed. Decisions of
    earlier attempts on other texts fall. The address that held in an earlier attempt holds here.
    """
    process, spec = stage.process, stage_spec(stage)
    bundle = bundle_of(stage)
    earlier = list(valid_decisions(process, stage.key).select_related("request"))
    standing_ids = standing_bundles(bundle) if bundle is not None else []
    fallen = [decision for decision in earlier if decision.bundle_id not in standing_ids]
    let_fall(fallen, now)
    settled = {
        decision.body_id
        for decision in earlier
        if decision.bundle_id in standing_ids and needs_no_question(decision, spec)
    }
    bodies = {p.body: p.level for p in process_bodies_of(process, asked_name(spec)) if p.body_id not in settled}
    dispatch = Dispatch.objects.create(stage=stage, prepared_at=now) if bodies else None
    requests = ask(stage, bodies, bundle, now, _asked_before(stage, bundle, Q()), dispatch=dispatch)
    codes = codes_of(stage, bundle) | {
        "requests": [request.public_id for request in requests],
        "fallen": [decision.public_id for decision in fallen],
    }
    record(Verb.LIST_BODIES, stage, actor=actor, now=now, process=process, codes=codes)


def first_letters(stage: Stage, requests: Sequence[ApprovalRequest], process: Process) -> list[Letter]:
    """The letters by which listed bodies of a stage are asked: a question, or, to those asked in an earlier attempt
    about another text, one that says what has changed since. requests: each with its body and bundle."""
    bundle = next((request.bundle for request in requests), None)
    before = _asked_before(stage, bundle, WAS_PUT)
    first = [request for request in requests if request.body_id not in before]
    letters = letters_to(REQUEST, first, process)
    if bundle is not None:
        again = [request for request in requests if request.body_id in before]
        letters += [replace(letter, not_before=None) for letter in _letters_about_new(again, before, bundle, process)]
    return letters


def _asked_before(stage: Stage, bundle: Bundle | None, which: Q) -> dict[int, ApprovalRequest]:
    """The latest question of these to each body in earlier attempts at this stage, where it was about another text. No
    query in the first attempt."""
    if bundle is None or stage.attempt == 1:
        return {}
    earlier = ApprovalRequest.objects.filter(stage__process=stage.process, stage__key=stage.key)
    rows = earlier.filter(which).exclude(bundle=bundle).exclude(bundle=None).select_related("bundle").order_by("id")
    return {row.body_id: row for row in rows}


def _letters_about_new(
    requests: Sequence[ApprovalRequest], before: Mapping[int, ApprovalRequest], bundle: Bundle, process: Process
) -> list[Letter]:
    # Kept with the mail: the question may be about a corrected text by the time it is sent.
    is_editorial = bundle.put_forward_as == ChangeKind.EDITORIAL
    facts = {"change_note": bundle.change_note, "reason": "newer_bundle", "is_editorial": is_editorial}
    return [
        letter
        for request in requests
        for letter in question_letters(
            ASKED_AGAIN, [request], process, facts={**facts, **_sets(before[request.body_id].bundle, bundle)}
        )
    ]


def _sets(before: Bundle | None, now: Bundle | None) -> dict[str, str]:
    """Which sets a mail that asks again compares."""
    if before is None or now is None or before.pk == now.pk:
        return {}
    return {"asked_before": str(before.public_id), "asked_now": str(now.public_id)}


def tell_of_closing(bundle: Bundle, now: datetime) -> None:
    """Tell whoever's question has been closed at this very instant and who is not asked about the new text in its place
    that nothing is awaited from it for now. bundle: the set put forward, whose questions wait as long."""
    process = bundle.process
    closed = ApprovalRequest.objects.filter(
        WAS_PUT, stage__process=process, state=RequestState.WITHDRAWN, closed_at=now, bundle__isnull=False
    ).select_related("stage", "body")
    asked = ApprovalRequest.objects.filter(stage__process=process, state=RequestState.ASKED, asked_at=now)
    again = set(asked.values_list("stage__key", "body_id"))
    untold = [request for request in closed.order_by("id") if (request.stage.key, request.body_id) not in again]
    # Put forward once more after it was taken back, it closes the same question again.
    about = f"{now:%Y%m%dT%H%M%S.%f}"
    letters = letters_to(QUESTION_CLOSED, untold, process, about=about, not_before=bundle.questions_leave_at)
    outbox.enqueue(letters, now)


def decide_anew(stage: Stage, actor: Actor, now: datetime) -> None:
    """The matter is sent back to this review: what the body decided no longer settles it, and it is asked again.

    A decision on a text that no longer stands falls when the bodies are asked.
    """
    # None: before the first text is locked, decisions are given on none.
    standing_ids: list[int | None] = [*standing_now(stage.line_id)] or [None]
    decisions = [row for row in valid_decisions(stage.process, stage.key) if row.bundle_id in standing_ids]
    for decision in decisions:
        decision.supersede()
        decision.ended_at = now
        decision.save(update_fields=["state", "ended_at"])
    if decisions:
        codes = {"stage": stage.key, "decisions": [decision.public_id for decision in decisions]}
        record(Verb.DECIDE_ANEW, stage, actor=actor, now=now, process=stage.process, codes=codes)


def withdraw_requests(stage: Stage, actor: Actor, now: datetime) -> None:
    """Take back what is still asked in a stage that is sent back or left out, and the mails still waiting."""
    waiting = (RequestState.LISTED, RequestState.ASKED)
    requests = list(ApprovalRequest.objects.filter(stage=stage, state__in=waiting))
    withdraw(requests, "stage_left", now)
    if requests:
        codes = {"stage": stage.key, "attempt": stage.attempt, "requests": [row.public_id for row in requests]}
        record(Verb.WITHDRAW_REQUESTS, stage, actor=actor, now=now, process=stage.process, codes=codes)


def give_up_listed(stage: Stage, actor: Actor, now: datetime) -> None:
    """Take whoever has not been asked off the dispatch of a stage that is completed: it goes on without them, and they
    have heard of nothing. Where bodies join at their own dates they can still be asked."""
    spec = stage_spec(stage)
    if spec.approval is not None and spec.approval.accession:
        return
    requests = list(ApprovalRequest.objects.filter(stage=stage, state=RequestState.LISTED))
    withdraw(requests, "stage_left", now)
    if requests:
        codes = {"stage": stage.key, "attempt": stage.attempt, "requests": [row.public_id for row in requests]}
        record(Verb.WITHDRAW_REQUESTS, stage, actor=actor, now=now, process=stage.process, codes=codes)


# ── The documents change (called when a set is put forward, process locked) ─────────────────────────────
def ask_about_new_bundle(process: Process, bundle: Bundle, *, actor: Actor, now: datetime) -> None:
    """Let a bundle that has been put forward take effect on what bodies have been asked and have decided.

    A material change makes the decisions of stages under way, and of attempts sent back, fall: they were given to an
    earlier version. Bodies that are to decide in a stage under way are then asked about the new bundle under a new
    link; the old link still shows what it was about. What was decided in stages that are completed is history and
    stays; who is still asked there is asked no more: nobody approves a text that no longer stands. Only to a
    sub-agreement in force bodies are still asked to join, as it is in force. An editorial change leaves decisions,
    questions and links as they are (`follow_correction`). What is asked and decided about another line of text is not
    touched.
    """
    if bundle.put_forward_as == ChangeKind.EDITORIAL:
        follow_correction(process, bundle, actor=actor, now=now)
        return
    settle_by_new_set(process, bundle, actor=actor, now=now)
    stages = [
        stage
        for stage in open_stages(process)
        if stage.line_id == bundle.line_id
        and stage.kind in ASKING_KINDS
        and stage_spec(stage).bundle is not BundleUse.NONE
    ]
    fallen = _decisions_on_earlier(process, bundle)
    let_fall(fallen, now)
    done = Q(stage__line=bundle.line_id, stage__state=StageState.COMPLETED, bundle__isnull=False)
    left_behind = done & ~Q(purpose=RequestPurpose.ACCESSION)
    outdated = list(
        ApprovalRequest.objects.filter(Q(stage__in=stages) | left_behind, state=RequestState.ASKED)
        .exclude(bundle=bundle)
        .select_related("body", "bundle")
        .order_by("id")
    )
    # Before they are asked again: a body has one live question in a stage.
    withdraw(outdated, "newer_bundle", now)
    listed = list_about(bundle, ApprovalRequest.objects.filter(stage__in=stages), process, actor, now)
    put, put_on_a_list = _ask_anew(stages, [*(decision.request for decision in fallen), *outdated], bundle, actor, now)
    listed += put_on_a_list
    if fallen or outdated or listed:
        codes = {
            "bundle": bundle.sha256,
            "change": bundle.put_forward_as,
            "fallen": [decision.public_id for decision in fallen],
            "withdrawn": [request.public_id for request in outdated],
            "asked": [request.public_id for request in put],
            "listed": [request.public_id for request in listed],
        }
        verb = Verb.REBIND_REQUESTS if put or listed else Verb.LET_FALL
        record(verb, bundle, actor=actor, now=now, process=process, codes=codes)


def _ask_anew(
    stages: Sequence[Stage], earlier: Sequence[ApprovalRequest], bundle: Bundle, actor: Actor, now: datetime
) -> tuple[list[ApprovalRequest], list[ApprovalRequest]]:
    """Ask about a changed set whose question or decision in these open stages it overtakes: at once, or by the dispatch
    of a stage that has not left. earlier: their questions, those with a decision first. Returns the new questions that
    are put, and those that wait on a dispatch."""
    put: list[ApprovalRequest] = []
    listed: list[ApprovalRequest] = []
    unsent = {row.stage_id: row for row in Dispatch.objects.filter(stage__in=stages, state__in=UNSENT)}
    for stage in stages:
        # Whoever stands on a dispatch already is asked about the new set by that. Contacts are read afresh, but a body
        # readdressed in this matter keeps the address it was given.
        before = {r.body_id: r for r in earlier if r.stage_id == stage.pk and r.state != RequestState.LISTED}
        dispatch = unsent.get(stage.pk)
        bodies = {request.body: request.level for request in before.values()}
        requests = ask(stage, bodies, bundle, now, before, dispatch=dispatch)
        if dispatch is None:
            outbox.enqueue(_letters_about_new(requests, before, bundle, stage.process), now)
            put += requests
        elif requests:
            fall_back(Dispatch.objects.filter(pk=dispatch.pk), FellBack.NEWER_SET, stage.process, actor, now)
            listed += requests
    return put, listed


def _decisions_on_earlier(process: Process, bundle: Bundle) -> list[Decision]:
    """On another text, or given before there was one; where no text is asked about, none is to be judged anew."""
    without_text = [spec.key for spec in definition_of(process).stages if spec.bundle is BundleUse.NONE]
    return list(
        Decision.objects.filter(
            request__stage__line=bundle.line_id,
            request__stage__kind__in=ASKING_KINDS,
            request__stage__state__in=[StageState.OPEN, StageState.RETURNED],
            state=DecisionState.VALID,
        )
        .exclude(bundle=bundle)
        .exclude(request__stage__key__in=without_text)
        .select_related("request__body")
        .order_by("id")
    )


_ASKED_ANEW: Final = (
    "state",
    "bundle",
    "dispatch",
    "closed_at",
    "meeting_on",
    "asked_at",
    "remind_from_at",
    "reply_by_at",
    "next_check_at",
)


# ── A deed of officers ──────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def ask_again(
    request: ApprovalRequest,
    *,
    reason: str,
    reply_by: date | None = None,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> ApprovalRequest:
    """Ask a body anew about the same text, with a reason, when its decision did not let the matter go on.

    The earlier decision stays in force until a new one is recorded. reply_by: local day by which it is to answer, where
    it is asked to join a sub-agreement whose stage is done (`ask_late`). Refuses everybody but the office, a body that
    has approved, has not decided yet, or is asked about a newer version.
    """
    process, request = lock_request(request)
    insist_officer(actor, process.office, now)
    once = Once(f"ask_again:{request.public_id}", key, (reason, reply_by) if reply_by else (reason,))
    if once.made:
        return request
    decision = with_settlements(request.decisions.filter(state=DecisionState.VALID)).first()
    counts = decision is not None and lets_on(decision, stage_spec(request.stage))
    insist(must_give_reason(reason) or may_ask_again(request, decision, counts=counts))
    assert decision is not None
    request.reopen()
    if not request.was_put:
        # By this press, and by no dispatch.
        request.dispatch = None
    # Asked anew, a body is asked about the words that count now, where they have been corrected since it decided.
    request.bundle = newest_of_text(request.bundle) if request.bundle else None
    request.closed_at = None
    request.meeting_on = None
    request.asked_at = request.remind_from_at = now
    if request.stage.state == StageState.COMPLETED:
        ask_late(request, reply_by, reason, actor, now)
    request.next_check_at = next_check(request, now)
    request.save(update_fields=_ASKED_ANEW)
    # The mail's key: however often a body is asked anew, once for each decision it has made.
    about, facts = str(decision.public_id), {"reason": "asked_anew", **_sets(decision.bundle, request.bundle)}
    outbox.enqueue(question_letters(ASKED_AGAIN, [request], process, about=about, facts=facts), now)
    codes = {"decision": decision.public_id, "outcome": decision.outcome, "reply_by": request.reply_by_at}
    record(Verb.ASK_AGAIN, request, actor=actor, now=now, process=process, codes=codes, detail={"reason": reason})
    once.keep(request.public_id, now)
    return request
