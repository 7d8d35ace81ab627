"""Packages for the authority: making one, looking into it, sending it."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workflow.actions.submissions import make_package, missing_for, send_submission
from workflow.forms.submissions import PackageForm
from workflow.policies import policy
from workflow.queries.documents import current_bundle, newest_of_text
from workflow.queries.submissions import packages_of
from workflow.views.access import Visit
from workflow.views.deeds import do, do_with, key_of, new_key
from workflow.views.documents import send_file
from workflow.views.processes import process_of
from workflow.views.submissions.reading import external_stage_of, frame_of, members_of, moment


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def package_new(request: Visit, process_id: UUID, stage_id: UUID) -> HttpResponse:
    """Make a package: complete, provisional with a reason, or a supplement. Once one has been sent, only a supplement
    can follow it, and what is missing is told of its text."""
    stage = external_stage_of(request, process_id, stage_id, officers_only=True)
    sent = list(packages_of(stage.process).filter(stage=stage, sent_at__isnull=False))
    bundle = newest_of_text(sent[0].bundle) if sent else current_bundle(stage.process)
    missing = missing_for(stage, bundle, request.now) if bundle else []
    form = PackageForm(request.POST or None, missing=missing, packages=sent)
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
        **frame_of(request, stage, _("Make a package")),
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
        **frame_of(request, found.stage, _("Package %(number)d") % {"number": found.number}),
        "package": found,
        "made": moment(found.created_at, process.time_zone),
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
