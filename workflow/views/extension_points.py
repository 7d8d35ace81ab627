"""What the floors above add to our pages: the page of a kind of stage, duties on the home page, public parts.

`apps.py` of each floor comes in to register.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise

from workflow.models import Bundle, Office, PersonalLink, Process, Stage
from workflow.queries.matters import OpenMatter


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that waits for an officer. due_at: instant (UTC) or local day; tone as the badge component has it."""

    title: str
    url: str
    why: str
    process: str
    due_at: datetime | date | None = None
    is_overdue: bool = False
    badge: str = ""
    tone: str = "neutral"


@dataclass(frozen=True, slots=True)
class PublicPart:
    """A part of a process's public page: a template of its own and what it shows.

    bundle: the set of documents that was published with it, with its documents read along; None when none was.
    bundle_note: what is to be known of that set before it is read. not_begun: keys of open stages whose work nobody
    outside has been asked for yet.
    """

    template: str
    context: dict[str, object]
    bundle: Bundle | None = None
    bundle_note: str = ""
    not_begun: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class MatterView:
    """How a kind of matter is shown. words: what has happened and what to do. url: the page where that is done.

    grouped: of several in one stage, the words for so many and the page that lists them; None where each stands alone.
    """

    words: Callable[[OpenMatter], str]
    url: Callable[[OpenMatter], str]
    badge: str | Promise
    tone: str
    grouped: Callable[[Stage, int], tuple[str, str]] | None = None


DutySource = Callable[[Sequence[Office], datetime], list[Duty]]
StagePage = Callable[[Stage], str | None]
PublicSource = Callable[[Process, datetime], PublicPart | None]

duty_sources: list[DutySource] = []
stage_pages: dict[str, StagePage] = {}
public_sources: list[PublicSource] = []
matter_views: dict[str, MatterView] = {}
"""Kind of matter → how it stands on the desk and on the page it belongs to."""
leaving_sources: dict[str, Callable[[Stage], list[str]]] = {}
"""Kind of stage → what is taken back when such a stage is left before its end, in sentences with numbers."""


def duties(offices: Sequence[Office], now: datetime) -> list[Duty]:
    """All that waits for the officers of these offices, overdue first, then by date; undated last."""
    found = [duty for source in duty_sources for duty in source(offices, now)]
    return sorted(found, key=lambda duty: (not duty.is_overdue, duty.due_at is None, _moment(duty.due_at)))


def page_of_stage(stage: Stage) -> str | None:
    """The address of the page where the work of this stage is done, when its kind has one."""
    page = stage_pages.get(stage.kind)
    return page(stage) if page else None


def leaving(stage: Stage) -> list[str]:
    """What an officer should know before a stage that has begun is left."""
    source = leaving_sources.get(stage.kind)
    return source(stage) if source else []


def _moment(at: datetime | date | None) -> str:
    return at.isoformat() if at else ""


@dataclass(frozen=True, slots=True)
class LinkTopic:
    """What a personal link is about, shown before anything is opened.

    title: what is asked for. party: who is asked. process_title, case_number: the matter. reply_by_at: instant (UTC) or
    None. zone: in which the deadline is said. label: how the record names whoever acts by this link.
    language: that of the names, such as "da".
    """

    title: str
    party: str
    process_title: str
    case_number: str
    reply_by_at: datetime | None
    zone: str
    label: str
    language: str


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """Where links of a purpose lead: the name of a view that takes `link_id`, and what they are about.

    why_renewed: why the link was made anew after the version a browser still holds, in a sentence; "" when that is
    nobody's deed the holder should hear of.
    """

    view: str
    topic: Callable[[PersonalLink], LinkTopic]
    why_renewed: Callable[[PersonalLink, int], str] = lambda link, version: ""


link_targets: dict[str, LinkTarget] = {}
