"""Offices (secretariats), the accounts of their people and the roles those hold."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.rules import folded_address
from workflow.models.base import PublicModel
from workflow.states import Role


class Office(PublicModel):
    """A secretariat: it owns processes, definitions, contacts and memberships. An installation may serve several.

    region_code: the region whose bodies fill the lists of its processes, such as "sjaelland"; empty for the whole
    country. minutes_to_take_back: so long a dispatch, or a set of documents put forward with what it asks, can be taken
    back.
    """

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    case_prefix = models.CharField(max_length=12, help_text=_("Stands first in every case number."))
    reply_to = models.EmailField(help_text=_("A staffed mailbox; every mail answers to it."))
    journal_address = models.EmailField(
        blank=True, help_text=_("The journal's mailbox; it gets a copy of every mail, without link and code.")
    )
    telephone = models.CharField(
        max_length=40, blank=True, help_text=_("Where somebody answers; named to whom a page must turn away.")
    )
    contact_person = models.CharField(
        max_length=200, blank=True, help_text=_("Whom to ask for; stands on the pages and mails of guests.")
    )
    postal_address = models.TextField(blank=True)
    region_code = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=5, default="da")
    time_zone = models.CharField(max_length=40, default="Europe/Copenhagen")
    minutes_to_take_back = models.PositiveSmallIntegerField(default=10)
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors")

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        # Kept in small letters and looked up so, or one person could have two accounts.
        user = self.model(email=folded_address(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=folded_address(username or ""))


class User(PublicModel, AbstractBaseUser, PermissionsMixin):
    """A person with an account; the e-mail address is the login."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=5, default="da")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(null=True, editable=False)
    erase_on = models.DateField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.name or self.email


class ProviderIdentity(PublicModel):
    """By which an account is known at the provider that signs officers in (OpenID Connect Core 1.0, 2: `iss`, `sub`).

    Deleted when the sign-in is reset and when the person is erased.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=500)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("issuer", "subject"), name="identity_of_one_account"),
            models.UniqueConstraint(fields=("user", "issuer"), name="identity_one_per_account"),
        )
        verbose_name_plural = "provider identities"

    def __str__(self) -> str:
        return f"{self.user} ({self.issuer})"


class Membership(PublicModel):
    """What an account may do: a role in an office, or membership of a body as that office knows it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices, blank=True)
    body = models.ForeignKey("Body", null=True, blank=True, on_delete=models.PROTECT, related_name="memberships")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(role="", body__isnull=False) | (~Q(role="") & Q(body__isnull=True)),
                name="membership_role_or_body",
            ),
            models.UniqueConstraint(
                fields=("user", "office", "role"), condition=~Q(role=""), name="membership_role_once"
            ),
            models.UniqueConstraint(
                fields=("user", "office", "body"),
                condition=Q(body__isnull=False),
                name="membership_body_once",
            ),
            models.CheckConstraint(condition=Q(role__in=["", *Role.values]), name="membership_role_known"),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.role or self.body}"

    @property
    def place(self) -> str:
        """The place as people call it, in the language spoken: "Administrator", or the name of the body."""
        return self.body.name if self.body is not None else str(self.get_role_display())
