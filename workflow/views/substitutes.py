"""Who acts for a body while its own contact is away: named and ended on a page of its own."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from workflow.actions.substitutes import end_substitute, name_substitute
from workflow.dates import local_day, short_date
from workflow.forms.substitutes import SubstituteForm
from workflow.models import Asked, Body, Office, Substitute
from workflow.policies import policy
from workflow.queries.substitutes import acting_for, substitutes_of
from workflow.views.access import Visit
from workflow.views.deeds import do, form_page, new_key


def _office_in(request: Visit, office_id: UUID) -> Office:
    office = next((one for one in request.places.officer_of if one.public_id == office_id), None)
    if office is None:
        raise Http404
    return office


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def body_substitutes(request: Visit, body_id: UUID, office_id: UUID) -> HttpResponse:
    """Who acts for a body, and the form that names somebody."""
    body, office = get_object_or_404(Body, public_id=body_id), _office_in(request, office_id)
    here = reverse("body_substitutes", args=[body.public_id, office.public_id])
    contact_url = reverse("body_contact", args=[body.public_id, office.public_id])
    context = {
        "frame_template": "workflow/substitutes.html",
        "body": body,
        "office": office,
        "end_key": new_key(),
        "substitutes": [_row(one, office, request) for one in substitutes_of(office, body)],
        "trail": [
            {"label": _("Contacts"), "url": reverse("bodies")},
            {"label": body.name, "url": contact_url},
            {"label": _("Substitutes"), "url": ""},
        ],
        "follows": [
            _("Nobody gets a mail now. What leaves for the body on these days goes to the substitute instead."),
            _("The mails bring the body's own link and code. Both keep working, for the body too, also afterwards."),
            _("What the body has passed on to somebody else goes to that person as before."),
            _("The body does not hear of it from us. Nothing becomes public."),
        ],
    }
    return form_page(
        request,
        context,
        SubstituteForm(request.POST or None),
        partial(name_substitute, office, body),
        heading=_("Name a substitute"),
        submit=_("Name the substitute"),
        done=lambda substitute: (
            _("%(name)s acts for %(body)s from %(first)s to %(last)s.")
            % {
                "name": substitute.name,
                "body": body.name,
                "first": short_date(substitute.from_on),
                "last": short_date(substitute.until_on),
            }
        ),
        to=here,
        cancel_url=contact_url,
    )


def _row(substitute: Substitute, office: Office, request: Visit) -> dict[str, Any]:
    today = local_day(request.now, office.time_zone)
    return {
        "substitute": substitute,
        "acts_now": substitute.acts_on(today),
        "is_over": substitute.until_on < today,
        "end_url": reverse("substitute_end", args=[substitute.public_id]),
    }


@policy("secretariat")
@require_POST
def substitute_end(request: Visit, substitute_id: UUID) -> HttpResponse:
    """Mail goes to the body itself again, at once."""
    rows = Substitute.objects.select_related("office", "body").filter(office__in=request.places.officer_of)
    substitute = get_object_or_404(rows, public_id=substitute_id)
    back = reverse("body_substitutes", args=[substitute.body.public_id, substitute.office.public_id])
    deed = partial(end_substitute, substitute)
    return do(request, deed, done=_("Mail goes to %(body)s itself again.") % {"body": substitute.body.name}, to=back)


def acting_words(asked: Asked, request: Visit) -> list[dict[str, str]]:
    """Who acts now for the body that is asked, as a row of its summary; nothing where it acts itself."""
    if asked.body_id is None:
        return []
    substitute = acting_for(asked, request.now)
    if substitute is None:
        return []
    until = _("until %(day)s; mail goes there") % {"day": short_date(substitute.until_on)}
    return [{"label": _("Acts for it now"), "value": f"{substitute.name} ({substitute.email})", "note": until}]
