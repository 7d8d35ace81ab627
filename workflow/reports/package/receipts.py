"""The chapter of a package with what authorities have answered to what was sent before: receipts and rulings."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from workflow.dates import short_date
from workflow.definitions import ancestors
from workflow.models import ExternalReceipt, ExternalRequest, ExternalRuling
from workflow.queries.processes import definition_of, stage_spec
from workflow.reports.package.chapters import (
    RECEIPTS,
    Chapter,
    Contents,
    Gathering,
    Paper,
    Part,
    Row,
    moment,
    written,
)
from workflow.states import ExternalState


def receipts_chapter(contents: Contents) -> list[Chapter]:
    """Every receipt and ruling on the same text, in order; none before the first. One query."""
    requests = (
        ExternalRequest.objects.filter(stage__process=contents.process, stage__line=contents.stage.line_id)
        .exclude(state=ExternalState.WITHDRAWN)
        .select_related("stage", "body", "package", "receipt__file", "ruling__file")
        .order_by("id")
    )
    before = ancestors(definition_of(contents.process), contents.stage.key)
    gathering = Gathering()
    rows: list[Row] = []
    for request in requests:
        request.stage.process = contents.process
        rows += _rows(request, contents, gathering)
        spec = stage_spec(request.stage)
        awaits_receipt = spec.external is not None and spec.external.awaits == "receipt"
        if awaits_receipt and request.stage.key in before and getattr(request, "receipt", None) is None:
            words = {"body": request.body.name, "stage": str(spec.title)}
            gathering.missing.append(_("No receipt from %(body)s in “%(stage)s”.") % words)
    parts = (Part("", tuple(rows)),) if rows else ()
    chapter = Chapter(RECEIPTS, _("Receipts"), parts, tuple(gathering.missing), tuple(gathering.left_out))
    return [chapter] if rows or chapter.missing else []


def _rows(request: ExternalRequest, contents: Contents, gathering: Gathering) -> Iterator[Row]:
    zone, name = contents.zone, request.body.name
    receipt: ExternalReceipt | None = getattr(request, "receipt", None)
    if receipt is not None:
        title = _("Receipt")
        about = _("Package %(number)d") % {"number": request.package.number} if request.package else ""
        received = moment(receipt.received_at, zone)
        texts = ((_("Received"), received), (_("Their case number"), receipt.number), (_("About"), about))
        says = (title, received, receipt.number, about)
        papers: tuple[Paper, ...] = (
            *written(title, title, f"{name}: {title}", texts, at=receipt.received_at),
            *gathering.stored(_("The receipt"), _("The receipt"), receipt.file, name),
        )
        yield Row(name, tuple(filter(None, says)), papers=papers)
    ruling: ExternalRuling | None = getattr(request, "ruling", None)
    if ruling is not None:
        outcome, day = str(ruling.get_outcome_display()), short_date(ruling.ruled_on)
        texts = ((_("Ruling"), outcome), (_("Day of the ruling"), day), (_("Reasons"), ruling.text))
        papers = (
            *written(_("Ruling"), _("Ruling"), f"{name}: {outcome}", texts, at=ruling.ruled_on),
            *gathering.stored(_("The ruling as a file"), _("The ruling as a file"), ruling.file, name),
        )
        yield Row(name, (_("Ruling"), outcome, day), papers=papers)
