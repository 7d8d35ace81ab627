"""Packages for the authority: making one, looking into it, sending it."""

from __future__ import annotations

from functools import partial

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from workflow.actions.submissions import pack_or_prepare, prospect_of, send_submission
from workflow.dates import short_date
from workflow.forms.submissions import PackageForm, SendingForm
from workflow.models import Job, Package, Stage
from workflow.queries.documents import bundle_of, newest_of_text
from workflow.queries.mid_course import told_of_stages
from workflow.queries.processes import stage_spec
from workflow.queries.submissions import odd_in_sending_now, packages_of
from workflow.reports.papers.letters import TRANSMITTAL
from workflow.views.access import Visit
from workflow.views.deeds import form_page, key_of, new_key, press_form
from workflow.views.documents import send_file
from workflow.views.forecasts_outside import package_sending_of
from workflow.views.papers import send_paper, ways_to_fetch
from workflow.views.submissions.submission_pages import external_page, frame_of, members_of, moment, package_page


@external_page("secretariat", "GET", "POST")
def package_new(request: Visit, stage: Stage) -> HttpResponse:
    """Make a package: complete, provisional with a reason, or a supplement. Once one has been sent, only a supplement
    can follow it, and what is missing is told of its text."""
    sent = list(packages_of(stage.process).filter(stage=stage, sent_at__isnull=False))
    bundle = newest_of_text(sent[0].bundle) if sent else bundle_of(stage)
    prospect = prospect_of(stage, bundle, request.now) if bundle else None
    missing = prospect.missing if prospect else []
    form = PackageForm(request.POST or None, missing=missing, packages=sent)
    back = reverse("submission", args=[stage.process.public_id, stage.public_id])
    deed = partial(pack_or_prepare, stage, url=request.path)
    if answer := press_form(request, form, deed, facts=form.facts, done=_made, to=partial(_where, back)):
        return answer
    context = {
        **frame_of(request, stage, _("Make a package")),
        "missing": missing,
        "left_out": prospect.left_out if prospect else [],
        "elsewhere": [
            {
                "title": stage_spec(told.stage).title,
                "day": short_date(told.stage.done_on) if told.stage.done_on else "",
                "files": len(told.files.all()),
            }
            for told in told_of_stages(stage.process)
        ],
        "sent": sent,
        "odd": odd_in_sending_now(stage, bundle, request.now) if bundle else [],
        "bundle": bundle,
        "stage": stage,
        "form": form,
        "submit": _("Make the package"),
        "cancel_url": back,
        "key": key_of(request) or new_key(),
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "workflow/package_new.html", context, status=status)


def _made(made: Package | Job) -> str:
    if isinstance(made, Job):
        return _("The package is being made. Look at its contents, when it is ready, before you send it.")
    return _("The package is made. Look at its contents before you send it.")


def _where(back: str, made: Package | Job) -> str:
    if isinstance(made, Job):
        assert made.process is not None
        return reverse("job", args=[made.process.public_id, made.public_id])
    return back


@package_page("auditor", "GET")
def package(request: Visit, package: Package) -> HttpResponse:
    """What a package holds, with the checksum of each file."""
    process = package.stage.process
    context = {
        **frame_of(request, package.stage, _("Package %(number)d") % {"number": package.number}),
        "package": package,
        "made": moment(package.created_at, process.time_zone),
        "reason": package.manifest.get("provisional_reason", ""),
        "missing": package.manifest.get("missing", []),
        "left_out": package.manifest.get("left_out", []),
        "adds_to": package.manifest.get("adds_to", []),
        "elsewhere": len(package.manifest.get("elsewhere", [])),
        "members": members_of(package),
        "letter_ways": ways_to_fetch(
            TRANSMITTAL,
            lambda ending: reverse("package_letter", args=[process.public_id, package.public_id, ending]),
            is_named=True,
        ),
        "download_url": reverse("package_file", args=[process.public_id, package.public_id]),
    }
    return render(request, "workflow/package.html", context)


@package_page("auditor", "GET")
def package_letter(request: Visit, package: Package, ending: str) -> HttpResponseBase:
    """Fetch the letter with which a package is sent."""
    return send_paper(request, TRANSMITTAL, package, ending)


@package_page("auditor", "GET")
def package_file(request: Visit, package: Package) -> FileResponse:
    """Download a package."""
    return send_file(package.file)


@package_page("secretariat", "GET", "POST")
def submission_send(request: Visit, package: Package) -> HttpResponse:
    """Send a package to the authority, or a supplement to what it has already; where that is odd, with a reason."""
    stage = package.stage
    odd = odd_in_sending_now(stage, package.bundle, request.now)
    heading = _("Send package %(number)d to the authority") % {"number": package.number}
    return form_page(
        request,
        frame_of(request, stage, heading),
        SendingForm(request.POST if request.method == "POST" else None, odd=odd),
        partial(send_submission, stage, package),
        heading=heading,
        warning=" ".join(odd),
        consequences=lambda: [package_sending_of(request, package)],
        submit=_("Send to the authority"),
        done=_("The package is on its way to the authority."),
        to=reverse("submission", args=[stage.process.public_id, stage.public_id]),
    )
