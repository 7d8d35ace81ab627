"""The names a definition declares, as the checks of names, paths, gates and times ask for them."""

from collections.abc import Collection

from workflow.definitions import graph
from workflow.definitions.deadline_rules import DeadlineRule
from workflow.definitions.reading import Path
from workflow.definitions.shape import SECRETARIAT, Definition
from workflow.definitions.tolerant import is_unread

TELLING = ("kind", "consultation", "external", "milestone", "deadline")
"""The keys of a stage that say what can happen in it, and by when."""


class DeclaredNames:
    """The names a definition declares. Of two stages with one key the first counts.

    unread: the places of the file that could not be read. A whole section of them is None here.
    """

    def __init__(self, definition: Definition, unread: Collection[Path] = ()) -> None:
        self.definition = definition
        self.bodies, self.lists, self.parameters = (
            None if (section,) in unread else getattr(definition, section)
            for section in ("bodies", "lists", "parameters")
        )
        self.actors = (
            None if self.bodies is None or self.lists is None else [SECRETARIAT, *definition.bodies, *definition.lists]
        )
        numbered = list(enumerate(definition.stages))
        self.index_of: dict[str, int] = {}
        for index, stage in numbered:
            self.index_of.setdefault(stage.key, index)
        self.stages = {key: definition.stages[index] for key, index in self.index_of.items()}
        places = {place[1] for place in unread if place[0] == "stages" and (len(place) < 3 or place[2] in TELLING)}
        self.unread = {stage.key for index, stage in numbered if index in places}
        """The stages of which it is not known what can happen in them, and by when."""
        self.has_paths = not any(is_unread(stage.key) or is_unread(stage.after) for stage in definition.stages)
        """Whether it is known of every stage what it waits for."""
        self.after = {key: [name for name in stage.after if name in self.stages] for key, stage in self.stages.items()}
        self.before = {key: graph.reach([key], self.after) for key in self.after}
        self.rules: dict[str, tuple[Path, DeadlineRule]] = {
            key: (("deadlines", key, "deadline"), named.rule) for key, named in definition.deadlines.items()
        }
        for index, stage in numbered:
            if rule := stage.effective_deadline_rule:
                self.rules[stage.key] = (("stages", index, "deadline"), rule)
        self.deadlines = None if ("deadlines",) in unread else self.rules.keys() | self.unread
