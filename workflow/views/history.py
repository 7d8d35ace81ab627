"""The record in words: what each deed is called on a timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workflow.dates import short_date
from workflow.models import AuditEntry, Process
from workflow.queries.processes import definition_of
from workflow.queries.record import causes_of, record_entries
from workflow.stage_kinds import tone_of_verb, words_of_verb
from workflow.states import Outcome, Ruling, Settlement, Verb
from workflow.views.record_subjects import subjects_of

TONES: Final[Mapping[str, str]] = {
    Verb.COMPLETE_STAGE: "success",
    Verb.COMPLETE_PROCESS: "success",
    Verb.RETURN_STAGE: "warning",
    Verb.OVERRIDE_GATE: "warning",
    Verb.SUSPEND_PROCESS: "warning",
    Verb.HEAR_BOUNCE: "error",
    Verb.REBIND_REQUESTS: "warning",
    Verb.LET_FALL: "warning",
    Verb.OBJECT_TO_CORRECTION: "error",
    Verb.ACKNOWLEDGE: "success",
    Verb.RECORD_RULING: "info",
    Verb.RECORD_DECISION: "info",
    Verb.ABANDON_PROCESS: "error",
}
"""What stands out on a timeline, and how; what a kind of stage adds is in its `verb_tones`."""


def history_of(process: Process, *, limit: int | None = None) -> list[dict[str, Any]]:
    """What happened in a process as the timeline component shows it, newest first; `limit` entries at most."""
    rows = record_entries(process)
    return timeline(list(rows[:limit] if limit else rows), process)


def timeline(entries: Sequence[AuditEntry], process: Process) -> list[dict[str, Any]]:
    """Entries in words, each with what it is about. What names a person is shown while it is kept."""
    about, causes = subjects_of(entries, process), causes_of(entries)
    rows = []
    for entry in entries:
        shown = _timeline_entry(entry, process)
        if cause := causes.get(entry.pk):
            shown["who"] = _follows_from(_timeline_entry(cause, process))
        # Whoever did it for themselves is named once.
        rows.append({**shown, "about": about[entry.pk] if about[entry.pk] != shown["who"] else ""})
    return rows


def _follows_from(cause: dict[str, Any]) -> str:
    """A consequence is nobody's deed: it names the deed it follows from, and who did that."""
    words = {"deed": cause["title"], "who": cause["who"]}
    return (
        gettext("Follows from: %(deed)s, %(who)s") % words
        if cause["who"]
        else gettext("Follows from: %(deed)s") % words
    )


def _timeline_entry(entry: AuditEntry, process: Process) -> dict[str, Any]:
    detail = entry.detail.body if hasattr(entry, "detail") else {}
    codes = dict(entry.codes)
    if "stage" in codes:
        spec = definition_of(process).by_key.get(str(codes["stage"]))
        codes["stage"] = str(spec.title) if spec else codes["stage"]
    if "outcome" in codes:
        outcomes = Ruling if entry.verb == Verb.RECORD_RULING else Outcome
        codes["outcome"] = dict(outcomes.choices).get(codes["outcome"], codes["outcome"])
    if "done_on" in codes:
        codes["done_on"] = short_date(date.fromisoformat(str(codes["done_on"])))
    if "settlement" in codes:
        codes["settlement"] = dict(Settlement.choices).get(codes["settlement"], codes["settlement"])
    words = words_of_verb(entry.verb)
    who = [
        detail.get("by", ""),
        _("for %(name)s") % {"name": detail["on_behalf_of"]} if "on_behalf_of" in detail else "",
    ]
    return {
        "at": entry.at,
        "title": words % {"stage": "", "name": detail.get("name", ""), **codes} if "%(" in words else words,
        "who": " ".join(str(part) for part in who if part),
        "text": "\n".join(words for name in ("reason", "weighty_reason") if (words := detail.get(name, ""))),
        "tone": TONES.get(entry.verb) or tone_of_verb(entry.verb),
    }
