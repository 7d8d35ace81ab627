"""The words of a page in the order in which they are read: column by column, line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from workflow.readers.pdf.pages import Stretch

_FEWEST_LINES: Final = 4  # of a column
_STEP: Final = 3  # points
_FILLED: Final = 0.4  # part of a column's width that its lines fill at the least; cells of a table fill less
_SAME_LINE: Final = 0.5  # part of the lower one's height by which two stretches of a line overlap
_RAISED: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def in_order(stretches: Sequence[Stretch]) -> list[list[Stretch]]:
    """The lines of a page in the order in which they are read, by columns: a list for each column or band."""
    gutter = _gutter(stretches)
    if gutter is None:
        return [_lines(stretches)] if stretches else []
    across = [each for each in stretches if each.left < gutter - 1 and each.right > gutter + 1]
    rest = [each for each in stretches if each.right <= gutter + 1 or each.left >= gutter - 1]
    ordered: list[list[Stretch]] = []
    lines_across: list[Stretch] = []
    for line in _lines(across):
        band = [each for each in rest if each.bottom >= line.bottom]
        rest = [each for each in rest if each.bottom < line.bottom]
        if band:
            ordered += [lines_across] if lines_across else []
            ordered += _by_columns(band, gutter)
            lines_across = []
        lines_across.append(line)
    ordered += [lines_across] if lines_across else []
    return [*ordered, *_by_columns(rest, gutter)]


def _by_columns(band: Sequence[Stretch], gutter: float) -> list[list[Stretch]]:
    """The left column, then the right one. What stands at the left below both, after a gap, comes last: it belongs to
    what follows them."""
    left = sorted((each for each in band if each.right <= gutter + 1), key=lambda each: -each.top)
    right = [each for each in band if each.right > gutter + 1]
    lowest = min((each.bottom for each in right), default=0.0)
    tail = len(left)
    for place in range(1, len(left) if right else 0):
        above, below = left[place - 1], left[place]
        if below.top < lowest and above.bottom - below.top > 0.8 * below.size:
            tail = place
            break
    return [lines for part in (left[:tail], right, left[tail:]) for lines in in_order(part)]


def _gutter(stretches: Sequence[Stretch]) -> float | None:
    """Where the right column begins, when there are two; None for one column.

    Two columns stand side by side, are made of several lines, and their lines fill them.
    """
    if len(stretches) < 2 * _FEWEST_LINES:
        return None
    edge = min(each.left for each in stretches)
    width = max(each.right for each in stretches) - edge
    starts = Counter(
        int(each.left // _STEP) for each in stretches if edge + 0.25 * width < each.left < edge + 0.8 * width
    )
    # The edges of letters stand a little apart, so a column may begin in two steps.
    counts = Counter({step: count + starts[step + 1] for step, count in starts.items()})
    for step, count in counts.most_common(3):
        if count < _FEWEST_LINES:
            return None
        start = min(each.left for each in stretches if int(each.left // _STEP) in (step, step + 1))
        gutter = start - 1.5
        left = [each for each in stretches if each.right <= gutter + 1]
        right = [each for each in stretches if each.left >= gutter - 1]
        across = len(stretches) - len(left) - len(right)
        if len(left) < _FEWEST_LINES or not right or across > len(left) + len(right):
            continue
        top = min(max(each.top for each in left), max(each.top for each in right))
        bottom = max(min(each.bottom for each in left), min(each.bottom for each in right))
        shared = top - bottom
        heights = [max(e.top for e in side) - min(e.bottom for e in side) for side in (left, right)]
        if shared < 0.4 * min(heights):
            continue
        room = max(each.right for each in left) - edge, edge + width - start
        filled = [sum(e.right - e.left for e in side) / len(side) for side in (left, right)]
        if all(part >= _FILLED * whole for part, whole in zip(filled, room, strict=True)):
            return gutter
    return None


def _lines(stretches: Sequence[Stretch]) -> list[Stretch]:
    """What stands side by side as one line, from the top down."""
    rows: list[list[Stretch]] = []
    for stretch in sorted(stretches, key=lambda each: -(each.top + each.bottom)):
        row = next((row for row in reversed(rows[-3:]) if any(_is_beside(stretch, each) for each in row)), None)
        if row is None:
            rows.append([stretch])
        else:
            row.append(stretch)
    return [_joined(sorted(row, key=lambda each: each.left)) for row in rows]


def _is_beside(one: Stretch, other: Stretch) -> bool:
    shared = min(one.top, other.top) - max(one.bottom, other.bottom)
    lower = min(one.top - one.bottom, other.top - other.bottom)
    is_apart = one.left >= other.right - 0.3 * other.size or other.left >= one.right - 0.3 * one.size
    return is_apart and shared > _SAME_LINE * lower


def _joined(row: list[Stretch]) -> Stretch:
    if len(row) == 1:
        return row[0]
    size = Counter({each.size: 0 for each in row})
    for each in row:
        size[each.size] += len(each.words)
    usual = size.most_common(1)[0][0]
    words, last, gaps = "", row[0], 0
    for each in row:
        gap = each.left - last.right
        gaps += gap > 1.6 * usual
        is_raised = each.size < 0.8 * usual and each.words.isdigit() and bool(words)
        own = each.words.translate(_RAISED) if is_raised else each.words
        words += ("" if not words or gap < 0.12 * usual or is_raised else " ") + own
        last = each
    return Stretch(
        words,
        row[0].left,
        min(each.bottom for each in row if each.size == usual),
        max(each.right for each in row),
        max(each.top for each in row if each.size == usual),
        usual,
        all(each.is_bold for each in row),
        gaps > 0 and not _is_sign(row[0].words),
    )


def _is_sign(words: str) -> bool:
    """Whether it is a bullet or a number before an item, which stands at some distance."""
    return len(words.strip(".()")) <= 2
