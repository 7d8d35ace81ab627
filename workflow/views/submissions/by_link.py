"""The authority's own page by personal link: the packages, and the form for its receipt or its ruling."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from workflow.actions.submissions import acknowledge, ask_question, record_ruling
from workflow.actors import Actor
from workflow.dates import local_day
from workflow.forms.signatures import SignedForm
from workflow.forms.submissions import OwnRulingForm, QuestionForm, ReceiptForm
from workflow.models import ExternalRequest, Package, PersonalLink, Process
from workflow.queries.processes import stage_spec
from workflow.queries.submissions import (
    external_request_of_link,
    external_requests_of_link,
    packages_for_authority,
    questions_of,
    ruling_deadlines,
)
from workflow.rules.submissions import SUBMISSION_WITHDRAWN
from workflow.stage_kinds.pages import LinkTopic
from workflow.states import ExternalState
from workflow.views.access import Visit
from workflow.views.deeds import Press, key_of, new_key, press_form, press_of
from workflow.views.documents import send_file
from workflow.views.pages import Declared, page_by_link
from workflow.views.submissions.submission_pages import (
    answers_of,
    awaited_of,
    file_of,
    files_of,
    is_past_due,
    members_of,
    moment,
)


def _under_link(request: Visit) -> list[ExternalRequest]:
    """Everything of the matter under this link, the latest first."""
    try:
        return external_requests_of_link(request.link)
    except ExternalRequest.DoesNotExist as error:
        raise Http404 from error


def _authority_page(*methods: str, takes_files: bool = False) -> Declared[list[ExternalRequest]]:
    """Declare a page of an authority; the view gets all of the matter under the link, the latest first."""
    return page_by_link(_under_link, *methods, takes_files=takes_files)


def _press(request: Visit, sent: ExternalRequest, form: SignedForm) -> Press:
    """The press of whoever the form names, by the authority's link."""
    actor = Actor.of_link(request.link, sent.body.name)
    return press_of(request, form.sign(actor) if form.is_valid() else actor)


def _url(request: Visit, name: str, *more: object) -> str:
    return reverse(name, args=[request.link.public_id, *more])


@_authority_page("GET")
def authority(request: Visit, under_link: list[ExternalRequest]) -> HttpResponse:
    """What was sent, what the authority has answered, and what it is asked for: a receipt or a ruling."""
    return _show_authority(request, under_link)


@_authority_page("POST")
def authority_receipt(request: Visit, under_link: list[ExternalRequest]) -> HttpResponse:
    """Acknowledge the package, under the authority's own number."""
    sent = _awaiting(under_link, "receipt")
    form = ReceiptForm(request.POST, auto_id="receipt_%s")
    answer = press_form(
        request,
        form,
        partial(acknowledge, sent, received_at=request.now),
        facts=form.facts,
        press=_press(request, sent, form),
        done=_("Thank you. The receipt is recorded, and the region and the councils are told."),
        to=_url(request, "authority"),
    )
    return answer or _show_authority(request, under_link, receipt=form, status=409)


@_authority_page("POST", takes_files=True)
def authority_ruling(request: Visit, under_link: list[ExternalRequest]) -> HttpResponse:
    """Rule: approve or object, with reasons and a file."""
    sent = _awaiting(under_link, "ruling")
    form = OwnRulingForm(request.POST, request.FILES, auto_id="ruling_%s", matter=sent)
    answer = press_form(
        request,
        form,
        partial(record_ruling, sent),
        facts=form.facts,
        press=_press(request, sent, form),
        done=_("Thank you. The ruling is recorded, and the region and the councils are told."),
        to=_url(request, "authority"),
    )
    return answer or _show_authority(request, under_link, ruling=form, status=409)


@_authority_page("POST")
def authority_question(request: Visit, under_link: list[ExternalRequest]) -> HttpResponse:
    """Ask the office something about the submission."""
    sent = under_link[0]
    form = QuestionForm(request.POST, auto_id="question_%s")
    answer = press_form(
        request,
        form,
        partial(ask_question, sent),
        facts=form.facts,
        press=_press(request, sent, form),
        done=_("Your question is recorded, and a receipt is on its way by mail. The secretariat answers by mail."),
        to=_url(request, "authority"),
    )
    return answer or _show_authority(request, under_link, question=form, status=409)


@_authority_page("GET")
def authority_package(request: Visit, under_link: list[ExternalRequest], package_id: UUID) -> FileResponse:
    """Download a package that was sent under this link."""
    package = next((row for row in _fetchable(under_link[0]) if row.public_id == package_id), None)
    if package is None:
        raise Http404
    return send_file(package.file)


@_authority_page("GET")
def authority_file(request: Visit, under_link: list[ExternalRequest], file_id: UUID) -> FileResponse:
    """Fetch the authority's own receipt or ruling."""
    return send_file(file_of(under_link, file_id))


def topic(link: PersonalLink) -> LinkTopic:
    """What an authority's link is about, for its start page."""
    sent = external_request_of_link(link)
    process = sent.stage.process
    deadline = ruling_deadlines([sent.stage]).get(sent.stage_id) if awaited_of(sent.stage) == "ruling" else None
    return LinkTopic(
        title=str(stage_spec(sent.stage).title),
        party=sent.body.name,
        process_title=process.title,
        case_number=process.case_number,
        reply_by_at=deadline.at if deadline else None,
        zone=process.time_zone,
        label=sent.body.name,
        language=process.language,
        process=process,
        who="authority",
        over=str(SUBMISSION_WITHDRAWN.text) if sent.state == ExternalState.WITHDRAWN else "",
    )


def _awaiting(under_link: list[ExternalRequest], awaited: str) -> ExternalRequest:
    """What a receipt or a ruling is about; the latest where nothing awaits one, and the rule then says so."""
    return next((sent for sent in under_link if awaited_of(sent.stage) == awaited), under_link[0])


def _fetchable(sent: ExternalRequest) -> list[Package]:
    """Nothing more once the submission was withdrawn."""
    return [] if sent.state == ExternalState.WITHDRAWN else packages_for_authority(sent)


def _show_authority(
    request: Visit,
    under_link: list[ExternalRequest],
    *,
    receipt: ReceiptForm | None = None,
    ruling: OwnRulingForm | None = None,
    question: QuestionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    sent, process = under_link[0], under_link[0].stage.process
    asked_receipt, asked_ruling = _awaiting(under_link, "receipt"), _awaiting(under_link, "ruling")
    ruling_by = ruling_deadlines([asked_ruling.stage]).get(asked_ruling.stage_id)
    today = {"ruled_on": local_day(request.now, process.time_zone)}
    context = {
        "process": process,
        "office_name": process.office.name,
        "sent": sent,
        "stage_title": stage_spec(sent.stage).title,
        "is_withdrawn": sent.state == ExternalState.WITHDRAWN,
        "ruling_by": ruling_by,
        "ruling_is_past": is_past_due(ruling_by, sent, request),
        "answers": [row for each in reversed(under_link) for row in answers_of(each, process, is_own=True)],
        "answer_files": [
            row
            for each in reversed(under_link)
            for row in files_of(each, lambda file: _url(request, "authority_file", file.public_id))
        ],
        "ruling": getattr(asked_ruling, "ruling", None),
        "packages": [_package_row(request, package, process) for package in _fetchable(sent)],
        "may_receipt": awaited_of(asked_receipt.stage) == "receipt" and asked_receipt.state == ExternalState.SENT,
        "may_rule": awaited_of(asked_ruling.stage) == "ruling"
        and asked_ruling.state in (ExternalState.SENT, ExternalState.ACKNOWLEDGED),
        "receipt_form": receipt or ReceiptForm(auto_id="receipt_%s"),
        "ruling_form": ruling or OwnRulingForm(auto_id="ruling_%s", initial=today, matter=asked_ruling),
        "stands_at": _url(request, "authority"),
        "questions": questions_of(under_link),
        "question_form": question or QuestionForm(auto_id="question_%s"),
        "question_url": _url(request, "authority_question"),
        "receipt_url": _url(request, "authority_receipt"),
        "ruling_url": _url(request, "authority_ruling"),
        "key": key_of(request) or new_key(),
    }
    return render(request, "workflow/authority.html", context, status=status)


def _package_row(request: Visit, package: Package, process: Process) -> dict[str, Any]:
    return {
        "package": package,
        "made": moment(package.created_at, process.time_zone),
        "reason": package.manifest.get("provisional_reason", ""),
        "missing": package.manifest.get("missing", []),
        "members": members_of(package),
        "url": _url(request, "authority_package", package.public_id),
    }
