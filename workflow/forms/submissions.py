"""Forms for packages, what an authority answers, and dated facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workflow.forms.approvals import at_local
from workflow.forms.fields import ClockField, DayField, LineField, WordsField
from workflow.forms.files import FilesForm, ReceivedFileField
from workflow.forms.signatures import SIGNATURE, SignedForm
from workflow.models import Body, Package
from workflow.states import Ruling


class PackageForm(forms.Form):
    """A new package: complete, or provisional with a reason; or a supplement to one that was sent."""

    is_provisional = forms.BooleanField(
        label=_("Send it as provisional, although something is missing"), required=False
    )
    reason = WordsField(
        label=_("Why does it not wait?"),
        required=False,
        max_length=2000,
        help_text=_("Stands in the package and in the record."),
    )
    supplements = forms.ChoiceField(
        label=_("Is it a supplement?"),
        required=False,
        help_text=_("A supplement names the packages it adds to by their checksums and holds what has come since."),
    )

    def __init__(self, *args: Any, missing: Sequence[str], packages: Sequence[Package], **kwargs: Any) -> None:
        """missing: what the package would lack, in sentences. packages: those a supplement may add to."""
        super().__init__(*args, **kwargs)
        self.packages = {str(package.public_id): package for package in packages}
        if not missing:
            del self.fields["is_provisional"]
            del self.fields["reason"]
        if packages:
            field: forms.ChoiceField = self.fields["supplements"]  # type: ignore[assignment]
            choices = [
                (key, _("Supplement to package %(number)d") % {"number": p.number}) for key, p in self.packages.items()
            ]
            field.choices = [("", _("No, a package of its own")), *choices]
            # Once one has been sent, nothing but a supplement can be.
            field.initial = next(iter(self.packages))
        else:
            del self.fields["supplements"]

    def facts(self) -> dict[str, Any]:
        """The keyword arguments of `make_package`."""
        return {
            "is_provisional": self.cleaned_data.get("is_provisional", False),
            "reason": self.cleaned_data.get("reason", ""),
            "supplements": self.packages.get(self.cleaned_data.get("supplements", "")),
        }


class SendingForm(forms.Form):
    """Why a package is sent to an authority although that is odd; nothing is asked where it is not."""

    reason = WordsField(
        label=_("Why is it sent all the same?"), max_length=2000, help_text=_("Stands in the record."), rows=3
    )

    def __init__(self, *args: Any, odd: Sequence[str], **kwargs: Any) -> None:
        """odd: what is odd in sending it now, in sentences."""
        super().__init__(*args, **kwargs)
        # A reason that came with the press is kept: pressed twice, what was odd before it is so no more.
        if not odd and not self.data.get("reason"):
            del self.fields["reason"]


class ReceiptForm(SignedForm):
    """The authority's own receipt, with who gives it."""

    number = LineField(
        label=_("Your case number"), max_length=60, required=False, help_text=_("Told to the region and the councils.")
    )

    field_order = ("number", *SIGNATURE)

    def facts(self) -> dict[str, Any]:
        """What `acknowledge` is told beside who acknowledges and when."""
        return {"number": self.cleaned_data["number"]}


class ReceiptOnBehalfForm(FilesForm):
    """A receipt that came by another road, recorded by an officer."""

    received_on = DayField(label=_("Day they received it"), help_text=_("Their time limit runs from this day."))
    received_clock = ClockField(label=_("Clock time they received it"), help_text=_("For example 14.30."))
    number = LineField(label=_("Their case number"), max_length=60, required=False)
    file = ReceivedFileField(label=_("The receipt"), required=False)

    def facts(self, zone: str) -> dict[str, Any]:
        """The keyword arguments of `acknowledge`; day and clock time are local in `zone`."""
        given = self.cleaned_data
        received_at = at_local(given["received_on"], given["received_clock"], zone)
        return {"received_at": received_at, "number": given["number"], "file": given["file"]}


class RulingForm(FilesForm):
    """What an authority ruled."""

    outcome = forms.ChoiceField(label=_("Ruling"), choices=Ruling.choices, widget=forms.RadioSelect)
    ruled_on = DayField(label=_("Day of the ruling"))
    text = WordsField(
        label=_("Reasons"),
        required=False,
        max_length=20_000,
        help_text=_("An objection says what is objected to."),
        rows=5,
    )
    file = ReceivedFileField(label=_("The ruling as a file"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == Ruling.OBJECTED and not (cleaned.get("text") or cleaned.get("file")):
            self.add_error("text", _("Write what is objected to, or send the ruling as a file."))
        return cleaned

    def facts(self) -> dict[str, Any]:
        """The keyword arguments of `record_ruling`."""
        return {name: self.cleaned_data[name] for name in ("outcome", "ruled_on", "text", "file")}


class OwnRulingForm(SignedForm, RulingForm):
    """The same from the authority itself, with who records it."""

    field_order = ("outcome", "ruled_on", "text", "file", *SIGNATURE)


class QuestionForm(SignedForm):
    """What the authority asks the office."""

    text = WordsField(label=_("Your question"), max_length=10_000, rows=4)

    field_order = ("text", *SIGNATURE)

    def facts(self) -> dict[str, Any]:
        """What `ask_question` is told beside who asks."""
        return {"text": self.cleaned_data["text"]}


class MilestoneForm(FilesForm):
    """On which day a fact came about, for one or more bodies at once."""

    happened_on = DayField(label=_("Day"))
    bodies = forms.MultipleChoiceField(
        label=_("For"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one.")},
    )
    note = WordsField(label=_("Note"), required=False, max_length=2000, rows=2)
    file = ReceivedFileField(label=_("Proof, such as the notice"), required=False)

    def __init__(self, *args: Any, each: Sequence[Body], missing: Sequence[Body], **kwargs: Any) -> None:
        """each: the bodies that record the fact one by one; none for a fact of the whole. missing: those offered. One
        that was recorded meanwhile may come too: the deed says so, or knows the press."""
        super().__init__(*args, **kwargs)
        self.each = {str(body.public_id): body for body in each}
        if not each:
            del self.fields["bodies"]
        else:
            field: forms.MultipleChoiceField = self.fields["bodies"]  # type: ignore[assignment]
            field.choices = [(key, body.name) for key, body in self.each.items()]
            field.widget.choices = [(str(body.public_id), body.name) for body in missing]

    def chosen(self) -> list[Body | None]:
        """The bodies ticked; one None for a fact of the whole."""
        if "bodies" not in self.fields:
            return [None]
        return [self.each[key] for key in self.cleaned_data["bodies"]]
