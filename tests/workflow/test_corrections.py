"""A text corrected without a change of substance: who is told, what is asked then, which version a decision is on."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from notifications import delivery
from notifications.models import OutgoingMail
from tests.refusals import code_of
from tests.workflow.agreements import (
    a_locked_bundle,
    asked,
    decide,
    in_approval,
    in_submission,
    officer_of,
    request_to,
    the_facts,
)
from workflow.actions.approvals import ask_again, record_decision
from workflow.actors import Actor
from workflow.models import AuditEntry, Bundle, Decision, Process
from workflow.queries.corrections import correction_of
from workflow.queries.processes import live_stage
from workflow.states import ChangeKind, DecisionState, Outcome, RequestState, StageState

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
WAIT = timedelta(minutes=10)
CORRECTED = "# 1 Mål\n\nSammenhæng for borgerne.\n\n# 2 Ansvar\n\nHver part sit.\n"
OTHER = "# 1 Andet mål\n"


def corrected(process: Process, now: datetime, text: str = CORRECTED, note: str = "Flertal.") -> Bundle:
    """The text put forward anew with an editorial change."""
    return a_locked_bundle(process, now, text=text, change=ChangeKind.EDITORIAL, note=note)


def changed(process: Process, now: datetime) -> Bundle:
    """The text put forward anew with a change of substance."""
    return a_locked_bundle(process, now, text=OTHER, change=ChangeKind.MATERIAL)


def decide_on(process: Process, body: str, bundle: Bundle, now: datetime) -> Decision:
    """The body records by its link a decision on this very set."""
    request = request_to(process, body)
    actor = Actor.of_link(request.link, request.body.name)
    return record_decision(request, the_facts(now), bundle_sha256=bundle.sha256, actor=actor, now=now)


def told(kind: str = "text_corrected") -> list[str]:
    """The addresses that have a mail of a kind."""
    return sorted(OutgoingMail.objects.filter(kind=kind).values_list("to_address", flat=True))


# ── Who is told, and what is asked then ───────────────────────────────────────────────────────────────────────
def test_put_forward_a_correction_tells_each_body_that_has_decided_or_is_asked_once(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "region", now)

    second = corrected(process, now + DAY)

    assert told() == [f"post@{body}.example" for body in ("committee", "council-1", "council-2", "region")]
    entry = AuditEntry.objects.get(verb="tell_of_correction", subject_id=second.public_id)
    assert (len(entry.codes["asked"]), len(entry.codes["told"])) == (2, 4)
    assert entry.codes["caused_by"] == str(AuditEntry.objects.filter(verb="put_forward").latest("id").public_id)
    assert not AuditEntry.objects.filter(verb="rebind_requests").exists()


def test_put_forward_a_correction_while_nobody_is_asked_tells_whoever_has_decided(now: datetime) -> None:
    process = in_submission(now)

    corrected(process, now + DAY)

    assert told() == [f"post@{body}.example" for body in ("committee", "council-1", "council-2", "region")]
    assert Decision.objects.filter(state=DecisionState.VALID).count() == 4
    assert live_stage(process, "submission").state == StageState.OPEN


def test_put_forward_a_correction_tells_nobody_whose_decision_was_on_another_text(now: datetime) -> None:
    process = in_approval(now)
    changed(process, now + DAY)

    corrected(process, now + DAY * 2, "# 1 Andet mål.\n")

    assert told() == [f"post@{body}.example" for body in ("council-1", "council-2", "region")], "not the committee"


def test_put_forward_a_material_change_tells_of_no_correction(now: datetime) -> None:
    process = in_approval(now)

    changed(process, now)

    assert told() == []


@pytest.mark.django_db(transaction=True)
def test_deliver_news_of_a_correction_says_what_was_corrected_and_that_nothing_need_be_done(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "region", now)
    leaves = corrected(process, now + DAY).questions_leave_at
    assert leaves is not None

    with delivery.recording():
        delivery.deliver(leaves, delivery.clock_from(leaves))

    texts = {mail.to_address: mail.text_sent for mail in OutgoingMail.objects.filter(kind="text_corrected")}
    decided, waiting = texts["post@region.example"], texts["post@council-1.example"]
    for text in (decided, waiting):
        assert "Det er nu version 2, der gælder." in text
        assert "Det er rettet: Flertal." in text
        assert "\n[personal link]\n" in text
        assert "[code]." in text
        assert "kan I gøre indsigelse på siden." in text
    assert "I skal ikke foretage jer noget. Jeres beslutning om version 1 står ved magt." in decided
    assert "den tæller, hvad enten den er truffet om version 1 eller om version 2." in waiting
    assert "29. marts 2019" in waiting
    assert "29. marts 2019" not in decided


@pytest.mark.django_db(transaction=True)
def test_deliver_news_of_a_correction_that_a_newer_set_has_overtaken_is_withdrawn(now: datetime) -> None:
    process = in_approval(now)
    corrected(process, now)
    leaves = corrected(process, now + DAY, CORRECTED + "\nPunktum.\n").questions_leave_at
    assert leaves is not None

    with delivery.recording():
        delivery.deliver(leaves, delivery.clock_from(leaves))

    sent = OutgoingMail.objects.filter(kind="text_corrected", text_sent__gt="")
    assert {mail.facts["corrected_version"] for mail in sent} == {3}


@pytest.mark.django_db(transaction=True)
def test_deliver_news_of_a_correction_decided_on_while_it_waited_names_the_version_of_each_decision(
    now: datetime,
) -> None:
    process = in_approval(now)
    first = request_to(process, "region").bundle
    corrected(process, now)
    third = corrected(process, now + DAY, CORRECTED + "\nPunktum.\n")
    decide_on(process, "region", third, now + DAY)
    decide_on(process, "council-1", first, now + DAY)
    leaves = third.questions_leave_at
    assert leaves is not None

    with delivery.recording():
        delivery.deliver(leaves, delivery.clock_from(leaves))

    mails = OutgoingMail.objects.filter(kind="text_corrected", facts__corrected_version=3)
    by_address = {mail.to_address: mail for mail in mails}
    knowing, earlier = by_address["post@region.example"], by_address["post@council-1.example"]
    assert (knowing.text_sent, knowing.withdrawn_reason) == ("", "decided_on_it")
    assert "Jeres beslutning om version 1 står ved magt." in earlier.text_sent


# ── Which version a decision is on ────────────────────────────────────────────────────────────────────────────
def test_record_decision_after_a_correction_counts_on_either_version(now: datetime) -> None:
    process = in_approval(now)
    first = request_to(process, "region").bundle
    second = corrected(process, now + DAY)

    decisions = [decide_on(process, body, first, now + DAY) for body in ("region", "council-1")]
    decisions.append(decide_on(process, "council-2", second, now + DAY))

    assert [decision.bundle for decision in decisions] == [first, first, second]
    stage = live_stage(process, "approval")
    assert (stage.state, stage.bundle) == (StageState.COMPLETED, second)
    entry = AuditEntry.objects.get(verb="record_decision", subject_id=decisions[0].public_id)
    assert entry.codes["bundle"] == first.sha256


def test_record_decision_on_a_version_before_a_material_change_is_refused_after_a_correction(now: datetime) -> None:
    process = in_approval(now)
    first = request_to(process, "region").bundle
    changed(process, now)
    corrected(process, now + DAY, "# 1 Andet mål.\n")

    assert code_of(lambda: decide_on(process, "region", first, now + DAY)) == "bundle_old"


@pytest.mark.django_db(transaction=True)
def test_deliver_receipt_after_a_correction_names_the_version_that_was_decided_on(now: datetime) -> None:
    process = in_approval(now)
    first = request_to(process, "region").bundle
    corrected(process, now)
    decide_on(process, "region", first, now)

    with delivery.recording():
        delivery.deliver(now, delivery.clock_from(now))

    receipt = OutgoingMail.objects.get(kind="decision_receipt", to_address="post@region.example")
    assert "version 1 af dokumenterne" in receipt.text_sent


def test_ask_again_after_a_correction_asks_about_the_corrected_words(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "council-1", now, Outcome.REJECTED)
    second = corrected(process, now + DAY)

    ask_again(request_to(process, "council-1"), reason="Igen.", actor=officer_of(process), now=now + DAY)

    request = request_to(process, "council-1")
    assert (request.state, request.bundle) == (RequestState.ASKED, second)
    assert correction_of(request, None) is None, "it is asked about these very words"


# ── What was corrected since ──────────────────────────────────────────────────────────────────────────────────
def test_read_correction_of_whoever_decided_and_whoever_is_asked_from_the_version_each_knows(now: datetime) -> None:
    process = in_approval(now)
    first = request_to(process, "region").bundle
    decision = decide(process, "region", now)
    corrected(process, now + DAY)
    third = corrected(process, now + DAY * 2, CORRECTED + "\nPunktum.\n", note="Punktum.")

    of_decided = correction_of(request_to(process, "region"), decision)
    of_asked = correction_of(request_to(process, "council-1"), None)

    assert of_decided is not None
    assert of_asked is not None
    assert (of_decided.before, of_decided.after, of_decided.notes) == (first, third, ("Flertal.", "Punktum."))
    assert (of_asked.before, of_asked.after) == (first, third)
    assert asked(process, "approval")[0].bundle == third


def test_read_correction_after_a_change_of_substance_is_over_for_whoever_had_decided_or_was_asked(
    now: datetime,
) -> None:
    process = in_approval(now)
    decide(process, "region", now)
    requests = {body: request_to(process, body) for body in ("region", "council-1")}
    corrected(process, now + DAY)

    changed(process, now + DAY * 2)

    for request in requests.values():
        request.refresh_from_db()
        decision = request.decisions.filter(state=DecisionState.VALID).first()
        correction = correction_of(request, decision)
        assert correction is None or correction.is_over, f"{request.body}: the corrected text counts no more"
