"""Bodies are asked about one exact bundle and decide by link or through an officer; the gate follows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils.translation import override

from notifications.models import OutgoingMail
from notifications.states import MailState
from tests.workflow.agreements import (
    AGREEMENT,
    a_file,
    a_locked_bundle,
    an_agreement,
    asked,
    decide,
    in_approval,
    in_force_everywhere,
    in_review,
    in_submission,
    officer_of,
    request_to,
    the_facts,
    the_parties,
)
from tests.workflow.factories import a_process, an_office
from workflow.actions.approvals import (
    add_addendum,
    announce_meeting,
    ask_again,
    readdress_request,
    receive_minutes,
    record_decision,
)
from workflow.actions.gates import override_gate
from workflow.actions.processes import resume_process, suspend_process
from workflow.actions.stages import complete_stage, return_stage
from workflow.actors import Actor
from workflow.gates import gate_statuses
from workflow.models import ApprovalRequest, AuditDetail, AuditEntry, Contact, Decision, PersonalLink, Process
from workflow.queries.approvals import approvals_fallen, board, decision_counts, request_of_link, waiting_for
from workflow.queries.processes import live_stage
from workflow.rules import Refused
from workflow.rules.approvals import MinorityFacts
from workflow.states import (
    ChangeKind,
    DecisionState,
    Level,
    Outcome,
    RequestPurpose,
    RequestState,
    StageState,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
ACCESSION = AGREEMENT.replace("      rule: all\n", "      rule: all\n      accession: true\n")
WITH_MINUTES = AGREEMENT.replace(
    "      - gate: parties\n        list: parties\n    deadline",
    "      - gate: parties\n        list: parties\n      - gate: minutes_received\n    deadline",
)


def refusal_of(deed: object) -> str:
    assert isinstance(deed, pytest.ExceptionInfo)
    return str(deed.value.refusal.code)


def missing(process: Process, stage: str, now: datetime) -> str:
    return " ".join(text for status in gate_statuses(live_stage(process, stage), now) for text in status.missing)


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

    assert refusal_of(refused) == "approval_unreachable"
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

    assert refusal_of(refused) == "approval_unreachable"
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


# ── Asking ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_open_review_asks_the_one_body_on_the_bundle(now: datetime) -> None:
    process = in_review(now)

    (request,) = asked(process, "review")
    assert (request.body.key, request.purpose, request.recommendation) == (
        "committee",
        RequestPurpose.RECOMMENDATION,
        "send_to_parties",
    )
    assert request.bundle == process.bundles.get()
    assert request.reply_by_at is None
    assert OutgoingMail.objects.get(kind="decision_request").to_address == "post@committee.example"


def test_open_approval_asks_each_party_at_its_level_with_own_link_and_deadline(now: datetime) -> None:
    process = in_review(now)
    process.process_bodies.filter(body__key="council-2").update(level=Level.ADMINISTRATIVE)

    decide(process, "committee", now, stage="review")

    requests = asked(process, "approval")
    assert {(r.body.key, r.level) for r in requests} == {
        ("region", Level.COUNCIL),
        ("council-1", Level.COUNCIL),
        ("council-2", Level.ADMINISTRATIVE),
    }
    assert len({r.link_id for r in requests}) == 3
    # 29 March 2019, 12.00 in Copenhagen, summer time not yet begun
    assert {r.reply_by_at for r in requests} == {datetime(2019, 3, 29, 11, 0, tzinfo=UTC)}
    assert {r.next_check_at for r in requests} == {datetime(2019, 3, 15, 7, 0, tzinfo=UTC)}
    assert OutgoingMail.objects.filter(kind="decision_request").count() == 4
    entry = AuditEntry.objects.filter(verb="ask_bodies").latest("id")
    assert entry.codes["requests"] == [str(r.public_id) for r in requests]


def test_open_approval_when_a_body_has_no_mailbox_asks_it_without_mail(now: datetime) -> None:
    process = in_review(now)
    Contact.objects.filter(body__key="council-1").delete()
    Contact.objects.filter(body__key="council-2").update(email="ikke en adresse")

    decide(process, "committee", now, stage="review")

    assert len(asked(process, "approval")) == 3
    to = OutgoingMail.objects.filter(kind="decision_request").values_list("to_address", flat=True)
    assert sorted(to) == ["post@committee.example", "post@region.example"]


def test_return_stage_withdraws_what_is_asked_and_the_mail_still_waiting(now: datetime) -> None:
    process = in_approval(now)

    return_stage(live_stage(process, "approval"), reason="Genforhandles.", actor=officer_of(process), now=now)

    states = ApprovalRequest.objects.filter(stage__key="approval").values_list("state", flat=True)
    assert set(states) == {RequestState.WITHDRAWN}
    waiting = OutgoingMail.objects.filter(kind="decision_request", subject_id__in=_ids(process, "approval"))
    assert {mail.state for mail in waiting} == {MailState.WITHDRAWN}
    assert AuditEntry.objects.filter(verb="withdraw_requests").count() == 1


def _ids(process: Process, stage: str) -> list[object]:
    return list(ApprovalRequest.objects.filter(stage__key=stage).values_list("public_id", flat=True))


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
    suspend_process(process, reason="På grund af covid-19.", actor=officer_of(process), now=now)

    assert decide(process, "council-1", now, key="k1") == first


def test_record_decision_twice_is_refused_and_the_first_stays(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "council-1", now)

    with pytest.raises(Refused) as refused:
        decide(process, "council-1", now, Outcome.REJECTED)

    assert refusal_of(refused) == "already_decided"
    assert Decision.objects.get(body__key="council-1").outcome == Outcome.APPROVED


def test_record_decision_of_a_meeting_to_come_is_refused(now: datetime) -> None:
    process = in_approval(now)

    with pytest.raises(Refused) as refused:
        decide(process, "council-1", now, meeting_on=now.date() + DAY)

    assert refusal_of(refused) == "meeting_in_future"


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

    assert refusal_of(refused) == "received_in_future"


def test_record_decision_in_a_suspended_process_is_taken_in_and_takes_effect_at_the_resumption(now: datetime) -> None:
    process = in_approval(now, councils=1)
    suspend_process(process, reason="På grund af covid-19.", actor=officer_of(process), now=now)
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
    suspend_process(process, reason="På grund af covid-19.", actor=officer, now=now)

    decide(process, "committee", now, Outcome.REFERRED_BACK, stage="review")
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

    assert refusal_of(refused) == "foreign_link"


def test_record_decision_declining_to_join_what_is_approved_is_refused(now: datetime) -> None:
    process = in_approval(now)

    with pytest.raises(Refused) as refused:
        decide(process, "council-1", now, Outcome.ACCESSION_DECLINED)

    assert refusal_of(refused) == "outcome_unfit"


def test_record_decision_on_another_checksum_is_refused_and_names_the_current_version(now: datetime) -> None:
    process = in_approval(now)
    request = request_to(process, "council-1")

    with pytest.raises(Refused) as refused:
        record_decision(request, the_facts(now), bundle_sha256="0" * 64, actor=officer_of(process), now=now)

    assert refusal_of(refused) == "bundle_old"
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


def test_add_addendum_leaves_the_decision_as_it_was(now: datetime) -> None:
    process = in_approval(now)
    decision = decide(process, "council-1", now)

    addendum = add_addendum(decision, text="Punkt 8, ikke 7.", actor=officer_of(process), now=now + DAY)

    decision.refresh_from_db()
    assert (decision.agenda_item, addendum.at, addendum.text) == ("7", now + DAY, "Punkt 8, ikke 7.")
    assert AuditEntry.objects.filter(verb="add_addendum").count() == 1


def test_add_addendum_without_text_is_refused(now: datetime) -> None:
    process = in_approval(now)
    decision = decide(process, "council-1", now)

    with pytest.raises(Refused) as refused:
        add_addendum(decision, text="  ", actor=officer_of(process), now=now)

    assert refusal_of(refused) == "addendum_empty"


def test_ask_again_after_a_no_lets_the_body_decide_anew(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "council-1", now, Outcome.REJECTED)
    officer = officer_of(process)

    request = ask_again(request_to(process, "council-1"), reason="Nye oplysninger.", actor=officer, now=now)

    assert request.state == RequestState.ASKED
    assert "Byråd 1" in missing(process, "approval", now)
    assert OutgoingMail.objects.filter(kind="decision_asked_again", to_address="post@council-1.example").count() == 1
    decide(process, "council-1", now)
    assert Decision.objects.filter(body__key="council-1", state=DecisionState.SUPERSEDED).count() == 1


def test_ask_again_after_a_yes_is_refused(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "council-1", now)

    with pytest.raises(Refused) as refused:
        ask_again(request_to(process, "council-1"), reason="Igen.", actor=officer_of(process), now=now)

    assert refusal_of(refused) == "decision_counts"


def test_announce_meeting_in_the_past_is_refused(now: datetime) -> None:
    process = in_approval(now)

    with pytest.raises(Refused) as refused:
        announce_meeting(
            request_to(process, "council-1"), meeting_on=date(2019, 2, 28), actor=officer_of(process), now=now
        )

    assert refusal_of(refused) == "meeting_in_past"


def test_readdress_request_makes_the_old_link_useless_and_mails_the_new_address(now: datetime) -> None:
    process = in_approval(now)
    before = request_to(process, "council-1")
    ApprovalRequest.objects.filter(pk=before.pk).update(bounced_at=now, next_check_at=None)

    request = readdress_request(
        before, email="ny@council-1.example", name="Ny Sekretær", actor=officer_of(process), now=now
    )

    assert (request.link.version, request.bounced_at) == (2, None)
    assert request.next_check_at is not None
    assert request.link.code_digest != before.link.code_digest
    assert OutgoingMail.objects.filter(kind="decision_request", to_address="ny@council-1.example").count() == 1


def test_readdress_request_to_an_impossible_address_is_refused(now: datetime) -> None:
    process = in_approval(now)

    with pytest.raises(Refused) as refused:
        readdress_request(request_to(process, "council-1"), email="a@b@c", actor=officer_of(process), now=now)

    assert refusal_of(refused) == "address_several"
    assert PersonalLink.objects.filter(version__gt=1).count() == 0


# ── The gates ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_decide_by_the_last_party_opens_the_gate_and_the_stages_behind_it(now: datetime) -> None:
    process = in_submission(now)

    assert live_stage(process, "approval").state == StageState.COMPLETED
    assert live_stage(process, "submission").state == StageState.OPEN
    assert decision_counts(process) == {"approved": 3}
    assert AuditEntry.objects.filter(verb="complete_stage", codes__stage="approval").count() == 1


def test_decide_by_all_but_one_keeps_the_gate_shut_and_names_who_is_missing(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "region", now)
    decide(process, "council-1", now, Outcome.NOTED)

    (status,) = gate_statuses(live_stage(process, "approval"), now)
    assert not status.is_open
    assert any("Byråd 2" in text and "Byråd 1" not in text for text in status.missing)
    assert any("Byråd 1" in text and "Byråd 2" not in text for text in status.missing)
    assert live_stage(process, "approval").state == StageState.OPEN


@pytest.mark.parametrize(
    "outcome", [Outcome.REJECTED, Outcome.NOTED, Outcome.APPROVED_WITH_RESERVATION, Outcome.REFERRED_BACK]
)
def test_decide_otherwise_than_yes_keeps_the_gate_shut(now: datetime, outcome: Outcome) -> None:
    process = in_approval(now, councils=1)
    decide(process, "region", now)

    decide(process, "council-1", now, outcome)

    assert live_stage(process, "approval").state == StageState.OPEN


@pytest.mark.parametrize(
    ("outcome", "changes", "code"),
    [
        (Outcome.APPROVED_WITH_RESERVATION, {"text": " "}, "reservation_missing"),
        (Outcome.APPROVED_WITH_REMARKS, {"text": ""}, "remarks_missing"),
        (Outcome.APPROVED, {"minority_statements": (MinorityFacts("Liste Ø", " "),)}, "minority_incomplete"),
    ],
)
def test_record_decision_without_the_words_of_its_reservation_is_refused_on_every_road(
    now: datetime, outcome: Outcome, changes: dict[str, Any], code: str
) -> None:
    process = in_approval(now)

    with pytest.raises(Refused) as refused:
        decide(process, "council-1", now, outcome, **changes)

    assert refused.value.refusal.code == code
    assert not Decision.objects.filter(body__key="council-1", request__stage__key="approval").exists()


def test_decline_to_join_stands_outside_and_the_others_carry_the_agreement(now: datetime) -> None:
    process = in_approval(now, text=ACCESSION)
    assert request_to(process, "region").purpose == RequestPurpose.ACCESSION
    decide(process, "region", now)
    decide(process, "council-1", now + 9 * DAY)
    assert live_stage(process, "approval").state == StageState.OPEN

    decide(process, "council-2", now + 20 * DAY, Outcome.ACCESSION_DECLINED)

    assert live_stage(process, "approval").state == StageState.COMPLETED
    dates = Decision.objects.filter(outcome=Outcome.APPROVED, request__stage__key="approval")
    assert len({d.meeting_on for d in dates}) == 2


def test_decide_without_minutes_waits_at_the_minutes_gate(now: datetime) -> None:
    process = in_approval(now, councils=1, text=WITH_MINUTES)
    minutes = a_file(process.office, now)
    decide(process, "region", now, minutes=minutes)
    decision = decide(process, "council-1", now)

    assert live_stage(process, "approval").state == StageState.OPEN
    assert "Byråd 1" in missing(process, "approval", now)
    receive_minutes(decision, minutes, actor=officer_of(process), now=now)

    assert live_stage(process, "approval").state == StageState.COMPLETED


def test_receive_minutes_twice_is_refused(now: datetime) -> None:
    process = in_approval(now)
    minutes = a_file(process.office, now)
    decision = decide(process, "council-1", now, minutes=minutes)

    with pytest.raises(Refused) as refused:
        receive_minutes(decision, minutes, actor=officer_of(process), now=now)

    assert refusal_of(refused) == "minutes_present"


def test_refer_back_in_review_sends_the_matter_back_by_itself(now: datetime) -> None:
    process = in_review(now)

    decide(process, "committee", now, Outcome.REFERRED_BACK, stage="review")

    drafting = live_stage(process, "drafting")
    assert (drafting.attempt, drafting.state) == (2, StageState.OPEN)
    assert live_stage(process, "review").state == StageState.WAITING


def test_reject_in_review_keeps_the_gate_shut_and_sends_nothing_back(now: datetime) -> None:
    process = in_review(now)

    decide(process, "committee", now, Outcome.REJECTED, stage="review")

    assert live_stage(process, "review").state == StageState.OPEN
    assert live_stage(process, "drafting").attempt == 1


def test_decide_after_the_gate_was_opened_by_hand_is_still_recorded(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "region", now)
    decide(process, "council-1", now)
    override_gate(
        live_stage(process, "approval"), "parties", reason="Ét byråd mangler.", actor=officer_of(process), now=now
    )
    assert live_stage(process, "approval").state == StageState.COMPLETED

    decide(process, "council-2", now + DAY)

    assert decision_counts(process) == {"approved": 3}


# ── A new bundle ──────────────────────────────────────────────────────────────────────────────────────────────
def test_lock_bundle_with_a_material_change_makes_approvals_fall_and_asks_again(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "region", now)
    decide(process, "council-1", now, Outcome.REJECTED)
    old = request_to(process, "council-2")

    second = a_locked_bundle(process, now + DAY, text="# 1 Andet mål\n", change=ChangeKind.MATERIAL, note="Nyt mål.")

    assert approvals_fallen(process) == 1
    assert set(Decision.objects.filter(request__stage__key="approval").values_list("state", flat=True)) == {"fallen"}
    requests = asked(process, "approval")
    assert {r.body.key for r in requests} == {"region", "council-1", "council-2"}
    assert {r.bundle for r in requests} == {second}
    old.refresh_from_db()
    assert old.state == RequestState.WITHDRAWN
    mails = OutgoingMail.objects.filter(kind="decision_asked_again")
    assert mails.count() == 3
    assert mails.first().facts["change_note"] == "Nyt mål."
    codes = AuditEntry.objects.get(verb="rebind_requests").codes
    assert (len(codes["fallen"]), len(codes["withdrawn"]), len(codes["asked"])) == (2, 1, 3)
    assert live_stage(process, "review").state == StageState.COMPLETED
    assert Decision.objects.get(request__stage__key="review").state == DecisionState.VALID


def test_lock_bundle_with_an_editorial_change_leaves_approvals_and_asks_those_waiting(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "region", now)

    second = a_locked_bundle(process, now + DAY, text="# 1 Mål\n\nRettet.\n", change=ChangeKind.EDITORIAL)

    assert approvals_fallen(process) == 0
    assert {(r.body.key, r.bundle) for r in asked(process, "approval")} == {
        ("council-1", second),
        ("council-2", second),
    }
    decide(process, "council-1", now + DAY)
    decide(process, "council-2", now + DAY)
    assert live_stage(process, "approval").state == StageState.COMPLETED


@pytest.mark.parametrize(
    ("change", "left"), [(ChangeKind.MATERIAL, RequestState.WITHDRAWN), (ChangeKind.EDITORIAL, RequestState.ASKED)]
)
def test_lock_bundle_after_the_stage_asks_those_left_about_no_text_that_is_gone(
    now: datetime, change: ChangeKind, left: RequestState
) -> None:
    process = in_approval(now, text=AGREEMENT.replace("      rule: all\n", "      rule: k_of_n\n      k: 2\n"))
    for body in ("region", "council-1"):
        decide(process, body, now)
    in_force_everywhere(process, now)

    a_locked_bundle(process, now, text="Helt nyt.", change=change)

    assert live_stage(process, "approval").state == StageState.COMPLETED
    assert request_to(process, "council-2").state == left
    if left == RequestState.WITHDRAWN:
        with pytest.raises(Refused) as refused:
            decide(process, "council-2", now)
        assert refused.value.refusal.code == "request_withdrawn"


def test_record_decision_for_an_old_bundle_is_refused_and_says_which_is_current(now: datetime) -> None:
    process = in_approval(now)
    old = request_to(process, "council-2")
    a_locked_bundle(process, now, text="# 1 Andet mål\n", change=ChangeKind.MATERIAL)

    with pytest.raises(Refused) as refused:
        record_decision(
            old,
            the_facts(now),
            bundle_sha256=old.bundle.sha256,
            actor=Actor.of_link(old.link, "Byråd 2"),
            now=now,
        )

    assert refusal_of(refused) == "bundle_old"
    assert "2" in str(refused.value.refusal)
    assert not Decision.objects.filter(body__key="council-2").exists()


def test_lock_bundle_keeps_the_address_given_and_the_meeting_announced(now: datetime) -> None:
    process = in_approval(now)
    officer = officer_of(process)
    request = request_to(process, "council-2")
    readdress_request(request, email="ny@council-2.example", actor=officer, now=now)
    announce_meeting(request, meeting_on=date(2019, 3, 20), actor=officer, now=now)

    a_locked_bundle(process, now, text="# 1 Andet mål\n", change=ChangeKind.MATERIAL)

    found = request_to(process, "council-2")
    assert (found.email, found.meeting_on) == ("ny@council-2.example", date(2019, 3, 20))


def test_return_and_editorial_change_count_approvals_in_the_next_attempt(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "region", now)
    decide(process, "council-1", now, Outcome.REJECTED)
    officer = officer_of(process)
    return_stage(live_stage(process, "approval"), reason="Trykfejl.", actor=officer, now=now)
    a_locked_bundle(process, now, text="# 1 Mål\n\nRettet.\n", change=ChangeKind.EDITORIAL)
    _complete_drafting(process, now)
    assert live_stage(process, "review").state == StageState.COMPLETED, "the committee's decision stands"

    assert {r.body.key for r in asked(process, "approval")} == {"council-1", "council-2"}
    decide(process, "council-1", now)
    decide(process, "council-2", now)

    assert live_stage(process, "approval").state == StageState.COMPLETED
    assert Decision.objects.get(body__key="council-1", outcome="rejected").state == DecisionState.SUPERSEDED


def test_return_and_material_change_ask_everybody_again(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "region", now)
    return_stage(live_stage(process, "approval"), reason="Nyt.", actor=officer_of(process), now=now)
    a_locked_bundle(process, now, text="# 1 Andet mål\n", change=ChangeKind.MATERIAL)
    _complete_drafting(process, now)
    decide(process, "committee", now, stage="review")

    assert {r.body.key for r in asked(process, "approval")} == {"region", "council-1", "council-2"}
    assert approvals_fallen(process) == 1


def _complete_drafting(process: Process, now: datetime) -> None:
    complete_stage(live_stage(process, "drafting"), actor=officer_of(process), now=now)


# ── What pages read ───────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("councils", [1, 5])
def test_board_makes_four_queries_however_many_bodies(
    now: datetime, councils: int, django_assert_num_queries: object
) -> None:
    process = in_approval(now, councils=councils)
    decide(process, "region", now)
    stage = live_stage(process, "approval")

    with django_assert_num_queries(4):  # type: ignore[operator]
        rows = board(stage)
        shown = [(row.body.key, row.counts, row.opened_at, row.meeting_on, row.mail and row.mail.kind) for row in rows]

    assert len(shown) == councils + 1
    assert ("region", True, None, now.date(), "decision_receipt") in shown


def test_waiting_for_shows_a_member_only_what_the_body_has_not_decided(now: datetime) -> None:
    process = in_approval(now)
    bodies = [request_to(process, "council-1").body, request_to(process, "region").body]
    decide(process, "region", now)

    assert [r.body.key for r in waiting_for(bodies)] == ["council-1"]


def test_read_request_page_makes_constant_queries(now: datetime, django_assert_num_queries: object) -> None:
    process = in_approval(now)
    decide(process, "region", now, minority_statements=(MinorityFacts("A", "B"), MinorityFacts("C", "D")))
    link = request_to(process, "region").link

    with django_assert_num_queries(4):  # type: ignore[operator]
        request = request_of_link(link)
        (decision,) = request.decisions.all()
        assert len(decision.minority_statements.all()) == 2
        assert list(decision.addenda.all()) == []
        assert request.stage.process.office.name


PLAN = """
  - key: plan
    kind: review
    title: {da: Procesplan, en: Process plan}
    after: []
    actor: committee
    bundle: none
    review:
      recommendation: {key: approve_plan, text: {da: at planen godkendes, en: that the plan be approved}}
    gates:
      - gate: body_decision
        body: committee
"""


def test_decide_on_a_plan_without_text_needs_no_checksum(now: datetime) -> None:
    text = AGREEMENT.replace("stages:\n", f"stages:{PLAN}").replace(
        "en: Drafting}\n    after: []", "en: Drafting}\n    after: [plan]"
    )
    process = an_agreement(now, text=text)
    (request,) = asked(process, "plan")
    assert request.bundle is None

    decide(process, "committee", now, stage="plan")

    assert live_stage(process, "drafting").state == StageState.OPEN


def test_return_stage_to_the_review_asks_the_body_anew_on_the_same_text(now: datetime) -> None:
    process = in_approval(now)
    earlier = Decision.objects.get(request__stage__key="review")

    return_stage(
        live_stage(process, "approval"), to="review", reason="Se på det igen.", actor=officer_of(process), now=now
    )

    earlier.refresh_from_db()
    review = live_stage(process, "review")
    assert (review.attempt, review.state) == (2, StageState.OPEN)
    assert (earlier.state, earlier.ended_at) == (DecisionState.SUPERSEDED, now)
    assert [request.body.key for request in asked(process, "review")] == ["committee"]
    assert OutgoingMail.objects.filter(kind="decision_request", to_address="post@committee.example").count() == 2

    decide(process, "committee", now, stage="review")
    assert live_stage(process, "approval").state == StageState.OPEN


def test_return_stage_to_before_the_review_keeps_its_decision_on_an_editorial_text(now: datetime) -> None:
    process = in_approval(now)

    return_stage(live_stage(process, "approval"), to="drafting", reason="Slåfejl.", actor=officer_of(process), now=now)
    a_locked_bundle(process, now, text="# 1 Mål\n\nSammenhæng for borgerne.\n", change=ChangeKind.EDITORIAL)
    complete_stage(live_stage(process, "drafting"), actor=officer_of(process), now=now)

    assert live_stage(process, "review").state == StageState.COMPLETED
    assert live_stage(process, "approval").state == StageState.OPEN
