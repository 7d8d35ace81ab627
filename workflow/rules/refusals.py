"""A refusal always has a reason, written for the person who is refused."""

from __future__ import annotations

from notifications.rules import Refusal

__all__ = ["Refusal", "Refused", "insist"]


class Refused(Exception):
    """Raised by an action that its rule refuses; nothing has been changed."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal

    def __str__(self) -> str:
        return f"{self.refusal.code}: {self.refusal.text}"


def insist(refusal: Refusal | None) -> None:
    """Raise `Refused` when a rule has answered with a refusal."""
    if refusal is not None:
        raise Refused(refusal)
