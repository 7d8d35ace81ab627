"""What all have who are asked something and answer by a personal link: hearing parties, bodies and authorities."""

from typing import Any, ClassVar

from django.db import models

from workflow.models.base import PublicModel
from workflow.models.processes import Process
from workflow.states import Channel


class Asked(PublicModel):
    """One who is asked by mail, and whether mail gets there.

    PROCESS: the way to the process, as filters write it. email: whom mail goes to now; empty where nobody is known, or
    who was known has been erased. contact_name: the person there. bounced_at, bounce_reason: since when mail to that
    very address comes back (UTC), and what was said of it. next_check_at: when a sweep looks again; None when nothing
    more is due.
    """

    PROCESS: ClassVar[str] = "stage__process"

    # Columns of each table's own, for each is called otherwise from the other side.
    stage: Any
    body: Any
    body_id: Any
    link: Any
    link_id: Any
    state: Any

    email = models.EmailField(blank=True)
    contact_name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=5, default="da")
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.EMAIL)
    bounced_at = models.DateTimeField(null=True)
    bounce_reason = models.CharField(max_length=300, blank=True)
    next_check_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def who(self) -> str:
        """The name of who is asked."""
        return str(self.body.name)

    @property
    def process(self) -> Process:
        """The process in which they are."""
        process: Process = self.stage.process
        return process
