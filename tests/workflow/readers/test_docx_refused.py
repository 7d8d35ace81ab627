"""Word files that are not read: each refused by what it is, before anything in it is opened that could do harm."""

from __future__ import annotations

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.utils.translation import override

from tests.workflow.readers.word_files import a_docx, a_paragraph
from workflow.readers import Unreadable, read_document, starting, words
from workflow.readers.losses import Losses

pytestmark = pytest.mark.sqlite

SCHEMAS = "http://schemas.openxmlformats.org/"
STRICT = "http://purl.oclc.org/ooxml/"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
PLAIN = a_paragraph("Vision", style="Overskrift1")
ENTITIES = (
    '<!DOCTYPE w:document [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><w:document xmlns:w="http://schemas.openxmlformats'
    '.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>'
)


def an_archive(**files: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return written.getvalue()


REFUSED = {
    "macros by its type": ("macros", a_docx(PLAIN, main_type=MACROS)),
    "macros by a part": ("macros", a_docx(PLAIN, more={"word/vbaProject.bin": "x"})),
    "a password": ("locked", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512) + "EncryptedPackage".encode("utf-16-le")),
    "a bomb of zeros": ("bomb", a_docx(PLAIN, more={"word/media/a.bin": "0" * 80_000_000})),
    "a bomb of entities": ("bomb", a_docx(PLAIN, more={"word/document.xml": ENTITIES})),
    "torn": ("damaged", a_docx(PLAIN)[:-200]),
    "no text in it": ("damaged", an_archive(**{"[Content_Types].xml": b"<Types/>"})),
    "broken XML": ("damaged", a_docx(PLAIN, more={"word/document.xml": "<w:document>"})),
    "not of Office": ("archive", an_archive(a=b"b")),
    "empty": ("empty", b""),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("case", REFUSED)
def test_read_document_that_is_refused_says_why_in_one_sentence(case: str) -> None:
    code, content = REFUSED[case]

    with pytest.raises(Unreadable) as gave_up:
        read_document("aftale.docx", io.BytesIO(content))

    assert gave_up.value.code == code
    sentence = str(words.refusal(gave_up.value).text)
    assert sentence.startswith("»aftale.docx« ")
    assert sentence.count(". ") == 0


def test_read_document_with_a_template_elsewhere_is_read_and_fetches_nothing() -> None:
    relations = (
        f'<Relationship Id="t" Type="{OFFICE}/attachedTemplate" '
        'Target="http://192.0.2.1/skabelon.dotm" TargetMode="External"/>'
    )

    found = read_document("aftale.docx", io.BytesIO(a_docx(PLAIN, relations=relations)))

    assert found.title == "Vision"


def test_read_document_in_the_strict_form_of_the_standard_reads_as_any_other() -> None:
    usual = a_docx(a_paragraph("Vision", style="Overskrift1") + a_paragraph("Tekst."))
    strict = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(usual)) as source, zipfile.ZipFile(strict, "w") as target:
        for name in source.namelist():
            text = source.read(name).decode()
            text = text.replace(f"{SCHEMAS}wordprocessingml/2006/main", f"{STRICT}wordprocessingml/main")
            target.writestr(name, text.replace(f"{SCHEMAS}officeDocument/2006/", f"{STRICT}officeDocument/"))

    strict.seek(0)
    assert read_document("aftale.docx", strict) == read_document("aftale.docx", io.BytesIO(usual))


def test_read_document_nested_deeper_than_any_text_is_refused() -> None:
    deep = "<w:tbl><w:tr><w:tc>" * 200 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 200

    with pytest.raises(Unreadable, match="damaged"):
        read_document("aftale.docx", io.BytesIO(a_docx(deep)))


def test_read_document_whose_reader_is_ended_in_the_middle_is_refused_and_the_next_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = a_docx(a_paragraph("ord " * 500) * 3000)
    monkeypatch.setattr(starting, "LONGEST_WAIT", 0.05)
    with pytest.raises(Unreadable, match="too_much"):
        read_document("aftale.docx", io.BytesIO(content))
    monkeypatch.undo()

    found = read_document("aftale.docx", io.BytesIO(content))

    assert len(found.sections[0].text) > 3000 * 500


@pytest.mark.slow
def test_read_40_documents_at_once_each_is_read() -> None:
    def read(number: int) -> str:
        return read_document(
            f"{number}.docx", io.BytesIO(a_docx(a_paragraph(f"Nr. {number}", style="Overskrift1")))
        ).title

    with ThreadPoolExecutor(40) as threads:
        titles = list(threads.map(read, range(40)))

    assert titles == [f"Nr. {number}" for number in range(40)]


@pytest.mark.parametrize("language", ["da", "en"])
def test_word_losses_each_kind_says_how_many(language: str) -> None:
    with override(language):
        one = words.worded_losses(Losses(dict.fromkeys(words._LOSSES, 1)).marks())
        three = words.worded_losses(Losses(dict.fromkeys(words._LOSSES, 3)).marks())

    assert all(said.startswith("1 ") for said in one)
    assert all(said.startswith("3 ") for said in three)
    assert not set(one) & set(three)
