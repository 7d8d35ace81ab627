"""Every address against everybody who might come to it: default deny, and nobody reaches into another office."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import NoReverseMatch, reverse

from config.url_policies import addresses, declared_policy
from tests.architecture.estate import NOW, Address, Estate, an_estate, purpose_of
from workflow.links import link_path
from workflow.models import Body, Membership, Office, User
from workflow.states import Role

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.postgres]

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>")
METHODS = ("GET", "POST")

# Library pages that ask for an account by themselves, the second step of signing in among them.
FOR_ACCOUNTS = re.compile(r"mfa_|account_(change_password|reauthenticate|logout)")
MIDWAY = "mfa_authenticate"
PRESSED_BY_OFFICERS = ("round_parties",)  # read by all who read, written by officers on the same address
CUT = "link_cut"  # the page for a link that lost its end says so with 404


@dataclass(frozen=True)
class Visitor:
    """Somebody at the door of another's estate, or of the own one."""

    name: str
    comes: Callable[[Estate, Estate], Client]


# ── Who comes ─────────────────────────────────────────────────────────────────────────────────────────────────
def signed_in(
    *, office: Office | None = None, role: str = "", body: Body | None = None, is_superuser: bool = False
) -> Client:
    """A browser with an account of that role in the office; of no office when none is given."""
    user = User.objects.create_user(f"somebody-{User.objects.count()}@example.dk", "secret-password")
    user.is_staff = user.is_superuser = is_superuser
    user.save(update_fields=["is_staff", "is_superuser"])
    if office is not None:
        Membership.objects.create(user=user, office=office, role=role, body=body)
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def holding(estate: Estate) -> Client:
    """A browser in which every kind of link of the estate has been started."""
    client = Client(raise_request_exception=False)
    for link in estate.links.values():
        assert client.post(link_path(link)).status_code == 302
    return client


VISITORS = (
    Visitor("nobody known", lambda own, other: Client(raise_request_exception=False)),
    Visitor("holder", lambda own, other: holding(own)),
    Visitor("holder of another's links", lambda own, other: holding(other)),
    Visitor("account without office", lambda own, other: signed_in()),
    Visitor("officer", lambda own, other: signed_in(office=own.office, role=Role.SECRETARIAT)),
    Visitor("officer of another office", lambda own, other: signed_in(office=other.office, role=Role.SECRETARIAT)),
    Visitor("auditor", lambda own, other: signed_in(office=own.office, role=Role.AUDITOR)),
    Visitor("auditor of another office", lambda own, other: signed_in(office=other.office, role=Role.AUDITOR)),
    Visitor("administrator", lambda own, other: signed_in(office=own.office, role=Role.ADMIN, is_superuser=True)),
    Visitor(
        "administrator of another office",
        lambda own, other: signed_in(office=other.office, role=Role.ADMIN, is_superuser=True),
    ),
    Visitor("member", lambda own, other: signed_in(office=own.office, body=own.council)),
    Visitor(
        "member of another body",
        lambda own, other: signed_in(office=own.office, body=Body.objects.get(key="council-2")),
    ),
    Visitor("member by another office", lambda own, other: signed_in(office=other.office, body=own.council)),
)
BY_NAME = {visitor.name: visitor for visitor in VISITORS}
AT_THE_ADMIN = ("nobody known", "officer", "administrator")  # the others try its first page only
WITHOUT_ACCOUNT = ("nobody known", "holder", "holder of another's links")
WITH_ACCOUNT = tuple(visitor.name for visitor in VISITORS if visitor.name not in WITHOUT_ACCOUNT)

# ── What should come of it ────────────────────────────────────────────────────────────────────────────────────
# in: shown, done, or answered with a reason. sign-in: led to it. no: 403. hidden: 404, as if it did not exist.
# look: shown, and a press is refused (405).
ENTRY: dict[str, dict[str, str]] = {
    "link_holder": {"holder": "in"},
    "secretariat": {"officer": "in", "officer of another office": "hidden"},
    "auditor": {
        "officer": "look",
        "auditor": "look",
        "administrator": "look",
        "officer of another office": "hidden",
        "auditor of another office": "hidden",
        "administrator of another office": "hidden",
    },
    "administrator": {"administrator": "in", "administrator of another office": "hidden"},
    "signed_in": dict.fromkeys(WITH_ACCOUNT, "look"),
    "body_member": {"member": "in", "member of another body": "hidden", "member by another office": "hidden"},
}


def expected(policy: str, visitor: str, at: Address) -> str:
    """What should come of this visitor at an address of this policy."""
    if policy == "webhook":
        return "turned away"
    if policy == "anonymous":
        # No demo has been played, so there is no door to go in by; and no sign-in provider is named.
        if at.name in (CUT, "demo_door", "openid_start", "openid_callback"):
            return "hidden"
        wants_account = FOR_ACCOUNTS.match(at.name) and (visitor in WITHOUT_ACCOUNT or at.name == MIDWAY)
        if wants_account:
            return "in or sign-in"
        return "in or hidden" if at.name.startswith("mfa_") else "in"  # hidden: there is no second step to look at yet
    if policy == "admin":
        is_addition = at.name.endswith("_add")
        admitted = "no" if is_addition else "in or no"
        return "sign-in" if visitor in WITHOUT_ACCOUNT else admitted if "administrator" in visitor else "no"
    if policy == "link_holder":
        return ENTRY[policy].get(visitor, "no")
    if visitor in WITHOUT_ACCOUNT:
        return "sign-in"
    verdict = ENTRY[policy].get(visitor, "no")
    if verdict == "hidden" and "<" not in at.route:  # a page of my own offices: it shows theirs, never another's
        return "look" if policy == "auditor" else "in"
    return verdict


def outcome(response: HttpResponseBase) -> str:
    """What came of it, in the words of `expected`."""
    status = response.status_code
    if status >= 500:
        return f"broke ({status})"
    if status == 302:
        return "sign-in" if "/login/" in response["Location"] else "in"
    return {403: "no", 404: "hidden", 405: "refused press"}.get(status, "in")


def agrees(wanted: str, got: str, method: str, at: Address, visitor: str) -> bool:
    """Whether what came of it is what should."""
    if at.name in PRESSED_BY_OFFICERS and method == "POST" and wanted == "look":
        return got == ("in" if visitor == "officer" else "no")
    if wanted == "turned away":
        return got in ("no", "hidden", "refused press") or (method == "GET" and got == "in")
    if wanted == "look":
        return got == ("in" if method == "GET" else "refused press")
    if wanted == "hidden":
        return got == "hidden" or got == "refused press"
    if wanted == "sign-in" and method == "POST" and got == "no":  # the login has run out: the words are shown again
        return visitor in WITHOUT_ACCOUNT
    return got in wanted.split(" or ") or (got == "refused press" and wanted.startswith("in"))


# ── The walk ──────────────────────────────────────────────────────────────────────────────────────────────────
def parameters(at: Address) -> list[str]:
    """The names in an address, in their order."""
    return [one or other for one, other in PARAMETER.findall(at.route)]


def url_of(at: Address, estate: Estate, inside: Estate | None = None) -> str:
    """The address with the estate's objects in it; `inside` gives every object but the outermost.

    A name nobody has an object for is an error that says what to add.
    """
    names = parameters(at)
    unknown = [name for name in names if name not in estate.kwargs]
    if unknown:
        raise LookupError(
            f"“{at.name}” ({at.route}) has {', '.join(unknown)} in its address, and the walk has no such object: "
            "add it to `kwargs` in tests/architecture/estate.py."
        )
    given = {name: (inside if inside and n else estate).kwargs[name](at) for n, name in enumerate(names)}
    try:
        return reverse(at.name, kwargs=given)
    except NoReverseMatch as error:
        raise LookupError(
            f"“{at.name}” ({at.route}) cannot be written with {given}: give it a name of its own."
        ) from error


def walked() -> Iterator[tuple[Address, str]]:
    """Every address that takes part, with its policy. The admin's pages of single rows are closed in one place."""
    for route, view, name in addresses():
        at = Address(name, route)
        policy = declared_policy(view, name)
        assert policy is not None, f"“{name}” ({route}) declares no policy"
        if policy != "admin" or not parameters(at):
            yield at, policy


def press(client: Client, method: str, url: str) -> HttpResponseBase:
    """Come to an address; whatever was done there is undone, also in the browser."""
    cookies = copy(client.cookies)
    with transaction.atomic():
        response: Any = getattr(client, method.lower())(url, {} if method == "POST" else None)
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    client.cookies = cookies
    return response


@pytest.fixture(autouse=True)
def demo(settings: Any) -> Iterator[None]:
    """The demo asks for no second factor, so that a test may sign in with one."""
    settings.DEMO = True
    with time_machine.travel(NOW, tick=False):
        yield


def test_walk_addresses_as_anybody_opens_only_what_the_policy_admits() -> None:
    own, other = an_estate("oest"), an_estate("vest")
    doors = [(at, policy, url_of(at, own)) for at, policy in walked()]
    wrong = []

    for visitor in VISITORS:
        client = visitor.comes(own, other)
        for at, policy, url in doors:
            if policy == "admin" and visitor.name not in AT_THE_ADMIN and at.name != "admin:index":
                continue
            wanted = expected(policy, visitor.name, at)
            for method in METHODS:
                got = outcome(press(client, method, url))
                if not agrees(wanted, got, method, at, visitor.name):
                    wrong.append(f"{method} {at.name} ({policy}) as {visitor.name}: wanted {wanted}, got {got}")

    assert not wrong, "\n" + "\n".join(wrong)


OF_SHARED_BODIES = ("body", "body_change", "body_end")
"""Pages of a body within an office: all offices share the bodies."""
INSIDE = {
    "officer": ("auditor", "secretariat"),
    "auditor": ("auditor",),
    "holder": ("link_holder",),
    "member": ("body_member",),
    "administrator": ("administrator",),
}


def test_walk_addresses_with_anothers_objects_inside_ones_own_finds_nothing() -> None:
    own, other = an_estate("oest"), an_estate("vest")
    wrong = []

    for name, policies in INSIDE.items():
        client = BY_NAME[name].comes(own, other)
        tried = 0
        for at, policy in walked():
            strange = [
                parameter
                for parameter in parameters(at)[1:]
                if parameter not in ("gate_key", "number", "fact", "thing", "ending", "paper")
            ]
            if policy not in policies or not strange or at.name in OF_SHARED_BODIES:
                continue
            for method in METHODS:
                tried += 1
                got = outcome(press(client, method, url_of(at, own, inside=other)))
                if got not in ("hidden", "refused press", "no"):
                    wrong.append(f"{method} {at.name} as {name}: got {got}")
        assert tried, name

    assert not wrong, "\n" + "\n".join(wrong)


def test_walk_address_with_a_name_nobody_has_an_object_for_says_what_to_add() -> None:
    estate = an_estate("oest")

    with pytest.raises(LookupError, match=r"hearing_id.*tests/architecture/estate\.py"):
        url_of(Address("round", "hoeringer/<uuid:hearing_id>/"), estate)
    with pytest.raises(LookupError, match="purpose_of"):
        purpose_of("complaint")


def test_count_policies_every_one_has_its_expectations() -> None:
    from workflow.policies import POLICIES

    used = {policy for _at, policy in walked()}

    assert used <= POLICIES
    assert used <= {*ENTRY, "anonymous", "admin", "webhook"}, "say in ENTRY who may come to the new policy"
