"""Sign-in rules of the installation: accounts are given, never taken. Their owners change the password alone."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up; an office's administrator makes the account."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always no."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the account, where the change was asked for."""
        return reverse("account")
