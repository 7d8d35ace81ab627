"""Early input that was spoken: noted by an officer with where and when, and summed up for those who draft."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from consultations.actions.locking import lock_party, lock_round
from consultations.models import HearingRound, InputNote, Invitation
from consultations.rules.rounds import may_note_input
from consultations.states import RoundVerb
from workflow.actions.files import take_in
from workflow.actions.once import Once
from workflow.actors import Actor
from workflow.audit import record
from workflow.models import by
from workflow.rules import insist
from workflow.rules.overwriting import digest_of_words, words_changed_since

if TYPE_CHECKING:
    from workflow.rules.files import GivenFile


@transaction.atomic
def add_note(
    hearing_round: HearingRound,
    *,
    held_on: date,
    occasion: str,
    text: str,
    participants: str = "",
    invitation: Invitation | None = None,
    file: GivenFile | None = None,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> InputNote:
    """Note what was said at a meeting, a theme discussion or on the telephone.

    held_on: local day. participants: who was there. invitation: the listed party that spoke, if one did. Refuses an
    empty text, a cancelled round and a suspended process; a round that has closed may still be noted in.
    """
    locked = lock_round(hearing_round)
    once = Once(f"add_note:{locked.round.public_id}", key, (held_on, occasion, text, participants, invitation, file))
    if earlier := once.made:
        return InputNote.objects.get(public_id=earlier)
    locked.insist_may_act(actor, now)
    insist(may_note_input(locked.round, text, actor))
    file = take_in(locked.process.office, file, now=now)
    note = InputNote.objects.create(
        round=locked.round,
        # Locked, so that nothing is noted for a party that is taken off the list meanwhile.
        invitation=lock_party(locked, invitation) if invitation is not None else None,
        held_on=held_on,
        occasion=occasion.strip()[:200],
        participants=participants.strip()[:300],
        text=text.strip(),
        file=file,
        recorded_at=now,
        **by(actor),
    )
    codes = {"note": note.public_id, "held_on": held_on, "file": file.sha256 if file else ""}
    record(RoundVerb.ADD_NOTE, locked.round, actor=actor, now=now, process=locked.process, codes=codes)
    once.keep(note.public_id, now)
    return note


@transaction.atomic
def record_summary(
    hearing_round: HearingRound, *, summary: str, shown_digest: str | None = None, actor: Actor, now: datetime
) -> HearingRound:
    """Write what came out of the round in short; written over by a later summary, the record keeps when and by whom.

    shown_digest: that of the summary the officer had before the eyes. Refuses an empty text, one that a colleague has
    written over since it was seen, a cancelled round and a suspended process.
    """
    locked = lock_round(hearing_round)
    locked.insist_may_act(actor, now)
    insist(may_note_input(locked.round, summary, actor))
    insist(words_changed_since(shown_digest, digest_of_words(locked.round.summary), digest_of_words(summary.strip())))
    if locked.round.summary == summary.strip():
        return locked.round
    locked.round.summary = summary.strip()
    locked.round.version += 1
    locked.round.save(update_fields=["summary", "version"])
    record(RoundVerb.RECORD_SUMMARY, locked.round, actor=actor, now=now, process=locked.process)
    return locked.round
