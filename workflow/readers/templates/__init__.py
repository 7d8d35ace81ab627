"""An office's own Word templates: checked against the facts they may name, and filled with them. They are foreign files
with loops in them, so this works in a program of its own, which knows no Django."""
