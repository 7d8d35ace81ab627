"""Two versions of a text as blocks of one paper, with what was added and removed marked in them: the same changes as
the page that compares shows, for both come of the same differences. Pure."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import chain, zip_longest
from typing import Final

from workflow.reports.papers.markdown import blocks_of
from workflow.reports.papers.marked_lines import Manner, figures_in, line_of_fate, marked_line
from workflow.reports.papers.model import Block, Heading, ItemList, Line, Paragraph, Quote, Table, Verbatim, Words, line
from workflow.reports.papers.sides import said_on
from workflow.rules.compared_paragraphs import Block as ComparedBlock
from workflow.rules.compared_words import Fate
from workflow.rules.compared_words import Words as ComparedWords
from workflow.rules.differences import SectionDifference

_NOTE: Final = re.compile(r"\[\^([^\]\n]+)\]:")
_CALL: Final = re.compile(r"\[\^([^\]\n]+)\]")
_ITEM: Final = re.compile(r"([ \t]*)(?:[-*+]|(\d+)[.)])[ \t]")
_LAST_BLANKS: Final = re.compile(r"\n([ \t]*)\Z")
_AROUND_CELLS: Final = (" ", " ")
_BEFORE, _AFTER = Fate.REMOVED, Fate.ADDED
_WITHOUT: Final = {_BEFORE: _AFTER, _AFTER: _BEFORE}
"""By a version's own fate the fate of what is not in it."""


def marked_section(section: SectionDifference, language: str) -> Iterator[Block]:
    """A section of two versions: its heading, and its paragraphs, lists and tables in the later one's order. language:
    what it is written in."""
    fate = section.fate if section.fate in (_BEFORE, _AFTER) else Fate.SAME
    level = max(section.level, 1)
    if section.heading:
        words = line_of_fate(line(section.title), fate) if fate is not Fate.SAME else _as_line(section.heading)
        remark = ", ".join(section.became)
        yield Heading(level, words, anchor=f"afsnit-{section.lineage_id}", fate=fate, remark=remark)
    yield from _marked_blocks(section.blocks, level, language)


def _marked_blocks(compared: Sequence[ComparedBlock], level: int, language: str) -> Iterator[Block]:
    """Marked paragraph by paragraph, as the page that compares shows it. Where that does not give either version as it
    is read whole (a list whose levels or numbers changed, a fence that was cut), marked block by block."""
    before, after = (blocks_of(_whole_text(compared, side), below=level) for side in (_BEFORE, _AFTER))
    made = tuple(_joined(_placed(compared, level, language)))
    is_right = said_on(made, _BEFORE) == said_on(before, _BEFORE) and said_on(made, _AFTER) == said_on(after, _AFTER)
    yield from made if is_right else _by_blocks(before, after, Manner(language))


def _whole_text(compared: Sequence[ComparedBlock], side: Fate) -> str:
    text = ""
    for block in compared:
        # A paragraph that was the last of its section has no line's end behind it.
        text += "" if not text or text.rstrip(" \t").endswith("\n") else "\n\n"
        text += _side(block, side)
    return text


def _by_blocks(before: Sequence[Block], after: Sequence[Block], manner: Manner) -> Iterator[Block]:
    # A block that says nothing has no form to be compared by.
    before = [block for block in before if said_on([block], _BEFORE)]
    after = [block for block in after if said_on([block], _AFTER)]
    old, new = said_on(before, _BEFORE), said_on(after, _AFTER)
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from after[new_from:new_to]
        else:
            yield from _both(before[old_from:old_to], after[new_from:new_to], manner)


def _as_line(runs: Iterable[ComparedWords]) -> Line:
    return tuple(Words(run.text, fate=run.fate, is_figure=run.is_figure) for run in runs)


# ── Paragraphs, and the notes they refer to ───────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class _Placed:
    """Blocks, and where they belong: as an item of a list, or under the item before. indent: of the item, in blanks;
    None where they stand in no list."""

    blocks: tuple[Block, ...]
    indent: int | None = None
    is_numbered: bool = False
    start: int = 1
    is_item: bool = False


def _placed(blocks: Sequence[ComparedBlock], level: int, language: str) -> Iterator[_Placed]:
    notes = {side: _notes(blocks, side) for side in (_BEFORE, _AFTER)}
    is_note = is_in_list = False
    for block, texts in _with_indents(blocks):
        shown = texts[_AFTER] or texts[_BEFORE]
        is_note = bool(_NOTE.match(shown)) or (is_note and shown.startswith("    "))
        if is_note or not shown.strip():
            continue
        item = _ITEM.match(shown)
        is_below = not item and is_in_list and shown.startswith("  ")
        is_in_list = bool(item) or is_below
        read = {
            side: blocks_of(
                f"{textwrap.dedent(text.expandtabs(4)).strip()}\n\n{_called(text, notes[side])}", below=level
            )
            for side, text in texts.items()
        }
        made = tuple(_of_fate(block, read, Manner(language, _spaces(texts))))
        if item:
            indent, number = len(item[1].expandtabs(4)), item[2]
            yield _Placed(made, indent, number is not None, int(number or 1), is_item=True)
        else:
            yield _Placed(made, len(shown) - len(shown.lstrip()) if is_below else None)


def _notes(blocks: Sequence[ComparedBlock], side: Fate) -> dict[str, str]:
    """The notes of a section by their labels."""
    texts = (_side(block, side) for block in blocks)
    return {label[1]: f"{text.rstrip()}\n" for text in texts if (label := _NOTE.match(text))}


def _called(text: str, notes: dict[str, str]) -> str:
    """Of the notes those that a text refers to."""
    return "".join(notes[label] for label in dict.fromkeys(_CALL.findall(text)) if label in notes)


def _with_indents(blocks: Sequence[ComparedBlock]) -> Iterator[tuple[ComparedBlock, dict[Fate, str]]]:
    """Each block with its text on either side. A paragraph was cut with the space behind it, so that the blanks its
    first line begins with stand at the end of the one before."""
    indents = {_BEFORE: "", _AFTER: ""}
    for block in blocks:
        texts = {}
        for side, indent in list(indents.items()):
            text = _side(block, side)
            texts[side] = f"{indent}{text}" if text else ""
            if text:
                line_end = _LAST_BLANKS.search(text)
                indents[side] = line_end[1] if line_end else ""
        yield block, texts


def _spaces(texts: dict[Fate, str]) -> tuple[str, str]:
    before, after = (text[len(text.rstrip()) :] for text in (texts[_BEFORE], texts[_AFTER]))
    return before, after


def _side(block: ComparedBlock, side: Fate) -> str:
    return "".join(run.text for run in block.runs if run.fate is not _WITHOUT[side])


def _of_fate(block: ComparedBlock, read: dict[Fate, tuple[Block, ...]], manner: Manner) -> Iterator[Block]:
    before, after = read[_BEFORE], read[_AFTER]
    if block.fate is Fate.SAME:
        # A note may have changed though the words that lead to it have not.
        yield from after if before == after else _both(before, after, manner)
    elif block.fate is _BEFORE:
        yield from (_whole(each, _BEFORE, figures_in(block.runs)) for each in before)
    elif block.fate is _AFTER:
        yield from (_whole(each, _AFTER, figures_in(block.runs)) for each in after)
    elif block.is_table:
        yield _table(block, before, after, manner)
    else:
        yield from _both(before, after, manner)


# ── Two readings as one ───────────────────────────────────────────────────────────────────────────────────────
def _both(before: Sequence[Block], after: Sequence[Block], manner: Manner) -> Iterator[Block]:
    if len(before) == len(after) and all(type(one) is type(other) for one, other in zip(before, after, strict=True)):
        for one, other in zip(before, after, strict=True):
            yield from _merged(one, other, manner)
        return
    yield from (_whole(block, _BEFORE) for block in before)
    yield from (_whole(block, _AFTER) for block in after)


def _merged(one: Block, other: Block, manner: Manner) -> Iterator[Block]:
    match one, other:
        case Paragraph(), Paragraph():
            yield replace(other, words=marked_line(one.words, other.words, manner))
        case Heading(), Heading() if one.level == other.level:
            yield replace(other, words=marked_line(one.words, other.words, manner))
        case Quote(), Quote():
            yield Quote(tuple(_both(one.blocks, other.blocks, manner)))
        case ItemList(), ItemList() if _counts_alike(one, other):
            items = zip(one.items, other.items, strict=True)
            yield replace(other, items=tuple(tuple(_both(left, right, manner)) for left, right in items))
        case _ if one == other:
            yield other
        case _:
            yield _whole(one, _BEFORE)
            yield _whole(other, _AFTER)


def _counts_alike(one: ItemList, other: ItemList) -> bool:
    is_alike = (len(one.items), one.is_numbered) == (len(other.items), other.is_numbered)
    return is_alike and (one.start == other.start or not one.is_numbered)


def _whole(block: Block, fate: Fate, figures: frozenset[str] = frozenset()) -> Block:
    """A block all of which was added, or removed. figures: the numbers in it that are marked."""
    match block:
        case Paragraph() | Heading():
            return replace(block, words=line_of_fate(block.words, fate, figures), fate=fate)
        case Quote():
            return Quote(tuple(_whole(each, fate, figures) for each in block.blocks))
        case ItemList():
            return replace(
                block, items=tuple(tuple(_whole(each, fate, figures) for each in item) for item in block.items)
            )
        case Table():
            rows = [tuple(line_of_fate(cell, fate, figures) for cell in row) for row in (block.head, *block.rows)]
            return replace(block, head=rows[0], rows=tuple(rows[1:]), fates=(fate,) * len(rows))
        case Verbatim():
            return replace(block, fate=fate)
        case _:
            return block


def _table(block: ComparedBlock, before: Sequence[Block], after: Sequence[Block], manner: Manner) -> Block:
    """A table in both versions: its rows as they were paired, its cells word by word. The second line of either, which
    says how the columns stand, is no row."""
    rows_of = {_BEFORE: _rows_of(before), _AFTER: _rows_of(after)}
    lines_read = {_BEFORE: 0, _AFTER: 0}
    rows: list[tuple[Line, ...]] = []
    fates: list[Fate] = []
    for runs in block.lines:
        found: dict[Fate, tuple[Line, ...] | None] = {}
        for side, other in _WITHOUT.items():
            has_line = any(run.fate is not other for run in runs)
            lines_read[side] += has_line
            found[side] = next(rows_of[side], None) if has_line and lines_read[side] != 2 else None
        one, other_row = found[_BEFORE], found[_AFTER]
        if one is not None and other_row is not None:
            cells = zip_longest(one, other_row, fillvalue=())
            rows.append(tuple(marked_line(left, right, replace(manner, spaces=_AROUND_CELLS)) for left, right in cells))
            fates.append(Fate.SAME)
        elif one is not None or other_row is not None:
            fate = _BEFORE if other_row is None else _AFTER
            rows.append(tuple(line_of_fate(cell, fate, figures_in(runs)) for cell in one or other_row or ()))
            fates.append(fate)
    width = max((len(row) for row in rows), default=0)
    rows = [(*row, *((),) * (width - len(row))) for row in rows] or [()]
    numeric = after[0].numeric if after and isinstance(after[0], Table) else frozenset[int]()
    has_fates = any(fate is not Fate.SAME for fate in fates)
    return Table(rows[0], tuple(rows[1:]), numeric=numeric, fates=tuple(fates) if has_fates else ())


def _rows_of(blocks: Sequence[Block]) -> Iterator[tuple[Line, ...]]:
    tables = [block for block in blocks if isinstance(block, Table)]
    return chain.from_iterable((table.head, *table.rows) for table in tables)


# ── Items one below the other are one list ────────────────────────────────────────────────────────────────────
def _joined(placed: Iterable[_Placed]) -> Iterator[Block]:
    waiting: list[_Placed] = []
    for each in placed:
        if each.indent is not None:
            waiting.append(each)
            continue
        yield from _lists(waiting)
        waiting = []
        yield from each.blocks
    yield from _lists(waiting)


def _lists(placed: Sequence[_Placed]) -> Iterator[Block]:
    """Items as lists: what is indented below an item belongs to it; where the sign changes another list begins."""
    at = 0
    while at < len(placed):
        first = placed[at]
        items: list[tuple[Block, ...]] = []
        while at < len(placed) and (not items or placed[at].is_numbered == first.is_numbered):
            end = at + 1
            while end < len(placed) and _is_below(placed[end], first):
                end += 1
            items.append((*_content(placed[at]), *_below(placed[at + 1 : end])))
            at = end
        yield ItemList(tuple(items), is_numbered=first.is_numbered, start=first.start)


def _is_below(each: _Placed, item: _Placed) -> bool:
    return not each.is_item or (each.indent or 0) > (item.indent or 0) + 1


def _below(placed: Sequence[_Placed]) -> Iterator[Block]:
    paragraphs = [each for each in placed if not each.is_item]
    if len(paragraphs) == len(placed):
        yield from chain.from_iterable(each.blocks for each in paragraphs)
        return
    begins = next(place for place, each in enumerate(placed) if each.is_item)
    yield from chain.from_iterable(each.blocks for each in placed[:begins])
    yield from _lists(placed[begins:])


def _content(placed: _Placed) -> Iterator[Block]:
    """What stands in an item, which was read as a list of one; or of two, where one was removed and one added."""
    for block in placed.blocks:
        if isinstance(block, ItemList):
            yield from chain.from_iterable(block.items)
        else:
            yield block
