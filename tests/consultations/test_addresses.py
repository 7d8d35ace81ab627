"""One address of a body in every matter: corrected once, written in the register, and known when mail comes back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from consultations.actions.invitation_list import add_party, correct_party
from consultations.actions.midround import invite_party
from consultations.actions.parties import correct_address, forward
from consultations.actions.rounds import launch_round
from consultations.actions.unreached import contact_otherwise
from consultations.models import Invitation
from consultations.queries.rounds import round_of
from notifications import tracking
from notifications.models import OutgoingMail
from notifications.states import EventKind, MailState
from tests.consultations.factories import (
    CLOSES_ON,
    HEARD,
    LAUNCHED,
    OFFICER,
    Hearing,
    a_hearing,
    a_locked_bundle,
    a_round_in_draft,
)
from tests.refusals import code_of
from tests.workflow.agreements import ask_all, decide, in_approval, in_review, officer_of, request_to
from tests.workflow.factories import a_body, a_process, stage_of
from workflow.actions.approvals import contact_bodies_otherwise, readdress_request
from workflow.actions.asked_at_address import correct_also
from workflow.actions.contacts import set_contact
from workflow.actions.stages import complete_stage, return_stage
from workflow.asked_kinds import asked_at_address
from workflow.models import AuditEntry, Body, Contact, Process
from workflow.states import BodyKind, Channel
from workflow.views.unreached import unreached_duties

pytestmark = pytest.mark.django_db

NOW = LAUNCHED
NEW = "ny@rette.example"


def bounce(mail: OutgoingMail) -> None:
    detail = "550 5.1.1 no such user"
    kind = EventKind.BOUNCED
    tracking.record_event(mail, kind, key=f"b:{mail.public_id}", occurred_at=NOW, now=NOW, detail=detail)


def a_hearing_of(process: Process, body: Body) -> Hearing:
    """A hearing of that body under way, in the office of another matter."""
    council = a_body(BodyKind.SENIOR_COUNCIL, "Ældrerådet", key="aeldreraad")
    bodies = {"hearing_parties": [body], "input_parties": [council]}
    heard = a_process(process.office, NOW, HEARD, bodies=bodies)
    a_locked_bundle(heard, NOW)
    complete_stage(stage_of(heard, "drafting"), actor=OFFICER, now=NOW)
    hearing_round = round_of(stage_of(heard, "hearing"))
    assert hearing_round is not None
    launch_round(hearing_round, closes_on=CLOSES_ON, reason="Aftalt", actor=OFFICER, now=NOW)
    hearing = Hearing(heard, hearing_round, NOW)
    hearing.reread()
    return hearing


# ── One address in two matters ────────────────────────────────────────────────────────────────────────────────
def test_ask_council_whose_address_bounced_in_the_hearing_and_was_corrected_there_goes_to_the_new_one() -> None:
    process = in_review(NOW)
    council = Body.objects.get(key="council-1")
    hearing = a_hearing_of(process, council)
    bounce(hearing.mails("hearing_invitation")[0])
    contact = Contact.objects.get(office=process.office, body=council)
    assert contact.bounced_at == NOW

    correct_address(hearing.party(), email=NEW, actor=OFFICER, now=NOW)
    decide(process, "committee", NOW, stage="review")
    ask_all(process, NOW)

    contact.refresh_from_db()
    assert (contact.email, contact.bounced_at) == (NEW, None)
    request = request_to(process, "council-1")
    assert (request.email, request.bounced_at) == (NEW, None)
    assert OutgoingMail.objects.get(subject_id=request.public_id).to_address == NEW
    assert AuditEntry.objects.filter(verb="set_contact", subject_id=contact.public_id).count() == 1


def test_ask_council_whose_address_bounced_and_was_not_corrected_is_a_duty_and_no_mail() -> None:
    process = in_review(NOW)
    council = Body.objects.get(key="council-1")
    bounce(a_hearing_of(process, council).mails("hearing_invitation")[0])

    decide(process, "committee", NOW, stage="review")
    ask_all(process, NOW)

    request = request_to(process, "council-1")
    assert request.bounced_at == NOW
    assert not OutgoingMail.objects.filter(subject_id=request.public_id).exists()
    assert [duty.badge for duty in unreached_duties([process.office], NOW)] == ["Ikke nået"]


def test_correct_address_for_this_matter_alone_leaves_the_register() -> None:
    hearing = a_hearing(parties=1)

    correct_address(hearing.party(), email=NEW, for_later=False, actor=OFFICER, now=NOW)

    assert Contact.objects.get(body=hearing.party().body).email == "part1@example.dk"


def test_correct_address_to_the_one_it_was_passed_on_to_leaves_the_register() -> None:
    hearing = a_hearing(parties=1)
    forward(hearing.party(), to_email="vikar@example.dk", actor=hearing.by_link(), now=NOW)

    correct_address(hearing.party(), email="vikar@example.dk", actor=OFFICER, now=NOW)

    assert Contact.objects.get(body=hearing.party().body).email == "part1@example.dk"
    assert hearing.party().forwards.filter(ended_at=None).exists(), "sent once more, not corrected"


def test_readdress_request_writes_the_register_unless_told_otherwise() -> None:
    process = in_review(NOW)
    decide(process, "committee", NOW, stage="review")
    officer = officer_of(process)

    readdress_request(request_to(process, "council-1"), email=NEW, actor=officer, now=NOW)
    readdress_request(request_to(process, "council-2"), email=NEW, for_later=False, actor=officer, now=NOW)

    registered = dict(Contact.objects.values_list("body__key", "email"))
    assert registered["council-1"] == NEW
    assert registered["council-2"] == "post@council-2.example"


def test_readdress_request_of_a_body_that_has_decided_sends_its_receipt_with_the_new_link_and_asks_nothing() -> None:
    process = in_review(NOW)
    decide(process, "committee", NOW, stage="review")
    request = decide(process, "council-1", NOW).request
    OutgoingMail.objects.all().delete()

    readdress_request(request, email=NEW, actor=officer_of(process), now=NOW)

    request.refresh_from_db()
    assert (request.email, request.state, request.next_check_at) == (NEW, "decided", None)
    [mail] = OutgoingMail.objects.filter(subject_id=request.public_id)
    assert (mail.kind, mail.to_address) == ("decision_receipt", NEW)


def test_bounce_of_a_question_marks_the_register_too() -> None:
    process = in_approval(NOW)
    request = request_to(process, "council-1")

    bounce(OutgoingMail.objects.get(subject_id=request.public_id))

    assert Contact.objects.get(body=request.body).bounced_at == NOW


def test_bounce_heard_late_about_an_address_since_corrected_changes_neither_party_nor_register() -> None:
    hearing = a_hearing(parties=1)
    [invited] = hearing.mails("hearing_invitation")
    OutgoingMail.objects.filter(pk=invited.pk).update(state=MailState.SENT, sent_at=NOW)
    correct_address(hearing.party(), email=NEW, actor=OFFICER, now=NOW)

    bounce(OutgoingMail.objects.get(pk=invited.pk))

    assert hearing.party().bounced_at is None
    assert Contact.objects.get(body=hearing.party().body).bounced_at is None


# ── Other questions at that address ───────────────────────────────────────────────────────────────────────────
def test_correct_also_gives_every_other_question_at_the_address_the_new_one() -> None:
    process = in_review(NOW)
    decide(process, "committee", NOW, stage="review")
    council = Body.objects.get(key="council-1")
    hearing = a_hearing_of(process, council)
    questions = asked_at_address(process.office, "POST@council-1.example", besides=hearing.party().public_id)

    correct_address(hearing.party(), email=NEW, actor=OFFICER, now=NOW)
    refused = correct_also(
        [question.key for question in questions], old="post@council-1.example", email=NEW, actor=OFFICER, now=NOW
    )

    request = request_to(process, "council-1")
    assert [question.key for question in questions] == [f"request:{request.public_id}"]
    assert (refused, request.email, request.link.version) == ([], NEW, 2)
    assert asked_at_address(process.office, "post@council-1.example") == []


# ── Two officers at once ──────────────────────────────────────────────────────────────────────────────────────
def test_correct_address_that_somebody_else_has_changed_since_it_was_seen_is_refused() -> None:
    hearing = a_hearing(parties=1)
    look: dict[str, Any] = {"shown_address": "part1@example.dk", "actor": OFFICER, "now": NOW}
    correct_address(hearing.party(), email="a@rette.example", **look)

    refusals = [
        code_of(lambda: correct_address(hearing.party(), email="b@rette.example", **look)),
        code_of(lambda: set_contact(hearing.process.office, hearing.party().body, email="b@rette.example", **look)),
    ]

    assert refusals == ["address_changed_meanwhile"] * 2
    assert hearing.party().email == "a@rette.example"
    correct_address(hearing.party(), email="A@rette.example", **look)  # the same: they agree


# ── Whom no mail can reach ────────────────────────────────────────────────────────────────────────────────────
def test_launch_round_to_a_party_whose_mail_came_back_is_refused_until_it_is_settled() -> None:
    hearing = a_round_in_draft(parties=2)
    launch: dict[str, Any] = {"closes_on": CLOSES_ON, "reason": "Aftalt", "actor": OFFICER, "now": NOW}
    Contact.objects.filter(body=hearing.party(1).body).update(bounced_at=NOW)
    hearing.round.invitations.filter(number=1).update(bounced_at=NOW)
    assert code_of(lambda: launch_round(hearing.round, **launch)) == "contact_bounced"

    [settled] = contact_otherwise(hearing.round, actor=OFFICER, now=NOW)
    launch_round(hearing.round, **launch)

    party = hearing.party(1)
    assert settled == party
    assert (party.channel, party.bounced_at, party.state) == (Channel.NONE, None, "invited")
    assert [mail.to_address for mail in hearing.mails("hearing_invitation")] == ["part2@example.dk"]
    assert AuditEntry.objects.filter(verb="contact_otherwise").count() == 1


def test_contact_otherwise_where_mail_reaches_everybody_is_refused() -> None:
    hearing = a_round_in_draft(parties=1)

    assert code_of(lambda: contact_otherwise(hearing.round, actor=OFFICER, now=NOW)) == "nobody_unreachable"
    assert code_of(lambda: contact_otherwise(hearing.round, actor=hearing.by_link(), now=NOW)) == "office_only"


def test_add_party_knows_that_its_register_address_bounced_and_not_of_another() -> None:
    hearing = a_round_in_draft(parties=0)
    body = Body.objects.get(key="part-1")
    Contact.objects.filter(body=body).update(bounced_at=NOW)

    known = add_party(hearing.round, body=body, actor=OFFICER, now=NOW)
    assert known.bounced_at == NOW

    correct_party(known, name=known.name, email="anden@example.dk", actor=OFFICER, now=NOW)
    known.refresh_from_db()
    assert known.bounced_at is None
    contact = Contact.objects.get(body=body)
    assert (contact.email, contact.bounced_at) == ("anden@example.dk", None)


def test_invite_party_in_mid_round_at_a_register_address_that_bounced_is_refused_and_at_another_asked() -> None:
    hearing = a_hearing(parties=1)
    body = a_body(BodyKind.ORGANISATION, "Ny part", key="ny-part")
    office = hearing.process.office
    Contact.objects.create(office=office, body=body, email="doed@part.example", bounced_at=NOW)
    given: dict[str, Any] = {"body": body, "reason": "Glemt", "actor": OFFICER, "now": NOW}

    assert code_of(lambda: invite_party(hearing.round, **given)) == "contact_bounced"
    party = invite_party(hearing.round, email=NEW, **given)

    assert (party.email, party.bounced_at) == (NEW, None)


def test_open_round_anew_asks_each_at_its_own_mailbox_and_remembers_what_came_back() -> None:
    hearing = a_hearing(parties=3)
    forward(hearing.party(1), to_email="vikar@example.dk", to_name="Vikar", actor=hearing.by_link(), now=NOW)
    bounce(next(m for m in hearing.mails("hearing_invitation") if m.to_address == "part2@example.dk"))
    correct_address(hearing.party(3), email="kun-her@example.dk", for_later=False, actor=OFFICER, now=NOW)

    return_stage(stage_of(hearing.process, "hearing"), reason="Nyt udkast", actor=OFFICER, now=NOW)
    a_locked_bundle(hearing.process, NOW + timedelta(days=1))
    complete_stage(stage_of(hearing.process, "drafting"), actor=OFFICER, now=NOW + timedelta(days=1))

    listed = Invitation.objects.filter(round__stage__attempt=2).order_by("number")
    assert list(listed.values_list("email", "contact_name")) == [
        ("part1@example.dk", ""),
        ("part2@example.dk", ""),
        ("kun-her@example.dk", ""),
    ]
    assert [row.bounced_at for row in listed] == [None, NOW, None]


def test_ask_bodies_otherwise_settles_those_no_mail_can_reach() -> None:
    process = in_review(NOW)
    Contact.objects.filter(body__key="council-1").delete()
    decide(process, "committee", NOW, stage="review")
    ask_all(process, NOW)
    stage, officer = stage_of(process, "approval"), officer_of(process)
    assert len(unreached_duties([process.office], NOW)) == 1

    [settled] = contact_bodies_otherwise(stage, actor=officer, now=NOW)

    assert settled.body.key == "council-1"
    assert unreached_duties([process.office], NOW) == []
    assert request_to(process, "council-1").channel == Channel.NONE
    assert code_of(lambda: contact_bodies_otherwise(stage, actor=officer, now=NOW)) == "nobody_unreachable"
