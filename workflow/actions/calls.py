"""Calling those who are asked: what came of it, and when to call again. Officers come in."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from workflow.actions.locking import lock_process
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actors import Actor
from workflow.audit import record
from workflow.dates import local_day
from workflow.models import Asked, CallNote, by
from workflow.rules import insist
from workflow.rules.asked import may_note_call
from workflow.states import Verb


@transaction.atomic
def note_call(
    asked: Asked, *, text: str, next_on: date | None = None, actor: Actor, now: datetime, key: str = ""
) -> CallNote:
    """Note what came of a call to somebody who is asked. next_on: local day on which they stand on the office's list of
    calls; without one they are called no more. It mails nobody, and reminders go as before.

    Also in a suspended process. Refuses everybody but the office, missing words and a day that has passed.
    """
    process = lock_process(asked.process, must_run=False)
    once = Once(f"note_call:{asked.public_id}", key, (text, next_on))
    if earlier := once.made:
        return CallNote.objects.get(public_id=earlier)
    insist_officer(actor, process.office, now)
    insist(may_note_call(text, next_on, local_day(now, process.time_zone)))
    note = CallNote.objects.create(link_id=asked.link_id, text=text.strip(), next_on=next_on, at=now, **by(actor))
    codes = {"note": note.public_id, "next_on": next_on}
    record(Verb.NOTE_CALL, asked, actor=actor, now=now, process=process, codes=codes, detail={"text": note.text})
    once.keep(note.public_id, now)
    return note
