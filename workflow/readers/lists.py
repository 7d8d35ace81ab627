"""Items of lists as Markdown has them, with the numbers they show. Every reader of a format writes its lists here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from workflow.readers.writing import Text, set_in

_ORDERED: Final = re.compile(r"(\d{1,9})([.)])")


@dataclass(frozen=True, slots=True)
class _Sign:
    """What stands before an item in Markdown. number, end: as printed ("3", "."); shown: the sign behind the number, or
    "-" for a bullet. Another one begins another list (CommonMark 5.3)."""

    shown: str
    number: int = 0
    end: str = ""

    def __str__(self) -> str:
        return "- " if self.shown == "-" else f"{self.number}{self.shown} "


class Lists:
    """The lists under way: how wide the sign of each depth is, and the last sign of each list, by how far it is in."""

    def __init__(self) -> None:
        self._widths: dict[int, int] = {}
        self._signs: dict[int, _Sign] = {}
        self._was_item = False

    def end(self) -> None:
        """What follows is no item."""
        self._widths, self._signs = {}, {}

    def item(self, text: Text, number: str, depth: int) -> tuple[Text, bool]:
        """An item, and whether it stands right under the one before: in Markdown it is of the same list.

        number: as it is printed; a sign such as "–" makes a bullet. What Markdown does not know as a number, such as
        "a)" or "3.1", stands as words before the text, which is then a paragraph of its own within the item around it.
        """
        indent = sum(width for place, width in self._widths.items() if place < depth)
        self._widths = {place: width for place, width in self._widths.items() if place < depth}
        before = self._signs.get(indent)
        self._signs = {place: sign for place, sign in self._signs.items() if place < indent}
        sign = _sign_of(number, before)
        goes_on = self._was_item and sign is not None and self._is_under(sign, before)
        self._was_item = sign is not None
        if sign is not None:
            self._signs[indent] = sign
        words = str(sign) if sign is not None else f"{number} "
        self._widths[depth] = len(words) if sign is not None else 0
        item = Text()
        item.add(" " * indent + words)
        item.join(set_in(text, " " * (indent + self._widths[depth])))
        return item, goes_on

    def more(self, text: Text, depth: int) -> Text:
        """A further paragraph within the last item of this depth."""
        blanks = " " * sum(width for place, width in self._widths.items() if place <= depth)
        self._was_item = False
        more = Text()
        more.add(blanks)
        more.join(set_in(text, blanks))
        self._was_item = False
        return more

    def _is_under(self, sign: _Sign, before: _Sign | None) -> bool:
        """Whether an item goes on with its list, or begins one within an item; a list that begins with another number
        than 1 ends no paragraph (CommonMark 5.2)."""
        if before is not None:
            return sign.shown == before.shown
        return bool(self._signs) and (sign.shown == "-" or sign.number == 1)


def _sign_of(number: str, before: _Sign | None) -> _Sign | None:
    """The sign of an item in Markdown; None for a number that is none there. Markdown counts on by itself: where the
    list does not, another sign behind the number begins a new one."""
    if not any(sign.isalnum() for sign in number):
        return _Sign("-")
    ordered = _ORDERED.fullmatch(number)
    if ordered is None:
        return None
    figure, end = int(ordered[1]), ordered[2]
    if before is None or before.shown == "-":
        return _Sign(end, figure, end)
    if (figure, end) == (before.number + 1, before.end):
        return _Sign(before.shown, figure, end)
    return _Sign(")" if before.shown == "." else ".", figure, end)
