"""Documents made from data: the same input gives the same text."""
