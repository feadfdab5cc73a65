"""The benchmark's arithmetic; what it measures is no test's business."""

import threading

import pytest

from scripts import bench
from scripts.bench_figures import figures, table
from scripts.bench_http import Answer, percentile, together
from scripts.bench_parts import Operation


@pytest.mark.parametrize(("percent", "value"), [(50, 5), (95, 10), (90, 9), (1, 1), (100, 10)])
def test_a_percentile_is_a_value_that_was_seen(percent, value):
    assert percentile([10, 1, 9, 2, 8, 3, 7, 4, 6, 5], percent) == value


def test_no_values_have_no_percentile():
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)


def answer(seconds, server_ms, statements):
    return Answer(200, "", "", seconds, server_ms, server_ms / 2, statements)


def test_the_requests_of_an_act_are_summed():
    acts = [[answer(0.010, 8.0, 5), answer(0.020, 12.0, 7)]] * 3
    row = figures(Operation("settle", 80, 3, lambda _times: list), acts, 33.25, 60.0).row()
    assert row == ["settle", "30.0", "30.0", "20.0", "80", "10.0", "33", "60", "12"]


def test_without_the_servers_word_its_columns_stay_empty():
    operation = Operation("list", 40, 1, lambda _times: list)
    row = figures(operation, [[answer(0.010, 0.0, 0)]], 100.0, 200.0).row()
    assert row == ["list", "10.0", "10.0", "–", "40", "–", "100", "200", "0"]


def test_what_is_over_its_budget_is_bold():
    operation = Operation("list", 7, 1, lambda _times: list)
    assert figures(operation, [[answer(0.010, 8.0, 5)]], 1.0, 1.0).row()[3] == "**8.0**"


def test_each_client_acts_as_often_as_asked():
    seen = []
    found, rate = together([lambda: seen.append(threading.get_ident())] * 4, 25)
    assert len(found) == len(seen) == 100
    assert rate > 0


def test_the_failure_of_one_client_is_the_failure_of_all():
    def fail():
        raise LookupError

    with pytest.raises(LookupError):
        together([fail, lambda: None], 1)


def test_a_table_has_a_cell_for_every_head():
    lines = table([["list", *["1"] * 8]]).splitlines()
    assert len({line.count("|") for line in lines}) == 1


def test_the_page_is_rewritten_between_its_marks_only(tmp_path, monkeypatch):
    page = tmp_path / "performance.md"
    page.write_text(f"before {bench.MARKS[0]} old {bench.MARKS[1]} after", encoding="utf-8")
    monkeypatch.setattr(bench, "PAGE", page)
    bench.write("new")
    bench.write("newer")
    assert page.read_text(encoding="utf-8") == (
        f"before {bench.MARKS[0]}\nnewer\n{bench.MARKS[1]} after"
    )
