"""Every kind of paper, made of one office's process with all in it: in each format, in Danish, and with what nobody
else may read left out."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import docx
import openpyxl
import pytest

from consultations.actions.answers import AnswerContent, save_draft
from tests.architecture.estate import NOW, Estate, an_estate
from tests.consultations.factories import LAUNCHED, a_hearing
from tests.consultations.paper_rows import ROWS
from tests.workflow.agreements import a_file, decide, in_approval
from tests.workflow.factories import stage_of
from tests.workflow.papers import bookmarks, fonts, opened, tags, untagged
from workflow.dates import in_language
from workflow.models import Dispatch, Process
from workflow.reports.papers import registry
from workflow.reports.papers.model import Facts, Gap, Heading, ItemList, Paper, Paragraph, plain
from workflow.reports.papers.pdf import write_pdf
from workflow.reports.papers.registry import make_paper, paper_kind, paper_kinds
from workflow.reports.papers.sheets import Sheet, paper_of_sheet, write_xlsx
from workflow.rules.refusals import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.sqlite]


@pytest.fixture
def estate(settings: Any, tmp_path: Any) -> Estate:
    settings.MEDIA_ROOT = tmp_path
    return an_estate("sjaelland")


def found(kind: str, process: Process) -> Any:
    """The row as the command finds it, by its public id."""
    row = paper_kind(kind).find(ROWS[kind](process).public_id)
    assert row is not None
    return row


def paper(kind: str, process: Process) -> Paper:
    """The paper itself, before it is a file."""
    with in_language(process.language):
        made = paper_kind(kind).make(found(kind, process))
    assert isinstance(made, Paper)
    return made


def sheet(kind: str, process: Process) -> Sheet:
    with in_language(process.language):
        made = paper_kind(kind).make(found(kind, process))
    assert isinstance(made, Sheet)
    return made


def words(made: Paper) -> str:
    """All that a paper says."""
    said = [made.title, made.subtitle, made.mark, *made.recipient]
    for block in made.blocks:
        if isinstance(block, Heading | Paragraph):
            said.append(plain(block.words))
        elif isinstance(block, Facts):
            said += [f"{name}: {value}" for name, value in block.rows]
        elif isinstance(block, Gap):
            said.append(f"[{block.text}]")
        elif isinstance(block, ItemList):
            said += [plain(each.words) for item in block.items for each in item if isinstance(each, Paragraph)]
    return "\n".join(said)


def assert_accessible(content: bytes) -> None:
    """Tagged throughout, in its language, with title, bookmarks and fonts in it, and PDF/UA by its own word."""
    pdf = opened(content)
    assert {"Document", "H1"} <= set(tags(pdf))
    assert untagged(pdf) == 0
    assert bool(pdf.Root.MarkInfo.Marked)
    assert str(pdf.Root.Lang) == "da"
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    assert fonts(pdf)
    assert set(fonts(pdf).values()) == {True}
    assert bookmarks(pdf)
    with pdf.open_metadata() as about:
        assert about["dc:title"] == str(pdf.docinfo["/Title"]) != ""
        assert about["pdfuaid:part"] == "1"


# ── Every kind ────────────────────────────────────────────────────────────────────────────────────────────────
def test_read_registry_every_kind_has_its_row_here() -> None:
    assert set(ROWS) == {kind.key for kind in paper_kinds()}


def test_make_every_kind_in_each_of_its_formats_it_opens_and_is_named_in_danish(estate: Estate) -> None:
    for kind in paper_kinds():
        row = found(kind.key, estate.process)
        for ending in kind.formats:
            made = make_paper(kind.key, row, ending)
            assert made.name.endswith(f".{ending}")
            assert made.name[:4] == "2019", made.name
            assert len(made.name) < 100
            assert make_paper(kind.key, row, ending) == made
            if ending == "pdf":
                assert_accessible(made.content)
            elif ending == "docx":
                assert docx.Document(io.BytesIO(made.content)).paragraphs
            else:
                assert openpyxl.load_workbook(io.BytesIO(made.content)).active


def test_make_every_kind_in_a_format_it_does_not_have_is_refused_with_those_it_has(estate: Estate) -> None:
    for kind in paper_kinds():
        for ending in set(registry.FORMATS) - set(kind.formats):
            with pytest.raises(Refused, match="findes som"):
                make_paper(kind.key, found(kind.key, estate.process), ending)


# ── Letters ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_make_hearing_letter_names_deadline_documents_and_signature_and_no_link(estate: Estate) -> None:
    estate.round.letter = "Vi beder om **jeres** bemærkninger."
    estate.round.save(update_fields=["letter"])

    made = paper("hearing_letter", estate.process)

    said = words(made)
    assert made.recipient == ("Til høringsparterne",)
    assert "Vi beder om jeres bemærkninger." in said
    assert "29. marts 2019 kl. 12.00" in said
    assert "Aftale" in said
    assert "/l/" not in said


def test_make_transmittal_letter_to_a_council_names_it_and_what_is_asked_by_when(estate: Estate) -> None:
    Dispatch.objects.filter(stage__process=estate.process).update(words="Bemærk bilag 3.\n\nRing gerne.")
    made = paper("transmittal", estate.process)

    assert made.recipient == ("Council-1",)
    assert "Bemærk bilag 3." in words(made)
    assert "til jeres godkendelse" in words(made)
    assert "29. marts 2019" in words(made)
    assert "Aftale (til godkendelse)" in words(made)


def test_make_transmittal_letter_to_the_authority_names_the_package_and_its_sum(estate: Estate) -> None:
    package = estate.process.packages.latest("number")

    kind = paper_kind("transmittal")
    with in_language("da"):
        made = kind.make(kind.find(package.public_id))

    assert made.recipient == ("Authority",)
    assert package.file.sha256 in words(made)
    assert "Pakken er foreløbig" in words(made)


def test_make_case_presentation_has_the_fields_of_an_agenda_and_names_what_is_not_known(estate: Estate) -> None:
    made = paper("case_presentation", estate.process)

    assert [heading.text for heading in made.headings] == [
        "Resumé",
        "Sagsfremstilling",
        "Lovgrundlag",
        "Økonomi",
        "Indstilling",
        "Bilag",
    ]
    gaps = [block.text for block in made.blocks if isinstance(block, Gap)]
    assert [gap.partition(":")[0] for gap in gaps] == ["Sagsfremstilling", "Lovgrundlag", "Økonomi"]
    assert "Committee" in words(made)
    assert "Det indstilles, at" in words(made)


def test_make_case_presentation_of_a_stage_without_bodies_is_refused(estate: Estate) -> None:
    with pytest.raises(Refused, match="hvor organer træffer beslutning"):
        make_paper("case_presentation", stage_of(estate.process, "drafting"))


# ── Who may read what ─────────────────────────────────────────────────────────────────────────────────────────
def test_make_lists_and_letters_of_a_closed_item_its_words_are_in_none_of_them() -> None:
    process = in_approval(NOW)
    closed = {"is_closed_item": True, "text": "Hemmelig beslutning", "agenda_item": "Hemmeligt punkt"}
    decision = decide(process, "council-1", NOW, **closed)

    for key in ("transmittal", "case_presentation"):
        assert "Hemmelig" not in words(paper(key, process)), key
    cells = [cell for row in sheet("approval_list", process).rows for cell in row]
    assert "Hemmelig" not in str(cells)
    assert "Ja" in cells
    with in_language("da"):
        own = paper_kind("decision").make(paper_kind("decision").find(decision.public_id))
    assert isinstance(own, Paper)
    assert own.mark.startswith("Lukket punkt")
    assert "Hemmelig beslutning" in words(own)


def test_make_lists_of_answers_and_parties_hold_no_words_no_addresses_and_mark_what_is_confidential() -> None:
    hearing = a_hearing(LAUNCHED)
    content = AnswerContent(text="Fortrolige ord", confidential_note="Navnet på en borger")
    hearing.answers(1, content=content)

    cells = str([sheet(key, hearing.process).rows for key in ("answer_list", "party_list")])

    assert "Fortrolige ord" not in cells
    assert "en borger" not in cells
    assert "@" not in cells
    own = paper("answer", hearing.process)
    assert own.mark == "Indeholder fortrolige dele"
    assert "Navnet på en borger" in words(own)


def test_make_answer_has_receipt_words_files_and_remarks_by_section() -> None:
    hearing = a_hearing(LAUNCHED)
    comments = {hearing.sections[0].lineage_id: "Afsnittet er for langt."}
    long = "Vi støtter udkastet.\n\nMen " + "vi savner et afsnit om ældre. " * 10
    files = [a_file(hearing.process.office, LAUNCHED, "svar.txt", b"Svar\n")]
    answer = hearing.answers(1, content=AnswerContent(text=long, comments=comments), files=files)

    said = words(paper("answer", hearing.process))

    assert answer.receipt_number in said
    assert "Vi støtter udkastet.\nMen vi savner" in said
    assert "Afsnittet er for langt." in said
    assert "svar.txt" in said


def test_find_draft_of_an_answer_gives_no_paper() -> None:
    hearing = a_hearing(LAUNCHED)
    content = AnswerContent(text="Kladde")
    draft = save_draft(hearing.party(1), content, actor=hearing.by_link(1), now=LAUNCHED)

    assert paper_kind("answer").find(draft.public_id) is None


# ── Spreadsheets ──────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t=", "\r="])
def test_write_sheet_with_words_like_a_formula_they_stay_words(estate: Estate, begins: str) -> None:
    name = f'{begins}HYPERLINK("https://x.example")'
    made = replace(sheet("party_list", estate.process), rows=[(name, *[None] * 7)])

    cell = openpyxl.load_workbook(io.BytesIO(write_xlsx(made))).active["A2"]  # type: ignore[index]

    assert cell.data_type == "s"
    assert str(cell.value).endswith('HYPERLINK("https://x.example")')


def test_write_sheet_its_head_stands_still_and_days_are_days(estate: Estate) -> None:
    page: Any = openpyxl.load_workbook(
        io.BytesIO(make_paper("party_list", found("party_list", estate.process), "xlsx").content)
    ).active

    assert page.freeze_panes == "A2"
    assert [cell.value for cell in page[1]][:3] == ["Høringspart", "Tilstand", "Sendt"]
    assert page["C2"].is_date
    assert page["C2"].value == NOW.replace(tzinfo=None, hour=10)
    assert page["D2"].value.isoformat() == "2019-03-29T12:00:00"


def test_write_sheet_of_nothing_says_that_the_list_is_empty(estate: Estate) -> None:
    empty = replace(sheet("answer_list", estate.process), rows=[])

    made = write_pdf(paper_of_sheet(empty))

    assert "Table" not in tags(opened(made))
    assert openpyxl.load_workbook(io.BytesIO(write_xlsx(empty))).active


def test_read_kinds_only_papers_of_texts_that_nothing_is_struck_out_of_are_kept_on_the_disk() -> None:
    assert {kind.key for kind in paper_kinds() if kind.is_kept} == {"text", "text_numbered", "text_changes"}
