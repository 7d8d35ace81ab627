"""Keys made from Danish names, readable in an address and the same on every machine."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})


def danish_slug(name: str) -> str:
    """Lower-case ASCII with dashes: "Køge" gives "koege", "Ringkøbing-Skjern" "ringkoebing-skjern"."""
    # Its keys stand in the database and in addresses: read otherwise, bodies would be loaded a second time.
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", name).casefold().translate(_LETTERS))
    return re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode()).strip("-")
