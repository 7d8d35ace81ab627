"""Bodies are asked: who, at which level, by which link and until when; anew, elsewhere, and what they tell."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from notifications.models import OutgoingMail
from notifications.states import MailState
from tests.refusals import code_in
from tests.workflow.agreements import (
    ask_all,
    asked,
    decide,
    in_approval,
    in_review,
    missing,
    officer_of,
    request_to,
)
from workflow.actions.approvals import add_addendum, announce_meeting, ask_again, readdress_request
from workflow.actions.stages import return_stage
from workflow.models import ApprovalRequest, AuditEntry, Contact, Decision, PersonalLink, Process
from workflow.queries.approvals import request_of_link, waiting_for
from workflow.queries.boards import board
from workflow.queries.processes import live_stage
from workflow.rules import Refused
from workflow.rules.decisions import MinorityFacts
from workflow.states import DecisionState, Level, Outcome, RequestPurpose, RequestState

pytestmark = pytest.mark.django_db


DAY = timedelta(days=1)


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

    ask_all(process, now)
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
    entry = AuditEntry.objects.filter(verb="list_bodies").latest("id")
    assert entry.codes["requests"] == [str(r.public_id) for r in requests]


def test_open_approval_when_a_body_has_no_mailbox_asks_it_without_mail(now: datetime) -> None:
    process = in_review(now)
    Contact.objects.filter(body__key="council-1").delete()
    Contact.objects.filter(body__key="council-2").update(email="ikke en adresse")

    decide(process, "committee", now, stage="review")

    ask_all(process, now)
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

    assert code_in(refused) == "addendum_empty"


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

    assert code_in(refused) == "decision_counts"


def test_announce_meeting_in_the_past_is_refused(now: datetime) -> None:
    process = in_approval(now)

    with pytest.raises(Refused) as refused:
        announce_meeting(
            request_to(process, "council-1"), meeting_on=date(2019, 2, 28), actor=officer_of(process), now=now
        )

    assert code_in(refused) == "meeting_in_past"


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

    assert code_in(refused) == "address_several"
    assert PersonalLink.objects.filter(version__gt=1).count() == 0


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
