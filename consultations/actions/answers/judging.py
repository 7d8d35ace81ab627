"""What becomes of an answer: a late one accepted or filed, and what was done with its remarks."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from consultations.actions.locking import lock_party, lock_round
from consultations.mails import letters as mails
from consultations.models import Answer
from consultations.rules.answers import may_decide_late, may_dispose
from consultations.states import RoundVerb
from notifications import outbox
from workflow.actions.once import Once
from workflow.actions.stages import advance
from workflow.actors import Actor
from workflow.audit import following, record
from workflow.mails.letters import letters_to
from workflow.rules import insist
from workflow.rules.overwriting import digest_of_fields, words_changed_since


@transaction.atomic
def decide_late(answer: Answer, *, accept: bool, reason: str, actor: Actor, now: datetime, key: str = "") -> Answer:
    """Accept a late answer, so that it counts, or only file it; with a reason. The party is told.

    May open the gate of the stage. Refuses an answer that is not late or already decided, and a missing reason.
    """
    locked = lock_round(answer.invitation.round)
    invitation = lock_party(locked, answer.invitation)
    # Read under the lock of its invitation, which is the lock of all its answers.
    answer = Answer.objects.get(pk=answer.pk)
    answer.invitation = invitation
    once = Once(f"decide_late:{answer.public_id}", key, (accept, reason))
    if once.made:
        return answer
    locked.insist_may_act(actor, now)
    insist(may_decide_late(answer, reason, actor=actor))
    if accept:
        answer.accept_late()
    else:
        answer.file_late()
    answer.late_reason = reason.strip()
    answer.late_decided_at = now
    answer.save(update_fields=["state", "late_reason", "late_decided_at"])
    about, facts = str(answer.public_id), {"answer": str(answer.public_id)}
    outbox.enqueue(letters_to(mails.LATE_DECIDED, [invitation], locked.process, about=about, facts=facts), now)
    codes = {"invitation": invitation.public_id, "state": answer.state}
    entry = record(
        RoundVerb.DECIDE_LATE,
        answer,
        actor=actor,
        now=now,
        process=locked.process,
        codes=codes,
        detail={"reason": answer.late_reason},
    )
    advance(locked.process, actor=following(entry), now=now)
    once.keep(answer.public_id, now)
    return answer


@transaction.atomic
def dispose_answer(
    answer: Answer, *, note: str, shown_digest: str | None = None, actor: Actor, now: datetime
) -> Answer:
    """Record what was done with the remarks of an answer that counts, and why; a later note is written over it.

    May open the gate of the stage that waits for it. The note that stands already changes nothing. shown_digest: that
    of the note the officer had before the eyes. Refuses an answer that does not count, an empty note, and a note that a
    colleague has written over since it was seen.
    """
    locked = lock_round(answer.invitation.round)
    lock_party(locked, answer.invitation)
    answer = Answer.objects.get(pk=answer.pk)
    locked.insist_may_act(actor, now)
    note = note.strip()
    insist(may_dispose(answer, note, actor=actor))
    insist(
        words_changed_since(
            shown_digest, digest_of_fields({"note": answer.disposition}), digest_of_fields({"note": note})
        )
    )
    if answer.disposed_at is not None and note == answer.disposition:
        return answer
    answer.disposition = note
    answer.disposed_at = now
    answer.save(update_fields=["disposition", "disposed_at"])
    entry = record(
        RoundVerb.DISPOSE_ANSWER,
        answer,
        actor=actor,
        now=now,
        process=locked.process,
        codes={"receipt": answer.receipt_number},
        detail={"note": answer.disposition},
    )
    advance(locked.process, actor=following(entry), now=now)
    return answer
