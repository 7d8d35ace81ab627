"""Named reads: what is known, in the words of those who ask. Nothing here changes anything."""
