"""`gunicorn -c python:config.web config.wsgi`: the web process of a container or a service manager.

HOST, PORT, WEB_CONCURRENCY, ACCESS_LOG and FORWARDED_ALLOW_IPS from the environment; without REDIS_URL the queue runs
inside.
"""

import os

from config.server import options

globals().update(
    options(
        bind=f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or 8000}",
        embedded=not os.environ.get("REDIS_URL"),
    )
)
