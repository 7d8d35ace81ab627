"""Asking bodies for decisions, recording what they decided, and what a new version does to it."""

from workflow.actions.approvals.addressing import contact_bodies_otherwise, readdress_request
from workflow.actions.approvals.asking import (
    ask_about_new_bundle,
    ask_again,
    decide_anew,
    first_letters,
    give_up_listed,
    list_bodies,
    tell_of_closing,
    withdraw_requests,
)
from workflow.actions.approvals.deadlines import follow_deadline, take_up_requests, told_of_resumption
from workflow.actions.approvals.deciding import (
    add_addendum,
    receive_minutes,
    record_decision,
    send_back_on_decisions_since,
)
from workflow.actions.approvals.joining import add_party
from workflow.actions.approvals.meetings import announce_meeting
from workflow.actions.approvals.objecting import answer_objection, object_to_correction
from workflow.actions.approvals.reminding import (
    next_body_reminder_due,
    next_check,
    remind_bodies,
    repair_reminders,
)
from workflow.actions.approvals.settling import lapse_reservations, next_lapse_due, settle_reservation

__all__ = [
    "add_addendum",
    "add_party",
    "announce_meeting",
    "answer_objection",
    "ask_about_new_bundle",
    "ask_again",
    "contact_bodies_otherwise",
    "decide_anew",
    "first_letters",
    "follow_deadline",
    "give_up_listed",
    "lapse_reservations",
    "list_bodies",
    "next_body_reminder_due",
    "next_check",
    "next_lapse_due",
    "object_to_correction",
    "readdress_request",
    "receive_minutes",
    "record_decision",
    "remind_bodies",
    "repair_reminders",
    "send_back_on_decisions_since",
    "settle_reservation",
    "take_up_requests",
    "tell_of_closing",
    "told_of_resumption",
    "withdraw_requests",
]
