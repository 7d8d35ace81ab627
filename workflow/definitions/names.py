"""The names by which the parts of a definition speak of each other: those it declares, and those it uses.

The models come in: a key says by its type what it names. `checking` asks every name of a definition.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import AfterValidator, BaseModel

from workflow.definitions import graph
from workflow.definitions.faults import Complaint, nearest, written
from workflow.definitions.fields import Name
from workflow.definitions.reading import Path
from workflow.definitions.tolerant import is_unread

if TYPE_CHECKING:
    from workflow.definitions.shape import Definition

SECRETARIAT = "secretariat"
"""The one actor role that is no body and no list: the office's own officers."""

TELLING = ("kind", "consultation", "external", "milestone", "deadline")
"""The keys of a stage that say what can happen in it, and by when."""


class DeclaredNames:
    """The names a definition declares. Of two stages with one key the first counts.

    unread: the places of the file that could not be read. A whole section of them is None here.
    """

    def __init__(self, definition: Definition, unread: Collection[Path]) -> None:
        self.definition = definition
        self.bodies, self.lists, self.parameters = (
            None if (section,) in unread else getattr(definition, section)
            for section in ("bodies", "lists", "parameters")
        )
        is_known = self.bodies is not None and self.lists is not None
        self.actors = [SECRETARIAT, *definition.bodies, *definition.lists] if is_known else None
        self.index_of: dict[str, int] = {}
        for index, stage in enumerate(definition.stages):
            self.index_of.setdefault(stage.key, index)
        self.stages = {key: definition.stages[index] for key, index in self.index_of.items()}
        self.unread = {
            definition.stages[int(place[1])].key
            for place in unread
            if place[0] == "stages" and (len(place) < 3 or place[2] in TELLING)
        }
        """The stages of which it is not known what can happen in them, and by when."""
        self.has_paths = not any(is_unread(stage.key) or is_unread(stage.after) for stage in definition.stages)
        """Whether it is known of every stage what it waits for."""
        self.after = {key: [name for name in stage.after if name in self.stages] for key, stage in self.stages.items()}
        self.before = {key: graph.reach([key], self.after) for key in self.after}
        self.rules = definition.deadline_rules
        self.deadlines = None if ("deadlines",) in unread else self.rules.keys() | self.unread


class Reference(str):
    """A name as it is used. `declared` says where `DeclaredNames` has those it may be."""

    declared: str
    code: str
    sentence: Promise

    @classmethod
    def to(cls, declared: str, code: str, sentence: Promise) -> AfterValidator:
        """For `Annotated[Name, …]`: a name that is declared there, and what is said of one that is not."""
        kind = type(cls.__name__, (cls,), {"declared": declared, "code": code, "sentence": sentence})
        return AfterValidator(kind)

    def complaints(self, path: Path, names: DeclaredNames) -> Iterator[Complaint]:
        """What is wrong with the name at that path. Where it is not known what is declared, nothing is."""
        declared = getattr(names, self.declared)
        if declared is not None and self not in declared:
            yield path, self.code, str(self.sentence) % {"name": self}, nearest(self, declared)


class _DateParameter(Reference):
    def complaints(self, path: Path, names: DeclaredNames) -> Iterator[Complaint]:
        yield from super().complaints(path, names)
        parameter = names.definition.parameters.get(self)
        if parameter and parameter.type != "date":
            message = _("The parameter “%(name)s” is no date.") % {"name": self}
            yield path, "wrong_type", message, _("Declare it with type: date, or name another.")


class _Event(Reference):
    def complaints(self, path: Path, names: DeclaredNames) -> Iterator[Complaint]:
        """An event must be able to happen, and not only after the stage whose deadline leans on it."""
        subject, happened = self.split(".")
        source = names.stages.get(subject)
        if source is None or subject == "process":
            if self != "process.started":
                known = ["process.started", *names.stages]
                yield path, self.code, str(self.sentence) % {"name": self}, nearest(subject, known)
            return
        if subject in names.unread:
            return
        possible = {"opened", "completed"}
        if source.milestone:
            possible.add("occurred")
        if source.external:
            possible |= {"receipt", source.external.awaits}
        stage = names.definition.stages[int(path[1])].key if path[0] == "stages" else None
        if happened not in possible:
            words = {"event": self, "subject": subject, "kind": source.kind}
            message = _("“%(event)s” never happens: %(subject)s is of the kind %(kind)s.") % words
            events = ", ".join(f"{subject}.{one}" for one in sorted(possible))
            yield path, self.code, message, _("What happens there: %(events)s.") % {"events": events}
        elif stage in names.before[subject] or (subject == stage and happened in ("completed", "occurred")):
            message = _(
                "“%(event)s” happens only after the stage “%(stage)s”, so its deadline could never be known in time."
            )
            remedy = _("Lean on something that happens before, or on a deadline (days_before).")
            yield path, "event_too_late", message % {"event": self, "stage": stage}, remedy


def references_in(read: Any) -> Iterator[tuple[Path, Reference]]:
    """Every name that is used in what was read of a file, with its path, in no order."""
    waiting: list[tuple[Path, Any]] = [((), read)]
    while waiting:
        path, part = waiting.pop()
        if isinstance(part, Reference):
            yield path, part
        elif isinstance(part, BaseModel):
            fields = type(part).model_fields
            waiting += [((*path, fields[name].alias or name), getattr(part, name)) for name in part.model_fields_set]
        elif isinstance(part, tuple):
            waiting += [((*path, place), item) for place, item in enumerate(part)]
        elif isinstance(part, MappingProxyType):
            waiting += [((*path, key), value) for key, value in part.items()]


_NO_ACTOR = gettext_lazy("There is no body or list “%(name)s”.")
BodyName = Annotated[Name, Reference.to("bodies", "unknown_body", gettext_lazy("There is no body “%(name)s”."))]
ListName = Annotated[Name, Reference.to("lists", "unknown_list", gettext_lazy("There is no list “%(name)s”."))]
ActorName = Annotated[Name, Reference.to("actors", "unknown_actor", _NO_ACTOR)]
StageName = Annotated[Name, Reference.to("stages", "unknown_stage", gettext_lazy("There is no stage “%(name)s”."))]
DeadlineName = Annotated[
    Name, Reference.to("deadlines", "unknown_deadline", gettext_lazy("There is no deadline “%(name)s”."))
]
ParameterName = Annotated[
    Name, _DateParameter.to("parameters", "unknown_parameter", gettext_lazy("There is no parameter “%(name)s”."))
]
Event = Annotated[
    str,
    written(
        r"^[a-z][a-z0-9_]{0,59}\.(started|opened|completed|receipt|ruling|occurred)$",
        gettext_lazy(
            "Write process.started, or a stage and what happened in it: hearing.opened (or completed, receipt, ruling, "
            "occurred)."
        ),
    ),
    _Event.to("stages", "unknown_event", gettext_lazy("There is no event “%(name)s”.")),
]
"""A stage's key and what happened to it."""
