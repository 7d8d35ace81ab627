"""Packages for an authority and what it answers: the officer's pages, and the authority's own by personal link."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workflow.actions.submissions import (
    acknowledge,
    make_package,
    missing_for,
    readdress_submission,
    record_ruling,
    send_submission,
)
from workflow.actors import Actor
from workflow.dates import clock_time, local_day, short_date, weekday_date
from workflow.forms.approvals import AddressForm
from workflow.forms.submissions import PackageForm, ReceiptForm, ReceiptOnBehalfForm, RulingForm
from workflow.models import Deadline, ExternalRequest, Package, PersonalLink, Process, Stage, StoredFile
from workflow.policies import policy
from workflow.queries.documents import current_bundle
from workflow.queries.processes import stage_deadline, stage_spec
from workflow.queries.submissions import (
    external_request_of_link,
    external_request_of_office,
    packages_for,
    packages_of,
    ruling_deadlines,
)
from workflow.queries.submissions import (
    submission as submission_of,
)
from workflow.rules.submissions import may_acknowledge, may_rule
from workflow.states import ExternalState, StageKindName, StageState
from workflow.views.deeds import do, do_with, key_of, new_key
from workflow.views.documents import send_file
from workflow.views.processes import frame, gates_of, process_of, trail_to
from workflow.views.registry import LinkTopic
from workflow.views.stages import stage_of
from workflow.views.uploads import kept
from workflow.views.visits import Visit


# ── The officer's pages ───────────────────────────────────────────────────────────────────────────────────────
def page_of(stage: Stage) -> str | None:
    """The address of the stage's page; none before it has begun."""
    if stage.state == StageState.WAITING:
        return None
    return reverse("submission", args=[stage.process.public_id, stage.public_id])


@policy("auditor")
@require_safe
def submission(request: Visit, process_id: UUID, stage_id: UUID) -> HttpResponse:
    """What was sent to the authority, what it answered, its deadline, and the packages made."""
    stage = _stage(request, process_id, stage_id)
    view = submission_of(stage)
    sent = view.request
    is_open = stage.state == StageState.OPEN
    awaits = _awaits(stage)
    state = sent.state if sent else ""
    context = {
        **trail_to(frame(request, stage.process, "process"), (str(stage_spec(stage).title), "")),
        "stage": stage,
        "spec": stage_spec(stage),
        "awaits": awaits,
        "sent": sent,
        "ruling_by": view.ruling_by,
        "ruling_is_past": _is_past(view.ruling_by, sent, request),
        "deadline": stage_deadline(stage),
        "mail": view.mail,
        "facts_of_request": _facts(sent, stage.process) if sent else [],
        "answers": _answers(sent, stage.process) if sent else [],
        "answer_files": _answer_files(sent, stage.process) if sent else [],
        "ruling": getattr(sent, "ruling", None),
        "packages": [_package_row(package, sent, stage.process) for package in view.packages],
        "gates": gates_of(stage, request) if is_open else [],
        "may_make": awaits == "receipt" and (is_open or sent is not None),
        "may_receipt": awaits == "receipt" and state == ExternalState.SENT,
        "may_rule": awaits == "ruling" and state in (ExternalState.SENT, ExternalState.ACKNOWLEDGED),
        "key": new_key(),
    }
    return render(request, "workflow/submission.html", context)


def _is_past(deadline: Deadline | None, sent: ExternalRequest | None, request: Visit) -> bool:
    is_ruled = sent is not None and sent.state == ExternalState.RULED
    return deadline is not None and deadline.at <= request.now and not is_ruled


def _facts(sent: ExternalRequest, process: Process) -> list[dict[str, Any]]:
    zone = process.time_zone
    bounced = (
        _("Mail to this address bounced on %(day)s") % {"day": short_date(sent.bounced_at, zone)}
        if sent.bounced_at
        else ""
    )
    return [
        {"label": _("Sent to"), "value": sent.body.name},
        {"label": _("E-mail"), "value": sent.email or _("No address"), "note": bounced or sent.contact_name},
        {"label": _("Sent"), "value": _moment(sent.sent_at, zone)},
        {"label": _("Opened"), "value": _moment(sent.link.opened_at, zone) if sent.link.opened_at else _("Not yet")},
    ]


def _answers(sent: ExternalRequest, process: Process) -> list[dict[str, Any]]:
    zone = process.time_zone
    rows = []
    receipt, ruling = getattr(sent, "receipt", None), getattr(sent, "ruling", None)
    if receipt is not None:
        rows += [
            {"label": _("Received by them"), "value": _moment(receipt.received_at, zone), "note": _who(receipt)},
            {"label": _("Their case number"), "value": receipt.number},
        ]
    if ruling is not None:
        rows += [
            {"label": _("Ruling"), "value": ruling.get_outcome_display(), "note": _who(ruling)},
            {"label": _("Day of the ruling"), "value": weekday_date(ruling.ruled_on, zone)},
        ]
    return rows


def _answer_files(sent: ExternalRequest, process: Process) -> list[dict[str, Any]]:
    found = []
    for row, note in ((getattr(sent, "receipt", None), _("Receipt")), (getattr(sent, "ruling", None), _("Ruling"))):
        if row is not None and row.file is not None and row.file.erased_at is None:
            url = reverse("submission_file", args=[process.public_id, sent.public_id, row.file.public_id])
            found.append({"name": row.file.name, "url": url, "size": row.file.size, "note": note})
    return found


def _who(row: Any) -> str:
    if not row.by_on_behalf_of:
        return str(row.by_label)
    return _("%(name)s, on behalf of %(body)s") % {"name": row.by_label, "body": row.by_on_behalf_of}


def _moment(at: Any, zone: str) -> str:
    return _("%(day)s at %(time)s") % {"day": weekday_date(at, zone), "time": clock_time(at, zone)}


def _package_row(package: Package, sent: ExternalRequest | None, process: Process) -> dict[str, Any]:
    is_sent = sent is not None and package.pk == sent.package_id
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
        "is_sent": is_sent,
        "may_send": sent is None or (package.supplements_id is not None and package.supplements_id == sent.package_id),
        "url": reverse("package", args=[process.public_id, package.public_id]),
        "made": _moment(package.created_at, process.time_zone),
    }


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def package_new(request: Visit, process_id: UUID, stage_id: UUID) -> HttpResponse:
    """Make a package: complete, provisional with a reason, or a supplement."""
    stage = _stage(request, process_id, stage_id, officers_only=True)
    bundle = current_bundle(stage.process)
    missing = missing_for(stage, bundle, request.now) if bundle else []
    form = PackageForm(
        request.POST or None, missing=missing, packages=list(packages_of(stage.process).filter(stage=stage))
    )
    if request.method == "POST" and form.is_valid():
        answer = do_with(
            request,
            form,
            lambda: make_package(stage, **form.facts(), actor=request.actor, now=request.now, key=key_of(request)),
            done=_("The package is made. Look at its contents before you send it."),
            to=reverse("submission", args=[process_id, stage_id]),
        )
        if answer:
            return answer
    context = {
        **_frame(request, stage, _("Make a package")),
        "missing": missing,
        "bundle": bundle,
        "form": form,
        "submit": _("Make the package"),
        "cancel_url": reverse("submission", args=[process_id, stage_id]),
        "key": key_of(request) or new_key(),
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "workflow/package_new.html", context, status=status)


@policy("auditor")
@require_safe
def package(request: Visit, process_id: UUID, package_id: UUID) -> HttpResponse:
    """What a package holds, with the checksum of each file."""
    process = process_of(request, process_id)
    found = get_object_or_404(packages_of(process), public_id=package_id)
    found.stage.process = process
    context = {
        **_frame(request, found.stage, _("Package %(number)d") % {"number": found.number}),
        "package": found,
        "made": _moment(found.created_at, process.time_zone),
        "reason": found.manifest.get("provisional_reason", ""),
        "missing": found.manifest.get("missing", []),
        "members": members_of(found),
        "download_url": reverse("package_file", args=[process_id, package_id]),
    }
    return render(request, "workflow/package.html", context)


@policy("auditor")
@require_safe
def package_file(request: Visit, process_id: UUID, package_id: UUID) -> FileResponse:
    """Download a package."""
    process = process_of(request, process_id)
    return send_file(get_object_or_404(packages_of(process), public_id=package_id).file)


@policy("secretariat")
@require_POST
def submission_send(request: Visit, process_id: UUID, package_id: UUID) -> HttpResponse:
    """Send a package to the authority, or a supplement to what it has already."""
    process = process_of(request, process_id, officers_only=True)
    found = get_object_or_404(packages_of(process), public_id=package_id)
    found.stage.process = process
    return do(
        request,
        lambda: send_submission(found.stage, found, actor=request.actor, now=request.now, key=key_of(request)),
        done=_("The package is on its way to the authority."),
        to=reverse("submission", args=[process_id, found.stage.public_id]),
    )


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def submission_readdress(request: Visit, process_id: UUID, request_id: UUID) -> HttpResponse:
    """Send the submission to another address, or once more to the same one."""
    sent = _sent(request, process_id, request_id, officers_only=True)
    form = AddressForm(request.POST or None, initial={"email": sent.email, "name": sent.contact_name})
    if request.method == "POST" and form.is_valid():
        answer = do_with(
            request,
            form,
            lambda: readdress_submission(
                sent,
                email=form.cleaned_data["email"],
                name=form.cleaned_data["name"],
                actor=request.actor,
                now=request.now,
                key=key_of(request),
            ),
            done=_("The submission is on its way under a new link. The old link no longer works."),
            to=_url(sent),
        )
        if answer:
            return answer
    return _deed(request, sent, form, _("Send once more"), _("Send to this address"))


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def receipt_on_behalf(request: Visit, process_id: UUID, request_id: UUID) -> HttpResponse:
    """Record the authority's receipt when it came by another road; its time limit runs from it."""
    sent = _sent(request, process_id, request_id, officers_only=True)
    process = sent.stage.process
    zone = process.time_zone
    initial = {"received_on": local_day(request.now, zone), "received_clock": clock_time(request.now, zone)}
    form = ReceiptOnBehalfForm(request.POST or None, request.FILES or None, initial=initial)
    actor = request.actor.acting_for(sent.body.name)
    if request.method == "POST" and form.is_valid():
        received_at = form.received_at(zone)
        refusal = may_acknowledge(sent, actor, request.now, received_at=received_at, zone=zone)
        file = kept(form, "file", process.office, request.now, refusal=refusal)
        answer = (
            None
            if form.errors
            else do_with(
                request,
                form,
                lambda: acknowledge(
                    sent,
                    received_at=received_at,
                    number=form.cleaned_data["number"],
                    file=file,
                    actor=actor,
                    now=request.now,
                    key=key_of(request),
                ),
                done=_("The receipt is recorded. Region, councils and committee are told."),
                to=_url(sent),
            )
        )
        if answer:
            return answer
    return _deed(request, sent, form, _("Record the receipt"), _("Record the receipt"))


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def ruling_on_behalf(request: Visit, process_id: UUID, request_id: UUID) -> HttpResponse:
    """Record what the authority ruled when it came by another road."""
    sent = _sent(request, process_id, request_id, officers_only=True)
    initial = {"ruled_on": local_day(request.now, sent.stage.process.time_zone)}
    form = RulingForm(request.POST or None, request.FILES or None, initial=initial)
    actor = request.actor.acting_for(sent.body.name)
    if request.method == "POST":
        done = _("The ruling is recorded. Region, councils and committee are told.")
        if answer := _ruled(request, sent, form, actor, done=done, to=_url(sent)):
            return answer
    return _deed(request, sent, form, _("Record the ruling"), _("Record the ruling"))


@policy("auditor")
@require_safe
def submission_file(request: Visit, process_id: UUID, request_id: UUID, file_id: UUID) -> FileResponse:
    """Fetch the authority's receipt or ruling."""
    sent = _sent(request, process_id, request_id)
    rows = (getattr(sent, "receipt", None), getattr(sent, "ruling", None))
    files: list[StoredFile] = [row.file for row in rows if row is not None and row.file is not None]
    found = next((file for file in files if file.public_id == file_id), None)
    if found is None:
        raise Http404
    return send_file(found)


# ── The authority's page ──────────────────────────────────────────────────────────────────────────────────────
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


@policy("link_holder")
@never_cache
@require_POST
def authority_ruling(request: Visit, link_id: UUID) -> HttpResponse:
    """Rule: approve or object, with reasons and a file."""
    sent = _sent_of_link(request)
    form = RulingForm(request.POST, request.FILES, auto_id="ruling_%s")
    answer = _ruled(
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
    deadline = ruling_deadlines([process.pk]).get(process.pk) if _awaits(sent.stage) == "ruling" else None
    return LinkTopic(
        title=str(stage_spec(sent.stage).title),
        party=sent.body.name,
        process_title=process.title,
        case_number=process.case_number,
        reply_by_at=deadline.at if deadline else None,
        zone=process.time_zone,
        label=sent.body.name,
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
    awaits = _awaits(sent.stage)
    ruling_by = ruling_deadlines([process.pk]).get(process.pk)
    context = {
        "process": process,
        "office_name": process.office.name,
        "mailbox": process.office.reply_to,
        "sent": sent,
        "stage_title": stage_spec(sent.stage).title,
        "is_withdrawn": sent.state == ExternalState.WITHDRAWN,
        "ruling_by": ruling_by,
        "ruling_is_past": _is_past(ruling_by, sent, request),
        "answers": _answers(sent, process),
        "ruling": getattr(sent, "ruling", None),
        "packages": [
            {
                "package": row,
                "made": _moment(row.created_at, process.time_zone),
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
        or RulingForm(auto_id="ruling_%s", initial={"ruled_on": local_day(request.now, process.time_zone)}),
        "receipt_url": reverse("authority_receipt", args=[sent.link.public_id]),
        "ruling_url": reverse("authority_ruling", args=[sent.link.public_id]),
        "key": key_of(request) or new_key(),
    }
    return render(request, "workflow/authority.html", context, status=status)


# ── Shared ────────────────────────────────────────────────────────────────────────────────────────────────────
def members_of(package: Package) -> list[dict[str, Any]]:
    """The files in a package, as its manifest lists them."""
    return [
        {"name": row["path"], "size": row["size"], "sha256": row["sha256"]}
        for row in package.manifest.get("members", [])
    ]


def _ruled(
    request: Visit, sent: ExternalRequest, form: RulingForm, actor: Actor, *, done: str, to: str
) -> HttpResponse | None:
    if not form.is_valid():
        return None
    process, given = sent.stage.process, form.cleaned_data
    refusal = may_rule(
        sent,
        actor,
        request.now,
        ruled_on=given["ruled_on"],
        awaits=_awaits(sent.stage),
        zone=process.time_zone,
    )
    file = kept(form, "file", process.office, request.now, refusal=refusal)
    if form.errors:
        return None
    return do_with(
        request,
        form,
        lambda: record_ruling(
            sent,
            outcome=given["outcome"],
            ruled_on=given["ruled_on"],
            text=given["text"],
            file=file,
            actor=actor,
            now=request.now,
            key=key_of(request),
        ),
        done=done,
        to=to,
    )


def _awaits(stage: Stage) -> str:
    terms = stage_spec(stage).external
    return terms.awaits if terms else ""


def _stage(request: Visit, process_id: UUID, stage_id: UUID, *, officers_only: bool = False) -> Stage:
    found = stage_of(request, process_id, stage_id, officers_only=officers_only)
    if found.kind != StageKindName.EXTERNAL:
        raise Http404
    return found


def _sent(request: Visit, process_id: UUID, request_id: UUID, *, officers_only: bool = False) -> ExternalRequest:
    process = process_of(request, process_id, officers_only=officers_only)
    try:
        found = external_request_of_office(request_id, process.office)
    except ExternalRequest.DoesNotExist as error:
        raise Http404 from error
    if found.stage.process_id != process.pk:
        raise Http404
    return found


def _url(sent: ExternalRequest) -> str:
    return reverse("submission", args=[sent.stage.process.public_id, sent.stage.public_id])


def _frame(request: Visit, stage: Stage, here: str) -> dict[str, Any]:
    url = reverse("submission", args=[stage.process.public_id, stage.public_id])
    return trail_to(frame(request, stage.process, "process"), (str(stage_spec(stage).title), url), (here, ""))


def _deed(request: Visit, sent: ExternalRequest, form: Any, heading: str, submit: str) -> HttpResponse:
    context = {
        **_frame(request, sent.stage, heading),
        "heading": f"{heading}: {sent.body.name}",
        "form": form,
        "submit": submit,
        "cancel_url": _url(sent),
        "key": key_of(request) or new_key(),
    }
    return render(request, "workflow/deed.html", context, status=422 if request.method == "POST" else 200)
