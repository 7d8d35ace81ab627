"""A changed text heard again by those it touches: a further round of a consultation that has closed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from consultations.actions.answers import dispose_answer
from consultations.actions.invitation_list import add_party, remove_party
from consultations.actions.reminders import send_reminders
from consultations.actions.rounds import close_due_rounds, launch_round
from consultations.actions.supplementary import open_supplementary
from consultations.models import Invitation, Reminder
from consultations.queries.answers import rounds_with_work
from consultations.queries.board import counts
from consultations.queries.rounds import (
    live_round,
    live_rounds,
    round_before,
    round_going_on,
    round_of,
    rounds_of,
    text_to_send,
)
from consultations.states import AnswerState, InvitationState, RoundState, RoundVerb
from notifications.models import OutgoingMail
from tests.consultations.factories import (
    OFFICER,
    Hearing,
    a_hearing,
)
from tests.consultations.supplementary import (
    AGAIN_AT,
    AGAIN_ON,
    AGAIN_SETTLED,
    REVISED,
    a_changed_set,
    a_heard_text,
    fresh,
    hear_again,
    heard_again,
    named,
    revising,
)
from tests.workflow.factories import stage_of
from workflow.actions.gates import override_gate
from workflow.actions.processes import suspend_process
from workflow.actions.stages import complete_stage, return_stage
from workflow.gates import GateStatus, gate_statuses
from workflow.models import AuditEntry
from workflow.rules import Refused
from workflow.states import StageState
from workflow.sweeps import check_processes

pytestmark = pytest.mark.django_db


def hold(hearing: Hearing, now: object = REVISED) -> GateStatus:
    """What the drafting stage says of the supplementary round."""
    [status] = [row for row in gate_statuses(revising(hearing), now) if row.key == "supplementary"]  # type: ignore[arg-type]
    return status


def code_of(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.refusal.code


# ── Made ready ────────────────────────────────────────────────────────────────────────────────────────────────
def test_open_supplementary_lists_whom_it_asks_and_whom_it_informs_and_writes_to_nobody() -> None:
    hearing = a_heard_text()
    mails = OutgoingMail.objects.count()

    again = hear_again(hearing, [1])

    assert (again.round.number, again.round.state, again.round.stage.key) == (2, RoundState.DRAFT, "hearing")
    assert again.round.opened_from == revising(hearing)
    assert again.round.bundle.number == 2
    assert again.round.bundle.put_forward_at is None, "a set need not count to be heard"
    listed = {row.name: (row.state, row.for_information) for row in again.round.invitations.all()}
    assert listed == {
        "Part 01": (InvitationState.LISTED, False),
        "Part 02": (InvitationState.LISTED, True),
        "Part 03": (InvitationState.LISTED, True),
    }
    links = {row.link_id for row in Invitation.objects.filter(round__in=[hearing.round, again.round])}
    assert len(links) == 6, "every party gets a link of its own for the round"
    assert OutgoingMail.objects.count() == mails
    entry = AuditEntry.objects.get(verb=RoundVerb.OPEN_SUPPLEMENTARY)
    assert (entry.codes["parties"], entry.codes["informed"], entry.codes["number"]) == (1, 2, 2)


def test_open_supplementary_with_the_others_left_out_lists_the_chosen_alone() -> None:
    again = hear_again(a_heard_text(), [3], informs_others=False)

    assert [row.name for row in again.round.invitations.all()] == ["Part 03"]


def test_open_supplementary_leaves_whoever_will_not_answer_in_peace() -> None:
    hearing = a_heard_text()
    Invitation.objects.filter(pk=hearing.party(3).pk).update(state=InvitationState.DECLINED)

    again = hear_again(hearing, [1])

    assert [row.name for row in again.round.invitations.all()] == ["Part 01", "Part 02"]


def test_open_supplementary_asks_and_informs_those_who_had_the_first_text_for_information() -> None:
    hearing = a_heard_text()
    Invitation.objects.filter(round=hearing.round, number__in=(2, 3)).update(
        state=InvitationState.INFORMED, for_information=True
    )

    again = hear_again(hearing, [2])

    listed = {row.name: row.for_information for row in again.round.invitations.all()}
    assert listed == {"Part 01": True, "Part 02": False, "Part 03": True}


def test_open_supplementary_others_can_be_asked_too() -> None:
    again = hear_again(a_heard_text(), [1], informs_others=False)

    add_party(again.round, name="Ny forening", email="ny@example.dk", actor=OFFICER, now=REVISED)
    launch_round(again.round, closes_on=AGAIN_ON, actor=OFFICER, now=REVISED)

    assert {mail.to_address for mail in again.mails("hearing_invitation")} == {"part1@example.dk", "ny@example.dk"}


def test_open_supplementary_twice_with_one_key_makes_one_round() -> None:
    hearing = a_heard_text()

    first = hear_again(hearing, [1], key="k")
    second = hear_again(hearing, [1], key="k")

    assert first.round == second.round
    assert len(rounds_of(stage_of(hearing.process, "hearing"))) == 2


BAD = {
    "nobody_chosen": lambda: (a_heard_text(), {"parties": []}),
    "set_heard": lambda: (a_heard_text(changed=False), {}),
    "round_going_on": lambda: (_with_one_already(), {}),
    "not_heard_before": lambda: (a_heard_text(), {"parties": [a_hearing(parties=1).party(1)]}),
}


def _with_one_already() -> Hearing:
    hearing = a_heard_text()
    hear_again(hearing, [2])
    return hearing


@pytest.mark.parametrize("code", BAD)
def test_open_supplementary_with_bad_input_is_refused(code: str) -> None:
    hearing, changes = BAD[code]()

    with pytest.raises(Refused) as refused:
        hear_again(hearing, [1], **changes)

    assert code_of(refused) == code


def test_open_supplementary_before_the_first_round_is_closed_is_refused() -> None:
    hearing = a_hearing(parties=1)

    with pytest.raises(Refused) as refused:
        hear_again(hearing, [1])

    assert code_of(refused) == "stage_waiting", "the drafting stage behind it has not begun"


@pytest.mark.parametrize(("key", "code"), [("hearing", "not_drafting"), ("drafting", "stage_completed")])
def test_open_supplementary_from_any_other_stage_is_refused(key: str, code: str) -> None:
    hearing = a_heard_text()
    values = {"parties": [hearing.party(1)], "title": "Igen", "actor": OFFICER, "now": REVISED}

    with pytest.raises(Refused) as refused:
        open_supplementary(stage_of(hearing.process, key), **values)

    assert code_of(refused) == code


def test_open_supplementary_while_the_process_rests_is_refused() -> None:
    hearing = a_heard_text()
    suspend_process(hearing.process, reason="Sygdom i sekretariatet", actor=OFFICER, now=REVISED)

    with pytest.raises(Refused) as refused:
        hear_again(hearing, [1])

    assert code_of(refused) == "process_suspended"


def test_launch_round_with_only_informed_parties_left_is_refused() -> None:
    again = hear_again(a_heard_text(), [1])
    remove_party(named(again, "Part 01"), actor=OFFICER, now=REVISED)

    with pytest.raises(Refused) as refused:
        launch_round(again.round, closes_on=AGAIN_ON, actor=OFFICER, now=REVISED)

    assert code_of(refused) == "no_parties"


def test_launch_round_supplementary_under_the_usual_length_needs_a_reason() -> None:
    again = hear_again(a_heard_text(), [1])

    with pytest.raises(Refused) as refused:
        launch_round(again.round, closes_on=date(2019, 4, 10), actor=OFFICER, now=REVISED)

    assert code_of(refused) == "warnings_need_reason"


# ── Sent ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_launch_round_supplementary_asks_the_chosen_and_informs_the_others() -> None:
    hearing = a_heard_text()
    first = fresh(hearing.round)

    again = heard_again(hearing, [1])

    states = {row.name: row.state for row in again.round.invitations.all()}
    assert states["Part 01"] == InvitationState.INVITED
    assert states["Part 02"] == states["Part 03"] == InvitationState.INFORMED
    assert [mail.to_address for mail in again.mails("hearing_invitation")] == ["part1@example.dk"]
    assert {mail.to_address for mail in again.mails("hearing_information")} == {"part2@example.dk", "part3@example.dk"}
    assert {row.reply_by_at for row in again.round.invitations.all()} == {AGAIN_AT}
    stage = stage_of(hearing.process, "hearing")
    assert (stage.state, stage.bundle.number) == (StageState.COMPLETED, 1), "what the stage was about stands"
    assert fresh(hearing.round).closes_at == first.closes_at
    assert [answer.state for answer in hearing.party(1).answers.all()] == [AnswerState.SUBMITTED]
    entry = AuditEntry.objects.filter(verb=RoundVerb.LAUNCH_ROUND).latest("id")
    assert (entry.codes["parties"], entry.codes["informed"]) == (1, 2)


def test_send_reminders_supplementary_reminds_those_asked_alone() -> None:
    again = heard_again(a_heard_text(), [1])

    send_reminders(AGAIN_AT - timedelta(days=7))

    assert [row.invitation.name for row in Reminder.objects.filter(invitation__round=again.round)] == ["Part 01"]


def test_submit_answer_by_an_informed_party_counts_like_any_other() -> None:
    hearing = a_heard_text()
    again = heard_again(hearing, [1])

    answer = again.answers(named(again, "Part 02").number, REVISED + timedelta(days=3))

    assert answer.state == AnswerState.SUBMITTED
    assert answer.receipt_number.endswith("-H2.002-1")
    assert named(again, "Part 02").state == InvitationState.ANSWERED
    assert hearing.party(2).answers.get().kind == "no_remarks", "what it said then stands"
    assert (counts(again.round).missing, counts(again.round).informed) == (1, 1)


# ── The drafting stage waits ──────────────────────────────────────────────────────────────────────────────────
def test_complete_stage_while_a_supplementary_round_is_prepared_or_under_way_is_refused() -> None:
    hearing = a_heard_text()
    assert complete_would(hearing) is None

    again = hear_again(hearing, [1])
    assert complete_would(hearing) == "gates_shut"
    assert "ikke sendt ud" in hold(hearing).missing[0]
    launch_round(again.round, closes_on=AGAIN_ON, actor=OFFICER, now=REVISED)
    assert complete_would(hearing) == "gates_shut"
    assert "29. april 2019" in hold(hearing).missing[0]


def complete_would(hearing: Hearing) -> str | None:
    """The code with which completing the drafting stage would be refused now."""
    from workflow.rules.stages import may_complete

    stage = revising(hearing)
    refusal = may_complete(stage, gate_statuses(stage, REVISED))
    return refusal.code if refusal else None


def test_override_gate_cannot_lift_the_hold() -> None:
    hearing = a_heard_text()
    hear_again(hearing, [1])

    with pytest.raises(Refused) as refused:
        override_gate(revising(hearing), "supplementary", reason="Det haster meget", actor=OFFICER, now=REVISED)

    assert code_of(refused) == "gate_not_by_hand"


def test_close_due_rounds_supplementary_moves_no_stage_and_lifts_the_hold() -> None:
    hearing = a_heard_text()
    again = heard_again(hearing, [1])
    answer = again.answers(1, REVISED + timedelta(days=3))
    before = {row.key: row.state for row in hearing.process.stages.all()}

    close_due_rounds(AGAIN_AT)
    check_processes(AGAIN_SETTLED)

    assert fresh(again.round).state == RoundState.CLOSED
    assert {row.key: row.state for row in hearing.process.stages.all()} == before
    assert hold(hearing, AGAIN_SETTLED).is_open
    with pytest.raises(Refused) as refused:
        complete_stage(revising(hearing), actor=OFFICER, now=AGAIN_SETTLED)
    assert code_of(refused) == "gates_shut", "its remarks are dealt with like those of the first round"
    dispose_answer(answer, note="Rettet", actor=OFFICER, now=AGAIN_SETTLED)
    complete_stage(revising(hearing), actor=OFFICER, now=AGAIN_SETTLED)
    assert revising(hearing).state == StageState.COMPLETED


def test_late_answer_to_a_supplementary_round_holds_the_stage_until_it_is_decided() -> None:
    hearing = a_heard_text()
    again = heard_again(hearing, [1])
    close_due_rounds(AGAIN_AT)
    again.answers(1, AGAIN_SETTLED)

    assert hold(hearing, AGAIN_SETTLED).missing == ("1 sent svar afventer en afgørelse.",)
    assert [work.late for work in rounds_with_work([hearing.process.office]) if work.round == again.round] == [1]


# ── Which round is meant ──────────────────────────────────────────────────────────────────────────────────────
def test_every_reader_of_the_round_of_a_stage_reads_the_right_one() -> None:
    hearing = a_heard_text()
    stage = stage_of(hearing.process, "hearing")
    assert round_going_on(stage) is None
    again = heard_again(hearing, [1])
    second_set = a_changed_set(hearing.process, REVISED)

    assert round_of(stage) == hearing.round, "the one it was completed by"
    assert rounds_of(stage) == [hearing.round, again.round]
    assert round_going_on(stage) == again.round
    assert live_round(hearing.process, "hearing") == again.round, "the latest"
    assert list(live_rounds(hearing.process, "hearing").order_by("number")) == [hearing.round, again.round]
    assert text_to_send(again.round).number == 2 < second_set.number, "the set it was made ready with"
    return_stage(revising(hearing), to="hearing", reason="Forfra", actor=OFFICER, now=REVISED)
    anew = stage_of(hearing.process, "hearing")
    assert (anew.attempt, round_before(anew)) == (2, hearing.round)
    assert [row.number for row in rounds_of(anew)] == [1]
