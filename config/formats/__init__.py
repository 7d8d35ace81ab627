"""How dates and clock times may be typed, by language."""
