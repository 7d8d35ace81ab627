"""Sets of documents: put together and locked. What a set does once it counts: `putting_forward`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from workflow.actions.locking import lock_process
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actions.stages import advance
from workflow.actors import Actor
from workflow.audit import following, record
from workflow.models import AuditEntry, Bundle, BundleItem, Document, DocumentVersion, Process, Section, TextLine, by
from workflow.queries.comparisons import read_set, weighty_changes_at_lock
from workflow.queries.documents import altered_versions, current_bundle, newest_locked
from workflow.rules import Refusal, Refused, insist
from workflow.rules.documents import MANIFEST_SCHEMA, manifest_digest, may_hold, may_lock
from workflow.rules.weighty_changes import may_be_editorial
from workflow.states import ChangeKind, Verb


@dataclass(frozen=True, slots=True)
class BundleEntry:
    """A document version in a bundle: its role there ("agreement", "annex", "letter") and whether it is approved."""

    version: DocumentVersion
    role: str
    needs_approval: bool = True


@transaction.atomic
def create_bundle(
    process: Process, entries: Sequence[BundleEntry], *, actor: Actor, now: datetime, key: str = ""
) -> Bundle:
    """Put document versions together that are to be heard, approved and submitted as one; open until it is locked. It
    belongs to the line of text that its documents belong to, and is numbered there.

    Refuses everybody but an officer, a suspended or ended process, no documents at all, one document twice, one of
    another process and documents of several lines. A repeated `key` gives the bundle made first.
    """
    process = lock_process(process)
    once = Once(f"create_bundle:{process.public_id}", key, (entries,))
    if earlier := once.made:
        return Bundle.objects.get(public_id=earlier)
    insist_officer(actor, process.office, now)
    line = _line_of(process, entries)
    # Counting on is safe because the process is locked.
    number = (line.bundles.aggregate(last=Max("number"))["last"] or 0) + 1
    bundle = Bundle.objects.create(
        process=process,
        line=line,
        number=number,
        predecessor=newest_locked(line.pk),
        created_at=now,
        **by(actor),
    )
    _write_items(bundle, entries)
    versions = [entry.version.public_id for entry in entries]
    codes = {"text": line.key, "number": number, "versions": versions}
    record(Verb.CREATE_BUNDLE, bundle, actor=actor, now=now, process=process, codes=codes)
    once.keep(bundle.public_id, now)
    return bundle


@transaction.atomic
def lock_bundle(
    bundle: Bundle,
    *,
    change: str = ChangeKind.FIRST,
    note: str = "",
    weighty_reason: str = "",
    actor: Actor,
    now: datetime,
    key: str = "",
) -> Bundle:
    """Make a bundle an immutable manifest with its own SHA-256, which can be shown and judged from now on.

    Nothing falls by it and nobody is told: what counts stays as it is until this set is put forward.

    change: "first" for a line's first bundle, else "editorial" or "material", against the bundle locked before; `note`
    says what was changed; `weighty_reason` why it is editorial although a number, date, amount, negation or duty
    changed, and stands in the record. Refuses everybody but an officer, a suspended or ended
    process, a bundle locked already, one put together before another that is locked, an empty one, one with the same
    texts as the bundle before, one of more sections than a form for an answer can hold, a missing kind of change, an
    editorial change without note or, where something of weight changed, without a reason, and a text that is not what
    it was when it was written. A repeated `key` does nothing again.
    """
    process, bundle = _bundle_under_lock(bundle)
    once = Once(
        f"lock_bundle:{bundle.public_id}", key, (change, note, weighty_reason) if weighty_reason else (change, note)
    )
    if once.made is not None:
        return bundle
    insist_officer(actor, process.office, now)
    entry = _lock(process, bundle, change, note, actor, now, weighty_reason)
    once.keep(bundle.public_id, now)
    # A drafting stage may be one that completes by itself.
    advance(process, actor=following(entry), now=now)
    return bundle


def lock_set(process: Process, entries: Sequence[BundleEntry], *, note: str, actor: Actor, now: datetime) -> Bundle:
    """Put document versions together and lock them as the first set of their line, for a deed with the process locked
    that moves it on itself afterwards. Refuses what `create_bundle` and `lock_bundle` refuse."""
    bundle = create_bundle(process, entries, actor=actor, now=now)
    process, bundle = _bundle_under_lock(bundle)
    _lock(process, bundle, ChangeKind.FIRST, note, actor, now)
    return bundle


def _lock(
    process: Process, bundle: Bundle, change: str, note: str, actor: Actor, now: datetime, weighty_reason: str = ""
) -> AuditEntry:
    predecessor = newest_locked(bundle.line_id)
    manifest = _manifest(process, bundle, predecessor)
    insist(may_hold(Section.objects.filter(version__bundle_items__bundle=bundle).count()))
    insist(may_lock(bundle, manifest, predecessor, change, note))
    if not weighty_reason.strip() and change == ChangeKind.EDITORIAL:
        current = current_bundle(bundle.line_id)
        weighty = weighty_changes_at_lock(read_set(bundle), predecessor, current, process.language)
        insist(may_be_editorial(weighty, ""))
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
    return record(
        Verb.LOCK_BUNDLE,
        bundle,
        actor=actor,
        now=now,
        process=process,
        codes={
            "text": bundle.line.key,
            "number": bundle.number,
            "sha256": bundle.sha256,
            "change": change,
            "predecessor": predecessor.public_id if predecessor else None,
        },
        detail={"note": bundle.change_note} | ({"weighty_reason": weighty_reason} if weighty_reason else {}),
    )


@transaction.atomic
def lock_documents(
    process: Process,
    entries: Sequence[BundleEntry],
    *,
    change: str = ChangeKind.FIRST,
    note: str = "",
    weighty_reason: str = "",
    actor: Actor,
    now: datetime,
    key: str = "",
) -> Bundle:
    """Put document versions together and lock them at once, as the page does with one button.

    Refuses what `create_bundle` and `lock_bundle` refuse, and then leaves nothing behind: what is corrected in the form
    is what the next press locks. A repeated `key` gives the bundle locked first.
    """
    process = lock_process(process)
    once = Once(
        _locked_under(process),
        key,
        (entries, change, note, weighty_reason) if weighty_reason else (entries, change, note),
    )
    if earlier := once.made:
        return Bundle.objects.get(public_id=earlier)
    bundle = create_bundle(process, entries, actor=actor, now=now)
    bundle = lock_bundle(bundle, change=change, note=note, weighty_reason=weighty_reason, actor=actor, now=now)
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
    locked = Bundle.objects.select_related("line").get(pk=bundle.pk, process=process)
    locked.process = process
    return process, locked


def _line_of(process: Process, entries: Sequence[BundleEntry]) -> TextLine:
    """The one line of text these documents belong to. Refuses entries that make no set."""
    if not entries:
        raise Refused(Refusal("bundle_empty", _("The bundle holds no document. Add at least one before it is locked.")))
    documents = [entry.version.document_id for entry in entries]
    if len(set(documents)) < len(documents):
        raise Refused(
            Refusal("document_twice", _("One document stands in the bundle twice. Take one version of each."))
        )
    lines = list(Document.objects.filter(pk__in=documents, process=process).values_list("line_id", flat=True))
    if len(lines) < len(documents):
        raise Refused(Refusal("document_foreign", _("The bundle names a document of another process.")))
    if len(set(lines)) > 1:
        raise Refused(
            Refusal("documents_of_several_lines", _("A set holds documents of one text. Lock one set for each text."))
        )
    return TextLine.objects.get(pk=lines[0])


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


def _manifest(process: Process, bundle: Bundle, predecessor: Bundle | None) -> dict[str, Any]:
    items = bundle.items.select_related("version__document", "version__file").order_by("position")
    return {
        # The digest of this is what bodies approve and packages prove: another key needs another schema.
        "schema": MANIFEST_SCHEMA,
        "case_number": process.case_number,
        "text": bundle.line.key,
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
