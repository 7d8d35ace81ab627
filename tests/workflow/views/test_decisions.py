"""A body's own page for its decision: who is let in, what is recorded, and that nothing typed is lost."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.uploads import names_received_in, received_in
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
from tests.workflow.document_factories import LOCKED
from tests.workflow.factories import an_office, an_officer, out_of_use, stage_of
from tests.workflow.views.visitors import a_decision, a_member, holder_of, signed_in
from workflow.actions.approvals import readdress_request
from workflow.actions.submissions import make_package, send_submission
from workflow.links import link_path
from workflow.models import ApprovalRequest, AuditEntry, Body, Decision, StoredFile
from workflow.states import ChangeKind, DecisionState, Outcome, RequestState

NOW = datetime(2019, 2, 28, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def _url(request: ApprovalRequest, page: str = "decision", *more: object) -> str:
    return reverse(f"{page}_link", args=[request.link.public_id, *more])


def _council(**changes: Any) -> tuple[ApprovalRequest, Client]:
    request = request_to(in_approval(NOW, **changes), "council-1")
    return request, holder_of(request.link)


# ── What is shown ─────────────────────────────────────────────────────────────────────────────────────────────
def test_read_page_by_link_shows_papers_deadline_with_weekday_and_form() -> None:
    request, client = _council()

    page = client.get(_url(request)).content.decode()

    assert "fredag den 29. marts 2019 kl. 12.00" in page
    assert "Byråd 1" in page
    assert _url(request, "decision_papers") in page
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

    page = holder_of(request.link).get(_url(request)).content.decode()

    assert all(words in page for words in (asks, says_no, chair, "på ordinært møde"))
    assert "rganet" not in page


def test_read_page_offers_a_written_vote_to_a_committee() -> None:
    request = request_to(in_review(NOW), "committee", "review")

    assert "ved skriftlig votering" in holder_of(request.link).get(_url(request)).content.decode()


def test_read_page_offers_a_council_no_written_vote() -> None:
    request, client = _council()

    assert "ved skriftlig votering" not in client.get(_url(request)).content.decode()


def test_read_page_of_recommendation_says_what_is_recommended() -> None:
    request = request_to(in_review(NOW), "committee", "review")

    assert "at aftalen sendes til parterne" in holder_of(request.link).get(_url(request)).content.decode()


def test_download_papers_gives_every_document_with_checksums() -> None:
    request, client = _council()

    response = client.get(_url(request, "decision_papers"))

    names = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))).namelist()  # type: ignore[arg-type]
    assert "documents/01-aftale-v1.html" in names
    assert "CHECKSUMS.sha256" in names


def test_read_document_of_the_set_shows_its_sections() -> None:
    request, client = _council()
    version = request.bundle.items.get().version  # type: ignore[union-attr]

    assert (
        "Sammenhæng for borgeren" in client.get(_url(request, "decision_document", version.public_id)).content.decode()
    )


def test_read_document_of_a_later_set_is_not_found() -> None:
    request, client = _council()
    later = a_locked_bundle(request.stage.process, NOW, text=TEXT + "\nMere.", change=ChangeKind.MATERIAL)
    version = later.items.get().version

    assert client.get(_url(request, "decision_document", version.public_id)).status_code == 404


def test_fetch_file_that_belongs_elsewhere_is_not_found() -> None:
    request, client = _council()
    other = a_file(request.stage.process.office, NOW)

    assert client.get(_url(request, "decision_file", other.public_id)).status_code == 404


# ── Recording ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_record_decision_with_minutes_and_dissent_leads_to_receipt_that_says_what_was_recorded() -> None:
    request, client = _council()
    facts = a_decision(request.link, minutes=SimpleUploadedFile("protokol.txt", b"Punkt 7. Godkendt."))
    facts |= {"minority-0-members": "Ib Ibsen (A)", "minority-0-text": "Vi ønskede en anden fordeling."}

    response = client.post(_url(request), facts, follow=True)

    decision = Decision.objects.get(request=request)
    page = response.content.decode()
    assert response.redirect_chain[-1][0] == _url(request, "decision_receipt")
    assert decision.minutes is not None
    assert f"-{decision.public_id.hex[-6:].upper()}" in page
    assert "Byrådet godkendte indstillingen." in page
    assert "Ib Ibsen (A)" in page
    assert client.get(_url(request, "decision_file", decision.minutes.public_id)).status_code == 200


def test_record_decision_twice_with_one_key_gives_the_same_receipt() -> None:
    request, client = _council()

    first = client.post(_url(request), a_decision(request.link))
    second = client.post(_url(request), a_decision(request.link))

    assert first["Location"] == second["Location"] == _url(request, "decision_receipt")
    assert Decision.objects.filter(request=request).count() == 1


def test_record_second_decision_is_refused_with_the_way_to_correct_it() -> None:
    request, client = _council()
    client.post(_url(request), a_decision(request.link))

    response = client.post(_url(request), a_decision(request.link, key="k2", outcome="rejected"))

    assert response.status_code == 409
    assert "Ret den ved en tilføjelse" in response.content.decode()
    assert Decision.objects.get(request=request).outcome == Outcome.APPROVED


def test_record_decision_unconfirmed_records_nothing_and_keeps_the_text() -> None:
    request, client = _council()
    facts = a_decision(request.link)
    del facts["confirmed"]

    response = client.post(_url(request), facts)

    assert response.status_code == 422
    assert "Byrådet godkendte indstillingen." in response.content.decode()
    assert not Decision.objects.filter(request=request).exists()


def test_record_decision_by_link_names_who_recorded_it_in_receipt_and_record() -> None:
    request, client = _council()

    client.post(_url(request), a_decision(request.link))

    decision = Decision.objects.get(request=request)
    assert decision.by_label == "Bodil Holm, byrådssekretær (Byråd 1)"
    assert decision.by_label in client.get(_url(request, "decision_receipt")).content.decode()
    entry = AuditEntry.objects.get(verb="record_decision", subject_id=decision.public_id)
    assert entry.detail.body["by"] == decision.by_label


@pytest.mark.parametrize("lacking", ["signer_name", "signer_position"])
def test_record_decision_by_link_without_saying_who_records_nothing_and_keeps_the_text(lacking: str) -> None:
    request, client = _council()

    response = client.post(_url(request), a_decision(request.link, **{lacking: " "}))

    assert response.status_code == 422
    assert "Byrådet godkendte indstillingen." in response.content.decode()
    assert not Decision.objects.filter(request=request).exists()


def test_record_decision_by_account_asks_for_no_name() -> None:
    request = request_to(in_approval(NOW), "council-1")
    client = signed_in(a_member(request.stage.process.office, request.body))
    url = reverse("decision_member", args=[request.public_id])

    page = client.get(url).content.decode()
    client.post(url, a_decision(request.link))

    assert "signer_name" not in page
    assert Decision.objects.get(request=request).by_label == "Mette Medlem"


def test_record_decision_with_file_that_is_not_what_its_name_says_keeps_the_text() -> None:
    request, client = _council()

    response = client.post(
        _url(request), a_decision(request.link, minutes=SimpleUploadedFile("protokol.pdf", b"MZ not a pdf at all"))
    )

    page = response.content.decode()
    assert response.status_code == 409
    assert "»protokol.pdf« er ikke en fil af den type, navnet siger" in page
    assert "Byrådet godkendte indstillingen." in page
    assert not Decision.objects.filter(request=request).exists()
    assert not StoredFile.objects.filter(name="protokol.pdf").exists()


def test_record_decision_for_an_old_bundle_is_refused_and_keeps_the_text() -> None:
    request, client = _council()
    facts = a_decision(request.link)
    a_locked_bundle(request.stage.process, NOW, text=TEXT + "\nMere.", change=ChangeKind.MATERIAL)

    response = client.post(_url(request), facts)

    page = response.content.decode()
    assert response.status_code == 409
    assert "Der er en nyere version af dokumenterne: version 2." in page
    assert "Byrådet godkendte indstillingen." in page
    assert not Decision.objects.filter(request=request).exists()


def test_record_decision_on_another_digest_than_asked_about_is_refused() -> None:
    request, client = _council()

    response = client.post(_url(request), a_decision(request.link, bundle="0" * 64))

    assert response.status_code == 409
    assert not Decision.objects.filter(request=request).exists()


def test_record_decision_with_minutes_and_the_tick_forgotten_shows_the_minutes_as_received_and_records_them() -> None:
    request, client = _council()
    facts = a_decision(request.link)
    minutes = SimpleUploadedFile("protokol.txt", b"Punkt 7.")

    forgotten = client.post(_url(request), {**facts, "confirmed": "", "minutes": minutes})
    client.post(_url(request), {**facts, **received_in(forgotten)})

    assert forgotten.status_code == 422
    assert names_received_in(forgotten) == ["protokol.txt"]
    decision = Decision.objects.get(request=request)
    assert decision.minutes is not None
    assert (decision.minutes.name, decision.minutes.office) == ("protokol.txt", request.stage.process.office)


@pytest.mark.parametrize("office_records", [False, True])
def test_press_for_one_more_statement_with_minutes_chosen_shows_them_as_received(
    office_records: bool, demo: None
) -> None:
    request, client = _council()
    facts = a_decision(request.link, one_more="1") | {"minority-0-members": "Ib Ibsen (A)", "confirmed": ""}
    process, url = request.stage.process, _url(request)
    if office_records:
        client = signed_in(an_officer(process.office, email="own@example.dk"))
        url = reverse("decision_on_behalf", args=[process.public_id, request.public_id])

    more = client.post(url, {**facts, "minutes": SimpleUploadedFile("protokol.txt", b"Punkt 7.")})
    still = client.post(url, {**facts, **received_in(more)})

    for page in (more, still):
        text = page.content.decode()
        assert (page.status_code, names_received_in(page)) == (200, ["protokol.txt"])
        assert "Byrådet godkendte indstillingen." in text
        assert 'name="minority-1-members"' in text
        assert "Der er noget at rette" not in text, "nothing is judged yet"
    assert not StoredFile.objects.filter(name="protokol.txt").exists()


def test_press_for_one_more_statement_with_a_locked_file_says_at_once_that_it_is_not_taken() -> None:
    request, client = _council()
    facts = a_decision(request.link, one_more="1")

    more = client.post(_url(request), {**facts, "minutes": SimpleUploadedFile("svar.pdf", LOCKED["svar.pdf"])})

    assert "»svar.pdf« kan ikke åbnes uden adgangskode." in more.content.decode()
    assert names_received_in(more) == []


def test_record_decision_with_minutes_of_a_meeting_to_come_says_that_it_is_not_held_yet() -> None:
    request, client = _council()
    minutes = SimpleUploadedFile("protokol.txt", b"Punkt 7.")

    early = client.post(_url(request), a_decision(request.link, meeting_on="01/03/2199", minutes=minutes))
    page = early.content.decode()
    client.post(_url(request), {**a_decision(request.link), **received_in(early)})

    assert early.status_code == 409
    assert "og er ikke holdt endnu. Registrér beslutningen" in page
    assert "kan ikke bruges her" not in page
    assert names_received_in(early) == ["protokol.txt"]
    decision = Decision.objects.get(request=request)
    assert decision.minutes is not None


@pytest.mark.parametrize("day", ["01/03/2199", "27/02/2019"])  # to come; the day before the text was locked
def test_record_decision_of_a_meeting_that_cannot_have_been_is_refused_and_stores_no_file(day: str) -> None:
    request, client = _council()
    minutes = SimpleUploadedFile("protokol.txt", b"Punkt 7.")

    response = client.post(_url(request), a_decision(request.link, meeting_on=day, minutes=minutes))

    assert response.status_code == 409
    assert day in response.content.decode()
    assert not StoredFile.objects.filter(name="protokol.txt").exists()


def test_record_postponed_decision_leaves_room_for_the_final_one() -> None:
    request, client = _council()
    client.post(_url(request), a_decision(request.link, outcome="postponed", next_meeting_on="01/04/2019"))

    for page, words in (
        ("decision", "I har oplyst, at sagen behandles mandag den 1. april 2019. Beslutningen afventes fortsat."),
        (
            "decision_receipt",
            "beslutningen afventes fortsat. Vi har noteret, at den behandles igen mandag den 1. april",
        ),
    ):
        assert words in " ".join(client.get(_url(request, page)).content.decode().split())

    client.post(_url(request), a_decision(request.link, key="k2"))

    assert list(Decision.objects.filter(request=request).order_by("id").values_list("outcome", "state")) == [
        (Outcome.POSTPONED, DecisionState.SUPERSEDED),
        (Outcome.APPROVED, DecisionState.VALID),
    ]
    receipt = client.get(_url(request, "decision_receipt")).content.decode()
    assert "Den træder i stedet for beslutningen torsdag den 28. februar 2019: udsat." in receipt
    assert "Sagen går videre, når alle, der er spurgt, har truffet beslutning." in receipt


def test_record_half_a_minority_statement_says_what_is_missing() -> None:
    request, client = _council()

    response = client.post(_url(request), a_decision(request.link, **{"minority-0-members": "Ib Ibsen (A)"}))

    assert response.status_code == 422
    assert "Ib Ibsen (A)" in response.content.decode()
    assert not Decision.objects.filter(request=request).exists()


def test_ask_for_one_more_row_records_nothing_and_keeps_what_was_typed() -> None:
    request, client = _council()
    facts = a_decision(request.link, one_more="1", outcome="rejected")
    facts |= {"minority-0-members": "Ib Ibsen (A)", "minority-0-text": "Nej."}

    page = client.post(_url(request), facts).content.decode()

    assert 'name="minority-1-members"' in page
    assert "Byrådet godkendte indstillingen." in page
    assert "Ib Ibsen (A)" in page
    assert "checked" in page
    assert not Decision.objects.filter(request=request).exists()


def test_record_two_minority_statements_after_one_more_row_keeps_both() -> None:
    request, client = _council()
    facts = a_decision(request.link)
    facts |= {"minority-TOTAL_FORMS": "3", "minority-INITIAL_FORMS": "1"}
    facts |= {"minority-0-members": "Ib (A)", "minority-0-text": "Nej.", "minority-1-members": "Bo (B)"}
    facts |= {"minority-1-text": "Heller ikke.", "minority-2-members": "", "minority-2-text": ""}

    client.post(_url(request), facts)

    statements = Decision.objects.get(request=request).minority_statements
    assert list(statements.order_by("id").values_list("members", flat=True)) == ["Ib (A)", "Bo (B)"]


# ── Afterwards ────────────────────────────────────────────────────────────────────────────────────────────────
def test_visit_again_after_the_decision_shows_it_without_the_form() -> None:
    request, client = _council()
    client.post(_url(request), a_decision(request.link))

    page = client.get(_url(request)).content.decode()

    assert "Byrådet godkendte indstillingen." in page
    assert 'name="outcome"' not in page
    assert _url(request, "decision_addendum") in page


def test_add_to_decision_stands_beside_it() -> None:
    request, client = _council()
    client.post(_url(request), a_decision(request.link))

    client.post(_url(request, "decision_addendum"), {"text": "Punktet hed 8.", "key": "a1"})

    assert Decision.objects.get(request=request).addenda.get().text == "Punktet hed 8."
    assert "Punktet hed 8." in client.get(_url(request)).content.decode()


def test_add_nothing_to_decision_is_refused() -> None:
    request, client = _council()
    client.post(_url(request), a_decision(request.link))

    assert client.post(_url(request, "decision_addendum"), {"text": " "}).status_code == 422


def test_send_minutes_after_the_decision_puts_them_to_it() -> None:
    request, client = _council()
    client.post(_url(request), a_decision(request.link))

    client.post(_url(request, "decision_minutes"), {"minutes": SimpleUploadedFile("protokol.txt", b"Punkt 7.")})

    assert Decision.objects.get(request=request).minutes is not None
    again = client.post(_url(request, "decision_minutes"), {"minutes": SimpleUploadedFile("protokol.txt", b"Punkt 8.")})
    assert again.status_code == 422


def test_tell_meeting_notes_the_day() -> None:
    request, client = _council()

    client.post(_url(request, "decision_meeting"), {"meeting_on": "01/03/2199"})
    refused = client.post(_url(request, "decision_meeting"), {"meeting_on": "01/03/2019"})

    request.refresh_from_db()
    assert str(request.meeting_on) == "2199-03-01"
    assert refused.status_code == 422


def test_read_receipt_before_any_decision_is_not_found() -> None:
    request, client = _council()

    assert client.get(_url(request, "decision_receipt")).status_code == 404


def test_read_page_of_superseded_question_says_there_is_a_newer_version() -> None:
    request, client = _council()
    a_locked_bundle(request.stage.process, NOW, text=TEXT + "\nMere.", change=ChangeKind.MATERIAL)

    page = client.get(_url(request)).content.decode()

    assert "version 2" in page
    assert 'name="outcome"' not in page


# ── Who is let in ─────────────────────────────────────────────────────────────────────────────────────────────
LINK_PAGES = ("decision", "decision_receipt", "decision_papers")
LINK_DEEDS = ("decision", "decision_addendum", "decision_minutes", "decision_meeting")


@pytest.mark.parametrize("name", LINK_PAGES)
def test_read_page_without_starting_the_link_is_refused(name: str) -> None:
    request = request_to(in_approval(NOW), "council-1")

    assert Client().get(_url(request, name)).status_code == 403


@pytest.mark.parametrize("name", LINK_PAGES)
def test_read_page_with_another_bodys_link_is_refused(name: str) -> None:
    process = in_approval(NOW)
    client = holder_of(request_to(process, "council-2").link)

    assert client.get(_url(request_to(process, "council-1"), name)).status_code == 403


@pytest.mark.parametrize("name", LINK_DEEDS)
def test_act_with_another_bodys_link_is_refused_and_changes_nothing(name: str) -> None:
    process = in_approval(NOW)
    target = request_to(process, "council-1")
    client = holder_of(request_to(process, "council-2").link)

    assert client.post(_url(target, name), a_decision(target.link)).status_code == 403
    assert not Decision.objects.filter(request=target).exists()


def test_read_page_with_link_out_of_use_is_refused() -> None:
    request, client = _council()
    out_of_use(request.link, NOW)

    assert client.get(_url(request)).status_code == 403


def test_read_page_with_replaced_link_is_refused() -> None:
    request, client = _council()
    readdress_request(request, email="ny@raad.example", actor=officer_of(request.stage.process), now=NOW)

    assert client.get(_url(request)).status_code == 403


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
    request, client = _council(councils=councils)

    with django_assert_num_queries(8):
        client.get(_url(request))


def test_decide_by_link_opens_the_gate_with_the_last_one() -> None:
    process = in_approval(NOW, councils=1)
    decide(process, "region", NOW)
    request = request_to(process, "council-1")

    holder_of(request.link).post(_url(request), a_decision(request.link))

    assert asked(process, "approval") == []
    request.refresh_from_db()
    assert request.state == RequestState.DECIDED
    assert stage_of(process, "submission").state == "open"
