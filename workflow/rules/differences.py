"""What differs between two versions of a text, section by section and word by word, for people to read.

Pure; the body's page comes in with the sections of both versions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final
from uuid import UUID

_WORDS_COMPARED: Final = 6_000
"""In a section of more words than these, lines are compared instead: comparing words takes their number squared."""

_WORDS_AROUND: Final = 25
"""So many words are shown before and after a change; of what stands between changes, no more than twice as many."""

_WORD = re.compile(r"\S+\s*|\s+")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


class Fate(StrEnum):
    """What became of words, a section or a document."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Words:
    """A run of words: the same in both versions, added in the later, or removed since the earlier."""

    fate: Fate
    text: str


@dataclass(frozen=True, slots=True)
class ReadSection:
    """A section as it is compared: its heading with the number, and its text."""

    lineage_id: UUID
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class SectionDifference:
    """A section that differs; of one that is changed only what stands around the changes."""

    fate: Fate
    heading: tuple[Words, ...]
    text: tuple[Words, ...]


def section_differences(before: Sequence[ReadSection], after: Sequence[ReadSection]) -> list[SectionDifference]:
    """The sections that differ, in the later version's order; those that are gone stand last. A section is known again
    by its lineage, wherever it stands."""
    earlier = {section.lineage_id: section for section in before}
    kept = {section.lineage_id for section in after}
    differences = [_difference(earlier.get(section.lineage_id), section) for section in after]
    differences += [_whole(Fate.REMOVED, section) for section in before if section.lineage_id not in kept]
    return [difference for difference in differences if difference is not None]


def _difference(earlier: ReadSection | None, later: ReadSection) -> SectionDifference | None:
    if earlier is None:
        return _whole(Fate.ADDED, later)
    if (earlier.heading, earlier.text) == (later.heading, later.text):
        return None
    text = _shortened(compared(earlier.text, later.text))
    return SectionDifference(Fate.CHANGED, tuple(compared(earlier.heading, later.heading)), tuple(text))


def _whole(fate: Fate, section: ReadSection) -> SectionDifference:
    return SectionDifference(fate, (Words(Fate.SAME, section.heading),), (Words(fate, section.text),))


def compared(before: str, after: str) -> list[Words]:
    """Two texts as one: what both have, what was removed, what was added. Together the runs give either text."""
    pattern = _WORD if len(before) + len(after) < _WORDS_COMPARED * 7 else _LINE
    old, new = pattern.findall(before), pattern.findall(after)
    runs: list[Words] = []
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            runs.append(Words(Fate.SAME, "".join(old[old_from:old_to])))
            continue
        for fate, text in ((Fate.REMOVED, old[old_from:old_to]), (Fate.ADDED, new[new_from:new_to])):
            if text:
                runs.append(Words(fate, "".join(text)))
    return runs


def _shortened(runs: Sequence[Words]) -> Iterator[Words]:
    """The runs without the middle of what is the same and long; without its beginning or end where no change is."""
    for place, run in enumerate(runs):
        words = _WORD.findall(run.text) if run.fate is Fate.SAME else []
        is_first, is_last = place == 0, place == len(runs) - 1
        if len(words) <= _WORDS_AROUND * (1 if is_first or is_last else 2):
            yield run
            continue
        start = "" if is_first else "".join(words[:_WORDS_AROUND]).rstrip() + " "
        end = "" if is_last else " " + "".join(words[-_WORDS_AROUND:])
        yield Words(Fate.SAME, f"{start}[…]{end}")


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document of a set as it is compared. version: tells one text from another; file: SHA-256, "" without one."""

    title: str
    version: UUID
    file: str
    sections: tuple[ReadSection, ...]


@dataclass(frozen=True, slots=True)
class DocumentDifference:
    """A document that differs between two sets. has_other_file: its file is not the same, and cannot be compared."""

    fate: Fate
    title: tuple[Words, ...]
    sections: tuple[SectionDifference, ...]
    has_other_file: bool = False


def document_differences(
    before: Mapping[str, ReadDocument], after: Mapping[str, ReadDocument]
) -> list[DocumentDifference]:
    """The documents that differ between two sets, each by its key; those that are gone stand last."""
    differences = [
        _of_document(before.get(key), document)
        for key, document in after.items()
        if key not in before or before[key].version != document.version
    ]
    return [*differences, *_all_of(Fate.REMOVED, (row for key, row in before.items() if key not in after))]


def _of_document(earlier: ReadDocument | None, later: ReadDocument) -> DocumentDifference:
    if earlier is None:
        return next(iter(_all_of(Fate.ADDED, [later])))
    return DocumentDifference(
        Fate.CHANGED,
        tuple(compared(earlier.title, later.title)),
        tuple(section_differences(earlier.sections, later.sections)),
        has_other_file=earlier.file != later.file,
    )


def _all_of(fate: Fate, documents: Iterable[ReadDocument]) -> list[DocumentDifference]:
    return [DocumentDifference(fate, (Words(Fate.SAME, row.title),), ()) for row in documents]
