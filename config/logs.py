"""Logging for every process of an installation, with personal links, typed codes, secrets and e-mail addresses masked.

Everything ends in one handler: our own events (structlog), Django's warnings, gunicorn's access log and Celery's.
"""

import logging
import logging.config
import re
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

import structlog
from gunicorn.config import Config
from gunicorn.glogging import Logger

PERSONAL_LINK = "[personal link]"
_LINK = re.compile(r"(?:https?://[^\s/\"'<>]+)?/l/[0-9A-Za-z-]+/[^/\s\"'<>?#]+/?[^\s\"'<>]*")
# Four-four-four letters and digits, and not the middle of a UUID.
_CODE = re.compile(r"(?<![\w-])[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}(?![\w-])")
# No address has more before its sign; without a bound a long text takes time that grows with its square.
_MAIL_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_CREDENTIALS = re.compile(r"(?<=://)[^\s/@]+@")
_NAMED_SECRET = re.compile(
    r"(?P<name>\b(?:password|passwd|token|secret|code|key|sessionid|csrfmiddlewaretoken)[\"']?\s*[=:]\s*[\"']?)"
    r"(?P<value>[^\s&;,\"'})\]]+)",
    re.IGNORECASE,
)
_SECRET_KEYS = re.compile(r"pass(word|wd)|token|secret|authorization|cookie|typed_code|link_key", re.IGNORECASE)
_MIN_SECRET = 8  # shorter values would mask ordinary words


class OneLine(logging.Filter):
    """A refused page is one line, which django_structlog writes with its status: Django's own about it are left out.

    Only a request under another host's name is refused before that; Django's line about it stays, without its trace.
    Faults (500 and more) go on with all they say.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to write the record."""
        if not 400 <= getattr(record, "status_code", 0) < 500:
            return True
        record.exc_info = None
        return record.name == "django.security.DisallowedHost"


class Masking:
    """The last processor but one: nothing that opens a door or names a person's address reaches the log."""

    def __init__(self, secrets: Iterable[str]) -> None:
        longest_first = sorted({secret for secret in secrets if len(secret) >= _MIN_SECRET}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def text(self, value: str) -> str:
        """`value` with every link, code, secret and address in it replaced by a word in brackets."""
        if self._known:
            value = self._known.sub("[secret]", value)
        value = _CREDENTIALS.sub("[secret]@", value)
        value = _LINK.sub(PERSONAL_LINK, value)
        value = _NAMED_SECRET.sub(lambda match: match["name"] + "[secret]", value)
        value = _MAIL_ADDRESS.sub("[e-mail]", value)
        return _CODE.sub("[code]", value)

    def _masked(self, value: object) -> object:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, bool | int | float | None):
            return value
        if isinstance(value, Mapping):
            return {
                str(key): "[secret]" if _SECRET_KEYS.search(str(key)) else self._masked(item)
                for key, item in value.items()
            }
        if isinstance(value, list | tuple | set | frozenset):
            return [self._masked(item) for item in value]
        return self.text(str(value))

    def __call__(self, logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        for key, value in event.items():
            if key.startswith("_"):
                continue  # structlog's own record, removed before rendering
            event[key] = "[secret]" if _SECRET_KEYS.search(key) else self._masked(value)
        return event


def _processors() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]


def logging_config(*, level: str, as_json: bool, secrets: Iterable[str]) -> dict[str, Any]:
    """A `logging.config` dictionary: one stream, one formatter, masked. `level` is a name such as INFO."""
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "masked": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [*_processors()],
                "processors": [
                    Masking(secrets),
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    renderer,
                ],
            }
        },
        "filters": {"one_line": {"()": OneLine}},
        "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "masked", "filters": ["one_line"]}},
        "root": {"handlers": ["stream"], "level": level},
        "loggers": {
            "django": {"level": level},
            # The request line is logged once, by django_structlog; the development server's own is not needed.
            "django.server": {"level": "WARNING", "handlers": [], "propagate": True},
            "celery.app.trace": {"level": "WARNING"},
            "axes": {"level": "WARNING"},
            # A line for each page that is laid out, and for each font.
            "weasyprint": {"level": "ERROR"},
            "weasyprint.progress": {"level": "ERROR"},
            "fontTools": {"level": "ERROR"},
        },
    }


def use_structlog(config: dict[str, Any]) -> None:
    """Lead this process's logging, ours and the libraries', into the masked stream."""
    logging.config.dictConfig(config)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_processors(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


class GunicornLogger(Logger):
    """gunicorn's log and access log, sent through the masked stream instead of handlers of its own."""

    def setup(self, cfg: Config) -> None:
        """Take gunicorn's level, and leave the writing to the root logger."""
        self.loglevel = getattr(logging, str(cfg.loglevel).upper(), logging.INFO)
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
            log.propagate = True
            log.setLevel(self.loglevel)
        if not cfg.accesslog:
            self.access_log.setLevel(logging.CRITICAL)
