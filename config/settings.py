"""The settings of an installation, read from its environment once, at start. Fails loud on what is missing.

Without any environment this is the embedded default: SQLite, a queue in memory, secrets of its own under var/.
"""

import logging
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.logs import logging_config, use_structlog
from config.secrets import is_private, keep_private, required_secret

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# ── Where we are ──────────────────────────────────────────────────────────────────────────────────────────────
BASE_URL = env.str("BASE_URL", "http://localhost:8000").rstrip("/")
_address = urlsplit(BASE_URL)
if _address.scheme not in ("http", "https") or not _address.hostname:
    raise ImproperlyConfigured(f"BASE_URL is {BASE_URL!r}; write it as https://samraad.example.dk")
IS_LOCAL = _address.hostname in ("localhost", "127.0.0.1", "::1") or _address.hostname.endswith(".localhost")
IS_HTTPS = _address.scheme == "https"
DEMO = env.bool("DEMO", False)
if DEMO and not IS_LOCAL and not is_private(_address.hostname) and not env.bool("DEMO_IN_PUBLIC", False):
    raise ImproperlyConfigured(
        f"DEMO is on, and {BASE_URL} can be reached by anybody: whoever comes may sign in as any of the invented "
        "people, without a second factor. Set DEMO=0; or, if a demonstration in public is meant, set "
        "DEMO_IN_PUBLIC=yes as well."
    )
DEBUG = env.bool("DEBUG", False)
if DEBUG and not IS_LOCAL:
    raise ImproperlyConfigured("DEBUG shows code and data to everybody: it works with a BASE_URL on localhost only")
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var"))).resolve()
# Database, files and secrets are for the account that runs this alone, also what it makes from here on.
os.umask(0o077)
VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
keep_private(VAR_DIR, 0o700)
_secrets_dir = VAR_DIR / "secrets"
_may_make_own = IS_LOCAL or DEMO

# ── Secrets ───────────────────────────────────────────────────────────────────────────────────────────────────
SECRET_KEY = required_secret(
    "SECRET_KEY", env.str("SECRET_KEY", ""), may_make_own=_may_make_own, path=_secrets_dir / "secret_key"
)
# The first key signs new personal links, the others still open old ones; apart from SECRET_KEY, which can change.
LINK_KEYS: list[str] = [key.strip() for key in env.str("LINK_KEYS", "").split(",") if key.strip()] or [
    required_secret("LINK_KEYS", "", may_make_own=_may_make_own, path=_secrets_dir / "link_key")
]
# Typed codes of personal links are stored as a keyed hash under this key.
CODE_KEY = required_secret(
    "CODE_KEY", env.str("CODE_KEY", ""), may_make_own=_may_make_own, path=_secrets_dir / "code_key"
)
# The head of the record is signed with this key: whoever holds the database alone cannot make the record anew.
AUDIT_KEY = required_secret(
    "AUDIT_KEY", env.str("AUDIT_KEY", ""), may_make_own=_may_make_own, path=_secrets_dir / "audit_key"
)
# Who this installation is, kept outside the database: a database restored elsewhere mails nobody.
INSTALLATION_ID = required_secret(
    "INSTALLATION_ID",
    env.str("INSTALLATION_ID", ""),
    may_make_own=_may_make_own,
    path=_secrets_dir / "installation_id",
    make=lambda: str(uuid4()),
)

# ── Database, queue, cache ────────────────────────────────────────────────────────────────────────────────────
_database: dict[str, Any] = env.db_url_config(env.str("DATABASE_URL", "") or f"sqlite:///{VAR_DIR / 'samraad.sqlite3'}")
_options: dict[str, Any] = _database.setdefault("OPTIONS", {})
if _database["ENGINE"] == "django.db.backends.sqlite3":
    for _name in ("", "-wal", "-shm"):
        keep_private(Path(f"{_database['NAME']}{_name}"), 0o600)
    _options.update(
        transaction_mode="IMMEDIATE",  # a write waits for its turn instead of failing half way
        timeout=20,  # seconds
        init_command="PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    )
elif _database["ENGINE"] == "django.db.backends.postgresql":
    # A socket folder cannot stand in the address itself: postgres://user@/name?host=/run/postgresql
    _database["HOST"] = _options.pop("host", _database["HOST"])
    _database["PORT"] = _options.pop("port", _database["PORT"])
    _database["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", 60)  # seconds
    _database["CONN_HEALTH_CHECKS"] = True
    # What a connection has run this often it keeps prepared. 0 where a pooler hands it on after every transaction.
    _options.update(server_side_binding=True, prepare_threshold=env.int("DATABASE_PREPARE_THRESHOLD", 5) or None)
else:
    raise ImproperlyConfigured("DATABASE_URL must name SQLite (sqlite:///…) or PostgreSQL (postgres://…)")
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "")  # empty: queue and cache in this process's memory
REDIS_CACHE: dict[str, Any] = {
    "BACKEND": "config.caches.ForgetfulRedisCache",
    "LOCATION": REDIS_URL,
    # Seconds. Nobody waits for a Redis that is down.
    "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
}
REDIS_QUEUE = {
    "visibility_timeout": 300,  # seconds, as all below
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 30,
    "socket_connect_timeout": 2,
    "max_retries": 0,  # a page does not wait for a queue that is down
}
CACHES = {"default": REDIS_CACHE if REDIS_URL else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = REDIS_QUEUE if REDIS_URL else {"polling_interval": 0.05}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_RETRY_ON_WORKER_LOST = True  # acks_late alone loses the task of a killed pool child
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False  # a sweep finds what could not be published
CELERY_TASK_TIME_LIMIT = 240  # below the visibility timeout, or a long task is started twice
CELERY_TASK_SOFT_TIME_LIMIT = 200
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
# Commands to workers come over a connection that is always being listened on: a worker in the middle of a task notices
# through it that Redis has gone. Without it the task cannot be acknowledged, and the worker never asks for another.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = bool(REDIS_URL)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

# ── Mail ──────────────────────────────────────────────────────────────────────────────────────────────────────
# MAIL_MODE: "send" hands mails to MAIL_BACKEND; "mailbox" keeps them on the mailbox page of this installation.
MAIL_MODE = env.str("MAIL_MODE", "mailbox" if DEMO else "send")
if MAIL_MODE not in ("send", "mailbox"):
    raise ImproperlyConfigured('MAIL_MODE must be "send" or "mailbox"')
MAIL_BACKEND = env.str("MAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_BACKEND = MAIL_BACKEND
EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", 20)  # seconds
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"Samråd <samraad@{_address.hostname}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# About the site itself; named in the accessibility statement. Empty: the mailboxes of the offices stand there.
CONTACT_EMAIL = env.str("CONTACT_EMAIL", "")
# Anything a mail service needs, as JSON: {"POSTAL_API_URL": "…", "POSTAL_API_KEY": "…"}
ANYMAIL = env.json("ANYMAIL", {})

# ── Apps and middleware ───────────────────────────────────────────────────────────────────────────────────────
INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "consultations",
    "workflow",
    "notifications",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "anymail",
    "axes",
    "csp",
    "django_htmx",
    "django_structlog",
]
MIDDLEWARE = [
    # First, for all after it is judged by its instant.
    "config.middleware.ClockMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.middleware.SizeMiddleware",  # before whatever reads the form, as the next does
    "config.form_limits.ReadFormMiddleware",
    "config.middleware.CsrfMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.middleware.ReadPolicyMiddleware",
    # After the policy has been asked, for it calls the view itself.
    "config.languages.SwitchLanguageMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.installation",
            ],
        },
    }
]
FORM_RENDERER = "workflow.forms.language_switch.Renderer"

# ── People ────────────────────────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "workflow.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "config.accounts.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by the office's administrator
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900  # seconds
# Failed attempts are counted by who asks, and by account only together with who asks (axes): nobody shuts out another
# by typing wrong passwords in their name. The hourly one is for codes of the second step, which axes does not see.
# Each step of a sign-in through a provider asks the provider, whoever comes.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,60/h/ip", "openid": "120/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Samråd"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "config.accounts.account_tried"
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "config.origins.origin_of"
AXES_LOCKOUT_CALLABLE = "config.views.too_many_sign_ins"
AXES_VERBOSE = False

# Sign-in of officers through the identity provider of their authority (OpenID Connect): on with all three.
OIDC_ISSUER: str = env.str("OIDC_ISSUER", "")
OIDC_CLIENT_ID: str = env.str("OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET: str = env.str("OIDC_CLIENT_SECRET", "")
OIDC_IS_ON = bool(OIDC_ISSUER and OIDC_CLIENT_ID and OIDC_CLIENT_SECRET)
OIDC_NAME: str = env.str("OIDC_NAME", "")  # what people call it; stands on the button
OIDC_SECOND_FACTOR = env.bool("OIDC_SECOND_FACTOR", False)  # ask for ours as well
PASSWORD_SIGN_IN = env.bool("PASSWORD_SIGN_IN", True)

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = IS_HTTPS
LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
ALLOWED_HOSTS: list[str] = env.list(
    "ALLOWED_HOSTS",
    default=[_address.hostname, "localhost", "127.0.0.1", "[::1]"] if IS_LOCAL else [_address.hostname],
)
# How many proxies of our own stand in front; each adds one address to X-Forwarded-For.
PROXIES_ARE_SAID = bool(env.str("PROXIES", ""))
PROXIES = env.int("PROXIES") if PROXIES_ARE_SAID else 0
if PROXIES < 0:
    raise ImproperlyConfigured("PROXIES is the number of proxies in front: 0, 1, 2 …")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# ── Language, time, files ─────────────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "da"
LANGUAGES = [("da", _("Danish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Copenhagen"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = False
FORMAT_MODULE_PATH = "config.formats"

MEDIA_ROOT = VAR_DIR / "media"  # never served as files: every document goes through a view with a policy
keep_private(MEDIA_ROOT, 0o700)
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_DIRS = [folder for folder in (BASE_DIR / "static",) if folder.is_dir()]
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},  # these anybody may read
    },
}
WHITENOISE_USE_FINDERS = DEBUG
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
# What one form may bring. It lies above what a set of documents and the fields of our forms may hold, so that it is the
# form itself that says what is too much (`SECTIONS_IN_A_SET` in workflow.rules.documents).
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
DATA_UPLOAD_MAX_NUMBER_FILES = 1_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024  # bytes of its words; files have limits of their own
MAX_FILE_SIZE = env.int("MAX_FILE_SIZE", 25 * 1024 * 1024)  # bytes of one received file
# Bytes that a whole request may declare, else it is refused unread: twenty files with their form where an address takes
# files, a form alone elsewhere.
MAX_UPLOAD_SIZE = env.int("MAX_UPLOAD_SIZE", 20 * MAX_FILE_SIZE + DATA_UPLOAD_MAX_MEMORY_SIZE)
MAX_FORM_SIZE = DATA_UPLOAD_MAX_MEMORY_SIZE

# ── Logging ───────────────────────────────────────────────────────────────────────────────────────────────────
LOG_LEVEL = env.str("LOG_LEVEL", "WARNING" if DEMO else "INFO")
LOG_FORMAT = env.str("LOG_FORMAT", "text" if sys.stderr.isatty() or IS_LOCAL else "json")
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG  # one line a request, when it is answered
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # who asks is named by config.origins, as the limits count it
LOGGING_CONFIG = None  # structlog, below; celery and gunicorn are led into it
LOGGING = logging_config(
    level=LOG_LEVEL,
    as_json=LOG_FORMAT == "json",
    secrets=[SECRET_KEY, CODE_KEY, AUDIT_KEY, EMAIL_HOST_PASSWORD, *LINK_KEYS, str(_database.get("PASSWORD", ""))],
)
use_structlog(LOGGING)
