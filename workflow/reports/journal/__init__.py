"""The journal: all that came in and went out in a process, row by row, and the parcel that an office hands to its
journal system. Each floor brings its own rows; actions and pages come in."""
