"""The mail log: searched by recipient and subject, each mail opened, all of it within one's own offices."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications import outbox
from notifications.models import MailEvent, OutgoingMail
from notifications.states import EventKind, MailState
from tests.workflow.agreements import in_approval, request_to
from tests.workflow.factories import an_office, an_officer
from tests.workflow.views.visitors import signed_in
from workflow.models import Process

NOW = datetime(2019, 1, 15, 9, 0, tzinfo=UTC)
TEXT = "Kære byråd.\n\nTag stilling til aftalen: [personal link]"

pytestmark = pytest.mark.django_db


@pytest.fixture
def process(demo: None) -> Process:
    """A process whose question to the first council was sent, under a subject of its own."""
    found = in_approval(NOW)
    OutgoingMail.objects.filter(pk=mail_to(found, "council-1").pk).update(
        state=MailState.SENT,
        sent_at=NOW,
        subject_sent="Godkend sundhedsaftalen",
        text_sent=TEXT,
        to_name="Byrådet i Ærøskøbing",
        to_address="byraad@example.dk",
    )
    return found


def mail_to(process: Process, body: str) -> OutgoingMail:
    return OutgoingMail.objects.filter(subject_id=request_to(process, body).public_id).latest("id")


def officer_of(process: Process) -> Client:
    return signed_in(an_officer(process.office, email="own@example.dk"))


@pytest.mark.parametrize("words", ["ærøskøbing", "Byraad@example.dk", "sundhedsaftalen"])
@pytest.mark.parametrize("at", ["mail_log", "process_mails"])
def test_search_mails_by_recipient_or_subject_lists_those_alone(process: Process, at: str, words: str) -> None:
    if connection.vendor == "sqlite":
        words = words.replace("ærø", "Ærø")  # SQLite folds the case of ASCII alone
    url = reverse(at, args=[process.public_id] if at == "process_mails" else [])
    other = mail_to(process, "council-2")

    page = officer_of(process).get(url, {"q": words}).content.decode()

    assert reverse("mail", args=[mail_to(process, "council-1").public_id]) in page
    assert reverse("mail", args=[other.public_id]) not in page
    assert f'value="{words}"' in page


def test_search_mails_for_what_no_mail_says_says_so(process: Process) -> None:
    page = officer_of(process).get("/post/", {"q": "findes ikke"}).content.decode()

    assert "Ingen mail passer til søgningen" in page


def test_list_mails_that_still_need_somebody_leaves_out_the_others(process: Process) -> None:
    OutgoingMail.objects.filter(pk=mail_to(process, "council-1").pk).update(bounced_at=NOW)
    client = officer_of(process)
    url = reverse("mail", args=[mail_to(process, "council-1").public_id])

    for chosen in ("1", "open"):
        for log in ("/post/", reverse("process_mails", args=[process.public_id])):
            page = client.get(log, {"undelivered": chosen}).content.decode()
            assert url in page
            assert reverse("mail", args=[mail_to(process, "council-2").public_id]) not in page


def test_search_mails_costs_the_same_for_one_and_for_many(process: Process) -> None:
    client = officer_of(process)
    client.get("/post/")
    costs = []
    for words in ("sundhedsaftalen", ""):
        with CaptureQueriesContext(connection) as queries:
            client.get("/post/", {"q": words})
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_read_mail_shows_what_was_written_to_whom_and_what_the_server_said(process: Process) -> None:
    mail = mail_to(process, "council-1")
    OutgoingMail.objects.filter(pk=mail.pk).update(bounced_at=NOW, last_error="550 5.1.1 ukendt modtager")
    MailEvent.objects.create(
        mail=mail,
        kind=EventKind.BOUNCED,
        key="b1",
        detail="mailboxen findes ikke",
        occurred_at=NOW + timedelta(hours=1),
        recorded_at=NOW + timedelta(hours=1),
    )

    page = officer_of(process).get(reverse("mail", args=[mail.public_id])).content.decode()

    for words in (
        "Godkend sundhedsaftalen",
        "Tag stilling til aftalen: [personligt link]",
        "Byrådet i Ærøskøbing",
        "byraad@example.dk",
        "Kommet retur",
        "550 5.1.1 ukendt modtager",
        "mailboxen findes ikke",
        "tirsdag den 15. januar 2019 kl. 10.00",
    ):
        assert words in page, words
    assert reverse("process_mails", args=[process.public_id]) in page


def test_read_mail_that_waits_says_that_it_is_not_written_yet(process: Process) -> None:
    page = officer_of(process).get(reverse("mail", args=[mail_to(process, "council-2").public_id])).content.decode()

    assert "Teksten skrives, når mailen sendes" in page


def test_read_mail_that_was_erased_says_so_and_shows_nothing_of_it(process: Process) -> None:
    mail = mail_to(process, "council-1")
    outbox.erase([mail.subject_id], now=NOW)

    page = officer_of(process).get(reverse("mail", args=[mail.public_id])).content.decode()

    assert "Mailen er slettet" in page
    assert "Ærøskøbing" not in page
    assert "Tag stilling" not in page


def test_read_and_search_mails_of_another_office_finds_nothing(process: Process) -> None:
    stranger = signed_in(an_officer(an_office("midtjylland"), email="stranger@example.dk"))
    url = reverse("mail", args=[mail_to(process, "council-1").public_id])

    assert stranger.get(url).status_code == 404
    assert url not in stranger.get("/post/", {"q": "sundhedsaftalen"}).content.decode()


def test_read_pages_of_mails_call_the_page_and_the_thing_by_their_words(process: Process) -> None:
    page = officer_of(process).get(reverse("process_mails", args=[process.public_id])).content.decode()

    assert "<h2>Sendte mails</h2>" in page
    assert 'data-title="Emne"' in page
    assert ">Post<" not in page.replace(" ", "").replace("\n", "")
