"""The record in words: what each deed is called on a timeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workflow.models import AuditEntry, Process
from workflow.queries.processes import definition_of
from workflow.queries.record import causes_of, entries_of
from workflow.states import Outcome, Ruling
from workflow.views.record_subjects import subjects_of

TONES: Final = {
    "complete_stage": "success",
    "complete_process": "success",
    "submit_answer": "success",
    "return_stage": "warning",
    "override_gate": "warning",
    "suspend_process": "warning",
    "record_bounce": "error",
    "hear_bounce": "error",
    "rebind_requests": "warning",
    "acknowledge": "success",
    "record_ruling": "info",
    "record_decision": "info",
    "abandon_process": "error",
}

WORDS: Final[dict[str, str | Promise]] = {
    "start_process": _("The process was started"),
    "open_stage": _("Stage opened: %(stage)s"),
    "complete_stage": _("Stage completed: %(stage)s"),
    "skip_stage": _("Stage left out: %(stage)s"),
    "return_stage": _("Sent back from: %(stage)s"),
    "override_gate": _("Went on although a condition was not met, in: %(stage)s"),
    "confirm_gate": _("Confirmed in: %(stage)s"),
    "complete_process": _("The process was completed"),
    "suspend_process": _("The process was suspended"),
    "resume_process": _("The process was resumed"),
    "abandon_process": _("The process was given up"),
    "set_parameter": _("A fact of the process was set"),
    "set_deadline": _("A deadline was set"),
    "extend_deadline": _("A deadline was extended"),
    "move_statutory_deadline": _("A statutory deadline was moved by its authority"),
    "follow_deadline": _("A deadline followed the one it leans on"),
    "pass_deadline": _("A deadline passed"),
    "pause_clock": _("A clock was stopped"),
    "resume_clock": _("A clock runs again"),
    "create_document": _("A document was begun"),
    "add_version": _("A new version of a document was written"),
    "create_bundle": _("A set of documents was put together"),
    "change_bundle": _("A set of documents was changed"),
    "lock_bundle": _("A set of documents was locked"),
    "ask_bodies": _("Bodies were asked for a decision: %(stage)s"),
    "decide_anew": _("The earlier decision no longer settles the stage: %(stage)s"),
    "withdraw_requests": _("Questions not answered were withdrawn: %(stage)s"),
    "rebind_requests": _("Bodies are asked about the new version of the documents"),
    "ask_again": _("A body was asked again"),
    "announce_meeting": _("A body told when it will decide"),
    "readdress_request": _("A question was sent under a new link"),
    "record_decision": _("Decision: %(outcome)s"),
    "add_addendum": _("An addition to a decision"),
    "receive_minutes": _("The minutes of a decision came in"),
    "make_package": _("Package %(number)s was made"),
    "send_submission": _("A package was sent to the authority"),
    "await_ruling": _("The authority was asked for its ruling"),
    "withdraw_submission": _("The submission was withdrawn"),
    "readdress_submission": _("The submission was sent under a new link"),
    "ask_question": _("The authority asked a question"),
    "acknowledge": _("The authority acknowledged receipt"),
    "record_ruling": _("The authority's ruling: %(outcome)s"),
    "record_milestone": _("A date was recorded: %(stage)s"),
    "hear_bounce": _("A mail came back"),
    "open_link": _("A personal link was opened"),
    "replace_link": _("A personal link was replaced"),
    "revoke_link": _("A personal link was put out of use"),
    "contact_bodies_otherwise": _("Bodies are asked otherwise than by mail"),
    "create_office": _("The office was set up"),
    "add_user": _("An account was made"),
    "close_account": _("An account was closed"),
    "reopen_account": _("An account was reopened"),
    "reset_sign_in": _("An account got a new password, and sets up its second factor anew"),
    "grant_role": _("A role was given"),
    "grant_seat": _("A seat in a body was given"),
    "revoke_membership": _("A role or seat was taken back"),
    "settle_matter": _("Looked at and dealt with"),
    "set_contact": _("A contact was written down"),
    "add_demo_contacts": _("Invented contacts were added"),
    "load_definition": _("A definition was loaded"),
    "set_erasure_day": _("The day of erasure was set"),
    "erase_person": _("A person's data were erased"),
    "purge_person": _("A person's data were erased on the date set"),
    "purge_process": _("Personal data of the process were erased on the date set"),
}
"""Verb → words. Each floor adds its own in `apps.py`; a test refuses a verb without words."""


def history_of(process: Process, *, limit: int | None = None) -> list[dict[str, Any]]:
    """What happened in a process as the timeline component shows it, newest first; `limit` entries at most."""
    rows = entries_of(process)
    return timeline(list(rows[:limit] if limit else rows), process)


def timeline(entries: Sequence[AuditEntry], process: Process) -> list[dict[str, Any]]:
    """Entries in words, each with what it is about. What names a person is shown while it is kept."""
    about, causes = subjects_of(entries, process), causes_of(entries)
    found = []
    for entry in entries:
        shown = _timeline_entry(entry, process)
        if cause := causes.get(entry.pk):
            shown["who"] = _follows_from(_timeline_entry(cause, process))
        # Whoever did it for themselves is named once.
        found.append({**shown, "about": about[entry.pk] if about[entry.pk] != shown["who"] else ""})
    return found


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
        outcomes = Ruling if entry.verb == "record_ruling" else Outcome
        codes["outcome"] = dict(outcomes.choices).get(codes["outcome"], codes["outcome"])
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
