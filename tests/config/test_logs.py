"""What reaches a log: never a personal link, a typed code, a secret or an e-mail address."""

import io
import json
import logging
import time
from collections.abc import Iterator

import pytest
import structlog

from config.logs import GunicornLogger, Masking, logging_config

LINK = "/l/0195e2f2-7c3a-7abc-8def-0123456789ab/Zk3-abc_DEF123/"
SECRET = "a-secret-of-this-installation-0123456789"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """The masked handler of the product, writing JSON into memory."""
    config = logging_config(level="DEBUG", as_json=True, secrets=[SECRET])
    written = io.StringIO()
    configurator = logging.config.DictConfigurator(config)
    handler = logging.StreamHandler(written)
    handler.setFormatter(configurator.configure_formatter(config["formatters"]["masked"]))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel("INFO")
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        (f"GET {LINK} HTTP/1.1", "GET [personal link] HTTP/1.1"),
        (f"GET {LINK}remarks/3/?page=2 HTTP/1.1", "GET [personal link] HTTP/1.1"),
        (f"https://samraad.example.dk{LINK}", "[personal link]"),
        ("/l/0195e2f2-7c3a-7abc-8def-0123456789ab/truncat", "[personal link]"),
        ("the code K7MN-4PQR-X9TW is wrong", "the code [code] is wrong"),
        ("code=K7MN4PQRX9TW&next=/", "code=[secret]&next=/"),
        ("mail to Jens.Hansen+x@lejre.dk failed", "mail to [e-mail] failed"),
        ("postgres://samraad:hemmelig@db/samraad", "postgres://[secret]@db/samraad"),
        (f"signed with {SECRET}", "signed with [secret]"),
        ("process 0195e2f2-7c3a-7abc-8def-0123456789ab opened", "process 0195e2f2-7c3a-7abc-8def-0123456789ab opened"),
        ("round closes 2018-03-23", "round closes 2018-03-23"),
    ],
)
def test_mask_text_with_something_private_shows_a_word_in_brackets(said: str, logged: str) -> None:
    assert Masking([SECRET]).text(said) == logged


def test_log_library_warning_with_a_link_in_its_arguments_is_masked(stream: io.StringIO) -> None:
    logging.getLogger("django.request").warning("Not Found: %s", LINK)

    assert json.loads(stream.getvalue())["event"] == "Not Found: [personal link]"


def test_log_exception_with_an_address_in_it_is_masked_in_the_traceback(stream: io.StringIO) -> None:
    try:
        raise ValueError(f"cannot send {LINK} to jens@lejre.dk")
    except ValueError:
        logging.getLogger("anything").exception("failed")

    line = stream.getvalue()
    assert "Traceback" in line
    assert "Zk3" not in line
    assert "jens@" not in line


def test_log_event_with_secret_keys_is_masked_at_any_depth(stream: io.StringIO) -> None:
    structlog.get_logger("ours").warning("posted", data={"password": "kodeord1", "to": ["a@b.dk"]}, token="abc")

    line = stream.getvalue()
    assert "kodeord1" not in line
    assert "a@b.dk" not in line
    assert json.loads(line)["token"] == "[secret]"


def test_log_access_by_gunicorn_goes_through_the_masked_stream(stream: io.StringIO) -> None:
    from gunicorn.config import Config

    cfg = Config()
    cfg.set("accesslog", "-")
    logger = GunicornLogger(cfg)

    logger.access_log.info('127.0.0.1 "GET %s HTTP/1.1" 200 "%s"', LINK, f"https://x.dk{LINK}")

    assert logger.access_log.handlers == []
    assert "Zk3" not in stream.getvalue()
    assert stream.getvalue().count("[personal link]") == 2


@pytest.mark.parametrize("heap", ["9" * 200_000, "a-" * 100_000, "x/" * 100_000, "token=" * 40_000, "a@" * 100_000])
def test_mask_long_text_takes_time_in_proportion_to_its_length(heap: str) -> None:
    began = time.process_time()

    masked = Masking([SECRET]).text(f"{heap} jens@lejre.dk")

    assert time.process_time() - began < 5  # seconds; it was minutes
    assert "jens@" not in masked
