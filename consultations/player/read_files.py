"""Texts that a scenario names instead of writing them out: files beside it, read as the page reads a file in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from django.utils.translation import gettext as _

from consultations.player.scenario import DocumentText, ReadSection, ScenarioFile
from workflow.definitions import Problem
from workflow.definitions.reading import Reading
from workflow.readers import Unreadable, read_document
from workflow.readers.words import refusal


def read_files(file: ScenarioFile, folder: Path, reading: Reading) -> tuple[Mapping[str, DocumentText], list[Problem]]:
    """The documents of a scenario, each of a file with the sections that were read in from it, its tracked changes
    taken as accepted; and what is wrong with those that cannot be read. A file that is not there is told of where
    names are judged."""
    documents, problems = {}, []
    for key, document in file.documents.items():
        documents[key] = document
        if not document.file:
            continue
        path = folder / document.file
        try:
            with path.open("rb") as content:
                found = read_document(path.name, content)
        except (OSError, ValueError):
            continue
        except Unreadable as error:
            message, remedy = str(refusal(error).text), _("Name a file that can be read in.")
            problems.append(reading.problem(("documents", key, "file"), "unreadable", message, remedy))
            continue
        documents[key] = document.holding(
            (ReadSection(section.number, section.heading, section.text, section.level) for section in found.sections),
            found.pictures,
        )
    return documents, problems
