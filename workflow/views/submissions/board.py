"""The officer's page of a submission: what was sent to which address, what was answered, which packages there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from workflow.actions.submissions import readdress_submission
from workflow.dates import short_date
from workflow.models import ExternalReceipt, ExternalRequest, ExternalRuling, Package, Process, Stage, StoredFile
from workflow.queries.documents import bundle_of, waits_to_be_put_forward
from workflow.queries.processes import stage_deadline, stage_spec
from workflow.queries.submissions import odd_in_sending_now, questions_of
from workflow.queries.submissions import submission as submission_of
from workflow.reports.papers.decisions import RECEIPT
from workflow.reports.papers.registry import PDF
from workflow.rules.submissions import may_send
from workflow.states import ExternalState, StageState
from workflow.views.access import Visit, officer_of
from workflow.views.deadlines import authority_clock
from workflow.views.deeds import new_key
from workflow.views.documents import send_file
from workflow.views.forecasts_outside import package_sending_of, readdressing_of
from workflow.views.matters import matters_on
from workflow.views.pages import frame, trail_to
from workflow.views.papers import Ways, send_paper, ways_to_fetch
from workflow.views.processes import gates_of
from workflow.views.readdressing import send_to_address
from workflow.views.submissions.submission_pages import (
    answers_of,
    awaited_of,
    external_page,
    file_of,
    files_of,
    is_past_due,
    moment,
    sent_page,
    show_form_for,
    url_of,
)
from workflow.views.substitutes import acting_words


@external_page("auditor", "GET")
def submission(request: Visit, stage: Stage) -> HttpResponse:
    """What was sent to the authority, what it answered, its deadline, and the packages made."""
    view = submission_of(stage)
    sent = view.request
    is_open = stage.state == StageState.OPEN
    awaits = awaited_of(stage)
    state = sent.state if sent else ""
    ruling: ExternalRuling | None = getattr(sent, "ruling", None)
    questions = questions_of([sent]) if sent else []
    waiting = {row.public_id for row in (ruling, *questions) if row is not None}
    context = {
        **trail_to(frame(request, stage.process, "process"), (str(stage_spec(stage).title), "")),
        "stage": stage,
        "spec": stage_spec(stage),
        "awaits": awaits,
        "sent": sent,
        "ruling_by": view.ruling_by,
        "clock": authority_clock(view.ruling_by) if view.ruling_by else None,
        "ruling_is_past": is_past_due(view.ruling_by, sent, request),
        "deadline": stage_deadline(stage),
        "bundle": bundle_of(stage),
        "waiting": waits_to_be_put_forward(stage.line_id) if stage.state == StageState.OPEN else None,
        "mail": view.mail,
        "facts_of_request": _facts(sent, stage.process, request) if sent else [],
        "answers": answers_of(sent, stage.process) if sent else [],
        "receipt_ways": _receipt_ways(sent),
        "answer_files": files_of(sent, _file_url(stage.process, sent)) if sent else [],
        "ruling": ruling,
        "packages": [_package_row(package, sent, stage, request) for package in view.packages],
        "gates": gates_of(stage, request) if is_open else [],
        "may_make": awaits == "receipt" and (is_open or sent is not None),
        "may_receipt": awaits == "receipt" and state == ExternalState.SENT,
        "may_rule": awaits == "ruling" and state in (ExternalState.SENT, ExternalState.ACKNOWLEDGED),
        "questions": questions,
        "matters": matters_on(stage.process, waiting, request),
        "key": new_key(),
    }
    return render(request, "workflow/submission.html", context)


def _facts(sent: ExternalRequest, process: Process, request: Visit) -> list[dict[str, Any]]:
    zone = process.time_zone
    bounced = (
        _("Mail to this address bounced on %(day)s") % {"day": short_date(sent.bounced_at, zone)}
        if sent.bounced_at
        else ""
    )
    return [
        {"label": _("Sent to"), "value": sent.body.name},
        {"label": _("E-mail"), "value": sent.email or _("No address"), "note": bounced or sent.contact_name},
        *acting_words(sent, request),
        {"label": _("Sent"), "value": moment(sent.sent_at, zone)},
        {"label": _("Opened"), "value": moment(sent.link.opened_at, zone) if sent.link.opened_at else _("Not yet")},
    ]


def _receipt_ways(sent: ExternalRequest | None) -> Ways | None:
    if sent is None or getattr(sent, "receipt", None) is None:
        return None
    ids = [sent.stage.process.public_id, sent.public_id]
    return ways_to_fetch(RECEIPT, lambda ending: reverse("receipt_paper", args=[*ids, ending]), PDF, is_named=True)


@sent_page("auditor", "GET")
def receipt_paper(request: Visit, sent: ExternalRequest, ending: str) -> HttpResponseBase:
    """Fetch the authority's receipt as it is recorded."""
    receipt: ExternalReceipt | None = getattr(sent, "receipt", None)
    if receipt is None:
        raise Http404
    receipt.request = sent
    return send_paper(request, RECEIPT, receipt, ending)


def _file_url(process: Process, sent: ExternalRequest) -> Callable[[StoredFile], str]:
    return lambda file: reverse("submission_file", args=[process.public_id, sent.public_id, file.public_id])


def _package_row(package: Package, sent: ExternalRequest | None, stage: Stage, request: Visit) -> dict[str, Any]:
    process = stage.process
    is_sendable = may_send(stage, package, sent) is None
    is_shown = is_sendable and officer_of(request, process.office)
    odd = odd_in_sending_now(stage, package.bundle, request.now) if is_shown and sent is None else []
    if package.is_provisional:
        badge, tone = _("Provisional"), "warning"
    elif package.supplements:
        badge, tone = _("Supplement to package %(number)d") % {"number": package.supplements.number}, "info"
    else:
        badge, tone = _("Complete"), "success"
    return {
        "package": package,
        "badge": badge,
        "tone": tone,
        "is_sent": package.sent_at is not None,
        "may_send": is_sendable,
        "odd": odd,
        "consequences": [package_sending_of(request, package)] if is_shown else [],
        "url": reverse("package", args=[process.public_id, package.public_id]),
        "made": moment(package.created_at, process.time_zone),
    }


@sent_page("secretariat", "GET", "POST")
def submission_readdress(request: Visit, sent: ExternalRequest) -> HttpResponse:
    """Send the submission to another address, or once more to the same one."""
    done = _("The submission is on its way under a new link. The old link no longer works.")
    form, answer = send_to_address(request, sent, readdress_submission, done=done, to=url_of(sent))
    return answer or show_form_for(
        request, sent, form, _("Send once more"), _("Send to this address"), [readdressing_of(sent.body.name)]
    )


@sent_page("auditor", "GET")
def submission_file(request: Visit, sent: ExternalRequest, file_id: UUID) -> FileResponse:
    """Fetch the authority's receipt or ruling."""
    return send_file(file_of([sent], file_id))
