"""Texts cut into sections, sections followed from version to version, and what a locked bundle's manifest says."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workflow.rules.refusals import Refusal
from workflow.states import BundleState, ChangeKind

if TYPE_CHECKING:
    from workflow.models import Bundle, Section

_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+([^ \t].*)$")
_NESTED = re.compile(r"\d+(\.\d+)*")
_EMPTY_LINES = re.compile(r"\A(?:[^\S\n]*\n)+")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_NUMBER = re.compile(
    r"^((?:\d{1,3}\.)*\d{1,3}(?=[.)]?\s)|(?:[A-Z]|[IVXLC]+)(?=[.)]\s)|(?:[A-ZÆØÅ]|[IVXLC]+)(?:\.\d{1,3})+(?=[.)]?\s)|"
    r"(?:Bilag|Tillæg|Appendiks|Kapitel|Afsnit|Del|Artikel|Annex|Appendix|Chapter|Section|Part|Article|§)\s"
    r"(?:\d{1,3}(?:\.\d{1,3})*|[A-ZÆØÅ]|[IVXLC]+)(?=[.:)]?\s))[.:)]?\s+(?=\S)"
)
_NUMBER_BEFORE_TAB = re.compile(r"^([^\t]{1,21}?)[.:)]? *\t\s*(?=\S)")

MANIFEST_SCHEMA: Final = 2
SECTIONS_IN_A_SET: Final = 2_000
"""So many sections a set of documents may have in all: the form for an answer has a field for each."""


@dataclass(frozen=True, slots=True)
class SectionText:
    """A section as it is given: its number ("2.1", may be empty), heading and text in Markdown.

    lineage_id: the section of an earlier version this one carries on; None to find it by number and heading.
    level: 1 for the uppermost headings; 0 for words before the first one, which stand under none.
    origins: given where it is settled what the section carries on: the sections of the version before it came from, its
    own lineage first; nothing is then looked for.
    """

    number: str
    heading: str
    text: str = ""
    lineage_id: UUID | None = None
    level: int = 1
    origins: tuple[UUID, ...] | None = None

    def shortened(self) -> SectionText:
        """As it can be kept: a number of at most 20 characters, a heading of at most 300."""
        return replace(self, number=self.number[:20].rstrip(), heading=self.heading[:300].rstrip())


def may_hold(sections: int) -> Refusal | None:
    """A set has no more sections than the form for an answer has fields for."""
    if sections <= SECTIONS_IN_A_SET:
        return None
    words = _(
        "The documents have %(given)d sections in all; at most %(most)d. Make fewer headings, so that more text stands "
        "under each."
    )
    return Refusal("too_many_sections", words % {"given": sections, "most": SECTIONS_IN_A_SET})


def split_markdown(text: str) -> list[SectionText]:
    """Cut a Markdown text at its headings: "## 2.1 Fælles mål" gives number "2.1" and heading "Fælles mål".

    What stands before the first heading becomes a section without one. A "#" inside a code block is no heading. As
    many "#" as the heading has, that deep it stands.
    """
    sections: list[SectionText] = []
    level, number, heading, lines, in_code = 0, "", "", list[str](), False

    def close() -> None:
        # The blanks that its first line begins with say what it is, and stay.
        body = _EMPTY_LINES.sub("", "\n".join(lines)).rstrip()
        if heading or body:
            sections.append(SectionText(number, heading, body, level=level))

    for line in text.replace("\r\n", "\n").split("\n"):
        in_code ^= bool(_FENCE.match(line))
        match = None if in_code else _HEADING.match(line)
        if match is None:
            lines.append(line)
            continue
        close()
        level, heading, lines = len(match.group(1)), _without_closing_signs(match.group(2)), []
        number, heading = _number_and_words(heading)
    close()
    return sections


def sections_as_kept(text: str) -> list[SectionText]:
    """The sections that a version written as this Markdown has."""
    return [section.shortened() for section in split_markdown(text)]


def as_markdown(sections: Iterable[SectionText | Section]) -> str:
    """Sections as one Markdown text, which `split_markdown` cuts into the same again."""
    parts = []
    for section in sections:
        heading = _with_number(section)
        parts.append(f"{'#' * max(section.level, 1)} {heading}\n\n{section.text}".strip() if heading else section.text)
    return "\n\n".join(parts)


def _number_and_words(heading: str) -> tuple[str, str]:
    """A written heading's number, "" for none, and its words. What stands before a tab is a number, whatever it is; a
    "\\" before the words says that they hold none."""
    numbered = _NUMBER_BEFORE_TAB.match(heading) or _NUMBER.match(heading)
    words = heading[numbered.end() :] if numbered else heading
    return (numbered.group(1) if numbered else ""), " ".join(words.split()).removeprefix("\\")


def _with_number(section: SectionText | Section) -> str:
    """A heading as it is written. Words that look like a number and are none have a "\\" before them; a number that
    would not be known as one has a tab behind it."""
    is_taken_otherwise = section.heading.startswith("\\") or _NUMBER.match(section.heading)
    heading = f"\\{section.heading}" if is_taken_otherwise else section.heading
    # Signs behind a heading are taken for decoration; another behind them keeps those that are words.
    heading += " #" if heading.endswith("#") else ""
    if not section.number or not heading:
        return f"{section.number}{heading}"
    read_as = (section.number, section.heading)
    for between in (" ", ". "):
        if _number_and_words(f"{section.number}{between}{section.heading}") == read_as:
            return f"{section.number}{between}{heading}"
    return f"{section.number}{'.' if section.number.endswith(('.', ':', ')')) else ''}\t{heading}"


def level_of_number(number: str) -> int:
    """How deep a section stands by its number: "2.1" is of level 2; one with another kind of number, or none, of 1."""
    return number.count(".") + 1 if _NESTED.fullmatch(number) else 1


def _without_closing_signs(words: str) -> str:
    """The words of a heading without the "#" that some write behind it."""
    words = words.rstrip(" \t")
    return words.rstrip("#").rstrip(" \t") or words[:1]


def follow_lineage(earlier: Sequence[tuple[UUID, SectionText]], sections: Sequence[SectionText]) -> list[UUID | None]:
    """For each section the lineage it carries on, or None for a new one; no lineage is given twice.

    In this order: the lineage named; same number and heading; same heading; same number. So a section that was moved
    keeps its lineage by its heading, one that was renamed by its number.
    """
    free = dict(earlier)
    lineages: list[UUID | None] = [None] * len(sections)
    for place, section in enumerate(sections):
        if section.lineage_id in free:
            lineages[place] = section.lineage_id
            del free[section.lineage_id]
    matches: tuple[Callable[[SectionText], object], ...] = (
        lambda s: (s.number, _folded(s.heading)),
        lambda s: _folded(s.heading) or None,
        lambda s: s.number or None,
    )
    for mark in matches:
        by_mark: dict[object, UUID] = {}
        for lineage, section in free.items():
            by_mark.setdefault(mark(section), lineage)
        for place, section in enumerate(sections):
            value = mark(section)
            is_open = lineages[place] is None and section.lineage_id is None and section.origins is None
            if is_open and value is not None and value in by_mark:
                lineages[place] = by_mark.pop(value)
                del free[lineages[place]]  # type: ignore[arg-type]
    return lineages


def _folded(heading: str) -> str:
    return " ".join(heading.casefold().split())


def text_digest(title: str, sections: Iterable[SectionText], file_sha256: str) -> str:
    """SHA-256 hex over title, sections (number, heading, text, in order; the level of those that stand deeper) and the
    file's digest."""
    content = [[s.number, s.heading, s.text, *([s.level] if s.level > 1 else [])] for s in sections]
    return _digest({"title": title, "sections": content, "file": file_sha256})


def manifest_digest(manifest: Mapping[str, Any]) -> str:
    """SHA-256 hex over the canonical manifest: by this a body knows what it decides on."""
    return _digest(manifest)


def _digest(value: object) -> str:
    # How it is written is for good: by these digests it is known what was heard, approved and sent.
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def is_same_content(manifest: Mapping[str, Any], other: Mapping[str, Any] | None) -> bool:
    """Do two manifests name the same texts in the same roles? Order and numbers of versions do not matter."""

    def content(of: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        return sorted((i["document"], i["role"], i["sha256"], i["needs_approval"]) for i in of["items"])

    return other is not None and content(manifest) == content(other)


def set_name(bundle: Bundle) -> str:
    """What people call a set: "Version 2", and of every text but the process's first the text's name with it."""
    if bundle.line.position == 0:
        return gettext("Version %(number)d") % {"number": bundle.number}
    return gettext("Version %(number)d of “%(text)s”") % {"number": bundle.number, "text": bundle.line.title}


def given_to(number: int, *, still_stands: bool) -> str:
    """What is said of a decision on an earlier set, by that set's number. still_stands: the text has only been
    corrected since."""
    if still_stands:
        return gettext("Holds; given to version %(number)d, before it was corrected") % {"number": number}
    return gettext("Given to version %(number)d") % {"number": number}


def may_put_forward(bundle: Bundle, current: Bundle | None, change: str) -> Refusal | None:
    """A locked set is put forward once, never behind a newer one, and it is said how it differs.

    current: the set that counts in its line now.
    """
    if bundle.state != BundleState.LOCKED:
        return Refusal("bundle_not_locked", _("The set is not locked yet. Lock it first; then it can be put forward."))
    if bundle.put_forward_at is not None:
        return Refusal("put_forward_already", _("The set has been put forward already."))
    if current is not None and current.number > bundle.number:
        return Refusal(
            "bundle_overtaken_by_current",
            _("A newer set has been put forward. Lock the texts you want anew, and put that set forward."),
        )
    kinds = (ChangeKind.FIRST,) if current is None else (ChangeKind.EDITORIAL, ChangeKind.MATERIAL)
    if change not in kinds:
        return Refusal(
            "change_missing",
            _("Say whether the change since the bundle before is editorial or material: approvals depend on it.")
            if current is not None
            else _("This is the first bundle of its text: there is no change to name."),
        )
    return None


def may_lock(
    bundle: Bundle, manifest: Mapping[str, Any], predecessor: Bundle | None, change: str, note: str
) -> Refusal | None:
    """A bundle is locked once and in its turn, holds something, differs from the one before, and says how.

    predecessor: the newest one locked.
    """
    if bundle.state != BundleState.OPEN:
        return Refusal("bundle_locked", _("The bundle is locked already and cannot be changed. Make a new one."))
    if not manifest["items"]:
        return Refusal("bundle_empty", _("The bundle holds no document. Add at least one before it is locked."))
    if predecessor is not None and predecessor.number > bundle.number:
        return Refusal(
            "bundle_overtaken",
            _("A set of documents put together later is locked already. Put the newest texts together anew."),
        )
    if predecessor is None:
        if change != ChangeKind.FIRST:
            return Refusal("bundle_is_first", _("This is the first bundle of its text: there is no change to name."))
        return None
    if change not in (ChangeKind.EDITORIAL, ChangeKind.MATERIAL):
        return Refusal(
            "change_missing",
            _("Say whether the change since the bundle before is editorial or material: approvals depend on it."),
        )
    if change == ChangeKind.EDITORIAL and not note.strip():
        return Refusal(
            "change_note_missing", _("Write what was changed: an editorial change lets approvals stand, with its note.")
        )
    if is_same_content(manifest, predecessor.manifest):
        return Refusal(
            "bundle_unchanged", _("The bundle holds the same texts as the one before. Change a document first.")
        )
    return None
