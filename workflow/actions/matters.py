"""Dealing with what waits on the desk and has no deed of its own: an officer says what became of it.

The page of a duty comes in.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from workflow.actions.locking import lock_process
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actors import Actor
from workflow.audit import record
from workflow.models import Process, SettledMatter
from workflow.rules import Refusal, Refused, insist
from workflow.rules.processes import REASON_LENGTH, must_give_reason, must_not_have_ended
from workflow.stage_kinds import open_matters
from workflow.states import Verb


@transaction.atomic
def settle_matter(
    process: Process, *, matter: str, subject_id: UUID, reason: str, actor: Actor, now: datetime, key: str = ""
) -> SettledMatter:
    """Take a matter off the desk, with what became of it; nobody is told and no gate opens by it.

    subject_id: public id of the decision, question, party or ruling. Refuses everybody but an officer, a reason under
    ten characters, what does not wait any more or has a deed of its own (a reservation is settled), and an ended
    process. Also while the process is suspended.
    """
    process = lock_process(process, must_run=False)
    once = Once(_settled_under(process), key, (matter, subject_id, reason))
    if earlier := once.made:
        return SettledMatter.objects.get(public_id=earlier)
    insist_officer(actor, process.office, now)
    insist(must_not_have_ended(process) or must_give_reason(reason, REASON_LENGTH))
    matters = open_matters([process], now)
    open_matter = next(
        (candidate for candidate in matters if (candidate.matter, candidate.subject_id) == (matter, subject_id)), None
    )
    if open_matter is not None and open_matter.has_own_deed:
        text = _("A reservation leaves the list when it is settled. Say what it means, on the page of the body.")
        raise Refused(Refusal("reservation_unsettled", text))
    if open_matter is None:
        raise Refused(Refusal("matter_not_open", _("This has been dealt with already; nothing waits here any more.")))
    settled = SettledMatter.objects.create(
        process=process, matter=open_matter.matter, subject_id=subject_id, occasion=open_matter.occasion, at=now
    )
    codes = {"matter": open_matter.matter, "stage": open_matter.stage.key, "occasion": open_matter.occasion}
    if open_matter.outcome:
        codes["outcome"] = open_matter.outcome
    record(
        Verb.SETTLE_MATTER,
        open_matter.subject,
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
