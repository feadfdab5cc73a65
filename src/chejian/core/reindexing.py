"""Making the search index anew from the rows themselves, while people work.

Every app whose rows are found registers how their entries are made. Each kind is walked in small
batches, each in a transaction of its own. Rows that somebody is changing at that moment are passed
over, so that nobody waits for more than a batch and nothing waits for them; they are taken up again
at the end. An entry keeps its day, by which the finder ranks it. Entries of rows that are gone, or
that were merged away, go.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import models, transaction

from chejian.core import search
from chejian.core.models import SearchEntry
from chejian.core.search import Findable

BATCH = 500
PATIENCE = 0.2  # seconds before a row that was being changed is tried again
TRIES = 5


@dataclass(frozen=True)
class Source:
    """Rows of one kind of entry. ``touched`` is a row's day when it has no entry yet."""

    kind: str
    rows: Callable[[], "models.QuerySet[Any]"]
    entries: Callable[[Sequence[Any]], Iterable[Findable]]
    touched: Callable[[Any], datetime]


@dataclass(frozen=True)
class Rebuilt:
    """How many entries of a kind were written and how many taken out."""

    kind: str
    written: int
    removed: int


_sources: dict[str, Source] = {}


def register_source(source: Source) -> None:
    """Called in ``AppConfig.ready``."""
    _sources[source.kind] = source


def kinds() -> list[str]:
    return list(_sources)


def rebuild(
    kind: str, *, batch: int = BATCH, report: Callable[[int], None] | None = None
) -> Rebuilt:
    """Write the entries of a kind anew. ``report`` hears how many are written."""
    source, written, last = _sources[kind], 0, 0
    passed_over: list[int] = []
    while ids := list(_after(source, last, batch)):
        done = _write(source, ids)
        passed_over += [pk for pk in ids if pk not in done]
        written, last = written + len(done), ids[-1]
        if report:
            report(written)
    for tries in range(TRIES):
        if not passed_over:
            break
        time.sleep(PATIENCE)
        done = _write(source, passed_over, waits=tries == TRIES - 1)
        passed_over = [pk for pk in passed_over if pk not in done]
        written += len(done)
    return Rebuilt(kind, written, _remove_strays(source))


def _after(source: Source, last: int, batch: int) -> "models.QuerySet[Any, int]":
    rows = source.rows().filter(pk__gt=last).order_by("pk")
    return rows.values_list("pk", flat=True)[:batch]


@transaction.atomic
def _write(source: Source, ids: Sequence[int], *, waits: bool = False) -> set[int]:
    """Write the entries of these rows; whoever is being changed is left out unless it ``waits``."""
    locked = source.rows().filter(pk__in=ids).order_by("pk").select_for_update(
        of=("self",), no_key=True, skip_locked=not waits
    )
    rows = {row.pk: row for row in locked}
    known = dict(
        SearchEntry.objects.filter(kind=source.kind, subject_id__in=rows)
        .values_list("subject_id", "touched_at")
    )
    search.index(*(
        replace(
            entry,
            touched_at=known.get(entry.subject_id) or source.touched(rows[entry.subject_id]),
        )
        for entry in source.entries(list(rows.values()))
    ))
    return set(rows)


def _remove_strays(source: Source) -> int:
    strays = SearchEntry.objects.filter(kind=source.kind).exclude(
        models.Exists(source.rows().filter(pk=models.OuterRef("subject_id")))
    )
    return strays._raw_delete(strays.db)
