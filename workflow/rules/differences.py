"""What differs between two versions of a text, section by section and word by word, for people to read: the page that
compares, the body's page, mails and papers all read this.

Pure; the sections of both versions come in.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Final
from uuid import UUID

from django.utils.translation import gettext

from workflow.rules.compared_paragraphs import Block, Piece, alike, compared_blocks, pieces
from workflow.rules.compared_words import Fate, Words, compared, tokens
from workflow.rules.pictures import found_in, replaced

_WORDS_AROUND: Final = 25
"""So many words are shown before and after a change; of what stands between changes, no more than twice as many."""

_ALIKE: Final = 0.4
"""A paragraph of a section that was split goes with the paragraph it shares so much with."""


@dataclass(frozen=True, slots=True)
class ReadSection:
    """A section as it is compared: its heading, number and level, its text in Markdown. origins: the lineages of the
    sections of the version before that it was made of, where these are others than its own."""

    lineage_id: UUID
    heading: str
    text: str
    number: str = ""
    origins: tuple[UUID, ...] = ()
    level: int = 1

    @property
    def title(self) -> str:
        """Number and heading as they are read."""
        return f"{self.number} {self.heading}".strip()


@dataclass(frozen=True, slots=True)
class SectionDifference:
    """A section of two versions as one.

    heading: number and words. blocks: its paragraphs and tables. is_moved: it stands elsewhere among those that stayed.
    is_renamed, is_renumbered: its heading has other words, another number. origins: the titles of the earlier sections
    it was made of, where it was split off one or joined from several.
    """

    fate: Fate
    lineage_id: UUID
    title: str
    heading: tuple[Words, ...]
    blocks: tuple[Block, ...]
    is_moved: bool = False
    is_renamed: bool = False
    is_renumbered: bool = False
    origins: tuple[str, ...] = ()
    level: int = 1

    @property
    def text(self) -> tuple[Words, ...]:
        """All of its words in a row."""
        return tuple(chain.from_iterable(block.runs for block in self.blocks))

    @property
    def is_to_be_seen(self) -> bool:
        """Whether anything but its number has changed."""
        return self.fate is not Fate.SAME or self.is_moved or self.is_renamed or bool(self.origins)

    @property
    def is_by_lines(self) -> bool:
        """Whether a paragraph in it is so long that lines were compared."""
        return any(block.is_by_lines for block in self.blocks)

    @property
    def is_split_off(self) -> bool:
        """Whether it was split off one earlier section."""
        return len(self.origins) == 1

    @property
    def is_joined(self) -> bool:
        """Whether it was joined from several earlier sections."""
        return len(self.origins) > 1

    @property
    def became(self) -> list[str]:
        """What became of it as a whole, in words of the language that is read; empty where only its words changed."""
        said = []
        if self.fate is Fate.ADDED:
            said.append(gettext("new section"))
        elif self.fate is Fate.REMOVED:
            said.append(gettext("section no longer there"))
        elif self.is_joined:
            said.append(gettext("joined from several sections"))
        elif self.is_split_off:
            said.append(gettext("split off another section"))
        elif self.is_renamed:
            said.append(gettext("renamed"))
        if self.is_moved:
            said.append(gettext("moved"))
        return said

    @property
    def figures(self) -> int:
        """How many numbers, dates and amounts are others than before."""
        sides = [
            sum(run.is_figure for run in self.text if run.fate is fate and run.text.strip())
            for fate in (Fate.REMOVED, Fate.ADDED)
        ]
        return max(sides)


def compared_sections(
    before: Sequence[ReadSection], after: Sequence[ReadSection], language: str = "da"
) -> list[SectionDifference]:
    """All sections of both versions in the later one's order; one that is gone stands where it stood. A section is
    known again by its lineage and by what it was made of, wherever it stands. language: what they are written in."""
    earlier = {section.lineage_id: section for section in before}
    origins = {section.lineage_id: _origins(section, earlier) for section in after}
    parts = _shared_out(before, after, origins)
    moved = _moved(before, after)
    differences = [
        _difference(section, earlier, origins[section.lineage_id], parts[section.lineage_id], language, moved)
        for section in after
    ]
    carried_on = set(chain.from_iterable(origins.values()))
    return _with_those_gone(differences, [row for row in before if row.lineage_id not in carried_on], before, language)


def _origins(section: ReadSection, earlier: Mapping[UUID, ReadSection]) -> list[UUID]:
    """The earlier sections a section carries on, its own lineage first."""
    return [lineage for lineage in dict.fromkeys((section.lineage_id, *section.origins)) if lineage in earlier]


def _shared_out(
    before: Sequence[ReadSection], after: Sequence[ReadSection], origins: Mapping[UUID, list[UUID]]
) -> dict[UUID, list[Piece]]:
    """By later section the earlier paragraphs it is compared with: each goes to one. A paragraph of a section that was
    split goes to where it stands word for word, else to where most of its words are, else to the section's own heir."""
    heirs: dict[UUID, list[ReadSection]] = defaultdict(list)
    for section in after:
        for lineage in origins[section.lineage_id]:
            heirs[lineage].append(section)
    texts = {
        section.lineage_id: [piece.text.strip() for piece in pieces(section.text)]
        for section in {heir.lineage_id: heir for found in heirs.values() if len(found) > 1 for heir in found}.values()
    }
    parts: dict[UUID, list[Piece]] = {section.lineage_id: [] for section in after}
    for section in before:
        found = heirs[section.lineage_id]
        for piece in pieces(section.text, section.lineage_id) if found else ():
            heir = found[0] if len(found) == 1 else _heir(piece, found, texts)
            parts[heir.lineage_id].append(piece)
    return parts


def _heir(piece: Piece, heirs: Sequence[ReadSection], texts: Mapping[UUID, Sequence[str]]) -> ReadSection:
    words = piece.text.strip()
    for heir in heirs:
        if words in texts[heir.lineage_id]:
            return heir
    likeness = [max((alike(words, text) for text in texts[heir.lineage_id]), default=0.0) for heir in heirs]
    best = max(likeness)
    if best >= _ALIKE:
        return heirs[likeness.index(best)]
    return next((heir for heir in heirs if heir.lineage_id == piece.origin), heirs[0])


def _moved(before: Sequence[ReadSection], after: Sequence[ReadSection]) -> set[UUID]:
    """The sections that stand elsewhere among those that stayed: as few as can be."""
    places = {section.lineage_id: place for place, section in enumerate(before)}
    stayed = [section.lineage_id for section in after if section.lineage_id in places]
    ends: list[int] = []
    heads: list[UUID] = []
    back: dict[UUID, UUID | None] = {}
    for lineage in stayed:
        at = bisect_left(ends, places[lineage])
        back[lineage] = heads[at - 1] if at else None
        ends[at : at + 1], heads[at : at + 1] = [places[lineage]], [lineage]
    kept: set[UUID] = set()
    at_last = heads[-1] if heads else None
    while at_last is not None:
        kept.add(at_last)
        at_last = back[at_last]
    return set(stayed) - kept


def _difference(
    section: ReadSection,
    earlier: Mapping[UUID, ReadSection],
    origins: Sequence[UUID],
    parts: Sequence[Piece],
    language: str,
    moved: set[UUID],
) -> SectionDifference:
    if not origins:
        return _whole(Fate.ADDED, section, language)
    blocks = tuple(compared_blocks(parts, pieces(section.text), language))
    old = earlier[origins[0]]
    is_other = list(origins) != [section.lineage_id]
    fate = Fate.CHANGED if any(block.fate is not Fate.SAME for block in blocks) else Fate.SAME
    is_renamed = old.heading != section.heading and not (is_other and section.lineage_id not in earlier)
    return SectionDifference(
        Fate.CHANGED if is_renamed else fate,
        section.lineage_id,
        section.title,
        tuple(compared(old.title, section.title, language)),
        blocks,
        is_moved=section.lineage_id in moved,
        is_renamed=is_renamed,
        is_renumbered=old.number != section.number and not is_other,
        origins=tuple(earlier[lineage].title for lineage in origins) if is_other else (),
        level=section.level,
    )


def _whole(fate: Fate, section: ReadSection, language: str) -> SectionDifference:
    found = pieces(section.text, section.lineage_id)
    blocks = compared_blocks(found, [], language) if fate is Fate.REMOVED else compared_blocks([], found, language)
    heading = (Words(Fate.SAME, section.title),) if section.title else ()
    return SectionDifference(fate, section.lineage_id, section.title, heading, tuple(blocks), level=section.level)


def _with_those_gone(
    differences: list[SectionDifference], gone: Sequence[ReadSection], before: Sequence[ReadSection], language: str
) -> list[SectionDifference]:
    """Each that is gone behind the one it stood behind, or behind what stands there by now; else at the beginning."""
    followed = {section.lineage_id: place for place, section in enumerate(before)}
    for section in gone:
        place = followed[section.lineage_id]
        above = before[place - 1].lineage_id if place else None
        at = next((at for at, row in enumerate(differences) if row.lineage_id == above), None)
        if at is None:
            at = -1 if place == 0 else len(differences) - 1
        differences.insert(at + 1, _whole(Fate.REMOVED, section, language))
    return differences


# ── Pictures of it in words ───────────────────────────────────────────────────────────────────────────────────
def in_words(section: SectionDifference) -> SectionDifference:
    """A section in which words stand for each picture, in the language that is read: what became of it with them."""
    gone, come = (
        {name: words for run in section.text if run.fate is fate for name, words in found_in(run.text).items()}
        for fate in (Fate.REMOVED, Fate.ADDED)
    )

    def said(run: Words) -> Words:
        if "![" not in run.text:
            return run
        words_for = partial(_picture_in_words, run.fate, gone if run.fate is Fate.ADDED else come)
        return replace(run, text=replaced(run.text, words_for))

    lines = (tuple(tuple(map(said, line)) for line in block.lines) for block in section.blocks)
    blocks = (replace(block, lines=of_block) for block, of_block in zip(section.blocks, lines, strict=True))
    return replace(section, blocks=tuple(blocks))


def _picture_in_words(fate: Fate, other: Mapping[str, str], name: str, words: str) -> str:
    """other: the pictures of the other version that are not the same in both, with their words."""
    shown = words or gettext("without words")
    if fate is Fate.SAME or name in other:
        said = gettext("Picture: %(words)s") if words else gettext("Picture")
    elif words in other.values():
        said = gettext("Changed picture: %(words)s") if fate is Fate.ADDED else gettext("Earlier picture: %(words)s")
    else:
        said = gettext("Picture put in: %(words)s") if fate is Fate.ADDED else gettext("Picture taken out: %(words)s")
    return f"[{said % {'words': shown}}]"


# ── What is shown of it ───────────────────────────────────────────────────────────────────────────────────────
def shortened(section: SectionDifference) -> SectionDifference:
    """A section with only what stands around its changes. One that is new or gone stays whole."""
    if section.fate in (Fate.ADDED, Fate.REMOVED):
        return section
    return replace(section, blocks=tuple(_short_blocks(section.blocks)))


def _short_blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    is_left_out = False
    for block in blocks:
        if block.fate is Fate.SAME:
            if not is_left_out:
                yield Block(Fate.SAME, ((Words(Fate.SAME, "[…]"),),))
            is_left_out = True
            continue
        is_left_out = False
        is_whole = block.is_table or block.fate is not Fate.CHANGED
        yield block if is_whole else replace(block, lines=tuple(tuple(_short_runs(line)) for line in block.lines))


def _short_runs(runs: Sequence[Words]) -> Iterator[Words]:
    """The runs without the middle of what is the same and long; without its beginning or end where no change is."""
    for place, run in enumerate(runs):
        words = tokens(run.text) if run.fate is Fate.SAME else []
        is_first, is_last = place == 0, place == len(runs) - 1
        if len(words) <= _WORDS_AROUND * (1 if is_first or is_last else 2):
            yield run
            continue
        start = "" if is_first else "".join(words[:_WORDS_AROUND]).rstrip() + " "
        end = "" if is_last else " " + "".join(words[-_WORDS_AROUND:])
        yield Words(Fate.SAME, f"{start}[…]{end}")
