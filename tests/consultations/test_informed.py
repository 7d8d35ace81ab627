"""Those informed of a hearing: letter and documents to read, no answer, no reminder, listed apart."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from consultations.actions.answers import record_answer_on_behalf
from consultations.actions.extensions import extend_for_all
from consultations.actions.invitation_list import add_party, entries_again
from consultations.actions.parties import decline, promise_answer
from consultations.actions.reminders import send_reminders
from consultations.queries.board import counts
from consultations.queries.parties import public_parties
from consultations.states import InvitationState, Publication, Road
from notifications import delivery
from notifications.models import OutgoingMail
from tests.consultations.factories import (
    CLOSES_AT,
    LAUNCHED,
    OFFICER,
    WORDS,
    Hearing,
    a_round_in_draft,
    launch,
)
from tests.refusals import code_of
from workflow.links import link_url
from workflow.models import AuditEntry

pytestmark = pytest.mark.django_db


def a_hearing_with_one_informed(**more: Any) -> Hearing:
    """Two parties are asked; the third, a citizens' association, is informed."""
    hearing = a_round_in_draft(parties=2)
    values = {"name": "Borgerforeningen", "email": "post@borger.example", "for_information": True} | more
    add_party(hearing.round, **values, actor=OFFICER, now=LAUNCHED)
    launch(hearing, reason="Aftalt")
    hearing.reread()
    return hearing


def test_launch_round_informs_by_a_mail_with_a_link_to_read_and_asks_nobody_but_the_parties(mailoutbox: Any) -> None:
    hearing = a_hearing_with_one_informed()
    delivery.deliver(LAUNCHED, lambda: LAUNCHED)

    informed = hearing.party(3)
    assert (informed.state, informed.next_check_at) == (InvitationState.INFORMED, None)
    assert len(hearing.mails("hearing_invitation")) == 2
    assert [mail.to_address for mail in hearing.mails("hearing_information")] == ["post@borger.example"]
    [message] = [message for message in mailoutbox if "borger" in message.to[0]]
    assert "til orientering" in message.body
    assert "I bliver ikke bedt om et svar" in message.body
    assert link_url(informed.link) in message.body
    assert "Svarfrist" not in message.body
    codes = AuditEntry.objects.get(verb="launch_round").codes
    assert (codes["parties"], codes["informed"]) == (2, 1)


@pytest.mark.parametrize("deed", ["answer", "promise", "decline", "on_behalf"])
def test_answer_promise_or_decline_by_who_is_only_informed_is_refused(deed: str) -> None:
    hearing = a_hearing_with_one_informed()
    party, by = hearing.party(3), hearing.by_link(3)
    deeds = {
        "answer": lambda: hearing.answers(3),
        "promise": lambda: promise_answer(party, promised_on=date(2019, 3, 20), actor=by, now=LAUNCHED),
        "decline": lambda: decline(party, actor=by, now=LAUNCHED),
        "on_behalf": lambda: record_answer_on_behalf(
            party, WORDS, road=Road.EMAIL, received_at=LAUNCHED, actor=OFFICER, now=LAUNCHED
        ),
    }

    assert code_of(deeds[deed]) == "only_informed"


def test_send_reminders_and_a_new_deadline_never_go_to_who_is_only_informed() -> None:
    hearing = a_hearing_with_one_informed()

    for days in (14, 7, 1):
        send_reminders(CLOSES_AT - timedelta(days=days))
    extend_for_all(hearing.round, new_on=date(2019, 4, 12), reason="Mere tid", actor=OFFICER, now=LAUNCHED)

    mails = OutgoingMail.objects.filter(subject_id=hearing.party(3).public_id)
    assert list(mails.values_list("kind", flat=True)) == ["hearing_information"]
    assert OutgoingMail.objects.filter(kind="hearing_extended").count() == 2


def test_count_parties_who_is_informed_is_counted_apart_and_not_public() -> None:
    hearing = a_hearing_with_one_informed()
    hearing.round.publication = Publication.CONTINUOUSLY

    figures = counts(hearing.round)

    assert (figures.invited, figures.informed, figures.missing) == (2, 1, 2)
    assert [party.name for party in public_parties(hearing.round, LAUNCHED)] == ["Part 01", "Part 02"]


def test_launch_round_to_nobody_but_informed_ones_is_refused() -> None:
    hearing = a_round_in_draft(parties=0)
    add_party(hearing.round, name="A", email="a@example.dk", for_information=True, actor=OFFICER, now=LAUNCHED)

    assert code_of(lambda: launch(hearing)) == "no_parties"


def test_list_parties_again_keeps_who_was_informed_informed() -> None:
    hearing = a_hearing_with_one_informed()

    entries = entries_again(list(hearing.round.invitations.select_related("body", "round")), hearing.process.office)

    assert {entry.name: entry.for_information for entry in entries} == {
        "Part 01": False,
        "Part 02": False,
        "Borgerforeningen": True,
    }
