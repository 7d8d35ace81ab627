"""What a suspended process says of itself: to the secretariat, a party, a body, and everybody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests.consultations.factories import CLOSES_AT, LAUNCHED, OFFICER, a_hearing
from tests.consultations.views.conftest import holder_of, officer_of
from tests.workflow.agreements import in_approval, request_to
from tests.workflow.agreements import officer_of as officer_in
from tests.workflow.views.visitors import holder_of as body_of
from workflow.actions.processes import suspend_process
from workflow.models import AuditDetail, Process

REASON = "Afventer ministeriets nye vejledning"
LATER = LAUNCHED + timedelta(days=2)

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
    suspend_process(process, reason=REASON, actor=officer_in(process), now=now)
    with time_machine.travel(now, tick=False):
        page = body_of(request.link).get(reverse("decision_link", args=[request.link.public_id])).content.decode()

    assert "I kan stadig registrere en beslutning" in page
    assert 'id="decide"' in page
    assert REASON not in page


def test_read_public_page_of_suspended_process_says_so_and_not_why() -> None:
    hearing = a_hearing()
    Process.objects.filter(pk=hearing.process.pk).update(is_public=True)
    suspend_process(hearing.process, reason=REASON, actor=OFFICER, now=LATER)

    page = Client().get(reverse("process_public", args=[hearing.process.public_id])).content.decode()

    assert "Processen har været sat i bero siden 3. marts 2019" in page
    assert REASON not in page
