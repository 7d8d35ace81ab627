"""Where one body's decision is worked on: the same pages by personal link and by account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import never_cache

from workflow.actors import Actor
from workflow.models import ApprovalRequest, Process
from workflow.policies import policy
from workflow.queries.approvals import request_of_body, request_of_link
from workflow.views.access import Visit


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one body's decision is worked on. door: "link" or "member"; opener: the id that stands in the address."""

    request: ApprovalRequest
    actor: Actor
    door: str
    opener: UUID

    @property
    def process(self) -> Process:
        return self.request.stage.process

    @property
    def is_named(self) -> bool:
        """Whoever comes by account has a name; a link is opened by anybody at the body."""
        return self.door == "member"

    def url(self, page: str, *more: object) -> str:
        """The address of one of the desk's pages."""
        return reverse(f"{page}_{self.door}", args=[self.opener, *more])


Page = Callable[..., HttpResponseBase]


def doors(page: Page, *methods: str, takes_files: bool = False) -> tuple[Page, Page]:
    """The same page twice: by personal link, and by account."""

    @policy("link_holder", takes_files=takes_files)
    @never_cache
    def by_link(visit: Visit, link_id: UUID, **more: Any) -> HttpResponseBase:
        if visit.method not in methods:
            return HttpResponseNotAllowed(methods)
        try:
            request = request_of_link(visit.link)
        except ApprovalRequest.DoesNotExist as error:
            raise Http404 from error
        return page(visit, Desk(request, Actor.of_link(visit.link, request.body.name), "link", link_id), **more)

    @policy("body_member", takes_files=takes_files)
    @never_cache
    def by_account(visit: Visit, request_id: UUID, **more: Any) -> HttpResponseBase:
        if visit.method not in methods:
            return HttpResponseNotAllowed(methods)
        try:
            request = request_of_body(request_id, [body for _office, body in visit.places.member_of])
        except ApprovalRequest.DoesNotExist as error:
            raise Http404 from error
        if (request.stage.process.office, request.body) not in visit.places.member_of:
            raise Http404
        return page(visit, Desk(request, visit.actor, "member", request_id), **more)

    by_link.__doc__ = by_account.__doc__ = page.__doc__
    by_link.__module__ = by_account.__module__ = page.__module__
    return by_link, by_account


READ = ("GET", "HEAD")
READ_AND_DO = (*READ, "POST")
