"""A deed that comes while another has not ended yet waits for it, and then goes by what it left. On real PostgreSQL.

Each test holds the first deed open until the second waits; without the lock it is about, the second goes by what was.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from notifications.models import MailEvent, OutgoingMail
from notifications.states import EventKind
from tests.racing import Beside, wait_until_somebody_waits
from tests.workflow.agreements import decide, in_approval, officer_of, request_to, sent_off, the_facts
from tests.workflow.factories import a_body, an_actor, an_office, an_officer
from workflow.actions.approvals import announce_meeting, readdress_request, record_decision, remind_bodies
from workflow.actions.asked import hear_bounce
from workflow.actions.contacts import note_bounce, set_contact
from workflow.actions.links import open_link
from workflow.actions.offices import revoke_membership
from workflow.actions.processes import suspend_process
from workflow.actions.stages import complete_stage
from workflow.actions.submissions import readdress_submission
from workflow.actors import Actor
from workflow.models import ApprovalRequest, Contact, ExternalRequest, Membership, PersonalLink, Process, Stage
from workflow.queries.processes import live_stage
from workflow.rules import Refused
from workflow.states import Role, StageState

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def amidst(first: Callable[[], Any], second: Callable[[], Any]) -> Beside:
    """Do the second deed while the first is done but not committed; returns what came of the second."""
    with transaction.atomic():
        first()
        beside = Beside(second)
        wait_until_somebody_waits()
    return beside


def code_of(beside: Beside) -> str:
    """The code with which a deed was refused."""
    with pytest.raises(Refused) as refused:
        beside.done()
    return refused.value.refusal.code


def a_bounce(mail: OutgoingMail, now: datetime) -> MailEvent:
    return MailEvent(mail=mail, kind=EventKind.BOUNCED, key="b", occurred_at=now, recorded_at=now)


def in_a_transaction(deed: Callable[[], Any]) -> Callable[[], Any]:
    def done() -> Any:
        with transaction.atomic():
            return deed()

    return done


def test_hear_of_a_bounce_while_a_question_is_readdressed_leaves_the_new_address_whole(now: datetime) -> None:
    process = in_approval(now)
    request = request_to(process, "council-1")
    mail = OutgoingMail.objects.get(subject_id=request.public_id)
    officer = officer_of(process)

    amidst(
        lambda: readdress_request(request, email="ny@solroed.example", actor=officer, now=now),
        in_a_transaction(lambda: hear_bounce(mail, a_bounce(mail, now), now)),
    ).done()

    request = ApprovalRequest.objects.get(pk=request.pk)
    assert (request.email, request.bounced_at) == ("ny@solroed.example", None)
    assert request.next_check_at is not None


def test_hear_of_a_bounce_while_a_submission_is_readdressed_leaves_the_new_address_whole(now: datetime) -> None:
    process, request = sent_off(now)
    mail = OutgoingMail.objects.get(subject_id=request.public_id)
    officer = officer_of(process)

    amidst(
        lambda: readdress_submission(request, email="ny@sst.example", actor=officer, now=now),
        in_a_transaction(lambda: hear_bounce(mail, a_bounce(mail, now), now)),
    ).done()

    request = ExternalRequest.objects.get(pk=request.pk)
    assert (request.email, request.bounced_at) == ("ny@sst.example", None)


def test_remind_bodies_leaves_one_that_is_just_deciding_to_the_next_sweep(now: datetime) -> None:
    process = in_approval(now)
    request = request_to(process, "council-1")
    due_at = ApprovalRequest.objects.get(pk=request.pk).next_check_at
    assert due_at is not None

    with transaction.atomic():
        record_decision(
            request,
            the_facts(now),
            bundle_sha256=request.bundle.sha256 if request.bundle else "",
            actor=Actor.of_link(request.link, request.body.name),
            now=now,
        )
        Beside(lambda: remind_bodies(due_at)).done()

    assert not OutgoingMail.objects.filter(subject_id=request.public_id, kind="decision_reminder").exists()
    others = ApprovalRequest.objects.filter(stage=request.stage).exclude(pk=request.pk)
    assert OutgoingMail.objects.filter(kind="decision_reminder").count() == others.count()


def test_set_contact_of_a_body_twice_at_once_keeps_one(now: datetime) -> None:
    office, body = an_office(), a_body()
    officer = an_actor(office)

    amidst(
        lambda: set_contact(office, body, email="a@solroed.example", actor=officer, now=now),
        lambda: set_contact(office, body, email="b@solroed.example", actor=officer, now=now),
    ).done()

    assert Contact.objects.get(office=office, body=body).email == "b@solroed.example"


def test_set_contact_while_its_address_bounces_keeps_the_bounce(now: datetime) -> None:
    office, body = an_office(), a_body()
    officer = an_actor(office)
    set_contact(office, body, email="a@solroed.example", actor=officer, now=now)

    amidst(
        lambda: note_bounce(office, body, "a@solroed.example", now),
        lambda: set_contact(office, body, email="a@solroed.example", name="Ida Munk", actor=officer, now=now),
    ).done()

    contact = Contact.objects.get(office=office, body=body)
    assert (contact.name, contact.bounced_at) == ("Ida Munk", now)


def test_open_a_link_while_its_body_is_readdressed_is_refused(now: datetime) -> None:
    process = in_approval(now)
    request = request_to(process, "council-1")
    link = PersonalLink.objects.get(pk=request.link_id)
    officer = officer_of(process)

    beside = amidst(
        lambda: readdress_request(request, email="ny@raad.example", actor=officer, now=now),
        lambda: open_link(link, actor=Actor.of_link(link, "Solrød Byråd"), now=now),
    )

    assert code_of(beside) == "link_revoked"
    assert PersonalLink.objects.get(pk=link.pk).opened_at is None


@pytest.mark.parametrize("is_at_hand", [True, False], ids=["office and definition read before", "nothing read before"])
def test_do_a_deed_while_the_process_is_suspended_is_refused(now: datetime, is_at_hand: bool) -> None:
    process = in_approval(now)
    officer = officer_of(process)
    request = request_to(process, "council-1")
    stage = request.stage
    if is_at_hand:
        stage.process = Process.objects.select_related("office", "definition").get(pk=process.pk)
    else:
        stage = Stage.objects.get(pk=stage.pk)
    later = now + timedelta(hours=1)  # by then what is asked about the set put forward has left

    beside = amidst(
        lambda: suspend_process(process, reason="Valg udskrevet.", actor=officer, now=later),
        lambda: complete_stage(stage, actor=officer, now=later),
    )

    assert code_of(beside) == "process_suspended"
    assert live_stage(process, "approval").state == StageState.OPEN


def test_announce_a_meeting_while_the_body_decides_is_refused(now: datetime) -> None:
    process = in_approval(now)
    request = request_to(process, "council-1")

    beside = amidst(
        lambda: decide(process, "council-1", now),
        lambda: announce_meeting(
            request, meeting_on=now.date(), actor=Actor.of_link(request.link, request.body.name), now=now
        ),
    )

    assert code_of(beside)
    assert ApprovalRequest.objects.get(pk=request.pk).meeting_on is None


def test_revoke_each_other_by_the_last_two_administrators_leaves_one(now: datetime) -> None:
    office = an_office()
    seats = [
        Membership.objects.create(user=an_officer(office, f"{name}@example.dk", name), office=office, role=Role.ADMIN)
        for name in ("anna", "bo")
    ]
    anna, bo = (Actor.of_user(seat.user) for seat in seats)

    beside = amidst(
        lambda: revoke_membership(seats[1], actor=anna, now=now),
        lambda: revoke_membership(seats[0], actor=bo, now=now),
    )

    assert code_of(beside) in ("last_administrator", "not_administrator")
    assert Membership.objects.filter(office=office, role=Role.ADMIN).count() == 1
