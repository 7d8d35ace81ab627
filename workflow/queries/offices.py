"""What mails say about the office that sends them."""

from __future__ import annotations

from workflow.models import Office


def sender_facts(office: Office) -> dict[str, object]:
    """The office under every mail: its name, the person to ask and the telephone where somebody answers, as far as
    they are known."""
    return {"office_name": office.name, "contact_person": office.contact_person, "telephone": office.telephone}
