"""What is written as Markdown is shown as it was read: escaping, emphasis, links, places."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it.token import Token

from workflow.readers.lists import Lists
from workflow.readers.pieces import Look, Run, plain
from workflow.readers.tables import Cell, written_table
from workflow.readers.writing import Text, written
from workflow.rules.dialect import MARKDOWN

pytestmark = pytest.mark.sqlite

signs = st.sampled_from([*"ab 1.)(#*_`~[]<>!&;|\\-+=:x\n,é§", "  ", "&amp;", "1. ", "- ", "](", "<br>", "--"])
words = st.lists(signs, max_size=8).map("".join).map(plain)
looks = st.builds(
    Look, st.booleans(), st.booleans(), st.booleans(), st.sampled_from(["", "", "", "https://a.example/"])
)


def shown(markdown: str) -> str:
    """The words a reader of the page sees."""
    tokens = MARKDOWN.parse(markdown)
    assert [token.type for token in tokens] in (["paragraph_open", "inline", "paragraph_close"], []), markdown
    parts = [
        "\n" if child.type in ("hardbreak", "softbreak") else child.content
        for token in tokens
        for child in token.children or ()
        if child.type != "softbreak" or pytest.fail("a line break is shown as a blank")
    ]
    return "".join(parts)


def squeezed(text: str) -> str:
    return re.sub(r" *\n *", "\n", re.sub(r" +", " ", text)).strip()


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(words, looks), max_size=5))
def test_write_any_runs_a_reader_sees_the_words_that_were_written(runs: list[tuple[str, Look]]) -> None:
    text = written([Run(one, look) for one, look in runs])

    assert squeezed(shown(str(text))) == squeezed("".join(one for one, _look in runs))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(words, min_size=2, max_size=2), min_size=1, max_size=3))
def test_write_any_table_a_reader_sees_its_words_in_their_cells(rows: list[list[str]]) -> None:
    cells = [[Cell(written([Run(one)], in_cell=True)) for one in row] for row in rows]

    tokens = MARKDOWN.parse(str(written_table(cells)))

    seen = [
        "".join("\n" if child.type == "hardbreak" else child.content for child in token.children or ())
        for token in tokens
        if token.type == "inline"
    ]
    kept = [row for row in rows if any(squeezed(one) for one in row)]
    assert [squeezed(one) for one in seen] == [squeezed(one) for row in kept for one in row]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(words, st.integers(0, 2), st.sampled_from(["1.", "2.", "a)", "•"])), min_size=1, max_size=5))
def test_write_any_list_a_reader_sees_its_words_with_the_numbers_they_have(items: list[tuple[str, int, str]]) -> None:
    items = [(f"x{one}", depth, number) for one, depth, number in items]
    lists, whole = Lists(), Text()
    for one, depth, number in items:
        item, goes_on = lists.item(written([Run(one)]), number, depth)
        whole.join(item, "\n" if goes_on else "\n\n")

    tokens = MARKDOWN.parse(str(whole))

    seen = [
        "".join("\n" if child.type == "hardbreak" else child.content for child in token.children or ())
        for token in tokens
        if token.type == "inline"
    ]
    assert [squeezed(one) for one in seen] == [
        squeezed(f"a) {one}" if number == "a)" else one) for one, _depth, number in items
    ]
    numbered = [number for _one, _depth, number in items if number[0] in "12"]
    assert shown_numbers(tokens) == numbered


def shown_numbers(tokens: list[Token]) -> list[str]:
    """The numbers a reader sees before items, counted as a browser counts."""
    counts: list[int | None] = []
    shown_before: list[str] = []
    for token in tokens:
        if token.type == "ordered_list_open":
            counts.append(int(token.attrGet("start") or 1))
        elif token.type == "bullet_list_open":
            counts.append(None)
        elif token.type.endswith("list_close"):
            counts.pop()
        elif token.type == "list_item_open" and counts[-1] is not None:
            shown_before.append(f"{counts[-1]}.")
            counts[-1] += 1
    return shown_before
