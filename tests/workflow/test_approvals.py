"""Bodies are asked about one exact bundle and decide by link or through an officer; the gate follows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils.translation import override

from notifications.models import OutgoingMail
from notifications.states import MailState
from tests.refusals import code_in
from tests.workflow.agreements import (
    AGREEMENT,
    a_file,
    a_locked_bundle,
    an_agreement,
    decide,
    in_approval,
    in_review,
    officer_of,
    request_to,
    the_facts,
    the_parties,
)
from tests.workflow.factories import a_process, an_office
from workflow.actions.approvals import receive_minutes, record_decision
from workflow.actions.processes import resume_process, suspend_process
from workflow.actors import Actor
from workflow.gates import gate_statuses
from workflow.models import AuditDetail, AuditEntry, Decision, Process
from workflow.queries.processes import live_stage
from workflow.rules import Refused
from workflow.rules.decisions import MinorityFacts
from workflow.states import ChangeKind, DecisionState, Outcome, RequestState, StageState

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)  # by then what is asked about a set put forward has left


def hopeless(process: Process, now: datetime) -> str:
    """Why the approval can no longer be met, as its gates say it."""
    return " ".join(status.hopeless for status in gate_statuses(live_stage(process, "approval"), now))


def ruled(terms: str) -> str:
    """The agreement with other terms of approval; of the list parties, keys as they stand in a definition."""
    return AGREEMENT.replace("      list: parties\n      rule: all\n", f"      list: parties\n      {terms}\n")


# ── What can never come about ─────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ("rule: k_of_n\n      k: 4", "4 approvals are needed, and at most 3 can be reached."),
        (
            "rule: weighted\n      weights: {regional_council: 2, municipal_council: 1}\n      threshold: 5",
            "A weight of 5 is needed, and at most 4 can be reached.",
        ),
    ],
)
def test_start_process_with_an_approval_out_of_reach_is_refused_and_keeps_nothing(
    terms: str, reason: str, now: datetime
) -> None:
    with override("en"), pytest.raises(Refused) as refused:
        an_agreement(now, text=ruled(terms))

    assert code_in(refused) == "approval_unreachable"
    assert reason in str(refused.value)
    assert "Choose other bodies for “Parties”." in str(refused.value)
    assert not Process.objects.exists()
    assert not AuditEntry.objects.filter(verb="start_process").exists()
    assert not OutgoingMail.objects.exists()


def test_start_process_without_a_body_that_must_approve_is_refused(now: datetime) -> None:
    terms = "rule: k_of_n\n      k: 1\n      must_approve: [regional_council]"
    office = an_office()
    councils = [body for key, body in the_parties(office).items() if key.startswith("council-")]

    with override("en"), pytest.raises(Refused) as refused:
        a_process(office, now, ruled(terms), parameters={"reply_on": date(2019, 3, 29)}, bodies={"parties": councils})

    assert code_in(refused) == "approval_unreachable"
    assert "Nobody on the list is of the kind “Regional council”, and one must approve." in str(refused.value)


@pytest.mark.parametrize(
    ("terms", "body", "outcome", "reason"),
    [
        ("rule: all", "council-1", Outcome.REJECTED, "Everybody must approve, and Byråd 1 has decided otherwise."),
        ("rule: all", "council-1", Outcome.NOTED, "Everybody must approve, and Byråd 1 has decided otherwise."),
        ("rule: k_of_n\n      k: 3", "region", Outcome.REJECTED, "3 approvals are needed, and at most 2"),
        ("rule: k_of_n\n      k: 2", "region", Outcome.REJECTED, ""),
        (
            "rule: k_of_n\n      k: 1\n      vetoes: [regional_council]",
            "region",
            Outcome.REJECTED,
            "Regionsrådet has not approved, and that stops the matter.",
        ),
        ("rule: k_of_n\n      k: 1\n      vetoes: [regional_council]", "region", Outcome.NOTED, ""),
        (
            "rule: k_of_n\n      k: 1\n      must_approve: [regional_council]",
            "region",
            Outcome.NOTED,
            "Regionsrådet must approve, but has decided otherwise.",
        ),
        (
            "rule: weighted\n      weights: {regional_council: 2, municipal_council: 1}\n      threshold: 3",
            "region",
            Outcome.REJECTED,
            "A weight of 3 is needed, and at most 2 can be reached.",
        ),
    ],
)
def test_decide_against_says_when_the_rule_can_no_longer_be_met_and_why(
    terms: str, body: str, outcome: Outcome, reason: str, now: datetime
) -> None:
    process = in_approval(now, text=ruled(terms))
    with override("en"):
        assert not hopeless(process, now)

        decide(process, body, now, outcome)

        said = hopeless(process, now)
    assert ("This can no longer be met." in said) is bool(reason)
    assert reason in said


def test_decide_with_minutes_still_to_come_keeps_a_review_that_requires_them_open(now: datetime) -> None:
    text = AGREEMENT.replace(
        "that the agreement be sent to the parties}\n", "that it be sent}\n      requires_minutes: true\n", 1
    )
    process = in_review(now, text=text)

    decide(process, "committee", now, stage="review")

    assert live_stage(process, "review").state == StageState.OPEN
    receive_minutes(Decision.objects.get(), a_file(process.office, now), actor=officer_of(process), now=now)
    assert live_stage(process, "review").state == StageState.COMPLETED


# ── Deciding ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_record_decision_by_link_keeps_facts_audit_and_receipt(now: datetime) -> None:
    process = in_approval(now)
    minutes = a_file(process.office, now)

    decision = decide(
        process,
        "council-1",
        now,
        Outcome.APPROVED_WITH_REMARKS,
        remarks="Husk tandplejen.",
        body_case_number="S2019-12/7",
        minutes=minutes,
        minority_statements=(MinorityFacts("Liste Ø", "Vi stemte imod."),),
    )

    decision.refresh_from_db()
    assert (decision.state, decision.bundle, decision.minutes) == (
        DecisionState.VALID,
        process.bundles.get(),
        minutes,
    )
    assert decision.minority_statements.get().members == "Liste Ø"
    assert (decision.by_kind, decision.received_at, decision.recorded_at) == ("link", now, now)
    request = decision.request
    assert (request.state, request.closed_at, request.next_check_at) == (RequestState.DECIDED, now, None)
    entry = AuditEntry.objects.get(verb="record_decision", subject_id=decision.public_id)
    assert entry.codes["outcome"] == "approved_with_remarks"
    assert entry.codes["minutes"] == minutes.sha256
    assert "tandplejen" not in str(entry.codes)
    assert AuditDetail.objects.get(entry=entry).body["remarks"] == "Husk tandplejen."
    receipt = OutgoingMail.objects.get(kind="decision_receipt", subject_id=request.public_id)
    assert receipt.to_address == "post@council-1.example"


def test_record_decision_withdraws_the_question_still_in_the_queue(now: datetime) -> None:
    process = in_approval(now)
    request = request_to(process, "council-1")

    decide(process, "council-1", now)

    mail = OutgoingMail.objects.get(kind="decision_request", subject_id=request.public_id)
    assert (mail.state, mail.withdrawn_reason) == (MailState.WITHDRAWN, "decided")


def test_record_decision_on_behalf_keeps_source_receipt_time_and_for_whom(now: datetime) -> None:
    process = in_approval(now - 7 * DAY)
    request = request_to(process, "region")
    source = a_file(process.office, now, "mail.txt", b"Fra regionen")

    decision = record_decision(
        request,
        the_facts(now, meeting_on=date(2019, 2, 26)),
        bundle_sha256=request.bundle.sha256,
        actor=officer_of(process).acting_for("Regionsrådet"),
        now=now,
        received_at=now - DAY,
        source=source,
    )

    assert (decision.by_on_behalf_of, decision.received_at, decision.source) == ("Regionsrådet", now - DAY, source)
    assert OutgoingMail.objects.filter(kind="decision_receipt", to_address="post@region.example").count() == 1


def test_record_decision_with_the_same_key_twice_makes_one(now: datetime) -> None:
    process = in_approval(now)

    first = decide(process, "council-1", now, key="k1")
    second = decide(process, "council-1", now, key="k1")

    assert first == second
    assert Decision.objects.filter(body__key="council-1").count() == 1
    assert OutgoingMail.objects.filter(kind="decision_receipt", to_address="post@council-1.example").count() == 1


def test_record_decision_with_the_same_key_after_the_process_stopped_still_answers(now: datetime) -> None:
    process = in_approval(now)
    first = decide(process, "council-1", now, key="k1")
    suspend_process(process, reason="På grund af covid-19.", actor=officer_of(process), now=now + HOUR)

    assert decide(process, "council-1", now + HOUR, key="k1") == first


def test_record_decision_twice_is_refused_and_the_first_stays(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "council-1", now)

    with pytest.raises(Refused) as refused:
        decide(process, "council-1", now, Outcome.REJECTED)

    assert code_in(refused) == "already_decided"
    assert Decision.objects.get(body__key="council-1").outcome == Outcome.APPROVED


def test_record_decision_of_a_meeting_to_come_is_refused(now: datetime) -> None:
    process = in_approval(now)

    with pytest.raises(Refused) as refused:
        decide(process, "council-1", now, meeting_on=now.date() + DAY)

    assert code_in(refused) == "meeting_in_future"


def test_record_decision_of_a_meeting_before_the_text_was_locked_is_refused(now: datetime) -> None:
    process = in_approval(now)

    with pytest.raises(Refused) as refused:
        decide(process, "region", now + 30 * DAY, meeting_on=now.date() - DAY)

    assert refused.value.refusal.code == "meeting_before_text"
    assert decide(process, "region", now + 30 * DAY, meeting_on=now.date()).state == DecisionState.VALID


def test_record_decision_of_a_meeting_before_an_editorial_change_counts_from_the_first_lock(now: datetime) -> None:
    process = in_approval(now)
    a_locked_bundle(process, now + 10 * DAY, text="# 1 Mål\n\nRettet.\n", change=ChangeKind.EDITORIAL)
    late = now + 30 * DAY

    with pytest.raises(Refused) as refused:
        decide(process, "region", late, meeting_on=now.date() - DAY)

    assert refused.value.refusal.code == "meeting_before_text"
    assert decide(process, "region", late, meeting_on=now.date() + DAY).state == DecisionState.VALID


def test_record_decision_of_a_meeting_before_a_material_change_is_refused(now: datetime) -> None:
    process = in_approval(now)
    a_locked_bundle(process, now + 10 * DAY, text="# 1 Andet mål\n", change=ChangeKind.MATERIAL)

    with pytest.raises(Refused) as refused:
        decide(process, "region", now + 30 * DAY, meeting_on=now.date() + DAY)

    assert refused.value.refusal.code == "meeting_before_text"


def test_record_decision_after_local_midnight_counts_as_that_day(now: datetime) -> None:
    process = in_approval(now)
    late = datetime(2019, 3, 1, 23, 30, tzinfo=UTC)  # 2 March, 00.30 in Copenhagen

    assert decide(process, "council-1", late, meeting_on=date(2019, 3, 2)).meeting_on == date(2019, 3, 2)


def test_record_decision_received_in_the_future_is_refused(now: datetime) -> None:
    process = in_approval(now)
    request = request_to(process, "council-1")

    with pytest.raises(Refused) as refused:
        record_decision(
            request,
            the_facts(now),
            bundle_sha256=request.bundle.sha256,
            actor=officer_of(process),
            now=now,
            received_at=now + timedelta(microseconds=1),
        )

    assert code_in(refused) == "received_in_future"


def test_record_decision_in_a_suspended_process_is_taken_in_and_takes_effect_at_the_resumption(now: datetime) -> None:
    process = in_approval(now, councils=1)
    suspend_process(process, reason="På grund af covid-19.", actor=officer_of(process), now=now + HOUR)
    later = now + timedelta(days=5)

    for body in ("council-1", "region"):
        decide(process, body, later)
    assert live_stage(process, "approval").state == StageState.OPEN
    assert OutgoingMail.objects.filter(kind="decision_receipt").count() == 3  # the committee's among them

    resume_process(process, actor=officer_of(process), now=now + timedelta(days=30))
    assert live_stage(process, "approval").state == StageState.COMPLETED
    assert not OutgoingMail.objects.filter(kind="decision_deadline").exists()  # nobody is still asked


def test_record_decision_that_sends_back_in_a_suspended_process_does_so_at_the_resumption(now: datetime) -> None:
    process = in_review(now)
    officer = officer_of(process)
    suspend_process(process, reason="På grund af covid-19.", actor=officer, now=now + HOUR)

    decide(process, "committee", now + HOUR, Outcome.REFERRED_BACK, stage="review")
    assert live_stage(process, "review").attempt == 1

    resume_process(process, actor=officer, now=now + timedelta(days=3))
    assert (live_stage(process, "review").attempt, live_stage(process, "drafting").attempt) == (2, 2)
    assert AuditEntry.objects.filter(verb="return_stage").get().actor_kind == "system"


def test_record_decision_by_another_bodys_link_is_refused(now: datetime) -> None:
    process = in_approval(now)
    request, other = request_to(process, "council-1"), request_to(process, "council-2")

    with pytest.raises(Refused) as refused:
        record_decision(
            request,
            the_facts(now),
            bundle_sha256=request.bundle.sha256,
            actor=Actor.of_link(other.link, "Byråd 2"),
            now=now,
        )

    assert code_in(refused) == "foreign_link"


def test_record_decision_declining_to_join_what_is_approved_is_refused(now: datetime) -> None:
    process = in_approval(now)

    with pytest.raises(Refused) as refused:
        decide(process, "council-1", now, Outcome.ACCESSION_DECLINED)

    assert code_in(refused) == "outcome_unfit"


def test_record_decision_on_another_checksum_is_refused_and_names_the_current_version(now: datetime) -> None:
    process = in_approval(now)
    request = request_to(process, "council-1")

    with pytest.raises(Refused) as refused:
        record_decision(request, the_facts(now), bundle_sha256="0" * 64, actor=officer_of(process), now=now)

    assert code_in(refused) == "bundle_old"
    assert request.bundle.sha256[:12] in str(refused.value.refusal)


def test_postpone_keeps_the_request_open_and_the_next_decision_supersedes(now: datetime) -> None:
    process = in_approval(now)
    first = decide(process, "council-1", now, Outcome.POSTPONED, next_meeting_on=date(2019, 3, 20))
    request = request_to(process, "council-1")
    assert (request.state, request.meeting_on) == (RequestState.ASKED, date(2019, 3, 20))

    second = decide(process, "council-1", now + 19 * DAY)

    first.refresh_from_db()
    assert (first.state, first.ended_at) == (DecisionState.SUPERSEDED, now + 19 * DAY)
    assert second.state == DecisionState.VALID
    assert request_to(process, "council-1").state == RequestState.DECIDED
