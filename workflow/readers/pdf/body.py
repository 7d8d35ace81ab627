"""The text of a PDF from beginning to end: heads and feet of pages left out, headings proposed."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from workflow.readers.assembling import Assembly, number_and_words
from workflow.readers.document import FoundDocument
from workflow.readers.headings import level_of_look, may_be_heading
from workflow.readers.lists import Lists
from workflow.readers.pdf.layout import in_order
from workflow.readers.pdf.pages import MOST_PAGES, Pages, Stretch
from workflow.readers.pdf.paragraphs import BULLETS, Paragraph, paragraphs_of, with_line
from workflow.readers.pieces import Page, Run, plain
from workflow.readers.writing import Text, written

_EDGE_LINES: Final = 3  # at the top and at the bottom of a page, where heads and feet stand
_FEWEST_PAGES: Final = 3  # on which a line repeats before it is a head or a foot
_MOST_LINES: Final = 3  # of a heading
_LARGER: Final = 1.12  # times the size of the text: a heading
_DEEPEST: Final = 3  # levels known by look

_Column = tuple[int, list[Stretch]]


class Body:
    """One document being read."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.assembly = Assembly(original=False)
        self.lists = Lists()
        self._page = 0

    def read(self) -> FoundDocument:
        """The whole document."""
        columns = [(page, lines) for page, found in self.pages.stretches() for lines in in_order(found)]
        columns = self._without_heads(columns)
        title = plain(self.pages.title)
        sizes = Counter[float]()
        bold = Counter[bool]()
        for _page, lines in columns:
            for line in lines:
                sizes[round(line.size, 1)] += len(line.words)
                bold[line.is_bold] += len(line.words)
        body_size = sizes.most_common(1)[0][0] if sizes else 0.0
        paragraphs = paragraphs_of(columns, body_size)
        levels = self._levels(paragraphs, body_size, is_bold=bold[True] > bold[False])
        for place, paragraph in enumerate(paragraphs):
            self._paragraph(paragraph, levels.get(place, 0), title)
        for kind, count in self.pages.lost.items():
            self.assembly.lose(kind, count)
        found = self.assembly.document(title, {})
        found.page_count = min(self.pages.count, MOST_PAGES)
        return found

    def _paragraph(self, paragraph: Paragraph, level: int, title: str) -> None:
        words = paragraph.words
        if title and not self.assembly.has_headings and _key(words) == _key(title):
            self.assembly.add_title([Run(title)])
            return
        if level:
            self.lists.end()
            self.assembly.add_heading("", level, [Run(words)], proposed=True)
            self._begin_page(paragraph.page)
            return
        bullet = BULLETS.match(words)
        text = self._text(paragraph, len(bullet[0]) if bullet else 0)
        if bullet:
            item, goes_on = self.lists.item(text, "•", 0)
            self.assembly.add_block(item, goes_on=goes_on)
        else:
            self.lists.end()
            self.assembly.add_block(text)

    def _text(self, paragraph: Paragraph, skipped: int) -> Text:
        """A paragraph in Markdown, with the places where a page begins. skipped: signs at the beginning, a bullet's."""
        text = Text()
        before = ""
        for page, words in paragraph.parts:
            words = words[skipped:]
            skipped = 0
            if before:
                # A word may be divided at the foot of a page too.
                whole = with_line(before, words)
                kept = len(before) - 1 if not whole.startswith(before) else len(before)
                marks, text = text.marks, written([Run(whole[:kept])])
                text.marks = marks
                between = " " if whole[kept : kept + 1] == " " else ""
                text.add(between)
                self._mark_page(text, page)
                text.join(written([Run(whole[kept:])]))
                before = whole
            else:
                self._mark_page(text, page)
                text.join(written([Run(words)]))
                before = words
        return text

    def _mark_page(self, text: Text, page: int) -> None:
        if page != self._page:
            self._page = page
            text.mark(Page(page))

    def _begin_page(self, page: int) -> None:
        """A heading that is the first of its page: the page begins with its section."""
        text = Text()
        self._mark_page(text, page)
        self.assembly.add_block(text)

    # ── Heads and feet ────────────────────────────────────────────────────────────────────────────────────────
    def _without_heads(self, columns: Sequence[_Column]) -> list[_Column]:
        """The lines without those at the edges of pages that most pages repeat, but for their numbers."""
        by_page: dict[int, list[Stretch]] = {}
        for page, lines in columns:
            by_page.setdefault(page, []).extend(lines)
        edges = {page: _edges(lines) for page, lines in by_page.items()}
        repeated = Counter(key for lines in edges.values() for key in {_pattern(line.words) for line in lines})
        fewest = max(_FEWEST_PAGES, 0.4 * len(by_page))
        heads = {key for key, count in repeated.items() if count >= fewest}
        left_out = {id(line) for lines in edges.values() for line in lines if _pattern(line.words) in heads}
        # A number alone at the foot is the page's own, on however few pages.
        left_out |= {
            id(line)
            for page, lines in edges.items()
            for line in lines
            if len(by_page[page]) > 1 and _is_page_number(line, by_page[page], page)
        }
        heads = {_pattern(line.words) for lines in edges.values() for line in lines if id(line) in left_out}
        self.assembly.lose("page_heads", sum(any(sign.isalpha() for sign in key) for key in heads))
        return [(page, [line for line in lines if id(line) not in left_out]) for page, lines in columns]

    # ── Headings ──────────────────────────────────────────────────────────────────────────────────────────────
    def _levels(self, paragraphs: Sequence[Paragraph], body_size: float, *, is_bold: bool) -> dict[int, int]:
        """The level of each paragraph that is proposed as a heading, by its place: by the bookmarks, where they are
        found in the text, otherwise by look. is_bold: the text itself is."""
        marked = self._marked(paragraphs)
        if marked:
            return marked
        found = {
            place: paragraph
            for place, paragraph in enumerate(paragraphs)
            if paragraph.lines <= _MOST_LINES
            and not paragraph.is_row
            and may_be_heading(paragraph.words)
            and not BULLETS.match(paragraph.words)
            and sum(sign.isalpha() for sign in paragraph.words) > 1
            and (
                paragraph.size >= _LARGER * body_size
                or (paragraph.is_bold and not is_bold and paragraph.size >= body_size - 0.6)
            )
        }
        looks = Counter((round(one.size, 1), one.is_bold) for one in found.values())
        first = next(iter(found.values()), None)
        if first is not None and len(looks) > 1 and looks[round(first.size, 1), first.is_bold] == 1:
            # The title, which stands above all levels.
            del looks[round(first.size, 1), first.is_bold]
        ranks = {look: min(rank, _DEEPEST) for rank, look in enumerate(sorted(looks, reverse=True), 1)}
        levels = {}
        for place, one in found.items():
            numbered = re.match(r"\d", number_and_words(one.words)[0]) is not None
            rank = ranks.get((round(one.size, 1), one.is_bold), 1)
            levels[place] = level_of_look("", one.words) if numbered else rank
        return levels

    def _marked(self, paragraphs: Sequence[Paragraph]) -> dict[int, int]:
        """The paragraphs that bookmarks lead to, with the bookmarks' levels; none when most lead elsewhere."""
        bookmarks = list(self.pages.bookmarks())
        places: dict[tuple[int, str], int] = {}
        for place, paragraph in enumerate(paragraphs):
            words = paragraph.words
            if len(words) <= 300:
                places.setdefault((paragraph.page, _key(number_and_words(words)[1])), place)
                places.setdefault((paragraph.page, _key(words)), place)
        marked = {}
        for bookmark in bookmarks:
            key = _key(plain(bookmark.words))
            without_number = _key(number_and_words(plain(bookmark.words))[1])
            found = places.get((bookmark.page, key), places.get((bookmark.page, without_number)))
            if found is not None:
                marked[found] = bookmark.level
        return marked if 2 * len(marked) > len(bookmarks) else {}


def _edges(lines: Sequence[Stretch]) -> list[Stretch]:
    """The uppermost and the lowest lines of a page, up to the gap between them and the text."""
    down = sorted(lines, key=lambda line: -line.top)
    return [*_up_to_gap(down), *_up_to_gap(down[::-1])]


def _up_to_gap(lines: Sequence[Stretch]) -> Sequence[Stretch]:
    for count, (one, other) in enumerate(itertools.pairwise(lines[: _EDGE_LINES + 1]), 1):
        if max(one.bottom - other.top, other.bottom - one.top) > one.size:
            return lines[:count]
    return lines if len(lines) == 1 else ()


def _pattern(words: str) -> str:
    """A head or foot whatever page it stands on."""
    return re.sub(r"\d+", "#", " ".join(words.split()))


def _is_page_number(line: Stretch, lines: Sequence[Stretch], page: int) -> bool:
    is_at_edge = line.bottom <= min(each.bottom for each in lines) or line.top >= max(each.top for each in lines)
    of_pages = rf"(?:Side|Page|S\.)?\s*{page}(?:\s*(?:af|of|/)\s*\d+)?"
    return is_at_edge and re.fullmatch(rf"[-–(]?\s*(?:{of_pages}|[ivxl]+)\s*[-–)]?", line.words.strip()) is not None


def _key(words: str) -> str:
    return re.sub(r"[\W_]+", " ", words).strip().casefold()
