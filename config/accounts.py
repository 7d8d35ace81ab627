"""Sign-in rules of the installation: accounts are given, never taken. Their owners change the password alone."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse

from config.origins import origin_of
from notifications.rules import folded_address


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up; an office's administrator makes the account."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody can sign up by themselves."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the account, where the change was asked for."""
        return reverse("account")

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whom the limits on sign-in count: the same as all other limits do."""
        return origin_of(request)


def account_tried(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The address of the account whose password is tried, as failures are counted: in small letters; "" for none.

    Where a password is asked for again, it is that of the account signed in.
    """
    fields = credentials or {}
    tried = fields.get("email") or fields.get("login") or fields.get("username") or request.POST.get("login", "")
    if not tried and hasattr(request, "user") and request.user.is_authenticated:
        tried = request.user.email
    return folded_address(str(tried))
