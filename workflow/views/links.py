"""Personal links: the page behind the link in a mail, its start button, and the page where a code is typed.

GET and HEAD change nothing, so a mail scanner that follows links does no harm; only a person's press counts.
"""

from __future__ import annotations

import re
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workflow.actions.links import check_code, open_link
from workflow.actors import Actor
from workflow.forms.links import CodeForm
from workflow.links import TOKEN_LENGTH, read_link
from workflow.models import PersonalLink
from workflow.policies import policy
from workflow.rules import Refused
from workflow.stage_kinds import link_target
from workflow.views.access import Visit, forget_link, remember_link

WHOLE_LINK = re.compile(rf"(?P<id>[0-9a-fA-F-]{{36}})/(?P<token>[A-Za-z0-9_-]{{{TOKEN_LENGTH}}})(?![A-Za-z0-9_-])")
"""What is left of a personal link when a mail program glued something to its end or took its last stroke."""


@policy("anonymous")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: Visit, link_id: UUID, token: str) -> HttpResponse:
    """What the link is about and a start button; the button opens it in this browser.

    An unknown link answers 404 and an old one 410, both with what to do instead.
    """
    read = read_link(link_id, token)
    if read.link is None:
        return _unknown(request)
    if read.is_old:
        why = link_target(read.link.purpose).why_renewed(read.link, read.version)
        context = {"form": CodeForm(), "is_old": True, "office": read.link.office, "why": why}
        return render(request, "workflow/links/enter.html", context, status=410)
    if request.method == "POST":
        return _start(request, read.link)
    return _welcome(request, read.link)


@policy("anonymous")
@never_cache
@require_safe
def link_cut(request: Visit, rest: str) -> HttpResponse:
    """A link that lost its last stroke, or got something glued to it, leads on; one that lost more is not known."""
    whole = WHOLE_LINK.match(rest)
    return redirect("link", UUID(whole["id"]), whole["token"]) if whole else _unknown(request)


@policy("anonymous")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link_code(request: Visit) -> HttpResponse:
    """Type the code from the mail instead of pressing its link; ten wrong ones within an hour shut the door."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            link = check_code(form.cleaned_data["code"], origin=request.origin, now=request.now)
        except Refused as refused:
            form.add_error("code", str(refused.refusal.text))
            status = 429 if refused.refusal.code == "code_too_often" else 422
            return render(request, "workflow/links/enter.html", {"form": form}, status=status)
        return _start(request, link)
    return render(request, "workflow/links/enter.html", {"form": form})


@policy("anonymous")
@never_cache
@require_POST
def link_close(request: Visit, link_id: UUID) -> HttpResponse:
    """Close what a link opened in this browser, for the next one at a shared computer; the mail opens it again."""
    forget_link(request, link_id)
    return render(request, "workflow/links/closed.html")


def _unknown(request: Visit) -> HttpResponse:
    return render(request, "workflow/links/enter.html", {"form": CodeForm(), "is_unknown": True}, status=404)


def _welcome(request: Visit, link: PersonalLink) -> HttpResponse:
    topic = link_target(link.purpose).topic(link)
    context = {
        "topic": topic,
        "office": link.office,
        "office_name": link.office.name,
        "has_begun": link.opened_at is not None,
    }
    return render(request, "workflow/links/start.html", context)


def _start(request: Visit, link: PersonalLink) -> HttpResponse:
    target = link_target(link.purpose)
    try:
        opened = open_link(link, actor=Actor.of_link(link, target.topic(link).label), now=request.now)
    except Refused as refused:
        context = {"refusal": refused.refusal, "back_url": "/"}
        return render(request, "errors/409.html", context, status=409)
    remember_link(request, opened)
    return redirect(target.view, link_id=opened.public_id)
