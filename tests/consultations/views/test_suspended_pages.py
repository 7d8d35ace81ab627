"""What a suspended process says of itself: to the secretariat, a party, a body, and everybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests.consultations.factories import CLOSES_AT, LAUNCHED, OFFICER, a_hearing, make_hearing_public
from tests.consultations.views.conftest import holder_of, officer_of
from tests.workflow.agreements import in_approval, in_submission, request_to, sent
from tests.workflow.agreements import officer_of as officer_in
from tests.workflow.views.visitors import holder_of as body_of
from workflow.actions.processes import abandon_process, suspend_process
from workflow.links import link_path
from workflow.models import AuditDetail, PersonalLink, Process
from workflow.queries.processes import live_stage

REASON = "Afventer ministeriets nye vejledning"
LATER = LAUNCHED + timedelta(days=2)
HOUR = timedelta(hours=1)  # by then what is asked about a set put forward has left

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def danish(settings: Any) -> None:
    """The pages are read in Danish here."""
    settings.LANGUAGE_CODE = "da"


def test_read_suspended_process_says_what_rests_what_does_not_and_why() -> None:
    hearing = a_hearing()
    suspend_process(hearing.process, reason=REASON, actor=OFFICER, now=LATER)
    url = reverse("process", args=[hearing.process.public_id])
    with time_machine.travel(LATER, tick=False):
        page = officer_of(hearing.process.office).get(url).content.decode()

    assert "Processen har været sat i bero siden 3. marts 2019" in page
    assert "flyttes med pausens længde, når processen genoptages" in page
    assert "bliver stadig modtaget og kan registreres for dem her" in page
    assert f"Begrundelse: {REASON}" in page
    assert "stille" not in page[: page.index("Begrundelse:")]

    AuditDetail.objects.all().delete()
    with time_machine.travel(LATER, tick=False):
        assert "Begrundelse:" not in officer_of(hearing.process.office).get(url).content.decode()


def test_read_reply_page_of_suspended_process_says_that_answers_are_received_and_not_why() -> None:
    hearing = a_hearing()
    suspend_process(hearing.process, reason=REASON, actor=OFFICER, now=LATER)
    with time_machine.travel(LATER, tick=False):
        url = reverse("reply", args=[hearing.party(1).link.public_id])
        page = holder_of(hearing).get(url).content.decode()

    assert "I kan stadig sende eller rette jeres svar" in page
    assert "det er rettidigt, hvis fristen ikke var udløbet" in page
    assert REASON not in page


def test_read_reply_page_in_a_pause_over_the_deadline_says_nothing_of_being_late() -> None:
    hearing = a_hearing()
    suspend_process(hearing.process, reason=REASON, actor=OFFICER, now=LATER)
    with time_machine.travel(CLOSES_AT + timedelta(days=2), tick=False):
        page = holder_of(hearing).get(reverse("reply", args=[hearing.party(1).link.public_id])).content.decode()

    assert "Fristen er udløbet" not in page


def test_read_decision_page_of_suspended_process_says_that_a_decision_is_taken_in() -> None:
    now = datetime(2019, 1, 15, 9, 0, tzinfo=UTC)
    process = in_approval(now)
    request = request_to(process, "council-1")
    later = now + HOUR
    suspend_process(process, reason=REASON, actor=officer_in(process), now=later)
    with time_machine.travel(later, tick=False):
        page = body_of(request.link).get(reverse("decision_link", args=[request.link.public_id])).content.decode()

    assert "I kan stadig registrere en beslutning" in page
    assert 'id="decide"' in page
    assert REASON not in page


def test_read_public_page_of_suspended_process_says_so_and_not_why() -> None:
    hearing = a_hearing()
    make_hearing_public(hearing)
    suspend_process(hearing.process, reason=REASON, actor=OFFICER, now=LATER)

    page = Client().get(reverse("process_public", args=[hearing.process.public_id])).content.decode()

    assert "Processen har været sat i bero siden 3. marts 2019" in page
    assert REASON not in page


def a_partys_link() -> tuple[Process, PersonalLink]:
    hearing = a_hearing()
    return hearing.process, hearing.party(1).link


def a_bodys_link() -> tuple[Process, PersonalLink]:
    process = in_approval(LAUNCHED)
    return process, request_to(process, "council-1").link


def an_authoritys_link() -> tuple[Process, PersonalLink]:
    process = in_submission(LAUNCHED)
    sent(process, LAUNCHED)
    link = live_stage(process, "submission").external_requests.get().link
    assert link is not None
    return process, link


@pytest.mark.parametrize("a_link", [a_partys_link, a_bodys_link, an_authoritys_link])
def test_walk_first_pages_of_links_say_that_the_matter_rests_and_that_it_is_over(
    a_link: Callable[[], tuple[Process, PersonalLink]],
) -> None:
    process, link = a_link()
    with time_machine.travel(LATER, tick=False):
        suspend_process(process, reason=REASON, actor=officer_in(process), now=LATER)
        resting = Client().get(link_path(link)).content.decode()
        abandon_process(process, reason=REASON, actor=officer_in(process), now=LATER)
        over = Client().get(link_path(link)).content.decode()

    assert "Processen har været sat i bero siden 3. marts 2019" in resting
    assert REASON not in resting
    assert re.search("aflyst|ikke længere|trukket tilbage", over)
    assert "sat i bero" not in over
    assert "frist" not in over.lower(), "no deadline runs any more"
