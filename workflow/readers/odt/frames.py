"""Frames and drawings of an OpenDocument: pictures are carried, what else hangs in one is counted by what it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from lxml import etree

from workflow.readers.odt.inline import PARAGRAPHS
from workflow.readers.odt.package import DRAW, SVG, XLINK, words_in
from workflow.readers.writing import as_picture, written

if TYPE_CHECKING:
    from workflow.readers.odt.body import Body

_OBJECTS: Final = {"formula": "equations", "chart": "charts"}
_MATH: Final = "{http://www.w3.org/1998/Math/MathML}math"


class Frames:
    """Reads the frames of one document."""

    def __init__(self, body: Body) -> None:
        self._body = body

    def pictures(self, element: etree._Element) -> Iterator[str]:
        """The pictures of a frame or drawing in Markdown, with the words under a picture that has some."""
        lose = self._body.assembly.lose
        tag = element.tag
        if tag == f"{DRAW}a":
            for child in element.iterchildren(f"{DRAW}frame"):
                yield from self.pictures(child)
        elif tag == f"{DRAW}frame":
            yield from self._of_frame(element)
        elif tag == f"{DRAW}control":
            lose("form_fields")
        elif tag == f"{DRAW}g":
            for child in element:
                if isinstance(child.tag, str) and child.tag.startswith(DRAW):
                    yield from self.pictures(child)
        elif tag.removeprefix(DRAW) not in ("glue-point", "layer-set"):
            lose("text_boxes" if _has_words(element) else "drawings")

    def _of_frame(self, frame: etree._Element) -> Iterator[str]:
        lose = self._body.assembly.lose
        embedded = frame.find(f"{DRAW}object")
        box = frame.find(f"{DRAW}text-box")
        # Of an object the frame holds a picture too, as it looked when it was saved.
        if embedded is not None:
            kind = self._body.package.kind_of(str(embedded.get(f"{XLINK}href") or ""))
            is_formula = embedded.find(_MATH) is not None
            lose("equations" if is_formula else _OBJECTS.get(kind.rpartition(".")[2], "embedded"))
        elif any(
            frame.find(f"{DRAW}{kind}") is not None for kind in ("object-ole", "plugin", "applet", "floating-frame")
        ):
            lose("embedded")
        elif box is not None:
            if next(box.iter(f"{DRAW}image"), None) is not None:
                yield from self._of_captioned(box)
            else:
                lose("text_boxes", _has_words(box))
        elif (image := frame.find(f"{DRAW}image")) is not None:
            href = str(image.get(f"{XLINK}href") or "")
            if "://" in href or href.startswith(("/", "../")):
                lose("linked_pictures")
                return
            pictures = self._body.assembly.pictures
            yield as_picture(_described(frame), pictures.name_of(self._body.package.archive, href.removeprefix("./")))

    def _of_captioned(self, box: etree._Element) -> Iterator[str]:
        """A box around a picture and the words under it."""
        with self._body.inline.apart():
            for child in box:
                if child.tag in PARAGRAPHS:
                    yield f"{written(self._body.inline.pieces_of(child))} "


def _described(frame: etree._Element) -> str:
    """The words that stand for a picture, as its author wrote them."""
    for name in ("desc", "title"):
        said = frame.find(f"{SVG}{name}")
        if said is not None and (said.text or "").strip():
            return said.text or ""
    return ""


def _has_words(element: etree._Element) -> bool:
    return any(words_in(each) for each in element.iter(*PARAGRAPHS))
