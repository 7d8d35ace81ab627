"""Calls to those who are asked: noted alike for a party, a body and an authority, and listed when they are due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from tests.consultations.factories import LAUNCHED, OFFICER, a_hearing
from tests.workflow.agreements import decide, in_approval, officer_of, request_to, sent_off
from tests.workflow.factories import a_stranger
from workflow.actions.calls import note_call
from workflow.actions.erasure import erase_person
from workflow.actions.submissions import acknowledge
from workflow.asked_kinds import asked_kinds, calls_due
from workflow.models import Asked, AuditEntry, CallNote
from workflow.models.guards import ERASED_MARK
from workflow.rules import Refused

pytestmark = pytest.mark.django_db

TODAY = LAUNCHED.date()


def _a_party() -> tuple[Asked, Callable[[], object]]:
    hearing = a_hearing(parties=2)
    return hearing.party(1), lambda: hearing.answers(1)


def _a_body() -> tuple[Asked, Callable[[], object]]:
    process = in_approval(LAUNCHED)
    return request_to(process, "council-1"), lambda: decide(process, "council-1", LAUNCHED)


def _an_authority() -> tuple[Asked, Callable[[], object]]:
    process, sent = sent_off(LAUNCHED)
    # Then it is asked for its ruling, which nobody has called about.
    later = LAUNCHED + timedelta(hours=1)
    return sent, lambda: acknowledge(sent, received_at=later, actor=officer_of(process), now=later)


MADE = {"invitation": _a_party, "request": _a_body, "submission": _an_authority}


def test_walk_kinds_of_those_asked_each_has_its_calls_tried() -> None:
    assert set(MADE) == {kind.name for kind in asked_kinds()}


@pytest.mark.parametrize("kind", sorted(MADE))
def test_note_call_stands_on_its_day_until_who_was_called_has_answered(kind: str) -> None:
    asked, answer = MADE[kind]()
    office, tomorrow = asked.process.office, LAUNCHED + timedelta(days=1)

    note_call(asked, text="Ringer tilbage", next_on=tomorrow.date(), actor=officer_of(asked.process), now=LAUNCHED)

    assert calls_due([office], LAUNCHED) == []
    [call] = calls_due([office], tomorrow)
    assert (call.asked, call.note.text) == (asked, "Ringer tilbage")
    answer()
    assert calls_due([office], tomorrow) == []


def test_note_call_anew_without_a_day_takes_it_off_the_list_and_both_stand_in_the_record() -> None:
    asked, _answer = _a_body()
    officer = officer_of(asked.process)
    note_call(asked, text="Intet svar", next_on=TODAY, actor=officer, now=LAUNCHED)

    note_call(asked, text="Protokollen er på vej", actor=officer, now=LAUNCHED)

    assert calls_due([asked.process.office], LAUNCHED) == []
    entries = AuditEntry.objects.filter(verb="note_call", subject_id=asked.public_id).order_by("id")
    assert [entry.codes["next_on"] for entry in entries] == [TODAY.isoformat(), None]
    assert [entry.detail.body["text"] for entry in entries] == ["Intet svar", "Protokollen er på vej"]


def test_note_call_with_the_same_key_is_one_call() -> None:
    asked, _answer = _a_body()
    press: dict[str, Any] = {"actor": officer_of(asked.process), "now": LAUNCHED, "key": "k1"}

    first, second = (note_call(asked, text="Intet svar", **press) for _press in range(2))

    assert first == second
    assert CallNote.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "next_on", "code"),
    [(" ", None, "text_missing"), ("Intet svar", TODAY - timedelta(days=1), "day_past")],
)
def test_note_call_without_words_or_for_a_day_gone_by_is_refused(text: str, next_on: date | None, code: str) -> None:
    asked, _answer = _a_body()

    with pytest.raises(Refused) as refused:
        note_call(asked, text=text, next_on=next_on, actor=officer_of(asked.process), now=LAUNCHED)

    assert refused.value.refusal.code == code
    assert not CallNote.objects.exists()


def test_note_call_by_another_office_is_refused() -> None:
    asked, _answer = _a_body()

    with pytest.raises(Refused):
        note_call(asked, text="Intet svar", actor=a_stranger(), now=LAUNCHED)


@pytest.mark.parametrize("kind", sorted(MADE))
def test_erase_person_who_was_called_leaves_nothing_of_what_was_said(kind: str) -> None:
    asked, _answer = MADE[kind]()
    note_call(asked, text="Ida er syg", next_on=TODAY, actor=officer_of(asked.process), now=LAUNCHED)

    erase_person(asked.email, reason="På forlangende", actor=OFFICER, now=LAUNCHED)

    note = CallNote.objects.get(link=asked.link_id)
    assert (note.text, note.next_on) == (ERASED_MARK, None)
