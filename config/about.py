"""Pages about the site itself: accessibility, privacy, and the two files that programs ask for."""

from datetime import date, timedelta
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.url_policies import addresses, declared_policy
from workflow.models import Office
from workflow.policies import policy
from workflow.views.access import Visit

# When the accessibility statement was last gone through.
STATEMENT_ON = date(2026, 11, 22)

SECURITY_TEXT_HOLDS = timedelta(days=180)
"""How long a reader may trust what `security.txt` says; RFC 9116 asks for less than a year."""

FOR_SEARCH_ENGINES = ("anonymous",)
"""The policies of pages that a search engine may show."""

NOT_FOR_SEARCH_ENGINES = ("account/", "admin/", "language/", "health/", "kode/", "l/", "luk/")
"""Open to all, yet nothing to find by a search: signing in, codes, personal links."""


@policy("anonymous")
@require_safe
def accessibility_statement(request: HttpRequest) -> HttpResponse:
    """The statement on accessibility, linked from the foot of every page."""
    context = {"statement_date": STATEMENT_ON, "contacts": _contacts()}
    return render(request, "was.html", context)


@policy("anonymous")
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about people, on which legal basis, how long, and whom to ask; linked from the foot of every page
    and from the pages of personal links."""
    return render(request, "privacy.html", {"contacts": _contacts()})


@policy("anonymous")
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines must leave alone: every address that a personal link or an account opens."""
    closed = {
        route.split("<", 1)[0]
        for route, view, name in addresses()
        if declared_policy(view, name) not in FOR_SEARCH_ENGINES or route.startswith(NOT_FOR_SEARCH_ENGINES)
    }
    shut = sorted(
        start for start in closed if start and not any(start != other and start.startswith(other) for other in closed)
    )
    lines = ["User-agent: *", *(f"Disallow: /{start}" for start in shut)]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@policy("anonymous")
@require_safe
def security_txt(request: Visit) -> HttpResponse:
    """Whom to tell of a hole in the fence (RFC 9116); 404 while no address is known."""
    contacts = [f"Contact: mailto:{address}" for _name, address in _contacts()]
    if not contacts:
        return HttpResponse("", status=HTTPStatus.NOT_FOUND, content_type="text/plain; charset=utf-8")
    expires = (request.now + SECURITY_TEXT_HOLDS).strftime("%Y-%m-%dT00:00:00Z")
    lines = [
        *contacts,
        f"Expires: {expires}",
        "Preferred-Languages: da, en",
        f"Canonical: {settings.BASE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _contacts() -> list[tuple[str, str]]:
    """Whom to write to about the site, as name and address: the one of the settings, else the mailboxes of the offices,
    which are staffed."""
    if settings.CONTACT_EMAIL:
        return [("", settings.CONTACT_EMAIL)]
    return list(Office.objects.filter(successor=None).order_by("name").values_list("name", "reply_to"))
