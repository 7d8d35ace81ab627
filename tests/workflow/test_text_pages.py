"""A text read from a PDF, page by page."""

from __future__ import annotations

from workflow.rules.text_pages import TextOnPages, by_pages


def words_on(sections: list[TextOnPages], count: int) -> list[list[tuple[str, str]]]:
    return [page.headings_and_texts for page in by_pages(sections, count)[0]]


def test_read_text_by_pages_each_word_stands_on_its_page() -> None:
    sections = [
        TextOnPages("", "Forord.", [(1, 0)]),
        TextOnPages("1 Formål", "Først.\n\nSiden efter.", [(2, 8)]),
        TextOnPages("2 Mål", "Samme side.", []),
        TextOnPages("3 Økonomi", "Ny side.", [(4, 0)]),
        TextOnPages("4 Tom", "", []),
    ]

    assert words_on(sections, 5) == [
        [("", "Forord."), ("1 Formål", "Først.")],
        [("", "Siden efter."), ("2 Mål", "Samme side.")],
        [],
        [("3 Økonomi", "Ny side."), ("4 Tom", "")],
        [],
    ]
    assert by_pages(sections, 5)[1] == [1, 1, 2, 4, 4]


def test_read_text_by_pages_over_several_of_them_divides_it_at_each() -> None:
    section = TextOnPages("1 Lang", "et to tre", [(1, 0), (2, 3), (3, 6)])

    assert words_on([section], 3) == [[("1 Lang", "et")], [("", "to")], [("", "tre")]]


def test_read_text_by_pages_that_has_none_gives_none() -> None:
    assert by_pages([TextOnPages("1", "ord", [])], 0) == ([], [1])
