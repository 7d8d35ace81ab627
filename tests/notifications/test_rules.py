"""Which addresses can be written to, and how long delivery waits. No database."""

import smtplib
import socket
import ssl
from datetime import timedelta
from email.utils import formataddr
from typing import Any

import pytest
from django.core.mail.message import sanitize_address
from hypothesis import given
from hypothesis import strategies as st

from notifications import rules
from notifications.delivery.wire import _short
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
        ("raad@[192.0.2.1]", "address_impossible"),
        ("raad@r\N{ZERO WIDTH JOINER}aad.example", "address_impossible"),
        ("raad@r\N{ZERO WIDTH NON-JOINER}aad.example", "address_impossible"),
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


@pytest.mark.parametrize(
    ("domain", "on_the_wire"),
    [
        ("straße.example", "xn--strae-oqa.example"),  # by the standard of 2003: strasse.example, somebody else
        ("βόλος.example", "xn--nxasmm1c.example"),
        ("RÅDHUSET.example", "xn--rdhuset-exa.example"),
        ("Slagelse.example", "Slagelse.example"),
    ],
)
def test_on_the_wire_with_letters_two_standards_read_differently_is_idna_2008(domain: str, on_the_wire: str) -> None:
    assert rules.may_mail(f"raad@{domain}") is None
    assert rules.on_the_wire(f"raad@{domain}") == f"raad@{on_the_wire}"


@pytest.mark.parametrize(("is_local", "code"), [(True, None), (False, "address_without_dot")])
def test_may_mail_to_a_domain_without_a_dot_is_for_local_installations(
    settings: Any, is_local: bool, code: str | None
) -> None:
    settings.IS_LOCAL = is_local
    refusal = rules.may_mail("raad@localhost")
    assert (refusal.code if refusal else None) == code


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


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [("Anna@Byen.dk", " anna@byen.DK", True), ("strasse@byen.dk", "straße@byen.dk", False)],
)
def test_folded_address_of_two_writings_is_the_same_only_where_one_mailbox_gets_both(
    one: str, other: str, is_same: bool
) -> None:
    assert (rules.folded_address(one) == rules.folded_address(other)) is is_same


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


# ── Why a mail did not arrive ─────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("noted", "words"),
    [
        ("552 5.2.2 Over quota", "Modtagerens postkasse er fuld."),
        ("452 4.2.2 Mailbox full", "Modtagerens postkasse er fuld."),
        ("552 5.3.4 Message too big", "Mailserveren afviste mailen."),
        ("550 5.1.1 No such user", "Mailserveren kender ikke adressen."),
        ("550 User unknown", "Mailserveren kender ikke adressen."),
        ("smtp; 550 5.1.1 Bad destination", "Mailserveren kender ikke adressen."),
        ("535 5.7.8 Bad credentials", "Mailserveren godtog ikke installationens brugernavn og adgangskode."),
        ("530 5.7.0 Must issue a STARTTLS command first", "Der kunne ikke oprettes en sikker forbindelse (TLS)"),
        ("550 5.7.1 Blocked", "Mailserveren tager ikke imod mails fra denne afsender."),
        ("451 4.7.1 Greylisted", "Mailserveren tager ikke imod mailen lige nu."),
        ("421 Too many connections", "Mailserveren tager ikke imod mailen lige nu."),
        ("554 Transaction failed", "Mailserveren afviste mailen."),
        ("ukendt modtager", ""),
    ],
)
def test_why_undelivered_of_a_servers_answer_names_its_class_and_quotes_it(noted: str, words: str) -> None:
    why = rules.why_undelivered(noted)

    assert why.startswith(words)
    assert why.endswith(f"Serveren svarede: »{noted}«")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "Mailserveren afviste forbindelsen."),
        (TimeoutError("timed out"), "Mailserveren svarede ikke i tide."),
        (socket.gaierror(-2, "Name or service not known"), "Mailserverens navn blev ikke fundet."),
        (ssl.SSLCertVerificationError(1, "self-signed"), "Der kunne ikke oprettes en sikker forbindelse (TLS)"),
        (smtplib.SMTPNotSupportedError("STARTTLS extension not supported by server."), "Der kunne ikke oprettes en"),
        (smtplib.SMTPServerDisconnected("Connection unexpectedly closed"), "Forbindelsen til mailserveren blev afb"),
        (smtplib.SMTPServerDisconnected("Connection unexpectedly closed: timed out"), "Mailserveren svarede ikke i t"),
        (ConnectionResetError(104, "Connection reset by peer"), "Forbindelsen til mailserveren blev afbrudt."),
        (OSError(113, "No route to host"), "Mailserveren kan ikke nås."),
        (smtplib.SMTPHeloError(554, b"No"), "Mailserveren afviste mailen. Serveren svarede: »554 No«"),
        (RuntimeError("no such round"), "Mailen kunne ikke skrives."),
    ],
)
def test_why_undelivered_of_a_failure_is_told_in_words_alone(error: Exception, words: str) -> None:
    why = rules.why_undelivered(_short(error))

    assert why.startswith(words)
    assert type(error).__name__ not in why


@pytest.mark.parametrize(
    ("noted", "words"),
    [
        ("the mail server is away", "Mailserveren kan ikke nås."),
        ("the mail service answered 422", "Mailtjenesten afviste mailen."),
        ("the mail service answered 503", "Mailtjenesten tager ikke imod mailen lige nu."),
        ("the mail service is away: AnymailRequestsAPIError", "Mailtjenesten tager ikke imod mailen lige nu."),
        ("the mail service says: rejected", "Mailtjenesten afviste mailen."),
        ("the worker was lost", "Afsendelsen blev afbrudt."),
        ("", ""),
    ],
)
def test_why_undelivered_of_our_own_note_is_told_in_words_alone(noted: str, words: str) -> None:
    assert rules.why_undelivered(noted) == words


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("=?utf-8?q?K=C3=B8ge_Kommune?=", "Køge Kommune"),
        ("=?iso-8859-1?Q?K=F8ge_Kommune?= (byrådet)", "Køge Kommune (byrådet)"),
        ("=?utf-8?b?//?=", "= ?utf-8?b?//?="),
        ("=?us-ascii?q?=0d=0aBcc:x?=", "Bcc:x"),
        ("=?utf-8?Q?K=F8ge_Kommune?=", "= ?utf-8?Q?K=F8ge_Kommune?="),
        ("=?utf-8?q?=3D=3Futf-8=3Fb=3F//=3F=3D?=", "= ?utf-8?b?//?="),
        ("Hvad = ? Det ved vi ikke", "Hvad = ? Det ved vi ikke"),
    ],
)
def test_one_line_with_an_encoded_word_is_the_letters_it_stands_for_or_harmless(typed: str, name: str) -> None:
    assert rules.one_line(typed) == name


@given(st.one_of(st.text(st.characters(codec="utf-8")), st.from_regex(r"=\?[a-z0-9-]{1,9}\?[qbQB]\?[ -~]{0,20}\?=")))
def test_one_line_any_text_is_a_name_mail_can_be_written_with(text: str) -> None:
    name = rules.one_line(text)
    assert rules.one_line(name) == name
    assert "=?" not in name
    written = formataddr((name, "post@example.dk"))
    assert sanitize_address(written, "utf-8").endswith("post@example.dk>" if name else "post@example.dk")


@pytest.mark.parametrize("address", ["=?utf-8?b?//?=@example.dk", "a=?utf-8?q?=0d=0a?=@example.dk"])
def test_may_mail_to_an_encoded_word_is_refused(address: str) -> None:
    refusal = rules.may_mail(address)
    assert refusal is not None
    assert refusal.code == "address_impossible"
