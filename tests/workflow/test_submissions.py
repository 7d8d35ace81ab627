"""The package can be checked by anybody; receipt and ruling move the matter on and are told to the parties."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from notifications import delivery, tracking
from notifications.models import OutgoingMail
from notifications.states import EventKind, MailState
from tests.workflow.agreements import (
    a_file,
    a_locked_bundle,
    approve,
    decide,
    in_approval,
    in_force_everywhere,
    in_submission,
    officer_of,
    sent,
    sent_off,
)
from tests.workflow.submission_factories import a_package, authority, in_ruling, the_zip
from workflow.actions.approvals import add_addendum
from workflow.actions.files import open_file
from workflow.actions.gates import override_gate
from workflow.actions.submissions import acknowledge, make_package, readdress_submission, record_ruling
from workflow.actions.submissions.lacking import chapters_of
from workflow.dates import in_language
from workflow.gates import gate_statuses
from workflow.models import (
    AuditEntry,
    AuditSeal,
    Contact,
    Deadline,
    ExternalRequest,
    Package,
    Section,
    guards,
)
from workflow.queries.processes import live_stage
from workflow.queries.submissions import external_request_of_link, packages_of, submission
from workflow.reports.package.chapters import Contents
from workflow.reports.package.shelf import Head, Shelf
from workflow.reports.package.writing import write_package
from workflow.rules import Refused
from workflow.rules.decisions import MinorityFacts
from workflow.states import ChangeKind, DeadlineKind, ExternalState, Ruling

pytestmark = pytest.mark.django_db


# ── The package ───────────────────────────────────────────────────────────────────────────────────────────────
def test_make_package_holds_documents_decisions_and_a_manifest_of_checksums(now: datetime) -> None:
    process = in_approval(now, councils=1)
    minutes = a_file(process.office, now)
    decide(process, "region", now, minutes=minutes, minority_statements=(MinorityFacts("Liste Ø", "Vi er imod."),))
    add_addendum(
        decide(process, "council-1", now, minutes=minutes), text="Punkt 8.", actor=officer_of(process), now=now
    )

    package = a_package(process, now)

    archive = the_zip(package)
    names = archive.namelist()
    papers = names[2:-2]
    assert (names[:2], names[-2:]) == (["index.html", "0-hele-pakken.pdf"], ["manifest.json", "CHECKSUMS.sha256"])
    assert papers == sorted(papers, key=lambda name: (not name.endswith(".pdf"), name))
    assert {
        "1-aftale/01-aftale-v1.md",
        "1-aftale/01-aftale-v1.txt",
        "1-aftale/01-aftale-v1.html",
        "3-beslutninger/politisk-godkendelse/regionsraadet-beslutning.html",
        "3-beslutninger/politisk-godkendelse/regionsraadet-protokol.txt",
        "3-beslutninger/politisk-godkendelse/regionsraadet-mindretalsudtalelse-fra-liste-oe.html",
        "3-beslutninger/politisk-godkendelse/byraad-1-beslutning.txt",
        "3-beslutninger/udvalget/sku-beslutning.txt",
        "3-beslutninger/beslutninger.json",
    } <= set(names)
    approval = "3-beslutninger/politisk-godkendelse"
    assert "Vi er imod." in archive.read(f"{approval}/regionsraadet-beslutning.txt").decode()
    assert "Punkt 8." in archive.read(f"{approval}/byraad-1-beslutning.txt").decode()
    assert archive.read(f"{approval}/regionsraadet-protokol.txt") == b"Godkendt.\n"
    told = json.loads(archive.read("3-beslutninger/beslutninger.json"))
    assert [each["body"] for each in told] == ["committee", "council-1", "region"]
    assert told[2]["minority_statements"] == [{"members": "Liste Ø", "text": "Vi er imod."}]
    assert told[2]["files"] == [minutes.sha256]
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

    contents = Contents(process, live_stage(process, "submission"), process.bundles.get(), now)
    facts: Any = {key: value for key, value in manifest.items() if key not in ("members", "format")} | {"made_at": now}
    written = []
    for _time in range(2):
        target = io.BytesIO()
        with in_language("da"):
            chapters = chapters_of(contents)
        with Shelf(Head(process.office.name, process.case_number, "da", process.time_zone)) as shelf:
            write_package(target, chapters, facts, open_file, shelf)
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


def test_readdress_submission_makes_the_old_link_useless_and_writes_again(now: datetime) -> None:
    process, request = sent_off(now)
    mail = OutgoingMail.objects.get(kind="authority_submission")
    tracking.record_event(mail, EventKind.BOUNCED, key="e", occurred_at=now, now=now)
    assert ExternalRequest.objects.get(pk=request.pk).bounced_at == now

    found = readdress_submission(request, email="sst@authority.example", actor=officer_of(process), now=now)

    assert (found.link.version, found.bounced_at) == (2, None)
    assert OutgoingMail.objects.filter(to_address="sst@authority.example").count() == 1


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


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["da", "en"])
def test_deliver_every_kind_about_a_submission_is_whole_in_each_language(now: datetime, language: str) -> None:
    process = in_approval(now, councils=1)
    Contact.objects.update(language=language)
    approve(process, "region", now)
    approve(process, "council-1", now)
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
