"""Reading a form once, before anything else asks for it: what is too much is said, and what was read is kept."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote

import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParser
from django.http.response import HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.utils.datastructures import ImmutableList
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from config.views import bad_request, server_error, too_much
from workflow.views.echo import typed_in

log = structlog.get_logger(__name__)

NOTHING = "\x00"


class ReadFormMiddleware:
    """Before the tokens are compared. `request.read_so_far` (QueryDict): the fields read before a limit or a full disk
    stopped the reading; the page that says so shows them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """The page that says what was too much or cannot be read; None for all else, and where a view reads itself."""
        if NOTHING in unquote(request.META.get("QUERY_STRING", "")):
            return bad_request(request)
        if request.method != "POST" or getattr(view, "csrf_exempt", False):
            return None
        reader: Any = request
        reader.parse_file_upload = lambda meta, data: _parse(reader, meta, data)
        try:
            _read = request.POST
        except TooManyFilesSent:
            why = _("At most %(most)s files can be sent at once.")
            return _stopped(reader, why % {"most": number_format(settings.DATA_UPLOAD_MAX_NUMBER_FILES)})
        except TooManyFieldsSent:
            why = _("At most %(most)s fields can be sent at once.")
            most = number_format(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS, force_grouping=True)
            return _stopped(reader, why % {"most": most})
        except RequestDataTooBig:
            why = _("At most %(most)s of text can be sent at once.")
            return _stopped(reader, why % {"most": filesizeformat(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)})
        except UnreadablePostError:  # whoever sent it has gone
            return None
        except OSError as error:  # a full disk: files that come are laid down while they are read
            log.error("form_not_read", error=type(error).__name__, reason=str(error))
            _keep(reader)
            return server_error(request)
        return bad_request(request) if _is_odd(request) else None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What a mail service reports and nobody can read is the sender's fault (400), and a service that is not set up
        has no page here (404). A database that does not answer is ours: the service tries again."""
        match = request.resolver_match
        if match is None or "anymail" not in match.namespaces or isinstance(error, DatabaseError | Http404):
            return None
        log.warning("report_not_read", service=match.url_name, error=type(error).__name__)
        not_here = isinstance(error, ImproperlyConfigured | ImportError)
        return HttpResponse(status=HTTPStatus.NOT_FOUND if not_here else HTTPStatus.BAD_REQUEST)


def _is_odd(request: HttpRequest) -> bool:
    """Whether NUL, which no database takes, stands where nobody types. In what people type it is cleaned away."""
    odd = {
        name for name, values in request.POST.lists() if NOTHING in name or any(NOTHING in value for value in values)
    }
    return bool(odd) and bool(odd - typed_in(request))


def _parse(request: Any, meta: dict[str, Any], data: Any) -> tuple[QueryDict, Any]:
    """As Django reads a form with files, keeping hold of the reader."""
    request.upload_handlers = ImmutableList(request.upload_handlers, warning="The form has been read.")
    request.form_reader = MultiPartParser(meta, data, request.upload_handlers, request.encoding)
    form_and_files: tuple[QueryDict, Any] = request.form_reader.parse()
    return form_and_files


def _stopped(request: Any, why: str) -> HttpResponse:
    log.warning("form_too_large", path=request.path, why=why)
    _keep(request)
    return too_much(request, why)


def _keep(request: Any) -> None:
    """What had been read stays for the page; nothing tries to read on."""
    if hasattr(request, "form_reader"):
        fields = getattr(request.form_reader, "_post", None) or QueryDict()
    else:
        body = getattr(request, "_body", b"")
        fields = QueryDict(mutable=True)
        for name, value in _pairs(body):
            fields.appendlist(name, value)
    request.read_so_far = fields
    # Or the next `request.POST` would begin again, at a stream of which part is gone.
    request._mark_post_parse_error()


def _pairs(body: bytes) -> list[tuple[str, str]]:
    return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)[: settings.DATA_UPLOAD_MAX_NUMBER_FIELDS]
