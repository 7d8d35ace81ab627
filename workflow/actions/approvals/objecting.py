"""Objecting to a correction, by a body's link or on its behalf; and what settles an objection."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from notifications import outbox
from workflow.actions.approvals.requests import lock_request
from workflow.actions.files import take_in
from workflow.actions.locking import lock_process, process_of
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer, insist_officer_or_body
from workflow.actions.stages import advance
from workflow.actors import Actor
from workflow.audit import following, record
from workflow.audit.proven import answer_of, objection_codes, text_of
from workflow.audit.rows import salt_words
from workflow.mails.corrections import OBJECTION_SETTLED, objection_receipts, settlement_letters
from workflow.models import ApprovalRequest, Bundle, Objection, Process, by
from workflow.queries.corrections import correction_of
from workflow.queries.objections import in_force_since, objection_to, open_objections
from workflow.rules import insist
from workflow.rules.objections import may_answer, may_object, must_be_a_fitting_objection
from workflow.rules.processes import may_take_in, must_not_have_ended
from workflow.states import DecisionState, Verb

if TYPE_CHECKING:
    from workflow.rules.files import GivenFile


@transaction.atomic
def object_to_correction(
    request: ApprovalRequest,
    *,
    text: str,
    bundle_sha256: str,
    actor: Actor,
    now: datetime,
    key: str = "",
    received_at: datetime | None = None,
    source: GivenFile | None = None,
) -> Objection:
    """Record that a body does not agree that a correction is editorial. Its decision stands; until the objection is
    settled nothing comes into force on that text, and nothing is sent to an authority. The body gets a receipt.

    bundle_sha256: digest of the set objected to. received_at (UTC, now when not given) and source: when and in what an
    officer received an objection recorded on the body's behalf; the actor then says for whom (`acting_for`).

    Refuses a body that was not told of a correction, one that has objected already, another set than the one that
    counts, no words, a text that is in force, a question that is asked no more, an ended process, an account of another
    office or body, and after all that a file that is not taken in. The same `key` again returns the objection it made.
    """
    process, request = lock_request(request, must_run=False)
    once = Once(f"object_to_correction:{request.public_id}", key, (text, bundle_sha256, received_at, source))
    if earlier := once.made:
        return Objection.objects.get(public_id=earlier)
    insist(may_take_in(process))
    insist_officer_or_body(actor, process.office, now, request.body)
    corrected = _corrected_for(request, process, actor)
    insist(must_be_a_fitting_objection(text, corrected, bundle_sha256, received_at or now, now, process.time_zone))
    objection = Objection(
        request=request,
        body=request.body,
        bundle=corrected,
        text=text.strip(),
        source=take_in(process.office, source, now=now),
        received_at=received_at or now,
        recorded_at=now,
        **by(actor),
    )
    words = salt_words(objection, text_of(objection))
    objection.save(force_insert=True)
    codes = {**objection_codes(objection), "words": words}
    detail = {"text": objection.text}
    record(Verb.OBJECT_TO_CORRECTION, objection, actor=actor, now=now, process=process, codes=codes, detail=detail)
    outbox.enqueue(objection_receipts(objection, request, process), now)
    once.keep(objection.public_id, now)
    return objection


def _corrected_for(request: ApprovalRequest, process: Process, actor: Actor) -> Bundle:
    """The set that corrects what the body was asked about or has decided on. Refuses where it may not object to one."""
    correction = correction_of(request, request.decisions.filter(state=DecisionState.VALID).first())
    corrected = correction.after if correction else None
    insist(
        may_object(
            request,
            actor,
            corrected=corrected,
            earlier=objection_to(corrected, request.body_id) if corrected else None,
            in_force_since=in_force_since(request.stage),
            zone=process.time_zone,
        )
    )
    assert corrected is not None
    return corrected


@transaction.atomic
def answer_objection(objection: Objection, *, answer: str, actor: Actor, now: datetime, key: str = "") -> Objection:
    """Settle an objection with a reply: the correction stands. The body is told, and the matter moves on where it
    waited for this alone; also while the process is suspended, and then it moves on when that is resumed.

    Refuses everybody but an officer, an objection that is settled, a reply under ten characters and an ended process.
    """
    process = lock_process(process_of(objection.request.stage), must_run=False)
    # Read under the lock: a colleague may just have answered it.
    rows = Objection.objects.select_related("request__stage", "request__body", "request__link", "body", "bundle")
    objection = rows.get(pk=objection.pk)
    once = Once(f"answer_objection:{objection.public_id}", key, (answer,))
    if once.made:
        return objection
    insist_officer(actor, process.office, now)
    insist(must_not_have_ended(process) or may_answer(objection, answer))
    objection.reply()
    objection.answer, objection.settled_at = answer.strip(), now
    words = salt_words(objection, answer_of(objection))
    objection.save(update_fields=["state", "answer", "settled_at", "salts"])
    outbox.enqueue(settlement_letters([objection], process, now), now)
    codes, detail = {"words": words}, {"answer": objection.answer}
    entry = record(Verb.ANSWER_OBJECTION, objection, actor=actor, now=now, process=process, codes=codes, detail=detail)
    once.keep(objection.public_id, now)
    advance(process, actor=following(entry), now=now)
    return objection


def settle_by_new_set(process: Process, bundle: Bundle, *, actor: Actor, now: datetime) -> None:
    """A set changed in its substance has been put forward: what was objected to counts no more, and those who objected
    are told. Called with the process locked."""
    objections = open_objections(bundle.line_id)
    for objection in objections:
        objection.overtake()
        objection.settled_at = now
    if not objections:
        return
    Objection.objects.bulk_update(objections, ["state", "settled_at"], batch_size=200)
    outbox.enqueue(settlement_letters(objections, process, now, not_before=bundle.questions_leave_at), now)
    codes = {"bundle": bundle.sha256, "objections": [objection.public_id for objection in objections]}
    record(Verb.OVERTAKE_OBJECTIONS, bundle, actor=actor, now=now, process=process, codes=codes)


def carry_on(objections: Sequence[Objection], now: datetime) -> None:
    """The set that took the place of what was objected to has been taken back: the objections wait as before, and
    nobody is told otherwise. Called with the process locked."""
    for objection in objections:
        objection.carry_on()
        objection.settled_at = None
    Objection.objects.bulk_update(objections, ["state", "settled_at"], batch_size=200)
    subjects = [objection.request.public_id for objection in objections]
    outbox.withdraw(subjects, kinds=[OBJECTION_SETTLED], reason="set_taken_back", now=now)
