"""Bodies that hear, decide and receive, and the contacts by whom an office reaches them."""

from django.db import models
from django.db.models import Q

from workflow.models.base import PublicModel
from workflow.models.offices import Office
from workflow.rules.sorting import danish_sort_key
from workflow.states import BodyKind, Channel, one_of


class Body(PublicModel):
    """A council, committee, authority or organisation. Bodies are shared by all offices; they come, go and merge.

    own_name: what the body calls itself in Danish, in the definite form within a sentence ("byrådet"); empty where it
    is called by its kind.
    `municipality_code` is the four-digit code, `region_code` the region's key such as "sjaelland".
    """

    key = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=40, choices=BodyKind.choices)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    own_name = models.CharField(max_length=80, blank=True)
    sort_key = models.CharField(max_length=200, editable=False, db_index=True)
    municipality_code = models.CharField(max_length=4, blank=True)
    region_code = models.CharField(max_length=20, blank=True, db_index=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (one_of("kind", BodyKind, "body_kind_known"),)
        verbose_name_plural = "bodies"

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        # `bulk_create` and `update` pass by here: whoever uses them sets the key as well.
        self.sort_key = danish_sort_key(self.name)
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class Contact(PublicModel):
    """How an office reaches a body: usually its main mailbox, sometimes a named person. Erasable."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="contacts")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    postal_address = models.TextField(blank=True)
    language = models.CharField(max_length=5, default="da")
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.EMAIL)
    is_primary = models.BooleanField(default=True)
    bounced_at = models.DateTimeField(null=True, editable=False)
    erase_on = models.DateField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = (
            one_of("channel", Channel, "contact_channel_known"),
            models.UniqueConstraint(
                fields=("office", "body"),
                condition=Q(is_primary=True, erased_at__isnull=True),
                name="contact_one_primary",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name or self.body} <{self.email}>"

    @property
    def copies(self) -> str:
        """The addresses that get copies, with commas between them."""
        return ", ".join(copy.email for copy in self.copy_addresses.all())


class CopyAddress(PublicModel):
    """Gets a copy, without link and code, of each mail by which the office asks the body something.

    Deleted when it is taken off or erased, and with its contact. bounced_at: since when mail to it comes back (UTC); it
    then gets no more.
    """

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="copy_addresses")
    email = models.EmailField()
    bounced_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("id",)
        verbose_name_plural = "copy addresses"

    def __str__(self) -> str:
        return f"{self.email} ({self.contact.body})"
