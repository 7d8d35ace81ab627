"""What a party does besides answering, and what the office does about its address."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from consultations.actions.answers import save_draft
from consultations.actions.extensions import extend_for_all, extend_for_one, refuse_extension
from consultations.actions.parties import (
    claim,
    correct_address,
    decline,
    forward,
    open_invitation,
    promise_answer,
)
from consultations.actions.reminders import send_reminders
from consultations.actions.rounds import close_due_rounds
from consultations.models import Forward
from consultations.queries.board import party_row
from consultations.queries.rounds import reply_deadline
from consultations.states import AnswerState, InvitationState, RoundState
from notifications import tracking
from notifications.states import EventKind, MailState
from tests.consultations.factories import CLOSES_AT, LAUNCHED, OFFICER, WORDS, Hearing, a_hearing
from tests.refusals import code_of
from workflow.actions.deadlines import extend_deadline
from workflow.links import link_path, read_link
from workflow.models import AuditEntry, Contact, DeadlineChange
from workflow.queries.overview import process_rows

pytestmark = pytest.mark.django_db

LATER = LAUNCHED + timedelta(days=2)
D7 = datetime(2019, 3, 22, 7, tzinfo=UTC)


def bounce(hearing: Hearing, number: int = 1, kind: str = "hearing_invitation", key: str = "b1") -> None:
    mail = next(m for m in hearing.mails(kind) if m.subject_id == hearing.party(number).public_id)
    detail = "550 5.1.1 ukendt modtager"
    tracking.record_event(mail, EventKind.BOUNCED, key=key, occurred_at=LATER, now=LATER, detail=detail)


def test_open_invitation_is_noted_once_by_the_start_button() -> None:
    hearing = a_hearing()

    open_invitation(hearing.party(), actor=hearing.by_link(), now=LATER)
    open_invitation(hearing.party(), actor=hearing.by_link(), now=LATER + timedelta(hours=1))

    assert hearing.party().link.opened_at == LATER
    assert AuditEntry.objects.filter(verb="open_invitation").count() == 1
    assert code_of(lambda: open_invitation(hearing.party(1), actor=hearing.by_link(2), now=LATER)) == "not_yours"


def test_forward_sends_the_same_link_on_and_moves_the_reminders() -> None:
    hearing = a_hearing(parties=1)
    path = link_path(hearing.party().link)

    made, again = (
        forward(
            hearing.party(),
            to_email="kollega@example.dk",
            to_name="Karen Kollega",
            note="Vil du tage den?",
            actor=hearing.by_link(),
            now=LATER,
            key="k",
        )
        for _press in range(2)
    )
    send_reminders(D7)

    party = hearing.party()
    assert made == again
    assert (made.from_email, made.to_email, made.is_claim) == ("part1@example.dk", "kollega@example.dk", False)
    assert (party.email, party.contact_name) == ("kollega@example.dk", "Karen Kollega")
    assert link_path(party.link) == path  # nobody is locked out
    assert not read_link(party.link.public_id, path.split("/")[3]).is_old
    assert [mail.to_address for mail in hearing.mails("hearing_forwarded")] == ["kollega@example.dk"]
    assert [mail.to_address for mail in hearing.mails("hearing_reminder")] == ["kollega@example.dk"]
    entry = AuditEntry.objects.get(verb="forward")
    assert "kollega" not in str(entry.codes)
    assert entry.detail.body["to"] == "kollega@example.dk"


def test_forward_to_an_impossible_address_is_refused() -> None:
    hearing = a_hearing(parties=1)

    deed = lambda: forward(hearing.party(), to_email="kollega", actor=hearing.by_link(), now=LATER)  # noqa: E731
    assert code_of(deed).startswith("address_")
    assert not Forward.objects.exists()


def test_claim_out_of_a_shared_mailbox_moves_mail_to_the_one_who_took_it() -> None:
    hearing = a_hearing(parties=1)

    made = claim(hearing.party(), email="mig@example.dk", name="Mads", actor=hearing.by_link(), now=LATER)

    assert made.is_claim
    assert hearing.party().email == "mig@example.dk"
    assert AuditEntry.objects.filter(verb="claim").count() == 1


def test_decline_is_no_answer_and_can_be_thought_better_of() -> None:
    hearing = a_hearing(parties=1)

    decline(hearing.party(), reason="Spørg Handicaprådet", actor=hearing.by_link(), now=LATER)
    assert hearing.party().state == InvitationState.DECLINED
    assert hearing.party().declined_reason == "Spørg Handicaprådet"
    assert code_of(lambda: decline(hearing.party(), actor=hearing.by_link(), now=LATER)) == "declined"

    hearing.answers(1, LATER)
    assert hearing.party().state == InvitationState.ANSWERED
    assert code_of(lambda: decline(hearing.party(), actor=hearing.by_link(), now=LATER)) == "answered"


def test_promise_answer_for_a_day_gone_by_is_refused() -> None:
    hearing = a_hearing(parties=1)

    def deed() -> None:
        promise_answer(hearing.party(), promised_on=date(2019, 3, 2), actor=hearing.by_link(), now=LATER)

    assert code_of(deed) == "day_past"


def test_bounce_marks_party_and_contact_stops_reminders_and_a_corrected_address_starts_them() -> None:
    hearing = a_hearing(parties=2)

    bounce(hearing)
    send_reminders(D7)

    party = hearing.party()
    assert (party.bounced_at, party.bounce_reason, party.next_check_at) == (LATER, "550 5.1.1 ukendt modtager", None)
    assert Contact.objects.get(body=party.body).bounced_at == LATER
    assert [mail.to_address for mail in hearing.mails("hearing_reminder")] == ["part2@example.dk"]

    correct_address(hearing.party(), email="rigtig@example.dk", actor=OFFICER, now=D7)

    party = hearing.party()
    assert (party.email, party.bounced_at, party.bounce_reason) == ("rigtig@example.dk", None, "")
    # The reminder of that very morning follows on the next working one: the party has just got its invitation.
    assert party.next_check_at == datetime(2019, 3, 25, 7, tzinfo=UTC)
    assert [mail.to_address for mail in hearing.mails("hearing_invitation")][-1] == "rigtig@example.dk"


@pytest.mark.parametrize("stop_old_link", [False, True])
def test_correct_address_stops_the_link_that_went_to_a_wrong_one_when_asked_to(stop_old_link: bool) -> None:
    hearing = a_hearing(parties=1)
    save_draft(hearing.party(), WORDS, actor=hearing.by_link(), now=LATER)
    token = link_path(hearing.party().link).split("/")[3]

    more = {"stop_old_link": stop_old_link, "actor": OFFICER, "now": LATER}
    correct_address(hearing.party(), email="rigtig@example.dk", **more)

    link = hearing.party().link
    assert read_link(link.public_id, token).is_old == stop_old_link
    assert AuditEntry.objects.get(verb="correct_address").codes["link_version"] == (2 if stop_old_link else 1)
    assert hearing.mails("hearing_invitation")[-1].to_address == "rigtig@example.dk"
    assert hearing.party().answers.get().text == WORDS.text  # the draft stays


def test_bounce_of_an_address_the_party_no_longer_has_changes_nothing() -> None:
    hearing = a_hearing(parties=1)
    correct_address(hearing.party(), email="rigtig@example.dk", actor=OFFICER, now=LATER)

    bounce(hearing)

    assert hearing.party().bounced_at is None


def test_correct_address_withdraws_nothing_but_is_the_offices_alone() -> None:
    hearing = a_hearing(parties=1)

    def deed() -> None:
        correct_address(hearing.party(), email="x@example.dk", actor=hearing.by_link(), now=LATER)

    assert code_of(deed) == "office_only"


# ── Extensions ────────────────────────────────────────────────────────────────────────────────────────────────
def test_refuse_extension_is_refused_where_nothing_is_asked_without_a_reason_or_by_the_party_itself() -> None:
    hearing = a_hearing()
    office: dict[str, Any] = {"reason": "Udvalget mødes", "actor": OFFICER, "now": LATER}
    assert code_of(lambda: refuse_extension(hearing.party(), **office)) == "nothing_asked"

    promise_answer(hearing.party(), promised_on=date(2019, 3, 29), actor=hearing.by_link(), now=LATER)
    assert code_of(lambda: refuse_extension(hearing.party(), **office)) == "nothing_asked", "the deadline's own day"

    promise_answer(hearing.party(), promised_on=date(2019, 4, 5), actor=hearing.by_link(), now=LATER)
    assert code_of(lambda: refuse_extension(hearing.party(), **{**office, "reason": " "})) == "reason_missing"
    assert code_of(lambda: refuse_extension(hearing.party(), **{**office, "actor": hearing.by_link()})) == "office_only"
    assert code_of(lambda: refuse_extension(hearing.party(), **{**office, "now": CLOSES_AT})) == "round_closed"
    assert hearing.mails("hearing_extension_refused") == []


def test_refuse_extension_is_forgotten_when_the_party_names_another_day() -> None:
    hearing = a_hearing()
    promise_answer(hearing.party(), promised_on=date(2019, 4, 5), actor=hearing.by_link(), now=LATER)
    refuse_extension(hearing.party(), reason="Udvalget mødes", actor=OFFICER, now=LATER)

    promise_answer(hearing.party(), promised_on=date(2019, 3, 20), actor=hearing.by_link(), now=LATER)

    found = hearing.party()
    assert (found.promised_on, found.refused_on, found.refused_reason) == (date(2019, 3, 20), None, "")


def test_extend_for_one_moves_that_party_and_when_the_round_closes() -> None:
    hearing = a_hearing(parties=2)

    extend_for_one(hearing.party(1), new_on=date(2019, 4, 5), reason="Rådet mødes", actor=OFFICER, now=LATER)

    new_at = datetime(2019, 4, 5, 10, tzinfo=UTC)  # noon in summer time
    assert hearing.party(1).reply_by_at == new_at
    assert hearing.party(2).reply_by_at == CLOSES_AT
    assert (hearing.reread().closes_at, hearing.round.last_closes_at) == (CLOSES_AT, new_at)
    change = DeadlineChange.objects.get()
    assert (change.old_at, change.new_at, change.reason) == (CLOSES_AT, new_at, "Rådet mødes")
    assert [mail.to_address for mail in hearing.mails("hearing_extended")] == ["part1@example.dk"]
    assert close_due_rounds(CLOSES_AT) == 0
    assert hearing.answers(1, new_at - timedelta(microseconds=1)).state == "submitted"
    assert hearing.answers(2, CLOSES_AT).state == "late"
    assert close_due_rounds(new_at) == 1


def test_extend_for_all_never_shortens_a_partys_own_deadline() -> None:
    hearing = a_hearing(parties=3)
    extend_for_one(hearing.party(1), new_on=date(2019, 4, 12), reason="Rådet mødes", actor=OFFICER, now=LATER)
    decline(hearing.party(3), actor=hearing.by_link(3), now=LATER)

    extend_for_all(hearing.round, new_on=date(2019, 4, 5), reason="Bilag 2 var forkert", actor=OFFICER, now=LATER)

    common = datetime(2019, 4, 5, 10, tzinfo=UTC)
    own = datetime(2019, 4, 12, 10, tzinfo=UTC)
    assert [hearing.party(n).reply_by_at for n in (1, 2, 3)] == [own, common, common]
    assert (hearing.reread().closes_at, hearing.round.last_closes_at) == (common, own)
    told = [mail.to_address for mail in hearing.mails("hearing_extended")]
    assert told == [
        "part1@example.dk",
        "part2@example.dk",
    ]  # the first at its own extension; who declined is left alone


def test_extend_for_all_past_a_partys_own_deadline_takes_it_along() -> None:
    hearing = a_hearing(parties=2)
    extend_for_one(hearing.party(1), new_on=date(2019, 4, 5), reason="Rådet mødes", actor=OFFICER, now=LATER)

    extend_for_all(hearing.round, new_on=date(2019, 4, 12), reason="Bilag 2 var forkert", actor=OFFICER, now=LATER)

    own_at, common_at = datetime(2019, 4, 5, 10, tzinfo=UTC), datetime(2019, 4, 12, 10, tzinfo=UTC)
    assert [hearing.party(n).reply_by_at for n in (1, 2)] == [common_at, common_at]
    own = reply_deadline(hearing.party(1))
    assert own is not None
    assert own.at == common_at
    changes = own.changes.order_by("id").values_list("old_at", "new_at", "reason")
    assert list(changes) == [(CLOSES_AT, own_at, "Rådet mødes"), (own_at, common_at, "Bilag 2 var forkert")]
    assert party_row(hearing.party(1)).own_deadline is None
    [row] = process_rows([hearing.process])
    assert row.next_deadline is not None
    assert row.next_deadline.at == common_at
    told = [mail.facts["reply_by"] for mail in hearing.mails("hearing_extended") if mail.state == MailState.QUEUED]
    assert told.count(common_at.isoformat()) == 2
    send_reminders(datetime(2019, 4, 5, 7, tzinfo=UTC))
    assert [mail.facts["reply_by"] for mail in hearing.mails("hearing_reminder")] == [common_at.isoformat()] * 2


def test_extend_for_one_after_one_for_all_begins_at_the_deadline_that_holds() -> None:
    hearing = a_hearing(parties=1)
    extend_for_all(hearing.round, new_on=date(2019, 4, 5), reason="Bilag", actor=OFFICER, now=LATER)

    extend_for_one(hearing.party(), new_on=date(2019, 4, 8), reason="Rådet", actor=OFFICER, now=LATER)

    last = DeadlineChange.objects.order_by("-id").first()
    assert last is not None
    assert last.old_at == datetime(2019, 4, 5, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("new_on", "clock", "reason", "code"),
    [
        (date(2019, 3, 28), None, "x", "not_later"),
        (date(2019, 3, 29), time(12), "x", "not_later"),
        (date(2019, 4, 5), None, " ", "reason_missing"),
    ],
)
def test_extend_to_no_later_time_or_without_reason_is_refused(
    new_on: date, clock: time | None, reason: str, code: str
) -> None:
    hearing = a_hearing(parties=1)
    more = {"new_on": new_on, "new_clock": clock, "reason": reason, "actor": OFFICER, "now": LATER}

    assert code_of(lambda: extend_for_all(hearing.round, **more)) == code
    assert code_of(lambda: extend_for_one(hearing.party(), **more)) == code
    assert hearing.reread().closes_at == CLOSES_AT
    assert not DeadlineChange.objects.exists()


def test_extend_a_round_that_has_closed_is_refused() -> None:
    hearing = a_hearing(parties=1)
    close_due_rounds(CLOSES_AT)
    more = {"new_on": date(2019, 4, 5), "reason": "Rådet", "actor": OFFICER, "now": CLOSES_AT}

    assert hearing.reread().state == RoundState.CLOSED
    assert code_of(lambda: extend_for_one(hearing.party(), **more)) == "round_closed"
    deadline = reply_deadline(hearing.round)
    assert deadline is not None
    assert code_of(lambda: extend_deadline(deadline, **more)) == "round_closed"  # nor by the engine's own road


@pytest.mark.parametrize("swept", [False, True])
def test_extend_after_the_last_deadline_is_refused_whether_or_not_the_sweep_has_run(swept: bool) -> None:
    hearing = a_hearing(parties=1)
    deadline = reply_deadline(hearing.round)
    late = CLOSES_AT + timedelta(hours=3)
    if swept:
        close_due_rounds(late)
    more = {"new_on": date(2019, 4, 5), "reason": "Mere tid", "actor": OFFICER, "now": late}

    assert code_of(lambda: extend_for_all(hearing.round, **more)) == "round_closed"
    assert code_of(lambda: extend_for_one(hearing.party(), **more)) == "round_closed"
    assert code_of(lambda: extend_deadline(deadline, **more)) == "round_closed"


def test_extend_for_one_after_its_deadline_while_another_still_has_time_is_possible() -> None:
    hearing = a_hearing(parties=2)
    extend_for_one(hearing.party(2), new_on=date(2019, 4, 5), reason="Rådet", actor=OFFICER, now=LATER)
    late = hearing.answers(1, CLOSES_AT)

    extend_for_one(hearing.party(1), new_on=date(2019, 4, 4), reason="Rådet", actor=OFFICER, now=CLOSES_AT)

    late.refresh_from_db()
    assert hearing.party(1).reply_by_at == datetime(2019, 4, 4, 10, 0, tzinfo=UTC)
    assert late.state == AnswerState.LATE  # what was late stays late until the office accepts it


def test_extend_twice_with_one_key_extends_once() -> None:
    hearing = a_hearing(parties=1)
    more = {"reason": "Rådet", "actor": OFFICER, "now": LATER, "key": "k"}

    extend_for_one(hearing.party(), new_on=date(2019, 4, 5), **more)
    extend_for_one(hearing.party(), new_on=date(2019, 4, 5), **more)

    assert DeadlineChange.objects.count() == 1


def test_extended_mail_overtaken_by_a_second_extension_is_withdrawn_when_claimed() -> None:
    from notifications import delivery

    hearing = a_hearing(parties=1)
    extend_for_one(hearing.party(), new_on=date(2019, 4, 5), reason="Rådet", actor=OFFICER, now=LATER)
    extend_for_one(hearing.party(), new_on=date(2019, 4, 8), reason="Rådet", actor=OFFICER, now=LATER)

    delivery.deliver(LATER, lambda: LATER)

    states = [(mail.state, mail.withdrawn_reason) for mail in hearing.mails("hearing_extended")]
    assert states == [(MailState.WITHDRAWN, "deadline_moved"), (MailState.SENT, "")]
