"""A round under way: another party is asked, one is let go, the parties are written to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from consultations.actions.answers import save_draft, submit_answer
from consultations.actions.extensions import extend_for_one
from consultations.actions.invitation_list import remove_party
from consultations.actions.midround import invite_party, release_party, write_to_parties
from consultations.actions.parties import decline
from consultations.actions.reminders import send_reminders
from consultations.actions.rounds import close_due_rounds, launch_round
from consultations.models import Answer, Invitation, RoundMessage
from consultations.queries.midround import addressees
from consultations.queries.parties import public_parties
from consultations.states import InvitationState, MessageTo
from notifications import delivery
from notifications.models import OutgoingMail
from notifications.states import MailState
from tests.consultations.factories import (
    CLOSES_AT,
    LAUNCHED,
    OFFICER,
    WORDS,
    Hearing,
    a_hearing,
    a_round_in_draft,
    an_input_round,
    make_hearing_public,
)
from tests.refusals import code_of
from tests.workflow.factories import a_stranger
from workflow.actions.processes import suspend_process
from workflow.links import link_url, typed_code
from workflow.models import AuditEntry, Body, Deadline
from workflow.rules import Refused

pytestmark = pytest.mark.django_db

EARLY = LAUNCHED + timedelta(days=3)
LATE = datetime(2019, 3, 20, 9, 0, tzinfo=LAUNCHED.tzinfo)  # ten days left, both ends counted
REASON = "Foreningen blev glemt på listen"


def invite(hearing: Hearing, now: datetime = EARLY, **values: Any) -> Invitation:
    given = {"name": "Ny forening", "email": "ny@forening.example", **values}
    return invite_party(hearing.round, **given, actor=OFFICER, now=now)


def last(verb: str) -> AuditEntry:
    return AuditEntry.objects.filter(verb=verb).latest("id")


# ── Another party ─────────────────────────────────────────────────────────────────────────────────────────────
def test_invite_party_in_mid_round_asks_it_at_once_by_the_rounds_deadline() -> None:
    hearing = a_hearing(parties=2)

    party = invite(hearing)

    assert (party.state, party.number, party.reply_by_at) == (InvitationState.INVITED, 3, CLOSES_AT)
    assert party.next_check_at is not None
    (mail,) = OutgoingMail.objects.filter(subject_id=party.public_id)
    assert (mail.kind, mail.to_address) == ("hearing_invitation", "ny@forening.example")
    entry = last("invite_party")
    assert (entry.subject_id, entry.codes["is_own"], entry.codes["warnings"]) == (party.public_id, False, [])
    assert entry.detail.body["name"] == "Ny forening"
    assert submit_answer(
        Invitation.objects.get(pk=party.pk), content=WORDS, received_at=EARLY, now=EARLY, actor=hearing.by_link(3)
    ).receipt_number.endswith("H003-1")


def test_invite_party_with_few_days_left_needs_a_reason_or_a_deadline_of_its_own() -> None:
    hearing = a_hearing(parties=1)

    assert code_of(lambda: invite(hearing, LATE)) == "warnings_need_reason"
    by_all = invite(hearing, LATE, reason=REASON)
    assert by_all.reply_by_at == CLOSES_AT
    assert last("invite_party").codes["warnings"] == ["too_short"]

    own = invite(hearing, LATE, name="En til", own_on=date(2019, 4, 5))

    assert own.reply_by_at == datetime(2019, 4, 5, 10, 0, tzinfo=LAUNCHED.tzinfo)  # 12.00, summer time
    assert Deadline.objects.get(subject_id=own.public_id).at == own.reply_by_at
    assert hearing.reread().last_closes_at == own.reply_by_at
    close_due_rounds(CLOSES_AT + timedelta(minutes=1))
    assert hearing.reread().state == "open"
    close_due_rounds(own.reply_by_at)
    assert hearing.reread().state == "closed"


def test_invite_party_on_an_unlucky_day_of_its_own_needs_a_reason() -> None:
    hearing = a_hearing(parties=1)

    assert code_of(lambda: invite(hearing, own_on=date(2019, 4, 6))) == "warnings_need_reason"  # a Saturday


REFUSED: dict[str, Callable[[Hearing], str]] = {
    "body on the list": lambda h: code_of(
        lambda: invite_party(h.round, body=Body.objects.get(key="part-1"), actor=OFFICER, now=EARLY)
    ),
    "no address": lambda h: code_of(lambda: invite(h, email="")),
    "impossible address": lambda h: code_of(lambda: invite(h, email="ingen adresse")),
    "no name": lambda h: code_of(lambda: invite(h, name="")),
    "own deadline no later": lambda h: code_of(lambda: invite(h, own_on=date(2019, 3, 28))),
    "a stranger": lambda h: code_of(
        lambda: invite_party(h.round, name="Ny", email="ny@x.example", actor=a_stranger(), now=EARLY)
    ),
    "a link": lambda h: code_of(
        lambda: invite_party(h.round, name="Ny", email="ny@x.example", actor=h.by_link(), now=EARLY)
    ),
    "after the deadline": lambda h: code_of(lambda: invite(h, CLOSES_AT)),
}
CODES = {
    "body on the list": "party_listed",
    "no address": "contact_missing",
    "impossible address": "address_space",
    "no name": "name_missing",
    "own deadline no later": "own_not_later",
    "a stranger": "not_an_officer",
    "a link": "office_only",
    "after the deadline": "round_closed",
}


@pytest.mark.parametrize("case", REFUSED)
def test_invite_party_that_cannot_be_is_refused(case: str) -> None:
    hearing = a_hearing(parties=2)

    found = REFUSED[case](hearing)

    assert found == CODES[case]
    assert hearing.round.invitations.count() == 2
    assert not AuditEntry.objects.filter(verb="invite_party").exists()


def test_invite_party_before_the_round_is_sent_is_refused() -> None:
    assert code_of(lambda: invite(a_round_in_draft(parties=1))) == "round_not_launched"


def test_invite_party_on_paper_writes_no_mail() -> None:
    hearing = a_hearing(parties=1)

    party = invite(hearing, email="", channel="paper")

    assert party.state == InvitationState.INVITED
    assert not OutgoingMail.objects.filter(subject_id=party.public_id).exists()


def test_invite_party_twice_with_one_key_asks_once() -> None:
    hearing = a_hearing(parties=1)

    first, second = (invite(hearing, key="form-1") for _press in range(2))

    assert first == second
    assert OutgoingMail.objects.filter(subject_id=first.public_id).count() == 1


def test_invite_party_to_a_light_round_without_deadline_gives_none() -> None:
    hearing = an_input_round()
    remove_party(hearing.party(), actor=OFFICER, now=LAUNCHED)
    launch_round(hearing.round, actor=OFFICER, now=LAUNCHED)

    party = invite(hearing)

    assert party.reply_by_at is None
    assert OutgoingMail.objects.get(subject_id=party.public_id).kind == "input_invitation"


# ── One let go ────────────────────────────────────────────────────────────────────────────────────────────────
def release(hearing: Hearing, number: int = 1, now: datetime = EARLY, **values: Any) -> Invitation:
    return release_party(hearing.party(number), **{"reason": REASON, **values}, actor=OFFICER, now=now)


def test_release_party_tells_it_and_nobody_else_and_its_link_says_why() -> None:
    hearing = a_hearing(parties=2)
    delivery.deliver(LAUNCHED, lambda: LAUNCHED)

    release(hearing)

    party = hearing.party(1)
    assert (party.state, party.released_at, party.released_reason) == (InvitationState.WITHDRAWN, EARLY, REASON)
    (mail,) = OutgoingMail.objects.filter(kind="hearing_released")
    assert mail.subject_id == party.public_id
    with translation.override("da"):
        refusal = code_and_text(lambda: hearing.answers(1, EARLY))
    assert refusal == (
        "released",
        "Sekretariatet beder ikke længere om jeres høringssvar: Foreningen blev glemt på listen. "
        "Det, I har sendt, er bevaret.",
    )
    entry = last("release_party")
    assert (entry.codes["had_answered"], entry.detail.body["reason"]) == (False, REASON)
    send_reminders(CLOSES_AT - timedelta(days=7))
    assert [m.subject_id for m in OutgoingMail.objects.filter(kind="hearing_reminder")] == [hearing.party(2).public_id]


def code_and_text(deed: Callable[[], Any]) -> tuple[str, str]:
    try:
        deed()
    except Refused as refused:
        return refused.refusal.code, str(refused.refusal.text)
    return "", ""


def test_release_party_that_has_answered_keeps_its_answer_and_its_place_in_public() -> None:
    hearing = a_hearing(parties=2)
    make_hearing_public(hearing)
    hearing.answers(1, EARLY)

    release(hearing, 1)
    release(hearing, 2)

    assert Answer.objects.get(invitation=hearing.party(1)).state == "submitted"
    assert [party.name for party in public_parties(hearing.reread(), EARLY)] == ["Part 01"]


def test_release_party_before_its_invitation_has_left_withdraws_it() -> None:
    hearing = a_hearing(parties=1)

    release(hearing)

    (asked,) = hearing.mails("hearing_invitation")
    assert (asked.state, asked.withdrawn_reason) == (MailState.WITHDRAWN, "withdrawn")


def test_release_party_with_the_latest_deadline_lets_the_round_close_with_the_others() -> None:
    hearing = a_hearing(parties=2)
    extend_for_one(hearing.party(1), new_on=date(2019, 4, 12), reason="Byrådets møde", actor=OFFICER, now=EARLY)
    assert hearing.reread().last_closes_at != CLOSES_AT

    release(hearing)

    assert hearing.reread().last_closes_at == CLOSES_AT


def test_release_party_again_without_reason_or_after_the_deadline_is_refused() -> None:
    hearing = a_hearing(parties=2)

    assert code_of(lambda: release(hearing, reason=" ")) == "reason_missing"
    assert code_of(lambda: release(hearing, now=CLOSES_AT)) == "round_closed"
    assert code_of(lambda: release_party(hearing.party(), reason=REASON, actor=hearing.by_link(), now=EARLY)) != ""
    release(hearing)
    assert code_of(lambda: release(hearing)) == "not_asked"


def test_release_party_whose_mail_came_back_writes_no_mail() -> None:
    hearing = a_hearing(parties=1)
    Invitation.objects.filter(pk=hearing.party().pk).update(bounced_at=LAUNCHED)

    release(hearing)

    assert not OutgoingMail.objects.filter(kind="hearing_released").exists()


def test_release_party_with_a_draft_keeps_it_unsent() -> None:
    hearing = a_hearing(parties=1)
    save_draft(hearing.party(), content=WORDS, actor=hearing.by_link(), now=EARLY)

    release(hearing)

    assert Answer.objects.get().state == "draft"


# ── A letter to the parties ───────────────────────────────────────────────────────────────────────────────────
def write(hearing: Hearing, to: str = MessageTo.ALL, now: datetime = EARLY, **values: Any) -> RoundMessage:
    words = {"subject": "Rettet bilag", "text": "Bilag 2 var forkert.\nDet rette ligger nu på siden.", **values}
    return write_to_parties(hearing.round, to=to, **words, actor=OFFICER, now=now)


def a_mixed_round() -> Hearing:
    """Asked: 1. Answered: 2. Declined: 3. Bounced: 4. Let go: 5. On paper: 6."""
    hearing = a_hearing(parties=6)
    hearing.answers(2, LAUNCHED)
    decline(hearing.party(3), actor=hearing.by_link(3), now=LAUNCHED)
    Invitation.objects.filter(pk=hearing.party(4).pk).update(bounced_at=LAUNCHED)
    release_party(hearing.party(5), reason=REASON, actor=OFFICER, now=LAUNCHED)
    Invitation.objects.filter(pk=hearing.party(6).pk).update(channel="paper", email="")
    return hearing


@pytest.mark.parametrize(
    ("to", "reached", "missed"),
    [("all", ["Part 01", "Part 02"], 2), ("unanswered", ["Part 01"], 2), ("answered", ["Part 02"], 0)],
)
def test_write_to_parties_reaches_those_chosen_and_never_who_declined_was_let_go_or_bounced(
    to: str, reached: list[str], missed: int
) -> None:
    hearing = a_mixed_round()

    message = write(hearing, to)

    mails = OutgoingMail.objects.filter(kind="hearing_message").order_by("id")
    assert [mail.to_name for mail in mails] == reached
    assert (message.recipients, message.to, message.by_kind) == (len(reached), to, "user")
    entry = last("write_to_parties")
    assert (entry.codes["to"], entry.codes["parties"], entry.codes["missed"]) == (to, len(reached), missed)
    assert entry.detail.body["subject"] == "Rettet bilag"


def test_write_to_parties_sends_the_words_with_the_personal_link_that_is_not_kept(mailoutbox: list[Any]) -> None:
    hearing = a_hearing(parties=1)
    write(hearing)

    delivery.deliver(EARLY, lambda: EARLY)

    row = OutgoingMail.objects.get(kind="hearing_message")
    (found,) = [mail for mail in mailoutbox if mail.extra_headers.get("Message-ID") == row.message_id]
    assert found.subject == f"[{hearing.process.case_number}] Rettet bilag"
    assert "Bilag 2 var forkert.\nDet rette ligger nu på siden." in found.body
    assert link_url(hearing.party().link) in found.body.splitlines()
    assert typed_code(hearing.party().link) in found.body
    assert typed_code(hearing.party().link) not in row.text_sent


def test_write_to_parties_twice_with_one_key_writes_once() -> None:
    hearing = a_hearing(parties=2)

    assert write(hearing, key="form-1") == write(hearing, key="form-1")
    assert OutgoingMail.objects.filter(kind="hearing_message").count() == 2


def test_write_to_parties_when_the_recipients_shown_are_no_longer_those_is_refused() -> None:
    hearing = a_hearing(parties=2)
    shown = addressees(hearing.round, "unanswered").digest
    hearing.answers(1, EARLY)

    assert code_of(lambda: write(hearing, "unanswered", shown_digest=shown)) == "recipients_changed"
    assert not RoundMessage.objects.exists()


def test_write_to_parties_unsent_to_one_that_is_let_go_meanwhile_is_withdrawn() -> None:
    hearing = a_hearing(parties=2)
    write(hearing)

    release(hearing, 1)

    states = dict(OutgoingMail.objects.filter(kind="hearing_message").values_list("subject_id", "state"))
    assert states == {
        hearing.party(1).public_id: MailState.WITHDRAWN,
        hearing.party(2).public_id: MailState.QUEUED,
    }


def test_write_to_parties_without_words_to_nobody_or_out_of_the_round_is_refused() -> None:
    hearing = a_hearing(parties=1)

    assert code_of(lambda: write(hearing, subject=" ")) == "text_missing"
    assert code_of(lambda: write(hearing, text="")) == "text_missing"
    assert code_of(lambda: write(hearing, "answered")) == "nobody_reached"
    assert code_of(lambda: write(hearing, now=CLOSES_AT)) == "round_closed"
    assert code_of(lambda: write(a_round_in_draft(parties=1))) == "round_not_launched"


DEEDS: dict[str, Callable[[Hearing], Any]] = {"invite": invite, "release": release, "write": write}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS.keys())
def test_change_round_under_way_in_a_suspended_process_is_refused(deed: Callable[[Hearing], Any]) -> None:
    hearing = a_hearing(parties=2)
    suspend_process(hearing.process, reason="Pause under epidemien", actor=OFFICER, now=LAUNCHED)

    assert code_of(lambda: deed(hearing)) == "process_suspended"
