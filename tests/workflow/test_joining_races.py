"""Joining a sub-agreement at the same instant as something else, on real PostgreSQL."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from notifications.models import OutgoingMail
from tests.workflow.agreements import a_contact, a_working_set, officer_of, the_facts
from tests.workflow.factories import a_body
from tests.workflow.sub_agreements import AFTER, STARTED, carried, in_accession, in_force, join, question_to
from tests.workflow.test_approvals_races import at_once
from workflow.actions.approvals import add_party, record_decision
from workflow.actions.processes import suspend_process
from workflow.actions.putting_forward import put_forward
from workflow.actors import Actor
from workflow.models import ApprovalRequest, Body, Decision, Office, Process, ProcessBody
from workflow.queries.joining import joined_late
from workflow.queries.processes import live_stage
from workflow.states import BodyKind, ChangeKind, DecisionState, Outcome, ProcessState, StageState

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 10
DAY = timedelta(days=1)


def a_council(office: Office, number: int) -> Body:
    """A council that was not asked, with a mailbox."""
    body = a_body(BodyKind.MUNICIPAL_COUNCIL, f"Ny kommune {number}", key=f"new-{number}")
    a_contact(office, body)
    return body


def add(process: Process, body: Body) -> ApprovalRequest:
    stage = live_stage(process, "accession")
    return add_party(stage, body, reply_by=date(2020, 6, 15), actor=officer_of(process), now=AFTER)


def test_add_party_by_eight_officers_at_once_asks_it_once() -> None:
    process = in_force()
    officer_of(process)
    for number in range(ROUNDS):
        body = a_council(process.office, number)

        found = at_once(*(lambda body=body: add(process, body) for _officer in range(8)))  # type: ignore[misc]

        assert sorted(str(one) for one in found if isinstance(one, str)) == ["party_listed"] * 7
        assert ProcessBody.objects.filter(body=body).count() == 1
        assert OutgoingMail.objects.filter(to_address=f"post@new-{number}.example").count() == 1


def test_join_late_by_eight_presses_at_once_is_one_decision() -> None:
    process = in_force()
    for number in range(ROUNDS):
        body = a_council(process.office, number)
        add(process, body)
        join(process, body.key, AFTER, Outcome.ACCESSION_DECLINED)
        request = question_to(process, body.key)

        def press(request: ApprovalRequest = request) -> Decision:
            actor = Actor.of_link(request.link, request.body.name)
            digest = request.bundle.sha256 if request.bundle else ""
            return record_decision(request, the_facts(AFTER), bundle_sha256=digest, actor=actor, now=AFTER)

        found = at_once(*[press] * 8)

        assert sum(isinstance(one, Decision) for one in found) == 1
        assert {one for one in found if isinstance(one, str)} == {"already_decided"}
        assert Decision.objects.filter(body=body, state=DecisionState.VALID).count() == 1


def test_add_party_while_the_last_one_joins_either_waits_for_it_or_finds_the_stage_done() -> None:
    process = in_accession()
    officer = officer_of(process)
    for body in ("region", "council-1"):
        join(process, body, STARTED + DAY)
    new = a_council(process.office, 1)
    stage = live_stage(process, "accession")

    def add_now() -> ApprovalRequest:
        return add_party(stage, new, reply_by=date(2020, 2, 17), actor=officer, now=STARTED + 2 * DAY)

    found = at_once(add_now, lambda: join(process, "council-2", STARTED + 2 * DAY))

    assert [type(one) for one in found] == [ApprovalRequest, Decision]
    stage = live_stage(process, "accession")
    request = question_to(process, "new-1")
    # Asked before the last one joined, it keeps the stage open; asked after, it joins one that is done.
    assert (request.next_check_at is not None) == (stage.state == StageState.OPEN)
    join(process, "new-1", STARTED + 3 * DAY)
    assert live_stage(process, "accession").state == StageState.COMPLETED


def test_join_late_while_another_text_is_put_forward_is_on_the_text_in_force_or_refused() -> None:
    process = carried()
    officer = officer_of(process)
    text = live_stage(process, "accession").bundle
    newer = a_working_set(process, AFTER, text="# 1 Mål\n\nNoget andet.\n", change=ChangeKind.MATERIAL)

    found = at_once(
        lambda: put_forward(newer, reason="Klar.", change=ChangeKind.MATERIAL, actor=officer, now=AFTER),
        lambda: join(process, "council-2", AFTER),
    )

    assert found[1] == "bundle_old" or found[1].bundle == text
    # Not in force yet, so the approval is opened anew, and what was decided on the text before has fallen.
    assert not Decision.objects.filter(state=DecisionState.VALID, request__stage__key="accession").exists()


def test_add_party_while_the_process_is_suspended_asks_or_is_refused() -> None:
    process = in_force()
    officer = officer_of(process)
    body = a_council(process.office, 1)

    found = at_once(
        lambda: add(process, body),
        lambda: suspend_process(process, reason="Alt er udskudt på ubestemt tid.", actor=officer, now=AFTER),
    )

    process.refresh_from_db()
    assert process.state == ProcessState.SUSPENDED
    assert found[0] == "process_suspended" or isinstance(found[0], ApprovalRequest)
    assert joined_late(live_stage(process, "accession")) == []
