"""Sets of documents: put together, locked with a digest, and what is refused."""

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from tests.refusals import code_of
from tests.workflow.document_factories import DRAFTING, a_bundle, a_locked_bundle, a_version
from tests.workflow.factories import a_lone_process, a_process, an_actor
from workflow.actions.bundles import BundleEntry, create_bundle, lock_bundle, lock_documents
from workflow.actions.processes import resume_process, suspend_process
from workflow.actors import SYSTEM
from workflow.models import AuditEntry, Bundle, BundleItem, Process, Section, by
from workflow.queries.documents import current_bundle, standing_bundles
from workflow.queries.processes import live_stage
from workflow.rules import Refused
from workflow.rules.documents import SECTIONS_IN_A_SET, manifest_digest
from workflow.states import BundleState, ChangeKind, StageState


@pytest.fixture
def process(db: None, now: datetime) -> Process:
    return a_lone_process(now, DRAFTING)


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
    assert current_bundle(process.lines.get().pk) == locked
    entry = AuditEntry.objects.get(verb="lock_bundle")
    assert (entry.subject_id, entry.codes["sha256"]) == (locked.public_id, locked.sha256)
    assert live_stage(process, "drafting").state == StageState.COMPLETED
    assert live_stage(process, "after").state == StageState.OPEN


def test_lock_bundle_with_the_same_key_twice_locks_once(process: Process, now: datetime) -> None:
    bundle = a_bundle(process, now, a_version(process, now))

    for _ in range(2):
        lock_bundle(bundle, key="press-1", actor=SYSTEM, now=now)

    assert AuditEntry.objects.filter(verb="lock_bundle").count() == 1


def test_lock_bundle_that_holds_nothing_is_refused(process: Process, now: datetime) -> None:
    bundle = Bundle.objects.create(process=process, line=process.lines.get(), number=1, created_at=now, **by(SYSTEM))

    assert code_of(lambda: lock_bundle(bundle, actor=SYSTEM, now=now)) == "bundle_empty"


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
    assert current_bundle(process.lines.get().pk) == first


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
    assert current_bundle(process.lines.get().pk) == in_force


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
        lambda: Bundle.objects.all()._raw_delete("default"),  # beneath what Django itself refuses
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
