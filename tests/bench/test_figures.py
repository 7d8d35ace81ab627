"""The benchmarks still run: their words, and a small round of the delivery, in which both ways send the same mail."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bench import delivery
from bench.__main__ import MEASUREMENTS
from bench.figures import against_floor, at_most
from notifications.models import OutgoingMail
from notifications.states import MailState
from tests.consultations.factories import a_hearing
from tests.servers import MailSink


def test_say_figure_prints_one_line_with_every_key(capsys: pytest.CaptureFixture[str]) -> None:
    at_most("play_seconds", 12.345, "s", 15.0, "sqlite").say()

    assert json.loads(capsys.readouterr().out) == {
        "name": "play_seconds",
        "value": 12.35,
        "unit": "s",
        "baseline": None,
        "ratio": None,
        "target": 15.0,
        "ok": True,
        "database": "sqlite",
    }


@pytest.mark.parametrize(("ours", "more_is_better", "ok"), [(39, False, True), (41, False, False), (41, True, True)])
def test_against_floor_holds_the_ratio_to_the_target(ours: float, more_is_better: bool, ok: bool) -> None:
    figure = against_floor("any", ours, 10, "ms", 4.0, "sqlite", more_is_better=more_is_better)

    assert (figure.ratio, figure.ok) == (ours / 10, ok)


def test_measurements_cover_the_promised_figures() -> None:
    assert {name for names in MEASUREMENTS for name in names} == {
        "play_seconds",
        "definition_read_ms",
        "read_docx_seconds",
        "read_docx_mb",
        "compare_ms",
        "paper_pdf_seconds",
        "kits_seconds",
        "approval_vs_floor",
        "approval_statements",
        "put_forward_ms",
        "put_forward_queries",
        "last_of_30_ms",
        "delivery_vs_smtplib",
        "board_ms",
        "board_queries",
        "import_seconds",
        "slow_clients",
        "run_ready_seconds",
        "idle_memory_mb",
    }


@pytest.mark.django_db
def test_bare_loop_sends_what_the_worker_sends(smtp: MailSink) -> None:
    a_hearing(delivery.NOW, 2)
    now = delivery.NOW + timedelta(minutes=1)
    delivery._bare_loop(delivery._prepared(list(OutgoingMail.objects.filter(state=MailState.QUEUED))), now)
    delivery._deliver(now)

    floor, ours = smtp.messages[:2], smtp.messages[2:]
    assert [mail["To"] for mail in floor] == [mail["To"] for mail in ours]
    assert [mail["Subject"] for mail in floor] == [mail["Subject"] for mail in ours]
    assert floor[0].get_body(("plain",)).get_content() == ours[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
