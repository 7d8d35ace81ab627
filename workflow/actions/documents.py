"""Documents, their versions, and the bundles that are heard, approved and submitted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from workflow.actions.approvals import ask_about_new_bundle
from workflow.actions.files import take_in
from workflow.actions.locking import lock_process
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actions.stages import advance
from workflow.actors import Actor
from workflow.audit import following, record
from workflow.models import Bundle, BundleItem, Document, DocumentVersion, Process, Section, by
from workflow.queries.approvals import approved_with_this_set
from workflow.queries.documents import altered_versions, current_bundle
from workflow.queries.processes import stage_spec
from workflow.rules import Refusal, Refused, insist
from workflow.rules.documents import (
    MANIFEST_SCHEMA,
    SectionText,
    follow_lineage,
    manifest_digest,
    may_change_text,
    may_hold,
    may_lock,
    split_markdown,
    text_digest,
)
from workflow.rules.slugs import danish_slug
from workflow.states import ChangeKind, Verb

if TYPE_CHECKING:
    from workflow.rules.files import GivenFile

SLUG_LENGTH: Final = 50
"""So many characters of a title stand in a document's slug; the rest of the column is for its number."""


@dataclass(frozen=True, slots=True)
class BundleEntry:
    """A document version in a bundle: its role there ("agreement", "annex", "letter") and whether it is approved."""

    version: DocumentVersion
    role: str
    needs_approval: bool = True


@transaction.atomic
def create_document(
    process: Process,
    *,
    title: str,
    actor: Actor,
    now: datetime,
    slug: str = "",
    position: int | None = None,
    key: str = "",
) -> Document:
    """Begin a text of a process; its versions follow. Always a new one, whatever the others are called.

    slug: what a file calls it that names the documents of a process; without one it is made from the title and numbered
    where another has it. It stands last unless `position` says otherwise. Refuses everybody but an officer, a suspended
    or ended process, an empty title and a slug that was given and is taken. A repeated `key` gives the document begun
    first.
    """
    process = lock_process(process)
    content = (title, slug, position)
    once = Once(f"create_document:{process.public_id}", key, content)
    if earlier := once.made:
        return process.documents.get(public_id=earlier)
    insist_officer(actor, process.office, now)
    if not title.strip():
        raise Refused(Refusal("title_missing", _("Give the document a title.")))
    slugs = set(process.documents.values_list("key", flat=True))
    if slug in slugs:
        raise Refused(Refusal("document_exists", _("The process has a document with this key. Add a version to it.")))
    if position is None:
        # Counting on is safe because the process is locked.
        position = (process.documents.aggregate(last=Max("position"))["last"] or 0) + 1
    document = Document.objects.create(
        process=process, key=slug or _free_slug(title, slugs), title=title.strip(), position=position
    )
    record(Verb.CREATE_DOCUMENT, document, actor=actor, now=now, process=process, codes={"key": document.key})
    once.keep(document.public_id, now)
    return document


def _free_slug(title: str, slugs: Collection[str]) -> str:
    """The title as a name in addresses and manifests: readable, and nobody else's."""
    stem = danish_slug(title)[:SLUG_LENGTH].strip("-") or "dokument"
    return next(slug for number in count(1) if (slug := stem if number == 1 else f"{stem}-{number}") not in slugs)


@transaction.atomic
def begin_document(
    process: Process,
    *,
    title: str,
    markdown: str = "",
    file: GivenFile | None = None,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> DocumentVersion:
    """Begin a new document with its first version, as the page does with one button.

    Refuses what `create_document` and `add_version` refuse, and then leaves nothing behind. A repeated `key` gives the
    version made first.
    """
    process = lock_process(process)
    once = Once(f"begin_document:{process.public_id}", key, (title, markdown, file))
    if earlier := once.made:
        return DocumentVersion.objects.get(public_id=earlier)
    document = create_document(process, title=title, actor=actor, now=now)
    version = add_version(document, title=title, markdown=markdown, file=file, actor=actor, now=now)
    once.keep(version.public_id, now)
    return version


@transaction.atomic
def add_version(
    document: Document,
    *,
    actor: Actor,
    now: datetime,
    title: str = "",
    sections: Sequence[SectionText] | None = None,
    markdown: str = "",
    file: GivenFile | None = None,
    key: str = "",
) -> DocumentVersion:
    """Freeze the next version of a document: from sections, from Markdown cut at its headings, from a file, or both.

    Each section carries on the lineage of the same section in the version before (`follow_lineage`). Without a title
    it keeps the document's. Refuses everybody but an officer, a suspended or ended process, a version with neither text
    nor file, one equal to the version before, a file of another office and an erased one. A repeated `key` gives the
    version made first.
    """
    process = lock_process(document.process)
    content = (title, sections, markdown, file)
    once = Once(f"add_version:{document.public_id}", key, content)
    if earlier := once.made:
        return DocumentVersion.objects.get(public_id=earlier)
    insist_officer(actor, process.office, now)
    given_sections = [s.shortened() for s in (sections if sections is not None else split_markdown(markdown))]
    if not given_sections and file is None:
        raise Refused(Refusal("version_empty", _("The version has neither text nor file. Add one of them.")))
    title = title.strip() or document.title
    digest = text_digest(title, given_sections, file.sha256 if file else "")
    before = document.versions.order_by("-number").first()
    if before is not None and before.sha256 == digest:
        raise Refused(Refusal("version_unchanged", _("The text is the same as in the version before.")))
    # Only now: a version that says nothing new must not leave a stored file behind.
    file = take_in(process.office, file, now=now)
    version = DocumentVersion.objects.create(
        document=document,
        number=before.number + 1 if before else 1,
        title=title,
        file=file,
        sha256=digest,
        created_at=now,
        **by(actor),
    )
    _write_sections(version, before, given_sections)
    record(
        Verb.ADD_VERSION,
        version,
        actor=actor,
        now=now,
        process=process,
        codes={"document": document.public_id, "number": version.number, "sha256": digest},
    )
    once.keep(version.public_id, now)
    return version


def _write_sections(version: DocumentVersion, before: DocumentVersion | None, sections: Sequence[SectionText]) -> None:
    earlier = [(s.lineage_id, SectionText(s.number, s.heading)) for s in before.sections.all()] if before else []
    Section.objects.bulk_create(
        Section(
            version=version,
            position=position,
            number=section.number,
            heading=section.heading,
            text=section.text,
            lineage_id=lineage or section.lineage_id or uuid7(),
        )
        for position, (section, lineage) in enumerate(
            zip(sections, follow_lineage(earlier, sections), strict=True), start=1
        )
    )


@transaction.atomic
def create_bundle(
    process: Process, entries: Sequence[BundleEntry], *, actor: Actor, now: datetime, key: str = ""
) -> Bundle:
    """Put document versions together that are to be heard, approved and submitted as one; open until it is locked.

    Refuses everybody but an officer, a suspended or ended process, no documents at all, one document twice and one of
    another process. A repeated `key` gives the bundle made first.
    """
    process = lock_process(process)
    once = Once(f"create_bundle:{process.public_id}", key, (entries,))
    if earlier := once.made:
        return Bundle.objects.get(public_id=earlier)
    insist_officer(actor, process.office, now)
    _insist_on_entries(process, entries)
    # Counting on is safe because the process is locked.
    number = (process.bundles.aggregate(last=Max("number"))["last"] or 0) + 1
    bundle = Bundle.objects.create(
        process=process, number=number, predecessor=current_bundle(process), created_at=now, **by(actor)
    )
    _write_items(bundle, entries)
    record(Verb.CREATE_BUNDLE, bundle, actor=actor, now=now, process=process, codes=_codes(bundle, entries))
    once.keep(bundle.public_id, now)
    return bundle


@transaction.atomic
def lock_bundle(
    bundle: Bundle, *, change: str = ChangeKind.FIRST, note: str = "", actor: Actor, now: datetime, key: str = ""
) -> Bundle:
    """Make a bundle an immutable manifest with its own SHA-256: from now on this is what is heard and approved.

    change: "first" for a process's first bundle, else "editorial" (decisions stand) or "material" (they fall and the
    bodies are asked again); `note` says what was changed. Refuses everybody but an officer, a suspended or ended
    process, a bundle locked already, one put together before another that is locked, an empty one, one with the same
    texts as the bundle before, one of more sections than a form for an answer can hold, a missing kind of change, an
    editorial change without note, a material change of what the parties have approved as long as it has neither been
    sent nor come into force, and a text that is not what it was when it was written. A repeated `key` does nothing
    again.
    """
    process, bundle = _bundle_under_lock(bundle)
    once = Once(f"lock_bundle:{bundle.public_id}", key, (change, note))
    if once.made is not None:
        return bundle
    insist_officer(actor, process.office, now)
    predecessor = current_bundle(process)
    manifest = _manifest(process, bundle, predecessor)
    insist(may_hold(Section.objects.filter(version__bundle_items__bundle=bundle).count()))
    insist(may_lock(bundle, manifest, predecessor, change, note))
    if change == ChangeKind.MATERIAL:
        insist(may_change_text([str(stage_spec(stage).title) for stage in approved_with_this_set(process)]))
    # Put in before the texts are compared with it.
    bundle.manifest = manifest
    if altered_versions(bundle):
        raise Refused(
            Refusal("version_altered", _("A text is not what it was when it was written. Add it as a new version."))
        )
    bundle.lock()
    # Set anew: since this set was put together another may have been locked.
    bundle.predecessor = predecessor
    bundle.change = change
    bundle.change_note = note.strip()
    bundle.sha256 = manifest_digest(manifest)
    bundle.locked_at = now
    bundle.save()
    entry = record(
        Verb.LOCK_BUNDLE,
        bundle,
        actor=actor,
        now=now,
        process=process,
        codes={
            "number": bundle.number,
            "sha256": bundle.sha256,
            "change": change,
            "predecessor": predecessor.public_id if predecessor else None,
        },
        detail={"note": bundle.change_note},
    )
    once.keep(bundle.public_id, now)
    # Decisions on the earlier text fall first: the other way round gates would open on them.
    ask_about_new_bundle(process, bundle, actor=following(entry), now=now)
    advance(process, actor=following(entry), now=now)
    return bundle


@transaction.atomic
def lock_documents(
    process: Process,
    entries: Sequence[BundleEntry],
    *,
    change: str = ChangeKind.FIRST,
    note: str = "",
    actor: Actor,
    now: datetime,
    key: str = "",
) -> Bundle:
    """Put document versions together and lock them at once, as the page does with one button.

    Refuses what `create_bundle` and `lock_bundle` refuse, and then leaves nothing behind: what is corrected in the form
    is what the next press locks. A repeated `key` gives the bundle locked first.
    """
    process = lock_process(process)
    once = Once(_locked_under(process), key, (entries, change, note))
    if earlier := once.made:
        return Bundle.objects.get(public_id=earlier)
    bundle = create_bundle(process, entries, actor=actor, now=now)
    bundle = lock_bundle(bundle, change=change, note=note, actor=actor, now=now)
    once.keep(bundle.public_id, now)
    return bundle


def locked_by_key(process: Process, key: str) -> Bundle | None:
    """The set that a form with this key has locked already."""
    earlier = Once(_locked_under(process), key).earlier
    return process.bundles.filter(public_id=earlier.result).first() if earlier else None


def _locked_under(process: Process) -> str:
    # Stands in the database: renamed, a form that is open now would lock a second set.
    return f"lock_documents:{process.public_id}"


def _bundle_under_lock(bundle: Bundle) -> tuple[Process, Bundle]:
    process = lock_process(bundle.process)
    locked = Bundle.objects.get(pk=bundle.pk, process=process)
    locked.process = process
    return process, locked


def _insist_on_entries(process: Process, entries: Sequence[BundleEntry]) -> None:
    if not entries:
        raise Refused(Refusal("bundle_empty", _("The bundle holds no document. Add at least one before it is locked.")))
    documents = [entry.version.document_id for entry in entries]
    if len(set(documents)) < len(documents):
        raise Refused(
            Refusal("document_twice", _("One document stands in the bundle twice. Take one version of each."))
        )
    if Document.objects.filter(pk__in=documents, process=process).count() < len(documents):
        raise Refused(Refusal("document_foreign", _("The bundle names a document of another process.")))


def _write_items(bundle: Bundle, entries: Sequence[BundleEntry]) -> None:
    BundleItem.objects.bulk_create(
        BundleItem(
            bundle=bundle,
            version=entry.version,
            position=position,
            role=entry.role,
            needs_approval=entry.needs_approval,
        )
        for position, entry in enumerate(entries, start=1)
    )


def _codes(bundle: Bundle, entries: Sequence[BundleEntry]) -> dict[str, Any]:
    return {"number": bundle.number, "versions": [entry.version.public_id for entry in entries]}


def _manifest(process: Process, bundle: Bundle, predecessor: Bundle | None) -> dict[str, Any]:
    items = bundle.items.select_related("version__document", "version__file").order_by("position")
    return {
        # The digest of this is what bodies approve and packages prove: another key needs another schema.
        "schema": MANIFEST_SCHEMA,
        "case_number": process.case_number,
        "bundle": bundle.number,
        "predecessor": predecessor.sha256 if predecessor else None,
        "items": [
            {
                "document": item.version.document.key,
                "version": str(item.version.public_id),
                "number": item.version.number,
                "title": item.version.title,
                "role": item.role,
                "needs_approval": item.needs_approval,
                "sha256": item.version.sha256,
                "file": item.version.file.sha256 if item.version.file else None,
            }
            for item in items
        ],
    }
