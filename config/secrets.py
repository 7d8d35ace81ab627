"""Where an installation's secrets come from: its environment, or, on one machine only, files it makes for itself."""

import contextlib
import os
import secrets
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

MIN_SECRET_LENGTH = 32  # characters


def random_secret() -> str:
    """A new secret of 64 URL-safe characters."""
    return secrets.token_urlsafe(48)


def secret_from_file(path: Path, make: Callable[[], str] = random_secret) -> str:
    """Read a secret from its file, making the file (readable by its owner only) the first time.

    Two processes that start together end up with the same secret: the file is linked into place whole, and the
    loser reads the winner's.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(make())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()


def keep_private(path: Path, mode: int) -> None:
    """Take away what others than the owner may do with a file or folder that is there; `mode` is what is left.

    What belongs to somebody else is left as it is: a system check says so.
    """
    if path.exists() and path.stat().st_mode & 0o077:
        with contextlib.suppress(PermissionError):
            path.chmod(mode)


def is_private(host: str) -> bool:
    """Whether a host's name is an address of a network of one's own, such as 192.168.1.20."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return False


def required_secret(
    name: str, value: str, *, may_make_own: bool, path: Path, make: Callable[[], str] = random_secret
) -> str:
    """The secret `name`, given as `value` or made by the installation itself where that is allowed.

    Refuses to start an installation that others can reach when the secret is missing.
    """
    if value:
        return value
    if may_make_own:
        return secret_from_file(path, make)
    raise ImproperlyConfigured(
        f"{name} is not set. An installation with an address of its own (BASE_URL) makes no secrets for itself: "
        f"set {name} in the environment, for instance to the output of "
        f"`python -c 'import secrets; print(secrets.token_urlsafe(48))'`, and keep a copy of it."
    )
