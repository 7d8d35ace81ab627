"""What the authority answers: its receipt, which starts its clock, and its ruling, of which all parties are told; and
what it asks, which waits on the office's desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from notifications import outbox
from workflow.actions.files import take_in
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer_or_body
from workflow.actions.stages import advance
from workflow.actions.submissions.sending import lock_external
from workflow.actors import Actor
from workflow.audit import following, record
from workflow.audit.proven import number_of, receipt_codes, ruling_codes, text_of
from workflow.audit.rows import salt_words
from workflow.mails.authorities import QUESTION_RECEIPT, RECEIPT_NOTICE, RULING_NOTICE, SUBMISSION, notice_letters
from workflow.mails.letters import letters_to
from workflow.models import (
    Body,
    Contact,
    ExternalQuestion,
    ExternalReceipt,
    ExternalRequest,
    ExternalRuling,
    Process,
    by,
)
from workflow.queries.bodies import primary_contacts
from workflow.queries.processes import stage_spec
from workflow.queries.submissions import (
    bodies_told_of_rulings,
)
from workflow.rules import insist
from workflow.rules.processes import may_take_in
from workflow.rules.submissions import may_acknowledge, may_ask, may_rule
from workflow.states import Verb

if TYPE_CHECKING:
    from workflow.rules.files import GivenFile


@transaction.atomic
def acknowledge(
    request: ExternalRequest,
    *,
    received_at: datetime,
    number: str = "",
    file: GivenFile | None = None,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> ExternalReceipt:
    """Record the authority's receipt, tell region, councils and committee, and start the clock that runs from it.

    received_at (UTC): when the authority says it received the package. number: its own. By the authority's link, or by
    an officer on its behalf with what it was had from (`file`). Refuses a time that has not come, one before the day it
    was sent, a second receipt, and a submission that was withdrawn.
    """
    process, request = lock_external(request)
    # By the link it is the moment of the press, which a second press does not share.
    once = Once(f"acknowledge:{request.public_id}", key, (None if received_at == now else received_at, number, file))
    if earlier := once.made:
        return ExternalReceipt.objects.get(public_id=earlier)
    insist(may_take_in(process))
    insist_officer_or_body(actor, process.office, now)
    insist(may_acknowledge(request, actor, now, received_at=received_at, zone=process.time_zone))
    file = take_in(process.office, file, now=now)
    receipt = ExternalReceipt(
        request=request, number=number.strip(), received_at=received_at, recorded_at=now, file=file, **by(actor)
    )
    words = salt_words(receipt, number_of(receipt))
    receipt.save(force_insert=True)
    request.acknowledge()
    terms = stage_spec(request.stage).external
    if terms is None or terms.awaits == "receipt":
        request.closed_at = now
    request.save(update_fields=["state", "closed_at"])
    codes = {**receipt_codes(receipt), "words": words}
    detail = {"number": receipt.number}
    entry = record(Verb.ACKNOWLEDGE, receipt, actor=actor, now=now, process=process, codes=codes, detail=detail)
    # The notices name the deadline for the ruling, which moving on sets.
    once.keep(receipt.public_id, now)
    advance(process, actor=following(entry), now=now)
    outbox.enqueue(notice_letters(RECEIPT_NOTICE, receipt, request, _contacts_told(process), process), now)
    return receipt


@transaction.atomic
def record_ruling(
    request: ExternalRequest,
    *,
    outcome: str,
    ruled_on: date,
    text: str = "",
    file: GivenFile | None = None,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> ExternalRuling:
    """Record what the authority ruled, on which local day, and tell region, councils and committee.

    Approved, the gate opens. Objected, the stage stays open: the secretariat sends the matter back, or records why it
    goes on. Refuses a day that has not come, a second ruling, and where only a receipt is asked for.
    """
    process, request = lock_external(request)
    once = Once(f"record_ruling:{request.public_id}", key, (outcome, ruled_on, text, file))
    if earlier := once.made:
        return ExternalRuling.objects.get(public_id=earlier)
    insist(may_take_in(process))
    insist_officer_or_body(actor, process.office, now)
    terms = stage_spec(request.stage).external
    awaits = terms.awaits if terms else ""
    insist(may_rule(request, actor, now, ruled_on=ruled_on, awaits=awaits, zone=process.time_zone))
    file = take_in(process.office, file, now=now)
    ruling = ExternalRuling(
        request=request, outcome=outcome, ruled_on=ruled_on, text=text, file=file, recorded_at=now, **by(actor)
    )
    words = salt_words(ruling, text_of(ruling))
    ruling.save(force_insert=True)
    request.rule()
    request.closed_at = now
    request.save(update_fields=["state", "closed_at"])
    outbox.withdraw([request.public_id], kinds=[SUBMISSION], reason="ruled", now=now)
    outbox.enqueue(notice_letters(RULING_NOTICE, ruling, request, _contacts_told(process), process), now)
    codes = {**ruling_codes(ruling), "words": words}
    detail = {"text": text}
    entry = record(Verb.RECORD_RULING, ruling, actor=actor, now=now, process=process, codes=codes, detail=detail)
    once.keep(ruling.public_id, now)
    advance(process, actor=following(entry), now=now)
    return ruling


@transaction.atomic
def ask_question(
    request: ExternalRequest, *, text: str, actor: Actor, now: datetime, key: str = ""
) -> ExternalQuestion:
    """Record a question of the authority, which waits on the desk until an officer has dealt with it; the authority
    gets a receipt with its words. No clock is stopped by it.

    Also while the process is suspended. Refuses an empty question, a submission withdrawn, and an ended process.
    """
    process, request = lock_external(request)
    once = Once(f"ask_question:{request.public_id}", key, (text,))
    if earlier := once.made:
        return ExternalQuestion.objects.get(public_id=earlier)
    insist(may_take_in(process) or may_ask(request, actor, text))
    insist_officer_or_body(actor, process.office, now)
    question = ExternalQuestion(request=request, text=text.strip(), asked_at=now, **by(actor))
    words = salt_words(question, text_of(question))
    question.save(force_insert=True)
    key, facts = str(question.public_id), {"question": question.text}
    outbox.enqueue(letters_to(QUESTION_RECEIPT, [request], process, key=key, facts=facts), now)
    codes, detail = {"words": words}, {"text": question.text}
    record(Verb.ASK_QUESTION, question, actor=actor, now=now, process=process, codes=codes, detail=detail)
    once.keep(question.public_id, now)
    return question


def _contacts_told(process: Process) -> Sequence[tuple[Body, Contact]]:
    bodies = bodies_told_of_rulings(process)
    contacts = primary_contacts(process.office, [body.pk for body in bodies])
    return [(body, contacts[body.pk]) for body in bodies if body.pk in contacts]
