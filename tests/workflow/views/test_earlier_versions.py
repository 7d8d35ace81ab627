"""What was decided on an earlier version, passed over or not put forward is told apart on every page that names it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests.workflow.agreements import a_working_set, decide, in_approval, in_review, officer_of, request_to
from tests.workflow.test_corrections import changed
from tests.workflow.views.consequences import LATER, NOW, reader_of, words_of
from tests.workflow.views.test_publication_pages import make_public
from tests.workflow.views.visitors import a_decision, holder_of
from workflow.actions.gates import override_gate
from workflow.models import Process
from workflow.queries.processes import live_stage
from workflow.states import ChangeKind, Outcome

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]
PASSED = "Passeret uden den beslutning, det kræver"


def board_of(process: Process, client: Client) -> str:
    stage = live_stage(process, "approval")
    return client.get(reverse("approvals", args=[process.public_id, stage.public_id])).content.decode()


@time_machine.travel(LATER, tick=False)
def test_read_board_after_a_material_change_leads_to_what_fell_and_marks_a_recommendation_given_before() -> None:
    process = in_approval(NOW)
    decide(process, "council-1", NOW)
    recommended = request_to(process, "council-2")
    decision = a_decision(recommended.link, level="standing_committee", meeting_on="16/01/2019")
    holder_of(recommended.link).post(reverse("decision_link", args=[recommended.link.public_id]), decision)
    fallen = request_to(process, "council-1")
    changed(process, LATER)

    client = reader_of(process)
    page = board_of(process, client)
    asked = client.get(reverse("approval", args=[process.public_id, request_to(process, "council-1").public_id]))

    old = reverse("approval", args=[process.public_id, fallen.public_id])
    assert "Tidligere beslutning, som er bortfaldet: Godkendt" in words_of(page.encode())
    assert f'href="{old}"' in page
    assert f'href="{old}"' in asked.content.decode()
    assert "Fagudvalget anbefalede godkendelse den 16. januar 2019 (Givet til version 1)" in words_of(page.encode())


@time_machine.travel(LATER, tick=False)
def test_follow_old_link_while_the_new_question_waits_is_told_when_it_comes() -> None:
    process = in_approval(NOW)
    process.office.minutes_to_take_back = 10
    process.office.save()
    request = request_to(process, "council-1")
    changed(process, LATER)

    waiting = words_of(holder_of(request.link).get(reverse("decision_link", args=[request.link.public_id])).content)
    with time_machine.travel(LATER + timedelta(minutes=11), tick=False):
        later = words_of(holder_of(request.link).get(reverse("decision_link", args=[request.link.public_id])).content)

    assert "Træf beslutning, når den er kommet." in waiting
    assert "nyeste mail" not in waiting
    assert "nyeste mail" in later


@time_machine.travel(LATER, tick=False)
def test_read_board_a_reservation_that_was_settled_is_told_apart_from_one_that_was_not() -> None:
    process = in_approval(NOW)
    decide(process, "council-1", NOW, Outcome.APPROVED_WITH_RESERVATION, remarks="Hvis penge følger med.")
    client = reader_of(process)
    before = words_of(board_of(process, client).encode())
    settle = reverse("reservation_settle", args=[process.public_id, request_to(process, "council-1").public_id])
    client.post(settle, {"settlement": "immaterial", "reason": "Pengene er bevilget.", "key": "k"})

    after = words_of(board_of(process, client).encode())

    assert "1 forbehold, der ikke er taget stilling til" in before
    assert "Der er ikke taget stilling til forbeholdet" in before
    assert "ikke taget stilling" not in after
    assert "Forbeholdet: Uden betydning for aftalen" in after


@time_machine.travel(LATER, tick=False)
def test_read_stage_passed_by_hand_says_so_on_its_page_the_path_and_the_public_page() -> None:
    process = in_review(NOW)
    stage = live_stage(process, "review")
    override_gate(stage, "body_decision", reason="Udvalget er nedlagt", actor=officer_of(process), now=NOW)
    make_public(process, NOW)

    client = reader_of(process)
    pages = [
        client.get(reverse("stage", args=[process.public_id, stage.public_id])),
        client.get(reverse("process", args=[process.public_id])),
        Client().get(reverse("process_public", args=[process.public_id])),
    ]

    for page in pages:
        assert PASSED in words_of(page.content)
    assert "nedlagt" not in words_of(pages[-1].content)


@time_machine.travel(LATER, tick=False)
def test_read_stage_with_a_newer_set_that_is_only_locked_names_both_and_locking_once_more_says_what_gives_way() -> None:
    process = in_approval(NOW)
    a_working_set(process, NOW, text="# 1 Formål\n\nNy tekst.\n", change=ChangeKind.MATERIAL)
    client, stage = reader_of(process), live_stage(process, "approval")

    page = words_of(client.get(reverse("stage", args=[process.public_id, stage.public_id])).content)
    lock = words_of(client.get(reverse("bundle_new", args=[process.public_id])).content)

    assert "Version 2 er låst, men ikke fremlagt. Den gælder ikke endnu." in page
    assert "Dokumenter: Version 1" in page
    assert "Version 2, som venter på at blive fremlagt, viger for den" in lock
