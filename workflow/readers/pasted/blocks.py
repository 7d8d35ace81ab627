"""Paragraphs, items of lists and tables of pasted HTML, in their order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from lxml import etree

from workflow.readers.losses import Losses
from workflow.readers.pasted.inline import UNREAD, is_list_sign
from workflow.readers.pasted.lettering import as_number, first_number, printed_sign, sign_of_item
from workflow.readers.pasted.looks import is_hidden, look_within, name_of, style_of, words_of
from workflow.readers.pasted.tables import cells_of, rows_of
from workflow.readers.pieces import PLAIN, Look

NOTE: Final = re.compile(r"(?:ftn|edn|sdfootnote|sdendnote)\d+")

_NAMES: Final = frozenset(
    {
        *("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "table", "blockquote", "pre", "hr"),
        *("dl", "dt", "dd", "section", "article", "header", "footer", "main", "nav", "aside", "address", "center"),
        *("figure", "figcaption", "fieldset", "form", "details", "summary", "body", "tr", "td", "th", "caption"),
    }
)
_LIST: Final = re.compile(r"l\d+ level(\d)")
_DEEPEST: Final = 9  # levels of a list, as many as Word has


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph: its words and elements, and the look of what stands around them; or a table.

    element: that it is, None for words that stand in none. depth: of the item of a list it belongs to, from 0; -1 for
    none. sign: what stands before an item; "" in a further paragraph of it.
    """

    nodes: Sequence[etree._Element | str] = ()
    look: Look = PLAIN
    element: etree._Element | None = None
    depth: int = -1
    sign: str = ""
    table: etree._Element | None = None


class Blocks:
    """Finds the blocks of one pasted text. notes: what its notes hold, by the keys that references name; they are no
    blocks of the text."""

    def __init__(self, root: etree._Element, lost: Losses) -> None:
        self._lost = lost
        self.notes: dict[str, etree._Element] = {}
        self._around: set[etree._Element] = set()
        for element in root.iter():
            if name_of(element) in _NAMES:
                self._around.add(element)
                for above in element.iterancestors():
                    if above in self._around:
                        break
                    self._around.add(above)
            if NOTE.fullmatch(key := str(element.get("id") or "")):
                self.notes.setdefault(key, element)

    def within(self, element: etree._Element, look: Look = PLAIN, depth: int = -1) -> Iterator[Block]:
        """The blocks in an element; words between them are paragraphs too."""
        waiting: list[etree._Element | str] = [element.text or ""]
        for child in element:
            if child in self._around:
                yield from _as_paragraph(waiting, look, depth)
                waiting = []
                yield from self._of(child, look, depth)
            else:
                waiting.append(child)
            waiting.append(child.tail or "")
        yield from _as_paragraph(waiting, look, depth)

    def _of(self, element: etree._Element, look: Look, depth: int) -> Iterator[Block]:
        name, style = name_of(element), style_of(element)
        if name in UNREAD or name == "hr" or element in self.notes.values():
            return
        if style.get("mso-element") == "comment-list":
            comments = [one for one in element.iter() if style_of(one).get("mso-element") == "comment"]
            self._lost["comments"] += len(comments)
            return
        if is_hidden(element):
            self._lost["hidden"] += bool(words_of(element).strip())
            return
        if str(element.get("class") or "").startswith(("MsoToc", "MsoHeader", "MsoFooter")):
            return
        within = look_within(element, look)
        if name in ("ul", "ol"):
            yield from self._list(element, within, min(depth + 1, _DEEPEST))
        elif name == "li":
            yield from self._item(element, "-", within, max(depth, 0))
        elif name == "table":
            rows = rows_of(element)
            if len(rows) == 1 and len(cells := cells_of(rows[0])) == 1:
                # A box around text, and no table.
                yield from self.within(cells[0], within, depth)
            else:
                yield Block(table=element, look=within)
        elif any(child in self._around for child in element):
            yield from self.within(element, within, depth)
        else:
            yield self._paragraph(element, within, depth)

    def _paragraph(self, element: etree._Element, look: Look, depth: int) -> Block:
        nodes: list[etree._Element | str] = [element.text or ""]
        for child in element:
            nodes += [child, child.tail or ""]
        level = _LIST.match(style_of(element).get("mso-list", ""))
        if level is None or depth >= 0:
            return Block(nodes, look, element, depth)
        written_out = next((each for each in element.iter() if is_list_sign(each)), None)
        sign = printed_sign(words_of(written_out)) if written_out is not None else ""
        return Block(nodes, look, element, int(level[1]) - 1 if level[1] != "0" else 0, sign)

    def _list(self, element: etree._Element, look: Look, depth: int) -> Iterator[Block]:
        number = first_number(element)
        for child in element:
            name = name_of(child)
            if name == "li":
                number = as_number(child.get("value")) or number
                yield from self._item(child, sign_of_item(element, child, number), look_within(child, look), depth)
                number += 1
            elif child in self._around:
                yield from self._of(child, look, depth)

    def _item(self, element: etree._Element, sign: str, look: Look, depth: int) -> Iterator[Block]:
        has_sign = False
        for block in self.within(element, look, depth):
            if block.table is None and block.depth == depth and not block.sign and not has_sign:
                has_sign = True
                yield replace(block, sign=sign)
            else:
                yield block


def _as_paragraph(nodes: Sequence[etree._Element | str], look: Look, depth: int) -> Iterator[Block]:
    """Words that stand in no paragraph, where there are any."""
    if any(not isinstance(node, str) or node.strip() for node in nodes):
        yield Block(nodes, look, None, depth)
