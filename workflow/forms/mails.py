"""The search in the mail log."""

from __future__ import annotations

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from workflow.forms.fields import LineField

UNDELIVERED: Final = "1"
TO_MEND: Final = "open"


class MailSearchForm(forms.Form):
    """Which mails to list: by words of recipient or subject, and by whether they arrived. Nothing given lists all."""

    q = LineField(label=_("Recipient or subject"), required=False, max_length=200)
    undelivered = forms.ChoiceField(
        label=_("Which mails"),
        required=False,
        choices=(
            ("", _("All mails")),
            (UNDELIVERED, _("Did not arrive")),
            (TO_MEND, _("Did not arrive and still need you")),
        ),
    )
