"""All PDFs of a package in one: pages, tags and bookmarks of ours, foreign ones whole, the rest named."""

from __future__ import annotations

import io
import subprocess
import zlib
from datetime import datetime
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from tests.workflow.agreements import a_file, approve, decide, in_approval, in_submission, officer_of
from tests.workflow.papers import bookmarks, fonts, opened, tags, untagged
from tests.workflow.readers.pdf_files import a_pdf
from tests.workflow.submission_factories import a_package, the_zip
from workflow.actions.files import open_file
from workflow.actions.submissions.packages import lay_out_package, pack
from workflow.models import Package, Process
from workflow.queries.processes import live_stage
from workflow.readers.starting import lines_of
from workflow.reports.package import whole
from workflow.reports.package.verifying import verify_package
from workflow.reports.papers.pdf import has_pango

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite,
    pytest.mark.skipif(not has_pango(), reason="without Pango there is no PDF"),
]

WHOLE = "0-hele-pakken.pdf"
MINUTES = a_pdf([(72, 700, 12, "Punkt 4: godkendt.")], [(72, 700, 12, "Side to.")], title="Protokol")


def with_minutes(now: datetime, name: str, content: bytes) -> Package:
    """All have approved; the region's minutes are this file."""
    process = in_approval(now, councils=1)
    decide(process, "region", now, minutes=a_file(process.office, now, name, content))
    approve(process, "council-1", now)
    return a_package(process, now)


def whole_of(package: Package) -> pikepdf.Pdf:
    return opened(the_zip(package).read(WHOLE))


def words(pdf: pikepdf.Pdf, tmp_path: Path) -> str:
    """What a reader sees, all pages."""
    path = tmp_path / "whole.pdf"
    pdf.save(path)
    document = pypdfium2.PdfDocument(path)
    # A line that ended in a narrow column goes on.
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())


def test_make_package_all_pdfs_are_one_with_bookmarks_tags_title_and_language(now: datetime, tmp_path: Path) -> None:
    process = in_submission(now)

    package = a_package(process, now)

    archive = the_zip(package)
    pdf = whole_of(package)
    members = [name for name in archive.namelist() if name.endswith(".pdf") and name != WHOLE]
    pages = sum(len(opened(archive.read(name)).pages) for name in members)
    assert len(pdf.pages) == pages + 2, "and two that say what is in it"
    assert bookmarks(pdf)[:3] == ["Indhold", "1. Aftale", "Aftale: Teksten som PDF"]
    assert "3. Beslutninger" in bookmarks(pdf)
    assert {"Document", "Part", "H1", "H2", "P", "TH", "TD"} <= set(tags(pdf))
    assert untagged(pdf) == 0
    assert set(fonts(pdf).values()) == {True}
    assert (str(pdf.Root.Lang), bool(pdf.Root.ViewerPreferences.DisplayDocTitle)) == ("da", True)
    assert str(pdf.docinfo["/Title"]) == f"{process.title}: pakke 1"
    with pdf.open_metadata() as about:
        assert (about["dc:title"], about["pdfuaid:part"]) == (f"{process.title}: pakke 1", "1")
    numbers = {int(page.obj.StructParents) for page in pdf.pages}
    assert len(numbers) == len(pdf.pages), "each page has its own place among the tags"
    assert 'href="0-hele-pakken.pdf"' in archive.read("index.html").decode()
    assert WHOLE in {member["path"] for member in package.manifest["members"]}


def test_make_package_says_on_its_first_pages_where_each_paper_begins(now: datetime, tmp_path: Path) -> None:
    pdf = whole_of(with_minutes(now, "protokol.pdf", MINUTES))

    with pdf.open_outline() as outline:
        titles = {}
        waiting = list(outline.root)
        while waiting:
            item = waiting.pop()
            waiting += item.children
            titles[item.title] = next(
                place for place, page in enumerate(pdf.pages, start=1) if page.objgen == item.destination[0].objgen
            )
    place = titles["Regionsrådet: Protokol"]
    assert f"Protokol {place} " in words(pdf, tmp_path)


def test_lay_out_package_opens_what_was_handed_in_before_the_lock_and_writing_it_opens_nothing_again(
    now: datetime,
) -> None:
    process = in_approval(now, councils=1)
    decide(process, "region", now, minutes=a_file(process.office, now, "protokol.pdf", MINUTES))
    approve(process, "council-1", now)
    stage = live_stage(process, "submission")

    with lay_out_package(stage, None, now) as shelf:
        [name] = shelf.foreign
        laid = shelf.folder / f"{name}.laid.pdf"
        first = laid.stat().st_mtime_ns
        package = pack(stage, "", shelf, actor=officer_of(process), now=now, key="")
        opened_at = laid.stat().st_mtime_ns

    assert opened_at == first
    assert WHOLE in {member["path"] for member in package.manifest["members"]}


def test_make_package_with_a_pdf_handed_in_lays_it_in_whole_and_promises_no_tags_for_it(
    now: datetime, tmp_path: Path
) -> None:
    package = with_minutes(now, "protokol.pdf", MINUTES)

    pdf = whole_of(package)

    said = words(pdf, tmp_path)
    assert "Punkt 4: godkendt." in said
    assert "Side to." in said
    assert "Regionsrådet: Protokol" in bookmarks(pdf)
    assert untagged(pdf) == 2
    with pdf.open_metadata() as about:
        assert "pdfuaid:part" not in about


def test_make_package_with_a_word_file_names_it_with_its_place_in_the_package(now: datetime, tmp_path: Path) -> None:
    package = with_minutes(now, "protokol.txt", b"Godkendt.\n")

    said = words(whole_of(package), tmp_path).replace(" ", "")

    path = "3-beslutninger/politisk-godkendelse/regionsraadet-protokol.txt"
    assert path in the_zip(package).namelist()
    assert f"Protokol(liggervedsidenaf:{path})" in said


def _with(change: str) -> bytes:
    pdf = opened(MINUTES)
    if change == "form":
        pdf.Root.AcroForm = pikepdf.Dictionary(XFA=pdf.make_stream(b"<xdp/>"), Fields=pikepdf.Array())
    elif change == "portfolio":
        pdf.Root.Collection = pikepdf.Dictionary()
    elif change == "layers":
        layer = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="Udkast"))
        shown = pikepdf.Dictionary(OFF=pikepdf.Array([layer]))
        pdf.Root.OCProperties = pikepdf.Dictionary(OCGs=pikepdf.Array([layer]), D=shown)
    written = io.BytesIO()
    pdf.save(written)
    return written.getvalue()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("form", "er en formular"),
        ("portfolio", "er en samling af filer"),
        ("layers", "har skjulte lag"),
        ("damaged", "kan ikke åbnes"),
    ],
)
def test_make_package_with_a_pdf_that_cannot_be_laid_in_names_it_and_why(
    change: str, why: str, now: datetime, tmp_path: Path
) -> None:
    content = b"%PDF-1.4\nnot one" if change == "damaged" else _with(change)

    package = with_minutes(now, "protokol.pdf", content)

    said = words(whole_of(package), tmp_path)
    assert why in said
    assert "Punkt 4: godkendt." not in said
    assert the_zip(package).read("3-beslutninger/politisk-godkendelse/regionsraadet-protokol.pdf") == content


def test_lay_in_a_pdf_with_a_password_says_so(tmp_path: Path) -> None:
    locked = pikepdf.Encryption(user="hemmelig", owner="x")
    (tmp_path / "a.pdf").write_bytes(a_pdf([(72, 700, 12, "Punkt 4")], encryption=locked))

    assert lines_of("joining", "lay", str(tmp_path), "a") == (True, [{"name": "a", "why": "locked"}])


def test_make_package_with_a_pdf_that_acts_lays_in_what_is_seen_alone(now: datetime, tmp_path: Path) -> None:
    acting = opened(MINUTES)
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('hej')")
    acting.Root.OpenAction = script
    acting.pages[0].obj.AA = pikepdf.Dictionary(O=script)
    box = pikepdf.Array([0, 0, 9, 9])
    links = [
        pikepdf.Dictionary(Subtype=pikepdf.Name.Link, Rect=box, A=pikepdf.Dictionary(action))
        for action in (
            {"/S": pikepdf.Name.Launch, "/F": "regn.exe"},
            {"/S": pikepdf.Name.URI, "/URI": "https://region.example"},
        )
    ]
    acting.pages[0].obj.Annots = pikepdf.Array(links)
    written = io.BytesIO()
    acting.save(written)

    pdf = whole_of(with_minutes(now, "protokol.pdf", written.getvalue()))

    raw = b"".join(each.unparse(resolved=True) for each in pdf.objects if not isinstance(each, pikepdf.Stream))
    assert b"https://region.example" in raw
    for gone in (b"JavaScript", b"Launch", b"OpenAction"):
        assert gone not in raw


def test_make_package_of_the_same_facts_gives_the_same_pdf(now: datetime) -> None:
    process = in_submission(now)
    packages = []
    for _time in range(2):
        package = a_package(process, now)
        packages.append(the_zip(package).read(WHOLE))
        package.delete()

    assert packages[0] == packages[1]


def test_verify_package_with_a_byte_changed_in_the_one_pdf_names_it(now: datetime) -> None:
    package = a_package(in_submission(now), now)
    content = bytearray(_bytes(package))
    at = content.index(b"%PDF-") + 900
    content[at] ^= 1

    assert verify_package(io.BytesIO(_bytes(package))).faults == []
    faults = verify_package(io.BytesIO(bytes(content))).faults
    assert any(WHOLE in fault for fault in faults), faults


def _bytes(package: Package) -> bytes:
    with open_file(package.file) as file:
        return file.read()


def test_make_package_whose_pdfs_cannot_be_joined_goes_without_the_one_and_says_so(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = in_submission(now)
    monkeypatch.setattr(whole, "LONGEST_JOIN", 0.01)

    package = a_package(process, now)

    assert WHOLE not in the_zip(package).namelist()
    sentence = "PDF-filerne er ikke samlet i én: De er for store eller for mange."
    assert sentence in package.manifest["left_out"]
    assert sentence in the_zip(package).read("index.html").decode()


def test_make_package_a_bomb_among_the_files_stops_nobody(now: datetime, tmp_path: Path) -> None:
    process: Process = in_approval(now, councils=2)
    # A stream within a stream, a gigabyte when it is opened.
    bomb = opened(MINUTES)
    packed = zlib.compress(zlib.compress(bytes(1024**3), 9), 9)
    stream = bomb.make_stream(b"")
    stream.write(packed, filter=pikepdf.Array([pikepdf.Name.FlateDecode] * 2))
    bomb.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array())
    bomb.pages[0].obj.Contents = stream
    written = io.BytesIO()
    bomb.save(written, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    decide(process, "region", now, minutes=a_file(process.office, now, "bombe.pdf", written.getvalue()))
    decide(process, "council-1", now, minutes=a_file(process.office, now, "protokol.pdf", MINUTES))
    approve(process, "council-2", now)

    package = a_package(process, now)

    assert "Punkt 4: godkendt." in words(whole_of(package), tmp_path)


def test_make_package_the_one_pdf_opens_in_poppler_with_its_structure(now: datetime, tmp_path: Path) -> None:
    path = tmp_path / "whole.pdf"
    path.write_bytes(the_zip(a_package(in_submission(now), now)).read(WHOLE))
    try:
        told = subprocess.run(["pdfinfo", "-struct", path], capture_output=True, text=True, check=True)
    except FileNotFoundError:
        pytest.skip("pdfinfo is not on this machine")
    assert told.stderr == ""
    assert "Document\n  Part" in told.stdout
