"""Forms around an answer: written by the party, entered by an officer, judged, disposed of, passed on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.actions.answers import AnswerContent
from consultations.models import Answer
from consultations.states import AnswerKind, Road
from notifications.rules import may_mail
from workflow.deadlines import instant
from workflow.forms.fields import ClockField, DayField, LineField, WordsField, grouped
from workflow.forms.files import FilesForm, ReceivedFileField, ReceivedFilesField
from workflow.models import Section

LENGTH_OF_AN_ANSWER: Final = 1_000_000
"""So many characters an answer may have in all, its remarks to sections included."""


class AnswerForm(FilesForm):
    """A party's remarks: to the whole, to single sections, as files."""

    labels_of_rows: ClassVar = {"comment_": _("Remarks to a section")}

    text = WordsField(
        label=_("General remarks on the draft"),
        required=False,
        max_length=100_000,
        help_text=_("Remarks on a single section are written beside it further down."),
        rows=12,
    )
    attachments = ReceivedFilesField(label=_("Add files"))
    confidential_note = WordsField(
        label=_("Is any of it confidential?"),
        required=False,
        max_length=5_000,
        help_text=_(
            "Write which passage, and why. Leave it empty when all of it may be shown to those who ask for access."
        ),
    )
    signed_by = LineField(
        label=_("Signed by"),
        required=False,
        max_length=200,
        help_text=_("Who answers for the party, for example the chair."),
    )
    provisional_on = DayField(
        label=_("Is the answer provisional? By which day is it final?"),
        required=False,
        help_text=_(
            "For an answer sent before your council or committee has approved it. The answer is in time when it is "
            "sent in time; by the day you write you confirm or replace it. If you do neither, it stays as it is, "
            "marked as provisional. Leave it empty when the answer is final."
        ),
    )

    knows_of_summing_up = forms.BooleanField(
        label=_("We know that it may come too late to be taken into account"), required=False
    )

    def __init__(self, *args: Any, sections: Sequence[Section] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lineages = {comment_name(section.lineage_id): section.lineage_id for section in sections}
        for section in sections:
            self.fields[comment_name(section.lineage_id)] = WordsField(
                label=_("Remarks to section %(section)s") % {"section": section},
                required=False,
                max_length=20_000,
                rows=4,
            )

    def clean(self) -> dict[str, Any]:
        """Refuses more than fits into one answer in all."""
        cleaned = super().clean() or {}
        length = sum(len(words) for words in cleaned.values() if isinstance(words, str))
        if length > LENGTH_OF_AN_ANSWER:
            figures = {"given": grouped(length), "limit": grouped(LENGTH_OF_AN_ANSWER)}
            raise forms.ValidationError(
                _(
                    "The answer is %(given)s characters long in all; at most %(limit)s. Nothing has been cut off. Send "
                    "the longest part as a file."
                ),
                "too_long",
                figures,
            )
        return cleaned

    def content(self) -> AnswerContent:
        """The remarks as they are drafted or sent: an emptied field takes its remark away."""
        given = self.cleaned_data
        return AnswerContent(
            kind=AnswerKind.REMARKS,
            text=given["text"],
            comments={lineage: given.get(name, "") for name, lineage in self.lineages.items()},
            signed_by=given["signed_by"],
            confidential_note=given["confidential_note"],
            provisional_on=given["provisional_on"],
        )


def comment_name(lineage_id: UUID) -> str:
    """The field's name for remarks to one section."""
    return f"comment_{lineage_id.hex}"


def as_typed(answer: Answer, comments: Mapping[UUID, str]) -> dict[str, str]:
    """An answer as the form begins with it."""
    day = answer.provisional_on
    return {
        "text": answer.text,
        "confidential_note": answer.confidential_note,
        "signed_by": answer.signed_by,
        "provisional_on": f"{day:%d/%m/%Y}" if day else "",
        **{comment_name(lineage): words for lineage, words in comments.items()},
    }


class BehalfForm(FilesForm):
    """An answer that came by another road, and when it reached the office."""

    road = forms.ChoiceField(
        label=_("How did it come?"),
        choices=[choice for choice in Road.choices if choice[0] != Road.LINK],
        widget=forms.RadioSelect,
    )
    received_on = DayField(label=_("Received on"), help_text=_("By this it is in time or late."))
    received_clock = ClockField(label=_("At"))
    kind = forms.ChoiceField(label=_("Answer"), choices=AnswerKind.choices, widget=forms.RadioSelect)
    text = WordsField(label=_("Remarks"), required=False, max_length=100_000, rows=8)
    source = ReceivedFileField(
        label=_("The mail or letter"), required=False, help_text=_("The mail as a file, or the letter scanned.")
    )
    attachments = ReceivedFilesField(label=_("Its attachments"))
    signed_by = LineField(label=_("Signed by"), required=False, max_length=200)
    provisional_on = DayField(
        label=_("Is the answer provisional? By which day is it final?"),
        required=False,
        help_text=_("Where it was given with the reservation that a council or committee has yet to approve it."),
    )

    def facts(self, zone: str) -> dict[str, Any]:
        """What `record_answer_on_behalf` is told; day and clock time are local in `zone`."""
        given = self.cleaned_data
        return {
            "content": AnswerContent(
                kind=given["kind"],
                text=given["text"],
                signed_by=given["signed_by"],
                provisional_on=given["provisional_on"],
            ),
            "road": given["road"],
            "received_at": instant(given["received_on"], given["received_clock"], ZoneInfo(zone)),
            "source": given["source"],
            "files": given["attachments"],
        }


class ConfirmForm(forms.Form):
    """When the confirmation of a provisional answer reached the office."""

    received_on = DayField(label=_("Received on"), help_text=_("By this it is in time or late."))
    received_clock = ClockField(label=_("At"))

    def facts(self, zone: ZoneInfo) -> dict[str, Any]:
        """What `confirm_answer` is told; day and clock time are local in `zone`."""
        return {"received_at": instant(self.cleaned_data["received_on"], self.cleaned_data["received_clock"], zone)}


class LateForm(forms.Form):
    """What happens with an answer that came too late, and why."""

    decision = forms.ChoiceField(
        label=_("What happens with the answer?"),
        widget=forms.RadioSelect,
        choices=[
            ("accept", _("Accept it: it counts like an answer in time")),
            ("file", _("File it only: it is kept, but does not count")),
        ],
    )
    reason = WordsField(label=_("Reason"), max_length=2000, help_text=_("The party is told the reason by mail."))

    def facts(self) -> dict[str, Any]:
        """What `decide_late` is told."""
        return {"accept": self.cleaned_data["decision"] == "accept", "reason": self.cleaned_data["reason"]}


class DisposeForm(forms.Form):
    """What was done with the remarks."""

    note = WordsField(
        label=_("What was done with the remarks, and why?"),
        max_length=20_000,
        help_text=_(
            "Accepted, partly accepted, not accepted, or noted and gives no occasion for changes; "
            "and what was changed in the text."
        ),
        rows=5,
    )


class ClaimForm(forms.Form):
    """Who takes the task: the link and all further mail go there."""

    email = LineField(
        label=_("Your e-mail address"), max_length=254, widget=forms.TextInput(attrs={"inputmode": "email"})
    )
    name = LineField(label=_("Your name"), max_length=200, required=False)

    def clean_email(self) -> str:
        """One possible address."""
        email: str = self.cleaned_data["email"].strip()
        if refusal := may_mail(email):
            raise forms.ValidationError(str(refusal.text))
        return email


class ForwardForm(ClaimForm):
    """Who takes over: the link and all further mail go there."""

    note = WordsField(
        label=_("A few words to go with it"),
        required=False,
        max_length=2000,
        help_text=_("They stand in the mail as your words, not the secretariat's."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label, self.fields["name"].label = _("E-mail address"), _("Name")

    def facts(self) -> dict[str, Any]:
        """What `forward` is told."""
        given = self.cleaned_data
        return {"to_email": given["email"], "to_name": given["name"], "note": given["note"]}


class PromiseForm(forms.Form):
    """When the answer can be expected."""

    promised_on = DayField(label=_("We answer on"), help_text=_("You are not reminded before that day has passed."))


class DeclineForm(forms.Form):
    """Why the party will not answer, or who is the right one to ask."""

    reason = WordsField(label=_("Why not, or who should be asked instead?"), required=False, max_length=2000)
