"""Every address against what no form of ours sends: nothing breaks, and words that were sent stand on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.test.client import ClientHandler
from django.urls import reverse

from config.wsgi import application, leave_out_charset
from tests.architecture.estate import NOW, Estate, an_estate
from tests.architecture.odd_visitors import WORDS, Controls, clients, visitor_of
from tests.architecture.test_fields import ROOT, our_forms
from tests.architecture.test_url_policies import BY_NAME, parameters, press, url_of, walked

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.postgres]
NUL, HALF = "\x00", "\ud800"
ODD = (NUL, "²³", "9" * 5_000, HALF, "9" * 20)
ADMINS_OWN = (
    "q",
    "p",
    "o",
    "e",
    "all",
    "_popup",
    "_to_field",
    "next",
    "id__exact",
    "pk",
    "pk__in",
    "id__gt",
    "app_label",
)


def query_names() -> list[str]:
    """Every query parameter that the product reads, and those of the library's lists."""
    read = {
        name
        for folder in ("config", "consultations", "workflow", "notifications")
        for path in (ROOT / folder).rglob("*.py")
        for name in re.findall(r"\.GET(?:\.get|\.getlist)?[(\[]\"(\w+)\"", path.read_text())
    }
    assert {"page", "definition", "gemt"} <= read
    searched = {name for form in our_forms() if "Search" in form.__name__ for name in form.base_fields}
    return sorted(read | searched | set(ADMINS_OWN) | {"closes_on", "clock", "vis"})


@pytest.fixture(autouse=True)
def demo(settings: Any) -> Iterator[None]:
    """The demo asks for no second factor."""
    settings.DEMO = True
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def estate() -> Estate:
    return an_estate("oest")


def send(client: Client, method: str, url: str, data: Any = None, **more: Any) -> HttpResponseBase:
    """Send, and undo what was done."""
    with transaction.atomic():
        response: Any = (
            client.generic(method, url, data or b"", **more)
            if data is None or isinstance(data, bytes)
            else getattr(client, method.lower())(url, data, **more)
        )
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    return response


def encoded(value: str) -> str:
    """As it goes into an address."""
    return quote(value.encode("utf-8", "surrogatepass"))


def test_send_odd_query_parameters_to_every_address_breaks_nothing(estate: Estate) -> None:
    names, who, broke = query_names(), clients(estate), []

    for at, policy in walked():
        client, url = who[visitor_of(policy)], url_of(at, estate)
        for odd in ODD:
            query = "&".join(f"{name}={encoded(odd)}" for name in [*names, "page[]"])
            if send(client, "GET", f"{url}?{query}").status_code < 500:
                continue
            alone = [name for name in names if send(client, "GET", f"{url}?{name}={encoded(odd)}").status_code >= 500]
            broke.append(f"GET {at.name} {odd[:12]!r}: {', '.join(alone)}")

    assert not broke, "\n" + "\n".join(broke)


def test_send_odd_path_parameters_to_every_address_breaks_nothing(estate: Estate) -> None:
    who, broke = clients(estate), []

    for at, policy in walked():
        client, url = who[visitor_of(policy)], url_of(at, estate)
        for name in parameters(at):
            if f"<uuid:{name}>" in at.route and at.name != "process":  # all are turned away in one place
                continue
            value = str(estate.kwargs[name](at))
            for odd in (*ODD, "a" * 5_000):
                for method in ("GET", "POST"):
                    one = url.replace(value, encoded(odd), 1) if value in url else f"{url}{encoded(odd)}"
                    if send(client, method, one).status_code >= 500:
                        broke.append(f"{method} {at.name} {name}={odd[:12]!r}")

    assert not broke, "\n" + "\n".join(broke)


def all_names() -> list[str]:
    """The name of every field of every form, and what pages of ours send besides."""
    names = {name for form in our_forms() for name in form.base_fields}
    return sorted(names | {"key", "version", "do", "held", "leave_out", "one_more", "definition", "next", "language"})


def test_post_odd_values_for_every_field_to_every_address_breaks_nothing(estate: Estate) -> None:
    names, who, broke = all_names(), clients(estate), []

    for at, policy in walked():
        client, url = who[visitor_of(policy)], url_of(at, estate)
        for odd in ODD:
            sent = {name: [odd.replace(HALF, "\ufffd"), WORDS] for name in names}
            sent |= {f"{name}[]": odd.replace(HALF, "\ufffd") for name in names}
            if send(client, "POST", url, sent).status_code < 500:
                continue
            alone = [name for name in names if send(client, "POST", url, {name: sent[name]}).status_code >= 500]
            broke.append(f"POST {at.name} {odd[:12]!r}: {', '.join(alone)}")
        files = {name: SimpleUploadedFile("\x00²/../x.pdf", b"\x00") for name in names}
        if send(client, "POST", url, files).status_code >= 500:
            broke.append(f"POST {at.name} with files for words")

    assert not broke, "\n" + "\n".join(broke)


def test_post_odd_words_in_forms_filled_in_otherwise_keeps_the_words(estate: Estate) -> None:
    who, broke, lost, forms_seen = clients(estate), [], [], 0

    for at, policy in walked():
        # A password is never written back into a page.
        if policy == "admin" or at.name.startswith(("account_", "mfa_", "password_set")):
            continue
        client, url = who[visitor_of(policy)], url_of(at, estate)
        page: Any = press(client, "GET", url)
        if page.status_code != 200 or "html" not in page["Content-Type"]:
            continue
        controls = Controls()
        controls.feed(page.content.decode())
        for action, values, typed, _id in controls.forms:
            target = urlsplit(action).path or url
            if action == "-" or target in (reverse("set_language"), reverse("account_logout")):
                continue
            forms_seen += 1
            hidden = sorted(set(values) - typed - {"csrfmiddlewaretoken"})
            words = dict.fromkeys(typed, WORDS)
            for odd in ("\x00²", "9" * 5_000):
                # In all that is typed at once, then in each field alone of a form that is right otherwise.
                tries = [dict.fromkeys(typed, f"{WORDS} {odd}")]
                tries += [{name: f"{WORDS} {odd}"} for name in sorted(typed)]
                tries += [words | {name: odd} for name in hidden]
                for odd_ones in tries:
                    sent = values | odd_ones
                    answered: Any = send(client, "POST", target, sent)
                    what = f"POST {at.name} {answered.status_code} {odd[:4]!r} in {', '.join(odd_ones)}"
                    if answered.status_code >= 500:
                        broke.append(what)
                    elif answered.status_code >= 400 and typed and WORDS not in unescape(answered.content.decode()):
                        lost.append(what)

    assert forms_seen > 40
    assert not broke, "\n" + "\n".join(broke)
    assert not lost, "\n" + "\n".join(lost)


BODIES = (b"", b"null", b"[]", b'"\\ud800"', b'{"a": "\\u0000"}', b"[" * 5_000, b"\xff\xfe", b'[{"event": []}]')
KINDS = ("application/json", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain; charset=odd")


def test_post_odd_bodies_to_every_address_breaks_nothing(estate: Estate, settings: Any) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": "hook:secret"}
    who, broke = clients(estate), []

    for at, policy in walked():
        client, url = who[visitor_of(policy)], url_of(at, estate)
        is_hook = at.name.startswith("anymail")
        hook = {"HTTP_AUTHORIZATION": "Basic aG9vazpzZWNyZXQ="} if is_hook else {}
        for number, body in enumerate(BODIES):
            for kind in KINDS[:2] if is_hook else KINDS[number : number + 1]:
                if send(client, "POST", url, body, content_type=kind, **hook).status_code >= 500:
                    broke.append(f"POST {at.name} {kind} {body[:12]!r}")

    assert not broke, "\n" + "\n".join(broke)


@pytest.mark.parametrize("odd", [*ODD, "a" * 9_000])
def test_send_odd_cookies_and_headers_breaks_nothing(estate: Estate, odd: str) -> None:
    broke = []
    plain = odd.encode("utf-8", "surrogatepass").decode("latin-1")
    for name in ("sessionid", "csrftoken", "django_language", "messages"):
        client = Client(raise_request_exception=False)
        client.cookies[name] = plain
        for url in ("/", reverse("account_login"), reverse("link_code")):
            for method in ("GET", "POST"):
                if send(client, method, url).status_code >= 500:
                    broke.append(f"{method} {url} cookie {name}")
    for name in ("referer", "accept-language", "x-forwarded-for", "user-agent", "origin", "range", "if-modified-since"):
        client = BY_NAME["officer"].comes(estate, estate)
        for url in ("/", reverse("link_code"), reverse("process_suspend", args=[estate.process.public_id])):
            for method in ("GET", "POST"):
                if send(client, method, url, {}, headers={name: plain}).status_code >= 500:
                    broke.append(f"{method} {url} header {name}")

    assert not broke, "\n".join(broke)


class AsServed(ClientHandler):
    """The handler of a test's browser, behind what stands before Django when the application is served."""

    def __call__(self, environ: dict[str, Any]) -> Any:
        leave_out_charset(environ)
        return super().__call__(environ)


NO_TEXT = ("rot13", "hex", "base64", "zlib", "bz2", "punycode", "idna", "undefined", "foo", "", "utf-8\x00", "utf-16")
HALVES = {"utf-7": "+2AA-", "unicode_escape": "\\ud800"}
ODD_KINDS = [
    *(f"text/plain; charset={name}" for name in NO_TEXT),
    *('text/plain; CHARSET = "hex"', "text/plain; charset*0=he; charset*1=x", "text/plain; charset*=foo''%41"),
]
PART = "--b\r\nContent-Disposition: form-data; {about}\r\n\r\n{words}\r\n--b--\r\n"
ODD_PARTS = [
    *(f"name*={name}''%2B2AA-%5Cud800" for name in ("hex", "foo", *HALVES)),
    *(f"name=f; filename*={name}''%2B2AA-%5Cud800" for name in ("hex", "foo", *HALVES)),
]
ODD_HEADERS = [
    *({"referer": odd} for odd in ("http://[", "http://[::1", "//[", "http://\u212a]")),
    *({"origin": odd} for odd in ("http://[", "null")),
    *({"host": odd} for odd in ("[", "[]", "a_b:99999999", "localhost:x", "evil.example")),
]


def odd_requests() -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    """Method, body and the rest of requests that no browser sends; the first of each kind stands for it everywhere."""
    for kind in ODD_KINDS:
        yield "GET", b"", {"CONTENT_TYPE": kind, "QUERY_STRING": "q=%C3%A6"}
    for name in (*HALVES, *NO_TEXT):
        body = PART.format(about='name="name"', words=HALVES.get(name, WORDS)).encode()
        yield "POST", body, {"content_type": f"multipart/form-data; boundary=b; charset={name}"}
    for about in ODD_PARTS:
        yield (
            "POST",
            PART.format(about=about, words=WORDS).encode(),
            {"content_type": "multipart/form-data; boundary=b"},
        )
    for headers in ODD_HEADERS:
        yield "POST", b"name=a", {"content_type": "application/x-www-form-urlencoded", "headers": headers}
        yield "GET", b"", {"headers": headers}


EVERYWHERE = [
    ("GET", "rot13"),
    ("POST", "charset=utf-7"),
    ("POST", "charset=hex"),
    ("POST", "'http://['"),
    ("GET", "'http://['"),
]
ALL_AT = ("front", "link_code", "process_suspend", "round_parties", "reply")


def test_send_odd_encodings_and_addresses_to_every_address_breaks_nothing(estate: Estate) -> None:
    who, broke, tried = clients(estate), [], 0
    for client in who.values():
        client.handler = AsServed(enforce_csrf_checks=False)
        client.raise_request_exception = False
    requests = list(odd_requests())
    few = [one for one in requests if any(one[0] == method and part in str(one[2]) for method, part in EVERYWHERE)]

    for at, policy in walked():
        client, url = who[visitor_of(policy)], url_of(at, estate)
        tried += at.name in ALL_AT
        for method, body, more in requests if at.name in ALL_AT else few:
            if send(client, method, url, body, **more).status_code >= 500:
                broke.append(f"{method} {at.name} {more} {body!r}")

    assert tried >= 4
    assert len(few) < 9
    assert not broke, "\n" + "\n".join(broke)


def test_post_in_an_encoding_that_makes_no_text_reads_the_words_as_utf_8(estate: Estate) -> None:
    sent = PART.format(about='name="code"', words="Æblegrød").encode()
    said: list[str] = []
    environ = Client()._base_environ(
        **{
            "REQUEST_METHOD": "POST",
            "PATH_INFO": reverse("link_code"),
            "QUERY_STRING": "q=%C3%A6",
            "CONTENT_TYPE": "multipart/form-data; boundary=b; charset=rot13",
            "CONTENT_LENGTH": str(len(sent)),
            "wsgi.input": BytesIO(sent),
        }
    )

    page = b"".join(application(environ, lambda status, headers: said.append(status))).decode()

    assert said == ["403 Forbidden"]
    assert "Æblegrød" in page


def test_switch_language_in_the_middle_of_every_form_keeps_the_words(estate: Estate) -> None:
    who, lost, forms_seen = clients(estate), [], 0

    for at, policy in walked():
        # A password is never written back into a page.
        if policy == "admin" or at.name.startswith(("account_", "mfa_", "password_set")):
            continue
        client, url = who[visitor_of(policy)], url_of(at, estate)
        page: Any = press(client, "GET", url)
        if page.status_code != 200 or page.streaming or b'id="in-progress"' not in page.content:
            continue
        controls = Controls()
        controls.feed(page.content.decode())
        [values, typed] = next((form[1], form[2]) for form in controls.forms if form[3] == "in-progress")
        words = {name: f"{WORDS} {n}" for n, name in enumerate(sorted(typed)) if values[name] in (WORDS, "1")}
        forms_seen += bool(words)
        shown: Any = send(client, "POST", url, values | words | {"switch_language": "en"})
        if shown.status_code != 200 or b'lang="en"' not in shown.content:
            lost.append(f"{at.name}: {shown.status_code}")
        lost += [f"{at.name}: {name}" for name, text in words.items() if text not in unescape(shown.content.decode())]

    assert forms_seen > 20
    assert not lost, "\n" + "\n".join(lost)
