"""Who asks: the one answer, used by every limit on attempts (sign-in, second step, typed codes) and by the log."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any, Final

import structlog
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest
from django_structlog.signals import bind_extra_request_metadata

IPV6_CLIENT: Final = 64
"""Bits of an IPv6 address that name a client: a single line is handed at least so many addresses of its own."""


def origin_of(request: HttpRequest) -> str:
    """The network address of whoever asks; of an IPv6 client the first address of its /64.

    Behind `PROXIES` proxies of ours it is that many places from the end of X-Forwarded-For: what stands before it
    anybody could have written. Where that is no address, it is the one the connection came from.
    """
    direct: str = request.META.get("REMOTE_ADDR", "")
    if settings.PROXIES:
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(hops) >= settings.PROXIES:
            return _client(hops[-settings.PROXIES]) or _client(direct) or direct
    return _client(direct) or direct


def _client(address_text: str) -> str | None:
    """The client as limits count it, from an address with or without brackets and port; None where it is none."""
    text = address_text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(IPv6Network((address, IPV6_CLIENT), strict=False).network_address)
    return str(address)


@receiver(bind_extra_request_metadata)
def name_origin_in_log(request: HttpRequest, logger: Any, **kwargs: Any) -> None:
    """Every line that a request writes into the log names who asked, as the limits count it."""
    structlog.contextvars.bind_contextvars(ip=getattr(request, "origin", ""))
