"""Packages for an authority and what it answers: the officer's pages, and the authority's own by personal link."""
