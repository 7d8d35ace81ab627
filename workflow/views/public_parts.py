"""How everyone sees what has been made public of a process, part by part: the public page shows so what is public, and
the page that asks before a press what would be."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from workflow.dates import deadline_words, short_date
from workflow.models import (
    BundleItem,
    Deadline,
    Decision,
    DecisionAddendum,
    ExternalRuling,
    MilestoneRecord,
    Process,
    PublishedItem,
    Stage,
)
from workflow.public_kinds import PublicKind, register, sets_sent_out
from workflow.queries.approvals import passed_undecided
from workflow.queries.documents import earlier_versions
from workflow.queries.overview import path_rows
from workflow.queries.processes import (
    deadline_title,
    definition_of,
    live_stages,
    reply_deadlines,
    ruled_deadlines,
    stage_spec,
)
from workflow.queries.publication import (
    date_candidates,
    decision_candidates,
    fact_candidates,
    path_candidates,
    ruling_candidates,
    subjects_of,
    text_candidates,
)
from workflow.rules.bodies import basis_label, level_name
from workflow.rules.publication import Candidate
from workflow.stage_kinds import stages_not_begun
from workflow.states import STAGE_BEHIND_US, DecisionState, Level, ProcessState, PublicThing, StageState
from workflow.views.processes import PATH_STATES, label_of_state


# ── The stages and their dates ────────────────────────────────────────────────────────────────────────────────
def path_shown(process: Process, items: Sequence[PublishedItem], now: datetime) -> list[list[dict[str, object]]]:
    """The stages of the process as the component of the path has them."""
    by_key = {stage.key: stage for stage in live_stages(process)}
    not_begun, undecided = stages_not_begun(process), passed_undecided(by_key.values())
    return [
        [_step(by_key[spec.key], spec.key in not_begun, undecided) for spec in row if spec.key in by_key]
        for row in path_rows(definition_of(process))
    ]


def _step(stage: Stage, is_not_begun: bool, undecided: Collection[int]) -> dict[str, object]:
    """A stage as the public sees it: under way only while the process runs and somebody has been asked."""
    zone = stage.process.time_zone
    state, label, when = PATH_STATES[StageState(stage.state)], label_of_state(stage, undecided), ""
    if stage.state == StageState.OPEN and stage.process.state == ProcessState.ABANDONED:
        return {"title": str(stage_spec(stage).title), "state": "skipped", "state_label": _("Given up"), "when": ""}
    if stage.state == StageState.OPEN and is_not_begun:
        return {"title": str(stage_spec(stage).title), "state": "waiting", "when": ""}
    if stage.state == StageState.OPEN and stage.process.state == ProcessState.SUSPENDED:
        label = str(ProcessState.SUSPENDED.label)
    if stage.state == StageState.OPEN and label and stage.process.suspended_at:
        when = _("since %(day)s") % {"day": short_date(stage.process.suspended_at, zone)}
    elif stage.closed_at:
        when = short_date(stage.closed_at, zone)
    elif stage.opened_at:
        when = _("since %(day)s") % {"day": short_date(stage.opened_at, zone)}
    return {"title": str(stage_spec(stage).title), "state": state, "state_label": label, "when": when}


def dates_shown(process: Process, items: Sequence[PublishedItem], now: datetime) -> list[dict[str, str]]:
    """The days planned for what is still ahead, the nearest first, as the component of facts has them."""
    rows: list[tuple[Deadline, str, Stage | None]] = [
        (deadline, str(stage_spec(stage).title), stage) for stage, deadline in reply_deadlines(process)
    ]
    for deadline in ruled_deadlines(process):
        deadline.process = process
        rows.append((deadline, deadline_title(deadline), deadline.stage))
    if process.state in (ProcessState.COMPLETED, ProcessState.ABANDONED):
        rows = []
    ahead = [row for row in rows if row[2] is None or row[0].outlasts_stage or row[2].state not in STAGE_BEHIND_US]
    return [
        {"label": title, "value": deadline_words(deadline.at, deadline.zone)}
        for deadline, title, _stage in sorted(ahead, key=lambda row: row[0].at)
    ]


# ── Documents ─────────────────────────────────────────────────────────────────────────────────────────────────
def texts_to_publish(process: Process) -> list[Candidate]:
    """The documents that can be made public: of sets that have been put forward, or sent out to be read."""
    return text_candidates(process, sets_sent_out(process))


def texts_shown(process: Process, items: Sequence[PublishedItem], now: datetime) -> list[dict[str, Any]]:
    """Documents with their set and why they are public, text by text, the newest set first.

    Of what is not stored yet the words are read along, and the way leads to the office's own page.
    """
    is_asked = any(item.pk is None for item in items)
    rows = BundleItem.objects.filter(public_id__in=subjects_of(items)).select_related("bundle__line", "version__file")
    by_id = {row.public_id: row for row in (rows.prefetch_related("version__sections") if is_asked else rows)}
    pairs = [(item, by_id[item.subject_id]) for item in items if item.subject_id in by_id]
    pairs.sort(key=lambda pair: (pair[1].bundle.line.position, -pair[1].bundle.number, pair[1].position))
    return [_text(process, item, row) for item, row in pairs]


def _text(process: Process, item: PublishedItem, row: BundleItem) -> dict[str, Any]:
    version = row.version
    is_stored = item.pk is not None
    url = (
        reverse("public_text", args=[process.public_id, item.public_id])
        if is_stored
        else reverse("document_version", args=[process.public_id, version.public_id])
    )
    return {
        "title": version.title,
        "bundle": row.bundle,
        "reason": item.reason,
        "since": item.published_at if is_stored else None,
        "url": url,
        "file": version.file if version.file and version.file.erased_at is None else None,
        "file_url": reverse("public_file", args=[process.public_id, item.public_id]) if is_stored else "",
        "sections": [] if is_stored else list(version.sections.all()),
    }


# ── What bodies decided, the authority ruled, and when it came about ──────────────────────────────────────────
def decisions_shown(process: Process, items: Sequence[PublishedItem], now: datetime) -> list[dict[str, Any]]:
    """What bodies decided, by stage. Nothing of who recorded it, of its files, and of what single members stated."""
    rows = Decision.objects.filter(public_id__in=subjects_of(items)).select_related("request__stage", "body")
    ordered = list(
        rows.order_by("request__stage__position", "request__stage__attempt", "body__sort_key", "recorded_at")
    )
    overtaken = earlier_versions(process) if ordered else {}
    added = dict(DecisionAddendum.objects.filter(decision__in=ordered).values_list("decision_id", "at"))
    return _by_stage(
        process,
        (
            (
                row.request.stage,
                {
                    "who": row.body.name,
                    "what": row.get_outcome_display(),
                    "on": row.meeting_on,
                    "how": _how(row),
                    "item": row.agenda_item,
                    "text": row.text,
                    "version": overtaken.get(row.bundle_id or 0, ""),
                    "state_label": row.get_state_display() if row.state != DecisionState.VALID else "",
                    "added_at": added.get(row.pk),
                },
            )
            for row in ordered
        ),
    )


def _how(decision: Decision) -> str:
    """How it was decided, and by whom where it was not the body itself."""
    how = basis_label(decision.basis, decision.body, decision.ground)
    return how if decision.level == Level.COUNCIL else f"{level_name(decision.level, decision.body)}, {how}"


def rulings_shown(process: Process, items: Sequence[PublishedItem], now: datetime) -> list[dict[str, Any]]:
    """What the authority ruled, by stage."""
    rows = ExternalRuling.objects.filter(public_id__in=subjects_of(items))
    rows = rows.select_related("request__stage", "request__body").order_by("id")
    return _by_stage(
        process,
        (
            (
                row.request.stage,
                {
                    "who": row.request.body.name,
                    "what": row.get_outcome_display(),
                    "on": row.ruled_on,
                    "text": row.text,
                },
            )
            for row in rows
        ),
    )


def facts_shown(process: Process, items: Sequence[PublishedItem], now: datetime) -> list[dict[str, Any]]:
    """The days that were recorded, by stage: of the whole, or of each body."""
    rows = MilestoneRecord.objects.filter(public_id__in=subjects_of(items)).select_related("stage", "body")
    return _by_stage(
        process,
        (
            (
                row.stage,
                {
                    "who": row.body.name if row.body else "",
                    "on": row.happened_on,
                    "state_label": row.stage.get_state_display() if row.stage.state == StageState.RETURNED else "",
                },
            )
            for row in rows.order_by("stage__position", "stage__attempt", "body__sort_key", "id")
        ),
    )


def _by_stage(process: Process, rows: Iterable[tuple[Stage, dict[str, Any]]]) -> list[dict[str, Any]]:
    """Rows in the order of their stages, as a list of stages with their rows."""
    spec = definition_of(process).stage
    return [
        {"title": str(spec(key).title), "rows": [row for _stage, row in of_stage]}
        for key, of_stage in groupby(rows, key=lambda pair: pair[0].key)
    ]


def register_kinds() -> None:
    """Make known what this floor can make public; called from `apps.py`."""
    for kind in (
        PublicKind(PublicThing.PATH, path_candidates, "workflow/parts/public_path.html", path_shown),
        PublicKind(PublicThing.DATES, date_candidates, "workflow/parts/public_dates.html", dates_shown),
        PublicKind(PublicThing.TEXT, texts_to_publish, "workflow/parts/public_texts.html", texts_shown),
        PublicKind(PublicThing.DECISION, decision_candidates, "workflow/parts/public_decisions.html", decisions_shown),
        PublicKind(PublicThing.RULING, ruling_candidates, "workflow/parts/public_decisions.html", rulings_shown),
        PublicKind(PublicThing.FACT, fact_candidates, "workflow/parts/public_facts.html", facts_shown),
    ):
        register(kind)
