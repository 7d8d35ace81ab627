"""The way from an office's first administrator to its first process: what is there, what comes next."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from workflow.actions.bodies import LoadedBodies, planned_bodies
from workflow.actions.first_steps import load_shipped_bodies, load_shipped_definitions, put_first_steps_away
from workflow.definitions import shipped, shipped_paths
from workflow.models import Office
from workflow.policies import policy
from workflow.queries.first_steps import FirstSteps, steps_of
from workflow.views.access import Visit
from workflow.views.consequences import Consequences
from workflow.views.deeds import Told, form_page
from workflow.views.offices import administered, office_frame

_METHODS: Final = ["GET", "HEAD", "POST"]


@policy("administrator")
@require_safe
def first_steps(request: Visit, office_id: UUID) -> HttpResponse:
    """Each first step of the office, ticked by what there is, with the page on which it is done."""
    office = administered(request, office_id)
    steps = steps_of([office])[office.pk]
    heading = _("Get the office going")
    context = {
        **office_frame(office, heading),
        "heading": heading,
        "office": office,
        "steps": steps,
        "items": _items(office, steps, is_officer=office in request.places.officer_of),
    }
    return render(request, "workflow/first_steps.html", context)


def _items(office: Office, steps: FirstSteps, *, is_officer: bool) -> list[dict[str, str]]:
    return [
        {
            "title": title,
            "url": url,
            "why": why,
            "badge": _("Done") if getattr(steps, name) else _("Not yet"),
            "tone": "success" if getattr(steps, name) else "neutral",
        }
        for name, title, url, why in (*_of_the_office(office), *_of_its_work(office, is_officer=is_officer))
    ]


def _of_the_office(office: Office) -> list[tuple[str, str, str, str]]:
    """The steps of an administrator: fact, title, where it is done, why."""
    at = [office.public_id]
    return [
        (
            "is_reached",
            _("Say whom guests can ask"),
            reverse("office_change", args=at),
            _("A telephone number or a contact person, beside the name and the mailbox of the office."),
        ),
        (
            "has_colleagues",
            _("Invite your colleagues"),
            reverse("person_invite", args=at),
            _("Each gets a mail with a link, and chooses a password. The mail also shows that mails leave."),
        ),
        (
            "has_bodies",
            _("Put the bodies on the list"),
            reverse("shipped_bodies_load", args=at),
            _("Municipalities, regions, committees, authorities and organisations come with the product."),
        ),
        (
            "has_definitions",
            _("Load how your processes go"),
            reverse("shipped_definitions_load", args=at),
            _("The definitions that come with the product; others are loaded under “Definitions”."),
        ),
    ]


def _of_its_work(office: Office, *, is_officer: bool) -> list[tuple[str, str, str, str]]:
    """The steps of an officer; whoever is none is led to where one is made."""
    by_officer = "" if is_officer else " " + _("An officer does it: invite one, or give yourself that place.")
    contacts = reverse("contacts_import", args=[office.public_id]) if is_officer else reverse("bodies")
    return [
        (
            "has_contacts",
            _("Take in your contacts"),
            contacts,
            _("No mail goes to a body without an address. Choose a file, or paste the rows.") + by_officer,
        ),
        (
            "has_process",
            _("Start the first process"),
            reverse("process_new") if is_officer else reverse("office"),
            _("Nothing is sent by that, and nothing becomes public.") + by_officer,
        ),
    ]


@policy("administrator")
@require_http_methods(_METHODS)
def shipped_bodies_load(request: Visit, office_id: UUID) -> HttpResponse:
    """Put the bodies that come with the product on the list."""
    office = administered(request, office_id)
    happens = _(
        "%(count)d bodies come with the product: councils of municipalities and regions with their senior and "
        "disability councils, committees, authorities and organisations. Those that are missing are put on the "
        "list, which every office here shares. What has been renamed or ended here stays so."
    )
    return _press(
        request,
        office,
        _("Put the bodies on the list"),
        partial(load_shipped_bodies, office),
        happens=happens % {"count": len(planned_bodies())},
        undo=_("A body cannot be taken off the list; it can be renamed, or ended with a day."),
        done=_loaded,
    )


def _loaded(loaded: LoadedBodies) -> str:
    if not loaded.created and not loaded.changed:
        return _("All bodies are on the list.")
    words = {"created": loaded.created, "changed": loaded.changed}
    return _("%(created)d bodies are put on the list, %(changed)d brought up to date.") % words


@policy("administrator")
@require_http_methods(_METHODS)
def shipped_definitions_load(request: Visit, office_id: UUID) -> HttpResponse:
    """Load the definitions that come with the product for the office."""
    office = administered(request, office_id)
    titles = ", ".join(str(shipped(path.stem).title) for path in shipped_paths())
    happens = _(
        "Loaded are: %(titles)s. New processes can follow them; those under way keep the version they began with."
    )
    return _press(
        request,
        office,
        _("Load how your processes go"),
        partial(load_shipped_definitions, office),
        happens=happens % {"titles": titles},
        undo=_("A definition cannot be taken out; no process follows it unless somebody starts one."),
        done=_("The definitions are loaded."),
    )


@policy("administrator")
@require_http_methods(_METHODS)
def first_steps_put_away(request: Visit, office_id: UUID) -> HttpResponse:
    """Show the first steps on the desk no more."""
    office = administered(request, office_id)
    return _press(
        request,
        office,
        _("Put the list away"),
        partial(put_first_steps_away, office),
        happens=_("“My work” shows no link to the first steps any more, to none of the office's administrators."),
        undo=_("The page itself stays at its address; each step can be done under “The office” and “Contacts”."),
        done=_("The first steps are put away."),
        to=reverse("home"),
    )


def _press(
    request: Visit,
    office: Office,
    heading: str,
    deed: Callable[..., object],
    *,
    happens: str,
    undo: str,
    done: Told,
    to: str = "",
) -> HttpResponse:
    """A page with one press for an office's first steps."""
    back = reverse("first_steps", args=[office.public_id])
    told = Consequences(happens=(happens,), public=(_("Nothing becomes public."),), undo=(undo,))
    return form_page(
        request,
        office_frame(office, heading),
        forms.Form(request.POST if request.method == "POST" else None),
        deed,
        heading=heading,
        submit=heading,
        consequences=lambda: [told],
        done=done,
        to=to or back,
        cancel_url=back,
    )
