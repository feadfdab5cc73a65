"""Paging by key: no row twice, none left out, whatever is equal and whatever is in the address."""

from datetime import UTC, datetime

import pytest

from chejian.core.keyset import page
from chejian.core.models import Event

pytestmark = pytest.mark.django_db
SORTS = {"kind": "kind", "at": "at"}


def make(*kinds: str) -> None:
    for number, kind in enumerate(kinds):
        Event.objects.create(
            kind=kind, channel="all", subject_type="x", subject_id=number, actor_name="",
            at=datetime(2026, 1, 1 + number % 3, tzinfo=UTC),
        )


def walk(sort: str, size: int) -> list[list[int]]:
    """All pages by the numbers of their rows, going on to the end."""
    pages, query = [], {"sort": sort}
    while True:
        found = page(Event.objects.all(), query, sorts=SORTS, default="kind", size=size)
        pages.append([row.subject_id for row in found.rows])
        if not found.after:
            return pages
        query = {"sort": sort, "after": found.after}


@pytest.mark.parametrize("sort", ["kind", "-kind", "at", "-at"])
@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 50])
def test_every_row_comes_once_also_among_equals(sort: str, size: int) -> None:
    make("b", "a", "b", "a", "b", "c", "a")
    sign = "-" if sort.startswith("-") else ""
    every = Event.objects.order_by(sort, f"{sign}pk").values_list("subject_id", flat=True)
    pages = walk(sort, size)
    assert [number for numbers in pages for number in numbers] == list(every)
    assert all(len(numbers) == size for numbers in pages[:-1])


def test_there_and_back() -> None:
    make(*"abcdef")
    first = page(Event.objects.all(), {}, sorts=SORTS, default="kind", size=2)
    second = page(Event.objects.all(), {"after": first.after}, sorts=SORTS, default="kind", size=2)
    back = page(Event.objects.all(), {"before": second.before}, sorts=SORTS, default="kind", size=2)
    assert [row.kind for row in second.rows] == ["c", "d"]
    assert [row.kind for row in back.rows] == ["a", "b"]
    assert (first.before, back.before) == ("", "")
    assert second.before
    assert back.after


@pytest.mark.parametrize(
    "cursor", ["", "x", "%%", "bnVsbA", "W1tdLCAxXQ", "WzEsICJhIl0", "bnVsbCBdWw"]
)
def test_a_cursor_that_cannot_be_read_is_none(cursor: str) -> None:
    make("a")
    for sort in SORTS:
        query = {"after": cursor, "sort": sort}
        assert len(page(Event.objects.all(), query, sorts=SORTS, default="kind").rows) == 1


def test_a_cursor_of_another_sort_is_none() -> None:
    make("a", "b")
    first = page(Event.objects.all(), {"sort": "kind"}, sorts=SORTS, default="kind", size=1)
    other = page(
        Event.objects.all(), {"sort": "at", "after": first.after}, sorts=SORTS, default="kind"
    )
    assert len(other.rows) == 2


def test_a_sort_that_is_not_offered_is_the_usual_one() -> None:
    make("b", "a")
    found = page(Event.objects.all(), {"sort": "-actor_name"}, sorts=SORTS, default="-kind")
    assert ([row.kind for row in found.rows], found.sort) == (["b", "a"], "-kind")
