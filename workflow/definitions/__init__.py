"""Processes as data: reading a YAML definition, checking it, and asking what it says.

Loading, starting and drawing a process come in; whoever runs stages asks the graph.
"""

from functools import cache, lru_cache
from pathlib import Path

from workflow.definitions.checking import DefinitionRefused, check, parse
from workflow.definitions.deadline_rules import DeadlineRule, RuleKind
from workflow.definitions.gates import Gate, GateName
from workflow.definitions.graph import (
    ancestors,
    descendants,
    is_finished,
    ready,
    reopened_by_return,
)
from workflow.definitions.names import SECRETARIAT
from workflow.definitions.reading import Problem
from workflow.definitions.shape import (
    BundleUse,
    Completes,
    Definition,
    Parameter,
    StageSpec,
    canonical_json,
    json_schema,
)
from workflow.definitions.terms import ApprovalTerms, ConsultationTerms, Standing, does_count

SHIPPED = Path(__file__).parent / "shipped"

__all__ = [
    "SECRETARIAT",
    "SHIPPED",
    "ApprovalTerms",
    "BundleUse",
    "Completes",
    "ConsultationTerms",
    "DeadlineRule",
    "Definition",
    "DefinitionRefused",
    "Gate",
    "GateName",
    "Parameter",
    "Problem",
    "RuleKind",
    "StageSpec",
    "Standing",
    "ancestors",
    "canonical_json",
    "check",
    "descendants",
    "does_count",
    "from_canonical",
    "is_finished",
    "json_schema",
    "parse",
    "ready",
    "reopened_by_return",
    "shipped",
    "shipped_paths",
]


@lru_cache(maxsize=64)
def from_canonical(canonical: str) -> Definition:
    """The definition a running process is pinned to, from the canonical JSON stored with it; kept in memory."""
    return Definition.read(canonical)


def shipped_paths() -> list[Path]:
    """The definition files that come with the product, by name."""
    return sorted(SHIPPED.glob("*.yaml"))


@cache
def shipped(key: str) -> Definition:
    """A definition that comes with the product, by its key; a KeyError when there is none of that key."""
    for path in shipped_paths():
        if path.stem == key:
            return parse(path.read_text(encoding="utf-8"), path.name)
    raise KeyError(key)
