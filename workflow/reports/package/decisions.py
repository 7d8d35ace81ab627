"""The chapter of a package with what bodies have decided: every review of its line of text, and the approvals of the
set, with minutes, minority statements and addenda; objections to corrections; and what was opened by hand or left out
on the way.

Of what was taken up on a closed item the words and files stay with the office: told is who decided what, when and how,
and the minority statements go along, as their members have asked (kommunestyrelsesloven § 13, stk. 2).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial

from django.db.models import Q
from django.utils.translation import gettext as _

from workflow.audit import canonical
from workflow.dates import short_date
from workflow.definitions import StageSpec, ancestors
from workflow.models import Body, Decision, GateOverride, ProcessBody, ReservationSettlement, Stage, StoredFile
from workflow.models.guards import ERASED_MARK
from workflow.queries.approvals import ASKING_KINDS, asked_name, with_what_belongs
from workflow.queries.documents import standing_bundles
from workflow.queries.processes import definition_of, live_stages, stage_spec
from workflow.reports.package.chapters import (
    DECISIONS,
    Chapter,
    Contents,
    Gathering,
    Paper,
    Part,
    Row,
    written,
)
from workflow.reports.package.objections import objections_part
from workflow.rules.bodies import basis_label, capitalised, level_name
from workflow.states import DecisionState, Level, StageKindName, StageState


def decisions_chapter(contents: Contents) -> list[Chapter]:
    """What bodies decided, stage by stage, in the definition's order; no chapter where no body was to decide. Ten
    queries."""
    decisions = decisions_for(contents)
    by_stage = defaultdict[str, list[Decision]](list)
    for decision in decisions:
        by_stage[decision.request.stage.key].append(decision)
    places = defaultdict[str, list[Body]](list)
    for place in ProcessBody.objects.filter(process=contents.process).select_related("body").order_by("position", "id"):
        places[place.name].append(place.body)
    before = {contents.stage.key, *ancestors(definition_of(contents.process), contents.stage.key)}
    live = [stage for stage in live_stages(contents.process) if stage.line_id == contents.stage.line_id]
    gathering = Gathering()
    parts = []
    for stage in live:
        given = by_stage[stage.key]
        is_done_here = stage.key in before and stage.state == StageState.COMPLETED and stage.done_on is None
        if stage.kind in ASKING_KINDS and (given or is_done_here):
            parts.append(_part(stage, given, places[asked_name(stage_spec(stage))], contents, gathering))
    parts += objections_part(contents, gathering)
    parts += _by_hand(contents, [stage for stage in live if stage.key in before])
    if not parts:
        return []
    data = Paper(_("All decisions as data"), "", ".json", partial(_as_data, decisions))
    parts.append(Part("", (Row(_("Decisions"), papers=(data,)),)))
    return [Chapter(DECISIONS, _("Decisions"), tuple(parts), tuple(gathering.missing), tuple(gathering.left_out))]


def decisions_for(contents: Contents) -> list[Decision]:
    """The valid decisions on the set, or on one that differs only editorially, and those of every review of the same
    text, whichever version it judged; by stage and body. Four queries."""
    standing = Q(bundle_id__in=standing_bundles(contents.bundle)) | Q(request__stage__kind=StageKindName.REVIEW)
    decisions = Decision.objects.filter(
        standing,
        request__stage__process=contents.process,
        request__stage__line=contents.stage.line_id,
        state=DecisionState.VALID,
    ).select_related("request__stage", "body", "bundle", "by_mandate", "minutes")
    decisions = decisions.prefetch_related("settlements")
    return list(with_what_belongs(decisions).order_by("request__stage__position", "body__sort_key", "id"))


def overrides_for(contents: Contents) -> list[GateOverride]:
    """Gates opened by hand: for this text, or where the gate is not about the text. One query."""
    for_it = Q(bundle__in=standing_bundles(contents.bundle)) | Q(bundle__isnull=True)
    rows = GateOverride.objects.filter(for_it, stage__process=contents.process)
    return list(rows.select_related("stage").order_by("at", "id"))


# ── One stage ─────────────────────────────────────────────────────────────────────────────────────────────────
def _part(
    stage: Stage, decisions: Sequence[Decision], asked: Sequence[Body], contents: Contents, gathering: Gathering
) -> Part:
    spec = stage_spec(stage)
    _tell_what_is_missing(stage, spec, decisions, gathering)
    rows = [(decision.body.sort_key, decision.pk, _row(decision, contents, gathering)) for decision in decisions]
    decided = {decision.body_id for decision in decisions}
    rows += [
        (body.sort_key, 0, Row(body.name, (_("No decision on this text"),), tick=False))
        for body in asked
        if body.pk not in decided
    ]
    return Part(str(spec.title), tuple(row for _key, _pk, row in sorted(rows, key=lambda each: each[:2])))


def _tell_what_is_missing(stage: Stage, spec: StageSpec, decisions: Sequence[Decision], gathering: Gathering) -> None:
    """Of approvals what the rule lacks is told elsewhere; a council's word without its minutes is no proof of it."""
    title = str(spec.title)
    if stage.kind == StageKindName.REVIEW and not decisions:
        gathering.missing.append(_("“%(stage)s” was completed without a decision.") % {"stage": title})
    terms = spec.approval or spec.review
    asks_for_minutes = stage.kind == StageKindName.APPROVAL or (terms is not None and terms.requires_minutes)
    without = [decision.body.name for decision in decisions if _lacks_minutes(decision)]
    if asks_for_minutes and without:
        gathering.missing.append(_("No minutes yet from: %(bodies)s.") % {"bodies": ", ".join(without)})


def _lacks_minutes(decision: Decision) -> bool:
    """Those of a closed item are not in the package, whether they have come or not."""
    return decision.minutes_id is None and not decision.is_closed_item


def _row(decision: Decision, contents: Contents, gathering: Gathering) -> Row:
    name = decision.body.name
    texts = list(texts_of(decision, contents.zone, is_open=not decision.is_closed_item))
    papers: list[Paper] = [
        *written(
            _("Decision"),
            _("Decision"),
            f"{name}: {decision.get_outcome_display()}",
            texts,
            at=decision.recorded_at,
        ),
        *(
            paper
            for label, file_name, file in _files_of(decision)
            for paper in gathering.stored(label, file_name, file, name)
        ),
    ]
    for statement in decision.minority_statements.all():
        title = _("Minority statement by %(members)s") % {"members": statement.members}
        said = written(title, title, f"{name}: {title}", [("", statement.text)], at=decision.recorded_at)
        papers += [paper for paper in said if paper.ending != ".txt"]
    version = [_("on version %(number)d") % {"number": decision.bundle.number}] if decision.bundle else []
    says = [str(decision.get_outcome_display()), short_date(decision.meeting_on), *version]
    if _lacks_minutes(decision):
        says.append(_("without minutes"))
    if decision.is_closed_item:
        text = _("%(whose)s: closed item. The words and the extract of the minutes are kept by the office.")
        gathering.left_out.append(text % {"whose": name})
    if decision.level != Level.COUNCIL:
        says.insert(1, level_name(decision.level, decision.body))
    if any(ERASED_MARK in text for _heading, text in texts):
        gathering.tell_erased(name)
    marks = (_("Closed item"),) if decision.is_closed_item else ()
    return Row(name, tuple(says), marks, tuple(papers), tick=True)


def _files_of(decision: Decision) -> Iterator[tuple[str, str, StoredFile | None]]:
    if decision.is_closed_item:
        return
    yield _("Minutes"), _("Minutes"), decision.minutes
    for number, addendum in enumerate(decision.addenda.all(), start=1):
        label = _("Addendum %(number)d") % {"number": number}
        yield label, label, addendum.file


def texts_of(decision: Decision, zone: str, *, is_open: bool) -> Iterator[tuple[str, str]]:
    """A decision as headings and texts. is_open: whether its words may be read; of a closed item they are the body's
    and the office's alone."""
    version = f"{decision.bundle.number} (SHA-256 {decision.bundle.sha256})" if decision.bundle else ""
    yield _("Outcome"), str(decision.get_outcome_display())
    yield _("Day of the decision"), short_date(decision.meeting_on)
    yield _("Decided by"), capitalised(level_name(decision.level, decision.body))
    yield _("How it was decided"), basis_label(decision.basis, decision.body, decision.ground)
    if decision.by_mandate is not None:
        yield _("On the mandate of"), short_date(decision.by_mandate.meeting_on)
    yield _("Version decided on"), version
    if is_open:
        yield from _words_of(decision)
    else:
        closed = _("Yes. The words of the decision and the extract of the minutes are kept by the office.")
        yield _("Closed item"), closed
    for settlement in decision.settlements.all():
        yield _("What the reservation was found to mean"), " · ".join(_found(settlement, zone, is_open=is_open))
    for statement in decision.minority_statements.all():
        yield _("Minority statement by %(members)s") % {"members": statement.members}, statement.text
    for addendum in decision.addenda.all() if is_open else ():
        yield _("Addendum of %(day)s") % {"day": short_date(addendum.at, zone)}, addendum.text


def _words_of(decision: Decision) -> Iterator[tuple[str, str]]:
    yield _("Agenda item"), decision.agenda_item
    yield _("The body's case number"), decision.body_case_number
    yield _("Decision"), decision.text
    yield _("Remarks"), decision.remarks
    yield _("Mandate"), " – ".join(filter(None, (decision.mandate_holder, decision.mandate_scope)))


def _found(settlement: ReservationSettlement, zone: str, *, is_open: bool) -> Iterator[str]:
    yield str(settlement.get_settlement_display())
    yield short_date(settlement.at, zone)
    if settlement.lapses_on is not None:
        yield _("lapses on %(day)s") % {"day": short_date(settlement.lapses_on)}
    if settlement.reason and is_open:
        yield settlement.reason


# ── What went another way ─────────────────────────────────────────────────────────────────────────────────────
def _by_hand(contents: Contents, stages: Sequence[Stage]) -> Iterator[Part]:
    rows = [
        Row(
            str(stage_spec(override.stage).title),
            (_("Went on although a condition was not met"), short_date(override.at, contents.zone), override.reason),
        )
        for override in _with_process(overrides_for(contents), contents)
    ]
    rows += [
        Row(str(stage_spec(stage).title), tuple(filter(None, (_("Left out"), stage.note))))
        for stage in stages
        if stage.state == StageState.SKIPPED
    ]
    if rows:
        yield Part(_("What went another way"), tuple(rows))


def _with_process(overrides: Sequence[GateOverride], contents: Contents) -> Iterator[GateOverride]:
    for override in overrides:
        # The caller's object, so that its definition is not read anew for every stage.
        override.stage.process = contents.process
        yield override


# ── For programs ──────────────────────────────────────────────────────────────────────────────────────────────
def _as_data(decisions: Sequence[Decision]) -> bytes:
    rows = [_data_of(decision) for decision in decisions]
    return (json.dumps(json.loads(canonical(rows)), ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _data_of(decision: Decision) -> dict[str, object]:
    """files: by their SHA-256; the manifest says where each lies. Without words where the item was closed."""
    is_open = not decision.is_closed_item
    words = {
        "agenda_item": decision.agenda_item,
        "body_case_number": decision.body_case_number,
        "text": decision.text,
        "remarks": decision.remarks,
        "mandate_holder": decision.mandate_holder,
        "mandate_scope": decision.mandate_scope,
        "addenda": [{"at": row.at, "text": row.text} for row in decision.addenda.all()],
    }
    return {
        "id": decision.public_id,
        "stage": decision.request.stage.key,
        "body": decision.body.key,
        "body_name": decision.body.name,
        "level": decision.level,
        "outcome": decision.outcome,
        "basis": decision.basis,
        "ground": decision.ground,
        "by_mandate": decision.by_mandate.public_id if decision.by_mandate else "",
        "meeting_on": decision.meeting_on,
        "is_closed_item": decision.is_closed_item,
        **(words if is_open else {}),
        "bundle_sha256": decision.bundle.sha256 if decision.bundle else "",
        "received_at": decision.received_at,
        "recorded_at": decision.recorded_at,
        "minority_statements": [
            {"members": row.members, "text": row.text} for row in decision.minority_statements.all()
        ],
        "settlements": [
            {
                "settlement": row.settlement,
                "lapses_on": row.lapses_on,
                "at": row.at,
                **({"reason": row.reason} if is_open else {}),
            }
            for row in decision.settlements.all()
        ],
        "files": [
            file.sha256 for _label, _name, file in _files_of(decision) if file is not None and file.erased_at is None
        ],
    }
