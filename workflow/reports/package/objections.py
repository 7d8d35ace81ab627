"""The part of a package with the objections of bodies to corrections of its text, and what the office answered each."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from workflow.dates import short_date
from workflow.models import Objection
from workflow.models.guards import ERASED_MARK
from workflow.queries.documents import standing_bundles
from workflow.reports.package.chapters import Contents, Gathering, Part, Row, written
from workflow.states import ObjectionState


def objections_part(contents: Contents, gathering: Gathering) -> Iterator[Part]:
    """Those about the set, or about one that differs from it only editorially; no part where nobody objected. Two
    queries."""
    rows = Objection.objects.filter(bundle__in=standing_bundles(contents.bundle))
    objections = rows.select_related("body", "bundle", "source").order_by("body__sort_key", "id")
    if objections:
        title = _("Objections to corrections")
        yield Part(title, tuple(_row(objection, contents, gathering) for objection in objections))


def _row(objection: Objection, contents: Contents, gathering: Gathering) -> Row:
    name, day = objection.body.name, short_date(objection.received_at, contents.zone)
    says = (
        day,
        _("to version %(number)d") % {"number": objection.bundle.number},
        str(ObjectionState(objection.state).label),
    )
    texts = [(_("Objection"), objection.text), (_("What the office answered"), objection.answer)]
    if any(ERASED_MARK in text for _heading, text in texts):
        gathering.tell_erased(name)
    title = _("Objection")
    papers = [
        *written(title, title, f"{name}: {title}", texts, at=objection.settled_at or objection.recorded_at),
        *gathering.stored(_("What it was recorded from"), _("Source"), objection.source, name),
    ]
    return Row(name, says, papers=tuple(papers))
