"""What is typed in about a decision, by the body itself or by an officer for it: judged, then recorded."""

from __future__ import annotations

from functools import partial

from django.http import Http404, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from workflow.actions.approvals import add_addendum, announce_meeting, object_to_correction, receive_minutes
from workflow.actors import Actor
from workflow.dates import weekday_date
from workflow.forms.approvals import AddendumForm, DecisionForm, MeetingForm, MinutesForm
from workflow.forms.minority import BaseMinorityFormSet, MinorityFormSet
from workflow.forms.objections import ObjectionForm
from workflow.models import ApprovalRequest
from workflow.views.access import Visit
from workflow.views.decisions.recorded import decisions_of, valid_decision
from workflow.views.deeds import press_form, press_of

MINORITY = "minority"
"""Prefix of the rows for minority statements."""


def one_more_row(typed: QueryDict) -> BaseMinorityFormSet:
    """The rows as they were typed, unjudged, and one more for another statement."""
    rows = MinorityFormSet(typed, prefix=MINORITY)
    written = [{"members": row["members"].value() or "", "text": row["text"].value() or ""} for row in rows.forms]
    return MinorityFormSet(prefix=MINORITY, initial=[row for row in written if row["members"] or row["text"]])


def both_valid(form: DecisionForm, rows: BaseMinorityFormSet) -> bool:
    """Whether form and rows can be used; what is wrong with a row is said at the head of the form too."""
    if not rows.is_valid():
        form.is_valid()
        form.add_error(None, _("A minority statement lacks the members' names or their reasons."))
    return form.is_valid()


def press_addendum(
    request: Visit, asked: ApprovalRequest, form: AddendumForm, actor: Actor, *, to: str
) -> HttpResponse | None:
    """Add to the decision in force, else to the newest; None when the form is not valid or the deed refused, with the
    reason in the form."""
    decision = valid_decision(asked) or next(iter(decisions_of(asked)), None)
    if decision is None:
        raise Http404
    done = _("The addition is recorded beside the decision.")
    return press_form(request, form, partial(add_addendum, decision), done=done, to=to, press=press_of(request, actor))


def press_minutes(
    request: Visit, asked: ApprovalRequest, form: MinutesForm, actor: Actor, *, to: str
) -> HttpResponse | None:
    """Put the minutes to the decision in force; None when refused, with the reason in the form."""
    decision = valid_decision(asked)
    if decision is None:
        raise Http404
    done = _("The extract of the minutes is recorded.")
    return press_form(
        request, form, partial(receive_minutes, decision), done=done, to=to, press=press_of(request, actor)
    )


def press_objection(
    request: Visit, asked: ApprovalRequest, form: ObjectionForm, actor: Actor, *, to: str
) -> HttpResponse | None:
    """Object to a correction; None when the form is not valid or the deed refused, with the reason in the form."""
    if not form.is_valid():
        return None
    return press_form(
        request,
        form,
        partial(object_to_correction, asked),
        facts=form.facts,
        done=_("The objection has been received. The secretariat answers it; your decision stands meanwhile."),
        to=to,
        press=press_of(request, form.sign(actor)),
    )


def press_meeting(
    request: Visit, asked: ApprovalRequest, form: MeetingForm, actor: Actor, *, to: str
) -> HttpResponse | None:
    """Note the coming meeting; None when refused, with the reason in the form."""
    return press_form(
        request,
        form,
        partial(announce_meeting, asked),
        done=lambda _request: (
            _("Noted: the meeting is on %(day)s. Nobody is reminded before then.")
            % {"day": weekday_date(form.cleaned_data["meeting_on"], asked.stage.process.time_zone)}
        ),
        to=to,
        press=press_of(request, actor),
    )
