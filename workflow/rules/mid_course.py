"""Starting in mid-course: which stages may be told of as done outside the system, and what must be told of each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from workflow.dates import YEARS, short_date
from workflow.definitions import BundleUse, Definition, StageSpec, ancestors
from workflow.rules.processes import REASON_LENGTH, must_give_reason
from workflow.rules.refusals import Refusal
from workflow.states import StageKindName

if TYPE_CHECKING:
    from workflow.readers import FoundPicture
    from workflow.rules.documents import SectionText
    from workflow.rules.files import GivenFile

OTHERS_SPOKE: Final = (
    StageKindName.REVIEW,
    StageKindName.CONSULTATION,
    StageKindName.APPROVAL,
    StageKindName.EXTERNAL,
)
"""The kinds of stage in which somebody else than the office answers or decides: what they wrote must be there."""


@dataclass(frozen=True, slots=True)
class TextOfStage:
    """A document that came out of a stage done outside the system: as a file, as sections or Markdown, or both.

    slug: what a file calls it that names documents; "" to make it from the title. pictures: those that stand in it.
    """

    title: str
    file: GivenFile | None = None
    sections: Sequence[SectionText] | None = None
    markdown: str = ""
    pictures: Sequence[FoundPicture] = ()
    slug: str = ""
    role: str = "agreement"
    needs_approval: bool = True


@dataclass(frozen=True, slots=True)
class EarlierStage:
    """A stage that was done outside the system before the process was started here.

    key: the stage. on: the local day on which it was over. reason: what was done, and why it is told of here. files:
    what shows it, such as minutes or answers. texts: the documents that came out of it.
    """

    key: str
    on: date
    reason: str
    files: Sequence[GivenFile] = ()
    texts: Sequence[TextOfStage] = ()


def may_begin_in_mid_course(definition: Definition, earlier: Sequence[EarlierStage], today: date) -> Refusal | None:
    """The stages told of make one beginning of the path, without a gap, each with a day in its order, a reason, what
    others wrote in it, and the text that the stages ahead need; none is told of where the process begins with its
    first stage. today: the local day."""
    if not earlier:
        return None
    keys = [one.key for one in earlier]
    for key in keys:
        if key not in definition.by_key:
            return Refusal("stage_unknown", _("The definition has no stage “%(key)s”.") % {"key": key})
    if len(set(keys)) < len(keys):
        return Refusal("stage_twice", _("A stage is told of twice. Tell of each once."))
    if len(keys) + len(left_out_before(definition, keys)) == len(definition.stages):
        return Refusal("nothing_left", _("Nothing is left to be done: at least one stage must lie ahead."))
    days = {one.key: one.on for one in earlier}
    for one in earlier:
        refusal = (
            _must_follow(definition, one, days)
            or _must_have_day(definition, one, days, today)
            or _must_be_shown(definition.stage(one.key), one)
        )
        if refusal:
            return refusal
    return _must_have_texts(definition, earlier)


def with_stand_ins(earlier: Sequence[EarlierStage], file: GivenFile) -> tuple[EarlierStage, ...]:
    """The same stages with one file standing for each of theirs: for a start that is rehearsed and takes none in."""
    return tuple(
        replace(
            one,
            files=tuple(file for _file in one.files),
            texts=tuple(replace(text, file=file if text.file else None) for text in one.texts),
        )
        for one in earlier
    )


def left_out_before(definition: Definition, done: Collection[str]) -> list[str]:
    """The optional stages that lie before one that was done and were not done themselves, in the order of the file."""
    before = {key for one in done for key in ancestors(definition, one)}
    return [spec.key for spec in definition.stages if spec.key in before and spec.key not in done and spec.optional]


def stage_of_text(definition: Definition, line: str, done: Collection[str]) -> str | None:
    """The stage whose text the process begins with: of those done that make a set of this line, the last. None where
    none does."""
    making = [
        spec.key
        for spec in definition.stages
        if spec.key in done and spec.text == line and spec.bundle is BundleUse.LOCKS
    ]
    return making[-1] if making else None


def needs_text(definition: Definition, line: str, done: Collection[str]) -> bool:
    """Whether a stage ahead judges, sends or rests on what the stages done have made of this line."""
    if stage_of_text(definition, line, done) is None:
        return False
    return any(
        spec.bundle is not BundleUse.NONE or spec.kind is StageKindName.MILESTONE
        for spec in definition.stages
        if spec.key not in done and spec.text == line
    )


def _must_follow(definition: Definition, one: EarlierStage, days: Collection[str]) -> Refusal | None:
    """What lies before a stage that is over is over too, unless it could be left out."""
    for key in ancestors(definition, one.key):
        before = definition.stage(key)
        if key not in days and not before.optional:
            words = {"stage": definition.stage(one.key).title, "before": before.title}
            text = _("“%(stage)s” comes after “%(before)s”, which is not told of as done. Tell of that one too.")
            return Refusal("stage_before_missing", text % words)
    return None


def _must_have_day(definition: Definition, one: EarlierStage, days: dict[str, date], today: date) -> Refusal | None:
    words = {"stage": definition.stage(one.key).title, "day": short_date(one.on)}
    if one.on.year not in YEARS:
        text = _("“%(stage)s”: write a day from the year %(first)d on.") % {**words, "first": YEARS.start}
        return Refusal("day_too_early", text)
    if one.on > today:
        text = _("“%(stage)s”: %(day)s has not come. A stage that is over has a day that is past, or today.")
        return Refusal("happened_in_future", text % words)
    for key in ancestors(definition, one.key):
        if key in days and days[key] > one.on:
            words |= {"before": definition.stage(key).title, "other": short_date(days[key])}
            text = _("“%(stage)s” (%(day)s) lies before “%(before)s” (%(other)s), which comes first. Correct a day.")
            return Refusal("days_out_of_order", text % words)
    return None


def _must_be_shown(spec: StageSpec, one: EarlierStage) -> Refusal | None:
    """Each with a reason; with the paper of those who answered or decided, where others than the office did."""
    if refusal := must_give_reason(one.reason, REASON_LENGTH):
        return Refusal(refusal.code, f"{spec.title}: {refusal.text}")
    if spec.kind in OTHERS_SPOKE and not one.files:
        text = _("“%(stage)s”: add the file that shows what was decided or answered, such as the minutes.")
        return Refusal("stage_not_shown", text % {"stage": spec.title})
    return None


def _must_have_texts(definition: Definition, earlier: Sequence[EarlierStage]) -> Refusal | None:
    """Of each line that stages ahead rest on, the text as it came out of the last stage that made it; nowhere else."""
    done = {one.key for one in earlier}
    for one in earlier:
        spec = definition.stage(one.key)
        is_its_place = stage_of_text(definition, spec.text, done) == one.key
        if one.texts and not is_its_place:
            text = _("“%(stage)s”: put its text among the files. The process begins with the text of a later stage.")
            return Refusal("text_not_its_last", text % {"stage": spec.title})
        if is_its_place and not one.texts and needs_text(definition, spec.text, done):
            text = _("“%(stage)s”: add the text that came out of it. The stages ahead are about that text.")
            return Refusal("stage_without_text", text % {"stage": spec.title})
    return None
