"""Packages, the authority's own page, its receipt and ruling, and dated facts."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from notifications.models import OutgoingMail
from tests.workflow.agreements import a_file, decide, in_approval, in_submission, officer_of, request_to, sent_off
from tests.workflow.factories import an_office, an_officer, stage_of
from tests.workflow.test_supplements import WITH_STATUS, missing_in_status, provisionally_submitted
from tests.workflow.views.visitors import an_auditor, holder_of, signed_in
from workflow.actions.stages import return_stage
from workflow.actions.submissions import acknowledge, make_package, send_submission
from workflow.models import (
    AuditEntry,
    Body,
    Decision,
    ExternalQuestion,
    ExternalRequest,
    ExternalRuling,
    MilestoneRecord,
    Package,
    PersonalLink,
    Process,
)
from workflow.states import ExternalState, StageState

NOW = datetime(2019, 2, 28, 9, 0, tzinfo=UTC)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

SIGNED = {"signer_name": "Niels Friis", "signer_position": "kontorchef"}


def _stage_url(process: Process, name: str = "submission", stage: str = "submission") -> str:
    return reverse(name, args=[process.public_id, stage_of(process, stage).public_id])


def _officer(process: Process) -> Client:
    return signed_in(an_officer(process.office, email="own@example.dk"))


def _sent_url(sent: ExternalRequest, name: str) -> str:
    return reverse(name, args=[sent.stage.process.public_id, sent.public_id])


def _authority_url(sent: ExternalRequest, name: str = "authority", *more: object) -> str:
    return reverse(name, args=[sent.link.public_id, *more])


def _in_ruling() -> ExternalRequest:
    process, sent = sent_off(NOW)
    acknowledge(sent, received_at=NOW, number="05-1", actor=officer_of(process), now=NOW)
    return ExternalRequest.objects.select_related("link", "stage__process").get(stage=stage_of(process, "ruling"))


# ── Making and sending ────────────────────────────────────────────────────────────────────────────────────────
def test_make_package_look_inside_and_send_it() -> None:
    process = in_submission(NOW)
    client = _officer(process)

    client.post(_stage_url(process, "package_new"), {"key": "k1"})
    client.post(_stage_url(process, "package_new"), {"key": "k1"})
    package = Package.objects.get(process=process)
    inside = client.get(reverse("package", args=[process.public_id, package.public_id])).content.decode()
    fetched = client.get(reverse("package_file", args=[process.public_id, package.public_id]))
    sent = client.post(reverse("submission_send", args=[process.public_id, package.public_id]), {"key": "k2"})

    archive = zipfile.ZipFile(io.BytesIO(b"".join(fetched.streaming_content)))  # type: ignore[arg-type]
    assert package.file.sha256 in inside
    assert "documents/01-aftale-v1.md" in inside
    assert "CHECKSUMS.sha256" in archive.namelist()
    assert sent.status_code == 302
    assert ExternalRequest.objects.get(stage__process=process).state == ExternalState.SENT


def test_make_package_before_all_have_approved_says_who_is_missing() -> None:
    process = in_submission(NOW)
    Decision.objects.filter(body__key="council-1").update(state="superseded")
    client = _officer(process)

    page = client.get(_stage_url(process, "package_new")).content.decode()
    refused = client.post(_stage_url(process, "package_new"), {"key": "k1"})
    provisional = client.post(
        _stage_url(process, "package_new"),
        {"key": "k2", "is_provisional": "on", "reason": "The council meets after the statutory day"},
    )

    assert "Byråd 1" in page
    assert refused.status_code == 409
    assert provisional.status_code == 302
    assert Package.objects.get(process=process).is_provisional


def test_make_provisional_package_without_reason_is_refused() -> None:
    process = in_submission(NOW)
    Decision.objects.filter(body__key="council-1").update(state="superseded")

    response = _officer(process).post(_stage_url(process, "package_new"), {"is_provisional": "on", "reason": ""})

    assert response.status_code == 409
    assert not Package.objects.exists()


def test_make_supplement_names_the_first_package_and_is_sent_under_the_same_link() -> None:
    process, sent = sent_off(NOW)
    client = _officer(process)

    client.post(_stage_url(process, "package_new"), {"supplements": str(sent.package.public_id)})  # type: ignore[union-attr]
    supplement = Package.objects.get(process=process, number=2)
    client.post(reverse("submission_send", args=[process.public_id, supplement.public_id]), {"key": "k2"})

    assert supplement.supplements_id == sent.package_id
    page = holder_of(sent.link).get(_authority_url(sent)).content.decode()
    assert supplement.file.sha256 in page


def test_make_supplement_after_a_later_text_was_locked_says_what_the_package_it_adds_to_lacks() -> None:
    process = in_approval(NOW, councils=1, text=WITH_STATUS)
    first = provisionally_submitted(process, NOW)
    decide(process, "council-1", NOW)
    missing_in_status(process, NOW)
    client = _officer(process)

    page = client.get(_stage_url(process, "package_new"))
    made = client.post(_stage_url(process, "package_new"), {"supplements": str(first.public_id)})

    assert page.context["missing"] == []
    assert made.status_code == 302
    assert Package.objects.get(process=process, number=2).bundle == first.bundle


def test_make_supplement_offers_only_what_was_sent() -> None:
    process = in_submission(NOW)
    stage, officer = stage_of(process, "submission"), officer_of(process)
    unsent = make_package(stage, actor=officer, now=NOW)
    first = send_submission(stage, make_package(stage, actor=officer, now=NOW), actor=officer, now=NOW)

    page = _officer(process).get(_stage_url(process, "package_new")).content.decode()

    assert str(first.package.public_id) in page  # type: ignore[union-attr]
    assert str(unsent.public_id) not in page


def test_read_submission_lets_a_supplement_to_a_supplement_be_sent_once() -> None:
    process, first = sent_off(NOW)
    stage, officer = stage_of(process, "submission"), officer_of(process)
    second = make_package(stage, supplements=first.package, actor=officer, now=NOW)
    send_submission(stage, second, actor=officer, now=NOW)
    third = make_package(stage, supplements=second, actor=officer, now=NOW)

    page = _officer(process).get(_stage_url(process)).content.decode()

    assert reverse("submission_send", args=[process.public_id, third.public_id]) in page
    assert reverse("submission_send", args=[process.public_id, second.public_id]) not in page


def test_send_second_package_that_is_no_supplement_is_refused() -> None:
    process, _request = sent_off(NOW)
    second = make_package(stage_of(process, "submission"), actor=officer_of(process), now=NOW)

    response = _officer(process).post(reverse("submission_send", args=[process.public_id, second.public_id]))

    assert response.status_code == 409


@pytest.mark.parametrize("councils", [1, 3])
def test_read_submission_costs_the_same_for_one_and_for_three_councils(
    councils: int, django_assert_num_queries: Any
) -> None:
    process, _request = sent_off(NOW, councils=councils)
    client = _officer(process)

    with django_assert_num_queries(17):
        client.get(_stage_url(process))


# ── On the authority's behalf ─────────────────────────────────────────────────────────────────────────────────
def test_record_receipt_on_behalf_starts_eight_weeks_and_shows_the_weekday() -> None:
    process, sent = sent_off(NOW)
    client = _officer(process)
    facts = {"received_on": "28/02/2019", "received_clock": "14.30", "number": "05-1"}
    facts |= {"file": SimpleUploadedFile("kvittering.txt", b"Modtaget.")}  # type: ignore[dict-item]

    response = client.post(_sent_url(sent, "receipt_on_behalf"), facts)

    assert response.status_code == 302
    page = client.get(_stage_url(process)).content.decode()
    assert "torsdag den 25. april 2019" in page
    assert "kvittering.txt" in page
    assert stage_of(process, "submission").state == StageState.COMPLETED


def test_record_receipt_from_before_it_was_sent_is_refused() -> None:
    process, sent = sent_off(NOW)

    response = _officer(process).post(
        _sent_url(sent, "receipt_on_behalf"), {"received_on": "20/02/2019", "received_clock": "14.30"}
    )

    assert response.status_code == 422
    assert "20/02/2019" in response.content.decode()


def test_record_ruling_on_behalf_ends_the_wait() -> None:
    sent = _in_ruling()
    process = sent.stage.process

    response = _officer(process).post(
        _sent_url(sent, "ruling_on_behalf"), {"outcome": "approved", "ruled_on": "01/04/2019", "text": "Godkendt."}
    )

    assert response.status_code == 302
    assert stage_of(process, "ruling").state == StageState.COMPLETED


def test_correct_the_authoritys_address_to_an_impossible_one_is_refused() -> None:
    _process, sent = sent_off(NOW)

    response = _officer(sent.stage.process).post(_sent_url(sent, "submission_readdress"), {"email": "a b@sst.example"})

    assert response.status_code == 422


# ── The authority by its link ─────────────────────────────────────────────────────────────────────────────────
def test_acknowledge_by_link_records_their_number_once() -> None:
    _process, sent = sent_off(NOW)
    client = holder_of(sent.link)

    first = client.post(_authority_url(sent, "authority_receipt"), {"number": "05-0101-22", "key": "k1", **SIGNED})
    again = client.post(_authority_url(sent, "authority_receipt"), {"number": "05-0101-22", "key": "k1", **SIGNED})
    other = client.post(_authority_url(sent, "authority_receipt"), {"number": "05-0101-23", "key": "k2", **SIGNED})

    assert (first.status_code, again.status_code, other.status_code) == (302, 302, 409)
    page = client.get(_authority_url(sent)).content.decode()
    assert "05-0101-22" in page
    assert "05-0101-23" not in page


def test_read_authoritys_page_shows_checksums_and_gives_the_package() -> None:
    _process, sent = sent_off(NOW)
    client = holder_of(sent.link)
    package = sent.package
    assert package is not None

    page = client.get(_authority_url(sent)).content.decode()
    fetched = client.get(_authority_url(sent, "authority_package", package.public_id))

    assert package.file.sha256 in page
    assert zipfile.ZipFile(io.BytesIO(b"".join(fetched.streaming_content))).testzip() is None  # type: ignore[arg-type]


def test_rule_by_link_with_objection_needs_words_and_is_recorded() -> None:
    sent = _in_ruling()
    client = holder_of(sent.link)

    empty = client.post(_authority_url(sent, "authority_ruling"), {"outcome": "objected", "ruled_on": "01/04/2019"})
    given = client.post(
        _authority_url(sent, "authority_ruling"),
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

    page = client.get(_authority_url(sent)).content.decode()
    fetched = client.get(_authority_url(sent, "authority_file", file.public_id))
    ruled = client.post(
        _authority_url(sent, "authority_ruling"),
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
    client, officer = holder_of(sent.link), _officer(process)
    asked = {"text": "Hvem betaler for transporten?", "key": "k", **SIGNED}

    pressed = [client.post(_authority_url(sent, "authority_question"), asked).status_code for _press in range(2)]

    question = ExternalQuestion.objects.get()
    assert pressed == [302, 302]
    assert question.by_label == "Niels Friis, kontorchef (Styrelsen)"
    assert "Hvem betaler for transporten?" in client.get(_authority_url(sent)).content.decode()
    receipt = OutgoingMail.objects.get(kind="authority_question_receipt")
    assert (receipt.to_address, receipt.facts["question"]) == (sent.email, question.text)
    assert AuditEntry.objects.filter(verb="ask_question", subject_id=question.public_id).count() == 1
    for page in (reverse("home"), _stage_url(process)):
        assert "Styrelsen har stillet et spørgsmål. Svar med mail." in officer.get(page).content.decode()

    officer.post(
        reverse("matter_settle", args=[process.public_id, "question", question.public_id]),
        {"reason": "Besvaret med mail i dag", "key": "s"},
    )

    assert "har stillet et spørgsmål" not in officer.get(reverse("home")).content.decode()
    assert "Hvem betaler for transporten?" in officer.get(_stage_url(process)).content.decode()


@pytest.mark.parametrize("lacking", ["text", *SIGNED])
def test_ask_question_without_words_or_name_keeps_the_rest_and_records_nothing(lacking: str) -> None:
    _process, sent = sent_off(NOW)
    typed = {"text": "Hvem betaler?", **SIGNED, lacking: " "}

    response = holder_of(sent.link).post(_authority_url(sent, "authority_question"), typed)

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

    response = client.post(_authority_url(sent, "authority_question"), {"text": "Hvem betaler?", **SIGNED})

    assert response.status_code == 409
    assert not ExternalQuestion.objects.exists()


def test_fetch_anothers_file_by_the_authoritys_link_is_not_found() -> None:
    process, sent = sent_off(NOW)
    minutes = a_file(process.office, NOW)

    response = holder_of(sent.link).get(_authority_url(sent, "authority_file", minutes.public_id))

    assert response.status_code == 404


def test_rule_approved_with_remarks_by_link_completes_the_stage() -> None:
    sent = _in_ruling()
    facts = {
        "outcome": "approved_with_remarks",
        "ruled_on": "01/04/2019",
        "text": "Følg målene op.",
        "key": "k",
        **SIGNED,
    }

    holder_of(sent.link).post(_authority_url(sent, "authority_ruling"), facts)

    assert stage_of(sent.stage.process, "ruling").state == StageState.COMPLETED
    assert "Godkendt med bemærkninger" in holder_of(sent.link).get(_authority_url(sent)).content.decode()


def test_send_submission_to_another_address_takes_everything_under_the_link_there() -> None:
    sent = _in_ruling()
    first = ExternalRequest.objects.get(stage__key="submission", link=sent.link)

    given = {"email": "ny@sst.example", "seen": sent.email}
    _officer(sent.stage.process).post(_sent_url(sent, "submission_readdress"), given)

    first.refresh_from_db()
    assert first.email == "ny@sst.example"
    waiting = OutgoingMail.objects.filter(kind="authority_submission", state="queued")
    assert set(waiting.values_list("to_address", flat=True)) == {"ny@sst.example"}


def test_rule_with_wrong_kind_of_file_keeps_the_text() -> None:
    sent = _in_ruling()
    facts = {"outcome": "approved", "ruled_on": "01/04/2019", "text": "Vi godkender aftalen.", **SIGNED}
    facts |= {"file": SimpleUploadedFile("afgoerelse.pdf", b"MZ no pdf")}  # type: ignore[dict-item]

    response = holder_of(sent.link).post(_authority_url(sent, "authority_ruling"), facts)

    assert response.status_code == 409
    assert "Vi godkender aftalen." in response.content.decode()
    sent.refresh_from_db()
    assert sent.state == ExternalState.SENT


def test_fetch_package_of_another_process_by_link_is_not_found() -> None:
    _process, sent = sent_off(NOW)
    other = a_file(sent.stage.process.office, NOW)

    client = holder_of(sent.link)

    assert client.get(_authority_url(sent, "authority_package", other.public_id)).status_code == 404


def test_read_authoritys_page_with_a_councils_link_is_refused() -> None:
    process, sent = sent_off(NOW)
    council = request_to(process, "council-1")

    assert holder_of(council.link).get(_authority_url(sent)).status_code == 403
    assert holder_of(council.link).get(reverse("authority", args=[council.link.public_id])).status_code == 404
    assert Client().get(_authority_url(sent)).status_code == 403


# ── Who is let in ─────────────────────────────────────────────────────────────────────────────────────────────
def test_read_and_act_as_another_offices_officer_is_not_found() -> None:
    process, sent = sent_off(NOW)
    stranger = signed_in(an_officer(an_office("midtjylland"), email="stranger@example.dk"))
    package = sent.package
    assert package is not None

    for url in (
        _stage_url(process),
        _stage_url(process, "package_new"),
        reverse("package", args=[process.public_id, package.public_id]),
        reverse("package_file", args=[process.public_id, package.public_id]),
        _sent_url(sent, "receipt_on_behalf"),
        _sent_url(sent, "ruling_on_behalf"),
        _sent_url(sent, "submission_readdress"),
    ):
        assert stranger.get(url).status_code == 404, url


def test_read_as_auditor_and_act_is_refused() -> None:
    process, sent = sent_off(NOW)
    auditor = signed_in(an_auditor(process.office))

    assert auditor.get(_stage_url(process)).status_code == 200
    for url in (
        _stage_url(process, "package_new"),
        _sent_url(sent, "receipt_on_behalf"),
        _sent_url(sent, "ruling_on_behalf"),
        _sent_url(sent, "submission_readdress"),
        reverse("submission_send", args=[process.public_id, sent.package.public_id]),  # type: ignore[union-attr]
        _stage_url(process, "milestone_record", "in_force"),
    ):
        assert auditor.post(url).status_code == 403, url


def test_read_without_account_leads_to_sign_in() -> None:
    process = in_submission(NOW)

    assert reverse("account_login") in Client().get(_stage_url(process))["Location"]


# ── Dated facts ───────────────────────────────────────────────────────────────────────────────────────────────
def test_record_day_for_several_councils_at_once_leaves_the_rest_missing() -> None:
    process = in_submission(NOW)
    client = _officer(process)
    chosen = [str(body.public_id) for body in Body.objects.filter(key__in=["council-1", "council-2"])]
    url = _stage_url(process, "milestone_record", "in_force")

    first = client.post(url, {"happened_on": "01/03/2019", "bodies": chosen, "key": "k1"})

    assert first.status_code == 302
    assert MilestoneRecord.objects.count() == 2
    page = client.get(_stage_url(process, "milestones", "in_force"))
    assert page.context["done"] == 2
    assert page.content.decode().count("Mangler") >= 1


def test_record_day_twice_is_one_deed_and_for_one_recorded_meanwhile_says_so() -> None:
    process = in_submission(NOW)
    client = _officer(process)
    day = {"happened_on": "01/03/2019", "bodies": [str(Body.objects.get(key="council-1").public_id)]}
    url = _stage_url(process, "milestone_record", "in_force")

    presses = [client.post(url, {**day, "key": key}) for key in ("k1", "k1", "k2")]

    assert [press.status_code for press in presses] == [302, 302, 422]
    assert MilestoneRecord.objects.count() == 1
    assert presses[2].context["form"].non_field_errors() == ["Datoen er allerede registreret."]


def test_record_day_to_come_is_refused_and_records_nobody() -> None:
    process = in_submission(NOW)
    chosen = [str(Body.objects.get(key="council-1").public_id)]

    response = _officer(process).post(
        _stage_url(process, "milestone_record", "in_force"), {"happened_on": "01/03/2199", "bodies": chosen}
    )

    assert response.status_code == 422
    assert not MilestoneRecord.objects.exists()


def test_record_day_for_nobody_asks_for_one() -> None:
    process = in_submission(NOW)

    response = _officer(process).post(
        _stage_url(process, "milestone_record", "in_force"), {"happened_on": "01/03/2019"}
    )

    assert response.status_code == 422


@pytest.mark.parametrize("councils", [1, 3])
def test_read_milestones_costs_the_same_for_one_and_for_three_councils(
    councils: int, django_assert_num_queries: Any
) -> None:
    process = in_submission(NOW, councils=councils)
    client = _officer(process)

    with django_assert_num_queries(112):
        client.get(_stage_url(process, "milestones", "in_force"))


def test_read_milestones_before_the_stage_has_begun_shows_no_form() -> None:
    process = in_approval(NOW)

    page = _officer(process).get(_stage_url(process, "milestones", "in_force")).content.decode()

    assert 'name="happened_on"' not in page
