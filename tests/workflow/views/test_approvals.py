"""The board of a stage in which bodies decide, and an officer's deeds for one body."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.workflow.agreements import TEXT, a_locked_bundle, decide, in_approval, request_to
from tests.workflow.factories import an_office, an_officer, stage_of
from tests.workflow.views.visitors import a_decision, an_auditor, holder_of, signed_in
from workflow.models import ApprovalRequest, Decision, Process
from workflow.states import ChangeKind, DecisionState, Outcome, RequestState

NOW = datetime(2019, 2, 28, 9, 0, tzinfo=UTC)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

PAGES = ("approval", "decision_on_behalf", "request_readdress", "request_ask_again", "request_meeting")
DEEDS = (
    "decision_on_behalf",
    "request_resend",
    "request_readdress",
    "request_ask_again",
    "request_meeting",
    "addendum_on_behalf",
    "minutes_on_behalf",
)


def _board_url(process: Process) -> str:
    return reverse("approvals", args=[process.public_id, stage_of(process, "approval").public_id])


def _url(request: ApprovalRequest, name: str = "approval") -> str:
    return reverse(name, args=[request.stage.process.public_id, request.public_id])


def _officer(process: Process) -> Client:
    return signed_in(an_officer(process.office, email="own@example.dk"))


def _on_behalf(request: ApprovalRequest, **changes: Any) -> dict[str, Any]:
    values = a_decision(request.link) | {"received_on": "28/02/2019", "received_clock": "14.30"}
    del values["confirmed"]
    return {**values, **changes}


# ── The board ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_read_board_shows_each_body_with_its_outcome_and_the_bundle() -> None:
    process = in_approval(NOW)
    decide(process, "council-1", NOW, Outcome.APPROVED_WITH_REMARKS, remarks="Se punkt 2.")
    bundle = request_to(process, "council-1").bundle

    page = _officer(process).get(_board_url(process)).content.decode()

    assert "Byråd 1" in page
    assert "Godkendt med bemærkninger" in page
    assert "Fristen er overskredet" in page
    assert bundle.sha256[:12] in page  # type: ignore[union-attr]


def test_read_board_after_a_no_that_stops_the_matter_says_what_can_be_done() -> None:
    process = in_approval(NOW)
    decide(process, "council-1", NOW, Outcome.REJECTED)

    page = _officer(process).get(_board_url(process)).content.decode()

    assert "Dette kan ikke længere opfyldes. Alle skal godkende, og Byråd 1 har besluttet noget andet." in page
    assert "Spørg igen, send sagen tilbage, eller fortsæt med en begrundelse" in page


def test_read_board_after_material_change_counts_what_fell() -> None:
    process = in_approval(NOW)
    decide(process, "council-1", NOW)
    a_locked_bundle(process, NOW, text=TEXT + "\nMere.", change=ChangeKind.MATERIAL)

    page = _officer(process).get(_board_url(process))

    fallen = page.context["tiles"][-1]
    assert fallen["value"] == 1


def test_read_board_of_a_stage_without_decisions_is_not_found() -> None:
    process = in_approval(NOW)
    url = reverse("approvals", args=[process.public_id, stage_of(process, "drafting").public_id])

    assert _officer(process).get(url).status_code == 404


def test_read_board_as_another_offices_officer_is_not_found() -> None:
    process = in_approval(NOW)
    stranger = an_officer(an_office("midtjylland"), email="stranger@example.dk")

    assert signed_in(stranger).get(_board_url(process)).status_code == 404


def test_read_board_without_account_leads_to_sign_in() -> None:
    process = in_approval(NOW)

    assert reverse("account_login") in Client().get(_board_url(process))["Location"]


@pytest.mark.parametrize("councils", [1, 3])
def test_read_board_costs_the_same_for_one_and_for_three_councils(
    councils: int, django_assert_num_queries: Any
) -> None:
    process = in_approval(NOW, councils=councils)
    client = _officer(process)

    with django_assert_num_queries(22):
        client.get(_board_url(process))


# ── Who is let in ─────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", PAGES)
def test_read_page_of_a_body_as_own_officer_names_it(name: str) -> None:
    request = request_to(in_approval(NOW), "council-1")

    response = _officer(request.stage.process).get(_url(request, name))

    assert response.status_code == 200
    assert "Byråd 1" in response.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_read_page_of_a_body_as_another_offices_officer_is_not_found(name: str) -> None:
    request = request_to(in_approval(NOW), "council-1")
    stranger = an_officer(an_office("midtjylland"), email="stranger@example.dk")

    assert signed_in(stranger).get(_url(request, name)).status_code == 404


@pytest.mark.parametrize("name", DEEDS)
def test_act_as_auditor_is_refused(name: str) -> None:
    request = request_to(in_approval(NOW), "council-1")
    client = signed_in(an_auditor(request.stage.process.office))

    assert client.post(_url(request, name), _on_behalf(request)).status_code == 403
    assert not Decision.objects.filter(request=request).exists()


def test_read_board_and_body_as_auditor_shows_no_deeds() -> None:
    request = request_to(in_approval(NOW), "council-1")
    client = signed_in(an_auditor(request.stage.process.office))

    assert client.get(_board_url(request.stage.process)).status_code == 200
    assert _url(request, "decision_on_behalf") not in client.get(_url(request)).content.decode()


@pytest.mark.parametrize("name", DEEDS)
def test_act_as_holder_of_the_bodys_link_leads_to_sign_in(name: str) -> None:
    request = request_to(in_approval(NOW), "council-1")

    response = holder_of(request.link).post(_url(request, name), _on_behalf(request))

    assert response.status_code == 403
    assert reverse("account_login") in response.content.decode()


# ── On behalf ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_record_on_behalf_keeps_minutes_source_and_time_of_receipt() -> None:
    request = request_to(in_approval(NOW), "council-1")
    files = {
        "minutes": SimpleUploadedFile("protokol.txt", b"Punkt 7."),
        "source": SimpleUploadedFile("mail.txt", b"Hermed udskriften."),
    }

    response = _officer(request.stage.process).post(_url(request, "decision_on_behalf"), _on_behalf(request, **files))

    decision = Decision.objects.get(request=request)
    assert response["Location"] == _url(request)
    assert decision.by_on_behalf_of == "Byråd 1"
    assert decision.received_at == datetime(2019, 2, 28, 13, 30, tzinfo=UTC)
    assert decision.minutes is not None
    assert decision.source is not None


def test_record_on_behalf_received_in_the_future_is_refused_and_keeps_the_text() -> None:
    request = request_to(in_approval(NOW), "council-1")

    response = _officer(request.stage.process).post(
        _url(request, "decision_on_behalf"), _on_behalf(request, received_on="28/02/2199")
    )

    assert response.status_code == 409
    assert "Byrådet godkendte indstillingen." in response.content.decode()


def test_record_on_behalf_twice_with_one_key_is_one_decision() -> None:
    request = request_to(in_approval(NOW), "council-1")
    client = _officer(request.stage.process)

    answers = [client.post(_url(request, "decision_on_behalf"), _on_behalf(request)).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert Decision.objects.filter(request=request).count() == 1


def test_ask_for_one_more_row_on_behalf_keeps_what_was_typed() -> None:
    request = request_to(in_approval(NOW), "council-1")
    facts = _on_behalf(request, one_more="1") | {"minority-0-members": "Ib (A)", "minority-0-text": "Nej."}

    page = _officer(request.stage.process).post(_url(request, "decision_on_behalf"), facts).content.decode()

    assert 'name="minority-1-members"' in page
    assert "14.30" in page


# ── Links and addresses ───────────────────────────────────────────────────────────────────────────────────────
def test_resend_question_makes_a_new_link() -> None:
    request = request_to(in_approval(NOW), "council-1")
    before = request.link.version

    _officer(request.stage.process).post(_url(request, "request_resend"), {"key": "k1"})

    request.link.refresh_from_db()
    assert request.link.version == before + 1


def test_correct_address_sends_the_question_there() -> None:
    request = request_to(in_approval(NOW), "council-1")

    given = {"email": "ny@koge.example", "name": "Bo", "seen": request.email}
    _officer(request.stage.process).post(_url(request, "request_readdress"), given)

    request.refresh_from_db()
    assert request.email == "ny@koge.example"


@pytest.mark.parametrize("email", ["", "ingen", "a@b", "a b@koge.example", "a@koge..example"])
def test_correct_address_to_an_impossible_one_is_refused_and_kept_on_the_page(email: str) -> None:
    request = request_to(in_approval(NOW), "council-1")
    was = request.email

    response = _officer(request.stage.process).post(_url(request, "request_readdress"), {"email": email})

    assert response.status_code == 422
    assert email in response.content.decode()
    request.refresh_from_db()
    assert request.email == was


# ── Afterwards ────────────────────────────────────────────────────────────────────────────────────────────────
def test_ask_again_after_rejection_reopens_the_question() -> None:
    process = in_approval(NOW)
    decide(process, "council-1", NOW, Outcome.REJECTED)
    request = request_to(process, "council-1")

    _officer(process).post(_url(request, "request_ask_again"), {"reason": "The figures were wrong in annex 2"})

    request.refresh_from_db()
    assert request.state == RequestState.ASKED


def test_ask_again_without_reason_is_refused() -> None:
    process = in_approval(NOW)
    decide(process, "council-1", NOW, Outcome.REJECTED)
    request = request_to(process, "council-1")

    assert _officer(process).post(_url(request, "request_ask_again"), {"reason": ""}).status_code == 422


def test_add_minutes_and_addendum_on_behalf_are_recorded_for_the_body() -> None:
    process = in_approval(NOW)
    decide(process, "council-1", NOW)
    request = request_to(process, "council-1")
    client = _officer(process)

    client.post(_url(request, "minutes_on_behalf"), {"minutes": SimpleUploadedFile("protokol.txt", b"Punkt 7.")})
    client.post(_url(request, "addendum_on_behalf"), {"text": "Punktet hed 8."})

    decision = Decision.objects.get(request=request, state=DecisionState.VALID)
    assert decision.minutes is not None
    assert decision.addenda.get().by_on_behalf_of == "Byråd 1"
    fetched = client.get(
        reverse("approval_file", args=[process.public_id, request.public_id, decision.minutes.public_id])
    )
    assert b"".join(fetched.streaming_content) == b"Punkt 7."  # type: ignore[arg-type]


def test_note_meeting_on_behalf_keeps_the_day() -> None:
    request = request_to(in_approval(NOW), "council-1")

    _officer(request.stage.process).post(_url(request, "request_meeting"), {"meeting_on": "01/03/2199"})

    request.refresh_from_db()
    assert str(request.meeting_on) == "2199-03-01"
