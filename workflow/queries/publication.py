"""What is public of a process, what was, and what could be: the deeds on publication, their page and anyone's page come
in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from workflow.dates import in_language, short_date
from workflow.models import (
    Bundle,
    BundleItem,
    Decision,
    ExternalRuling,
    MilestoneRecord,
    Process,
    PublicModel,
    PublishedItem,
    Stage,
)
from workflow.queries.processes import definition_of
from workflow.rules.documents import set_name
from workflow.rules.publication import CLOSED_ITEM, Candidate
from workflow.states import DecisionState, PublicThing, StageState

Row = TypeVar("Row", bound=PublicModel)


def live_items(process: Process) -> QuerySet[PublishedItem]:
    """What is public now, in the order in which it was published."""
    return PublishedItem.objects.filter(process=process, withdrawn_at=None)


def items_taken_back(process: Process) -> list[PublishedItem]:
    """What was public and is no more, in the order in which it was taken back; without what has been published anew."""
    live = set(live_items(process).values_list("kind", "subject_id"))
    rows = PublishedItem.objects.filter(process=process, withdrawn_at__isnull=False).order_by("withdrawn_at", "id")
    return [row for row in rows if (row.kind, row.subject_id) not in live]


def is_public(process: Process, thing: PublicThing, subject_id: UUID) -> bool:
    """Whether everyone can see this of a process now. One query, none for a process without a public page."""
    return process.is_public and live_items(process).filter(kind=thing, subject_id=subject_id).exists()


def subjects_of(items: Iterable[PublishedItem]) -> list[UUID]:
    """The public ids of what these items show."""
    return [item.subject_id for item in items]


# ── What could be ─────────────────────────────────────────────────────────────────────────────────────────────
def path_candidates(process: Process) -> list[Candidate]:
    """The process itself: its title and how far it has come."""
    return [Candidate(_id(process), process.title, "path")]


def date_candidates(process: Process) -> list[Candidate]:
    """The dates planned for its stages, as they stand and as they move."""
    with in_language(process.language):
        return [Candidate(_id(process), _("The planned dates"), "dates")]


def text_candidates(process: Process, sent_out: Collection[int] = ()) -> list[Candidate]:
    """Each document of each set that has been put forward, and of those `sent_out` (row ids) without it, text by text,
    the newest set first."""
    is_shown = Q(bundle__put_forward_at__isnull=False) | Q(bundle__in=sent_out)
    items = BundleItem.objects.filter(is_shown, bundle__process=process)
    rows = items.select_related("bundle__line", "version__document")
    with in_language(process.language):
        return [
            Candidate(
                _id(item), title_of_text(item), item.version.document.key, set_name(item.bundle), item.bundle.line.key
            )
            for item in rows.order_by("bundle__line__position", "-bundle__number", "position")
        ]


def texts_in(bundle: Bundle) -> list[BundleItem]:
    """The documents of a set, in its order, each with its file. One query."""
    items = list(bundle.items.select_related("version__file").order_by("position"))
    for item in items:
        item.bundle = bundle
    return items


def title_of_text(item: BundleItem) -> str:
    """A document with the set it stands in, in the language spoken."""
    return f"{item.version.title} · {set_name(item.bundle)}"


def decision_candidates(process: Process) -> list[Candidate]:
    """What bodies have decided, on the text as it is and on earlier ones; not what a later decision took the place
    of, and no step on the way."""
    rows = Decision.objects.filter(request__stage__process=process).exclude(
        state__in=(DecisionState.SUPERSEDED, DecisionState.STEP)
    )
    rows = rows.select_related("request__stage", "body")
    order = ("request__stage__position", "request__stage__attempt", "body__sort_key", "id")
    return _by_stage(process, [(row.request.stage, row, row.body.name, _outcome) for row in rows.order_by(*order)])


def ruling_candidates(process: Process) -> list[Candidate]:
    """What the authority has ruled."""
    rows = ExternalRuling.objects.filter(request__stage__process=process)
    rows = rows.select_related("request__stage", "request__body").order_by("id")
    return _by_stage(process, [(row.request.stage, row, row.request.body.name, _outcome) for row in rows])


def fact_candidates(process: Process) -> list[Candidate]:
    """The days that have been recorded: the entry into force, and where each body has a day of its own, each."""
    rows = MilestoneRecord.objects.filter(stage__process=process).exclude(stage__state=StageState.RETURNED)
    rows = rows.select_related("stage", "body").order_by("stage__position", "body__sort_key", "id")
    return _by_stage(process, [(row.stage, row, row.body.name if row.body else "", _day) for row in rows])


def _outcome(row: Decision | ExternalRuling) -> str:
    return str(row.get_outcome_display())


def _day(row: MilestoneRecord) -> str:
    return short_date(row.happened_on)


Found = tuple[Stage, Row, str, Callable[[Row], str]]


def _by_stage(process: Process, found: Sequence[Found[Row]]) -> list[Candidate]:
    """What came about in stages: said with the stage, who it is of, and what it says."""
    with in_language(process.language):
        titles = {stage.key: str(definition_of(process).stage(stage.key).title) for stage, *_rest in found}
        return [
            Candidate(
                _id(row),
                ": ".join(part for part in (titles[stage.key], who, words(row)) if part),
                stage.key,
                titles[stage.key],
                refusal=CLOSED_ITEM if isinstance(row, Decision) and row.is_closed_item else None,
            )
            for stage, row, who, words in found
        ]


def _id(row: PublicModel) -> UUID:
    return UUID(str(row.public_id))
