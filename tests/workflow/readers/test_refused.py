"""Files that are not read, of every kind: one sentence each, in both languages, with a way out."""

from __future__ import annotations

import io
import os
import signal
import struct
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pikepdf
import pytest
from django.core.management import call_command
from django.test import Client

from tests.workflow.readers.odt_files import a_heading, an_odt
from tests.workflow.readers.pdf_files import a_pdf
from tests.workflow.readers.word_files import a_docx, a_paragraph
from workflow.readers import Unreadable, read_document, words

pytestmark = pytest.mark.sqlite

COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
WORD = a_paragraph("Vision", style="Overskrift1")
OPEN = a_heading("Vision") + "<text:p>Borgeren i centrum</text:p>"
MACROS = "application/vnd.ms-word.{}.macroEnabledTemplate.main+xml"
ENTITIES = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><a>&b;</a>'
PDF = a_pdf([(70, 700, 11, "Borgeren i centrum")])


def a_zip(**files: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return written.getvalue()


def a_compound(part: str) -> bytes:
    return COMPOUND + bytes(504) + part.encode("utf-16-le") + bytes(512)


def said_smaller(content: bytes, part: str) -> bytes:
    """The archive, telling of a part a thousandth of its size."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo(part).file_size
    return content.replace(struct.pack("<L", size), struct.pack("<L", size // 1000))


def of_office(part: str, media_type: str) -> bytes:
    types = f'<Types><Override PartName="/{part}" ContentType="{media_type}"/></Types>'
    return a_zip(**{"[Content_Types]_DOT_xml": types, part: "<a/>"})


REFUSED = {
    "aftale.doc": ("old_word", a_compound("WordDocument"), ".docx"),
    "aftale.rtf": ("old_word", rb"{\rtf1\ansi Vision}", ".docx"),
    "aftale.msg": ("mail", a_compound("__properties_version1.0"), "vedhæftet"),
    "aftale.eml": ("mail", b"From: a@nord.example\r\nSubject: Svar\r\n\r\nHej", "vedhæftet"),
    "aftale.pages": ("pages", a_zip(Index__Document_DOT_iwa="x"), ".docx"),
    "aftale.docm": ("macros", a_docx(WORD, main_type=MACROS.format("document")), "uden"),
    "aftale.dotm": ("macros", a_docx(WORD, main_type=MACROS.format("template")), "uden"),
    "låst.docx": ("locked", a_compound("EncryptedPackage"), "adgangskode"),
    "låst.odt": (
        "locked",
        an_odt(
            "",
            manifest='<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/>'
            "</manifest:file-entry>",
        ),
        "adgangskode",
    ),
    "låst.pdf": (
        "locked",
        a_pdf([(70, 700, 11, "Vision")], encryption=pikepdf.Encryption(user="hemmelig", owner="ejer")),
        "adgangskode",
    ),
    "bombe.docx": ("bomb", a_docx(WORD, more={"word/media/a.bin": "0" * 60_000_000}), "på ny"),
    "bombe.odt": ("bomb", an_odt(OPEN, more={"Pictures/a.png": "0" * 60_000_000}), "på ny"),
    "løgn.odt": ("damaged", said_smaller(an_odt(OPEN + "<text:p>ord</text:p>" * 50_000), "content.xml"), "på ny"),
    "entiteter.docx": ("bomb", a_docx(WORD, more={"word/numbering.xml": ENTITIES}, numbering=""), "på ny"),
    "entiteter.odt": ("bomb", an_odt("", more={"content.xml": ENTITIES}), "på ny"),
    "revet.docx": ("damaged", a_docx(WORD)[:-100], "på ny"),
    "revet.odt": ("damaged", an_odt(OPEN)[:-100], "på ny"),
    "revet.pdf": ("damaged", b"%PDF-1.7\n1 0 obj", "på ny"),
    "knækket.odt": ("damaged", an_odt("<text:p>"), "på ny"),
    "uden-tekst.odt": ("damaged", a_zip(mimetype="application/vnd.oasis.opendocument.text"), "på ny"),
    "dyb.odt": ("damaged", an_odt("<text:section>" * 400 + "</text:section>" * 400), "på ny"),
    "tom.docx": ("empty", b"", "igen"),
    "nuller.docx": ("empty", bytes(4096), "igen"),
    "billede.docx": ("picture", b"\x89PNG\r\n\x1a\n" + bytes(100), ".docx"),
    "foto.heic": ("picture", bytes(4) + b"ftypheic" + bytes(100), ".docx"),
    "filer.zip": ("archive", a_zip(a="b"), "pak"),
    "tal.xlsx": ("spreadsheet", of_office("xl__workbook_DOT_xml", "x"), ".docx"),
    "tal.ods": ("spreadsheet", an_odt("", mimetype="application/vnd.oasis.opendocument.spreadsheet"), ".docx"),
    "tal.xls": ("spreadsheet", a_compound("Workbook"), ".docx"),
    "oplæg.pptx": ("slides", of_office("ppt__presentation_DOT_xml", "x"), "PDF"),
    "oplæg.odp": ("slides", an_odt("", mimetype="application/vnd.oasis.opendocument.presentation"), "PDF"),
    "notat.txt": ("kind", b"Kun ord", ".docx"),
    "andet.docx": ("kind", COMPOUND + bytes(512), ".docx"),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", REFUSED)
def test_read_document_that_is_refused_says_why_and_the_way_out_in_one_sentence(name: str, tmp_path: Path) -> None:
    code, content, way_out = REFUSED[name]
    path = tmp_path / name
    path.write_bytes(content)
    said = {}

    for language in ("da", "en"):
        spoken = io.StringIO()
        with pytest.raises(SystemExit) as refused:
            call_command("read_document", str(path), "--json", "--language", language, stderr=spoken)
        assert refused.value.code == 2
        said[language] = spoken.getvalue().removesuffix("\n")
    with pytest.raises(Unreadable) as gave_up:
        read_document(name, io.BytesIO(content))

    assert gave_up.value.code == code
    assert said["da"].startswith(f"»{name}« ")
    assert way_out in said["da"].removeprefix(f"»{name}«")
    assert said["en"].startswith(f"“{name}” ")
    assert all(text.endswith(".") and text.count(". ") == 0 and "\n" not in text for text in said.values())


def test_read_refusals_each_is_tried() -> None:
    tried = {code for code, _content, _way_out in REFUSED.values()} | {"too_much"}

    assert tried == set(words._REFUSALS)


def children() -> set[int]:
    """The processes that this one has started and that still run."""
    found: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        try:
            found |= {int(each) for each in (task / "children").read_text().split()}
        except OSError:
            continue  # the thread has ended meanwhile
    return found


def test_read_document_by_a_reader_killed_in_the_middle_says_so() -> None:
    pages = a_pdf(*[[(70, 800 - 14 * row, 11, f"Linje {row} om aftalen") for row in range(50)]] * 1500)
    before = children()
    outcome: list[str] = []

    def read() -> None:
        try:
            read_document("stor.pdf", io.BytesIO(pages))
            outcome.append("read")
        except Unreadable as error:
            outcome.append(error.code)

    reading = threading.Thread(target=read)
    reading.start()
    while not (started := children() - before):
        time.sleep(0.01)
    time.sleep(0.5)
    for child in started:
        os.kill(child, signal.SIGKILL)
    reading.join(timeout=30)

    assert outcome == ["too_much"]


@pytest.mark.slow
@pytest.mark.django_db
def test_read_forty_files_at_once_each_gets_its_answer_and_pages_go_on_being_answered(client: Client) -> None:
    good = [("a.docx", a_docx(WORD)), ("b.odt", an_odt(OPEN)), ("c.pdf", PDF)]
    files = [*good, ("d.docx", REFUSED["revet.docx"][1])] * 10
    before = children()
    most = answered = 0

    def answer(file: tuple[str, bytes]) -> str:
        try:
            return read_document(file[0], io.BytesIO(file[1])).sections[0].text or "heading"
        except Unreadable as error:
            return error.code

    with ThreadPoolExecutor(40) as pool:
        answers = [pool.submit(answer, file) for file in files]
        while not all(each.done() for each in answers):
            # Threads are looked at one after the other; who is there both times was there in between, all at one time.
            most = max(most, len((children() & children()) - before))
            assert client.get("/").status_code in (200, 302)
            answered += 1

    assert [each.result() for each in answers] == [
        "heading",
        "Borgeren i centrum",
        "Borgeren i centrum",
        "damaged",
    ] * 10
    assert 1 <= most <= max(1, (os.cpu_count() or 2) // 2)
    assert answered > 10
