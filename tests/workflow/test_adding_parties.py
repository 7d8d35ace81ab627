"""Taking a body in as a party of a sub-agreement, and asking again one that declined, while the process lives."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from notifications.models import OutgoingMail
from tests.refusals import code_of
from tests.workflow.agreements import a_contact, a_locked_bundle, an_actor, decide, in_approval, officer_of
from tests.workflow.factories import a_body, a_stranger, an_office
from tests.workflow.sub_agreements import (
    AFTER,
    EFFECTIVE_ON,
    STARTED,
    a_sub_agreement,
    another_council,
    carried,
    in_accession,
    in_force,
    join,
    question_to,
    with_the_parties,
)
from workflow.actions.approvals import add_party, ask_again, remind_bodies
from workflow.actions.milestones import record_milestone
from workflow.actions.processes import abandon_process, resume_process, suspend_process
from workflow.models import ApprovalRequest, AuditEntry, Body, Contact, Deadline, Process, ProcessBody
from workflow.queries.boards import board
from workflow.queries.call_list import bodies_to_call
from workflow.queries.joining import bodies_to_add, joined_late
from workflow.queries.processes import bodies_of, live_stage, reply_deadlines
from workflow.states import BodyKind, ChangeKind, Level, Outcome, RequestPurpose, RequestState, StageState

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
BY = date(2020, 6, 15)
"""A Monday six weeks after `AFTER`."""


def add(process: Process, body: Body, now: datetime = AFTER, **changes: Any) -> ApprovalRequest:
    """The office takes the body in and asks it to answer by 15 June 2020."""
    values: dict[str, Any] = {"reply_by": BY, "actor": officer_of(process), "now": now}
    return add_party(live_stage(process, "accession"), body, **{**values, **changes})


def mails_to(body: str) -> list[str]:
    """The kinds of mail made to a body."""
    address = f"post@{body}.example"
    return list(OutgoingMail.objects.filter(to_address=address).order_by("id").values_list("kind", flat=True))


# ── Taking a body in ──────────────────────────────────────────────────────────────────────────────────────────
def test_add_party_after_the_stage_is_done_asks_it_about_the_text_in_force_and_leaves_the_stage_done() -> None:
    process = in_force()
    body = another_council(process.office)

    request = add(process, body, level=Level.STANDING_COMMITTEE)

    stage = live_stage(process, "accession")
    assert stage.state == StageState.COMPLETED
    assert (request.state, request.purpose, request.bundle) == (
        RequestState.ASKED,
        RequestPurpose.ACCESSION,
        stage.bundle,
    )
    assert request.reply_by_at == datetime(2020, 6, 15, 21, 59, tzinfo=UTC)
    assert request.next_check_at is None
    assert bodies_of(process, "parties")[-1] == body
    assert (board(stage)[-1].body, board(stage)[-1].level) == (body, Level.STANDING_COMMITTEE)
    assert mails_to("council-3") == ["decision_request"]
    entry = AuditEntry.objects.get(verb="add_party")
    assert entry.subject_id == request.public_id
    assert (entry.codes["body"], entry.codes["level"]) == ("council-3", "standing_committee")
    assert entry.codes["bundle"] == stage.bundle.sha256  # type: ignore[union-attr]


def test_add_party_that_joins_is_a_late_party_with_a_date_of_its_own() -> None:
    process = in_force()
    add(process, another_council(process.office))

    decision = join(process, "council-3", AFTER + 9 * DAY)

    assert joined_late(live_stage(process, "accession")) == [decision]
    assert live_stage(process, "accession").state == StageState.COMPLETED
    assert mails_to("council-3") == ["decision_request", "decision_receipt"]


def test_add_party_that_declines_may_join_afterwards() -> None:
    process = in_force()
    add(process, another_council(process.office))
    join(process, "council-3", AFTER + DAY, Outcome.ACCESSION_DECLINED)

    assert join(process, "council-3", AFTER + 2 * DAY).outcome == Outcome.APPROVED


def test_add_party_while_the_stage_is_under_way_lets_it_wait_for_the_party() -> None:
    process = in_accession()
    request = add(process, another_council(process.office), STARTED + DAY, reply_by=EFFECTIVE_ON - DAY)
    for body in ("region", "council-1", "council-2"):
        join(process, body, STARTED + 2 * DAY)

    assert live_stage(process, "accession").state == StageState.OPEN
    assert request.next_check_at is not None
    # The day of all is that of the stage, and moves with it.
    assert not Deadline.objects.filter(subject_id=request.public_id).exists()
    join(process, "council-3", STARTED + 3 * DAY)
    assert live_stage(process, "accession").state == StageState.COMPLETED


def test_add_party_with_a_day_of_its_own_while_the_stage_is_under_way_keeps_the_day_of_the_others() -> None:
    process = in_accession()
    request = add(process, another_council(process.office), STARTED + DAY, reply_by=date(2020, 3, 16))

    other = question_to(process, "region")
    assert request.reply_by_at == datetime(2020, 3, 16, 22, 59, tzinfo=UTC)
    assert other.reply_by_at is not None
    assert other.reply_by_at < request.reply_by_at
    assert reply_deadlines(process) == []


def test_add_party_after_an_editorial_change_is_asked_about_the_corrected_text() -> None:
    process = in_force()
    corrected = a_locked_bundle(process, AFTER, text="# 1 Mål\n\nSammenhæng.\n", change=ChangeKind.EDITORIAL)
    a_locked_bundle(process, AFTER, text="# 1 Mål\n\nNoget andet.\n", change=ChangeKind.MATERIAL)

    assert add(process, another_council(process.office)).bundle == corrected


def test_add_party_twice_with_one_key_asks_once() -> None:
    process = in_force()
    body = another_council(process.office)

    assert add(process, body, key="k") == add(process, body, key="k")
    assert mails_to("council-3") == ["decision_request"]


def test_add_party_late_is_not_reminded_and_comes_on_the_list_of_calls_when_its_day_has_passed() -> None:
    process = in_force()
    request = add(process, another_council(process.office))

    for day in range(60):
        remind_bodies(now=AFTER + day * DAY)

    assert mails_to("council-3") == ["decision_request"]
    assert bodies_to_call([process.office], AFTER + 40 * DAY) == {}
    assert bodies_to_call([process.office], AFTER + 60 * DAY) == {request.stage: [request]}


def test_add_party_that_is_reached_on_paper_is_asked_without_mail() -> None:
    process = in_force()
    body = another_council(process.office)
    Contact.objects.filter(body=body).update(channel="paper", postal_address="Rådhuset")

    request = add(process, body)

    assert (request.email, request.state) == ("", RequestState.ASKED)
    assert mails_to("council-3") == []


# ── What is refused ───────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("body", ["council-1", "council-2"])
def test_add_party_that_is_one_already_is_refused(body: str) -> None:
    process = in_force()

    assert code_of(lambda: add(process, Body.objects.get(key=body))) == "party_listed"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"valid_to": date(2020, 5, 3)}, "body_ended"),
        ({"valid_from": date(2020, 5, 5)}, "body_to_come"),
        ({"kind": BodyKind.HOSPITAL}, "kind_unfit"),
    ],
)
def test_add_party_that_cannot_be_one_is_refused(changes: dict[str, Any], code: str) -> None:
    process = in_force()
    body = another_council(process.office)
    Body.objects.filter(pk=body.pk).update(**changes)

    assert code_of(lambda: add(process, Body.objects.get(pk=body.pk))) == code
    assert not ProcessBody.objects.filter(body=body).exists()


def test_add_party_whose_place_another_has_taken_is_refused_and_names_it() -> None:
    process = in_force()
    body = another_council(process.office)
    heir = a_body(BodyKind.MUNICIPAL_COUNCIL, "Ny Kommune", key="heir")
    Body.objects.filter(pk=body.pk).update(valid_to=date(2020, 5, 3), successor=heir)

    with pytest.raises(Exception, match="Ny Kommune"):
        add(process, Body.objects.get(pk=body.pk))
    assert heir in bodies_to_add(live_stage(process, "accession"), AFTER.date())


@pytest.mark.parametrize("contact", [None, {"email": ""}, {"bounced_at": AFTER}])
def test_add_party_without_an_address_that_works_is_refused(contact: dict[str, Any] | None) -> None:
    process = in_force()
    body = another_council(process.office)
    rows = Contact.objects.filter(body=body)
    rows.update(**contact) if contact else rows.delete()

    assert code_of(lambda: add(process, body)) == "no_address"


def test_add_party_where_nobody_joins_is_refused() -> None:
    process = in_approval(STARTED)
    body = another_council(process.office)

    def deed() -> ApprovalRequest:
        stage = live_stage(process, "approval")
        return add_party(stage, body, reply_by=BY, actor=officer_of(process), now=STARTED)

    assert code_of(deed) == "list_fixed"


def test_add_party_before_the_stage_has_begun_is_refused() -> None:
    office = an_office()
    for kind in (BodyKind.STEERING_GROUP, BodyKind.COORDINATION_COMMITTEE, BodyKind.MUNICIPAL_COUNCIL):
        a_contact(office, a_body(kind, str(kind)))
    process = a_sub_agreement(office, STARTED)

    assert code_of(lambda: add(process, another_council(office), STARTED)) == "stage_waiting"


def test_add_party_to_a_process_that_rests_or_has_ended_is_refused() -> None:
    process = in_force()
    body = another_council(process.office)
    suspend_process(process, reason="Alt er udskudt på ubestemt tid.", actor=officer_of(process), now=AFTER)
    assert code_of(lambda: add(process, body)) == "process_suspended"

    abandon_process(process, reason="Aftalen er opsagt af parterne.", actor=officer_of(process), now=AFTER)
    assert code_of(lambda: add(process, body)) == "process_abandoned"


def test_add_party_to_an_agreement_that_has_been_replaced_is_refused() -> None:
    process = in_force()
    a_replacing_one(process)

    assert code_of(lambda: add(process, another_council(process.office), AFTER + DAY)) == "agreement_replaced"


def a_replacing_one(process: Process) -> Process:
    """A revised agreement that names this one, and has come into force."""
    revised = with_the_parties(a_sub_agreement(process.office, AFTER, linked_to=process), AFTER)
    for body in ("region", "council-1", "council-2"):
        join(revised, body, AFTER)
    stage = live_stage(revised, "in_force")
    record_milestone(stage, happened_on=AFTER.date(), actor=officer_of(process), now=AFTER)
    return revised


@pytest.mark.parametrize(
    ("reply_by", "reason", "code"),
    [
        (date(2020, 5, 3), "", "deadline_in_past"),
        (date(2020, 6, 13), "", "warnings_need_reason"),  # a Saturday
        (date(2020, 7, 15), "", "warnings_need_reason"),  # in the summer holiday
    ],
)
def test_add_party_with_an_impossible_or_unfortunate_day_is_refused(reply_by: date, reason: str, code: str) -> None:
    process = in_force()
    body = another_council(process.office)

    assert code_of(lambda: add(process, body, reply_by=reply_by)) == code
    if code == "warnings_need_reason":
        assert add(process, body, reply_by=reply_by, reason="Byrådet holder møde den dag.").state == RequestState.ASKED


def test_add_party_by_a_stranger_or_another_office_is_refused() -> None:
    process = in_force()
    body = another_council(process.office)

    for actor in (a_stranger(), an_actor(an_office("nordjylland"))):
        assert code_of(lambda actor=actor: add(process, body, actor=actor)) == "not_an_officer"  # type: ignore[misc]


# ── Asking again ──────────────────────────────────────────────────────────────────────────────────────────────
def ask_late(process: Process, now: datetime = AFTER, **changes: Any) -> ApprovalRequest:
    """The office asks the second council once more, by 15 June 2020."""
    values: dict[str, Any] = {"reason": "Aftalen er udvidet.", "reply_by": BY, "actor": officer_of(process), "now": now}
    return ask_again(question_to(process, "council-2"), **{**values, **changes})


def test_ask_again_whoever_declined_after_the_stage_is_done_gives_it_a_day_and_leaves_the_stage_done() -> None:
    process = in_force()

    request = ask_late(process)

    assert live_stage(process, "accession").state == StageState.COMPLETED
    assert (request.state, request.next_check_at) == (RequestState.ASKED, None)
    assert request.reply_by_at == datetime(2020, 6, 15, 21, 59, tzinfo=UTC)
    assert mails_to("council-2")[-1] == "decision_asked_again"
    assert join(process, "council-2", AFTER + DAY).outcome == Outcome.APPROVED


def test_ask_again_twice_moves_the_day_and_keeps_what_it_was() -> None:
    process = in_force()
    ask_late(process)
    join(process, "council-2", AFTER + DAY, Outcome.ACCESSION_DECLINED)

    request = ask_late(process, AFTER + 2 * DAY, reply_by=date(2020, 9, 21))

    own = Deadline.objects.get(subject_id=request.public_id)
    assert own.at == request.reply_by_at
    assert own.changes.count() == 1


def test_ask_again_late_without_a_day_or_whoever_joined_is_refused() -> None:
    process = in_force()

    assert code_of(lambda: ask_late(process, reply_by=None)) == "reply_day_missing"
    join(process, "council-2", AFTER)
    assert code_of(lambda: ask_late(process)) == "decision_counts"


def test_ask_again_late_a_body_that_is_gone_is_refused() -> None:
    process = in_force()
    Body.objects.filter(key="council-2").update(valid_to=date(2020, 5, 3))

    assert code_of(lambda: ask_late(process)) == "body_ended"


def test_ask_again_after_the_stage_is_done_where_nobody_joins_is_refused() -> None:
    process = in_approval(STARTED)
    for body in ("region", "council-1", "council-2"):
        decide(process, body, STARTED)
    request = ApprovalRequest.objects.filter(stage__key="approval").latest("id")

    def deed() -> ApprovalRequest:
        return ask_again(request, reason="Igen", reply_by=BY, actor=officer_of(process), now=STARTED + DAY)

    assert code_of(deed) == "stage_not_open"


# ── A pause ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_resume_process_moves_the_day_of_a_party_that_was_asked_late_and_tells_it_once() -> None:
    process = in_force()
    officer = officer_of(process)
    request = add(process, another_council(process.office))
    suspend_process(process, reason="Alt er udskudt på ubestemt tid.", actor=officer, now=AFTER + DAY)

    resume_process(process, actor=officer, now=AFTER + 29 * DAY)

    request.refresh_from_db()
    assert request.reply_by_at == datetime(2020, 7, 13, 21, 59, tzinfo=UTC)
    assert mails_to("council-3") == ["decision_request", "decision_deadline"]
    assert mails_to("council-2").count("decision_deadline") == 0


def test_resume_process_in_accession_keeps_the_later_day_of_a_single_party() -> None:
    process = in_accession()
    officer = officer_of(process)
    request = add(process, another_council(process.office), STARTED + DAY, reply_by=date(2020, 3, 16))
    suspend_process(process, reason="Alt er udskudt på ubestemt tid.", actor=officer, now=STARTED + 2 * DAY)

    resume_process(process, actor=officer, now=STARTED + 9 * DAY)

    request.refresh_from_db()
    assert request.reply_by_at == datetime(2020, 3, 23, 22, 59, tzinfo=UTC)
    assert question_to(process, "region").reply_by_at != request.reply_by_at
    assert mails_to("council-3") == ["decision_request", "decision_deadline"]


def test_add_party_before_the_agreement_is_in_force_is_asked_too_and_falls_with_a_new_text() -> None:
    process = carried()
    request = add(process, another_council(process.office), STARTED + 5 * DAY, reply_by=date(2019, 11, 4))

    newer = a_locked_bundle(process, STARTED + 9 * DAY, text="# 1 Mål\n\nNoget andet.\n", change=ChangeKind.MATERIAL)

    request.refresh_from_db()
    assert request.state == RequestState.WITHDRAWN
    assert live_stage(process, "accession").attempt == 2
    assert newer.put_forward_at is not None
