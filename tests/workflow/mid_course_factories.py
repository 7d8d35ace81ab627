"""Processes started in mid-course: what is told of the stages that were done outside the system."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from tests.workflow.agreements import a_file, ask_all
from tests.workflow.factories import a_shipped_process
from workflow.definitions import Definition, ancestors, shipped
from workflow.models import Office, Process
from workflow.rules.mid_course import OTHERS_SPOKE, EarlierStage, TextOfStage, needs_text, stage_of_text

WHY = "Behandlet på papir i foråret"


def an_earlier_stage(office: Office, now: datetime, key: str, on: date, **changes: Any) -> EarlierStage:
    """A stage told of as done elsewhere, with one file."""
    values: dict[str, Any] = {"reason": WHY, "files": (a_file(office, now, f"{key}.txt"),)}
    return EarlierStage(key, on, **{**values, **changes})


def all_before(definition: Definition, begins: str, office: Office, now: datetime) -> list[EarlierStage]:
    """Every stage before the one named, done one day after the other, with the papers and texts it must have."""
    keys = ancestors(definition, begins)
    first = now.date() - timedelta(days=len(keys) + 1)
    told = []
    for place, key in enumerate(keys):
        spec = definition.stage(key)
        is_its_text = needs_text(definition, spec.text, keys) and stage_of_text(definition, spec.text, keys) == key
        told.append(
            EarlierStage(
                key,
                first + timedelta(days=place),
                WHY,
                files=(a_file(office, now, f"{key}.txt"),) if spec.kind in OTHERS_SPOKE else (),
                texts=(TextOfStage("Aftalen", markdown="# 1 Mål\n\nVi samarbejder."),) if is_its_text else (),
            )
        )
    return told


def started_at(office: Office, key: str, begins: str, now: datetime, **changes: Any) -> Process:
    """A process of a shipped definition that begins with the stage named; all before it was done elsewhere."""
    parameters = {
        name: date(2020, 3, 1)
        for name, parameter in shipped(key).parameters.items()
        if parameter.type == "date" and parameter.required
    }
    told = all_before(shipped(key), begins, office, now)
    process = a_shipped_process(office, key, now, parameters=parameters, done_elsewhere=told, **changes)
    ask_all(process, now)
    return process
