"""The form by which an office gives its own Word template."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflow.forms.files import FilesForm, ReceivedFileField


class TemplateForm(FilesForm):
    """One Word file."""

    file = ReceivedFileField(
        label=_("Word template"),
        help_text=_("A Word document (.docx) in which the facts below stand in double braces."),
    )
