"""Making the package for an authority: what it holds, what it would lack, whether it may be made."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, cast

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from workflow.actions.files import open_file, store_file
from workflow.actions.locking import lock_process, process_of, stage_in
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actions.sealing import seal_audit
from workflow.actors import Actor
from workflow.audit import record
from workflow.dates import in_language
from workflow.definitions import GateName, ancestors
from workflow.gates import gate_statuses
from workflow.gates.approvals import lacking_decisions
from workflow.models import Bundle, Decision, Package, Process, Stage, by
from workflow.queries.documents import altered_versions, bundle_of, newest_of_text, standing_bundles
from workflow.queries.objections import open_objections
from workflow.queries.processes import definition_of, live_stages, stage_spec
from workflow.queries.submissions import packages_at_authority, receiver_of, sent_package
from workflow.reports.package.chapters import Chapter, Contents
from workflow.reports.package.decisions import overrides_for
from workflow.reports.package.documents import documents_chapter
from workflow.reports.package.elsewhere import elsewhere_chapter, facts_of_stages, told_of_line
from workflow.reports.package.index import Facts, Held, Named
from workflow.reports.package.writing import write_package
from workflow.rules import insist
from workflow.rules.objections import must_have_no_objection
from workflow.rules.processes import may_act
from workflow.rules.submissions import may_make_package, may_send_texts
from workflow.stage_kinds import chapters_of_kinds
from workflow.states import DecisionState, StageKindName, Verb

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
    package that was not sent.
    """
    # In a transaction of its own: the sealer's lock must not be held as long as the ZIP is being written.
    head = seal_audit(now=now).head
    with transaction.atomic():
        process = lock_process(process_of(stage), must_run=False)
        once = Once(f"make_package:{stage.public_id}", key, (is_provisional, reason, supplements))
        if earlier := once.made:
            return Package.objects.get(public_id=earlier)
        insist(may_act(process))
        insist_officer(actor, process.office, now)
        stage = stage_in(process, stage)
        insist(must_have_no_objection(open_objections(stage.line_id)))
        if supplements is not None:
            supplements = Package.objects.select_related("file", "bundle").get(pk=supplements.pk)
        bundle = newest_of_text(supplements.bundle) if supplements is not None else bundle_of(stage)
        receiver = receiver_of(stage)
        # What is missing stands in index and manifest: in the language of who gets them, not of whoever presses.
        with in_language(receiver.language):
            contents = Contents(process, stage, bundle, now) if bundle else None
            chapters = chapters_of(contents) if contents else []
            missing = lacking_in(contents, chapters).sentences if contents else []
        # A refusal is read by whoever presses.
        lacking = lacking_in(contents, chapters_of(contents)) if contents and not is_provisional else NOTHING
        how: dict[str, Any] = {"is_provisional": is_provisional, "reason": reason, "supplements": supplements}
        insist(may_make_package(stage, bundle, lacking.approvals, lacking.papers, **how))
        assert bundle is not None
        assert contents is not None
        insist(may_send_texts(altered_versions(bundle)))
        if not missing:
            is_provisional, reason = False, ""
        # Counting on is safe because the process is locked.
        number = (process.packages.aggregate(last=Max("number"))["last"] or 0) + 1
        before = packages_at_authority(stage) if supplements is not None else []
        facts: Facts = {
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
            "made_at": now,
            "text": stage.line.key,
            "bundle": {"number": bundle.number, "sha256": bundle.sha256},
            "audit_head": head,
            "provisional": is_provisional,
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
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
            target = cast(BinaryIO, spool)
            manifest = write_package(target, chapters, facts, open_file, held=_held(before))
            name = f"{process.case_number}-{number}.zip"
            file = store_file(process.office, name, target, now=now, is_ours=True)
        package = Package.objects.create(
            process=process,
            stage=stage,
            bundle=bundle,
            number=number,
            file=file,
            manifest=manifest,
            is_provisional=is_provisional,
            supplements=supplements,
            audit_head=head,
            created_at=now,
            **by(actor),
        )
        codes = {
            "number": number,
            "sha256": file.sha256,
            "bundle": bundle.sha256,
            "audit_head": head,
            "provisional": is_provisional,
            "supplements": supplements.file.sha256 if supplements else "",
        }
        detail = {"reason": reason, "missing": missing} if is_provisional else {}
        record(Verb.MAKE_PACKAGE, package, actor=actor, now=now, process=process, codes=codes, detail=detail)
        once.keep(package.public_id, now)
        return package


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a package lacks, in sentences. approvals: shut gates, and decisions on the set not yet given. papers: what
    its chapters ought to hold."""

    approvals: list[str]
    papers: list[str]

    @property
    def sentences(self) -> list[str]:
        """All of it; a gate and a chapter may say the same of the same bodies."""
        return list(dict.fromkeys([*self.approvals, *self.papers]))


NOTHING = Lacking([], [])


@dataclass(frozen=True, slots=True)
class Prospect:
    """What a package would lack, and what it need not hold and does not, in sentences."""

    missing: list[str]
    left_out: list[str]


def prospect_of(stage: Stage, bundle: Bundle, now: datetime) -> Prospect:
    """What a package of this stage would be like if it were made now, in the language spoken now; see `lacking_in`."""
    contents = Contents(stage.process, stage, bundle, now)
    chapters = chapters_of(contents)
    return Prospect(lacking_in(contents, chapters).sentences, left_out_of(chapters))


def left_out_of(chapters: Sequence[Chapter]) -> list[str]:
    """What a package does not hold and need not: what has been erased, what is not made here yet."""
    return [sentence for chapter in chapters for sentence in chapter.left_out]


def chapters_of(contents: Contents) -> list[Chapter]:
    """The chapters of a package in their order, in the language spoken now. The number of queries does not grow with
    what there is in them."""
    chapters = [documents_chapter(contents.bundle), *chapters_of_kinds(contents), *elsewhere_chapter(contents)]
    return sorted(chapters, key=lambda chapter: chapter.number)


def lacking_in(contents: Contents, chapters: Sequence[Chapter]) -> Lacking:
    """What a package lacks, in sentences in the language spoken now.

    The authority's own receipt and ruling are not waited for, nor approvals of another text. Approvals that an earlier
    package has carried are not asked for again. One that was provisional is not the submission: what it lacked is still
    missing until a supplement has brought it, and said to be lost when nobody can give it any more.
    """
    stage, bundle = contents.stage, contents.bundle
    answers = (GateName.EXTERNAL_RECEIPT, GateName.EXTERNAL_RULING)
    sentences = [
        sentence
        for status in gate_statuses(stage, contents.now)
        if not status.is_open and not status.key.startswith(answers)
        for sentence in status.missing
    ]
    process = stage.process
    before = set(ancestors(definition_of(process), stage.key))
    approvals = [
        row
        for row in live_stages(process)
        if row.key in before and row.kind == StageKindName.APPROVAL and row.line_id == stage.line_id
    ]
    standing = standing_bundles(bundle)
    for approval in approvals:
        if approval.done_on is not None and approval.bundle_id in standing:
            # Given outside the system, on this text: its papers go along.
            continue
        judged = _bundles_judged(process, approval.key)
        earlier = sent_package(process, judged, before=stage)
        if earlier is None:
            sentences += lacking_decisions(approval, standing)
        elif earlier.is_provisional:
            sentences += lacking_decisions(approval, judged) or [_awaits_supplement(earlier)]
    return Lacking(sentences, [sentence for chapter in chapters for sentence in chapter.missing])


def _awaits_supplement(package: Package) -> str:
    text = _("Package %(number)d was sent as provisional, and no supplement has completed it.")
    return text % {"number": package.number}


def _bundles_judged(process: Process, stage_key: str) -> list[int]:
    decisions = Decision.objects.filter(
        request__stage__process=process, request__stage__key=stage_key, state=DecisionState.VALID
    )
    return [pk for pk in decisions.values_list("bundle_id", flat=True).distinct().order_by() if pk is not None]


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
