"""Which addresses can be written to, and how long delivery waits. No database."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications import rules
from tests.conftest import NOW


@pytest.mark.parametrize(
    "address", ["raad@example.dk", "aeldreraad+hoering@slagelse.example", "post@rådhuset.example", "o'neil@example.dk"]
)
def test_may_mail_possible_address_is_allowed(address: str) -> None:
    assert rules.may_mail(address) is None


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("", "address_missing"),
        ("  ", "address_missing"),
        ("raad@example.dk ", "address_space"),
        ("raad@example.dk\nBcc: all@example.dk", "address_space"),
        ("raad@example.dk\r\nSubject: x", "address_space"),
        ("Ældrerådet <raad@example.dk>", "address_space"),
        ("a@example.dk;b@example.dk", "address_several"),
        ("a@@example.dk", "address_several"),
        ("a,b@example.dk", "address_several"),
        ("example.dk", "address_incomplete"),
        ("raad@", "address_incomplete"),
        ("ældreråd@example.dk", "address_letters"),
        ("raad@example", "address_impossible"),
        ("raad@.dk", "address_impossible"),
        ("raad..et@example.dk", "address_impossible"),
        ("x" * 250 + "@example.dk", "address_long"),
    ],
)
def test_may_mail_impossible_address_is_refused_with_its_reason(address: str, code: str) -> None:
    refusal = rules.may_mail(address)
    assert refusal is not None
    assert refusal.code == code
    assert str(refusal.text)


@given(st.text())
def test_may_mail_any_text_never_lets_a_line_break_through(text: str) -> None:
    if rules.may_mail(text) is None:
        assert rules.one_line(text) == text
        assert text.count("@") == 1


@given(st.text())
def test_one_line_any_text_holds_no_line_break(text: str) -> None:
    assert len(rules.one_line(text).splitlines()) <= 1 or "\x1c" in text
    assert "\n" not in rules.one_line(text)
    assert "\r" not in rules.one_line(text)


def test_next_attempt_after_more_attempts_waits_longer_up_to_an_hour() -> None:
    waits = [rules.next_attempt(attempts, NOW) - NOW for attempts in range(1, 200)]
    assert waits[:4] == [timedelta(minutes=m) for m in (1, 2, 4, 8)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=1)


def test_next_attempt_while_server_is_away_waits_five_minutes_at_most() -> None:
    assert rules.next_attempt(50, NOW, server_is_away=True) == NOW + timedelta(minutes=5)


def test_is_given_up_counts_three_days_from_first_attempt() -> None:
    assert not rules.is_given_up(None, NOW)
    assert not rules.is_given_up(NOW - timedelta(days=3) + timedelta(microseconds=1), NOW)
    assert rules.is_given_up(NOW - timedelta(days=3), NOW)
