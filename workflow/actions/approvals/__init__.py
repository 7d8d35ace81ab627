"""Asking bodies for decisions, recording what they decided, and what a new version does to it."""

from workflow.actions.approvals.addressing import contact_bodies_otherwise, hear_mail_event, readdress_request
from workflow.actions.approvals.asking import (
    Rebound,
    announce_meeting,
    ask_again,
    ask_bodies,
    decide_anew,
    follow_deadline,
    rebind_requests,
    take_up_requests,
    told_of_resumption,
    withdraw_requests,
)
from workflow.actions.approvals.deciding import add_addendum, judge_decisions_since, receive_minutes, record_decision
from workflow.actions.approvals.reminding import next_reminder_check, remind_bodies, repair_reminders

__all__ = [
    "Rebound",
    "add_addendum",
    "announce_meeting",
    "ask_again",
    "ask_bodies",
    "contact_bodies_otherwise",
    "decide_anew",
    "follow_deadline",
    "hear_mail_event",
    "judge_decisions_since",
    "next_reminder_check",
    "readdress_request",
    "rebind_requests",
    "receive_minutes",
    "record_decision",
    "remind_bodies",
    "repair_reminders",
    "take_up_requests",
    "told_of_resumption",
    "withdraw_requests",
]
