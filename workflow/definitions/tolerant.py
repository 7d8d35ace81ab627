"""What can be read of a file whose shape is wrong in places: what is said of the faults, and the meaning of the rest.

What cannot be read has its default; where there is none, a text stands in for it that is no name (“?1”). What is of an
unknown kind is read as the first of the known ones.
"""

from collections.abc import Callable, Collection
from contextlib import suppress
from functools import cache, partial
from itertools import count
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticOmit, SchemaValidator, core_schema

from workflow.definitions.reading import Path

_numbers = count(1)


def read_tolerantly(model: type[BaseModel], data: Any) -> Any:
    """The model with all that can be read of the data."""
    return _reader(model).validate_python(_mapping(data))


def keys_at(read: Any, path: Path) -> Collection[str]:
    """The keys that the mapping at a path of what was read may have, as a file has them."""
    for part in path:
        read = read if isinstance(part, int) else _alone(read)
        read = getattr(read, fields_by_key(read)[str(part)]) if isinstance(read, BaseModel) else read[part]
    return fields_by_key(_alone(read))


def _alone(read: Any) -> Any:
    """In a scenario one may stand for a list of one."""
    return read[0] if isinstance(read, tuple) else read


def is_unread(value: object) -> bool:
    """Whether it stands for something that could not be read."""
    return isinstance(value, str) and value.startswith("?")


def fields_by_key(read: BaseModel) -> dict[str, str]:
    """The fields of a model by the keys they have in a file."""
    return {field.alias or name: name for name, field in type(read).model_fields.items()}


@cache
def _reader(model: type[BaseModel]) -> SchemaValidator:
    model.model_rebuild()
    return SchemaValidator(_tolerant(model.__pydantic_core_schema__))


def _tolerant(schema: Any) -> Any:
    """A core schema of pydantic's, changed so that every mapping can be read."""
    if isinstance(schema, list):
        return [_tolerant(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: value if key == "metadata" else _tolerant(value) for key, value in schema.items()}
    match schema.get("type"):
        case "model":
            _give_defaults(schema)
            make = partial(_made, schema["cls"])
            return core_schema.no_info_after_validator_function(make, schema["schema"], ref=schema.get("ref"))
        case "tagged-union":
            known = partial(_of_a_known_kind, schema["discriminator"], list(schema["choices"]))
            return core_schema.no_info_before_validator_function(known, schema)
        case "tuple":
            schema["items_schema"] = [_read_or(each, _left_out) for each in schema["items_schema"]]
        case "dict":
            schema |= {part: _read_or(schema[part], _left_out) for part in ("keys_schema", "values_schema")}
        case "function-after" | "function-before":
            schema["function"]["function"] = partial(_unless_refused, schema["function"]["function"])
    return schema


def _give_defaults(schema: Any) -> None:
    """Give every field of a model its default when it is wrong; one that has none, that of the kinds' common model."""
    fields = schema["schema"]
    while "fields" not in fields:
        fields = fields["schema"]
    fields["extra_behavior"] = "ignore"
    bases = [base.model_fields for base in schema["cls"].__mro__[1:] if issubclass(base, BaseModel)]
    for name, field in fields["fields"].items():
        if field["schema"]["type"] == "default":
            field["schema"]["on_error"] = "default"
            continue
        shared = [base[name] for base in bases if name in base and not base[name].is_required()]
        stand_in = partial(shared[0].get_default, call_default_factory=True) if shared else _no_name
        read = _read_or(field["schema"], stand_in)
        field["schema"] = core_schema.with_default_schema(read, default=None, validate_default=True)


def _read_or(schema: Any, stand_in: Callable[[], Any]) -> Any:
    """Read what is wrong like an empty mapping, where one may stand; otherwise let something stand in for it."""

    def read(value: Any, reader: Callable[[Any], Any]) -> Any:
        attempts: tuple[Any, ...] = (value, {})
        for attempt in attempts:
            with suppress(ValidationError):
                return reader(attempt)
        return stand_in()

    return core_schema.no_info_wrap_validator_function(read, schema)


def _no_name() -> str:
    return f"?{next(_numbers)}"


def _left_out() -> None:
    raise PydanticOmit


def _made(model: type[BaseModel], read: tuple[dict[str, Any], Any, set[str]]) -> BaseModel:
    values, _others, given = read
    return model.model_construct(given, **values)


def _mapping(value: Any) -> Any:
    return value if isinstance(value, dict) else {}


def _of_a_known_kind(key: str, kinds: list[str], value: Any) -> Any:
    return value if _mapping(value).get(key) in kinds else _mapping(value) | {key: kinds[0]}


def _unless_refused(check: Callable[..., Any], value: Any, *info: Any) -> Any:
    try:
        return check(value, *info)
    except ValueError:
        return value
