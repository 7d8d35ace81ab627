"""What was heard lies in the package: letter, list, every answer as the record has it, and what is missing by name."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consultations.actions.answers import AnswerContent, decide_late, dispose_answer
from consultations.actions.midround import write_to_parties
from consultations.actions.notes import add_note
from consultations.actions.rounds import close_due_rounds, launch_round, prepare_round
from consultations.models import Answer
from consultations.queries.rounds import round_of
from consultations.states import MessageTo
from notifications import outbox
from tests.consultations.factories import CLOSES_AT, CLOSES_ON, LAUNCHED, Hearing, organisations
from tests.workflow.agreements import a_contact, a_file, a_locked_bundle, officer_of
from tests.workflow.factories import a_body, a_process, an_office, stage_of
from workflow import storage
from workflow.actions.erasure import erase_person
from workflow.actions.files import open_file
from workflow.actions.gates import override_gate
from workflow.actions.stages import complete_stage
from workflow.actions.submissions import make_package, prospect_of, send_submission
from workflow.models import Body, Contact, Package, Process, Section
from workflow.models.guards import ERASED_MARK
from workflow.reports.package.verifying import verify_package
from workflow.rules import Refused
from workflow.states import BodyKind
from workflow.sweeps import check_processes

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SENT = """
schema_version: 1
key: heard-and-sent
title: {da: Hørt og sendt, en: Heard and sent}
description: {da: Høring og fremsendelse, en: Hearing and submission}
lists:
  hearing_parties:
    title: {da: Høringsparter, en: Hearing parties}
    description: {da: Dem der høres, en: Those heard}
    kinds: [organisation]
bodies:
  authority:
    title: {da: Styrelsen, en: The authority}
    kind: national_authority
stages:
  - key: drafting
    kind: drafting
    title: {da: Udkast, en: Draft}
    after: []
    actor: secretariat
    completes: manual
    bundle: locks
    gates: [{gate: bundle_locked}]
  - key: hearing
    kind: consultation
    title: {da: Høring, en: Hearing}
    after: [drafting]
    actor: secretariat
    completes: automatic
    bundle: judges
    consultation: {form: full, list: hearing_parties, length_days: 28, clock: "12:00"}
    gates: [{gate: round_closed}]
    on_return: drafting
  - key: submission
    kind: external
    title: {da: Fremsendelse, en: Submission}
    after: [hearing]
    actor: secretariat
    bundle: submits
    external: {body: authority, awaits: receipt}
    gates: [{gate: external_receipt, body: authority}]
    end: true
"""
OVER = CLOSES_AT + timedelta(minutes=5)
HEARD = "2-hoering"


def before_the_hearing(parties: int = 3, *, now: datetime = LAUNCHED) -> Hearing:
    """A hearing in preparation before a submission, with a letter, so many parties and a text of two sections."""
    office = an_office(f"kontor-{Process.objects.count()}")
    authority = Body.objects.filter(key="authority").first()
    authority = authority or a_body(BodyKind.NATIONAL_AUTHORITY, "Styrelsen", key="authority", region_code="")
    a_contact(office, authority)
    bodies = {"hearing_parties": organisations(office, parties), "authority": [authority]}
    process = a_process(office, now, SENT, bodies=bodies)
    a_locked_bundle(process, now)
    complete_stage(stage_of(process, "drafting"), actor=officer_of(process), now=now)
    hearing_round = round_of(stage_of(process, "hearing"))
    assert hearing_round is not None
    letter = "Kære part\n\nI høres hermed."
    hearing_round = prepare_round(hearing_round, letter=letter, actor=officer_of(process), now=now)
    return Hearing(process, hearing_round, now, list(Section.objects.filter(version__document__process=process)))


def heard(parties: int = 3, *, now: datetime = LAUNCHED) -> Hearing:
    """The same, sent out."""
    hearing = before_the_hearing(parties, now=now)
    officer = officer_of(hearing.process)
    with outbox.without_hints():
        launch_round(hearing.round, closes_on=CLOSES_ON, reason="Aftalt med parterne", actor=officer, now=now)
    hearing.reread()
    return hearing


def closed(hearing: Hearing) -> Process:
    """The deadline has passed, and the submission is open."""
    close_due_rounds(CLOSES_AT)
    check_processes(OVER)
    assert stage_of(hearing.process, "submission").state == "open"
    return hearing.process


def packed(process: Process, now: datetime = OVER, **changes: Any) -> Package:
    return make_package(stage_of(process, "submission"), actor=officer_of(process), now=now, **changes)


def inside(package: Package) -> dict[str, bytes]:
    with open_file(package.file) as file:
        content = file.read()
    assert verify_package(io.BytesIO(content)).faults == []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def missing_now(process: Process, now: datetime = OVER) -> list[str]:
    bundle = process.bundles.latest("number")
    return prospect_of(stage_of(process, "submission"), bundle, now).missing


def test_make_package_after_a_hearing_holds_letter_list_and_every_answer_with_its_files() -> None:
    hearing = heard()
    attached = a_file(hearing.process.office, LAUNCHED, "Høringssvar.pdf", b"%PDF-1.4\n%%EOF\n")
    comments = {hearing.sections[0].lineage_id: "Målet er for lavt."}
    hearing.answers(1, files=[attached], content=AnswerContent(text="Vi savner de ældre.", comments=comments))
    hearing.answers(2, content=AnswerContent(kind="no_remarks"))
    officer = officer_of(hearing.process)
    write_to_parties(
        hearing.round, to=MessageTo.ALL, subject="Rettelsesblad", text="Bilag 2 er rettet.", actor=officer, now=LAUNCHED
    )
    add_note(
        hearing.round, held_on=date(2019, 3, 4), occasion="Temamøde", text="De ældre.", actor=officer, now=LAUNCHED
    )

    package = packed(closed(hearing))

    members = inside(package)
    assert next(iter(members)) == "index.html"
    index = members["index.html"].decode()
    assert members[f"{HEARD}/hoeringsbrev.txt"].decode().endswith("Kære part\n\nI høres hermed.\n")
    assert "✓ Part 01\n✓ Part 02\n– Part 03" in members[f"{HEARD}/hoeringsliste.txt"].decode()
    answer = members[f"{HEARD}/part-01-svar.txt"].decode()
    assert "Vi savner de ældre." in answer
    assert "Til afsnit 1 Mål\n----------------\nMålet er for lavt." in answer
    assert members[f"{HEARD}/part-01-bilag-hoeringssvar.pdf"] == b"%PDF-1.4\n%%EOF\n"
    assert "Bilag 2 er rettet." in members[f"{HEARD}/brev-undervejs-rettelsesblad.txt"].decode()
    assert "De ældre." in members[f"{HEARD}/mundtligt-input-temamoede.txt"].decode()
    for said in (
        "1. marts 2019 til 29. marts 2019 kl. 12.00 (29 dage)",
        "Ingen bemærkninger",
        "Intet svar",
        "2 af 3 har svaret",
        "Hvidbogen findes ikke endnu.",
        "Alt, hvad pakken skal indeholde, er her.",
        f'href="{HEARD}/part-01-svar.html"',
    ):
        assert said in index
    assert not package.is_provisional
    every_link = {piece.partition('"')[0] for piece in index.split('href="')[1:]}
    assert {link for link in every_link if not link.startswith("#")} <= set(members), "no link leads nowhere"


def test_make_package_with_late_and_confidential_answers_marks_them() -> None:
    hearing = heard()
    hearing.answers(1, content=AnswerContent(text="Vores svar.", confidential_note="Navnet på en borger."))
    officer = officer_of(hearing.process)
    late = hearing.answers(2, at=CLOSES_AT + timedelta(minutes=1))
    decide_late(late, accept=False, reason="En måned for sent.", actor=officer, now=CLOSES_AT + timedelta(minutes=2))

    members = inside(packed(closed(hearing)))

    index = members["index.html"].decode()
    assert "Delvist fortroligt" in index
    assert "For sent, kun journaliseret" in index
    assert "En måned for sent." in members[f"{HEARD}/part-02-svar.txt"].decode()


def test_make_package_with_remarks_dealt_with_holds_what_became_of_them() -> None:
    hearing = heard()
    answer = hearing.answers(1)
    process = closed(hearing)
    dispose_answer(answer, note="Imødekommet i afsnit 2.", actor=officer_of(process), now=OVER)

    members = inside(packed(process))

    (place,) = (name for name in members if name.startswith("4-hvidbog/") and name.endswith(".txt"))
    assert "Imødekommet i afsnit 2." in members[place].decode()
    assert "Hvidbogen findes ikke endnu." not in members["index.html"].decode()


def test_make_package_with_an_attachment_gone_from_the_disk_names_it_and_goes_as_provisional_only() -> None:
    hearing = heard()
    attached = a_file(hearing.process.office, LAUNCHED, "svar.txt", b"Svar\n")
    hearing.answers(1, files=[attached])
    process = closed(hearing)
    storage.remove(attached.public_id, attached.path)
    said = "Part 01: Bilag svar.txt ligger ikke på denne maskines disk."

    assert missing_now(process) == [said]
    with pytest.raises(Refused) as refused:
        packed(process)
    assert refused.value.refusal.code == "papers_missing"
    assert said in str(refused.value.refusal)
    package = packed(process, is_provisional=True, reason="Bilaget hentes fra sikkerhedskopien.")

    members = inside(package)
    assert said in members["index.html"].decode()
    assert "Bilaget hentes fra sikkerhedskopien." in members["index.html"].decode()
    assert json.loads(members["manifest.json"])["missing"] == [said]


def test_make_package_with_an_attachment_altered_on_the_disk_is_refused_in_words() -> None:
    hearing = heard()
    attached = a_file(hearing.process.office, LAUNCHED, "svar.txt", b"Svar\n")
    hearing.answers(1, files=[attached])
    process = closed(hearing)
    with open_file(attached) as file:
        Path(file.name).write_bytes(b"Et andet\n")

    with pytest.raises(Refused) as refused:
        packed(process)

    assert refused.value.refusal.code == "file_altered"
    assert "»svar.txt«" in str(refused.value.refusal)
    assert not Package.objects.exists()


def test_make_package_where_nobody_was_heard_says_so() -> None:
    hearing = before_the_hearing()
    officer, stage = officer_of(hearing.process), stage_of(hearing.process, "hearing")

    override_gate(stage, "round_closed", reason="Høringen er aflyst.", actor=officer, now=LAUNCHED)

    assert missing_now(hearing.process, LAUNCHED) == ["Ingen blev hørt i »Høring«."]


def test_make_package_while_a_late_answer_waits_for_a_decision_says_so() -> None:
    hearing = heard()
    process = closed(hearing)
    hearing.answers(1, at=OVER)

    assert missing_now(process) == ["Part 01: Der er ikke taget stilling til det for sene svar."]


def test_make_package_after_an_erasure_holds_none_of_the_words_and_says_so() -> None:
    hearing = heard()
    hearing.answers(1, content=AnswerContent(text="Vi støtter udkastet.", signed_by="Bente Holm"))
    hearing.answers(2, content=AnswerContent(text="Vi støtter udkastet.", signed_by="Karl Friis"))
    process = closed(hearing)
    before = packed(process)
    assert any(b"Bente Holm" in content for content in inside(before).values())
    erase_person("part1@example.dk", reason="Fratrådt", office=process.office, actor=officer_of(process), now=OVER)

    after = inside(packed(process))

    assert not any(b"Bente Holm" in content for content in after.values())
    assert any(b"Karl Friis" in content for content in after.values())
    assert "Personoplysninger er slettet." in after["index.html"].decode()
    assert ERASED_MARK not in "".join(after)


def test_make_package_for_an_authority_that_reads_english_is_in_english() -> None:
    hearing = heard()
    hearing.answers(1)
    Contact.objects.filter(body__key="authority").update(language="en")

    members = inside(packed(closed(hearing)))

    assert "2-consultation/part-01-answer.html" in members
    index = members["index.html"].decode()
    assert '<html lang="en">' in index
    assert "1 March 2019 to 29 March 2019 at 12:00 (29 days)" in index
    assert json.loads(members["manifest.json"])["language"] == "en"


def test_make_package_of_files_with_one_name_and_long_names_gives_each_its_own_short_one() -> None:
    hearing = heard()
    files = [a_file(hearing.process.office, LAUNCHED, "svar.txt", f"Svar {n}\n".encode()) for n in range(3)]
    files.append(a_file(hearing.process.office, LAUNCHED, f"{'meget langt navn ' * 8}.txt", b"Langt\n"))
    hearing.answers(1, files=files)
    Answer.objects.get()

    names = [name for name in inside(packed(closed(hearing))) if "bilag" in name]

    assert names[1:] == [f"{HEARD}/part-01-bilag-svar{n}.txt" for n in ("-2", "-3", "")]
    assert max(map(len, names)) < 100


def test_make_supplement_holds_only_what_has_come_since() -> None:
    hearing = heard()
    for number in (1, 2):
        hearing.answers(number)
    process = closed(hearing)
    first = packed(process)
    stage, officer = stage_of(process, "submission"), officer_of(process)
    send_submission(stage, first, reason="Aftalt", actor=officer, now=OVER)
    late = hearing.answers(3, at=OVER + timedelta(hours=1))
    decide_late(late, accept=True, reason="Aftalt.", actor=officer, now=OVER + timedelta(hours=2))

    second = packed(process, OVER + timedelta(hours=3), supplements=Package.objects.get(pk=first.pk))

    members = inside(second)
    assert set(members) == {
        "index.html",
        "0-hele-pakken.pdf",
        *(f"{HEARD}/hoeringsliste.{ending}" for ending in ("pdf", "html", "txt")),
        *(f"{HEARD}/part-03-svar.{ending}" for ending in ("pdf", "html", "txt")),
        "manifest.json",
        "CHECKSUMS.sha256",
    }
    manifest = json.loads(members["manifest.json"])
    assert manifest["adds_to"] == [{"number": 1, "sha256": first.file.sha256}]
    assert f"{HEARD}/part-01-svar.txt" in {row["path"] for row in manifest["elsewhere"]}
    index = members["index.html"].decode()
    assert first.file.sha256 in index
    assert f"i pakke 1: {HEARD}/part-01-svar.html" in index


def test_ask_what_a_package_would_lack_costs_the_same_with_a_hundred_answers() -> None:
    counts = []
    for many in (2, 100):
        hearing = heard(many)
        for number in range(1, many + 1):
            hearing.answers(number, files=[a_file(hearing.process.office, LAUNCHED, "svar.txt", b"Svar\n")])
        process = closed(hearing)
        bundle, stage = process.bundles.get(), stage_of(process, "submission")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert prospect_of(stage, bundle, OVER).missing == []
        counts.append(len(queries))

    assert counts[0] == counts[1]
