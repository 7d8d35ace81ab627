"""The small mistakes that can be made in what judges and counts; `tests.mutants` tries them.

What is never changed, since nobody would notice or nobody should: texts, annotations, docstrings and what is raised for
programmers; `strict=` of a `zip`; lengths at which a text is cut for a list; what stands outside of functions.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = (
    "workflow/rules",
    "workflow/gates",
    "workflow/deadlines",
    "workflow/definitions",
    "consultations/rules",
    "consultations/gates.py",
)


@dataclass(frozen=True)
class Mutant:
    """One mistake: the file, the line, the function by its full name in the module, which of those that can be made in
    it, and what stands there instead of what."""

    path: str
    line: int
    function: str
    number: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.function}: {self.what}"


COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


def changes(node: ast.AST) -> Iterator[ast.AST]:
    """The mistakes that can be made of one piece of code, each as what would stand in its place."""
    if isinstance(node, ast.Compare):
        for at, operator in enumerate(node.ops):
            if wrong := COMPARISONS.get(type(operator)):
                yield ast.Compare(node.left, [*node.ops[:at], wrong(), *node.ops[at + 1 :]], node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield ast.BinOp(node.left, ast.Sub() if isinstance(node.op, ast.Add) else ast.Add(), node.right)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
        yield ast.Constant(node.value - 1)
    elif isinstance(node, ast.If) and not isinstance(node.test, ast.Compare | ast.BoolOp | ast.UnaryOp):
        yield ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
    elif isinstance(node, ast.Return) and ast.unparse(node).startswith("return Refusal("):
        yield ast.Return(ast.Constant(None))


def _left_alone(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a piece of code in which nothing is changed."""
    said = (ast.Raise, ast.Assert, ast.JoinedStr, ast.Slice)
    for each in ast.walk(node):
        if isinstance(each, ast.FunctionDef):
            yield from each.decorator_list
            yield from filter(None, [each.returns])
        elif isinstance(each, ast.arg | ast.AnnAssign) and each.annotation:
            yield each.annotation
        elif isinstance(each, said) or (isinstance(each, ast.keyword) and each.arg == "strict"):
            yield each


def functions(module: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """The functions at the top of a module and the methods of its classes, by their full names."""
    for node in module.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{each.name}", each) for each in node.body if isinstance(each, ast.FunctionDef))


def mutants() -> Iterator[Mutant]:
    """Every mistake that can be made in the rooms."""
    for room in ROOMS:
        paths = sorted((ROOT / room).rglob("*.py")) if (ROOT / room).is_dir() else [ROOT / room]
        for path in paths:
            yield from mutants_of(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))


def mutants_of(path: str, source: str) -> Iterator[Mutant]:
    """Every mistake that can be made in one file."""
    module = ast.parse(source)
    numbers: dict[str, int] = {}
    for _parent, _field, _at, node, change, name in places(module):
        number = numbers.setdefault(name, 0)
        numbers[name] += 1
        yield Mutant(path, getattr(node, "lineno", 0), name, number, f"{_short(node)} → {_short(change)}")


Place = tuple[ast.AST, str, int, ast.AST, ast.AST, str]
"""Parent, field, place among many, what stands there, what could, and the function's full name."""


def places(module: ast.Module) -> Iterator[Place]:
    """Where a mistake can be made in a module, and which."""
    for name, function in functions(module):
        alone = {id(inner) for part in _left_alone(function) for inner in ast.walk(part)}
        for parent in ast.walk(function):
            for field, value in ast.iter_fields(parent):
                for at, node in enumerate(value if isinstance(value, list) else [value]):
                    if isinstance(node, ast.AST) and id(node) not in alone:
                        yield from ((parent, field, at, node, change, name) for change in changes(node))


def source_of(mutant: Mutant) -> str:
    """The source of the mistake's module with the mistake in it."""
    module = ast.parse((ROOT / mutant.path).read_text(encoding="utf-8"))
    found = [place for place in places(module) if place[-1] == mutant.function][mutant.number]
    parent, field, at, node, change, _name = found
    _put(parent, field, at, ast.copy_location(change, node))
    return ast.unparse(ast.fix_missing_locations(module))


def _put(parent: ast.AST, field: str, at: int, node: ast.AST) -> None:
    value = getattr(parent, field)
    if isinstance(value, list):
        value[at] = node
    else:
        setattr(parent, field, node)


def _short(node: ast.AST) -> str:
    return ast.unparse(node).splitlines()[0][:100]
