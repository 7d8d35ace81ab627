"""A text read in from a Word file: what was found is shown and put in its place first, and saved by a press."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from workflow.actions.documents import add_version, begin_document, version_by_key
from workflow.forms.reading_in import PlacingForm, ReadInForm
from workflow.models import Document, DocumentVersion, Process
from workflow.queries.documents import line_of_next_set
from workflow.queries.reading_in import Reading, reading_of
from workflow.rules import Refused
from workflow.rules.pictures import media_type_of
from workflow.rules.text_pages import TextOnPages, TextPage, by_pages
from workflow.states import Kinship
from workflow.templatetags.texts import markdown
from workflow.views.access import Visit
from workflow.views.deeds import key_of, new_key, press_form, status_of
from workflow.views.documents import line_asked_for
from workflow.views.pages import frame, process_page

LARGEST_SHOWN = 300_000
"""Bytes of a picture that is shown beside the field for its words; a larger one is known by where it stands."""

PAGES_SHOWN = 200
"""Pages of a PDF that are shown one by one; what lies behind them stands in the file."""

ACCEPTED, ORIGINAL = "accepted", "original"
_TONES: Mapping[Kinship, str] = {
    Kinship.SAME: "neutral",
    Kinship.RENAMED: "info",
    Kinship.SPLIT: "warning",
    Kinship.JOINED: "warning",
    Kinship.NEW: "success",
}


@process_page("secretariat", "GET", "POST", takes_files=True)
def document_read_in(request: Visit, process: Process) -> HttpResponse:
    """Begin a new document from a file. Looking at what was found in it changes nothing."""
    return _read_in(request, process, None)


@process_page("secretariat", "GET", "POST", takes_files=True)
def version_read_in(request: Visit, process: Process, document_id: UUID) -> HttpResponse:
    """Read a file in as the next version of a document: its sections find those they carry on, or are put in place."""
    return _read_in(request, process, get_object_or_404(process.documents, public_id=document_id))


def _read_in(request: Visit, process: Process, document: Document | None) -> HttpResponse:
    form = _form(request, process, document)
    before = _version_before(request, process, document)
    reading = _reading(request, form, before)
    is_pressed = request.POST.get("do") == "write"
    is_as_shown = reading is not None and request.POST.get("shown") == reading.digest
    placing = None
    if reading is not None:
        title = request.POST.get("title", "") or (document.title if document else reading.found.title)
        placing = PlacingForm(request.POST if is_as_shown else None, reading=reading, title=title)
        if is_as_shown and is_pressed:
            answer = press_form(
                request,
                placing,
                partial(add_version, document) if document else partial(begin_document, process),
                facts=partial(_facts, form, placing),
                done=_("The file is read in as a version of its own. It counts once it is locked and put forward."),
                to=lambda version: reverse("document_version", args=[process.public_id, version.public_id]),
            )
            if answer:
                return answer
    is_overtaken = reading is not None and is_pressed and not is_as_shown
    context = {
        **frame(request, process, "documents"),
        "document": document,
        "form": form,
        "placing": placing,
        "reading": reading,
        "is_overtaken": is_overtaken,
        "tracked": ORIGINAL if _is_original(request) else ACCEPTED,
        "rows": _rows(reading, placing) if reading and placing else [],
        "gone": placing.gone if placing else [],
        "counts": _counts(reading) if reading else [],
        "undescribed": _undescribed(placing) if placing else [],
        **(_pages(reading) if reading else {}),
        "cancel_url": reverse("documents", args=[process.public_id]),
        "key": key_of(request) or new_key(),
    }
    return render(request, "workflow/read_in.html", context, status=_status(form, placing, is_overtaken))


def _form(request: Visit, process: Process, document: Document | None) -> ReadInForm:
    lines = [] if document else list(process.lines.all())
    initial = {}
    if len(lines) > 1:
        initial["line"] = (line_asked_for(request, lines) or line_of_next_set(process, lines)).key
    return ReadInForm(request.POST or None, request.FILES or None, initial=initial, lines=lines, matter=process)


def _version_before(request: Visit, process: Process, document: Document | None) -> DocumentVersion | None:
    """The version whose sections are carried on. Of a form that is pressed once more, the one it was held against the
    first time."""
    if document is None:
        return None
    made = version_by_key(process, document, key_of(request))
    earlier = document.versions.order_by("-number")
    return earlier.filter(number__lt=made.number).first() if made else earlier.first()


def _is_original(request: Visit) -> bool:
    return request.POST.get("tracked") == ORIGINAL


def _reading(request: Visit, form: ReadInForm, before: DocumentVersion | None) -> Reading | None:
    """What stands in the file that was sent; None before one was, and where it cannot be read, which the form says."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return reading_of(form.cleaned_data["file"], before, original=_is_original(request))
    except Refused as refused:
        form.add_error("file", str(refused.refusal.text))
        return None


def _facts(form: ReadInForm, placing: PlacingForm) -> dict[str, Any]:
    return {
        "title": placing.cleaned_data["title"],
        "sections": placing.sections(),
        "pictures": placing.found.pictures,
        "file": form.cleaned_data["file"],
        **form.line_facts(),
    }


def _status(form: ReadInForm, placing: PlacingForm | None, is_overtaken: bool) -> int:
    if is_overtaken:
        return 409
    if form.errors:
        return 422
    return status_of(placing) if placing is not None and placing.errors else 200


def _rows(reading: Reading, placing: PlacingForm) -> list[dict[str, Any]]:
    """Each section that was found, with what it carries on, and the fields for what is uncertain."""
    rows = []
    _all, begins = _by_pages(reading)
    for place, (section, match) in enumerate(zip(reading.found.sections, reading.matching.matches, strict=True)):
        names = [reading.names[origin] for origin in match.origins]
        renamed = match.kinship not in (Kinship.SAME, Kinship.NEW)
        rows.append(
            {
                "section": section,
                "name": placing.name_of(place),
                "page": begins[place] if reading.found.page_count else 0,
                "indent": min(section.level, 4),
                "beginning": strip_tags(markdown(section.text)).strip()[:160],
                "fate": match.kinship.label,
                "tone": _TONES[match.kinship],
                "origins": names if renamed else [],
                "choice": _field(placing, f"section-{place}"),
                "is_heading": _field(placing, f"heading-{place}"),
            }
        )
    return rows


def _by_pages(reading: Reading) -> tuple[list[TextPage], list[int]]:
    found = reading.found
    sections = [TextOnPages(f"{one.number} {one.heading}".strip(), one.text, one.pages) for one in found.sections]
    return by_pages(sections, found.page_count)


def _pages(reading: Reading) -> dict[str, Any]:
    """The pages of a PDF as the page shows them, and how many there are beyond."""
    pages, _begins = _by_pages(reading)
    return {"text_pages": pages[:PAGES_SHOWN], "pages_beyond": max(len(pages) - PAGES_SHOWN, 0)}


def _undescribed(placing: PlacingForm) -> list[dict[str, Any]]:
    """The pictures of which the file says nothing, each with the field for its words. Nothing is kept yet, so that a
    picture has no address and stands in the page itself."""
    return [
        {
            "field": field,
            "source": f"data:{media_type_of(picture.name)};base64,{picture.encoded}"
            if len(picture.encoded) <= LARGEST_SHOWN
            else "",
        }
        for picture, field in placing.undescribed
    ]


def _field(placing: PlacingForm, name: str) -> Any:
    return placing[name] if name in placing.fields else None


def _counts(reading: Reading) -> Sequence[dict[str, Any]]:
    """What was found, at a glance."""
    found = reading.found
    figures = (
        (len(found.sections), _("sections")),
        (len(found.changes), _("tracked changes")),
        (len(found.comments), _("comments")),
        (len(found.pictures), _("pictures")),
        (len(found.lost), _("kinds of things that are not carried")),
    )
    return [{"value": value, "label": label} for value, label in figures]
