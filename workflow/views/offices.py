"""The office as its administrator sees and changes it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from workflow.actions.offices import change_office
from workflow.forms.offices import OfficeForm
from workflow.models import Office
from workflow.policies import policy
from workflow.queries.people_of_office import Person, people_of
from workflow.views.access import Visit
from workflow.views.deeds import form_page
from workflow.views.overwriting import WrittenOver

FIELDS = {name: name for name in OfficeForm.base_fields}


@policy("administrator")
@require_safe
def office(request: Visit) -> HttpResponse:
    """The offices I administer: what they are called, how they are reached, how they work."""
    offices = [
        {"office": one, "rows": _facts(one), "people": _people(one, people_of(one, request.now))}
        for one in request.places.admin_of
    ]
    return render(request, "workflow/office.html", {"offices": offices})


@policy("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def office_change(request: Visit, office_id: UUID) -> HttpResponse:
    """Change the details of an office."""
    changed = administered(request, office_id)
    over = WrittenOver(changed, FIELDS)
    form = OfficeForm(request.POST or None, initial=over.stored())
    back = reverse("office")
    return form_page(
        request,
        {**office_frame(changed, _("Change the office")), "office": changed},
        form,
        partial(change_office, changed),
        facts=form.facts,
        over=over,
        heading=_("Change the office"),
        lead=_(
            "The details hold from now on: they stand in the mails and pages to come. Mails that have been sent stay "
            "as they are. Nobody gets a mail, and nothing becomes public by it."
        ),
        submit=_("Save"),
        done=_("The office is changed."),
        to=back,
        cancel_url=back,
    )


def administered(request: Visit, office_id: UUID) -> Office:
    """One of the offices I administer. Raises `Http404` for any other."""
    for one in request.places.admin_of:
        if one.public_id == office_id:
            return Office.objects.get(pk=one.pk)
    raise Http404


def office_frame(office: Office, here: str) -> dict[str, Any]:
    """What each page of an office shows: its name and the way back up."""
    return {
        "frame_template": "workflow/office_frame.html",
        "office_name": office.name,
        "trail": [{"label": _("The office"), "url": reverse("office")}, {"label": here, "url": ""}],
    }


def _people(office: Office, people: Sequence[Person]) -> dict[str, object]:
    return {
        "columns": [{"label": _("Name")}, {"label": _("Places")}, {"label": _("Account")}],
        "rows": [
            {
                "cells": [
                    {
                        "text": str(one.user),
                        "url": reverse("person", args=[office.public_id, one.user.public_id]),
                        "note": one.user.email,
                    },
                    {"text": ", ".join(row.place for row, _holds in one.places)},
                    _account_cell(one),
                ]
            }
            for one in people
        ],
    }


def _account_cell(one: Person) -> dict[str, str]:
    if not one.user.is_active:
        return {"badge": _("Closed"), "tone": "warning"}
    if one.is_invited:
        return {"badge": _("Invited"), "tone": "info", "note": _("Has not chosen a password yet")}
    return {"text": _("Open"), "note": "" if one.has_second_factor else _("No second step yet")}


def _facts(office: Office) -> list[dict[str, object]]:
    minutes = _("%(minutes)d minutes") % {"minutes": office.minutes_to_take_back}
    at_once = _("Mails leave at once, and a set put forward cannot be taken back")
    return [
        {"label": _("Name"), "value": office.name},
        {"label": _("Mailbox"), "value": office.reply_to},
        {"label": _("Telephone"), "value": office.telephone},
        {"label": _("Contact person"), "value": office.contact_person},
        {"label": _("Postal address"), "value": office.postal_address},
        {"label": _("The journal's mailbox"), "value": office.journal_address or _("No copies")},
        {"label": _("Language"), "value": _language(office)},
        {"label": _("Minutes to take back"), "value": minutes if office.minutes_to_take_back else at_once},
        {"label": _("Case numbers begin with"), "value": office.case_prefix},
        {"label": _("Time zone"), "value": office.time_zone},
    ]


def _language(office: Office) -> str:
    choices: Any = OfficeForm.base_fields["language"]
    return str(dict(choices.choices).get(office.language, office.language))
