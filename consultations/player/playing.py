"""The clock of a play: from deed to deed, and between them from sweep to due sweep. `play` and `demo` come in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from consultations import sweeps as consultation_sweeps
from consultations.player.cast import Play, set_up
from consultations.player.deeds import Impossible, doing
from consultations.player.dues import Dues
from consultations.player.mailbox import NoMail
from consultations.player.outcome import Failure, Outcome, facts_of, failures
from consultations.player.scenario import Deed, Scenario
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
        stage = set_up(scenario, password=password)
        clock = _Clock(stage, scenario.start.at, wire, dues)
        failed: list[Failure] = []
        for deed in scenario.deeds:
            clock.run_to(deed.at)
            found = _do(stage, deed, clock)
            tell(_line(stage, deed, clock.now, found))
            failed += found
            if found and deed.do != "expect":
                break
        else:
            clock.run_to(until or scenario.ends_at or clock.now)
        facts = facts_of(stage, clock.now)
        if not any(failure.is_fatal for failure in failed):
            failed += failures(scenario.expect, facts, scenario.zone)
        return Outcome(scenario, facts, tuple(failed), clock.now)


class _Clock:
    def __init__(self, stage: Play, starts_at: datetime, wire: delivery.Recording, dues: Dues) -> None:
        self.stage = stage
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
            down_until = self.stage.mail_down_until
            self.wire.is_away = down_until is not None and self.now < down_until
            for sweep in due:
                sweep.run(self.now)
        self.now = max(self.now, until)


def _do(stage: Play, deed: Deed, clock: _Clock) -> list[Failure]:
    """Do one deed; what did not go as the scenario says."""
    if deed.do in ("expect", "verify"):
        clock.run_to(deed.at)
        if deed.do == "verify":
            proven = facts_of(stage, deed.at)["audit"]["verified"]
            return [] if proven else [Failure(deed.line, "verify", True, False, is_fatal=True)]
        wanted = deed.values["expect"]
        proves = any(one.path[0] == "audit" for one in wanted)
        return failures(wanted, facts_of(stage, deed.at, proves=proves), stage.scenario.zone)
    try:
        doing(deed.do)(stage, deed)
    except Refused as refused:
        code = refused.refusal.code
        if code == deed.refused:
            return []
        return [Failure(deed.line, deed.do, deed.refused or None, code, str(refused.refusal.text), is_fatal=True)]
    except Impossible as impossible:
        return [Failure(deed.line, deed.do, None, "impossible", str(impossible), is_fatal=True)]
    except NoMail:
        text = _("%(party)s has been sent no mail with a link.") % {"party": stage.body(deed).name}
        return [Failure(deed.line, deed.do, None, "no_mail", text, is_fatal=True)]
    if deed.refused:
        return [Failure(deed.line, deed.do, deed.refused, "", _("The deed was not refused."), is_fatal=True)]
    return []


def _line(stage: Play, deed: Deed, now: datetime, found: list[Failure]) -> str:
    who = deed.by or ""
    party = f" · {deed.party}" if deed.party and deed.party != deed.by else ""
    mark = "✗" if found else "·"
    return f"{deed.at.astimezone(stage.scenario.zone):%Y-%m-%d %H:%M} {mark} {deed.do} {who}{party}".rstrip()
