"""Taking back a set by its page: where it is offered, what it says before the press, and what is read afterwards."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications.delivery import deliver
from notifications.models import OutgoingMail
from tests.workflow.agreements import (
    a_working_set,
    ask_all,
    decide,
    in_approval,
    in_review,
    in_submission,
    officer_of,
    request_to,
)
from tests.workflow.views.consequences import LATER, NOW, reader_of, words_of
from workflow.actions.putting_forward import put_forward
from workflow.actions.stages import complete_stage, return_stage
from workflow.models import Bundle, Process
from workflow.queries.approvals import approvals_fallen, no_longer_asked
from workflow.queries.boards import board
from workflow.queries.documents import current_bundle
from workflow.queries.processes import live_stage
from workflow.states import ChangeKind, StageState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo"), pytest.mark.slow]

OTHER = "# 1 Formål\n\nNy tekst.\n"


def put_forward_by_page(client: Client, process: Process) -> tuple[Bundle, str]:
    """A material change of what all have approved, put forward by its page; and what was said then."""
    bundle = a_working_set(process, NOW, text=OTHER, change=ChangeKind.MATERIAL)
    url = reverse("bundle_put_forward", args=[process.public_id, bundle.public_id])
    page: Any = client.get(url)
    assert "Sættet kan tages tilbage i 10 minutter" in words_of(page.content)
    assert "sendes 10 minutter efter trykket" in words_of(page.content)
    given = {"change": "material", "reason": "Nyt krav", "key": "k1", "shown": page.context["look"].shown}
    return bundle, words_of(client.post(url, given, follow=True).content)


def test_take_back_by_page_says_what_carries_again_and_that_nobody_gets_a_mail() -> None:
    with time_machine.travel(LATER, tick=False):
        process = in_submission(NOW)
        deliver(LATER, lambda: LATER)
        client = reader_of(process)
        bundle, done = put_forward_by_page(client, process)
    assert "Der er ikke sendt nogen mail." in done
    assert "Kan tages tilbage, så længe det første spørgsmål ikke er sendt" in done

    with time_machine.travel(LATER + timedelta(hours=5), tick=False):
        home: Any = client.get(reverse("process", args=[process.public_id])).content
        assert "Version 2 er fremlagt. Kan tages tilbage, så længe det første spørgsmål ikke er sendt" in words_of(home)
        url = reverse("bundle_take_back", args=[process.public_id, bundle.public_id])
        assert url in home.decode()
        asked = words_of(client.get(url).content)
        pressed = words_of(client.post(url, {"reason": "Den forkerte fil", "key": "k2"}, follow=True).content)

    assert "Version 1 gælder igen." in asked
    assert "Ingen får mail." in asked or "Ingen får en mail." in asked
    assert re.search(r"Disse beslutninger gælder igen: [^.]*Regionsrådet", asked)
    assert re.search(r"Fortsætter, som det var: [^.]*Politisk godkendelse", asked)
    assert re.search(r"trækkes tilbage, inden de sendes: [^.]*Regionsrådet", asked)
    assert "Version 2 er taget tilbage. Ingen har fået mail." in pressed
    assert "Kan tages tilbage" not in pressed
    assert current_bundle(bundle.line_id) != bundle
    assert approvals_fallen(process) == 0
    assert not OutgoingMail.objects.filter(queued_at__gt=LATER).exists()


def test_read_board_after_taking_back_shows_the_questions_that_wait_again_and_leads_to_them() -> None:
    process = in_approval(NOW - timedelta(days=1))
    decide(process, "council-1", NOW)
    live = {body: request_to(process, body) for body in ("region", "council-1", "council-2")}
    with time_machine.travel(LATER, tick=False):
        client = reader_of(process)
        bundle, _done = put_forward_by_page(client, process)
        url = reverse("bundle_take_back", args=[process.public_id, bundle.public_id])
        client.post(url, {"reason": "Den forkerte fil", "key": "k2"})
        stage = live_stage(process, "approval")
        page = client.get(reverse("approvals", args=[process.public_id, stage.public_id])).content.decode()
        asked = reverse("approval", args=[process.public_id, live["council-2"].public_id])
        of_one = client.get(asked).content.decode()
        corrected = a_working_set(process, LATER, text="# 1 Formål\n\nRettet.\n", change=ChangeKind.EDITORIAL)
        put_forward(corrected, reason="Rettet", change="editorial", actor=officer_of(process), now=LATER)

    assert {row.body.key: row.request for row in board(stage)} == live
    assert all(reverse("approval", args=[process.public_id, request.public_id]) in page for request in live.values())
    assert "Trukket tilbage" not in words_of(page.encode())
    assert reverse("decision_on_behalf", args=[process.public_id, live["council-2"].public_id]) in of_one
    assert no_longer_asked(stage) == set()


def test_take_back_by_page_once_a_question_has_left_is_not_offered_and_says_why() -> None:
    with time_machine.travel(LATER, tick=False):
        process = in_submission(NOW)
        deliver(LATER, lambda: LATER)
        client = reader_of(process)
        bundle, _done = put_forward_by_page(client, process)
        ask_all(process, LATER)
    after = LATER + timedelta(minutes=10)
    deliver(after, lambda: after)

    with time_machine.travel(after, tick=False):
        pages = [reverse(name, args=[process.public_id]) for name in ("process", "documents")]
        url = reverse("bundle_take_back", args=[process.public_id, bundle.public_id])
        assert all(url not in client.get(page).content.decode() for page in pages)
        asked = words_of(client.get(url).content)
        refused: Any = client.post(url, {"reason": "Den forkerte fil", "key": "k2"})

    assert "Det første spørgsmål om det er sendt" in asked
    assert "Det første spørgsmål om det er sendt" in words_of(refused.content)
    assert "Den forkerte fil" in words_of(refused.content)
    assert current_bundle(bundle.line_id) == bundle


@time_machine.travel(LATER, tick=False)
def test_complete_drafting_by_page_says_that_its_set_can_be_taken_back_and_that_the_stage_then_opens_anew() -> None:
    process = in_review(NOW)
    return_stage(live_stage(process, "review"), to="drafting", reason="Ny tekst", actor=officer_of(process), now=NOW)
    bundle = a_working_set(process, NOW, text=OTHER, change=ChangeKind.MATERIAL)
    client, stage = reader_of(process), live_stage(process, "drafting")

    said = words_of(client.get(reverse("stage_complete", args=[process.public_id, stage.public_id])).content)
    complete_stage(stage, actor=officer_of(process), now=LATER)
    url = reverse("bundle_take_back", args=[process.public_id, bundle.public_id])
    asked = words_of(client.get(url).content)

    assert "Sættet kan tages tilbage i 10 minutter" in said
    assert "Trinnet åbnes så igen." in said
    assert re.search(r"Åbnes igen, som et nyt forsøg: [^.]+\.", asked)
    assert re.search(r"Venter igen: [^.]+\.", asked)
    client.post(url, {"reason": "Den forkerte fil", "key": "k2"})
    assert live_stage(process, "review").state == StageState.WAITING


@time_machine.travel(LATER, tick=False)
def test_take_back_by_page_after_a_decision_names_what_has_happened() -> None:
    process = in_submission(NOW)
    client = reader_of(process)
    bundle, _done = put_forward_by_page(client, process)
    decide(process, "region", LATER)

    asked = words_of(client.get(reverse("bundle_take_back", args=[process.public_id, bundle.public_id])).content)

    assert "Det kan ikke længere tages tilbage, for siden da er en udsendelse om det sendt; " in asked
    assert "er der registreret en beslutning om det" in asked


def test_look_and_press_ask_the_database_as_often_for_three_bodies_as_for_eighteen() -> None:
    counts = []
    for councils in (2, 17):
        with time_machine.travel(LATER, tick=False), transaction.atomic():
            process = in_submission(NOW, councils=councils)
            client, numbers = reader_of(process), []
            with CaptureQueriesContext(connection) as putting_forward:
                bundle, _done = put_forward_by_page(client, process)
            url = reverse("bundle_take_back", args=[process.public_id, bundle.public_id])
            for deed in (lambda: client.get(url), lambda: client.post(url, {"reason": "Forkert fil", "key": "k2"})):  # noqa: B023
                with CaptureQueriesContext(connection) as captured:
                    assert deed().status_code in (200, 302)
                numbers.append(len(captured))
            counts.append([len(putting_forward), *numbers])
            transaction.set_rollback(True)

    assert counts[0] == counts[1]
