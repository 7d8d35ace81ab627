"""A login that has run out: what was typed is shown again, and the way back leads to a page that can be opened."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from tests.uploads import received_in
from tests.workflow.factories import a_process, an_office, an_officer, stage_of
from tests.workflow.views.visitors import signed_in
from workflow.models import Process
from workflow.states import ProcessState

NOW = datetime(2019, 1, 15, 9, 0, tzinfo=UTC)
REASON = "Regionen afventer en ny vejledning <fra> ministeriet"

pytestmark = pytest.mark.django_db


def press(process: Process, came_from: str = "", **fields: str) -> tuple[int, str]:
    """Press the button of the suspension without a session: the status and the page."""
    headers = {"referer": came_from} if came_from else {}
    response = Client().post(
        reverse("process_suspend", args=[process.public_id]),
        {
            "reason": REASON,
            "key": "key-of-this-form",
            "confirmed": "on",
            "round": "019374bb-1c05-7000-8000-000000000001",
            **fields,
        },
        headers=headers,
    )
    process.refresh_from_db()
    assert process.state == ProcessState.RUNNING
    return response.status_code, response.content.decode()


def test_press_button_after_the_login_ran_out_shows_the_words_and_leads_back_to_the_form() -> None:
    process = a_process(an_office(), NOW)
    stood_on = reverse("process", args=[process.public_id])

    status, page = press(process, f"http://testserver{stood_on}?page=2")

    assert status == 403
    assert "Dit login er udløbet" in page
    assert "Regionen afventer en ny vejledning &lt;fra&gt; ministeriet" in page
    assert f'href="{reverse("account_login")}?next={stood_on}%3Fpage%3D2"' in page
    assert 'type="hidden" name="key" value="key-of-this-form"' in page
    assert page.count("key-of-this-form") == page.count("019374bb") == 1
    assert process.title not in page


@pytest.mark.parametrize("came_from", ["", "https://andre.example/side/", "http://testserver/account/login/"])
def test_press_button_after_the_login_ran_out_without_a_page_to_go_back_to_leads_to_the_process(came_from: str) -> None:
    process = a_process(an_office(), NOW)

    _status, page = press(process, came_from)

    assert f'?next={reverse("process", args=[process.public_id])}"' in page


def test_send_file_after_the_login_ran_out_says_that_it_must_be_chosen_again() -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    process = a_process(an_office(), NOW)
    response = Client().post(
        reverse("document_new", args=[process.public_id]), {"file": SimpleUploadedFile("aftale.pdf", b"%PDF-")}
    )

    assert "aftale.pdf er ikke gemt. Vælg filen igen" in response.content.decode()


def test_send_form_with_a_received_file_after_the_login_ran_out_names_it_and_takes_it_along(demo: None) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    process = a_process(an_office(), NOW)
    client, url = (
        signed_in(an_officer(process.office, email="own@example.dk")),
        reverse("document_new", args=[process.public_id]),
    )
    refused = client.post(url, {"title": "", "key": "k", "file": SimpleUploadedFile("aftale.txt", b"Aftale\n")})
    received = received_in(refused)

    lost = Client().post(url, {"title": "Aftale", "key": "k", **received}, headers={"origin": "http://testserver"})
    sent_again = client.post(url, {"title": "Aftale", "key": "k", **received_in(lost)})

    assert lost.status_code == 403
    assert "aftale.txt" in lost.content.decode()
    assert received_in(lost) == received
    assert sent_again.status_code == 302
    assert process.documents.get().versions.get().file.name == "aftale.txt"


def test_read_address_that_is_only_pressed_says_so_and_leads_back(demo: None) -> None:
    process = a_process(an_office(), NOW)
    client = signed_in(an_officer(process.office, email="own@example.dk"))

    at = [process.public_id, stage_of(process, "first").public_id]

    response = client.get(reverse("approvals_contact_otherwise", args=at))

    assert response.status_code == 405
    assert response["Allow"] == "POST"
    page = response.content.decode()
    assert "Her er der ingen side" in page
    assert f'href="{reverse("process", args=[process.public_id])}"' in page
