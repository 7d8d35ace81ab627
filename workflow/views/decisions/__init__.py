"""A body's own page for its decision: the papers, the form, the receipt, and what is recorded.

Whoever holds the body's personal link comes in, and accounts that are members of the body; both see the same pages.
"""
