"""The words for what a reader refuses and for what it could not carry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from workflow.readers.document import Unreadable
from workflow.readers.losses import counted
from workflow.rules import Refusal

_REFUSALS: Final[Mapping[str, object]] = {
    "empty": _("“%(name)s” is empty: choose the file again."),
    "old_word": _(
        "“%(name)s” is in a format (.doc or .rtf) that is not read here: open it in Word or LibreOffice, save it as "
        ".docx, and choose that file."
    ),
    "mail": _("“%(name)s” is a mail and no document: save what is attached to it, and choose that file."),
    "pages": _("“%(name)s” was written in Pages or its like: export it there as a Word file (.docx), and choose that."),
    "picture": _(
        "“%(name)s” is a picture, whose words cannot be read: find the document it was made from, and choose that as "
        ".docx, .odt or PDF."
    ),
    "spreadsheet": _(
        "“%(name)s” is a spreadsheet and no text: copy its tables into a Word document (.docx), and choose that."
    ),
    "slides": _(
        "“%(name)s” is a presentation and no text: save it as PDF, or its words as a Word document (.docx), and choose "
        "that file."
    ),
    "archive": _("“%(name)s” is an archive of files: unpack it, and choose the document itself (.docx, .odt or PDF)."),
    "damaged": _("“%(name)s” is damaged: open it yourself, save it anew as a Word file, and choose that file."),
    "locked": _("“%(name)s” cannot be opened without a password: save it without one, and choose it again."),
    "macros": _("“%(name)s” holds macros: save it without them, as a Word document (.docx), and choose that file."),
    "too_much": _(
        "“%(name)s” takes more memory or time to read than any file may have: save it anew, or divide it into several."
    ),
    "bomb": _("“%(name)s” unpacks to far more than a text can be, and is not opened: save it anew from Word."),
    "kind": _(
        "“%(name)s” is not a file whose text can be read here: save it as Word (.docx), OpenDocument (.odt) or PDF, "
        "and choose that file."
    ),
}

_SHEET_REFUSALS: Final[Mapping[str, object]] = {
    "empty": _("No sheet of “%(name)s” that is shown holds anything: choose another file."),
    "locked": _("“%(name)s” cannot be opened without a password: save it without one, and choose it again."),
    "macros": _("“%(name)s” holds macros: save it as an ordinary Excel file (.xlsx), and choose that."),
    "too_many_rows": _("“%(name)s” has more than 20,000 rows: divide it into several files."),
    "too_much": _("“%(name)s” takes more memory or time to read than any file may have: divide it into several files."),
    "bomb": _("“%(name)s” unpacks to far more than a list can be, and is not opened: save it anew from Excel."),
    "damaged": _("“%(name)s” is damaged: open it in Excel, save it anew as .xlsx, and choose that file."),
}

_LOSSES: Final[Mapping[str, Callable[[int], str]]] = {
    "accepted_changes": lambda n: ngettext(
        "%(count)d tracked change, taken as accepted", "%(count)d tracked changes, taken as accepted", n
    ),
    "charts": lambda n: ngettext("%(count)d chart", "%(count)d charts", n),
    "comments": lambda n: ngettext("%(count)d comment", "%(count)d comments", n),
    "cropped_pictures": lambda n: ngettext(
        "%(count)d picture that is shown whole, though the file shows a part of it",
        "%(count)d pictures that are shown whole, though the file shows a part of each",
        n,
    ),
    "damaged_pictures": lambda n: ngettext(
        "%(count)d picture that is damaged, or missing in the file",
        "%(count)d pictures that are damaged, or missing in the file",
        n,
    ),
    "diagrams": lambda n: ngettext("%(count)d diagram (SmartArt)", "%(count)d diagrams (SmartArt)", n),
    "drawings": lambda n: ngettext("%(count)d drawing", "%(count)d drawings", n),
    "embedded": lambda n: ngettext("%(count)d embedded object", "%(count)d embedded objects", n),
    "embedded_documents": lambda n: ngettext(
        "%(count)d document inserted as a whole", "%(count)d documents inserted as a whole", n
    ),
    "equations": lambda n: ngettext("%(count)d equation", "%(count)d equations", n),
    "form_fields": lambda n: ngettext("%(count)d form field", "%(count)d form fields", n),
    "formatting_changes": lambda n: ngettext(
        "%(count)d tracked change of formatting only", "%(count)d tracked changes of formatting only", n
    ),
    "hidden": lambda n: ngettext("%(count)d passage of hidden text", "%(count)d passages of hidden text", n),
    "large_pictures": lambda n: ngettext(
        "%(count)d picture that is too large, or one too many: compress them in Word, and choose the file again",
        "%(count)d pictures that are too large or too many: compress them in Word, and choose the file again",
        n,
    ),
    "linked_pictures": lambda n: ngettext(
        "%(count)d picture that lies elsewhere", "%(count)d pictures that lie elsewhere", n
    ),
    "nested_tables": lambda n: ngettext(
        "%(count)d table inside a table, whose words stand in one cell",
        "%(count)d tables inside a table, whose words stand in one cell",
        n,
    ),
    "other_pictures": lambda n: ngettext(
        "%(count)d picture that is no PNG, JPEG or GIF and cannot be shown",
        "%(count)d pictures that are no PNG, JPEG or GIF and cannot be shown",
        n,
    ),
    "page_heads": lambda n: ngettext(
        "%(count)d text at the head or foot of the pages", "%(count)d texts at the head or foot of the pages", n
    ),
    "damaged_pages": lambda n: ngettext("%(count)d page that is damaged", "%(count)d pages that are damaged", n),
    "pictures": lambda n: ngettext("%(count)d picture", "%(count)d pictures", n),
    "pages_over": lambda n: ngettext(
        "%(count)d page behind the last one that was read", "%(count)d pages behind the last one that was read", n
    ),
    "scanned_pages": lambda n: ngettext(
        "%(count)d page that is only a picture (scanned), whose words cannot be read",
        "%(count)d pages that are only pictures (scanned), whose words cannot be read",
        n,
    ),
    "symbols": lambda n: ngettext(
        "%(count)d sign that no common font has", "%(count)d signs that no common font has", n
    ),
    "text_boxes": lambda n: ngettext("%(count)d text box", "%(count)d text boxes", n),
    "watermarks": lambda n: ngettext("%(count)d watermark", "%(count)d watermarks", n),
}


def refusal(error: Unreadable) -> Refusal:
    """One sentence on why a file is not read, with the way out."""
    return Refusal(f"document_{error.code}", str(_REFUSALS[error.code]) % {"name": error.name})


def sheet_refusal(error: Unreadable) -> Refusal:
    """One sentence on why a spreadsheet is not read, with the way out."""
    words = _SHEET_REFUSALS.get(error.code, _SHEET_REFUSALS["damaged"])
    return Refusal(f"sheet_{error.code}", str(words) % {"name": error.name})


def worded_losses(marks: Iterable[str]) -> list[str]:
    """`Losses.marks` in words: "3 passages of hidden text"."""
    return [_LOSSES[kind](count) % {"count": count} for kind, count in counted(marks)]
