"""What comes in on this floor: decisions with their minutes and additions, objections, what authorities answer, and the
files by which a deed was recorded for somebody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from workflow.dates import short_date
from workflow.models import (
    Decision,
    DecisionAddendum,
    DoneElsewhereFile,
    ExternalQuestion,
    ExternalReceipt,
    ExternalRuling,
    MilestoneRecord,
    Objection,
    Process,
    StoredFile,
)
from workflow.queries.approvals import with_what_belongs
from workflow.queries.processes import stage_spec
from workflow.reports.journal.rows import Content, Ground, JournalRow, key_of, key_of_file, laid_out
from workflow.reports.papers.decisions import DECISION, RECEIPT
from workflow.reports.papers.heads import paper_of, said
from workflow.reports.papers.model import Paper
from workflow.rules.steps import step_words
from workflow.states import DecisionState, Direction


def noted(process: Process, title: str, texts: Iterable[tuple[str, str]], at: datetime) -> Content:
    """Words that came without a file of their own, as a paper."""
    return partial(_noted, process, title, tuple(texts), at)


def _noted(process: Process, title: str, texts: tuple[tuple[str, str], ...], at: datetime) -> Paper:
    return paper_of(process, "journal_note", title, said(texts), at=at)


def file_row(
    ground: Ground,
    file: StoredFile | None,
    at: datetime,
    counterpart: str,
    subject: str,
    *,
    is_confidential: bool = False,
) -> Iterator[JournalRow]:
    """A file that came in, by its own name; none where there is none."""
    if file is not None:
        named = _("%(subject)s: %(file)s") % {"subject": subject, "file": file.name or _("Erased")}
        yield ground.row(key_of_file(file), at, Direction.IN, counterpart, named, file, is_confidential=is_confidential)


# ── Bodies ────────────────────────────────────────────────────────────────────────────────────────────────────
def decisions_in(ground: Ground) -> Iterator[JournalRow]:
    """Each decision, also one that counts no more; its minutes, what the office had it from, and each addition. Five
    queries."""
    rows = Decision.objects.filter(request__stage__process=ground.process).select_related(
        "request__stage", "body", "bundle__line", "by_mandate", "minutes", "source"
    )
    for decision in with_what_belongs(rows).prefetch_related("settlements").order_by("id"):
        decision.request.stage.process = ground.process
        body, at, is_closed = decision.body.name, decision.recorded_at, decision.is_closed_item
        is_step = decision.state == DecisionState.STEP
        outcome = step_words(decision) if is_step else decision.get_outcome_display()
        subject = (_("Recommendation: %(outcome)s") if is_step else _("Decision: %(outcome)s")) % {"outcome": outcome}
        content = laid_out(DECISION, decision)
        key = key_of("decision", decision.public_id)
        yield ground.row(key, at, Direction.IN, body, subject, content, is_confidential=is_closed)
        yield from file_row(
            ground, decision.source, at, body, _("What it was recorded from"), is_confidential=is_closed
        )
        if decision.minutes is not None:
            # They often come weeks after the decision.
            came = max(at, decision.minutes.created_at)
            yield from file_row(ground, decision.minutes, came, body, _("Minutes"), is_confidential=is_closed)
        for addendum in decision.addenda.all():
            yield from _addendum(ground, decision, addendum)


def _addendum(ground: Ground, decision: Decision, addendum: DecisionAddendum) -> Iterator[JournalRow]:
    body, is_closed = decision.body.name, decision.is_closed_item
    subject = _("Addition to the decision")
    content = noted(ground.process, f"{subject}: {body}", [("", addendum.text)], addendum.at)
    key = key_of("addendum", addendum.public_id)
    yield ground.row(key, addendum.at, Direction.IN, body, subject, content, is_confidential=is_closed)
    yield from file_row(ground, addendum.file, addendum.at, body, subject, is_confidential=is_closed)


def objections_in(ground: Ground) -> Iterator[JournalRow]:
    """Each objection to a correction, and what it was recorded from. One query."""
    rows = Objection.objects.filter(request__stage__process=ground.process).select_related("body", "source")
    for objection in rows.order_by("id"):
        subject, body = _("Objection to a correction"), objection.body.name
        content = noted(ground.process, f"{subject}: {body}", [("", objection.text)], objection.recorded_at)
        key = key_of("objection", objection.public_id)
        yield ground.row(key, objection.recorded_at, Direction.IN, body, subject, content)
        yield from file_row(ground, objection.source, objection.recorded_at, body, _("What it was recorded from"))


# ── Authorities ───────────────────────────────────────────────────────────────────────────────────────────────
def authorities_in(ground: Ground) -> Iterator[JournalRow]:
    """Receipts, questions and rulings, with their files. Three queries."""
    process = ground.process
    receipts = ExternalReceipt.objects.filter(request__stage__process=process).select_related(
        "request__stage", "request__body", "request__package__file", "file"
    )
    for receipt in receipts.order_by("id"):
        receipt.request.stage.process = process
        body, at = receipt.request.body.name, receipt.recorded_at
        subject = " ".join(filter(None, (_("Receipt"), receipt.number)))
        key = key_of("receipt", receipt.public_id)
        yield ground.row(key, at, Direction.IN, body, subject, laid_out(RECEIPT, receipt))
        yield from file_row(ground, receipt.file, at, body, _("The receipt"))
    questions = ExternalQuestion.objects.filter(request__stage__process=process).select_related("request__body")
    for question in questions.order_by("id"):
        subject, body = _("Question"), question.request.body.name
        content = noted(process, f"{subject}: {body}", [("", question.text)], question.asked_at)
        key = key_of("question", question.public_id)
        yield ground.row(key, question.asked_at, Direction.IN, body, subject, content)
    rulings = ExternalRuling.objects.filter(request__stage__process=process).select_related("request__body", "file")
    for ruling in rulings.order_by("id"):
        body, outcome = ruling.request.body.name, str(ruling.get_outcome_display())
        texts = (
            (_("Ruling"), outcome),
            (_("Day of the ruling"), short_date(ruling.ruled_on)),
            (_("Reasons"), ruling.text),
        )
        content = noted(process, f"{body}: {outcome}", texts, ruling.recorded_at)
        subject = _("Ruling: %(outcome)s") % {"outcome": outcome}
        yield ground.row(key_of("ruling", ruling.public_id), ruling.recorded_at, Direction.IN, body, subject, content)
        yield from file_row(ground, ruling.file, ruling.recorded_at, body, _("Ruling"))


# ── Files beside a dated fact ─────────────────────────────────────────────────────────────────────────────────
def facts_in(ground: Ground) -> Iterator[JournalRow]:
    """Files by which a dated fact, or a stage done outside the system, was recorded. Two queries."""
    process = ground.process
    records = MilestoneRecord.objects.filter(stage__process=process, file__isnull=False)
    for record in records.select_related("stage", "body", "file").order_by("id"):
        record.stage.process = process
        body = record.body.name if record.body else process.office.name
        yield from file_row(ground, record.file, record.recorded_at, body, str(stage_spec(record.stage).title))
    files = DoneElsewhereFile.objects.filter(told__stage__process=process).select_related("told__stage", "file")
    for each in files.order_by("id"):
        each.told.stage.process = process
        title = str(stage_spec(each.told.stage).title)
        yield from file_row(ground, each.file, each.told.recorded_at, process.office.name, title)
