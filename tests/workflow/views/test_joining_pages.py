"""A party joins a sub-agreement late on the page of its own link, and the office's pages show that it did."""

from __future__ import annotations

import re
from datetime import date

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from notifications import delivery
from notifications.models import OutgoingMail
from tests.workflow.agreements import a_locked_bundle, in_approval, officer_of
from tests.workflow.factories import a_body, an_officer
from tests.workflow.sub_agreements import (
    AFTER,
    DAY,
    STARTED,
    another_council,
    in_accession,
    in_force,
    join,
    question_to,
)
from tests.workflow.views.councils import decision_url
from tests.workflow.views.visitors import a_decision, holder_of, signed_in
from workflow.actions.processes import abandon_process
from workflow.models import ApprovalRequest, Body, Decision, Process
from workflow.queries.processes import live_stage
from workflow.states import BodyKind, ChangeKind, Outcome, RequestState, StageState

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SHOWN = re.compile(r'name="shown" value="(\w+)"')


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
    assert 'name="next_meeting_on"' not in page
    assert answer.redirect_chain[-1][0] == decision_url(request, "decision_receipt")
    assert Decision.objects.filter(body__key="council-2", outcome=Outcome.APPROVED).exists()
    assert live_stage(process, "accession").state == StageState.COMPLETED
    assert "I er nu aftalepart." in answer.content.decode()


@time_machine.travel(AFTER, tick=False)
def test_decline_by_link_says_on_receipt_and_in_mail_that_one_can_still_join() -> None:
    process = in_force()
    request = question_to(process, "council-2")

    receipt = holder_of(request.link).get(decision_url(request, "decision_receipt")).content.decode()
    with delivery.recording():
        delivery.deliver(AFTER, delivery.clock_from(AFTER))
    mails = dict(OutgoingMail.objects.filter(kind="decision_receipt").values_list("to_address", "text_sent"))
    declined, joined = (mails[f"post@council-{number}.example"] for number in (2, 1))

    assert "I står uden for aftalen. I kan stadig tiltræde den" in receipt
    assert "I står uden for aftalen. I kan stadig tiltræde den" in declined
    assert "uden for aftalen" not in joined


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


# ── Taking a body in ──────────────────────────────────────────────────────────────────────────────────────────
def an_officer_of(process: Process) -> Client:
    """The browser of an officer of the process's office."""
    return signed_in(an_officer(process.office))


def adding_url(process: Process) -> str:
    """Where an officer adds a party."""
    return reverse("party_add", args=[process.public_id, live_stage(process, "accession").public_id])


@time_machine.travel(AFTER, tick=False)
def test_add_party_on_its_page_names_mail_and_what_follows_before_the_press_that_does_it(demo: None) -> None:
    process = in_force()
    body = another_council(process.office)
    client, url = an_officer_of(process), adding_url(process)
    stage = live_stage(process, "accession")
    board = reverse("approvals", args=[process.public_id, stage.public_id])
    values = {"body": str(body.pk), "level": "council", "reply_by": "15/06/2020", "reason": "", "key": "k"}

    offered = client.get(board).content.decode()
    empty = client.get(url).content.decode()
    looked = client.post(url, {**values, "do": "look"})
    assert not ApprovalRequest.objects.filter(body=body).exists()
    shown = SHOWN.findall(looked.content.decode())[0]
    done = client.post(url, {**values, "do": "send", "shown": shown}, follow=True)

    assert url in offered
    assert "Organet får én mail med sit eget link" in empty
    told = looked.content.decode()
    assert "Byråd 3 sættes på listen over aftaleparter" in told
    assert "post@council-3.example" in told
    assert "Trinnet forbliver afsluttet." in told
    assert "Intet bliver offentligt" in told
    assert done.redirect_chain[-1][0] == board
    assert "Byråd 3 er spurgt, om det vil tiltræde." in done.content.decode()
    assert ApprovalRequest.objects.filter(body=body).count() == 1


@time_machine.travel(AFTER, tick=False)
def test_add_party_pressed_before_what_follows_was_shown_shows_it_and_asks_nobody(demo: None) -> None:
    process = in_force()
    body = another_council(process.office)

    answer = an_officer_of(process).post(
        adding_url(process), {"body": body.pk, "level": "council", "reply_by": "15/06/2020", "do": "send", "shown": "x"}
    )

    assert answer.status_code == 422
    assert "Byråd 3 sættes på listen" in answer.content.decode()
    assert not ApprovalRequest.objects.filter(body=body).exists()


@time_machine.travel(AFTER, tick=False)
@pytest.mark.parametrize(
    ("body", "day", "says"),
    [
        ("council-1", "15/06/2020", "Byråd 1 står allerede på listen over aftaleparter."),
        ("council-3", "13/06/2020", "13. juni 2020 er en lørdag."),
        ("council-3", "03/05/2020", "Dagen er allerede gået."),
    ],
)
def test_add_party_that_is_refused_says_why_and_keeps_what_was_chosen(
    demo: None, body: str, day: str, says: str
) -> None:
    process = in_force()
    another_council(process.office)
    row = Body.objects.get(key=body)

    answer = an_officer_of(process).post(
        adding_url(process), {"body": row.pk, "level": "standing_committee", "reply_by": day, "do": "send"}
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert re.search(r'value="standing_committee"\s+(selected|checked)', page)


@time_machine.travel(AFTER, tick=False)
def test_read_page_to_add_a_party_where_the_list_is_fixed_says_so_and_the_board_offers_none(demo: None) -> None:
    process = in_approval(STARTED)
    stage = live_stage(process, "approval")
    client = an_officer_of(process)

    page = client.get(reverse("party_add", args=[process.public_id, stage.public_id])).content.decode()
    board = client.get(reverse("approvals", args=[process.public_id, stage.public_id])).content.decode()

    assert "blev fastlagt ved processens start" in page
    assert "ny-aftalepart" not in board


@time_machine.travel(AFTER, tick=False)
def test_ask_again_late_on_its_page_takes_a_day_and_says_that_the_stage_stays_completed(demo: None) -> None:
    process = in_force()
    asked = question_to(process, "council-2")
    client, url = an_officer_of(process), reverse("request_ask_again", args=[process.public_id, asked.public_id])

    page = client.get(url).content.decode()
    missing = client.post(url, {"reason": "Aftalen er udvidet."})
    done = client.post(url, {"reason": "Aftalen er udvidet.", "reply_by": "15/06/2020"})

    assert "Trinnet forbliver afsluttet." in page
    assert "Svar ønskes senest" in page
    assert missing.status_code == 422
    assert done.status_code == 302
    asked.refresh_from_db()
    assert asked.state == RequestState.ASKED


@time_machine.travel(AFTER, tick=False)
def test_record_on_behalf_of_a_body_that_is_no_more_takes_what_it_decided_before_and_names_who_came_after(
    demo: None,
) -> None:
    process = in_force()
    heir = a_body(BodyKind.MUNICIPAL_COUNCIL, "Ny Kommune", key="heir")
    Body.objects.filter(key="council-2").update(valid_to=date(2020, 4, 30), successor=heir)
    request = question_to(process, "council-2")
    client = an_officer_of(process)
    url = reverse("decision_on_behalf", args=[process.public_id, request.public_id])
    values = a_decision(request.link, received_on="04/05/2020", received_clock="9.00")

    page = client.get(url).content.decode()
    late = client.post(url, {**values, "meeting_on": "04/05/2020"})
    before = client.post(url, {**values, "meeting_on": "30/04/2020"})

    assert "Organet tiltræder aftalen." in page
    assert late.status_code == 409
    assert "Byråd 2 ophørte den" in late.content.decode()
    assert "Ny Kommune er trådt i stedet" in late.content.decode()
    assert before.status_code == 302
