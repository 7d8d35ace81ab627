"""One row that fails in each sweep of the parties of a round, and what such a case of any sweep holds."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

import pytest

from consultations.actions.answers import AnswerContent
from consultations.models import HearingRound, Invitation, Reminder
from consultations.states import RoundState
from notifications.models import OutgoingMail
from tests.consultations.factories import CLOSES_AT, LAUNCHED, a_hearing
from workflow.models import ApprovalRequest, Office, Process

BAD = RuntimeError("a word of a person")


@dataclass
class Case:
    """Two rows are due at `at`, the first of which fails until `mend` is called."""

    at: datetime
    bad: str
    others_done: Callable[[], bool]
    mend: Callable[[], object]
    all_done: Callable[[], bool]
    office: Office | None = None


Maker = Callable[[datetime, pytest.MonkeyPatch, ExitStack], Case]


def bad_zone(process: Process) -> Callable[[], object]:
    """Whatever reckons days in this process fails; what mends it is returned."""
    zone = process.time_zone
    Process.objects.filter(pk=process.pk).update(time_zone="Nowhere/Land")
    return lambda: Process.objects.filter(pk=process.pk).update(time_zone=zone)


def looked_at(row: Invitation | ApprovalRequest) -> datetime:
    """When the sweep is to look at the row first."""
    assert row.next_check_at is not None
    return row.next_check_at


def reminders(now: datetime, patch: pytest.MonkeyPatch, stack: ExitStack) -> Case:
    bad, good = a_hearing(parties=1), a_hearing(parties=2)
    return Case(
        looked_at(bad.party()),
        str(bad.party().pk),
        lambda: Reminder.objects.filter(invitation__round=good.round).count() == 2,
        bad_zone(bad.process),
        lambda: Reminder.objects.count() == 3,
        bad.process.office,
    )


def confirming(now: datetime, patch: pytest.MonkeyPatch, stack: ExitStack) -> Case:
    bad, good = a_hearing(parties=1), a_hearing(parties=2)
    provisional = AnswerContent(text="Med forbehold.", provisional_on=CLOSES_AT.date())
    answers = [bad.answers(1, content=provisional), *(good.answers(number, content=provisional) for number in (1, 2))]
    at = answers[0].next_check_at
    assert at is not None
    asked = OutgoingMail.objects.filter(kind="hearing_confirm")
    return Case(
        at,
        str(answers[0].pk),
        lambda: asked.count() == 2,
        bad_zone(bad.process),
        lambda: asked.count() == 3,
        bad.process.office,
    )


def plans(now: datetime, patch: pytest.MonkeyPatch, stack: ExitStack) -> Case:
    bad, good = a_hearing(parties=1), a_hearing(parties=2)
    at = looked_at(bad.party())
    Invitation.objects.update(next_check_at=None)
    return Case(
        LAUNCHED,
        str(bad.party().pk),
        lambda: Invitation.objects.filter(round=good.round, next_check_at=at).count() == 2,
        bad_zone(bad.process),
        lambda: bad.party().next_check_at == at,
        bad.process.office,
    )


def rounds(now: datetime, patch: pytest.MonkeyPatch, stack: ExitStack) -> Case:
    bad, good = a_hearing(parties=1), a_hearing(parties=1)
    fail_for(patch, "consultations.actions.rounds.stop_reminding", lambda ids, **_: bad.party().public_id in ids)
    return Case(
        CLOSES_AT,
        str(bad.round.pk),
        lambda: HearingRound.objects.get(pk=good.round.pk).state == RoundState.CLOSED,
        patch.undo,
        lambda: HearingRound.objects.get(pk=bad.round.pk).state == RoundState.CLOSED,
        bad.process.office,
    )


def fail_for(patch: pytest.MonkeyPatch, name: str, is_bad: Callable[..., bool]) -> None:
    module, _dot, function = name.rpartition(".")
    room = import_module(module)
    real = getattr(room, function)

    def failing(*given: Any, **named: Any) -> Any:
        if is_bad(*given, **named):
            raise BAD
        return real(*given, **named)

    patch.setattr(room, function, failing)
