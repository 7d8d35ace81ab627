"""Forms around an answer: written by the party, entered by an officer, judged, disposed of, passed on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final
from uuid import UUID

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils.html import conditional_escape, format_html
from django.utils.translation import gettext_lazy as _

from consultations.forms.fields import FilesField
from consultations.states import AnswerKind, Road
from notifications.rules import may_mail
from workflow.forms.fields import ClockField, DayField, LineField, WordsField, grouped
from workflow.models import Section, StoredFile

LENGTH_OF_AN_ANSWER: Final = 1_000_000
"""So many characters an answer may have in all, its remarks to sections included."""

FILE_HELP = _("PDF, Word, OpenDocument, spreadsheet, text or picture.")


class AnswerForm(forms.Form):
    """A party's remarks: to the whole, to single sections, as files."""

    labels_of_rows: ClassVar = {"comment_": _("Remarks to a section")}

    text = WordsField(
        label=_("General remarks on the draft"),
        required=False,
        max_length=100_000,
        help_text=_("Remarks on a single section are written beside it further down."),
        rows=12,
    )
    attachments = FilesField(label=_("Add files"), help_text=FILE_HELP)
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
        given = sum(len(words) for words in cleaned.values() if isinstance(words, str))
        if given > LENGTH_OF_AN_ANSWER:
            figures = {"given": grouped(given), "limit": grouped(LENGTH_OF_AN_ANSWER)}
            raise forms.ValidationError(
                _(
                    "The answer is %(given)s characters long in all; at most %(limit)s. Nothing has been cut off. Send "
                    "the longest part as a file."
                ),
                "too_long",
                figures,
            )
        return cleaned

    def comments(self) -> dict[UUID, str]:
        """Text by lineage; an emptied field takes its comment away."""
        return {lineage: self.cleaned_data.get(name, "") for name, lineage in self.lineages.items()}


def comment_name(lineage_id: UUID) -> str:
    """The field's name for remarks to one section."""
    return f"comment_{lineage_id.hex}"


def as_typed(text: str, note: str, signed_by: str, comments: Mapping[UUID, str]) -> dict[str, str]:
    """An answer as the form begins with it."""
    return {
        "text": text,
        "confidential_note": note,
        "signed_by": signed_by,
        **{comment_name(lineage): words for lineage, words in comments.items()},
    }


class BehalfForm(forms.Form):
    """An answer that came by another road, and when it reached the office.

    held: what tells the files that came with the form when it was refused.
    """

    held = LineField(required=False, max_length=100_000, widget=forms.HiddenInput)
    road = forms.ChoiceField(
        label=_("How did it come?"),
        choices=[choice for choice in Road.choices if choice[0] != Road.LINK],
        widget=forms.RadioSelect,
    )
    received_on = DayField(label=_("Received on"), help_text=_("By this it is in time or late."))
    received_clock = ClockField(label=_("At"))
    kind = forms.ChoiceField(label=_("Answer"), choices=AnswerKind.choices, widget=forms.RadioSelect)
    text = WordsField(label=_("Remarks"), required=False, max_length=100_000, rows=8)
    source = forms.FileField(
        label=_("The mail or letter"), required=False, help_text=_("The mail as a file, or the letter scanned.")
    )
    attachments = FilesField(label=_("Its attachments"), help_text=FILE_HELP)
    signed_by = LineField(label=_("Signed by"), required=False, max_length=200)

    def hold(self, held: str, source: StoredFile | None, attachments: Sequence[StoredFile]) -> None:
        """Show the form again with the files received, and `held` to find them by: another mail or letter takes the
        place of the first, attachments are added to, and each can be left out by a tick."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["held"] = held  # type: ignore[index]
        self.data.pop("leave_out", None)  # type: ignore[attr-defined]
        if source is not None:
            said = _("Received already: %(names)s. Choose here only to replace it.") % {"names": source.name}
            self["source"].help_text = conditional_escape(said)
        if attachments:
            names = ", ".join(file.name for file in attachments)
            said = _("Received already: %(names)s. What you choose here is added.") % {"names": names}
            self["attachments"].help_text = format_html("{} {}", said, FILE_HELP)
            self.fields["leave_out"] = forms.MultipleChoiceField(
                label=_("Of the attachments received, leave out"),
                required=False,
                choices=[(str(file.public_id), f"{file.name} ({filesizeformat(file.size)})") for file in attachments],
                widget=forms.CheckboxSelectMultiple,
            )
            order = [name for name in self.fields if name != "leave_out"]
            order.insert(order.index("attachments") + 1, "leave_out")
            self.order_fields(order)


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


class ForwardForm(forms.Form):
    """Who takes over: the link and all further mail go there."""

    email = LineField(label=_("E-mail address"), max_length=254, widget=forms.TextInput(attrs={"inputmode": "email"}))
    name = LineField(label=_("Name"), max_length=200, required=False)
    note = WordsField(label=_("A few words to go with it"), required=False, max_length=2000)

    def clean_email(self) -> str:
        """One possible address."""
        email: str = self.cleaned_data["email"].strip()
        if refusal := may_mail(email):
            raise forms.ValidationError(str(refusal.text))
        return email


class PromiseForm(forms.Form):
    """When the answer can be expected."""

    promised_on = DayField(label=_("We answer on"), help_text=_("You are not reminded before that day has passed."))


class DeclineForm(forms.Form):
    """Why the party will not answer, or who is the right one to ask."""

    reason = WordsField(label=_("Why not, or who should be asked instead?"), required=False, max_length=2000)
