"""What the secretariat has written for those who decide in a stage."""

from __future__ import annotations

from typing import Final

from workflow.models import CasePresentation, Stage

PARTS: Final = ("abstract", "presentation", "law", "economy", "recommendation")
"""The parts that are written, in the order of an agenda; the annexes are the documents themselves."""


def presentation_of(stage: Stage) -> CasePresentation | None:
    """The words for a stage, whichever its attempt; None where nothing has been written. One query."""
    return CasePresentation.objects.filter(process=stage.process_id, stage_key=stage.key).first()


def words_of_presentation(stage: Stage) -> dict[str, str]:
    """By part what has been written; empty where nothing has."""
    row = presentation_of(stage)
    return {part: getattr(row, part) if row is not None else "" for part in PARTS}
