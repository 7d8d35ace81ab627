"""What the pages of a submission share: the row behind an address, its facts, its way back up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from workflow.dates import clock_time, weekday_date
from workflow.models import Deadline, ExternalRequest, Package, Process, Stage, StoredFile
from workflow.policies import Policy
from workflow.queries.processes import stage_spec
from workflow.queries.submissions import external_requests_of, packages_of
from workflow.states import ExternalState, StageKindName
from workflow.views.access import Visit
from workflow.views.consequences import Consequences
from workflow.views.deeds import show_form
from workflow.views.pages import Declared, Ids, frame, page_in_process, stage_page, trail_to

external_page = partial(stage_page, kinds=(StageKindName.EXTERNAL,))
"""Declares a page of a stage in which an authority answers: `stage_page`, and 404 for any other kind of stage."""


def sent_page(who: Policy, *methods: str, takes_files: bool = False) -> Declared[ExternalRequest]:
    """Declare a page about what was sent to an authority; the view gets it. 404 for what belongs elsewhere."""
    return page_in_process(_sent_in, who, *methods, takes_files=takes_files)


def _sent_in(process: Process, ids: Ids) -> ExternalRequest:
    return get_object_or_404(external_requests_of(process), public_id=ids.pop("request_id"))


def package_page(who: Policy, *methods: str) -> Declared[Package]:
    """Declare a page of a package; the view gets the package."""
    return page_in_process(_package_in, who, *methods)


def _package_in(process: Process, ids: Ids) -> Package:
    package = get_object_or_404(packages_of(process), public_id=ids.pop("package_id"))
    package.stage.process = process
    return package


def awaited_of(stage: Stage) -> str:
    """What the stage waits for from the authority: a `receipt`, a `ruling`, or nothing."""
    terms = stage_spec(stage).external
    return terms.awaits if terms else ""


def is_past_due(deadline: Deadline | None, sent: ExternalRequest | None, request: Visit) -> bool:
    """Has the day of the ruling come without one?"""
    is_ruled = sent is not None and sent.state == ExternalState.RULED
    return deadline is not None and deadline.at <= request.now and not is_ruled


def answers_of(sent: ExternalRequest, process: Process, *, is_own: bool = False) -> list[dict[str, Any]]:
    """The authority's receipt and ruling as label and value; `is_own`: said to the authority itself."""
    zone = process.time_zone
    rows = []
    receipt, ruling = getattr(sent, "receipt", None), getattr(sent, "ruling", None)
    if receipt is not None:
        rows += [
            {
                "label": _("Received by you") if is_own else _("Received by them"),
                "value": moment(receipt.received_at, zone),
                "note": _who(receipt),
            },
            {"label": _("Your case number") if is_own else _("Their case number"), "value": receipt.number},
        ]
    if ruling is not None:
        rows += [
            {"label": _("Ruling"), "value": ruling.get_outcome_display(), "note": _who(ruling)},
            {"label": _("Day of the ruling"), "value": weekday_date(ruling.ruled_on, zone)},
        ]
    return rows


def files_of(sent: ExternalRequest, url: Callable[[StoredFile], str]) -> list[dict[str, Any]]:
    """The files of the authority's receipt and ruling, as the file component shows them."""
    files = []
    for row, note in ((getattr(sent, "receipt", None), _("Receipt")), (getattr(sent, "ruling", None), _("Ruling"))):
        if row is not None and row.file is not None and row.file.erased_at is None:
            files.append({"name": row.file.name, "url": url(row.file), "size": row.file.size, "note": note})
    return files


def file_of(requests: Iterable[ExternalRequest], file_id: UUID) -> StoredFile:
    """A file of a receipt or ruling among these; 404 for any other."""
    for sent in requests:
        for row in (getattr(sent, "receipt", None), getattr(sent, "ruling", None)):
            if row is not None and row.file is not None and row.file.public_id == file_id:
                return cast(StoredFile, row.file)
    raise Http404


def _who(row: Any) -> str:
    if not row.by_on_behalf_of:
        return str(row.by_label)
    return _("%(name)s, on behalf of %(body)s") % {"name": row.by_label, "body": row.by_on_behalf_of}


def moment(at: Any, zone: str) -> str:
    """A day and a time of day in the process's zone."""
    return _("%(day)s at %(time)s") % {"day": weekday_date(at, zone), "time": clock_time(at, zone)}


def members_of(package: Package) -> list[dict[str, Any]]:
    """The files in a package, as its manifest lists them."""
    return [
        {"name": row["path"], "size": row["size"], "sha256": row["sha256"]}
        for row in package.manifest.get("members", [])
    ]


def url_of(sent: ExternalRequest) -> str:
    """The officer's page of the submission."""
    return reverse("submission", args=[sent.stage.process.public_id, sent.stage.public_id])


def frame_of(request: Visit, stage: Stage, here: str) -> dict[str, Any]:
    """The frame of a page under the submission's."""
    url = reverse("submission", args=[stage.process.public_id, stage.public_id])
    return trail_to(frame(request, stage.process, "process"), (str(stage_spec(stage).title), url), (here, ""))


def show_form_for(
    request: Visit,
    sent: ExternalRequest,
    form: Form,
    heading: str,
    submit: str,
    consequences: Sequence[Consequences],
) -> HttpResponse:
    """A form for one deed, headed by the deed and the body it is done for."""
    return show_form(
        request,
        frame_of(request, sent.stage, heading),
        form,
        heading=f"{heading}: {sent.body.name}",
        submit=submit,
        cancel_url=url_of(sent),
        consequences=consequences,
    )
