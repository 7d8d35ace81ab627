"""A request as our pages know it, and who is let in where. The middleware asks `turn_away` before every view."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from workflow.actions.links import check_code, open_link
from workflow.actors import Actor
from workflow.forms.links import CodeForm
from workflow.models import Office, PersonalLink, User
from workflow.queries.people import Places, places_of_account
from workflow.rules import Refused
from workflow.stage_kinds import link_target
from workflow.views.echo import CODE_BESIDE, split_address

BY_PROVIDER = "by_provider"
"""Session key: a sign-in provider has signed this browser in, and asked for what it asks for."""

LINKS_IN_SESSION = "links"
"""Session key: which personal links this browser has started, as {public id: version}."""


class Visit(HttpRequest):
    """What every view may rely on.

    now: the instant (UTC) by which all in this request is judged. origin: the network address it came from.
    places: what the account may do today.
    link: the personal link named in the address, for pages of link holders.
    """

    now: datetime
    origin: str
    user: User | AnonymousUser
    places: Places
    link: PersonalLink

    actor: Actor


class ByWhom(TypedDict):
    """The last arguments of every action: who does it, and the instant (UTC) by which it is judged."""

    actor: Actor
    now: datetime


def by_whom(request: Visit, actor: Actor | None = None) -> ByWhom:
    """Who does the deed of this request, and when. actor: who acts where it is not simply the account."""
    return {"actor": actor or request.actor, "now": request.now}


def add_places_and_actor(request: Any) -> None:
    """Give a request its `places` and `actor`, read from the database when first asked for."""
    request.places = SimpleLazyObject(
        lambda: places_of_account(request.user, request.now) if request.user.is_authenticated else Places()
    )
    request.actor = SimpleLazyObject(lambda: Actor.of_user(request.user))


def turn_away(policy: str, request: Any, kwargs: dict[str, Any]) -> HttpResponseBase | None:
    """None when whoever asks may come to a view of this policy; else the page that says what to do instead.

    Which objects may be seen is asked by each view with its own office in hand. Raises `PermissionDenied` where
    nothing the person can do would help.
    """
    if policy in ("anonymous", "webhook"):
        return None
    if policy == "link_holder":
        return _turn_away_link(request, kwargs)
    if not request.user.is_authenticated:
        if request.method in ("GET", "HEAD"):
            return redirect_to_login(request.get_full_path())
        return render(request, "workflow/lost_login.html", {"back_url": way_back(request)}, status=403)
    places: Places = request.places
    if places.is_staff and _is_asked_for_second_factor(request) and not is_mfa_enabled(request.user):
        messages.info(request, _("Set up two-step sign-in first. Everyone who works in an office must have it."))
        return redirect("mfa_activate_totp")
    allowed = {
        "signed_in": True,
        "secretariat": bool(places.officer_of),
        "auditor": bool(places.reads_of),
        "administrator": bool(places.admin_of),
        "admin": bool(places.admin_of),
        "body_member": bool(places.member_of),
    }
    if not allowed[policy]:
        raise PermissionDenied(_("Your account has no part in this. Ask an administrator of your office."))
    return None


def _is_asked_for_second_factor(request: Any) -> bool:
    """Everybody is but for the demo, and for whom the provider has signed in while its own second step is relied on."""
    is_elsewhere = request.session.get(BY_PROVIDER) == settings.OIDC_ISSUER and not settings.OIDC_SECOND_FACTOR
    return not settings.DEMO and not is_elsewhere


def remember_link(request: HttpRequest, link: PersonalLink) -> None:
    """Remember in the session that this browser started the link; other links it started stay as they are.

    The session gets a new key, so that nobody who planted the old one gets in with it.
    """
    links = dict(request.session.get(LINKS_IN_SESSION, {}))
    if links.get(str(link.public_id)) == link.version:
        return
    request.session.cycle_key()
    links[str(link.public_id)] = link.version
    request.session[LINKS_IN_SESSION] = links
    if not request.user.is_authenticated:
        request.session.set_expiry(0)  # with the browser: the computer may be a shared one


def forget_link(request: HttpRequest, link_id: UUID) -> None:
    """Forget that this browser started a link; of a browser that holds nothing else the whole session goes."""
    links = dict(request.session.get(LINKS_IN_SESSION, {}))
    links.pop(str(link_id), None)
    if links or request.user.is_authenticated:
        request.session[LINKS_IN_SESSION] = links
        request.session.cycle_key()
    else:
        request.session.flush()


def officer_of(request: Visit, office: Office) -> bool:
    """Whether the account is an officer of exactly this office."""
    return office in request.places.officer_of


def _turn_away_link(request: Any, kwargs: dict[str, Any]) -> HttpResponseBase | None:
    link_id = kwargs["link_id"]
    error = _open_by_code(request, link_id)
    version = request.session.get(LINKS_IN_SESSION, {}).get(str(link_id))
    link = PersonalLink.objects.select_related("office").filter(public_id=link_id, version=version or 0).first()
    if link is None or link.revoked_at is not None:
        context = {"form": CodeForm(), "is_lost": True, "code_field": CODE_BESIDE, "code_error": error}
        if link is None and version:
            context["why"] = _why_renewed(link_id, version)
        return render(request, "workflow/links/enter.html", context, status=403)
    request.link = link
    return None


def _why_renewed(link_id: Any, version: int) -> str:
    """Told to a browser that holds an earlier version of a link: what became of it."""
    link = PersonalLink.objects.select_related("office").filter(public_id=link_id).first()
    return link_target(link.purpose).why_renewed(link, version) if link else ""


def _open_by_code(request: Any, link_id: UUID) -> str:
    """Open the link by the code that was typed beside words sent after the session had ended; what is wrong with it."""
    typed = request.POST.get(CODE_BESIDE, "").strip()
    if not typed:
        return ""
    try:
        link = check_code(typed, origin=request.origin, now=request.now)
        if link.public_id != link_id:
            return str(_("This code belongs to another matter. Take the code from the mail about this one."))
        topic = link_target(link.purpose).topic(link)
        remember_link(request, open_link(link, actor=Actor.of_link(link, topic.label), now=request.now))
    except Refused as refused:
        return str(refused.refusal.text)
    return ""


def way_back(request: HttpRequest) -> str:
    """The page of ours somebody came from, with its query; unknown, the page of the process, else the front page."""
    came_from = request.headers.get("Referer", "")
    path = split_address(came_from)._replace(scheme="", netloc="", fragment="").geturl()
    is_ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}) and path.startswith("/")
    if is_ours and path != request.get_full_path() and not path.startswith("/account/"):
        return path
    process_id = request.resolver_match.kwargs.get("process_id") if request.resolver_match else None
    return reverse("process", args=[process_id]) if process_id else "/"
