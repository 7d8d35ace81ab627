"""Danish alphabetical order kept in a column, because not every database knows the Danish collation."""

from __future__ import annotations

import unicodedata

# Æ, Ø and Å stand after Z in this order; "aa" in names sorts as "å" (Retskrivningsordbogen § 2).
_LETTERS = str.maketrans({"æ": "{1", "ä": "{1", "ø": "{2", "ö": "{2", "å": "{3"})


def danish_sort_key(text: str) -> str:
    """A lower-case ASCII-ordered key: 'Ærø' > 'Zealand', 'Aabenraa' sorts beside 'Åbenrå'. At most 200 characters."""
    # Kept in columns: made otherwise, all rows must be written anew, or lists follow two orders.
    folded = text.casefold().replace("aa", "å").translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", folded)
    return "".join(c for c in plain if not unicodedata.combining(c))[:200]
