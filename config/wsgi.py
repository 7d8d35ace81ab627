"""The web application as gunicorn starts it."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

_django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Every request, with its words in UTF-8 whatever encoding it says it has."""
    leave_out_charset(environ)
    return _django(environ, start_response)


def leave_out_charset(environ: dict[str, Any]) -> None:
    """Keep the kind of what is sent and its boundary alone.

    Django would look up any other encoding by its name, also one that makes no text ("hex"), before anything of ours
    is asked, or read half a letter ("utf-7") that no page can show. Browsers send UTF-8, as our pages ask.
    """
    kind, *parameters = environ.get("CONTENT_TYPE", "").split(";")
    boundaries = [parameter for parameter in parameters if parameter.partition("=")[0].strip().lower() == "boundary"]
    environ["CONTENT_TYPE"] = ";".join([kind, *boundaries])
