"""A hearing that has closed with the text being revised behind it, and a supplementary round of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from consultations.actions.answers import dispose_answer
from consultations.actions.invitation_list import remove_party
from consultations.actions.rounds import close_due_rounds, close_round, launch_round
from consultations.actions.supplementary import open_supplementary
from consultations.models import HearingRound, Invitation
from consultations.queries.rounds import round_of
from notifications import outbox
from tests.consultations.factories import CLOSES_AT, NO_REMARKS, OFFICER, Hearing, a_hearing, a_locked_bundle
from tests.kept import kept
from tests.workflow.factories import stage_of
from workflow.models import Bundle, Process, Stage
from workflow.states import StageState
from workflow.sweeps import check_processes

SETTLED = CLOSES_AT + timedelta(minutes=2)
REVISED = datetime(2019, 4, 2, 8, 0, tzinfo=UTC)
"""When the changed text is heard again: a Tuesday."""
AGAIN_ON = date(2019, 4, 29)  # a Monday, 28 days both ends counted
AGAIN_AT = datetime(2019, 4, 29, 10, 0, tzinfo=UTC)  # 12.00 in Copenhagen, summer time
AGAIN_SETTLED = AGAIN_AT + timedelta(minutes=2)


@kept
def a_heard_text(parties: int = 3, *, changed: bool = True) -> Hearing:
    """A hearing of three parties that has closed, answered by the first with remarks, which are dealt with, and by the
    second without; a set with the change has been locked and is not put forward."""
    hearing = a_hearing(parties=parties)
    light = round_of(stage_of(hearing.process, "input"))
    assert light is not None
    with outbox.without_hints():
        remove_party(light.invitations.get(), actor=OFFICER, now=hearing.now)
        launch_round(light, actor=OFFICER, now=hearing.now)
        close_round(light, actor=OFFICER, now=hearing.now)
        answer = hearing.answers(1)
        hearing.answers(2, content=NO_REMARKS)
        close_due_rounds(CLOSES_AT)
        check_processes(SETTLED)
        dispose_answer(answer, note="Afsnit 2 er ændret", actor=OFFICER, now=SETTLED)
    if changed:
        a_changed_set(hearing.process)
    hearing.reread()
    assert revising(hearing).state == StageState.OPEN
    return hearing


def a_changed_set(process: Process, now: datetime = SETTLED) -> Bundle:
    """A newer locked set that has not been put forward."""
    return a_locked_bundle(process, now, counts=False)


def revising(hearing: Hearing) -> Stage:
    """The drafting stage behind the hearing."""
    return stage_of(hearing.process, "consolidation")


def hear_again(hearing: Hearing, numbers: Sequence[int] = (1,), **changes: Any) -> Hearing:
    """A supplementary round in preparation, asking those parties of the first again; itself as a hearing."""
    chosen = [hearing.party(number) for number in numbers]
    values = {"parties": chosen, "title": "Supplerende høring over udkast", "actor": OFFICER, "now": REVISED} | changes
    hearing_round = open_supplementary(revising(hearing), **values)
    again = replace(hearing, round=hearing_round, now=values["now"])
    again.reread()
    return again


def heard_again(hearing: Hearing, numbers: Sequence[int] = (1,), **changes: Any) -> Hearing:
    """The same, sent."""
    again = hear_again(hearing, numbers, **changes)
    with outbox.without_hints():
        launch_round(again.round, closes_on=AGAIN_ON, reason="Kun én ændring", actor=OFFICER, now=again.now)
    again.reread()
    return again


def named(again: Hearing, name: str) -> Invitation:
    """A party of the round by its name, as it is in the database now."""
    return Invitation.objects.select_related("link", "round__stage__process__office").get(round=again.round, name=name)


def fresh(hearing_round: HearingRound) -> HearingRound:
    """The round as it is in the database now."""
    return HearingRound.objects.select_related("stage__process__office").get(pk=hearing_round.pk)


HEARD_AGAIN: Mapping[str, Callable[[], Hearing]] = {
    "a text revised after its consultation": a_heard_text,
    "a supplementary round prepared": lambda: hear_again(a_heard_text()),
    "a supplementary round under way": lambda: heard_again(a_heard_text()),
}
"""Matters on the way from a changed text to its being heard again."""
