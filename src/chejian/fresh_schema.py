"""An empty database gets its tables from the models at once, not migration by migration.

Hundreds of migration operations each rebuild the models around them, which takes half a minute;
the tables themselves take a second. The result is the same as long as our migrations only describe
the schema: a test compares both ways object by object, and one migration that does anything else
(``RunPython``, ``RunSQL``) switches this way off.
"""

import pgtrigger
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations import Migration, operations
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model
from pgtrigger.migrations import AddTrigger, RemoveTrigger

DESCRIBING = (
    operations.CreateModel, operations.DeleteModel, operations.RenameModel,
    operations.AlterModelTable, operations.AlterModelOptions, operations.AlterModelManagers,
    operations.AlterUniqueTogether, operations.AddField, operations.RemoveField,
    operations.AlterField, operations.RenameField, operations.AddIndex, operations.RemoveIndex,
    operations.RenameIndex, operations.AddConstraint, operations.RemoveConstraint,
    operations.AlterConstraint, AddTrigger, RemoveTrigger,
)


def build() -> bool:
    """Build the schema if the database has nothing of ours yet; returns whether it did."""
    executor = MigrationExecutor(connection)
    disk = executor.loader.disk_migrations
    ours = {key: migration for key, migration in disk.items() if key[0] in labels()}
    applied = {key for key in executor.loader.applied_migrations if key in ours}
    if applied or not all(only_describes(migration) for migration in ours.values()):
        return False
    others = [key for key in executor.loader.graph.leaf_nodes() if key[0] not in labels()]
    plan = executor.migration_plan(others)
    if any(migration.app_label in labels() for migration, _backwards in plan):
        return False
    executor.migrate(others, plan=plan)
    _create(executor, list(ours))
    call_command("migrate", verbosity=0, interactive=False)  # nothing left but its signals
    return True


def labels() -> set[str]:
    """The labels of our own apps."""
    return {config.label for config in apps.get_app_configs() if config.name.startswith("chejian.")}


def only_describes(migration: Migration) -> bool:
    return all(type(operation) in DESCRIBING for operation in migration.operations)


def _create(executor: MigrationExecutor, ours: list[tuple[str, str]]) -> None:
    """Tables, triggers and the note that all migrations are applied: all of it or nothing."""
    with transaction.atomic():
        with connection.schema_editor() as editor:
            for model in own_models():
                editor.create_model(model)
        pgtrigger.install()
        for app, name in ours:
            executor.recorder.record_applied(app, name)


def own_models() -> list[type[Model]]:
    return [model for model in apps.get_models()
            if model._meta.app_label in labels() and model._meta.managed
            and not model._meta.proxy and not model._meta.swapped]
