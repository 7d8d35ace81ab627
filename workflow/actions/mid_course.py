"""Stages done outside the system, told of when a process is started. Joins the transaction of `start_process`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from workflow.actions.bundles import BundleEntry, lock_set
from workflow.actions.documents import add_version, create_document
from workflow.actions.files import take_in
from workflow.actions.putting_forward import put_forward_on_completion
from workflow.actors import Actor
from workflow.audit import following, record
from workflow.dates import in_language
from workflow.deadlines import instant
from workflow.definitions import BundleUse, Definition, descendants
from workflow.models import AuditEntry, Bundle, DoneElsewhere, DoneElsewhereFile, Process, Stage, by
from workflow.queries.documents import current_bundle
from workflow.queries.processes import live_stages
from workflow.rules.mid_course import EarlierStage, TextOfStage, left_out_before, stage_of_text
from workflow.states import StageKindName, Verb


def tell_of_earlier_stages(
    process: Process, content: Definition, earlier: Sequence[EarlierStage], *, actor: Actor, now: datetime
) -> None:
    """Complete the stages that were done elsewhere, each with day, reason and files, and put forward the text that came
    out of them as the first set of its line. Nothing opens and nobody is asked by it: the deed moves the process on.

    The rule has been asked. An optional stage before one of them that was not done counts as left out.
    """
    if not earlier:
        return
    stages = {stage.key: stage for stage in live_stages(process)}
    done = {one.key: one for one in earlier}
    ordered = [done[spec.key] for spec in content.stages if spec.key in done]
    for one in ordered:
        stage = stages[one.key]
        entry = _complete_elsewhere(stage, one, actor, now)
        if one.texts:
            _begin_text(stage, one.texts, entry, actor, now)
    for key in left_out_before(content, done):
        _leave_out(stages[key], actor, now)
    for one in ordered:
        _keep_bundle(stages[one.key], content, list(done))


def _complete_elsewhere(stage: Stage, one: EarlierStage, actor: Actor, now: datetime) -> AuditEntry:
    process = stage.process
    stage.complete_elsewhere()
    stage.done_on = one.on
    # Only the day is known; of today no later than now.
    stage.closed_at = min(instant(one.on, time(12), ZoneInfo(process.time_zone)), now)
    stage.save(update_fields=["state", "done_on", "closed_at"])
    told = DoneElsewhere.objects.create(stage=stage, reason=one.reason.strip(), recorded_at=now, **by(actor))
    files = [take_in(process.office, file, now=now) for file in one.files]
    DoneElsewhereFile.objects.bulk_create(
        DoneElsewhereFile(told=told, file=file, position=position) for position, file in enumerate(files, start=1)
    )
    codes = {
        "stage": stage.key,
        "attempt": stage.attempt,
        "done_on": one.on,
        "files": [file.sha256 for file in files],
    }
    detail = {"reason": told.reason}
    return record(Verb.TELL_OF_STAGE, stage, actor=actor, now=now, process=process, codes=codes, detail=detail)


def _begin_text(stage: Stage, texts: Sequence[TextOfStage], entry: AuditEntry, actor: Actor, now: datetime) -> None:
    """The text of a stage as documents, locked and put forward as the first set of its line."""
    process = stage.process
    entries = []
    for text in texts:
        document = create_document(process, title=text.title, line=stage.line, slug=text.slug, actor=actor, now=now)
        version = add_version(
            document,
            sections=text.sections,
            markdown=text.markdown,
            file=text.file,
            pictures=text.pictures,
            actor=actor,
            now=now,
        )
        entries.append(BundleEntry(version, text.role, text.needs_approval))
    with in_language(process.language):
        note = _("As it came out of a stage that was done outside the system.")
    bundle = lock_set(process, entries, note=note, actor=actor, now=now)
    put_forward_on_completion(stage, following(entry), now)
    # A stage rests on it from the beginning, so that it is never taken back: its questions have nothing to wait for.
    Bundle.objects.filter(pk=bundle.pk).update(questions_leave_at=now)


def _leave_out(stage: Stage, actor: Actor, now: datetime) -> None:
    stage.skip()
    stage.closed_at = now
    stage.save(update_fields=["state", "closed_at"])
    with in_language(stage.process.language):
        detail = {"reason": _("It was not held; the stages behind it were done outside the system.")}
    codes = {"stage": stage.key, "attempt": stage.attempt}
    record(Verb.SKIP_STAGE, stage, actor=actor, now=now, process=stage.process, codes=codes, detail=detail)


def _keep_bundle(stage: Stage, content: Definition, done: Sequence[str]) -> None:
    """The set that a stage was about, where it is known here: that of the last stage that made one, and of all behind
    it. What an earlier stage was about lies among its files."""
    spec = content.stage(stage.key)
    is_about_text = spec.bundle is not BundleUse.NONE or spec.kind is StageKindName.MILESTONE
    maker = stage_of_text(content, spec.text, done)
    if not is_about_text or maker is None or stage.key not in (maker, *descendants(content, maker)):
        return
    stage.bundle = current_bundle(stage.line_id)
    stage.save(update_fields=["bundle"])
