"""What hangs on a round hangs on a supplementary one too: deadlines, pauses, endings, publication, later attempts."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from consultations.actions.answers import AnswerContent, record_answer_on_behalf
from consultations.actions.cancelling import cancel_round
from consultations.actions.extensions import extend_for_all, extend_for_one
from consultations.actions.invitation_list import add_party
from consultations.actions.midround import release_party
from consultations.actions.parties import correct_address
from consultations.actions.rounds import launch_round
from consultations.models import Invitation
from consultations.queries.answers import rounds_with_work
from consultations.queries.rounds import (
    live_round,
    reply_deadline,
)
from consultations.states import AnswerState, InvitationState, RoundState
from tests.consultations.factories import (
    CLOSES_ON,
    LAUNCHED,
    OFFICER,
    WORDS,
    Hearing,
    a_hearing,
    make_hearing_public,
)
from tests.consultations.supplementary import (
    AGAIN_AT,
    AGAIN_ON,
    REVISED,
    a_heard_text,
    fresh,
    hear_again,
    heard_again,
    named,
    revising,
)
from tests.workflow.factories import stage_of
from workflow.actions.calls import note_call
from workflow.actions.deadlines import set_deadline
from workflow.actions.erasure import erase_person
from workflow.actions.processes import abandon_process, resume_process, suspend_process
from workflow.actions.stages import return_stage
from workflow.deadlines import Resolved
from workflow.definitions import RuleKind
from workflow.gates import GateStatus, gate_statuses
from workflow.models import PublishedItem
from workflow.rules import Refused
from workflow.states import DeadlineKind, PublicThing

pytestmark = pytest.mark.django_db


def hold(hearing: Hearing, now: object = REVISED) -> GateStatus:
    """What the drafting stage says of the supplementary round."""
    [status] = [row for row in gate_statuses(revising(hearing), now) if row.key == "supplementary"]  # type: ignore[arg-type]
    return status


def code_of(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.refusal.code


# ── What hangs on the round ───────────────────────────────────────────────────────────────────────────────────
def test_extend_for_all_supplementary_leaves_the_first_rounds_deadlines() -> None:
    hearing = a_heard_text()
    resolved = Resolved(CLOSES_ON, time(12), "Brev", RuleKind.FIXED)
    stage, party = stage_of(hearing.process, "hearing"), hearing.party(2)
    own = set_deadline(
        hearing.process,
        stage=stage,
        subject_id=party.public_id,
        kind=DeadlineKind.REPLY,
        resolved=resolved,
        now=LAUNCHED,
    )
    again = heard_again(hearing, [1])

    extend_for_all(again.round, new_on=date(2019, 5, 10), reason="Helligdage", actor=OFFICER, now=REVISED)

    assert reply_deadline(hearing.party(2)).at == own.at
    assert reply_deadline(hearing.round).on == CLOSES_ON
    assert {row.reply_by_at.date() for row in again.round.invitations.all()} == {date(2019, 5, 10)}
    assert {mail.to_address for mail in again.mails("hearing_extended")} == {
        "part1@example.dk",
        "part2@example.dk",
        "part3@example.dk",
    }


def test_parties_of_a_supplementary_round_are_treated_as_those_of_any_other() -> None:
    hearing = a_heard_text()
    again = heard_again(hearing, [1, 3])
    first, informed, third = (named(again, f"Part 0{number}") for number in (1, 2, 3))
    later = REVISED + timedelta(days=1)

    entered = record_answer_on_behalf(first, WORDS, road="email", received_at=later, actor=OFFICER, now=later)
    corrected = again.answers(first.number, later + timedelta(hours=1), AnswerContent(text="Rettet."))
    extend_for_one(third, new_on=date(2019, 5, 6), reason="Råd", actor=OFFICER, now=later)
    note_call(third, text="Ringer igen", next_on=later.date(), actor=OFFICER, now=later)
    Invitation.objects.filter(pk=informed.pk).update(bounced_at=later)
    assert [work.bounced for work in rounds_with_work([hearing.process.office]) if work.round == again.round] == [1]
    correct_address(named(again, "Part 02"), email="ny@example.dk", actor=OFFICER, now=later)

    entered.refresh_from_db()
    assert (entered.state, corrected.receipt_number) == (AnswerState.REPLACED, entered.receipt_number[:-1] + "2")
    assert fresh(again.round).last_closes_at > AGAIN_AT, "the round stays open for whoever got more time"
    assert reply_deadline(third).outlasts_stage
    assert named(again, "Part 02").bounced_at is None
    [_before, sent_again] = [row for row in again.mails("hearing_information") if row.subject_id == informed.public_id]
    assert sent_again.to_address == "ny@example.dk", "it gets the text for information once more, and no question"
    release_party(third, reason="Ikke berørt", actor=OFFICER, now=later)
    assert fresh(again.round).last_closes_at == AGAIN_AT


def test_erase_person_of_a_supplementary_round_is_erased_in_both() -> None:
    hearing = a_heard_text()
    again = heard_again(hearing, [1])

    office = hearing.process.office
    erase_person("part1@example.dk", reason="Har bedt om det", office=office, actor=OFFICER, now=REVISED)

    assert hearing.party(1).email == named(again, "Part 01").email == ""


def test_resume_process_moves_a_supplementary_round_and_tells_its_parties_once() -> None:
    again = heard_again(a_heard_text(), [1])
    suspended, resumed = REVISED + timedelta(days=2), REVISED + timedelta(days=12)

    suspend_process(again.process, reason="Sygdom i sekretariatet", actor=OFFICER, now=suspended)
    resume_process(again.process, reason="Vi er her igen", actor=OFFICER, now=resumed)

    assert fresh(again.round).closes_at > AGAIN_AT
    assert {row.reply_by_at for row in again.round.invitations.all()} == {fresh(again.round).closes_at}
    assert len(again.mails("hearing_extended")) == 3


def test_cancel_round_in_preparation_tells_nobody_and_lifts_the_hold() -> None:
    hearing = a_heard_text()
    again = hear_again(hearing, [1])

    cancel_round(again.round, reason="Ændringen udgår", actor=OFFICER, now=REVISED)

    assert fresh(again.round).state == RoundState.CANCELLED
    assert again.mails("hearing_withdrawn") == []
    assert [row for row in gate_statuses(revising(hearing), REVISED) if row.key == "supplementary"] == []
    assert hear_again(hearing, [1]).round.number == 3, "another can be made"


def test_cancel_round_under_way_tells_those_it_was_sent_to() -> None:
    again = heard_again(a_heard_text(), [1])

    cancel_round(again.round, reason="Ændringen udgår", actor=OFFICER, now=REVISED, key="k")
    cancel_round(again.round, reason="Ændringen udgår", actor=OFFICER, now=REVISED, key="k")

    assert len(again.mails("hearing_withdrawn")) == 3
    assert {row.state for row in again.round.invitations.all()} == {InvitationState.WITHDRAWN}


def test_cancel_round_of_a_stages_own_round_is_refused() -> None:
    hearing = a_hearing(parties=1)

    with pytest.raises(Refused) as refused:
        cancel_round(hearing.round, reason="Den udgår helt", actor=OFFICER, now=LAUNCHED)

    assert code_of(refused) == "not_supplementary"


@pytest.mark.parametrize("deed", ["return", "abandon"])
def test_round_under_way_ends_with_its_stage_or_process(deed: str) -> None:
    hearing = a_heard_text()
    again = heard_again(hearing, [1])

    if deed == "return":
        return_stage(revising(hearing), to="hearing", reason="Forfra", actor=OFFICER, now=REVISED)
    else:
        abandon_process(hearing.process, reason="Aftalen opgives", actor=OFFICER, now=REVISED)

    assert fresh(again.round).state == RoundState.CANCELLED
    assert len(again.mails("hearing_withdrawn")) == 3
    assert fresh(hearing.round).state == RoundState.CLOSED


def test_return_stage_to_the_drafting_stage_itself_keeps_the_hold() -> None:
    hearing = a_heard_text()
    heard_again(hearing, [1])

    return_stage(revising(hearing), to="consolidation", reason="Om igen", actor=OFFICER, now=REVISED)

    assert not hold(hearing).is_open


def test_open_round_of_a_new_attempt_asks_the_parties_of_all_rounds_once() -> None:
    hearing = a_heard_text()
    again = hear_again(hearing, [1])
    add_party(again.round, name="Ny forening", email="ny@example.dk", actor=OFFICER, now=REVISED)
    launch_round(again.round, closes_on=AGAIN_ON, actor=OFFICER, now=REVISED)

    return_stage(revising(hearing), to="hearing", reason="Forfra", actor=OFFICER, now=REVISED)

    anew = live_round(hearing.process, "hearing")
    assert [row.name for row in anew.invitations.order_by("number")] == ["Ny forening", "Part 01", "Part 02", "Part 03"]
    assert not any(row.for_information for row in anew.invitations.all())


def test_launch_round_supplementary_in_a_public_process_publishes_round_and_text() -> None:
    hearing = make_hearing_public(a_heard_text())
    again = hear_again(hearing, [1], letter="Vi hører om ændringen i afsnit 2.")
    launch_round(again.round, closes_on=AGAIN_ON, actor=OFFICER, now=REVISED)

    live = set(PublishedItem.objects.filter(process=hearing.process).values_list("kind", "subject_id"))
    assert (PublicThing.ROUND, again.round.public_id) in live
    assert (PublicThing.LETTER, again.round.public_id) in live
    assert {(PublicThing.TEXT, item.public_id) for item in again.round.bundle.items.all()} <= live
