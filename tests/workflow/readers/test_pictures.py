"""Pictures in the files that are read: which are carried, under which name, and which are named as lost."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image

from tests.workflow.pictures import BLUE, RED, a_picture, a_word_file_with, name_of
from tests.workflow.readers.odt_files import an_odt
from tests.workflow.readers.word_files import a_docx, a_paragraph
from workflow.readers import docx, odt, pictures, read_document
from workflow.readers.document import FoundDocument

pytestmark = pytest.mark.sqlite

KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"


def a_drawing(relation: str = "p", words: str = "Kurve", inside: str = "") -> str:
    return (
        f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="x" descr="{words}"/><a:graphic><a:graphicData><pic:pic>'
        f'<pic:blipFill><a:blip r:embed="{relation}"/>{inside}</pic:blipFill></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )


def in_word(*contents: bytes, inside: str = "", ending: str = "png", body: str = "") -> FoundDocument:
    relations = "".join(
        f'<Relationship Id="p{n}" Type="{KIND}" Target="media/image{n}.{ending}"/>' for n in range(len(contents))
    )
    body = body or "".join(a_paragraph(a_drawing(f"p{n}", f"Nr. {n}", inside)) for n in range(len(contents)))
    more: dict[str, Any] = {f"word/media/image{n}.{ending}": content for n, content in enumerate(contents)}
    return docx.read(a_docx(body, relations=relations, more=more), False)


def in_odt(*contents: bytes) -> FoundDocument:
    body = "".join(
        f'<text:p><draw:frame><draw:image xlink:href="Pictures/{n}.png"/><svg:desc>Nr. {n}</svg:desc></draw:frame>'
        "</text:p>"
        for n in range(len(contents))
    )
    more: dict[str, Any] = {f"Pictures/{n}.png": content for n, content in enumerate(contents)}
    return odt.read(an_odt(body, more=more), False)


@pytest.mark.parametrize("read", [in_word, in_odt])
def test_read_pictures_they_stand_by_the_digest_of_their_bytes_and_come_along(read: Any) -> None:
    red, blue, photo, drawing = (
        a_picture(RED),
        a_picture(BLUE),
        a_picture(RED, "JPEG", (64, 48)),
        a_picture(BLUE, "GIF"),
    )

    found = read(red, blue, photo, drawing, red)

    names = [name_of(red), name_of(blue), name_of(photo, "jpg"), name_of(drawing, "gif")]
    assert found.sections[0].text.split("\n\n") == [f"![Nr. {n}]({name})" for n, name in enumerate([*names, names[0]])]
    assert [(each.name, each.width, each.height, each.content) for each in found.pictures] == [
        (names[0], 40, 30, red),
        (names[1], 40, 30, blue),
        (names[2], 64, 48, photo),
        (names[3], 40, 30, drawing),
    ]
    assert found.lost == []


def a_bomb() -> bytes:
    """A PNG of a few hundred bytes that says it is of 60,000 times 60,000 dots."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(9))) + chunk(b"IEND", b"")


def of_sixteen_bits() -> bytes:
    stream = io.BytesIO()
    Image.new("I;16", (9, 9)).save(stream, "PNG")
    return stream.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (a_bomb(), "large_pictures"),
        (b"\x89PNG\r\n\x1a\n" + bytes(pictures.LARGEST), "large_pictures"),
        (a_picture()[:-30], "damaged_pictures"),
        (a_picture(kind="JPEG", size=(400, 300))[:600], "damaged_pictures"),
        (b"", "damaged_pictures"),
        (SVG, "other_pictures"),
        (bytes.fromhex("d7cdc69a") + bytes(40), "other_pictures"),  # WMF
        (b"\x01\x00\x00\x00" + bytes(36) + b" EMF" + bytes(40), "other_pictures"),
        (of_sixteen_bits(), "other_pictures"),
    ],
)
@pytest.mark.parametrize("read", [in_word, in_odt])
def test_read_picture_that_cannot_be_carried_has_its_words_alone_and_is_named(
    read: Any, content: bytes, code: str
) -> None:
    found = read(content)

    assert found.lost == [f"{code} 1"]
    assert found.pictures == []
    assert found.sections[0].text.startswith("![Nr. 0](")
    assert "0" * 64 not in found.sections[0].text


def test_read_more_pictures_than_are_carried_names_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    contents = [a_picture((n, 0, 0)) for n in range(5)]
    bytes_of_three = sum(map(len, contents[:3]))
    for limit, value in (("MOST", 3), ("MOST_BYTES", bytes_of_three), ("MOST_AREA", 3 * 40 * 30)):
        with monkeypatch.context() as within:
            within.setattr(pictures, limit, value)
            found = in_word(*contents)

        assert (len(found.pictures), found.lost) == (3, ["large_pictures 2"]), limit


def test_read_two_hundred_pictures_within_the_limits_of_the_program_carries_each() -> None:
    contents = [a_picture((n, n, 0), size=(900, 600)) for n in range(200)]

    found = read_document("tal.docx", io.BytesIO(a_word_file_with(*((each, "Kurve") for each in contents))))

    assert [each.content for each in found.pictures] == contents
    assert found.lost == []


def test_read_picture_that_was_taken_out_comes_along_only_where_that_is_taken_back() -> None:
    body = a_paragraph("Se.", f'<w:del w:author="B">{a_drawing("p0")}</w:del>')
    kept = a_docx(
        body,
        relations=f'<Relationship Id="p0" Type="{KIND}" Target="media/a.png"/>',
        more={"word/media/a.png": a_picture()},  # type: ignore[dict-item]
    )

    now, before = docx.read(kept, False), docx.read(kept, True)

    assert (now.sections[0].text, now.pictures) == ("Se.", [])
    assert before.sections[0].text == f"Se.![Kurve]({name_of(a_picture())})"
    assert [each.content for each in before.pictures] == [a_picture()]


def test_read_picture_of_which_the_file_shows_a_part_is_shown_whole_and_named() -> None:
    found = in_word(a_picture(), inside='<a:srcRect l="25000" r="0"/>')
    uncut = in_word(a_picture(), inside='<a:srcRect l="0" r="0%"/>')

    assert (found.lost, uncut.lost) == (["cropped_pictures 1"], [])
    assert found.pictures == uncut.pictures


def test_read_picture_in_a_note_is_that_of_the_notes_own_part() -> None:
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    note = f'<w:footnote w:id="1">{a_paragraph(a_drawing("p"))}</w:footnote>'
    content = a_docx(
        a_paragraph(a_drawing("p"), '<w:r><w:footnoteReference w:id="1"/></w:r>'),
        relations=f'<Relationship Id="p" Type="{KIND}" Target="media/a.png"/>',
        footnotes=note,
        more={
            "word/media/a.png": a_picture(RED),  # type: ignore[dict-item]
            "word/media/b.png": a_picture(BLUE),  # type: ignore[dict-item]
            "word/_rels/footnotes.xml.rels": (
                f'<Relationships xmlns="{relations}"><Relationship Id="p" Type="{KIND}" Target="media/b.png"/>'
                "</Relationships>"
            ),
        },
    )

    found = docx.read(content, False)

    text, red, blue = found.sections[0].text, name_of(a_picture(RED)), name_of(a_picture(BLUE))
    assert text == f"![Kurve]({red})[^1]\n\n[^1]: ![Kurve]({blue})"


def test_read_words_of_a_picture_with_signs_of_markup_they_stay_words() -> None:
    stars = a_drawing("p0", "a *b* [c] &lt;d&gt; e_f_g")

    found = in_word(a_picture(), body=a_paragraph(stars))

    assert found.sections[0].text == rf"![a \*b\* \[c\] \<d> e\_f\_g]({name_of(a_picture())})"
