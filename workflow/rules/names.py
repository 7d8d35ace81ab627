"""When two writings of a name are one name."""

from __future__ import annotations


def folded_name(name: str) -> str:
    """What writings of one name have in common: they differ in capitals and blanks alone.

    Unlike the key names are sorted by, it takes “Åby” and “Aaby” for two.
    """
    return " ".join(name.casefold().split())
