"""The clock of a play: from deed to deed, and between them from sweep to due sweep. `play` and `demo` come in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.utils.translation import gettext as _

from consultations import sweeps as consultation_sweeps
from consultations.player.cast import Impossible, Play, set_up
from consultations.player.dues import Dues
from consultations.player.mailbox import NoMail
from consultations.player.outcome import Failure, Outcome, facts_of, failures
from consultations.player.scenario import Scenario, Turn
from notifications import delivery, outbox, postponed
from notifications import sweeps as mail_sweeps
from notifications.sweeps import Sweep
from workflow import sweeps as workflow_sweeps
from workflow.rules import Refused

SWEEPS: tuple[Sweep, ...] = (*mail_sweeps.SWEEPS, *workflow_sweeps.SWEEPS, *consultation_sweeps.SWEEPS)

STUCK = 200
"""How often sweeps may run at one instant before the play is given up: one of them does not do what it is due for."""


class Stuck(Exception):
    """A sweep stays due however often it runs; the text names it."""


def play(
    scenario: Scenario,
    *,
    mails: Path | None = None,
    password: str | None = None,
    until: datetime | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> Outcome:
    """Play a scenario in the database that is configured now, which must be empty.

    No mail leaves: each is recorded as sent at the simulated instant, and `mails` gets it as a file. until: sweeps run
    on to this instant after the last deed (`ends` of the scenario when not given). A deed that is refused without being
    expected to ends the play as a failure, with its line.
    """
    dues = Dues()
    with delivery.recording(mails) as wire, outbox.without_hints(), dues.watching(), postponed.raising():
        on_stage = set_up(scenario, password=password)
        clock = _Clock(on_stage, scenario.starts_at, wire, dues)
        failed: list[Failure] = []
        for turn in scenario.turns:
            clock.run_to(turn.at)
            found = _do(on_stage, turn)
            tell(_line(turn, scenario.zone, found))
            failed += found
            if found and turn.deed.do != "expect":
                break
        else:
            clock.run_to(until or scenario.ends_at or clock.now)
        facts = facts_of(on_stage, clock.now)
        if not any(failure.is_fatal for failure in failed):
            failed += failures(scenario.expect, facts, scenario.zone)
        return Outcome(scenario, facts, tuple(failed), clock.now)


class _Clock:
    def __init__(self, on_stage: Play, starts_at: datetime, wire: delivery.Recording, dues: Dues) -> None:
        self.on_stage = on_stage
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
            down_until = self.on_stage.mail_down_until
            self.wire.is_away = down_until is not None and self.now < down_until
            for sweep in due:
                sweep.run(self.now)
        self.now = max(self.now, until)


def _do(on_stage: Play, turn: Turn) -> list[Failure]:
    """Do one deed; what did not go as the scenario says."""
    deed, line = turn.deed, turn.line
    on_stage.turn = turn
    if deed.do == "verify":
        proven = facts_of(on_stage, turn.at)["audit"]["verified"]
        return [] if proven else [Failure(line, "verify", True, False, is_fatal=True)]
    if deed.do == "expect":
        proves = any(one.path[0] == "audit" for one in turn.expect)
        return failures(turn.expect, facts_of(on_stage, turn.at, proves=proves), on_stage.scenario.zone)
    try:
        deed.play(on_stage)
    except Refused as refused:
        code = refused.refusal.code
        if code == deed.refused:
            return []
        return [Failure(line, deed.do, deed.refused, code, str(refused.refusal.text), is_fatal=True)]
    except Impossible as impossible:
        return [Failure(line, deed.do, None, "impossible", str(impossible), is_fatal=True)]
    except (DatabaseError, ValidationError) as error:
        return [Failure(line, deed.do, None, "not_taken", str(error).strip(), is_fatal=True)]
    except NoMail:
        text = _("%(party)s has been sent no mail with a link.") % {"party": on_stage.body.name}
        return [Failure(line, deed.do, None, "no_mail", text, is_fatal=True)]
    if deed.refused:
        return [Failure(line, deed.do, deed.refused, "", _("The deed was not refused."), is_fatal=True)]
    return []


def _line(turn: Turn, zone: ZoneInfo, found: list[Failure]) -> str:
    party = f" · {turn.party}" if turn.party and turn.party != turn.by else ""
    mark = "✗" if found else "·"
    return f"{turn.at.astimezone(zone):%Y-%m-%d %H:%M} {mark} {turn.deed.do} {turn.by}{party}".rstrip()
