"""Column groups shared by many tables."""

from django.db import models
from uuid6 import uuid7

from workflow.actors import Actor


class PublicModel(models.Model):
    """A row that may be named in an address: `public_id` is a UUIDv7, never the primary key."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)

    class Meta:
        abstract = True


class DeedModel(models.Model):
    """A row that came about by someone's deed; the actor is stored with it and survives the account.

    `by_label` and `by_on_behalf_of` are personal text and are blanked when the person is erased.
    """

    by_kind = models.CharField(max_length=8, editable=False)
    by_id = models.UUIDField(null=True, editable=False)
    by_label = models.CharField(max_length=200, blank=True, editable=False)
    by_on_behalf_of = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        abstract = True


class ProvenModel(models.Model):
    """A row of which the record holds salted digests of its words.

    salts: by the name of the words. They stand here, beside the words, so that they go with them when those are struck.
    """

    salts = models.JSONField(default=dict, editable=False)

    class Meta:
        abstract = True


def by(actor: Actor) -> dict[str, object]:
    """The actor as the four columns of a `DeedModel`."""
    return {
        "by_kind": actor.kind,
        "by_id": actor.public_id,
        "by_label": actor.label[:200],
        "by_on_behalf_of": actor.on_behalf_of[:200],
    }
