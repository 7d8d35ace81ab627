"""The mails of a round: who is told what, under which key, and when it is no longer wanted.

Actions come in for letters; `apps.py` for the kinds. Facts are read for a whole batch at the moment of sending.
"""
