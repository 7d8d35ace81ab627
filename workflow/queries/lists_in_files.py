"""The list that stands in a file that came with a form, as the text that would have been pasted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext_lazy as _

from workflow import storage
from workflow.imports.files import decoded, rows_as_text
from workflow.readers import Unreadable, read_sheet
from workflow.readers.words import sheet_refusal
from workflow.rules import Refusal, Refused
from workflow.rules.files import MEDIA_TYPES, IncomingFile, no_longer_waits

_TEXTS: Final = (MEDIA_TYPES["csv"], MEDIA_TYPES["txt"])


@dataclass(frozen=True, slots=True)
class ListInFile:
    """text: its rows, a line each. sheet: the title of the sheet that was read; "" for a file without any.

    others: sheets that hold something and were not read. uncounted: rows (from 1) in which a formula has no value.
    """

    name: str
    text: str
    sheet: str = ""
    others: list[str] = field(default_factory=list)
    uncounted: list[int] = field(default_factory=list)


def list_in_file(file: IncomingFile) -> ListInFile:
    """Read a received file. Refuses one that waits no longer, one that cannot be read, and one that is neither Excel
    (.xlsx) nor text, with the reason and the way out."""
    try:
        with storage.open_waiting(file.matter, file.sha256) as content:
            if file.media_type == MEDIA_TYPES["xlsx"]:
                sheet = read_sheet(file.name, content)
                return ListInFile(file.name, rows_as_text(sheet.rows), sheet.title, sheet.others, sheet.uncounted)
            if file.media_type in _TEXTS:
                return ListInFile(file.name, decoded(content.read()))
    except FileNotFoundError as error:
        raise Refused(no_longer_waits(file.name)) from error
    except Unreadable as error:
        raise Refused(sheet_refusal(error)) from error
    text = _("“%(name)s” is no list that can be read here: save it as Excel (.xlsx) or CSV, and choose that file.")
    raise Refused(Refusal("list_kind", text % {"name": file.name}))
