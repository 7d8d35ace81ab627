"""What can be read of a definition whose shape is wrong in places, so that the meaning of the rest can be judged.

`checking` comes in. A wrong value is taken out where it may be left out; else the example of its key stands in for it.
"""

import copy
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from workflow.definitions.faults import faults_in, fields_of, place_of
from workflow.definitions.reading import Path
from workflow.definitions.shape import Definition, canonical_json

ROUNDS = 12
"""How often the data is read anew: what stands in for an unknown kind may lack keys of its own."""


def mended(data: Any) -> tuple[Definition | None, set[Path]]:
    """The definition with its wrong places mended, and where that was: nothing is known of these.

    None where it cannot be mended.
    """
    data = copy.deepcopy(data)
    mended_at: set[Path] = set()
    for _round in range(ROUNDS):
        try:
            return Definition.read(canonical_json(data)), mended_at
        except ValidationError as error:
            if not isinstance(data, dict):
                break
            # From the back, so that an item taken out of a list moves none that is still to come.
            for details in reversed(faults_in(error)):
                _mend(data, details, mended_at)
    return None, mended_at


def _mend(data: Any, details: ErrorDetails, mended_at: set[Path]) -> None:
    place = place_of(details["loc"], Definition)
    path, kind = place.path, details["type"]
    field = fields_of(place.around).get(str(path[-1]))
    try:
        inside = _at(data, path[:-1])
        if kind.startswith("union_tag"):
            key = str(details["ctx"]["discriminator"]).strip("'")
            inside[path[-1]][key] = place.tags[0]
            mended_at.add(path if key == "kind" else (*path, key))
        elif kind in ("model_type", "dict_type", "model_attributes_type"):
            inside[path[-1]] = {}
            mended_at.add(path)
        elif kind == "repeated":
            inside[path[-1]] = list(dict.fromkeys(inside[path[-1]]))
        elif field is not None and field.is_required():
            example = copy.deepcopy(field.examples[0]) if field.examples else {}
            inside[path[-1]] = f"unread_{path[1]}" if path[::2] == ("stages", "key") else example
            mended_at.add(path)
        else:
            del inside[path[-1]]
            if kind not in ("extra_forbidden", "not_here"):
                mended_at.add(path)
    except (KeyError, IndexError, TypeError):
        return  # mended together with something around it; what is left is found in the next round


def _at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data
