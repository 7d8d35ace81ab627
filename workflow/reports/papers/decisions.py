"""What bodies and authorities answered, as papers: a decision, an authority's receipt."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow.models import Decision, ExternalReceipt
from workflow.queries.approvals import with_what_belongs
from workflow.queries.processes import stage_spec
from workflow.reports.package.chapters import moment
from workflow.reports.package.decisions import texts_of
from workflow.reports.papers.heads import paper_of, said
from workflow.reports.papers.model import Facts, Paper
from workflow.reports.papers.registry import DOCX, PDF, PaperKind
from workflow.states import DecisionState

DECISION: Final = "decision"
RECEIPT: Final = "authority_receipt"


# ── A body's decision ─────────────────────────────────────────────────────────────────────────────────────────
def find_decision(public_id: UUID) -> Decision | None:
    """A decision with what belongs to it."""
    decisions = Decision.objects.select_related(
        "request__stage__process__office", "request__stage__process__definition", "body", "bundle__line", "by_mandate"
    )
    return with_what_belongs(decisions).prefetch_related("settlements").filter(public_id=public_id).first()


def _decision(decision: Decision) -> Paper:
    """All that the body itself and the office may read; of a closed item it says so over the title."""
    process = decision.request.stage.process
    is_step = decision.state == DecisionState.STEP
    title = (_("Recommendation: %(body)s") if is_step else _("Decision: %(body)s")) % {"body": decision.body.name}
    facts = Facts(
        (
            (_("Matter"), process.title),
            (_("Stage"), str(stage_spec(decision.request.stage).title)),
            (_("Received"), moment(decision.received_at, process.time_zone)),
        )
    )
    return paper_of(
        process,
        DECISION,
        title,
        [facts, *said(texts_of(decision, process.time_zone, is_open=True))],
        at=decision.recorded_at,
        named=(_("Recommendation") if is_step else _("Decision"), decision.body.name),
        mark=_("Closed item. Not to be made public or given to others.") if decision.is_closed_item else "",
    )


# ── An authority's receipt ────────────────────────────────────────────────────────────────────────────────────
def find_receipt(public_id: UUID) -> ExternalReceipt | None:
    """A receipt with what it acknowledges."""
    receipts = ExternalReceipt.objects.select_related("request__stage__process__office", "request__body")
    return receipts.select_related("request__package").filter(public_id=public_id).first()


def _receipt(receipt: ExternalReceipt) -> Paper:
    request = receipt.request
    process = request.stage.process
    package = request.package
    rows = (
        (_("Matter"), process.title),
        (_("From"), request.body.name),
        (_("Received"), moment(receipt.received_at, process.time_zone)),
        (_("Their case number"), receipt.number),
        (_("About"), _("Package %(number)d") % {"number": package.number} if package else ""),
        (_("SHA-256 of the package"), package.file.sha256 if package else ""),
    )
    return paper_of(
        process,
        RECEIPT,
        _("Receipt from %(body)s") % {"body": request.body.name},
        [Facts(tuple((name, words) for name, words in rows if words))],
        at=receipt.recorded_at,
        named=(_("Receipt"), request.body.name),
    )


KINDS: Final = (
    PaperKind(
        DECISION,
        gettext_lazy("Decision"),
        "a decision of a body",
        find_decision,
        lambda decision: decision.request.stage.process.language,
        _decision,
    ),
    PaperKind(
        RECEIPT,
        gettext_lazy("Receipt"),
        "an authority's receipt",
        find_receipt,
        lambda receipt: receipt.request.stage.process.language,
        _receipt,
        formats=(PDF, DOCX),
    ),
)
