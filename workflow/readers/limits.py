"""What a program that opens a foreign file may use at most, whatever the file asks for."""

from __future__ import annotations

import resource
from typing import Final

MEMORY: Final = 512 * 1024**2  # bytes of address space
PROCESSOR: Final = 10  # seconds
SHORT_OUTPUT: Final = 64 * 1024  # bytes
LONG_OUTPUT: Final = 64 * 1024**2  # bytes: the words of a text of 3,000 pages, as much again, and its pictures


def set_limits(output: int = SHORT_OUTPUT, processor: int = PROCESSOR) -> None:
    """From here on this program gets so much and no more; no file can give it more again.

    output: bytes that it may write. processor: seconds that it may reckon.
    """
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, processor),
        (resource.RLIMIT_FSIZE, output),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
