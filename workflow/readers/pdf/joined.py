"""Many PDFs laid into one: their pages, one behind the other, with the tags, links and bookmarks of each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

import pikepdf

MOST_BOOKMARKS: Final = 2_000
"""So many bookmarks of its own a part may bring, and names of places: those of a text of 3,000 pages."""

_XMP: Final = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" \
xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{made_at}</xmp:CreateDate><xmp:ModifyDate>{made_at}</xmp:ModifyDate>{promise}
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def join(folder: Path) -> None:
    """Write whole.pdf of what plan.json names: {"title", "author", "language", "made_at", "parts": [{"file", "title",
    "level", "is_ours", "brings_bookmarks"}]}. A part with file "" is a bookmark alone, of the part behind it."""
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    with pikepdf.Pdf.new() as whole:
        tops, numbers = pikepdf.Array(), pikepdf.Array()
        bookmarks: list[tuple[int, str, Any]] = []
        sources = []
        for part in plan["parts"]:
            if not part["file"]:
                bookmarks.append((part["level"], part["title"], None))
                continue
            source = pikepdf.open(folder / part["file"], access_mode=pikepdf.AccessMode.stream)
            sources.append(source)  # its streams are read when the whole is written
            first = len(whole.pages)
            found = _lay_in(whole, source, tops, numbers)
            at = whole.pages[first].obj
            bookmarks.append((part["level"], part["title"], pikepdf.Array([at, pikepdf.Name.Fit])))
            if part["brings_bookmarks"]:
                bookmarks += [(part["level"] + level, title, place) for level, title, place in found]
        _tag(whole, tops, numbers, plan["language"])
        _mark(whole, bookmarks)
        _name(whole, plan)
        whole.save(
            folder / "whole.pdf",
            min_version="1.7",
            deterministic_id=True,
            fix_metadata_version=False,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )


def _lay_in(
    whole: pikepdf.Pdf, source: pikepdf.Pdf, tops: pikepdf.Array, numbers: pikepdf.Array
) -> list[tuple[int, str, Any]]:
    """Lay in pages and tags, and return the bookmarks: level below the part, words, place."""
    places = dict(_named_places(source.Root))
    begin = len(numbers) // 2
    parents = dict(_numbers(source.Root.StructTreeRoot.get("/ParentTree"))) if "/StructTreeRoot" in source.Root else {}
    # Their numbers begin anew in every file.
    anew = {number: begin + place for place, number in enumerate(sorted(parents))}
    for page in source.pages:
        _renumber(page.obj, "/StructParents", anew)
        for annotation in page.get("/Annots", []):
            _renumber(annotation, "/StructParent", anew)
            if annotation.get("/Subtype") == "/Link":
                _lead(annotation, places)
    found = list(_bookmarks(source.Root, places))
    # The pages first: what leads to one of them then leads to it here.
    first = len(whole.pages)
    whole.pages.extend(source.pages)
    if parents:
        tree = whole.copy_foreign(source.Root.StructTreeRoot)
        for number, parent in sorted(_numbers(tree.ParentTree)):
            numbers.append(anew[number])
            numbers.append(parent)
        top = pikepdf.Dictionary(Type=pikepdf.Name.StructElem, S=pikepdf.Name.Part)
        if "/Lang" in source.Root:
            top.Lang = source.Root.Lang
        kids = _as_list(tree.get("/K"))
        top.K = pikepdf.Array(kids)
        top = whole.make_indirect(top)
        for kid in kids:
            kid.P = top
            if kid.S == "/Document":
                kid.S = pikepdf.Name.Sect
        tops.append(top)
    here: dict[Any, Any] = {page.objgen: whole.pages[first + place].obj for place, page in enumerate(source.pages)}
    return [(level, title, _place_here(place, here)) for level, title, place in found]


def _renumber(owner: Any, key: str, anew: dict[int, int]) -> None:
    if key in owner:
        number = anew.get(int(owner[key]))
        if number is None:
            del owner[key]
        else:
            owner[key] = number


def _place_here(place: Any, here: dict[Any, Any]) -> Any:
    """A place in a part as the same place in the whole."""
    page, *rest = list(place)
    known = here.get(page.objgen)
    return pikepdf.Array([known, *rest]) if known is not None else None


# ── Places, links, bookmarks ──────────────────────────────────────────────────────────────────────────────────
def _named_places(root: Any) -> Iterator[tuple[str, Any]]:
    for name, place in root.get("/Dests", {}).items():
        yield str(name).removeprefix("/"), place
    waiting, count = [root.get("/Names", {}).get("/Dests", {})], 0
    while waiting and count < MOST_BOOKMARKS * 10:
        node = waiting.pop()
        count += 1
        waiting += list(node.get("/Kids", []))
        pairs = list(node.get("/Names", []))
        for name, place in zip(pairs[::2], pairs[1::2], strict=False):
            yield str(name), place


def _place(target: Any, places: dict[str, Any]) -> Any:
    """A page and a place on it; None where it is none of this file."""
    if isinstance(target, pikepdf.String | pikepdf.Name):
        target = places.get(str(target).removeprefix("/"))
    if isinstance(target, pikepdf.Dictionary):
        target = target.get("/D")
    is_place = isinstance(target, pikepdf.Array) and len(target) > 1 and isinstance(target[0], pikepdf.Dictionary)
    return target if is_place else None


def _lead(link: Any, places: dict[str, Any]) -> None:
    """A link to a name becomes one to its place: two files may have the same name."""
    action = link.get("/A")
    if action is not None and action.get("/S") != "/GoTo":
        return
    place = _place(action.get("/D") if action is not None else link.get("/Dest"), places)
    if action is not None:
        del link["/A"]
    if place is not None:
        link.Dest = place
    elif "/Dest" in link:
        del link["/Dest"]


def _bookmarks(root: Any, places: dict[str, Any]) -> Iterator[tuple[int, str, Any]]:
    """Without a single one over all others, which is the part's own title."""
    top = root.get("/Outlines", {}).get("/First")
    is_single = top is not None and "/Next" not in top
    waiting = [(0 if is_single else 1, top)]
    for _count in range(MOST_BOOKMARKS):
        if not waiting:
            return
        level, item = waiting.pop()
        if item is None:
            continue
        waiting.append((level, item.get("/Next")))
        waiting.append((level + 1, item.get("/First")))
        target = item.get("/Dest") or item.get("/A", {}).get("/D")
        place = _place(target, places)
        if level and place is not None:
            yield level, str(item.get("/Title", "")), place


def _mark(whole: pikepdf.Pdf, bookmarks: list[tuple[int, str, Any]]) -> None:
    """Bookmarks by their levels; one without a place leads where the next one does."""
    place = None
    placed = []
    for level, title, own in reversed(bookmarks):
        place = own if own is not None else place
        placed.append((level, title, place))
    with whole.open_outline() as outline:
        above = [outline.root]
        for level, title, place in reversed(placed):
            item = pikepdf.OutlineItem(title, place)
            del above[level:]
            above[-1].append(item)
            above.append(item.children)


# ── Tags and title ────────────────────────────────────────────────────────────────────────────────────────────
def _numbers(node: Any) -> Iterator[tuple[int, Any]]:
    waiting = [node] if node is not None else []
    for _count in range(MOST_BOOKMARKS * 10):
        if not waiting:
            return
        each = waiting.pop()
        waiting += list(each.get("/Kids", []))
        pairs = list(each.get("/Nums", []))
        for number, parent in zip(pairs[::2], pairs[1::2], strict=False):
            yield int(number), parent


def _as_list(node: Any) -> list[Any]:
    found = list(node) if isinstance(node, pikepdf.Array) else [node]
    return [each for each in found if isinstance(each, pikepdf.Dictionary)]


def _tag(whole: pikepdf.Pdf, tops: pikepdf.Array, numbers: pikepdf.Array, language: str) -> None:
    document = pikepdf.Dictionary(Type=pikepdf.Name.StructElem, S=pikepdf.Name.Document, Lang=language, K=tops)
    document = whole.make_indirect(document)
    tree = pikepdf.Dictionary(
        Type=pikepdf.Name.StructTreeRoot,
        K=pikepdf.Array([document]),
        ParentTree=pikepdf.Dictionary(Nums=numbers),
        ParentTreeNextKey=len(numbers) // 2,
    )
    tree = whole.make_indirect(tree)
    document.P = tree
    for top in tops:
        top.P = document
    whole.Root.StructTreeRoot = tree
    whole.Root.MarkInfo = pikepdf.Dictionary(Marked=True)


def _name(whole: pikepdf.Pdf, plan: dict[str, Any]) -> None:
    whole.Root.Lang = plan["language"]
    whole.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
    whole.Root.PageMode = pikepdf.Name.UseOutlines
    made_at = datetime.fromisoformat(plan["made_at"])
    stamp = f"D:{made_at:%Y%m%d%H%M%S}Z"
    for key, value in (
        ("Title", plan["title"]),
        ("Author", plan["author"]),
        ("CreationDate", stamp),
        ("ModDate", stamp),
    ):
        whole.docinfo[f"/{key}"] = value
    # Nobody can promise how foreign pages are tagged.
    is_ours = all(part["is_ours"] for part in plan["parts"] if part["file"])
    words = {key: escape(plan[key]) for key in ("title", "author", "language")}
    promise = "<pdfuaid:part>1</pdfuaid:part>" if is_ours else ""
    xmp = _XMP.format(**words, made_at=f"{made_at:%Y-%m-%dT%H:%M:%SZ}", promise=promise)
    whole.Root.Metadata = whole.make_stream(xmp.encode(), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
