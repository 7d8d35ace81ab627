"""Recording dated facts: the agreement is in force, a council has published it. Officers and link holders come in."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from workflow.actions.files import take_in
from workflow.actions.locking import lock_process, process_of, stage_in
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer_or_body
from workflow.actions.stages import advance
from workflow.actors import Actor
from workflow.audit import following, record
from workflow.models import Body, Bundle, MilestoneRecord, Stage, by
from workflow.queries.documents import bundle_of, newest_of_text
from workflow.queries.objections import open_objections
from workflow.queries.processes import bodies_of, stage_spec
from workflow.rules import insist
from workflow.rules.objections import must_have_no_objection
from workflow.rules.processes import may_act
from workflow.rules.submissions import may_record_milestone
from workflow.states import Verb

if TYPE_CHECKING:
    from workflow.rules.files import GivenFile


@transaction.atomic
def record_milestone(
    stage: Stage,
    *,
    happened_on: date,
    body: Body | None = None,
    note: str = "",
    file: GivenFile | None = None,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> MilestoneRecord:
    """Record on which local day a fact came about, for the whole process or for one party, and move the matter on. The
    stage rests on the set of documents that counted when the first was recorded.

    Refuses a day that has not come, a second record, a body not on the list (or none where each records its own), a
    stage that is not under way, and while an objection to a correction of its text is open.
    """
    process = lock_process(process_of(stage), must_run=False)
    once = Once(f"record_milestone:{stage.public_id}", key, (happened_on, body, note, file))
    if earlier := once.made:
        return MilestoneRecord.objects.get(public_id=earlier)
    insist(may_act(process))
    insist_officer_or_body(actor, process.office, now, body)
    stage = stage_in(process, stage)
    terms = stage_spec(stage).milestone
    parties = bodies_of(process, terms.each) if terms and terms.each else None
    is_recorded = MilestoneRecord.objects.filter(stage=stage, body=body).exists()
    insist(
        may_record_milestone(
            stage, body, happened_on, now, parties=parties, is_recorded=is_recorded, zone=process.time_zone
        )
        or must_have_no_objection(open_objections(stage.line_id))
    )
    file = take_in(process.office, file, now=now)
    facts = {"body": body, "happened_on": happened_on, "note": note, "file": file}
    milestone = MilestoneRecord.objects.create(
        stage=stage, bundle=_rests_on(stage), recorded_at=now, **facts, **by(actor)
    )
    codes = {
        "stage": stage.key,
        "bundle": milestone.bundle.sha256 if milestone.bundle else "",
        "body": body.public_id if body else "",
        "happened_on": happened_on,
        "file": file.sha256 if file else "",
    }
    detail = {"note": note}
    entry = record(Verb.RECORD_MILESTONE, milestone, actor=actor, now=now, process=process, codes=codes, detail=detail)
    once.keep(milestone.public_id, now)
    advance(process, actor=following(entry), now=now)
    return milestone


def _rests_on(stage: Stage) -> Bundle | None:
    """The set of documents a fact recorded now is about. With the first one it is settled what the stage rests on; of a
    text corrected after that, each record is about the words that stood when it was made."""
    if stage.bundle is not None:
        return newest_of_text(stage.bundle)
    stage.bundle = bundle_of(stage)
    stage.save(update_fields=["bundle"])
    return stage.bundle
