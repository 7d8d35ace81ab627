"""What every page of a process shares: who may come to it and how it is asked for, the row its address names, its head
and its way back up."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, Concatenate, TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from workflow.dates import short_date
from workflow.models import Process, Stage
from workflow.policies import Policy, policy
from workflow.queries.overview import processes_of
from workflow.queries.processes import definition_of
from workflow.states import ProcessState, StageState
from workflow.views.access import Visit, officer_of

Row = TypeVar("Row")
Ids = dict[str, Any]
View = Callable[..., HttpResponseBase]
Declared = Callable[[Callable[Concatenate[Visit, Row, ...], HttpResponseBase]], View]
"""A decorator for a view of a row: `def stage_skip(request: Visit, stage: Stage)`."""


# ── Who may come, and to what ─────────────────────────────────────────────────────────────────────────────────
def with_head(methods: Collection[str]) -> list[str]:
    """The methods a page answers to: what may be read may be asked for without its body."""
    return [each for method in methods for each in ((method, "HEAD") if method == "GET" else (method,))]


def page_in_process(
    open_row: Callable[[Process, Ids], Row], who: Policy, *methods: str, takes_files: bool = False
) -> Declared[Row]:
    """Declare a page of something in a process: who may come to it, with which methods, and what the view is given.

    open_row: takes the ids that are its own out of the address and finds the row in the process, or raises `Http404`.
    The view is called with the request, that row, and the ids that are left. Another office's process answers 404; a
    page of officers, and every post, is refused with words to whoever may only read.
    """

    def declare(view: Callable[Concatenate[Visit, Row, ...], HttpResponseBase]) -> View:
        @policy(who, takes_files=takes_files)
        @require_http_methods(with_head(methods))
        @wraps(view)
        def opened(request: Visit, process_id: UUID, **ids: Any) -> HttpResponseBase:
            officers_only = who == "secretariat" or request.method == "POST"
            row = open_row(process_of(request, process_id, officers_only=officers_only), ids)
            return view(request, row, **ids)

        return opened

    return declare


def page_by_link(open_row: Callable[[Visit], Row], *methods: str, takes_files: bool = False) -> Declared[Row]:
    """Declare a page for whoever holds the personal link named in the address (`request.link`); kept by no cache.

    open_row: finds what the link opens, or raises `Http404` for a link to something else. The view is called with the
    request, that, and the ids that are left.
    """

    def declare(view: Callable[Concatenate[Visit, Row, ...], HttpResponseBase]) -> View:
        @policy("link_holder", takes_files=takes_files)
        @never_cache
        @require_http_methods(with_head(methods))
        @wraps(view)
        def opened(request: Visit, link_id: UUID, **ids: Any) -> HttpResponseBase:
            return view(request, open_row(request), **ids)

        return opened

    return declare


def process_page(who: Policy, *methods: str, takes_files: bool = False) -> Declared[Process]:
    """Declare a page of a process; the view gets the process."""
    return page_in_process(lambda process, ids: process, who, *methods, takes_files=takes_files)


def stage_page(who: Policy, *methods: str, kinds: Collection[str] = (), takes_files: bool = False) -> Declared[Stage]:
    """Declare a page of a stage; the view gets the stage. kinds: those of `StageKindName` that have such a page; a
    stage of another kind answers 404."""
    return page_in_process(
        lambda process, ids: _stage_in(process, ids.pop("stage_id"), kinds), who, *methods, takes_files=takes_files
    )


def process_of(request: Visit, process_id: UUID, *, officers_only: bool = False) -> Process:
    """The process, if it belongs to an office of mine; another office's answers 404 as if it did not exist.

    `officers_only` refuses, with words, whoever may only read it.
    """
    process = processes_of(request.places.reads_of).filter(public_id=process_id).first()
    if process is None:
        raise Http404
    if officers_only and not officer_of(request, process.office):
        raise PermissionDenied(_("You may read this process, but only an officer of its office may change it."))
    return process


def _stage_in(process: Process, stage_id: UUID, kinds: Collection[str]) -> Stage:
    stage = process.stages.select_related("bundle__line").filter(public_id=stage_id).first()
    if stage is None or (kinds and stage.kind not in kinds):
        raise Http404
    stage.process = process
    return stage


# ── Head and way back up ──────────────────────────────────────────────────────────────────────────────────────
def url_of_process(process: Process) -> str:
    """The page of a process."""
    return reverse("process", args=[process.public_id])


def url_of_stage(stage: Stage) -> str:
    """The page of a stage that every kind of stage has."""
    return reverse("stage", args=[stage.process.public_id, stage.public_id])


def page_once_begun(name: str) -> Callable[[Stage], str | None]:
    """How a kind of stage finds its own page, by the name of its address; none before the stage has begun."""

    def page_of(stage: Stage) -> str | None:
        if stage.state == StageState.WAITING:
            return None
        return reverse(name, args=[stage.process.public_id, stage.public_id])

    return page_of


def frame(request: Visit, process: Process, current: str) -> dict[str, Any]:
    """What every page of a process shows: its head, its pages beside each other, the way back up."""
    pages = [
        ("process", _("The process")),
        ("documents", _("Documents")),
        ("publication", _("Publication")),
        ("process_mails", _("Sent mails")),
        ("process_journal", _("Journal")),
        ("record", _("Record")),
    ]
    facts = [str(definition_of(process).title)]
    if process.external_case_number:
        facts.append(_("Their case number: %(number)s") % {"number": process.external_case_number})
    if process.linked_to is not None:
        facts.append(_("Revision of %(number)s") % {"number": process.linked_to.case_number})
    facts.append(_("Begun %(day)s") % {"day": short_date(process.started_at, process.time_zone)})
    return {
        "process": process,
        "office_name": process.office.name,
        "is_officer": officer_of(request, process.office),
        "is_suspended": process.state == ProcessState.SUSPENDED,
        "is_ended": process.state in (ProcessState.COMPLETED, ProcessState.ABANDONED),
        "facts": facts,
        "trail": [
            {"label": _("Processes"), "url": reverse("processes")},
            {"label": process.case_number, "url": url_of_process(process)},
        ],
        "pages": [
            {"label": label, "url": reverse(name, args=[process.public_id]), "current": name == current, "count": None}
            for name, label in pages
        ],
    }


def trail_to(context: dict[str, Any], *steps: tuple[str, str]) -> dict[str, Any]:
    """The frame with further steps (words, address) on its way back up; the last is the page itself and no link."""
    further = [{"label": words, "url": url} for words, url in steps]
    further[-1]["url"] = ""
    return {**context, "trail": [*context["trail"], *further]}
