"""The bodies an office deals with and how it reaches them."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from workflow.policies import policy
from workflow.queries.bodies import bodies_with_contacts
from workflow.states import BodyKind
from workflow.views.visits import Visit


@policy("auditor")
@require_safe
def bodies(request: Visit) -> HttpResponse:
    """Bodies in Danish alphabetical order, with the contact of my office; filter by kind and by name."""
    kind = request.GET.get("kind", "")
    name = request.GET.get("name", "").strip()
    found = bodies_with_contacts(request.places.reads_of, kind=kind, name=name)
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "kinds": [{"value": value, "label": label, "is_chosen": value == kind} for value, label in BodyKind.choices],
        "name": name,
        "board": {
            "columns": [{"label": _("Body")}, {"label": _("Kind")}, {"label": _("Contact")}],
            "rows": [
                {
                    "cells": [
                        {"text": body.name, "note": body.name_en},
                        {"text": body.get_kind_display()},
                        _contact_cell(body),
                    ]
                }
                for body in page.object_list
            ],
        },
    }
    return render(request, "workflow/bodies.html", context)


def _contact_cell(body: object) -> dict[str, str]:
    contacts = body.office_contacts  # type: ignore[attr-defined]
    if not contacts:
        return {"badge": _("No address"), "tone": "warning"}
    first = contacts[0]
    return {
        "text": first.email or first.get_channel_display(),
        "note": first.name,
        "badge": _("Bounced") if first.bounced_at else "",
        "tone": "error",
    }
