"""The shipped municipalities and what a wrong file is told."""

from collections import Counter

import pytest

from workflow.imports import COLUMNS, MUNICIPALITIES_PATH, ImportRefused, read_municipalities, shipped_municipalities

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
    assert refused.value.line == line
