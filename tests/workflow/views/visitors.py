"""Who comes to a page in the tests: a browser signed in, or one that holds a personal link."""

from __future__ import annotations

from typing import Any

from django.test import Client

from workflow.links import link_path
from workflow.models import Body, Membership, Office, PersonalLink, User
from workflow.queries.approvals import request_of_link
from workflow.states import Role


def signed_in(user: User) -> Client:
    """The account's browser. Ask for the `demo` fixture too: it asks for no second factor."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def holder_of(link: PersonalLink) -> Client:
    """A browser in which the start button of the link was pressed."""
    client = Client()
    assert client.post(link_path(link)).status_code == 302
    return client


def an_auditor(office: Office) -> User:
    """An account that may read the office's record and change nothing."""
    user = User.objects.create_user("auditor@example.dk", "secret-password", name="Anna Auditor")
    Membership.objects.create(user=user, office=office, role=Role.AUDITOR)
    return user


def a_member(office: Office, body: Body, email: str = "member@example.dk") -> User:
    """An account that is a member of a body as the office knows it."""
    user = User.objects.create_user(email, "secret-password", name="Mette Medlem")
    Membership.objects.create(user=user, office=office, body=body)
    return user


def a_decision(link: PersonalLink, **changes: Any) -> dict[str, Any]:
    """What a council secretary fills in on the page of the link."""
    bundle = request_of_link(link).bundle
    values = {
        "bundle": bundle.sha256 if bundle else "",
        "outcome": "approved",
        "basis": "council_meeting",
        "meeting_on": "28/02/2019",
        "agenda_item": "7",
        "text": "Byrådet godkendte indstillingen.",
        "signer_name": "Bodil Holm",
        "signer_position": "byrådssekretær",
        "confirmed": "on",
        "key": "k1",
        **no_minority(),
    }
    return {**values, **changes}


def no_minority(rows: int = 1) -> dict[str, str]:
    """The counters that go with the rows for minority statements."""
    return {"minority-TOTAL_FORMS": str(rows), "minority-INITIAL_FORMS": "0"}
