"""Sign-in rules of the installation: accounts are given, never taken."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up; an office's administrator makes the account."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always no."""
        return False
