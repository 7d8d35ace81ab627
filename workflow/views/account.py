"""The account of whoever is signed in: who it is, and the way to change the password and the second step."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from workflow.policies import policy
from workflow.views.access import Visit


@policy("signed_in")
@require_safe
def account(request: Visit) -> HttpResponse:
    """My account: name, address and places, with the pages on which the sign-in is changed."""
    assert request.user.is_authenticated
    places = [office.name for office in request.places.reads_of]
    places += [body.name for _office, body in request.places.member_of]
    rows = [
        {"label": _("Name"), "value": request.user.name},
        {"label": _("E-mail"), "value": request.user.email},
        {"label": _("Works in"), "value": ", ".join(dict.fromkeys(places))},
        {"label": _("Password"), "value": "••••••••••••", "change_url": reverse("account_change_password")},
        {
            "label": _("Two-step sign-in"),
            "value": _("On") if is_mfa_enabled(request.user) else _("Off"),
            "change_url": reverse("mfa_index"),
        },
    ]
    return render(request, "workflow/account.html", {"rows": rows})
