"""Two answers for whoever watches: the process lives, and it can do its work."""

from functools import lru_cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers. ``start`` tells which start it belongs to: an old process that still
    holds the port must not pass for a new one."""
    return JsonResponse({"status": "ok", "start": settings.START_ID})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """The database answers and knows every migration; 503 with the reason otherwise."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        pending = _pending_migrations()
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    if pending:
        _pending_migrations.cache_clear()  # asked again until the schema is there
        return JsonResponse({"status": "not migrated", "pending": pending}, status=503)
    return JsonResponse({"status": "ok", "start": settings.START_ID})


@lru_cache
def _pending_migrations() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
