"""A body's own page for its decision: who is let in, what is shown, and what can be done afterwards."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.workflow.agreements import (
    TEXT,
    a_file,
    a_locked_bundle,
    asked,
    decide,
    in_approval,
    in_review,
    in_submission,
    officer_of,
    request_to,
)
from tests.workflow.factories import an_office, an_officer, out_of_use, stage_of
from tests.workflow.views.councils import NOW, a_council, decision_url
from tests.workflow.views.visitors import a_decision, a_member, holder_of, signed_in
from workflow.actions.approvals import readdress_request
from workflow.actions.submissions import make_package, send_submission
from workflow.links import link_path
from workflow.models import Body, Decision
from workflow.states import ChangeKind, RequestState

pytestmark = pytest.mark.django_db


# ── What is shown ─────────────────────────────────────────────────────────────────────────────────────────────
def test_read_page_by_link_shows_papers_deadline_with_weekday_and_form() -> None:
    request, client = a_council()

    page = client.get(decision_url(request)).content.decode()

    assert "fredag den 29. marts 2019 kl. 12.00" in page
    assert "Byråd 1" in page
    assert decision_url(request, "decision_papers") in page
    assert f'value="{request.bundle.sha256}"' in page  # type: ignore[union-attr]
    assert "Det er ikke en godkendelse" in page


@pytest.mark.parametrize(
    ("key", "calls_itself", "asks", "says_no", "chair"),
    [
        ("council-1", "byrådet", "Hvad besluttede byrådet?", "Byrådet kan ikke godkende aftalen.",
         "af borgmesteren på byrådets vegne (kommunestyrelsesloven § 31)"),
        ("council-1", "Borgerrepræsentationen", "Hvad besluttede Borgerrepræsentationen?",
         "Borgerrepræsentationen kan ikke godkende aftalen.", "af borgmesteren på Borgerrepræsentationens vegne"),
        ("council-1", "", "Hvad besluttede kommunalbestyrelsen?", "Kommunalbestyrelsen kan ikke godkende aftalen.",
         "af borgmesteren på kommunalbestyrelsens vegne"),
        ("region", "", "Hvad besluttede regionsrådet?", "Regionsrådet kan ikke godkende aftalen.",
         "af formanden på regionsrådets vegne"),
    ],
)  # fmt: skip
def test_read_page_asks_the_body_by_its_own_name_for_itself(
    key: str, calls_itself: str, asks: str, says_no: str, chair: str
) -> None:
    request = request_to(in_approval(NOW), key)
    Body.objects.filter(pk=request.body_id).update(own_name=calls_itself)

    page = holder_of(request.link).get(decision_url(request)).content.decode()

    assert all(words in page for words in (asks, says_no, chair, "på ordinært møde"))
    assert "rganet" not in page


def test_read_page_offers_a_written_vote_to_a_committee() -> None:
    request = request_to(in_review(NOW), "committee", "review")

    assert "ved skriftlig votering" in holder_of(request.link).get(decision_url(request)).content.decode()


def test_read_page_offers_a_council_no_written_vote() -> None:
    request, client = a_council()

    assert "ved skriftlig votering" not in client.get(decision_url(request)).content.decode()


def test_read_page_of_recommendation_says_what_is_recommended() -> None:
    request = request_to(in_review(NOW), "committee", "review")

    assert "at aftalen sendes til parterne" in holder_of(request.link).get(decision_url(request)).content.decode()


def test_fetch_the_kit_gives_letter_presentation_and_every_document_as_pdf_and_word_with_dated_names() -> None:
    request, client = a_council()

    response = client.get(decision_url(request, "decision_papers"))

    names = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))).namelist()  # type: ignore[arg-type]
    assert names == [
        "01 2019-02-28 Oversendelsesbrev - Byråd 1.pdf",
        "02 2019-02-28 Oversendelsesbrev - Byråd 1.docx",
        "03 2019-02-28 Sagsfremstilling - Prøve.pdf",
        "04 2019-02-28 Sagsfremstilling - Prøve.docx",
        "05 2019-02-28 Aftale - version 1.pdf",
        "06 2019-02-28 Aftale - version 1.docx",
    ]
    assert "Til%20dagsordenen" in response["Content-Disposition"]


def test_read_the_case_presentation_field_by_field_each_is_there_with_its_look_and_without() -> None:
    request, client = a_council()

    page = client.get(decision_url(request, "decision_kit")).content.decode()

    for name in ("Resumé", "Sagsfremstilling", "Lovgrundlag", "Økonomi", "Indstilling", "Bilag"):
        assert f'lang="da">{name}</h2>' in page
    assert 'data-plain="1. Aftale (til godkendelse)"' in page
    assert '<ol start="1"><li><p>Aftale (til godkendelse)</p></li></ol>' in page
    assert decision_url(request, "decision_kit") in client.get(decision_url(request)).content.decode()


def test_read_document_of_the_set_shows_its_sections() -> None:
    request, client = a_council()
    version = request.bundle.items.get().version  # type: ignore[union-attr]

    assert (
        "Sammenhæng for borgeren"
        in client.get(decision_url(request, "decision_document", version.public_id)).content.decode()
    )


def test_read_document_of_a_later_set_is_not_found() -> None:
    request, client = a_council()
    later = a_locked_bundle(request.stage.process, NOW, text=TEXT + "\nMere.", change=ChangeKind.MATERIAL)
    version = later.items.get().version

    assert client.get(decision_url(request, "decision_document", version.public_id)).status_code == 404


def test_fetch_file_that_belongs_elsewhere_is_not_found() -> None:
    request, client = a_council()
    other = a_file(request.stage.process.office, NOW)

    assert client.get(decision_url(request, "decision_file", other.public_id)).status_code == 404


# ── Afterwards ────────────────────────────────────────────────────────────────────────────────────────────────
def test_visit_again_after_the_decision_shows_it_without_the_form() -> None:
    request, client = a_council()
    client.post(decision_url(request), a_decision(request.link))

    page = client.get(decision_url(request)).content.decode()

    assert "Byrådet godkendte indstillingen." in page
    assert 'name="outcome"' not in page
    assert decision_url(request, "decision_addendum") in page


def test_add_to_decision_stands_beside_it() -> None:
    request, client = a_council()
    client.post(decision_url(request), a_decision(request.link))

    client.post(decision_url(request, "decision_addendum"), {"text": "Punktet hed 8.", "key": "a1"})

    assert Decision.objects.get(request=request).addenda.get().text == "Punktet hed 8."
    assert "Punktet hed 8." in client.get(decision_url(request)).content.decode()


def test_add_nothing_to_decision_is_refused() -> None:
    request, client = a_council()
    client.post(decision_url(request), a_decision(request.link))

    assert client.post(decision_url(request, "decision_addendum"), {"text": " "}).status_code == 422


def test_send_minutes_after_the_decision_puts_them_to_it() -> None:
    request, client = a_council()
    client.post(decision_url(request), a_decision(request.link))

    client.post(decision_url(request, "decision_minutes"), {"minutes": SimpleUploadedFile("protokol.txt", b"Punkt 7.")})

    assert Decision.objects.get(request=request).minutes is not None
    again = client.post(
        decision_url(request, "decision_minutes"), {"minutes": SimpleUploadedFile("protokol.txt", b"Punkt 8.")}
    )
    assert again.status_code == 422


def test_tell_meeting_notes_the_day() -> None:
    request, client = a_council()

    client.post(decision_url(request, "decision_meeting"), {"meeting_on": "01/03/2199"})
    refused = client.post(decision_url(request, "decision_meeting"), {"meeting_on": "01/03/2019"})

    request.refresh_from_db()
    assert str(request.meeting_on) == "2199-03-01"
    assert refused.status_code == 422


def test_read_receipt_before_any_decision_is_not_found() -> None:
    request, client = a_council()

    assert client.get(decision_url(request, "decision_receipt")).status_code == 404


def test_read_page_of_superseded_question_says_there_is_a_newer_version() -> None:
    request, client = a_council()
    a_locked_bundle(request.stage.process, NOW, text=TEXT + "\nMere.", change=ChangeKind.MATERIAL)

    page = client.get(decision_url(request)).content.decode()

    assert "version 2" in page
    assert 'name="outcome"' not in page


# ── Who is let in ─────────────────────────────────────────────────────────────────────────────────────────────
LINK_PAGES = ("decision", "decision_receipt", "decision_papers", "decision_kit")
LINK_DEEDS = ("decision", "decision_addendum", "decision_minutes", "decision_meeting")


@pytest.mark.parametrize("name", LINK_PAGES)
def test_read_page_without_starting_the_link_is_refused(name: str) -> None:
    request = request_to(in_approval(NOW), "council-1")

    assert Client().get(decision_url(request, name)).status_code == 403


@pytest.mark.parametrize("name", LINK_PAGES)
def test_read_page_with_another_bodys_link_is_refused(name: str) -> None:
    process = in_approval(NOW)
    client = holder_of(request_to(process, "council-2").link)

    assert client.get(decision_url(request_to(process, "council-1"), name)).status_code == 403


@pytest.mark.parametrize("name", LINK_DEEDS)
def test_act_with_another_bodys_link_is_refused_and_changes_nothing(name: str) -> None:
    process = in_approval(NOW)
    target = request_to(process, "council-1")
    client = holder_of(request_to(process, "council-2").link)

    assert client.post(decision_url(target, name), a_decision(target.link)).status_code == 403
    assert not Decision.objects.filter(request=target).exists()


def test_read_page_with_link_out_of_use_is_refused() -> None:
    request, client = a_council()
    out_of_use(request.link, NOW)

    assert client.get(decision_url(request)).status_code == 403


def test_read_page_with_replaced_link_is_refused() -> None:
    request, client = a_council()
    readdress_request(request, email="ny@raad.example", actor=officer_of(request.stage.process), now=NOW)

    assert client.get(decision_url(request)).status_code == 403


def test_read_page_with_link_of_another_purpose_is_not_found() -> None:
    process = in_submission(NOW)
    actor = officer_of(process)
    stage = stage_of(process, "submission")
    sent = send_submission(stage, make_package(stage, actor=actor, now=NOW), actor=actor, now=NOW)

    client = holder_of(sent.link)

    assert client.get(reverse("decision_link", args=[sent.link.public_id])).status_code == 404


def test_head_and_get_leave_the_link_unopened() -> None:
    request = request_to(in_approval(NOW), "council-1")

    Client().get(link_path(request.link))
    Client().head(link_path(request.link))

    request.link.refresh_from_db()
    assert request.link.opened_at is None


# ── Members with an account ───────────────────────────────────────────────────────────────────────────────────
def test_sign_in_as_member_lists_what_waits_for_the_body_and_records_it(demo: None) -> None:
    request = request_to(in_approval(NOW), "council-1")
    client = signed_in(a_member(request.stage.process.office, request.body))
    url = reverse("decision_member", args=[request.public_id])

    assert url in client.get("/").content.decode()
    response = client.post(url, a_decision(request.link))

    assert response["Location"] == reverse("decision_receipt_member", args=[request.public_id])
    assert Decision.objects.get(request=request).by_label == "Mette Medlem"


def test_read_other_bodys_page_as_member_is_not_found(demo: None) -> None:
    process = in_approval(NOW)
    client = signed_in(a_member(process.office, request_to(process, "council-2").body))

    url = reverse("decision_member", args=[request_to(process, "council-1").public_id])

    assert client.get(url).status_code == 404


def test_read_page_as_member_by_another_offices_word_is_not_found(demo: None) -> None:
    request = request_to(in_approval(NOW), "council-1")
    client = signed_in(a_member(an_office("midtjylland"), request.body))
    url = reverse("decision_member", args=[request.public_id])

    assert client.get(url).status_code == 404
    assert url not in client.get("/").content.decode()


def test_read_members_page_without_seat_or_account_is_refused(demo: None) -> None:
    request = request_to(in_approval(NOW), "council-1")
    url = reverse("decision_member", args=[request.public_id])
    officer = an_officer(request.stage.process.office, email="own@example.dk")

    assert signed_in(officer).get(url).status_code == 403
    assert reverse("account_login") in Client().get(url)["Location"]


# ── What it costs ─────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("councils", [1, 3])
def test_read_page_costs_the_same_for_one_and_for_three_councils(councils: int, django_assert_num_queries: Any) -> None:
    request, client = a_council(councils=councils)

    with django_assert_num_queries(10):
        client.get(decision_url(request))


def test_decide_by_link_opens_the_gate_with_the_last_one() -> None:
    process = in_approval(NOW, councils=1)
    decide(process, "region", NOW)
    request = request_to(process, "council-1")

    holder_of(request.link).post(decision_url(request), a_decision(request.link))

    assert asked(process, "approval") == []
    request.refresh_from_db()
    assert request.state == RequestState.DECIDED
    assert stage_of(process, "submission").state == "open"
