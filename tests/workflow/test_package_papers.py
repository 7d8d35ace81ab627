"""Which papers of bodies and authorities lie in a package, and which are missed by name."""

from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
from datetime import datetime, timedelta

import pytest

from tests.workflow.agreements import (
    a_file,
    a_locked_bundle,
    approve,
    decide,
    in_approval,
    in_submission,
    officer_of,
)
from tests.workflow.papers import opened, tags
from tests.workflow.submission_factories import a_package, the_zip
from tests.workflow.test_corrections import corrected
from tests.workflow.test_objections import WORDS, answered, objected
from tests.workflow.test_supplements import WITH_STATUS
from workflow import storage
from workflow.actions.approvals import receive_minutes, settle_reservation
from workflow.actions.files import open_file
from workflow.actions.gates import override_gate
from workflow.actions.submissions import acknowledge, make_package, prospect_of, send_submission
from workflow.models import Package, Process
from workflow.queries.processes import live_stage
from workflow.queries.submissions import live_external_request
from workflow.reports.package.verifying import verify_package
from workflow.reports.papers import pdf
from workflow.rules import Refused
from workflow.states import ChangeKind, Outcome, Settlement

pytestmark = pytest.mark.django_db

APPROVAL = "3-beslutninger/politisk-godkendelse"
DAY = timedelta(days=1)
LARGE = 20 * 1024 * 1024
"""Bytes of a large file: more than are kept in memory at once."""


def missing_now(process: Process, now: datetime, stage: str = "submission") -> list[str]:
    return prospect_of(live_stage(process, stage), process.bundles.latest("number"), now).missing


def without_minutes_of_council_1(now: datetime, text: str = "") -> Process:
    """All have approved; the minutes of one council have not come."""
    process = in_approval(now, councils=1, **({"text": text} if text else {}))
    decide(process, "council-1", now)
    approve(process, "region", now)
    return process


def whole(package: Package) -> zipfile.ZipFile:
    """The package, once it has been checked."""
    with open_file(package.file) as file:
        content = io.BytesIO(file.read())
    assert verify_package(content).faults == []
    return zipfile.ZipFile(content)


def test_make_package_without_the_minutes_of_one_council_names_it_and_goes_as_provisional_only(now: datetime) -> None:
    process = without_minutes_of_council_1(now)
    said = "Endnu ingen protokoludskrift fra: Byråd 1."

    assert missing_now(process, now) == [said]
    with pytest.raises(Refused) as refused:
        a_package(process, now)
    assert (refused.value.refusal.code, said in str(refused.value.refusal)) == ("papers_missing", True)
    package = a_package(process, now, is_provisional=True, reason="Udskriften kommer i maj.")

    index = whole(package).read("index.html").decode()
    assert package.is_provisional
    assert package.manifest["missing"] == [said]
    for words in ("Foreløbig", said, "Udskriften kommer i maj.", "uden protokoludskrift"):
        assert words in index
    assert "Alt, hvad pakken skal indeholde, er her." not in index


def test_make_supplement_when_the_minutes_have_come_brings_them_and_completes_the_package(now: datetime) -> None:
    process = without_minutes_of_council_1(now)
    first = a_package(process, now, is_provisional=True, reason="Udskriften kommer i maj.")
    stage, officer = live_stage(process, "submission"), officer_of(process)
    send_submission(stage, first, actor=officer, now=now)
    decision = process.stages.get(key="approval").requests.get(body__key="council-1").decisions.get()
    minutes = a_file(process.office, now + DAY, "udskrift.txt", b"Punkt 4: godkendt.\n")
    receive_minutes(decision, minutes=minutes, actor=officer, now=now + DAY)

    second = a_package(process, now + DAY, supplements=first)

    archive = whole(second)
    assert set(archive.namelist()) == {
        "index.html",
        "0-hele-pakken.pdf",
        f"{APPROVAL}/byraad-1-protokol.txt",
        "3-beslutninger/beslutninger.json",
        "manifest.json",
        "CHECKSUMS.sha256",
    }
    assert not second.is_provisional
    assert second.manifest["adds_to"] == [{"number": 1, "sha256": first.file.sha256}]
    assert first.file.sha256 in archive.read("index.html").decode()


def test_make_package_of_a_corrected_text_holds_the_review_of_the_version_before_and_says_so(now: datetime) -> None:
    process = in_submission(now)
    a_locked_bundle(process, now, text="# 1 Aftalen\n", change=ChangeKind.EDITORIAL, note="En slåfejl.")

    package = a_package(process, now)

    assert package.bundle.number == 2
    told = json.loads(the_zip(package).read("3-beslutninger/beslutninger.json"))
    assert {(row["stage"], row["bundle_sha256"]) for row in told} == {
        (stage, process.bundles.get(number=1).sha256) for stage in ("review", "approval")
    }
    assert "om version 1" in the_zip(package).read("index.html").decode()


def test_make_package_of_a_corrected_text_holds_the_objection_and_what_the_office_answered(now: datetime) -> None:
    process = in_submission(now)
    corrected(process, now)
    answered(objected(process, now), now)

    archive = whole(a_package(process, now))

    folder = "3-beslutninger/indsigelser-mod-rettelser"
    [words] = [archive.read(name).decode() for name in archive.namelist() if name.startswith(folder) and "txt" in name]
    assert WORDS in words
    assert "Det er en slåfejl." in words
    assert "Indsigelser mod rettelser" in archive.read("index.html").decode()


def test_make_package_after_a_review_without_a_decision_names_the_stage(now: datetime) -> None:
    process = in_submission(now)
    process.stages.get(key="review").requests.get().decisions.update(state="superseded")

    assert missing_now(process, now) == ["»Udvalget« blev afsluttet uden en beslutning."]


def test_make_package_with_minutes_gone_from_the_disk_names_the_file_and_the_council(now: datetime) -> None:
    process = in_approval(now, councils=1)
    approve(process, "region", now)
    minutes = a_file(process.office, now, "udskrift.txt")
    decide(process, "council-1", now, minutes=minutes)
    storage.remove(minutes.public_id, minutes.path)

    assert missing_now(process, now) == ["Byråd 1: Protokol (udskrift.txt) ligger ikke på denne maskines disk."]


def test_make_package_with_a_closed_item_leaves_its_words_with_the_office_and_says_so(now: datetime) -> None:
    process = in_approval(now, councils=1)
    approve(process, "region", now)
    decide(process, "council-1", now, text="Godkendt bag lukkede døre.", is_closed_item=True)

    package = a_package(process, now)

    archive = whole(package)
    index = archive.read("index.html").decode()
    assert not any(b"bag lukkede" in archive.read(name) for name in archive.namelist())
    assert '<span class="mark">Lukket punkt</span>' in index
    assert "Byråd 1: lukket punkt." in index
    assert not package.is_provisional, "what does not travel is not missed"


def sent_with_a_status_behind(now: datetime) -> Process:
    """The agreement lies with the authority; the stage of a status follows when that is done."""
    process = in_submission(now, text=WITH_STATUS.replace("after: [in_force]", "after: [submission]"))
    officer, stage = officer_of(process), live_stage(process, "submission")
    send_submission(stage, make_package(stage, actor=officer, now=now), actor=officer, now=now)
    return process


def test_make_package_of_a_later_stage_holds_the_receipt_of_the_earlier_one(now: datetime) -> None:
    process = sent_with_a_status_behind(now)
    officer = officer_of(process)
    request = live_external_request(live_stage(process, "submission"))
    assert request is not None
    receipt = a_file(process.office, now, "kvittering.txt", b"Modtaget.\n")
    acknowledge(request, received_at=now, number="05-0600-7", file=receipt, actor=officer, now=now)

    archive = whole(make_package(live_stage(process, "status"), actor=officer, now=now))

    assert archive.read("5-kvitteringer/styrelsen-kvitteringen.txt") == b"Modtaget.\n"
    assert "05-0600-7" in archive.read("5-kvitteringer/styrelsen-kvittering.txt").decode()


def test_make_package_after_a_receipt_that_never_came_names_the_authority(now: datetime) -> None:
    process = sent_with_a_status_behind(now)
    stage, officer = live_stage(process, "submission"), officer_of(process)

    override_gate(stage, "external_receipt", reason="Den blev væk.", actor=officer, now=now)

    assert missing_now(process, now, "status") == ["Ingen kvittering fra Styrelsen i »Fremsendelse«."]


def test_make_package_of_a_reservation_says_what_it_was_found_to_mean(now: datetime) -> None:
    process = in_approval(now, councils=1)
    approve(process, "region", now)
    reserved = decide(
        process,
        "council-1",
        now,
        Outcome.APPROVED_WITH_RESERVATION,
        minutes=a_file(process.office, now),
        remarks="Hvis der følger penge med.",
    )
    settle_reservation(
        reserved, Settlement.IMMATERIAL, reason="Uden økonomi i aftalen.", actor=officer_of(process), now=now
    )

    words = whole(a_package(process, now)).read(f"{APPROVAL}/byraad-1-beslutning.txt").decode()

    assert "Uden betydning for aftalen" in words
    assert "Uden økonomi i aftalen." in words


def test_make_package_with_large_files_holds_none_of_them_in_memory(now: datetime) -> None:
    process = in_approval(now, councils=1)
    for number, body in enumerate(("region", "council-1"), start=1):
        large = a_file(process.office, now, "protokol.txt", bytes([64 + number]) * LARGE)
        decide(process, body, now, minutes=large)

    tracemalloc.start()
    package = a_package(process, now)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert package.file.size > 2 * LARGE
    assert peak < LARGE


def test_make_package_each_text_lies_there_as_a_tagged_pdf_before_its_other_forms(now: datetime) -> None:
    package = a_package(in_submission(now), now)

    with whole(package) as archive:
        index = archive.read("index.html").decode()
        name = next(name for name in archive.namelist() if name.startswith("1-") and name.endswith("-v1.pdf"))
        assert "H1" in tags(opened(archive.read(name)))
    assert 0 < index.index(name) < index.index(name.replace(".pdf", ".html"))


def test_make_package_without_pango_says_so_and_is_complete_all_the_same(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "has_pango", lambda: False)

    package = a_package(in_submission(now), now)

    assert not [name for name in whole(package).namelist() if name.endswith("-v1.pdf")]
    assert "systembiblioteket Pango mangler" in str(package.manifest["left_out"])
    assert not package.is_provisional
