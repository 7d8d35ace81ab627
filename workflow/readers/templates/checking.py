"""What is wrong with a template: each name that no fact has, each tag that cannot be read, with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from docx.oxml.parser import parse_xml
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from workflow.readers.document import Unreadable
from workflow.readers.docx.package import Package, W
from workflow.readers.kinds import kind_of

Values = Mapping[str, Any]
MOST_FAULTS: Final = 40
"""So many are named at once."""

_TAG: Final = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)
_FILTERS: Final = (
    "capitalize",
    "default",
    "first",
    "join",
    "last",
    "length",
    "lower",
    "replace",
    "title",
    "trim",
    "upper",
)
_STATEMENTS: Final = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.For, nodes.If, nodes.Assign, nodes.Expr)
# Kinds of relations that may lead out of the file: a link is followed by a hand, all others when it is opened.
_OUTWARD: Final = ("hyperlink",)


@dataclass(frozen=True, slots=True)
class Fault:
    """why: "unknown" (a name no fact has), "syntax", "statement" (one that templates do not have here), "alone" (a fact
    of several paragraphs that does not stand alone), "head" (one of these at the head or foot of pages), "fails" (it
    cannot be filled). name: the word it is about. part: "text", "table", "head", "foot", "notes". place: number of the
    paragraph or table, from 1; 0 where it is not known. words: of the paragraph."""

    why: str
    name: str
    part: str
    place: int
    words: str


def opened(path: Path) -> DocxTemplate:
    """A template, opened with care. Raises `Unreadable`, "outside" for one that fetches something when it is opened."""
    content = path.read_bytes()
    if kind_of(content) != "docx":
        raise Unreadable("kind")
    package = Package(content)
    for part in ("", package.main, "word/settings.xml", *_heads(package)):
        for relation in package.relations(part).values():
            if relation.external and relation.kind not in _OUTWARD:
                raise Unreadable("outside")
    template = DocxTemplate(str(path))
    try:
        template.init_docx()
    # The library says in many ways that a file is none of its own.
    except Exception as error:
        raise Unreadable from error
    return template


def _heads(package: Package) -> Iterator[str]:
    for relation in package.relations(package.main).values():
        if relation.kind in ("header", "footer", "footnotes") and not relation.external:
            yield relation.target


def environment() -> ImmutableSandboxedEnvironment:
    """Where templates are filled: no functions, few filters, no way out of the facts."""
    made = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in _FILTERS}
    return made


def faults_in(template: DocxTemplate, values: Values) -> list[dict[str, Any]]:
    """All that is wrong, in the order of reading; the values say which names there are and what they are."""
    faults: list[Fault] = []
    for part, root in _parts(template):
        paragraphs = list(_paragraphs(root, part))
        faults += _of_part(template, root, paragraphs, values)
        faults += _not_alone(paragraphs, values)
    return [asdict(fault) for fault in faults[:MOST_FAULTS]]


# ── Parts and places ──────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class _Place:
    part: str
    number: int
    words: str


def _parts(template: DocxTemplate) -> Iterator[tuple[str, Any]]:
    yield "text", template.docx._element.body
    for part, uri in (("head", template.HEADER_URI), ("foot", template.FOOTER_URI)):
        for _key, found in template.get_headers_footers(uri):
            yield part, parse_xml(found.blob)
    for found in template.docx.part.package.iter_parts():
        if found.content_type.endswith("footnotes+xml"):
            yield "notes", parse_xml(found.blob)


def _paragraphs(root: Any, part: str) -> Iterator[_Place]:
    tables: list[Any] = []
    count = 0
    for each in root.iter(f"{W}tbl", f"{W}p"):
        if each.tag == f"{W}tbl":
            if next(each.iterancestors(f"{W}tbl"), None) is None:
                tables.append(each)
            continue
        words = "".join(text.text or "" for text in each.iter(f"{W}t"))
        if next(each.iterancestors(f"{W}tbl"), None) is not None:
            yield _Place("table" if part == "text" else part, len(tables), words)
        else:
            count += 1
            yield _Place(part, count, words)


def _fault(why: str, name: str, place: _Place | None) -> Fault:
    if place is None:
        return Fault(why, name, "text", 0, "")
    return Fault(why, name, place.part, place.number, place.words[:120])


# ── Names ─────────────────────────────────────────────────────────────────────────────────────────────────────
def _of_part(template: DocxTemplate, root: Any, paragraphs: list[_Place], values: Values) -> Iterator[Fault]:
    text = re.sub(r"<w:p([ >])", r"\n<w:p\1", template.patch_xml(etree.tostring(root, encoding="unicode")))
    made = environment()
    try:
        tree = made.parse(text)
        made.compile(text)
    except TemplateSyntaxError as error:
        lines = text.splitlines()
        line = lines[error.lineno - 1] if 0 < error.lineno <= len(lines) else ""
        words = re.sub(r"<[^>]*>", "", line)
        places = [place for place in paragraphs if place.words and place.words.strip() == words.strip()]
        # An unclosed loop is noticed at the end, where nothing stands.
        tagged = [place for place in paragraphs if _TAG.search(place.words) or "{" in place.words]
        yield _fault("syntax", error.message or "", next(iter(places or tagged), None))
        return
    met = set[tuple[str, str]]()
    for why, name in _names(tree, dict(values)):
        if (why, name) in met:
            continue
        met.add((why, name))
        within = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)")
        places = [
            place for place in paragraphs if any(within.search(tag.group()) for tag in _TAG.finditer(place.words))
        ]
        if not places:
            yield _fault(why, name, None)
        for place in places:
            yield _fault(why, name, place)


def _names(node: nodes.Node, known: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each name that is not known where it stands. known: names and what they are, a loop's own with them."""
    if isinstance(node, nodes.For):
        yield from _names(node.iter, known)
        within = {**known, "loop": None}
        if isinstance(node.target, nodes.Name):
            within[node.target.name] = _item(node.iter, known)
        for each in (*node.body, *node.else_):
            yield from _names(each, within)
        return
    if isinstance(node, nodes.Assign) and isinstance(node.target, nodes.Name):
        yield from _names(node.node, known)
        known[node.target.name] = None
        return
    if isinstance(node, nodes.Stmt) and not isinstance(node, _STATEMENTS):
        yield "statement", type(node).__name__.lower()
        return
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name in known:
        # A fact is words or a list of words: it has no parts.
        if node.node.name != "loop" and known[node.node.name] is not None:
            yield "unknown", f"{node.node.name}.{node.attr}"
        return
    if isinstance(node, nodes.Name) and node.ctx == "load" and node.name not in known:
        yield "unknown", node.name
    for child in node.iter_child_nodes():
        yield from _names(child, known)


def _item(node: nodes.Node, known: Mapping[str, Any]) -> Any:
    of_list = known.get(node.name) if isinstance(node, nodes.Name) else None
    return "" if isinstance(of_list, list) else None


def _not_alone(paragraphs: list[_Place], values: Values) -> Iterator[Fault]:
    """Facts of several paragraphs that share theirs with other words, or stand at the head or foot of pages."""
    for name, value in values.items():
        if not isinstance(value, dict):
            continue
        shown = re.compile(rf"\{{\{{[pr]?\s*{re.escape(name)}\b[^}}]*\}}\}}")
        for place in paragraphs:
            if shown.search(place.words) is None:
                continue
            if place.part not in ("text", "table"):
                yield _fault("head", name, place)
            elif re.fullmatch(rf"\s*\{{\{{\s*{re.escape(name)}\s*\}}\}}\s*", place.words) is None:
                yield _fault("alone", name, place)
