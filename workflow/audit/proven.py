"""The rows of this floor that the record proves: decisions and what is added to them, receipts, questions, rulings."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from workflow.audit.rows import Part, ProvenKind, register, utc
from workflow.models import (
    Decision,
    DecisionAddendum,
    ExternalQuestion,
    ExternalReceipt,
    ExternalRuling,
    MinorityStatement,
    Objection,
    ReservationSettlement,
    StoredFile,
)
from workflow.states import DecisionState, ObjectionState, Settlement, Verb


def digest_of_file(file: StoredFile | None) -> str:
    """The digest of a file's bytes; "" for none."""
    return file.sha256 if file else ""


# ── Decisions ─────────────────────────────────────────────────────────────────────────────────────────────────
def decision_codes(decision: Decision) -> dict[str, Any]:
    """What the record says of a decision in the open."""
    return {
        "request": decision.request.public_id,
        "body": decision.body.public_id,
        "bundle": decision.bundle.sha256 if decision.bundle else "",
        "outcome": decision.outcome,
        "level": decision.level,
        "basis": decision.basis,
        "ground": decision.ground,
        "by_mandate": decision.by_mandate.public_id if decision.by_mandate else "",
        "meeting_on": decision.meeting_on,
        "is_closed_item": decision.is_closed_item,
        "received_at": utc(decision.received_at),
        "minutes": digest_of_file(decision.minutes),
        "source": digest_of_file(decision.source),
    }


def decision_words(decision: Decision, statements: list[list[str]] | None = None) -> dict[str, Any]:
    """The words of a decision. statements: members and text of each minority statement, where they are not yet rows."""
    if statements is None:
        rows = sorted(decision.minority_statements.all(), key=lambda row: row.pk)
        statements = [[row.members, row.text] for row in rows]
    return {
        "agenda_item": decision.agenda_item,
        "body_case_number": decision.body_case_number,
        "text": decision.text,
        "remarks": decision.remarks,
        "mandate_holder": decision.mandate_holder,
        "mandate_scope": decision.mandate_scope,
        "minority_statements": statements,
    }


def addendum_codes(addendum: DecisionAddendum) -> dict[str, Any]:
    """What the record says of an addition in the open."""
    return {"addendum": addendum.public_id, "file": digest_of_file(addendum.file)}


def settlement_codes(row: ReservationSettlement) -> dict[str, Any]:
    """What the record says in the open of what a reservation was settled as."""
    return {
        "row": row.public_id,
        "settlement": row.settlement,
        "lapses_on": row.lapses_on.isoformat() if row.lapses_on else "",
    }


# ── Objections ────────────────────────────────────────────────────────────────────────────────────────────────
def objection_codes(objection: Objection) -> dict[str, Any]:
    """What the record says of an objection in the open."""
    return {
        "request": objection.request.public_id,
        "body": objection.body.public_id,
        "bundle": objection.bundle.sha256,
        "received_at": utc(objection.received_at),
        "source": digest_of_file(objection.source),
    }


def answer_of(objection: Objection) -> dict[str, Any]:
    """The words with which the office settled an objection."""
    return {"answer": objection.answer}


# ── Authorities ───────────────────────────────────────────────────────────────────────────────────────────────
def receipt_codes(receipt: ExternalReceipt) -> dict[str, Any]:
    """What the record says of an authority's receipt in the open."""
    return {"received_at": utc(receipt.received_at), "file": digest_of_file(receipt.file)}


def ruling_codes(ruling: ExternalRuling) -> dict[str, Any]:
    """What the record says of a ruling in the open."""
    return {"outcome": ruling.outcome, "ruled_on": ruling.ruled_on, "file": digest_of_file(ruling.file)}


def text_of(row: DecisionAddendum | ExternalQuestion | ExternalRuling | Objection) -> dict[str, Any]:
    """The words of a row that has one text."""
    return {"text": row.text}


def number_of(receipt: ExternalReceipt) -> dict[str, Any]:
    """The words of a receipt: the authority's number, in which anything may be written."""
    return {"number": receipt.number}


def register_kinds() -> None:
    """Make this floor's rows known; called from `apps.py`."""
    _register_decisions()
    _register_objections()
    _register_what_authorities_say()


def _register_decisions() -> None:
    decisions = Decision.objects.select_related(
        "request", "body", "bundle", "by_mandate", "minutes", "source"
    ).prefetch_related("minority_statements")
    # Apart, so that a step cannot be made to count, nor a decision to count no more, by its state alone.
    for verb, rows in (
        (Verb.RECORD_DECISION, decisions.exclude(state=DecisionState.STEP)),
        (Verb.RECORD_STEP, decisions.filter(state=DecisionState.STEP)),
    ):
        register(
            ProvenKind(
                verb,
                Decision,
                _("decision"),
                rows=rows.all,
                codes=decision_codes,
                words=decision_words,
                parts=(Part(MinorityStatement, "decision", "minority_statements"),),
            )
        )
    settlements = ReservationSettlement.objects.all()
    for verb, those in (
        (Verb.SETTLE_RESERVATION, settlements.exclude(settlement=Settlement.LAPSED)),
        (Verb.LAPSE_RESERVATION, settlements.filter(settlement=Settlement.LAPSED)),
    ):
        register(
            ProvenKind(
                verb,
                ReservationSettlement,
                _("settlement of a reservation"),
                rows=those.all,
                codes=settlement_codes,
                words=lambda row: {"reason": row.reason},
                key="row",
                subject="decision__public_id",
            )
        )
    register(
        ProvenKind(
            Verb.ADD_ADDENDUM,
            DecisionAddendum,
            _("addition to a decision"),
            rows=lambda: DecisionAddendum.objects.select_related("file"),
            codes=addendum_codes,
            words=text_of,
            key="addendum",
            subject="decision__public_id",
        )
    )


def _register_objections() -> None:
    rows = Objection.objects.select_related("request", "body", "bundle", "source")
    register(
        ProvenKind(
            Verb.OBJECT_TO_CORRECTION,
            Objection,
            _("objection"),
            rows=rows.all,
            codes=objection_codes,
            words=text_of,
        )
    )
    register(
        ProvenKind(
            Verb.ANSWER_OBJECTION,
            Objection,
            _("answer to an objection"),
            rows=lambda: rows.filter(state=ObjectionState.ANSWERED),
            codes=lambda objection: {},
            words=answer_of,
        )
    )


def _register_what_authorities_say() -> None:
    register(
        ProvenKind(
            Verb.ACKNOWLEDGE,
            ExternalReceipt,
            _("receipt"),
            rows=lambda: ExternalReceipt.objects.select_related("file"),
            codes=receipt_codes,
            words=number_of,
        )
    )
    register(
        ProvenKind(
            Verb.ASK_QUESTION,
            ExternalQuestion,
            _("question"),
            rows=ExternalQuestion.objects.all,
            codes=lambda question: {},
            words=text_of,
        )
    )
    register(
        ProvenKind(
            Verb.RECORD_RULING,
            ExternalRuling,
            _("ruling"),
            rows=lambda: ExternalRuling.objects.select_related("file"),
            codes=ruling_codes,
            words=text_of,
        )
    )
