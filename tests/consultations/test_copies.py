"""Copies of what a body is asked: to whom, of which mails, and never with link or code."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from consultations.actions.extensions import extend_for_all
from consultations.actions.parties import correct_address
from consultations.actions.reminders import send_reminders
from notifications import delivery, kinds, outbox, render, tracking
from notifications.kinds import no_copies, title_of
from notifications.models import OutgoingMail
from notifications.outbox import Letter
from notifications.queries import mails_to_mend, undelivered_mails
from notifications.states import EventKind, MailState
from tests.consultations.factories import LAUNCHED, OFFICER, Hearing, a_round_in_draft, launch
from tests.consultations.test_readdressing import SECRET, subject_of
from tests.refusals import code_of
from tests.workflow.agreements import ask_all, decide, in_review, in_submission, officer_of, request_to, sent
from workflow.actions.approvals import readdress_request
from workflow.actions.contacts import set_contact
from workflow.actions.erasure import erase_person
from workflow.actions.rehearsal import rehearse
from workflow.actors import SYSTEM
from workflow.links import link_path, link_url, typed_code
from workflow.mails.copies import COPY, copies_of
from workflow.models import AuditDetail, Body, Contact, CopyAddress, Office, Process

pytestmark = pytest.mark.django_db

COLLEAGUE = "chef@part.example"
LEFT = timedelta(minutes=11)
"""After this new questions have left."""


def copy_to(office: Office, body: Body | None, copies: str = COLLEAGUE) -> Contact:
    """The body's contact as it is, with copies."""
    assert body is not None
    known = Contact.objects.get(office=office, body=body)
    return set_contact(office, body, email=known.email, name=known.name, copies=copies, actor=SYSTEM, now=LAUNCHED)


def a_hearing_with_a_copy() -> Hearing:
    """Of two parties the first has a colleague who gets copies."""
    hearing = a_round_in_draft(parties=2)
    copy_to(hearing.process.office, hearing.party().body)
    launch(hearing, reason="Aftalt")
    hearing.reread()
    return hearing


def copies() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind=COPY).order_by("id"))


def test_launch_round_sends_the_copy_without_link_and_code_and_the_party_its_own_mail(mailoutbox: Any) -> None:
    hearing = a_hearing_with_a_copy()
    delivery.deliver(LAUNCHED, lambda: LAUNCHED)

    party = hearing.party()
    assert len(hearing.mails("hearing_invitation")) == 2
    [copy] = copies()
    assert (copy.state, copy.to_address, copy.subject_id) == (MailState.SENT, COLLEAGUE, party.public_id)
    [message] = [message for message in mailoutbox if COLLEAGUE in message.to[0]]
    assert "] Kopi: Høring" in message.subject
    assert message.subject.count("[") == 1
    assert "Til orientering: Denne mail er sendt til Part 01." in message.body
    assert "> [personligt link]" in message.body
    everything = message.body + "".join(str(content) for content, _type in message.alternatives)
    assert party.link.public_id.hex not in everything.replace("-", "")
    assert typed_code(party.link) not in everything
    [own] = [message for message in mailoutbox if party.email in message.to[0]]
    assert link_url(party.link) in own.body


def test_remind_extend_and_send_the_link_again_copy_the_new_deadline_and_the_invitation_alone() -> None:
    hearing = a_hearing_with_a_copy()
    at = LAUNCHED + timedelta(days=1)
    extend_for_all(hearing.round, new_on=date(2019, 4, 5), reason="Påsken", actor=OFFICER, now=at)
    correct_address(hearing.party(), email=hearing.party().email, actor=OFFICER, now=at)
    reminders = LAUNCHED + timedelta(days=60)
    send_reminders(reminders)

    kinds_copied = [str(mail.facts["copied"]).partition(":")[0] for mail in copies()]
    assert kinds_copied == ["hearing_invitation", "hearing_extended", "hearing_invitation"]


def in_approval_with_copies(now: datetime, addresses: str = "chef@kommune.example, jurist@kommune.example") -> Process:
    """The committee has approved, and the first council has copies of what it is asked."""
    process = in_review(now)
    copy_to(process.office, Body.objects.get(key="council-1"), addresses)
    decide(process, "committee", now, stage="review")
    ask_all(process, now)
    return process


def test_ask_readdress_and_decide_copies_the_question_that_leaves_and_no_receipt(
    now: datetime, mailoutbox: Any
) -> None:
    process = in_approval_with_copies(now)
    request = request_to(process, "council-1")
    assert len(copies()) == 2

    readdress_request(request, email="ny@council-1.example", actor=officer_of(process), now=now)
    delivery.deliver(now + LEFT, lambda: now + LEFT)
    decide(process, "council-1", now + LEFT)
    delivery.deliver(now + LEFT, lambda: now + LEFT)

    # Those of the question that the new one stands in for went with it.
    assert [(mail.state, mail.withdrawn_reason) for mail in copies()[:2]] == [(MailState.WITHDRAWN, "readdressed")] * 2
    sent_to = sorted(mail.to_address for mail in copies() if mail.state == MailState.SENT)
    assert sent_to == ["chef@kommune.example", "jurist@kommune.example"]
    request.link.refresh_from_db()
    said = [message.body for message in mailoutbox if "kommune.example" in message.to[0]]
    assert len(said) == 2
    assert all(link_path(request.link) not in body and typed_code(request.link) not in body for body in said)


def test_rehearse_question_names_the_copy_beside_it_and_counts_it(now: datetime) -> None:
    process = in_approval_with_copies(now, "chef@kommune.example")
    request = request_to(process, "council-1")

    told = rehearse(
        process,
        lambda: readdress_request(request, email="ny@council-1.example", actor=officer_of(process), now=now),
        now,
    )

    assert told.mails == {"decision_request": ("Byråd 1",), COPY: ("chef@kommune.example",)}
    assert told.count == 2
    assert title_of(COPY) == "Kopi til orientering, uden linket"


def test_send_submission_copies_it_to_who_the_authority_named(now: datetime) -> None:
    process = in_submission(now)
    copy_to(process.office, Body.objects.get(key="authority"), "leder@styrelsen.example")

    sent(process, now)
    delivery.deliver(now, lambda: now)

    assert [(mail.state, mail.to_address) for mail in copies()] == [(MailState.SENT, "leder@styrelsen.example")]


@pytest.mark.parametrize("key", SECRET)
def test_write_copy_of_each_kind_that_has_a_link_holds_neither_link_nor_code(key: str) -> None:
    """Of all kinds, also those that are not copied today."""
    kind = kinds.kind(key)
    subject = subject_of(kind)
    office = Office.objects.latest("id")
    body = Body.objects.latest("id")
    contact = Contact.objects.get_or_create(office=office, body=body)[0]
    address = CopyAddress.objects.create(contact=contact, email=COLLEAGUE)
    facts = {"objected_on": LAUNCHED.isoformat()}
    letter = Letter(
        key, f"{key}:probe", subject.email, "Part", "da", subject.public_id, office_id=office.public_id, facts=facts
    )
    made = copies_of([letter], {subject.public_id: body.pk}, {(office.public_id, body.pk): [address]})
    outbox.enqueue([letter, *made], LAUNCHED)
    [copy] = outbox.mails_under(made)

    written = render.write(
        copy, kinds.kind(COPY), kinds.kind(COPY).facts([copy], LAUNCHED)[copy.pk], kinds.secrets(copy)
    )
    everything = "".join((*written.to_send(), *written.to_keep(), str(copy.facts), copy.key))
    assert link_path(subject.link) not in everything
    assert link_path(subject.link).split("/")[3] not in everything
    assert typed_code(subject.link) not in everything
    assert "[personligt link]" in everything


def test_walk_kinds_of_mail_those_that_ask_are_copied_and_no_others() -> None:
    copied = {kind.key for kind in kinds.kinds() if kind.copies is not no_copies}

    assert copied == {
        "authority_submission",
        "decision_asked_again",
        "decision_deadline",
        "decision_request",
        "hearing_extended",
        "hearing_invitation",
        "input_invitation",
    }
    assert all(kind.copies.__self__ is kind.secrets.__self__ for kind in kinds.kinds() if kind.key in copied)  # type: ignore[attr-defined]
    assert kinds.kind(COPY).secrets is kinds.no_secrets


def test_deliver_copy_whose_mail_is_withdrawn_or_whose_address_was_taken_off_is_not_sent(now: datetime) -> None:
    process = in_approval_with_copies(now)
    copy_to(process.office, Body.objects.get(key="council-1"), "jurist@kommune.example")
    delivery.deliver(now + LEFT, lambda: now + LEFT)

    assert {mail.to_address: mail.withdrawn_reason or mail.state for mail in copies()} == {
        "chef@kommune.example": "no_copies",
        "jurist@kommune.example": MailState.SENT,
    }


def test_hear_bounce_of_a_copy_marks_its_address_alone_until_the_contact_is_saved_again() -> None:
    hearing = a_hearing_with_a_copy()
    delivery.deliver(LAUNCHED, lambda: LAUNCHED)
    party, [copy] = hearing.party(), copies()

    tracking.store_event(copy, EventKind.BOUNCED, key="1", occurred_at=LAUNCHED, detail="No such user", now=LAUNCHED)
    tracking.tell_kinds(LAUNCHED)

    party.refresh_from_db()
    assert (CopyAddress.objects.get().bounced_at, party.bounced_at) == (LAUNCHED, None)
    assert Contact.objects.get(office=hearing.process.office, body=party.body).bounced_at is None
    assert not mails_to_mend(process_id=hearing.process.public_id).exists()
    assert undelivered_mails(office_id=hearing.process.office.public_id).get().pk == copy.pk

    again = LAUNCHED + timedelta(days=1)
    correct_address(party, email=party.email, actor=OFFICER, now=again)
    assert len(copies()) == 1
    copy_to(hearing.process.office, party.body)
    correct_address(party, email=party.email, actor=OFFICER, now=again + timedelta(hours=1))
    assert len(copies()) == 2


def test_find_mails_to_mend_a_question_that_came_back_is_not_made_good_by_its_copy() -> None:
    hearing = a_hearing_with_a_copy()
    delivery.deliver(LAUNCHED, lambda: LAUNCHED)
    asked = hearing.mails("hearing_invitation")[0]

    tracking.store_event(asked, EventKind.BOUNCED, key="1", occurred_at=LAUNCHED, detail="No such user", now=LAUNCHED)

    assert copies()[0].state == MailState.SENT
    assert [mail.pk for mail in mails_to_mend(process_id=hearing.process.public_id)] == [asked.pk]


@pytest.mark.parametrize("whom", ["the colleague", "the contact"])
def test_erase_who_gets_copies_or_the_contact_leaves_no_address_of_a_copy(whom: str) -> None:
    hearing = a_hearing_with_a_copy()
    delivery.deliver(LAUNCHED, lambda: LAUNCHED)
    contact = Contact.objects.get(office=hearing.process.office, body=hearing.party().body)

    erase_person(COLLEAGUE if whom == "the colleague" else contact, reason="Bedt om det", actor=OFFICER, now=LAUNCHED)

    assert not CopyAddress.objects.exists()
    assert COLLEAGUE not in " ".join(str(body) for body in AuditDetail.objects.values_list("body", flat=True))
    if whom == "the colleague":
        assert not OutgoingMail.objects.filter(to_address=COLLEAGUE).exists()
        assert Contact.objects.get(pk=contact.pk).email == "part1@example.dk"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("chef", "address_incomplete"),
        ("PART1@example.dk", "copy_is_contact"),
        ("a@x.example b@x.example; c@x.example, d@x.example", "copies_too_many"),
    ],
)
def test_set_contact_with_copies_that_cannot_be_is_refused(written: str, code: str) -> None:
    hearing = a_round_in_draft(parties=2)

    assert code_of(lambda: copy_to(hearing.process.office, hearing.party().body, written)) == code
    assert not CopyAddress.objects.exists()


def test_set_contact_without_a_word_of_copies_leaves_them_and_with_an_empty_one_takes_them_off() -> None:
    hearing = a_round_in_draft(parties=2)
    office, body = hearing.process.office, hearing.party().body
    contact = copy_to(office, body, "Chef@part.example, chef@PART.example")

    set_contact(office, contact.body, email="ny@example.dk", actor=SYSTEM, now=LAUNCHED)
    assert Contact.objects.get(pk=contact.pk).copies == "Chef@part.example"

    copy_to(office, body, "")
    assert not CopyAddress.objects.exists()
    assert AuditDetail.objects.latest("id").body["copies_before"] == "Chef@part.example"
