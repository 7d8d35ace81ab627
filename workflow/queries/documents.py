"""What is known of documents and bundles: which bundle counts now, and whose decisions still stand for it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from workflow.models import Bundle, DocumentVersion, Process
from workflow.rules.documents import SectionText, text_digest
from workflow.states import BundleState, ChangeKind


def current_bundle(process: Process) -> Bundle | None:
    """The newest locked bundle, or None before the first. Bundles are locked in the order of their numbers."""
    return Bundle.objects.filter(process=process, state=BundleState.LOCKED).order_by("-number").first()


def locked_bundles(process: Process) -> QuerySet[Bundle]:
    """Every locked set of documents, the newest first, with its documents read along."""
    return (
        Bundle.objects.filter(process=process, state=BundleState.LOCKED)
        .prefetch_related("items__version__document", "items__version__file")
        .order_by("-number")
    )


def newest_of_text(bundle: Bundle) -> Bundle:
    """The newest locked bundle that differs from this one only editorially; itself when there is none. One query."""
    newest = bundle
    later = Bundle.objects.filter(process_id=bundle.process_id, state=BundleState.LOCKED, number__gt=bundle.number)
    for later_bundle in later.filter(change=ChangeKind.EDITORIAL).order_by("number"):
        if later_bundle.predecessor_id == newest.pk:
            newest = later_bundle
    return newest


def standing_bundles(bundle: Bundle | None) -> list[int]:
    """Ids of the bundles whose decisions stand for this one: itself, and those before it as far as only editorial
    changes lie between. Newest first; empty for None.
    """
    return _standing_ids(bundle.pk, Bundle.objects.filter(process_id=bundle.process_id)) if bundle is not None else []


def text_since(bundle: Bundle | None) -> datetime | None:
    """When the text of a locked bundle was first locked: changes that are only editorial do not make another text of
    it. None without a bundle. No query unless its own change is editorial."""
    if bundle is None or bundle.change != ChangeKind.EDITORIAL:
        return bundle.locked_at if bundle is not None else None
    return Bundle.objects.get(pk=standing_bundles(bundle)[-1]).locked_at


def standing_now(process: Process) -> list[int]:
    """Ids of the bundles whose decisions stand for the one that counts now; empty before the first. One query."""
    return _standing_ids(None, Bundle.objects.filter(process=process, state=BundleState.LOCKED))


def _standing_ids(pk: int | None, bundles: QuerySet[Bundle]) -> list[int]:
    """From this bundle, else from the newest, back over editorial changes."""
    steps = {
        row: (predecessor, change)
        for row, predecessor, change in bundles.order_by("-number").values_list("pk", "predecessor_id", "change")
    }
    if pk is None:
        pk = next(iter(steps), None)
    ids = []
    while pk is not None:
        ids.append(pk)
        predecessor, change = steps[pk]
        pk = predecessor if change == ChangeKind.EDITORIAL else None
    return ids


def latest_versions(process: Process) -> list[DocumentVersion]:
    """The newest version of each document of a process, in the order of the documents."""
    versions = DocumentVersion.objects.filter(document__process=process).select_related("document", "file")
    newest: dict[int, DocumentVersion] = {}
    for version in versions.order_by("document__position", "document_id", "number"):
        newest[version.document_id] = version
    return list(newest.values())


def digest_of(version: DocumentVersion) -> str:
    """The digest a version has by what stands in the database now; equals `version.sha256` as long as it is whole."""
    sections = [SectionText(s.number, s.heading, s.text) for s in version.sections.order_by("position")]
    return text_digest(version.title, sections, version.file.sha256 if version.file else "")


def altered_versions(bundle: Bundle) -> list[DocumentVersion]:
    """Versions of a locked bundle that are no longer what its manifest says; none in a sound database."""
    promised = {item["version"]: item["sha256"] for item in (bundle.manifest or {}).get("items", [])}
    # A version that the manifest does not name counts as altered too.
    items = bundle.items.select_related("version__file").prefetch_related("version__sections")
    return [item.version for item in items if digest_of(item.version) != promised.get(str(item.version.public_id), "")]
