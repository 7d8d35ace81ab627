"""Nothing stands in the product that nothing in the product asks for: code for later is not kept.

Tests ask for nothing; the figures of `bench` do, and so do templates and what is named in a text ("package.name").
Names are compared, not what they mean: a function passes when anything of its name is used anywhere.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("config", "consultations", "workflow", "notifications")
CALLERS = (*FLOORS, "bench")

Places = Mapping[str, ast.Module]
"""Modules by their paths below the root."""

HANDED_OVER = {"register", "receiver", "connect", "tag", "filter", "simple_tag", "inclusion_tag", "shared_task", "task"}
"""What a decorator of such a name hands over to Django, Celery or a template."""

READ_BY_LIBRARIES = {"urlpatterns", "app_name", "application", "register", "DATE_INPUT_FORMATS", "TIME_INPUT_FORMATS"}
"""Names that a library looks for in a module of ours, beside those of `BY_LIBRARIES`."""

BY_LIBRARIES = re.compile(r"handler\d{3}|process_(view|exception)|to_(python|url)")


def modules(folders: Iterable[str]) -> dict[str, ast.Module]:
    """Every module of these folders but migrations."""
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts]
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def template_words() -> set[str]:
    """Every word between the brackets of a template."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*") if path.is_file()]
    return {
        word for text in texts for block in re.findall(r"\{[{%].*?[}%]\}", text) for word in re.findall(r"\w+", block)
    }


def made(path: str, module: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """The public functions, classes, constants and methods of a module that no library asks for."""
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not _is_handed_over(node):
            yield node.name, node
        if isinstance(node, ast.ClassDef) and not _is_of_a_library(node):
            yield from ((each.name, each) for each in node.body if isinstance(each, ast.FunctionDef))
        if isinstance(node, ast.Assign | ast.AnnAssign) and "settings" not in path:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((target.id, node) for target in targets if isinstance(target, ast.Name))


def _is_handed_over(node: ast.FunctionDef | ast.ClassDef) -> bool:
    words = {word for each in node.decorator_list for word, _use in uses(each)}
    if isinstance(node, ast.FunctionDef):
        return bool(words & HANDED_OVER)
    # What its head says is done is asked for by scenarios under that name.
    is_deed = "do" in {keyword.arg for keyword in node.keywords}
    return bool(words & HANDED_OVER) or "AppConfig" in _bases(node) or is_deed


def _is_of_a_library(node: ast.ClassDef) -> bool:
    """Whether a library calls methods of this class by their names."""
    return bool(_bases(node))


def _bases(node: ast.ClassDef) -> set[str]:
    return {word for base in node.bases for word, _use in uses(base)}


def uses(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """The names a piece of code uses, with where; an import is no use, nor is standing in `__all__`."""
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load):
            yield each.id, each
        elif isinstance(each, ast.Attribute):
            yield each.attr, each
        elif isinstance(each, ast.Constant) and re.fullmatch(r"[\w.]+[.:]\w+", str(each.value)):
            yield re.split("[.:]", str(each.value))[-1], each  # asked for by name, as settings do


def lonely(makers: Places, callers: Places, in_templates: set[str]) -> list[str]:
    """What is made and asked for by nothing but itself: "path: name"."""
    used: dict[str, list[ast.AST]] = {}
    for module in callers.values():
        for word, use in uses(module):
            used.setdefault(word, []).append(use)
    found = []
    for path, module in makers.items():
        for name, node in made(path, module):
            is_read_by_others = name in in_templates | READ_BY_LIBRARIES or BY_LIBRARIES.fullmatch(name)
            if name.startswith("_") or is_read_by_others or "commands" in path:
                continue
            own = {id(each) for each in ast.walk(node)}
            if all(id(use) in own for use in used.get(name, ())):
                found.append(f"{path}: {name}")
    return found


def test_find_public_names_each_is_asked_for_by_the_product() -> None:
    found = lonely(modules(FLOORS), modules(CALLERS), template_words())

    assert found == []


MAKERS = """
STEP = 3
UNUSED = 4

def called(): return STEP

def by_itself_alone(): return by_itself_alone()

def in_a_template(): ...

@register.filter
def handed_over(): ...

class Card:
    def shown(self): ...
    def forgotten(self): ...
    def _own(self): ...
"""


def test_look_for_names_nobody_asks_for_finds_functions_constants_and_methods() -> None:
    makers = {"workflow/cards.py": ast.parse(MAKERS)}
    callers = makers | {"bench/cards.py": ast.parse("from workflow.cards import UNUSED\nCard().shown(called())")}

    found = lonely(makers, callers, {"in_a_template"})

    assert found == [f"workflow/cards.py: {name}" for name in ("UNUSED", "by_itself_alone", "forgotten")]
