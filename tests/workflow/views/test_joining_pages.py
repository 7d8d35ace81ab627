"""A party joins a sub-agreement late on the page of its own link, and the office's pages show that it did."""

from __future__ import annotations

import pytest
import time_machine
from django.urls import reverse

from tests.workflow.agreements import a_locked_bundle, officer_of
from tests.workflow.factories import an_officer
from tests.workflow.sub_agreements import AFTER, DAY, STARTED, in_accession, in_force, join, question_to
from tests.workflow.views.councils import decision_url
from tests.workflow.views.visitors import a_decision, holder_of, signed_in
from workflow.actions.processes import abandon_process
from workflow.models import Decision
from workflow.queries.processes import live_stage
from workflow.states import ChangeKind, Outcome, StageState

pytestmark = pytest.mark.django_db


def test_join_late_by_own_link_from_the_page_that_says_so_to_the_receipt() -> None:
    with time_machine.travel(AFTER):
        process = in_force()
        request = question_to(process, "council-2")
        client = holder_of(request.link)

        page = client.get(decision_url(request)).content.decode()
        form = a_decision(request.link, meeting_on="04/05/2020", text="Byrådet tiltræder aftalen.")
        answer = client.post(decision_url(request), form, follow=True)

    assert "Tiltræd aftalen alligevel" in page
    assert "aftalen, som den gælder" in page
    assert "Tiltræder ikke" in page
    assert 'value="approved"' in page
    assert 'value="accession_declined"' not in page
    assert 'value="rejected"' not in page
    assert decision_url(request, "decision_meeting") not in page
    assert answer.redirect_chain[-1][0] == decision_url(request, "decision_receipt")
    assert Decision.objects.filter(body__key="council-2", outcome=Outcome.APPROVED).exists()
    assert live_stage(process, "accession").state == StageState.COMPLETED


@time_machine.travel(AFTER, tick=False)
def test_read_page_of_whoever_declined_shows_the_text_in_force_and_not_a_newer_one() -> None:
    process = in_force()
    in_force_set = live_stage(process, "accession").bundle
    corrected = a_locked_bundle(process, AFTER, text="# 1 Mål\n\nSammenhæng.\n", change=ChangeKind.EDITORIAL)
    a_locked_bundle(process, AFTER, text="# 1 Mål\n\nNoget andet.\n", change=ChangeKind.MATERIAL)
    request = question_to(process, "council-2")
    client = holder_of(request.link)

    page = client.get(decision_url(request)).content.decode()
    version = corrected.items.get().version
    text = client.get(decision_url(request, "decision_document", version.public_id)).content.decode()

    assert in_force_set is not None
    assert f'value="{corrected.sha256}"' in page
    assert f'value="{in_force_set.sha256}"' not in page
    assert "Sammenhæng." in text


@time_machine.travel(AFTER, tick=False)
def test_read_page_after_joining_shows_both_decisions_and_no_form() -> None:
    process = in_force()
    join(process, "council-2", AFTER)
    request = question_to(process, "council-2")

    page = holder_of(request.link).get(decision_url(request)).content.decode()

    assert 'name="outcome"' not in page
    assert "Tiltræder ikke" in page
    assert "Godkendt" in page


@time_machine.travel(AFTER, tick=False)
@pytest.mark.parametrize("body", ["council-1", "council-2"])
def test_read_page_after_the_process_has_ended_says_so_without_a_form(body: str) -> None:
    process = in_accession()
    if body == "council-2":
        join(process, body, STARTED + DAY, Outcome.ACCESSION_DECLINED)
    abandon_process(process, reason="Aftalen er opsagt af parterne.", actor=officer_of(process), now=AFTER)
    request = question_to(process, body)

    page = holder_of(request.link).get(decision_url(request)).content.decode()

    assert 'name="outcome"' not in page
    assert "Processen er opgivet" in page


def test_record_on_behalf_that_a_party_joins_late_is_offered_and_done(demo: None) -> None:
    with time_machine.travel(AFTER):
        process = in_force()
        request = question_to(process, "council-2")
        client = signed_in(an_officer(process.office))
        ids = [process.public_id, request.public_id]

        page = client.get(reverse("approval", args=ids)).content.decode()
        form = client.get(reverse("decision_on_behalf", args=ids)).content.decode()
        values = a_decision(request.link, meeting_on="04/05/2020", received_on="04/05/2020", received_clock="9.00")
        answer = client.post(reverse("decision_on_behalf", args=ids), values)

    assert "Registrér, at den tiltræder alligevel" in page
    assert "Organet tiltræder aftalen. Trinnet forbliver afsluttet" in form
    assert answer.status_code == 302
    decision = Decision.objects.get(body__key="council-2", outcome=Outcome.APPROVED)
    assert decision.by_on_behalf_of == "Byråd 2"


@time_machine.travel(AFTER, tick=False)
def test_read_board_says_who_joined_after_the_stage_was_completed(demo: None) -> None:
    process = in_force()
    stage = live_stage(process, "accession")
    client, url = signed_in(an_officer(process.office)), reverse("approvals", args=[process.public_id, stage.public_id])
    before = client.get(url).content.decode()
    join(process, "council-2", AFTER)

    page = client.get(url).content.decode()

    assert "Tiltrådt efter trinnets afslutning" not in before
    assert page.count("Tiltrådt efter trinnets afslutning") == 1
    assert "4. maj 2020" in page
