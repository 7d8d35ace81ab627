"""Two texts compared word by word, for people to read: what both have, what went, what came, and which of it are
numbers, dates and amounts. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby
from typing import Final

from workflow.rules.pictures import MARKUP

_WORDS_COMPARED: Final = 6_000
"""Where more words than these stand between the first change and the last, lines are compared instead: comparing words
takes their number squared."""

# A picture is one sign: its name is nothing that is read.
_TOKEN = re.compile(rf"{MARKUP}\s*|" r"\d+(?:[.,:/]\d+)*\s*|\w+(?:[-’'/]\w+)*\s*|[^\w\s]\s*|\s+")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_NUMBERS_DA = (
    "nul|én|ét|to|tre|fire|fem|seks|syv|otte|ni|ti|elleve|tolv|tretten|fjorten|femten|tyve|tredive|fyrre|halvtreds|"
    "tres|hundrede|tusind|tusinde|million|millioner|milliard|milliarder|mio|mia|kr|kroner|procent|pct|euro|halv|halve|"
    "dobbelt|dobbelte|første|tredje|fjerde|femte|januar|februar|marts|april|maj|juni|juli|august|"
    "september|oktober|november|december|mandag|tirsdag|onsdag|torsdag|fredag|lørdag|søndag"
)
_NUMBERS_EN = (
    "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|"
    "hundred|thousand|million|millions|billion|billions|percent|euro|euros|half|double|first|second|third|fourth|"
    "fifth|january|february|march|april|june|july|august|september|october|november|december|monday|tuesday|"
    "wednesday|thursday|friday|saturday|sunday"
)
NUMBER_WORDS: Final[Mapping[str, frozenset[str]]] = {
    "da": frozenset(_NUMBERS_DA.split("|")),
    "en": frozenset(_NUMBERS_EN.split("|")),
}
"""By language the words that are numbers, parts of dates, or what amounts are counted in."""
_SIGNS: Final = frozenset("%‰€$£§")


class Fate(StrEnum):
    """What became of words, a section or a document."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Words:
    """A run of words: the same in both versions, added in the later, or removed since the earlier. is_figure: a number,
    a date, an amount or a part of one that is not the same in both."""

    fate: Fate
    text: str
    is_figure: bool = False


def tokens(text: str) -> list[str]:
    """The words, numbers and signs of a text, each with the space behind it; together they are the text."""
    return _TOKEN.findall(text)


def words_of(text: str) -> list[str]:
    """The words and numbers of a text as they are compared when it is asked how alike two texts are."""
    return [core for token in tokens(text) if (core := token.strip().casefold()) and core[0].isalnum()]


def is_figure(token: str, language: str) -> bool:
    """Whether a token is a number, a part of a date, or what an amount is counted in."""
    core = token.strip()
    return core[:1].isdigit() or core in _SIGNS or core.casefold() in NUMBER_WORDS.get(language, ())


def figures_of(text: str, language: str) -> set[str]:
    """The numbers, parts of dates and amounts of a text."""
    return {token.strip().casefold() for token in tokens(text) if is_figure(token, language)}


def compared(before: str, after: str, language: str = "da") -> list[Words]:
    """Two texts as one: what both have, what was removed, what was added. Together the runs give either text.
    language: what the text is written in, by which numbers in words are known."""
    old, new = (_LINE.findall(before), _LINE.findall(after)) if is_long(before, after) else _both(before, after)
    return list(_runs(_tidied(_steps(old, new)), language))


def is_long(before: str, after: str) -> bool:
    """Whether two texts are compared by lines because too many words stand between the first change and the last."""
    if len(before) + len(after) < _WORDS_COMPARED:
        return False
    old, new = _both(before, after)
    first, last = _alike_at_the_ends(old, new)
    return max(len(old), len(new)) - first - last > _WORDS_COMPARED


def whole(fate: Fate, text: str, language: str, unless: Iterable[str] | None = None) -> tuple[Words, ...]:
    """A text that is shown whole. unless: the numbers that are on the other side too; others are marked. None: nothing
    is marked, as there is no other side."""
    if unless is None or fate is Fate.SAME:
        return (Words(fate, text),) if text else ()
    known = set(unless)
    return tuple(
        Words(fate, "".join(run), marked)
        for marked, run in groupby(
            tokens(text), lambda token: is_figure(token, language) and token.strip().casefold() not in known
        )
    )


def changed_share(runs: Sequence[Words]) -> float:
    """How much of two texts is not the same, from 0 to 1, by letters."""
    sizes = {fate: sum(len("".join(run.text.split())) for run in runs if run.fate is fate) for fate in Fate}
    same, altered = 2 * sizes[Fate.SAME], sizes[Fate.ADDED] + sizes[Fate.REMOVED]
    return altered / (same + altered) if altered else 0.0


def _both(before: str, after: str) -> tuple[list[str], list[str]]:
    return tokens(before), tokens(after)


def _alike_at_the_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many parts are the same at the beginning and, behind these, at the end."""
    shorter = min(len(old), len(new))
    first = next((place for place in range(shorter) if old[place] != new[place]), shorter)
    rest = shorter - first
    last = next((place for place in range(rest) if old[-1 - place] != new[-1 - place]), rest)
    return first, last


Step = tuple[list[str], list[str], list[str]]
"""Parts of two texts as they follow: the same in both, then removed, then added."""


def _steps(old: list[str], new: list[str]) -> Iterator[Step]:
    first, last = _alike_at_the_ends(old, new)
    yield old[:first], [], []
    middle_old, middle_new = old[first : len(old) - last], new[first : len(new) - last]
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(
        None, middle_old, middle_new, autojunk=False
    ).get_opcodes():
        removed, added = middle_old[old_from:old_to], middle_new[new_from:new_to]
        if tag == "equal":
            yield removed, [], []
        else:
            yield [], removed, added
    yield old[len(old) - last :], [], []


def _tidied(steps: Iterable[Step]) -> list[Step]:
    """The steps, where a sign alone between two changes belongs to them: "12, 13" for "14, 15" is read as one."""
    tidied: list[Step] = []
    waiting: list[str] = []
    for same, removed, added in steps:
        if same:
            waiting = waiting + same
        if not removed and not added:
            continue
        is_little = len(waiting) <= 2 and not any(part[0].isalnum() for part in waiting)
        if tidied and is_little:
            before = tidied[-1]
            tidied[-1] = (before[0], [*before[1], *waiting, *removed], [*before[2], *waiting, *added])
        else:
            tidied.append((waiting, removed, added))
        waiting = []
    return [*tidied, (waiting, [], [])]


def _runs(steps: Iterable[Step], language: str) -> Iterator[Words]:
    parts = [part for step in steps for part in _parts(*step, language)]
    for (fate, marked), run in groupby(parts, lambda part: (part[0], part[1])):
        yield Words(fate, "".join(text for _fate, _marked, text in run), marked)


Part = tuple[Fate, bool, str]


def _parts(same: list[str], removed: list[str], added: list[str], language: str) -> Iterator[Part]:
    yield from ((Fate.SAME, False, text) for text in same)
    ends: list[Part] = []
    # Words that only have other space behind them are the same words.
    while removed and added and removed[0].rstrip() == added[0].rstrip() != "":
        yield from _respaced(removed[0], added[0])
        removed, added = removed[1:], added[1:]
    while removed and added and removed[-1].rstrip() == added[-1].rstrip() != "":
        ends = [*_respaced(removed[-1], added[-1]), *ends]
        removed, added = removed[:-1], added[:-1]
    for fate, texts in ((Fate.REMOVED, removed), (Fate.ADDED, added)):
        yield from ((fate, is_figure(text, language), text) for text in texts)
    yield from ends


def _respaced(before: str, after: str) -> Iterator[Part]:
    core = before.rstrip()
    yield Fate.SAME, False, core
    for fate, space in ((Fate.REMOVED, before[len(core) :]), (Fate.ADDED, after[len(core) :])):
        if space and before != after:
            yield fate, False, space
    if before == after and len(before) > len(core):
        yield Fate.SAME, False, before[len(core) :]
