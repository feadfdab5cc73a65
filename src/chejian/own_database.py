"""The database for a single command, whether or not everything is running."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from chejian import folder, postgres, postgres_home, secrets_store


@contextmanager
def database(data: Path, options: tuple[str, ...] = ()) -> Iterator[str]:
    """The database for one command: one's own server, the running one, or one started for it.

    ``options`` of PostgreSQL are for the last alone.
    """
    given = os.environ.get("DATABASE_URL")
    if given:
        secrets_store.ensure(data, has_database=False)
        yield given
        return
    with ExitStack() as stack:
        try:
            stack.enter_context(folder.locked(data, {}))
            url = stack.enter_context(_own_database(data, options))
        except folder.AlreadyRunningError as busy:
            url = _running_database(data, busy)
        yield url


@contextmanager
def _own_database(data: Path, options: tuple[str, ...]) -> Iterator[str]:
    secrets_store.ensure(data, has_database=folder.has_database(data))
    folder.forget_database(data)
    cluster = postgres.Cluster(
        postgres_home.files_folder(data), options=(*postgres.SERVER_OPTIONS, *options)
    )
    with postgres.running(cluster, folder.run_folder(data) / "database.log"):
        cluster.ensure_database()
        yield cluster.url()


def _running_database(data: Path, busy: folder.AlreadyRunningError) -> str:
    note = folder.run_folder(data) / "database-url"
    if not note.exists():  # still starting
        raise busy
    return note.read_text(encoding="utf-8")
