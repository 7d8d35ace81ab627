"""A foreign PDF made ready to be laid into one PDF with others: what is seen on its pages stays, what acts goes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pikepdf

from workflow.readers.document import Unreadable

MOST_TAGS: Final = 200_000
"""So many parts of its structure are carried; a file with more is laid in without."""

_SAFE_ACTIONS: Final = ("/URI", "/GoTo")


def laid(pdf: pikepdf.Pdf) -> None:
    """Change an opened PDF so that it can be laid in.

    Forms and remarks become part of their pages, scripts and actions but links go, and the names of its tags become
    those of the standard. Raises `Unreadable` with why it cannot be: "portfolio", "form" (one that Acrobat alone
    shows), "layers" (some are hidden, and would be seen).
    """
    root = pdf.Root
    if "/Collection" in root:
        raise Unreadable("portfolio")
    if "/XFA" in root.get("/AcroForm", {}):
        raise Unreadable("form")
    if _has_hidden_layers(root):
        raise Unreadable("layers")
    if "/AcroForm" in root:
        pdf.generate_appearance_streams()
    pdf.flatten_annotations("all")
    for key in ("/AcroForm", "/OpenAction", "/AA", "/OCProperties"):
        if key in root:
            del root[key]
    if "/JavaScript" in root.get("/Names", {}):
        del root.Names["/JavaScript"]
    for page in pdf.pages:
        if "/AA" in page:
            del page["/AA"]
        if "/Annots" in page:
            page.Annots = pikepdf.Array([each for each in page.Annots if _is_link(each)])
    try:
        _name_as_the_standard(root)
    except (ValueError, TypeError, AttributeError, RecursionError):
        _without_structure(pdf)


def _has_hidden_layers(root: Any) -> bool:
    layers = root.get("/OCProperties", {}).get("/D", {})
    return bool(len(layers.get("/OFF", []))) or layers.get("/BaseState") == "/OFF"


def _is_link(annotation: Any) -> bool:
    if annotation.get("/Subtype") != "/Link" or "/AA" in annotation:
        return False
    return "/A" not in annotation or (annotation.A.get("/S") in _SAFE_ACTIONS and "/Next" not in annotation.A)


def _name_as_the_standard(root: Any) -> None:
    """Each part of the structure by the name of the standard, for two files may mean different things by a name of
    their own."""
    if "/StructTreeRoot" not in root:
        return
    tree = root.StructTreeRoot
    roles = {str(name): str(role) for name, role in tree.get("/RoleMap", {}).items()}
    for element in elements(tree.get("/K")):
        name = str(element.S)
        for _step in range(len(roles)):  # a role may have a role; a ring of them ends
            if name not in roles:
                break
            name = roles[name]
        element.S = pikepdf.Name(name)
        for key in ("/C", "/ID"):  # they point into lists of the file
            if key in element:
                del element[key]
    for key in ("/RoleMap", "/ClassMap", "/IDTree", "/Namespaces"):
        if key in tree:
            del tree[key]


def elements(node: Any) -> Iterator[Any]:
    """The parts of a structure, from the top. Raises ValueError where there are too many, or one lies in itself."""
    waiting, met, count = [node], set[tuple[int, int]](), 0
    while waiting:
        each = waiting.pop()
        if isinstance(each, pikepdf.Array):
            waiting += list(each)
        elif isinstance(each, pikepdf.Dictionary) and "/S" in each:
            count += 1
            if count > MOST_TAGS or (each.is_indirect and each.objgen in met):
                raise ValueError("no tree")
            met.add(each.objgen)
            yield each
            if "/K" in each:
                waiting.append(each.K)


def _without_structure(pdf: pikepdf.Pdf) -> None:
    del pdf.Root["/StructTreeRoot"]
    for page in pdf.pages:
        if "/StructParents" in page:
            del page["/StructParents"]
