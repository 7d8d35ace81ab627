"""Whether what has a first and a last day holds on a day: a body, a role, a seat."""

from __future__ import annotations

from datetime import date
from typing import Protocol


class Lasting(Protocol):
    """What holds from one local day to another, both included; None where it has always held, or has no end."""

    @property
    def valid_from(self) -> date | None: ...

    @property
    def valid_to(self) -> date | None: ...


def is_valid_on(lasting: Lasting, day: date) -> bool:
    """Whether it holds on this local day."""
    return (lasting.valid_from or day) <= day <= (lasting.valid_to or day)
