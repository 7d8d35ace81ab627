"""compare_ms: two versions of a text of 300 sections, compared by words."""

import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID

from bench.figures import at_most, embedded, measure_apart

TARGET = 500.0  # milliseconds
TIMES = 5
SECTIONS = 300
WORDS_OF_SECTION = 120
CHANGED = 0.2
"""So many of the sections have another word in every thirtieth place."""
WORDS = ("aftale", "borger", "kommune", "samarbejde", "forløb", "ældre", "økonomi", "nærhed", "og", "på", "skal", "14")


def measure() -> bool:
    """Both versions are made anew from one seed, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="samraad-bench-") as folder:
        return measure_apart("bench.comparing", embedded(Path(folder)))


def _compare() -> bool:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from workflow.rules.differences import ReadSection, compared_sections

    dice = random.Random(27)
    texts = [dice.choices(WORDS, k=WORDS_OF_SECTION) for _section in range(SECTIONS)]
    before = [ReadSection(UUID(int=n + 1), f"Afsnit {n}", " ".join(text), str(n)) for n, text in enumerate(texts)]
    for text in dice.sample(texts, int(SECTIONS * CHANGED)):
        text[::30] = ["andet"] * len(text[::30])
    after = [ReadSection(UUID(int=n + 1), f"Afsnit {n}", " ".join(text), str(n)) for n, text in enumerate(texts)]
    taken = []
    for _time in range(TIMES):
        begun = time.process_time()
        compared_sections(before, after)
        taken.append(time.process_time() - begun)
    figure = at_most("compare_ms", 1000 * statistics.median(taken), "ms", TARGET, "sqlite")
    figure.say()
    return figure.ok


if __name__ == "__main__":
    sys.exit(0 if _compare() else 1)
