"""Questions that are kept: the same rows as asked anew, and always those of now."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext

from chejian.accounts.models import Station
from chejian.core.compiled import MOST, Kept, compiled, kept_rows
from tests.factories.accounts import make_station

pytestmark = pytest.mark.django_db


def rows() -> Any:
    return Station.objects.order_by("pk")


def test_values_and_models_come_as_a_queryset_gives_them() -> None:
    for code in ("A", "B%", "C'"):
        make_station(code)
    said = rows().annotate(both=Concat(F("code"), Value("% '"))).filter(code__contains="%")
    for some in (
        rows().values_list("round_off_unit", "pk", "allow_self_inspection", "region__name"),
        said.values_list("both", "code"), rows().filter(code__in=["A", "C'"]).values_list("pk"),
    ):
        assert compiled(some).rows() == list(some)
        assert compiled(some).rows()
    names = [field.attname for field in Station._meta.concrete_fields]
    found = [Station.from_db("default", names, row) for row in compiled(rows()).rows()]
    assert found == list(rows())
    assert compiled(rows().none()).rows() == compiled(rows().filter(pk__in=[])).rows() == []


def test_what_is_kept_is_asked_again_but_not_made_again() -> None:
    kept: Kept = {}
    made: list[int] = []

    def make() -> Any:
        made.append(1)
        return rows().values_list("code")

    make_station("A")
    assert kept_rows(kept, "stations", make) == [("A",)]
    make_station("B")
    with CaptureQueriesContext(connection) as seen:
        assert kept_rows(kept, "stations", make) == [("A",), ("B",)]
    assert (len(seen), len(made)) == (1, 1)
    assert kept_rows(None, "stations", make) == [("A",), ("B",)]


def test_no_more_is_kept_than_a_bound() -> None:
    kept: Kept = {}
    for number in range(MOST + 5):
        kept_rows(kept, number, lambda: rows().none())
    assert len(kept) == 5
