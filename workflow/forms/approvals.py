"""Forms for decisions: what a council secretary fills in, and what an officer records on a body's behalf."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from workflow.dates import short_date
from workflow.forms.fields import ClockField, DayField, LineField, WordsField
from workflow.forms.files import FilesForm, ReceivedFileField
from workflow.forms.processes import ReasonForm
from workflow.forms.signatures import SIGNATURE, SignedForm
from workflow.models import ApprovalRequest, Body, Decision
from workflow.queries.approvals import counting_outcomes
from workflow.queries.corrections import Correction, correction_of
from workflow.queries.joining import outcomes_open_to
from workflow.queries.processes import definition_of, stage_spec
from workflow.rules.bodies import (
    bases_of,
    basis_label,
    capitalised,
    is_on_the_way,
    level_name,
    levels_of,
    needs_ground,
    own_name,
)
from workflow.rules.decisions import (
    GROUND_MISSING,
    GROUND_NEEDLESS,
    MANDATE_BASIS,
    MANDATE_INCOMPLETE,
    REMARKS_MISSING,
    RESERVATION_MISSING,
    DecisionFacts,
    MinorityFacts,
    must_have_fit_basis,
)
from workflow.states import Basis, Ground, Level, Outcome, RequestPurpose, RequestState, StageState

EXPLAINED = {
    Outcome.APPROVED: _("%(body)s approves the text as it stands."),
    Outcome.APPROVED_WITH_REMARKS: _("%(body)s approves and makes remarks. They do not change the text."),
    Outcome.APPROVED_WITH_RESERVATION: _("%(body)s approves on a condition. Write the condition under remarks."),
    Outcome.REJECTED: _("%(body)s cannot approve the agreement."),
    Outcome.REFERRED_BACK: _("%(body)s wants the text changed before it decides."),
    Outcome.POSTPONED: _("%(body)s decides at a later meeting. Come back here afterwards."),
    Outcome.NOTED: _("For information only; not an approval."),
    Outcome.ACCESSION_DECLINED: _("%(body)s does not wish to join the agreement."),
}
"""What each outcome means for the matter, said of the body that decides."""

REJECTS_A_DRAFT = _("%(body)s cannot approve what is recommended.")
"""What a no means where a body decides on a recommendation, and there is no agreement yet."""


WITHOUT_TEXT = {
    Outcome.APPROVED: _("%(body)s approves the plan as it stands."),
    Outcome.APPROVED_WITH_REMARKS: _("%(body)s approves and makes remarks. They do not change the plan."),
    Outcome.REFERRED_BACK: _("%(body)s wants the plan changed before it decides."),
}
"""What is said where there is no text yet, and the plan itself is decided on."""


class ChoiceOrFirst(forms.ChoiceField):
    """A choice that is always made: what comes without it has the one shown first."""

    def clean(self, value: Any) -> Any:
        return super().clean(value or self.initial)


class DecisionForm(FilesForm):
    """What a body decided. `bundle` is the digest of the set of documents that was shown with the form; of a text that
    was corrected while it was asked, of the version it names."""

    bundle = LineField(widget=forms.HiddenInput, required=False, max_length=64)
    outcome = forms.ChoiceField(widget=forms.RadioSelect)
    level = ChoiceOrFirst(
        label=_("Who has decided?"),
        help_text=_(
            "What a committee recommends is kept as a step on the way: it does not count, and the question stays open."
        ),
    )
    basis = forms.ChoiceField(label=_("How it was decided"))
    ground = forms.ChoiceField(
        label=_("If it was decided on the council's behalf: why"),
        required=False,
        choices=[("", _("It was not")), *((choice.value, capfirst(choice.label)) for choice in Ground)],
    )
    meeting_on = DayField(label=_("Day of the decision"), help_text=_("Day, month and year: 28/12/2026."))
    agenda_item = LineField(label=_("Agenda item"), max_length=60, required=False)
    body_case_number = LineField(
        label=_("Your case number"), max_length=60, required=False, help_text=_("In your own case system.")
    )
    is_closed_item = forms.BooleanField(
        label=_("Taken up on a closed item"),
        required=False,
        help_text=_("The decision is then never made public, and its words and files do not go to others."),
    )
    text = WordsField(label=_("The decision as it stands in the minutes"), required=False, max_length=20_000, rows=4)
    remarks = WordsField(label=_("Remarks or conditions"), required=False, max_length=20_000, rows=4)
    mandate_holder = LineField(
        label=_("Who may approve later changes"),
        max_length=200,
        required=False,
        help_text=_("Only where the decision says so: for example the mayor."),
    )
    mandate_scope = WordsField(label=_("Which changes"), required=False, max_length=2_000, rows=2)
    minutes = ReceivedFileField(label=_("Extract of the minutes"), required=False)
    next_meeting_on = DayField(
        label=_("If it was postponed: the next meeting"),
        required=False,
        help_text=_("Nobody is reminded before that day."),
    )

    def __init__(self, *args: Any, asked: ApprovalRequest, **kwargs: Any) -> None:
        """asked: what the body was asked; its own name stands in the words, and it decides as its kind does."""
        super().__init__(*args, matter=asked, **kwargs)
        name = own_name(asked.body)
        outcome: forms.ChoiceField = self.fields["outcome"]  # type: ignore[assignment]
        outcome.label = _("What did %(body)s decide?") % {"body": name}
        outcome.choices = [
            (
                choice.value,
                format_html(
                    '{} <span class="choice-explained">{} {}</span>',
                    choice.label,
                    _explained(choice, asked) % {"body": capitalised(name)},
                    _effect(choice, asked),
                ),
            )
            for choice in outcomes_open_to(asked)
        ]
        if Outcome.POSTPONED not in dict(outcome.choices):
            del self.fields["next_meeting_on"]
        correction = correction_of(asked, None) if asked.state == RequestState.ASKED else None
        if correction is not None:
            self.fields["bundle"] = _version_field(correction, name)
        self._asked = asked
        self._offer_ways(asked)

    def _offer_ways(self, asked: ApprovalRequest) -> None:
        """Who can have decided and how, as the kind of body has it; what leaves no choice is not asked."""
        levels = levels_of(asked.body, asked.level)
        bases = {basis: basis_label(basis, asked.body) for level in levels for basis in bases_of(asked.body, level)}
        basis: forms.ChoiceField = self.fields["basis"]  # type: ignore[assignment]
        basis.choices = [(choice.value, bases[choice]) for choice in Basis if choice in bases]
        basis.initial = bases_of(asked.body, asked.level)[0]
        level: forms.ChoiceField = self.fields["level"]  # type: ignore[assignment]
        level.choices = [(choice.value, _level_choice(choice, asked)) for choice in levels]
        level.initial = asked.level
        if len(levels) == 1:
            del self.fields["level"]
        if not any(needs_ground(choice, asked.body) for choice in bases):
            del self.fields["ground"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        outcome = cleaned.get("outcome")
        if outcome == Outcome.APPROVED_WITH_RESERVATION and not cleaned.get("remarks"):
            self.add_error("remarks", str(RESERVATION_MISSING.text))
        if outcome == Outcome.APPROVED_WITH_REMARKS and not (
            cleaned.get("remarks") or cleaned.get("text") or cleaned.get("minutes")
        ):
            self.add_error("remarks", str(REMARKS_MISSING.text))
        self._judge_ways(cleaned)
        return cleaned

    def _judge_ways(self, cleaned: dict[str, Any]) -> None:
        """What the rule says of who decided and how, said at the field it is about."""
        if cleaned.get("basis"):
            level = cleaned.get("level") or self._asked.level
            if refusal := must_have_fit_basis(self._asked.body, level, cleaned["basis"]):
                self.add_error("basis", str(refusal.text))
            elif needs_ground(cleaned["basis"], self._asked.body) != bool(cleaned.get("ground")):
                needless = GROUND_NEEDLESS if cleaned.get("ground") else GROUND_MISSING
                self.add_error("ground", str(needless.text))
        if bool(cleaned.get("mandate_holder")) != bool(cleaned.get("mandate_scope")):
            missing = "mandate_scope" if cleaned.get("mandate_holder") else "mandate_holder"
            self.add_error(missing, str(MANDATE_INCOMPLETE.text))

    mandate: Decision | None = None
    """The decision on whose mandate this one may rest, where the form asks for it."""

    def facts(self, minority: Sequence[MinorityFacts]) -> DecisionFacts:
        """The facts of a valid form, as the action takes them."""
        cleaned = self.cleaned_data
        return DecisionFacts(
            outcome=Outcome(cleaned["outcome"]),
            level=cleaned.get("level", ""),
            basis=cleaned["basis"],
            ground=cleaned.get("ground", ""),
            mandate_holder=cleaned["mandate_holder"],
            mandate_scope=cleaned["mandate_scope"],
            by_mandate=self.mandate if cleaned.get("by_mandate") else None,
            meeting_on=cleaned["meeting_on"],
            agenda_item=cleaned["agenda_item"],
            is_closed_item=cleaned["is_closed_item"],
            body_case_number=cleaned["body_case_number"],
            text=cleaned["text"],
            remarks=cleaned["remarks"],
            minutes=cleaned["minutes"],
            minority_statements=tuple(minority),
            next_meeting_on=cleaned.get("next_meeting_on") if cleaned["outcome"] == Outcome.POSTPONED else None,
        )


def _level_choice(level: Level, asked: ApprovalRequest) -> str:
    name = capitalised(level_name(level, asked.body))
    if not is_on_the_way(level, asked.level):
        return name
    return str(_("%(committee)s: a step on the way") % {"committee": name})


class _VersionField(forms.ChoiceField):
    """A version by its digest. One that is not among the choices, of a form opened before, is judged by the deed."""

    def valid_value(self, value: Any) -> bool:
        return True


def _version_field(correction: Correction, name: str) -> _VersionField:
    """Which version the body decided on, where the text was corrected meanwhile."""
    choices = [
        (correction.after.sha256, _("Version %(number)d, as corrected") % {"number": correction.after.number}),
        (
            correction.before.sha256,
            _("Version %(number)d, before the correction") % {"number": correction.before.number},
        ),
    ]
    return _VersionField(
        label=_("Which version did %(body)s decide on?") % {"body": name},
        help_text=_("The decision counts on either."),
        widget=forms.RadioSelect,
        choices=choices,
    )


def _explained(outcome: Outcome, asked: ApprovalRequest) -> str:
    if outcome == Outcome.REJECTED and asked.purpose == RequestPurpose.RECOMMENDATION:
        return str(REJECTS_A_DRAFT)
    if asked.bundle_id is None and outcome in WITHOUT_TEXT:
        return str(WITHOUT_TEXT[outcome])
    return str(EXPLAINED[outcome])


def _effect(outcome: Outcome, asked: ApprovalRequest) -> str:
    """Whether the outcome lets the matter go on, as the definition has it."""
    spec = stage_spec(asked.stage)
    if outcome in counting_outcomes(spec):
        if asked.purpose == RequestPurpose.ACCESSION and asked.stage.state == StageState.COMPLETED:
            return str(_("It counts: %(body)s joins the agreement.") % {"body": own_name(asked.body)})
        return str(_("It counts: the matter can go on."))
    if outcome in spec.on_outcome:
        target = definition_of(asked.stage.process).stage(spec.on_outcome[outcome])
        return str(_("The matter is sent back at once, to: %(stage)s.") % {"stage": target.title})
    if outcome is Outcome.ACCESSION_DECLINED:
        return str(_("The matter goes on without it."))
    return str(_("It does not count: the stage waits."))


class ConfirmedDecisionForm(SignedForm, DecisionForm):
    """The body's own form: whoever fills it in confirms it and is named; an account is already (`is_named`)."""

    confirmed = forms.BooleanField()

    def __init__(self, *args: Any, asked: ApprovalRequest, is_named: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, asked=asked, **kwargs)
        if is_named:
            for name in SIGNATURE:
                del self.fields[name]
        body = {"body": own_name(asked.body)}
        confirmed = self.fields["confirmed"]
        confirmed.label = _("This is what %(body)s decided, and I record it on its behalf") % body
        confirmed.error_messages["required"] = _("Tick that this is what %(body)s decided.") % body


class DecisionOnBehalfForm(DecisionForm):
    """The officer's form: with what the decision was had from, and when that came."""

    source = ReceivedFileField(
        label=_("The mail or letter it came in"), required=False, help_text=_("Kept beside the minutes.")
    )
    received_on = DayField(label=_("Day it reached you"))
    received_clock = ClockField(label=_("Clock time it reached you"), help_text=_("For example 14.30."))

    by_mandate = forms.BooleanField(required=False)

    field_order = ("bundle", "received_on", "received_clock", "source")

    def __init__(self, *args: Any, asked: ApprovalRequest, mandate: Decision | None = None, **kwargs: Any) -> None:
        """mandate: the decision on whose mandate this one may rest, None where there is none."""
        super().__init__(*args, asked=asked, **kwargs)
        self.mandate = mandate
        if mandate is None:
            del self.fields["by_mandate"]
        else:
            words = {"holder": mandate.mandate_holder, "day": short_date(mandate.meeting_on)}
            by_mandate = self.fields["by_mandate"]
            by_mandate.label = _("Decided by %(holder)s on the mandate of %(day)s") % words
            by_mandate.help_text = _("The mandate: %(scope)s. Choose “by delegation” above.") % {
                "scope": mandate.mandate_scope.rstrip(".")
            }
        self.fields["body_case_number"].label = _("The body's case number")
        self.fields["body_case_number"].help_text = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("by_mandate") and cleaned.get("basis") not in (None, Basis.DELEGATION):
            self.add_error("basis", str(MANDATE_BASIS.text))
        return cleaned

    def received_at(self, zone: str) -> datetime:
        """When the decision reached the office, as an instant; day and clock time are local in `zone`."""
        return at_local(self.cleaned_data["received_on"], self.cleaned_data["received_clock"], zone)


class AddendumForm(FilesForm):
    """A correction beside a recorded decision."""

    text = WordsField(
        label=_("What is corrected or added?"),
        max_length=20_000,
        help_text=_("It stands beside the decision with today's date. The decision itself stays as it was recorded."),
        rows=4,
    )
    file = ReceivedFileField(label=_("File"), required=False)


class MinutesForm(FilesForm):
    """The extract of the minutes, when it comes after the decision."""

    minutes = ReceivedFileField(label=_("Extract of the minutes"))


class AddPartyForm(forms.Form):
    """A body that is taken in as a party of a sub-agreement: at which level it decides, and by when it is asked to."""

    body = forms.ModelChoiceField(
        label=_("Body"), queryset=Body.objects.none(), help_text=_("It is asked at the address under Contacts.")
    )
    level = forms.ChoiceField(label=_("Level"), choices=Level.choices, initial=Level.COUNCIL)
    reply_by = DayField(label=_("Asked to answer by"), help_text=_("Day, month and year: 28/12/2026."))
    reason = WordsField(
        label=_("Reason for the day"),
        required=False,
        max_length=2000,
        help_text=_("Needed only where the day is a weekend, a holiday or in the summer holiday."),
        rows=2,
    )

    def __init__(self, *args: Any, bodies: Sequence[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        body: forms.ModelChoiceField[Body] = self.fields["body"]  # type: ignore[assignment]
        # Any body: the deed says why one cannot be taken in, and knows a second press of the same form.
        body.queryset = Body.objects.select_related("successor")
        body.choices = [("", _("Choose the body")), *((row.pk, row.name) for row in bodies)]


class AskAgainForm(ReasonForm):
    """Why a body is asked anew; and by which day, where it is asked to join when its stage is done (`is_late`)."""

    reply_by = DayField(label=_("Asked to answer by"), help_text=_("Day, month and year: 28/12/2026."))

    field_order = ("reply_by", "reason")

    def __init__(self, *args: Any, is_late: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_late:
            del self.fields["reply_by"]


class MeetingForm(forms.Form):
    """The coming meeting in which a body takes the matter up."""

    meeting_on = DayField(
        label=_("The matter is taken up at the meeting on"),
        help_text=_("Nobody is reminded before that day. Day, month and year: 28/12/2026."),
    )


def at_local(day: Any, clock: Any, zone: str) -> datetime:
    """A local day and clock time as an instant."""
    # Unlike a deadline (`instant`): of a clock time that occurs twice the first one.
    return datetime.combine(day, clock, tzinfo=ZoneInfo(zone))
