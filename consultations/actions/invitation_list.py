"""The list of parties while a round is in preparation: prefilled, added to, taken from. Always in bulk inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from consultations.actions.locking import LockedRound, lock_party, lock_round
from consultations.models import Forward, HearingRound, Invitation
from consultations.rules.parties import may_list
from consultations.rules.rounds import may_prepare
from consultations.states import RoundVerb
from notifications.rules import folded_address
from workflow.actions.contacts import correct_contact
from workflow.actions.once import Once
from workflow.actors import Actor
from workflow.audit import record
from workflow.links import new_link
from workflow.models import Body, Contact, Office, PersonalLink, Process, Stage
from workflow.queries.processes import bodies_of
from workflow.rules import Refusal, Refused, danish_sort_key, insist
from workflow.rules.overwriting import address_changed_since, digest_of_fields, words_changed_since
from workflow.states import Channel, LinkPurpose


@dataclass(frozen=True, slots=True)
class PartyEntry:
    """A party as it is put on a list. An entry without an address can be listed; it cannot be sent to by mail.

    bounced_at: since when mail to that address is known to come back (UTC). for_information: it gets the text and is
    not asked.
    """

    name: str
    body: Body | None = None
    contact_name: str = ""
    email: str = ""
    language: str = "da"
    channel: str = Channel.EMAIL
    bounced_at: datetime | None = None
    for_information: bool = False

    def reached_at(self, email: str) -> PartyEntry:
        """The same party by mail to this address; what is known of another address says nothing of it."""
        bounced_at = self.bounced_at if folded_address(email) == folded_address(self.email) else None
        return replace(self, email=email, channel=Channel.EMAIL, bounced_at=bounced_at)


def prefilled(stage: Stage, list_name: str) -> list[PartyEntry]:
    """The parties a new attempt's round begins with: those of all rounds of the attempt before, else the bodies of the
    definition's list. Who was let go in the attempt before is not asked again by itself.

    Each is asked where `entries_again` says.
    """
    rows = Invitation.objects.filter(
        round__stage__process=stage.process, round__stage__key=stage.key, round__stage__attempt=stage.attempt - 1
    )
    rows = rows.filter(erased_at__isnull=True).select_related("body").order_by("round__number", "number")
    # Whoever was asked in several rounds is asked once, as it was last.
    rows_by_party: dict[object, Invitation] = {}
    for row in rows.select_related("round"):
        party = row.body_id or (row.name, folded_address(row.email))
        # Who was asked is asked again, though it was only informed of a supplementary round after that.
        if party not in rows_by_party or not row.for_information:
            rows_by_party[party] = row
    earlier = sorted(rows_by_party.values(), key=lambda row: (row.sort_key, row.pk))
    office = stage.process.office
    if not earlier:
        return party_entries(bodies_of(stage.process, list_name), office)
    return entries_again([row for row in earlier if row.released_at is None], office)


def entries_again(earlier: Sequence[Invitation], office: Office) -> list[PartyEntry]:
    """Parties of an earlier round as they are asked in another, in their order.

    Each is asked at its own mailbox again, not at that of whom it passed the task on to. An address that was given to a
    party for that one round stays when mail reached it there; else the office's contact of the body holds.
    """
    entries_by_body = {entry.body: entry for entry in party_entries([row.body for row in earlier if row.body], office)}
    last_forwards: dict[int, Forward] = {}
    for forward in Forward.objects.filter(invitation__in=earlier, ended_at=None).order_by("-at", "-id"):
        last_forwards[forward.invitation_id] = forward  # the first of each, which is read last
    return [_anew(row, last_forwards.get(row.pk), entries_by_body.get(row.body)) for row in earlier]


def _anew(row: Invitation, last_forward: Forward | None, register_entry: PartyEntry | None) -> PartyEntry:
    """A party of the attempt before as it is asked in the next; `register_entry`: its body as the office's
    register has it."""
    entry = PartyEntry(row.name, row.body, row.contact_name, row.email, row.language, row.channel, row.bounced_at)
    entry = replace(entry, for_information=row.for_information)
    if last_forward is not None:
        entry = replace(
            entry.reached_at(last_forward.from_email),
            contact_name=register_entry.contact_name if register_entry else "",
        )
    if register_entry is None or not register_entry.email or register_entry.channel != Channel.EMAIL:
        return entry
    is_same = folded_address(entry.email) == folded_address(register_entry.email)
    is_unreached = entry.channel != Channel.PAPER and (entry.bounced_at is not None or not entry.email)
    if is_same or is_unreached or (entry.channel == Channel.NONE and register_entry.bounced_at is None):
        return replace(
            register_entry.reached_at(register_entry.email),
            name=entry.name,
            language=entry.language,
            for_information=entry.for_information,
        )
    return entry


def party_entries(bodies: Sequence[Body], office: Office) -> list[PartyEntry]:
    """Bodies with the office's primary contact of each, in one query; in Danish alphabetical order."""
    contacts = {
        contact.body_id: contact
        for contact in Contact.objects.filter(office=office, body__in=bodies, is_primary=True, erased_at__isnull=True)
    }
    entries = []
    for body in sorted(bodies, key=lambda body: (body.sort_key, body.pk)):
        contact = contacts.get(body.pk)
        if contact is None:
            entries.append(PartyEntry(body.name, body, language=office.language))
        else:
            reached = (contact.name, contact.email, contact.language, contact.channel, contact.bounced_at)
            entries.append(PartyEntry(body.name, body, *reached))
    return entries


def entry_for(
    office: Office, body: Body | None, name: str, contact_name: str, email: str, language: str, channel: str
) -> PartyEntry:
    """One party as it was typed; what is given stands over what the office's contact of the body says."""
    entry = party_entries([body], office)[0] if body is not None else PartyEntry(name, language=office.language)
    return replace(
        entry.reached_at(email) if email else entry,
        name=name or entry.name,
        contact_name=contact_name or entry.contact_name,
        language=language or entry.language,
        channel=channel or entry.channel,
    )


def list_parties(
    hearing_round: HearingRound, entries: Sequence[PartyEntry], process: Process, now: datetime
) -> list[Invitation]:
    """Put parties on the list with a link each, in bulk; numbers go on from the highest. For locked rounds only."""
    if not entries:
        return []
    # From the highest, not from how many there are: where one was taken off, two would get one number.
    highest = hearing_round.invitations.aggregate(highest=Max("number"))["highest"] or 0
    # `bulk_create` keeps the order, by which each entry gets its link below.
    links = PersonalLink.objects.bulk_create([new_link(process.office, LinkPurpose.ANSWER, now) for _entry in entries])
    return Invitation.objects.bulk_create(
        [
            Invitation(
                round=hearing_round,
                body=entry.body,
                link=link,
                number=number,
                name=entry.name.strip()[:200],
                sort_key=danish_sort_key(entry.name.strip()),
                contact_name=entry.contact_name.strip()[:200],
                email=entry.email.strip(),
                language=entry.language or process.language,
                channel=entry.channel,
                bounced_at=entry.bounced_at,
                for_information=entry.for_information,
            )
            for number, (entry, link) in enumerate(zip(entries, links, strict=True), start=highest + 1)
        ]
    )


def _add(locked: LockedRound, entries: Sequence[PartyEntry], actor: Actor, now: datetime) -> list[Invitation]:
    locked.insist_may_act(actor, now)
    insist(may_prepare(locked.round, actor))
    for entry in entries:
        insist(may_list(entry.name, entry.email.strip(), entry.channel))
    listed = set(locked.round.invitations.exclude(body=None).values_list("body_id", flat=True))
    for entry in entries:
        if entry.body is not None and entry.body.pk in listed:
            raise Refused(Refusal("party_listed", _("%(name)s is on the list already.") % {"name": entry.body.name}))
        if entry.body is not None:
            listed.add(entry.body.pk)
    parties = list_parties(locked.round, entries, locked.process, now)
    codes = {"invitations": [party.public_id for party in parties]}
    record(RoundVerb.ADD_PARTIES, locked.round, actor=actor, now=now, process=locked.process, codes=codes)
    return parties


@transaction.atomic
def add_party(
    hearing_round: HearingRound,
    *,
    body: Body | None = None,
    name: str = "",
    contact_name: str = "",
    email: str = "",
    language: str = "",
    channel: str = "",
    for_information: bool = False,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> Invitation:
    """Put one party on the list: a body with the office's contact of it, or anyone by name.

    for_information: it gets the letter and reads the documents, is not asked and never reminded.

    Refuses an impossible address, a missing name, a body that is on the list already, and a round that has been sent.
    What is given stands over what the contact says. A repeated `key` gives the party added first, and is refused when
    that one has been taken off since.
    """
    locked = lock_round(hearing_round)
    content = (body, name, contact_name, email, language, channel, for_information)
    once = Once(_added_under(locked.round), key, content)
    if earlier := once.made:
        added = locked.round.invitations.filter(public_id=earlier).first()
        if added is None:
            raise Refused(Refusal("party_removed", _("The party has been taken off the list since. Add it anew.")))
        return added
    entry = entry_for(locked.process.office, body, name, contact_name, email, language, channel)
    entry = replace(entry, for_information=for_information)
    (party,) = _add(locked, [entry], actor, now)
    once.keep(party.public_id, now)
    return party


def added_by_key(hearing_round: HearingRound, key: str) -> Invitation | None:
    """The party that a form with this key has put on the list already, and that is on it still."""
    earlier = Once(_added_under(hearing_round), key).earlier
    return hearing_round.invitations.filter(public_id=earlier.result).first() if earlier else None


def _added_under(hearing_round: HearingRound) -> str:
    return f"add_party:{hearing_round.public_id}"


def fields_of_listed(party: Invitation) -> dict[str, str | bool]:
    """What the form of a party on the list writes over, in its order."""
    names = ("name", "contact_name", "email", "channel", "language", "for_information")
    return {name: getattr(party, name) for name in names}


@transaction.atomic
def correct_party(
    invitation: Invitation,
    *,
    name: str,
    contact_name: str = "",
    email: str = "",
    language: str = "",
    channel: str = Channel.EMAIL,
    for_information: bool | None = None,
    for_later: bool = True,
    try_again: bool = False,
    shown_address: str | None = None,
    version: str | None = None,
    actor: Actor,
    now: datetime,
) -> Invitation:
    """Correct a party on the list before the round is sent: its name, whom mail goes to, by which road, and whether it
    is only informed (None: as it is).

    for_later: another address becomes the office's contact of the body as well. try_again: mail came back from the
    address, and it is right all the same. shown_address: the one the officer had before the eyes; version:
    the digest of all that stood in the form. What stands already changes nothing.

    Refuses an impossible address, one that somebody else has changed since it was seen, anything else that a colleague
    has changed since, a missing name, and a round that has been sent.
    """
    locked = lock_round(invitation.round)
    locked.insist_may_act(actor, now)
    email = email.strip()
    insist(may_prepare(locked.round, actor))
    insist(may_list(name, email, channel))
    party = lock_party(locked, invitation)
    insist(address_changed_since(shown_address, party.email, email))
    new_values: dict[str, str | bool] = {
        "name": name.strip()[:200],
        "contact_name": contact_name.strip()[:200],
        "email": email,
        "channel": channel,
        "language": language or party.language,
        "for_information": party.for_information if for_information is None else for_information,
    }
    values_before = fields_of_listed(party)
    insist(words_changed_since(version, digest_of_fields(values_before), digest_of_fields(new_values)))
    if values_before == new_values and not try_again:
        return party
    old = {"name": party.name, "email": party.email}
    is_moved = folded_address(party.email) != folded_address(email)
    for field, value in new_values.items():
        setattr(party, field, value)
    party.sort_key = danish_sort_key(party.name)
    if is_moved or try_again:
        party.bounced_at, party.bounce_reason = None, ""
    party.save(update_fields=[*new_values, "sort_key", "bounced_at", "bounce_reason"])
    record(
        RoundVerb.CORRECT_PARTY,
        locked.round,
        actor=actor,
        now=now,
        process=locked.process,
        codes={"invitation": party.public_id},
        detail={"old": old, "name": party.name, "email": party.email},
    )
    is_by_mail = channel == Channel.EMAIL and email
    if for_later and is_by_mail and (is_moved or try_again) and party.body is not None:
        correct_contact(locked.process.office, party.body, old=old["email"], email=email, actor=actor, now=now)
    return party


@transaction.atomic
def remove_party(invitation: Invitation, *, actor: Actor, now: datetime, key: str = "") -> None:
    """Take a party off the list of a round in preparation, with its link. Refuses once the round has been sent."""
    locked = lock_round(invitation.round)
    locked.insist_may_act(actor, now)
    insist(may_prepare(locked.round, actor))
    _take_off(locked, lock_party(locked, invitation), actor, now)
    # Only kept, not asked: a party that is gone cannot come in again, and the page asks `is_removed_by_key`.
    Once(_removed_under(invitation.round), key).keep(invitation.public_id, now)


@transaction.atomic
def remove_parties(
    hearing_round: HearingRound, parties: Sequence[Invitation], *, actor: Actor, now: datetime, key: str = ""
) -> None:
    """Take several parties off the list of a round in preparation, all or none. Refuses as `remove_party` does."""
    locked = lock_round(hearing_round)
    given = [party.public_id for party in parties]
    once = Once(_several_removed_under(hearing_round), key, given)
    if once.made:
        return
    locked.insist_may_act(actor, now)
    insist(may_prepare(locked.round, actor))
    # The process's lock is the list's too: nobody adds, corrects or takes off beside this, and no party has a link yet.
    rows = locked.round.invitations.filter(public_id__in=given).select_related("link")
    for party in rows.order_by("id"):  # one that a colleague has taken off meanwhile is off
        _take_off(locked, party, actor, now)
    once.keep(hearing_round.public_id, now)


def _take_off(locked: LockedRound, party: Invitation, actor: Actor, now: datetime) -> None:
    if party.notes.exists():
        raise Refused(Refusal("party_has_notes", _("Input from this party has been noted, so it stays on the list.")))
    record(
        RoundVerb.REMOVE_PARTY,
        locked.round,
        actor=actor,
        now=now,
        process=locked.process,
        codes={"invitation": party.public_id, "number": party.number},
        detail={"name": party.name},
    )
    link = party.link
    party.delete()
    # After the party, whose row points to it.
    link.delete()


def is_removed_by_key(hearing_round: HearingRound, public_id: UUID, key: str) -> bool:
    """Whether a form with this key has taken the party off the list already."""
    earlier = Once(_removed_under(hearing_round), key).earlier
    return earlier is not None and earlier.result == public_id


def are_removed_by_key(hearing_round: HearingRound, key: str) -> bool:
    """Whether a form with this key has taken several parties off the list already."""
    return Once(_several_removed_under(hearing_round), key).earlier is not None


def _several_removed_under(hearing_round: HearingRound) -> str:
    return f"remove_parties:{hearing_round.public_id}"


def _removed_under(hearing_round: HearingRound) -> str:
    return f"remove_party:{hearing_round.public_id}"
