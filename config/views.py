"""Pages about the installation itself: is it alive, is it ready, and what went wrong."""

import sys
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.functional import Promise
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.outages import Trouble, trouble_of
from config.url_policies import declared_policy
from notifications.postponed import count_postponed
from workflow.policies import policy
from workflow.views.access import turn_away, way_back
from workflow.views.echo import echo_of

log = structlog.get_logger(__name__)


@policy("anonymous")
@never_cache
@require_safe
def health_live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"ok": True})


@policy("anonymous")
@never_cache
@require_safe
def health_ready(request: HttpRequest) -> HttpResponse:
    """Database, migrations and queue are there: 200, otherwise 503 with what is missing by name, never with detail.

    `postponed` counts the rows that sweeps could not deal with and put off; the desk of their office names them.
    """
    checks: dict[str, Callable[[], bool]] = {
        "database": _database_answers,
        "migrations": _migrations_are_applied,
        "queue": _queue_answers,
    }
    state = {}
    for name, check in checks.items():
        try:
            state[name] = check()
        except Exception as error:  # whatever fails means: not ready
            log.warning("not_ready", what=name, error=type(error).__name__)
            state[name] = False
    ok = all(state.values())
    status = HTTPStatus.OK if ok else HTTPStatus.SERVICE_UNAVAILABLE
    postponed = count_postponed() if state["database"] and state["migrations"] else None
    return JsonResponse({"ok": ok, **state, "postponed": postponed}, status=status)


def _database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _migrations_are_applied() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _queue_answers() -> bool:
    if urlsplit(settings.CELERY_BROKER_URL).scheme == "memory":
        return True
    from redis import Redis

    with Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
        return bool(client.ping())


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request cannot be read. What could be read of it stands on the page."""
    return render(request, "errors/400.html", status=HTTPStatus.BAD_REQUEST)


def too_much(request: HttpRequest, why: str | Promise) -> HttpResponse:
    """413: more in one form than a form may hold, with what was read of it."""
    return render(request, "errors/413.html", {"why": why}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: not for you; the page says why when the view has said so, and where to go instead."""
    return render(request, "errors/403.html", {"why": str(exception)}, status=HTTPStatus.FORBIDDEN)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: there is no such page, or not for whoever asks."""
    return render(request, "errors/404.html", status=HTTPStatus.NOT_FOUND)


def method_not_allowed(request: HttpRequest, refused: HttpResponseNotAllowed) -> HttpResponse:
    """405 for an address that is only pressed, as after signing in anew: what it is, and the way back."""
    context = {"back_url": way_back(request)}
    page = render(request, "errors/405.html", context, status=HTTPStatus.METHOD_NOT_ALLOWED)
    page["Allow"] = refused["Allow"]
    return page


def length_required(request: HttpRequest) -> HttpResponse:
    """411: a form came without its length, which no browser does; nothing of it was read."""
    return render(request, "errors/411.html", status=HTTPStatus.LENGTH_REQUIRED)


def too_large(request: HttpRequest, most: int) -> HttpResponse:
    """413: more than this address takes (`most` bytes); nothing of it was read, so nothing can be given back."""
    context = {"most": most, "back_url": way_back(request)}
    return render(request, "errors/413.html", context, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """429: too many attempts from one address; what to do, and when."""
    return render(request, "errors/429.html", status=HTTPStatus.TOO_MANY_REQUESTS)


def too_many_sign_ins(request: HttpRequest, *_: object) -> HttpResponse:
    """The same for signing in: an account waits only for the address from which its password was guessed."""
    return too_many_requests(request)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, 503 when the database does not answer, 507 when the disk is full: rendered without either.

    What was sent stands on the page. It is the last page there is: nothing that a request holds may make it fail.
    """
    trouble = trouble_of(sys.exc_info()[1])
    status = _STATUS_OF[trouble]
    try:
        context = {"echo": echo_of(request), "csrf_token": get_token(request)} if request.method == "POST" else {}
        return render(None, "errors/500.html", {**context, "trouble": trouble, "status": status.value}, status=status)
    except Exception as error:  # whatever it is, the number is better than nothing
        log.error("error_page_failed", error=type(error).__name__)
        return HttpResponse(str(status.value), status=status, content_type="text/plain")


_STATUS_OF = {
    None: HTTPStatus.INTERNAL_SERVER_ERROR,
    Trouble.DATABASE: HTTPStatus.SERVICE_UNAVAILABLE,
    Trouble.DISK: HTTPStatus.INSUFFICIENT_STORAGE,
}


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """403 for a form that came without its token: an old page, or cookies gone or switched off.

    Whoever has to sign in or open the link anew is told so at once; the words stand on either page.
    """
    match = request.resolver_match
    policy = declared_policy(match.func, match.view_name) if match else None
    turned_away = turn_away(policy, request, match.kwargs) if match and policy in ASKING else None
    return turned_away or render(
        request, "errors/csrf.html", {"back_url": way_back(request)}, status=HTTPStatus.FORBIDDEN
    )


ASKING = ("link_holder", "signed_in", "secretariat", "auditor", "admin", "body_member")
"""Policies that ask for a session."""
