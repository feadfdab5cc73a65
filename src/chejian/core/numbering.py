"""Document numbers: ``WO-NS-26-000123``, per kind, station and year, without gaps or races."""

from datetime import date

from django.db import connection

DRAW = """
INSERT INTO core_documentcounter AS k (kind, station_id, year, last) VALUES (%s, %s, %s, 1)
ON CONFLICT (kind, station_id, year) DO UPDATE SET last = k.last + 1 RETURNING last
"""


def draw_number(*, kind: str, station_id: int, station_code: str, on: date) -> str:
    """Draw the next number. Call it as late as the insert allows: the row stays locked."""
    with connection.cursor() as cursor:
        cursor.execute(DRAW, [kind, station_id, on.year])
        (last,) = cursor.fetchone()
    return f"{kind}-{station_code}-{on.year % 100:02d}-{last:06d}"


def draw_numbers(
    *, kind: str, station_id: int, station_code: str, on: date, count: int
) -> list[str]:
    """Draw ``count`` numbers in a row with one statement, for bulk work."""
    with connection.cursor() as cursor:
        cursor.execute(
            DRAW.replace("1)\n", "%s)\n").replace("k.last + 1", "k.last + %s"),
            [kind, station_id, on.year, count, count],
        )
        (last,) = cursor.fetchone()
    first = last - count + 1
    return [f"{kind}-{station_code}-{on.year % 100:02d}-{n:06d}" for n in range(first, last + 1)]
