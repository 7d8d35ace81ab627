"""Who may use the addresses that come with libraries; our own views declare theirs with `workflow.policies.policy`."""

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

# View name → policy. The libraries' own checks stand behind it: this table says that we know the address.
POLICIES_OF_LIBRARIES = {
    "account_login": "anonymous",
    "account_logout": "anonymous",
    "account_reauthenticate": "anonymous",
    "account_change_password": "anonymous",
    "account_set_password": "anonymous",
    "account_reset_password": "anonymous",
    "account_reset_password_done": "anonymous",
    "account_reset_password_from_key": "anonymous",
    "account_reset_password_from_key_done": "anonymous",
    "account_inactive": "anonymous",
    "mfa_authenticate": "anonymous",
    "mfa_reauthenticate": "anonymous",
    "mfa_index": "anonymous",
    "mfa_activate_totp": "anonymous",
    "mfa_deactivate_totp": "anonymous",
    "mfa_view_recovery_codes": "anonymous",
    "mfa_generate_recovery_codes": "anonymous",
    "mfa_download_recovery_codes": "anonymous",
    "set_language": "anonymous",
}
POLICIES_OF_NAMESPACES = {"admin": "admin", "anymail": "anonymous"}


def declared_policy(view: Callable[..., Any], view_name: str) -> str | None:
    """The policy of a view: its own declaration, or ours for a library's view; None when nobody declared it."""
    own: str | None = getattr(view, "policy", None)
    if own is not None:
        return own
    namespace, _, _ = view_name.rpartition(":")
    return POLICIES_OF_LIBRARIES.get(view_name) or POLICIES_OF_NAMESPACES.get(namespace)


BY_LINK = frozenset({"link", "link_cut", "link_code"})
"""Addresses open to anybody at which a personal link or a code is brought along."""


def is_by_link(view: Callable[..., Any], view_name: str) -> bool:
    """Whether a personal link leads to a view: its address names the link, and what it shows is the holder's."""
    return view_name in BY_LINK or declared_policy(view, view_name) == "link_holder"


def takes_files(view: Callable[..., Any]) -> bool:
    """Whether the form at a view's address holds files; none of a library's does."""
    return bool(getattr(view, "takes_files", False))


def addresses() -> Iterator[tuple[str, Callable[..., Any], str]]:
    """Every address of the installation: its route, its view, the view's full name (its Python path when unnamed)."""
    yield from _walk(get_resolver(), "", "")


def _walk(resolver: URLResolver, route: str, namespace: str) -> Iterator[tuple[str, Callable[..., Any], str]]:
    for entry in resolver.url_patterns:
        full_route = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, full_route, inner)
        elif isinstance(entry, URLPattern):
            yield full_route, entry.callback, namespace + (entry.name or entry.lookup_str)
