"""Processes as the board component shows them: on the front page and in the list of all."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from workflow.dates import deadline_words
from workflow.queries.overview import ProcessRow
from workflow.queries.processes import stage_spec


def board_of(rows: Sequence[ProcessRow]) -> dict[str, object]:
    """Processes as the board component shows them."""
    return {
        "columns": [
            {"label": _("Process")},
            {"label": _("State")},
            {"label": _("Under way now")},
            {"label": _("Next deadline")},
            {"label": _("Stages done"), "numeric": True},
        ],
        "rows": [
            {
                "cells": [
                    {
                        "text": row.process.title,
                        "lang": row.process.language,
                        "url": reverse("process", args=[row.process.public_id]),
                        "note": row.process.case_number,
                    },
                    {"state": row.process.state, "state_label": row.process.get_state_display()},
                    {"text": ", ".join(str(stage_spec(stage).title) for stage in row.current) or "–"},
                    _deadline_cell(row),
                    {"text": f"{row.done} / {len(row.stages)}"},
                ]
            }
            for row in rows
        ],
    }


def _deadline_cell(row: ProcessRow) -> dict[str, str]:
    """The next deadline with its weekday and where it comes from."""
    if row.next_deadline is None:
        return {"text": "–"}
    return {
        "text": deadline_words(row.next_deadline.at, row.next_deadline.zone),
        "note": row.next_deadline.source,
        "note_lang": row.process.language,
    }
