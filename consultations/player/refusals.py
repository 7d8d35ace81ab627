"""The codes deeds can be refused with. A scenario that expects a refusal and its handbook come in."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from workflow.states import StageState

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("notifications", "workflow", "consultations")
_CODE = re.compile(r'\bRefusal\(\s*"(\w+)"')


@cache
def refusal_codes() -> tuple[str, ...]:
    """Every code, as the sources of rules and actions have it: a list beside them would have to be kept by hand."""
    found = {f"stage_{state}" for state in StageState if state != StageState.OPEN}
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            found.update(_CODE.findall(path.read_text(encoding="utf-8")))
    return tuple(sorted(found))
