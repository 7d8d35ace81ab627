"""Documents cut into sections, sections followed through versions, and bundles locked for good."""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from hypothesis import given as any_of
from hypothesis import strategies as st

from tests.workflow.document_factories import PDF, TEXT, a_bundle, a_document, a_locked_bundle, a_version
from tests.workflow.factories import a_lone_process, a_process, an_actor, an_office
from workflow.actions.documents import (
    BundleEntry,
    add_version,
    create_bundle,
    create_document,
    lock_bundle,
    lock_documents,
)
from workflow.actions.files import store_file
from workflow.actions.processes import resume_process, suspend_process
from workflow.actors import SYSTEM
from workflow.models import AuditEntry, Bundle, BundleItem, DocumentVersion, Process, Section, StoredFile
from workflow.queries.documents import (
    altered_versions,
    current_bundle,
    latest_versions,
    standing_bundles,
)
from workflow.queries.processes import live_stage
from workflow.rules import Refused
from workflow.rules.documents import SECTIONS_IN_A_SET, SectionText, follow_lineage, manifest_digest, split_markdown
from workflow.states import BundleState, ChangeKind, StageState

DRAFTING = """
schema_version: 1
key: drafting-only
title: {da: Udkast, en: Draft}
description: {da: Et udkast, en: A draft}
stages:
  - key: drafting
    kind: drafting
    title: {da: Udkast, en: Draft}
    after: []
    actor: secretariat
    completes: automatic
    bundle: locks
    gates:
      - gate: bundle_locked
  - key: after
    kind: drafting
    title: {da: Efter, en: After}
    after: [drafting]
    actor: secretariat
    completes: manual
    end: true
"""


@pytest.fixture
def process(db: None, now: datetime) -> Process:
    return a_lone_process(now, DRAFTING)


# ── Sections ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_split_markdown_at_headings_gives_number_heading_and_text() -> None:
    assert split_markdown("Forord\n\n# Aftale\n\nA\n## 2.1 Fælles mål\n\nB\n\nC\n### IV. Bilag ##\n") == [
        SectionText("", "", "Forord"),
        SectionText("", "Aftale", "A"),
        SectionText("2.1", "Fælles mål", "B\n\nC"),
        SectionText("IV", "Bilag", ""),
    ]


def test_split_markdown_with_a_hash_in_code_or_text_is_no_heading() -> None:
    [section] = split_markdown("# Aftale\n```\n# ikke en overskrift\n```\n#hashtag\n    # indrykket")

    assert section.heading == "Aftale"
    assert "# ikke en overskrift" in section.text
    assert "#hashtag" in section.text


@any_of(st.text())
def test_split_markdown_of_any_text_loses_no_word(text: str) -> None:
    kept = " ".join(f"{s.number} {s.heading} {s.text}" for s in split_markdown(text))

    for word in text.split():
        plain = word.strip("#.) ")
        assert plain in kept


A, B, C = (UUID(int=n) for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("sections", "lineages"),
    [
        ([SectionText("1", "Mål"), SectionText("2", "Økonomi")], [A, B]),
        ([SectionText("1", "Økonomi"), SectionText("2", "Mål")], [B, A]),  # moved: by heading
        ([SectionText("1", "Fælles mål"), SectionText("2", "Økonomi")], [A, B]),  # renamed: by number
        ([SectionText("1", "Nyt"), SectionText("2", "Mål"), SectionText("3", "Økonomi")], [None, A, B]),
        ([SectionText("9", "Helt nyt")], [None]),
        ([SectionText("1", "MÅL "), SectionText("1", "Mål")], [A, None]),  # never twice
        ([SectionText("2", "Økonomi"), SectionText("7", "Andet", lineage_id=B)], [None, B]),  # named goes first
    ],
)
def test_follow_lineage_of_a_changed_text_keeps_the_section(
    sections: list[SectionText], lineages: list[UUID | None]
) -> None:
    earlier = [(A, SectionText("1", "Mål")), (B, SectionText("2", "Økonomi"))]

    assert follow_lineage(earlier, sections) == lineages


@any_of(st.lists(st.tuples(st.sampled_from(["", "1", "2"]), st.sampled_from(["", "a", "b", "A"])), max_size=6))
def test_follow_lineage_of_any_text_gives_no_lineage_twice(parts: list[tuple[str, str]]) -> None:
    earlier = [(uuid4(), SectionText(n, h)) for n in ("1", "2", "") for h in ("a", "b")]

    found = [lineage for lineage in follow_lineage(earlier, [SectionText(*p) for p in parts]) if lineage]

    assert len(found) == len(set(found))


def test_add_version_to_a_document_with_one_keeps_lineage_and_counts_on(process: Process, now: datetime) -> None:
    first = a_version(process, now)
    second = a_version(process, now, TEXT.replace("## 2. Økonomi", "## 3. Økonomi").replace("sit.", "sin del."))

    assert (first.number, second.number) == (1, 2)
    assert first.sha256 != second.sha256
    kept = [dict(v.sections.values_list("heading", "lineage_id")) for v in (first, second)]
    assert kept[0] == kept[1]
    assert second.sections.get(heading="Økonomi").text == "Hver part betaler sin del."
    assert [v.pk for v in latest_versions(process)] == [second.pk]
    entry = AuditEntry.objects.latest("id")
    assert (entry.verb, entry.codes["sha256"]) == ("add_version", second.sha256)


@pytest.mark.parametrize("long", ["1" * 40, "4.2"])
def test_add_version_with_long_numbers_and_headings_is_kept_whole_in_its_digest(
    process: Process, now: datetime, long: str
) -> None:
    sections = [SectionText(long, "Overskrift " * 60, "Tekst")]
    version = add_version(a_document(process, now), sections=sections, actor=SYSTEM, now=now)

    bundle = lock_bundle(a_bundle(process, now, version), actor=SYSTEM, now=now)

    assert altered_versions(bundle) == []


def test_add_version_with_the_same_key_twice_makes_one(process: Process, now: datetime) -> None:
    document = a_document(process, now)

    versions = [add_version(document, markdown=TEXT, key="press-1", actor=SYSTEM, now=now) for _ in range(2)]

    assert versions[0].pk == versions[1].pk
    assert DocumentVersion.objects.count() == 1


def test_add_version_that_changes_nothing_is_refused(process: Process, now: datetime) -> None:
    a_version(process, now)

    with pytest.raises(Refused) as refused:
        a_version(process, now)

    assert refused.value.refusal.code == "version_unchanged"


def test_add_version_with_neither_text_nor_file_is_refused(process: Process, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        a_version(process, now, "  \n")

    assert refused.value.refusal.code == "version_empty"


def test_add_version_with_a_file_of_another_office_is_refused(process: Process, now: datetime) -> None:
    file = store_file(an_office("hovedstaden"), "aftale.pdf", PDF, now=now)

    with pytest.raises(Refused) as refused:
        add_version(a_document(process, now), file=file, actor=SYSTEM, now=now)

    assert refused.value.refusal.code == "file_foreign"


def test_add_version_of_a_file_alone_counts_its_digest(process: Process, now: datetime) -> None:
    document = a_document(process, now)
    files: list[StoredFile] = [
        store_file(process.office, "aftale.pdf", PDF + extra, now=now) for extra in (b"", b"%ny\n")
    ]

    digests = [add_version(document, file=file, actor=SYSTEM, now=now).sha256 for file in files]

    assert digests[0] != digests[1]


def test_create_document_twice_under_one_given_slug_is_refused(process: Process, now: datetime) -> None:
    a_document(process, now)

    with pytest.raises(Refused) as refused:
        create_document(process, slug="politisk-aftale", title="Igen", actor=SYSTEM, now=now)

    assert refused.value.refusal.code == "document_exists"


# ── Bundles ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_lock_bundle_makes_a_manifest_with_its_digest_and_moves_the_process_on(process: Process, now: datetime) -> None:
    agreement = a_version(process, now)
    annex = a_version(process, now, "# Bilag\n\nTal.", key="bilag")
    bundle = a_bundle(process, now, agreement, annex)

    locked = lock_bundle(bundle, actor=SYSTEM, now=now)

    assert (locked.state, locked.locked_at, locked.change) == (BundleState.LOCKED, now, ChangeKind.FIRST)
    assert locked.manifest is not None
    assert locked.manifest["case_number"] == process.case_number
    assert [
        (i["document"], i["role"], i["number"], i["sha256"], i["needs_approval"]) for i in locked.manifest["items"]
    ] == [
        ("politisk-aftale", "agreement", 1, agreement.sha256, True),
        ("bilag", "annex", 1, annex.sha256, False),
    ]
    locked.refresh_from_db()
    assert locked.sha256 == manifest_digest(locked.manifest)
    assert current_bundle(process) == locked
    entry = AuditEntry.objects.get(verb="lock_bundle")
    assert (entry.subject_id, entry.codes["sha256"]) == (locked.public_id, locked.sha256)
    assert live_stage(process, "drafting").state == StageState.COMPLETED
    assert live_stage(process, "after").state == StageState.OPEN


def test_lock_bundle_with_the_same_key_twice_locks_once(process: Process, now: datetime) -> None:
    bundle = a_bundle(process, now, a_version(process, now))

    for _ in range(2):
        lock_bundle(bundle, key="press-1", actor=SYSTEM, now=now)

    assert AuditEntry.objects.filter(verb="lock_bundle").count() == 1


def test_lock_bundle_that_is_locked_is_refused(process: Process, now: datetime) -> None:
    bundle = a_locked_bundle(process, now)

    with pytest.raises(Refused) as refused:
        lock_bundle(bundle, actor=SYSTEM, now=now)

    assert refused.value.refusal.code == "bundle_locked"


@pytest.mark.parametrize(
    ("change", "note", "text", "code"),
    [
        (ChangeKind.FIRST, "", "Ny tekst", "change_missing"),
        ("", "", "Ny tekst", "change_missing"),
        (ChangeKind.EDITORIAL, " ", "Ny tekst", "change_note_missing"),
        (ChangeKind.MATERIAL, "", None, "bundle_unchanged"),
        (ChangeKind.EDITORIAL, "Slåfejl", None, "bundle_unchanged"),
    ],
)
def test_lock_bundle_after_another_without_saying_what_changed_is_refused(
    process: Process, now: datetime, change: str, note: str, text: str | None, code: str
) -> None:
    first = a_locked_bundle(process, now)
    version = a_version(process, now, text) if text else first.items.get().version
    bundle = a_bundle(process, now, version)

    with pytest.raises(Refused) as refused:
        lock_bundle(bundle, change=change, note=note, actor=SYSTEM, now=now)

    assert refused.value.refusal.code == code
    assert current_bundle(process) == first


def test_lock_bundle_as_a_change_when_it_is_the_first_is_refused(process: Process, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        a_locked_bundle(process, now, change=ChangeKind.MATERIAL)

    assert refused.value.refusal.code == "bundle_is_first"


def test_lock_bundle_with_a_document_newly_needing_approval_counts_as_changed(process: Process, now: datetime) -> None:
    first = a_locked_bundle(process, now)
    entry = BundleEntry(first.items.get().version, "agreement", needs_approval=False)
    bundle = create_bundle(process, [entry], actor=SYSTEM, now=now)

    assert lock_bundle(bundle, change=ChangeKind.MATERIAL, actor=SYSTEM, now=now).number == 2


def test_create_bundle_of_nothing_of_one_document_twice_or_of_another_process_is_refused(
    process: Process, now: datetime
) -> None:
    versions = [a_version(process, now), a_version(process, now, "Ny tekst")]
    foreign = a_version(a_process(process.office, now, DRAFTING), now)

    codes = []
    for some in ([], versions, [foreign]):
        with pytest.raises(Refused) as refused:
            create_bundle(process, [BundleEntry(v, "agreement") for v in some], actor=SYSTEM, now=now)
        codes.append(refused.value.refusal.code)

    assert codes == ["bundle_empty", "document_twice", "document_foreign"]
    assert not Bundle.objects.exists()


def test_lock_bundle_of_a_suspended_process_is_refused_until_it_is_resumed(process: Process, now: datetime) -> None:
    bundle = a_bundle(process, now, a_version(process, now))
    officer = an_actor(process.office)
    suspend_process(process, reason="COVID-19 standser arbejdet", actor=officer, now=now)

    for deed in (
        lambda: lock_bundle(bundle, actor=SYSTEM, now=now),
        lambda: a_version(process, now, "Ny tekst"),
        lambda: a_bundle(process, now, bundle.items.get().version),
    ):
        with pytest.raises(Refused) as refused:
            deed()
        assert refused.value.refusal.code == "process_suspended"

    resume_process(process, actor=officer, now=now)
    assert lock_bundle(bundle, actor=SYSTEM, now=now).state == BundleState.LOCKED


def test_lock_bundle_whose_text_was_changed_behind_it_is_refused(process: Process, now: datetime) -> None:
    bundle = a_bundle(process, now, a_version(process, now))
    Section.objects.filter(heading="Økonomi").update(text="Regionen betaler alt.")

    with pytest.raises(Refused) as refused:
        lock_bundle(bundle, actor=SYSTEM, now=now)

    assert refused.value.refusal.code == "version_altered"


def test_lock_bundle_of_more_sections_than_an_answer_has_fields_for_is_refused(process: Process, now: datetime) -> None:
    texts = ["\n".join(f"# {n}. Afsnit\n\nTekst" for n in range(1, 1_001)), "# 1. Et for meget", "# 1. Lige nok"]
    versions = [a_version(process, now, texts[0], key=key) for key in ("a", "b")]
    versions.append(a_version(process, now, texts[1], key="c"))
    entries = [BundleEntry(version, "agreement") for version in versions]

    with pytest.raises(Refused) as refused:
        lock_documents(process, entries, actor=SYSTEM, now=now)
    lock_documents(process, entries[:2], actor=SYSTEM, now=now)

    assert refused.value.refusal.code == "too_many_sections"
    assert "2001" in str(refused.value.refusal.text)
    assert settings.DATA_UPLOAD_MAX_NUMBER_FIELDS > 2 * SECTIONS_IN_A_SET


def test_lock_bundle_put_together_before_the_one_in_force_is_refused(process: Process, now: datetime) -> None:
    a_locked_bundle(process, now)
    left_behind = a_bundle(process, now, a_version(process, now, "To"))
    in_force = a_locked_bundle(process, now, "Tre")

    with pytest.raises(Refused) as refused:
        lock_bundle(left_behind, change=ChangeKind.MATERIAL, actor=SYSTEM, now=now)

    assert refused.value.refusal.code == "bundle_overtaken"
    assert current_bundle(process) == in_force


def test_lock_documents_after_a_refusal_locks_what_is_chosen_then(process: Process, now: datetime) -> None:
    a_locked_bundle(process, now)
    text, annex = a_version(process, now, "To"), a_version(process, now, "Bilag", key="bilag")
    chosen = [BundleEntry(text, "agreement")]
    with pytest.raises(Refused) as refused:
        lock_documents(process, chosen, change=ChangeKind.EDITORIAL, actor=SYSTEM, now=now, key="form-1")
    left_behind = Bundle.objects.filter(state=BundleState.OPEN).count()

    chosen.append(BundleEntry(annex, "annex"))
    locked = lock_documents(process, chosen, change=ChangeKind.MATERIAL, actor=SYSTEM, now=now, key="form-1")

    assert (refused.value.refusal.code, left_behind) == ("change_note_missing", 0)
    assert [item["document"] for item in locked.manifest["items"]] == ["politisk-aftale", "bilag"]
    assert lock_documents(process, chosen, change=ChangeKind.MATERIAL, actor=SYSTEM, now=now, key="form-1") == locked


def test_standing_bundles_follows_editorial_changes_back_to_the_last_material_one(
    process: Process, now: datetime
) -> None:
    editorial = {"change": ChangeKind.EDITORIAL, "note": "Slåfejl rettet"}
    first = a_locked_bundle(process, now)
    second = a_locked_bundle(process, now, "To", **editorial)
    third = a_locked_bundle(process, now, "Tre", change=ChangeKind.MATERIAL)
    fourth = a_locked_bundle(process, now, "Fire", **editorial)
    fifth = a_locked_bundle(process, now, "Fem", **editorial)

    assert standing_bundles(second) == [second.pk, first.pk]
    assert standing_bundles(third) == [third.pk]
    assert standing_bundles(fifth) == [fifth.pk, fourth.pk, third.pk]
    assert standing_bundles(None) == []


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda: Bundle.objects.update(sha256="0" * 64),
        lambda: Bundle.objects.update(manifest={"items": []}),
        lambda: Bundle.objects.update(state=BundleState.OPEN),
        lambda: Bundle.objects.update(change=ChangeKind.EDITORIAL),
        lambda: Bundle.objects.update(change_note="Noget andet"),
        lambda: BundleItem.objects.update(needs_approval=False),
        lambda: BundleItem.objects.all().delete(),
        lambda: Bundle.objects.all().delete(),
    ],
)
def test_rewriting_a_locked_bundle_is_refused_by_the_database(
    process: Process, now: datetime, rewrite: Callable[[], object]
) -> None:
    a_locked_bundle(process, now)

    with pytest.raises(IntegrityError, match="keeps its history"), transaction.atomic():
        rewrite()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_lock_bundle_of_two_bundles_at_once_gives_the_second_a_predecessor(now: datetime) -> None:
    process = a_lone_process(now, DRAFTING)
    bundles = [
        a_bundle(process, now, a_version(process, now)),
        a_bundle(process, now, a_version(process, now, "Ny tekst")),
    ]
    barrier = threading.Barrier(2)
    codes: list[str] = []

    def lock(bundle: Bundle) -> None:
        try:
            barrier.wait(10)
            lock_bundle(bundle, actor=SYSTEM, now=now)
            codes.append("locked")
        except Refused as refused:
            codes.append(refused.refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=lock, args=(bundle,)) for bundle in bundles]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    codes.remove("locked")
    assert codes in (["change_missing"], ["bundle_overtaken"]), "the second says how it differs, or comes too late"
    assert Bundle.objects.filter(state=BundleState.LOCKED).count() == 1


@pytest.mark.parametrize("heap", ["# a" + "#" * 500_000 + "b", "# a" + "\t" * 500_000 + "b", "# " + "1." * 250_000])
def test_split_text_with_a_very_long_line_takes_time_in_proportion_to_it(heap: str) -> None:
    began = time.process_time()

    assert len(split_markdown(heap)) == 1

    assert time.process_time() - began < 5  # seconds; it was hours


def test_split_text_with_signs_behind_its_headings_leaves_them_out() -> None:
    sections = split_markdown("# 1. Formål ##\n\nTekst\n\n## C# og F#  \n\n# #\n")

    assert [section.heading for section in sections] == ["Formål", "C# og F", "#"]
