"""The desk of an office: what waits, with the page where it is settled; nothing that is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from consultations.actions.parties import promise_answer
from consultations.actions.rounds import close_due_rounds
from consultations.actions.unreached import contact_otherwise
from consultations.models import Invitation
from tests.consultations.factories import CLOSES_AT, LAUNCHED, OFFICER, Hearing, a_hearing
from tests.consultations.views.conftest import officer_of
from tests.workflow.agreements import a_file, decide, in_approval, in_submission, request_to, sent
from tests.workflow.agreements import officer_of as officer_in
from tests.workflow.views.visitors import a_member, signed_in
from workflow.actions.approvals import announce_meeting, ask_again, receive_minutes
from workflow.actions.matters import settle_matter
from workflow.actions.processes import abandon_process
from workflow.actions.stages import return_stage
from workflow.actions.submissions import acknowledge, record_ruling
from workflow.actors import Actor
from workflow.models import ApprovalRequest, AuditEntry, Body, Process, SettledMatter
from workflow.queries.processes import live_stage
from workflow.rules import Refused
from workflow.stage_kinds import matter_views, open_matters
from workflow.stage_kinds.pages import Duty
from workflow.states import Basis, Matter, Outcome
from workflow.views.duties import duties

pytestmark = pytest.mark.django_db

NOW = datetime(2019, 1, 15, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
REASON = "Drøftet med byrådssekretariatet"


def waiting(process: Process, now: datetime = NOW) -> list[Duty]:
    return duties([process.office], now)


def with_the_committees_minutes(process: Process) -> Process:
    """The committee's minutes are here, so that what is missing is missing from the parties."""
    decision = request_to(process, "committee", "review").decisions.get()
    receive_minutes(decision, a_file(process.office, NOW), actor=officer_in(process), now=NOW)
    return process


def whys(process: Process, now: datetime = NOW) -> str:
    return " | ".join(duty.why for duty in waiting(process, now))


# ── Case 34: nothing waits that is over ───────────────────────────────────────────────────────────────────────
def test_bounce_in_a_round_that_has_closed_leaves_the_desk() -> None:
    hearing = a_hearing(parties=2)
    Invitation.objects.filter(pk=hearing.party(1).pk).update(bounced_at=LAUNCHED)
    before = whys(hearing.process, LAUNCHED)

    close_due_rounds(CLOSES_AT + timedelta(minutes=1))

    assert "The mail to 1 party came back" in before
    assert "came back" not in whys(hearing.process, CLOSES_AT + timedelta(days=20))


def abandoned(process: Process) -> None:
    abandon_process(process, reason="Aftalen er opgivet", actor=officer_in(process), now=NOW)


def test_end_process_takes_everything_of_it_from_the_desk_and_from_the_members() -> None:
    process = in_approval(NOW)
    decide(process, "region", NOW, Outcome.REJECTED)
    member = a_member(process.office, Body.objects.get(key="council-1"))
    assert "has not approved" in whys(process)

    abandoned(process)
    ApprovalRequest.objects.filter(body__key="council-1").update(state="asked")  # whatever the road
    with time_machine.travel(NOW, tick=False):
        page = signed_in(member).get("/").content.decode()

    assert waiting(process) == []
    assert reverse("decision_member", args=[request_to(process, "council-1").public_id]) not in page


# ── Case 35: what an officer must look at ─────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome.REJECTED, "Regionsrådet has not approved"),
        (Outcome.APPROVED_WITH_RESERVATION, "Regionsrådet has approved with a reservation"),
        (Outcome.NOTED, "Regionsrådet has only taken note"),
        (Outcome.REFERRED_BACK, "Regionsrådet has referred the matter back"),
        (Outcome.POSTPONED, "Regionsrådet has postponed the matter without naming a day"),
    ],
)
def test_decide_otherwise_than_yes_is_a_duty_with_its_page(outcome: Outcome, words: str) -> None:
    process = in_approval(NOW)

    decide(process, "region", NOW, outcome)

    (duty,) = [duty for duty in waiting(process) if "Regionsrådet" in duty.why]
    assert words in duty.why
    page = "reservation_settle" if outcome is Outcome.APPROVED_WITH_RESERVATION else "approval"
    assert duty.url == reverse(page, args=[process.public_id, request_to(process, "region").public_id])


def test_approve_in_a_meeting_without_minutes_is_a_duty_until_they_come() -> None:
    process = with_the_committees_minutes(in_approval(NOW))
    first, second = (decide(process, body, NOW) for body in ("region", "council-1"))

    (duty,) = [duty for duty in waiting(process) if "minutes" in duty.why]
    assert duty.why == "The minutes of 2 decisions are missing."
    assert duty.url == reverse("approvals", args=[process.public_id, live_stage(process, "approval").public_id])
    receive_minutes(first, a_file(process.office, NOW), actor=officer_in(process), now=NOW)
    assert "The minutes of the decision by Byråd 1 are missing." in whys(process)
    receive_minutes(second, a_file(process.office, NOW), actor=officer_in(process), now=NOW)
    assert "minutes" not in whys(process)


def test_approve_by_delegation_leaves_no_minutes_to_wait_for() -> None:
    process = with_the_committees_minutes(in_approval(NOW))

    decide(process, "region", NOW, basis=Basis.DELEGATION)

    assert "minutes" not in whys(process)


def test_announced_meeting_that_went_by_is_a_duty_until_another_day_is_named() -> None:
    process = in_approval(NOW)
    asked = request_to(process, "region")
    announce_meeting(asked, meeting_on=date(2019, 2, 1), actor=officer_in(process), now=NOW)

    assert "was to decide" not in whys(process, datetime(2019, 2, 1, 9, tzinfo=UTC))
    assert "Regionsrådet was to decide on" in whys(process, LATER)
    announce_meeting(asked, meeting_on=date(2019, 2, 20), actor=officer_in(process), now=LATER)
    assert "was to decide" not in whys(process, LATER)


def test_object_by_the_authority_is_a_duty_with_the_page_of_the_submission() -> None:
    process = in_submission(NOW)
    request = sent(process, NOW)
    acknowledge(request, received_at=NOW, actor=officer_in(process), now=NOW)
    ruling = live_stage(process, "ruling")
    asked = ruling.external_requests.get()
    record_ruling(asked, outcome="objected", ruled_on=NOW.date(), actor=officer_in(process), now=NOW)

    (duty,) = [duty for duty in waiting(process) if "objected" in duty.why]
    assert duty.url == reverse("submission", args=[process.public_id, ruling.public_id])


def test_bounced_question_is_a_duty_with_the_board() -> None:
    process = in_approval(NOW)
    ApprovalRequest.objects.filter(body__key="region").update(bounced_at=NOW)

    (duty,) = [duty for duty in waiting(process) if "came back" in duty.why]
    assert duty.url == reverse("approvals", args=[process.public_id, live_stage(process, "approval").public_id])


def test_promise_that_went_by_is_a_duty_until_the_party_answers() -> None:
    hearing = a_hearing(parties=2)
    promise_answer(hearing.party(1), promised_on=date(2019, 3, 10), actor=hearing.by_link(1), now=LAUNCHED)
    on_the_day, after = datetime(2019, 3, 10, 20, tzinfo=UTC), datetime(2019, 3, 11, 8, tzinfo=UTC)

    assert "was to answer" not in whys(hearing.process, on_the_day)
    (duty,) = [duty for duty in waiting(hearing.process, after) if "was to answer" in duty.why]
    assert duty.url == reverse(
        "party", args=[hearing.process.public_id, hearing.round.stage.public_id, hearing.party(1).public_id]
    )
    hearing.answers(1, after)
    assert "was to answer" not in whys(hearing.process, after)


SETTLED_BY: dict[str, Callable[[Process], object]] = {
    "asked again": lambda process: ask_again(
        request_to(process, "region"), reason=REASON, actor=officer_in(process), now=NOW
    ),
    "sent back": lambda process: return_stage(
        live_stage(process, "approval"), to="drafting", reason=REASON, actor=officer_in(process), now=NOW
    ),
    "dealt with": lambda process: settle_matter(
        process,
        matter=Matter.DECISION,
        subject_id=request_to(process, "region").decisions.get().public_id,
        reason=REASON,
        actor=officer_in(process),
        now=NOW,
    ),
}


@pytest.mark.parametrize("settle", SETTLED_BY.values(), ids=SETTLED_BY.keys())
def test_rejection_leaves_the_desk_by_a_deed(settle: Callable[[Process], object]) -> None:
    process = in_approval(NOW)
    decide(process, "region", NOW, Outcome.REJECTED)
    assert "has not approved" in whys(process)

    settle(process)

    assert "has not approved" not in whys(process)


# ── Dealt with ────────────────────────────────────────────────────────────────────────────────────────────────
def rejected() -> tuple[Process, str]:
    process = in_approval(NOW)
    decision = decide(process, "region", NOW, Outcome.REJECTED)
    return process, reverse("matter_settle", args=[process.public_id, Matter.DECISION, decision.public_id])


def test_press_dealt_with_says_before_that_nobody_is_told_and_stands_in_the_record_after() -> None:
    process, url = rejected()
    with time_machine.travel(NOW, tick=False):
        browser = officer_of(process.office)
        body_page = browser.get(
            reverse("approval", args=[process.public_id, request_to(process, "region").public_id])
        ).content.decode()
        page = browser.get(url).content.decode()
        answer = browser.post(url, {"reason": REASON, "key": "k"})

    assert url in body_page
    assert "Nobody gets a mail, nothing becomes public" in page
    assert answer.status_code == 302
    entry = AuditEntry.objects.get(verb="settle_matter")
    assert (entry.actor_kind, entry.codes["matter"], entry.codes["outcome"]) == ("user", "decision", "rejected")
    assert entry.detail.body["reason"] == REASON
    assert SettledMatter.objects.count() == 1
    with time_machine.travel(NOW, tick=False):
        assert browser.get(url).status_code == 404


def test_settle_matter_without_reason_twice_or_as_another_offices_officer_is_refused() -> None:
    process, _url = rejected()
    subject = request_to(process, "region").decisions.get().public_id

    def settle(actor: Actor, reason: str = REASON) -> str:
        try:
            settle_matter(process, matter=Matter.DECISION, subject_id=subject, reason=reason, actor=actor, now=NOW)
        except Refused as refused:
            return refused.refusal.code
        return ""

    assert settle(officer_in(process), "kort") == "reason_too_short"
    assert settle(Actor("user", process.public_id, "En anden")) == "not_an_officer"
    assert settle(officer_in(process)) == ""
    assert settle(officer_in(process)) == "matter_not_open"


def test_walk_kinds_of_matter_each_has_words_and_a_page() -> None:
    assert set(matter_views()) == set(Matter)


def test_open_matters_of_many_processes_cost_the_same_queries(django_assert_num_queries: object) -> None:
    process = in_approval(NOW)
    for body in ("region", "council-1", "council-2"):
        decide(process, body, NOW, Outcome.REJECTED)

    # One of them for provisional answers.
    with django_assert_num_queries(8):  # type: ignore[operator]
        found = open_matters([Process.objects.select_related("definition").get(pk=process.pk)], NOW)

    assert len(found) == 4  # three councils, and the committee whose minutes are missing


def page_of(hearing: Hearing, name: str, *more: object) -> str:
    return reverse(name, args=[hearing.process.public_id, hearing.round.stage.public_id, *more])


def test_contact_party_otherwise_than_by_mail_asks_for_its_letter_until_it_is_printed_or_answered(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing(parties=2)
    browser = officer_of(hearing.process.office)
    contact_otherwise(hearing.round, [hearing.party(1), hearing.party(2)], actor=OFFICER, now=LAUNCHED)
    party = page_of(hearing, "party", hearing.party(1).public_id)

    both = browser.get("/").content.decode()
    board = browser.get(page_of(hearing, "round_status") + "?vis=uden-om-mail").content.decode()
    page = browser.get(party).content.decode()
    browser.post(page_of(hearing, "party_letter", hearing.party(1).public_id))
    one = browser.get("/").content.decode()
    hearing.answers(2)
    none = browser.get("/").content.decode()

    assert "2 parties are not reached by mail: print their letters" in both
    assert board.count("Contacted otherwise than by mail") == 2
    assert page.index("Print the letter") < page.index("Send the link by mail instead")
    assert "send the link again" not in page
    assert "1 party is not reached by mail: print its letter" in one
    assert "not reached by mail" not in none
