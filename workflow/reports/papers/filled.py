"""A paper's Word edition made with the office's own template, and the check of a template against sample facts.

The template is filled in a program of its own, within limits (`workflow.readers.filling`).
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow import storage
from workflow.models import Office
from workflow.queries.templates import template_in_use
from workflow.readers.document import Unreadable
from workflow.readers.starting import lines_of
from workflow.readers.words import refusal
from workflow.reports.papers.facts import Template, common_values
from workflow.reports.papers.model import Paper
from workflow.reports.papers.packing import packed_anew
from workflow.rules.refusals import Refusal, Refused

_log: Final = logging.getLogger(__name__)
_SAMPLE_AT: Final = datetime(2026, 3, 4, 8, tzinfo=UTC)

_PLACES: Final[Mapping[str, Promise | str]] = {
    "text": gettext_lazy("paragraph %(place)d"),
    "table": gettext_lazy("table %(place)d"),
    "head": gettext_lazy("the head of the pages, paragraph %(place)d"),
    "foot": gettext_lazy("the foot of the pages, paragraph %(place)d"),
    "notes": gettext_lazy("the footnotes, paragraph %(place)d"),
}
_FAULTS: Final[Mapping[str, Promise | str]] = {
    "unknown": gettext_lazy("“%(name)s” is no fact of this kind of paper"),
    "syntax": gettext_lazy("a tag cannot be read, or is not closed (%(name)s)"),
    "statement": gettext_lazy("“%(name)s” cannot be used in a template"),
    "alone": gettext_lazy("“%(name)s” holds several paragraphs and must stand alone in its own"),
    "head": gettext_lazy("“%(name)s” holds several paragraphs and cannot stand here"),
    "fails": gettext_lazy("it cannot be filled (%(words)s)"),
}


def filled(key: str, template: Template, row: Any, paper: Paper) -> bytes | None:
    """The Word edition of a row's paper made with its office's template; None where ours is to be taken: there is none,
    or it cannot be filled with these facts, which is logged."""
    office = template.office(row)
    used = template_in_use(office, key)
    if used is None:
        return None
    values = {**common_values(paper), **template.values(row, paper)}
    try:
        with storage.open_stored(used.file.public_id, used.file.path) as content:
            return _filled(
                content, used.file.name, template, values, paper.title, office.name, paper.language, paper.made_at
            )
    except (Refused, FileNotFoundError) as error:
        _log.warning(
            "template of the office cannot be filled", extra={"template": str(used.public_id), "why": str(error)}
        )
        return None


def sample(template: Template, office: Office, name: str, content: BinaryIO) -> bytes:
    """A template filled with the examples of its kind. Refuses a file that is no Word file, has macros, fetches
    something from elsewhere, takes too much, names what is no fact, or cannot be filled; each fault with its place."""
    values = {fact.name: fact.sample for fact in template.all_facts}
    return _filled(content, name, template, values, name, office.name, office.language, _SAMPLE_AT)


def _filled(
    content: BinaryIO,
    name: str,
    template: Template,
    values: Mapping[str, Any],
    title: str,
    author: str,
    language: str,
    made_at: datetime,
) -> bytes:
    facts = {
        "values": {fact.name: fact.data(values[fact.name]) for fact in template.all_facts},
        "title": title,
        "author": author,
        "language": language,
        "made_at": made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat(),
    }
    with TemporaryDirectory() as place:
        folder = Path(place)
        with (folder / "template.docx").open("wb") as target:
            shutil.copyfileobj(content, target)
        (folder / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
        _is_whole, lines = lines_of("filling", str(folder))
        answer: dict[str, Any] = lines[0] if lines else {"refused": "too_much"}
        if "refused" in answer:
            raise Refused(_refusal(str(answer["refused"]), name))
        if "faults" in answer:
            raise Refused(_faults(answer["faults"], name))
        return packed_anew((folder / "filled.docx").read_bytes())


def _refusal(code: str, name: str) -> Refusal:
    if code == "too_much":
        text = _(
            "“%(name)s” takes too much time or memory to fill. Look for a loop that goes on and on, or take out large "
            "pictures."
        )
        return Refusal("template_too_much", text % {"name": name})
    if code == "outside":
        text = _(
            "“%(name)s” fetches something from elsewhere when it is opened, such as a picture or another template. Put "
            "it into the file itself."
        )
        return Refusal("template_outside", text % {"name": name})
    if code in ("kind", "old_word"):
        text = _("“%(name)s” is no Word file. Save the template as a Word document (.docx), and choose that file.")
        return Refusal("template_kind", text % {"name": name})
    return refusal(Unreadable(code, name))


def _faults(faults: list[dict[str, Any]], name: str) -> Refusal:
    first = _("“%(name)s” cannot be used as it is. Correct these places, and choose it again:") % {"name": name}
    return Refusal("template_faults", "\n".join([first, *(_sentence(fault) for fault in faults)]))


def _sentence(fault: Mapping[str, Any]) -> str:
    what = str(_FAULTS[fault["why"]]) % fault
    if not fault["place"]:
        return f"– {what}."
    where = str(_PLACES[fault["part"]]) % fault
    if not fault["words"]:
        return f"– {what}; {where}"
    return _("– %(what)s; %(where)s: “%(words)s”") % {"what": what, "where": where, "words": fault["words"]}
