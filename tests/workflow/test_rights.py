"""Actions do not trust the page for the office: whose matter it is, and whose file, is asked in the deed itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.kept import kept
from tests.workflow.agreements import (
    a_file,
    decide,
    in_approval,
    in_submission,
    officer_of,
    request_to,
    the_facts,
)
from tests.workflow.deeds import deeds_to
from tests.workflow.done_to import (
    a_parcel,
    an_item,
    an_objection,
    decided,
    external,
    resting,
    the_deadline,
    the_text,
)
from tests.workflow.factories import an_actor, an_office, an_officer
from tests.workflow.submission_factories import something_new
from workflow.actions.approvals import (
    add_addendum,
    add_party,
    announce_meeting,
    answer_objection,
    ask_again,
    contact_bodies_otherwise,
    object_to_correction,
    readdress_request,
    receive_minutes,
    record_decision,
    settle_reservation,
)
from workflow.actions.arranging import NamedDocument, arrange_documents
from workflow.actions.bundles import BundleEntry, create_bundle, lock_bundle, lock_documents
from workflow.actions.deadlines import extend_deadline, move_statutory_deadline, pause_clock, resume_clock
from workflow.actions.documents import add_version, create_document
from workflow.actions.erasure.days import set_erasure_day
from workflow.actions.gates import confirm_gate, override_gate
from workflow.actions.journal import make_journal_parcel, receipt_journal_parcel
from workflow.actions.matters import settle_matter
from workflow.actions.milestones import record_milestone
from workflow.actions.presentations import write_presentation
from workflow.actions.processes import abandon_process, resume_process, set_parameter, suspend_process
from workflow.actions.publication import publish, withdraw_publication
from workflow.actions.putting_forward import put_forward
from workflow.actions.stages import complete_stage, return_stage, skip_stage
from workflow.actions.starting import start_process
from workflow.actions.submissions import (
    acknowledge,
    ask_question,
    make_package,
    readdress_submission,
    record_ruling,
    send_submission,
)
from workflow.actions.taking_back import take_back_bundle
from workflow.actors import Actor
from workflow.models import (
    AuditEntry,
    Body,
    Decision,
    Membership,
    Objection,
    Package,
    PersonalLink,
    Process,
    StoredFile,
    User,
)
from workflow.queries.processes import live_stage
from workflow.rules import Refused
from workflow.states import Outcome, PublicThing, Role, Ruling, Settlement

pytestmark = pytest.mark.django_db

Deed = Callable[[Process, Actor, datetime, StoredFile | None], object]


@kept
def asked_process(now: datetime) -> Process:
    """One council has approved without minutes, one has said no, the region has not answered."""
    process = in_approval(now)
    decide(process, "council-1", now)
    decide(process, "council-2", now, Outcome.REJECTED)
    return process


@kept
def submitted_process(now: datetime) -> Process:
    """A first package is sent, a supplement made; nobody has acknowledged."""
    process = in_submission(now)
    officer, stage = officer_of(process), live_stage(process, "submission")
    package = make_package(stage, actor=officer, now=now)
    send_submission(stage, package, actor=officer, now=now)
    something_new(process, now)
    make_package(stage, supplements=package, actor=officer, now=now)
    return process


def decide_for_the_region(process: Process, actor: Actor, now: datetime, file: StoredFile | None) -> Decision:
    request = request_to(process, "region")
    facts = the_facts(now, minutes=file)
    return record_decision(request, facts, bundle_sha256=request.bundle.sha256, actor=actor, now=now)


def object_for_the_region(process: Process, actor: Actor, now: datetime, file: StoredFile | None) -> Objection:
    request = request_to(process, "region")
    return object_to_correction(
        request, text="Det ændrer meningen.", bundle_sha256="", source=file, actor=actor, now=now
    )


APPROVALS: dict[str, Deed] = {
    "object_to_correction": object_for_the_region,
    "answer_objection": lambda p, actor, now, file: answer_objection(
        an_objection(p, now), answer="Det er en slåfejl.", actor=actor, now=now
    ),
    "record_decision": decide_for_the_region,
    "announce_meeting": lambda p, actor, now, file: announce_meeting(
        request_to(p, "region"), meeting_on=now.date(), actor=actor, now=now
    ),
    "readdress_request": lambda p, actor, now, file: readdress_request(
        request_to(p, "region"), email="ny@region.example", actor=actor, now=now
    ),
    "ask_again": lambda p, actor, now, file: ask_again(
        request_to(p, "council-2"), reason="Ny drøftelse", actor=actor, now=now
    ),
    "add_party": lambda p, actor, now, file: add_party(
        live_stage(p, "approval"), Body.objects.get(key="committee"), reply_by=now.date(), actor=actor, now=now
    ),
    "settle_reservation": lambda p, actor, now, file: settle_reservation(
        decided(p), Settlement.IMMATERIAL, reason="Uden økonomi", actor=actor, now=now
    ),
    "add_addendum": lambda p, actor, now, file: add_addendum(
        decided(p), text="Punkt 8.", file=file, actor=actor, now=now
    ),
    "receive_minutes": lambda p, actor, now, file: receive_minutes(
        decided(p), file or a_file(p.office, now), actor=actor, now=now
    ),
}
SUBMISSIONS: dict[str, Deed] = {
    "make_package": lambda p, actor, now, file: make_package(
        live_stage(p, "submission"), supplements=external(p).package, actor=actor, now=now
    ),
    "send_submission": lambda p, actor, now, file: send_submission(
        live_stage(p, "submission"), Package.objects.get(number=2), actor=actor, now=now
    ),
    "readdress_submission": lambda p, actor, now, file: readdress_submission(
        external(p), email="ny@authority.example", actor=actor, now=now
    ),
    "acknowledge": lambda p, actor, now, file: acknowledge(
        external(p), received_at=now, file=file, actor=actor, now=now
    ),
    "ask_question": lambda p, actor, now, file: ask_question(external(p), text="Hvornår?", actor=actor, now=now),
    "record_ruling": lambda p, actor, now, file: record_ruling(
        external(p), outcome=Ruling.APPROVED, ruled_on=now.date(), file=file, actor=actor, now=now
    ),
    "record_milestone": lambda p, actor, now, file: record_milestone(
        live_stage(p, "in_force"),
        body=Body.objects.get(key="region"),
        happened_on=now.date(),
        file=file,
        actor=actor,
        now=now,
    ),
}
ENGINE: dict[str, Deed] = {
    "override_gate": lambda p, actor, now, file: override_gate(
        live_stage(p, "approval"), "parties", reason="Ikke nødvendig", actor=actor, now=now
    ),
    "confirm_gate": lambda p, actor, now, file: confirm_gate(
        live_stage(p, "approval"), "manual_with_reason", reason="Det er i orden", actor=actor, now=now
    ),
    "contact_bodies_otherwise": lambda p, actor, now, file: contact_bodies_otherwise(
        live_stage(p, "approval"), [request_to(p, "region")], actor=actor, now=now
    ),
    "complete_stage": lambda p, actor, now, file: complete_stage(live_stage(p, "approval"), actor=actor, now=now),
    "skip_stage": lambda p, actor, now, file: skip_stage(
        live_stage(p, "approval"), reason="Ikke nødvendig", actor=actor, now=now
    ),
    "return_stage": lambda p, actor, now, file: return_stage(
        live_stage(p, "approval"), to="drafting", reason="Et nyt udkast", actor=actor, now=now
    ),
    "set_parameter": lambda p, actor, now, file: set_parameter(p, "reply_on", now.date(), actor=actor, now=now),
    "suspend_process": lambda p, actor, now, file: suspend_process(p, reason="Valg til rådet", actor=actor, now=now),
    "abandon_process": lambda p, actor, now, file: abandon_process(
        p, reason="Arbejdet er opgivet", actor=actor, now=now
    ),
    "resume_process": lambda p, actor, now, file: resume_process(resting(p, now), actor=actor, now=now),
    "write_presentation": lambda p, actor, now, file: write_presentation(
        live_stage(p, "approval"), law="Sundhedsloven", actor=actor, now=now
    ),
    "settle_matter": lambda p, actor, now, file: settle_matter(
        p, matter="rejected", subject_id=decided(p).public_id, reason="Drøftet med rådet", actor=actor, now=now
    ),
    "set_erasure_day": lambda p, actor, now, file: set_erasure_day(
        p, now.date() + timedelta(days=999), actor=actor, now=now
    ),
    "make_journal_parcel": lambda p, actor, now, file: make_journal_parcel(p, actor=actor, now=now),
    "receipt_journal_parcel": lambda p, actor, now, file: receipt_journal_parcel(
        a_parcel(p, now), journal_number="24/1", actor=actor, now=now
    ),
    "start_process": lambda p, actor, now, file: start_process(
        p.office, p.definition, title="En til", actor=actor, now=now
    ),
    "publish": lambda p, actor, now, file: publish(p, PublicThing.PATH, [p.public_id], actor=actor, now=now),
    "withdraw_publication": lambda p, actor, now, file: withdraw_publication(
        an_item(p, now), reason="Åbnet ved en fejl", actor=actor, now=now
    ),
    "create_document": lambda p, actor, now, file: create_document(p, title="Ny", actor=actor, now=now),
    "add_version": lambda p, actor, now, file: add_version(
        the_text(p).document, markdown="# 1 Nyt", actor=actor, now=now
    ),
    "arrange_documents": lambda p, actor, now, file: arrange_documents(
        p, [NamedDocument(the_text(p).document, "Nyt navn")], actor=actor, now=now
    ),
    "create_bundle": lambda p, actor, now, file: create_bundle(
        p, [BundleEntry(the_text(p), "agreement")], actor=actor, now=now
    ),
    "lock_bundle": lambda p, actor, now, file: lock_bundle(request_to(p, "region").bundle, actor=actor, now=now),
    "put_forward": lambda p, actor, now, file: put_forward(
        request_to(p, "region").bundle, reason="Klar", change="first", actor=actor, now=now
    ),
    "take_back_bundle": lambda p, actor, now, file: take_back_bundle(
        request_to(p, "region").bundle, reason="Den forkerte fil", actor=actor, now=now
    ),
    "lock_documents": lambda p, actor, now, file: lock_documents(
        p, [BundleEntry(the_text(p), "agreement")], note="Rettelse", actor=actor, now=now
    ),
    "extend_deadline": lambda p, actor, now, file: extend_deadline(
        the_deadline(p), new_on=the_deadline(p).on + timedelta(days=7), reason="Ferie", actor=actor, now=now
    ),
    "move_statutory_deadline": lambda p, actor, now, file: move_statutory_deadline(
        the_deadline(p), new_on=now.date(), reason="Ny lov", source="Loven", actor=actor, now=now
    ),
    "pause_clock": lambda p, actor, now, file: pause_clock(the_deadline(p), reason="Spørgsmål", actor=actor, now=now),
    "resume_clock": lambda p, actor, now, file: resume_clock(the_deadline(p), reason="Svaret", actor=actor, now=now),
}
DONE_TO = (
    "Objection",
    "PublishedItem",
    "Process",
    "Stage",
    "Deadline",
    "Document",
    "Bundle",
    "ApprovalRequest",
    "Decision",
    "ExternalRequest",
    "JournalParcel",
)
"""What belongs to a process, and with it to an office."""
TAKING_FILES = (
    "record_decision",
    "add_addendum",
    "receive_minutes",
    "acknowledge",
    "record_milestone",
)


def the_process(verb: str, now: datetime) -> Process:
    return submitted_process(now) if verb in SUBMISSIONS else asked_process(now)


def refusal(verb: str, process: Process, actor: Actor, now: datetime, file: StoredFile | None = None) -> str:
    """The code of the refusal; a refused deed leaves no trace in the record."""
    entries = AuditEntry.objects.filter(process_id=process.public_id).count()
    with pytest.raises(Refused) as refused:
        (APPROVALS | SUBMISSIONS | ENGINE)[verb](process, actor, now, file)
    assert AuditEntry.objects.filter(process_id=process.public_id).count() == entries
    return refused.value.refusal.code


def test_read_deeds_each_to_a_process_has_its_line_here() -> None:
    assert deeds_to(*DONE_TO) - (APPROVALS | SUBMISSIONS | ENGINE).keys() == set(), "add them to APPROVALS … ENGINE"


@pytest.mark.parametrize("verb", [*APPROVALS, *SUBMISSIONS, *ENGINE])
def test_do_any_deed_in_another_offices_matter_is_refused(now: datetime, verb: str) -> None:
    process = the_process(verb, now)
    stranger = an_actor(an_office("midtjylland"))

    assert refusal(verb, process, stranger, now) == "not_an_officer"


@pytest.mark.parametrize("verb", TAKING_FILES)
def test_put_another_offices_file_to_a_matter_is_refused(now: datetime, verb: str) -> None:
    process = the_process(verb, now)
    foreign = a_file(an_office("midtjylland"), now)

    assert refusal(verb, process, officer_of(process), now, foreign) == "file_foreign"


def test_record_decision_from_another_offices_mail_is_refused(now: datetime) -> None:
    process = asked_process(now)
    request = request_to(process, "region")
    source = a_file(an_office("midtjylland"), now, "mail.txt")

    with pytest.raises(Refused) as refused:
        record_decision(
            request,
            the_facts(now),
            bundle_sha256=request.bundle.sha256,
            source=source,
            actor=officer_of(process),
            now=now,
        )

    assert refused.value.refusal.code == "file_foreign"


def a_member_of(process: Process, body: str) -> Actor:
    user = User.objects.create(email=f"medlem@{body}.example", name="Medlem")
    Membership.objects.create(user=user, office=process.office, body=Body.objects.get(key=body))
    return Actor.of_user(user)


def test_record_decision_by_an_account_of_the_body_is_kept(now: datetime) -> None:
    process = asked_process(now)

    decision = decide_for_the_region(process, a_member_of(process, "region"), now, None)

    assert (decision.body.key, decision.by_label) == ("region", "Medlem")


def test_record_decision_by_an_account_of_another_body_is_refused(now: datetime) -> None:
    process = asked_process(now)

    assert refusal("record_decision", process, a_member_of(process, "council-1"), now) == "not_an_officer"


@pytest.mark.parametrize(
    "verb", ["record_decision", "announce_meeting", "object_to_correction", "add_addendum", "receive_minutes"]
)
@pytest.mark.parametrize(("body", "code"), [("council-2", "foreign_link"), (None, "link_revoked")])
def test_do_a_bodys_deed_by_another_link_or_a_revoked_one_is_refused(
    now: datetime, verb: str, body: str | None, code: str
) -> None:
    process = asked_process(now)
    own = "council-1" if verb in ("add_addendum", "receive_minutes") else "region"
    link = request_to(process, body or own).link
    if code == "link_revoked":
        PersonalLink.objects.filter(pk=link.pk).update(revoked_at=now)

    assert refusal(verb, process, Actor.of_link(link, "Byrådet"), now) == code


def test_add_addendum_and_minutes_by_the_bodys_own_link_are_kept(now: datetime) -> None:
    process = asked_process(now)
    link = Actor.of_link(request_to(process, "council-1").link, "Byråd 1")

    addendum = add_addendum(decided(process), text="Punkt 8.", actor=link, now=now)
    decision = receive_minutes(decided(process), a_file(process.office, now), actor=link, now=now)

    assert (addendum.by_label, decision.minutes is not None) == ("Byråd 1", True)


@pytest.mark.parametrize("verb", ["ask_again", "readdress_request"])
def test_do_an_officers_deed_by_the_bodys_own_account_is_refused(now: datetime, verb: str) -> None:
    process = asked_process(now)

    assert refusal(verb, process, a_member_of(process, "region"), now) == "not_an_officer"


def test_record_decision_by_an_auditor_of_the_office_is_refused(now: datetime) -> None:
    process = asked_process(now)
    auditor = an_officer(process.office, "revisor@example.dk")
    Membership.objects.filter(user=auditor).update(role=Role.AUDITOR)

    assert refusal("record_decision", process, Actor.of_user(auditor), now) == "not_an_officer"
