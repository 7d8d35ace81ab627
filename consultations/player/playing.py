"""The clock of a play: from deed to deed, and between them from sweep to due sweep. `play` and `demo` come in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from consultations import sweeps as consultation_sweeps
from consultations.player.cast import Impossible, Play, join, leave, set_up
from consultations.player.deeds.world import Expect
from consultations.player.leaving import send_what_was_prepared
from consultations.player.outcome import Failure, Outcome, facts_of, failures
from consultations.player.scenario import Scenario, Turn
from notifications import delivery, outbox, postponed
from notifications import sweeps as mail_sweeps
from notifications.sweeps import Sweep
from workflow import sweeps as workflow_sweeps
from workflow.rules import Refused

_ALL = (*mail_sweeps.SWEEPS, *workflow_sweeps.SWEEPS, *consultation_sweeps.SWEEPS)
# The head of the record is mailed to be kept by people, and a play has none: its mails are those of the matter.
SWEEPS: tuple[Sweep, ...] = tuple(sweep for sweep in _ALL if sweep.name != "mail_heads")

STUCK = 200
"""How often sweeps may run at one instant before the play is given up: one of them does not do what it is due for."""


class Stuck(Exception):
    """A sweep stays due however often it runs; the text names it."""


def play(scenario: Scenario, **how: Any) -> Outcome:
    """Play a scenario by itself; `how` as `play_together` takes it."""
    [outcome] = play_together([scenario], **how)
    return outcome


def play_together(
    scenarios: Sequence[Scenario],
    *,
    mails: Path | None = None,
    password: str | None = None,
    until: datetime | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> list[Outcome]:
    """Play scenarios of one office in the database that is configured now, which must be empty. The first founds the
    office and begins before the others; each has a process of its own, and their deeds are done in the order of time.

    No mail leaves: each is recorded as sent at the simulated instant, and `mails` gets it as a file. until: sweeps run
    on to this instant after the last deed (`ends` of the first scenario when not given). A deed that is refused without
    being expected to ends the play as a failure, with its line.
    """
    dues = _Dues()
    first = scenarios[0]
    with delivery.recording(mails) as wire, outbox.without_hints(), dues.watching(), postponed.raising():
        plays = {0: set_up(first, password=password)}
        send_what_was_prepared(plays[0], first.file.starts.at)
        clock = _Clock(plays, first.file.starts.at, wire, dues)
        failed: list[list[Failure]] = [[] for _scenario in scenarios]
        for at, number, turn in _in_order(scenarios):
            clock.run_to(at)
            if turn is None:
                plays[number] = join(scenarios[number], plays[0])
                send_what_was_prepared(plays[number], at)
                continue
            found = _do(plays[number], turn)
            send_what_was_prepared(plays[number], at)
            tell(_line(turn, scenarios[number].zone, found))
            failed[number] += found
            if found and turn.deed.do != "expect":
                break
        else:
            clock.run_to(until or first.file.ends or clock.now)
        return [_outcome(on_stage, failed[number], clock.now) for number, on_stage in sorted(plays.items())]


def _in_order(scenarios: Sequence[Scenario]) -> list[tuple[datetime, int, Turn | None]]:
    """When each scenario but the first begins (None), and every deed of all, each with the scenario's number."""
    begin: list[tuple[datetime, int, Turn | None]] = [
        (scenario.file.starts.at, number, None) for number, scenario in enumerate(scenarios) if number
    ]
    deeds = [(turn.at, number, turn) for number, scenario in enumerate(scenarios) for turn in scenario.turns]
    return sorted([*begin, *deeds], key=lambda step: step[:2])


def _outcome(on_stage: Play, failed: list[Failure], now: datetime) -> Outcome:
    leave(on_stage)
    facts, scenario = facts_of(on_stage, now), on_stage.scenario
    expect = scenario.file.expect
    if expect and not any(failure.is_fatal for failure in failed):
        failed += failures(expect, ("expect",), facts, scenario)
    return Outcome(scenario, on_stage.process.public_id, facts, tuple(failed), now)


_TABLES = re.compile(r'"((?:notifications|workflow|consultations)_[a-z]+)"')
_READS = ("SELECT", "SAVEPOINT", "RELEASE", "BEGIN")


class _Dues:
    """The answers of `next_due`, kept until that instant, as long as nobody writes to the tables they were read from.

    Until then a sweep's next instant follows from rows alone, and half of a play's time would go into asking for it.
    """

    def __init__(self) -> None:
        self._written: Counter[str] = Counter()
        self._kept: dict[str, tuple[datetime | None, dict[str, int]]] = {}
        self._reading: set[str] | None = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Notice every statement inside."""
        with connection.execute_wrapper(self._notice):
            yield

    def _notice(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(_READS):
            self._written.update(set(_TABLES.findall(sql)))
        elif self._reading is not None:
            self._reading.update(_TABLES.findall(sql))
        return execute(sql, params, many, context)

    def next_due(self, sweep: Sweep, now: datetime) -> datetime | None:
        """As the sweep itself says."""
        if sweep.name in self._kept:
            at, seen = self._kept[sweep.name]
            is_ahead = at is None or at > now
            if is_ahead and all(self._written[table] == count for table, count in seen.items()):
                return at
        self._reading = set()
        at = sweep.next_due(now)
        self._kept[sweep.name] = at, {table: self._written[table] for table in self._reading}
        self._reading = None
        return at


class _Clock:
    def __init__(self, plays: Mapping[int, Play], starts_at: datetime, wire: delivery.Recording, dues: _Dues) -> None:
        self.plays = plays
        self.now = starts_at
        self.wire = wire
        self.dues = dues

    def run_to(self, until: datetime) -> None:
        """Let every sweep that falls due by `until` run at the instant it is due, the earliest first."""
        runs_here = 0
        while True:
            asked = [(sweep, self.dues.next_due(sweep, self.now)) for sweep in SWEEPS]
            dues = [(max(at, self.now), sweep) for sweep, at in asked if at is not None]
            first = min((at for at, _sweep in dues), default=None)
            if first is None or first > until:
                break
            if first > self.now:
                self.now, runs_here = first, 0
            runs_here += 1
            due = [sweep for at, sweep in dues if at == first]
            if runs_here > STUCK:
                raise Stuck(_("The sweep %(name)s stays due at %(at)s.") % {"name": due[0].name, "at": self.now})
            down = [play.mail_down_until for play in self.plays.values() if play.mail_down_until]
            self.wire.is_away = any(self.now < until for until in down)
            for sweep in due:
                sweep.run(self.now)
            for play in self.plays.values():
                send_what_was_prepared(play, self.now)
        self.now = max(self.now, until)


def _do(on_stage: Play, turn: Turn) -> list[Failure]:
    """Do one deed; what did not go as the scenario says."""
    deed, scenario = turn.deed, on_stage.scenario
    on_stage.turn = turn
    if isinstance(deed, Expect):
        facts = facts_of(on_stage, turn.at, proves=deed.audit is not None)
        return failures(deed, turn.path, facts, scenario)
    line = scenario.line(turn.path)
    if deed.do == "verify":
        proven = facts_of(on_stage, turn.at)["audit"]["verified"]
        return [] if proven else [Failure(line, "verify", True, False, is_fatal=True)]
    code, text = "", _("The deed was not refused.")
    try:
        deed.play(on_stage)
    except Refused as refused:
        code, text = refused.refusal.code, str(refused.refusal.text)
    except Impossible as impossible:
        code, text = impossible.code, str(impossible)
    except (DatabaseError, ValidationError) as error:
        code, text = "not_taken", str(error).strip()
    if code == (deed.refused or ""):
        return []
    return [Failure(line, deed.do, deed.refused, code, text, is_fatal=True)]


def _line(turn: Turn, zone: ZoneInfo, found: list[Failure]) -> str:
    party = f" · {turn.party}" if turn.party and turn.party != turn.by else ""
    mark = "✗" if found else "·"
    return f"{turn.at.astimezone(zone):%Y-%m-%d %H:%M} {mark} {turn.deed.do} {turn.by}{party}".rstrip()
