"""A whole list of parties pasted at once: how it is read is shown first, and what was shown is written by a press."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.actions.pasting import Pasted, PastingPlan, PlannedLine, paste_parties, pasting_plan
from consultations.forms.rounds import PartiesForm
from consultations.models import HearingRound
from consultations.rules.rounds import may_prepare
from consultations.states import LineFate
from consultations.views.round_pages import form_status, frame, round_page, round_url
from workflow.imports.cells import Row
from workflow.imports.parties import PartyLine
from workflow.states import Channel
from workflow.views.access import Visit
from workflow.views.deeds import key_of, new_key, press_form

TONES = {LineFate.NEW: "info", LineFate.CORRECTED: "warning", LineFate.SAME: "neutral"}


@round_page("secretariat", "GET", "POST")
def round_parties_many(request: Visit, hearing_round: HearingRound) -> HttpResponse:
    """Paste a whole list of parties: look at how it is read, then put it on the list. Looking changes nothing."""
    form = PartiesForm(request.POST or None)
    list_url = round_url("round_parties", hearing_round)
    plan: PastingPlan | None = None
    if request.method == "POST" and form.is_valid():
        plan = pasting_plan(hearing_round, form.pasted.parties, request.now)
        refusal = may_prepare(hearing_round, request.actor)
        for words in [str(refusal.text)] if refusal else map(str, plan.problems):
            form.add_error("text", words)
        if request.POST.get("do") == "write":
            deed = partial(paste_parties, hearing_round, shown_digest=request.POST.get("shown", "")[:64])
            answer = press_form(request, form, deed, facts=form.facts, done=_done, to=list_url)
            if answer:
                return answer
    is_readable = plan is not None and "text" not in form.errors
    context = {
        **frame(request, hearing_round, "round_parties", here=_("Several parties")),
        "form": form,
        "cancel_url": list_url,
        "plan": plan if is_readable else None,
        "preview": _preview(plan, form.pasted.parties) if plan and is_readable else [],
        "counts": _counts(plan) if plan and is_readable else [],
        "passed_over": [_as_text(row) for row in form.pasted.passed_over] if is_readable else [],
        "unused": form.pasted.unused if is_readable else [],
        "doubtful": sum(bool(party.doubt) for party in form.pasted.parties) if is_readable else 0,
        "key": key_of(request) or new_key(),
    }
    return render(request, "consultations/paste.html", context, status=form_status(form))


def _done(pasted: Pasted) -> str:
    parts = []
    if pasted.added:
        added = ngettext("%(count)d party is put on the list.", "%(count)d parties are put on the list.", pasted.added)
        parts.append(added % {"count": pasted.added})
    if pasted.corrected:
        corrected = ngettext("%(count)d party is corrected.", "%(count)d parties are corrected.", pasted.corrected)
        parts.append(corrected % {"count": pasted.corrected})
    return " ".join(parts) or _("The list is as it was pasted.")


def _counts(plan: PastingPlan) -> list[dict[str, Any]]:
    return [
        {"value": len(lines), "label": fate.label}
        for fate in LineFate
        if (lines := plan.of(fate)) or fate is LineFate.NEW
    ]


def _preview(plan: PastingPlan, parties: Sequence[PartyLine]) -> list[dict[str, Any]]:
    doubts = {party.line: party.doubt for party in parties if party.doubt}
    return [
        {
            "line": line.line,
            "name": line.entry.name,
            "is_body": line.entry.body is not None,
            "email": line.entry.email,
            "unreached": _unreached(line),
            "contact_name": line.entry.contact_name,
            "fate": line.fate.label,
            "tone": TONES[line.fate],
            "was": _was(line),
            "doubt": doubts.get(line.line, ""),
        }
        for line in plan.lines
    ]


def _unreached(line: PlannedLine) -> str:
    """What keeps mail from the party, in words; "" for nothing. Its address is possible, or was refused."""
    if line.entry.channel != Channel.EMAIL:
        return ""
    if not line.entry.email:
        return _("Address missing")
    return _("Mail came back") if line.entry.bounced_at else ""


def _was(line: PlannedLine) -> str:
    """What a correction replaces, in words; "" where it only fills in."""
    if line.party is None:
        return ""
    pairs = ((line.party.email, line.entry.email), (line.party.contact_name, line.entry.contact_name))
    old = ", ".join(was for was, now in pairs if was and was != now)
    return _("instead of %(old)s") % {"old": old} if old else ""


def _as_text(row: Row) -> str:
    words = " · ".join(cell for cell in row.cells if cell)
    return _("Line %(line)d: %(words)s") % {"line": row.line, "words": words}
