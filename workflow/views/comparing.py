"""Two versions of a text beside each other: of one document, or of two sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from workflow.models import Bundle, BundleItem, DocumentVersion, Process
from workflow.policies import policy
from workflow.queries.corrections import asked_about_before
from workflow.queries.publication import live_items
from workflow.reports.papers.changes import CHANGES, Changes, changes_of_sets, changes_of_versions
from workflow.rules.differences import SectionDifference, in_words
from workflow.rules.document_differences import DocumentDifference, summary
from workflow.rules.documents import set_name
from workflow.states import BundleState, PublicThing
from workflow.views.access import Visit
from workflow.views.decisions.access import DecisionAccess, by_link_and_account
from workflow.views.decisions.correction import correction_seen, sets_seen
from workflow.views.pages import frame, process_page
from workflow.views.papers import send_paper, ways_to_fetch
from workflow.views.public import public_or_404

WHOLE = "hele"
"""In the address: the whole text is shown, not only what changed."""
AS = "som"
"""In the address: not the page but its paper, in the format that is named."""


@dataclass(frozen=True, slots=True)
class DocumentShown:
    """A document of a comparison with the sections that are shown, and those that changed. anchor: begins their ids."""

    difference: DocumentDifference
    sections: Sequence[SectionDifference]
    changed: list[SectionDifference]
    anchor: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the page shows. is_whole: with the sections that are the same."""

    documents: list[DocumentShown]
    summary: list[str]
    is_whole: bool


def comparison_page(request: HttpRequest, differences: Sequence[DocumentDifference]) -> dict[str, Any]:
    """What the template of a comparison is told: the differences as the address asks for them, both addresses, and
    those of the papers."""
    is_whole = request.GET.get("vis") == WHOLE
    documents = [
        DocumentShown(
            row, [in_words(one) for one in (row.all_sections if is_whole else row.sections)], row.sections, f"d{number}"
        )
        for number, row in enumerate(differences, start=1)
    ]
    return {
        "comparison": Comparison(documents, summary(differences), is_whole),
        "url_changes": request.path,
        "url_whole": f"{request.path}?vis={WHOLE}",
        "ways": ways_to_fetch(CHANGES, lambda ending: f"{request.path}?{AS}={ending}"),
    }


def answer_compared(request: Visit, template: str, changes: Changes, context: dict[str, Any]) -> HttpResponseBase:
    """The page that compares, or its paper where the address asks for one."""
    if ending := request.GET.get(AS):
        return send_paper(request, CHANGES, changes, ending)
    return render(request, template, {**context, **comparison_page(request, changes.documents)})


@process_page("auditor", "GET")
def versions_compared(request: Visit, process: Process, before_id: UUID, after_id: UUID) -> HttpResponseBase:
    """Two versions of one document of the process, whichever; those of the choice lead to an address of their own."""
    versions = DocumentVersion.objects.filter(document__process=process).select_related("document", "file")
    before, after = (get_object_or_404(versions, public_id=public_id) for public_id in (before_id, after_id))
    if before.document_id != after.document_id:
        raise Http404
    rows = list(after.document.versions.order_by("number"))
    if chosen := _chosen(request, {str(row.public_id): row.public_id for row in rows}):
        return redirect("versions_compared", process.public_id, *chosen)
    names = {"before": before.number, "after": after.number, "title": after.title}
    context = {
        **frame(request, process, "documents"),
        "heading": _("%(title)s: version %(before)d and version %(after)d compared") % names,
        "choices": [{"id": row.public_id, "name": _("Version %(number)d") % {"number": row.number}} for row in rows],
        "before_id": before.public_id,
        "after_id": after.public_id,
        "choose_url": request.path,
    }
    return answer_compared(request, "workflow/compare.html", changes_of_versions(before, after, process), context)


@process_page("auditor", "GET")
def sets_compared(request: Visit, process: Process, before_id: UUID, after_id: UUID) -> HttpResponseBase:
    """Two locked sets of one text of the process, document by document."""
    sets = process.bundles.filter(state=BundleState.LOCKED).select_related("line")
    before, after = (get_object_or_404(sets, public_id=public_id) for public_id in (before_id, after_id))
    if before.line_id != after.line_id:
        raise Http404
    rows = [row for row in sets.order_by("number") if row.line_id == after.line_id]
    if chosen := _chosen(request, {str(row.public_id): row.public_id for row in rows}):
        return redirect("sets_compared", process.public_id, *chosen)
    context = {
        **frame(request, process, "documents"),
        "heading": sets_heading(before, after),
        "choices": [{"id": row.public_id, "name": set_name(row)} for row in rows],
        "before_id": before.public_id,
        "after_id": after.public_id,
        "choose_url": request.path,
    }
    return answer_compared(request, "workflow/compare.html", changes_of_sets(before, after, process), context)


def sets_heading(before: Bundle, after: Bundle) -> str:
    """What a comparison of two sets is called."""
    return _("%(before)s and %(after)s compared") % {"before": set_name(before), "after": set_name(after)}


def _chosen(request: HttpRequest, known: dict[str, UUID]) -> tuple[UUID, UUID] | None:
    """The two that the form names; None where it does not name two of these."""
    before, after = known.get(request.GET.get("fra", "")), known.get(request.GET.get("til", ""))
    return (before, after) if before and after else None


def _by_body(request: Visit, access: DecisionAccess) -> HttpResponseBase:
    """The text before and after a correction, for the body that was asked about it or has decided on it; or what it was
    asked about before and what it is asked about now."""
    correction = correction_seen(access.asked)
    after: Bundle | None
    before: Bundle | None
    if correction is not None:
        after, before = sets_seen(access.asked, correction)
    else:
        after, before = access.asked.bundle, asked_about_before(access.asked)
    if after is None or before is None:
        # Nothing has changed: the decision's page says what holds.
        return redirect(access.url("decision"))
    context = {
        "process": access.process,
        "office_name": access.process.office.name,
        "heading": sets_heading(before, after),
        "back_url": access.url("decision"),
        "is_hidden": True,
    }
    return answer_compared(
        request, "workflow/compare_guest.html", changes_of_sets(before, after, access.process), context
    )


decision_compared_link, decision_compared_member = by_link_and_account(_by_body, "GET")


@policy("anonymous")
@require_safe
def public_compared(request: Visit, process_id: UUID, before_id: UUID, after_id: UUID) -> HttpResponseBase:
    """Two versions of a document that are both public; 404 as soon as either is not."""
    process = public_or_404(process_id)
    live = live_items(process).filter(kind=PublicThing.TEXT, public_id__in=(before_id, after_id))
    subjects = {item.public_id: item.subject_id for item in live}
    rows = BundleItem.objects.filter(bundle__process=process, public_id__in=subjects.values())
    texts = {row.public_id: row.version for row in rows.select_related("version__document", "version__file")}
    before, after = (texts.get(subjects.get(each, process.public_id)) for each in (before_id, after_id))
    if before is None or after is None or before.document_id != after.document_id:
        raise Http404
    context = {
        "process": process,
        "office_name": process.office.name,
        "heading": _("%(title)s: version %(before)d and version %(after)d compared")
        % {"title": after.title, "before": before.number, "after": after.number},
        "back_url": reverse("public_text", args=[process.public_id, after_id]),
        "is_hidden": False,
    }
    return answer_compared(request, "workflow/compare_guest.html", changes_of_versions(before, after, process), context)
