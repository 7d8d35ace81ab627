"""Where one body's decision is worked on: the same pages by personal link and by account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from workflow.actors import Actor
from workflow.models import ApprovalRequest, Process
from workflow.policies import policy
from workflow.queries.approvals import request_of_body, request_of_link
from workflow.states import RequestState
from workflow.views.access import Visit
from workflow.views.decisions.recorded import as_in_force
from workflow.views.pages import page_by_link, with_head


@dataclass(frozen=True, slots=True)
class DecisionAccess:
    """Where one body's decision is worked on. door: "link" or "member"; opener: the id that stands in the address."""

    asked: ApprovalRequest
    actor: Actor
    door: str
    opener: UUID

    @property
    def process(self) -> Process:
        return self.asked.stage.process

    @property
    def is_named(self) -> bool:
        """Whoever comes by account has a name; a link is opened by anybody at the body."""
        return self.door == "member"

    def url(self, page: str, *more: object) -> str:
        """The address of one of these pages."""
        return reverse(f"{page}_{self.door}", args=[self.opener, *more])


Page = Callable[..., HttpResponseBase]


def by_link_and_account(page: Page, *methods: str, takes_files: bool = False) -> tuple[Page, Page]:
    """The same page twice: by personal link, and by account."""

    @policy("body_member", takes_files=takes_files)
    @never_cache
    @require_http_methods(with_head(methods))
    @wraps(page)
    def by_account(request: Visit, request_id: UUID, **ids: Any) -> HttpResponseBase:
        return page(request, _by_account(request, request_id), **ids)

    return page_by_link(_by_link, *methods, takes_files=takes_files)(page), by_account


def _by_link(request: Visit) -> DecisionAccess:
    try:
        asked = request_of_link(request.link)
    except ApprovalRequest.DoesNotExist as error:
        raise Http404 from error
    if asked.state == RequestState.LISTED:
        raise Http404
    return DecisionAccess(
        as_in_force(asked), Actor.of_link(request.link, asked.body.name), "link", request.link.public_id
    )


def _by_account(request: Visit, request_id: UUID) -> DecisionAccess:
    try:
        asked = request_of_body(request_id, [body for _office, body in request.places.member_of])
    except ApprovalRequest.DoesNotExist as error:
        raise Http404 from error
    if (asked.stage.process.office, asked.body) not in request.places.member_of:
        raise Http404
    return DecisionAccess(as_in_force(asked), request.actor, "member", request_id)
