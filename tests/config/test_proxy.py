"""The proxy in front: only whole requests reach gunicorn, slow clients hold up nobody, it speaks when all is gone."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.conf import settings

from bench.figures import ROOT
from bench.slow import dawdling
from config import proxy
from config.url_policies import takes_files
from tests.config.test_sizes import ADDRESSES
from tests.servers import free_port

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

needs_nginx = pytest.mark.skipif(proxy.program() is None, reason="nginx is not installed")


def _limits(path: str) -> int:
    """How many megabytes the proxy takes at an address."""
    text = proxy.CONFIGURATION.read_text(encoding="utf-8")
    for expression, most in re.findall(r'location ~ "([^"]+)" \{\s+client_max_body_size (\d+)m;', text):
        if re.search(expression, path):
            return int(most)
    found = re.search(r"client_max_body_size (\d+)m;", text)
    assert found
    return int(found[1])


def test_read_configuration_names_the_addresses_that_take_files_today() -> None:
    assert proxy.CONFIGURATION.read_text(encoding="utf-8") == proxy.current(), "python -m config.proxy"


def test_read_configuration_takes_at_every_address_what_the_application_takes() -> None:
    wrong = []
    for path, view, name in ADDRESSES:
        most = settings.MAX_UPLOAD_SIZE if takes_files(view) else settings.MAX_FORM_SIZE
        if _limits(path) != -(-most // 2**20):
            wrong.append(name)

    assert wrong == []


class _Upstream(BaseHTTPRequestHandler):
    """Keeps what reaches it, in order."""

    protocol_version = "HTTP/1.1"
    got: list[tuple[str, dict[str, str], bytes]] = []

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.got.append((self.path, dict(self.headers.items()), body))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_GET = do_POST = _answer  # noqa: N815 (the library's names)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def upstream() -> Iterator[ThreadingHTTPServer]:
    _Upstream.got.clear()
    server = ThreadingHTTPServer(("127.0.0.1", free_port()), _Upstream)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def outside(upstream: ThreadingHTTPServer) -> Iterator[int]:
    """The port at which the proxy in front of `upstream` answers."""
    port = free_port()
    with proxy.proxy(listen=f"127.0.0.1:{port}", upstream=f"127.0.0.1:{upstream.server_port}"):
        yield port


def _ask(port: int, method: str = "GET", path: str = "/", body: object = None, **headers: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, body=body, headers=headers)  # type: ignore[arg-type]
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@needs_nginx
def test_send_a_byte_now_and_then_reaches_nobody_behind_and_holds_up_nobody(outside: int) -> None:
    with dawdling(outside, 16):
        time.sleep(1)
        begun = time.monotonic()
        assert _ask(outside)[0] == 200
        taken = time.monotonic() - begun

    assert taken < 5  # and the dawdlers are cut off after ten seconds
    assert [path for path, _headers, _body in _Upstream.got] == ["/"]


@needs_nginx
@pytest.mark.slow
def test_dawdle_with_the_head_of_a_request_is_cut_off(outside: int) -> None:
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", outside), timeout=30) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        with contextlib.suppress(ConnectionResetError):
            assert line.recv(1024) == b""

    assert 8 < time.monotonic() - begun < 25
    assert _Upstream.got == []


@needs_nginx
def test_send_600_mb_to_the_page_for_typed_codes_is_refused_at_the_door(outside: int) -> None:
    with socket.create_connection(("127.0.0.1", outside), timeout=10) as line:
        line.sendall(b"POST /kode/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 629145600\r\n\r\n")
        said = line.recv(65536).decode()

    assert said.startswith("HTTP/1.1 413 ")
    assert "Det var for meget på én gang" in said
    assert _Upstream.got == []


@needs_nginx
def test_send_without_length_arrives_whole_and_with_its_length(outside: int) -> None:
    assert _ask(outside, "POST", "/kode/", body=iter([b"ab", b"cd"]))[0] == 200

    [(_path, headers, body)] = _Upstream.got
    assert body == b"abcd"
    assert headers["Content-Length"] == "4"


@needs_nginx
def test_ask_through_the_proxy_names_who_asked_and_keeps_the_host(outside: int) -> None:
    _ask(outside, **{"X-Forwarded-For": "6.6.6.6", "Host": "samraad.example.dk", "X-Forwarded-Proto": "https"})

    [(_path, headers, _body)] = _Upstream.got
    assert headers["X-Forwarded-For"] == "6.6.6.6, 127.0.0.1"
    assert headers["Host"] == "samraad.example.dk"
    assert headers["X-Forwarded-Proto"] == "https"


@needs_nginx
def test_ask_while_gunicorn_is_gone_says_so_in_words_and_goes_on_when_it_is_back(
    outside: int, upstream: ThreadingHTTPServer
) -> None:
    upstream.shutdown()
    upstream.server_close()

    status, page = _ask(outside, "POST", "/kode/", body=b"code=x")

    assert status == 503
    assert "Samråd svarer ikke lige nu" in page
    again = ThreadingHTTPServer(("127.0.0.1", upstream.server_port), _Upstream)
    threading.Thread(target=again.serve_forever, daemon=True).start()
    assert _ask(outside)[0] == 200
    again.shutdown()
    again.server_close()


def test_start_proxy_where_there_is_none_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy, "program", lambda: None)

    with pytest.raises(proxy.ProxyMissing, match="apt install nginx-light"), proxy.proxy(listen="", upstream=""):
        pass


@needs_nginx
@pytest.mark.slow
def test_kill_proxy_of_the_stack_ends_the_stack_and_says_which() -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "bench.stack"],
        cwd=ROOT,
        env=os.environ | {"PORT": str(free_port()), "HOST": "127.0.0.1", "DEMO": "0", "DATABASE_URL": ""},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert running.stdout is not None
        said = ""
        while not (found := re.search(r"proxy (\d+)", said)):
            line = running.stdout.readline()
            assert line, said
            said += line
        os.kill(int(found[1]), signal.SIGKILL)
        rest, _errors = running.communicate(timeout=60)
    finally:
        if running.poll() is None:
            running.terminate()
            running.wait(60)

    assert "proxy ended with status -9; stopping the others." in rest
    assert running.returncode == 1
