"""What the deeds of a process would do, each found by a rehearsal of that very deed; and what one has done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.models import OutgoingMail
from notifications.states import MailState
from workflow.actions.processes import abandon_process, resume_process, suspend_process
from workflow.actions.rehearsal import Rehearsal, rehearse_start, stand_in_file
from workflow.actions.stages import complete_stage, return_stage, skip_stage
from workflow.actions.starting import start_process
from workflow.dates import clock_time, local_day, weekday_date
from workflow.definitions import BundleUse, Definition
from workflow.forms.mid_course import StartInMidCourseForm
from workflow.forms.processes import StartProcessForm
from workflow.models import (
    Decision,
    Office,
    Process,
    ProcessDefinition,
    Stage,
)
from workflow.queries.documents import waits_to_be_put_forward
from workflow.queries.processes import live_stages, read_definition, stage_spec
from workflow.queries.publication import live_items, subjects_of
from workflow.rules.mid_course import with_stand_ins
from workflow.rules.suspension import DayAfterPause
from workflow.states import DeadlineKind, DecisionState, Outcome, PublicThing
from workflow.views.access import Visit, by_whom
from workflow.views.consequences import (
    STAND_IN_WORDS,
    Consequences,
    afresh,
    consequences_of,
    rehearsal_of,
    stays_public,
    told_of,
    waits_on,
    with_more,
)
from workflow.views.taking_back import undo_of_putting_forward, waits_to_leave


def starting_of(request: Visit, definition: ProcessDefinition, form: StartProcessForm) -> Consequences:
    """What starting a process would do: with what the form holds, or with examples until it has been sent."""
    content, today = read_definition(definition), local_day(request.now, definition.office.time_zone)
    is_sent = form.is_bound and form.is_valid()
    facts = form.facts() if is_sent else _example_of_start(content, form, today)
    office = Office.objects.get(pk=definition.office_id)
    earlier = facts.pop("done_elsewhere", ())

    def start() -> Process:
        told = with_stand_ins(earlier, stand_in_file(office, request.now)) if earlier else ()
        return start_process(office, definition, **facts, done_elsewhere=told, **by_whom(request))

    rehearsal = rehearse_start(start, request.now)
    titles = [str(content.stage(one.key).title) for one in earlier if one.key in content.by_key]
    rehearsal = replace(rehearsal, completed=tuple(one for one in rehearsal.completed if one not in titles))
    # Of days nobody has given yet nothing is told: they were made up to try it.
    undated = () if is_sent else rehearsal.due
    rehearsal = replace(rehearsal, due=rehearsal.due if is_sent else ())
    is_public = bool(facts["is_public"])
    undo = _("A process cannot be deleted; it can be given up, and what was done stays in the record.")
    told = told_of(rehearsal, Process(is_public=is_public), undo=undo)
    if told.is_refused:
        return told
    public = (
        _("Everyone can read the title and the stages on its public page at once. No document is published by it.")
        if is_public
        else _("Nothing becomes public: the process has no public page.")
    )
    before = _told_elsewhere(titles, has_text=any(one.texts for one in earlier))
    at_once = [_("The mails leave at once and cannot be called back.")] if told.count else []
    words = _("%(stage)s: the deadline follows from the days that are given in the form.")
    days = [words % {"stage": title} for title, _at, _zone in undated]
    return replace(told, happens=(*before, *told.happens, *days, *at_once), public=(public,))


def _example_of_start(content: Definition, form: StartProcessForm, today: date) -> dict[str, Any]:
    examples = {"date": today + timedelta(days=400), "integer": 60}
    needed = {key: one for key, one in content.parameters.items() if one.required}
    parameters = {key: examples.get(one.type, "–") for key, one in needed.items()}
    facts: dict[str, Any] = {"title": "–", "is_public": True, "parameters": parameters}
    if isinstance(form, StartInMidCourseForm):
        facts["done_elsewhere"] = form.examples(today)
    return facts


def _told_elsewhere(titles: Sequence[str], *, has_text: bool) -> list[str]:
    if not titles:
        return []
    words = [_("Completed at once, as done outside the system: %(stages)s.") % {"stages": ", ".join(titles)}]
    if has_text:
        words.append(_("The text is locked and put forward as version 1: the stages ahead are about it."))
    return words


def completion_of(request: Visit, stage: Stage) -> Consequences:
    """What completing a stage by hand would do."""
    puts_forward = stage_spec(stage).bundle is BundleUse.LOCKS and waits_to_be_put_forward(stage.line_id) is not None
    waits = puts_forward and stage.process.office.minutes_to_take_back
    undo = undo_of_putting_forward(stage.process.office, is_completed=True) if puts_forward else ""
    told = consequences_of(request, stage.process, partial(complete_stage, _afresh(stage)), undo=undo)
    return with_more(told, happens=[waits_to_leave(stage.process.office)]) if waits and told.count else told


def skipping_of(request: Visit, stage: Stage) -> Consequences:
    """What leaving a stage out would do."""
    return consequences_of(request, stage.process, partial(skip_stage, _afresh(stage), reason=STAND_IN_WORDS))


def opening_of(request: Visit, stage: Stage, gate_key: str, action: Callable[..., object]) -> Consequences:
    """What going on despite a gate, or confirming one (`action`), would do."""
    deed = partial(action, _afresh(stage), gate_key, reason=STAND_IN_WORDS)
    rehearsal = rehearsal_of(request, stage.process, deed)
    told = told_of(rehearsal, stage.process)
    if rehearsal.refusal or rehearsal.completed or rehearsal.opened:
        return told
    return with_more(told, happens=[waits_on()])


def returns_of(request: Visit, stage: Stage, choices: Sequence[tuple[str, str]]) -> list[Consequences]:
    """What sending back would do, for each stage it can go back to; the one that is chosen beforehand stands open."""
    usual = stage_spec(stage).on_return or choices[0][0] if choices else ""
    returns = []
    for key, title in choices:
        deed = partial(return_stage, _afresh(stage), to=key, reason=STAND_IN_WORDS)
        told = consequences_of(request, stage.process, deed)
        returns.append(replace(told, title=_("Back to: %(stage)s") % {"stage": title}, is_folded=key != usual))
    return returns


def suspension_of(request: Visit, process: Process) -> Consequences:
    """What suspending a process would do."""
    told = consequences_of(
        request,
        process,
        partial(suspend_process, _process(process), reason=STAND_IN_WORDS),
        undo=_("The process can be resumed. You then see every new day and who is told before anything happens."),
    )
    if not process.is_public:
        return with_more(told, happens=_rests())
    public = _("The public page shows at once that the process is suspended, and since when.")
    return replace(told, happens=(*told.happens, *_rests()), public=(public,))


def _rests() -> list[str]:
    return [
        _("Nobody is asked or reminded, no round closes and no stage completes until the process is resumed."),
        _("The parties of a consultation cannot be written to, and bodies cannot be asked, while it rests."),
        _("What parties, bodies and authorities send is still received."),
        _("The days by which somebody is asked move by the length of the pause when the process is resumed."),
    ]


def resumption_of(
    request: Visit,
    process: Process,
    new_days: Mapping[UUID, date],
    rows: Sequence[DayAfterPause],
    names: Mapping[UUID, str],
) -> Consequences:
    """What resuming a process with these days would do, with what follows from decisions made in the pause, and the
    days that move along with those chosen. names: of the deadlines in `rows`."""
    deed = partial(resume_process, _process(process), new_days=new_days, reason=STAND_IN_WORDS)
    rehearsal = rehearsal_of(request, process, deed)
    told = told_of(rehearsal, process, undo=_undo_of_resuming(rehearsal))
    if told.is_refused:
        return told
    told = replace(
        told, happens=(*_follow(rehearsal, new_days, rows, names), *_decided_in_pause(process), *told.happens)
    )
    if not process.is_public:
        return told
    public = [_("The public page no longer shows the process as suspended.")]
    moved = [row.deadline for row in rows if row.deadline.public_id in rehearsal.days]
    rounds = subjects_of(live_items(process).filter(kind=PublicThing.ROUND))
    if any(deadline.kind == DeadlineKind.REPLY and deadline.subject_id in rounds for deadline in moved):
        public.append(_("A new common deadline of a consultation stands there at once."))
    return replace(told, public=tuple(public))


def _undo_of_resuming(rehearsal: Rehearsal) -> str:
    anew = _("The process can be suspended anew.")
    if rehearsal.days and rehearsal.mails:
        return _("The days that are moved stay moved, and the mails are sent.") + " " + anew
    if rehearsal.days:
        return _("The days that are moved stay moved.") + " " + anew
    return _("The mails are sent.") + " " + anew if rehearsal.mails else anew


def _follow(
    rehearsal: Rehearsal, new_days: Mapping[UUID, date], rows: Sequence[DayAfterPause], names: Mapping[UUID, str]
) -> list[str]:
    """The deadlines that get another day than the one chosen for them: a party's own never lies before the common
    one."""
    words = []
    for row in rows:
        deadline = row.deadline
        at = rehearsal.days.get(deadline.public_id)
        if at is not None and local_day(at, deadline.zone) != new_days.get(deadline.public_id, deadline.on):
            text = _("A deadline of its own that lies before the new common one moves along: %(deadline)s, to %(day)s.")
            words.append(text % {"deadline": names[deadline.public_id], "day": weekday_date(at, deadline.zone)})
    return words


def _decided_in_pause(process: Process) -> list[str]:
    """The decisions that were taken in while the process rested."""
    since = Decision.objects.filter(
        request__stage__process=process, recorded_at__gte=process.suspended_at, state=DecisionState.VALID
    )
    names = [f"{row.body.name} ({row.get_outcome_display()})" for row in since.select_related("body").order_by("id")]
    return [_("Decided in the pause, and takes effect now: %(names)s.") % {"names": ", ".join(names)}] if names else []


def abandonment_of(request: Visit, process: Process) -> Consequences:
    """What giving a process up would do."""
    told = consequences_of(
        request,
        process,
        partial(abandon_process, _process(process), reason=STAND_IN_WORDS),
        undo=_("A process that is given up cannot be taken up again. Everything in it is kept."),
    )
    told = with_more(told, happens=[_("The process ends and can only be read.")])
    if not process.is_public:
        return told
    public = _("The public page stays, and shows the process as given up, with the stages as far as they came.")
    return replace(told, public=(public, *stays_public(process)))


def done_words(done: str, process: Process, now: datetime) -> str:
    """What was done, and with numbers what followed from it at that very instant: mails, decisions, stages."""
    mails = OutgoingMail.objects.filter(
        process_id=process.public_id, queued_at=now, state__in=(MailState.QUEUED, MailState.CLAIMED, MailState.SENT)
    )
    fallen = Decision.objects.filter(request__stage__process=process, ended_at=now)
    fallen_count = fallen.exclude(outcome=Outcome.POSTPONED).count()
    opened = [str(stage_spec(row).title) for row in live_stages(process) if row.opened_at == now]
    words = [done]
    if fallen_count:
        text = ngettext("%(count)d decision no longer counts.", "%(count)d decisions no longer count.", fallen_count)
        words.append(text % {"count": fallen_count})
    if opened:
        words.append(_("Now under way: %(stages)s.") % {"stages": ", ".join(opened)})
    leave_at = mails.filter(not_before__gt=now).order_by("not_before").values_list("not_before", flat=True)
    waiting, leaving = len(leave_at), mails.count() - len(leave_at)
    if leaving or not waiting:
        text = ngettext("%(count)d mail is on its way.", "%(count)d mails are on their way.", leaving)
        words.append(text % {"count": leaving} if leaving else _("No mail was sent."))
    if waiting and leave_at[0]:
        text = ngettext(
            "%(count)d mail leaves at %(clock)s; until then the set can be taken back.",
            "%(count)d mails leave at %(clock)s; until then the set can be taken back.",
            waiting,
        )
        words.append(text % {"count": waiting, "clock": clock_time(leave_at[0], process.time_zone)})
    return " ".join(words)


def _afresh(stage: Stage) -> Stage:
    return afresh(stage, "process__office", "process__definition")


def _process(process: Process) -> Process:
    return afresh(process, "office", "definition")
