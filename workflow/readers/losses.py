"""What a reader could not carry, counted by kind while it reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


class Losses(Counter[str]):
    """How many of each kind were left out. Each kind has its words in `words`: a test holds them together."""

    def marks(self) -> list[str]:
        """The kinds in their order, with their numbers: "hidden_text 3"."""
        return [f"{kind} {count}" for kind, count in sorted(self.items()) if count > 0]


def counted(marks: Iterable[str]) -> list[tuple[str, int]]:
    """The kinds and numbers of `Losses.marks`."""
    return [(kind, int(count)) for kind, _, count in (mark.partition(" ") for mark in marks)]
