"""A supplementary round made: a changed text to be heard again by those it touches. Officers come in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from consultations.actions.invitation_list import entries_again, list_parties
from consultations.actions.rounds import receipt_prefix
from consultations.models import HearingRound, Invitation
from consultations.queries.supplementary import parties_to_ask_again, rounds_behind
from consultations.rules.supplementary import may_hear_again, must_choose_parties
from consultations.states import InvitationState, RoundVerb
from workflow.actions.locking import lock_process, stage_in
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actors import Actor
from workflow.audit import record
from workflow.models import Process, Stage
from workflow.queries.documents import newest_locked
from workflow.rules import insist
from workflow.rules.processes import may_act


@transaction.atomic
def open_supplementary(
    drafting: Stage,
    *,
    parties: Sequence[Invitation],
    informs_others: bool = True,
    title: str,
    letter: str = "",
    actor: Actor,
    now: datetime,
    key: str = "",
) -> HearingRound:
    """Make ready to hear a changed text again: a further round of the consultation before this drafting stage, about
    the newest locked set of its text, which need not have been put forward. The stage waits for it.

    parties: those of the first round that are asked again, each with a new link. informs_others: the rest get the text
    for information when the round is sent, and may answer by the same deadline; whoever said it would not answer is
    left in peace. Nobody is written to before the round is sent, which is done as with any other; until then the list
    can be added to.

    Refuses everybody but an officer, a suspended process, a stage that is no drafting stage under way, one without a
    consultation on its text before it, a round not over, a set that has been heard, and nobody chosen. A repeated `key`
    gives the round made first.
    """
    process = lock_process(drafting.process, must_run=False)
    drafting = stage_in(process, drafting)
    content = (sorted(str(party.public_id) for party in parties), informs_others, title, letter)
    once = Once(f"open_supplementary:{drafting.public_id}", key, content)
    if earlier := once.made:
        return HearingRound.objects.get(public_id=earlier)
    insist(may_act(process))
    insist_officer(actor, process.office, now)
    rounds, bundle = rounds_behind(drafting), newest_locked(drafting.line_id)
    insist(may_hear_again(drafting, rounds, bundle, actor))
    choices = parties_to_ask_again(rounds[0])
    insist(must_choose_parties(parties, choices))
    hearing_round = _next_round(rounds, opened_from=drafting, bundle=bundle, title=title.strip()[:200], letter=letter)
    chosen = {party.pk for party in parties}
    asked = [row for row in choices if row.pk in chosen]
    left = [row for row in choices if row.pk not in chosen and row.state != InvitationState.DECLINED]
    _list(process, hearing_round, asked, left if informs_others else [], actor, now)
    once.keep(hearing_round.public_id, now)
    return hearing_round


def _next_round(rounds: Sequence[HearingRound], **own: Any) -> HearingRound:
    """A further round of the same stage, with what the first has beside what is its own."""
    first = rounds[0]
    return HearingRound.objects.create(
        stage=first.stage,
        number=rounds[-1].number + 1,
        form=first.form,
        publication=first.publication,
        receipt_prefix=receipt_prefix(first.stage, first.form),
        reminder_days=first.reminder_days,
        **own,
    )


def _list(
    process: Process,
    hearing_round: HearingRound,
    asked: Sequence[Invitation],
    informed: Sequence[Invitation],
    actor: Actor,
    now: datetime,
) -> None:
    """Put those asked and those informed on the list of the new round, and all of it into the record."""
    entries = [replace(entry, for_information=False) for entry in entries_again(asked, process.office)]
    entries += [replace(entry, for_information=True) for entry in entries_again(informed, process.office)]
    list_parties(hearing_round, entries, process, now)
    codes = {
        "number": hearing_round.number,
        "stage": hearing_round.stage.key,
        "attempt": hearing_round.stage.attempt,
        "from": hearing_round.opened_from.key if hearing_round.opened_from else "",
        "bundle": hearing_round.bundle.sha256 if hearing_round.bundle else "",
        "parties": len(asked),
        "informed": len(informed),
    }
    record(RoundVerb.OPEN_SUPPLEMENTARY, hearing_round, actor=actor, now=now, process=process, codes=codes)
