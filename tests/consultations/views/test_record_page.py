"""The record says about whom and what each deed was, in a fixed number of queries, and nothing that was erased."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consultations.actions.extensions import extend_for_all, extend_for_one
from consultations.actions.parties import correct_address
from consultations.models import Invitation
from tests.consultations.factories import LAUNCHED, OFFICER, Hearing, a_hearing
from tests.workflow.agreements import sent_off
from tests.workflow.factories import an_officer
from tests.workflow.views.visitors import signed_in
from workflow.actions.erasure import erase_person
from workflow.actions.erasure.days import set_erasure_day
from workflow.models import AuditEntry, Process
from workflow.queries.record import record_entries
from workflow.views.history import timeline

LATER = LAUNCHED + timedelta(days=3)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def danish(settings: Any) -> None:
    """The record is read in Danish here."""
    settings.LANGUAGE_CODE = "da"


def about(process: Process, verb: str) -> list[str]:
    """What the record says of each deed of a verb, oldest first."""
    entries = list(record_entries(process).filter(verb=verb))
    return [str(entry["about"]) for entry in reversed(timeline(entries, process))]


def page_of(process: Process) -> str:
    user = an_officer(process.office, email="own@example.dk")
    with time_machine.travel(LATER, tick=False):
        return signed_in(user).get(reverse("record", args=[process.public_id])).content.decode()


def test_read_record_says_who_got_more_time_and_tells_the_deadline_apart() -> None:
    hearing = a_hearing()
    party = hearing.party(2)
    extend_for_one(party, new_on=date(2019, 4, 5), reason="Byrådet mødes først i april", actor=OFFICER, now=LATER)

    page = page_of(hearing.process)

    moved = "fredag den 29. marts 2019 kl. 12.00 → fredag den 5. april 2019 kl. 12.00"
    assert f"{party.name}: {moved}" in page
    assert f"Svarfrist, {party.name}: {moved}" in page


def test_read_record_of_a_deadline_that_moved_along_names_whom_it_binds_once() -> None:
    hearing = a_hearing()
    party = hearing.party(2)
    extend_for_one(party, new_on=date(2019, 4, 2), reason="Byrådet mødes først i april", actor=OFFICER, now=LAUNCHED)
    extend_for_all(hearing.round, new_on=date(2019, 4, 5), reason="Påsken ligger sent i år", actor=OFFICER, now=LATER)

    [words] = about(hearing.process, "follow_deadline")

    assert words.startswith(f"Svarfrist, {party.name}:")
    assert words.count(party.name) == 1
    assert "En frist fulgte med" in page_of(hearing.process)


def test_read_record_of_an_extension_for_all_says_of_which_round_and_from_when_to_when() -> None:
    hearing = a_hearing()
    extend_for_all(hearing.round, new_on=date(2019, 4, 5), reason="Påsken ligger sent i år", actor=OFFICER, now=LATER)

    (words,) = about(hearing.process, "extend_deadline")

    assert words.startswith(f"Svarfrist, {hearing.round.title}: fredag den 29. marts 2019")
    assert words.endswith("→ fredag den 5. april 2019 kl. 12.00")


def test_read_record_of_a_new_address_names_the_party_without_the_address() -> None:
    hearing = a_hearing()
    party = hearing.party(1)
    correct_address(party, email="ny.person@example.dk", actor=OFFICER, now=LATER)

    assert about(hearing.process, "correct_address") == [party.name]
    assert "ny.person@example.dk" not in page_of(hearing.process)


def test_read_record_names_stage_document_version_package_and_body() -> None:
    process, request = sent_off(datetime(2019, 1, 15, 9, 0, tzinfo=UTC))

    assert about(process, "add_version")[0].endswith(", version 1")
    assert about(process, "make_package") == ["Pakke 1"]
    assert about(process, "send_submission") == [f"{request.body.name}, Pakke 1"]
    named = about(process, "record_decision")
    assert named
    assert all(named)
    assert all(about(process, "set_deadline"))


def test_read_record_of_somebody_erased_says_nothing_of_them() -> None:
    hearing = a_hearing()
    party = hearing.party(1)
    Invitation.objects.filter(pk=party.pk).update(body=None, name="Karen Privat", email="karen@example.dk")
    extend_for_one(
        hearing.party(1), new_on=date(2019, 4, 5), reason="Byrådet mødes først i april", actor=OFFICER, now=LATER
    )
    assert "Karen Privat" in about(hearing.process, "extend_for_one")[0]

    erase_person("karen@example.dk", reason="Har bedt om det", actor=OFFICER, now=LATER)

    page = page_of(hearing.process)
    assert "Karen Privat" not in page
    assert "karen@example.dk" not in page
    assert about(hearing.process, "extend_for_one")[0].startswith("fredag den 29. marts")


def test_read_record_costs_the_same_for_few_and_for_many_entries() -> None:
    few, many = a_hearing(parties=2), a_hearing(parties=12)

    def cost(hearing: Hearing) -> int:
        for party in hearing.round.invitations.all():
            party.round = hearing.round
            extend_for_one(party, new_on=date(2019, 4, 5), reason="Mødes i april", actor=OFFICER, now=LATER)
        process = Process.objects.select_related("definition").get(pk=hearing.process.pk)
        with CaptureQueriesContext(connection) as queries:
            timeline(list(record_entries(process)), process)
        return len(queries)

    assert cost(few) == cost(many)


def test_take_back_day_of_erasure_that_was_never_set_records_nothing() -> None:
    hearing = a_hearing()

    set_erasure_day(hearing.process, None, actor=OFFICER, now=LATER)

    assert not AuditEntry.objects.filter(verb="set_erasure_day").exists()


def test_read_record_of_a_day_of_erasure_says_which_day_and_that_it_was_taken_back() -> None:
    hearing = a_hearing()
    set_erasure_day(hearing.process, date(2025, 1, 1), actor=OFFICER, now=LATER)
    set_erasure_day(hearing.process, date(2025, 1, 1), actor=OFFICER, now=LATER)
    set_erasure_day(hearing.process, None, actor=OFFICER, now=LATER)

    assert about(hearing.process, "set_erasure_day") == [
        "onsdag den 1. januar 2025",
        "ingen, før onsdag den 1. januar 2025",
    ]


def test_read_record_of_an_answer_names_its_party_and_its_moment_once() -> None:
    hearing = a_hearing()
    hearing.answers(1, at=LATER)
    late = list(record_entries(hearing.process).filter(verb="submit_answer"))

    (shown,) = timeline(late, hearing.process)

    assert (shown["who"], shown["about"]) == (hearing.party(1).name, "")
