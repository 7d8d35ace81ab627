"""Making the package for an authority: what it holds, what it would lack, whether it may be made."""

from __future__ import annotations

import tempfile
from datetime import datetime
from typing import BinaryIO, cast

from django.db import transaction
from django.db.models import Max, Q
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
from workflow.models import (
    Bundle,
    Decision,
    GateOverride,
    Package,
    Process,
    Stage,
    by,
)
from workflow.queries.approvals import with_what_belongs
from workflow.queries.documents import altered_versions, bundle_of, newest_of_text, standing_bundles
from workflow.queries.objections import open_objections
from workflow.queries.processes import definition_of, live_stages
from workflow.queries.submissions import sent_package
from workflow.reports.package import Contents, write_package
from workflow.rules import insist
from workflow.rules.objections import must_have_no_objection
from workflow.rules.processes import may_act
from workflow.rules.submissions import may_make_package, may_send_texts
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
    """Seal the record, then make a numbered ZIP of the latest locked bundle of the stage's text, the decisions on it,
    and what the floors above add, with a manifest of checksums that names the record's head.

    Refuses while an objection to a correction of the text is open, and while a gate other than the authority's own
    answer is shut or an approval on this bundle is missing, unless it is made as provisional, with a reason. Refuses,
    provisional or not, when a text is no longer the one that was locked and decided on. A supplement names the package
    it adds to by its SHA-256, holds the same text (the newest bundle of it that differs only editorially), and is
    refused for one that was not sent.
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
        # What is missing stands in the manifest: in the language of the matter, not of whoever presses.
        with in_language(process.language):
            missing = missing_for(stage, bundle, now) if bundle else []
        insist(
            may_make_package(
                stage, bundle, missing, is_provisional=is_provisional, reason=reason, supplements=supplements
            )
        )
        assert bundle is not None
        insist(may_send_texts(altered_versions(bundle)))
        if not missing:
            is_provisional, reason = False, ""
        # Counting on is safe because the process is locked.
        number = (process.packages.aggregate(last=Max("number"))["last"] or 0) + 1
        facts: dict[str, object] = {
            "case_number": process.case_number,
            "title": process.title,
            "office": process.office.name,
            "definition": {"key": process.definition.key, "sha256": process.definition.sha256},
            "stage": stage.key,
            "number": number,
            "made_at": now,
            "text": stage.line.key,
            "bundle": {"number": bundle.number, "sha256": bundle.sha256},
            "audit_head": head,
            "provisional": is_provisional,
            "provisional_reason": reason,
            "missing": missing if is_provisional else [],
            "supplements": {"number": supplements.number, "sha256": supplements.file.sha256} if supplements else None,
            "overrides": _overrides(process, bundle),
        }
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
            target = cast(BinaryIO, spool)
            manifest = write_package(
                target, Contents(process, stage, bundle), decisions_on(process, bundle), facts, open_file
            )
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


def missing_for(stage: Stage, bundle: Bundle, now: datetime) -> list[str]:
    """What a package of this stage would lack, in sentences: shut gates, and approvals of the bundle not yet given.

    The authority's own receipt and ruling are not waited for, nor approvals of another text. Approvals that an earlier
    package has carried are not asked for again. One that was provisional is not the submission: what it lacked is still
    missing until a supplement has brought it, and said to be lost when nobody can give it any more.
    """
    answers = (GateName.EXTERNAL_RECEIPT, GateName.EXTERNAL_RULING)
    sentences = [
        sentence
        for status in gate_statuses(stage, now)
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
    for approval in approvals:
        judged = _bundles_judged(process, approval.key)
        earlier = sent_package(process, judged, before=stage)
        if earlier is None:
            sentences += lacking_decisions(approval, standing_bundles(bundle))
        elif earlier.is_provisional:
            sentences += lacking_decisions(approval, judged) or [_awaits_supplement(earlier)]
    return sentences


def _awaits_supplement(package: Package) -> str:
    text = _("Package %(number)d was sent as provisional, and no supplement has completed it.")
    return text % {"number": package.number}


def _bundles_judged(process: Process, stage_key: str) -> list[int]:
    decisions = Decision.objects.filter(
        request__stage__process=process, request__stage__key=stage_key, state=DecisionState.VALID
    )
    return [pk for pk in decisions.values_list("bundle_id", flat=True).distinct().order_by() if pk is not None]


def decisions_on(process: Process, bundle: Bundle) -> list[Decision]:
    """The valid decisions on the bundle, or on one that differs only editorially, by stage and body."""
    decisions = Decision.objects.filter(
        request__stage__process=process, state=DecisionState.VALID, bundle_id__in=standing_bundles(bundle)
    ).select_related("request__stage", "body", "bundle", "minutes")
    return list(with_what_belongs(decisions).order_by("request__stage__position", "body__sort_key", "id"))


def _overrides(process: Process, bundle: Bundle) -> list[dict[str, object]]:
    """Gates opened by hand: for this text, or where the gate is not about the text."""
    for_it = Q(bundle__in=standing_bundles(bundle)) | Q(bundle__isnull=True)
    rows = GateOverride.objects.filter(for_it, stage__process=process).select_related("stage").order_by("at", "id")
    return [{"stage": row.stage.key, "gate": row.gate, "reason": row.reason, "at": row.at} for row in rows]
