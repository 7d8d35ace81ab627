"""The path of a process as a graph: what comes before, behind and next. The engine and the drawings come in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from workflow.states import STAGE_BEHIND_US, StageState

if TYPE_CHECKING:
    from workflow.definitions.shape import Definition

After = Mapping[str, Collection[str]]
"""Stage key → the keys of the stages it waits for."""


def reach(start: Iterable[str], edges: After) -> set[str]:
    """Every stage found by following `edges` from `start`, without the start itself unless a cycle leads back."""
    reached: set[str] = set()
    queue = list(start)
    while queue:
        for key in edges.get(queue.pop(), ()):
            if key not in reached:
                reached.add(key)
                queue.append(key)
    return reached


def reversed_edges(after: After) -> dict[str, list[str]]:
    """The same graph read the other way: stage key → the stages that wait for it, in the order of the file."""
    turned: dict[str, list[str]] = {key: [] for key in after}
    for key, before in after.items():
        for name in before:
            if name in turned:
                turned[name].append(key)
    return turned


def cycles(after: After) -> list[list[str]]:
    """Of every stage that stands in a circle one circle, as the path that leads back to where it began (a, b, a)."""
    onward = reversed_edges(after)
    circles: list[list[str]] = []
    for root in onward:
        if any(root in circle for circle in circles) or root not in reach([root], onward):
            continue
        came_from: dict[str, str] = {}
        queue = [root]
        for key in queue:
            for following in onward[key]:
                if following not in came_from:
                    came_from[following] = key
                    queue.append(following)
        circle = [root, came_from[root]]
        while circle[-1] != root:
            circle.append(came_from[circle[-1]])
        circles.append(circle[::-1])
    return circles


def edges(definition: Definition) -> dict[str, tuple[str, ...]]:
    """Stage key → the keys of the stages it waits for."""
    return {stage.key: stage.after for stage in definition.stages}


def ancestors(definition: Definition, key: str) -> list[str]:
    """Everything before this stage, in the order of the file."""
    return _in_order(definition, reach([key], edges(definition)))


def descendants(definition: Definition, key: str) -> list[str]:
    """Everything behind this stage, in the order of the file."""
    return _in_order(definition, reach([key], reversed_edges(edges(definition))))


def reopened_by_return(definition: Definition, target: str) -> list[str]:
    """The stages that get a new attempt when the matter is sent back to `target`: it and all behind it."""
    return [target, *descendants(definition, target)]


def ready(definition: Definition, states: Mapping[str, str]) -> list[str]:
    """The stages that may open now, in the order of the file.

    `states` holds the state of each stage's latest attempt; a stage that is missing, or waiting, has not begun. All the
    stages it waits for must be completed or left out.
    """
    return [
        stage.key
        for stage in definition.stages
        if states.get(stage.key, StageState.WAITING) == StageState.WAITING
        and all(states.get(key) in STAGE_BEHIND_US for key in stage.after)
    ]


def is_finished(definition: Definition, states: Mapping[str, str]) -> bool:
    """Whether every stage is completed or left out."""
    return all(states.get(stage.key) in STAGE_BEHIND_US for stage in definition.stages)


def _in_order(definition: Definition, keys: set[str]) -> list[str]:
    return [stage.key for stage in definition.stages if stage.key in keys]
