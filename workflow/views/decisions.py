"""A body's own page for its decision: the papers, the form, the receipt, and what is recorded.

Whoever holds the body's personal link comes in, and accounts that are members of the body; both see the same pages.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from workflow.actions.approvals import add_addendum, announce_meeting, receive_minutes, record_decision
from workflow.actions.files import open_file
from workflow.actors import Actor
from workflow.dates import clock_time, short_date, weekday_date
from workflow.forms.approvals import (
    AddendumForm,
    BaseMinorityFormSet,
    ConfirmedDecisionForm,
    DecisionForm,
    MeetingForm,
    MinorityFormSet,
    MinutesForm,
)
from workflow.models import (
    ApprovalRequest,
    Bundle,
    BundleItem,
    Decision,
    DecisionAddendum,
    DocumentVersion,
    PersonalLink,
    Process,
    StoredFile,
)
from workflow.policies import policy
from workflow.queries.approvals import live_request, request_of_body, request_of_link
from workflow.queries.processes import stage_spec
from workflow.reports.package import write_papers
from workflow.rules import Refused
from workflow.rules.approvals import may_add_addendum, may_decide, may_receive_minutes, may_record_decision
from workflow.states import DecisionState, RequestState
from workflow.views.deeds import do_with, key_of, new_key
from workflow.views.documents import send_file
from workflow.views.registry import LinkTopic
from workflow.views.uploads import kept
from workflow.views.visits import Visit

MINORITY = "minority"
"""Prefix of the rows for minority statements."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one body's decision is worked on. door: "link" or "member"; opener: the id that stands in the address."""

    request: ApprovalRequest
    actor: Actor
    door: str
    opener: UUID

    @property
    def process(self) -> Process:
        return self.request.stage.process

    def url(self, page: str, *more: object) -> str:
        """The address of one of the desk's pages."""
        return reverse(f"{page}_{self.door}", args=[self.opener, *more])


Page = Callable[..., HttpResponseBase]


def _doors(page: Page, *methods: str) -> tuple[Page, Page]:
    """The same page twice: by personal link, and by account."""

    @policy("link_holder")
    @never_cache
    def by_link(visit: Visit, link_id: UUID, **more: Any) -> HttpResponseBase:
        if visit.method not in methods:
            return HttpResponseNotAllowed(methods)
        try:
            request = request_of_link(visit.link)
        except ApprovalRequest.DoesNotExist as error:
            raise Http404 from error
        return page(visit, Desk(request, Actor.of_link(visit.link, request.body.name), "link", link_id), **more)

    @policy("body_member")
    @never_cache
    def by_account(visit: Visit, request_id: UUID, **more: Any) -> HttpResponseBase:
        if visit.method not in methods:
            return HttpResponseNotAllowed(methods)
        try:
            request = request_of_body(request_id, [body for _office, body in visit.places.member_of])
        except ApprovalRequest.DoesNotExist as error:
            raise Http404 from error
        if (request.stage.process.office, request.body) not in visit.places.member_of:
            raise Http404
        return page(visit, Desk(request, visit.actor, "member", request_id), **more)

    by_link.__doc__ = by_account.__doc__ = page.__doc__
    return by_link, by_account


READ = ("GET", "HEAD")
READ_AND_DO = (*READ, "POST")


# ── The page ──────────────────────────────────────────────────────────────────────────────────────────────────
def _decision(visit: Visit, desk: Desk) -> HttpResponse:
    """The papers, the deadline, and the form; once decided, what is recorded."""
    if visit.method != "POST":
        form = ConfirmedDecisionForm(purpose=desk.request.purpose, initial={"bundle": digest_of(desk.request)})
        return _show(visit, desk, form, MinorityFormSet(prefix=MINORITY))
    if "one_more" in visit.POST:
        form = ConfirmedDecisionForm(purpose=desk.request.purpose)
        return _show(visit, desk, form, one_more_row(visit.POST, form))
    form = ConfirmedDecisionForm(visit.POST, visit.FILES, purpose=desk.request.purpose)
    rows = MinorityFormSet(visit.POST, prefix=MINORITY)
    if not both_valid(form, rows):
        return _show(visit, desk, form, rows, status=422)
    if _recorded(visit, desk, form, rows) is None:
        return _show(visit, desk, form, rows, status=409)
    return redirect(desk.url("decision_receipt"))


def _recorded(visit: Visit, desk: Desk, form: DecisionForm, rows: BaseMinorityFormSet) -> Decision | None:
    """The decision recorded from valid forms; None when it was refused, with the reason standing in the form."""
    request, seen = desk.request, form.cleaned_data["bundle"]
    minority = rows.facts()
    refusal = may_record_decision(
        request,
        form.facts(None, minority),
        desk.actor,
        visit.now,
        bundle_sha256=seen,
        received_at=visit.now,
        zone=desk.process.time_zone,
    )
    minutes = kept(form, "minutes", desk.process.office, visit.now, refusal=refusal)
    if form.errors:
        return None
    try:
        return record_decision(
            request,
            form.facts(minutes, minority),
            bundle_sha256=seen,
            actor=desk.actor,
            now=visit.now,
            key=key_of(visit),
        )
    except Refused as refused:
        form.add_error(None, str(refused.refusal.text))
        return None


def _show(
    visit: Visit,
    desk: Desk,
    form: DecisionForm,
    rows: BaseMinorityFormSet,
    *,
    addendum: AddendumForm | None = None,
    minutes: MinutesForm | None = None,
    meeting: MeetingForm | None = None,
    status: int = 200,
) -> HttpResponse:
    request, process = desk.request, desk.process
    spec = stage_spec(request.stage)
    current = live_request(request.stage.key, request.body, process) if not _is_live(request) else None
    refusal = may_decide(request, desk.actor, visit.now, current=current)
    valid = valid_decision(request)
    context = {
        "desk": desk,
        "asked": request,
        "process": process,
        "office_name": process.office.name,
        "mailbox": process.office.reply_to,
        "stage_title": spec.title,
        "recommendation": spec.review.recommendation.text if spec.review else "",
        "papers": papers_of(request.bundle, desk.url),
        "papers_url": desk.url("decision_papers") if request.bundle else "",
        "is_past": request.reply_by_at is not None and request.reply_by_at <= visit.now,
        "may_decide": refusal is None,
        "is_superseded": not _is_live(request),
        "why_not": refusal.text if refusal is not None and not _is_live(request) else "",
        "records": [
            record_of(row, lambda file: desk.url("decision_file", file.public_id)) for row in decisions_of(request)
        ],
        "valid": valid,
        "form": form,
        "rows": rows,
        "addendum_form": addendum or AddendumForm(auto_id="addendum_%s"),
        "minutes_form": minutes or MinutesForm(auto_id="late_%s"),
        "meeting_form": meeting or MeetingForm(auto_id="meeting_%s", initial={"meeting_on": request.meeting_on}),
        "wants_minutes": valid is not None and valid.minutes_id is None and request.state == RequestState.DECIDED,
        "decision_url": desk.url("decision"),
        "addendum_url": desk.url("decision_addendum"),
        "minutes_url": desk.url("decision_minutes"),
        "meeting_url": desk.url("decision_meeting"),
        "key": key_of(visit) or new_key(),
    }
    return render(visit, "workflow/decision.html", context, status=status)


def _receipt(visit: Visit, desk: Desk) -> HttpResponse:
    """What was recorded, under which number, and what happens now."""
    decisions = decisions_of(desk.request)
    if not decisions:
        raise Http404
    context = {
        "process": desk.process,
        "asked": desk.request,
        "office_name": desk.process.office.name,
        "record": record_of(decisions[0], lambda file: desk.url("decision_file", file.public_id)),
        "has_minutes": decisions[0].minutes_id is not None,
        "is_postponed": desk.request.state == RequestState.ASKED,
        "decision_url": desk.url("decision"),
    }
    return render(visit, "workflow/decision_receipt.html", context)


# ── What may follow ───────────────────────────────────────────────────────────────────────────────────────────
def _addendum(visit: Visit, desk: Desk) -> HttpResponse:
    """Correct or complete the recorded decision beside it."""
    form = AddendumForm(visit.POST, visit.FILES, auto_id="addendum_%s")
    done = add_to(visit, desk.request, form, desk.actor, to=desk.url("decision"))
    return done or _show(visit, desk, *_empty(desk), addendum=form, status=422)


def _minutes(visit: Visit, desk: Desk) -> HttpResponse:
    """Send the extract of the minutes after the decision."""
    form = MinutesForm(visit.POST, visit.FILES, auto_id="late_%s")
    done = take_minutes(visit, desk.request, form, desk.actor, to=desk.url("decision"))
    return done or _show(visit, desk, *_empty(desk), minutes=form, status=422)


def _meeting(visit: Visit, desk: Desk) -> HttpResponse:
    """Tell on which day the body takes the matter up."""
    form = MeetingForm(visit.POST, auto_id="meeting_%s")
    done = tell_meeting(visit, desk.request, form, desk.actor, to=desk.url("decision"))
    return done or _show(visit, desk, *_empty(desk), meeting=form, status=422)


def add_to(visit: Visit, request: ApprovalRequest, form: AddendumForm, actor: Actor, *, to: str) -> HttpResponse | None:
    """Add to the newest decision; None when the form is not valid or the deed refused, with the reason in the form."""
    decision = next(iter(decisions_of(request)), None)
    if decision is None:
        raise Http404
    if not form.is_valid():
        return None
    text = form.cleaned_data["text"]
    office = request.stage.process.office
    file = kept(form, "file", office, visit.now, refusal=may_add_addendum(decision, text, None))
    if form.errors:
        return None
    return do_with(
        visit,
        form,
        lambda: add_addendum(decision, text=text, file=file, actor=actor, now=visit.now, key=key_of(visit)),
        done=_("The addition is recorded beside the decision."),
        to=to,
    )


def take_minutes(
    visit: Visit, request: ApprovalRequest, form: MinutesForm, actor: Actor, *, to: str
) -> HttpResponse | None:
    """Put the minutes to the decision in force; None when refused, with the reason in the form."""
    decision = valid_decision(request)
    if decision is None:
        raise Http404
    if not form.is_valid():
        return None
    office = request.stage.process.office
    is_present = decision.minutes
    refusal = may_receive_minutes(decision, is_present) if is_present else None
    file = kept(form, "minutes", office, visit.now, refusal=refusal) or is_present
    if form.errors or file is None:
        return None
    return do_with(
        visit,
        form,
        lambda: receive_minutes(decision, file, actor=actor, now=visit.now, key=key_of(visit)),
        done=_("The extract of the minutes is recorded."),
        to=to,
    )


def tell_meeting(
    visit: Visit, request: ApprovalRequest, form: MeetingForm, actor: Actor, *, to: str
) -> HttpResponse | None:
    """Note the coming meeting; None when refused, with the reason in the form."""
    if not form.is_valid():
        return None
    day = form.cleaned_data["meeting_on"]
    return do_with(
        visit,
        form,
        lambda: announce_meeting(request, meeting_on=day, actor=actor, now=visit.now, key=key_of(visit)),
        done=_("Noted: the meeting is on %(day)s. Nobody is reminded before then.")
        % {"day": weekday_date(day, request.stage.process.time_zone)},
        to=to,
    )


# ── The papers ────────────────────────────────────────────────────────────────────────────────────────────────
def _document(visit: Visit, desk: Desk, version_id: UUID) -> HttpResponse:
    """One document of the set, section by section."""
    if desk.request.bundle is None:
        raise Http404
    versions = DocumentVersion.objects.filter(bundle_items__bundle=desk.request.bundle)
    version = get_object_or_404(
        versions.select_related("document", "file").prefetch_related("sections"), public_id=version_id
    )
    context = {
        "process": desk.process,
        "office_name": desk.process.office.name,
        "version": version,
        "file_url": desk.url("decision_file", version.file.public_id) if version.file else "",
        "decision_url": desk.url("decision"),
    }
    return render(visit, "workflow/decision_document.html", context)


def _papers(visit: Visit, desk: Desk) -> FileResponse:
    """All papers at once, as a ZIP with checksums."""
    bundle = desk.request.bundle
    if bundle is None:
        raise Http404
    return send_papers(desk.request)


def _file(visit: Visit, desk: Desk, file_id: UUID) -> FileResponse:
    """Fetch a document of the set, or a file that belongs to the body's own decision."""
    request = desk.request
    return send_file(file_of(request, file_id, BundleItem.objects.filter(bundle=request.bundle)))


decision_link, decision_member = _doors(_decision, *READ_AND_DO)
decision_receipt_link, decision_receipt_member = _doors(_receipt, *READ)
decision_addendum_link, decision_addendum_member = _doors(_addendum, "POST")
decision_minutes_link, decision_minutes_member = _doors(_minutes, "POST")
decision_meeting_link, decision_meeting_member = _doors(_meeting, "POST")
decision_document_link, decision_document_member = _doors(_document, *READ)
decision_papers_link, decision_papers_member = _doors(_papers, *READ)
decision_file_link, decision_file_member = _doors(_file, *READ)


# ── Shared with the officer's pages ───────────────────────────────────────────────────────────────────────────
def topic(link: PersonalLink) -> LinkTopic:
    """What a decision link is about, for its start page."""
    request = request_of_link(link)
    process = request.stage.process
    return LinkTopic(
        title=_("Decision: %(stage)s") % {"stage": stage_spec(request.stage).title},
        party=request.body.name,
        process_title=process.title,
        case_number=process.case_number,
        reply_by_at=request.reply_by_at,
        zone=process.time_zone,
        label=request.body.name,
    )


def digest_of(request: ApprovalRequest) -> str:
    """SHA-256 of the set of documents in question, "" where there is no text yet."""
    return request.bundle.sha256 if request.bundle else ""


def decisions_of(request: ApprovalRequest) -> list[Decision]:
    """The decisions of a page's request, newest first, as they were read along."""
    return list(request.decisions.all())


def valid_decision(request: ApprovalRequest) -> Decision | None:
    """The one in force, if any."""
    return next((row for row in decisions_of(request) if row.state == DecisionState.VALID), None)


def receipt_number(decision: Decision, process: Process) -> str:
    """The number under which a decision is recorded: the case's, and six signs of the decision's own id."""
    return f"{process.case_number}-{decision.public_id.hex[-6:].upper()}"


def one_more_row(typed: QueryDict, form: DecisionForm) -> BaseMinorityFormSet:
    """Fill an empty form with what was typed, unjudged; returns the rows typed and one more for another statement."""
    form.initial = {name: typed.get(name) for name in form.fields if name in typed}
    rows = MinorityFormSet(typed, prefix=MINORITY)
    written = [{"members": row["members"].value() or "", "text": row["text"].value() or ""} for row in rows.forms]
    return MinorityFormSet(prefix=MINORITY, initial=[row for row in written if row["members"] or row["text"]])


def both_valid(form: DecisionForm, rows: BaseMinorityFormSet) -> bool:
    """Whether form and rows can be used; what is wrong with a row is said at the head of the form too."""
    if not rows.is_valid():
        form.is_valid()
        form.add_error(None, _("A minority statement lacks its members or its words."))
    return form.is_valid()


def papers_of(bundle: Bundle | None, url: Callable[..., str]) -> list[dict[str, Any]]:
    """The documents of a set as the file component shows them; `url(page, id)` gives the address of a page."""
    if bundle is None:
        return []
    found: list[dict[str, Any]] = []
    for item in bundle.items.select_related("version__document", "version__file").order_by("position"):
        version = item.version
        number = _("version %(number)d") % {"number": version.number}
        role = _("to be approved") if item.needs_approval else _("for information")
        found.append(
            {"name": version.title, "url": url("decision_document", version.public_id), "note": f"{number} · {role}"}
        )
        if version.file and version.file.erased_at is None:
            file = version.file
            found.append(
                {
                    "name": file.name,
                    "url": url("decision_file", file.public_id),
                    "size": file.size,
                    "note": version.title,
                }
            )
    return found


def send_papers(request: ApprovalRequest) -> FileResponse:
    """The documents of the set in question as one ZIP."""
    spool = tempfile.SpooledTemporaryFile(max_size=8 * 1024 * 1024)  # noqa: SIM115 - the response closes it
    assert request.bundle is not None
    write_papers(cast(BinaryIO, spool), request.stage, request.bundle, open_file)
    spool.seek(0)
    name = f"{request.stage.process.case_number}-{request.bundle.number}.zip"
    return FileResponse(cast(BinaryIO, spool), as_attachment=True, filename=name, content_type="application/zip")


def file_of(request: ApprovalRequest, file_id: UUID, items: Any, *, with_source: bool = False) -> StoredFile:
    """A file of these documents or of the request's own decisions; 404 for any other."""
    own: list[StoredFile | None] = []
    for decision in decisions_of(request):
        own += [decision.minutes, *(row.file for row in decision.addenda.all())]
        own += [decision.source] if with_source else []
    found = next((file for file in own if file is not None and file.public_id == file_id), None)
    if found is None:
        found = StoredFile.objects.filter(
            public_id=file_id, pk__in=items.values_list("version__file", flat=True)
        ).first()
    if found is None:
        raise Http404
    return found


def record_of(
    decision: Decision, file_url: Callable[[StoredFile], str], *, with_source: bool = False
) -> dict[str, Any]:
    """A recorded decision as pages show it: its facts, its words, its files, what was added to it."""
    process = decision.request.stage.process
    zone = process.time_zone
    recorded = _("%(day)s at %(time)s") % {
        "day": weekday_date(decision.recorded_at, zone),
        "time": clock_time(decision.recorded_at, zone),
    }
    who = decision.by_label
    if decision.by_on_behalf_of:
        who = _("%(name)s, on behalf of %(body)s") % {"name": who, "body": decision.by_on_behalf_of}
    facts = [
        {"label": _("Number"), "value": receipt_number(decision, process)},
        {"label": _("Basis"), "value": decision.get_basis_display()},
        {"label": _("Day of the decision"), "value": weekday_date(decision.meeting_on, zone)},
        {"label": _("Agenda item"), "value": decision.agenda_item},
        {"label": _("The body's case number"), "value": decision.body_case_number},
        {
            "label": _("Decided on"),
            "value": _("Set %(number)d of the documents") % {"number": decision.bundle.number}
            if decision.bundle
            else "",
            "note": f"SHA-256 {decision.bundle.sha256[:12]}" if decision.bundle else "",
        },
        {"label": _("Recorded"), "value": recorded, "note": who},
        {
            "label": _("Received"),
            "value": _("%(day)s at %(time)s")
            % {"day": weekday_date(decision.received_at, zone), "time": clock_time(decision.received_at, zone)}
            if decision.by_on_behalf_of
            else "",
        },
    ]
    files = [(decision.minutes, _("Extract of the minutes"))]
    if with_source:
        files.append((decision.source, _("What it came in")))
    return {
        "decision": decision,
        "outcome": decision.outcome,
        "outcome_label": decision.get_outcome_display(),
        "is_valid": decision.state == DecisionState.VALID,
        "state_label": decision.get_state_display(),
        "facts": facts,
        "files": list(_file_rows(files, file_url)),
        "minority": list(decision.minority_statements.all()),
        "addenda": [_addendum_row(row, zone, file_url) for row in decision.addenda.all()],
    }


def _addendum_row(row: DecisionAddendum, zone: str, file_url: Callable[[StoredFile], str]) -> Mapping[str, Any]:
    files = list(_file_rows([(row.file, _("Goes with the addition"))], file_url))
    return {"day": short_date(row.at, zone), "who": row.by_label, "text": row.text, "files": files}


def _file_rows(
    files: Iterable[tuple[StoredFile | None, str]], file_url: Callable[[StoredFile], str]
) -> Iterable[dict[str, Any]]:
    for file, note in files:
        if file is None:
            continue
        name = file.name if file.erased_at is None else _("Erased")
        url = file_url(file) if file.erased_at is None else ""
        yield {"name": name, "url": url, "size": file.size, "note": note, "sha256": file.sha256}


def _is_live(request: ApprovalRequest) -> bool:
    return request.state in (RequestState.ASKED, RequestState.DECIDED)


def _empty(desk: Desk) -> tuple[DecisionForm, BaseMinorityFormSet]:
    form = ConfirmedDecisionForm(purpose=desk.request.purpose, initial={"bundle": digest_of(desk.request)})
    return form, MinorityFormSet(prefix=MINORITY)
