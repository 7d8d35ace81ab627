"""What everyone sees of a process, without an account: its page, and the documents made public with their files."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from workflow.dates import short_date
from workflow.models import BundleItem, DocumentVersion, Process, PublishedItem, VersionPicture
from workflow.policies import policy
from workflow.public_kinds import public_kinds
from workflow.queries.processes import definition_of
from workflow.queries.public import public_process
from workflow.queries.publication import items_taken_back, live_items
from workflow.states import PublicThing
from workflow.views.access import Visit
from workflow.views.documents import send_file
from workflow.views.papers import send_text, ways_to_text
from workflow.views.pictures import Pictures, send_picture

ASIDE = (PublicThing.PATH, PublicThing.DATES)
"""What stands beside the rest."""


@policy("anonymous")
@require_safe
def process_public(request: Visit, process_id: UUID) -> HttpResponse:
    """What has been made public of a process, and that something was taken back. Nothing else: locking a set, a
    decision, a ruling make nothing public."""
    process = public_or_404(process_id)
    items = list(live_items(process))
    parts = [
        {"thing": kind.thing, "template": kind.template, "shown": kind.shown(process, of_kind, request.now)}
        for kind in public_kinds()
        if (of_kind := [item for item in items if item.kind == kind.thing])
    ]
    context = {
        "process": process,
        "office_name": process.office.name,
        "definition": definition_of(process),
        "parts": [part for part in parts if part["thing"] not in ASIDE],
        "aside": [part for part in parts if part["thing"] in ASIDE],
        "taken_back": _taken_back(process),
    }
    return render(request, "workflow/process_public.html", context)


@policy("anonymous")
@require_safe
def public_text(request: Visit, process_id: UUID, item_id: UUID) -> HttpResponse:
    """A document that is public, section by section."""
    process = public_or_404(process_id)
    if gone := _gone(request, process, item_id):
        return gone
    item, text = _text(process, item_id)
    context = {
        "process": process,
        "office_name": process.office.name,
        "item": item,
        "bundle": text.bundle,
        "version": text.version,
        "sections": text.version.sections.all(),
        "pictures": Pictures(
            text.version.pictures.all(), lambda name: reverse("public_picture", args=[process.public_id, name])
        ),
        "others": _earlier_public(process, text.version),
        "ways": ways_to_text(
            text.version, lambda ending: reverse("public_paper", args=[process.public_id, item.public_id, ending])
        ),
        "file": text.version.file if text.version.file and text.version.file.erased_at is None else None,
    }
    return render(request, "workflow/public_text.html", context)


@policy("anonymous")
@require_safe
def public_file(request: Visit, process_id: UUID, item_id: UUID) -> FileResponse:
    """Fetch the file of a document that is public."""
    _item, text = _text(public_or_404(process_id), item_id)
    if text.version.file is None:
        raise Http404
    return send_file(text.version.file)


@policy("anonymous")
@require_safe
def public_picture(request: Visit, process_id: UUID, picture: str) -> FileResponse:
    """A picture of a document that is public; 404 once none that holds it is."""
    process = public_or_404(process_id)
    live = live_items(process).filter(kind=PublicThing.TEXT).values("subject_id")
    texts = BundleItem.objects.filter(bundle__process=process, public_id__in=live)
    return send_picture(VersionPicture.objects.filter(version_id__in=texts.values("version_id")), picture)


@policy("anonymous")
@require_safe
def public_paper(request: Visit, process_id: UUID, item_id: UUID, ending: str) -> HttpResponseBase:
    """Fetch the text of a document that is public."""
    _item, text = _text(public_or_404(process_id), item_id)
    return send_text(request, text, ending)


def _gone(request: Visit, process: Process, item_id: UUID) -> HttpResponse | None:
    """The page of something that was public and has been taken back: that it was, and not what it was."""
    item = next((one for one in items_taken_back(process) if one.public_id == item_id), None)
    if item is None:
        return None
    day = short_date(item.withdrawn_at, process.time_zone) if item.withdrawn_at else ""
    context = {"process": process, "office_name": process.office.name, "day": day}
    return render(request, "workflow/public_gone.html", context, status=410)


def public_or_404(process_id: UUID) -> Process:
    try:
        return public_process(process_id)
    except Process.DoesNotExist as error:
        raise Http404 from error


def _text(process: Process, item_id: UUID) -> tuple[PublishedItem, BundleItem]:
    """A document that is public now; 404 once it has been taken back."""
    item = live_items(process).filter(public_id=item_id, kind=PublicThing.TEXT).first()
    texts = BundleItem.objects.select_related("bundle__line", "version__file").filter(bundle__process=process)
    texts = texts.prefetch_related("version__sections")
    text = texts.filter(public_id=item.subject_id).first() if item else None
    if item is None or text is None:
        raise Http404
    return item, text


def _earlier_public(process: Process, version: DocumentVersion) -> list[dict[str, Any]]:
    """The earlier versions of a document that are public too, the newest first: each with its number and what shows
    it. Two queries."""
    items = dict(live_items(process).filter(kind=PublicThing.TEXT).values_list("subject_id", "public_id"))
    rows = BundleItem.objects.filter(
        bundle__process=process,
        public_id__in=items,
        version__document=version.document_id,
        version__number__lt=version.number,
    )
    numbers = {row.version.number: items[row.public_id] for row in rows.select_related("version").order_by("id")}
    return [{"number": number, "item_id": numbers[number]} for number in sorted(numbers, reverse=True)]


def _taken_back(process: Process) -> list[str]:
    """That something was public and is no more, kind by kind and day by day; not what it was, for its title may be what
    should not have been read."""
    zone = process.time_zone
    spans = Counter(
        (PublicThing(item.kind), short_date(item.published_at, zone), short_date(item.withdrawn_at, zone))
        for item in items_taken_back(process)
        if item.kind != PublicThing.PATH and item.withdrawn_at
    )
    text = _("%(what)s: %(number)d, public from %(since)s, taken back on %(until)s.")
    return [
        text % {"what": thing.label, "number": number, "since": since, "until": until}
        for (thing, since, until), number in spans.items()
    ]
