"""Making the package for an authority: whether it may be made, its number, what its manifest says."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO, cast

from django.db import transaction
from django.db.models import Max

from workflow.actions.files import open_file, store_file
from workflow.actions.locking import lock_process, process_of, stage_in
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actions.sealing import seal_audit
from workflow.actions.submissions.lacking import NOTHING, chapters_of, lacking_in, left_out_of
from workflow.actors import Actor
from workflow.audit import record
from workflow.dates import in_language
from workflow.models import Bundle, Package, Process, Stage, StoredFile, by
from workflow.queries.documents import altered_versions, bundle_of, newest_of_text
from workflow.queries.objections import open_objections
from workflow.queries.processes import stage_spec
from workflow.queries.submissions import Receiver, packages_at_authority, receiver_of
from workflow.reports.package.chapters import Chapter, Contents
from workflow.reports.package.decisions import overrides_for
from workflow.reports.package.documents import lay_out_texts
from workflow.reports.package.elsewhere import facts_of_stages, told_of_line
from workflow.reports.package.index import Facts, Held, Named
from workflow.reports.package.shelf import Head, Shelf, Tell, papers_in, printed_in
from workflow.reports.package.whole import lay_foreign
from workflow.reports.package.writing import write_package
from workflow.reports.papers.pdf import may_write_pdf
from workflow.rules import insist
from workflow.rules.objections import must_have_no_objection
from workflow.rules.processes import may_act
from workflow.rules.submissions import may_make_package, may_send_texts, must_add_something
from workflow.states import Verb

IN_MEMORY = 8 * 1024 * 1024
"""Bytes of a package kept in memory while it is written; a larger one goes through a temporary file."""


def make_package(
    stage: Stage,
    *,
    is_provisional: bool = False,
    reason: str = "",
    supplements: Package | None = None,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> Package:
    """Seal the record, then make a numbered ZIP in the receiver's language: the latest set put forward of the stage's
    text, what every kind of stage lays in (consultations, decisions, receipts), an index of it, and a manifest of
    checksums that names the record's head.

    Refuses while an objection to a correction of the text is open, and while a gate other than the authority's own
    answer is shut, an approval on this bundle or a paper is missing, unless it is made as provisional, with a reason.
    Refuses, provisional or not, when a text is no longer the one that was locked and decided on. A supplement holds the
    same text (the newest bundle of it that differs only editorially), but of all that only what the authority has not
    got yet: it names each package sent before by its SHA-256, and where in them the rest lies. It is refused for a
    package that was not sent, and where nothing has come since.
    """
    # In a transaction of its own: the sealer's lock must not be held as long as the ZIP is being written.
    head = seal_audit(now=now).head
    how: dict[str, Any] = {"is_provisional": is_provisional, "reason": reason, "supplements": supplements}
    # Before the lock, which is not to be held while pages are laid out.
    with lay_out_package(stage, supplements, now) as shelf:
        return pack(stage, head, shelf, **how, actor=actor, now=now, key=key)


def lay_out_package(stage: Stage, supplements: Package | None, now: datetime, tell: Tell = lambda *_: None) -> Shelf:
    """The papers as they are now, set. What changes before the lock is set anew under it. tell: how many are set, of
    how many."""
    receiver, process, bundle = receiver_of(stage), stage.process, bundle_packed(stage, supplements)
    shelf = Shelf(Head(process.office.name, process.case_number, receiver.language, process.time_zone))
    if bundle is not None and may_write_pdf() is None:
        lay_out_texts(bundle)
        with in_language(receiver.language):
            chapters = chapters_of(Contents(process, stage, bundle, now))
            shelf.lay_out(chapters, tell)
        lay_foreign(shelf, papers_in(chapters), open_file)
    return shelf


def papers_to_set(stage: Stage, supplements: Package | None, now: datetime) -> int:
    """How many papers of the record a package is set of; a text that takes long is asked about by `lay_out_texts`."""
    bundle = bundle_packed(stage, supplements)
    if bundle is None or may_write_pdf() is not None:
        return 0
    with in_language(receiver_of(stage).language):
        return len(printed_in(chapters_of(Contents(stage.process, stage, bundle, now))))


def bundle_packed(stage: Stage, supplements: Package | None) -> Bundle | None:
    """The set of which a package of the stage is made; of a supplement, the newest of the text it adds to."""
    return newest_of_text(supplements.bundle) if supplements is not None else bundle_of(stage)


def check_package(
    stage: Stage,
    *,
    is_provisional: bool = False,
    reason: str = "",
    supplements: Package | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Refuse what `make_package` would refuse now, and make nothing."""
    with transaction.atomic():
        process = lock_process(process_of(stage), must_run=False)
        _allowed(process, stage_in(process, stage), is_provisional, reason, supplements, actor, now)


def pack(
    stage: Stage,
    head: str,
    shelf: Shelf,
    *,
    is_provisional: bool = False,
    reason: str = "",
    supplements: Package | None = None,
    actor: Actor,
    now: datetime,
    key: str,
) -> Package:
    """What is done under the lock by `make_package`. head: of the record, sealed just before. shelf: what has been set
    already."""
    with transaction.atomic():
        process = lock_process(process_of(stage), must_run=False)
        once = Once(f"make_package:{stage.public_id}", key, (is_provisional, reason, supplements))
        if earlier := once.made:
            return Package.objects.get(public_id=earlier)
        stage = stage_in(process, stage)
        if supplements is not None:
            supplements = Package.objects.select_related("file", "bundle").get(pk=supplements.pk)
        receiver = receiver_of(stage)
        contents, chapters, missing = _allowed(process, stage, is_provisional, reason, supplements, actor, now)
        is_provisional, reason = bool(missing), reason if missing else ""
        number = _next_number(process)
        before = packages_at_authority(stage) if supplements is not None else []
        how: dict[str, Any] = {"number": number, "head": head, "reason": reason, "supplements": supplements}
        facts = _facts(contents, receiver, chapters, missing=missing, before=before, **how)
        file, manifest = _write(process, chapters, facts, shelf, before, supplements)
        package = Package.objects.create(
            process=process,
            stage=stage,
            bundle=contents.bundle,
            number=number,
            file=file,
            manifest=manifest,
            is_provisional=is_provisional,
            supplements=supplements,
            audit_head=head,
            created_at=now,
            **by(actor),
        )
        _record(package, reason, missing, actor, now)
        once.keep(package.public_id, now)
        return package


def _next_number(process: Process) -> int:
    # Counting on is safe because the process is locked.
    return (process.packages.aggregate(last=Max("number"))["last"] or 0) + 1


def _allowed(
    process: Process,
    stage: Stage,
    is_provisional: bool,
    reason: str,
    supplements: Package | None,
    actor: Actor,
    now: datetime,
) -> tuple[Contents, list[Chapter], list[str]]:
    """What goes in and what is missing, in the receiver's language; refuses whom and what may not be."""
    insist(may_act(process))
    insist_officer(actor, process.office, now)
    insist(must_have_no_objection(open_objections(stage.line_id)))
    bundle, receiver = bundle_packed(stage, supplements), receiver_of(stage)
    # What is missing stands in index and manifest: in the language of who gets them, not of whoever presses.
    with in_language(receiver.language):
        contents = Contents(process, stage, bundle, now) if bundle else None
        chapters = chapters_of(contents) if contents else []
        missing = lacking_in(contents, chapters).sentences if contents else []
    # A refusal is read by whoever presses.
    is_refused = contents is not None and missing and not is_provisional
    lacking = lacking_in(contents, chapters_of(contents)) if is_refused and contents else NOTHING
    how: dict[str, Any] = {"is_provisional": is_provisional, "reason": reason, "supplements": supplements}
    insist(may_make_package(stage, bundle, lacking.approvals, lacking.papers, **how))
    assert contents is not None
    insist(may_send_texts(altered_versions(contents.bundle)))
    return contents, chapters, missing


def _write(
    process: Process,
    chapters: Sequence[Chapter],
    facts: Facts,
    shelf: Shelf,
    before: Sequence[Package],
    supplements: Package | None,
) -> tuple[StoredFile, dict[str, object]]:
    """The ZIP, stored, and its manifest. Refuses a supplement that would hold nothing new."""
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
        target = cast(BinaryIO, spool)
        manifest = write_package(target, chapters, facts, open_file, shelf, held=_held(before))
        insist(must_add_something(manifest, supplements))
        name = f"{process.case_number}-{facts['number']}.zip"
        return store_file(process.office, name, target, now=facts["made_at"], is_ours=True), manifest


def _record(package: Package, reason: str, missing: Sequence[str], actor: Actor, now: datetime) -> None:
    codes = {
        "number": package.number,
        "sha256": package.file.sha256,
        "bundle": package.bundle.sha256,
        "audit_head": package.audit_head,
        "provisional": package.is_provisional,
        "supplements": package.supplements.file.sha256 if package.supplements else "",
    }
    detail = {"reason": reason, "missing": missing} if package.is_provisional else {}
    record(Verb.MAKE_PACKAGE, package, actor=actor, now=now, process=package.process, codes=codes, detail=detail)


def _facts(
    contents: Contents,
    receiver: Receiver,
    chapters: Sequence[Chapter],
    *,
    number: int,
    head: str,
    missing: Sequence[str],
    reason: str,
    supplements: Package | None,
    before: Sequence[Package],
) -> Facts:
    """What manifest and index say beside the papers. before: the packages that are added to."""
    process, stage = contents.process, contents.stage
    return {
        "case_number": process.case_number,
        "title": process.title,
        "office": process.office.name,
        "receiver": receiver.name,
        "language": receiver.language,
        "text_language": process.language,
        "zone": process.time_zone,
        "definition": {"key": process.definition.key, "sha256": process.definition.sha256},
        "stage": stage.key,
        "stage_title": stage_spec(stage).title.in_language(receiver.language),
        "number": number,
        "made_at": contents.now,
        "text": stage.line.key,
        "bundle": {"number": contents.bundle.number, "sha256": contents.bundle.sha256},
        "audit_head": head,
        "provisional": bool(missing),
        "provisional_reason": reason,
        "missing": missing,
        "left_out": left_out_of(chapters),
        "supplements": _named(supplements) if supplements else None,
        "adds_to": [_named(package) for package in before],
        "overrides": [
            {"stage": row.stage.key, "gate": row.gate, "reason": row.reason, "at": row.at}
            for row in overrides_for(contents)
        ],
        "done_elsewhere": facts_of_stages(told_of_line(contents)),
    }


def _named(package: Package) -> Named:
    return {"number": package.number, "sha256": package.file.sha256}


def _held(before: Sequence[Package]) -> Mapping[str, Held]:
    """What lies with the authority already, by SHA-256; of what lies there twice, the first."""
    held: dict[str, Held] = {}
    for package in before:
        for member in package.manifest["members"]:
            sha256 = member["sha256"]
            held.setdefault(sha256, Held(package.number, member["path"], member["size"], sha256))
    return held
