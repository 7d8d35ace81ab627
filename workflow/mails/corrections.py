"""Letters to bodies whose text was corrected after they were asked or had decided; when each is no longer wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from notifications import kinds
from notifications.kinds import MailKind, OnEvent
from notifications.models import OutgoingMail
from notifications.outbox import Letter
from notifications.states import ERASED
from workflow.dates import weekday_date
from workflow.mails.bodies import TO_BODIES, request_facts
from workflow.mails.changes import CHANGES, ListedChanges, sets_named
from workflow.mails.letters import Facts, letters_to
from workflow.models import ApprovalRequest, Bundle, Decision, Objection, Process
from workflow.queries.objections import in_force_since
from workflow.states import DecisionState, RequestState

# Stands in the outbox: spelt otherwise, mails that were sent would be sent once more.
TEXT_CORRECTED: Final = "text_corrected"
OBJECTION_RECEIPT: Final = "objection_receipt"
OBJECTION_SETTLED: Final = "objection_settled"


def correction_letters(
    requests: Iterable[ApprovalRequest],
    bundle: Bundle,
    version_known: Mapping[int, Bundle | None],
    process: Process,
) -> list[Letter]:
    """To each body that mail reaches: its text has been corrected, and it need do nothing. They leave when the set can
    be taken back no more. version_known: by question, the set it was asked about or has decided on until now."""
    # Put forward once more after it was taken back, it is told of once more.
    about = f"{bundle.public_id}:{bundle.put_forward_at:%Y%m%dT%H%M%S.%f}"
    letters: list[Letter] = []
    too_late: dict[int, bool] = {}
    for request in requests:
        known, stage = version_known[request.pk], request.stage
        stage.process = process
        if stage.pk not in too_late:
            too_late[stage.pk] = in_force_since(stage) is not None
        facts = {
            "bundle": str(bundle.public_id),
            "corrected_version": bundle.number,
            "known_version": known.number if known else None,
            "change_note": bundle.change_note,
            "may_object": not too_late[stage.pk],
        }
        letters += letters_to(
            TEXT_CORRECTED, [request], process, about=about, facts=facts, not_before=bundle.questions_leave_at
        )
    return letters


def objection_receipts(objection: Objection, request: ApprovalRequest, process: Process) -> list[Letter]:
    """The body's receipt for its objection, also when an officer recorded it on its behalf."""
    facts = {
        "objected_on": objection.received_at.isoformat(),
        "corrected_version": objection.bundle.number,
        "on_behalf": bool(objection.by_on_behalf_of),
    }
    return letters_to(OBJECTION_RECEIPT, [request], process, key=str(objection.public_id), facts=facts)


def settlement_letters(
    objections: Iterable[Objection], process: Process, now: datetime, *, not_before: datetime | None = None
) -> list[Letter]:
    """To each body that objected and that mail reaches: what the office made of it. not_before: it leaves no earlier
    (UTC)."""
    letters = []
    for objection in objections:
        facts = {
            "objected_on": objection.received_at.isoformat(),
            "corrected_version": objection.bundle.number,
            "answer": objection.answer,
        }
        key, about = str(objection.public_id), f"{now:%Y%m%dT%H%M%S.%f}"
        letters += letters_to(
            OBJECTION_SETTLED, [objection.request], process, key=key, about=about, facts=facts, not_before=not_before
        )
    return letters


def _objection_facts(mails: Sequence[OutgoingMail], now: datetime) -> Facts:
    """What all letters to bodies name, and the day of the objection in words."""
    requests = TO_BODIES.rows(mails)
    facts = request_facts(mails, now)
    return {mail.pk: {**facts[mail.pk], "objected_on": _day_of(mail, requests[mail.subject_id])} for mail in mails}


def _day_of(mail: OutgoingMail, request: ApprovalRequest) -> str:
    at = datetime.fromisoformat(str(mail.facts["objected_on"]))
    return weekday_date(at, request.stage.process.time_zone, mail.language)


def _why_no_word(mail: OutgoingMail, request: ApprovalRequest, now: datetime) -> str:
    """That its objection came in, and what became of it, is said to a body whatever became of the matter; not to an
    address that bounced."""
    if request.erased_at:
        return ERASED
    return "bounced" if request.bounced_at is not None else ""


def _why_not_told(mail: OutgoingMail, request: ApprovalRequest, now: datetime) -> str:
    """That a text was corrected is not said to a body that is asked no more or whose decision has fallen, nor to an
    address that bounced."""
    if request.erased_at:
        return ERASED
    if request.state not in (RequestState.ASKED, RequestState.DECIDED):
        return str(request.state)
    return "bounced" if request.bounced_at is not None else ""


_of_its_body: Final = TO_BODIES.wanted(_why_not_told)


def _versions_decided_on(mails: Sequence[OutgoingMail]) -> dict[UUID, int]:
    """By the question each mail is about, the version its decision in force was made on; nothing where there is none.
    One query."""
    named = {mail.subject_id for mail in mails}
    rows = Decision.objects.filter(request__public_id__in=named, state=DecisionState.VALID, bundle__isnull=False)
    return dict(rows.values_list("request__public_id", "bundle__number"))


def _correction_facts(mails: Sequence[OutgoingMail], now: datetime) -> Facts:
    """What all letters to bodies name, and the version that a body has decided on by the time the mail is sent."""
    facts, decided_on = request_facts(mails, now), _versions_decided_on(mails)
    known = {mail.pk: decided_on.get(mail.subject_id, mail.facts.get("known_version")) for mail in mails}
    changes = _changes(mails, known)
    return {mail.pk: {**facts[mail.pk], "known_version": known[mail.pk], CHANGES: changes[mail.pk]} for mail in mails}


def _changes(mails: Sequence[OutgoingMail], known: Mapping[int, object]) -> dict[int, list[str]]:
    """By mail, the changes between the version its body knows and the corrected one. Two queries, and those of the
    comparisons."""
    after = sets_named(mail.facts.get("bundle") for mail in mails)
    numbers = {number for number in known.values() if isinstance(number, int)}
    rows = Bundle.objects.filter(line__in={row.line_id for row in after.values()}, number__in=numbers)
    before = {(row.line_id, row.number): row for row in rows} if after and numbers else {}
    listed = ListedChanges()
    changes = {}
    for mail in mails:
        corrected = after.get(str(mail.facts.get("bundle")))
        earlier = before.get((corrected.line_id, known[mail.pk])) if corrected else None  # type: ignore[arg-type]
        changes[mail.pk] = listed.lines(earlier, corrected, mail.language)
    return changes


def correction_still_wanted(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, str]:
    """Nor of a correction that has been followed by a newer set, which has a mail of its own, nor to a body that has
    decided on the corrected words themselves. Three queries."""
    newer = Bundle.objects.filter(line=OuterRef("line"), number__gt=OuterRef("number"), put_forward_at__isnull=False)
    named = Bundle.objects.filter(public_id__in={mail.facts.get("bundle") for mail in mails} - {None})
    counting = named.filter(~Exists(newer), put_forward_at__isnull=False)
    current = {str(public_id) for public_id in counting.values_list("public_id", flat=True)}
    overtaken = {mail.pk: "newer_bundle" for mail in mails if mail.facts.get("bundle") not in current}
    decided_on = _versions_decided_on(mails)
    knowing = {
        mail.pk: "decided_on_it"
        for mail in mails
        if mail.subject_id in decided_on and decided_on[mail.subject_id] == mail.facts.get("corrected_version")
    }
    return {**knowing, **overtaken, **_of_its_body(mails, now)}


def register_kinds(on_event: OnEvent) -> None:
    """The kinds of this file; `on_event` takes in bounces."""
    kinds.register(
        MailKind(
            TEXT_CORRECTED,
            "mails/text_corrected",
            _correction_facts,
            correction_still_wanted,
            TO_BODIES.secrets,
            on_event,
            title=_("A text was corrected"),
            redirected=TO_BODIES.redirected,
        )
    )
    kinds.register(
        MailKind(
            OBJECTION_SETTLED,
            "mails/objection_settled",
            _objection_facts,
            TO_BODIES.wanted(_why_no_word),
            TO_BODIES.secrets,
            on_event,
            title=_("An objection is settled"),
            redirected=TO_BODIES.redirected,
        )
    )
    kinds.register(
        MailKind(
            OBJECTION_RECEIPT,
            "mails/objection_receipt",
            _objection_facts,
            TO_BODIES.wanted(_why_no_word),
            TO_BODIES.secrets,
            on_event,
            title=_("Receipt for an objection"),
            redirected=TO_BODIES.redirected,
        )
    )
