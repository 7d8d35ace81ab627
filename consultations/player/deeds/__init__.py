"""Each deed of the catalogue bound to the action the screens use. The player comes in with `doing`."""

from consultations.player.deeds import answers, decisions, documents, outside, process, rounds, world
from consultations.player.deeds.registry import Doing, doing

__all__ = ["Doing", "answers", "decisions", "documents", "doing", "outside", "process", "rounds", "world"]
