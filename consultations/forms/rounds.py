"""Forms of the officer: the round in preparation, its deadline, its list, notes of what was said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from consultations.models import Invitation
from consultations.states import Publication
from notifications.rules import may_mail
from workflow.forms.contacts import AddressForm, AskedAtAddressForm
from workflow.forms.fields import ClockField, DayField, LineField, PastedField, WordsField
from workflow.forms.files import FilesForm, ReceivedFileField
from workflow.imports.parties import read_parties
from workflow.models import Body
from workflow.rules.names import private_in_name
from workflow.states import Channel


class PrepareForm(forms.Form):
    """What the round is called, the letter that goes with it, and what the public will see."""

    title = LineField(label=_("Title of the round"), max_length=200, help_text=_("Stands in the mails."))
    letter = WordsField(
        label=_("Consultation letter"),
        max_length=100_000,
        required=False,
        help_text=_("Shown to the parties above the documents. What do you want to hear about?"),
        rows=10,
    )
    publication = forms.ChoiceField(
        label=_("When does the public see who has answered?"),
        choices=Publication.choices,
        widget=forms.RadioSelect,
        help_text=_("The parties are told before they send."),
    )


class DeadlineForm(forms.Form):
    """The day and time by which the parties answer; looking at the plan changes nothing."""

    closes_on = DayField(label=_("Reply deadline"), help_text=_("Day, month and year, for example 28/12/2026."))
    clock = ClockField(label=_("Time of day"), help_text=_("Answers must be in before that time of day."))

    def __init__(self, *args: Any, is_required: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["closes_on"].required = self.fields["clock"].required = is_required


class LaunchForm(forms.Form):
    """The confirmation: a reason where there are warnings."""

    reason = WordsField(
        label=_("Why is it sent in spite of this?"),
        required=False,
        max_length=2000,
        help_text=_("The reason stands in the record and in the report."),
    )

    def __init__(self, *args: Any, has_warnings: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = has_warnings
        self.has_warnings = has_warnings
        if not has_warnings:
            self.fields["reason"].widget = forms.HiddenInput()

    def facts(self) -> dict[str, Any]:
        """What `launch_round` is told beside the deadline: a reason, but only in spite of warnings."""
        return {"reason": self.cleaned_data["reason"] if self.has_warnings else ""}


class ExtendForm(forms.Form):
    """More time: until when, and why. The parties concerned are told by mail."""

    new_on = DayField(label=_("New deadline"), help_text=_("A deadline can only be moved to a later time."))
    new_clock = ClockField(label=_("Time of day"))
    reason = WordsField(label=_("Reason"), max_length=2000, help_text=_("It stands in the record under your name."))


class RefuseForm(forms.Form):
    """Why a party gets no more time; it is told."""

    reason = WordsField(
        label=_("Reason"),
        max_length=2000,
        help_text=_("The party reads it in a mail and on its page. It stands in the record under your name."),
    )


class PartiesForm(forms.Form):
    """Many parties at once, one to a line, as copied from a spreadsheet. `pasted` is what was read."""

    text = PastedField(
        label=_("Parties, one to a line"),
        max_length=1_000_000,
        help_text=_(
            "Copy the rows from your spreadsheet, with headings if it has them, or write: name; e-mail address; "
            "attention. Only the name is needed. Nothing is written before you have seen how the list is read."
        ),
        rows=12,
    )

    def clean_text(self) -> str:
        """Refuses with every line that cannot be read; nothing of the text is lost."""
        text: str = self.cleaned_data["text"]
        self.pasted = read_parties(text)
        problems = [str(problem) for problem in self.pasted.problems]
        if not self.pasted.parties and not problems:
            problems = [str(_("There is no party in what was pasted."))]
        if problems:
            raise forms.ValidationError(problems)
        return text

    def facts(self) -> dict[str, Any]:
        """What `paste_parties` is told: the lines that were read."""
        return {"lines": self.pasted.parties}


class PartyForm(forms.Form):
    """One party on the list: a body the office knows, or anybody by name. one_of: fields of which one is needed."""

    one_of: tuple[str, ...] = ()

    body = forms.ModelChoiceField(
        label=_("Body"),
        queryset=Body.objects.none(),
        required=False,
        help_text=_("Its contact is taken from the office's list unless you write another address below."),
    )
    name = LineField(label=_("Name of the party"), max_length=200, required=False)
    contact_name = LineField(label=_("Attention"), max_length=200, required=False)
    email = LineField(
        label=_("E-mail address"), max_length=254, required=False, widget=forms.TextInput(attrs={"inputmode": "email"})
    )
    channel = forms.ChoiceField(label=_("Reached by"), choices=Channel.choices, initial=Channel.EMAIL, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, required=False)
    for_information = forms.BooleanField(
        label=_("For information only"),
        required=False,
        help_text=_("It gets the letter and a link to the documents, is not asked for an answer and not reminded."),
    )

    def __init__(self, *args: Any, bodies: Sequence[Body] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if bodies is None:
            del self.fields["body"]
            self.fields["name"].required = True
            return
        self.one_of = ("body", "name")
        self.fields["name"].help_text = _("Needed where no body is chosen above.")
        body: forms.ModelChoiceField[Body] = self.fields["body"]  # type: ignore[assignment]
        body.queryset = Body.objects.filter(pk__in=[row.pk for row in bodies])
        body.choices = [("", _("Somebody who is not in the list of bodies"))] + [(row.pk, row.name) for row in bodies]

    def clean_name(self) -> str:
        """A name that may become public."""
        name: str = self.cleaned_data["name"]
        if refusal := private_in_name(name):
            raise forms.ValidationError(str(refusal.text))
        return name

    def clean_email(self) -> str:
        """One possible address, or none."""
        email: str = self.cleaned_data["email"].strip()
        if email and (refusal := may_mail(email)):
            raise forms.ValidationError(str(refusal.text))
        return email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "body" in self.fields and not cleaned.get("body") and not cleaned.get("name"):
            self.add_error("name", _("Choose a body, or write the party's name."))
        return cleaned


class PartyAddressForm(AddressForm):
    """Where the link is sent from now on."""

    stop_old_link = forms.BooleanField(
        label=_("The link that was sent before must stop working"),
        required=False,
        help_text=_("Choose this when it went to a wrong address. What has been written so far stays."),
    )

    field_order = ("email", "stop_old_link", "for_later", "also")

    def __init__(self, *args: Any, has_body: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["name"]
        self.fields["email"].help_text = _(
            "The link is sent to this address at once. Leave it as it is to send it again."
        )
        if not has_body:
            del self.fields["for_later"]


class ListedPartyForm(PartyForm, AskedAtAddressForm):
    """A party on the list, corrected before it is asked; another address may become the body's own."""

    for_later = forms.BooleanField(
        label=_("For all later mail to this body too"),
        required=False,
        initial=True,
        help_text=_(
            "The address is written in the list of bodies, for all processes of the office, and the warning of a "
            "returned mail is removed."
        ),
    )
    try_again = forms.BooleanField(
        label=_("The address is right: try it again"),
        required=False,
        help_text=_("The last mail to it came back. Choose this when you know that the fault is mended."),
    )

    field_order = ("name", "contact_name", "email", "try_again", "for_later", "also")

    def __init__(self, *args: Any, has_body: bool, has_bounced: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_body:
            del self.fields["for_later"]
        if not has_bounced:
            del self.fields["try_again"]


class RemovePartiesForm(forms.Form):
    """Which parties are taken off the list: those ticked, or all others."""

    which = forms.ChoiceField(
        label=_("What happens to those you tick?"),
        choices=[("off", _("They are taken off")), ("keep", _("They alone stay on the list"))],
        widget=forms.RadioSelect,
        initial="off",
    )

    def __init__(self, *args: Any, parties: Sequence[Invitation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parties = list(parties)
        self.fields["ticked"] = forms.MultipleChoiceField(
            label=_("Parties"),
            choices=[(str(party.public_id), party.name) for party in self.parties],
            widget=forms.CheckboxSelectMultiple,
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not self.removed():
            raise forms.ValidationError(_("Nobody would be taken off the list. Tick others."))
        return cleaned

    def removed(self) -> list[Invitation]:
        """The parties a valid form takes off."""
        ticked, is_off = set(self.cleaned_data["ticked"]), self.cleaned_data["which"] == "off"
        return [party for party in self.parties if (str(party.public_id) in ticked) == is_off]

    def facts(self) -> dict[str, Any]:
        """What `remove_parties` is told."""
        return {"parties": self.removed()}


class NoteForm(FilesForm):
    """What was said, when, where and by whom."""

    held_on = DayField(label=_("Day"))
    occasion = LineField(label=_("Occasion"), max_length=200, help_text=_("For example: theme discussion on …"))
    invitation = forms.ModelChoiceField(label=_("Party"), queryset=Invitation.objects.none(), required=False)
    participants = LineField(label=_("Who took part"), max_length=300, required=False)
    text = WordsField(label=_("What was said"), max_length=100_000, rows=6)
    file = ReceivedFileField(label=_("Minutes or slides"), required=False)

    def __init__(self, *args: Any, parties: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        party: forms.ModelChoiceField[Invitation] = self.fields["invitation"]  # type: ignore[assignment]
        party.queryset = parties
        party.empty_label = str(_("Several, or none in particular"))


class SummaryForm(forms.Form):
    """What came out of it, in short."""

    summary = WordsField(
        label=_("Summary"), max_length=100_000, help_text=_("For those who go on with the draft."), rows=6
    )
