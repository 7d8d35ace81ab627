"""The secretariat's pages of documents: new ones, new versions, and locking a set."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from tests.workflow.agreements import an_agreement, in_approval, officer_of
from tests.workflow.views.visitors import signed_in
from workflow.actions.bundles import lock_documents
from workflow.actions.documents import add_version, begin_document
from workflow.forms.documents import bundle_entries
from workflow.models import Process, User

NOW = datetime(2019, 1, 15, 9, 0, tzinfo=UTC)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


@pytest.fixture
def at_nine() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def officer(process: Process) -> User:
    return User.objects.get(public_id=officer_of(process).public_id)


def test_read_lock_page_while_the_parties_are_asked_offers_a_material_change() -> None:
    process = in_approval(NOW)
    url = reverse("bundle_new", args=[process.public_id])
    with time_machine.travel(NOW, tick=False):
        page = signed_in(officer(process)).get(url).content.decode()

    assert 'value="material"' in page


def test_press_new_document_twice_with_one_title_makes_two_and_the_page_to_lock_tells_them_apart() -> None:
    process = an_agreement(NOW)
    with time_machine.travel(NOW, tick=False):
        browser = signed_in(officer(process))
        for number, text in enumerate(("Økonomi", "Børn", "Børn")):  # the last press is the second one's, repeated
            given = {"title": "Bilag", "text": f"# 1 {text}\n\nTekst.", "key": f"form-{min(number, 1)}"}
            assert browser.post(reverse("document_new", args=[process.public_id]), given).status_code == 302
        page = browser.get(reverse("bundle_new", args=[process.public_id])).content.decode()

    first, second = process.documents.order_by("position")
    assert [document.versions.count() for document in (first, second)] == [1, 1]
    assert "Bilag v1 (dokument 1)" in page
    assert "Bilag v1 (dokument 2)" in page


def test_read_lock_page_a_document_that_went_along_for_information_does_so_again() -> None:
    process = an_agreement(NOW)
    url = reverse("bundle_new", args=[process.public_id])
    with time_machine.travel(NOW, tick=False):
        browser = signed_in(officer(process))
        for title in ("Aftale", "Bilag"):
            given = {"title": title, "text": f"# 1 {title}\n\nTekst.", "key": f"new-{title}"}
            assert browser.post(reverse("document_new", args=[process.public_id]), given).status_code == 302
        agreement, annex = (document.versions.get() for document in process.documents.order_by("position"))
        entries = bundle_entries([(agreement, True), (annex, False)])
        lock_documents(process, entries, actor=officer_of(process), now=NOW)
        form = browser.get(url).context["form"]

    assert form["chosen"].initial == [str(agreement.public_id), str(annex.public_id)]
    assert form["approved"].initial == [str(agreement.public_id)]


@pytest.mark.usefixtures("at_nine")
def test_write_next_version_over_another_than_the_last_shows_both_and_saves_on_the_next_press() -> None:
    process = an_agreement(NOW)
    first = "# 1 Mål\n\nFørst.\n"
    document = begin_document(process, title="Aftale", markdown=first, actor=officer_of(process), now=NOW)
    client = signed_in(officer(process))
    url = reverse("version_new", args=[process.public_id, document.document.public_id])
    seen = client.get(url).context["hidden"]
    add_version(document.document, markdown="# 1 Mål\n\nKollegaens.\n", actor=officer_of(process), now=NOW)
    mine = {"title": "Aftale", "text": "# 1 Mål\n\nMine.", "seen": seen, "key": "a"}

    refused = client.post(url, mine)

    assert refused.status_code == 409
    assert "Kollegaens." in refused.content.decode()
    assert "Mine." in refused.content.decode()
    assert document.document.versions.count() == 2
    again = client.post(url, {**mine, "seen": refused.context["hidden"], "key": "b"})
    assert again.status_code == 302
    assert document.document.versions.order_by("number").last().sections.get().text == "Mine."  # type: ignore[union-attr]
