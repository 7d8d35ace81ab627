"""Which deeds there are: the verbs of the record that are actions somebody calls from outside."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from pkgutil import walk_packages

from workflow import actions
from workflow.states import Verb


def deeds_to(*kinds: str) -> set[str]:
    """The verbs whose action is done to one of these ("Process", "Stage", …) by an actor that the caller names."""
    return {
        name
        for name, (first, *others) in ((name, inspect.signature(action).parameters.values()) for name, action in _all())
        if first.annotation in kinds and any(p.name == "actor" and p.kind is p.KEYWORD_ONLY for p in others)
    }


def _all() -> Iterator[tuple[str, Callable[..., object]]]:
    """Each action of the floor that is a verb of the record."""
    for module in walk_packages(actions.__path__, f"{actions.__name__}."):
        for name, action in inspect.getmembers(import_module(module.name), inspect.isfunction):
            if name in Verb.values:
                yield name, action
