"""Hearing rounds: invitations, answers, reminders, and the player that runs whole cases from a file."""
