"""The figures of `make bench`: how long a play, a deed, a mail and a start take, each against its floor or its target.

People who change the hot paths come in; docs/bench.md says how each figure is measured.
"""
