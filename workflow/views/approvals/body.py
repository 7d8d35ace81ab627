"""The officer's page of one body: what it was asked and what it decided. Auditors read along."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from workflow.dates import short_date
from workflow.models import ApprovalRequest, BundleItem, Decision
from workflow.queries.approvals import decisions_elsewhere, lets_on
from workflow.queries.joining import stands_outside
from workflow.queries.mandates import usable_mandate
from workflow.queries.objections import objections_of
from workflow.queries.processes import stage_spec
from workflow.rules.approvals import may_ask_again, may_readdress
from workflow.rules.bodies import capitalised, level_name
from workflow.rules.documents import set_name
from workflow.rules.processes import now_or_suspended_at
from workflow.states import WAITING, Channel, RequestState, Settlement
from workflow.views.access import Visit
from workflow.views.approvals.body_pages import body_page, frame_of
from workflow.views.approvals.body_papers import ways_to_decision, ways_to_letter
from workflow.views.approvals.objections import url_of_objection
from workflow.views.approvals.settling import reservation_of
from workflow.views.consequences import Consequences, asked_otherwise
from workflow.views.decisions.correction import (
    correction_seen,
    correction_shown,
    may_object_to,
    objections_shown,
    sets_seen,
)
from workflow.views.decisions.recorded import bundle_digest_of, decisions_of, file_of, record_of, valid_decision
from workflow.views.deeds import new_key
from workflow.views.documents import send_file
from workflow.views.matters import matters_on
from workflow.views.substitutes import acting_words


@body_page("auditor", "GET")
def approval(request: Visit, asked: ApprovalRequest) -> HttpResponse:
    """What one body was asked, what it decided, and an officer's deeds for it."""
    valid = valid_decision(asked)
    counts = valid is not None and lets_on(valid, stage_spec(asked.stage))
    at = [asked.stage.process.public_id, asked.public_id]
    deadline, clock = asked.reply_by_at, now_or_suspended_at(asked.stage.process, request.now)
    context = {
        **frame_of(request, asked),
        "asked": asked,
        "stage_title": stage_spec(asked.stage).title,
        "facts_of_request": _facts(asked, request),
        "is_past": deadline is not None and deadline <= clock and asked.state == RequestState.ASKED,
        "records": [
            record_of(row, lambda file: reverse("approval_file", args=[*at, file.public_id]), with_source=True)
            for row in decisions_of(asked)
        ],
        "elsewhere": [_elsewhere(row, asked) for row in decisions_elsewhere(asked)],
        "may_decide": asked.state in WAITING,
        "stands_outside": stands_outside(asked),
        "may_readdress": may_readdress(asked) is None,
        "may_ask_again": may_ask_again(asked, valid, counts=counts) is None,
        "may_settle": reservation_of(asked) is not None,
        "is_unsettled": valid is not None and valid.settled_as in (None, Settlement.TO_CLARIFY),
        "mandate": usable_mandate(asked) if asked.state in WAITING else None,
        "may_add": bool(decisions_of(asked)),
        "consequences": _presses(asked),
        "wants_minutes": valid is not None and valid.minutes_id is None and asked.state == RequestState.DECIDED,
        **_corrected(request, asked),
        "matters": matters_on(asked.stage.process, _ids(asked), request),
        "letter_ways": ways_to_letter(asked),
        "decision_ways": ways_to_decision(asked),
        "key": new_key(),
    }
    return render(request, "workflow/approval.html", context)


def _corrected(request: Visit, asked: ApprovalRequest) -> dict[str, Any]:
    """What was corrected since the body was asked or decided, and what it has objected to."""
    correction, objections = correction_seen(asked), objections_of(asked)
    process = asked.stage.process
    return {
        "correction": correction_shown(correction, process.language),
        "may_object": correction is not None and may_object_to(asked, correction, objections, request.actor) is None,
        "objections": [
            {**shown, "url": url_of_objection(shown["objection"], process)}
            for shown in objections_shown(objections, process)
        ],
    }


def _elsewhere(decision: Decision, asked: ApprovalRequest) -> dict[str, str]:
    """A decision under another question, as the page leads to it."""
    version = set_name(decision.bundle) if decision.bundle else ""
    parts = (short_date(decision.meeting_on), decision.get_outcome_display(), version, decision.get_state_display())
    url = reverse("approval", args=[asked.stage.process.public_id, decision.request.public_id])
    return {"words": " · ".join(filter(None, map(str, parts))), "url": url}


def _ids(asked: ApprovalRequest) -> set[UUID]:
    return {UUID(str(row.public_id)) for row in (asked, *decisions_of(asked))}


def _presses(asked: ApprovalRequest) -> list[Consequences]:
    """What the two buttons beside the question do, each done with one press."""
    presses = []
    public = (_("Nothing new becomes public."),)
    if asked.email and asked.state != RequestState.LISTED:
        presses.append(
            Consequences(
                title=_("Send a new link"),
                happens=(_("The link sent before stops working at once."),),
                mails=(_("%(body)s gets a mail with a new link: %(address)s.") % _whom(asked),),
                public=public,
                undo=(_("No. The old link does not come back; another can be sent."),),
            )
        )
    if asked.state in WAITING and asked.channel == Channel.EMAIL:
        presses.append(asked_otherwise())
    return presses


def _whom(asked: ApprovalRequest) -> dict[str, str]:
    return {"body": asked.body.name, "address": asked.email}


def _facts(asked: ApprovalRequest, request: Visit) -> list[dict[str, Any]]:
    zone = asked.stage.process.time_zone
    address = {"label": _("E-mail"), "value": asked.email or _("No address"), "note": asked.contact_name}
    if asked.bounced_at:
        address["note"] = _("Mail to this address bounced on %(day)s") % {"day": short_date(asked.bounced_at, zone)}
    return [
        {"label": _("State"), "value": asked.get_state_display()},
        {"label": _("Decides"), "value": capitalised(level_name(asked.level, asked.body))},
        {
            "label": _("Documents"),
            "value": set_name(asked.bundle) if asked.bundle else _("No text yet"),
            "note": f"SHA-256 {bundle_digest_of(asked)[:12]}" if asked.bundle else "",
        },
        {
            "label": _("Asked"),
            "value": short_date(asked.asked_at, zone) if asked.state != RequestState.LISTED else _("Not yet"),
        },
        address,
        *acting_words(asked, request),
        {
            "label": _("Opened"),
            "value": short_date(asked.link.opened_at, zone) if asked.link.opened_at else _("Not yet"),
        },
        {"label": _("Its meeting"), "value": short_date(asked.meeting_on, zone) if asked.meeting_on else ""},
        {
            "label": _("Next reminder"),
            "value": short_date(asked.next_check_at, zone) if asked.next_check_at else "",
        },
    ]


@body_page("auditor", "GET")
def approval_file(request: Visit, asked: ApprovalRequest, file_id: UUID) -> FileResponse:
    """Fetch a file that belongs to a body's decision, or to the documents it decided on."""
    sources = [objection.source for objection in objections_of(asked)]
    file = next((source for source in sources if source is not None and source.public_id == file_id), None)
    items = BundleItem.objects.filter(bundle__in=sets_seen(asked, correction_seen(asked)))
    return send_file(file or file_of(asked, file_id, items, with_source=True))
