"""Every deed that is recorded has words, and no words stand for a deed that nobody records."""

from __future__ import annotations

import re
from pathlib import Path

from consultations.states import RoundVerb
from workflow.stage_kinds import words_of_verb
from workflow.states import Verb

ROOT = Path(__file__).resolve().parents[2]


def _used(name: str) -> set[str]:
    actions = [path for floor in ("workflow", "consultations") for path in (ROOT / floor / "actions").rglob("*.py")]
    return {
        verb for path in actions for verb in re.findall(rf"\b{name}\.([A-Z_]+)\b", path.read_text(encoding="utf-8"))
    }


def test_find_words_of_the_record_each_belongs_to_a_deed() -> None:
    assert _used("Verb") == set(Verb.names)
    assert _used("RoundVerb") == set(RoundVerb.names)
    assert not set(Verb.values) & set(RoundVerb.values)


def test_find_words_of_a_verb_of_any_floor() -> None:
    assert str(words_of_verb(Verb.START_PROCESS)) == str(Verb.START_PROCESS.label)
    assert str(words_of_verb(RoundVerb.LAUNCH_ROUND)) == str(RoundVerb.LAUNCH_ROUND.label)
    assert words_of_verb("unheard_of") == "unheard_of"
