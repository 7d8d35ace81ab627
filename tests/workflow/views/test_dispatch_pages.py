"""The page of a dispatch: what it shows before it leaves, how it is sent, and what is said of it elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from notifications.models import OutgoingMail
from tests.workflow.agreements import decide, in_review, officer_of, request_to
from tests.workflow.views.consequences import LATER, NOW, reader_of, words_of
from tests.workflow.views.visitors import holder_of
from workflow.actions.approvals import readdress_request
from workflow.models import Dispatch, Process
from workflow.states import DispatchState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


@pytest.fixture
def prepared() -> tuple[Process, Dispatch, Client]:
    """The committee has endorsed, and the parties stand on a dispatch that nobody has looked through."""
    process = in_review(NOW)
    decide(process, "committee", NOW, stage="review")
    dispatch = Dispatch.objects.select_related("stage__process").latest("id")
    return process, dispatch, reader_of(process)


def url_of(dispatch: Dispatch, name: str = "dispatch") -> str:
    return reverse(name, args=[dispatch.stage.process.public_id, dispatch.public_id])


def pressed(client: Client, url: str, **given: str) -> Any:
    """The page is looked at, and its button pressed."""
    page: Any = client.get(url)
    given |= {"key": page.context["key"], "seen": page.context["digest"]}
    return client.post(f"{url}sendes/", given, follow=True)


def asked() -> list[str]:
    rows = OutgoingMail.objects.filter(kind="decision_request").exclude(to_address="post@committee.example")
    return sorted(rows.values_list("to_address", flat=True))


PARTIES = ["post@council-1.example", "post@council-2.example", "post@region.example"]


@time_machine.travel(LATER, tick=False)
def test_read_dispatch_shows_to_whom_which_letter_which_papers_and_by_when(
    prepared: tuple[Process, Dispatch, Client],
) -> None:
    process, dispatch, client = prepared

    page = words_of(client.get(url_of(dispatch)).content)

    for words in (*PARTIES, "fredag den 29. marts 2019 kl. 12.00", "Mailen, som", "3 mails", "Aftale"):
        assert words in page, words
    assert "Ingen er spurgt endnu" in page
    board = words_of(client.get(reverse("approvals", args=[process.public_id, dispatch.stage.public_id])).content)
    assert "Udsendelsen venter på, at du ser den igennem og sender den" in board
    assert "Ikke spurgt endnu" in board
    assert "Se udsendelsen igennem, og send den" in words_of(client.get(reverse("home")).content)
    assert asked() == []


@time_machine.travel(LATER, tick=False)
def test_write_the_letter_and_send_now_brings_it_to_each(prepared: tuple[Process, Dispatch, Client]) -> None:
    _process, dispatch, client = prepared
    written = client.post(url_of(dispatch, "dispatch_write"), {"words": "Bemærk bilag 3.", "key": "w"}, follow=True)
    assert "Bemærk bilag 3." in words_of(written.content), "in the mail that is shown"

    done = pressed(client, url_of(dispatch), when="now")

    assert "Udsendelsen er sendt" in words_of(done.content)
    assert asked() == PARTIES
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.SENT


@time_machine.travel(LATER, tick=False)
def test_send_in_the_offices_minutes_and_take_back(prepared: tuple[Process, Dispatch, Client]) -> None:
    _process, dispatch, client = prepared

    done = words_of(pressed(client, url_of(dispatch), when="soon").content)
    assert "Indtil da kan du tage den tilbage" in done
    taken = client.post(url_of(dispatch, "dispatch_recall"), {"key": "r"}, follow=True)

    assert "Ingen har fået noget" in words_of(taken.content)
    dispatch.refresh_from_db()
    assert (dispatch.state, asked()) == (DispatchState.DRAFT, [])


@time_machine.travel(LATER, tick=False)
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"when": "later"}, "Skriv det, eller vælg at sende udsendelsen tidligere"),
        ({"when": "later", "leaves_on": "15/1/2019", "leaves_clock": "8.00"}, "Det tidspunkt er passeret"),
        ({"when": "later", "leaves_on": "31/4/2019", "leaves_clock": "8.00"}, "Dag"),
        ({"when": "later", "leaves_on": "29/3/2019", "leaves_clock": "12.00"}, "svarfristen er udløbet"),
        ({}, "Hvornår sendes den?"),
    ],
)
def test_send_later_without_a_time_that_can_be_says_what_is_wrong_and_keeps_what_was_written(
    prepared: tuple[Process, Dispatch, Client], given: dict[str, str], words: str
) -> None:
    _process, dispatch, client = prepared

    answer = pressed(client, url_of(dispatch), **given)

    assert answer.status_code == 422
    assert words in words_of(answer.content)
    assert all(str(value) in answer.content.decode() for value in given.values())
    assert asked() == []


@time_machine.travel(LATER, tick=False)
def test_send_what_has_changed_since_it_was_shown_sends_nothing_and_shows_it_as_it_is(
    prepared: tuple[Process, Dispatch, Client],
) -> None:
    process, dispatch, client = prepared
    page: Any = client.get(url_of(dispatch))
    given = {"key": "k", "seen": page.context["digest"], "when": "now"}
    request = request_to(process, "region")
    readdress_request(request, email="ny@region.example", actor=officer_of(process), now=LATER)

    held = client.post(url_of(dispatch, "dispatch_send"), given)

    assert held.status_code == 422
    assert "ændret, siden du åbnede siden" in words_of(held.content)
    assert asked() == []
    again: Any = client.post(url_of(dispatch, "dispatch_send"), {**given, "seen": held.context["digest"]}, follow=True)
    assert "Udsendelsen er sendt" in words_of(again.content)
    assert "ny@region.example" in asked()


@time_machine.travel(LATER, tick=False)
def test_open_page_of_a_body_before_it_has_been_asked_is_not_found(prepared: tuple[Process, Dispatch, Client]) -> None:
    process, _dispatch, _client = prepared

    link = request_to(process, "region").link
    assert holder_of(link).get(reverse("decision_link", args=[link.public_id])).status_code == 404
