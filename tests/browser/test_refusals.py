"""Pages that turn something down, wide and narrow, in a language drawn anew each time: nothing for axe to find, nothing
sideways, one heading, "Error" in the title, and the words that were sent."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse
from playwright.sync_api import Page, Route
from pytest_django.live_server_helper import LiveServer

from tests.architecture.test_pages import faults_of
from tests.browser.conftest import NARROW, WIDE
from tests.browser.watching import sideways, violations
from tests.consultations.factories import LAUNCHED, Hearing, a_hearing
from tests.consultations.views.conftest import auditor_of, holder_of, officer_of
from workflow.links import typed_code
from workflow.models import Office

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "Sundhedskoordinationsudvalgssekretariatsbetjeningsaftaleudkast"
WORDS = f"Vi savner et afsnit om ældre.\n\n{LONG}"
OURS = "http://testserver"
TITLES = {"da": "Fejl:", "en": "Error:"}


@dataclass(frozen=True)
class Door:
    """Where refusals are met: a hearing under way, and its office."""

    hearing: Hearing

    @property
    def office(self) -> Office:
        return self.hearing.round.stage.process.office

    @property
    def suspending(self) -> str:
        return reverse("process_suspend", args=[self.hearing.process.public_id])

    def of_round(self, name: str) -> str:
        return reverse(name, args=[self.hearing.process.public_id, self.hearing.round.stage.public_id])

    def of_party(self, name: str) -> str:
        return reverse(name, args=[self.hearing.party(1).link.public_id])

    def answer(self, client: Client, **more: Any) -> HttpResponse:
        """What comes of sending an answer."""
        client.raise_request_exception = False
        sent = {"key": "k" * 32, "version": "0", "do": "send", "text": WORDS, "signed_by": "Åse Ørsted", **more}
        return client.post(self.of_party("reply_write"), sent, headers={"origin": OURS})  # type: ignore[return-value]


def _unreadable(door: Door) -> HttpResponse:
    return door.answer(holder_of(door.hearing), version="x")


def _not_for_you(door: Door) -> HttpResponse:
    return auditor_of(door.office).post(door.suspending, {"reason": WORDS, "key": "k"})  # type: ignore[return-value]


def _without_token(door: Door) -> HttpResponse:
    client = Client(enforce_csrf_checks=True)
    client.cookies = officer_of(door.office).cookies
    return client.post(door.suspending, {"reason": WORDS, "key": "k"})  # type: ignore[return-value]


def _lost_login(door: Door) -> HttpResponse:
    return Client().post(  # type: ignore[return-value]
        door.suspending, {"reason": WORDS, "key": "k"}, headers={"origin": OURS}
    )


def _lost_link(door: Door) -> HttpResponse:
    return door.answer(Client())


def _wrong_code(door: Door) -> HttpResponse:
    return door.answer(Client(), code_beside=typed_code(door.hearing.party(2).link))


def _not_here(door: Door) -> HttpResponse:
    return Client().get("/findes/ikke/")  # type: ignore[return-value]


def _only_pressed(door: Door) -> HttpResponse:
    return officer_of(door.office).get(door.of_round("round_contact_otherwise"))  # type: ignore[return-value]


def _against_a_rule(door: Door) -> HttpResponse:
    return officer_of(door.office).post(door.of_round("round_contact_otherwise"), {"key": "k"})  # type: ignore[return-value]


def _without_length(door: Door) -> HttpResponse:
    return Client().post(reverse("link_code"), {"code": "x"}, CONTENT_LENGTH="")  # type: ignore[return-value]


def _too_many_fields(door: Door) -> HttpResponse:
    client = holder_of(door.hearing)
    with override_settings(DATA_UPLOAD_MAX_NUMBER_FIELDS=20):
        return door.answer(client, **{f"odd_{number}": "x" for number in range(40)})


def _too_many_bytes(door: Door) -> HttpResponse:
    return Client().post(reverse("link_code"), {"code": "x"}, CONTENT_LENGTH=str(600 * 1024 * 1024))  # type: ignore[return-value]


def _too_many_attempts(door: Door) -> HttpResponse:
    client = Client()
    for _attempt in range(10):
        client.post(reverse("link_code"), {"code": "2222-2222-2222"})
    return client.post(reverse("link_code"), {"code": "2222-2222-2222"})  # type: ignore[return-value]


def _while_the_database_says(words: str) -> Callable[[Door], HttpResponse]:
    """Sending an answer when every question to the database ends in this error."""

    def gone(self: BaseDatabaseWrapper, *given: Any, **more: Any) -> None:
        raise OperationalError(words)

    def refuse(door: Door) -> HttpResponse:
        client, at = holder_of(door.hearing), door.of_party("reply_write")
        client.raise_request_exception = False
        with pytest.MonkeyPatch.context() as patches:
            for name in ("cursor", "ensure_connection"):
                patches.setattr(BaseDatabaseWrapper, name, gone)
            return client.post(at, {"text": WORDS, "key": "k"}, headers={"origin": OURS})  # type: ignore[return-value]

    return refuse


def _full_disk(door: Door) -> HttpResponse:
    client = holder_of(door.hearing)

    def full(*given: Any, **more: Any) -> None:
        raise OSError(28, "No space left on device")

    with pytest.MonkeyPatch.context() as patches, override_settings(FILE_UPLOAD_MAX_MEMORY_SIZE=0):
        patches.setattr(TemporaryUploadedFile, "__init__", full)
        return door.answer(client, attachments=SimpleUploadedFile("brev.txt", b"Brev\n"))


REFUSALS: dict[str, tuple[int, bool, Callable[[Door], HttpResponse]]] = {
    # name: status, whether what was written stands on the page, what is refused
    "unreadable": (400, True, _unreadable),
    "not for you": (403, True, _not_for_you),
    "without token": (403, True, _without_token),
    "lost login": (403, True, _lost_login),
    "lost link": (403, True, _lost_link),
    "wrong code": (403, True, _wrong_code),
    "not here": (404, False, _not_here),
    "only pressed": (405, False, _only_pressed),
    "without length": (411, False, _without_length),
    "too many fields": (413, True, _too_many_fields),
    "too many bytes": (413, False, _too_many_bytes),
    "too many attempts": (429, False, _too_many_attempts),
    "fault of ours": (500, True, _while_the_database_says("no such table: workflow_office")),
    "lost database": (503, True, _while_the_database_says("server closed the connection unexpectedly")),
    "full disk": (507, True, _full_disk),
    "against a rule": (409, False, _against_a_rule),
}


def troubles(page: Page) -> list[str]:
    """What is wrong with a page that turns something down, at the width it has."""
    found = violations(page)
    if wide := sideways(page):
        found.append(f"{wide} pixels too wide")
    if page.locator("h1").count() != 1:
        found.append("not one heading")
    labels = page.locator(".echo label").all_inner_texts()
    found += [f"a field is called “{label}”" for label in labels if re.fullmatch("[a-z_]+", label)]
    if empty := page.eval_on_selector_all(".error-page p", "all => all.filter(one => !one.innerText.trim()).length"):
        found.append(f"{empty} empty paragraphs")
    language = page.locator("html").get_attribute("lang") or ""
    if not page.title().strip().startswith(TITLES[language]):
        found.append(f"the title is “{page.title().strip()}”")
    return found


def giving(answer: HttpResponse) -> Callable[[Route], None]:
    """Lets a browser have the answer."""
    return lambda route: route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.content)


def test_read_every_refusal_in_a_browser_finds_it_fit_and_the_words_on_it(
    live_server: LiveServer,
    settings: Any,
    open_browser: Callable[..., Page],
) -> None:
    language = random.choice(sorted(TITLES))  # the run's seed repeats it
    settings.DEMO, settings.LANGUAGE_CODE = True, language
    faults: list[str] = []
    with time_machine.travel(LAUNCHED, tick=True):
        door, page = Door(a_hearing()), open_browser()
        address = f"{live_server.url}/afvist"
        for name, (status, has_words, refuse) in REFUSALS.items():
            refused = refuse(door)
            faults += [f"{name}: {one}" for one in faults_of(refused.content.decode())]
            if refused.status_code != status:
                faults.append(f"{name} answers {refused.status_code}")
            page.unroute_all()
            page.route(address, giving(refused))
            page.goto(address)
            for width in (WIDE, NARROW):
                page.set_viewport_size(width)  # type: ignore[arg-type]
                faults += [f"{name} at {width['width']}: {one}" for one in troubles(page)]
            if page.locator("html").get_attribute("lang") != language:
                faults.append(f"{name} is in another language")
            shown = " ".join(page.eval_on_selector_all("main textarea, main input", "all => all.map(one => one.value)"))
            if has_words and WORDS not in shown:
                faults.append(f"{name} does not give the words back")
    assert not faults, "\n".join(faults)
