"""The names a definition declares and the names it uses; the checks of paths, gates and times come in."""

from collections.abc import Callable, Collection, Iterator

from django.utils.translation import gettext as _

from workflow.definitions import graph
from workflow.definitions.deadline_rules import DeadlineRule
from workflow.definitions.faults import Complaint, nearest
from workflow.definitions.reading import Path
from workflow.definitions.shape import SECRETARIAT, Definition, StageSpec

_NATURE = ("kind", "consultation", "external", "milestone", "deadline")
"""The keys of a stage that say what can happen in it, and by when."""


class Known:
    """The names a definition declares. Of two stages with one key the first counts.

    unread: the places of the file that could not be read.
    """

    def __init__(self, definition: Definition, unread: Collection[Path] = ()) -> None:
        self.definition = definition
        self.stages = list(enumerate(definition.stages))
        places = {place[1] for place in unread if place[0] == "stages" and (len(place) < 3 or place[2] in _NATURE)}
        self.unread = {stage.key for index, stage in self.stages if index in places}
        """The stages of which it is not known what can happen in them, and by when."""
        self.by_key: dict[str, StageSpec] = {}
        self.index_of: dict[str, int] = {}
        for index, stage in self.stages:
            self.by_key.setdefault(stage.key, stage)
            self.index_of.setdefault(stage.key, index)
        self.after = {key: [name for name in stage.after if name in self.by_key] for key, stage in self.by_key.items()}
        self.before = {key: graph.reach([key], self.after) for key in self.after}
        self.rules: dict[str, tuple[Path, DeadlineRule]] = {
            key: (("deadlines", key, "deadline"), named.rule) for key, named in definition.deadlines.items()
        }
        for index, stage in self.stages:
            if rule := stage.effective_deadline_rule:
                self.rules[stage.key] = (("stages", index, "deadline"), rule)


_UNKNOWN: dict[str, tuple[str, Callable[[], str], Callable[[Known], Collection[str]]]] = {
    "body": (
        "unknown_body",
        lambda: _("There is no body “%(name)s”."),
        lambda known: known.definition.bodies,
    ),
    "list": ("unknown_list", lambda: _("There is no list “%(name)s”."), lambda known: known.definition.lists),
    "stage": ("unknown_stage", lambda: _("There is no stage “%(name)s”."), lambda known: known.by_key),
    "parameter": (
        "unknown_parameter",
        lambda: _("There is no parameter “%(name)s”."),
        lambda known: known.definition.parameters,
    ),
    "deadline": ("unknown_deadline", lambda: _("There is no deadline “%(name)s”."), lambda known: known.rules),
    "role": (
        "unknown_actor",
        lambda: _("There is no body or list “%(name)s”."),
        lambda known: [SECRETARIAT, *known.definition.bodies, *known.definition.lists],
    ),
}


def unknown(what: str, name: str | None, path: Path, known: Known) -> Iterator[Complaint]:
    """A complaint when the name is not declared; nothing when it is, or when none is given."""
    code, sentence, names = _UNKNOWN[what]
    is_unread = name is None or name.startswith("?") or (what == "deadline" and name in known.unread)
    if name not in names(known) and not is_unread:
        declared = [each for each in names(known) if not each.startswith("?")]
        yield path, code, sentence() % {"name": name}, nearest(name, declared)
