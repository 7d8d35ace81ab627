"""Putting a locked set of documents forward: it then counts in its line of text. By completing the stage that made it,
or by a press of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from workflow.actions.approvals import ask_about_new_bundle, tell_of_closing
from workflow.actions.locking import lock_process
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actions.stages import advance, reopen, reopened_with
from workflow.actors import Actor
from workflow.audit import following, record
from workflow.definitions import BundleUse
from workflow.models import Bundle, Process, Stage
from workflow.queries.approvals import approved_with_this_set
from workflow.queries.comparisons import weighty_changes_of
from workflow.queries.documents import change_since_current, current_bundle, waits_to_be_put_forward
from workflow.queries.processes import stage_spec
from workflow.rules import insist
from workflow.rules.documents import may_put_forward
from workflow.rules.processes import must_give_reason
from workflow.rules.weighty_changes import may_be_editorial
from workflow.states import ChangeKind, Verb


@transaction.atomic
def put_forward(
    bundle: Bundle,
    *,
    reason: str,
    change: str,
    weighty_reason: str = "",
    actor: Actor,
    now: datetime,
    key: str = "",
) -> Bundle:
    """Let a locked set count in its line of text from now on, with a reason.

    change: how it differs from the set that counted before; "first" where there is none. weighty_reason: why it is
    editorial although a number, date, amount, negation or duty changed; it stands in the record. After a material
    change the decisions given in the line's stages that are open or sent back fall, its completed approvals are opened
    anew with all behind them, and whoever is still to decide is asked about this set; a completed review stands, and
    so do approvals that a sent package carries or a completed milestone rests on. After an editorial one decisions
    stand.

    Refuses everybody but an officer, a suspended or ended process, a set that is not locked, counts already or is older
    than the one that counts, a missing kind of change, a missing reason, and an editorial change in which something of
    weight changed without a reason for it. A repeated `key` does nothing again.
    """
    process = lock_process(bundle.process)
    # Read under the lock: another officer may just have put it forward.
    bundle = Bundle.objects.select_related("line").get(pk=bundle.pk, process=process)
    bundle.process = process
    once = Once(f"put_forward:{bundle.public_id}", key, (change, reason, weighty_reason))
    if once.made is not None:
        return bundle
    insist_officer(actor, process.office, now)
    current = current_bundle(bundle.line_id)
    insist(may_put_forward(bundle, current, change) or must_give_reason(reason))
    if not weighty_reason.strip():
        insist(may_be_editorial(weighty_changes_of(bundle, current, change, process.language), ""))
    system = _take_effect(process, bundle, change, {"reason": reason, "weighty_reason": weighty_reason}, actor, now)
    once.keep(bundle.public_id, now)
    advance(process, actor=system, now=now)
    # Last: who is asked about this set in the same deed needs no other notice.
    tell_of_closing(bundle, now)
    return bundle


def put_forward_on_completion(stage: Stage, actor: Actor, now: datetime) -> None:
    """A drafting stage that makes a set has been completed: the newest locked set of its line counts from now on,
    unless it does already. The engine calls, with the process locked, and moves on afterwards."""
    if stage_spec(stage).bundle is not BundleUse.LOCKS:
        return
    bundle = waits_to_be_put_forward(stage.line_id)
    if bundle is not None:
        bundle.process = stage.process
        _take_effect(stage.process, bundle, change_since_current(bundle), {}, actor, now)
        tell_of_closing(bundle, now)


def _take_effect(
    process: Process, bundle: Bundle, change: str, reasons: Mapping[str, str], actor: Actor, now: datetime
) -> Actor:
    """Let a set be what counts: approvals open anew, decisions fall or stand, bodies are asked. Returns whom what
    follows is recorded for. reasons: what the record says of why."""
    approvals = approved_with_this_set(process, bundle.line_id) if change == ChangeKind.MATERIAL else []
    reopened = reopened_with(process, [stage.key for stage in approvals])
    entry = record(
        Verb.PUT_FORWARD,
        bundle,
        actor=actor,
        now=now,
        process=process,
        codes={
            "number": bundle.number,
            "sha256": bundle.sha256,
            "change": change,
            "reopened": [stage.key for stage in reopened],
            # What each of them was: it goes on as that where the set is taken back.
            "set_aside": {str(stage.public_id): stage.state for stage in reopened},
        },
        detail={name: words for name, words in reasons.items() if words},
    )
    system = following(entry)
    # Before the set counts: an attempt that is left keeps the one it was about.
    reopen(reopened, system, now)
    bundle.put_forward_at, bundle.put_forward_as = now, change
    bundle.questions_leave_at = now + timedelta(minutes=process.office.minutes_to_take_back)
    bundle.save(update_fields=["put_forward_at", "put_forward_as", "questions_leave_at"])
    # Decisions on the earlier text fall before the process moves on: the other way round gates would open on them. And
    # a stage that is opened anew asks by itself.
    ask_about_new_bundle(process, bundle, actor=system, now=now)
    return system
