"""What may happen to a link and its page on the way: glued signs, planted sessions, guessing from behind a proxy."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from config.middleware import origin_of
from tests.workflow.agreements import asked, in_approval
from workflow.links import link_path, typed_code
from workflow.models import PersonalLink

NOW = datetime(2019, 5, 6, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def link() -> PersonalLink:
    """The link by which a council is asked for its decision."""
    return asked(in_approval(NOW), "approval")[0].link


@pytest.mark.parametrize("glued", [".", "/.", ",", ")", ""])
def test_open_link_with_signs_glued_to_it_leads_to_its_page(link: PersonalLink, glued: str) -> None:
    broken = link_path(link).removesuffix("/") + glued

    response = Client().get(broken, follow=True)

    assert response.status_code == 200
    assert response.request["PATH_INFO"] == link_path(link)


@pytest.mark.parametrize("token", ["ø" * 27, "æble", "%C3%B8"])
def test_open_link_with_foreign_letters_says_it_does_not_open(link: PersonalLink, token: str) -> None:
    assert Client().get(f"/l/{link.public_id}/{token}/").status_code == 404


def test_press_start_gives_the_browser_a_new_session_key(link: PersonalLink) -> None:
    client = Client()
    session = client.session
    session["planted"] = "yes"
    session.save()
    planted = session.session_key

    client.post(link_path(link))

    assert client.session.session_key not in (None, planted)
    assert Client(HTTP_COOKIE=f"sessionid={planted}").get(f"/beslutning/{link.public_id}/").status_code == 403


def test_type_ten_wrong_codes_behind_proxy_leaves_the_others_alone(link: PersonalLink, settings: Any) -> None:
    settings.PROXIES = 1
    for _ in range(11):
        refused = Client(HTTP_X_FORWARDED_FOR="203.0.113.7").post("/kode/", {"code": "WRNG-WRNG-WRNG"})
    other = Client(HTTP_X_FORWARDED_FOR="203.0.113.7, 198.51.100.9").post("/kode/", {"code": typed_code(link)})

    assert refused.status_code == 429
    assert other.status_code == 302


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "203.0.113.7", "10.0.0.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.9, 203.0.113.7", "203.0.113.7"),
        (2, "198.51.100.9, 203.0.113.7", "198.51.100.9"),
        (2, "203.0.113.7", "10.0.0.1"),
    ],
)
def test_read_origin_trusts_only_our_own_proxies(
    rf: Any, settings: Any, proxies: int, forwarded: str, expected: str
) -> None:
    settings.PROXIES = proxies
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)

    assert origin_of(request) == expected
