"""The record in words: what each deed is called on a timeline."""

from __future__ import annotations

from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflow.models import AuditEntry, Process
from workflow.queries.processes import definition_of
from workflow.queries.record import entries_of

TONES: Final = {
    "complete_stage": "success",
    "complete_process": "success",
    "record_decision": "success",
    "submit_answer": "success",
    "return_stage": "warning",
    "override_gate": "warning",
    "suspend_process": "warning",
    "record_bounce": "error",
    "abandon_process": "error",
}

WORDS: Final[dict[str, str | Promise]] = {
    "start_process": _("The process was started"),
    "open_stage": _("Stage opened: %(stage)s"),
    "complete_stage": _("Stage completed: %(stage)s"),
    "skip_stage": _("Stage left out: %(stage)s"),
    "return_stage": _("Sent back from: %(stage)s"),
    "override_gate": _("Gate opened by hand in: %(stage)s"),
    "confirm_gate": _("Confirmed in: %(stage)s"),
    "complete_process": _("The process was completed"),
    "suspend_process": _("The process was suspended"),
    "resume_process": _("The process was resumed"),
    "abandon_process": _("The process was given up"),
}
"""Verb → words. Each floor adds its own in `apps.py`; a test refuses a verb without words."""


def history_of(process: Process, *, limit: int | None = None) -> list[dict[str, Any]]:
    """What happened in a process as the timeline component shows it, newest first; `limit` entries at most."""
    rows = entries_of(process)
    return [timeline_entry(entry, process) for entry in (rows[:limit] if limit else rows)]


def timeline_entry(entry: AuditEntry, process: Process) -> dict[str, Any]:
    """One entry in words. What names a person is shown while it is kept."""
    detail = entry.detail.body if hasattr(entry, "detail") else {}
    codes = dict(entry.codes)
    if "stage" in codes:
        spec = definition_of(process).by_key.get(str(codes["stage"]))
        codes["stage"] = str(spec.title) if spec else codes["stage"]
    words = str(WORDS.get(entry.verb, entry.verb))
    who = [
        detail.get("by", ""),
        _("for %(name)s") % {"name": detail["on_behalf_of"]} if "on_behalf_of" in detail else "",
    ]
    return {
        "at": entry.at,
        "title": words % {"stage": "", "name": detail.get("name", ""), **codes} if "%(" in words else words,
        "who": " ".join(str(part) for part in who if part),
        "text": detail.get("reason", ""),
        "tone": TONES.get(entry.verb, "neutral"),
    }
