"""What happens to every request: the clock is read once, and a view without a declared policy is refused."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.utils import timezone

from config.origins import origin_of
from config.url_policies import declared_policy, is_by_link, takes_files
from config.views import length_required, method_not_allowed, too_large
from workflow.rules import Refused
from workflow.views.access import add_places_and_actor, turn_away

log = structlog.get_logger(__name__)

Handler = Callable[[HttpRequest], HttpResponseBase]


def _keep_to_who_asked(request: HttpRequest, response: HttpResponseBase) -> None:
    """Where a link or sign-in was needed nothing is kept by browser or proxy, and links are told to no other site."""
    match = request.resolver_match
    if match is None:
        return
    by_link = is_by_link(match.func, match.view_name)
    is_open = declared_policy(match.func, match.view_name) in ("anonymous", "webhook")
    if by_link or not is_open or _is_signed_in(request):
        response["Cache-Control"] = "private, no-store"
    if by_link or match.view_name == "password_set":
        response["Referrer-Policy"] = "no-referrer"


def _is_signed_in(request: HttpRequest) -> bool:
    """Whether somebody is; taken for granted while the database cannot say."""
    try:
        return bool(request.user.is_authenticated)
    except DatabaseError:
        return True


class ClockMiddleware:
    """First of all: `request.now`, the one instant (aware, UTC) by which everything in this request is judged.

    And `request.origin`, the network address the request came from.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        now: datetime = timezone.now()
        request.now = now  # type: ignore[attr-defined]
        request.origin = origin_of(request)  # type: ignore[attr-defined]
        return self.get_response(request)


class SizeMiddleware:
    """Refuses a request that is larger than its address may take, by the length it declares, before any of it is read.

    413 for one that is too large; 411 for one that is sent without a length where no file is expected. Must stand
    before every middleware that reads the form.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """None when the declared length fits the address."""
        large = takes_files(view)
        declared = request.META.get("CONTENT_LENGTH") or ""
        if not declared.isdecimal():
            if large or request.method in ("GET", "HEAD", "OPTIONS"):
                return None
            return length_required(request)
        most = settings.MAX_UPLOAD_SIZE if large else settings.MAX_FORM_SIZE
        return too_large(request, most) if int(declared) > most else None


class CsrfMiddleware(CsrfViewMiddleware):
    """Django's, for pages that tell no other where they are.

    A browser sends `Origin: null` with a form of a page whose referrer policy is `no-referrer`, as pages of personal
    links have. It is taken as ours when the browser says besides that the form came from a page of this site, which no
    page elsewhere can make it say. Browsers of before 2023 do not say it; from them it is taken at addresses of links
    and at the change of language, where the form's own token still guards.
    """

    def _origin_verified(self, request: HttpRequest) -> bool:
        if request.META.get("HTTP_ORIGIN") != "null":
            return bool(super()._origin_verified(request))  # type: ignore[misc]
        came_from = request.headers.get("Sec-Fetch-Site", "")
        if came_from:
            return came_from == "same-origin"
        match = request.resolver_match
        return bool(match and (match.view_name == "set_language" or is_by_link(match.func, match.view_name)))


class ReadPolicyMiddleware:
    """Default deny: a view without a declared policy answers 403; a declared one admits whom its policy admits.

    An address that is only pressed answers whoever reads it with a page in words instead of an empty one.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        add_places_and_actor(request)
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and request.method == "GET":
            response = method_not_allowed(request, response)
        _keep_to_who_asked(request, response)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Refuse a view that nobody has declared, and whoever the declared policy does not admit."""
        view_name = request.resolver_match.view_name if request.resolver_match else ""
        policy = declared_policy(view, view_name)
        if policy is None:
            log.error("view_without_policy", view=view_name or repr(view))
            raise PermissionDenied
        return turn_away(policy, request, kwargs)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A stored file that is not on the disk, wherever one is handed out: said in words, and to the log."""
        if not isinstance(error, Refused) or error.refusal.code not in ("file_missing", "file_erased"):
            return None
        log.error("file_not_handed_out", path=request.path, reason=error.refusal.code)
        return render(request, "errors/file_missing.html", {"refusal": error.refusal}, status=HTTPStatus.NOT_FOUND)
