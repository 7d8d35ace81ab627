"""Forms for an objection to a correction: by the body itself, by an officer for it, and the office's reply."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workflow.forms.approvals import at_local
from workflow.forms.fields import ClockField, DayField, LineField, WordsField
from workflow.forms.files import FilesForm, ReceivedFileField
from workflow.forms.signatures import SIGNATURE, SignedForm
from workflow.rules.processes import REASON_LENGTH

_OBJECTION = _("Why is the change not merely editorial?")


class ObjectionForm(SignedForm):
    """The body's own objection. `bundle` is the digest of the corrected set that was shown with the form; whoever fills
    it in is named, unless an account is already (`is_named`)."""

    bundle = LineField(widget=forms.HiddenInput, required=False, max_length=64)
    text = WordsField(label=_OBJECTION, max_length=20_000, rows=4)

    field_order = ("bundle", "text", *SIGNATURE)

    def __init__(self, *args: Any, is_named: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_named:
            for name in SIGNATURE:
                del self.fields[name]
        else:
            self.fields["signer_name"].help_text = ""

    def facts(self) -> dict[str, Any]:
        """The keyword arguments of `object_to_correction`."""
        return {"text": self.cleaned_data["text"], "bundle_sha256": self.cleaned_data["bundle"]}


class ObjectionOnBehalfForm(FilesForm):
    """An officer's form: with what the objection was had from, and when that came."""

    bundle = LineField(widget=forms.HiddenInput, required=False, max_length=64)
    received_on = DayField(label=_("Day it reached you"))
    received_clock = ClockField(label=_("Clock time it reached you"), help_text=_("For example 14.30."))
    text = WordsField(label=_("The objection in the body's words"), max_length=20_000, rows=4)
    source = ReceivedFileField(label=_("The mail or letter it came in"), required=False)

    def received_at(self, zone: str) -> datetime:
        """When the objection reached the office, as an instant; day and clock time are local in `zone`."""
        return at_local(self.cleaned_data["received_on"], self.cleaned_data["received_clock"], zone)


class AnswerObjectionForm(forms.Form):
    """The office's reply, by which the correction stands."""

    answer = WordsField(
        label=_("Why the correction stands"),
        min_length=REASON_LENGTH,
        max_length=4000,
        help_text=_("At least ten characters. It stands word for word in the mail to the body, and in the record."),
        rows=4,
    )
