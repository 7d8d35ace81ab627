"""slow_clients: how long `/health/live` takes through the proxy while 64 connections send a byte every five seconds.

The floor is the same page a moment before, with nobody else there. gunicorn with two workers, nginx in front of it with
the configuration of the container; no database and no queue are asked for.
"""

from __future__ import annotations

import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path

from bench.figures import ROOT, against_floor, embedded
from config import proxy
from tests.servers import free_port

CONNECTIONS = 64  # half of them dawdle with the head of their request, half with its body
EVERY = 5.0  # seconds between two bytes
TIMES = 200  # pages asked for, one after another
SETTLED = 6.0  # seconds until every slow connection has sent its second byte
TARGET = 2.0
PATIENCE = 60.0  # seconds
HEAD = b"POST /kode/ HTTP/1.1\r\nHost: localhost\r\n"
BODY = HEAD + b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\n"


def measure() -> bool:
    """Start both, measure without and with slow clients, print the figure; where there is no nginx say so instead."""
    if not proxy.install():
        print(
            "slow_clients: nginx is not installed and cannot be installed here; nothing was measured.", file=sys.stderr
        )
        return True
    with serving() as port:
        floor = median_of(port)
        with dawdling(port, CONNECTIONS):
            time.sleep(SETTLED)
            slowed = median_of(port)
    figure = against_floor("slow_clients", slowed, floor, "ms", TARGET, "none", more_is_better=False)
    figure.say()
    return figure.ok


@contextmanager
def serving() -> Iterator[int]:
    """gunicorn behind nginx; the port at which nginx answers."""
    outer, inner = free_port(), free_port()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="samraad-bench-")))
        (folder / "static").mkdir()
        web = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "python:config.web", "config.wsgi"],
            cwd=ROOT,
            env=embedded(folder)
            | {
                "HOST": "127.0.0.1",
                "PORT": str(inner),
                "PROXIES": "1",
                "REDIS_URL": "redis://127.0.0.1:1/0",  # not asked; it keeps the queue's threads out of the web process
                "LOG_LEVEL": "ERROR",
            },
            start_new_session=True,
        )
        stack.callback(_stop, web)
        stack.enter_context(proxy.proxy(listen=f"127.0.0.1:{outer}", upstream=f"127.0.0.1:{inner}"))
        until = time.monotonic() + PATIENCE
        while not _listens(inner):
            if web.poll() is not None or time.monotonic() > until:
                sys.exit("gunicorn did not become ready.")
            time.sleep(0.05)
        for _number in range(20):  # both workers have loaded what they need
            ask(outer)
        yield outer


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def ask(port: int, path: str = "/health/live") -> tuple[int, float]:
    """Status, and milliseconds from connecting to the last byte."""
    begun = time.perf_counter()
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        answer = connection.getresponse()
        answer.read()
        return answer.status, (time.perf_counter() - begun) * 1000
    finally:
        connection.close()


def median_of(port: int) -> float:
    """The median of many pages, each over a connection of its own, in milliseconds."""
    taken = []
    for _number in range(TIMES):
        status, milliseconds = ask(port)
        if status != 200:
            sys.exit(f"/health/live answered {status}.")
        taken.append(milliseconds)
    return statistics.median(taken)


@contextmanager
def dawdling(port: int, connections: int) -> Iterator[None]:
    """So many connections that send a byte every five seconds, in a process of their own."""
    command = [sys.executable, "-m", "bench.slow", str(port), str(connections)]
    slow = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    try:
        yield
    finally:
        slow.terminate()
        slow.wait(10)


def dawdle(port: int, connections: int) -> None:
    """Send a byte every five seconds on each connection, until we are stopped; one that is cut off is opened anew."""
    lines = {number: _connect(port, number) for number in range(connections)}
    with selectors.DefaultSelector() as selector:
        for number, line in lines.items():
            selector.register(line, selectors.EVENT_READ, number)
        next_byte = time.monotonic() + EVERY
        while True:
            for key, _mask in selector.select(max(0.0, next_byte - time.monotonic())):
                selector.unregister(lines[key.data])
                lines[key.data].close()
                lines[key.data] = _connect(port, key.data)
                selector.register(lines[key.data], selectors.EVENT_READ, key.data)
            if time.monotonic() >= next_byte:
                next_byte += EVERY
                for line in lines.values():
                    _send(line, b"a")


def _connect(port: int, number: int) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    _send(line, HEAD + b"X-Slow: " if number % 2 else BODY)
    return line


def _send(line: socket.socket, data: bytes) -> None:
    try:
        line.sendall(data)
    except OSError:
        return  # cut off; it is opened anew


def _stop(web: subprocess.Popen[bytes]) -> None:
    web.terminate()
    web.wait(30)


if __name__ == "__main__":
    dawdle(int(sys.argv[1]), int(sys.argv[2]))
