"""An empty database gets its tables at once; what comes out must be what the migrations make."""

import os
import re
import subprocess
import sys

import psycopg
import pytest
from django.db import migrations

from chejian import fresh_schema

FACTS = {
    "columns": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
               a.attidentity, pg_get_expr(d.adbin, d.adrelid)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
          AND c.relnamespace = 'public'::regnamespace""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": """
        SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(t.oid), prosrc, tgenabled::text
        FROM pg_trigger t JOIN pg_proc p ON p.oid = tgfoid WHERE NOT tgisinternal""",
    "migrations": "SELECT app, name FROM django_migrations",
}
AT_ONCE = "from chejian import fresh_schema; assert fresh_schema.build(); "
ONE_BY_ONE = (
    "from django.core.management import call_command; call_command('migrate', verbosity=0); "
)


def make(name, code):
    admin = os.environ["DATABASE_URL"].replace("/chejian?", "/postgres?")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name}")
    url = admin.replace("/postgres?", f"/{name}?")
    done = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); {code}"],
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "chejian.settings"},
        capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stderr
    return url


def plain(row):
    """Without the made-up part of names: a field made unique later is named otherwise, and Django
    finds such constraints by what they do."""
    return tuple(
        re.sub(r"(_key|_[0-9a-f]{8}_uniq)\b", "_unique", part) if isinstance(part, str) else part
        for part in row
    )


def facts(url):
    with psycopg.connect(url) as connection:
        return {
            name: set(map(plain, connection.execute(query).fetchall()))
            for name, query in FACTS.items()
        }


@pytest.mark.slow
def test_both_ways_lead_to_the_same_schema():
    at_once, one_by_one = facts(make("at_once", AT_ONCE)), facts(make("one_by_one", ONE_BY_ONE))
    assert len(one_by_one["columns"]) > 300
    assert len(one_by_one["triggers"]) > 20
    for name in FACTS:
        assert at_once[name] - one_by_one[name] == set(), name
        assert one_by_one[name] - at_once[name] == set(), name


@pytest.mark.django_db
def test_a_database_with_tables_is_migrated_the_ordinary_way():
    assert fresh_schema.build() is False


def test_a_migration_that_does_more_than_describe_switches_it_off():
    describing = type("Migration", (migrations.Migration,), {
        "operations": [migrations.DeleteModel("Order")]
    })("0002", "core")
    doing = type("Migration", (migrations.Migration,), {
        "operations": [migrations.RunPython(migrations.RunPython.noop)]
    })("0003", "core")
    assert fresh_schema.only_describes(describing)
    assert not fresh_schema.only_describes(doing)
