"""The secretariat's pages of a process: who is let in, what they show, what they cost in queries."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from tests.workflow.agreements import decide, in_approval, in_submission
from tests.workflow.factories import a_process, an_office, an_officer
from tests.workflow.views.visitors import a_member
from workflow.models import Body, Membership, User
from workflow.queries.processes import live_stage
from workflow.states import ProcessState, Role, StageState

NOW = datetime(2019, 1, 15, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings: object) -> None:
    """The demo asks for no second factor, so that a test may sign in with one."""
    settings.DEMO = True  # type: ignore[attr-defined]


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


PAGES = ("process", "process_mails", "record")


@pytest.mark.parametrize("name", PAGES)
def test_read_page_as_own_officer_shows_case_number(demo: None, name: str) -> None:
    process = a_process(an_office(), NOW)
    officer = an_officer(process.office, email="own@example.dk")

    response = _signed_in(officer).get(reverse(name, args=[process.public_id]))

    assert response.status_code == 200
    assert process.case_number in response.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_read_page_as_another_offices_officer_is_not_found(demo: None, name: str) -> None:
    process = a_process(an_office(), NOW)
    stranger = an_officer(an_office("midtjylland"), email="stranger@example.dk")

    assert _signed_in(stranger).get(reverse(name, args=[process.public_id])).status_code == 404


def test_read_page_without_account_leads_to_sign_in(demo: None) -> None:
    process = a_process(an_office(), NOW)

    response = Client().get(reverse("process", args=[process.public_id]))

    assert response.status_code == 302
    assert reverse("account_login") in response["Location"]


def test_read_page_without_second_factor_leads_to_setting_it_up(settings: object) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]
    process = a_process(an_office(), NOW)
    officer = an_officer(process.office, email="own@example.dk")

    response = _signed_in(officer).get(reverse("process", args=[process.public_id]))

    assert response.status_code == 302
    assert response["Location"] == reverse("mfa_activate_totp")


def test_suspend_process_as_auditor_is_refused(demo: None) -> None:
    process = a_process(an_office(), NOW)
    auditor = User.objects.create_user("auditor@example.dk", "secret-password")
    Membership.objects.create(user=auditor, office=process.office, role=Role.AUDITOR)

    response = _signed_in(auditor).post(
        reverse("process_suspend", args=[process.public_id]), {"reason": "Because I am curious"}
    )

    assert response.status_code == 403
    process.refresh_from_db()
    assert process.state == ProcessState.RUNNING


def test_complete_stage_with_shut_gate_says_what_is_missing_and_changes_nothing(demo: None) -> None:
    process = a_process(an_office(), NOW)
    officer = an_officer(process.office, email="own@example.dk")
    stage = live_stage(process, "first")

    response = _signed_in(officer).post(reverse("stage_complete", args=[process.public_id, stage.public_id]))

    assert response.status_code == 409
    stage.refresh_from_db()
    assert stage.state == StageState.OPEN


def test_confirm_gate_and_complete_stage_moves_on(demo: None) -> None:
    process = a_process(an_office(), NOW)
    client = _signed_in(an_officer(process.office, email="own@example.dk"))
    stage = live_stage(process, "first")
    at = [process.public_id, stage.public_id]

    confirmed = client.post(
        reverse("gate", args=[*at, "manual_with_reason"]), {"reason": "The plan was agreed on Monday", "key": "k1"}
    )
    completed = client.post(reverse("stage_complete", args=at))

    assert (confirmed.status_code, completed.status_code) == (302, 302)
    stage.refresh_from_db()
    assert stage.state == StageState.COMPLETED
    assert live_stage(process, "side").state == StageState.OPEN


def test_read_home_costs_the_same_for_one_and_for_three_processes(
    demo: None, django_assert_num_queries: object
) -> None:
    office = an_office()
    client = _signed_in(an_officer(office))
    a_process(office, NOW)
    client.get("/")
    with django_assert_num_queries(28) as first:  # type: ignore[operator]
        client.get("/")
    a_process(office, NOW)
    a_process(office, NOW)
    with django_assert_num_queries(len(first)):  # type: ignore[operator]
        client.get("/")


def test_read_public_page_of_closed_process_is_not_found() -> None:
    process = a_process(an_office(), NOW)

    assert Client().get(reverse("process_public", args=[process.public_id])).status_code == 404


def test_read_mail_log_names_each_kind_and_reason_in_words(demo: None) -> None:
    process = in_approval(NOW)
    decide(process, "council-1", NOW)
    client = _signed_in(an_officer(process.office, email="own@example.dk"))

    page = client.get("/post/").content.decode()

    assert "Anmodning om en beslutning" in page
    assert "Organet har besluttet" in page
    assert "decision_request" not in page


def test_read_home_names_a_package_that_waits_to_be_sent(demo: None) -> None:
    process = in_submission(NOW)
    client = _signed_in(an_officer(process.office, email="own@example.dk"))

    assert "Lav pakken, og send den til myndigheden" in client.get("/").content.decode()


def test_read_home_as_member_of_a_body_shows_no_pages_of_the_office(demo: None) -> None:
    process = in_approval(NOW)
    client = _signed_in(a_member(process.office, Body.objects.get(key="council-1")))

    page = client.get("/").content.decode()

    assert 'href="/post/"' not in page
    assert 'href="/organer/"' not in page


def test_send_back_says_what_it_takes_back_and_earlier_attempts_stay_in_reach(demo: None) -> None:
    process = in_approval(NOW, councils=2)
    client = _signed_in(an_officer(process.office, email="own@example.dk"))
    sent_from = live_stage(process, "approval")
    url = reverse("stage_return", args=[process.public_id, sent_from.public_id])

    warned = client.get(url).content.decode()
    answer = client.post(url, {"to": "review", "reason": "Udvalget skal se den igen."})
    page = client.get(answer["Location"]).content.decode()
    earlier = reverse("approvals", args=[process.public_id, sent_from.public_id])

    assert "Politisk godkendelse: 3 spørgsmål, der venter på svar, trækkes tilbage." in warned
    assert "Sendt tilbage tidligere" in page
    assert ">SKU<" in page.replace(" ", "").replace(
        "\n", ""
    )  # the body itself, not what the definition calls its place
    assert f'href="{earlier}"' in page
    assert client.get(earlier).status_code == 200


@pytest.mark.parametrize(("reason", "status"), [("Venter nu", 422), ("Venter på ministeriet", 302)])
def test_suspend_process_for_a_reason_shorter_than_the_page_asks_for_is_refused(
    demo: None, reason: str, status: int
) -> None:
    process = a_process(an_office(), NOW)
    client = _signed_in(an_officer(process.office, email="own@example.dk"))
    url = reverse("process_suspend", args=[process.public_id])
    assert "Mindst ti tegn" in client.get(url).content.decode()

    response = client.post(url, {"reason": reason})

    assert response.status_code == status
    if status == 422:
        assert "mindst 10 tegn" in response.content.decode()


def test_resume_process_without_a_reason_is_done_as_the_page_says(demo: None) -> None:
    process = a_process(an_office(), NOW)
    client = _signed_in(an_officer(process.office, email="own@example.dk"))
    client.post(reverse("process_suspend", args=[process.public_id]), {"reason": "Venter på ministeriet"})
    url = reverse("process_resume", args=[process.public_id])
    page = client.get(url).content.decode()
    shown = re.search(r'name="shown" value="([^"]*)"', page)
    assert shown

    response = client.post(url, {"reason": "", "shown": shown[1], "do": "resume"})

    assert "Mindst ti tegn" not in page
    assert "Kræves kun, hvis der advares om en dag" in page
    assert response.status_code == 302
