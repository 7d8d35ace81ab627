"""The register of deeds, and what most of them need: texts, files, stages. The modules beside it fill it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from consultations.player.cast import Play
from consultations.player.files import made_file
from consultations.player.scenario import Deed
from workflow.actions.files import store_file
from workflow.models import Stage, StoredFile
from workflow.queries.processes import live_stage

Doing = Callable[[Play, Deed], object]

_doings: dict[str, Doing] = {}


class Impossible(Exception):
    """A deed that makes no sense where the play stands: nothing to answer, nobody asked. The text says why."""


def does(name: str) -> Callable[[Doing], Doing]:
    """Bind a function to the deed of that name."""

    def bind(function: Doing) -> Doing:
        _doings[name] = function
        return function

    return bind


def doing(name: str) -> Doing:
    """The function that does a deed; every deed of the catalogue has one."""
    return _doings[name]


def bound() -> frozenset[str]:
    """The names of all deeds that are bound."""
    return frozenset(_doings)


def words(stage: Play, deed: Deed, name: str, default: str = "") -> str:
    """The text under a key: as written, or one of a named text's versions by the deed's place; {party} is the party."""
    return said(stage, deed, deed.values.get(name, default))


def said(stage: Play, deed: Deed, value: Any) -> str:
    if isinstance(value, dict):
        versions = stage.scenario.texts[value["from"]]
        value = versions[deed.place % len(versions)]
    party = stage.bodies[deed.party].name if deed.party else ""
    return str(value).replace("{party}", party).strip()


def file_of(stage: Play, deed: Deed, name: str) -> StoredFile | None:
    """The file under a key, made and stored; None when there is none."""
    value = deed.values.get(name)
    return stored(stage, deed, value) if value else None


def stored(stage: Play, deed: Deed, value: dict[str, Any]) -> StoredFile:
    content = made_file(value["name"], said(stage, deed, value["text"]))
    return store_file(stage.office, value["name"], content, now=deed.at)


def stage_of(stage: Play, deed: Deed, name: str = "stage") -> Stage:
    """The attempt that counts of the stage under a key."""
    return live_stage(stage.process_now(), deed.values[name])


def key_of(deed: Deed) -> str:
    """The key that makes a repeated deed harmless, as a form's key does."""
    return f"{deed.line}.{deed.place}"
