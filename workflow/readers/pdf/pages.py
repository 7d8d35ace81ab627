"""The pages of a PDF as stretches of words, each with the box it stands in and how it looks."""

from __future__ import annotations

import ctypes
import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import pypdfium2
from pypdfium2 import raw

from workflow.readers.document import Unreadable

MOST_PAGES: Final = 3000
"""Pages that are read; what lies behind them is named."""

_HYPHEN: Final = "\ufffe"
"""What pdfium makes of a hyphen at a line's end; it stands between the two lines."""

_MOST_BOOKMARKS: Final = 5000
_FEWEST_LETTERS: Final = 20  # a page with a picture and fewer of them is a scan
_WIDE: Final = 1.6  # times the size of the letters: a gap between two cells or columns
_BOLD: Final = re.compile(rb"bold|black|heavy|semibold|demi", re.IGNORECASE)
_BOLD_WEIGHT: Final = 600
_LINE_END: Final = re.compile(rf"\r\n|\n|\r|(?<={_HYPHEN})")


@dataclass(slots=True)
class Stretch:
    """Words side by side in one line. The box is as one reads: x to the right, y upwards, whatever way the page was
    turned; in points. is_row: it is made of several with wide gaps between them, as a row of a table is."""

    words: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    is_bold: bool
    is_row: bool = False


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of the list of contents that a program shows beside the pages. level: 1 for the uppermost."""

    words: str
    level: int
    page: int


@dataclass(slots=True)
class Pages:
    """An opened PDF. Raises `Unreadable`."""

    content: bytes
    count: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    _document: pypdfium2.PdfDocument = field(init=False)

    def __post_init__(self) -> None:
        try:
            self._document = pypdfium2.PdfDocument(self.content)
        except pypdfium2.PdfiumError as error:
            is_locked = error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
            raise Unreadable("locked" if is_locked else "damaged") from error
        self.count = len(self._document)
        self.lost["pages_over"] = max(self.count - MOST_PAGES, 0)
        if not self.count:
            raise Unreadable

    @property
    def title(self) -> str:
        """What the file's properties call it, unless that is the name of the file it was printed from."""
        title = " ".join(self._document.get_metadata_value("Title").split())
        is_file_name = re.search(
            r"^Microsoft (?:Word|PowerPoint) - |\.(?:docx?|odt|pdf|rtf|indd)$|^untitled", title, re.I
        )
        return "" if is_file_name else title

    def bookmarks(self) -> Iterator[Bookmark]:
        """The entries in their order, as many as any text has."""
        for count, entry in enumerate(self._document.get_toc(max_depth=6)):
            target = entry.get_dest()
            page = target.get_index() if target is not None else None
            if count >= _MOST_BOOKMARKS:
                return
            if page is not None:
                yield Bookmark(" ".join(entry.get_title().split()), entry.level + 1, page + 1)

    def stretches(self) -> Iterator[tuple[int, list[Stretch]]]:
        """Each page's number from 1 and its words, in the order in which the file has them."""
        for index in range(min(self.count, MOST_PAGES)):
            try:
                page = self._document[index]
            except pypdfium2.PdfiumError:
                self.lost["damaged_pages"] += 1
                continue
            text_page = page.get_textpage()
            found = _turned(list(_of_page(text_page)))
            pictures = sum(1 for _each in page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,), max_depth=3))
            letters = sum(sign.isalpha() for stretch, _angle in found for sign in stretch.words)
            if pictures and letters < _FEWEST_LETTERS:
                self.lost["scanned_pages"] += 1
            else:
                self.lost["pictures"] += pictures
            text_page.close()
            page.close()
            yield index + 1, [stretch for stretch, _angle in found]


def _of_page(text_page: pypdfium2.PdfTextPage) -> Iterator[tuple[Stretch, float]]:
    """The stretches of a page, with the angle at which each is written, in radians."""
    text = text_page.get_text_range()
    place = 0
    for match in [*_LINE_END.finditer(text), None]:
        end = match.start() if match is not None else len(text)
        line = text[place:end]
        first = raw.FPDFText_GetCharIndexFromTextIndex(text_page, place)
        place = match.end() if match is not None else end
        if line.strip() and first >= 0:
            lead = len(line) - len(line.lstrip())
            yield from _of_line(text_page, line.strip(), first + lead)


def _of_line(text_page: pypdfium2.PdfTextPage, line: str, first: int) -> Iterator[tuple[Stretch, float]]:
    size = raw.FPDFText_GetFontSize(text_page, first) or 1.0
    angle = raw.FPDFText_GetCharAngle(text_page, first)
    boxes = [text_page.get_rect(each) for each in range(raw.FPDFText_CountRects(text_page, first, len(line)))]
    if not boxes:
        return
    tall = max(box[3] - box[1] for box in boxes)
    size = tall if size <= 1.5 else size  # the size is in the matrix then
    is_even = _quarter(angle) == 0
    is_torn = is_even and any(after[0] - box[2] > _WIDE * size for box, after in itertools.pairwise(boxes))
    parts = list(_torn(text_page, line, first, _WIDE * size)) if is_torn else [(line, first, _around(boxes))]
    for words, start, (left, bottom, right, top) in parts:
        bold = _is_bold(text_page, start) and _is_bold(text_page, start + len(words) - 1 - words.endswith(_HYPHEN))
        own_size = size if start == first else raw.FPDFText_GetFontSize(text_page, start)
        yield Stretch(words, left, bottom, right, top, own_size if own_size > 1.5 else size, bold), angle


def _torn(text_page: pypdfium2.PdfTextPage, line: str, first: int, wide: float) -> Iterator[tuple[str, int, _Box]]:
    """The parts of a line between its wide gaps, sign by sign."""
    start, boxes, last = 0, list[_Box](), 0.0
    for place, sign in enumerate(line):
        if sign == " ":
            continue
        box = text_page.get_charbox(first + place)
        if boxes and box[0] - last > wide:
            yield line[start:place].strip(), first + start, _around(boxes)
            start, boxes = place, []
        boxes.append(box)
        last = box[2]
    if boxes:
        yield line[start:].strip(), first + start, _around(boxes)


_Box = tuple[float, float, float, float]


def _around(boxes: list[_Box]) -> _Box:
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _is_bold(text_page: pypdfium2.PdfTextPage, place: int) -> bool:
    if raw.FPDFText_GetFontWeight(text_page, place) >= _BOLD_WEIGHT:
        return True
    name = ctypes.create_string_buffer(128)
    raw.FPDFText_GetFontInfo(text_page, place, name, 128, None)
    return _BOLD.search(name.value) is not None


def _quarter(angle: float) -> int:
    """How many quarters of a turn; pdfium counts angles clockwise."""
    return round(angle / (math.pi / 2)) % 4 if angle >= 0 else 0


def _turned(found: list[tuple[Stretch, float]]) -> list[tuple[Stretch, float]]:
    """The page turned so that most of its words are read from left to right; the others, such as a word along the
    margin, are left out of the order by standing where they stand."""
    quarters = Counter(_quarter(angle) for _stretch, angle in found)
    quarter = quarters.most_common(1)[0][0] if quarters else 0
    if quarter:
        for stretch, _angle in found:
            left, bottom, right, top = stretch.left, stretch.bottom, stretch.right, stretch.top
            turned = {
                1: (-top, left, -bottom, right),
                2: (-right, -top, -left, -bottom),
                3: (bottom, -right, top, -left),
            }[quarter]
            stretch.left, stretch.bottom, stretch.right, stretch.top = turned
    return found
