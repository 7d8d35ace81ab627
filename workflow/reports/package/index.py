"""The first page of a package: everything in it with a link, who decided and answered what, and what is missing.

One page that needs nothing beside it, opens in any browser without network, and prints.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypedDict

from django.template.loader import render_to_string

from workflow.reports.package.chapters import Chapter, PlacedRow, moment


class Named(TypedDict):
    """A package as another names it."""

    number: int
    sha256: str


class Facts(TypedDict):
    """What manifest and index say beside the papers. missing, left_out: sentences in `language`, the receiver's.

    supplements: the package that is added to. adds_to: that one and those before it, the first first.
    """

    case_number: str
    title: str
    office: str
    receiver: str
    language: str
    text_language: str
    zone: str
    definition: Mapping[str, str]
    stage: str
    stage_title: str
    number: int
    made_at: datetime
    text: str
    bundle: Named
    audit_head: str
    provisional: bool
    provisional_reason: str
    missing: Sequence[str]
    left_out: Sequence[str]
    supplements: Named | None
    adds_to: Sequence[Named]
    overrides: Sequence[Mapping[str, object]]
    done_elsewhere: Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Held:
    """A file that lies in an earlier package: the number of that, the path there, size in bytes and SHA-256."""

    package: int
    path: str
    size: int
    sha256: str

    def listed(self) -> dict[str, object]:
        """As the manifest lists it."""
        return asdict(self)


def index_page(
    chapters: Sequence[Chapter],
    places: Mapping[int, list[list[PlacedRow]]],
    facts: Facts,
    elsewhere: Mapping[str, Held],
    whole: str,
    why_no_whole: str,
) -> bytes:
    """The page in the language spoken now. elsewhere: by its path here, what lies in an earlier package. whole: path of
    all PDFs in one, "" where there is none, and why."""
    context = {
        "facts": facts,
        "whole": whole,
        "why_no_whole": why_no_whole,
        "made": moment(facts["made_at"], facts["zone"]),
        "chapters": [_chapter(chapter, places[chapter.number], elsewhere) for chapter in chapters],
    }
    return render_to_string("reports/package.html", context).encode()


def _chapter(chapter: Chapter, places: Sequence[Sequence[PlacedRow]], elsewhere: Mapping[str, Held]) -> dict[str, Any]:
    parts = [
        {
            "title": part.title,
            "facts": part.facts,
            "rows": [_row(row, elsewhere) for row in rows],
            "is_ticked": any(row.tick is not None for row in part.rows),
        }
        for part, rows in zip(chapter.parts, places, strict=True)
    ]
    return {"number": chapter.number, "title": chapter.title, "parts": parts, "left_out": chapter.left_out}


def _row(placed_row: PlacedRow, elsewhere: Mapping[str, Held]) -> dict[str, Any]:
    papers = [
        {"label": paper.paper.label, "path": paper.path, "held": elsewhere.get(paper.path)}
        for paper in placed_row.papers
    ]
    return {"row": placed_row.row, "papers": papers}
