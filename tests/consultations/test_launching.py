"""A round is sent out: to whom, until when, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consultations.actions.invitation_list import add_party, remove_party
from consultations.actions.pasting import paste_parties, pasting_plan
from consultations.actions.rounds import warnings_before_launch
from consultations.queries.rounds import reply_deadline
from consultations.states import InvitationState, RoundState
from notifications.models import OutgoingMail
from tests.consultations.factories import (
    CLOSES_AT,
    CLOSES_ON,
    LAUNCHED,
    OFFICER,
    a_locked_bundle,
    a_round_in_draft,
    launch,
)
from tests.refusals import code_of
from workflow.actions.processes import resume_process, suspend_process
from workflow.imports.parties import PartyLine
from workflow.links import find_by_code, link_path, read_link, typed_code
from workflow.models import AuditEntry, PersonalLink
from workflow.rules import Refused

pytestmark = pytest.mark.django_db


def test_launch_round_sends_each_party_its_link_and_sets_the_deadline() -> None:
    hearing = a_round_in_draft(parties=3)

    launch(hearing)

    hearing_round = hearing.reread()
    deadline = reply_deadline(hearing_round)
    assert (hearing_round.state, hearing_round.opened_at, hearing_round.closes_at, hearing_round.last_closes_at) == (
        RoundState.OPEN,
        LAUNCHED,
        CLOSES_AT,
        CLOSES_AT,
    )
    assert deadline is not None
    assert (deadline.on, deadline.clock, deadline.at) == (CLOSES_ON, time(12), CLOSES_AT)
    assert deadline.source
    for number in (1, 2, 3):
        party = hearing.party(number)
        assert (party.state, party.invited_at, party.reply_by_at) == (InvitationState.INVITED, LAUNCHED, CLOSES_AT)
        assert party.next_check_at == datetime(2019, 3, 15, 7, tzinfo=UTC)  # 14 days before, 8.00 in Copenhagen
        assert find_by_code(typed_code(party.link)) == party.link
        assert read_link(party.link.public_id, link_path(party.link).split("/")[3]).link == party.link
    assert [mail.to_address for mail in hearing.mails("hearing_invitation")] == [
        "part1@example.dk",
        "part2@example.dk",
        "part3@example.dk",
    ]
    entry = AuditEntry.objects.get(verb="launch_round")
    assert entry.codes["parties"] == 3
    assert entry.codes["bundle"] == hearing_round.bundle.sha256  # type: ignore[union-attr]


def test_launch_round_twice_with_one_key_sends_once() -> None:
    hearing = a_round_in_draft(parties=2)

    launch(hearing, key="k1")
    launch(hearing, key="k1")

    assert len(hearing.mails("hearing_invitation")) == 2
    assert code_of(lambda: launch(hearing)) == "round_launched"


def test_launch_round_to_an_empty_list_is_refused() -> None:
    hearing = a_round_in_draft(parties=0)

    assert code_of(lambda: launch(hearing)) == "no_parties"
    assert hearing.reread().state == RoundState.DRAFT
    assert reply_deadline(hearing.round) is None


@pytest.mark.parametrize(
    ("closes_on", "clock"), [(date(2019, 2, 28), None), (date(2019, 3, 1), time(10)), (date(2019, 3, 1), time(9, 59))]
)
def test_launch_round_with_a_deadline_in_the_past_is_refused(closes_on: date, clock: time | None) -> None:
    hearing = a_round_in_draft()  # 10.00 in Copenhagen

    assert code_of(lambda: launch(hearing, closes_on=closes_on, clock=clock, reason="haster")) == "deadline_past"


def test_launch_round_without_a_deadline_is_refused() -> None:
    assert code_of(lambda: launch(a_round_in_draft(), closes_on=None)) == "deadline_missing"


def test_launch_round_with_an_unreachable_party_names_it_and_sends_nothing() -> None:
    hearing = a_round_in_draft(parties=2)
    add_party(hearing.round, name="Uden adresse", actor=OFFICER, now=LAUNCHED)

    with pytest.raises(Refused) as refused:
        launch(hearing)

    assert refused.value.refusal.code == "contact_missing"
    assert "Uden adresse" in str(refused.value.refusal.text)
    assert not OutgoingMail.objects.filter(kind="hearing_invitation").exists()


def test_launch_round_with_a_party_on_paper_sends_it_no_mail() -> None:
    hearing = a_round_in_draft(parties=1)
    add_party(hearing.round, name="Pensionistforeningen", channel="paper", actor=OFFICER, now=LAUNCHED)

    launch(hearing)

    assert hearing.party(2).state == InvitationState.INVITED
    assert hearing.party(2).next_check_at is None
    assert len(hearing.mails("hearing_invitation")) == 1


def test_launch_round_before_the_documents_are_locked_is_refused() -> None:
    hearing = a_round_in_draft(lock=False)

    assert code_of(lambda: launch(hearing)) == "bundle_not_locked"

    bundle = a_locked_bundle(hearing.process, LAUNCHED)
    assert launch(hearing).bundle == bundle


@pytest.mark.parametrize(
    ("closes_on", "code"),
    [
        (date(2019, 3, 27), "too_short"),  # 27 days, both ends counted
        (date(2019, 3, 30), "weekend"),
        (date(2019, 4, 19), "holiday"),
        (date(2019, 6, 5), "closing_day"),
        (date(2019, 7, 10), "summer_holiday"),
        (date(2019, 8, 14), "after_summer_holiday"),
    ],
)
def test_launch_round_in_spite_of_a_warning_needs_a_reason_which_is_kept(closes_on: date, code: str) -> None:
    hearing = a_round_in_draft()

    assert code in [warning.code for warning in warnings_before_launch(hearing.round, closes_on, None, LAUNCHED)]
    assert code_of(lambda: launch(hearing, closes_on=closes_on)) == "warnings_need_reason"
    launch(hearing, closes_on=closes_on, reason=" Ministeriets frist ")

    assert hearing.reread().launch_reason == "Ministeriets frist"
    assert code in AuditEntry.objects.get(verb="launch_round").codes["warnings"]


def test_launch_round_of_exactly_28_days_with_both_ends_needs_no_reason() -> None:
    hearing = a_round_in_draft()

    launch(hearing, closes_on=date(2019, 3, 28))

    assert hearing.reread().state == RoundState.OPEN


def test_launch_round_in_a_suspended_process_is_refused() -> None:
    hearing = a_round_in_draft()
    suspend_process(hearing.process, reason="Folketingsvalg", actor=OFFICER, now=LAUNCHED)

    assert code_of(lambda: launch(hearing)) == "process_suspended"

    resume_process(hearing.process, actor=OFFICER, now=LAUNCHED)
    assert launch(hearing).state == RoundState.OPEN


def test_launch_round_by_a_link_holder_is_refused() -> None:
    hearing = a_round_in_draft()

    assert code_of(lambda: launch(hearing, actor=hearing.by_link())) == "office_only"


def statements(parties: int) -> int:
    hearing = a_round_in_draft(parties=parties)
    with CaptureQueriesContext(connection) as queries:
        launch(hearing)
    return len(queries)


@pytest.mark.postgres
def test_launch_round_to_more_parties_makes_no_more_statements() -> None:
    assert statements(3) == statements(60) == 18


def test_launch_round_to_a_thousand_parties_makes_few_statements() -> None:
    hearing = a_round_in_draft(parties=1)
    lines = [PartyLine(n, f"Forening {n}", f"forening{n}@example.dk", "") for n in range(2, 1001)]
    shown = pasting_plan(hearing.round, lines, LAUNCHED).digest
    with CaptureQueriesContext(connection) as listing:
        paste_parties(hearing.round, lines, shown_digest=shown, actor=OFFICER, now=LAUNCHED)
    with CaptureQueriesContext(connection) as launching:
        launch(hearing)

    assert len(hearing.mails("hearing_invitation")) == 1000
    assert PersonalLink.objects.filter(invitation__round=hearing.round).count() == 1000
    limit = 60 if connection.vendor == "postgresql" else 160  # SQLite takes 999 values in a statement
    assert len(listing) < limit
    assert len(launching) < limit


def test_remove_party_takes_its_link_along_and_is_refused_after_launch() -> None:
    hearing = a_round_in_draft(parties=2)

    link = hearing.party(2).link

    remove_party(hearing.party(2), actor=OFFICER, now=LAUNCHED)

    assert not PersonalLink.objects.filter(pk=link.pk).exists()
    launch(hearing)
    assert code_of(lambda: remove_party(hearing.party(), actor=OFFICER, now=LAUNCHED)) == "round_launched"
