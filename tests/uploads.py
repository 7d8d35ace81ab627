"""Files in forms as a browser sends them again: what a page that came back shows and tells of those received."""

from __future__ import annotations

import re
from html import unescape
from typing import Any


def received_in(page: Any) -> dict[str, list[str]]:
    """The hidden fields by which the forms of a page tell the files they received."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input\s+type="hidden" name="([\w-]+-received)" value="([^"]*)"', _text(page)):
        found.setdefault(name, []).append(unescape(value))
    return found


def names_received_in(page: Any) -> list[str]:
    """The names that stand there, in their order."""
    return [
        unescape(name)
        for group in re.findall(r'class="received" role="group".*?</ul>', _text(page), re.S)
        for name in re.findall(r'class="file-name">([^<]*)<', group)
    ]


def token_of(page: Any, name: str) -> str:
    """What tells one received file of a page, as its tick to leave it out sends it."""
    tokens = [token for tokens in received_in(page).values() for token in tokens]
    return dict(zip(names_received_in(page), tokens, strict=True))[name]


def _text(page: Any) -> str:
    return str(page.content.decode())
