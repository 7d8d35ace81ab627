"""Every deed that is recorded has words, so that no timeline shows the name of a function."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from workflow.views.history import WORDS

ROOT = Path(__file__).resolve().parents[2]


def _texts(node: ast.expr | None) -> list[str]:
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body), *_texts(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def verbs_in(source: str) -> Iterator[str]:
    """What a module records: the first argument of `record`, and what it hands to functions of its own that take the
    verb as an argument."""
    tree = ast.parse(source)
    handed_on: dict[str, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names = [argument.arg for argument in node.args.args]
            if "verb" in names and node.name != "record":
                handed_on[node.name] = names.index("verb")
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        place = 0 if _name(node) == "record" else handed_on.get(_name(node))
        if place is None:
            continue
        if len(node.args) > place:
            yield from _texts(node.args[place])
        yield from (text for word in node.keywords if word.arg == "verb" for text in _texts(word.value))


def test_find_recorded_deeds_each_has_words() -> None:
    actions = [path for floor in ("workflow", "consultations") for path in (ROOT / floor).rglob("*.py")]
    recorded = {verb for path in actions for verb in verbs_in(path.read_text(encoding="utf-8"))}

    assert len(recorded) > 50
    assert recorded - set(WORDS) == set()


def test_find_verb_handed_on_to_a_function_is_seen() -> None:
    source = 'def move(row, verb):\n    record(verb, row)\n\nmove(row, "extend")\nrecord("set", row)\n'

    assert set(verbs_in(source)) == {"extend", "set"}
