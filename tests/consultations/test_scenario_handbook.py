"""The handbook of scenarios says what the classes say."""

import ast
from pathlib import Path

from consultations.player.expected import PARTY_STATES
from consultations.player.values import ROOMS, ROOT, refusal_codes
from tests.handbook import HANDBOOK, with_tables


def test_compare_handbook_with_the_classes_its_tables_are_as_they_make_them() -> None:
    text = HANDBOOK.read_text(encoding="utf-8")

    assert with_tables(text) == text, 'make them anew: manage.py shell -c "from tests.handbook import write; write()"'


def test_read_handbook_it_says_when_each_state_of_a_party_holds() -> None:
    text = HANDBOOK.read_text(encoding="utf-8")
    paragraph = next(line for line in text.splitlines() if line.startswith("Under `parties`"))

    assert [state for state in PARTY_STATES if f"`{state}`" not in paragraph] == []


def test_walk_every_refusal_of_the_product_its_code_is_known() -> None:
    found = set()
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            found |= _codes(path)

    assert found - set(refusal_codes()) == set()


def _codes(path: Path) -> set[str]:
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    refusals = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Refusal" and call.args]
    codes = [call.args[0].value for call in refusals if isinstance(call.args[0], ast.Constant)]
    return {str(code) for code in codes}
