"""Plays scenarios: dated deeds by named people, done through the very actions the screens use, at simulated time.

The commands `play` and `demo` and the tests come in. What a file may say is written in docs/scenarios.md.
"""

from consultations.player.checking import ScenarioRefused, read_scenario
from consultations.player.outcome import Outcome
from consultations.player.playing import play, play_together
from consultations.player.scenario import Scenario
from consultations.player.scratch import own_database

__all__ = ["Outcome", "Scenario", "ScenarioRefused", "own_database", "play", "play_together", "read_scenario"]
