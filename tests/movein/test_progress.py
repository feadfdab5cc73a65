"""Progress is seen while the import's transaction is still open."""

import pytest
from django.db import connection, transaction

from chejian.movein.models import ImportProgress, ImportRun
from chejian.movein.progress import Progress
from tests.factories import accounts


def _seen_from_outside(run: ImportRun) -> tuple[int, str]:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT done, stage FROM movein_importprogress WHERE run_id = %s", [run.pk]
            )
            return cursor.fetchone()
    finally:
        other.close()


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_before_the_commit() -> None:
    from django.utils import timezone

    from chejian.movein import services

    station = accounts.make_station()
    manager = accounts.make_user("station_manager", station)
    data = "客户名称,手机,车牌号\n解超,13531969374,粤B12345\n".encode()
    run = services.start_import(
        station=station, data=data, name="x.csv", by=manager, at=timezone.now()
    )
    with transaction.atomic(), Progress(run.pk, 100) as progress:
        ImportRun.objects.select_for_update(no_key=True).get(pk=run.pk)
        progress("reading", 40)
        assert _seen_from_outside(run) == (40, "reading")
        progress("reading", 41)
        assert _seen_from_outside(run) == (40, "reading")
        progress("cars", 400)
        assert _seen_from_outside(run) == (100, "cars")
    assert ImportProgress.objects.get(run=run).done == 100
