"""What happens to every request: the clock is read once, and a view without a declared policy is refused."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.utils import timezone

from config.origins import origin_of
from config.url_policies import declared_policy
from config.views import method_not_allowed
from workflow.views.visits import prepare, turn_away

log = structlog.get_logger(__name__)

Handler = Callable[[HttpRequest], HttpResponseBase]


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


class ReadPolicyMiddleware:
    """Default deny: a view without a declared policy answers 403; a declared one admits whom its policy admits.

    An address that is only pressed answers whoever reads it with a page in words instead of an empty one.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        prepare(request)
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and request.method == "GET":
            return method_not_allowed(request, response)
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
