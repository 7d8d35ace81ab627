"""Each state that a page shows as a badge has been given its tone, so that a new one is not forgotten."""

from __future__ import annotations

import pytest
from django.db.models import TextChoices

from consultations.states import AnswerState, InvitationState, RoundState, RoundVerb
from notifications.states import MailState
from workflow import states
from workflow.stage_kinds import tone_of_verb
from workflow.states import (
    BundleState,
    DecisionState,
    DispatchState,
    ExternalState,
    JobState,
    ObjectionState,
    Outcome,
    ProcessState,
    RequestState,
    ScanState,
    StageState,
    Verb,
)
from workflow.templatetags.samraad import STATE_TONES, TONE_OF_STATE, TONES
from workflow.views.history import TONES as TONES_OF_VERBS

SHOWN = (
    ProcessState,
    StageState,
    BundleState,
    RequestState,
    Outcome,
    ExternalState,
    RoundState,
    AnswerState,
    MailState,
)
ELSEWHERE = (DecisionState, DispatchState, JobState, ObjectionState, ScanState, InvitationState)
"""Shown in other words or by other means, or not at all."""


@pytest.mark.parametrize("shown", SHOWN, ids=lambda enum: enum.__name__)
def test_show_state_has_a_tone_of_its_own(shown: type[TextChoices]) -> None:
    assert [state for state in shown.values if state not in TONE_OF_STATE] == []


def test_list_enums_of_states_leaves_none_out() -> None:
    import consultations.states
    import notifications.states

    found = {
        value
        for module in (states, consultations.states, notifications.states)
        for name, value in vars(module).items()
        if name.endswith("State") and isinstance(value, type)
    }

    assert found == {*SHOWN, *ELSEWHERE} - {Outcome}


def test_read_tones_names_each_state_once_and_none_that_is_not_shown() -> None:
    named = [state for tone in STATE_TONES.values() for state in tone]
    known = {value for shown in SHOWN for value in shown.values} | {"bounced", "step"}

    assert sorted(named) == sorted(set(named))
    assert set(named) - known == set()
    assert tuple(STATE_TONES) == TONES


def test_show_entry_of_the_record_has_the_tone_its_own_floor_gave_its_verb() -> None:
    shown = {verb: TONES_OF_VERBS.get(verb) or tone_of_verb(verb) for verb in (*Verb.values, *RoundVerb.values)}

    assert (shown[RoundVerb.SUBMIT_ANSWER], shown[RoundVerb.RECORD_BOUNCE]) == ("success", "error")
    assert (shown[Verb.HEAR_BOUNCE], shown[Verb.ADD_VERSION]) == ("error", "neutral")
    assert set(shown.values()) <= {"neutral", *TONES}
