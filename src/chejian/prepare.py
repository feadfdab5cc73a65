"""Bringing the database and the static files to the state of the code, before anything serves.

Runs in a process of its own at each start: one load of Django for all of it.
"""

import os

os.environ["CHEJIAN_STATIC_HASHED"] = "1"  # collect under names that carry the content

import django
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from chejian import fresh_schema, static_files
from chejian.console import OperatorError, _

OLDEST_SERVER = 150000


def prepare(*, demo: bool) -> None:
    """Check, migrate, collect, make the first account. Raises OperatorError."""
    django.setup()
    try:
        connection.ensure_connection()
        check_server(connection.connection.info.server_version)
    except DatabaseError as error:
        raise OperatorError(
            _("The database does not answer: {reason}").format(reason=error)
        ) from error
    migrate()
    static_files.collect(settings.STATIC_ROOT)
    if demo and is_empty():
        print(_("Making demo data ..."), flush=True)  # noqa: T201 - for the operator
        call_command("demo")  # one transaction: a start cut short begins anew
    call_command("bootstrap")


def check_server(version: int) -> None:
    if version < OLDEST_SERVER:
        raise OperatorError(
            _("The database server is PostgreSQL {found}; at least {least} is needed.")
            .format(found=version // 10000, least=OLDEST_SERVER // 10000)
        )


def migrate() -> None:
    """Apply what is missing. A schema newer than the code is refused before anything is changed."""
    executor = MigrationExecutor(connection)
    unknown = newer_than_code(executor)
    if unknown:
        raise OperatorError(
            _("The database was used by a newer Chejian: it has {names}. Install that version.")
            .format(names=", ".join(unknown))
        )
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    if not fresh_schema.build():
        call_command("migrate", verbosity=0, interactive=False)


def newer_than_code(executor: MigrationExecutor) -> list[str]:
    """Applied migrations of our own apps that this code does not have."""
    ours = fresh_schema.labels()
    known = set(executor.loader.disk_migrations)
    replaced = {name for made in executor.loader.disk_migrations.values() for name in made.replaces}
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied
                  if app in ours and (app, name) not in known | replaced)


def is_empty() -> bool:
    from django.contrib.auth import get_user_model  # noqa: PLC0415 - after setup

    return not get_user_model().objects.exists()
