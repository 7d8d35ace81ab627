"""The form by which an office takes in a list of contacts: pasted, or in a file."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from workflow.forms.fields import LineField, PastedField
from workflow.forms.files import FilesForm, ReceivedFileField
from workflow.imports.parties import MOST_LINES, PastedList, read_parties
from workflow.queries.lists_in_files import ListInFile, list_in_file
from workflow.rules import Refused
from workflow.rules.overwriting import digest_of_words
from workflow.states import BodyKind

LONGEST_LIST: Final = 1_000_000  # characters


class ContactsForm(FilesForm):
    """A list in the field, or a file whose rows take its place there. `pasted` is what was read of it.

    may_add: names that nobody bears may be put on the list of bodies.
    """

    file = ReceivedFileField(
        label=_("File"),
        required=False,
        help_text=_("An Excel file (.xlsx) or CSV. Its rows are put in the field below, where you can mend them."),
    )
    text = PastedField(
        label=_("Contacts, one to a line"),
        max_length=LONGEST_LIST,
        required=False,
        help_text=_(
            "Copy the rows from your spreadsheet, with headings if it has them, or write: name of the body; e-mail "
            "address; attention. At most 5,000 lines."
        ),
        rows=12,
    )
    kind = forms.ChoiceField(
        label=_("Names that are not on the list of bodies"),
        required=False,
        choices=[("", _("Show them as wrong")), *BodyKind.choices],
        help_text=_("Choose a kind, and they are put on the list as that. Every office here shares the list."),
    )
    as_read = LineField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, may_add: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_add:
            del self.fields["kind"]
        self.pasted: PastedList | None = None
        self.from_file: ListInFile | None = None

    def clean(self) -> dict[str, Any]:
        """Refuses a file beside a list that was written or mended, a list that is empty, and one that is too long;
        what is wrong with single lines stops none of the others."""
        cleaned = super().clean() or {}
        if "text" not in cleaned or "file" not in cleaned:
            return cleaned
        file, text = cleaned["file"], cleaned["text"]
        if file is not None and file.refusal is None:
            if text and digest_of_words(text) != cleaned.get("as_read"):
                words = _("There is a list in the field already. Empty the field, or leave the file out.")
                self.add_error("file", words)
                return cleaned
            text = self._rows_of(file)
        if not self.errors:
            self._read(text)
        return cleaned

    def _rows_of(self, file: Any) -> str:
        try:
            self.from_file = list_in_file(file)
        except Refused as refused:
            self.add_error("file", str(refused.refusal.text))
            return ""
        if len(self.from_file.text) > LONGEST_LIST:
            words = _(
                "The rows are longer than a million characters. Keep the columns of names, addresses and persons."
            )
            self.add_error("file", words)
        # From here on the list stands in the field, and the file is needed no more.
        text = str(self.fields["text"].to_python(self.from_file.text))
        self.data = {**self.data.dict(), "text": text, "as_read": digest_of_words(text)}  # type: ignore[attr-defined]
        self["file"].data = []  # type: ignore[misc]
        return text

    def _read(self, text: str) -> None:
        pasted = read_parties(text)
        if len(pasted.parties) > MOST_LINES:
            words = _("These are %(count)d lines; a list may have %(most)d. Divide it.")
            self.add_error("text", words % {"count": len(pasted.parties), "most": MOST_LINES})
        elif not pasted.parties and not pasted.problems:
            self.add_error("text", _("There is no contact in the list."))
        else:
            self.pasted = pasted

    @property
    def kind_chosen(self) -> str:
        """The kind under which unknown names are put on the list; "" where they are wrong lines."""
        return str(self.cleaned_data.get("kind", ""))
