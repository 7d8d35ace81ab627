"""The people of an office: invited, given places, closed and let in again, by the administrator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from workflow.actions.accounts import (
    close_account,
    invite_person,
    renew_sign_in,
    reopen_account,
    send_password_link,
    take_place_back,
)
from workflow.actions.offices import grant_role, grant_seat
from workflow.dates import short_date
from workflow.forms.people import DatedPlaceForm, InvitationForm
from workflow.mails.accounts import DAYS_TO_CHOOSE
from workflow.models import Body, Membership, Office, User
from workflow.policies import policy
from workflow.queries.people_of_office import Person, people_of
from workflow.views.access import Visit
from workflow.views.consequences import Consequences
from workflow.views.deeds import form_page, press_of
from workflow.views.offices import administered, office_frame


@policy("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def person_invite(request: Visit, office_id: UUID) -> HttpResponse:
    """Give a person a place in the office and tell them by mail."""
    office = administered(request, office_id)
    form = InvitationForm(request.POST or None, initial={"language": office.language})
    heading = _("Invite a person")
    told = Consequences(
        happens=(
            _("The person gets an account, if they have none, and the place you choose."),
            _("An office's people set up two-step sign-in the first time they come."),
        ),
        mails=(
            _(
                "One mail to the person, which leaves at once: with a link to choose a password; to somebody who has "
                "an account already, that they have the place."
            ),
        ),
        public=(_("Nothing becomes public."),),
        undo=(_("The place can be taken back, and the account closed."),),
    )
    return form_page(
        request,
        {**office_frame(office, heading), "office": office},
        form,
        partial(invite_person, office),
        facts=form.facts,
        heading=heading,
        submit=_("Invite the person"),
        consequences=lambda: [told],
        done=lambda user: _("%(name)s is invited; the mail is on its way.") % {"name": user},
        to=lambda user: reverse("person", args=[office.public_id, user.public_id]),
        cancel_url=reverse("office"),
    )


@policy("administrator")
@require_safe
def person(request: Visit, office_id: UUID, user_id: UUID) -> HttpResponse:
    """One person of the office: account, places, and what an administrator can do."""
    office, one = _person(request, office_id, user_id)
    at = [office.public_id, one.user.public_id]
    linked = _("Linked") if one.is_linked else _("Not linked yet; the first sign-in there does it")
    context = {
        **office_frame(office, str(one.user)),
        "heading": str(one.user),
        "office": office,
        "person": one,
        "rows": [
            {"label": _("E-mail"), "value": one.user.email},
            {"label": _("Account"), "value": state_of(one)},
            {"label": _("Two-step sign-in"), "value": _("On") if one.has_second_factor else _("Off")},
            *([{"label": _("Sign-in provider"), "value": linked}] if settings.OIDC_IS_ON else []),
            {"label": _("Last signed in"), "value": short_date(one.user.last_login) if one.user.last_login else ""},
        ],
        "places": {
            "columns": [{"label": _("Place")}, {"label": _("Days")}, {"label": ""}],
            "rows": [
                {
                    "cells": [
                        {"text": row.place},
                        {"text": days_of(row), "badge": "" if holds else _("Not today"), "tone": "warning"},
                        {
                            "actions": [
                                {
                                    "label": _("Take the place back"),
                                    "url": reverse("place_revoke", args=[*at, row.public_id]),
                                }
                            ]
                        },
                    ]
                }
                for row, holds in one.places
            ],
        },
        "deeds": _deeds(one, at),
    }
    return render(request, "workflow/person.html", context)


def _deeds(one: Person, at: Sequence[UUID]) -> list[dict[str, str]]:
    if not one.user.is_active:
        return [{"label": _("Reopen the account"), "url": reverse("person_reopen", args=at)}]
    return [
        {"label": _("Give another place"), "url": reverse("place_grant", args=at)},
        {"label": _("Send a link to a new password"), "url": reverse("person_password", args=at)},
        {"label": _("Reset the sign-in"), "url": reverse("person_renew", args=at)},
        {"label": _("Close the account"), "url": reverse("person_close", args=at)},
    ]


@policy("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def place_grant(request: Visit, office_id: UUID, user_id: UUID) -> HttpResponse:
    """Give a person one more place, or other days for one they have."""
    office, one = _person(request, office_id, user_id)
    form = DatedPlaceForm(request.POST or None)
    heading = _("Give %(name)s a place") % {"name": one.user}

    def grant() -> Membership:
        place, days = form.chosen(), {key: form.cleaned_data[key] for key in ("valid_from", "valid_to")}
        if isinstance(place, Body):
            return grant_seat(one.user, office, place, **days, **press_of(request))
        return grant_role(one.user, office, place, **days, **press_of(request))

    return _press(
        request,
        (office, one),
        form,
        lambda **_given: grant(),
        heading=heading,
        submit=_("Give the place"),
        happens=(_("The place holds between the days you give; a place they have already gets these days."),),
        done=_("%(name)s has the place.") % {"name": one.user},
        undo=_("The place can be taken back."),
    )


@policy("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def place_revoke(request: Visit, office_id: UUID, user_id: UUID, place_id: UUID) -> HttpResponse:
    """Take a place of a person back."""
    if request.method == "POST" and not Membership.objects.filter(public_id=place_id).exists():
        # Pressed twice: the first press has taken it.
        administered(request, office_id)
        return redirect("office")
    office, one = _person(request, office_id, user_id)
    places = Membership.objects.filter(office=office, user=one.user).select_related("user", "office", "body")
    membership = get_object_or_404(places, public_id=place_id)
    words = {"place": membership.place, "name": one.user}
    return _press(
        request,
        (office, one),
        _no_fields(request),
        partial(take_place_back, membership),
        heading=_("Take back: %(place)s") % words,
        submit=_("Take the place back"),
        happens=(_("%(name)s can do nothing more as %(place)s. What they have done stays.") % words,),
        done=_("The place is taken back."),
        undo=_("The place can be given again."),
        to=reverse("office"),
    )


@policy("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def person_close(request: Visit, office_id: UUID, user_id: UUID) -> HttpResponse:
    """Close the account of a person who has left."""
    at = _person(request, office_id, user_id)
    return _press(
        request,
        at,
        _no_fields(request),
        partial(close_account, at[1].user),
        heading=_("Close the account of %(name)s") % {"name": at[1].user},
        submit=_("Close the account"),
        happens=(
            _("The person can no longer sign in, and is out at once where they are signed in."),
            _("Their name and what they have done stay in the record."),
        ),
        done=_("The account is closed."),
        undo=_("The account can be reopened."),
    )


@policy("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def person_reopen(request: Visit, office_id: UUID, user_id: UUID) -> HttpResponse:
    """Let a person in again whose account was closed."""
    at = _person(request, office_id, user_id)
    return _press(
        request,
        at,
        _no_fields(request),
        partial(reopen_account, at[1].user),
        heading=_("Reopen the account of %(name)s") % {"name": at[1].user},
        submit=_("Reopen the account"),
        happens=(_("The person can sign in again with the password of before, in the places that are still theirs."),),
        done=_("The account is open again."),
        undo=_("The account can be closed again."),
    )


@policy("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def person_password(request: Visit, office_id: UUID, user_id: UUID) -> HttpResponse:
    """Mail a person a link to choose a new password."""
    office, one = at = _person(request, office_id, user_id)
    return _press(
        request,
        at,
        _no_fields(request),
        partial(send_password_link, one.user, office),
        heading=_("Send %(name)s a link to a new password") % {"name": one.user},
        submit=_("Send the link"),
        happens=(
            _("No password is chosen yet; the link in the first mail stays good too.")
            if one.is_invited
            else _("The password they have works until they choose a new one. The second step stays as it is."),
        ),
        mails=(_("One mail with the link, to %(address)s; it leaves at once.") % {"address": one.user.email},),
        done=_("The link is on its way."),
        undo=_("The mail cannot be called back. The link works once, and for %(days)d days.")
        % {"days": DAYS_TO_CHOOSE},
    )


@policy("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def person_renew(request: Visit, office_id: UUID, user_id: UUID) -> HttpResponse:
    """Let neither the password nor the second step of a person work any more, and mail a link to new ones."""
    office, one = at = _person(request, office_id, user_id)
    return _press(
        request,
        at,
        _no_fields(request),
        partial(renew_sign_in, one.user, office),
        heading=_("Reset the sign-in of %(name)s") % {"name": one.user},
        submit=_("Reset the sign-in"),
        happens=(
            _("The password and the second step stop working at once, and whoever is signed in is out."),
            _("The person chooses a new password by the link and sets up the second step anew."),
            *([_("At the sign-in provider the account is linked anew at the next sign-in.")] if one.is_linked else []),
        ),
        mails=(_("One mail with the link, to %(address)s; it leaves at once.") % {"address": one.user.email},),
        done=_("The sign-in is reset; the link is on its way."),
        undo=_("It cannot be undone; it stands in the record."),
    )


def _no_fields(request: Visit) -> forms.Form:
    """The form of a deed that asks nothing."""
    return forms.Form(request.POST if request.method == "POST" else None)


def _press(
    request: Visit,
    at: tuple[Office, Person],
    form: forms.Form,
    deed: Callable[..., object],
    *,
    heading: str,
    submit: str,
    happens: tuple[str, ...],
    done: str,
    undo: str,
    mails: tuple[str, ...] = (),
    to: str = "",
) -> HttpResponse:
    """The page of one deed to a person."""
    office, one = at
    back = reverse("person", args=[office.public_id, one.user.public_id])
    told = Consequences(happens=happens, mails=mails, public=(_("Nothing becomes public."),), undo=(undo,))
    return form_page(
        request,
        {**office_frame(office, heading), "office": office},
        form,
        deed,
        heading=heading,
        submit=submit,
        consequences=lambda: [told],
        done=done,
        facts=dict,
        to=to or back,
        cancel_url=back,
    )


def _person(request: Visit, office_id: UUID, user_id: UUID) -> tuple[Office, Person]:
    """The office and one of its people. Raises `Http404` for anybody else's."""
    office = administered(request, office_id)
    people = people_of(office, request.now, get_object_or_404(User, public_id=user_id))
    if not people:
        raise Http404
    return office, people[0]


def state_of(one: Person) -> str:
    """How an account stands, in a word or two."""
    if not one.user.is_active:
        return _("Closed")
    return _("Has not chosen a password yet") if one.is_invited else _("Open")


def days_of(row: Membership) -> str:
    """Between which days a place holds; "" where it holds for good."""
    words = [
        _("from %(day)s") % {"day": short_date(row.valid_from)} if row.valid_from else "",
        _("until %(day)s") % {"day": short_date(row.valid_to)} if row.valid_to else "",
    ]
    return " ".join(filter(None, words))
