"""A worker process for the crash tests: drains the outbox of the database it is given, until it is killed.

`python -m tests.notifications.worker NOW`; DATABASE_URL, EMAIL_HOST and EMAIL_PORT come from the environment.
"""

import sys
from datetime import datetime

import django

if __name__ == "__main__":
    django.setup()

    from notifications import delivery

    now = datetime.fromisoformat(sys.argv[1])
    delivery.deliver(now, lambda: now)
