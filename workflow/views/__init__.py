"""Pages of the workflow floor: read the clock and the request once, call one action or query, render."""
