"""A paper as HTML, for the writer of PDF: its blocks in the elements that become the tags of the PDF."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC

from django.template.loader import render_to_string
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from workflow.dates import in_language
from workflow.reports.papers.illustrations import shown_size
from workflow.reports.papers.model import (
    DEEPEST,
    Block,
    Facts,
    Footnote,
    Gap,
    Heading,
    Inline,
    ItemList,
    Line,
    LineBreak,
    PageBreak,
    Paper,
    Paragraph,
    Picture,
    PictureFile,
    Quote,
    Signature,
    Table,
    Verbatim,
    Words,
)
from workflow.rules.compared_words import Fate


def as_html(paper: Paper) -> str:
    """The whole paper as one page of HTML; its style is added by the writer.

    Notes stand at the end: at the foot of pages the typesetter loses some when it lays a page out once more, as it does
    for the page numbers of the contents.
    """
    writing = _Writing({picture.name: picture for picture in paper.pictures})
    with in_language(paper.language):
        context = {
            "paper": paper,
            "is_letter": bool(paper.recipient),
            "made_at": f"{paper.made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "body": writing.blocks(paper.blocks),
            "notes": writing.notes,
            "contents": [heading for heading in paper.headings if heading.anchor] if paper.has_contents else [],
        }
        return render_to_string("reports/paper.html", context)


def blocks_as_html(blocks: Iterable[Block]) -> SafeString:
    """Blocks as they are put into a page or copied into another system; their notes stand behind them."""
    writing = _Writing({})
    body = writing.blocks(blocks)
    notes = "".join(f"<p>{number}. {note}</p>" for number, note in enumerate(writing.notes, start=1))
    return mark_safe(f"{body}{notes}")  # noqa: S308 - each part was escaped where it was made


class _Writing:
    """Writes blocks; `notes` holds the words of the notes referred to so far. Each part is escaped where it is made
    (`escape`, `format_html`); joined they are safe."""

    def __init__(self, pictures: Mapping[str, PictureFile]) -> None:
        self._pictures = pictures
        self.notes: list[SafeString] = []

    def blocks(self, blocks: Iterable[Block]) -> SafeString:
        """Blocks one below the other."""
        return mark_safe("\n".join(self._block(block) for block in blocks))  # noqa: S308

    def _block(self, block: Block) -> str:
        match block:
            case Heading():
                return self._heading(block)
            case Paragraph():
                return f"<p{_fate(block.fate)}>{self._line(block.words)}</p>"
            case Gap():
                return format_html('<p class="gap">[{}]</p>', block.text)
            case ItemList():
                items = "".join(f"<li>{self.blocks(item)}</li>" for item in block.items)
                return f'<ol start="{block.start}">{items}</ol>' if block.is_numbered else f"<ul>{items}</ul>"
            case Table():
                return self._table(block)
            case Facts():
                rows = "".join(
                    f'<tr><th scope="row">{escape(name)}</th><td>{_lines(words)}</td></tr>'
                    for name, words in block.rows
                )
                return f'<table class="facts"><tbody>{rows}</tbody></table>'
            case Quote():
                return f"<blockquote>{self.blocks(block.blocks)}</blockquote>"
            case Verbatim():
                return f"<pre{_fate(block.fate)}>{_in_fate(escape(block.text), block.fate)}</pre>"
            case PageBreak():
                return '<div class="page-break"></div>'
            case Signature():
                lines = "<br>".join(escape(line) for line in block.lines)
                return f'<div class="signature"><p>{escape(block.greeting)}</p><p>{lines}</p></div>'

    def _heading(self, heading: Heading) -> str:
        # The title is the first level.
        tag = f"h{min(heading.level + 1, DEEPEST)}"
        anchor = format_html(' id="{}"', heading.anchor) if heading.anchor else ""
        number = format_html('<span class="number">{}</span> ', heading.number) if heading.number else ""
        remark = format_html(' <span class="remark">({})</span>', heading.remark) if heading.remark else ""
        return f"<{tag}{anchor}>{number}{self._line(heading.words)}{remark}</{tag}>"

    def _table(self, table: Table) -> str:
        def cell(tag: str, place: int, words: Line) -> str:
            opening = f'{tag} scope="col"' if tag == "th" else tag
            numeric = ' class="numeric"' if place in table.numeric else ""
            return f"<{opening}{numeric}>{self._line(words)}</{tag}>"

        caption = format_html("<caption>{}</caption>", table.caption) if table.caption else ""
        head = "".join(cell("th", place, words) for place, words in enumerate(table.head))
        rows = "".join(
            f"<tr{_fate(table.fate_of(number))}>"
            + "".join(cell("td", place, words) for place, words in enumerate(row))
            + "</tr>"
            for number, row in enumerate(table.rows, start=1)
        )
        wide = " wide" if len(table.head) > 4 else ""
        return f'<table class="rows{wide}">{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'

    def _line(self, words: Line) -> str:
        return "".join(self._inline(inline) for inline in words)

    def _inline(self, inline: Inline) -> str:
        match inline:
            case LineBreak():
                return "<br>"
            case Footnote():
                self.notes.append(mark_safe(self._line(inline.words)))  # noqa: S308
                number = len(self.notes)
                return _in_fate(f'<sup><a href="#note-{number}">{number}</a></sup>', inline.fate)
            case Picture():
                return self._picture(inline)
            case Words():
                return _words(inline)

    def _picture(self, picture: Picture) -> str:
        file = self._pictures.get(picture.name)
        if file is None:
            return _in_fate(escape(picture.words), picture.fate)
        width, _height = shown_size(file)
        # A line through it, or under it, is not seen on a picture.
        said = {Fate.ADDED: gettext("Picture put in:"), Fate.REMOVED: gettext("Picture taken out:")}.get(picture.fate)
        # PDF/UA asks for words; one that has none is said to be a picture.
        html = format_html(
            '<img src="paper:picture-{}" alt="{}" style="width: {}px">',
            picture.name,
            picture.described or gettext("Picture that nobody has described"),
            width,
        )
        return _in_fate(f"{escape(said)} {html}" if said else html, picture.fate)


def _words(words: Words) -> str:
    html = str(escape(words.text))
    for is_so, tag in (
        (words.is_code, "code"),
        (words.is_emphasised, "em"),
        (words.is_strong, "strong"),
        (words.is_struck, "s"),
    ):
        html = f"<{tag}>{html}</{tag}>" if is_so else html
    if words.is_figure:
        html = f'<b class="figure">{html}</b>'
    if words.href:
        html = format_html('<a href="{}">{}</a>', words.href, mark_safe(html))  # noqa: S308
    return _in_fate(html, words.fate)


_TAGS = {Fate.ADDED: "ins", Fate.REMOVED: "del"}


def _in_fate(html: str, fate: Fate) -> str:
    tag = _TAGS.get(fate)
    return f"<{tag}>{html}</{tag}>" if tag else html


def _fate(fate: Fate) -> str:
    return f' class="{fate}"' if fate in _TAGS else ""


def _lines(text: str) -> str:
    return "<br>".join(escape(line) for line in text.split("\n"))
