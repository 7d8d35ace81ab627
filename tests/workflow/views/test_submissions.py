"""Packages, what is entered on the authority's behalf, and dated facts."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.workflow.agreements import approve, in_approval, in_submission, officer_of, sent_off
from tests.workflow.factories import an_office, an_officer, stage_of
from tests.workflow.submission_factories import something_new
from tests.workflow.test_supplements import WITH_STATUS, missing_in_status, provisionally_submitted
from tests.workflow.views.sent_papers import NOW, authority_url, awaiting_ruling, own_officer, sent_url, stage_url
from tests.workflow.views.visitors import an_auditor, holder_of, signed_in
from workflow.actions.submissions import make_package, send_submission
from workflow.models import Body, Decision, ExternalRequest, MilestoneRecord, Package
from workflow.states import ExternalState, StageState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


# ── Making and sending ────────────────────────────────────────────────────────────────────────────────────────
def test_make_package_look_inside_and_send_it() -> None:
    process = in_submission(NOW)
    client = own_officer(process)

    client.post(stage_url(process, "package_new"), {"key": "k1"})
    client.post(stage_url(process, "package_new"), {"key": "k1"})
    package = Package.objects.get(process=process)
    inside = client.get(reverse("package", args=[process.public_id, package.public_id])).content.decode()
    fetched = client.get(reverse("package_file", args=[process.public_id, package.public_id]))
    sent = client.post(reverse("submission_send", args=[process.public_id, package.public_id]), {"key": "k2"})

    archive = zipfile.ZipFile(io.BytesIO(b"".join(fetched.streaming_content)))  # type: ignore[arg-type]
    assert package.file.sha256 in inside
    assert "1-aftale/01-aftale-v1.md" in inside
    assert "CHECKSUMS.sha256" in archive.namelist()
    assert sent.status_code == 302
    assert ExternalRequest.objects.get(stage__process=process).state == ExternalState.SENT


def test_make_package_before_all_have_approved_says_who_is_missing() -> None:
    process = in_submission(NOW)
    Decision.objects.filter(body__key="council-1").update(state="superseded")
    client = own_officer(process)

    page = client.get(stage_url(process, "package_new")).content.decode()
    refused = client.post(stage_url(process, "package_new"), {"key": "k1"})
    provisional = client.post(
        stage_url(process, "package_new"),
        {"key": "k2", "is_provisional": "on", "reason": "The council meets after the statutory day"},
    )

    assert "Byråd 1" in page
    assert refused.status_code == 409
    assert provisional.status_code == 302
    assert Package.objects.get(process=process).is_provisional


def test_make_provisional_package_without_reason_is_refused() -> None:
    process = in_submission(NOW)
    Decision.objects.filter(body__key="council-1").update(state="superseded")

    response = own_officer(process).post(stage_url(process, "package_new"), {"is_provisional": "on", "reason": ""})

    assert response.status_code == 409
    assert not Package.objects.exists()


def test_make_supplement_names_the_first_package_and_is_sent_under_the_same_link() -> None:
    process, sent = sent_off(NOW)
    client = own_officer(process)
    something_new(process, NOW)

    client.post(stage_url(process, "package_new"), {"supplements": str(sent.package.public_id)})  # type: ignore[union-attr]
    supplement = Package.objects.get(process=process, number=2)
    client.post(reverse("submission_send", args=[process.public_id, supplement.public_id]), {"key": "k2"})

    assert supplement.supplements_id == sent.package_id
    page = holder_of(sent.link).get(authority_url(sent)).content.decode()
    assert supplement.file.sha256 in page


def test_make_supplement_after_a_later_text_was_locked_says_what_the_package_it_adds_to_lacks() -> None:
    process = in_approval(NOW, councils=1, text=WITH_STATUS)
    first = provisionally_submitted(process, NOW)
    approve(process, "council-1", NOW)
    missing_in_status(process, NOW)
    client = own_officer(process)

    page = client.get(stage_url(process, "package_new"))
    made = client.post(stage_url(process, "package_new"), {"supplements": str(first.public_id)})

    assert page.context["missing"] == []
    assert made.status_code == 302
    assert Package.objects.get(process=process, number=2).bundle == first.bundle


def test_make_supplement_with_nothing_new_is_refused_and_says_what_to_record_first() -> None:
    process, sent = sent_off(NOW)
    client = own_officer(process)

    made = client.post(stage_url(process, "package_new"), {"supplements": str(sent.package.public_id)})  # type: ignore[union-attr]

    assert made.status_code in (409, 422)
    assert "Der er ikke kommet noget siden pakke 1, som et supplement kunne indeholde" in made.content.decode()
    assert Package.objects.filter(process=process).count() == 1


def test_make_supplement_offers_only_what_was_sent() -> None:
    process = in_submission(NOW)
    stage, officer = stage_of(process, "submission"), officer_of(process)
    unsent = make_package(stage, actor=officer, now=NOW)
    first = send_submission(stage, make_package(stage, actor=officer, now=NOW), actor=officer, now=NOW)

    page = own_officer(process).get(stage_url(process, "package_new")).content.decode()

    assert str(first.package.public_id) in page  # type: ignore[union-attr]
    assert str(unsent.public_id) not in page


def test_read_submission_lets_a_supplement_to_a_supplement_be_sent_once() -> None:
    process, first = sent_off(NOW)
    stage, officer = stage_of(process, "submission"), officer_of(process)
    something_new(process, NOW)
    second = make_package(stage, supplements=first.package, actor=officer, now=NOW)
    send_submission(stage, second, actor=officer, now=NOW)
    something_new(process, NOW)
    third = make_package(stage, supplements=second, actor=officer, now=NOW)

    page = own_officer(process).get(stage_url(process)).content.decode()

    assert reverse("submission_send", args=[process.public_id, third.public_id]) in page
    assert reverse("submission_send", args=[process.public_id, second.public_id]) not in page


def test_send_second_package_that_is_no_supplement_is_refused() -> None:
    process, _request = sent_off(NOW)
    second = make_package(stage_of(process, "submission"), actor=officer_of(process), now=NOW)

    response = own_officer(process).post(reverse("submission_send", args=[process.public_id, second.public_id]))

    assert response.status_code == 422
    assert "Lav den nye som et supplement til den." in response.content.decode()


@pytest.mark.parametrize("councils", [1, 3])
def test_read_submission_costs_the_same_for_one_and_for_three_councils(
    councils: int, django_assert_num_queries: Any
) -> None:
    process, _request = sent_off(NOW, councils=councils)
    client = own_officer(process)

    with django_assert_num_queries(19):
        client.get(stage_url(process))


# ── On the authority's behalf ─────────────────────────────────────────────────────────────────────────────────
def test_record_receipt_on_behalf_starts_eight_weeks_and_shows_the_weekday() -> None:
    process, sent = sent_off(NOW)
    client = own_officer(process)
    facts = {"received_on": "28/02/2019", "received_clock": "14.30", "number": "05-1"}
    facts |= {"file": SimpleUploadedFile("kvittering.txt", b"Modtaget.")}  # type: ignore[dict-item]

    response = client.post(sent_url(sent, "receipt_on_behalf"), facts)

    assert response.status_code == 302
    page = client.get(stage_url(process)).content.decode()
    assert "torsdag den 25. april 2019" in page
    assert "kvittering.txt" in page
    assert stage_of(process, "submission").state == StageState.COMPLETED


def test_record_receipt_from_before_it_was_sent_is_refused() -> None:
    process, sent = sent_off(NOW)

    response = own_officer(process).post(
        sent_url(sent, "receipt_on_behalf"), {"received_on": "20/02/2019", "received_clock": "14.30"}
    )

    assert response.status_code == 422
    assert "20/02/2019" in response.content.decode()


def test_record_ruling_on_behalf_ends_the_wait() -> None:
    sent = awaiting_ruling()
    process = sent.stage.process

    response = own_officer(process).post(
        sent_url(sent, "ruling_on_behalf"), {"outcome": "approved", "ruled_on": "01/04/2019", "text": "Godkendt."}
    )

    assert response.status_code == 302
    assert stage_of(process, "ruling").state == StageState.COMPLETED


def test_correct_the_authoritys_address_to_an_impossible_one_is_refused() -> None:
    _process, sent = sent_off(NOW)

    response = own_officer(sent.stage.process).post(
        sent_url(sent, "submission_readdress"), {"email": "a b@sst.example"}
    )

    assert response.status_code == 422


# ── Who is let in ─────────────────────────────────────────────────────────────────────────────────────────────
def test_read_and_act_as_another_offices_officer_is_not_found() -> None:
    process, sent = sent_off(NOW)
    stranger = signed_in(an_officer(an_office("midtjylland"), email="stranger@example.dk"))
    package = sent.package
    assert package is not None

    for url in (
        stage_url(process),
        stage_url(process, "package_new"),
        reverse("package", args=[process.public_id, package.public_id]),
        reverse("package_file", args=[process.public_id, package.public_id]),
        sent_url(sent, "receipt_on_behalf"),
        sent_url(sent, "ruling_on_behalf"),
        sent_url(sent, "submission_readdress"),
    ):
        assert stranger.get(url).status_code == 404, url


def test_read_as_auditor_and_act_is_refused() -> None:
    process, sent = sent_off(NOW)
    auditor = signed_in(an_auditor(process.office))

    assert auditor.get(stage_url(process)).status_code == 200
    for url in (
        stage_url(process, "package_new"),
        sent_url(sent, "receipt_on_behalf"),
        sent_url(sent, "ruling_on_behalf"),
        sent_url(sent, "submission_readdress"),
        reverse("submission_send", args=[process.public_id, sent.package.public_id]),  # type: ignore[union-attr]
        stage_url(process, "milestone_record", "in_force"),
    ):
        assert auditor.post(url).status_code == 403, url


def test_read_without_account_leads_to_sign_in() -> None:
    process = in_submission(NOW)

    assert reverse("account_login") in Client().get(stage_url(process))["Location"]


# ── Dated facts ───────────────────────────────────────────────────────────────────────────────────────────────
def test_record_day_for_several_councils_at_once_leaves_the_rest_missing() -> None:
    process = in_submission(NOW)
    client = own_officer(process)
    chosen = [str(body.public_id) for body in Body.objects.filter(key__in=["council-1", "council-2"])]
    url = stage_url(process, "milestone_record", "in_force")

    first = client.post(url, {"happened_on": "01/03/2019", "bodies": chosen, "key": "k1"})

    assert first.status_code == 302
    assert MilestoneRecord.objects.count() == 2
    page = client.get(stage_url(process, "milestones", "in_force"))
    assert page.context["done"] == 2
    assert page.content.decode().count("Mangler") >= 1


def test_record_day_twice_is_one_deed_and_for_one_recorded_meanwhile_says_so() -> None:
    process = in_submission(NOW)
    client = own_officer(process)
    day = {"happened_on": "01/03/2019", "bodies": [str(Body.objects.get(key="council-1").public_id)]}
    url = stage_url(process, "milestone_record", "in_force")

    presses = [client.post(url, {**day, "key": key}) for key in ("k1", "k1", "k2")]

    assert [press.status_code for press in presses] == [302, 302, 422]
    assert MilestoneRecord.objects.count() == 1
    assert presses[2].context["form"].non_field_errors() == ["Datoen er allerede registreret."]


def test_record_day_to_come_is_refused_and_records_nobody() -> None:
    process = in_submission(NOW)
    chosen = [str(Body.objects.get(key="council-1").public_id)]

    response = own_officer(process).post(
        stage_url(process, "milestone_record", "in_force"), {"happened_on": "01/03/2199", "bodies": chosen}
    )

    assert response.status_code == 422
    assert not MilestoneRecord.objects.exists()


def test_record_day_for_nobody_asks_for_one() -> None:
    process = in_submission(NOW)

    response = own_officer(process).post(
        stage_url(process, "milestone_record", "in_force"), {"happened_on": "01/03/2019"}
    )

    assert response.status_code == 422


@pytest.mark.parametrize("councils", [1, 3])
def test_read_milestones_costs_the_same_for_one_and_for_three_councils(
    councils: int, django_assert_num_queries: Any
) -> None:
    process = in_submission(NOW, councils=councils)
    client = own_officer(process)

    # Each fact that is rehearsed asks which set of documents it is about, and the page shows it.
    with django_assert_num_queries(127):
        client.get(stage_url(process, "milestones", "in_force"))


def test_read_milestones_before_the_stage_has_begun_shows_no_form() -> None:
    process = in_approval(NOW)

    page = own_officer(process).get(stage_url(process, "milestones", "in_force")).content.decode()

    assert 'name="happened_on"' not in page
