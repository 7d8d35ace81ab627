"""A party's own mailbox while its task is with somebody else: it hears what happens to the task and may act on it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail as outbox_of_tests

from consultations.actions.midround import release_party
from consultations.actions.own_mailbox import correct_own_mailbox
from consultations.actions.parties import correct_address, forward, take_back
from consultations.actions.reminders import send_reminders
from consultations.actions.unreached import contact_otherwise
from consultations.models import Invitation
from consultations.queries.parties import forwards_in_force
from notifications import delivery, tracking
from notifications.models import OutgoingMail
from notifications.states import EventKind, MailState
from tests.consultations.factories import CLOSES_AT, LAUNCHED, OFFICER, Hearing, a_hearing
from workflow.actions.asked_at_address import correct_also
from workflow.actions.erasure import erase_person
from workflow.actions.processes import abandon_process
from workflow.asked_kinds import asked_at_address
from workflow.links import link_path, link_url, read_link
from workflow.models import AuditEntry
from workflow.rules import Refused
from workflow.states import Channel

pytestmark = pytest.mark.django_db

NOW = LAUNCHED + timedelta(hours=1)
OWN = "part1@example.dk"
B = "b@else.example"
NEW = "ny@part1.example"


def delivered(at: object = NOW) -> list[tuple[str, str]]:
    """Address and text of all that left just now."""
    outbox_of_tests.outbox.clear()
    delivery.deliver(at, lambda: at)  # type: ignore[arg-type,return-value]
    return [(message.to[0].rpartition("<")[2].strip(">"), str(message.body)) for message in outbox_of_tests.outbox]


def a_task_with_b(*, is_delivered: bool = True) -> Hearing:
    """The first of two parties has passed its task on to B."""
    hearing = a_hearing(parties=2)
    delivered()
    forward(hearing.party(), to_email=B, to_name="Bo Ek", actor=hearing.by_link(), now=NOW)
    if is_delivered:
        delivered()
    return hearing


def waiting(hearing: Hearing) -> set[tuple[str, str]]:
    """Kind and address of what waits about the first party."""
    mails = OutgoingMail.objects.filter(subject_id=hearing.party().public_id, state=MailState.QUEUED)
    return set(mails.values_list("kind", "to_address"))


def bounce(hearing: Hearing, kind: str) -> None:
    mail = hearing.mails(kind)[-1]
    detail = "550 5.1.1 no such user"
    key = f"b:{mail.public_id}"
    tracking.record_event(mail, EventKind.BOUNCED, key=key, occurred_at=NOW, now=NOW, detail=detail)


# ── The office sends the link again, or otherwise than by mail ────────────────────────────────────────────────
@pytest.mark.parametrize("typed", [B, B.upper()])
def test_correct_address_to_the_one_it_has_leaves_the_partys_own_mails_where_they_go(typed: str) -> None:
    hearing = a_task_with_b(is_delivered=False)

    correct_address(hearing.party(), email=typed, actor=OFFICER, now=NOW)

    assert {(kind, to.lower()) for kind, to in waiting(hearing)} == {
        ("hearing_forwarded", B),
        ("hearing_passed_on", OWN),
        ("hearing_invitation", B),
    }


def test_correct_address_to_the_one_it_has_leaves_the_last_reminder_to_the_partys_own_mailbox() -> None:
    hearing = a_task_with_b()
    last = CLOSES_AT - timedelta(days=1)
    send_reminders(last)
    assert ("hearing_reminder", OWN) in waiting(hearing)

    correct_address(hearing.party(), email=B, actor=OFFICER, now=last)

    assert waiting(hearing) == {("hearing_reminder", OWN), ("hearing_invitation", B)}


def test_contact_otherwise_withdraws_every_mail_that_asks_or_hands_over() -> None:
    hearing = a_hearing(parties=2)
    contact_otherwise(hearing.round, [hearing.party(2)], actor=OFFICER, now=NOW)
    forward(hearing.party(), to_email=B, actor=hearing.by_link(), now=NOW)
    send_reminders(CLOSES_AT - timedelta(days=1))
    assert len(waiting(hearing)) == 5

    contact_otherwise(hearing.round, [hearing.party()], actor=OFFICER, now=NOW)

    assert waiting(hearing) == set()
    mails = OutgoingMail.objects.filter(subject_id__in=hearing.round.invitations.values("public_id"))
    assert set(mails.values_list("state", "withdrawn_reason")) == {(MailState.WITHDRAWN, "no_address")}
    assert delivered() == []


# ── Passed on again ───────────────────────────────────────────────────────────────────────────────────────────
def test_forward_when_the_one_it_was_with_could_not_be_reached_tells_the_partys_own_mailbox() -> None:
    hearing = a_task_with_b()
    bounce(hearing, "hearing_forwarded")
    assert hearing.party().bounced_at == NOW

    forward(hearing.party(), to_email="c@else.example", actor=hearing.by_link(), now=NOW)

    assert waiting(hearing) == {("hearing_forwarded", "c@else.example"), ("hearing_passed_on", OWN)}


def test_forward_when_the_partys_own_mailbox_bounced_tells_nobody_there() -> None:
    hearing = a_hearing(parties=1)
    delivered()
    bounce(hearing, "hearing_invitation")

    forward(hearing.party(), to_email=B, actor=hearing.by_link(), now=NOW)

    assert waiting(hearing) == {("hearing_forwarded", B)}


def test_forward_to_the_same_mailbox_in_other_letters_sends_it_one_mail() -> None:
    hearing = a_task_with_b()

    forward(hearing.party(), to_email=OWN.upper(), actor=hearing.by_link(), now=NOW)
    assert waiting(hearing) == {("hearing_forwarded", OWN.upper()), ("hearing_passed_on", B)}
    delivered()
    again = forward(hearing.party(), to_email="c@else.example", actor=hearing.by_link(), now=NOW)
    told = [to.lower() for kind, to in waiting(hearing) if kind == "hearing_passed_on"]
    assert told == [OWN]
    delivered()

    take_back(again, actor=hearing.by_link(), now=NOW)

    assert [to.lower() for _kind, to in waiting(hearing)] == [OWN]


# ── Asked no longer ───────────────────────────────────────────────────────────────────────────────────────────
def test_release_party_whose_task_is_with_another_tells_its_own_mailbox_too() -> None:
    hearing = a_task_with_b()

    release_party(hearing.party(), reason="I hører til en anden region", actor=OFFICER, now=NOW)

    assert sorted(to for to, text in delivered() if "anden region" in text) == [B, OWN]


def test_release_party_whose_task_is_with_one_who_cannot_be_reached_tells_its_own_mailbox() -> None:
    hearing = a_task_with_b()
    bounce(hearing, "hearing_forwarded")

    release_party(hearing.party(), reason="I hører til en anden region", actor=OFFICER, now=NOW)

    assert [to for to, _text in delivered()] == [OWN]


def test_abandon_process_tells_the_own_mailbox_of_a_party_whose_task_is_with_another() -> None:
    hearing = a_task_with_b()

    abandon_process(hearing.process, reason="Arbejdet er opgivet", actor=OFFICER, now=NOW)

    told = sorted(to for to, _text in delivered())
    assert told == [B, OWN, "part2@example.dk"]


# ── The own mailbox gets another address ──────────────────────────────────────────────────────────────────────
def test_correct_contact_while_the_task_is_with_another_moves_the_partys_own_mailbox() -> None:
    hearing = a_task_with_b()
    party = hearing.party()
    [question] = asked_at_address(hearing.process.office, OWN.upper())
    assert question.key == f"invitation:{party.public_id}"

    assert correct_also([question.key], old=OWN, email=NEW, actor=OFFICER, now=NOW) == []

    assert hearing.party().email == B, "the task stays with B"
    [told] = delivered()
    assert told[0] == NEW
    assert "Bo Ek" in told[1]
    assert AuditEntry.objects.get(verb="correct_address").codes["is_own_mailbox"] is True
    last = CLOSES_AT - timedelta(days=1)
    send_reminders(last)
    reminded = [(to, "/l/" in text) for to, text in delivered(last) if to != "part2@example.dk"]
    assert reminded == [(B, True), (NEW, True)]
    take_back(hearing.party().forwards.get(ended_at=None), actor=hearing.by_link(), now=last)
    assert hearing.party().email == NEW


def test_correct_contact_while_the_partys_own_mails_wait_lets_them_follow_and_no_other() -> None:
    hearing = a_task_with_b(is_delivered=False)

    correct_also([f"invitation:{hearing.party().public_id}"], old=OWN, email=NEW, actor=OFFICER, now=NOW)

    assert waiting(hearing) == {("hearing_forwarded", B), ("hearing_passed_on", NEW)}
    assert sorted(to for to, _text in delivered()) == [B, NEW, "part2@example.dk"][:2]


def test_correct_contact_of_an_address_the_party_no_longer_has_is_refused() -> None:
    hearing = a_task_with_b()
    key = f"invitation:{hearing.party().public_id}"

    [refused] = correct_also([key], old="anden@part1.example", email=NEW, actor=OFFICER, now=NOW)

    assert refused
    assert hearing.party().email == B
    assert Invitation.objects.get(pk=hearing.party().pk).channel == Channel.EMAIL


def test_correct_own_mailbox_to_an_impossible_address_or_by_the_party_is_refused() -> None:
    hearing = a_task_with_b()

    for email, actor, code in (("ny", OFFICER, "address_incomplete"), (NEW, hearing.by_link(), "office_only")):
        with pytest.raises(Refused) as refused:
            correct_own_mailbox(hearing.party(), old=OWN, email=email, actor=actor, now=NOW)
        assert refused.value.refusal.code == code
    assert hearing.party().forwards.get().from_email == OWN


C = "c@else.example"


def a_task_passed_on_twice() -> Hearing:
    """The first party has passed its task on to B, and B to C."""
    hearing = a_task_with_b()
    forward(hearing.party(), to_email=C, to_name="Cia Ek", actor=hearing.by_link(), now=NOW)
    delivered()
    return hearing


def test_stop_old_link_where_the_task_is_gives_the_own_mailbox_the_new_link_and_nobody_between() -> None:
    hearing = a_task_passed_on_twice()
    old = link_path(hearing.party().link)

    correct_address(hearing.party(), email=C, stop_old_link=True, for_later=False, actor=OFFICER, now=NOW)

    party = hearing.party()
    assert read_link(party.link.public_id, old.split("/")[3]).is_old
    assert party.contact_name == "Cia Ek"
    assert [(row.from_email, row.to_email) for row in forwards_in_force([party.pk])[party.pk]] == [(OWN, C)]
    assert waiting(hearing) == {("hearing_invitation", C), ("hearing_passed_on", OWN)}
    mails = dict(delivered())
    assert set(mails) == {C, OWN}
    assert all(link_url(party.link) in text for text in mails.values())
    [stands] = forwards_in_force([party.pk])[party.pk]
    take_back(stands, actor=hearing.by_link(), now=NOW)
    assert hearing.party().email == OWN


def test_erase_person_between_the_own_mailbox_and_who_has_the_task_makes_the_link_anew() -> None:
    hearing = a_task_passed_on_twice()
    old = link_path(hearing.party().link)

    erase_person(B, reason="Har bedt om det", office=None, actor=OFFICER, now=NOW + timedelta(minutes=1))

    party = hearing.party()
    assert read_link(party.link.public_id, old.split("/")[3]).is_old
    assert party.email == C
    assert not party.forwards.filter(to_email=B).exists()
    assert not party.forwards.filter(from_email=B).exists()
    mails = dict(delivered(NOW + timedelta(minutes=1)))
    assert set(mails) == {C, OWN}
    assert all(link_url(party.link) in text for text in mails.values())
