"""What stands inside a paragraph of an OpenDocument: words with their look, tracked changes, edges of comments, notes,
fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from lxml import etree

from workflow.readers.assembling import Said
from workflow.readers.losses import Losses
from workflow.readers.odt.package import DC, DRAW, LOEXT, OFFICE, TEXT, XLINK, XML, figure, words_in
from workflow.readers.odt.styles import Styles
from workflow.readers.pieces import PLAIN, Change, Comment, Edge, Look, Piece, Run, plain
from workflow.readers.writing import as_href

PARAGRAPHS: Final = (f"{TEXT}p", f"{TEXT}h")

_SPACE: Final = re.compile(r"[ \t\r\n]+")
_RAISED: Final = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
_NO_WORDS: Final = frozenset(
    TEXT + name
    for name in ("tracked-changes", "script", "variable-decls", "sequence-decls", "user-field-decls", "ruby-text")
)
_OF_PAGES: Final = frozenset(
    TEXT + name
    for name in ("page-number", "page-count", "page-continuation", "date", "time", "chapter", "file-name", "print-date")
)


@dataclass(frozen=True, slots=True)
class Region:
    """A tracked change as the file declares it. element: of a deletion, what was taken out; None otherwise."""

    kind: str
    author: str
    at: str | None
    element: etree._Element | None = None


@dataclass(slots=True)
class Break(Run):
    """Where the end of a paragraph stood that was taken out. element: the paragraph behind it."""

    element: etree._Element | None = None


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around words: their look, whether they are raised, the deletion they stand in."""

    look: Look = PLAIN
    is_raised: bool = False
    deletion: Change | None = None


@dataclass(slots=True)
class Inline:
    """Reads paragraphs one after the other; what goes on from one to the next is kept between them.

    note: makes the number of a note. frame: what a frame or drawing becomes. is_head: for the head or foot of a page,
    whose numbers and dates are no words.
    """

    styles: Styles
    original: bool
    lost: Losses
    note: Callable[[etree._Element], str]
    frame: Callable[[etree._Element], Iterator[str]]
    is_head: bool = False
    regions: dict[str, Region] = field(default_factory=dict)
    said: dict[str, Said] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    _comments: dict[str, Comment] = field(default_factory=dict)
    _open: list[Comment] = field(default_factory=list)
    _insertions: dict[str, Change] = field(default_factory=dict)

    def learn(self, text: etree._Element) -> None:
        """What is declared before or beside the text: tracked changes, and which comments stand over a range."""
        for element in text.iter(f"{TEXT}changed-region"):
            for kind in element:
                info = kind.find(f"{OFFICE}change-info")
                key = str(element.get(f"{TEXT}id") or element.get(f"{XML}id") or "")
                self.regions[key] = Region(
                    kind.tag.removeprefix(TEXT),
                    _text_of(info, f"{DC}creator"),
                    _text_of(info, f"{DC}date") or None,
                    kind if kind.tag == f"{TEXT}deletion" else None,
                )
        self.ended = {str(each.get(f"{OFFICE}name") or "") for each in text.iter(f"{OFFICE}annotation-end")} - {""}
        self.lost["formatting_changes"] += sum(each.kind == "format-change" for each in self.regions.values())

    def pieces_of(self, paragraph: etree._Element) -> list[Piece]:
        """A paragraph's pieces in their order."""
        pieces: list[Piece] = [Edge(comment, True) for comment in self._open]
        for key, change in self._insertions.items():
            # An insertion that goes on is one for each paragraph; of one without words it put the end in.
            self._insertions[key] = Change("inserted", change.author, change.at)
            if not change.words:
                pieces.append(Run("\n\n", PLAIN, self._insertions[key], is_shown=False))
        self._walk(paragraph, self._look_of(paragraph), pieces)
        return pieces

    def said_in_order(self) -> dict[str, Said]:
        """The comments by their time, for those at one place stand in the file in any order."""
        return dict(sorted(self.said.items(), key=lambda each: each[1].at or ""))

    @property
    def end_is_inserted(self) -> bool:
        """Whether what is read next stands within a tracked insertion."""
        return bool(self._insertions)

    @contextmanager
    def apart(self) -> Iterator[None]:
        """For what stands elsewhere than where it is referred to: open comments and changes do not hold there."""
        kept, self._open, changes, self._insertions = self._open, [], self._insertions, {}
        yield
        self._open, self._insertions = kept, changes

    def mark(self, element: etree._Element, pieces: list[Piece], around: _Around | None = None) -> bool:
        """A sign of a tracked change or of a comment; False for any other element."""
        tag = element.tag
        key = str(element.get(f"{TEXT}change-id") or "")
        if tag == f"{TEXT}change-start":
            region = self.regions.get(key)
            if region is not None and region.kind == "insertion":
                self._insertions[key] = Change("inserted", region.author, region.at)
        elif tag == f"{TEXT}change-end":
            self._insertions.pop(key, None)
        elif tag == f"{TEXT}change":
            self._taken_out(key, around or _Around(), pieces)
        elif tag == f"{OFFICE}annotation":
            self._annotation(element, pieces)
        elif tag == f"{OFFICE}annotation-end":
            comment = self._comments.get(str(element.get(f"{OFFICE}name") or ""))
            if comment in self._open:
                self._open.remove(comment)
                pieces.append(Edge(comment, False))
        else:
            return False
        return True

    # ── Words ─────────────────────────────────────────────────────────────────────────────────────────────────
    def _look_of(self, paragraph: etree._Element) -> _Around:
        """What the writer said of the whole paragraph; what its style says belongs to the style."""
        style = self.styles.of(paragraph)
        if style is None or paragraph.tag == f"{TEXT}h":
            return _Around()
        return _Around(
            Look(
                bool(style.is_bold(only_automatic=True)),
                bool(style.is_italic(only_automatic=True)),
                bool(style.is_struck(only_automatic=True)),
            )
        )

    def _walk(self, element: etree._Element, around: _Around, pieces: list[Piece]) -> None:
        self._add(element.text, around, pieces)
        for child in element:
            if isinstance(child.tag, str):
                self._child(child, around, pieces)
            self._add(child.tail, around, pieces)

    def _child(self, child: etree._Element, around: _Around, pieces: list[Piece]) -> None:
        tag = child.tag
        if tag == f"{TEXT}span":
            self._span(child, around, pieces)
        elif tag == f"{TEXT}s":
            self._add(" " * min(figure(child, f"{TEXT}c", 1), 100), around, pieces)
        elif tag == f"{TEXT}tab":
            self._add(" ", around, pieces)
        elif tag == f"{TEXT}line-break":
            self._put("\n", around, pieces)
        elif tag == f"{TEXT}a":
            href = str(child.get(f"{XLINK}href") or "")
            is_address = href.lower().startswith(("http://", "https://", "mailto:"))
            look = replace(around.look, href=as_href(href) if is_address else around.look.href)
            self._walk(child, replace(around, look=look), pieces)
        elif tag == f"{TEXT}note":
            self._note(child, around, pieces)
        elif self.mark(child, pieces, around) or tag in _NO_WORDS or (self.is_head and tag in _OF_PAGES):
            return
        elif tag.startswith(DRAW):
            for words in self.frame(child):
                pieces.append(self._run(words, around, is_raw=True))
        elif tag in (f"{TEXT}hidden-text", f"{TEXT}hidden-paragraph"):
            self.lost["hidden"] += tag == f"{TEXT}hidden-text" and child.get(f"{TEXT}is-hidden") == "true"
            if child.get(f"{TEXT}is-hidden") != "true":
                self._walk(child, around, pieces)
        else:
            # Fields, marks and boxes around words: what they show is their content.
            self._walk(child, around, pieces)

    def _span(self, span: etree._Element, around: _Around, pieces: list[Piece]) -> None:
        style = self.styles.find("text", str(span.get(f"{TEXT}style-name") or ""))
        if style is None:
            self._walk(span, around, pieces)
            return
        if style.is_hidden:
            self.lost["hidden"] += bool(words_in(span))
            return
        look = Look(
            _or(style.is_bold(), around.look.bold),
            _or(style.is_italic(), around.look.italic),
            _or(style.is_struck(), around.look.struck),
            around.look.href,
        )
        self._walk(span, replace(around, look=look, is_raised=around.is_raised or style.is_raised), pieces)

    def _add(self, words: str | None, around: _Around, pieces: list[Piece]) -> None:
        if words:
            self._put(_SPACE.sub(" ", words), around, pieces)

    def _put(self, words: str, around: _Around, pieces: list[Piece]) -> None:
        words = plain(words.translate(_RAISED) if around.is_raised else words)
        if words:
            pieces.append(self._run(words, around))

    def _run(self, words: str, around: _Around, *, is_raw: bool = False) -> Run:
        if around.deletion is not None:
            return Run(words, around.look, around.deletion, self.original, is_raw)
        change = next(reversed(self._insertions.values()), None) if self._insertions else None
        return Run(words, around.look, change, change is None or not self.original, is_raw)

    def _note(self, element: etree._Element, around: _Around, pieces: list[Piece]) -> None:
        run = self._run("", around, is_raw=True)
        if run.is_shown:
            number = self.note(element)
            pieces.append(Run(f"[^{number}]", PLAIN, None, True, is_raw=True))

    # ── Changes and comments ──────────────────────────────────────────────────────────────────────────────────
    def _taken_out(self, key: str, around: _Around, pieces: list[Piece]) -> None:
        region = self.regions.get(key)
        if region is None or region.element is None:
            return
        change = Change("deleted", region.author, region.at)
        paragraphs = [
            each for each in region.element.iter(*PARAGRAPHS) if not _is_within_paragraph(each, region.element)
        ]
        for place, paragraph in enumerate(paragraphs):
            if place:
                pieces.append(Break("\n\n", PLAIN, change, is_shown=False, element=paragraph))
            look = self._look_of(paragraph).look
            self._walk(paragraph, _Around(replace(look, href=around.look.href), deletion=change), pieces)

    def _annotation(self, element: etree._Element, pieces: list[Piece]) -> None:
        name = str(element.get(f"{OFFICE}name") or "")
        key = name or f"#{len(self.said)}"
        words = "\n".join(filter(None, (_words_of(each) for each in element.iter(f"{TEXT}p"))))
        self.said[key] = Said(
            _text_of(element, f"{DC}creator"),
            _text_of(element, f"{DC}date") or None,
            words,
            str(element.get(f"{LOEXT}parent-name") or ""),
        )
        comment = self._comments.setdefault(key, Comment(key))
        pieces.append(Edge(comment, True))
        if name in self.ended:
            self._open.append(comment)
        else:
            pieces.append(Edge(comment, False))


def _is_within_paragraph(element: etree._Element, within: etree._Element) -> bool:
    """Whether a paragraph hangs in another, as that of a note or a comment does."""
    for above in element.iterancestors():
        if above is within:
            return False
        if above.tag in PARAGRAPHS:
            return True
    return False


def _text_of(element: etree._Element | None, tag: str) -> str:
    found = element.find(tag) if element is not None else None
    return " ".join((found.text or "").split()) if found is not None else ""


def _words_of(paragraph: etree._Element) -> str:
    parts = [paragraph.text or ""]
    for each in paragraph.iterdescendants():
        if isinstance(each.tag, str):
            parts.append(
                "\n" if each.tag == f"{TEXT}line-break" else " " if each.tag in (f"{TEXT}s", f"{TEXT}tab") else ""
            )
            parts.append(each.text or "")
        parts.append(each.tail or "")
    return plain("".join(parts)).strip()


def _or(said: bool | None, otherwise: bool) -> bool:
    return otherwise if said is None else said
