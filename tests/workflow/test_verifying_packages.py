"""A package is checked by whoever has the file: byte by byte, offline, with a sentence for each fault."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.workflow.agreements import a_file, decide, in_approval, in_submission, officer_of, sent
from tests.workflow.submission_factories import a_package
from workflow.actions.approvals import add_addendum
from workflow.actions.files import open_file
from workflow.models import Package
from workflow.reports.package.verifying import NoPackage, verify_package
from workflow.rules.decisions import MinorityFacts

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def bytes_of(package: Package) -> bytes:
    with open_file(package.file) as file:
        return file.read()


def a_package_in_bytes(now: datetime) -> bytes:
    """A package with texts, minutes and a minority statement."""
    process = in_approval(now, councils=1)
    minutes = a_file(process.office, now)
    for body in ("region", "council-1"):
        decide(process, body, now, minutes=minutes, minority_statements=(MinorityFacts("Liste Ø", "Vi er imod."),))
    return bytes_of(a_package(process, now))


def faults_of(content: bytes) -> list[str]:
    try:
        return verify_package(io.BytesIO(content)).faults
    except NoPackage as error:
        return [str(error)]


def repacked(content: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The same ZIP after `change` of its members, laid out just as ours are."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, member in members.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o644 << 16
            archive.writestr(info, member)
    return target.getvalue()


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def test_verify_package_as_it_was_made_finds_nothing(now: datetime) -> None:
    content = a_package_in_bytes(now)

    verdict = verify_package(io.BytesIO(content))

    assert verdict.faults == []
    assert (verdict.number, verdict.sha256) == (1, hashlib.sha256(content).hexdigest())
    assert faults_of(repacked(content, lambda members: None)) == []


def test_verify_package_with_any_byte_changed_finds_it(now: datetime) -> None:
    content = a_package_in_bytes(now)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        infos, directory = archive.infolist(), archive.start_dir
    # In each member its header, its first, middle and last byte; in the directory a byte of each entry; and at random.
    places = {at for info in infos for at in (info.header_offset, info.header_offset + 10, info.header_offset + 35)}
    places |= {info.header_offset - 1 for info in infos[1:]} | {directory - 1}
    places |= {directory + step for step in range(0, len(content) - directory, 23)} | {len(content) - 1}
    places |= set(random.Random(len(content)).sample(range(len(content)), 300))

    unseen = [at for at in sorted(places) if not faults_of(flipped(content, at))]

    assert unseen == []


def test_verify_package_with_a_byte_of_any_member_changed_names_that_member(now: datetime) -> None:
    content = a_package_in_bytes(now)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()

    for name in names:
        changed = repacked(content, lambda members: members.update({name: flipped(members[name], 3)}))  # noqa: B023
        faults = faults_of(changed)
        assert faults, name
        assert any(name in fault for fault in faults), (name, faults)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda members: members.update({"1-aftale/x.exe": b"x"}), "1-aftale/x.exe ligger i pakken"),
        (lambda members: members.pop("3-beslutninger/beslutninger.json"), "3-beslutninger/beslutninger.json mangler"),
        (lambda members: members.pop("CHECKSUMS.sha256"), "CHECKSUMS.sha256 mangler"),
        (lambda members: members.pop("manifest.json"), "Filen indeholder ingen manifest.json"),
        (lambda members: members.update({"manifest.json": b"[" * 100_000}), "manifest.json kan ikke læses"),
        (lambda members: members.update({"manifest.json": b"[]"}), "opregner ikke filerne"),
        (
            lambda members: members.update({"manifest.json": b'{"format": 99, "members": []}'}),
            "nyere udgave af programmet",
        ),
        (
            lambda members: members.update({"3-beslutninger/beslutninger.json": b"0" * 50_000_000}),
            "3-beslutninger/beslutninger.json er ikke den fil, der blev pakket",
        ),
    ],
)
def test_verify_package_that_was_tampered_with_says_how(
    now: datetime, change: Callable[[dict[str, bytes]], None], said: str
) -> None:
    assert any(said in fault for fault in faults_of(repacked(a_package_in_bytes(now), change)))


def test_verify_package_with_an_honest_manifest_and_one_number_changed_is_found(now: datetime) -> None:
    def raise_number(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        members["manifest.json"] = json.dumps({**manifest, "number": 2}).encode()

    assert any("passer ikke sammen" in fault for fault in faults_of(repacked(a_package_in_bytes(now), raise_number)))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content + b"\0",
        lambda content: b"\0" + content,
        lambda content: content[:-2] + b"\x01\x00!",
        lambda content: content[: len(content) // 2],
        lambda content: b"",
        lambda content: b"PK",
        lambda content: b"%PDF-1.4\n",
    ],
)
def test_verify_file_that_is_more_or_less_than_a_package_says_so(
    now: datetime, spoil: Callable[[bytes], bytes]
) -> None:
    assert faults_of(spoil(a_package_in_bytes(now)))


# ── The command ───────────────────────────────────────────────────────────────────────────────────────────────
def the_files(now: datetime, folder: Path) -> tuple[Path, Path]:
    """A first package as it was sent and a supplement to it, as files."""
    process = in_submission(now)
    first = sent(process, now).package
    assert first is not None
    add_addendum(
        process.stages.get(key="approval").requests.earliest("id").decisions.get(),
        text="Punkt 8.",
        actor=officer_of(process),
        now=now,
    )
    paths = (folder / "1.zip", folder / "2.zip")
    paths[0].write_bytes(bytes_of(first))
    paths[1].write_bytes(bytes_of(a_package(process, now, supplements=first)))
    return paths


def test_verify_package_command_of_a_whole_one_says_number_and_digest(
    now: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, supplement = the_files(now, tmp_path)
    digest = hashlib.sha256(supplement.read_bytes()).hexdigest()

    call_command("verify_package", str(supplement), str(first), "--sha256", digest.upper())

    said = capsys.readouterr()
    assert said.err == ""
    assert f"{supplement}: Pakke 2 er hel: " in said.out
    assert digest in said.out


def test_verify_package_command_of_a_supplement_beside_another_first_package_says_so(
    now: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, supplement = the_files(now, tmp_path)

    def rename(members: dict[str, bytes]) -> None:
        text = json.dumps({**json.loads(members["manifest.json"]), "title": "En anden"}).encode()
        lines = members["CHECKSUMS.sha256"].decode().splitlines()
        lines[-1] = f"{hashlib.sha256(text).hexdigest()}  manifest.json"
        members.update({"manifest.json": text, "CHECKSUMS.sha256": ("\n".join(lines) + "\n").encode()})

    first.write_bytes(repacked(first.read_bytes(), rename))
    with pytest.raises(SystemExit) as left:
        call_command("verify_package", str(supplement), str(first))
    assert left.value.code == 1
    assert "Pakke 1 er ikke den, der suppleres" in capsys.readouterr().err

    with pytest.raises(SystemExit) as left:
        call_command("verify_package", str(first), str(supplement))
    assert left.value.code == 1
    assert "Pakken er ikke et supplement" in capsys.readouterr().err


def test_verify_package_command_of_a_supplement_that_counts_on_a_file_the_first_has_not_says_so(
    now: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, supplement = the_files(now, tmp_path)

    def move(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        manifest["elsewhere"][0]["path"] = "1-aftale/andet.html"
        text = json.dumps(manifest).encode()
        lines = members["CHECKSUMS.sha256"].decode().splitlines()
        lines[-1] = f"{hashlib.sha256(text).hexdigest()}  manifest.json"
        members.update({"manifest.json": text, "CHECKSUMS.sha256": ("\n".join(lines) + "\n").encode()})

    supplement.write_bytes(repacked(supplement.read_bytes(), move))
    with pytest.raises(SystemExit) as left:
        call_command("verify_package", str(supplement), str(first))

    assert left.value.code == 1
    assert "1-aftale/andet.html skulle ligge i pakke 1 og gør det ikke" in capsys.readouterr().err


def test_verify_package_command_of_a_supplement_alone_says_what_was_not_checked(
    now: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, supplement = the_files(now, tmp_path)

    call_command("verify_package", str(supplement))

    said = capsys.readouterr().out
    assert "Den supplerer pakke 1, som ikke er kontrolleret her" in said
    assert hashlib.sha256(first.read_bytes()).hexdigest() in said


def test_verify_package_command_with_another_digest_than_the_mail_told_says_so(
    now: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, _supplement = the_files(now, tmp_path)

    with pytest.raises(SystemExit) as left:
        call_command("verify_package", str(first), "--sha256", "0" * 64)

    assert left.value.code == 1
    assert "en anden end den, I fik besked om" in capsys.readouterr().err


def test_verify_package_command_of_what_is_no_package_leaves_with_another_status(tmp_path: Path) -> None:
    odd = tmp_path / "brev.pdf"
    odd.write_bytes(b"%PDF-1.4\n")

    for path in (odd, tmp_path / "nothing.zip", tmp_path):
        with pytest.raises(CommandError) as refused:
            call_command("verify_package", str(path))
        assert refused.value.returncode == 2
        assert str(path) in str(refused.value)


def test_verify_package_command_needs_no_database(now: datetime, tmp_path: Path) -> None:
    first, _supplement = the_files(now, tmp_path)
    nowhere = {
        **os.environ,
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing",
        "VAR_DIR": str(tmp_path / "var"),
    }

    done = subprocess.run(
        [sys.executable, "manage.py", "verify_package", str(first)],
        env=nowhere,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "Pakke 1 er hel" in done.stdout
