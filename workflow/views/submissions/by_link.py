"""The authority's own page by personal link: the packages, and the form for its receipt or its ruling."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from workflow.actions.submissions import acknowledge
from workflow.actors import Actor
from workflow.dates import local_day
from workflow.forms.submissions import ReceiptForm, RulingForm
from workflow.models import ExternalRequest, Package, PersonalLink
from workflow.policies import policy
from workflow.queries.processes import stage_spec
from workflow.queries.submissions import external_request_of_link, packages_for, ruling_deadlines
from workflow.states import ExternalState
from workflow.views.deeds import do_with, key_of, new_key
from workflow.views.documents import send_file
from workflow.views.registry import LinkTopic
from workflow.views.submissions.reading import answers_of, awaited_of, is_past_due, members_of, moment
from workflow.views.submissions.ruling import take_ruling
from workflow.views.visits import Visit


@policy("link_holder")
@never_cache
@require_safe
def authority(request: Visit, link_id: UUID) -> HttpResponse:
    """What was sent, its checksums, and what the authority is asked for: a receipt or a ruling."""
    return _show_authority(request, _sent_of_link(request))


@policy("link_holder")
@never_cache
@require_POST
def authority_receipt(request: Visit, link_id: UUID) -> HttpResponse:
    """Acknowledge the package, under the authority's own number."""
    sent = _sent_of_link(request)
    form = ReceiptForm(request.POST, auto_id="receipt_%s")
    if form.is_valid():
        answer = do_with(
            request,
            form,
            lambda: acknowledge(
                sent,
                received_at=request.now,
                number=form.cleaned_data["number"],
                actor=Actor.of_link(request.link, sent.body.name),
                now=request.now,
                key=key_of(request),
            ),
            done=_("Thank you. The receipt is recorded, and the region and the councils are told."),
            to=reverse("authority", args=[link_id]),
        )
        if answer:
            return answer
    return _show_authority(request, sent, receipt=form, status=409)


@policy("link_holder", takes_files=True)
@never_cache
@require_POST
def authority_ruling(request: Visit, link_id: UUID) -> HttpResponse:
    """Rule: approve or object, with reasons and a file."""
    sent = _sent_of_link(request)
    form = RulingForm(request.POST, request.FILES, auto_id="ruling_%s", matter=sent)
    answer = take_ruling(
        request,
        sent,
        form,
        Actor.of_link(request.link, sent.body.name),
        done=_("Thank you. The ruling is recorded, and the region and the councils are told."),
        to=reverse("authority", args=[link_id]),
    )
    return answer or _show_authority(request, sent, ruling=form, status=409)


@policy("link_holder")
@never_cache
@require_safe
def authority_package(request: Visit, link_id: UUID, package_id: UUID) -> FileResponse:
    """Download a package that was sent under this link."""
    sent = _sent_of_link(request)
    found = next((row for row in _fetchable(sent) if row.public_id == package_id), None)
    if found is None:
        raise Http404
    return send_file(found.file)


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
    )


def _sent_of_link(request: Visit) -> ExternalRequest:
    try:
        return external_request_of_link(request.link)
    except ExternalRequest.DoesNotExist as error:
        raise Http404 from error


def _fetchable(sent: ExternalRequest) -> list[Package]:
    """Nothing more once the submission was withdrawn."""
    return [] if sent.state == ExternalState.WITHDRAWN else packages_for(sent)


def _show_authority(
    request: Visit,
    sent: ExternalRequest,
    *,
    receipt: ReceiptForm | None = None,
    ruling: RulingForm | None = None,
    status: int = 200,
) -> HttpResponse:
    process = sent.stage.process
    awaits = awaited_of(sent.stage)
    ruling_by = ruling_deadlines([sent.stage]).get(sent.stage_id)
    context = {
        "process": process,
        "office_name": process.office.name,
        "sent": sent,
        "stage_title": stage_spec(sent.stage).title,
        "is_withdrawn": sent.state == ExternalState.WITHDRAWN,
        "ruling_by": ruling_by,
        "ruling_is_past": is_past_due(ruling_by, sent, request),
        "answers": answers_of(sent, process),
        "ruling": getattr(sent, "ruling", None),
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
        "may_receipt": awaits == "receipt" and sent.state == ExternalState.SENT,
        "may_rule": awaits == "ruling" and sent.state in (ExternalState.SENT, ExternalState.ACKNOWLEDGED),
        "receipt_form": receipt or ReceiptForm(auto_id="receipt_%s"),
        "ruling_form": ruling
        or RulingForm(
            auto_id="ruling_%s", initial={"ruled_on": local_day(request.now, process.time_zone)}, matter=sent
        ),
        "receipt_url": reverse("authority_receipt", args=[sent.link.public_id]),
        "ruling_url": reverse("authority_ruling", args=[sent.link.public_id]),
        "key": key_of(request) or new_key(),
    }
    return render(request, "workflow/authority.html", context, status=status)
