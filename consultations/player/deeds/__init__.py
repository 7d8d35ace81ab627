"""Each deed of the catalogue bound to the action the screens use. The player comes in with `doing`."""

from importlib import import_module

from consultations.player.deeds.registry import Doing, Impossible, bound, doing

for _room in ("answers", "decisions", "documents", "outside", "process", "reaching", "rounds", "world"):
    import_module(f"{__name__}.{_room}")

__all__ = ["Doing", "Impossible", "bound", "doing"]
