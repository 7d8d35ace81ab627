"""A copy of every mail to the journal's mailbox of an office that has one: what was sent, without link and code."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError

from notifications import delivery, outbox
from notifications.kinds import COPY_TO_OFFICE
from notifications.models import OutgoingMail
from notifications.states import MailState
from tests.consultations.factories import LAUNCHED, Hearing, a_round_in_draft, launch
from tests.workflow.office_commands import deeds, run
from workflow.actions.erasure import erase_person
from workflow.actors import SYSTEM
from workflow.links import link_path
from workflow.models import Office
from workflow.reports.journal.rows import journal_rows
from workflow.rules import Refused

pytestmark = pytest.mark.django_db
JOURNAL = "journal@sjaelland.example"


def a_hearing_with_a_journal(address: str = JOURNAL, parties: int = 2) -> Hearing:
    hearing = a_round_in_draft(parties=parties)
    Office.objects.filter(pk=hearing.process.office.pk).update(journal_address=address)
    hearing.process.office.refresh_from_db()
    hearing.reread()
    launch(hearing, reason="Aftalt")
    hearing.reread()
    return hearing


def copies() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind=COPY_TO_OFFICE).order_by("id"))


def deliver(at: Any = LAUNCHED) -> None:
    delivery.deliver(at, lambda: at)


def test_launch_round_sends_a_copy_of_each_mail_to_the_journal_without_link_and_code(mailoutbox: Any) -> None:
    hearing = a_hearing_with_a_journal()

    deliver()

    originals = hearing.mails("hearing_invitation")
    assert [copy.state for copy in copies()] == [MailState.SENT] * len(originals) == [MailState.SENT] * 2
    messages = [message for message in mailoutbox if JOURNAL in message.to[0]]
    assert len(messages) == 2
    for message, number in zip(messages, (1, 2), strict=True):
        said = message.body + repr(message.alternatives)
        assert "[personligt link]" in said
        assert "[kode]" in said
        for party in (1, 2):
            assert link_path(hearing.party(party).link).split("/")[3] not in said
        assert f"Denne mail er sendt til Part 0{number}." in message.body


def test_send_copy_of_what_has_left_it_goes_whatever_overtook_the_mail_since() -> None:
    hearing = a_hearing_with_a_journal(parties=1)
    [copy] = copies()
    OutgoingMail.objects.filter(pk=copy.pk).update(next_attempt_at=LAUNCHED + timedelta(hours=1))
    deliver()
    hearing.answers(1, at=LAUNCHED + timedelta(minutes=5))

    deliver(LAUNCHED + timedelta(hours=2))

    [original] = hearing.mails("hearing_invitation")
    copy.refresh_from_db()
    assert (original.state, copy.state, copy.withdrawn_reason) == (MailState.SENT, MailState.SENT, "")


def test_withdraw_mail_before_it_leaves_its_copy_stays_behind_too() -> None:
    hearing = a_hearing_with_a_journal(parties=1)
    outbox.withdraw([hearing.party().public_id], kinds=["hearing_invitation"], reason="answered", now=LAUNCHED)

    deliver()

    assert [(copy.state, copy.withdrawn_reason) for copy in copies()] == [(MailState.WITHDRAWN, "answered")]


def test_send_copy_after_the_journal_has_another_mailbox_goes_nowhere() -> None:
    hearing = a_hearing_with_a_journal(parties=1)
    Office.objects.filter(pk=hearing.process.office.pk).update(journal_address="")

    deliver()

    assert [(copy.state, copy.withdrawn_reason) for copy in copies()] == [(MailState.WITHDRAWN, "no_copies")]


@pytest.mark.parametrize("address", ["", "ingen adresse"])
def test_launch_round_of_an_office_without_a_mailbox_that_can_be_reached_makes_no_copy(address: str) -> None:
    a_hearing_with_a_journal(address)

    assert copies() == []


def test_read_rows_of_the_journal_copies_to_it_are_none_of_them() -> None:
    hearing = a_hearing_with_a_journal()
    deliver()

    keys = {key for row in journal_rows(hearing.process) for key in row.keys}

    assert {f"mail:{mail.public_id}" for mail in hearing.mails("hearing_invitation")} <= keys
    assert not {f"mail:{copy.public_id}" for copy in copies()} & keys


def test_erase_person_of_the_journals_mailbox_is_refused() -> None:
    a_hearing_with_a_journal()

    with pytest.raises(Refused, match="office_mailbox"):
        erase_person(JOURNAL, reason="Anmodning", actor=SYSTEM, now=LAUNCHED)


def test_set_journal_address_by_command_is_said_and_recorded_and_taken_back() -> None:
    office = a_round_in_draft().process.office

    said = run("set_journal_address", office.key, f" {JOURNAL} ")
    office.refresh_from_db()
    assert said == f"{JOURNAL} får en kopi af hver mail fra {office.name}.\n"
    assert office.journal_address == JOURNAL
    assert deeds()[-1] == ("set_journal_address", "system")
    assert "Ingen postkasse får længere en kopi" in run("set_journal_address", office.key, "")
    with pytest.raises(CommandError, match="adresse"):
        run("set_journal_address", office.key, "ingen adresse")
