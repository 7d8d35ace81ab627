"""Joining a sub-agreement late: by the party's own link or on its behalf, as long as the process lives, and on the text
in force."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from notifications.models import OutgoingMail
from tests.refusals import code_of
from tests.workflow.agreements import a_locked_bundle, decide, in_approval, officer_of, the_facts
from tests.workflow.factories import a_body
from tests.workflow.sub_agreements import (
    AFTER,
    STARTED,
    a_sub_agreement,
    carried,
    come_into_force,
    in_accession,
    in_force,
    join,
    question_to,
    with_the_parties,
)
from workflow.actions.approvals import record_decision, remind_bodies
from workflow.actions.gates import override_gate
from workflow.actions.milestones import record_milestone
from workflow.actions.processes import abandon_process, resume_process, suspend_process
from workflow.actions.stages import complete_stage, return_stage
from workflow.actors import Actor
from workflow.models import AuditEntry, Body, Decision, Process
from workflow.queries.joining import joined_late
from workflow.queries.processes import live_stage
from workflow.states import BodyKind, ChangeKind, DecisionState, Outcome, RequestState, StageState

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def mails_since(process: Process, mails: int) -> list[tuple[str, str]]:
    """Kind and address of the mails made beyond so many."""
    rows = OutgoingMail.objects.filter(process_id=process.public_id).order_by("id")
    return list(rows.values_list("kind", "to_address"))[mails:]


# ── By the party's own link ───────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("said", [Outcome.ACCESSION_DECLINED, Outcome.REJECTED, Outcome.NOTED])
def test_join_after_having_said_no_while_the_stage_is_open_counts_and_lets_it_go_on(said: Outcome) -> None:
    process = in_accession()
    join(process, "council-2", STARTED + DAY, said)

    for body in ("council-2", "region", "council-1"):
        join(process, body, STARTED + 2 * DAY)

    assert live_stage(process, "accession").state == StageState.COMPLETED
    assert joined_late(live_stage(process, "accession")) == []


def test_join_after_the_stage_is_done_leaves_it_done_and_is_a_dated_fact_of_its_own() -> None:
    process = in_force()
    stage = live_stage(process, "accession")
    closed_at = stage.closed_at
    declined = Decision.objects.get(outcome=Outcome.ACCESSION_DECLINED)
    before = OutgoingMail.objects.filter(process_id=process.public_id).count()

    decision = join(process, "council-2", AFTER)

    stage = live_stage(process, "accession")
    declined.refresh_from_db()
    assert (stage.state, stage.closed_at, stage.attempt) == (StageState.COMPLETED, closed_at, 1)
    assert decision.bundle_id == stage.bundle_id
    assert decision.meeting_on == AFTER.date()
    assert (declined.state, declined.ended_at) == (DecisionState.SUPERSEDED, AFTER)
    assert question_to(process, "council-2").state == RequestState.DECIDED
    assert joined_late(stage) == [decision]
    assert mails_since(process, before) == [("decision_receipt", "post@council-2.example")]
    entry = AuditEntry.objects.get(verb="record_decision", subject_id=decision.public_id)
    assert entry.codes["after_completion"] is True
    assert entry.codes["supersedes"] == [str(declined.public_id)]


def test_join_late_brings_no_reminder() -> None:
    process = in_force()
    join(process, "council-2", AFTER)
    before = OutgoingMail.objects.count()

    for day in range(40):
        remind_bodies(now=AFTER + day * DAY)

    assert OutgoingMail.objects.count() == before


def test_join_twice_is_refused_and_the_same_press_gives_the_same_decision() -> None:
    process = in_force()
    first = join(process, "council-2", AFTER, key="k")

    assert join(process, "council-2", AFTER, key="k") == first
    assert code_of(lambda: join(process, "council-2", AFTER + DAY)) == "already_decided"


@pytest.mark.parametrize("outcome", [Outcome.ACCESSION_DECLINED, Outcome.REJECTED, Outcome.POSTPONED])
def test_decide_once_more_without_joining_is_refused(outcome: Outcome) -> None:
    process = in_force()

    assert code_of(lambda: join(process, "council-2", AFTER, outcome)) == "only_joining"


def test_decide_once_more_by_whoever_joined_is_refused() -> None:
    process = in_force()

    assert code_of(lambda: join(process, "council-1", AFTER, Outcome.ACCESSION_DECLINED)) == "already_decided"


def test_decide_once_more_where_nobody_joins_is_refused() -> None:
    process = in_approval(STARTED)
    decide(process, "council-1", STARTED, Outcome.REJECTED)

    assert code_of(lambda: decide(process, "council-1", STARTED + DAY)) == "already_decided"


# ── On the text in force ──────────────────────────────────────────────────────────────────────────────────────
def test_join_is_about_the_text_in_force_when_a_newer_one_has_been_put_forward() -> None:
    process = in_force()
    in_force_set = live_stage(process, "accession").bundle
    newer = a_locked_bundle(process, AFTER, text="# 1 Mål\n\nNoget andet.\n", change=ChangeKind.MATERIAL)
    request = question_to(process, "council-2")

    def on(digest: str) -> Decision:
        actor = Actor.of_link(request.link, "Byråd 2")
        return record_decision(request, the_facts(AFTER), bundle_sha256=digest, actor=actor, now=AFTER + DAY)

    assert code_of(lambda: on(newer.sha256)) == "bundle_old"
    assert in_force_set is not None
    assert on(in_force_set.sha256).bundle == in_force_set


def test_join_after_an_editorial_change_names_either_set() -> None:
    process = in_force()
    request = question_to(process, "council-2")
    corrected = a_locked_bundle(
        process, AFTER, text="# 1 Mål\n\nSammenhæng, for borgeren.\n", change=ChangeKind.EDITORIAL
    )
    actor = Actor.of_link(request.link, "Byråd 2")

    decision = record_decision(request, the_facts(AFTER), bundle_sha256=corrected.sha256, actor=actor, now=AFTER + DAY)

    assert decision.bundle == corrected
    assert joined_late(live_stage(process, "accession")) == [decision]


def test_put_forward_another_text_leaves_the_question_to_join_the_one_in_force() -> None:
    process = in_accession()
    join(process, "council-2", STARTED + DAY, Outcome.POSTPONED)
    stage = live_stage(process, "accession")
    for body in ("region", "council-1"):
        join(process, body, STARTED + DAY)
    complete_by_hand(process)
    come_into_force(process)

    a_locked_bundle(process, AFTER, text="# 1 Mål\n\nNoget andet.\n", change=ChangeKind.MATERIAL)

    request = question_to(process, "council-2")
    assert (request.state, request.stage) == (RequestState.ASKED, stage)
    assert join(process, "council-2", AFTER + DAY).bundle == live_stage(process, "accession").bundle


def complete_by_hand(process: Process) -> None:
    """The office goes on although a party has not decided."""
    stage, officer = live_stage(process, "accession"), officer_of(process)
    override_gate(stage, "parties", reason="De øvrige er med.", actor=officer, now=STARTED + 3 * DAY)
    stage = live_stage(process, "accession")
    if stage.state == StageState.OPEN:
        complete_stage(stage, actor=officer, now=STARTED + 3 * DAY)


def test_join_after_the_matter_was_sent_back_and_came_round_corrected_counts_in_the_later_attempt() -> None:
    process = in_accession()
    officer = officer_of(process)
    join(process, "council-2", STARTED + DAY, Outcome.ACCESSION_DECLINED)
    return_stage(
        live_stage(process, "accession"), to="drafting", reason="Bilag mangler", actor=officer, now=STARTED + DAY
    )
    assert code_of(lambda: join(process, "council-2", STARTED + DAY)) == "request_withdrawn"
    a_locked_bundle(process, STARTED + DAY, text="# 1 Mål\n\nSammenhæng.\n", change=ChangeKind.EDITORIAL)
    complete_stage(live_stage(process, "drafting"), actor=officer, now=STARTED + DAY)
    for body in ("region", "council-1"):
        join(process, body, STARTED + 2 * DAY)
    stage = live_stage(process, "accession")

    decision = join(process, "council-2", STARTED + 3 * DAY)

    assert (stage.attempt, stage.state) == (2, StageState.COMPLETED)
    assert joined_late(stage) == [decision]


def test_join_a_text_that_is_asked_about_anew_is_refused() -> None:
    process = carried()
    request = question_to(process, "council-2")
    a_locked_bundle(process, STARTED + 9 * DAY, text="# 1 Mål\n\nNoget andet.\n", change=ChangeKind.MATERIAL)
    actor = Actor.of_link(request.link, "Byråd 2")
    digest = request.bundle.sha256 if request.bundle else ""

    def deed() -> Decision:
        return record_decision(
            request, the_facts(STARTED + 9 * DAY), bundle_sha256=digest, actor=actor, now=STARTED + 9 * DAY
        )

    assert code_of(deed) == "bundle_old"


# ── What ends it ──────────────────────────────────────────────────────────────────────────────────────────────
def test_join_after_the_process_has_ended_is_refused() -> None:
    process = in_force()
    abandon_process(process, reason="Aftalen er opsagt af parterne.", actor=officer_of(process), now=AFTER)

    assert code_of(lambda: join(process, "council-2", AFTER + DAY)) == "process_abandoned"


def test_join_while_the_process_rests_is_taken_in() -> None:
    process = in_force()
    officer = officer_of(process)
    suspend_process(process, reason="Alt er udskudt på ubestemt tid.", actor=officer, now=AFTER)

    decision = join(process, "council-2", AFTER + DAY)
    resume_process(process, actor=officer, now=AFTER + 9 * DAY)

    assert joined_late(live_stage(process, "accession")) == [decision]


def test_join_an_agreement_that_a_revised_one_has_replaced_is_refused_and_names_it() -> None:
    process = in_force()
    office = process.office
    revised = a_sub_agreement(office, AFTER, title="Samarbejdsaftale om IV-behandling II", linked_to=process)
    # Until the revised one is in force the first holds, and can be joined.
    with_the_parties(revised, AFTER)
    request = question_to(process, "council-2")
    for body in ("region", "council-1", "council-2"):
        join(revised, body, AFTER)
    come_into_force_on(revised)

    assert code_of(lambda: join(process, "council-2", AFTER + DAY)) == "agreement_replaced"
    assert request.state == RequestState.DECIDED


def come_into_force_on(process: Process) -> None:
    """The stage of a fact is completed by its date; the office records it."""
    stage = live_stage(process, "in_force")
    record_milestone(stage, happened_on=date(2020, 5, 4), actor=officer_of(process), now=AFTER)


def test_join_while_the_revised_agreement_is_not_in_force_yet_is_taken_in() -> None:
    process = in_force()
    a_sub_agreement(process.office, AFTER, title="Revideret", linked_to=process)

    assert join(process, "council-2", AFTER + DAY).outcome == Outcome.APPROVED


@pytest.mark.parametrize(("successor", "code"), [("Region Østdanmark", "body_succeeded"), ("", "body_ended")])
def test_decide_for_a_body_after_its_last_day_is_refused(successor: str, code: str) -> None:
    process = in_force()
    heir = a_body(BodyKind.MUNICIPAL_COUNCIL, successor, key="heir") if successor else None
    last_day = AFTER.date() - DAY
    Body.objects.filter(key="council-2").update(valid_to=last_day, successor=heir)

    assert code_of(lambda: join(process, "council-2", AFTER)) == code
    # What it decided while it was there may come later.
    assert join(process, "council-2", AFTER, meeting_on=last_day).meeting_on == last_day
