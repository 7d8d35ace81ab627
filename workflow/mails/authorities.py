"""Letters to an authority that was sent a package, and to the parties told of what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from notifications import kinds
from notifications.kinds import MailKind, OnEvent, always_wanted
from notifications.models import OutgoingMail
from notifications.outbox import Letter
from workflow.dates import deadline_words, in_language, weekday_date
from workflow.links import code_page
from workflow.mails.asked import MailsTo
from workflow.mails.letters import Facts, address_of, letter
from workflow.models import (
    Body,
    Contact,
    ExternalReceipt,
    ExternalRequest,
    ExternalRuling,
    Package,
    Process,
)
from workflow.queries.offices import sender_facts
from workflow.queries.processes import stage_spec
from workflow.queries.submissions import ruling_deadlines
from workflow.states import ExternalState

# Kinds and keys stand in the outbox: spelt otherwise, mails that were sent would be sent once more.
SUBMISSION = "authority_submission"
RECEIPT_NOTICE = "authority_receipt_notice"
RULING_NOTICE = "authority_ruling_notice"
QUESTION_RECEIPT = "authority_question_receipt"


def notice_letters(
    kind: str,
    record: ExternalReceipt | ExternalRuling,
    request: ExternalRequest,
    recipients: Sequence[tuple[Body, Contact]],
    process: Process,
) -> list[Letter]:
    """To every party and committee: the authority has acknowledged, or ruled."""
    addresses = [(body, address_of(contact, body)) for body, contact in recipients]
    return [
        letter(
            kind,
            f"{kind}:{record.public_id}:{body.public_id}",
            address,
            body.name,
            request.public_id,
            process,
            {"body_name": body.name},
        )
        for body, address in addresses
        if address.email
    ]


_TO_AUTHORITIES: Final = MailsTo(
    ExternalRequest,
    "stage",
    "stage__process__office",
    "stage__process__definition",
    "body",
    "package__file",
    "receipt",
    "ruling",
)


def _packages(mails: Sequence[OutgoingMail]) -> dict[str, Package]:
    """The packages that letters to an authority carry, by public id; a letter about what lies there names none."""
    public_ids = {str(mail.facts["package"]) for mail in mails if mail.facts.get("package")}
    packages = Package.objects.filter(public_id__in=public_ids).select_related("file") if public_ids else ()
    return {str(package.public_id): package for package in packages}


def external_facts(mails: Sequence[OutgoingMail], now: datetime) -> Facts:
    """What the letters about a submission name: package and checksum, receipt, the authority's deadline, ruling."""
    requests = _TO_AUTHORITIES.rows(mails)
    packages = _packages(mails)
    deadlines = ruling_deadlines([request.stage for request in requests.values()])
    facts_by_mail: dict[int, dict[str, object]] = {}
    for mail in mails:
        request = requests[mail.subject_id]
        process, language = request.stage.process, mail.language
        spec = stage_spec(request.stage)
        receipt, ruling = getattr(request, "receipt", None), getattr(request, "ruling", None)
        deadline = deadlines.get(request.stage_id)
        package = packages.get(str(mail.facts.get("package"))) or request.package
        with in_language(language):
            outcome = str(ruling.get_outcome_display()) if ruling else ""
        facts_by_mail[mail.pk] = {
            **sender_facts(process.office),
            "authority_name": request.body.name,
            "process_title": process.title,
            "stage_title": spec.title.in_language(language),
            "awaits": spec.external.awaits if spec.external else "receipt",
            "package_number": package.number if package else None,
            "package_sha256": package.file.sha256 if package else "",
            "is_provisional": bool(package and package.is_provisional),
            "received_at": deadline_words(receipt.received_at, process.time_zone, language) if receipt else "",
            "receipt_number": receipt.number if receipt else "",
            "ruling_by": deadline_words(deadline.at, deadline.zone, language) if deadline else "",
            "outcome": outcome,
            "ruling_text": ruling.text if ruling else "",
            "ruling_is_a_file": bool(ruling and ruling.file_id),
            "ruled_on": weekday_date(ruling.ruled_on, process.time_zone, language) if ruling else "",
            "code_page": code_page(),
        }
    return facts_by_mail


def _why_no_submission(mail: OutgoingMail, request: ExternalRequest, now: datetime) -> str:
    return request.state if request.state in (ExternalState.WITHDRAWN, ExternalState.RULED) else ""


def register_kinds(on_event: OnEvent) -> None:
    """The kinds of this file; `on_event` takes in bounces."""
    kinds.register(
        MailKind(
            SUBMISSION,
            f"mails/{SUBMISSION}",
            external_facts,
            _TO_AUTHORITIES.wanted(_why_no_submission),
            _TO_AUTHORITIES.secrets,
            on_event,
            asks=True,
            title=_("Submission to the authority"),
            redirected=_TO_AUTHORITIES.redirected,
            copies=_TO_AUTHORITIES.copies,
        )
    )
    notices = {
        QUESTION_RECEIPT: _("Told that its question was received"),
        RECEIPT_NOTICE: _("Told that the authority has received the package"),
        RULING_NOTICE: _("Told of the authority's ruling"),
    }
    for key, title in notices.items():
        to_others = key != QUESTION_RECEIPT
        kind = MailKind(key, f"mails/{key}", external_facts, always_wanted, to_others=to_others, title=title)
        kinds.register(kind)
