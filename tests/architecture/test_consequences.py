"""Every page with an officer's press says before it who gets mail, what falls, what becomes public, what stays done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from config.url_policies import addresses, declared_policy
from notifications.models import OutgoingMail
from tests.architecture.estate import NOW, Address, Estate, an_estate
from workflow.models import AuditEntry, Membership, User
from workflow.states import Role

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.postgres]

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
SAID = ('class="consequences', "Det sker, når I trykker", "Vis, hvad der følger")
"""How a page tells it: found by a rehearsal, sentence by sentence, or by a button that shows it first."""
ON_THE_PAGE_OF = {
    "request_resend": "approval",
    "request_contact_otherwise": "approval",
    "approvals_contact_otherwise": "approvals",
    "milestone_record": "milestones",
    "journal_fetch": "process_journal",
}
"""A press without a page of its own → the page its button stands on."""
SAYS_OTHERWISE = {
    "process_resume": "is shown on a suspended process alone; tested by itself",
    "process_erasure": "sets a day of erasure: mails nobody and shows nothing",
    "job_cancel": "its button stands on the page of work under way, with what is lost; tested by itself",
    "matter_settle": "ticks off a task of the office: mails nobody",
    "contacts_import": "shows line by line what is written, and that nobody gets mail, once a list is given; tested",
    "dispatch_send": "says it as long as the dispatch has not left; tested by itself",
    "dispatch_write": "says so in its first lines: mails nobody, nothing falls, nothing becomes public",
    "dispatch_recall": "its button stands on a dispatch about to leave, with what follows; tested by itself",
    "presentation_write": "says so in its first lines: mails nobody and publishes nothing; tested by itself",
    "document_new": "writes a draft: mails nobody and publishes nothing",
    "version_new": "writes a draft: mails nobody and publishes nothing",
    "documents_arrange": "says so in its first lines: mails nobody and publishes nothing",
    "pasted_text": "tells how a pasted text reads, for the script of the field: changes nothing",
    "document_read_in": "says so in its first line: writes a draft, mails nobody and publishes nothing",
    "version_read_in": "says so in its first line: writes a draft, mails nobody and publishes nothing",
    "package_new": "makes a package that is looked at before it is sent: mails nobody",
    "office_templates": "lists what papers are made with, and does nothing",
    "template_sample": "fetches a sample, and does nothing",
    "template_file": "fetches a file, and does nothing",
    "body_contact": "keeps a contact: mails nobody",
    "substitute_end": "its button stands beside a substitute alone, with what follows; tested by itself",
    "request_meeting": "notes a day: mails nobody",
    "approvals_contact_otherwise": "its button stands there only while mail cannot reach a body",
    "request_contact_otherwise": "its button stands there only while the body is asked by mail; tested by itself",
    "addendum_on_behalf": "writes an addendum beside a decision: mails nobody and moves nothing",
    "submission_send": "its button stands there only beside a package that can be sent; tested by itself",
    "round_prepare": "writes the letter of a round that is not sent: mails nobody",
    "round_parties_many": "writes the list of a round that is not sent, as it was shown: mails nobody",
    "supplementary_new": "is shown once a consultation has closed and a newer set is locked; tested by itself",
    "party_correct": "says so in its first line: the list of a round that is not sent, mails nobody",
    "round_parties_remove": "says so in its first line: the list of a round that is not sent, mails nobody",
    "party_remove": "its button stands on the page to correct a party of a round that is not sent",
    "party_grant": "is shown for a party that asks for more time alone; tested by itself",
    "round_contact_otherwise": "stops mail to parties that none reaches: mails nobody",
    "party_contact_otherwise": "stops mail to a party that none reaches: mails nobody",
    "party_letter": "makes a letter to print: mails nobody",
    "answer_dispose": "writes what was done with remarks: mails nobody",
    "note_new": "notes what was said: mails nobody",
    "asked_calls": "notes a call: mails nobody",
    "calls": "lists whom to call, and does nothing",
    "round_summary": "sums up what was said: mails nobody",
}
"""Pages of a press without the component, each with the reason."""


@pytest.fixture(autouse=True)
def demo(settings: Any) -> Iterator[None]:
    """The demo asks for no second factor, so that a test may sign in with one."""
    settings.DEMO = True
    with time_machine.travel(NOW, tick=False):
        yield


def _an_officers_browser(estate: Estate) -> Client:
    user = User.objects.create_user("walker@example.dk", "secret-password")
    Membership.objects.create(user=user, office=estate.office, role=Role.SECRETARIAT)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _pressed() -> list[Address]:
    """The addresses at which an officer does something."""
    return [Address(name, route) for route, view, name in addresses() if declared_policy(view, name) == "secretariat"]


def _page_of(at: Address) -> Address:
    routes = {name: route for route, _view, name in addresses()}
    name = ON_THE_PAGE_OF.get(at.name, at.name)
    return Address(name, routes[name])


def test_walk_officers_pages_with_a_press_each_says_before_it_what_follows() -> None:
    estate = an_estate("sjaelland")
    client = _an_officers_browser(estate)
    mails, entries = OutgoingMail.objects.count(), AuditEntry.objects.count()
    silent = []
    for at in _pressed():
        if at.name in SAYS_OTHERWISE:
            continue
        page = _page_of(at)
        given = {name: estate.kwargs[name](page) for name in PARAMETER.findall(page.route)}
        response = client.get(reverse(page.name, kwargs=given))
        page_words = response.content.decode()
        if response.status_code != 200 or not any(words in page_words for words in SAID):
            silent.append(f"{at.name} ({response.status_code})")

    assert "; ".join(silent) == ""
    assert set(SAYS_OTHERWISE) <= {at.name for at in _pressed()}
    # Telling what a deed does does nothing.
    assert (OutgoingMail.objects.count(), AuditEntry.objects.count()) == (mails, entries)
