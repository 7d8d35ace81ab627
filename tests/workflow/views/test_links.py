"""Personal links that do not open, and codes that are guessed: a clear page, and nothing is let through."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from tests.workflow.agreements import in_approval, officer_of, request_to
from tests.workflow.factories import an_office, out_of_use
from tests.workflow.views.visitors import holder_of
from workflow.actions.approvals import readdress_request
from workflow.links import link_path, new_link, typed_code
from workflow.models import ApprovalRequest
from workflow.states import LinkPurpose

NOW = datetime(2019, 2, 28, 9, 0, tzinfo=UTC)
CODE_PAGE = "/kode/"

pytestmark = pytest.mark.django_db


def _request() -> ApprovalRequest:
    return request_to(in_approval(NOW), "council-1")


def test_read_link_shows_what_it_is_about_and_a_start_button() -> None:
    request = _request()

    page = Client().get(link_path(request.link)).content.decode()

    assert "Byråd 1" in page
    assert "fredag den 29. marts 2019 kl. 12.00" in page
    assert "Start" in page


def test_press_start_leads_to_the_decision() -> None:
    request = _request()

    response = Client().post(link_path(request.link))

    assert response["Location"] == reverse("decision_link", args=[request.link.public_id])


@pytest.mark.parametrize("cut", [2, 12, 30])
def test_read_truncated_link_leads_to_typing_the_code(cut: int) -> None:
    path = link_path(_request().link)

    response = Client().get(path[:-cut])

    assert response.status_code == 404
    assert CODE_PAGE in response.content.decode()


def test_read_link_with_a_full_stop_glued_to_it_opens() -> None:
    path = link_path(_request().link)

    assert Client().get(path[:-1] + "./").status_code == 200


def test_read_link_with_another_links_token_is_unknown() -> None:
    process = in_approval(NOW)
    own, other = request_to(process, "council-1").link, request_to(process, "council-2").link
    token = link_path(other).split("/")[3]

    assert Client().get(f"/l/{own.public_id}/{token}/").status_code == 404
    assert Client().post(f"/l/{own.public_id}/{token}/").status_code == 404


def test_read_link_out_of_use_says_so_and_whom_to_ask() -> None:
    request = _request()
    out_of_use(request.link, NOW)

    response = Client().get(link_path(request.link))

    assert response.status_code == 410
    assert request.stage.process.office.reply_to in response.content.decode()


def test_read_replaced_link_says_there_is_a_newer_mail() -> None:
    request = _request()
    old = link_path(request.link)
    readdress_request(request, email="ny@raad.example", actor=officer_of(request.stage.process), now=NOW)

    assert Client().get(old).status_code == 410


def test_use_link_of_another_office_opens_nothing_here() -> None:
    request = _request()
    stray = new_link(an_office("midtjylland"), LinkPurpose.DECISION, NOW)
    stray.save()
    client = Client()
    session = client.session
    session["links"] = {str(stray.public_id): stray.version}
    session.save()

    assert client.get(reverse("decision_link", args=[request.link.public_id])).status_code == 403
    assert client.get(reverse("decision_link", args=[stray.public_id])).status_code == 404


def test_type_code_leads_to_the_decision() -> None:
    request = _request()

    response = Client().post(CODE_PAGE, {"code": typed_code(request.link).lower().replace("-", " ")})

    assert response["Location"] == reverse("decision_link", args=[request.link.public_id])


def test_type_wrong_code_ten_times_shuts_the_door_for_the_right_one() -> None:
    request = _request()
    client = Client()
    wrong = [client.post(CODE_PAGE, {"code": "2222-2222-2222"}).status_code for _ in range(10)]

    response = client.post(CODE_PAGE, {"code": typed_code(request.link)})

    assert wrong == [422] * 10
    assert response.status_code == 429
    assert "Vent en time" in response.content.decode()


def test_hold_two_links_in_one_browser_opens_both() -> None:
    process = in_approval(NOW)
    first, second = request_to(process, "council-1").link, request_to(process, "council-2").link
    client = holder_of(first)

    client.post(link_path(second))

    for link in (first, second):
        assert client.get(reverse("decision_link", args=[link.public_id])).status_code == 200
