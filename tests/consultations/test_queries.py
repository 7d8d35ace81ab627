"""The board, the figures, a party's page and the public list, in a fixed number of queries."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consultations.actions.answers import AnswerContent, decide_late, save_draft
from consultations.actions.parties import correct_address, decline, forward, open_invitation, promise_answer
from consultations.models import HearingRound, Invitation
from consultations.queries.board import (
    PartyRow,
    asking_parties,
    board,
    counts,
    matching_parties,
    unreached_parties,
)
from consultations.queries.parties import PublicParty, invitation_of, invitation_page, public_parties
from consultations.rules.parties import asks_for_extension
from notifications.models import OutgoingMail
from tests.consultations.factories import (
    CLOSES_AT,
    CLOSES_ON,
    LAUNCHED,
    NO_REMARKS,
    OFFICER,
    WORDS,
    Hearing,
    a_hearing,
    a_round_in_draft,
)
from workflow.actions.stages import return_stage
from workflow.deadlines import local_day

pytestmark = pytest.mark.django_db


def busy(parties: int = 9) -> Hearing:
    """One party in each situation."""
    hearing = a_hearing(parties=parties)
    hearing.answers(1)
    hearing.answers(2, content=NO_REMARKS)
    late = hearing.answers(3, CLOSES_AT)
    decide_late(late, accept=True, reason="Ringede", actor=OFFICER, now=CLOSES_AT)
    hearing.answers(4, CLOSES_AT)
    decline(hearing.party(5), actor=hearing.by_link(5), now=LAUNCHED)
    Invitation.objects.filter(pk=hearing.party(6).pk).update(bounced_at=LAUNCHED)
    promise_answer(hearing.party(7), promised_on=date(2019, 4, 10), actor=hearing.by_link(7), now=LAUNCHED)
    open_invitation(hearing.party(8), actor=hearing.by_link(8), now=LAUNCHED)
    save_draft(hearing.party(8), WORDS, actor=hearing.by_link(8), now=LAUNCHED)
    forward(hearing.party(9), to_email="ny@example.dk", actor=hearing.by_link(9), now=LAUNCHED)
    return hearing


def whole_board(hearing_round: HearingRound) -> list[PartyRow]:
    return board(hearing_round, matching_parties(hearing_round).select_related("link"))


def queries_of(deed: Any) -> int:
    with CaptureQueriesContext(connection) as queries:
        deed()
    return len(queries)


def test_board_shows_each_party_in_its_situation() -> None:
    hearing = busy()

    rows = whole_board(hearing.reread())

    assert [row.state for row in rows] == [
        "submitted",
        "no_remarks",
        "late_accepted",
        "late",
        "declined",
        "bounced",
        "asks_for_extension",
        "drafting",
        "invited",
    ]
    assert rows[6].asks_until == date(2019, 4, 10)
    assert rows[8].forwarded_to == "ny@example.dk"
    assert rows[8].next_reminder_at is not None
    assert {row.mail for row in rows} == {"queued"}


def test_board_and_counts_make_the_same_few_queries_for_more_parties() -> None:
    small, large = a_hearing(parties=3).reread(), busy(40).reread()

    assert queries_of(lambda: whole_board(small)) == queries_of(lambda: whole_board(large)) == 5
    assert queries_of(lambda: counts(small)) == queries_of(lambda: counts(large)) == 2


def test_counts_tell_how_the_round_stands() -> None:
    hearing = busy()
    Invitation.objects.filter(pk=hearing.party(9).pk).update(state="withdrawn")

    found = counts(hearing.reread())

    assert (found.parties, found.invited, found.answered, found.in_time, found.no_remarks) == (9, 8, 4, 2, 1)
    assert (found.late, found.late_accepted, found.late_filed) == (1, 1, 0)
    assert (found.declined, found.bounced, found.missing, found.asking) == (1, 1, 3, 1)


def test_board_after_a_new_link_keeps_the_day_of_the_first_mail_and_of_the_first_opening() -> None:
    hearing = a_hearing(parties=1)
    party, later = hearing.party(), LAUNCHED + timedelta(days=2)
    OutgoingMail.objects.filter(subject_id=party.public_id).update(state="sent", sent_at=LAUNCHED)
    open_invitation(party, actor=hearing.by_link(), now=LAUNCHED + timedelta(hours=1))

    correct_address(party, email="ny@example.dk", stop_old_link=True, actor=OFFICER, now=later)
    OutgoingMail.objects.filter(subject_id=party.public_id, sent_at=None).update(state="sent", sent_at=later)
    (row,) = whole_board(hearing.reread())

    assert hearing.party().link.opened_at is None
    assert (row.mailed_at, row.mailed_again_at) == (LAUNCHED, later)
    assert row.opened_at == LAUNCHED + timedelta(hours=1)


def test_counts_of_a_cancelled_round_keep_who_was_asked_and_miss_nobody() -> None:
    hearing = a_hearing(parties=3)
    hearing.answers(1)

    return_stage(hearing.round.stage, reason="Nyt udkast", actor=OFFICER, now=LAUNCHED)
    found = counts(hearing.reread())

    assert (found.invited, found.answered, found.missing) == (3, 1, 0)


@pytest.mark.parametrize(
    ("which", "numbers"),
    [
        ("", [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ("svaret", [1, 2, 3, 4]),
        ("mangler", [6, 7, 8, 9]),
        ("ingen-bemaerkninger", [2]),
        ("mere-tid", [7]),
        ("svarer-ikke", [5]),
        ("retur", [6]),
        ("for-sent", [3, 4]),
        ("uden-adresse", [1, 6]),
        ("uden-om-mail", [2]),
        ("noget-andet", [1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ],
)
def test_filter_parties_of_a_round_gives_those_of_that_situation(which: str, numbers: list[int]) -> None:
    hearing = busy()
    Invitation.objects.filter(pk=hearing.party(1).pk).update(email="")
    Invitation.objects.filter(pk=hearing.party(2).pk).update(channel="paper", email="")

    found = [party.number for party in matching_parties(hearing.reread(), which)]

    assert found == numbers
    assert [party.number for party in unreached_parties(hearing.round)] == [1, 6]


@pytest.mark.parametrize(
    ("words", "numbers"), [("part 02", [2]), ("PART1@EXAMPLE", [1]), ("ANNA", [3]), ("100%", []), ("arhus", [3])]
)
def test_search_parties_of_a_round_by_name_address_or_person(words: str, numbers: list[int]) -> None:
    hearing = a_hearing(parties=3)
    party = hearing.party(3)
    Invitation.objects.filter(pk=party.pk).update(contact_name="Anna Due", sort_key="arhus {1ldrerad")

    assert [party.number for party in matching_parties(hearing.reread(), words=words)] == numbers


def test_find_unreachable_parties_costs_one_query() -> None:
    hearing = busy(40)

    assert queries_of(lambda: unreached_parties(hearing.round)) == 1


def test_asking_parties_in_sql_are_those_the_rule_names() -> None:
    hearing = a_hearing(parties=30)
    night = CLOSES_AT.replace(hour=22, minute=30)  # local day after the UTC one
    for party in hearing.round.invitations.all():
        party.promised_on = CLOSES_ON + timedelta(days=party.number % 3) if party.number % 5 else None
        party.reply_by_at = (CLOSES_AT, night, None)[party.number % 7 % 3]
        party.state = ("invited", "invited", "answered", "withdrawn")[party.number % 4]
        party.save()
    hearing_round, zone = hearing.reread(), ZoneInfo(hearing.process.time_zone)

    by_rule = {
        party.number
        for party in hearing_round.invitations.all()
        if asks_for_extension(party, local_day(party.reply_by_at, zone) if party.reply_by_at else None)
    }

    assert {party.number for party in asking_parties(hearing_round)} == by_rule
    assert counts(hearing_round).asking == len(by_rule) > 3


def test_invitation_page_shows_the_draft_the_documents_and_why_nothing_can_be_written() -> None:
    hearing = a_hearing()
    section = hearing.sections[0]
    first = hearing.answers(1)
    content = AnswerContent(text="Rettet", comments={section.lineage_id: "Uklart"})
    save_draft(hearing.party(), content, actor=hearing.by_link(), now=LAUNCHED)

    page = invitation_page(hearing.party(), actor=hearing.by_link(), now=LAUNCHED)
    over = invitation_page(hearing.party(), actor=hearing.by_link(), now=CLOSES_AT)

    assert page.shown is not None
    assert (page.shown.text, page.standing, page.draft_version) == ("Rettet", first, page.shown.version)
    assert page.comments == {section.lineage_id: "Uklart"}
    assert [len(document.sections) for document in page.documents] == [3]
    assert (page.locked, page.is_in_time) == (None, True)
    assert over.locked is not None
    assert over.locked.code == "answer_locked"
    assert invitation_of(hearing.party().link) == hearing.party()


def test_invitation_page_makes_a_fixed_number_of_queries() -> None:
    hearing = a_hearing()
    party, actor = hearing.party(), hearing.by_link()
    hearing.answers(1)
    hearing.answers(1)

    assert queries_of(lambda: invitation_page(party, actor=actor, now=LAUNCHED)) == 7


@pytest.mark.parametrize(
    ("policy", "at", "shows"),
    [
        ("never", CLOSES_AT, False),
        ("continuously", LAUNCHED, True),
        ("after_deadline", CLOSES_AT - timedelta(microseconds=1), False),
        ("after_deadline", CLOSES_AT, True),
        ("at_issue", CLOSES_AT, False),
    ],
)
def test_public_parties_tell_who_answered_as_the_policy_allows(policy: str, at: Any, shows: bool) -> None:
    hearing = a_hearing(parties=2)
    hearing.answers(1, content=NO_REMARKS)
    hearing_round = hearing.reread()
    hearing_round.publication = policy

    first, second = (True, False) if shows else (None, None)
    assert public_parties(hearing_round, at) == [
        PublicParty("Part 01", first, first, second),
        PublicParty("Part 02", second, second, second),
    ]


def test_public_parties_of_a_round_that_was_never_sent_are_none() -> None:
    assert public_parties(a_round_in_draft().reread(), CLOSES_AT) == []
