"""The demo and its doors: laid at awkward days, played once, and of one office."""

from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from consultations.management.commands.demo import SCENARIOS as DEMO_SCENARIOS
from consultations.models import Answer, AnswerFile, HearingRound, Invitation
from consultations.player import own_database, play, play_together, read_scenario
from consultations.player.check import ScenarioRefused
from consultations.states import AnswerState, RoundState
from notifications.models import OutgoingMail
from tests.plays.test_plays import COPENHAGEN, HERE, SCENARIOS, TODAY, database, told
from workflow.deadlines import DENMARK, instant
from workflow.models import AuditEntry, Deadline, DocumentVersion
from workflow.queries.doors import doors
from workflow.queries.processes import open_stages

pytestmark = pytest.mark.slow

__all__ = ["database"]


AWKWARD = [
    date(2026, 12, 24),  # closed
    date(2026, 12, 31),  # closed
    date(2027, 1, 1),  # a holiday, and the day two regions merge
    date(2027, 1, 4),  # the first working day
    date(2027, 3, 28),  # Easter Sunday, and summer time begins
    date(2027, 5, 6),  # Ascension Day
    date(2027, 7, 15),  # the school summer holiday
    date(2027, 8, 16),  # just after it
    date(2027, 10, 31),  # summer time ends
    date(2027, 11, 1),  # the day after
    date(2028, 2, 29),  # a leap day
    date(2028, 6, 5),  # Constitution Day
]


@pytest.mark.sqlite
@pytest.mark.parametrize("day", AWKWARD, ids=str)
def test_lay_demo_at_awkward_day_stops_in_the_middle_of_the_hearing(day: date) -> None:
    now = instant(day, time(9), COPENHAGEN)
    scenarios = [read_scenario(path, day) for path in DEMO_SCENARIOS]
    scenario = scenarios[0]
    configured = connection.vendor

    with own_database():
        outcomes = play_together(scenarios, until=now)

        assert connection.vendor == configured
        assert [told(outcome.failures) for outcome in outcomes] == [[], [], []]
        assert all(turn.at < now for one in scenarios for turn in one.turns), "everything lies behind us"
        deadline = Deadline.objects.get(kind="reply", stage__key="hearing", subject_id=_round().public_id)
        assert now < deadline.at
        assert DENMARK.is_working_day(deadline.on)
        assert (deadline.on - scenario.turns[12].at.date()).days >= 27
        assert _round().state == RoundState.OPEN
        assert Answer.objects.filter(state=AnswerState.DRAFT).exists()
        assert Invitation.objects.filter(round__state=RoundState.OPEN, bounced_at__isnull=False).count() == 1
        asked = Deadline.objects.get(name="municipal_approval")
        assert now < asked.at, "the councils are still asked"


def _round() -> Any:
    return HearingRound.objects.get(stage__key="hearing", stage__process__definition__key="sundhedsaftale")


@dataclass(frozen=True)
class Laid:
    """What the demo is once its command has laid it. told: what the command says, the first time and the second.
    entries: of the record after each. stages: the open ones behind each door. asked: doors whose hearing has been sent.
    """

    told: tuple[list[str], list[str]]
    entries: tuple[int, int]
    stages: dict[str, list[str]]
    asked: list[str]
    officers: set[str]
    read_in: dict[str, int]
    attached: set[str]
    words: list[int]


@cache
def laid() -> Laid:
    """Laid once for all that is asked of it."""
    told, entries = [], []
    with override_settings(DEMO=True), own_database():
        for day in ("2026-11-22", "2026-11-25"):
            with redirect_stdout(StringIO()) as said:
                call_command("demo", "--on", day)
            told.append(said.getvalue().splitlines())
            entries.append(AuditEntry.objects.count())
        mails = OutgoingMail.objects.filter(kind="hearing_invitation").values_list("process_id", flat=True).distinct()
        versions = DocumentVersion.objects.filter(document__process__definition__key="sundhedsaftale")
        return Laid(
            told=(told[0], told[1]),
            entries=(entries[0], entries[1]),
            stages={door.key: [stage.key for stage in open_stages(door.process)] for door in doors()},
            asked=[door.key for door in doors() if door.process.public_id in set(mails)],
            officers={door.officer.name for door in doors()},
            read_in={version.file.name: version.sections.count() for version in versions if version.file},
            attached=set(AnswerFile.objects.values_list("file__name", flat=True)),
            words=[len(text.split()) for text in Answer.objects.values_list("text", flat=True)],
        )


def test_demo_command_plays_once_and_tells_the_people() -> None:
    first, second = laid().told

    assert laid().entries[0] == laid().entries[1]
    assert any("maria@samraad.example" in line for line in first)
    assert first[-4:] == second[-4:]


def test_demo_command_lays_every_door_where_its_name_says() -> None:
    assert laid().stages == {
        "demo-before-sending": ["hearing"],
        "demo": ["hearing"],
        "demo-councils-deciding": ["municipal_approval"],
    }
    assert laid().asked == ["demo"]
    assert laid().officers == {"Maria Lindholm"}


def test_demo_command_reads_its_texts_in_and_has_answers_with_files() -> None:
    assert laid().read_in == {"politisk-sundhedsaftale.docx": 36, "administrativ-del.docx": 23}
    assert {"Høringssvar fra Diabetesforeningen.docx", "Høringssvar underskrevet.pdf"} <= laid().attached
    assert sum(length > 50 for length in laid().words) >= 8


def test_play_together_of_another_office_is_refused() -> None:
    scenarios = [read_scenario(SCENARIOS / f"{name}.yaml", TODAY) for name in ("demo", "hoering")]
    with own_database(), pytest.raises(ScenarioRefused) as refused:
        play_together([scenarios[1], scenarios[0]])

    assert [problem.file for problem in refused.value.problems] == ["demo.yaml"]


def test_demo_command_leaves_a_database_in_use_alone(capsys: Any, settings: Any) -> None:
    settings.DEMO = True
    with own_database():
        play(read_scenario(HERE / "guideline-2024.yaml", TODAY))
        entries = AuditEntry.objects.count()

        call_command("demo")

        assert AuditEntry.objects.count() == entries
    assert "VAR_DIR" in capsys.readouterr().out


def test_demo_command_is_refused_without_demo(settings: Any, capsys: Any) -> None:
    settings.DEMO = False
    with own_database(), pytest.raises(SystemExit):
        call_command("demo")

    assert "DEMO=1" in capsys.readouterr().err
