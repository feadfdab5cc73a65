"""Reading DATABASE_URL: every form that PostgreSQL's own client library takes."""

from typing import Any

from psycopg.conninfo import conninfo_to_dict

OWN_FIELDS = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST",
              "port": "PORT"}


def django_database(url: str) -> dict[str, Any]:
    """Django's description of the database: ``postgresql://…`` or ``host=… dbname=…``."""
    parts = dict(conninfo_to_dict(url))
    named = {own: str(parts.pop(name, None) or "") for name, own in OWN_FIELDS.items()}
    return {"ENGINE": "chejian.database", **named, "OPTIONS": parts}
