"""The day on which a matter forgets its people: set, moved and taken back by the secretariat."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from workflow.actions.locking import lock_process
from workflow.actions.once import Once
from workflow.actors import Actor
from workflow.audit import record
from workflow.dates import local_day
from workflow.models import Process
from workflow.queries.processes import is_officer
from workflow.rules import insist
from workflow.rules.erasure import may_set_erasure_day
from workflow.rules.overwriting import digest_of_fields, words_changed_since
from workflow.rules.processes import must_be_officer
from workflow.states import Verb


@transaction.atomic
def set_erasure_day(
    process: Process, day: date | None, *, shown_digest: str | None = None, actor: Actor, now: datetime, key: str = ""
) -> Process:
    """Say on which local day the matter's personal data are erased; None takes the day back.

    Also in a suspended or ended process. While the matter is under way nothing is erased: the day counts once it has
    ended. The day that stands already changes nothing and is not recorded. Refuses anyone but an officer, a day
    that is not after today, and where a colleague has set another day since the form was shown (`shown_digest`).
    """
    process = lock_process(process, must_run=False)
    once = Once(f"set_erasure_day:{process.public_id}", key, (day,))
    if once.made:
        return process
    insist(must_be_officer(is_officer(actor, process.office, now)))
    insist(may_set_erasure_day(day, local_day(now, process.time_zone)))
    current, new = (digest_of_fields({"day": value}) for value in (process.erase_on, day))
    insist(words_changed_since(shown_digest, current, new))
    if day == process.erase_on:
        return process
    codes = {"old_day": process.erase_on, "day": day}
    process.erase_on = day
    process.save(update_fields=["erase_on"])
    record(Verb.SET_ERASURE_DAY, process, actor=actor, now=now, process=process, codes=codes)
    once.keep(process.public_id, now)
    return process
