"""The form by which an officer says that a parcel is in the journal."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from workflow.forms.fields import LineField, WordsField


class ReceiptForm(forms.Form):
    """The case number in the journal, and a note."""

    journal_number = LineField(
        label=_("Journalised under case number"),
        max_length=60,
        help_text=_("The number of the case in your case system."),
    )
    note = WordsField(label=_("Note"), max_length=2000, required=False, help_text=_("It stands in the record."))
