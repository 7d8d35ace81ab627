"""Long work as people see it: how far it is, what waits to be fetched, and what went wrong; and how a page that hands
something out sends its reader there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from django.core.signing import BadSignature, Signer
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflow.actions.jobs import cancel_job
from workflow.actions.kits import KITS, prepare_kits
from workflow.actions.long_papers import WAITS, is_waiting, prepare_papers
from workflow.actions.submissions import package_made
from workflow.actions.submissions.preparing import PACKAGE
from workflow.dates import COPENHAGEN, clock_time, deadline_words, short_date
from workflow.models import Job, Office, Process, Stage
from workflow.queries.jobs import ERASED, jobs_of_process, jobs_shown, time_left
from workflow.reports.papers.long import TakesLong, ready_path
from workflow.rules import Refused
from workflow.rules.jobs import may_cancel_job
from workflow.stage_kinds.pages import Duty
from workflow.states import JobState, StageKindName
from workflow.views.access import Visit
from workflow.views.deeds import do
from workflow.views.pages import Ids, frame, page_in_process, process_of, stage_page, trail_to, url_of_stage

FOLLOWED: Final = "arbejde"
"""In the address of something that takes long: not it but how far it is."""


# ── From a page that hands something out ──────────────────────────────────────────────────────────────────────
def have_made(request: Visit, asked: TakesLong) -> HttpResponseBase:
    """Have what takes long made, and lead to the page that says how far it is: an officer to the job's own, a guest to
    one below the address that was asked for, so that who may come to the one may come to the other."""
    if request.method == "HEAD":
        return HttpResponse(status=202)
    titles = [paper.title for paper in asked.papers]
    title = titles[0]
    if more := len(titles) - 1:
        title = ngettext("%(title)s and %(more)d more file", "%(title)s and %(more)d more files", more) % {
            "title": title,
            "more": more,
        }
    url = _without_token(request)
    match = request.resolver_match
    assert match is not None
    of_office = getattr(match.func, "policy", "") in ("auditor", "secretariat") and "process_id" in match.kwargs
    if not of_office:
        job = prepare_papers(asked.papers, title=title, url=url, now=request.now)
        joined = "&" if "?" in url else "?"
        return redirect(f"{url}{joined}{FOLLOWED}={_signer(url).sign(str(job.public_id))}")
    process = process_of(request, match.kwargs["process_id"])
    job = prepare_papers(asked.papers, title=title, url=url, office=process.office, process=process, now=request.now)
    return redirect("job", process.public_id, job.public_id)


def followed_page(request: Visit) -> HttpResponseBase | None:
    """A guest's page of work that was asked for at this address; None where the address asks for the thing itself. 404
    for what was asked for at another address."""
    token = request.GET.get(FOLLOWED)
    if token is None:
        return None
    url = _without_token(request)
    try:
        job_id = _signer(url).unsign(token)
    except BadSignature as error:
        raise Http404 from error
    job = Job.objects.filter(public_id=job_id).first()
    if job is None:
        return redirect(url)
    # A guest's press would not make again what has failed.
    again_url = url if job.state != JobState.FAILED else ""
    shown = show_job(job, request.now, fetch_url=url, again_url=again_url)
    return render(request, "workflow/job_guest.html", {"job": shown})


def _signer(url: str) -> Signer:
    # By the address, so that a token taken to another address opens nothing there.
    return Signer(salt=f"long work {url}")


def _without_token(request: Visit) -> str:
    rest = request.GET.copy()
    rest.pop(FOLLOWED, None)
    return f"{request.path}?{rest.urlencode()}" if rest else request.path


# ── How far it is ─────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class JobShown:
    """A job in words.

    badge, tone: its state in a word. percent: how far it is. left: how long it will still take, "" where nobody can
    tell. why: what went wrong, or what is awaited. fetch_url: where what was made is handed out, "" until it is;
    fetch_words: of that link. made: when it was. until: the day on which it is taken away, "" for what stays.
    again_url: where it is asked for anew, "" while there is no need.
    """

    title: str
    language: str
    badge: str
    tone: str
    is_under_way: bool
    percent: int
    left: str
    why: str
    fetch_url: str
    fetch_words: str
    made: str
    until: str
    again_url: str


def show_job(job: Job, now: datetime, *, fetch_url: str, again_url: str) -> JobShown:
    """A job as its page and the desk show it. The disk is looked at where it is done."""
    waits, is_file = is_waiting(job), job.kind != PACKAGE
    badge, tone, why = _state_of(job, waits, now)
    is_under_way = job.state in (JobState.WAITING, JobState.RUNNING)
    percent = 100 if waits else min(99, 100 * job.progress // job.total) if job.total else 0
    return JobShown(
        title=job.arguments.get("title", ""),
        language=job.process.language if job.process else "",
        badge=badge,
        tone=tone,
        is_under_way=is_under_way,
        percent=percent,
        left=_left_words(time_left(job, now)),
        why=why,
        fetch_url=fetch_url if waits else "",
        made=deadline_words(job.ended_at) if waits and job.ended_at else "",
        until=short_date(job.ended_at + WAITS) if waits and job.ended_at and is_file else "",
        fetch_words=_("Fetch") if is_file else _("See the package"),
        again_url="" if waits or is_under_way else again_url,
    )


def _state_of(job: Job, waits: bool, now: datetime) -> tuple[str, str, str]:
    """Word, tone and what there is to say of a job's state."""
    if waits:
        return _("Ready to be fetched"), "success", ""
    if job.error == ERASED:
        why = _("Something that stood in it has been erased since. Ask for it again to get it as it is now.")
        return _("Erased"), "warning", why
    match job.state:
        case JobState.DONE:
            why = _("It has waited long enough and is no longer kept. Ask for it again.")
            return _("No longer kept"), "neutral", why
        case JobState.CANCELLED:
            return (
                _("Broken off"),
                "neutral",
                _("It was cancelled before it was made. Ask for it again if you need it."),
            )
        case JobState.FAILED:
            why = (job.result or {}).get("why") or _(
                "It went wrong again and again. If it is needed, the secretariat can try once more; if it goes wrong"
                " again, show this to whoever runs the site."
            )
            return _("Could not be made"), "error", why
        case JobState.WAITING if job.error:
            at = clock_time(job.not_before, COPENHAGEN)
            return _("Being made"), "warning", _("It went wrong and is tried again by itself at %(at)s.") % {"at": at}
        case JobState.WAITING:
            return _("Being made"), "neutral", _("It waits for its turn and begins by itself.")
    return _("Being made"), "neutral", ""


def _left_words(left: timedelta | None) -> str:
    if left is None:
        return ""
    seconds = max(5, 5 * round(left.total_seconds() / 5))
    if seconds < 90:
        return _("At this pace about %(seconds)d seconds more") % {"seconds": seconds}
    minutes = round(seconds / 60)
    words = ngettext(
        "At this pace about %(minutes)d minute more", "At this pace about %(minutes)d minutes more", minutes
    )
    return words % {"minutes": minutes}


# ── For the office ────────────────────────────────────────────────────────────────────────────────────────────
def _job_in(process: Process, ids: Ids) -> Job:
    job = get_object_or_404(jobs_of_process(process).select_related("office"), public_id=ids.pop("job_id"))
    job.process = process
    return job


@partial(page_in_process, _job_in)("auditor", "GET")
def job(request: Visit, job: Job) -> HttpResponse:
    """How far long work is; when it is done, where to fetch what was made."""
    assert job.process is not None
    process = job.process
    url = job.arguments["url"]
    shown = show_job(job, request.now, fetch_url=_fetch_url(job, process), again_url=url)
    framed = trail_to(frame(request, process, ""), (shown.title or _("A file that was made"), request.path))
    if shown.title:
        framed["trail"][-1]["lang"] = shown.language
    context = {
        **framed,
        "heading": shown.title,
        "job": shown,
        # A package that could not be made is asked for anew in its form, where the words are written again.
        "typed": job.arguments.get("reason", "") if shown.again_url else "",
        "cancel_url": reverse("job_cancel", args=[process.public_id, job.public_id])
        if may_cancel_job(job.state) is None
        else "",
    }
    return render(request, "workflow/job.html", context)


def _fetch_url(job: Job, process: Process) -> str:
    if job.kind == KITS:
        return reverse("job_file", args=[process.public_id, job.public_id])
    if made := package_made(job):
        return reverse("package", args=[process.public_id, made])
    # What was asked for at an address of its own is fetched there, where it is asked once more who may have it.
    return str(job.arguments["url"])


@partial(page_in_process, _job_in)("auditor", "GET")
def job_file(request: Visit, job: Job) -> HttpResponseBase:
    """Fetch what a job has made; once it waits no more, the job's page says what to do."""
    assert job.process is not None
    (paper,) = job.arguments["papers"] if job.kind == KITS else ({"name": ""},)
    path = ready_path(paper["name"])
    if path is None:
        return redirect("job", job.process.public_id, job.public_id)
    return FileResponse(path.open("rb"), as_attachment=True, filename=job.arguments["title"])


@stage_page("auditor", "GET", kinds=(StageKindName.REVIEW, StageKindName.APPROVAL))
def kits(request: Visit, stage: Stage) -> HttpResponseBase:
    """Have the kits of all who are asked in a stage made as one file, and follow it on the job's page."""
    if request.method == "HEAD":
        return HttpResponse(status=202)
    try:
        job = prepare_kits(stage, url=request.path, now=request.now)
    except Refused as refused:
        context = {"refusal": refused.refusal, "back_url": url_of_stage(stage)}
        return render(request, "errors/409.html", context, status=409)
    return redirect("job", stage.process.public_id, job.public_id)


@partial(page_in_process, _job_in)("secretariat", "POST")
def job_cancel(request: Visit, job: Job) -> HttpResponse:
    """Give up long work that is under way."""
    assert job.process is not None
    return do(
        request,
        lambda actor, now, key: cancel_job(job, actor=actor, now=now),
        done=_("It is cancelled, and nothing was kept of it."),
        to=reverse("job", args=[job.process.public_id, job.public_id]),
    )


def work_of(offices: Sequence[Office], now: datetime, process: Process | None = None) -> list[Duty]:
    """The long work of these offices for desk and process page: being made, ready, or failed. One query. process: only
    its own."""
    jobs = jobs_shown(offices)
    if process is not None:
        jobs = jobs.filter(process=process)
    items = []
    for each in jobs[:_MOST]:
        assert each.process is not None
        url = reverse("job", args=[each.process.public_id, each.public_id])
        shown = show_job(each, now, fetch_url=url, again_url=url)
        if each.state == JobState.DONE and not shown.fetch_url:
            continue
        items.append(_item(each, shown, url, is_named=process is None))
    return items


_MOST: Final = 20


def _item(job: Job, shown: JobShown, url: str, *, is_named: bool) -> Duty:
    words: dict[str, Any] = {"percent": shown.percent, "day": shown.until}
    if shown.fetch_url and not shown.until:
        why = _("The package is made. Look at its contents before you send it.")
    elif shown.fetch_url:
        why = _("Can be fetched; it is taken away on %(day)s") % words
    elif shown.is_under_way:
        done = _("%(percent)d %% done") % words
        why = ". ".join(filter(None, (done, shown.why, shown.left)))
    else:
        why = shown.why
    assert job.process is not None
    return Duty(
        title=shown.title,
        url=url,
        why=why,
        process=f"{job.process.case_number} {job.process.title}" if is_named else "",
        title_lang=shown.language,
        badge=shown.badge,
        tone=shown.tone,
    )
