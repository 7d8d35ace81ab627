"""System checks: what must be right about an installation before it serves anybody."""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from config.secrets import MIN_SECRET_LENGTH

OWN_FLOORS = ("consultations", "workflow", "notifications")


@register
def one_state_machine(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """django-fsm and django-fsm-2 own the same files; whichever was installed last wins, and pip sees nothing."""
    try:
        installed = version("django-fsm")
    except PackageNotFoundError:
        return []
    return [
        Error(
            f"django-fsm {installed} is installed beside django-fsm-2 and overwrites its files.",
            hint="pip uninstall -y django-fsm django-fsm-2, then `make setup`.",
            id="config.E001",
        )
    ]


@register
def strong_secrets(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Secrets are long, and no two are the same: each can then be changed without the others."""
    messages: list[CheckMessage] = []
    secrets = {"SECRET_KEY": settings.SECRET_KEY, "CODE_KEY": settings.CODE_KEY, "AUDIT_KEY": settings.AUDIT_KEY}
    secrets |= {f"LINK_KEYS[{number}]": key for number, key in enumerate(settings.LINK_KEYS)}
    for name, secret in secrets.items():
        if len(secret) < MIN_SECRET_LENGTH or len(set(secret)) < 8:
            messages.append(
                Error(
                    f"{name} is too weak.",
                    hint=f"Use at least {MIN_SECRET_LENGTH} random characters.",
                    id="config.E002",
                )
            )
    if len(set(secrets.values())) < len(secrets):
        messages.append(Error("Two of SECRET_KEY, CODE_KEY, AUDIT_KEY and LINK_KEYS are the same.", id="config.E003"))
    return messages


@register
def installation_has_identity(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """The installation's identity is a UUID kept outside the database."""
    try:
        UUID(settings.INSTALLATION_ID)
    except ValueError:
        return [
            Error(
                "INSTALLATION_ID is not a UUID.",
                hint="Make one with `python -c 'import uuid; print(uuid.uuid4())'` and keep it with this installation.",
                id="config.E004",
            )
        ]
    return []


@register
def queue_reaches_all_processes(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """A queue in memory serves one process; a database in a file serves one machine."""
    sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    if settings.REDIS_URL and sqlite:
        return [
            Warning(
                "REDIS_URL is set, but the database is SQLite.",
                hint="Several workers need PostgreSQL: set DATABASE_URL.",
                id="config.W001",
            )
        ]
    if not settings.REDIS_URL and not settings.IS_LOCAL and not sqlite:
        return [
            Warning(
                "No REDIS_URL: the queue lives in one process's memory.",
                hint="Run one web process (`make run`), or set REDIS_URL.",
                id="config.W002",
            )
        ]
    return []


@register(Tags.security)
def somebody_ends_https(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Under https somebody in front ends the encryption, and only PROXIES says whose word on addresses counts."""
    if not settings.IS_HTTPS or settings.PROXIES:
        return []
    if settings.PROXIES_ARE_SAID:
        return [
            Warning(
                "BASE_URL is https, and PROXIES is 0: gunicorn itself must hold the certificate.",
                hint="Behind nginx or another proxy set PROXIES to how many there are; usually 1.",
                id="config.W003",
            )
        ]
    return [
        Error(
            "BASE_URL is https, but PROXIES is not set.",
            hint="Set it to the number of your own proxies in front, usually 1: all users behind them would otherwise "
            "count as one when attempts to sign in are limited, and every page would lead to itself. Set it to 0 "
            "only where gunicorn itself holds the certificate.",
            id="config.E008",
        )
    ]


@register(Tags.security)
def data_is_private(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Database, files and secrets can be read by the account alone that runs the installation."""
    return [
        Warning(
            f"{settings.VAR_DIR} can be read by others on this machine.",
            hint="It belongs to another account: let its owner run `chmod 700` on it, or choose another VAR_DIR.",
            id="config.W004",
        )
        for mode in [settings.VAR_DIR.stat().st_mode]
        if mode & 0o077
    ]


_BREACHES = {
    "missing": "the trigger {name} is missing.",
    "altered": "the trigger {name} holds something else than what was installed.",
    "foreign": "the trigger {name} on {table} is none that was installed.",
}


@register(Tags.database)
def history_is_guarded(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> Sequence[CheckMessage]:
    """The triggers that keep the record, decisions and locked bundles from being rewritten stand in the database, as
    they were installed and alone on their tables."""
    from workflow.models import guards

    return [
        Error(
            f"The database {alias} can be rewritten: "
            + _BREACHES[breach.problem].format(name=breach.name, table=breach.table),
            hint=f"Find out who put it there, then drop the trigger {breach.name}."
            if breach.problem == "foreign"
            else "Find out who did it, then run `manage.py migrate --skip-checks`, which puts it back.",
            id="config.E005",
        )
        for alias in databases or ()
        for breach in guards.breaches(connections[alias])
    ]


@register
def gates_are_answered_for(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Every gate that a definition may wait for has a floor that says whether it is open."""
    from workflow.gates import unregistered

    return [
        Error(
            f"No floor answers for the gate {gate}.",
            hint="Register its check in the `ready` of the app that knows the answer.",
            id="config.E006",
        )
        for gate in unregistered()
    ]


@register(Tags.database)
def database_is_of_this_version(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> Sequence[CheckMessage]:
    """Until the first release the tables are written anew, not altered: a database laid by an earlier version has
    migrations that are not here, and is refused before anything is done to it.
    """
    messages: list[CheckMessage] = []
    for alias in databases or ():
        loader = MigrationLoader(connections[alias])
        strangers = [key for key in loader.applied_migrations if key[0] in OWN_FLOORS and key not in loader.graph.nodes]
        if strangers:
            messages.append(
                Error(
                    f"The database {alias} was laid by an earlier version of Samråd, before the first release.",
                    hint="It cannot be carried over. Use an empty one: another DATABASE_URL, or another VAR_DIR.",
                    id="config.E007",
                )
            )
    return messages


@register
def provider_is_whole(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """A sign-in provider is named with all three facts or not at all; it is spoken to unseen by others; and people can
    sign in somehow."""
    facts = {name: getattr(settings, name) for name in ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")}
    lacking = [name for name, value in facts.items() if not value]
    messages: list[CheckMessage] = []
    if lacking and len(lacking) < len(facts):
        hint = "Set it, or take the others away: without all three nobody signs in through the provider."
        messages.append(Error(f"{', '.join(lacking)} is not set.", hint=hint, id="config.E009"))
    if settings.OIDC_ISSUER and not settings.OIDC_ISSUER.startswith("https://") and not settings.IS_LOCAL:
        hint = "Write the provider's address as it calls itself; it begins with https://."
        messages.append(Error("OIDC_ISSUER is not https.", hint=hint, id="config.E010"))
    if not settings.PASSWORD_SIGN_IN and not settings.OIDC_IS_ON:
        hint = "Name a provider with OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, or leave PASSWORD_SIGN_IN out."
        messages.append(Error("PASSWORD_SIGN_IN is off, and nobody could sign in.", hint=hint, id="config.E011"))
    return messages
