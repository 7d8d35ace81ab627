"""The office's page of publication and everyone's page: people, a journey from press to taking back, what they cost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.workflow.agreements import a_file, a_locked_bundle, decide, in_approval, in_review, officer_of
from tests.workflow.factories import an_office, an_officer, make_public, stage_of
from tests.workflow.views.visitors import a_member
from workflow.actions.approvals import add_addendum
from workflow.actions.bundles import BundleEntry, lock_documents
from workflow.actions.documents import add_version
from workflow.actions.publication import publish, withdraw_publication
from workflow.actions.putting_forward import put_forward
from workflow.models import BundleItem, Decision, Membership, Office, Process, PublishedItem, User
from workflow.queries.publication import live_items
from workflow.states import ChangeKind, Outcome, PublicThing, Role

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

NOW = datetime(2019, 1, 15, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
IN_FILE = b"Aftalen som fil\n"


@pytest.fixture(autouse=True)
def demo(settings: Any, tmp_path: Any) -> Iterator[None]:
    """The demo asks for no second factor, so that a test may sign in with one; refusals are read in English."""
    settings.DEMO = True
    settings.MEDIA_ROOT = tmp_path
    settings.LANGUAGE_CODE = "en"
    with time_machine.travel(LATER, tick=False):
        yield


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def an_officers_browser(office: Office) -> Client:
    return signed_in(an_officer(office, f"browser-{User.objects.count()}@example.dk"))


def with_a_file(process: Process, words: str = "Den endelige tekst.") -> Process:
    """A further set put forward, its document with a file; decisions stand."""
    officer = officer_of(process)
    stored = a_file(process.office, NOW, "aftale.txt", IN_FILE)
    version = add_version(
        process.documents.get(), markdown=f"# 1 Mål\n\n{words}\n", file=stored, actor=officer, now=NOW
    )
    change = ChangeKind.EDITORIAL
    bundle = lock_documents(
        process,
        [BundleEntry(version, "agreement")],
        change=change,
        note="Ny",
        weighty_reason="Aftalt",
        actor=officer,
        now=NOW,
    )
    put_forward(bundle, reason="Klar", change=change, weighty_reason="Aftalt", actor=officer, now=NOW)
    return process


def newest_text(process: Process) -> UUID:
    return UUID(str(BundleItem.objects.filter(bundle__process=process).latest("id").public_id))


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def public_page(process: Process) -> Any:
    return Client().get(reverse("process_public", args=[process.public_id]))


# ── Who may come ──────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("who", "read", "press"),
    [("officer", 200, 302), ("auditor", 200, 403), ("member", 403, 403), ("stranger", 404, 404), ("nobody", 302, 403)],
)
def test_come_to_the_page_of_publication_each_is_let_in_or_turned_away(who: str, read: int, press: int) -> None:
    process = make_public(in_approval(NOW), NOW)
    client = {
        "officer": lambda: an_officers_browser(process.office),
        "auditor": lambda: signed_in(an_auditor(process.office)),
        "member": lambda: signed_in(a_member(process.office, decide(process, "council-1", NOW).body)),
        "stranger": lambda: an_officers_browser(an_office("midtjylland")),
        "nobody": Client,
    }[who]()
    page = reverse("publication", args=[process.public_id])
    deed = reverse("publication_publish", args=[process.public_id, "dates"])

    assert client.get(page).status_code == read
    assert client.post(deed, {"items": str(process.public_id), "key": "one"}).status_code == press
    assert live_items(process).filter(kind=PublicThing.DATES).exists() == (who == "officer")


def an_auditor(office: Office) -> User:
    user = User.objects.create_user("auditor@example.dk", "secret-password", name="Anna Auditor")
    Membership.objects.create(user=user, office=office, role=Role.AUDITOR)
    return user


def test_read_page_of_publication_as_auditor_offers_no_press() -> None:
    process = make_public(in_approval(NOW), NOW)

    page = signed_in(an_auditor(process.office)).get(reverse("publication", args=[process.public_id])).content.decode()

    assert "Everyone can see it since" in page
    assert "Make public …" not in page
    assert "Take back …" not in page


# ── From press to taking back ─────────────────────────────────────────────────────────────────────────────────
def test_publish_a_text_by_page_everyone_reads_it_and_fetches_its_file_until_it_is_taken_back() -> None:
    process = make_public(with_a_file(in_review(NOW)), NOW)
    client, visitor = an_officers_browser(process.office), Client()
    page = reverse("publication", args=[process.public_id])
    assert "Den endelige tekst." not in words(public_page(process))

    # the press is found on the page, and shows what becomes public before it is pressed
    ask = re.findall(r'href="([^"]*offentliggoerelse/text/\?kun=[^"]*)"', client.get(page).content.decode())
    assert len(ask) == 2, "one for each set"
    before = words(client.get(ask[0]))
    assert "Den endelige tekst." in before
    assert "aftale.txt" in before
    assert "Nobody gets a mail." in before
    assert not live_items(process).filter(kind=PublicThing.TEXT).exists()
    form = {"items": str(newest_text(process)), "reason": "Endelig tekst", "key": "press"}
    assert client.post(ask[0], form).status_code == 302

    # everyone reads it with its version and reason, and fetches the file
    shown = words(public_page(process))
    assert "Endelig tekst" in shown
    assert "Version 2" in shown
    assert "public since 18 January 2019" in shown
    (text,) = re.findall(r'href="(/offentligt/[^"]+/dokumenter/[^/"]+/)"', shown)
    assert "Den endelige tekst." in words(visitor.get(text))
    file = visitor.get(text + "fil/")
    assert b"".join(file.streaming_content) == IN_FILE  # type: ignore[attr-defined]
    assert 'filename="aftale.txt"' in file["Content-Disposition"]
    assert "Olga Officer pressed." in words(client.get(page))

    # and it is gone again, with a note that names neither title nor reason
    item = live_items(process).get(kind=PublicThing.TEXT)
    back = reverse("publication_withdraw", args=[process.public_id, item.public_id])
    assert "The page says what kind of thing was taken back" in words(client.get(back))
    assert client.post(back, {"reason": "Forkert fil, nævner en borger", "key": "back"}).status_code == 302
    gone = words(public_page(process))
    assert "Documents: 1, public from 18 January 2019, taken back on 18 January 2019." in gone
    assert "Endelig tekst" not in gone
    assert "nævner en borger" not in gone
    taken_back = visitor.get(text)
    assert taken_back.status_code == 410
    assert "was taken back on 18 January 2019" in words(taken_back)
    assert "Endelig tekst" not in words(taken_back)
    assert visitor.get(text + "fil/").status_code == 404
    assert "Forkert fil, nævner en borger" in words(client.get(page)), "the office sees why"


def test_make_process_public_by_page_and_take_it_back_opens_and_shuts_its_page() -> None:
    process = in_review(NOW)
    client = an_officers_browser(process.office)
    assert public_page(process).status_code == 404
    deed = reverse("publication_publish", args=[process.public_id, "path"])
    before = words(client.get(deed))
    assert "As everyone will see it" in before
    assert "Committee" in before, "the stages as they will be shown"

    assert client.post(deed, {"items": str(process.public_id), "key": "open"}).status_code == 302

    assert process.title in words(public_page(process))
    assert process.title in words(Client().get("/"))
    item = live_items(process).get()
    back = reverse("publication_withdraw", args=[process.public_id, item.public_id])
    client.post(back, {"reason": "Åbnet ved en fejl", "key": "shut"})
    assert public_page(process).status_code == 404
    assert process.title not in words(Client().get("/"))


def test_publish_what_a_colleague_has_published_meanwhile_says_so_in_the_form() -> None:
    process = make_public(in_review(NOW), NOW)
    client = an_officers_browser(process.office)
    address = reverse("publication_publish", args=[process.public_id, "dates"])
    publish(process, PublicThing.DATES, [process.public_id], actor=officer_of(process), now=LATER)

    response = client.post(address, {"items": str(process.public_id), "key": "late"})

    assert response.status_code == 422
    assert "is public already" in words(response)


def test_publish_by_the_same_press_twice_is_one_deed_and_no_refusal() -> None:
    process = make_public(in_review(NOW), NOW)
    client = an_officers_browser(process.office)
    address = reverse("publication_publish", args=[process.public_id, "dates"])

    answers = [client.post(address, {"items": str(process.public_id), "key": "one"}).status_code for _press in "ab"]

    assert answers == [302, 302]
    assert live_items(process).filter(kind=PublicThing.DATES).count() == 1


@pytest.mark.parametrize("thing", ["noget", "PATH", "process"])
def test_ask_to_publish_what_there_is_no_kind_of_is_not_found(thing: str) -> None:
    process = make_public(in_review(NOW), NOW)

    address = reverse("publication_publish", args=[process.public_id, thing])

    assert an_officers_browser(process.office).get(address).status_code == 404


def test_choose_nothing_says_so_and_keeps_what_was_written() -> None:
    process = make_public(in_review(NOW), NOW)
    address = reverse("publication_publish", args=[process.public_id, "text"])

    response = an_officers_browser(process.office).post(address, {"reason": "Endelig tekst", "key": "none"})

    assert response.status_code == 422
    assert "Choose what is to be made public." in words(response)
    assert 'value="Endelig tekst"' in words(response)


# ── What everyone sees ────────────────────────────────────────────────────────────────────────────────────────
def test_publish_decision_shows_body_outcome_day_and_words_and_no_remarks() -> None:
    process = make_public(in_approval(NOW), NOW)
    said = {"text": "Byrådet godkender aftalen.", "remarks": "Borger Jens Hansen har klaget", "agenda_item": "12"}
    decide(process, "council-1", NOW, Outcome.APPROVED_WITH_REMARKS, **said)
    decide(process, "council-2", NOW)
    decision = Decision.objects.get(body__key="council-1")
    assert "Byråd 1" not in words(public_page(process)), "a decision makes nothing public"

    publish(process, PublicThing.DECISION, [decision.public_id], actor=officer_of(process), now=LATER)

    page = words(public_page(process))
    assert "Byråd 1</strong>: Approved with remarks, 15 January 2019" in page
    assert "At an ordinary meeting · agenda item 12" in page
    assert "Byrådet godkender aftalen." in page
    assert "Jens Hansen" not in page
    assert "Byråd 2" not in page


def test_read_published_decision_that_has_fallen_or_was_added_to_says_so() -> None:
    process = make_public(in_approval(NOW), NOW)
    decide(process, "council-1", NOW)
    decision = Decision.objects.get(body__key="council-1")
    publish(process, PublicThing.DECISION, [decision.public_id], actor=officer_of(process), now=LATER)
    add_addendum(decision, text="Rettet punkt: 13", actor=officer_of(process), now=LATER)

    a_locked_bundle(process, NOW, text="# 1 Mål\n\nDen endelige tekst.\n", change=ChangeKind.MATERIAL)

    page = words(public_page(process))
    assert "Given to an earlier version" in page
    assert "The body made an addition on 18 January 2019" in page
    assert "Rettet punkt" not in page


def test_read_pages_with_a_decision_of_a_closed_item_offers_no_press_and_shows_nobody_outside_a_trace() -> None:
    process = make_public(in_approval(NOW), NOW)
    said = {"text": "Fortroligt: ejendommen sælges", "agenda_item": "99L", "is_closed_item": True}
    decide(process, "council-1", NOW, **said)
    decide(process, "council-2", NOW)
    closed = Decision.objects.get(body__key="council-1")
    client = an_officers_browser(process.office)
    asks = reverse("publication_publish", args=[process.public_id, "decision"])

    page = words(client.get(reverse("publication", args=[process.public_id])))
    ask = words(client.get(asks))
    pressed = client.post(f"{asks}?kun={closed.public_id}", {"items": str(closed.public_id), "key": "one"})

    assert "A decision that was taken on a closed item is never made public." in page
    assert f"kun={closed.public_id}" not in page
    assert "Byråd 2" in ask
    assert "ejendommen" not in ask
    assert pressed.status_code == 422
    assert "A decision that was taken on a closed item is never made public." in words(pressed)
    assert "ejendommen" not in words(pressed)
    assert "ejendommen" not in words(public_page(process))
    assert "99L" not in words(public_page(process))


def test_read_planned_dates_shows_what_lies_ahead_once_published() -> None:
    process = make_public(in_approval(NOW), NOW)
    assert "29 March 2019" not in words(public_page(process))

    publish(process, PublicThing.DATES, [process.public_id], actor=officer_of(process), now=LATER)

    assert "Approval by the parties" in words(public_page(process))
    assert "29 March 2019" in words(public_page(process))
    assert stage_of(process, "approval").state == "open"


# ── What it costs ─────────────────────────────────────────────────────────────────────────────────────────────
def all_public(process: Process) -> None:
    """Texts and decisions of the process made public, and one text taken back."""
    press: dict[str, Any] = {"actor": officer_of(process), "now": LATER}
    texts = list(BundleItem.objects.filter(bundle__process=process).values_list("public_id", flat=True))
    decisions = list(Decision.objects.filter(request__stage__process=process).values_list("public_id", flat=True))
    items = publish(process, PublicThing.TEXT, texts, reason="Tekst", **press)
    publish(process, PublicThing.DECISION, decisions, **press)
    publish(process, PublicThing.DATES, [process.public_id], **press)
    withdraw_publication(items[0], reason="Den forkerte fil", **press)


@pytest.mark.parametrize("many", [1, 3])
def test_read_public_page_and_page_of_publication_in_as_many_queries_however_much_is_public(many: int) -> None:
    process = in_approval(NOW, councils=many)
    for number in range(many):
        decide(process, f"council-{number + 1}", NOW)
    for number in range(many):
        with_a_file(process, f"Tekst {number}")
    all_public(make_public(process, NOW))
    client = an_officers_browser(process.office)
    addresses = [reverse(name, args=[process.public_id]) for name in ("process_public", "publication")]
    for address in addresses:
        client.get(address)

    counts = []
    for visitor, address in zip((Client(), client), addresses, strict=True):
        with CaptureQueriesContext(connection) as queries:
            assert visitor.get(address).status_code == 200
        counts.append(len(queries))

    assert counts == [14, 14]
    assert PublishedItem.objects.filter(withdrawn_at=None).count() > many
