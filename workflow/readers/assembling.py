"""The sections of a document as a reader comes upon them, and the document they make.

Every reader of a format fills it. Knows no Django.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from workflow.readers.document import FoundChange, FoundComment, FoundDocument, FoundSection
from workflow.readers.losses import Losses
from workflow.readers.pictures import Pictures
from workflow.readers.pieces import Change, Comment, Page, Piece, shown_words
from workflow.readers.writing import Mark, Text, joined, written

_BLANKS: Final = re.compile(r" {2,}")
_WORDED: Final = "Bilag|Tillæg|Kapitel|Afsnit|Del|Artikel|Appendiks|Annex|Appendix|Chapter|Section|Part|Article"
_TYPED_NUMBER: Final = re.compile(
    # "3.1 Vision" always; "3 Vision" and "3. Vision", but not "5 mål" or "1. januar"; "A. Vision"; "§ 3 a. Vision".
    r"(?P<number>\d{1,3}(?:\.\d{1,3})+(?=[.):]?\s)|\d{1,3}(?=[):]\s|\.?\s+[^\W\d_a-zæøå])|(?:[A-ZÆØÅ]|[IVXLC]+)(?=[.)]\s)"
    r"|§\s?\d{1,3}(?:\s?[a-z]\b)?(?=[.:]?\s)"
    rf"|(?:{_WORDED})\s(?:\d{{1,3}}(?:\.\d{{1,3}})*|[A-ZÆØÅ]|[IVXLC]+)(?=[.:)]?\s))[.:)]?\s*(?:[–—-]\s+)?"
)


def number_and_words(heading: str) -> tuple[str, str]:
    """A heading's typed number, "" for none, and its words: "3.1 Vision", "Bilag A: Ordliste". One that is nothing but
    a number keeps it as its words."""
    match = _TYPED_NUMBER.match(heading)
    words = heading[match.end() :] if match is not None else ""
    return (match["number"], words) if match is not None and words else ("", heading)


@dataclass(slots=True)
class Said:
    """What a comment says, as the file has it. reply_to: the key of the one it replies to."""

    author: str
    at: str | None
    text: str
    reply_to: str = ""


@dataclass(slots=True)
class _Section:
    number: str
    level: int
    heading: str
    proposed: bool
    blocks: list[tuple[Text, bool]] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    def text(self) -> Text:
        """The blocks with a blank line between them, none where a list goes on, and the notes at the end."""
        whole = Text()
        for block, goes_on in self.blocks:
            if block.length:
                whole.join(block, "\n" if goes_on else "\n\n")
            else:
                whole.marks += [Mark(whole.length, mark.of) for mark in block.marks]
        if self.notes:
            whole.join(joined(self.notes, "\n"), "\n\n")
        return whole


class Assembly:
    """A document under way. original: it is read as before its tracked changes, so deletions stand in it and
    insertions do not."""

    def __init__(self, *, original: bool) -> None:
        self._shown_kind = "deleted" if original else "inserted"
        self.title = ""
        self.lost = Losses()
        self.pictures = Pictures(self.lost)
        self._sections: list[_Section] = []
        self._before_all: list[Mark] = []
        self._notes = 0

    @property
    def has_headings(self) -> bool:
        """Whether a heading has been found yet."""
        return any(section.level for section in self._sections)

    def add_title(self, pieces: Sequence[Piece]) -> None:
        """A title paragraph; of a title in several lines each is one."""
        self._before_all += _at_beginning(pieces)
        self.title = f"{self.title} {shown_words(pieces)}".strip()

    def add_heading(self, number: str, level: int, pieces: Sequence[Piece], *, proposed: bool = False) -> None:
        """A heading begins a section. number: reckoned by the program; "" to find the one that was typed. One without
        words is none."""
        marks = _at_beginning(pieces)
        words = shown_words(pieces)
        typed, rest = number_and_words(words)
        if not number or typed == number:
            number, words = typed, rest
        if not words and not number:
            self._current().marks += marks
            return
        self._sections.append(_Section(number, level, words, proposed, marks=marks))

    def add_block(self, text: Text, *, goes_on: bool = False) -> None:
        """A paragraph, a table or an item of a list, under the last heading. goes_on: an item right under another."""
        if text.length or text.marks:
            self._current().blocks.append((text, goes_on))

    def next_note(self) -> str:
        """The number of the next footnote, counted through the whole document."""
        self._notes += 1
        return str(self._notes)

    def add_note(self, number: str, texts: Iterable[Text]) -> None:
        """What a footnote says; it stands at the end of its section."""
        note = Text()
        note.add(f"[^{number}]: ")
        note.join(joined(texts, "\n\n    "))
        self._current().notes.append(note)

    def lose(self, code: str, number: int = 1) -> None:
        """Something that cannot be carried."""
        if number:
            self.lost[code] += number

    def document(self, core_title: str, comments: dict[str, Said]) -> FoundDocument:
        """All of it. core_title: what the file's properties call it. comments: what each says, by its key, in the
        file's order; those that stand nowhere are given to the first section."""
        sections = [section for section in self._sections if section.heading or section.number or _has_words(section)]
        if not sections and (comments or self._before_all or any(s.marks or s.blocks for s in self._sections)):
            sections = self._sections[:1] or [_Section("", 0, "", False)]
        texts = [section.text() for section in sections]
        found = FoundDocument(
            self.title or core_title or next((section.heading for section in sections if section.heading), ""),
            [
                FoundSection(section.number, section.level, section.heading, str(text), section.proposed, _pages(text))
                for section, text in zip(sections, texts, strict=True)
            ],
        )
        places: list[tuple[int, Mark]] = [(0, Mark(0, mark.of)) for mark in self._before_all] if sections else []
        for index, (section, text) in enumerate(zip(sections, texts, strict=True)):
            places += [(index, Mark(0, mark.of)) for mark in section.marks]
            places += [(index, mark) for mark in sorted(text.marks, key=lambda mark: mark.at)]
        found.changes = _changes(places, self._shown_kind)
        found.comments = _comments(places, comments)
        found.lost = self.lost.marks()
        # Of what is not shown (taken out, or hidden) the text has none.
        whole = "\n".join(section.text for section in found.sections)
        found.pictures = [picture for name, picture in self.pictures.found.items() if name in whole]
        return found

    def _current(self) -> _Section:
        if not self._sections:
            self._sections.append(_Section("", 0, "", False))
        return self._sections[-1]


def _has_words(section: _Section) -> bool:
    return any(block.length for block, _goes_on in section.blocks)


def _at_beginning(pieces: Sequence[Piece]) -> list[Mark]:
    """The places in a heading: they all count as the beginning of its section."""
    return [Mark(0, mark.of) for mark in written(pieces).marks]


def _pages(text: Text) -> list[tuple[int, int]]:
    return [(mark.of.number, mark.at) for mark in text.marks if isinstance(mark.of, Page)]


def _changes(places: Sequence[tuple[int, Mark]], shown_kind: str) -> list[FoundChange]:
    """The tracked changes in the text's order, a deletion beside an insertion as one replacement, which stands where
    its half in the text does."""
    made: dict[int, FoundChange] = {}
    for section, mark in places:
        change = mark.of
        if not isinstance(change, Change) or id(change) in made or not change.words:
            continue
        words = _BLANKS.sub(" ", change.words.strip() or change.words)
        before, after = (words, "") if change.kind == "deleted" else ("", words)
        partner = made.get(id(change.partner)) if change.partner else None
        if partner is not None and partner.section == section:
            partner.kind = "replaced"
            partner.before, partner.after = partner.before or before, partner.after or after
            partner.start = mark.at if change.kind == shown_kind else partner.start
            made[id(change)] = partner
        else:
            made[id(change)] = FoundChange(section, mark.at, change.kind, before, after, change.author, change.at)
    return list({id(change): change for change in made.values()}.values())


def _comments(places: Sequence[tuple[int, Mark]], said: dict[str, Said]) -> list[FoundComment]:
    """The comments in the text's order; those at one place in the file's order, so that replies follow."""
    order = {key: place for place, key in enumerate(said)}
    standing: dict[str, tuple[int, int, int, Comment]] = {}
    for section, mark in places:
        comment = mark.of
        if isinstance(comment, Comment) and comment.key in said and comment.key not in standing:
            standing[comment.key] = (section, mark.at, order[comment.key], comment)
    for key, one in said.items():
        if key not in standing and one.reply_to in standing:
            section, start, _place, comment = standing[one.reply_to]
            standing[key] = (section, start, order[key], comment)
    for key in said:
        standing.setdefault(key, (0, 0, order[key], Comment(key)))
    keys = sorted(standing, key=lambda key: standing[key][:3])
    index = {key: place for place, key in enumerate(keys)}
    return [
        FoundComment(
            standing[key][0],
            standing[key][1],
            standing[key][3].words.strip() or standing[key][3].taken_out.strip(),
            said[key].author,
            said[key].at,
            said[key].text,
            index.get(said[key].reply_to),
        )
        for key in keys
    ]
