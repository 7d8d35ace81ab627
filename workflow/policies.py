"""Who may come to an address. Every view declares one policy; an undeclared view is refused by the middleware."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeVar, get_args

Policy = Literal[
    "anonymous",
    "link_holder",
    "body_member",
    "secretariat",
    "auditor",
    "administrator",
    "admin",
    "signed_in",
    "webhook",
]
POLICIES: frozenset[str] = frozenset(get_args(Policy))

View = TypeVar("View", bound=Callable[..., object])


def policy(name: Policy, *, takes_files: bool = False) -> Callable[[View], View]:
    """Declare who may come to a view, and whether its form takes files: a larger request is refused unread elsewhere.

    anonymous     everybody
    link_holder   whoever holds the personal link named in the address
    body_member   an account with a membership of the body concerned
    secretariat   an officer of the office that owns the object
    auditor       may read the record of the office; changes nothing
    administrator an administrator of the office that owns the object
    admin         Django's own pages for whoever administers an office
    signed_in     any account
    webhook       a program that proves itself by signature or shared secret
    """
    if name not in POLICIES:
        raise ValueError(f"unknown policy {name!r}; choose one of {', '.join(sorted(POLICIES))}")

    def declare(view: View) -> View:
        view.policy = name  # type: ignore[attr-defined]
        view.takes_files = takes_files  # type: ignore[attr-defined]
        return view

    return declare
