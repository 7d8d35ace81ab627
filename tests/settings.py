"""The settings under test: the product's own, with cheap passwords, plain static files and a var/ folder of its own."""

import atexit
import os
import shutil
import tempfile

_var = tempfile.mkdtemp(prefix="samraad-tests-")
_owner = os.getpid()


def _remove() -> None:
    if os.getpid() == _owner:  # not in a child that was forked off
        shutil.rmtree(_var, ignore_errors=True)


atexit.register(_remove)
os.environ["VAR_DIR"] = _var
for name in ("DEMO", "DEBUG", "BASE_URL", "MAIL_MODE", "REDIS_URL", "ALLOWED_HOSTS"):
    os.environ.pop(name, None)
os.environ.setdefault("LOG_LEVEL", "WARNING")
# Playwright keeps an event loop running in the thread of the tests; Django would refuse its database there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, MIDDLEWARE, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith("whitenoise.")]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as in production: an in-memory database has no WAL and its threads lock each other out.
    DATABASES["default"]["TEST"] = {"NAME": f"{_var}/test.sqlite3"}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
else:
    # Two runs may share a server.
    DATABASES["default"]["TEST"] = {"NAME": f"test_samraad_{_owner}"}
    # A prepared statement is planned once: for a few rows the best plan is not worth looking for.
    DATABASES["default"]["OPTIONS"]["options"] = "-c plan_cache_mode=force_generic_plan"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MAIL_BACKEND = EMAIL_BACKEND
CELERY_TASK_ALWAYS_EAGER = False
