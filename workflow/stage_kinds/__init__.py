"""What each kind of stage does and shows: one declaration for each, registered in the `apps.py` of its floor.

The engine comes in to open, leave and re-date; pages come in for duties, words and where work is done.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import TextChoices

from workflow.actors import Actor
from workflow.deadlines import Pause
from workflow.models import Deadline, Office, Process, SettledMatter, Stage
from workflow.queries.matters import OpenMatter
from workflow.reports.package.chapters import Chapter, Contents
from workflow.stage_kinds.pages import Duty, LinkTarget, MatterView, RecordName, Way
from workflow.states import Matter, StageState, Verb


def _nothing(_subject: object, _actor: Actor, _now: datetime) -> None:
    """Most kinds have nothing to do."""


def _nothing_after(_stage: Stage, _pause: Pause, _actor: Actor, _now: datetime) -> None:
    """Where nobody is asked, a resumption changes nothing."""


def _none(_stage: Stage) -> list[str]:
    return []


@dataclass(frozen=True, slots=True)
class StageKind:
    """What belongs to a kind of stage.

    What it does of its own accord, always in the deed's transaction with the process locked:

    on_open      when a stage of the kind has opened; its deadline is already resolved
    on_complete  when a stage of the kind has been completed, before the process moves on
    on_leave     when a stage that has begun is about to be sent back or left out: withdraw what is live under it
    on_redo      when the matter has been sent back to this very stage, before its new attempt opens: what was settled
                 in it is no longer
    on_deadline  when a deadline of the stage, once begun, has got its day or another: rewrite the copies of its instant
    on_resume    when the process has been taken up again with the stage under way, after its deadlines got their days:
                 rewrite their copies, plan reminders anew, tell once whoever is asked

    What it shows; a function that several kinds share is asked once:

    told_on_resume  the names of those whom `on_resume` would tell, for the page that asks before
    said_on_new_set what a set of documents put forward leaves as it is in such a stage, in sentences
    said_on_leave   what is taken back when such a stage is left before its end, in sentences with numbers
    path_notes      what stands beside stages of the kind on the path, by their row ids; those given are completed
    page            the address where the work of a stage is done; None where it has none of its own
    duties          what waits for the officers of these offices
    matters         what has happened in these processes and an officer must look at, and how each is shown
    not_begun       the keys of open stages of the process whose work nobody outside has been asked for yet
    link            where personal links of the kind lead
    chapters        what such stages lay into a package for an authority, in the language spoken then
    verbs           what the record says was done in it, beside `Verb`
    verb_tones      those of them that stand out on a timeline → tone as the timeline component has it
    record_names    table → how the record calls its rows
    """

    name: str
    on_open: Callable[[Stage, Actor, datetime], None] = _nothing
    on_complete: Callable[[Stage, Actor, datetime], None] = _nothing
    on_leave: Callable[[Stage, Actor, datetime], None] = _nothing
    on_redo: Callable[[Stage, Actor, datetime], None] = _nothing
    on_deadline: Callable[[Deadline, Actor, datetime], None] = _nothing
    on_resume: Callable[[Stage, Pause, Actor, datetime], None] = _nothing_after
    told_on_resume: Callable[[Stage], Sequence[str]] = _none
    said_on_new_set: Callable[[Stage], list[str]] = _none
    said_on_leave: Callable[[Stage], list[str]] = _none
    path_notes: Callable[[Sequence[Stage]], Mapping[int, str]] | None = None
    page: Callable[[Stage], str | None] | None = None
    duties: Callable[[Sequence[Office], datetime], list[Duty]] | None = None
    matters: Callable[[Collection[Process], datetime], list[OpenMatter]] | None = None
    matter_views: Mapping[Matter, MatterView] = field(default_factory=dict, hash=False)
    not_begun: Callable[[Process], Collection[str]] | None = None
    link: LinkTarget | None = None
    chapters: Callable[[Contents], list[Chapter]] | None = None
    verbs: type[TextChoices] = Verb
    verb_tones: Mapping[str, str] = field(default_factory=dict, hash=False)
    record_names: Mapping[str, RecordName] = field(default_factory=dict, hash=False)


_kinds: dict[str, StageKind] = {}


def register(kind: StageKind) -> None:
    """Take a kind in; the same one twice is harmless, another of the same name is refused."""
    if _kinds.setdefault(kind.name, kind) != kind:
        raise ValueError(f"The stage kind {kind.name} is already registered.")


def stage_kind(name: str) -> StageKind:
    """The kind by its name; one that does nothing when nobody registered it."""
    return _kinds.get(name) or StageKind(name)


Ways = Callable[[Stage, Actor, datetime], list[Way]]

_ways: dict[str, list[Ways]] = {}


def register_ways(kind: str, ways: Ways) -> None:
    """Take in what may be begun from stages of this kind, by a floor above; the same once more is harmless."""
    if ways not in _ways.setdefault(kind, []):
        _ways[kind].append(ways)


def ways_from(stage: Stage, *, actor: Actor, now: datetime) -> list[Way]:
    """What an officer may begin from a stage besides completing it or sending it back."""
    return [way for ways in _ways.get(stage.kind, ()) for way in ways(stage, actor, now)]


def page_of_stage(stage: Stage) -> str | None:
    """The address of the page where the work of this stage is done, when its kind has one; None for a stage done
    outside the system, in which there is none here."""
    if stage.done_on is not None:
        return None
    page = stage_kind(stage.kind).page
    return page(stage) if page else None


def duties_of_kinds(offices: Sequence[Office], now: datetime) -> list[Duty]:
    """What the stages of every kind ask of the officers of these offices."""
    sources = dict.fromkeys(kind.duties for kind in _kinds.values() if kind.duties)
    return [duty for source in sources for duty in source(offices, now)]


def open_matters(
    processes: Collection[Process], now: datetime, *, before: SettledMatter | None = None
) -> list[OpenMatter]:
    """What waits in these processes and has not been dealt with, kind by kind. A constant number of queries. Whoever
    asks leaves out the processes that have ended: nothing waits in them.

    before: as it was before this one was dealt with.
    """
    if not processes:
        return []
    settled = set(SettledMatter.objects.filter(process__in=processes).values_list("subject_id", "matter", "occasion"))
    if before is not None:
        settled.discard((before.subject_id, before.matter, before.occasion))
    sources = dict.fromkeys(kind.matters for kind in _kinds.values() if kind.matters)
    waiting = [matter for source in sources for matter in source(processes, now)]
    return [each for each in waiting if (each.subject_id, each.matter, each.occasion) not in settled]


def matter_view(matter: Matter) -> MatterView:
    """How a kind of matter is shown. Raises KeyError for one that no kind of stage knows."""
    return matter_views()[matter]


def matter_views() -> dict[Matter, MatterView]:
    """Every kind of matter with how it is shown."""
    return {matter: view for kind in _kinds.values() for matter, view in kind.matter_views.items()}


def stages_not_begun(process: Process) -> set[str]:
    """The keys of open stages that only the office works in as yet."""
    sources = dict.fromkeys(kind.not_begun for kind in _kinds.values() if kind.not_begun)
    return {key for source in sources for key in source(process)}


def chapters_of_kinds(contents: Contents) -> list[Chapter]:
    """What the stages of every kind lay into a package."""
    sources = dict.fromkeys(kind.chapters for kind in _kinds.values() if kind.chapters)
    return [chapter for source in sources for chapter in source(contents)]


def path_notes(stages: Sequence[Stage]) -> dict[int, str]:
    """What stands beside stages of a process on its path, by their row ids: what came of them after they were
    completed."""
    notes: dict[int, str] = {}
    for kind in _kinds.values():
        of_kind = [stage for stage in stages if stage.kind == kind.name and stage.state == StageState.COMPLETED]
        if kind.path_notes and of_kind:
            notes.update(kind.path_notes(of_kind))
    return notes


def link_target(purpose: str) -> LinkTarget:
    """Where links of this purpose lead. Raises LookupError for a purpose no kind of stage answers for."""
    for kind in _kinds.values():
        if kind.link and kind.link.purpose == purpose:
            return kind.link
    raise LookupError(purpose)


def words_of_verb(verb: str) -> str:
    """What an entry of the record says was done, before its own names are filled in."""
    known = next((kind.verbs(verb) for kind in _kinds.values() if verb in kind.verbs.values), None)
    return str(known.label) if known else verb


def tone_of_verb(verb: str) -> str:
    """How an entry of a kind of stage stands out on a timeline; most do not."""
    return next((kind.verb_tones[verb] for kind in _kinds.values() if verb in kind.verb_tones), "neutral")


def record_names() -> dict[str, RecordName]:
    """Table → how the record calls its rows, as far as they belong to a kind of stage."""
    return {table: name for kind in _kinds.values() for table, name in kind.record_names.items()}
