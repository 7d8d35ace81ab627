"""What commands are told by name: an office, a body, an account, who does the deed, a place in an office."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from notifications.rules import folded_address
from workflow.actors import SYSTEM, Actor
from workflow.models import Body, Membership, Office, User
from workflow.rules.slugs import danish_slug
from workflow.states import Role


def office_of(key: str) -> Office:
    """The office by its key; the known keys when there is none of that name."""
    office = Office.objects.filter(key=key).first()
    if office is None:
        known = ", ".join(Office.objects.order_by("key").values_list("key", flat=True)) or _("none")
        raise CommandError(_("There is no office “%(key)s”. Known: %(known)s.") % {"key": key, "known": known})
    return office


def body_of(key: str) -> Body:
    """The body by its key; those with keys like it when there is none of that name."""
    body = Body.objects.filter(key=key).first()
    if body is None:
        keys = Body.objects.order_by("key").values_list("key", flat=True)
        near = ", ".join(get_close_matches(danish_slug(key), keys, n=5)) or _("none")
        raise CommandError(_("There is no body “%(key)s”. Like it: %(near)s.") % {"key": key, "near": near})
    return body


def account_of(email: str) -> User:
    """The account by its e-mail address, in capitals or not."""
    user = User.objects.filter(email=folded_address(email)).first()
    if user is None:
        raise CommandError(_("There is no account “%(email)s”.") % {"email": email})
    return user


def add_actor(parser: CommandParser) -> None:
    """`--as EMAIL`: without it the deed is done by the system."""
    parser.add_argument("--as", dest="actor", metavar="EMAIL", help="the administrator who does it, by e-mail address")


def actor_of(email: str | None) -> Actor:
    """The account that does the deed; the system when none is named."""
    return Actor.of_user(account_of(email)) if email is not None else SYSTEM


def add_place(parser: CommandParser, *, required: bool) -> None:
    """`--role ROLE` or `--body KEY`: a role in the office, or a seat in a body as the office knows it."""
    places = parser.add_mutually_exclusive_group(required=required)
    places.add_argument("--role", choices=Role.values, help="a role in the office")
    places.add_argument("--body", metavar="KEY", help="a seat in a body, such as that of a council's own secretary")


def place_of(options: dict[str, Any]) -> Role | Body | None:
    """The place that was named, if any."""
    if options["body"]:
        return body_of(options["body"])
    return Role(options["role"]) if options["role"] else None


def place_words(place: Role | Body | Membership) -> str:
    """A place as people call it: "Administrator", or the name of the body."""
    if isinstance(place, Membership):
        return place.place
    return str(place.label if isinstance(place, Role) else place)
