"""The pages of calls: noted on the page of who is asked, listed for today."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.consultations.test_calls import MADE
from tests.consultations.views.conftest import signed_in
from tests.workflow.factories import an_officer

pytestmark = [pytest.mark.django_db, pytest.mark.page, pytest.mark.usefixtures("clock")]


@pytest.mark.parametrize("kind", sorted(MADE))
def test_note_call_on_the_page_of_who_is_asked_puts_it_on_todays_list(kind: str) -> None:
    asked, _answer = MADE[kind]()
    browser = signed_in(an_officer(asked.process.office, email="own@example.dk"))
    url = reverse("asked_calls", args=[asked.process.public_id, asked.public_id])
    assert "Today's calls" in browser.get("/").content.decode()
    empty = browser.get(reverse("calls")).content.decode()

    noted = browser.post(url, {"text": "Ringer tilbage", "next_on": "1/3/2019", "key": "k"}, follow=True)

    listed = browser.get(reverse("calls")).content.decode()

    assert "Nobody is to be called today." in empty
    assert "The call is noted." in noted.content.decode()
    assert asked.who in listed
    assert "Ringer tilbage" in listed
    assert url in listed
