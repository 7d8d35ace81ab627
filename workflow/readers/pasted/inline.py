"""The words of a paragraph of pasted HTML, with their looks, notes and pictures."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from lxml import etree

from workflow.readers.losses import Losses
from workflow.readers.pasted.looks import is_hidden, is_raised, look_within, name_of, style_of, words_of
from workflow.readers.pieces import PLAIN, Look, Piece, Run, plain
from workflow.readers.writing import as_picture

UNREAD: Final = frozenset({"head", "style", "script", "title", "meta", "link", "xml", "template", "noscript", "object"})
PICTURES: Final = frozenset({"img", "svg", "v:imagedata", "canvas"})

_RAISED: Final = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
_BLANKS: Final = re.compile(r"[ \t\r\n\f]+")
_NOTE: Final = re.compile(r"#_?(?P<key>(?:ftn|edn|sdfootnote|sdendnote)\d+)(?:sym)?")
_BACK: Final = re.compile(r"#_?(?:ftnref|ednref|sdfootnote|sdendnote)\d+(?:anc)?")
_FIELDS: Final = frozenset({"input", "select", "textarea", "button"})


class Inline:
    """Reads words. note_of: the number of a note by the key its reference names, "" where the note was not copied."""

    def __init__(self, lost: Losses, note_of: Callable[[str], str]) -> None:
        self._lost, self._note_of = lost, note_of

    def pieces_of(self, nodes: Sequence[etree._Element | str], around: Look = PLAIN) -> list[Piece]:
        """The pieces of words and elements beside each other."""
        pieces: list[Piece] = []
        for node in nodes:
            if isinstance(node, str):
                self._words(node, around, False, pieces)
            else:
                self._element(node, around, False, pieces)
        return pieces

    def _words(self, text: str | None, look: Look, raised: bool, pieces: list[Piece]) -> None:
        words = plain(_BLANKS.sub(" ", text or ""))
        if words:
            pieces.append(Run(words.translate(_RAISED) if raised else words, look))

    def _element(self, element: etree._Element, around: Look, raised: bool, pieces: list[Piece]) -> None:
        name = name_of(element)
        if not name or name in UNREAD:
            return
        if is_comment_mark(element) or is_list_sign(element):
            return
        if is_hidden(element):
            self._lost["hidden"] += bool(words_of(element).strip())
            return
        if name == "br":
            pieces.append(Run("\n", around))
            return
        if name in PICTURES:
            self._lost["pictures"] += 1
            described = str(element.get("alt") or element.get("title") or "")
            pieces.append(Run(as_picture(described, "picture"), around, is_raw=True))
            return
        if name in _FIELDS:
            self._lost["form_fields"] += 1
            return
        if name == "math":
            self._lost["equations"] += 1
            return
        if name in ("ins", "del") and (element.get("cite") or element.get("datetime")):
            self._lost["accepted_changes"] += 1
            if name == "del":
                return
        if name == "a" and (number := self._note_number(element)):
            pieces.append(Run(f"[^{number}]", around, is_raw=True))
            return
        if name == "a" and _BACK.fullmatch(str(element.get("href") or "")):
            return  # from a note back to the text
        look, raised = look_within(element, around), raised or is_raised(element)
        self._words(element.text, look, raised, pieces)
        for child in element:
            self._element(child, look, raised, pieces)
            self._words(child.tail, look, raised, pieces)

    def _note_number(self, link: etree._Element) -> str:
        match = _NOTE.fullmatch(str(link.get("href") or ""))
        return self._note_of(match["key"]) if match else ""


def is_comment_mark(element: etree._Element) -> bool:
    """Whether Word put it where a comment hangs."""
    return "MsoCommentReference" in str(element.get("class") or "") or "mso-comment-continuation" in style_of(element)


def is_list_sign(element: etree._Element) -> bool:
    """Whether it is the sign or number that Word wrote out before an item or a heading."""
    return style_of(element).get("mso-list") == "ignore"
