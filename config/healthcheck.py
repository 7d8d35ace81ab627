"""`python -m config.healthcheck [live|ready]`: asks this container's own web process; exit status 0 when it answers."""

import http.client
import os
import sys
from urllib.parse import urlsplit

TIMEOUT = 4  # seconds


def main(arguments: list[str]) -> int:
    """Ask for /health/ready, or /health/live when so told."""
    page = arguments[0] if arguments else "ready"
    host = urlsplit(os.environ.get("BASE_URL") or "http://localhost").hostname or "localhost"
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT") or 8000), timeout=TIMEOUT)
    try:
        connection.request("GET", f"/health/{page}", headers={"Host": host})
        return 0 if connection.getresponse().status == http.client.OK else 1
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
