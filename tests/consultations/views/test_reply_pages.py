"""A party's pages by its link: who is let in, what is told, and that reading changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from consultations.actions.parties import correct_address
from consultations.models import Answer
from tests.consultations.factories import LAUNCHED, OFFICER, a_hearing, make_hearing_public
from tests.consultations.views.conftest import auditor_of, holder_of, officer_of
from tests.consultations.views.reply_addresses import WORDS, url
from tests.workflow.factories import out_of_use
from workflow.links import link_path, typed_code
from workflow.models import AuditEntry

pytestmark = pytest.mark.django_db

PAGES = ("reply", "reply_write", "reply_none", "reply_promise", "reply_decline", "reply_forward", "reply_claim")


# ── The link ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_follow_link_shows_the_matter_and_changes_nothing(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    entries = AuditEntry.objects.count()
    path = link_path(hearing.party().link)

    shown, head = Client().get(path), Client().head(path)

    assert (shown.status_code, head.status_code) == (200, 200)
    assert hearing.party().name in shown.content.decode()
    assert "Friday 29 March 2019 at 12:00" in shown.content.decode()
    assert hearing.party().link.opened_at is None
    assert AuditEntry.objects.count() == entries


def test_press_start_opens_the_answer_page_and_shows_on_the_board(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()

    response = Client().post(link_path(hearing.party().link))

    assert response.status_code == 302
    assert response["Location"] == url("reply", hearing)
    assert hearing.party().link.opened_at == LAUNCHED


@pytest.mark.parametrize("cut", [1, 5, 20])
def test_follow_truncated_link_says_what_to_do(clock: time_machine.Traveller, cut: int) -> None:
    path = link_path(a_hearing().party().link).rstrip("/")[:-cut]

    response = Client().get(path + "/")

    assert response.status_code == 404
    assert reverse("link_code") in response.content.decode()


def test_follow_link_with_a_full_stop_glued_to_it_opens(clock: time_machine.Traveller) -> None:
    path = link_path(a_hearing().party().link).rstrip("/")

    assert Client().get(path + "./").status_code == 200


def test_follow_link_made_anew_and_out_of_use_says_so_to_its_holder_only(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    link = hearing.party().link
    old = link_path(link)
    correct_address(hearing.party(), email="ny@part.example", stop_old_link=True, actor=OFFICER, now=LAUNCHED)
    assert Client().get(old).status_code == 410
    link.refresh_from_db()
    out_of_use(link, LAUNCHED)
    assert Client().get(link_path(link)).status_code == 410
    assert Client().get(link_path(link)[:-10] + "AAAAAAAAA/").status_code == 404


def test_use_link_after_it_was_made_anew_is_refused_in_an_open_browser(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)
    correct_address(hearing.party(), email="ny@part.example", stop_old_link=True, actor=OFFICER, now=LAUNCHED)

    assert client.get(url("reply", hearing)).status_code == 403


def test_use_token_of_another_offices_link_is_unknown(clock: time_machine.Traveller) -> None:
    own, foreign = a_hearing().party().link, a_hearing().party().link
    token = link_path(foreign).split("/")[3]

    assert Client().get(f"/l/{own.public_id}/{token}/").status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_open_page_of_another_party_with_own_link_is_refused(clock: time_machine.Traveller, name: str) -> None:
    hearing, elsewhere = a_hearing(), a_hearing()
    client = holder_of(hearing, 1)

    assert client.get(url(name, hearing, 1)).status_code == 200
    assert client.get(url(name, hearing, 2)).status_code == 403
    assert client.post(url(name, hearing, 2), {"text": WORDS}).status_code == 403
    assert client.get(url(name, elsewhere, 1)).status_code == 403


@pytest.mark.parametrize("name", PAGES)
def test_open_page_without_link_is_refused_for_officers_and_strangers(clock: time_machine.Traveller, name: str) -> None:
    hearing = a_hearing()
    office = hearing.process.office

    for client in (Client(), officer_of(office), auditor_of(office)):
        assert client.get(url(name, hearing)).status_code == 403


def test_type_code_opens_the_same_page(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()

    response = Client().post(reverse("link_code"), {"code": typed_code(hearing.party().link).lower()})

    assert response.status_code == 302
    assert response["Location"] == url("reply", hearing)


def test_type_wrong_code_ten_times_shuts_the_door_for_the_right_one_too(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = Client()
    wrong = [client.post(reverse("link_code"), {"code": "7KQ4-M2XD-9RTB"}).status_code for _ in range(10)]
    right = {"code": typed_code(hearing.party().link)}

    assert wrong == [422] * 10
    assert client.post(reverse("link_code"), right).status_code == 429
    clock.move_to(LAUNCHED + timedelta(hours=1))
    assert client.post(reverse("link_code"), right).status_code == 302


# ── Reading ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_read_overview_tells_deadline_who_reads_and_what_is_published(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    make_hearing_public(hearing)

    page = holder_of(hearing).get(url("reply", hearing)).content.decode()

    assert "Friday 29 March 2019 at 12:00" in page
    assert "reads your answer" in page
    assert "after the deadline" in page
    assert hearing.process.office.reply_to in page
    assert "No date of erasure has been set yet" in page


def test_read_pages_changes_nothing(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)
    entries = AuditEntry.objects.count()

    for name in PAGES:
        client.get(url(name, hearing))
        client.head(url(name, hearing))

    assert AuditEntry.objects.count() == entries
    assert not Answer.objects.exists()


def test_fetch_file_of_another_party_is_not_found(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    upload = SimpleUploadedFile("bilag.txt", b"Bilag\n")
    holder_of(hearing, 1).post(url("reply_write", hearing, 1), {"do": "send", "attachments": upload})
    file = Answer.objects.get().files.get().file

    own = holder_of(hearing, 1).get(url("reply_file", hearing, 1, file.public_id))
    other = holder_of(hearing, 2).get(url("reply_file", hearing, 2, file.public_id))

    assert b"".join(own.streaming_content) == b"Bilag\n"  # type: ignore[attr-defined]
    assert other.status_code == 404


@pytest.mark.parametrize("sections", [3, 30])
def test_read_write_page_costs_the_same_for_three_and_for_thirty_sections(
    clock: time_machine.Traveller, django_assert_num_queries: object, sections: int
) -> None:
    hearing = a_hearing(sections=sections)
    client = holder_of(hearing)
    client.get(url("reply_write", hearing))
    with django_assert_num_queries(9):  # type: ignore[operator]
        client.get(url("reply_write", hearing))
