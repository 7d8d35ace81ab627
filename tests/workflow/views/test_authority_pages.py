"""The authority's own page by its link: its receipt, its questions, its ruling."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from notifications.models import OutgoingMail
from tests.workflow.agreements import a_file, officer_of, request_to, sent_off
from tests.workflow.factories import stage_of
from tests.workflow.views.sent_papers import NOW, authority_url, awaiting_ruling, own_officer, sent_url, stage_url
from tests.workflow.views.visitors import holder_of
from workflow.actions.stages import return_stage
from workflow.actions.submissions import acknowledge
from workflow.models import AuditEntry, ExternalQuestion, ExternalRequest, ExternalRuling, PersonalLink
from workflow.states import ExternalState, StageState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo"), pytest.mark.slow]

SIGNED = {"signer_name": "Niels Friis", "signer_position": "kontorchef"}


def test_acknowledge_by_link_records_their_number_once() -> None:
    _process, sent = sent_off(NOW)
    client = holder_of(sent.link)

    first = client.post(authority_url(sent, "authority_receipt"), {"number": "05-0101-22", "key": "k1", **SIGNED})
    again = client.post(authority_url(sent, "authority_receipt"), {"number": "05-0101-22", "key": "k1", **SIGNED})
    other = client.post(authority_url(sent, "authority_receipt"), {"number": "05-0101-23", "key": "k2", **SIGNED})

    assert (first.status_code, again.status_code, other.status_code) == (302, 302, 409)
    page = client.get(authority_url(sent)).content.decode()
    assert "05-0101-22" in page
    assert "05-0101-23" not in page


def test_read_authoritys_page_shows_checksums_and_gives_the_package() -> None:
    _process, sent = sent_off(NOW)
    client = holder_of(sent.link)
    package = sent.package
    assert package is not None

    page = client.get(authority_url(sent)).content.decode()
    fetched = client.get(authority_url(sent, "authority_package", package.public_id))

    assert package.file.sha256 in page
    assert zipfile.ZipFile(io.BytesIO(b"".join(fetched.streaming_content))).testzip() is None  # type: ignore[arg-type]


def test_rule_by_link_with_objection_needs_words_and_is_recorded() -> None:
    sent = awaiting_ruling()
    client = holder_of(sent.link)

    empty = client.post(authority_url(sent, "authority_ruling"), {"outcome": "objected", "ruled_on": "01/04/2019"})
    given = client.post(
        authority_url(sent, "authority_ruling"),
        {"outcome": "objected", "ruled_on": "01/04/2019", "text": "Målene mangler.", "key": "k1", **SIGNED},
    )

    sent.refresh_from_db()
    assert (empty.status_code, given.status_code) == (409, 302)
    assert sent.ruling.text == "Målene mangler."
    assert stage_of(sent.stage.process, "ruling").state == StageState.OPEN


def test_read_authoritys_page_after_its_receipt_says_jer_shows_its_file_and_asks_for_the_ruling_by_the_same_link() -> (
    None
):
    process, sent = sent_off(NOW)
    client = holder_of(sent.link)
    file = a_file(process.office, NOW, "kvittering.txt", b"Modtaget")
    acknowledge(sent, received_at=NOW, number="05-1", file=file, actor=officer_of(process), now=NOW)

    page = client.get(authority_url(sent)).content.decode()
    fetched = client.get(authority_url(sent, "authority_file", file.public_id))
    ruled = client.post(
        authority_url(sent, "authority_ruling"),
        {"outcome": "approved", "ruled_on": "01/04/2019", "key": "k", **SIGNED},
    )

    assert PersonalLink.objects.filter(external_requests__stage__process=process).distinct().count() == 1
    for words in ("Modtaget hos jer", "Jeres sagsnummer", "05-1", "kvittering.txt", "Jeres afgørelse"):
        assert words in page, words
    assert "Modtaget hos myndigheden" not in page
    assert b"".join(fetched.streaming_content) == b"Modtaget"  # type: ignore[arg-type]
    assert ruled.status_code == 302
    assert ExternalRuling.objects.get().by_label == "Niels Friis, kontorchef (Styrelsen)"


def test_ask_question_by_link_is_a_duty_until_dealt_with_and_gets_a_receipt_with_its_words() -> None:
    process, sent = sent_off(NOW)
    client, officer = holder_of(sent.link), own_officer(process)
    asked = {"text": "Hvem betaler for transporten?", "key": "k", **SIGNED}

    pressed = [client.post(authority_url(sent, "authority_question"), asked).status_code for _press in range(2)]

    question = ExternalQuestion.objects.get()
    assert pressed == [302, 302]
    assert question.by_label == "Niels Friis, kontorchef (Styrelsen)"
    assert "Hvem betaler for transporten?" in client.get(authority_url(sent)).content.decode()
    receipt = OutgoingMail.objects.get(kind="authority_question_receipt")
    assert (receipt.to_address, receipt.facts["question"]) == (sent.email, question.text)
    assert AuditEntry.objects.filter(verb="ask_question", subject_id=question.public_id).count() == 1
    for page in (reverse("home"), stage_url(process)):
        assert "Styrelsen har stillet et spørgsmål. Svar med mail." in officer.get(page).content.decode()

    officer.post(
        reverse("matter_settle", args=[process.public_id, "question", question.public_id]),
        {"reason": "Besvaret med mail i dag", "key": "s"},
    )

    assert "har stillet et spørgsmål" not in officer.get(reverse("home")).content.decode()
    assert "Hvem betaler for transporten?" in officer.get(stage_url(process)).content.decode()


@pytest.mark.parametrize("lacking", ["text", *SIGNED])
def test_ask_question_without_words_or_name_keeps_the_rest_and_records_nothing(lacking: str) -> None:
    _process, sent = sent_off(NOW)
    typed = {"text": "Hvem betaler?", **SIGNED, lacking: " "}

    response = holder_of(sent.link).post(authority_url(sent, "authority_question"), typed)

    page = response.content.decode()
    assert response.status_code == 409
    assert all(words in page for words in typed.values() if words.strip())
    assert not ExternalQuestion.objects.exists()


def test_ask_question_about_a_submission_withdrawn_is_refused() -> None:
    process, sent = sent_off(NOW)
    client = holder_of(sent.link)
    return_stage(
        stage_of(process, "submission"), to="drafting", reason="Teksten rettes", actor=officer_of(process), now=NOW
    )

    response = client.post(authority_url(sent, "authority_question"), {"text": "Hvem betaler?", **SIGNED})

    assert response.status_code == 409
    assert not ExternalQuestion.objects.exists()


def test_fetch_anothers_file_by_the_authoritys_link_is_not_found() -> None:
    process, sent = sent_off(NOW)
    minutes = a_file(process.office, NOW)

    response = holder_of(sent.link).get(authority_url(sent, "authority_file", minutes.public_id))

    assert response.status_code == 404


def test_rule_approved_with_remarks_by_link_completes_the_stage() -> None:
    sent = awaiting_ruling()
    facts = {
        "outcome": "approved_with_remarks",
        "ruled_on": "01/04/2019",
        "text": "Følg målene op.",
        "key": "k",
        **SIGNED,
    }

    holder_of(sent.link).post(authority_url(sent, "authority_ruling"), facts)

    assert stage_of(sent.stage.process, "ruling").state == StageState.COMPLETED
    assert "Godkendt med bemærkninger" in holder_of(sent.link).get(authority_url(sent)).content.decode()


def test_send_submission_to_another_address_takes_everything_under_the_link_there() -> None:
    sent = awaiting_ruling()
    first = ExternalRequest.objects.get(stage__key="submission", link=sent.link)

    given = {"email": "ny@sst.example", "seen": sent.email}
    own_officer(sent.stage.process).post(sent_url(sent, "submission_readdress"), given)

    first.refresh_from_db()
    assert first.email == "ny@sst.example"
    waiting = OutgoingMail.objects.filter(kind="authority_submission", state="queued")
    assert set(waiting.values_list("to_address", flat=True)) == {"ny@sst.example"}


def test_rule_with_wrong_kind_of_file_keeps_the_text() -> None:
    sent = awaiting_ruling()
    facts = {"outcome": "approved", "ruled_on": "01/04/2019", "text": "Vi godkender aftalen.", **SIGNED}
    facts |= {"file": SimpleUploadedFile("afgoerelse.pdf", b"MZ no pdf")}  # type: ignore[dict-item]

    response = holder_of(sent.link).post(authority_url(sent, "authority_ruling"), facts)

    assert response.status_code == 409
    assert "Vi godkender aftalen." in response.content.decode()
    sent.refresh_from_db()
    assert sent.state == ExternalState.SENT


def test_fetch_package_of_another_process_by_link_is_not_found() -> None:
    _process, sent = sent_off(NOW)
    other = a_file(sent.stage.process.office, NOW)

    client = holder_of(sent.link)

    assert client.get(authority_url(sent, "authority_package", other.public_id)).status_code == 404


def test_read_authoritys_page_with_a_councils_link_is_refused() -> None:
    process, sent = sent_off(NOW)
    council = request_to(process, "council-1")

    assert holder_of(council.link).get(authority_url(sent)).status_code == 403
    assert holder_of(council.link).get(reverse("authority", args=[council.link.public_id])).status_code == 404
    assert Client().get(authority_url(sent)).status_code == 403
