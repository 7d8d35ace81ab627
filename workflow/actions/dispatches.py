"""What asks the bodies of a stage: its words written, sent, set to leave later, taken back. Officers and the sweep come
in; opening a stage prepares it (`list_bodies`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from notifications import outbox, postponed
from workflow.actions.approvals import first_letters, next_check
from workflow.actions.approvals.requests import codes_of
from workflow.actions.falling_back import fall_back
from workflow.actions.locking import lock_process, process_of
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actions.timetable import reckon_from_sending
from workflow.actors import SYSTEM, Actor
from workflow.audit import following, record
from workflow.models import ApprovalRequest, AuditEntry, Dispatch, Process, Stage
from workflow.queries.dispatches import digest_of_dispatch, due_dispatches, listed_on, next_dispatch_due
from workflow.queries.processes import stage_deadline
from workflow.rules import insist
from workflow.rules.dispatches import (
    may_recall_dispatch,
    may_schedule_dispatch,
    may_send_dispatch,
    may_write_dispatch,
)
from workflow.rules.overwriting import digest_of_words, words_changed_since
from workflow.rules.processes import may_act
from workflow.states import DispatchState, FellBack, Verb


@transaction.atomic
def write_dispatch(
    dispatch: Dispatch, words: str, *, shown_digest: str | None = None, actor: Actor, now: datetime, key: str = ""
) -> Dispatch:
    """Write what the office says to all who are asked, in plain text, beside what the letter says by itself. Nobody
    gets a mail by it.

    shown_digest: that of the words the officer had before the eyes, None where nobody looked. Refuses everybody but an
    officer, a dispatch that has left or is about to, and words written over a colleague's.
    """
    process, dispatch = _lock(dispatch)
    words = words.strip()
    once = Once(f"write_dispatch:{dispatch.public_id}", key, (words,))
    if once.made:
        return dispatch
    insist(may_act(process))
    insist_officer(actor, process.office, now)
    insist(may_write_dispatch(dispatch, process.time_zone, words))
    insist(words_changed_since(shown_digest, digest_of_words(dispatch.words), digest_of_words(words)))
    dispatch.words = words
    dispatch.save(update_fields=["words"])
    codes = {"stage": dispatch.stage.key, "digest": digest_of_words(words)}
    record(Verb.WRITE_DISPATCH, dispatch, actor=actor, now=now, process=process, codes=codes)
    once.keep(dispatch.public_id, now)
    return dispatch


@transaction.atomic
def send_dispatch(
    dispatch: Dispatch, *, shown: str | None = None, actor: Actor, now: datetime, key: str = ""
) -> Dispatch:
    """Ask everybody on a dispatch now: each gets its letter with link and code, and a reply day that is reckoned from
    this instant where the definition reckons from the stage's opening. Also one that is set to leave later.

    shown: the digest of what the officer had before the eyes (`digest_of_dispatch`), None where nobody looked. Refuses
    everybody but an officer, a suspended or ended process, one that has left, one that asks nobody any more or whose
    stage has been left, and one that has changed since it was looked through. A repeated `key` sends nothing again.
    """
    process, dispatch = _lock(dispatch)
    once = Once(f"send_dispatch:{dispatch.public_id}", key, (shown,))
    if once.made:
        return dispatch
    insist(may_act(process))
    insist_officer(actor, process.office, now)
    requests = listed_on(dispatch)
    insist(may_send_dispatch(dispatch, process.time_zone, is_as_shown=_is_as_shown(dispatch, requests, shown)))
    _leave(dispatch, requests, process, actor, now)
    once.keep(dispatch.public_id, now)
    return dispatch


@transaction.atomic
def schedule_dispatch(
    dispatch: Dispatch,
    *,
    leaves_at: datetime | None = None,
    shown: str | None = None,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> Dispatch:
    """Let a dispatch leave at an instant (UTC), or, where none is named, when the office's minutes to take things back
    have gone; at once where these are none. Until then it can be taken back.

    Refuses what `send_dispatch` refuses, one that is set to leave already, an instant that has passed, lies more than
    three months ahead or not before the reply day.
    """
    process, dispatch = _lock(dispatch)
    once = Once(f"schedule_dispatch:{dispatch.public_id}", key, (leaves_at, shown))
    if once.made:
        return dispatch
    insist(may_act(process))
    insist_officer(actor, process.office, now)
    requests = listed_on(dispatch)
    is_as_shown = _is_as_shown(dispatch, requests, shown)
    minutes = process.office.minutes_to_take_back
    if leaves_at is None and not minutes:
        insist(may_send_dispatch(dispatch, process.time_zone, is_as_shown=is_as_shown))
        _leave(dispatch, requests, process, actor, now)
        once.keep(dispatch.public_id, now)
        return dispatch
    leaves_at = leaves_at or now + timedelta(minutes=minutes)
    deadline = stage_deadline(dispatch.stage)
    reply_by = deadline.at if deadline else None
    insist(
        may_schedule_dispatch(dispatch, process.time_zone, leaves_at, now, reply_by=reply_by, is_as_shown=is_as_shown)
    )
    codes = {**_codes(dispatch.stage, requests), "leaves_at": leaves_at}
    entry = record(Verb.SCHEDULE_DISPATCH, dispatch, actor=actor, now=now, process=process, codes=codes)
    dispatch.schedule()
    dispatch.scheduled_at, dispatch.leaves_at, dispatch.caused_by = now, leaves_at, entry.public_id
    dispatch.fell_back = ""
    dispatch.save(update_fields=["state", "scheduled_at", "leaves_at", "caused_by", "fell_back"])
    once.keep(dispatch.public_id, now)
    return dispatch


@transaction.atomic
def recall_dispatch(dispatch: Dispatch, *, actor: Actor, now: datetime, key: str = "") -> Dispatch:
    """Take back a dispatch that is set to leave: it is being prepared again, and nobody has got anything.

    Refuses everybody but an officer, one that has left and one that is not about to. Also while the process is
    suspended.
    """
    process, dispatch = _lock(dispatch)
    once = Once(f"recall_dispatch:{dispatch.public_id}", key)
    if once.made:
        return dispatch
    insist_officer(actor, process.office, now)
    insist(may_recall_dispatch(dispatch, process.time_zone))
    codes = {"stage": dispatch.stage.key, "leaves_at": dispatch.leaves_at}
    dispatch.recall()
    dispatch.leaves_at = dispatch.caused_by = None
    dispatch.save(update_fields=["state", "leaves_at", "caused_by"])
    record(Verb.RECALL_DISPATCH, dispatch, actor=actor, now=now, process=process, codes=codes)
    once.keep(dispatch.public_id, now)
    return dispatch


# ── The sweep ─────────────────────────────────────────────────────────────────────────────────────────────────
def send_due_dispatches(now: datetime) -> int:
    """Let every dispatch leave whose time has come, each by itself. Returns how many there were."""
    whose = postponed.belonging(Dispatch, office="stage__process__office", process="stage__process")
    return postponed.one_by_one(
        "send_dispatches", due_dispatches(now), lambda row: send_due_dispatch(row, now=now), now, whose=whose
    )


@transaction.atomic
def send_due_dispatch(dispatch: Dispatch, *, now: datetime) -> bool:
    """Ask everybody on a dispatch whose time has come. False when it has been sent, moved or taken back meanwhile, or
    may not leave: then an officer finds it as a duty."""
    process, dispatch = _lock(dispatch)
    # Asked again under the lock: an officer may just have taken it back.
    if dispatch.state != DispatchState.SCHEDULED or dispatch.leaves_at is None or dispatch.leaves_at > now:
        return False
    refusal = may_act(process) or may_send_dispatch(dispatch, process.time_zone, is_as_shown=True)
    system = replace(SYSTEM, caused_by=dispatch.caused_by)
    requests = listed_on(dispatch)
    if refusal is not None or any(_has_bounced_since(request, dispatch.scheduled_at) for request in requests):
        why = FellBack.REFUSED if refusal is not None else FellBack.RECIPIENT
        fall_back(Dispatch.objects.filter(pk=dispatch.pk), why, process, system, now)
        return False
    _leave(dispatch, requests, process, system, now)
    return True


def _has_bounced_since(request: ApprovalRequest, at: datetime | None) -> bool:
    return request.bounced_at is not None and (at is None or request.bounced_at > at)


def next_dispatch(now: datetime) -> datetime | None:
    """When the next dispatch leaves; None when none is to."""
    return next_dispatch_due()


# ── What all of them share ────────────────────────────────────────────────────────────────────────────────────
def _lock(dispatch: Dispatch) -> tuple[Process, Dispatch]:
    """The process locked, whatever its state, and the dispatch as it is now; the lock of the process is its too."""
    process = lock_process(process_of(dispatch.stage), must_run=False)
    locked = Dispatch.objects.select_related("stage").get(pk=dispatch.pk)
    locked.stage.process = process
    return process, locked


def _is_as_shown(dispatch: Dispatch, requests: Sequence[ApprovalRequest], shown: str | None) -> bool:
    if shown is None:
        return True
    deadline = stage_deadline(dispatch.stage)
    return shown == digest_of_dispatch(dispatch, requests, deadline.at if deadline else None)


def _leave(
    dispatch: Dispatch, requests: Sequence[ApprovalRequest], process: Process, actor: Actor, now: datetime
) -> AuditEntry:
    """Put the questions, with their mails and deadlines as they are at this instant."""
    stage = dispatch.stage
    entry = record(Verb.SEND_DISPATCH, dispatch, actor=actor, now=now, process=process, codes=_codes(stage, requests))
    dispatch.send()
    dispatch.sent_at, dispatch.leaves_at, dispatch.fell_back = now, None, ""
    dispatch.save(update_fields=["state", "sent_at", "leaves_at", "fell_back"])
    # Before anybody is asked: who is asked already would be told of a new day.
    reckon_from_sending(stage, following(entry), now)
    deadline = stage_deadline(stage)
    for request in requests:
        request.put()
        request.asked_at = request.remind_from_at = now
        request.reply_by_at = deadline.at if deadline else None
        request.next_check_at = next_check(request, now)
    columns = ["state", "asked_at", "remind_from_at", "reply_by_at", "next_check_at"]
    # As they were read for it: what the office has learnt of an address since it was listed.
    columns += ["email", "contact_name", "language", "bounced_at"]
    ApprovalRequest.objects.bulk_update(requests, columns, batch_size=200)
    outbox.enqueue(first_letters(stage, requests, process), now)
    return entry


def _codes(stage: Stage, requests: Sequence[ApprovalRequest]) -> dict[str, object]:
    bundle = next((request.bundle for request in requests), None)
    return {**codes_of(stage, bundle), "requests": [request.public_id for request in requests]}
