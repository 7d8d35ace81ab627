"""The authority's own page by personal link: the packages, and the form for its receipt or its ruling."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from workflow.actions.submissions import acknowledge, ask_question
from workflow.actors import Actor
from workflow.dates import local_day
from workflow.forms.submissions import OwnRulingForm, QuestionForm, ReceiptForm
from workflow.models import ExternalRequest, Package, PersonalLink
from workflow.policies import policy
from workflow.queries.processes import stage_spec
from workflow.queries.submissions import (
    external_request_of_link,
    packages_for,
    questions_of,
    requests_of_link,
    ruling_deadlines,
)
from workflow.rules.submissions import SUBMISSION_WITHDRAWN
from workflow.stage_kinds.pages import LinkTopic
from workflow.states import ExternalState
from workflow.views.access import Visit
from workflow.views.deeds import do_with, key_of, new_key
from workflow.views.documents import send_file
from workflow.views.submissions.reading import (
    answers_of,
    awaited_of,
    file_of,
    files_of,
    is_past_due,
    members_of,
    moment,
)
from workflow.views.submissions.ruling import take_ruling


@policy("link_holder")
@never_cache
@require_safe
def authority(request: Visit, link_id: UUID) -> HttpResponse:
    """What was sent, what the authority has answered, and what it is asked for: a receipt or a ruling."""
    return _show_authority(request, _under_link(request))


@policy("link_holder")
@never_cache
@require_POST
def authority_receipt(request: Visit, link_id: UUID) -> HttpResponse:
    """Acknowledge the package, under the authority's own number."""
    under_link = _under_link(request)
    sent = _awaiting(under_link, "receipt")
    form = ReceiptForm(request.POST, auto_id="receipt_%s")
    if form.is_valid():
        answer = do_with(
            request,
            form,
            lambda: acknowledge(
                sent,
                received_at=request.now,
                number=form.cleaned_data["number"],
                actor=form.sign(Actor.of_link(request.link, sent.body.name)),
                now=request.now,
                key=key_of(request),
            ),
            done=_("Thank you. The receipt is recorded, and the region and the councils are told."),
            to=reverse("authority", args=[link_id]),
        )
        if answer:
            return answer
    return _show_authority(request, under_link, receipt=form, status=409)


@policy("link_holder", takes_files=True)
@never_cache
@require_POST
def authority_ruling(request: Visit, link_id: UUID) -> HttpResponse:
    """Rule: approve or object, with reasons and a file."""
    under_link = _under_link(request)
    sent = _awaiting(under_link, "ruling")
    form = OwnRulingForm(request.POST, request.FILES, auto_id="ruling_%s", matter=sent)
    actor = Actor.of_link(request.link, sent.body.name)
    answer = take_ruling(
        request,
        sent,
        form,
        form.sign(actor) if form.is_valid() else actor,
        done=_("Thank you. The ruling is recorded, and the region and the councils are told."),
        to=reverse("authority", args=[link_id]),
    )
    return answer or _show_authority(request, under_link, ruling=form, status=409)


@policy("link_holder")
@never_cache
@require_POST
def authority_question(request: Visit, link_id: UUID) -> HttpResponse:
    """Ask the office something about the submission."""
    under_link = _under_link(request)
    form = QuestionForm(request.POST, auto_id="question_%s")
    if form.is_valid():
        answer = do_with(
            request,
            form,
            lambda: ask_question(
                under_link[0],
                text=form.cleaned_data["text"],
                actor=form.sign(Actor.of_link(request.link, under_link[0].body.name)),
                now=request.now,
                key=key_of(request),
            ),
            done=_("Your question is recorded, and a receipt is on its way by mail. The secretariat answers by mail."),
            to=reverse("authority", args=[link_id]),
        )
        if answer:
            return answer
    return _show_authority(request, under_link, question=form, status=409)


@policy("link_holder")
@never_cache
@require_safe
def authority_package(request: Visit, link_id: UUID, package_id: UUID) -> FileResponse:
    """Download a package that was sent under this link."""
    found = next((row for row in _fetchable(_under_link(request)[0]) if row.public_id == package_id), None)
    if found is None:
        raise Http404
    return send_file(found.file)


@policy("link_holder")
@never_cache
@require_safe
def authority_file(request: Visit, link_id: UUID, file_id: UUID) -> FileResponse:
    """Fetch the authority's own receipt or ruling."""
    return send_file(file_of(_under_link(request), file_id))


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


def _under_link(request: Visit) -> list[ExternalRequest]:
    """Everything of the matter under this link, the latest first."""
    try:
        return requests_of_link(request.link)
    except ExternalRequest.DoesNotExist as error:
        raise Http404 from error


def _awaiting(under_link: list[ExternalRequest], awaited: str) -> ExternalRequest:
    """What a receipt or a ruling is about; the latest where nothing awaits one, and the rule then says so."""
    return next((sent for sent in under_link if awaited_of(sent.stage) == awaited), under_link[0])


def _fetchable(sent: ExternalRequest) -> list[Package]:
    """Nothing more once the submission was withdrawn."""
    return [] if sent.state == ExternalState.WITHDRAWN else packages_for(sent)


def _show_authority(
    request: Visit,
    under_link: list[ExternalRequest],
    *,
    receipt: ReceiptForm | None = None,
    ruling: OwnRulingForm | None = None,
    question: QuestionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    sent = under_link[0]
    process = sent.stage.process
    asked_receipt, asked_ruling = _awaiting(under_link, "receipt"), _awaiting(under_link, "ruling")
    ruling_by = ruling_deadlines([asked_ruling.stage]).get(asked_ruling.stage_id)
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
            for row in files_of(
                each, lambda file: reverse("authority_file", args=[sent.link.public_id, file.public_id])
            )
        ],
        "ruling": getattr(asked_ruling, "ruling", None),
        "packages": [
            {
                "package": row,
                "made": moment(row.created_at, process.time_zone),
                "reason": row.manifest.get("provisional_reason", ""),
                "members": members_of(row),
                "url": reverse("authority_package", args=[sent.link.public_id, row.public_id]),
            }
            for row in _fetchable(sent)
        ],
        "may_receipt": awaited_of(asked_receipt.stage) == "receipt" and asked_receipt.state == ExternalState.SENT,
        "may_rule": awaited_of(asked_ruling.stage) == "ruling"
        and asked_ruling.state in (ExternalState.SENT, ExternalState.ACKNOWLEDGED),
        "receipt_form": receipt or ReceiptForm(auto_id="receipt_%s"),
        "ruling_form": ruling
        or OwnRulingForm(
            auto_id="ruling_%s", initial={"ruled_on": local_day(request.now, process.time_zone)}, matter=asked_ruling
        ),
        "stands_at": reverse("authority", args=[sent.link.public_id]),
        "questions": questions_of(under_link),
        "question_form": question or QuestionForm(auto_id="question_%s"),
        "question_url": reverse("authority_question", args=[sent.link.public_id]),
        "receipt_url": reverse("authority_receipt", args=[sent.link.public_id]),
        "ruling_url": reverse("authority_ruling", args=[sent.link.public_id]),
        "key": key_of(request) or new_key(),
    }
    return render(request, "workflow/authority.html", context, status=status)
