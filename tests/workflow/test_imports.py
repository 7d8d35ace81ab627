"""The shipped municipalities and what a wrong file is told."""

from collections import Counter

import pytest

from workflow.imports.shipped import (
    COLUMNS,
    MUNICIPALITIES_PATH,
    ImportRefused,
    read_municipalities,
    shipped_municipalities,
)

TEXT = MUNICIPALITIES_PATH.read_text(encoding="utf-8")
HEAD = ",".join(COLUMNS) + "\n"


def test_shipped_municipalities_are_98_in_five_regions() -> None:
    rows = shipped_municipalities()
    assert len(rows) == 98
    assert Counter(row.region.removeprefix("Region ") for row in rows) == {
        "Sjælland": 17,
        "Hovedstaden": 29,
        "Midtjylland": 19,
        "Syddanmark": 22,
        "Nordjylland": 11,
    }
    assert len({row.code for row in rows}) == len({row.name for row in rows}) == 98
    assert len({(row.region, row.region_iso) for row in rows}) == 5
    assert rows[0].short_name == "København"
    assert Counter(row.own_name for row in rows) == {
        "byrådet": 66,
        "kommunalbestyrelsen": 31,
        "Borgerrepræsentationen": 1,
    }


def test_read_municipalities_with_a_byte_order_mark_reads_the_same() -> None:
    assert read_municipalities("\ufeff" + TEXT) == read_municipalities(TEXT)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "kommunekode"),
        ("code,name\n0101,København\n", 1, "kommunekode"),
        (HEAD + "0101,København,,Region Hovedstaden,DK-84,byrådet\n", 2, "2"),
        (HEAD + "0101,København\n", 2, "2"),
        (HEAD + "0101,København,Københavns Kommune,Region Hovedstaden,DK-84,byrådet,more\n", 2, "2"),
        (HEAD + "101,København,Københavns Kommune,Region Hovedstaden,DK-84,byrådet\n", 2, "101"),
        (HEAD + "0101,København,Københavns Kommune,Region Skåne,DK-84,byrådet\n", 2, "Region Skåne"),
        (TEXT + TEXT.splitlines()[1] + "\n", 100, "0101"),
    ],
)
def test_read_municipalities_of_a_wrong_file_names_the_line(text: str, line: int, says: str) -> None:
    with pytest.raises(ImportRefused, match=says) as refused:
        read_municipalities(text)
    assert [problem.line for problem in refused.value.problems] == [line]


def test_read_municipalities_with_several_mistakes_names_all_of_them_at_once() -> None:
    wrong = "101,København,Københavns Kommune,Region Hovedstaden,DK-84\n\n0147,Frederiksberg\n0151,A,B,Region Skåne,C\n"

    with pytest.raises(ImportRefused) as refused:
        read_municipalities(HEAD + wrong)

    assert [problem.line for problem in refused.value.problems] == [2, 4, 5]


def test_read_municipalities_saved_again_by_a_spreadsheet_reads_the_same() -> None:
    saved = "\r\n".join(";".join(f'"{cell}"' for cell in line.split(",")) for line in TEXT.splitlines())

    assert read_municipalities(saved) == read_municipalities(TEXT)
