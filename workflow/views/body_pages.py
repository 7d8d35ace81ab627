"""One body, as an office sees it; put on the list, renamed and ended by an administrator."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from workflow.actions.bodies import REGIONS_EN, region_code
from workflow.actions.changing_bodies import change_body, create_body, end_body
from workflow.dates import short_date
from workflow.forms.bodies import BodyEndForm, BodyForm
from workflow.models import Body, Office
from workflow.policies import policy
from workflow.queries.bodies import contact_of, open_questions_to
from workflow.views.access import Visit
from workflow.views.consequences import Consequences
from workflow.views.deeds import form_page
from workflow.views.offices import administered, office_frame
from workflow.views.overwriting import WrittenOver

FIELDS = {name: name for name in BodyForm.base_fields}


@policy("auditor")
@require_safe
def body(request: Visit, office_id: UUID, body_id: UUID) -> HttpResponse:
    """One body: what it is called, from when until when it is there, how the office reaches it, what it is asked."""
    office = next((one for one in request.places.reads_of if one.public_id == office_id), None)
    if office is None:
        raise Http404
    row = _body(body_id)
    contact = contact_of(office, row)
    at = [office.public_id, row.public_id]
    context = {
        **_frame(office, row.name),
        "heading": row.name,
        "office": office,
        "rows": [
            {"label": _("Kind"), "value": row.get_kind_display()},
            {"label": _("Name in English"), "value": row.name_en},
            {"label": _("What it calls itself"), "value": row.own_name},
            {"label": _("Region"), "value": _region(row)},
            {"label": _("First day"), "value": short_date(row.valid_from) if row.valid_from else ""},
            {"label": _("Last day"), "value": short_date(row.valid_to) if row.valid_to else ""},
            {
                "label": _("Followed by"),
                "value": row.successor.name if row.successor else "",
                "url": reverse("body", args=[office.public_id, row.successor.public_id]) if row.successor else "",
            },
            {"label": _("Contact"), "value": _reached(contact)},
        ],
        "questions": [
            {"words": f"{asked.stage.process.case_number}, {asked.stage.process.title}", "url": _question_url(asked)}
            for asked in open_questions_to(row, [office])
        ],
        "is_administrator": office in request.places.admin_of,
        "at": at,
    }
    return render(request, "workflow/body.html", context)


@policy("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def body_new(request: Visit, office_id: UUID) -> HttpResponse:
    """Put a body on the list."""
    office = administered(request, office_id)
    form = BodyForm(request.POST or None, initial={"region_code": office.region_code, "kind": "organisation"})
    heading = _("Put a body on the list")
    return form_page(
        request,
        _frame(office, heading),
        form,
        partial(create_body, office),
        facts=form.facts,
        heading=heading,
        submit=_("Put it on the list"),
        consequences=lambda: [
            _told(_("The body can be asked from now on, also in consultations, by every office here."))
        ],
        done=lambda made: _("%(name)s is on the list.") % {"name": made.name},
        to=lambda made: reverse("body", args=[office.public_id, made.public_id]),
        cancel_url=reverse("bodies"),
    )


@policy("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def body_change(request: Visit, office_id: UUID, body_id: UUID) -> HttpResponse:
    """Rename a body, or change its details."""
    office, row = administered(request, office_id), _body(body_id)
    over = WrittenOver(row, FIELDS)
    form = BodyForm(request.POST or None, initial=over.stored())
    back = reverse("body", args=[office.public_id, row.public_id])
    heading = _("Change %(name)s") % {"name": row.name}
    happens = _(
        "The new name stands everywhere from now on, for every office here. Mails and papers that were made stay."
    )
    return form_page(
        request,
        _frame(office, heading),
        form,
        partial(change_body, row, office),
        facts=form.facts,
        over=over,
        heading=heading,
        submit=_("Save"),
        consequences=lambda: [_told(happens)],
        done=_("The body is changed."),
        to=back,
        cancel_url=back,
    )


@policy("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def body_end(request: Visit, office_id: UUID, body_id: UUID) -> HttpResponse:
    """Let a body end on a day, and another take its place."""
    office, row = administered(request, office_id), _body(body_id)
    over = WrittenOver(row, {"last_on": "valid_to", "successor": "successor"})
    form = BodyEndForm(request.POST if request.method == "POST" else None, body=row, initial=over.stored())
    back = reverse("body", args=[office.public_id, row.public_id])
    heading = _("%(name)s ends, or gives way to another") % {"name": row.name}
    questions = open_questions_to(row, Office.objects.all())
    cases = [
        asked.stage.process.case_number for asked in questions if asked.stage.process.office in request.places.admin_of
    ]
    elsewhere = [
        asked.stage.process.office.name
        for asked in questions
        if asked.stage.process.office not in request.places.admin_of
    ]
    happens = [
        _(
            "What it decides until its last day counts. After that day it is not asked any more; nobody is asked in "
            "its place by itself."
        ),
        _("Questions and consultations under way stay where they are; nothing moves by itself."),
    ]
    if cases:
        text = _("It is asked just now in: %(cases)s. Look there whether its successor is to be asked.")
        happens.append(text % {"cases": ", ".join(dict.fromkeys(cases))})
    if elsewhere:
        text = _("Other offices ask it just now too: %(offices)s. Tell them before you record an end.")
        happens.append(text % {"offices": ", ".join(dict.fromkeys(elsewhere))})
    return form_page(
        request,
        _frame(office, heading),
        form,
        partial(end_body, row, office),
        over=over,
        heading=heading,
        submit=_("Save"),
        consequences=lambda: [_told(*happens, undo=_("Another day or successor can be given in the same way."))],
        done=_("The end of the body is recorded."),
        to=back,
        cancel_url=back,
    )


def _told(*happens: str, undo: str = "") -> Consequences:
    return Consequences(
        happens=happens,
        public=(_("Nothing new becomes public."),),
        undo=(undo or _("It can be changed again; what it was before stands in the record."),),
    )


def _frame(office: Office, here: str) -> dict[str, object]:
    trail = [{"label": _("Contacts"), "url": reverse("bodies")}, {"label": here, "url": ""}]
    return {**office_frame(office, here), "trail": trail}


def _body(body_id: UUID) -> Body:
    return get_object_or_404(Body.objects.select_related("successor"), public_id=body_id)


def _region(row: Body) -> str:
    return next((name for name in REGIONS_EN if region_code(name) == row.region_code), "")


def _reached(contact: object) -> str:
    if contact is None:
        return _("No address")
    return str(getattr(contact, "email", "") or contact.get_channel_display())  # type: ignore[attr-defined]


def _question_url(asked: object) -> str:
    return reverse("approval", args=[asked.stage.process.public_id, asked.public_id])  # type: ignore[attr-defined]
