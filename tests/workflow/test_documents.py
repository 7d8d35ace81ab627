"""Documents cut into sections, sections followed through versions, and bundles locked for good."""

import time
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st

from tests.workflow.document_factories import DRAFTING, PDF, TEXT, a_bundle, a_document, a_version
from tests.workflow.factories import a_lone_process, an_office
from workflow.actions.bundles import lock_bundle
from workflow.actions.documents import add_version, create_document
from workflow.actions.files import store_file
from workflow.actors import SYSTEM
from workflow.models import AuditEntry, DocumentVersion, Process, StoredFile
from workflow.queries.documents import altered_versions, latest_versions
from workflow.rules import Refused
from workflow.rules.documents import SectionText, as_markdown, follow_lineage, split_markdown


@pytest.fixture
def process(db: None, now: datetime) -> Process:
    return a_lone_process(now, DRAFTING)


# ── Sections ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_split_markdown_at_headings_gives_number_heading_and_text() -> None:
    assert split_markdown("Forord\n\n# Aftale\n\nA\n## 2.1 Fælles mål\n\nB\n\nC\n### IV. Bilag ##\n") == [
        SectionText("", "", "Forord", level=0),
        SectionText("", "Aftale", "A", level=1),
        SectionText("2.1", "Fælles mål", "B\n\nC", level=2),
        SectionText("IV", "Bilag", "", level=3),
    ]


@pytest.mark.parametrize(
    ("heading", "number", "words"),
    [
        ("1. Vision", "1", "Vision"),
        ("3.1.2 Vision", "3.1.2", "Vision"),
        ("A) Vision", "A", "Vision"),
        ("Bilag A: Ordliste", "Bilag A", "Ordliste"),
        ("Kapitel 2 Økonomi", "Kapitel 2", "Økonomi"),
        ("I fællesskab om sundhed", "", "I fællesskab om sundhed"),
        ("2027 er målåret", "", "2027 er målåret"),
        ("\\3 mål for alle", "", "3 mål for alle"),
    ],
)
def test_split_markdown_a_heading_has_its_number_as_people_write_it(heading: str, number: str, words: str) -> None:
    assert split_markdown(f"# {heading}") == [SectionText(number, words)]


@any_of(
    st.lists(
        st.builds(
            SectionText,
            st.sampled_from(["", "1", "2.1", "IV", "A", "Bilag A"]),
            st.sampled_from(["Vision", "I dag", "3 mål", "Bilag B er lukket", "C. Møller", "Slut #"]),
            st.sampled_from(["", "Ord.", "Ord.\n\nFlere ord.\n- et\n- to"]),
            level=st.integers(1, 6),
        ),
        max_size=4,
    ),
    st.sampled_from(["", "Forord."]),
)
def test_write_sections_as_markdown_cutting_it_gives_the_same(sections: list[SectionText], foreword: str) -> None:
    if foreword:
        sections = [SectionText("", "", foreword, level=0), *sections]

    assert split_markdown(as_markdown(sections)) == sections


def test_split_markdown_with_a_hash_in_code_or_text_is_no_heading() -> None:
    [section] = split_markdown("# Aftale\n```\n# ikke en overskrift\n```\n#hashtag\n    # indrykket")

    assert section.heading == "Aftale"
    assert "# ikke en overskrift" in section.text
    assert "#hashtag" in section.text


@any_of(st.text())
def test_split_markdown_of_any_text_loses_no_word(text: str) -> None:
    kept = " ".join(f"{s.number} {s.heading} {s.text}" for s in split_markdown(text))

    for word in text.split():
        plain = word.strip("#.) ")
        assert plain in kept


A, B, C = (UUID(int=n) for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("sections", "lineages"),
    [
        ([SectionText("1", "Mål"), SectionText("2", "Økonomi")], [A, B]),
        ([SectionText("1", "Økonomi"), SectionText("2", "Mål")], [B, A]),  # moved: by heading
        ([SectionText("1", "Fælles mål"), SectionText("2", "Økonomi")], [A, B]),  # renamed: by number
        ([SectionText("1", "Nyt"), SectionText("2", "Mål"), SectionText("3", "Økonomi")], [None, A, B]),
        ([SectionText("9", "Helt nyt")], [None]),
        ([SectionText("1", "MÅL "), SectionText("1", "Mål")], [A, None]),  # never twice
        ([SectionText("2", "Økonomi"), SectionText("7", "Andet", lineage_id=B)], [None, B]),  # named goes first
    ],
)
def test_follow_lineage_of_a_changed_text_keeps_the_section(
    sections: list[SectionText], lineages: list[UUID | None]
) -> None:
    earlier = [(A, SectionText("1", "Mål")), (B, SectionText("2", "Økonomi"))]

    assert follow_lineage(earlier, sections) == lineages


@any_of(st.lists(st.tuples(st.sampled_from(["", "1", "2"]), st.sampled_from(["", "a", "b", "A"])), max_size=6))
def test_follow_lineage_of_any_text_gives_no_lineage_twice(parts: list[tuple[str, str]]) -> None:
    earlier = [(uuid4(), SectionText(n, h)) for n in ("1", "2", "") for h in ("a", "b")]

    found = [lineage for lineage in follow_lineage(earlier, [SectionText(*p) for p in parts]) if lineage]

    assert len(found) == len(set(found))


def test_add_version_to_a_document_with_one_keeps_lineage_and_counts_on(process: Process, now: datetime) -> None:
    first = a_version(process, now)
    second = a_version(process, now, TEXT.replace("## 2. Økonomi", "## 3. Økonomi").replace("sit.", "sin del."))

    assert (first.number, second.number) == (1, 2)
    assert first.sha256 != second.sha256
    kept = [dict(v.sections.values_list("heading", "lineage_id")) for v in (first, second)]
    assert kept[0] == kept[1]
    assert second.sections.get(heading="Økonomi").text == "Hver part betaler sin del."
    assert [v.pk for v in latest_versions(process.lines.get())] == [second.pk]
    entry = AuditEntry.objects.latest("id")
    assert (entry.verb, entry.codes["sha256"]) == ("add_version", second.sha256)


@pytest.mark.parametrize("long", ["1" * 40, "4.2"])
def test_add_version_with_long_numbers_and_headings_is_kept_whole_in_its_digest(
    process: Process, now: datetime, long: str
) -> None:
    sections = [SectionText(long, "Overskrift " * 60, "Tekst")]
    version = add_version(a_document(process, now), sections=sections, actor=SYSTEM, now=now)

    bundle = lock_bundle(a_bundle(process, now, version), actor=SYSTEM, now=now)

    assert altered_versions(bundle) == []


def test_add_version_with_the_same_key_twice_makes_one(process: Process, now: datetime) -> None:
    document = a_document(process, now)

    versions = [add_version(document, markdown=TEXT, key="press-1", actor=SYSTEM, now=now) for _ in range(2)]

    assert versions[0].pk == versions[1].pk
    assert DocumentVersion.objects.count() == 1


def test_add_version_that_changes_nothing_is_refused(process: Process, now: datetime) -> None:
    a_version(process, now)

    with pytest.raises(Refused) as refused:
        a_version(process, now)

    assert refused.value.refusal.code == "version_unchanged"


def test_add_version_with_neither_text_nor_file_is_refused(process: Process, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        a_version(process, now, "  \n")

    assert refused.value.refusal.code == "version_empty"


def test_add_version_with_a_file_of_another_office_is_refused(process: Process, now: datetime) -> None:
    file = store_file(an_office("hovedstaden"), "aftale.pdf", PDF, now=now)

    with pytest.raises(Refused) as refused:
        add_version(a_document(process, now), file=file, actor=SYSTEM, now=now)

    assert refused.value.refusal.code == "file_foreign"


def test_add_version_of_a_file_alone_counts_its_digest(process: Process, now: datetime) -> None:
    document = a_document(process, now)
    files: list[StoredFile] = [
        store_file(process.office, "aftale.pdf", PDF + extra, now=now) for extra in (b"", b"%ny\n")
    ]

    digests = [add_version(document, file=file, actor=SYSTEM, now=now).sha256 for file in files]

    assert digests[0] != digests[1]


def test_create_document_twice_under_one_given_slug_is_refused(process: Process, now: datetime) -> None:
    a_document(process, now)

    with pytest.raises(Refused) as refused:
        create_document(process, slug="politisk-aftale", title="Igen", actor=SYSTEM, now=now)

    assert refused.value.refusal.code == "document_exists"


@pytest.mark.parametrize("heap", ["# a" + "#" * 500_000 + "b", "# a" + "\t" * 500_000 + "b", "# " + "1." * 250_000])
def test_split_text_with_a_very_long_line_takes_time_in_proportion_to_it(heap: str) -> None:
    began = time.process_time()

    assert len(split_markdown(heap)) == 1

    assert time.process_time() - began < 5  # seconds; it was hours


def test_split_text_with_signs_behind_its_headings_leaves_them_out() -> None:
    sections = split_markdown("# 1. Formål ##\n\nTekst\n\n## C# og F#  \n\n# #\n")

    assert [section.heading for section in sections] == ["Formål", "C# og F", "#"]
