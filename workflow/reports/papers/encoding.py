"""A paper as JSON and back: what is to be made later is made of the very words that were asked for."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, datetime
from typing import Any, Final

from workflow.reports.papers import model
from workflow.reports.papers.model import Paper
from workflow.rules.compared_words import Fate

_CLASSES: Final = {
    name: made for name, made in vars(model).items() if isinstance(made, type) and dataclasses.is_dataclass(made)
}


def encoded(paper: Paper) -> str:
    """The paper as JSON."""
    return json.dumps(_plain(paper), ensure_ascii=False, separators=(",", ":"))


def decoded(text: str) -> Paper:
    """The paper that was encoded: equal to the one it was."""
    paper = _made(json.loads(text))
    assert isinstance(paper, Paper)
    return paper


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        # What stands at its default goes without saying: a long text is made of ten thousands of words.
        fields = {
            each.name: _plain(getattr(value, each.name))
            for each in dataclasses.fields(value)
            if each.default is dataclasses.MISSING or getattr(value, each.name) != each.default
        }
        return {"is": type(value).__name__, **fields}
    match value:
        case Fate():
            return {"is": "fate", "of": value.value}
        case datetime():
            return {"is": "instant", "of": value.isoformat()}
        case date():
            return {"is": "day", "of": value.isoformat()}
        case frozenset():
            return {"is": "set", "of": sorted(value)}
        case tuple():
            return [_plain(each) for each in value]
    # Words that the translations give late are words by now.
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def _made(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_made(each) for each in value)
    if not isinstance(value, dict):
        return value
    kind: str = value["is"]
    of: Any = value.get("of")
    match kind:
        case "fate":
            return Fate(of)
        case "instant":
            return datetime.fromisoformat(of)
        case "day":
            return date.fromisoformat(of)
        case "set":
            return frozenset(of)
    return _CLASSES[kind](**{name: _made(each) for name, each in value.items() if name != "is"})
