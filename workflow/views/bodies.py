"""The bodies an office deals with and how it reaches them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from workflow.actions.contacts import FIELDS_SHOWN, fields_shown, set_contact
from workflow.dates import short_date
from workflow.forms.contacts import ContactForm
from workflow.models import Body, Office, Substitute
from workflow.policies import policy
from workflow.queries.bodies import BOUNCED, NO_ADDRESS, bodies_with_contacts, contact_of
from workflow.queries.substitutes import acting_now
from workflow.rules.cleaning import cleaned_text
from workflow.states import BodyKind
from workflow.views.access import Visit, by_whom
from workflow.views.deeds import key_of, new_key, status_of
from workflow.views.overwriting import seen_and_theirs, seen_in
from workflow.views.readdressing import correct_with_others, offered


@policy("auditor")
@require_safe
def bodies(request: Visit) -> HttpResponse:
    """Bodies in Danish alphabetical order, with the contact of my office; filter by kind and by name."""
    kind = request.GET.get("kind", "")
    name = cleaned_text(request.GET.get("name", ""), lines=False)
    reached = request.GET.get("reached", "")
    rows = bodies_with_contacts(request.places.reads_of, kind=kind, name=name, reached=reached)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    in_english = get_language() == "en"
    acting = acting_now(request.places.reads_of, [body.pk for body in page.object_list], request.now)
    context = {
        "page": page,
        "kinds": [{"value": value, "label": label, "is_chosen": value == kind} for value, label in BodyKind.choices],
        "reached": [
            {"value": value, "label": label, "is_chosen": value == reached}
            for value, label in ((NO_ADDRESS, _("Without address")), (BOUNCED, _("Mail came back")))
        ],
        "new_at": request.places.admin_of[0].public_id if request.places.admin_of else None,
        "lists_of": request.places.officer_of,
        "name": name,
        "board": {
            "columns": [{"label": _("Body")}, {"label": _("Kind")}, {"label": _("Contact")}],
            "rows": [
                {
                    "cells": [
                        {
                            "text": body.name,
                            "url": reverse("body", args=[request.places.reads_of[0].public_id, body.public_id]),
                            "note": body.name_en if in_english else "",
                        },
                        {"text": body.get_kind_display()},
                        {
                            **_contact_cell(body, _acting(body, acting)),
                            "actions": _contact_links(body, request.places.officer_of),
                        },
                    ]
                }
                for body in page.object_list
            ],
        },
    }
    return render(request, "workflow/bodies.html", context)


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def body_contact(request: Visit, body_id: UUID, office_id: UUID) -> HttpResponse:
    """Where one of my offices reaches a body from now on."""
    body = get_object_or_404(Body, public_id=body_id)
    office = next((one for one in request.places.officer_of if one.public_id == office_id), None)
    if office is None:
        raise Http404
    contact = contact_of(office, body)
    form = ContactForm(
        request.POST or None,
        initial=fields_shown(contact) if contact else None,
        **offered(request, office, contact.email if contact else ""),
    )
    back = f"{reverse('bodies')}?{urlencode({'name': body.name})}"
    version = seen_in(request, FIELDS_SHOWN, "version")
    answer = correct_with_others(
        request,
        form,
        partial(set_contact, office, body, erase_on=contact.erase_on if contact else None, version=version),
        current=lambda: getattr(contact_of(office, body), "email", ""),
        done=_("The contact of %(body)s is saved.") % {"body": body.name},
        to=back,
        press=by_whom(request),
    )
    if answer:
        return answer
    if request.method == "POST":
        contact = contact_of(office, body)
    context = {
        **seen_and_theirs(form, fields_shown(contact), request, "version"),
        "body": body,
        "office": office,
        "form": form,
        "bounced_copies": contact.copy_addresses.exclude(bounced_at=None) if contact else (),
        "bounced_at": contact.bounced_at if contact else None,
        "acting": acting_now([office], [body.pk], request.now).get((office.pk, body.pk)),
        "trail": [{"label": _("Contacts"), "url": reverse("bodies")}, {"label": body.name, "url": ""}],
        "cancel_url": back,
        "key": key_of(request) or new_key(),
    }
    status = status_of(form) if request.method == "POST" else 200
    return render(request, "workflow/body_contact.html", context, status=status)


def _contact_links(body: Body, offices: Sequence[Office]) -> list[dict[str, str]]:
    """For an officer: where the contact is written down; by office for one who works in several."""
    words = _("Change") if body.office_contacts else _("Add")  # type: ignore[attr-defined]
    return [
        {
            "label": f"{words} ({office.name})" if len(offices) > 1 else words,
            "url": reverse("body_contact", args=[body.public_id, office.public_id]),
        }
        for office in offices
    ]


def _acting(body: Body, acting: Mapping[tuple[int, int], Substitute]) -> str:
    """Who acts for the body now, in words; "" where it acts itself."""
    words = _("%(name)s acts for it until %(day)s")
    return " · ".join(
        words % {"name": one.name, "day": short_date(one.until_on)} for one in acting.values() if one.body_id == body.pk
    )


def _contact_cell(body: object, acting: str) -> dict[str, str]:
    contacts = body.office_contacts  # type: ignore[attr-defined]
    if not contacts:
        return {"badge": _("No address"), "tone": "warning", "note": acting}
    first = contacts[0]
    return {
        "text": first.email or first.get_channel_display(),
        "note": " · ".join(filter(None, (first.name, acting))),
        "badge": _("Bounced") if first.bounced_at else "",
        "tone": "error",
    }
