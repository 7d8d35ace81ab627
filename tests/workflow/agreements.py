"""A small agreement on its way through committee, parties and authority, moved by the very actions the screens use."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from tests.kept import kept
from tests.workflow.factories import a_body, a_process, an_actor, an_office
from workflow.actions.approvals import record_decision
from workflow.actions.bundles import BundleEntry, create_bundle, lock_bundle
from workflow.actions.dispatches import send_dispatch
from workflow.actions.documents import add_version, create_document
from workflow.actions.files import store_file
from workflow.actions.milestones import record_milestone
from workflow.actions.putting_forward import put_forward
from workflow.actions.stages import complete_stage
from workflow.actions.submissions import make_package, send_submission
from workflow.actors import Actor
from workflow.gates import gate_statuses
from workflow.models import (
    ApprovalRequest,
    Body,
    Bundle,
    Contact,
    Decision,
    Dispatch,
    Document,
    ExternalRequest,
    Office,
    Process,
    StoredFile,
    User,
)
from workflow.queries.approvals import request_of_link
from workflow.queries.documents import change_since_current
from workflow.queries.processes import bodies_of, live_stage
from workflow.rules.decisions import DecisionFacts
from workflow.states import UNSENT, Basis, BodyKind, ChangeKind, Outcome, RequestState

FOURTEEN = datetime(2019, 3, 15, 7, 0, tzinfo=UTC)  # 08.00 in Copenhagen, 14 days before 29 March

AGREEMENT = """
schema_version: 1
key: agreement
title: {da: Aftale, en: Agreement}
description: {da: En lille aftale, en: A small agreement}
lists:
  parties:
    title: {da: Parter, en: Parties}
    description: {da: Dem der godkender, en: Those who approve}
    kinds: [regional_council, municipal_council]
bodies:
  committee:
    title: {da: Udvalget, en: The committee}
    kind: coordination_committee
  authority:
    title: {da: Styrelsen, en: The authority}
    kind: national_authority
parameters:
  reply_on:
    type: date
    title: {da: Svar senest, en: Reply by}
stages:
  - key: drafting
    kind: drafting
    title: {da: Udkast, en: Drafting}
    after: []
    actor: secretariat
    completes: manual
    bundle: locks
    gates:
      - gate: bundle_locked
  - key: review
    kind: review
    title: {da: Udvalget, en: Committee}
    after: [drafting]
    actor: committee
    bundle: judges
    review:
      recommendation:
        key: send_to_parties
        text: {da: at aftalen sendes til parterne, en: that the agreement be sent to the parties}
    gates:
      - gate: body_decision
        body: committee
    on_return: drafting
    on_outcome: {referred_back: drafting}
  - key: approval
    kind: approval
    title: {da: Politisk godkendelse, en: Approval by the parties}
    after: [review]
    actor: parties
    bundle: judges
    approval:
      list: parties
      rule: all
    gates:
      - gate: parties
        list: parties
    deadline: {rule: fixed, parameter: reply_on, source: Tidsplan, clock: "12:00"}
    reminders: [14, 7, 1]
    on_return: drafting
  - key: submission
    kind: external
    title: {da: Fremsendelse, en: Submission}
    after: [approval]
    actor: secretariat
    bundle: submits
    external: {body: authority, awaits: receipt}
    gates:
      - gate: bundle_locked
      - gate: external_receipt
        body: authority
    on_return: drafting
  - key: ruling
    kind: external
    title: {da: Behandling, en: Review by the authority}
    after: [submission]
    actor: authority
    external:
      body: authority
      awaits: ruling
      clock: {weeks: 8, from: submission.receipt, pauses_on_question: false, source: Vejledning}
    gates:
      - gate: external_ruling
        body: authority
    on_return: drafting
  - key: in_force
    kind: milestone
    title: {da: Ikrafttræden, en: In force}
    after: [approval]
    actor: parties
    milestone:
      fact: {key: published, text: {da: Offentliggjort, en: Published}}
      each: parties
    gates:
      - gate: parties
        list: parties
"""
"""Drafting, committee, three parties, submission, ruling; each party tells when it is in force."""

TEXT = "# 1 Mål\n\nSammenhæng for borgeren.\n\n# 2 Ansvar\n\nHver part sit.\n"


def a_contact(office: Office, body: Body, **changes: Any) -> Contact:
    """The body's main mailbox as the office knows it."""
    values = {"email": f"post@{body.key.replace('_', '-')}.example", "name": "", "language": "da"}
    return Contact.objects.create(office=office, body=body, **{**values, **changes})


def the_parties(office: Office, councils: int = 2) -> dict[str, Body]:
    """Committee, authority, regional council and so many councils, each with a mailbox. Keys: "committee", "authority",
    "region", "council-1", …"""
    found = {
        "committee": a_body(BodyKind.COORDINATION_COMMITTEE, "SKU", key="committee"),
        "authority": a_body(BodyKind.NATIONAL_AUTHORITY, "Styrelsen", key="authority", region_code=""),
        "region": a_body(BodyKind.REGIONAL_COUNCIL, "Regionsrådet", key="region"),
    }
    for number in range(1, councils + 1):
        key = f"council-{number}"
        found[key] = a_body(BodyKind.MUNICIPAL_COUNCIL, f"Byråd {number}", key=key)
    for body in found.values():
        a_contact(office, body)
    return found


def an_agreement(now: datetime, *, councils: int = 2, text: str = AGREEMENT, **changes: Any) -> Process:
    """The process just started: drafting is open, nothing is locked. Replies are asked for by 29 March 2019, 12.00."""
    office = an_office()
    the_parties(office, councils)
    changes.setdefault("parameters", {"reply_on": date(2019, 3, 29)})
    return a_process(office, now, text, **changes)


def officer_of(process: Process) -> Actor:
    """The officer who acts in the process; the same account each time."""
    email = f"officer-{process.office.key}@example.dk"
    user = User.objects.filter(email=email).first()
    return Actor.of_user(user) if user else an_actor(process.office)


def a_working_set(
    process: Process, now: datetime, *, text: str = TEXT, change: str = ChangeKind.FIRST, note: str = "Rettelser."
) -> Bundle:
    """A new version of the one document, locked in a bundle and not put forward."""
    actor = officer_of(process)
    document = Document.objects.filter(process=process).first() or create_document(
        process, slug="aftale", title="Aftale", actor=actor, now=now
    )
    version = add_version(document, markdown=text, actor=actor, now=now)
    bundle = create_bundle(process, [BundleEntry(version, "agreement")], actor=actor, now=now)
    return lock_bundle(bundle, change=change, note=note, weighty_reason="Aftalt", actor=actor, now=now)


def a_locked_bundle(process: Process, now: datetime, **facts: str) -> Bundle:
    """A new version of the one document, locked in a bundle that is put forward at once."""
    bundle = a_working_set(process, now, **facts)
    change = change_since_current(bundle)
    return put_forward(
        bundle, reason="Klar.", change=change, weighty_reason="Aftalt", actor=officer_of(process), now=now
    )


def ask_all(process: Process, now: datetime) -> None:
    """An officer sends every dispatch that waits, as it stands."""
    for dispatch in Dispatch.objects.filter(stage__process=process, state__in=UNSENT).order_by("id"):
        send_dispatch(dispatch, actor=officer_of(process), now=now)


@kept
def in_review(now: datetime, **changes: Any) -> Process:
    """Bundle 1 is locked and lies with the committee."""
    process = an_agreement(now, **changes)
    a_locked_bundle(process, now)
    complete_stage(live_stage(process, "drafting"), actor=officer_of(process), now=now)
    ask_all(process, now)
    return process


@kept
def in_approval(now: datetime, **changes: Any) -> Process:
    """The committee has approved; the parties have been asked."""
    process = in_review(now, **changes)
    decide(process, "committee", now, stage="review")
    ask_all(process, now)
    return process


@kept
def in_submission(now: datetime, **changes: Any) -> Process:
    """Every party has approved and sent its minutes; the submission stage is open."""
    process = in_approval(now, **changes)
    for request in asked(process, "approval"):
        approve(process, request.body.key, now)
    return process


def sent(process: Process, now: datetime) -> ExternalRequest:
    """A package is made of it and sent to the authority."""
    officer, stage = officer_of(process), live_stage(process, "submission")
    return send_submission(stage, make_package(stage, actor=officer, now=now), actor=officer, now=now)


@kept
def sent_off(now: datetime, **changes: Any) -> tuple[Process, ExternalRequest]:
    """The agreement with every party's approval lies with the authority."""
    process = in_submission(now, **changes)
    return process, sent(process, now)


def in_force_everywhere(process: Process, now: datetime) -> None:
    """Every party tells that the agreement is in force; the stage completes, and a later text is another matter."""
    stage = live_stage(process, "in_force")
    for body in bodies_of(process, "parties"):
        record_milestone(stage, happened_on=now.date(), body=body, actor=officer_of(process), now=now)


def asked(process: Process, stage: str) -> list[ApprovalRequest]:
    """The questions still waiting in the attempt of a stage that counts."""
    return list(
        ApprovalRequest.objects.filter(stage=live_stage(process, stage), state=RequestState.ASKED)
        .select_related("stage", "body", "bundle", "link")
        .order_by("id")
    )


def request_to(process: Process, body: str, stage: str = "approval") -> ApprovalRequest:
    """The latest question to a body, read as its link's page reads it."""
    found = ApprovalRequest.objects.filter(stage__process=process, stage__key=stage, body__key=body).latest("id")
    return request_of_link(found.link)


def the_facts(now: datetime, outcome: Outcome = Outcome.APPROVED, **changes: Any) -> DecisionFacts:
    """A decision made in a meeting on the day of `now`."""
    values: dict[str, Any] = {
        "outcome": outcome,
        "basis": Basis.COUNCIL_MEETING,
        "meeting_on": now.date(),
        "agenda_item": "7",
        "text": "Godkendt.",
    }
    return DecisionFacts(**{**values, **changes})


def decide(
    process: Process,
    body: str,
    now: datetime,
    outcome: Outcome = Outcome.APPROVED,
    *,
    stage: str = "approval",
    key: str = "",
    **changes: Any,
) -> Decision:
    """The body records its decision by its own link, on the bundle it was asked about; where it was only listed, it is
    asked first."""
    request = request_to(process, body, stage)
    if request.state == RequestState.LISTED:
        ask_all(process, now)
        request = request_to(process, body, stage)
    return record_decision(
        request,
        the_facts(now, outcome, **changes),
        bundle_sha256=request.bundle.sha256 if request.bundle else "",
        actor=Actor.of_link(request.link, request.body.name),
        now=now,
        key=key,
    )


def approve(process: Process, body: str, now: datetime) -> Decision:
    """The body approves, and its minutes come with it."""
    return decide(process, body, now, minutes=a_file(process.office, now))


def a_file(office: Office, now: datetime, name: str = "protokol.txt", content: bytes = b"Godkendt.\n") -> StoredFile:
    """A file received."""
    return store_file(office, name, content, now=now)


def missing(process: Process, stage: str, now: datetime) -> str:
    """What the gates of a stage still wait for, in one text."""
    return " ".join(text for status in gate_statuses(live_stage(process, stage), now) for text in status.missing)
