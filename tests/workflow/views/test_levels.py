"""Who has decided, and on which mandate: asked on the forms, shown on the board, the body's page and the receipt."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.urls import reverse

from notifications import delivery
from notifications.models import OutgoingMail
from tests.workflow.agreements import a_locked_bundle, decide, in_approval, in_review, request_to
from tests.workflow.views.consequences import LATER, NOW, reader_of, words_of
from tests.workflow.views.visitors import a_decision, holder_of
from workflow.models import ApprovalRequest, Decision, Process
from workflow.queries.processes import live_stage
from workflow.states import Basis, ChangeKind, DecisionState, Ground, Level, RequestState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo"), pytest.mark.slow]
TODAY = "16/01/2019"
MANDATE = {"mandate_holder": "Borgmesteren", "mandate_scope": "Sproglige ændringer"}


def at(request: ApprovalRequest, page: str = "approval") -> str:
    return reverse(page, args=[request.stage.process.public_id, request.public_id])


def on_behalf(request: ApprovalRequest, **changes: Any) -> dict[str, Any]:
    """What an officer fills in on the day."""
    values = a_decision(request.link, meeting_on=TODAY) | {"received_on": TODAY, "received_clock": "09.30"}
    return {**{name: value for name, value in values.items() if name != "confirmed"}, **changes}


@time_machine.travel(LATER, tick=False)
def test_record_recommendation_of_a_committee_by_link_is_a_step_on_every_page_and_counts_on_none() -> None:
    process = in_approval(NOW)
    request = request_to(process, "council-1")
    client = holder_of(request.link)
    own = reverse("decision_link", args=[request.link.public_id])
    asked = words_of(client.get(own).content)
    assert "Fagudvalget: et skridt på vejen" in asked
    assert "Hvem har truffet beslutningen?" in asked
    assert "Den tæller ikke, spørgsmålet er fortsat åbent, og påmindelserne fortsætter." in asked

    answer = client.post(own, a_decision(request.link, level="standing_committee", meeting_on=TODAY), follow=True)

    receipt = words_of(answer.content)
    assert "Fagudvalget anbefalede godkendelse den 16. januar 2019" in receipt
    assert "Dette er et skridt på vejen. Kom tilbage via det samme link" in receipt
    assert "Sagen er udsat" not in receipt
    request = request_to(process, "council-1")
    assert request.state == RequestState.ASKED
    page = words_of(client.get(own).content)
    assert "Et skridt på vejen; tæller ikke" in page
    assert "Registrér beslutningen" in page
    officer = reader_of(process)
    board = words_of(officer.get(reverse("approvals", args=[process.public_id, request.stage.public_id])).content)
    assert "Fagudvalget anbefalede godkendelse den 16. januar 2019" in board
    assert "Fagudvalget anbefalede godkendelse den 16. januar 2019" in words_of(officer.get(at(request)).content)
    record = words_of(officer.get(reverse("record", args=[process.public_id])).content)
    assert "Et skridt på vejen: Godkendt" in record


@time_machine.travel(LATER, tick=False)
def test_read_form_offers_what_the_body_has_and_nothing_else() -> None:
    council = in_approval(NOW)
    request = request_to(council, "council-1")
    page = words_of(holder_of(request.link).get(reverse("decision_link", args=[request.link.public_id])).content)
    assert "ved skriftlig votering" not in page
    assert "kommunestyrelsesloven § 31" in page
    assert "sagen tålte ikke opsættelse" in page.lower()


@time_machine.travel(LATER, tick=False)
def test_read_form_of_a_committee_asks_for_no_level_and_no_ground() -> None:
    process = in_review(NOW)
    request = request_to(process, "committee", "review")
    page = words_of(holder_of(request.link).get(reverse("decision_link", args=[request.link.public_id])).content)
    assert "ved skriftlig votering" in page
    assert "Hvem har truffet beslutningen?" not in page
    assert "på rådets vegne" not in page


@time_machine.travel(LATER, tick=False)
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"basis": "chair_decision"}, "Det kan kun ske i to tilfælde (§ 31)."),
        ({"basis": "chair_decision", "level": "finance_committee"}, "Økonomiudvalget træffer ikke beslutning"),
        ({"ground": "urgent"}, "En grund angives kun"),
        ({"mandate_scope": "Sproglige ændringer"}, "Et mandat angiver både"),
    ],
)
def test_record_decision_in_a_way_that_cannot_be_says_so_at_its_field(changes: dict[str, str], words: str) -> None:
    process = in_approval(NOW)
    request = request_to(process, "council-1")
    own = reverse("decision_link", args=[request.link.public_id])

    answer = holder_of(request.link).post(own, a_decision(request.link, meeting_on=TODAY, **changes))

    assert answer.status_code == 422
    assert words in words_of(answer.content)
    assert "Byrådet godkendte indstillingen." in answer.content.decode()
    assert not Decision.objects.filter(body__key="council-1").exists()


@time_machine.travel(LATER, tick=False)
def test_record_decision_of_the_mayor_shows_the_ground() -> None:
    process = in_approval(NOW)
    decide(process, "council-1", NOW, basis=Basis.CHAIR_DECISION, ground=Ground.URGENT, level=Level.COUNCIL)

    page = words_of(reader_of(process).get(at(request_to(process, "council-1"))).content)

    assert "(kommunestyrelsesloven § 31): sagen tålte ikke opsættelse" in page


def changed() -> Process:
    """Council 1 has approved with a mandate, and the text has changed in its substance since."""
    process = in_approval(NOW)
    decide(process, "council-1", NOW, **MANDATE)
    a_locked_bundle(process, NOW, text="Nyt.", change=ChangeKind.MATERIAL)
    return process


@time_machine.travel(LATER, tick=False)
def test_record_decision_on_a_mandate_is_offered_to_the_officer_and_shown_with_its_day() -> None:
    process = changed()
    request = request_to(process, "council-1")
    client, url = reader_of(process), at(request, "decision_on_behalf")
    said = words_of(client.get(url).content)
    assert "Besluttet efter mandatet af 15. januar 2019: Borgmesteren" in said
    assert "Mandatet: Sproglige ændringer." in said

    told = words_of(client.get(at(request)).content)
    assert "gav organet et mandat (Borgmesteren: Sproglige ændringer)" in told

    refused = client.post(url, on_behalf(request, by_mandate="on"))
    assert refused.status_code == 422
    assert "En beslutning efter mandat træffes ved delegation." in words_of(refused.content)
    client.post(url, on_behalf(request, by_mandate="on", basis="delegation"))

    decision = Decision.objects.get(request=request)
    assert (decision.state, decision.by_mandate is not None) == (DecisionState.VALID, True)
    page = words_of(client.get(at(request)).content)
    assert "Efter mandat af 15. januar 2019: Sproglige ændringer" in page
    assert live_stage(process, "approval").requests.filter(body__key="council-1", state=RequestState.DECIDED).exists()


@time_machine.travel(LATER, tick=False)
def test_read_form_without_a_usable_mandate_offers_none() -> None:
    process = in_approval(NOW)

    said = words_of(reader_of(process).get(at(request_to(process, "council-1"), "decision_on_behalf")).content)

    assert "Besluttet efter mandatet" not in said


@time_machine.travel(LATER, tick=False)
def test_read_form_on_behalf_says_what_a_committees_recommendation_does() -> None:
    process = in_approval(NOW)

    said = words_of(reader_of(process).get(at(request_to(process, "council-1"), "decision_on_behalf")).content)

    told = said.split("Hvis et udvalg anbefaler, uanset udfaldet")[1]
    assert "påmindelserne fortsætter" in told
    assert "Kvittering: 1 modtager" in told
    assert "Organet får ingen påmindelser mere" not in told


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("language", "step", "awaited"),
    [
        ("da", "Fagudvalget anbefalede godkendelse den 15. januar 2019", "afventes fortsat"),
        ("en", "The standing committee recommended approval on 15 January 2019", "is still awaited"),
    ],
)
def test_deliver_receipt_of_a_step_says_that_the_decision_is_awaited(language: str, step: str, awaited: str) -> None:
    process = in_approval(NOW)
    ApprovalRequest.objects.filter(body__key="council-1").update(language=language)
    decide(process, "council-1", NOW, level=Level.STANDING_COMMITTEE)

    with delivery.recording():
        delivery.deliver(NOW, delivery.clock_from(NOW))

    receipt = OutgoingMail.objects.get(kind="decision_receipt", subject_id=request_to(process, "council-1").public_id)
    assert step in receipt.text_sent
    assert awaited in receipt.text_sent
