"""Document numbers: in order, per kind, station and year; none lost to a rollback."""

import threading
from datetime import date

import pytest
from django.db import connection, transaction

from chejian.core.numbering import draw_number, draw_numbers

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)


def draw(kind: str = "WO", station: int = 1, on: date = DAY) -> str:
    return draw_number(kind=kind, station_id=station, station_code="NS", on=on)


def test_numbers_run_on_by_kind_station_and_year() -> None:
    assert [draw(), draw(), draw("RC"), draw(station=2), draw(on=date(2027, 1, 1))] == [
        "WO-NS-26-000001", "WO-NS-26-000002", "RC-NS-26-000001", "WO-NS-26-000001",
        "WO-NS-27-000001",
    ]


def test_many_at_once_are_consecutive() -> None:
    draw()
    numbers = draw_numbers(kind="WO", station_id=1, station_code="NS", on=DAY, count=3)
    assert numbers == ["WO-NS-26-000002", "WO-NS-26-000003", "WO-NS-26-000004"]
    assert draw() == "WO-NS-26-000005"


@pytest.mark.django_db(transaction=True)
def test_four_threads_with_rollbacks_leave_no_gap() -> None:
    start, found, lock = threading.Barrier(4), [], threading.Lock()

    def work() -> None:
        try:
            start.wait()
            for turn in range(10):
                with transaction.atomic():
                    number = draw()
                    if turn % 3 == 2:
                        transaction.set_rollback(True)
                        continue
                    with lock:
                        found.append(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [f"WO-NS-26-{n:06d}" for n in range(1, 29)]
