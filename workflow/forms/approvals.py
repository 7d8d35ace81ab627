"""Forms for decisions: what a council secretary fills in, and what an officer records on a body's behalf."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from workflow.forms.fields import ClockField, DayField, LineField, WordsField
from workflow.models import StoredFile
from workflow.rules.approvals import DecisionFacts, MinorityFacts, outcomes_for
from workflow.states import Basis, Outcome

FILES_TAKEN = _("PDF, Word, OpenDocument or text, 25 MB at most.")

EXPLAINED = {
    Outcome.APPROVED: _("The body approves the text as it stands."),
    Outcome.APPROVED_WITH_REMARKS: _(
        "The body approves, and gives remarks along the way. They do not change the text."
    ),
    Outcome.APPROVED_WITH_RESERVATION: _("The body approves on a condition. Write the condition under remarks."),
    Outcome.REJECTED: _("The body says no."),
    Outcome.REFERRED_BACK: _("The body wants the text changed before it decides."),
    Outcome.POSTPONED: _("The body decides at a later meeting. Come back here afterwards."),
    Outcome.NOTED: _("For information only; not an approval."),
    Outcome.ACCESSION_DECLINED: _("The body does not wish to join the agreement."),
}
"""What each outcome means for the matter."""


class DecisionForm(forms.Form):
    """What a body decided. `bundle` is the digest of the set of documents that was shown with the form."""

    bundle = LineField(widget=forms.HiddenInput, required=False, max_length=64)
    outcome = forms.ChoiceField(label=_("What did the body decide?"), widget=forms.RadioSelect)
    basis = forms.ChoiceField(label=_("How it was decided"), choices=Basis.choices, initial=Basis.COUNCIL_MEETING)
    meeting_on = DayField(label=_("Day of the decision"), help_text=_("Day, month and year: 17/04/2019."))
    agenda_item = LineField(label=_("Agenda item"), max_length=60, required=False)
    body_case_number = LineField(
        label=_("Your case number"), max_length=60, required=False, help_text=_("In your own case system.")
    )
    text = WordsField(label=_("The decision as it stands in the minutes"), required=False, max_length=20_000, rows=4)
    remarks = WordsField(label=_("Remarks or conditions"), required=False, max_length=20_000, rows=4)
    minutes = forms.FileField(label=_("Extract of the minutes"), required=False, help_text=FILES_TAKEN)
    next_meeting_on = DayField(
        label=_("If it was postponed: the next meeting"),
        required=False,
        help_text=_("Nobody is reminded before that day."),
    )

    def __init__(self, *args: Any, purpose: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcome: forms.ChoiceField = self.fields["outcome"]  # type: ignore[assignment]
        outcome.choices = [
            (
                choice.value,
                format_html('{} <span class="choice-explained">{}</span>', choice.label, EXPLAINED[choice]),
            )
            for choice in outcomes_for(purpose)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        needs_words = cleaned.get("outcome") in (Outcome.APPROVED_WITH_REMARKS, Outcome.APPROVED_WITH_RESERVATION)
        if needs_words and not (cleaned.get("remarks") or cleaned.get("text") or cleaned.get("minutes")):
            self.add_error("remarks", _("Write the remarks or the condition, or send the extract of the minutes."))
        return cleaned

    def facts(self, minutes: StoredFile | None, minority: Sequence[MinorityFacts]) -> DecisionFacts:
        """The facts of a valid form, as the action takes them."""
        cleaned = self.cleaned_data
        return DecisionFacts(
            outcome=Outcome(cleaned["outcome"]),
            basis=cleaned["basis"],
            meeting_on=cleaned["meeting_on"],
            agenda_item=cleaned["agenda_item"],
            body_case_number=cleaned["body_case_number"],
            text=cleaned["text"],
            remarks=cleaned["remarks"],
            minutes=minutes,
            minority_statements=tuple(minority),
            next_meeting_on=cleaned["next_meeting_on"] if cleaned["outcome"] == Outcome.POSTPONED else None,
        )


class ConfirmedDecisionForm(DecisionForm):
    """The body's own form: whoever fills it in confirms it."""

    confirmed = forms.BooleanField(
        label=_("This is what the body decided, and I record it on its behalf"),
        error_messages={"required": _("Tick that this is what the body decided.")},
    )


class DecisionOnBehalfForm(DecisionForm):
    """The officer's form: with what the decision was had from, and when that came."""

    source = forms.FileField(
        label=_("The mail or letter it came in"), required=False, help_text=_("Kept beside the minutes.")
    )
    received_on = DayField(label=_("Day it reached you"))
    received_clock = ClockField(label=_("Clock time it reached you"), help_text=_("For example 14.30."))

    field_order = ("bundle", "received_on", "received_clock", "source")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body_case_number"].label = _("Their case number")
        self.fields["body_case_number"].help_text = ""

    def received_at(self, zone: str) -> datetime:
        """When the decision reached the office, as an instant; day and clock time are local in `zone`."""
        return at_local(self.cleaned_data["received_on"], self.cleaned_data["received_clock"], zone)


class MinorityForm(forms.Form):
    """A dissent by named members; an empty row is no statement."""

    members = LineField(label=_("Members"), max_length=300, required=False)
    text = WordsField(label=_("Reasons given"), max_length=20_000, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("members")) != bool(cleaned.get("text")):
            missing = "text" if cleaned.get("members") else "members"
            self.add_error(missing, _("A minority statement has both the members' names and their reasons."))
        return cleaned


class BaseMinorityFormSet(forms.BaseFormSet[MinorityForm]):
    """Rows of minority statements; one empty row always stands at the end."""

    def facts(self) -> list[MinorityFacts]:
        """The statements of valid rows; empty rows are left out."""
        rows = [row.cleaned_data for row in self.forms if row.cleaned_data.get("members")]
        return [MinorityFacts(row["members"], row["text"]) for row in rows]


MINORITY_ROWS = 30
MinorityFormSet: type[BaseMinorityFormSet] = cast(
    type[BaseMinorityFormSet],
    forms.formset_factory(
        MinorityForm, formset=BaseMinorityFormSet, extra=1, max_num=MINORITY_ROWS, absolute_max=MINORITY_ROWS
    ),
)


class AddendumForm(forms.Form):
    """A correction beside a recorded decision."""

    text = WordsField(
        label=_("What is corrected or added?"),
        max_length=20_000,
        help_text=_("It stands beside the decision with today's date. The decision itself stays as it was recorded."),
        rows=4,
    )
    file = forms.FileField(label=_("File"), required=False, help_text=FILES_TAKEN)


class MinutesForm(forms.Form):
    """The extract of the minutes, when it comes after the decision."""

    minutes = forms.FileField(label=_("Extract of the minutes"), help_text=FILES_TAKEN)


class MeetingForm(forms.Form):
    """The coming meeting in which a body takes the matter up."""

    meeting_on = DayField(
        label=_("The matter is taken up at the meeting on"),
        help_text=_("Nobody is reminded before that day. Day, month and year: 17/04/2019."),
    )


def at_local(day: Any, clock: Any, zone: str) -> datetime:
    """A local day and clock time as an instant."""
    return datetime.combine(day, clock, tzinfo=ZoneInfo(zone))


def uploaded(form: forms.Form, name: str) -> UploadedFile | None:
    """The file given in a field of a valid form, if any."""
    found: UploadedFile | None = form.cleaned_data.get(name)
    return found
