"""A body records its decision on its own page: what is recorded, what is refused, and that nothing typed is lost."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.uploads import names_received_in, received_in
from tests.workflow.agreements import TEXT, a_locked_bundle, in_approval, request_to
from tests.workflow.document_factories import LOCKED
from tests.workflow.factories import an_officer
from tests.workflow.views.councils import NOW, a_council, decision_url
from tests.workflow.views.visitors import a_decision, a_member, signed_in
from workflow.models import AuditEntry, Decision, StoredFile
from workflow.states import ChangeKind, DecisionState, Outcome

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_record_decision_with_minutes_and_dissent_leads_to_receipt_that_says_what_was_recorded() -> None:
    request, client = a_council()
    facts = a_decision(request.link, minutes=SimpleUploadedFile("protokol.txt", b"Punkt 7. Godkendt."))
    facts |= {"minority-0-members": "Ib Ibsen (A)", "minority-0-text": "Vi ønskede en anden fordeling."}

    response = client.post(decision_url(request), facts, follow=True)

    decision = Decision.objects.get(request=request)
    page = response.content.decode()
    assert response.redirect_chain[-1][0] == decision_url(request, "decision_receipt")
    assert decision.minutes is not None
    assert f"-{decision.public_id.hex[-6:].upper()}" in page
    assert "Byrådet godkendte indstillingen." in page
    assert "Ib Ibsen (A)" in page
    assert client.get(decision_url(request, "decision_file", decision.minutes.public_id)).status_code == 200


def test_record_decision_twice_with_one_key_gives_the_same_receipt() -> None:
    request, client = a_council()

    first = client.post(decision_url(request), a_decision(request.link))
    second = client.post(decision_url(request), a_decision(request.link))

    assert first["Location"] == second["Location"] == decision_url(request, "decision_receipt")
    assert Decision.objects.filter(request=request).count() == 1


def test_record_second_decision_is_refused_with_the_way_to_correct_it() -> None:
    request, client = a_council()
    client.post(decision_url(request), a_decision(request.link))

    response = client.post(decision_url(request), a_decision(request.link, key="k2", outcome="rejected"))

    assert response.status_code == 409
    assert "Ret den ved en tilføjelse" in response.content.decode()
    assert Decision.objects.get(request=request).outcome == Outcome.APPROVED


def test_record_decision_unconfirmed_records_nothing_and_keeps_the_text() -> None:
    request, client = a_council()
    facts = a_decision(request.link)
    del facts["confirmed"]

    response = client.post(decision_url(request), facts)

    assert response.status_code == 422
    assert "Byrådet godkendte indstillingen." in response.content.decode()
    assert not Decision.objects.filter(request=request).exists()


def test_record_decision_by_link_names_who_recorded_it_in_receipt_and_record() -> None:
    request, client = a_council()

    client.post(decision_url(request), a_decision(request.link))

    decision = Decision.objects.get(request=request)
    assert decision.by_label == "Bodil Holm, byrådssekretær (Byråd 1)"
    assert decision.by_label in client.get(decision_url(request, "decision_receipt")).content.decode()
    entry = AuditEntry.objects.get(verb="record_decision", subject_id=decision.public_id)
    assert entry.detail.body["by"] == decision.by_label


@pytest.mark.parametrize("lacking", ["signer_name", "signer_position"])
def test_record_decision_by_link_without_saying_who_records_nothing_and_keeps_the_text(lacking: str) -> None:
    request, client = a_council()

    response = client.post(decision_url(request), a_decision(request.link, **{lacking: " "}))

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
    request, client = a_council()

    response = client.post(
        decision_url(request),
        a_decision(request.link, minutes=SimpleUploadedFile("protokol.pdf", b"MZ not a pdf at all")),
    )

    page = response.content.decode()
    assert response.status_code == 409
    assert "»protokol.pdf« er ikke en fil af den type, navnet siger" in page
    assert "Byrådet godkendte indstillingen." in page
    assert not Decision.objects.filter(request=request).exists()
    assert not StoredFile.objects.filter(name="protokol.pdf").exists()


def test_record_decision_for_an_old_bundle_is_refused_and_keeps_the_text() -> None:
    request, client = a_council()
    facts = a_decision(request.link)
    a_locked_bundle(request.stage.process, NOW, text=TEXT + "\nMere.", change=ChangeKind.MATERIAL)

    response = client.post(decision_url(request), facts)

    page = response.content.decode()
    assert response.status_code == 409
    assert "Der er en nyere version af dokumenterne: version 2." in page
    assert "Byrådet godkendte indstillingen." in page
    assert not Decision.objects.filter(request=request).exists()


def test_record_decision_on_another_digest_than_asked_about_is_refused() -> None:
    request, client = a_council()

    response = client.post(decision_url(request), a_decision(request.link, bundle="0" * 64))

    assert response.status_code == 409
    assert not Decision.objects.filter(request=request).exists()


def test_record_decision_with_minutes_and_the_tick_forgotten_shows_the_minutes_as_received_and_records_them() -> None:
    request, client = a_council()
    facts = a_decision(request.link)
    minutes = SimpleUploadedFile("protokol.txt", b"Punkt 7.")

    forgotten = client.post(decision_url(request), {**facts, "confirmed": "", "minutes": minutes})
    client.post(decision_url(request), {**facts, **received_in(forgotten)})

    assert forgotten.status_code == 422
    assert names_received_in(forgotten) == ["protokol.txt"]
    decision = Decision.objects.get(request=request)
    assert decision.minutes is not None
    assert (decision.minutes.name, decision.minutes.office) == ("protokol.txt", request.stage.process.office)


@pytest.mark.parametrize("office_records", [False, True])
def test_press_for_one_more_statement_with_minutes_chosen_shows_them_as_received(
    office_records: bool, demo: None
) -> None:
    request, client = a_council()
    facts = a_decision(request.link, one_more="1") | {"minority-0-members": "Ib Ibsen (A)", "confirmed": ""}
    process, url = request.stage.process, decision_url(request)
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
    request, client = a_council()
    facts = a_decision(request.link, one_more="1")

    more = client.post(decision_url(request), {**facts, "minutes": SimpleUploadedFile("svar.pdf", LOCKED["svar.pdf"])})

    assert "»svar.pdf« kan ikke åbnes uden adgangskode." in more.content.decode()
    assert names_received_in(more) == []


def test_record_decision_with_minutes_of_a_meeting_to_come_says_that_it_is_not_held_yet() -> None:
    request, client = a_council()
    minutes = SimpleUploadedFile("protokol.txt", b"Punkt 7.")

    early = client.post(decision_url(request), a_decision(request.link, meeting_on="01/03/2199", minutes=minutes))
    page = early.content.decode()
    client.post(decision_url(request), {**a_decision(request.link), **received_in(early)})

    assert early.status_code == 409
    assert "og er ikke holdt endnu. Registrér beslutningen" in page
    assert "kan ikke bruges her" not in page
    assert names_received_in(early) == ["protokol.txt"]
    decision = Decision.objects.get(request=request)
    assert decision.minutes is not None


@pytest.mark.parametrize("day", ["01/03/2199", "27/02/2019"])  # to come; the day before the text was locked
def test_record_decision_of_a_meeting_that_cannot_have_been_is_refused_and_stores_no_file(day: str) -> None:
    request, client = a_council()
    minutes = SimpleUploadedFile("protokol.txt", b"Punkt 7.")

    response = client.post(decision_url(request), a_decision(request.link, meeting_on=day, minutes=minutes))

    assert response.status_code == 409
    assert day in response.content.decode()
    assert not StoredFile.objects.filter(name="protokol.txt").exists()


def test_record_postponed_decision_leaves_room_for_the_final_one() -> None:
    request, client = a_council()
    client.post(decision_url(request), a_decision(request.link, outcome="postponed", next_meeting_on="01/04/2019"))

    for page, words in (
        ("decision", "I har oplyst, at sagen behandles mandag den 1. april 2019. Beslutningen afventes fortsat."),
        (
            "decision_receipt",
            "beslutningen afventes fortsat. Vi har noteret, at den behandles igen mandag den 1. april",
        ),
    ):
        assert words in " ".join(client.get(decision_url(request, page)).content.decode().split())

    client.post(decision_url(request), a_decision(request.link, key="k2"))

    assert list(Decision.objects.filter(request=request).order_by("id").values_list("outcome", "state")) == [
        (Outcome.POSTPONED, DecisionState.SUPERSEDED),
        (Outcome.APPROVED, DecisionState.VALID),
    ]
    receipt = client.get(decision_url(request, "decision_receipt")).content.decode()
    assert "Den træder i stedet for beslutningen torsdag den 28. februar 2019: udsat." in receipt
    assert "Sagen går videre, når alle, der er spurgt, har truffet beslutning." in receipt


def test_record_half_a_minority_statement_says_what_is_missing() -> None:
    request, client = a_council()

    response = client.post(decision_url(request), a_decision(request.link, **{"minority-0-members": "Ib Ibsen (A)"}))

    assert response.status_code == 422
    assert "Ib Ibsen (A)" in response.content.decode()
    assert not Decision.objects.filter(request=request).exists()


def test_ask_for_one_more_row_records_nothing_and_keeps_what_was_typed() -> None:
    request, client = a_council()
    facts = a_decision(request.link, one_more="1", outcome="rejected")
    facts |= {"minority-0-members": "Ib Ibsen (A)", "minority-0-text": "Nej."}

    page = client.post(decision_url(request), facts).content.decode()

    assert 'name="minority-1-members"' in page
    assert "Byrådet godkendte indstillingen." in page
    assert "Ib Ibsen (A)" in page
    assert "checked" in page
    assert not Decision.objects.filter(request=request).exists()


def test_record_two_minority_statements_after_one_more_row_keeps_both() -> None:
    request, client = a_council()
    facts = a_decision(request.link)
    facts |= {"minority-TOTAL_FORMS": "3", "minority-INITIAL_FORMS": "1"}
    facts |= {"minority-0-members": "Ib (A)", "minority-0-text": "Nej.", "minority-1-members": "Bo (B)"}
    facts |= {"minority-1-text": "Heller ikke.", "minority-2-members": "", "minority-2-text": ""}

    client.post(decision_url(request), facts)

    statements = Decision.objects.get(request=request).minority_statements
    assert list(statements.order_by("id").values_list("members", flat=True)) == ["Ib (A)", "Bo (B)"]
