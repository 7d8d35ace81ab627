"""What the deeds towards those outside would do: a question or a submission sent once more, an answer recorded, a day
moved. Each is found by a rehearsal of that very deed; what only the form will hold stands open in the words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from workflow.actions.approvals import add_party, ask_again
from workflow.actions.deadlines import extend_deadline, move_statutory_deadline
from workflow.actions.milestones import record_milestone
from workflow.actions.processes import set_parameter
from workflow.actions.rehearsal import stand_in_days
from workflow.actions.submissions import acknowledge, record_ruling, send_submission
from workflow.dates import local_day, weekday_date
from workflow.definitions import Parameter
from workflow.models import ApprovalRequest, Body, Deadline, ExternalRequest, Package, Process, Stage
from workflow.states import Ruling, StageState
from workflow.views.access import Visit
from workflow.views.consequences import (
    STAND_IN_WORDS,
    Consequences,
    afresh,
    consequences_of,
    waits_on,
    with_more,
)


def readdressing_of(name: str) -> Consequences:
    """What sending a question or a submission to the address that is typed does."""
    return Consequences(
        happens=(_("The link sent before stops working at once."),),
        mails=(_("%(name)s gets one mail with a new link, at the address you write.") % {"name": name},),
        public=(_("Nothing new becomes public."),),
        undo=(_("No. The old link does not come back; another can be sent."),),
    )


def asking_again_of(request: Visit, asked: ApprovalRequest) -> Consequences:
    """What asking a body anew does."""
    process = asked.stage.process
    coming = local_day(request.now, process.time_zone) + timedelta(days=60)
    deed = partial(ask_again, afresh(asked), reason=STAND_IN_WORDS, reply_by=coming if is_done(asked.stage) else None)
    told = consequences_of(request, process, deed)
    if told.is_refused:
        return told
    words = [_("The earlier decision stands until the body has made a new one.")]
    if is_done(asked.stage):
        words += [_("The stage stays completed."), _("Nobody is reminded: call the body if it does not answer.")]
    return with_more(told, happens=words)


def is_done(stage: Stage) -> bool:
    """Whether a body is asked in a stage that the others have completed."""
    return stage.state == StageState.COMPLETED


def adding_of(request: Visit, stage: Stage, chosen: Mapping[str, Any]) -> Consequences:
    """What taking a body in as a party does; told of any body until one is `chosen`, as the form has it."""
    waits = (
        _("The stage stays completed. Nobody is reminded: call the body if it does not answer.")
        if is_done(stage)
        else _("The stage then waits for this body as well.")
    )
    if not chosen:
        return Consequences(
            happens=(_("The body is put on the list of parties and asked to join the text in force."), waits),
            mails=(_("The body gets one mail with a link of its own, at the address under Contacts."),),
            public=(_("Nothing new becomes public."),),
            undo=(_("No. A body that is asked stays on the list; if it declines, it stands outside the agreement."),),
        )
    row = afresh(stage, "process__office", "process__definition")
    told = consequences_of(
        request,
        stage.process,
        partial(add_party, row, **chosen),
        undo=_("No. A body that is asked stays on the list; if it declines, it stands outside the agreement."),
    )
    if told.is_refused:
        return told
    named = _("%(body)s is put on the list of parties and asked to join the text in force, by %(day)s.")
    words = {"body": chosen["body"].name, "day": weekday_date(chosen["reply_by"])}
    return replace(told, happens=(named % words, waits, *told.happens))


def deadline_moving_of(request: Visit, deadline: Deadline, chosen: date | None, clock: time | None) -> Consequences:
    """What moving a deadline to a day does; told for two weeks later as long as none is chosen."""
    row = _deadline(deadline)
    move = partial(move_statutory_deadline, source=STAND_IN_WORDS) if row.is_statutory else extend_deadline
    told = consequences_of(
        request,
        deadline.process,
        partial(move, row, new_on=chosen or row.on + timedelta(days=14), new_clock=clock, reason=STAND_IN_WORDS),
        undo=_("The deadline can be moved once more, but not back."),
    )
    if told.mails:
        told = replace(told, undo=(*told.undo, _("A mail that has left cannot be called back.")))
    title = _("If it is moved to: %(day)s") % {"day": weekday_date(chosen or deadline.on + timedelta(days=14))}
    return replace(told, title=title)


def clock_turning_of(request: Visit, deadline: Deadline, turn: Callable[..., object]) -> Consequences:
    """What stopping an authority's clock, or letting it run again, does."""
    return consequences_of(request, deadline.process, partial(turn, _deadline(deadline), reason=STAND_IN_WORDS))


def fact_giving_of(request: Visit, process: Process, parameter: Parameter) -> Consequences:
    """What giving a fact does; a day is told for sixty days from now."""
    examples = {"date": local_day(request.now, process.time_zone) + timedelta(days=60), "integer": 60}
    row = afresh(process, "office", "definition")
    deed = partial(set_parameter, row, parameter.key, examples.get(parameter.type, "–"))
    return consequences_of(request, process, deed, undo=_("No, it can be given once only."))


def receipt_of(request: Visit, sent: ExternalRequest) -> Consequences:
    """What recording the authority's receipt does."""
    return consequences_of(
        request,
        sent.stage.process,
        partial(acknowledge, afresh(sent), received_at=request.now),
        actor=request.actor.acting_for(sent.body.name),
    )


def rulings_of(request: Visit, sent: ExternalRequest) -> list[Consequences]:
    """What recording the authority's ruling does, when it approves and when it objects."""
    process, rulings = sent.stage.process, []
    ruled_on = local_day(request.now, process.time_zone)
    for ruling in (Ruling.APPROVED, Ruling.OBJECTED):
        deed = partial(record_ruling, afresh(sent), outcome=ruling, ruled_on=ruled_on, text=STAND_IN_WORDS)
        told = consequences_of(request, process, deed, actor=request.actor.acting_for(sent.body.name))
        rulings.append(replace(told, title=_("If it is: %(change)s") % {"change": ruling.label}))
    return rulings


def package_sending_of(request: Visit, package: Package) -> Consequences:
    """What sending a package does."""
    return consequences_of(
        request,
        package.stage.process,
        partial(send_submission, afresh(package.stage, "process__office"), afresh(package), reason=STAND_IN_WORDS),
        undo=_("No. What is sent cannot be called back; what is missing follows as a supplement."),
    )


def milestone_recordings_of(request: Visit, stage: Stage, missing: Sequence[Body | None]) -> list[Consequences]:
    """What recording the day does: as long as others are missing, and with the last. None: the whole agreement."""
    day = local_day(request.now, stage.process.time_zone)

    def told(body: Body | None, *, others: Sequence[Body | None]) -> Consequences:
        row = afresh(stage, "process__office", "process__definition")

        def give(**by: Any) -> None:
            stand_in_days(row, others, day, request.now)
            record_milestone(row, happened_on=day, body=body, **by)

        actor = request.actor.acting_for(body.name) if body else None
        return consequences_of(request, stage.process, give, undo=_("No, a recorded day stands."), actor=actor)

    last = told(missing[-1], others=missing[:-1])
    if not last.happens:
        last = with_more(last, happens=[waits_on()])
    if len(missing) == 1:
        return [last]
    first = with_more(told(missing[0], others=()), happens=[_("The stage waits for those who are missing still.")])
    return [
        replace(first, title=_("As long as somebody is missing")),
        replace(last, title=_("With the last one recorded"), is_folded=True),
    ]


def _deadline(deadline: Deadline) -> Deadline:
    return afresh(deadline, "process__office", "stage")
