"""The tables of docs/scenarios.md, made from the classes that read a scenario.

`manage.py shell -c "from tests.handbook import write; write()"` writes them anew; a test holds that they are as the
classes are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from consultations.player.deeds import ROOMS, Deed
from consultations.player.deeds.base import EithersDeed, OfficersDeed, PacedDeed, PartysDeed
from consultations.player.expected import Expected, Limits
from consultations.player.parties import Part
from consultations.player.scenario import ScenarioFile
from consultations.player.shape import Shape
from consultations.player.times import DayCount
from consultations.player.values import refusal_codes
from notifications.kinds import kinds
from workflow.definitions import GateName

HANDBOOK = Path(__file__).resolve().parents[1] / "docs" / "scenarios.md"
_PLACE = re.compile(r"(<!-- table: (\w+) -->\n).*?(?=<!-- end of table -->)", re.DOTALL)
_COMMON = {name for shape in (Deed, PacedDeed, OfficersDeed, EithersDeed, Expected) for name in shape.model_fields} - {
    "stage"
}
_KNOWN = (Part, DayCount, Limits)  # said once, above the tables


def with_tables(text: str) -> str:
    """The handbook with each table as the classes have it now."""
    made = {
        "file": _table(("key", "holds"), _rows(ScenarioFile)),
        "expected": _table(("key", "holds"), _rows(Expected)),
        "mails": ", ".join(f"`{kind.key}`" for kind in kinds()),
        "refusals": ", ".join(f"`{code}`" for code in refusal_codes()),
        "gates": ", ".join(f"`{name}`" for name in GateName),
    }
    for name, room in ROOMS.items():
        made[name] = _table(("deed", "by", "does", "keys"), [_deed(deed) for deed in get_args(room)])
    return _PLACE.sub(lambda found: f"{found[1]}\n{made[found[2]]}\n\n", text)


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def _rows(shape: type[Shape]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for name, field in shape.model_fields.items():
        inside = next((part for part in _parts(field.annotation) if _is_spelt_out(part)), None)
        said = field.description or (inside.__doc__ if inside else "") or ""
        if inside and "below" not in said:
            said = f"{said.rstrip('.')}: {_keys(inside.model_fields)}"
        elif not inside and (choices := _choices(field)):
            said = f"{said}: {choices}" if said else choices
        rows.append((f"`{name}`", said + (f" (version {shape.newer[name]})" if name in shape.newer else "")))
    return rows


def _deed(deed: type[Deed]) -> tuple[str, ...]:
    officer, party = issubclass(deed, OfficersDeed | EithersDeed), issubclass(deed, PartysDeed)
    by = " or ".join([*["a party"][: int(party)], *["an officer"][: int(officer)]]) or "nobody"
    name = get_args(deed.model_fields["do"].annotation)[0]
    own = {key: field for key, field in deed.model_fields.items() if key not in _COMMON}
    version = f"(version {deed.since})" if deed.since > 1 else ""
    return f"`{name}`", by, _sentence(deed.__doc__, version), _keys(own)


def _keys(fields: Mapping[str, FieldInfo]) -> str:
    """The keys that must be there, then the others, each with what it holds where its name does not say."""
    needed = [_key(name, field) for name, field in fields.items() if field.is_required()]
    others = [_key(name, field) for name, field in fields.items() if not field.is_required()]
    said = [", ".join(needed)] if needed else []
    return "; ".join([*said, f"if need be {', '.join(others)}"] if others else said)


def _key(name: str, field: FieldInfo) -> str:
    said = ": ".join(part for part in (field.description, _choices(field)) if part)
    return f"`{field.alias or name}`" + (f" ({said})" if said else "")


def _sentence(*parts: str | None) -> str:
    return " ".join(" ".join(part.split()) for part in parts if part)


def _choices(field: FieldInfo) -> str:
    for part in _parts(field.annotation):
        if isinstance(part, type) and issubclass(part, Enum):
            return ", ".join(str(choice.value) for choice in part)
        if get_origin(part) is Literal:
            return ", ".join(map(str, get_args(part)))
    return ""


def _parts(annotation: Any) -> Iterator[Any]:
    """A type, and those it is made of."""
    yield annotation
    if get_origin(annotation) is not Literal:
        for part in get_args(annotation):
            yield from _parts(part)


def _is_spelt_out(part: Any) -> bool:
    return isinstance(part, type) and issubclass(part, Shape) and not issubclass(part, (*_KNOWN, Deed))


def write() -> None:
    """Put the tables into the handbook as they are now."""
    HANDBOOK.write_text(with_tables(HANDBOOK.read_text(encoding="utf-8")), encoding="utf-8")
