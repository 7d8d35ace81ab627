"""A link or code leaves only to an address that may have it: every kind of mail that carries one, in every order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.core import mail as outbox_of_tests
from django.db import transaction

from consultations.actions.parties import claim, correct_address, forward, take_back
from notifications import delivery, kinds, outbox
from notifications.delivery import claims
from notifications.kinds import MailKind, no_facts, no_secrets
from notifications.models import OutgoingMail
from notifications.outbox import Letter
from notifications.states import MailState
from tests.consultations.factories import LAUNCHED, OFFICER, Hearing, a_hearing
from tests.notifications.factories import secrets_of
from tests.workflow.agreements import asked, decide, in_approval, in_submission, officer_of, request_to
from workflow.actions.approvals import readdress_request
from workflow.actions.submissions import make_package, readdress_submission, send_submission
from workflow.links import link_url, typed_code
from workflow.mails.accounts import ACCOUNT_INVITATION, PASSWORD_LINK
from workflow.models import PersonalLink
from workflow.queries.processes import live_stage
from workflow.states import Outcome

pytestmark = pytest.mark.django_db

NOW = LAUNCHED
NEW = "ny@rette.example"
TO_ACCOUNTS = (ACCOUNT_INVITATION, PASSWORD_LINK)
"""Go to whoever owns an account, and are tried with accounts: nobody is asked anything by them."""
SECRET = sorted(kind.key for kind in kinds.kinds() if kind.secrets is not no_secrets and kind.key not in TO_ACCOUNTS)
"""Every other kind that carries a link or a code."""
OF_THEIR_OWN = {
    "objection_receipt": {"objected_on": NOW.isoformat(), "corrected_version": 2},
    "objection_settled": {"objected_on": NOW.isoformat(), "corrected_version": 2, "answer": "En slåfejl."},
}
"""What a kind's mail cannot be written without, beside whom it is about."""


@dataclass(frozen=True)
class Subject:
    """Somebody who is asked: where, and how the office gives another address."""

    public_id: UUID
    email: str
    link: PersonalLink
    readdress: Callable[[], object]


def a_party() -> Subject:
    hearing = a_hearing(parties=1)
    party = hearing.party()
    correct = lambda: correct_address(party, email=NEW, stop_old_link=True, actor=OFFICER, now=NOW)  # noqa: E731
    return Subject(party.public_id, party.email, party.link, correct)


def a_body() -> Subject:
    # A set put forward can be taken back no more: what asks about it waits for nothing.
    process = in_approval(NOW - timedelta(hours=1))
    request = asked(process, "approval")[0]
    correct = lambda: readdress_request(request, email=NEW, actor=officer_of(process), now=NOW)  # noqa: E731
    return Subject(request.public_id, request.email, request.link, correct)


def an_authority() -> Subject:
    process = in_submission(NOW)
    officer, stage = officer_of(process), live_stage(process, "submission")
    request = send_submission(stage, make_package(stage, actor=officer, now=NOW), actor=officer, now=NOW)
    correct = lambda: readdress_submission(request, email=NEW, actor=officer, now=NOW)  # noqa: E731
    return Subject(request.public_id, request.email, request.link, correct)


def subject_of(kind: MailKind) -> Subject:
    """Whom mails of the kind are about, found by whose link the kind fills in."""
    for make in (a_party, a_body, an_authority):
        with transaction.atomic():
            subject = make()
            mail = OutgoingMail(id=1, kind=kind.key, subject_id=subject.public_id, to_address=subject.email)
            if kind.secrets([mail]):
                return subject
            transaction.set_rollback(True)
    raise AssertionError(f"{kind.key}: nobody who is asked stands behind its link; teach this walk whom it asks")


def queue(kind: str, subject: Subject) -> OutgoingMail:
    """A mail of the kind that waits, and nothing else in the queue."""
    OutgoingMail.objects.all().delete()
    letter = Letter(
        kind, f"{kind}:{uuid4()}", subject.email, "Part", "da", subject.public_id, facts=OF_THEIR_OWN.get(kind, {})
    )
    outbox.enqueue([letter], NOW)
    [mail] = outbox.mails_under([letter])
    return mail


def delivered() -> list[tuple[str, str]]:
    """Address and text of all that left."""
    outbox_of_tests.outbox.clear()
    at = NOW + timedelta(minutes=1)
    delivery.deliver(at, lambda: at)
    return [(message.to[0], str(message.body)) for message in outbox_of_tests.outbox]


@pytest.mark.parametrize("key", SECRET)
def test_readdress_with_a_mail_of_each_kind_waiting_lets_no_link_out_to_the_old_address(key: str) -> None:
    subject = subject_of(kinds.kind(key))
    queue(key, subject)

    subject.readdress()

    left = delivered()
    assert left, "the new address gets its link"
    assert not [to for to, _text in left if subject.email in to]
    link = PersonalLink.objects.get(pk=subject.link.pk)
    assert all(link_url(link) in text and typed_code(link) in text for to, text in left if NEW in to)


@pytest.mark.parametrize("key", SECRET)
def test_readdress_between_claim_and_send_takes_a_mail_of_each_kind_from_its_worker(key: str) -> None:
    subject = subject_of(kinds.kind(key))
    mail = queue(key, subject)
    token = uuid4()
    [claimed] = claims.claim(NOW, NOW, token, 10)

    subject.readdress()

    assert not claims.renew(claimed, token, NOW)
    mail.refresh_from_db()
    assert mail.state == MailState.WITHDRAWN or (mail.state, mail.to_address) == (MailState.QUEUED, NEW)
    assert not [to for to, _text in delivered() if subject.email in to]


@pytest.mark.parametrize("key", SECRET)
def test_deliver_mail_of_each_kind_queued_for_an_address_that_was_replaced_is_withdrawn(key: str) -> None:
    """A sweep had read the old address and committed its mail after the deed."""
    subject = subject_of(kinds.kind(key))
    subject.readdress()
    mail = queue(key, subject)

    assert delivered() == []
    mail.refresh_from_db()
    assert mail.state == MailState.WITHDRAWN


def test_register_kind_with_secrets_that_is_always_wanted_is_refused() -> None:
    kind = MailKind("probe", "mails/test_mail", no_facts, kinds.always_wanted, secrets_of)

    with pytest.raises(ValueError, match="always wanted"):
        kinds.register(kind)

    assert "probe" not in {known.key for known in kinds.kinds()}


# ── What follows, and what does not ───────────────────────────────────────────────────────────────────────────
def to_whom(hearing: Hearing, kind: str) -> list[tuple[str, str]]:
    return [(mail.to_address, mail.state) for mail in hearing.mails(kind)]


def test_correct_address_with_a_receipt_waiting_sends_it_to_the_new_one() -> None:
    hearing = a_hearing(parties=1)
    delivered()
    hearing.answers(1, NOW)

    correct_address(hearing.party(), email=NEW, stop_old_link=True, actor=OFFICER, now=NOW)
    left = delivered()

    assert {to.partition("<")[2] for to, _text in left} == {f"{NEW}>"}
    assert to_whom(hearing, "hearing_receipt") == [(NEW, MailState.SENT)]


def test_correct_address_of_a_party_that_has_answered_says_that_its_answer_is_here() -> None:
    hearing = a_hearing(parties=1)
    delivered()
    answer = hearing.answers(1, NOW)
    delivered()

    correct_address(hearing.party(), email=NEW, actor=OFFICER, now=NOW)
    [(_to, text)] = delivered()

    assert [address for address, _state in to_whom(hearing, "hearing_invitation")] == ["part1@example.dk"]
    assert to_whom(hearing, "hearing_answer_is_here") == [(NEW, MailState.SENT)]
    assert answer.receipt_number in text
    assert link_url(hearing.party().link) in text


def test_readdress_request_with_a_receipt_waiting_sends_it_to_the_new_address() -> None:
    process = in_approval(NOW)
    decide(process, "region", NOW, Outcome.POSTPONED)
    request = request_to(process, "region")

    readdress_request(request, email=NEW, actor=officer_of(process), now=NOW)
    delivered()

    receipt = OutgoingMail.objects.get(subject_id=request.public_id, kind="decision_receipt")
    assert (receipt.to_address, receipt.state) == (NEW, MailState.SENT)
    assert not OutgoingMail.objects.filter(subject_id=request.public_id, state=MailState.SENT).exclude(to_address=NEW)


def test_forward_twice_before_the_first_mail_left_lets_both_leave() -> None:
    hearing = a_hearing(parties=1)
    delivered()

    forward(hearing.party(), to_email="a@example.dk", actor=hearing.by_link(), now=NOW)
    forward(hearing.party(), to_email="b@example.dk", actor=hearing.by_link(), now=NOW)
    delivered()

    sent = [("a@example.dk", MailState.SENT), ("b@example.dk", MailState.SENT)]
    assert to_whom(hearing, "hearing_forwarded") == sent


def test_correct_address_ends_what_it_was_passed_on_before() -> None:
    hearing = a_hearing(parties=1)
    delivered()
    forward(hearing.party(), to_email="a@example.dk", actor=hearing.by_link(), now=NOW)
    claim(hearing.party(), email="b@example.dk", actor=hearing.by_link(), now=NOW)

    correct_address(hearing.party(), email=NEW, actor=OFFICER, now=NOW)

    assert {to.partition("<")[2] for to, _text in delivered()} == {f"{NEW}>"}
    assert not hearing.party().forwards.filter(ended_at=None).exists()


def test_take_back_lets_no_link_out_to_whom_it_was_passed_on() -> None:
    hearing = a_hearing(parties=1)
    delivered()
    passed_on = forward(hearing.party(), to_email="a@example.dk", actor=hearing.by_link(), now=NOW)

    take_back(passed_on, actor=hearing.by_link(), now=NOW)
    [(to, text)] = delivered()

    assert "part1@example.dk" in to
    assert link_url(hearing.party().link) in text
    assert hearing.party().link.version == 2
