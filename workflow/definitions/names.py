"""The names a definition declares and the names it uses; the checks of paths, gates and times come in."""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from workflow.definitions import graph
from workflow.definitions.faults import nearest
from workflow.definitions.reading import Path
from workflow.definitions.structure import Complaint


def mapping(value: Any) -> dict[str, Any]:
    """The value when it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def names_in(value: Any) -> list[str]:
    """The texts in a list; nothing when it is none."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


class Known:
    """The names a definition declares, read leniently: what has a wrong form is complained of by the schema."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.lists = mapping(data.get("lists"))
        self.bodies = mapping(data.get("bodies"))
        self.parameters = mapping(data.get("parameters"))
        self.deadlines = mapping(data.get("deadlines"))
        stages = data.get("stages")
        self.stages: list[tuple[int, dict[str, Any]]] = [
            (index, stage)
            for index, stage in enumerate(stages if isinstance(stages, list) else [])
            if isinstance(stage, dict) and isinstance(stage.get("key"), str)
        ]
        self.by_key: dict[str, dict[str, Any]] = {}
        for _index, stage in self.stages:
            self.by_key.setdefault(stage["key"], stage)
        self.after = {
            key: [name for name in names_in(stage.get("after")) if name in self.by_key]
            for key, stage in self.by_key.items()
        }
        self.before = {key: graph.reach([key], self.after) for key in self.after}
        self.rules: dict[str, tuple[Path, dict[str, Any]]] = {}
        for key, named in self.deadlines.items():
            self.rules[key] = (("deadlines", key, "deadline"), mapping(mapping(named).get("deadline")))
        for index, stage in self.stages:
            clock = mapping(stage.get("external")).get("clock")
            if "deadline" in stage or clock:
                self.rules[stage["key"]] = (("stages", index, "deadline"), mapping(stage.get("deadline")))


_UNKNOWN: dict[str, tuple[str, Callable[[], str], Callable[[Known], Any]]] = {
    "body": ("unknown_body", lambda: _("There is no body “%(name)s”."), lambda known: known.bodies),
    "list": ("unknown_list", lambda: _("There is no list “%(name)s”."), lambda known: known.lists),
    "stage": ("unknown_stage", lambda: _("There is no stage “%(name)s”."), lambda known: known.by_key),
    "parameter": (
        "unknown_parameter",
        lambda: _("There is no parameter “%(name)s”."),
        lambda known: known.parameters,
    ),
    "deadline": ("unknown_deadline", lambda: _("There is no deadline “%(name)s”."), lambda known: known.rules),
    "role": (
        "unknown_actor",
        lambda: _("There is no body or list “%(name)s”."),
        lambda known: ["secretariat", *known.bodies, *known.lists],
    ),
}


def unknown(what: str, name: Any, path: Path, known: Known) -> Iterator[Complaint]:
    """Nothing when the name is declared (or is no name at all, which the schema says)."""
    code, sentence, names = _UNKNOWN[what]
    if isinstance(name, str) and name not in names(known):
        yield path, code, sentence() % {"name": name}, nearest(name, list(names(known)))
