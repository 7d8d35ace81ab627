"""What a page says before a decision is recorded is what its recording then does."""

from __future__ import annotations

import pytest
import time_machine
from django.urls import reverse

from tests.workflow.agreements import AGREEMENT, decide, in_approval, in_review, request_to
from tests.workflow.views.consequences import LATER, NOW, reader_of, words_of
from tests.workflow.views.visitors import holder_of, no_minority
from workflow.forms.approvals import DecisionOnBehalfForm
from workflow.models import StoredFile
from workflow.queries.processes import live_stage
from workflow.states import Outcome, StageState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo"), pytest.mark.slow]

REVIEWED_WITH_MINUTES = AGREEMENT.replace(
    "      - gate: body_decision\n        body: committee\n",
    "      - gate: body_decision\n        body: committee\n      - gate: minutes_received\n",
    1,
)


@time_machine.travel(LATER, tick=False)
@pytest.mark.parametrize("outcome", [Outcome.APPROVED, Outcome.REJECTED, Outcome.NOTED, Outcome.REFERRED_BACK])
def test_record_decision_never_says_that_the_body_that_decides_is_asked_no_longer(outcome: Outcome) -> None:
    process = in_review(NOW)
    asked = request_to(process, "committee", "review")
    url = reverse("decision_on_behalf", args=[process.public_id, asked.public_id])

    said = words_of(reader_of(process).get(url).content)

    told = next(
        part for part in said.split("Hvis beslutningen er: ")[1:] if str(outcome.label) in part.split("Hvad sker")[0]
    )
    assert "Spørges ikke længere" not in told
    assert "Nej. En tilføjelse ændrer ikke udfaldet." in told
    duty = "Der kommer en opgave på sekretariatets liste."
    assert (duty in told) == (outcome is not Outcome.APPROVED)


@time_machine.travel(LATER, tick=False)
def test_record_decision_that_does_not_count_says_what_the_stage_waits_for_and_how_it_is_put_right() -> None:
    process = in_approval(NOW)
    asked = request_to(process, "council-1")
    url, client = reverse("decision_on_behalf", args=[process.public_id, asked.public_id]), reader_of(process)

    said = words_of(client.get(url).content)
    decide(process, "council-1", NOW, Outcome.REJECTED)
    again = client.get(reverse("request_ask_again", args=[process.public_id, asked.public_id]))

    told = next(
        part for part in said.split("Hvis beslutningen er: ")[1:] if "Ikke godkendt" in part.split("Hvad sker")[0]
    )
    assert "til I spørger organet igen, fremlægger en version med indholdsmæssige ændringer eller sender sagen" in told
    assert "så brug »Spørg igen«: Organet får en mail" in told
    assert "Ny anmodning om beslutning: 1 modtager" in words_of(again.content)
    yes = next(part for part in said.split("Hvis beslutningen er: ")[1:] if part.startswith("Godkendt"))
    assert "Spørg igen" not in yes, "a body that has approved is not asked again"


@time_machine.travel(LATER, tick=False)
def test_read_page_of_a_body_says_what_its_two_presses_do() -> None:
    process = in_approval(NOW)
    asked = request_to(process, "council-1")

    said = words_of(reader_of(process).get(reverse("approval", args=[process.public_id, asked.public_id])).content)

    assert "Det link, der er sendt tidligere, holder op med at virke med det samme." in said
    assert "Mailadressen fjernes, og der sendes ingen påmindelser." in said


@time_machine.travel(LATER, tick=False)
def test_record_last_decision_says_who_is_asked_then_and_a_reservation_must_be_written() -> None:
    process = in_review(NOW)
    asked = request_to(process, "committee", "review")
    url, client = reverse("decision_on_behalf", args=[process.public_id, asked.public_id]), reader_of(process)
    values = {
        "bundle": asked.bundle.sha256 if asked.bundle else "",
        "outcome": Outcome.APPROVED_WITH_RESERVATION,
        "basis": "council_meeting",
        "meeting_on": "15/01/2019",
        "text": "Godkendt med forbehold.",
        "received_on": "15/01/2019",
        "received_clock": "12.00",
        "key": "k1",
        **no_minority(),
    }

    said = words_of(client.get(url).content)
    refused = client.post(url, values)

    counting, rest = said.split("Hvis beslutningen er: Godkendt, Godkendt med bemærkninger")[1].split(
        "Hvis beslutningen er: ", 1
    )
    assert "Tæller med: Sagen kan gå videre. Trinnet er afsluttet" in counting
    assert "Der forberedes en udsendelse til 3 organer" in counting
    waiting = next(part for part in rest.split("Hvis beslutningen er: ") if part.startswith("Udsat"))
    assert "Tæller ikke med: Organet er stadig spurgt" in waiting
    assert "Kvittering: 1 modtager (" in waiting
    assert "udsendelse" not in waiting
    back = next(
        part for part in f"Hvis: {rest}".split("Hvis beslutningen er: ") if "Hjemvist" in part.split("Hvad sker")[0]
    )
    assert "sendes tilbage" in back
    assert f": {asked.email}" in counting
    assert refused.status_code == 422
    assert "Skriv forbeholdet, som det er formuleret." in words_of(refused.content)


@time_machine.travel(LATER, tick=False)
def test_record_minutes_that_are_waited_for_says_beforehand_who_is_asked_then() -> None:
    process = in_review(NOW, text=REVIEWED_WITH_MINUTES)
    decision = decide(process, "committee", NOW, stage="review")
    client, asked = reader_of(process), decision.request
    url = reverse("minutes_on_behalf", args=[process.public_id, asked.public_id])
    files = StoredFile.objects.count()

    said = words_of(client.get(url).content)

    assert "Der forberedes en udsendelse til 3 organer" in said
    assert "Trinnet er afsluttet" in said
    assert StoredFile.objects.count() == files
    assert live_stage(process, "review").state == StageState.OPEN


@time_machine.travel(LATER, tick=False)
def test_decide_by_link_says_above_the_button_who_gets_a_mail_and_which_outcomes_count() -> None:
    process = in_approval(NOW)
    asked = request_to(process, "council-1")
    client = holder_of(asked.link)
    url = reverse("decision_link", args=[asked.link.public_id])

    waiting = words_of(client.get(url).content)
    for body in ("region", "council-2"):
        decide(process, body, NOW)
    last = words_of(client.get(url).content)

    assert f"I får en kvittering: {asked.email}." in waiting
    assert "Sagen venter også på 2 andre organer" in waiting
    assert "Tæller den, ventes der ikke på andre" in last
    assert "Tæller ikke med: Trinnet venter." in last


@time_machine.travel(LATER, tick=False)
def test_decide_where_there_is_no_text_yet_speaks_of_the_plan() -> None:
    process = in_review(NOW)
    asked = request_to(process, "committee", "review")

    with_text = str(DecisionOnBehalfForm(asked=asked)["outcome"])
    asked.bundle = None
    without = str(DecisionOnBehalfForm(asked=asked)["outcome"])

    assert "godkender teksten, som den er" in with_text
    assert "godkender planen, som den er" in without
    assert "teksten" not in without
    assert DecisionOnBehalfForm(asked=asked)["body_case_number"].label == "Organets sagsnummer"
