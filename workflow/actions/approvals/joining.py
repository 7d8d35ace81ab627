"""Taking a body in as a party of a sub-agreement, and giving a single body a day of its own to answer by."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from notifications import outbox
from workflow.actions.approvals.requests import ask, codes_of
from workflow.actions.deadlines import set_deadline
from workflow.actions.locking import lock_process, process_of, stage_in
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actions.timetable import move_deadline_row
from workflow.actors import Actor
from workflow.audit import record
from workflow.dates import in_language, local_day
from workflow.deadlines import Resolved, instant, moving_warnings
from workflow.definitions import RuleKind, StageSpec
from workflow.definitions.deadline_rules import DEFAULT_CLOCK
from workflow.mails.bodies import REQUEST, question_letters
from workflow.mails.letters import address_of
from workflow.models import ApprovalRequest, Body, Deadline, ProcessBody, Stage
from workflow.queries.approvals import asked_name
from workflow.queries.bodies import contact_of
from workflow.queries.documents import bundle_of, newest_of_text
from workflow.queries.joining import kinds_of_parties, replaced_by
from workflow.queries.processes import bodies_of, stage_deadline, stage_spec
from workflow.rules import insist
from workflow.rules.bodies import must_be_there
from workflow.rules.deadlines import may_ask_by, must_name_day
from workflow.rules.joining import may_add_parties, may_add_party, must_have_text, must_not_be_replaced
from workflow.states import Channel, DeadlineKind, Level, StageState, Verb


@transaction.atomic
def add_party(
    stage: Stage,
    body: Body,
    *,
    reply_by: date,
    level: str = Level.COUNCIL,
    reason: str = "",
    actor: Actor,
    now: datetime,
    key: str = "",
) -> ApprovalRequest:
    """Take a body in as a party of a sub-agreement and ask it to join, by its own link, as long as the process lives.

    It is asked about the text in force: while the stage is under way about the set that counts, afterwards about the
    set it was completed on, or the newest that differs from that only editorially. reply_by: local day of the process,
    at the clock time of the stage's deadline. A stage under way waits for the body as for the others; one that is done
    stays so, and then nobody is reminded.

    Refuses everybody but an officer, a suspended or ended process, a stage in which nobody joins or that has not begun,
    an agreement that has been replaced, a body that is a party already, does not exist today (naming its successor), is
    of another kind or has no address that works, a day that has passed, and without a reason one that is unfortunate. A
    repeated `key` gives the question put first.
    """
    process = lock_process(process_of(stage))
    once = Once(f"add_party:{stage.public_id}", key, (body, reply_by, level, reason))
    if earlier := once.made:
        return ApprovalRequest.objects.get(public_id=earlier)
    insist_officer(actor, process.office, now)
    stage = stage_in(process, stage)
    spec = stage_spec(stage)
    insist(may_add_parties(stage, spec, replaced_by(stage)))
    _insist_may_join(stage, spec, body, now)
    bundle = newest_of_text(stage.bundle) if stage.bundle else bundle_of(stage)
    insist(must_have_text(bundle))
    at = reply_day(stage, reply_by, reason, now)
    places = ProcessBody.objects.filter(process=process, name=asked_name(spec))
    last = places.aggregate(last=Max("position"))["last"] or 0
    ProcessBody.objects.create(process=process, body=body, name=asked_name(spec), level=level, position=last + 1)
    [request] = ask(stage, {body: level}, bundle, now, reply_by_at=at)
    give_day(request, reply_by, reason, actor, now)
    outbox.enqueue(question_letters(REQUEST, [request], process), now)
    codes = {**codes_of(stage, bundle), "body": body.key, "level": level, "reply_by": at}
    detail = {"reason": reason.strip()} if reason.strip() else {}
    record(Verb.ADD_PARTY, request, actor=actor, now=now, process=process, codes=codes, detail=detail)
    once.keep(request.public_id, now)
    return request


def _insist_may_join(stage: Stage, spec: StageSpec, body: Body, now: datetime) -> None:
    process = stage.process
    parties = bodies_of(process, asked_name(spec))
    address = address_of(contact_of(process.office, body), body)
    refusal = may_add_party(
        body,
        kinds=kinds_of_parties(stage, parties),
        is_party=body in parties,
        has_address=address.channel != Channel.EMAIL or bool(address.email and address.bounced_at is None),
        today=local_day(now, process.time_zone),
    )
    insist(refusal)


def ask_late(request: ApprovalRequest, reply_by: date | None, reason: str, actor: Actor, now: datetime) -> None:
    """Give a question to a body outside a sub-agreement whose stage is done a day of its own; written by the deed that
    asks. Refuses what `ask_again` says of such a body."""
    insist(
        must_not_be_replaced(replaced_by(request.stage))
        or must_be_there(request.body, local_day(now, request.stage.process.time_zone))
        or must_name_day(reply_by)
    )
    assert reply_by is not None
    request.reply_by_at = reply_day(request.stage, reply_by, reason, now)
    give_day(request, reply_by, reason, actor, now)


def reply_day(stage: Stage, on: date, reason: str, now: datetime) -> datetime:
    """The instant (UTC) at which a day given to a single body of a stage runs out. Refuses one that has passed, and
    without a reason one that is unfortunate and not that of all."""
    zone = ZoneInfo(stage.process.time_zone)
    deadline = stage_deadline(stage)
    clock = deadline.clock if deadline else DEFAULT_CLOCK
    at = instant(on, clock, zone)
    is_of_all = deadline is not None and deadline.at == at
    insist(may_ask_by(at, [] if is_of_all else moving_warnings(on, clock, zone=zone), reason, now))
    return at


def give_day(request: ApprovalRequest, on: date, reason: str, actor: Actor, now: datetime) -> None:
    """Write the day by which a single body is asked to answer, or give it another. Not where it is that of a stage
    under way, with which it then moves."""
    stage = request.stage
    process, deadline = stage.process, stage_deadline(stage)
    clock = deadline.clock if deadline else DEFAULT_CLOCK
    own = Deadline.objects.filter(subject_id=request.public_id, kind=DeadlineKind.REPLY).first()
    if own is not None:
        move_deadline_row(own, on=on, clock=clock, reason=reason, actor=actor, now=now)
    elif stage.state == StageState.COMPLETED or deadline is None or deadline.at != request.reply_by_at:
        with in_language(process.language):
            source = _("Given to the body when it was asked")
        resolved = Resolved(on, clock, source, RuleKind.FIXED)
        set_deadline(
            process,
            stage=stage,
            subject_id=request.public_id,
            kind=DeadlineKind.REPLY,
            resolved=resolved,
            outlasts_stage=True,
            now=now,
        )
