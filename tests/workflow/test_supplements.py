"""Packages that add to others: provisional ones, supplements, and status reports years later."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from notifications.models import OutgoingMail
from tests.workflow.agreements import (
    AGREEMENT,
    a_locked_bundle,
    approve,
    decide,
    in_approval,
    in_submission,
    officer_of,
    sent,
    sent_off,
)
from tests.workflow.submission_factories import a_package, acknowledged, authority, in_force, something_new, the_zip
from workflow.actions.gates import override_gate
from workflow.actions.submissions import acknowledge, make_package, prospect_of, send_submission
from workflow.mails.authorities import external_facts
from workflow.models import ExternalRequest, Package, Process
from workflow.queries.processes import live_stage, stage_deadline
from workflow.queries.submissions import packages_for_authority
from workflow.rules import Refused
from workflow.states import ChangeKind, StageState

pytestmark = pytest.mark.django_db


DAY = timedelta(days=1)


# Somebody reports on the agreement years later, in a stage of its own.
WITH_STATUS = (
    AGREEMENT
    + """
  - key: status
    kind: external
    title: {da: Midtvejsstatus, en: Mid-term status}
    after: [in_force]
    actor: committee
    bundle: submits
    external: {body: authority, awaits: receipt}
    gates:
      - gate: external_receipt
        body: authority
    deadline: {rule: statutory, event: in_force.occurred, years: 2, source: Bekendtgørelse}
"""
)


def test_make_package_as_provisional_says_so_and_the_supplement_names_it(now: datetime) -> None:
    process = in_approval(now, councils=1)
    approve(process, "region", now)
    officer = officer_of(process)
    override_gate(live_stage(process, "approval"), "parties", reason="Byråd 1 mangler.", actor=officer, now=now)

    first = a_package(process, now, is_provisional=True, reason="Byrådet holder møde i maj.")
    request = send_submission(live_stage(process, "submission"), first, actor=officer, now=now)
    acknowledge(request, received_at=now, actor=officer, now=now)
    approve(process, "council-1", now + DAY)
    second = a_package(process, now + DAY, supplements=first)
    again = send_submission(live_stage(process, "submission"), second, actor=officer, now=now + DAY)

    assert (first.is_provisional, second.is_provisional) == (True, False)
    assert first.manifest["provisional_reason"] == "Byrådet holder møde i maj."
    assert "Byråd 1" in first.manifest["missing"][0]
    assert first.manifest["overrides"][0]["gate"] == "parties"
    assert second.manifest["supplements"] == {"number": 1, "sha256": first.file.sha256}
    assert again == request
    assert packages_for_authority(request) == [first, second]
    assert OutgoingMail.objects.filter(kind="authority_submission", subject_id=request.public_id).count() == 2


def test_send_submission_again_without_supplement_is_refused(now: datetime) -> None:
    process, _request = sent_off(now)

    with pytest.raises(Refused) as refused:
        sent(process, now)

    assert refused.value.refusal.code == "already_sent"


def missing_in_status(process: Process, now: datetime) -> list[str]:
    """What a package with a status report of its own text would lack."""
    bundle = a_locked_bundle(process, now, text="# 1 Status\n", change=ChangeKind.MATERIAL, note="Midtvejsstatus.")
    return prospect_of(live_stage(process, "status"), bundle, now).missing


def provisionally_submitted(process: Process, now: datetime) -> Package:
    """The region has approved, council 1 has not; what there is lies with the authority as provisional."""
    approve(process, "region", now)
    officer = officer_of(process)
    override_gate(live_stage(process, "approval"), "parties", reason="Byråd 1 mangler.", actor=officer, now=now)
    package = a_package(process, now, is_provisional=True, reason="Byrådet holder møde i maj.")
    request = send(process, package, now)
    acknowledge(request, received_at=now, actor=officer, now=now)
    in_force(process, now)
    return package


def test_submit_a_status_after_a_provisional_package_says_what_cannot_be_had_any_more_and_goes_as_provisional(
    now: datetime,
) -> None:
    process = in_approval(now, councils=1, text=WITH_STATUS)
    first = provisionally_submitted(process, now)
    assert prospect_of(live_stage(process, "status"), process.bundles.get(), now).missing == [
        "Endnu ingen beslutning fra: Byråd 1."
    ]

    lost = [
        "Byråd 1 kan ikke længere træffe beslutning om den forelagte tekst: Spørgsmålet blev trukket tilbage, da en "
        "nyere tekst blev låst. Uden beslutningen kan en pakke kun sendes som foreløbig med en begrundelse."
    ]
    assert missing_in_status(process, now) == lost
    with pytest.raises(Refused) as refused:
        decide(process, "council-1", now)
    assert refused.value.refusal.code == "request_withdrawn"
    status = live_stage(process, "status")
    with pytest.raises(Refused) as refused:
        make_package(status, actor=officer_of(process), now=now)
    assert refused.value.refusal.code == "approvals_missing"
    supplement = a_package(process, now, is_provisional=True, reason="Byrådet trådte ud.", supplements=first)
    package = make_package(status, is_provisional=True, reason="Byrådet trådte ud.", actor=officer_of(process), now=now)
    assert [each.manifest["missing"] for each in (supplement, package)] == [lost, lost]


def test_submit_a_status_while_the_supplement_is_not_sent_says_so(now: datetime) -> None:
    process = in_approval(now, councils=1, text=WITH_STATUS)
    first = provisionally_submitted(process, now)
    approve(process, "council-1", now)
    supplement = a_package(process, now, supplements=first)

    assert missing_in_status(process, now) == [
        "Pakke 1 blev sendt som foreløbig, og intet supplement har gjort den fuldstændig."
    ]

    send(process, supplement, now)
    assert prospect_of(live_stage(process, "status"), process.bundles.latest("number"), now).missing == []


def test_make_supplement_after_a_later_text_was_locked_holds_the_text_of_the_package_it_adds_to(now: datetime) -> None:
    process = in_approval(now, councils=1, text=WITH_STATUS)
    first = provisionally_submitted(process, now)
    corrected = a_locked_bundle(process, now, text="# 1 Aftalen\n", change=ChangeKind.EDITORIAL, note="En slåfejl.")
    approve(process, "council-1", now)
    assert missing_in_status(process, now) != []

    supplement = a_package(process, now, supplements=first)

    assert (supplement.bundle, supplement.is_provisional) == (corrected, False)
    approval = "3-beslutninger/politisk-godkendelse"
    assert {name for name in the_zip(supplement).namelist() if name.startswith(approval)} == {
        f"{approval}/byraad-1-beslutning.html",
        f"{approval}/byraad-1-beslutning.pdf",
        f"{approval}/byraad-1-beslutning.txt",
    }, "what the first package holds is not sent again"
    assert f"{approval}/regionsraadet-beslutning.txt" in {row["path"] for row in supplement.manifest["elsewhere"]}
    send(process, supplement, now)
    assert prospect_of(live_stage(process, "status"), process.bundles.latest("number"), now).missing == []


def test_submit_a_status_after_an_editorial_change_before_submission_asks_for_no_approval(now: datetime) -> None:
    process = in_submission(now, text=WITH_STATUS)
    a_locked_bundle(process, now, text="# 1 Aftalen\n", change=ChangeKind.EDITORIAL, note="En slåfejl.")
    acknowledged(process, now)
    in_force(process, now)

    assert missing_in_status(process, now) == []


def test_submit_a_status_two_years_later_asks_for_no_approval(now: datetime) -> None:
    process = in_submission(now, text=WITH_STATUS)
    acknowledged(process, now)
    officer = officer_of(process)
    in_force(process, now)
    status = live_stage(process, "status")
    deadline = stage_deadline(status)
    assert deadline is not None
    assert (deadline.on, deadline.is_statutory) == (date(2021, 3, 1), True)
    later = now + 700 * DAY
    a_locked_bundle(process, later, text="# 1 Status\n", change=ChangeKind.MATERIAL, note="Midtvejsstatus.")

    package = make_package(status, actor=officer, now=later)
    request = send_submission(status, package, actor=officer, now=later)
    acknowledge(request, received_at=later, actor=authority(request), now=later)

    assert live_stage(process, "status").state == StageState.COMPLETED
    assert package.number == 2
    assert not package.is_provisional


# ── Supplements ───────────────────────────────────────────────────────────────────────────────────────────────
def a_supplement(process: Process, now: datetime, to: Package) -> Package:
    something_new(process, now)
    return a_package(process, now, supplements=to)


def send(process: Process, package: Package, now: datetime) -> ExternalRequest:
    return send_submission(live_stage(process, "submission"), package, actor=officer_of(process), now=now)


def test_make_supplement_that_is_not_sent_yet_is_kept_from_the_authority(now: datetime) -> None:
    process, request = sent_off(now)
    supplement = a_supplement(process, now, request.package)
    assert packages_for_authority(request) == [request.package]

    send(process, supplement, now)

    assert packages_for_authority(request) == [request.package, supplement]


def test_send_a_supplement_to_a_supplement_lies_with_the_authority_under_its_own_number(now: datetime) -> None:
    process, request = sent_off(now)
    second = a_supplement(process, now, request.package)
    send(process, second, now)
    third = a_supplement(process, now, second)

    send(process, third, now)

    assert packages_for_authority(request) == [request.package, second, third]
    mails = list(OutgoingMail.objects.filter(kind="authority_submission").order_by("id"))
    facts = external_facts(mails, now)
    assert [
        (facts[mail.pk]["package_number"], facts[mail.pk]["package_sha256"], mail.facts["supplement_to"])
        for mail in mails
    ] == [(1, request.package.file.sha256, None), (2, second.file.sha256, 1), (3, third.file.sha256, 2)]


def test_make_supplement_to_a_package_that_was_not_sent_is_refused_and_says_what_to_do(now: datetime) -> None:
    process = in_submission(now)
    other = a_package(process, now)
    sent(process, now)

    with pytest.raises(Refused) as refused:
        a_supplement(process, now, other)

    assert refused.value.refusal.code == "supplement_to_unsent"
    assert "Pakke 1 er ikke sendt" in str(refused.value.refusal)
    assert Package.objects.count() == 2, "no supplement was made"


def test_send_a_supplement_twice_is_refused(now: datetime) -> None:
    process = in_submission(now)
    supplement = a_supplement(process, now, sent(process, now).package)
    send(process, supplement, now)

    with pytest.raises(Refused) as refused:
        send(process, supplement, now)

    assert refused.value.refusal.code == "already_sent"
