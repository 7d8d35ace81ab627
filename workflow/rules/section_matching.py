"""Which section of the version before a section carries on, where the text was written elsewhere and knows no lineage.

Pure. The page where a file is read in comes here; what is not sure, a person settles there.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final
from uuid import UUID

from workflow.states import Kinship

_SHINGLE: Final = 3
"""So many words in a row are compared at once: fewer are found in any two texts, more are broken by any change."""

_KNOWN_AGAIN: Final = 0.5
"""From this share of common words in a row a section is known again by its text; as far as it is sure, by `_SURE`."""

_SURE: Final = 0.8

_TAKEN_OVER: Final = 0.6
"""From this share of a section's words in a row that stand in another, it was split off from it or joined to it."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Part:
    """A section as it is matched: its number and level as printed, its heading and its text."""

    number: str
    heading: str
    text: str = ""
    level: int = 1


@dataclass(frozen=True, slots=True)
class Match:
    """What a section carries on. origins: lineages of the version before, its own first; none of a new section, and of
    one that was split off the one it came from. is_sure: nobody need look at it."""

    kinship: Kinship
    origins: tuple[UUID, ...]
    is_sure: bool

    @property
    def lineage_id(self) -> UUID | None:
        """The lineage the section keeps; None for a new one and for one split off, which begin their own."""
        return self.origins[0] if self.kinship in (Kinship.SAME, Kinship.RENAMED, Kinship.JOINED) else None


@dataclass(frozen=True, slots=True)
class Matching:
    """A match for each section, in their order, and the lineages that none of them carries on."""

    matches: tuple[Match, ...]
    gone: tuple[UUID, ...]


def matched(earlier: Sequence[tuple[UUID, Part]], later: Sequence[Part]) -> Matching:
    """What each section of the later version carries on; no lineage is kept by two.

    In this order: a heading that stands once in both; one that stands several times ("Goals" under each theme), by
    what it stands under, its words and its number; other headings by the words under them. What is left may have been
    split off from a section or joined to one. A number alone says nothing, for all numbers move when a section is put
    in between.
    """
    search = _Search(earlier, later)
    search.by_heading()
    search.by_heading_among_several()
    search.by_words()
    search.by_what_was_taken_over()
    return Matching(tuple(search.results()), tuple(search.gone()))


class _Search:
    """One matching under way: `found` maps the place of a later section to (place of the earlier, kinship, sure)."""

    def __init__(self, earlier: Sequence[tuple[UUID, Part]], later: Sequence[Part]) -> None:
        self.lineages = [lineage for lineage, _part in earlier]
        self.before = [part for _lineage, part in earlier]
        self.after = list(later)
        self.found: dict[int, tuple[int, Kinship, bool]] = {}
        self.free = set(range(len(self.before)))
        self.before_shingles = [_shingles(part.text) for part in self.before]
        self.after_shingles = [_shingles(part.text) for part in self.after]
        self.before_paths, self.after_paths = _paths(self.before), _paths(self.after)

    def by_heading(self) -> None:
        """Headings that stand once in each version."""
        of_before, of_after = _places(self.before), _places(self.after)
        for heading, places in of_after.items():
            if heading and len(places) == 1 and len(of_before.get(heading, ())) == 1:
                self._take(places[0], of_before[heading][0], Kinship.SAME, True)

    def by_heading_among_several(self) -> None:
        """Headings that stand several times: the pair that has most in common first."""
        of_before = _places(self.before)
        pairs = []
        for heading, places in _places(self.after).items():
            for place in places:
                for candidate in of_before.get(heading, ()):
                    is_under_same = self.before_paths[candidate] == self.after_paths[place]
                    alike = _share(self.before_shingles[candidate], self.after_shingles[place])
                    is_numbered_same = self.before[candidate].number == self.after[place].number
                    is_sure = is_under_same or alike >= _SURE
                    rank = (alike + is_under_same, is_numbered_same, -abs(candidate - place))
                    pairs.append((rank, -place, -candidate, is_sure))
        for _rank, place, candidate, is_sure in sorted(pairs, reverse=True):
            if -place not in self.found and -candidate in self.free:
                self._take(-place, -candidate, Kinship.SAME, is_sure)

    def by_words(self) -> None:
        """Headings that were changed: known again by the words under them, or by the heading where it is nearly so and
        bears the same number."""
        homes = _homes(self.before_shingles, self.free)
        pairs = []
        for place in self._unmatched():
            for candidate in _candidates(self.after_shingles[place], homes):
                alike = _share(self.before_shingles[candidate], self.after_shingles[place])
                if alike >= _KNOWN_AGAIN:
                    pairs.append((alike, -place, -candidate))
            for candidate in self.free:
                if self._is_nearly_the_heading(candidate, place):
                    pairs.append((_KNOWN_AGAIN, -place, -candidate))
        for alike, place, candidate in sorted(pairs, reverse=True):
            if -place not in self.found and -candidate in self.free:
                self._take(-place, -candidate, Kinship.RENAMED, alike >= _SURE)

    def by_what_was_taken_over(self) -> None:
        """Of a section that nothing carries on, the first that was made of a part of it does."""
        homes = _homes(self.before_shingles, range(len(self.before)))
        for place in self._unmatched():
            whole = self._split_from(place, homes)
            if whole is not None and whole in self.free:
                self._take(place, whole, Kinship.RENAMED, False)

    def results(self) -> Iterable[Match]:
        """Each section's match, with what was split off and joined."""
        joined = self._joined()
        all_homes = _homes(self.before_shingles, range(len(self.before)))
        for place in range(len(self.after)):
            if place in self.found:
                own, kinship, is_sure = self.found[place]
                origins = (own, *joined.get(place, ()))
                kinship, is_sure = (Kinship.JOINED, False) if len(origins) > 1 else (kinship, is_sure)
                yield Match(kinship, tuple(self.lineages[origin] for origin in origins), is_sure)
            elif (whole := self._split_from(place, all_homes)) is not None:
                yield Match(Kinship.SPLIT, (self.lineages[whole],), False)
            else:
                # Where every section of before is carried on, a new one can be nothing else.
                yield Match(Kinship.NEW, (), not self.free)

    def gone(self) -> Iterable[UUID]:
        """What no section carries on, wholly or as a part."""
        kept = {origin for origins in self._joined().values() for origin in origins}
        return (self.lineages[place] for place in sorted(self.free - kept))

    def _joined(self) -> Mapping[int, list[int]]:
        homes = _homes(self.after_shingles, self.found)
        joined: dict[int, list[int]] = defaultdict(list)
        for place in sorted(self.free):
            if home := _best_home(self.before_shingles[place], homes):
                joined[home[0]].append(place)
        return joined

    def _split_from(self, place: int, homes: Mapping[tuple[str, ...], list[int]]) -> int | None:
        home = _best_home(self.after_shingles[place], homes)
        return home[0] if home else None

    def _is_nearly_the_heading(self, candidate: int, place: int) -> bool:
        before, after = self.before[candidate], self.after[place]
        if not before.number or before.number != after.number:
            return False
        words = _folded(before.heading), _folded(after.heading)
        return SequenceMatcher(None, *words, autojunk=False).ratio() >= _TAKEN_OVER

    def _unmatched(self) -> list[int]:
        return [place for place in range(len(self.after)) if place not in self.found]

    def _take(self, place: int, candidate: int, kinship: Kinship, is_sure: bool) -> None:
        self.found[place] = (candidate, kinship, is_sure)
        self.free.discard(candidate)


def _folded(heading: str) -> str:
    return " ".join(heading.casefold().split())


def _places(parts: Sequence[Part]) -> dict[str, list[int]]:
    """Where each heading stands."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, part in enumerate(parts):
        places[_folded(part.heading)].append(place)
    return places


def _paths(parts: Sequence[Part]) -> list[tuple[str, ...]]:
    """For each section the headings it stands under, the uppermost first."""
    paths, above = [], list[tuple[int, str]]()
    for part in parts:
        while above and above[-1][0] >= part.level:
            above.pop()
        paths.append(tuple(heading for _level, heading in above))
        above.append((part.level, _folded(part.heading)))
    return paths


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    """All runs of a few words; of a text that is shorter than one, the text."""
    words = _WORD.findall(text.casefold())
    if 0 < len(words) < _SHINGLE:
        return frozenset([tuple(words)])
    return frozenset(tuple(words[start : start + _SHINGLE]) for start in range(len(words) - _SHINGLE + 1))


def _share(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    """What two texts have in common, from 0 to 1; two without words have nothing to be known again by."""
    together = len(one | other)
    return len(one & other) / together if together else 0.0


def _homes(texts: Sequence[frozenset[tuple[str, ...]]], places: Iterable[int]) -> dict[tuple[str, ...], list[int]]:
    """For each run of words the sections it stands in."""
    homes: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place in places:
        for shingle in texts[place]:
            homes[shingle].append(place)
    return homes


def _candidates(text: frozenset[tuple[str, ...]], homes: Mapping[tuple[str, ...], list[int]]) -> Counter[int]:
    """The sections that share words with a text, with how many runs."""
    return Counter(place for shingle in text for place in homes.get(shingle, ()))


def _best_home(
    text: frozenset[tuple[str, ...]], homes: Mapping[tuple[str, ...], list[int]]
) -> tuple[int, float] | None:
    """The section that took a text over for the most part; None where there is none."""
    shared = _candidates(text, homes)
    if not shared:
        return None
    place, common = min(shared.items(), key=lambda item: (-item[1], item[0]))
    return (place, common / len(text)) if common / len(text) >= _TAKEN_OVER else None
