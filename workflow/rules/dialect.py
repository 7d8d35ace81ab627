"""The Markdown that texts are written in: one dialect for pages, mails, papers and what is read from Word files."""

from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.footnote import footnote_plugin

LINE_IN_CELL: Final = "<br>"
"""Between the lines of a table's cell, which has one line of Markdown only; the one sign of HTML that is read."""


def _line_in_cell(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith(LINE_IN_CELL, state.pos):
        return False
    if not silent:
        state.push("hardbreak", "br", 0)
    state.pos += len(LINE_IN_CELL)
    return True


_BARE: Final = MarkdownIt("commonmark", {"html": False, "breaks": True})

MARKDOWN: Final = _BARE.enable(["table", "strikethrough"]).use(footnote_plugin, inline=False)
"""With tables, footnotes and words struck through, and a line break where one is typed; no HTML."""

MARKDOWN.inline.ruler.before("autolink", "line_in_cell", _line_in_cell)
