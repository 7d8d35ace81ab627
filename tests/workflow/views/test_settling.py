"""An officer says what a reservation means: what follows is said before the press, and the body reads it afterwards."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from tests.workflow.agreements import decide, in_approval, request_to
from tests.workflow.factories import an_office, an_officer
from tests.workflow.views.consequences import LATER, NOW, reader_of, words_of
from tests.workflow.views.visitors import holder_of, signed_in
from workflow.actions.approvals import lapse_reservations
from workflow.models import Process, ReservationSettlement
from workflow.queries.processes import live_stage
from workflow.states import Outcome, StageState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo"), pytest.mark.slow]


def reserved() -> Process:
    """Two have approved, and council 1 with a reservation."""
    process = in_approval(NOW)
    decide(process, "council-1", NOW, Outcome.APPROVED_WITH_RESERVATION, remarks="Hvis penge følger med.")
    for body in ("council-2", "region"):
        decide(process, body, NOW)
    return process


def at(process: Process, page: str = "reservation_settle") -> str:
    return reverse(page, args=[process.public_id, request_to(process, "council-1").public_id])


@time_machine.travel(LATER, tick=False)
def test_settle_reservation_says_first_what_opens_and_who_gets_mail_and_is_read_by_the_body_afterwards() -> None:
    process = reserved()
    client = reader_of(process)
    desk = words_of(client.get(reverse("home")).content)
    assert "Byråd 1 har godkendt med forbehold. Tag stilling til, hvad forbeholdet betyder." in desk

    said = words_of(client.get(at(process)).content)

    immaterial, to_clarify = said.split("Hvis forbeholdet er: ")[1:]
    assert "Forbeholdet: Hvis penge følger med." in said
    assert "Trinnet er afsluttet: Politisk godkendelse." in immaterial
    assert "Beslutningen tæller som en godkendelse." in immaterial
    assert "Beslutningen tæller ikke." in to_clarify
    assert "Trinnet er afsluttet" not in to_clarify
    form = {"settlement": "immaterial", "reason": "Pengene er bevilget.", "key": "k"}
    for _press in range(2):
        assert client.post(at(process), form).url == at(process, "approval")  # type: ignore[attr-defined]
    assert live_stage(process, "approval").state == StageState.COMPLETED
    assert ReservationSettlement.objects.count() == 1
    assert "Tag stilling til" not in words_of(client.get(reverse("home")).content)
    link = request_to(process, "council-1").link
    own = words_of(holder_of(link).get(reverse("decision_link", args=[link.public_id])).content)
    assert "Uden betydning for aftalen." in own
    assert "Pengene er bevilget." in own
    record = words_of(client.get(reverse("record", args=[process.public_id])).content)
    assert "Der blev taget stilling til et forbehold: Uden betydning for aftalen" in record


@time_machine.travel(LATER, tick=False)
def test_settle_reservation_with_a_day_of_lapse_is_shown_and_opens_the_stage_on_that_day() -> None:
    process = reserved()
    client = reader_of(process)
    form = {"settlement": "to_clarify", "reason": "Regionen spørges først.", "lapses_on": "01/05/2019"}

    client.post(at(process), form)

    page = words_of(client.get(at(process, "approval")).content)
    assert "Kræver afklaring. Forbeholdet bortfalder onsdag den 1. maj 2019." in page
    assert "Forbeholdet fra Byråd 1 kræver afklaring." in words_of(client.get(reverse("home")).content)
    assert live_stage(process, "approval").state == StageState.OPEN
    lapse_reservations(datetime(2019, 4, 30, 22, tzinfo=UTC))
    assert live_stage(process, "approval").state == StageState.COMPLETED
    assert "Bortfaldet på den angivne dag." in words_of(client.get(at(process, "approval")).content)


@time_machine.travel(LATER, tick=False)
def test_settle_reservation_in_vain_keeps_what_was_written_and_says_why() -> None:
    process = reserved()
    form = {"settlement": "immaterial", "reason": "Pengene er bevilget.", "lapses_on": "01/05/2019"}

    answer = reader_of(process).post(at(process), form)

    assert answer.status_code == 422
    said = words_of(answer.content)
    assert "så der skal ikke angives en dag, hvor det bortfalder." in said
    assert "Pengene er bevilget." in said
    assert not ReservationSettlement.objects.exists()


@time_machine.travel(LATER, tick=False)
def test_settle_reservation_where_there_is_none_says_so_and_another_office_does_not_find_it() -> None:
    process = in_approval(NOW)
    client = reader_of(process)
    assert "Organet har ikke taget forbehold" in words_of(client.get(at(process)).content)
    form = {"settlement": "immaterial", "reason": "Pengene er bevilget."}
    assert client.post(at(process), form).status_code == 404
    decide(process, "council-1", NOW, Outcome.APPROVED_WITH_RESERVATION, remarks="Hvis penge følger med.")
    assert signed_in(an_officer(an_office("oest"), "o@oest.example")).get(at(process)).status_code == 404
