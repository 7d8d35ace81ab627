"""What a kind of stage shows on our pages, in data: duties, what waits, where links lead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise

from workflow.models import PersonalLink, Process, Stage
from workflow.queries.matters import OpenMatter
from workflow.queries.processes import stage_spec


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that waits for an officer. due_at: instant (UTC) or local day; tone as the badge component has it;
    title_lang: of a title that is not in the page's language. process: "" where the page itself is the process's."""

    title: str
    url: str
    why: str
    process: str
    due_at: datetime | date | None = None
    is_overdue: bool = False
    badge: str = ""
    tone: str = "neutral"
    title_lang: str = ""

    @classmethod
    def in_stage(cls, stage: Stage, *, url: str, why: str, **more: Any) -> Duty:
        """A duty that bears the name of a stage. more: due_at, is_overdue, badge, tone."""
        process = f"{stage.process.case_number} {stage.process.title}"
        return cls(title=str(stage_spec(stage).title), url=url, why=why, process=process, **more)


@dataclass(frozen=True, slots=True)
class Way:
    """From the page of a stage to what may be begun from it. url: "" where nothing may yet; `words` then says why."""

    words: str
    url: str = ""


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


@dataclass(frozen=True, slots=True)
class RecordName:
    """How the record calls the rows of a table: the columns read, and the words made of them; "" for an erased row.

    in_codes: under which names the codes of an entry hold public ids of these rows, one or a list.
    has_deadlines: whether deadlines without a name of their own bind these rows.
    """

    model: type[Model]
    columns: tuple[str, ...]
    in_codes: tuple[str, ...] = ()
    words: Callable[..., str] = str
    has_deadlines: bool = False


@dataclass(frozen=True, slots=True)
class LinkTopic:
    """What a personal link is about, shown before anything is opened.

    title: what is asked for. party: who is asked. process_title, case_number: the matter. reply_by_at: instant (UTC) or
    None. zone: in which the deadline is said. label: how the record names whoever acts by this link.
    language: that of the names, such as "da". process: for what rests while it is suspended. who: as
    `workflow/parts/suspended.html` calls whoever reads. over: why nothing is asked any more, "" while it is; no
    deadline runs then.
    """

    title: str
    party: str
    process_title: str
    case_number: str
    reply_by_at: datetime | None
    zone: str
    label: str
    language: str
    process: Process
    who: str
    over: str = ""


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """Where links of a purpose lead: the name of a view that takes `link_id`, and what they are about.

    purpose: a value of `LinkPurpose`.
    why_renewed: why the link was made anew after the version a browser still holds, in a sentence; "" when that is
    nobody's deed the holder should hear of.
    """

    purpose: str
    view: str
    topic: Callable[[PersonalLink], LinkTopic]
    why_renewed: Callable[[PersonalLink, int], str] = lambda link, version: ""
