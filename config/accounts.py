"""Sign-in rules of the installation: accounts are given, never taken. Their owners change the password alone."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.views import LoginView
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from config.origins import origin_of
from notifications.rules import folded_address
from workflow.policies import policy


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


class _SignIn(LoginView):
    """The page on which people sign in, with a password unless the installation has switched that off."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Signs in with a password; refused in words where nobody does."""
        if not settings.PASSWORD_SIGN_IN:
            why = _("Nobody signs in with a password here. Sign in through your authority's provider.")
            return render(request, "errors/403.html", {"why": why}, status=403)
        answer: HttpResponseBase = super().post(request, *args, **kwargs)
        return answer


sign_in = policy("anonymous")(_SignIn.as_view())


def account_tried(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The address of the account whose password is tried, as failures are counted: in small letters; "" for none.

    Where a password is asked for again, it is that of the account signed in.
    """
    fields = credentials or {}
    tried = fields.get("email") or fields.get("login") or fields.get("username") or request.POST.get("login", "")
    if not tried and hasattr(request, "user") and request.user.is_authenticated:
        tried = request.user.email
    return folded_address(str(tried))
