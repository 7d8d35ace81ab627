"""What floors above add to a package for an authority: each registers a part in its `apps.py`, such as the answers of
the hearing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from workflow.models import Bundle, Process, Stage, StoredFile


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the package: its path there, and its bytes or the stored file they are in."""

    path: str
    content: bytes | StoredFile


@dataclass(frozen=True, slots=True)
class Contents:
    """What a package is about: the stage that submits and the locked bundle submitted."""

    process: Process
    stage: Stage
    bundle: Bundle


Part = Callable[[Contents], Iterable[Member]]
"""Gives the members of one part, in the process's language; the same data must give the same bytes."""

_parts: dict[str, Part] = {}


def register(name: str, part: Part) -> None:
    """Take in a part; the same one twice is harmless, another under the same name is refused."""
    if _parts.setdefault(name, part) is not part:
        raise ValueError(f"The package part {name} is already registered.")


def registered_parts() -> list[Part]:
    """The parts, in the order of their names."""
    return [_parts[name] for name in sorted(_parts)]
