"""`manage.py set_journal_address OFFICE ADDRESS`: the mailbox that gets a copy of every mail of an office."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from workflow.actions.offices import set_journal_address
from workflow.management.arguments import actor_of, add_actor, office_of
from workflow.rules import Refused


class Command(BaseCommand):
    help = "Name the journal's mailbox, which gets a copy of every mail of the office, without link and code."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("office", help="the office's key")
        parser.add_argument("address", help='the mailbox; "" for none any more')
        add_actor(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        office = office_of(options["office"])
        try:
            set_journal_address(office, options["address"], actor=actor_of(options["actor"]), now=timezone.now())
        except Refused as refused:
            raise CommandError(str(refused.refusal)) from refused
        if office.journal_address:
            text = _("%(address)s gets a copy of every mail of %(office)s.")
        else:
            text = _("No mailbox gets a copy of the mails of %(office)s any more.")
        self.stdout.write(text % {"address": office.journal_address, "office": office.name})
