"""An empty database of its own for a play, of the vendor that is configured, with folders of its own beside it.

`play`, the benchmarks and the tests come in. The configured database is not read or written.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from django.db import connection
from django.test.utils import override_settings

PREFIX = "samraad_play_"
FILE = "play.sqlite3"


@contextmanager
def own_database(keep: Path | None = None) -> Iterator[Path]:
    """Work in a new database with all tables; yields the folder for what the play writes (media, mails, audit head).

    SQLite: a file in that folder. PostgreSQL: a database samraad_play_<random> on the same server, dropped at the end.
    With `keep` the folder is that one and stays, with the SQLite file in it; without it all is gone afterwards.
    """
    folder = keep or Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{FILE}*"):
        old.unlink()
    values = connection.settings_dict
    before = {key: values[key] for key in ("NAME", "OPTIONS", "TEST")}
    is_file = connection.vendor == "sqlite"
    name = str(folder / FILE) if is_file else f"{PREFIX}{uuid4().hex[:12]}"
    # Nobody misses a play that a power cut took.
    fast = {"options": "-c synchronous_commit=off"}
    if is_file:
        fast = {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"}
    # The tables are made from the models at once: eight times as fast as by the migrations one by one.
    values |= {"OPTIONS": before["OPTIONS"] | fast, "TEST": before["TEST"] | {"NAME": name, "MIGRATE": False}}
    connection.close()
    try:
        with override_settings(VAR_DIR=folder, MEDIA_ROOT=folder / "media"):
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            try:
                yield folder
            finally:
                # Drops what the connection is at, which is the new one once it has been made.
                connection.creation.destroy_test_db(before["NAME"], verbosity=0, keepdb=is_file)
    finally:
        connection.close()
        values |= before
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)
