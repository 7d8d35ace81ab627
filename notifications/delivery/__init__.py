"""Sends what is due, by SMTP or by any mail service Django has a backend for. The only room that hands out mail.

Claimed in batches under a lease; asked once more whether it is wanted; marked as being sent, just before; sent with
no transaction open; recorded. At least once: a double is possible only between the server's yes and our record, and
is counted. Workers and the sweep come in; nobody else.
"""

from notifications.delivery.claims import LEASE, recover
from notifications.delivery.drain import deliver
from notifications.delivery.playing import Clock, Recording, clock_from, recording
from notifications.delivery.records import DeliveryReport

__all__ = ["LEASE", "Clock", "DeliveryReport", "Recording", "clock_from", "deliver", "recording", "recover"]
