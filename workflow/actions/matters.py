"""Dealing with what waits on the desk and has no deed of its own: an officer says what became of it.

The page of a duty comes in.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from workflow.actions.keys import Once
from workflow.actions.locking import lock_process
from workflow.actions.rights import insist_officer
from workflow.actors import Actor
from workflow.audit import record
from workflow.models import Process, SettledMatter
from workflow.rules import Refusal, Refused, insist
from workflow.rules.processes import REASON_LENGTH, has_ended, has_reason
from workflow.stage_kinds import open_matters
from workflow.states import Verb


@transaction.atomic
def settle_matter(
    process: Process, *, matter: str, subject_id: UUID, reason: str, actor: Actor, now: datetime, key: str = ""
) -> SettledMatter:
    """Take a matter off the desk, with what became of it; nobody is told and no gate opens by it.

    subject_id: public id of the decision, question, party or ruling. Refuses everybody but an officer, a reason under
    ten characters, what does not wait any more, and an ended process. Also while the process is suspended.
    """
    process = lock_process(process, must_run=False)
    once = Once(_settled_under(process), key, (matter, subject_id, reason))
    if earlier := once.made:
        return SettledMatter.objects.get(public_id=earlier)
    insist_officer(actor, process.office, now)
    insist(has_ended(process) or has_reason(reason, REASON_LENGTH))
    waiting = open_matters([process], now)
    found = next((each for each in waiting if (each.matter, each.subject_id) == (matter, subject_id)), None)
    if found is None:
        raise Refused(Refusal("matter_not_open", _("This has been dealt with already; nothing waits here any more.")))
    settled = SettledMatter.objects.create(
        process=process, matter=found.matter, subject_id=subject_id, occasion=found.occasion, at=now
    )
    codes = {"matter": found.matter, "stage": found.stage.key, "occasion": found.occasion}
    if found.outcome:
        codes["outcome"] = found.outcome
    record(
        Verb.SETTLE_MATTER,
        found.subject,
        actor=actor,
        now=now,
        process=process,
        codes=codes,
        detail={"reason": reason.strip()},
    )
    once.keep(settled.public_id, now)
    return settled


def settled_by_key(process: Process, key: str) -> SettledMatter | None:
    """What a form with this key has dealt with already; its button was pressed again."""
    earlier = Once(_settled_under(process), key).earlier
    return SettledMatter.objects.get(public_id=earlier.result) if earlier else None


def _settled_under(process: Process) -> str:
    return f"settle_matter:{process.public_id}"
