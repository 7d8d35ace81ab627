"""The package can be checked by anybody; receipt and ruling move the matter on and are told to the parties."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from notifications import delivery, tracking
from notifications.models import OutgoingMail
from notifications.states import EventKind, MailState
from tests.kept import kept
from tests.workflow.agreements import (
    AGREEMENT,
    a_file,
    a_locked_bundle,
    decide,
    in_approval,
    in_force_everywhere,
    in_submission,
    officer_of,
    sent,
    sent_off,
)
from tests.workflow.factories import an_office
from workflow.actions.approvals import add_addendum
from workflow.actions.files import open_file
from workflow.actions.gates import override_gate
from workflow.actions.milestones import record_milestone
from workflow.actions.stages import return_stage
from workflow.actions.submissions import (
    acknowledge,
    make_package,
    missing_for,
    readdress_submission,
    record_ruling,
    send_submission,
)
from workflow.actions.submissions.packages import decisions_on
from workflow.actors import Actor
from workflow.gates import gate_statuses
from workflow.mails import external_facts
from workflow.models import (
    AuditEntry,
    AuditSeal,
    Contact,
    Deadline,
    ExternalRequest,
    Package,
    Process,
    Section,
    guards,
)
from workflow.queries.processes import live_stage, stage_deadline
from workflow.queries.submissions import (
    external_request_of_link,
    packages_for,
    packages_of,
    ruling_deadlines,
    submission,
)
from workflow.reports.package import Contents, write_package
from workflow.rules import Refused
from workflow.rules.approvals import MinorityFacts
from workflow.states import ChangeKind, DeadlineKind, ExternalState, Outcome, ProcessState, Ruling, StageState

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
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


def the_zip(package: Package) -> zipfile.ZipFile:
    with open_file(package.file) as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def a_package(process: Process, now: datetime, **changes: object) -> Package:
    return make_package(live_stage(process, "submission"), actor=officer_of(process), now=now, **changes)  # type: ignore[arg-type]


@kept
def in_ruling(now: datetime, text: str = AGREEMENT) -> tuple[Process, ExternalRequest]:
    """The authority has given its receipt."""
    process = in_submission(now, text=text)
    return process, acknowledged(process, now)


def authority(request: ExternalRequest) -> Actor:
    return Actor.of_link(request.link, request.body.name)


def acknowledged(process: Process, now: datetime) -> ExternalRequest:
    """The authority has given its receipt by its link; returns what awaits its ruling."""
    request = sent(process, now)
    acknowledge(request, received_at=now, number="05-0600-7", actor=authority(request), now=now)
    return ExternalRequest.objects.select_related("stage", "link", "body").get(stage=live_stage(process, "ruling"))


# ── The package ───────────────────────────────────────────────────────────────────────────────────────────────
def test_make_package_holds_documents_decisions_and_a_manifest_of_checksums(now: datetime) -> None:
    process = in_approval(now, councils=1)
    minutes = a_file(process.office, now)
    decide(process, "region", now, minutes=minutes, minority_statements=(MinorityFacts("Liste Ø", "Vi er imod."),))
    add_addendum(decide(process, "council-1", now), text="Punkt 8.", actor=officer_of(process), now=now)

    package = a_package(process, now)

    archive = the_zip(package)
    names = archive.namelist()
    assert names == [*sorted(names[:-2]), "manifest.json", "CHECKSUMS.sha256"]
    assert {
        "documents/01-aftale-v1.md",
        "documents/01-aftale-v1.txt",
        "documents/01-aftale-v1.html",
        "decisions/approval/region.html",
        "decisions/approval/region-minutes.txt",
        "decisions/approval/council-1.txt",
        "decisions/review/committee.txt",
        "decisions/decisions.json",
    } <= set(names)
    assert "Vi er imod." in archive.read("decisions/approval/region.txt").decode()
    assert "Punkt 8." in archive.read("decisions/approval/council-1.txt").decode()
    assert archive.read("decisions/approval/region-minutes.txt") == b"Godkendt.\n"
    told = json.loads(archive.read("decisions/decisions.json"))
    assert [each["body"] for each in told] == ["committee", "council-1", "region"]
    assert told[2]["minority_statements"] == [{"members": "Liste Ø", "text": "Vi er imod."}]
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest == package.manifest
    bundle = process.bundles.get()
    assert manifest["bundle"] == {"number": 1, "sha256": bundle.sha256}
    assert manifest["audit_head"] == AuditSeal.objects.latest("number").digest == package.audit_head
    for member in manifest["members"]:
        assert hashlib.sha256(archive.read(member["path"])).hexdigest() == member["sha256"]
    assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert (package.number, package.is_provisional) == (1, False)
    assert hashlib.sha256(open_file(package.file).read()).hexdigest() == package.file.sha256
    assert AuditEntry.objects.get(verb="make_package").codes["sha256"] == package.file.sha256


def test_make_package_of_a_text_altered_in_the_database_is_refused_and_names_it(now: datetime) -> None:
    process = in_submission(now)
    guards.remove(connection)  # as somebody with the database's password can
    Section.objects.filter(version__document__process=process).update(text="En helt anden tekst")

    with pytest.raises(Refused) as refused:
        a_package(process, now, is_provisional=True, reason="Det haster meget")

    assert refused.value.refusal.code == "version_altered"
    assert not Package.objects.exists()


def test_make_package_can_be_checked_with_sha256sum(now: datetime, tmp_path: Path) -> None:
    process = in_submission(now)

    the_zip(a_package(process, now)).extractall(tmp_path)

    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "CHECKSUMS.sha256"], cwd=tmp_path, capture_output=True, check=False
    )
    assert checked.returncode == 0, checked.stderr


def test_make_package_of_the_same_data_gives_the_same_bytes(now: datetime) -> None:
    process = in_submission(now)
    first = a_package(process, now)
    manifest = first.manifest
    first.delete()

    bundle = process.bundles.get()
    contents = Contents(process, live_stage(process, "submission"), bundle)
    facts = {key: value for key, value in manifest.items() if key not in ("members", "format")}
    written = []
    for _time in range(2):
        target = io.BytesIO()
        write_package(target, contents, decisions_on(process, bundle), facts, open_file)
        written.append(target.getvalue())

    assert written[0] == written[1]
    assert hashlib.sha256(written[0]).hexdigest() == first.file.sha256


def test_make_package_with_a_shut_gate_is_refused_and_says_what_is_missing(now: datetime) -> None:
    process = in_approval(now, councils=1)
    decide(process, "region", now)
    officer = officer_of(process)
    override_gate(live_stage(process, "approval"), "parties", reason="Byråd 1 mangler.", actor=officer, now=now)

    with pytest.raises(Refused) as refused:
        a_package(process, now)

    assert refused.value.refusal.code == "approvals_missing"
    assert "Byråd 1" in str(refused.value.refusal)
    assert Package.objects.count() == 0


def test_make_package_as_provisional_says_so_and_the_supplement_names_it(now: datetime) -> None:
    process = in_approval(now, councils=1)
    decide(process, "region", now)
    officer = officer_of(process)
    override_gate(live_stage(process, "approval"), "parties", reason="Byråd 1 mangler.", actor=officer, now=now)

    first = a_package(process, now, is_provisional=True, reason="Byrådet holder møde i maj.")
    request = send_submission(live_stage(process, "submission"), first, actor=officer, now=now)
    acknowledge(request, received_at=now, actor=officer, now=now)
    decide(process, "council-1", now + DAY)
    second = a_package(process, now + DAY, supplements=first)
    again = send_submission(live_stage(process, "submission"), second, actor=officer, now=now + DAY)

    assert (first.is_provisional, second.is_provisional) == (True, False)
    assert first.manifest["provisional_reason"] == "Byrådet holder møde i maj."
    assert "Byråd 1" in first.manifest["missing"][0]
    assert first.manifest["overrides"][0]["gate"] == "parties"
    assert second.manifest["supplements"] == {"number": 1, "sha256": first.file.sha256}
    assert again == request
    assert packages_for(request) == [first, second]
    assert OutgoingMail.objects.filter(kind="authority_submission", subject_id=request.public_id).count() == 2


def test_make_package_after_a_material_change_leaves_out_why_a_gate_was_opened_for_the_text_before(
    now: datetime,
) -> None:
    process = in_approval(now, councils=1)
    officer = officer_of(process)
    override_gate(live_stage(process, "approval"), "parties", reason="Byråd 1 mangler.", actor=officer, now=now)
    in_force_everywhere(process, now)
    a_locked_bundle(process, now, text="# 1 Noget andet\n", change=ChangeKind.MATERIAL)

    package = a_package(process, now, is_provisional=True, reason="Parterne spørges igen.")

    assert package.manifest["overrides"] == []


def test_make_package_as_provisional_without_reason_is_refused(now: datetime) -> None:
    process = in_approval(now, councils=1)
    decide(process, "region", now)
    officer = officer_of(process)
    override_gate(live_stage(process, "approval"), "parties", reason="Byråd 1 mangler.", actor=officer, now=now)

    with pytest.raises(Refused) as refused:
        a_package(process, now, is_provisional=True)

    assert refused.value.refusal.code == "reason_missing"


def test_make_package_of_a_text_nobody_approved_is_refused(now: datetime) -> None:
    process = in_submission(now)
    in_force_everywhere(process, now)
    a_locked_bundle(process, now, text="# 1 Noget andet\n", change=ChangeKind.MATERIAL)

    with pytest.raises(Refused) as refused:
        a_package(process, now)

    assert refused.value.refusal.code == "approvals_missing"


def test_make_package_twice_with_one_key_makes_one(now: datetime) -> None:
    process = in_submission(now)

    assert a_package(process, now, key="k") == a_package(process, now, key="k")


def test_make_package_in_a_stage_that_submits_nothing_is_refused(now: datetime) -> None:
    process = in_submission(now)

    with pytest.raises(Refused) as refused:
        make_package(live_stage(process, "in_force"), actor=officer_of(process), now=now)

    assert refused.value.refusal.code == "stage_submits_nothing"


# ── Sending, receipt, ruling ──────────────────────────────────────────────────────────────────────────────────
def test_send_submission_gives_the_authority_a_link_and_writes_to_it(now: datetime) -> None:
    process = in_submission(now)

    request = sent(process, now)

    assert (request.state, request.body.key, request.email) == (
        ExternalState.SENT,
        "authority",
        "post@authority.example",
    )
    assert OutgoingMail.objects.get(kind="authority_submission").to_address == "post@authority.example"
    assert "Styrelsen" in " ".join(
        text for status in gate_statuses(live_stage(process, "submission"), now) for text in status.missing
    )


def test_send_submission_again_without_supplement_is_refused(now: datetime) -> None:
    process, _request = sent_off(now)

    with pytest.raises(Refused) as refused:
        sent(process, now)

    assert refused.value.refusal.code == "already_sent"


def test_acknowledge_closes_the_stage_and_starts_the_clock_of_eight_weeks(now: datetime) -> None:
    process, request = sent_off(now)

    receipt = acknowledge(request, received_at=now + HOUR, number="05-7", actor=authority(request), now=now + HOUR)

    assert (receipt.number, receipt.received_at) == ("05-7", now + HOUR)
    assert live_stage(process, "submission").state == StageState.COMPLETED
    ruling = live_stage(process, "ruling")
    assert ruling.state == StageState.OPEN
    deadline = stage_deadline(ruling)
    assert deadline is not None
    # Received Friday 1 March; 26 April is summer time, 23.59 in Copenhagen.
    assert (deadline.kind, deadline.on, deadline.at) == (
        DeadlineKind.RULING,
        date(2019, 4, 26),
        datetime(2019, 4, 26, 21, 59, tzinfo=UTC),
    )
    told = set(OutgoingMail.objects.filter(kind="authority_receipt_notice").values_list("to_address", flat=True))
    assert told == {f"post@{key}.example" for key in ("committee", "region", "council-1", "council-2")}


def test_acknowledge_on_behalf_keeps_file_and_for_whom(now: datetime) -> None:
    process, request = sent_off(now)
    file = a_file(process.office, now, "kvittering.txt")

    receipt = acknowledge(
        request, received_at=now, file=file, actor=officer_of(process).acting_for("Styrelsen"), now=now + DAY
    )

    assert (receipt.by_on_behalf_of, receipt.file, receipt.recorded_at) == ("Styrelsen", file, now + DAY)


@pytest.mark.parametrize(
    ("delta", "code"), [(timedelta(microseconds=1), "received_in_future"), (-DAY, "received_before_sent")]
)
def test_acknowledge_at_an_impossible_time_is_refused(now: datetime, delta: timedelta, code: str) -> None:
    process, request = sent_off(now)

    with pytest.raises(Refused) as refused:
        acknowledge(request, received_at=now + delta, actor=authority(request), now=now)

    assert refused.value.refusal.code == code
    assert live_stage(process, "submission").state == StageState.OPEN


def test_acknowledge_twice_is_refused_but_with_one_key_answers_the_same(now: datetime) -> None:
    _process, request = sent_off(now)
    first = acknowledge(request, received_at=now, actor=authority(request), now=now, key="k")

    assert acknowledge(request, received_at=now, actor=authority(request), now=now, key="k") == first
    with pytest.raises(Refused) as refused:
        acknowledge(request, received_at=now, actor=authority(request), now=now, key="other")
    assert refused.value.refusal.code == "already_acknowledged"


def test_acknowledge_by_the_link_of_a_withdrawn_submission_is_refused(now: datetime) -> None:
    process, request = sent_off(now)
    return_stage(live_stage(process, "submission"), reason="Fejl i bilag.", actor=officer_of(process), now=now)

    with pytest.raises(Refused) as refused:
        acknowledge(request, received_at=now, actor=authority(request), now=now)

    assert refused.value.refusal.code == "request_withdrawn"
    assert OutgoingMail.objects.get(kind="authority_submission").state == MailState.WITHDRAWN


def test_record_ruling_approved_completes_the_review_and_tells_everybody(now: datetime) -> None:
    process, request = in_ruling(now)

    record_ruling(
        request, outcome=Ruling.APPROVED, ruled_on=date(2019, 4, 2), actor=authority(request), now=now + 40 * DAY
    )

    assert live_stage(process, "ruling").state == StageState.COMPLETED
    assert OutgoingMail.objects.filter(kind="authority_ruling_notice").count() == 4
    process.refresh_from_db()
    assert process.state == ProcessState.RUNNING, "in force is recorded on its own"


def test_record_ruling_objected_keeps_the_stage_open_and_lets_it_be_sent_back(now: datetime) -> None:
    process, request = in_ruling(now)

    record_ruling(
        request, outcome=Ruling.OBJECTED, ruled_on=now.date(), text="Mangler.", actor=authority(request), now=now
    )

    stage = live_stage(process, "ruling")
    assert stage.state == StageState.OPEN
    (status,) = gate_statuses(stage, now)
    assert not status.is_open
    return_stage(stage, reason="Styrelsens indsigelse.", actor=officer_of(process), now=now)
    assert live_stage(process, "drafting").attempt == 2


@pytest.mark.parametrize(
    ("day", "code"), [(date(2019, 3, 2), "ruled_in_future"), (date(2019, 2, 28), "ruled_before_sent")]
)
def test_record_ruling_on_an_impossible_day_is_refused(now: datetime, day: date, code: str) -> None:
    _process, request = in_ruling(now)

    with pytest.raises(Refused) as refused:
        record_ruling(request, outcome=Ruling.APPROVED, ruled_on=day, actor=authority(request), now=now)

    assert refused.value.refusal.code == code


def test_record_ruling_where_only_a_receipt_is_asked_for_is_refused(now: datetime) -> None:
    _process, request = sent_off(now)

    with pytest.raises(Refused) as refused:
        record_ruling(request, outcome=Ruling.APPROVED, ruled_on=now.date(), actor=authority(request), now=now)

    assert refused.value.refusal.code == "no_ruling_asked"


def test_record_ruling_with_another_offices_file_is_refused(now: datetime) -> None:
    _process, request = in_ruling(now)
    file = a_file(an_office("midtjylland"), now)
    ruled: dict[str, Any] = {"outcome": Ruling.APPROVED, "ruled_on": now.date(), "actor": authority(request)}

    with pytest.raises(Refused) as refused:
        record_ruling(request, file=file, now=now, **ruled)

    assert refused.value.refusal.code == "file_foreign"


def test_readdress_submission_makes_the_old_link_useless_and_writes_again(now: datetime) -> None:
    process, request = sent_off(now)
    mail = OutgoingMail.objects.get(kind="authority_submission")
    tracking.record_event(mail, EventKind.BOUNCED, key="e", occurred_at=now, now=now)
    assert ExternalRequest.objects.get(pk=request.pk).bounced_at == now

    found = readdress_submission(request, email="sst@authority.example", actor=officer_of(process), now=now)

    assert (found.link.version, found.bounced_at) == (2, None)
    assert OutgoingMail.objects.filter(to_address="sst@authority.example").count() == 1


def in_force(process: Process, now: datetime) -> None:
    """Every party has put the agreement into force, so that the stage of the status report opens."""
    for place in process.process_bodies.filter(name="parties").select_related("body"):
        stage = live_stage(process, "in_force")
        record_milestone(stage, body=place.body, happened_on=now.date(), actor=officer_of(process), now=now)


def missing_in_status(process: Process, now: datetime) -> list[str]:
    """What a package with a status report of its own text would lack."""
    bundle = a_locked_bundle(process, now, text="# 1 Status\n", change=ChangeKind.MATERIAL, note="Midtvejsstatus.")
    return missing_for(live_stage(process, "status"), bundle, now)


def provisionally_submitted(process: Process, now: datetime) -> Package:
    """The region has approved, council 1 has not; what there is lies with the authority as provisional."""
    decide(process, "region", now)
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
    assert missing_for(live_stage(process, "status"), process.bundles.get(), now) == [
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
    decide(process, "council-1", now)
    supplement = a_package(process, now, supplements=first)

    assert missing_in_status(process, now) == [
        "Pakke 1 blev sendt som foreløbig, og intet supplement har gjort den fuldstændig."
    ]

    send(process, supplement, now)
    assert missing_for(live_stage(process, "status"), process.bundles.latest("number"), now) == []


def test_make_supplement_after_a_later_text_was_locked_holds_the_text_of_the_package_it_adds_to(now: datetime) -> None:
    process = in_approval(now, councils=1, text=WITH_STATUS)
    first = provisionally_submitted(process, now)
    corrected = a_locked_bundle(process, now, text="# 1 Aftalen\n", change=ChangeKind.EDITORIAL, note="En slåfejl.")
    decide(process, "council-1", now)
    assert missing_in_status(process, now) != []

    supplement = a_package(process, now, supplements=first)

    assert (supplement.bundle, supplement.is_provisional) == (corrected, False)
    assert {name for name in the_zip(supplement).namelist() if name.startswith("decisions/approval/")} == {
        "decisions/approval/council-1.html",
        "decisions/approval/council-1.txt",
        "decisions/approval/region.html",
        "decisions/approval/region.txt",
    }
    send(process, supplement, now)
    assert missing_for(live_stage(process, "status"), process.bundles.latest("number"), now) == []


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
    later = now + 600 * DAY
    a_locked_bundle(process, later, text="# 1 Status\n", change=ChangeKind.MATERIAL, note="Midtvejsstatus.")

    package = make_package(status, actor=officer, now=later)
    request = send_submission(status, package, actor=officer, now=later)
    acknowledge(request, received_at=later, actor=authority(request), now=later)

    assert live_stage(process, "status").state == StageState.COMPLETED
    assert package.number == 2
    assert not package.is_provisional


# ── Supplements ───────────────────────────────────────────────────────────────────────────────────────────────
def a_supplement(process: Process, now: datetime, to: Package) -> Package:
    return a_package(process, now, supplements=to)


def send(process: Process, package: Package, now: datetime) -> ExternalRequest:
    return send_submission(live_stage(process, "submission"), package, actor=officer_of(process), now=now)


def test_make_supplement_that_is_not_sent_yet_is_kept_from_the_authority(now: datetime) -> None:
    process, request = sent_off(now)
    supplement = a_supplement(process, now, request.package)
    assert packages_for(request) == [request.package]

    send(process, supplement, now)

    assert packages_for(request) == [request.package, supplement]


def test_send_a_supplement_to_a_supplement_lies_with_the_authority_under_its_own_number(now: datetime) -> None:
    process, request = sent_off(now)
    second = a_supplement(process, now, request.package)
    send(process, second, now)
    third = a_supplement(process, now, second)

    send(process, third, now)

    assert packages_for(request) == [request.package, second, third]
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


# ── What pages read, and the mails ────────────────────────────────────────────────────────────────────────────
def test_read_submission_makes_constant_queries(now: datetime, django_assert_num_queries: object) -> None:
    process, _request = in_ruling(now)
    stage = live_stage(process, "submission")

    with django_assert_num_queries(4):  # type: ignore[operator]
        found = submission(stage)
        assert found.request is not None
        assert found.request.receipt.number == "05-0600-7"
        assert [package.file.name for package in found.packages] == [f"{process.case_number}-1.zip"]
        assert found.ruling_by is not None
    assert found.mail is not None
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert external_request_of_link(found.request.link).package.file.size > 0
    assert packages_of(process).count() == 1
    assert Deadline.objects.filter(kind=DeadlineKind.RULING).count() == 1


def test_ruling_deadlines_name_one_only_where_a_clock_runs_and_for_whom_it_runs(now: datetime) -> None:
    process, request = in_ruling(now)
    stages = {key: live_stage(process, key) for key in ("approval", "submission", "ruling")}

    running = ruling_deadlines(list(stages.values()))
    assert set(running) == {stages["submission"].pk, stages["ruling"].pk}

    record_ruling(request, outcome=Ruling.APPROVED, ruled_on=now.date(), actor=authority(request), now=now)
    assert ruling_deadlines(list(stages.values())) == {}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["da", "en"])
def test_deliver_every_kind_about_a_submission_is_whole_in_each_language(now: datetime, language: str) -> None:
    process = in_approval(now, councils=1)
    Contact.objects.update(language=language)
    decide(process, "region", now)
    decide(process, "council-1", now, Outcome.APPROVED)
    request = sent(process, now)
    with delivery.recording():
        delivery.deliver(now, delivery.clock_from(now))
    acknowledge(request, received_at=now, number="05-7", actor=authority(request), now=now)
    with delivery.recording():
        delivery.deliver(now, delivery.clock_from(now))
    awaiting = ExternalRequest.objects.select_related("stage", "link", "body").get(stage=live_stage(process, "ruling"))
    record_ruling(awaiting, outcome=Ruling.APPROVED, ruled_on=now.date(), actor=authority(awaiting), now=now)

    with delivery.recording():
        delivery.deliver(now, delivery.clock_from(now))

    mails = list(OutgoingMail.objects.filter(kind__startswith="authority_").order_by("id"))
    assert {mail.state for mail in mails} == {MailState.SENT}, [mail.last_error for mail in mails]
    first = mails[0]
    by_kind = {mail.kind: mail for mail in mails}
    assert set(by_kind) == {"authority_submission", "authority_receipt_notice", "authority_ruling_notice"}
    assert "\n[personal link]\n" in first.text_sent
    assert request.package.file.sha256 in first.text_sent
    awaits = by_kind["authority_submission"]
    ruling_by = {"da": "fredag den 26. april 2019 kl. 23.59", "en": "Friday 26 April 2019 at 23:59"}[language]
    assert ruling_by in awaits.text_sent
    assert ruling_by in by_kind["authority_receipt_notice"].text_sent
    assert "[personal link]" not in by_kind["authority_ruling_notice"].text_sent
    assert {"da": "Godkendt", "en": "Approved"}[language] in by_kind["authority_ruling_notice"].text_sent
    assert all(mail.subject_sent.startswith(f"[{process.case_number}] ") for mail in mails)
