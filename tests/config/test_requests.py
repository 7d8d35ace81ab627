"""What happens to every request: one clock, default deny, health pages, security headers."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from config.middleware import ClockMiddleware, ReadPolicyMiddleware
from workflow.policies import policy


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open to all by mistake")


@policy("anonymous")
def declared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open to all")


def _through_policy(view: object) -> None:
    request = RequestFactory().get("/")
    ReadPolicyMiddleware(declared).process_view(request, view, [], {})  # type: ignore[arg-type]


def test_refuse_view_without_policy_answers_forbidden() -> None:
    with pytest.raises(PermissionDenied):
        _through_policy(undeclared)


def test_allow_view_with_policy_passes() -> None:
    _through_policy(declared)


def test_read_clock_twice_in_one_request_gives_one_instant() -> None:
    seen: list[datetime] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.now)  # type: ignore[attr-defined]
        clock.shift(timedelta(hours=1))
        seen.append(request.now)  # type: ignore[attr-defined]
        return HttpResponse()

    start = datetime(2019, 3, 31, 0, 59, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        ClockMiddleware(view)(RequestFactory().get("/"))

    assert seen == [start, start]


def test_ask_live_page_answers_without_database(client: Client) -> None:
    assert client.get("/health/live").json() == {"ok": True}


@pytest.mark.django_db
def test_ask_ready_page_of_prepared_installation_says_ready(client: Client) -> None:
    response = client.get("/health/ready")

    assert response.status_code == 200
    assert response.json() == {"ok": True, "database": True, "migrations": True, "queue": True, "postponed": 0}


@pytest.mark.django_db
def test_ask_ready_page_with_queue_down_says_what_is_missing(client: Client, settings: object) -> None:
    settings.REDIS_URL = settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"  # type: ignore[attr-defined]

    response = client.get("/health/ready")

    assert response.status_code == 503
    assert response.json() == {"ok": False, "database": True, "migrations": True, "queue": False, "postponed": 0}


def test_answer_any_page_carries_the_security_headers(client: Client) -> None:
    headers = client.get("/health/live").headers

    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
def test_ask_unknown_page_answers_not_found_in_danish(client: Client) -> None:
    response = client.get("/findes-ikke/")

    assert response.status_code == 404
    assert response.headers["Content-Language"] == "da"
