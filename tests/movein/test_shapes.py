"""The next shop's export looks different: the same rows come in, without a line of code."""

from collections import Counter
from collections.abc import Callable

import pytest
from django.utils import timezone

from chejian.accounts.models import Station, User
from chejian.movein import recognise, services
from chejian.movein.models import ImportBatch, ImportRun
from chejian.movein.reading import read
from tests.movein.conftest import FILES
from tests.movein.shapes import FORMS, NAMES, known, reshaped


@pytest.mark.parametrize("form", list(FORMS))
@pytest.mark.parametrize("name", NAMES)
def test_other_headers_order_and_format_mean_the_same(name: str, form: str) -> None:
    """Each column is put to the field it had, and each cell reads as it did."""
    seed = sum(map(ord, name + form))
    kind, rows = reshaped(name, seed, most=400)
    _document, plain = known(name)
    found = recognise.recognise(read(FORMS[form](rows)))
    assert (found.kind, kind) == (plain.kind, plain.kind)
    ours, theirs = _cells(found), _cells(plain)
    assert len(ours) == min(len(theirs), 400)
    assert [pair for pair in zip(ours, theirs, strict=False) if pair[0] != pair[1]][:3] == []


def _cells(found: recognise.Recognised) -> list[dict[str, str]]:
    return [
        {
            match.field: row.cells[match.column].strip()
            for match in sorted(sheet.matches, key=lambda one: one.field)
            if match.column < len(row.cells)
        }
        for sheet in found.sheets
        for row in sheet.rows
    ]


@pytest.mark.slow
def test_reshaped_copies_of_all_files_come_to_the_same_figures(
    defaults: None, station: Station, manager: User
) -> None:
    """All of them through a trial, shaped each in another way: figures, findings and differences
    are those of the files as they were."""
    forms = dict(zip(NAMES, ("utf-16", "excel", "gb18030", "utf-16", "utf-16"), strict=True))
    plain = _trial(station, manager, lambda name: (FILES / name).read_bytes())
    shaped = _trial(station, manager, lambda name: FORMS[forms[name]](reshaped(name, 7)[1]))
    assert shaped.totals == plain.totals
    for one, other in zip(_runs(shaped), _runs(plain), strict=True):
        assert (one.kind, one.counts) == (other.kind, other.counts)
        assert _found(one) - _found(other) == _found(other) - _found(one) == Counter()
        assert _figures(one) == _figures(other)


def _trial(station: Station, by: User, data: Callable[[str], bytes]) -> ImportBatch:
    runs = [
        services.start_import(
            station=station, data=data(name), name=name, by=by, at=timezone.now()
        )
        for name in ("对账控制数.csv", *NAMES[:4])
    ]
    batch = services.start_batch(station=station, runs=runs[1:], by=by, at=timezone.now())
    return services.try_out(batch=batch, by=by, at=timezone.now())


def _runs(batch: ImportBatch) -> list[ImportRun]:
    return list(batch.runs.order_by("kind"))


def _found(run: ImportRun) -> Counter[tuple[str, str, str, str]]:
    return Counter(run.problems.values_list("code", "field", "severity", "raw"))


def _figures(run: ImportRun) -> list[tuple[str, str, str, str]]:
    return [
        (line["metric"], line["control"], line["file"], line["ours"])
        for line in run.reconciliation
    ]
