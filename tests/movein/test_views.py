"""The pages: files in, columns matched, checked, imported by the worker, problem rows out."""

import io
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from chejian.accounts.models import Station, User
from chejian.billing.models import OpeningBalance
from chejian.movein import reading, recognise, tasks
from chejian.movein.columns import FileKind
from chejian.movein.models import ColumnMemory, ImportRun
from chejian.parties.models import Party
from chejian.workorders.models import PastOrder
from tests.factories import accounts

type Load = Callable[..., ImportRun]
TEXT = (
    "客户编号,客户名称,手机,车牌号,车架号\n"
    "K1,解超,13531969374,粤B12345,LVGGXBBB1HG719830\n"
    "K2,李霞,1.38E+10,粤B54321,LFMHTUM7OHD709683\n"
)


@pytest.fixture
def client(defaults: None, manager: User, station: Station) -> Client:
    return accounts.client_of(manager, station)


def _file(text: str = TEXT, name: str = "客户.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode("gbk"), "text/csv")


def _upload(client: Client, *files: SimpleUploadedFile) -> ImportRun:
    answer = client.post("/imports/", {"uploads": list(files)})
    assert answer.status_code == 302
    return ImportRun.objects.latest("pk")


def _work() -> None:
    """What the worker would do."""
    verbs = {"movein.check": tasks.check_file, "movein.import": tasks.import_file}
    for job in ProcrastinateJob.objects.filter(task_name__in=verbs):
        verbs[job.task_name](**job.args)


def test_the_whole_way(client: Client, manager: User) -> None:
    run = _upload(client, _file())
    page = client.get(f"/imports/{run.pk}/")
    assert page.status_code == 200
    assert "手机" in page.text
    assert client.post(f"/imports/{run.pk}/checks/").status_code == 302
    run.refresh_from_db()
    assert run.status == ImportRun.Status.CHECKING
    assert 'hx-trigger="every 1s"' in client.get(f"/imports/{run.pk}/").text
    assert "HX-Refresh" not in client.get(f"/imports/{run.pk}/progress/")
    _work()
    assert client.get(f"/imports/{run.pk}/progress/")["HX-Refresh"] == "true"
    checked = client.get(f"/imports/{run.pk}/")
    assert "LFMHTUM70HD709683" in checked.text
    assert Party.objects.count() == 0
    client.post(f"/imports/{run.pk}/commitment/")
    _work()
    run.refresh_from_db()
    assert (run.status, run.imported_by) == (ImportRun.Status.IMPORTED, manager)
    assert Party.objects.count() == 2
    done = client.get(f"/imports/{run.pk}/")
    assert f"/imports/{run.pk}/problem-rows.xlsx" in done.text
    assert f"/imports/{run.pk}/commitment/" not in done.text
    assert client.get("/imports/").text.count(f"/imports/{run.pk}/") == 1


def test_an_import_needs_a_check_first(client: Client) -> None:
    run = _upload(client, _file())
    assert client.post(f"/imports/{run.pk}/commitment/").status_code == 422
    run.refresh_from_db()
    assert run.status == ImportRun.Status.RECOGNISED
    assert not ProcrastinateJob.objects.filter(task_name="movein.import").exists()


def test_an_imported_file_is_not_imported_again(client: Client, load: Load) -> None:
    run = load("x.csv", data=TEXT.encode())
    for path in ("checks", "commitment", "mends"):
        assert client.post(f"/imports/{run.pk}/{path}/").status_code == 422
    assert not ProcrastinateJob.objects.exists()


def test_several_files_at_once(client: Client) -> None:
    controls = _file("项目,旧系统数\n客户数,2\n", "数.csv")
    answer = client.post("/imports/", {"uploads": [_file(), controls]})
    assert answer["Location"] == "/imports/"
    kinds = set(ImportRun.objects.values_list("kind", flat=True))
    assert kinds == {FileKind.CARS, FileKind.CONTROLS}


def test_a_file_that_cannot_be_read_says_why_and_leaves_nothing(client: Client) -> None:
    answer = client.post(
        "/imports/", {"uploads": [SimpleUploadedFile("a.xls", b"<html><table></table></html>")]}
    )
    assert answer.status_code == 422
    assert ".xlsx" in answer.text
    assert not ImportRun.objects.exists()


def test_no_file_at_all(client: Client) -> None:
    assert client.post("/imports/").status_code == 422


def test_columns_by_hand_are_remembered(client: Client) -> None:
    text = TEXT.replace("手机", "随便")
    run = _upload(client, _file(text))
    assert "2" not in run.sheets[0]["columns"]
    chosen = {"kind": "cars", "c-0-0": "customer_number", "c-0-1": "customer_name",
              "c-0-2": "phone", "c-0-3": "plate", "c-0-4": "vin"}
    assert client.post(f"/imports/{run.pk}/columns/", chosen).status_code == 302
    run.refresh_from_db()
    assert run.sheets[0]["columns"]["2"] == "phone"
    again = _upload(client, _file(text))
    assert again.sheets[0]["columns"]["2"] == "phone"
    automatic = {key: value for key, value in chosen.items() if key != "c-0-2"}
    client.post(f"/imports/{again.pk}/columns/", automatic)
    assert not ColumnMemory.objects.exists()


def test_a_column_that_is_needed_must_be_there(client: Client) -> None:
    run = _upload(client, _file())
    answer = client.post(f"/imports/{run.pk}/columns/", {"kind": "cars", "c-0-2": "phone"})
    assert answer.status_code == 422
    run.refresh_from_db()
    assert run.sheets[0]["columns"]["1"] == "customer_name"


def test_a_file_not_recognised_is_told_by_hand(client: Client) -> None:
    run = _upload(client, _file("某店导出\n甲,乙,丙\n解超,13531969374,粤B12345\n"))
    assert run.kind == ""
    assert client.post(f"/imports/{run.pk}/checks/").status_code == 422
    client.post(f"/imports/{run.pk}/columns/", {"kind": "cars", "header_row": "2"})
    run.refresh_from_db()
    assert (run.kind, run.sheets[0]["header_row"], run.row_count) == ("cars", 2, 1)
    assert client.post(f"/imports/{run.pk}/checks/").status_code == 422
    client.post(
        f"/imports/{run.pk}/columns/",
        {"kind": "cars", "c-0-0": "customer_name", "c-0-1": "phone", "c-0-2": "plate"},
    )
    client.post(f"/imports/{run.pk}/checks/")
    _work()
    run.refresh_from_db()
    assert run.counts["customers_new"] == 1


def test_history_comes_in_like_every_file(client: Client) -> None:
    run = _upload(client, _file("单号,进厂日期,结算日期,车牌号,里程\nWX1,2026-01-01,,粤B12345,1\n"))
    assert run.kind == FileKind.HISTORY_HEADS
    assert client.get(f"/imports/{run.pk}/").status_code == 200
    client.post(f"/imports/{run.pk}/checks/")
    _work()
    client.post(f"/imports/{run.pk}/commitment/")
    _work()
    run.refresh_from_db()
    assert (run.status, run.counts["past_orders_new"]) == (ImportRun.Status.IMPORTED, 1)


def test_lines_of_history_wait_for_their_orders(client: Client) -> None:
    run = _upload(client, _file("单号,类别,名称,数量,单价,金额\nWX1,工时,小保养,1,150,150\n"))
    assert run.kind == FileKind.HISTORY_LINES
    client.post(f"/imports/{run.pk}/checks/")
    _work()
    run.refresh_from_db()
    assert run.status == ImportRun.Status.FAILED
    assert "先导入历史工单" in client.get(f"/imports/{run.pk}/").content.decode()


def test_offered_mends_are_taken_for_the_whole_file(client: Client) -> None:
    text = "客户名称,手机,车牌号,最近里程\n解超,13531969374,粤B12345,1701750\n"
    run = _upload(client, _file(text))
    client.post(f"/imports/{run.pk}/checks/")
    _work()
    client.post(f"/imports/{run.pk}/mends/", {"accept": ["km.ten_times", "nonsense"]})
    _work()
    run.refresh_from_db()
    assert (run.status, run.accepted) == (ImportRun.Status.CHECKED, ["km.ten_times"])
    problem = run.problems.get()
    assert (problem.severity, problem.mend) == ("mended", "170175")


def test_problem_rows_come_out_mendable(client: Client, load: Load) -> None:
    run = load("x.csv", data=TEXT.encode())
    answer = client.get(f"/imports/{run.pk}/problem-rows.xlsx")
    assert answer["Content-Disposition"].startswith("attachment")
    document = reading.read(answer.content)
    header, row = document.tables[0].rows
    assert header.cells[:3] == ("原行号", "问题", "建议")
    assert header.cells[3:] == ("客户编号", "客户名称", "手机", "车牌号", "车架号")
    assert row.cells[0] == "3"
    assert row.cells[3:6] == ("K2", "李霞", "1.38E+10")
    sheet = recognise.recognise(document).sheets[0]
    assert sheet.kind == FileKind.CARS
    assert {match.column: match.field for match in sheet.matches}[5] == "phone"


def test_a_formula_in_a_cell_stays_text(client: Client, load: Load) -> None:
    text = TEXT.replace("李霞", '"=HYPERLINK(""http://x"",""y"")"')
    run = load("x.csv", data=text.encode())
    data = client.get(f"/imports/{run.pk}/problem-rows.xlsx").content
    cells = reading.read(data).tables[0].rows[1].cells
    assert cells[4].startswith("=HYPERLINK")


def test_mended_rows_are_not_compared_with_the_whole(client: Client, load: Load) -> None:
    load("数.csv", data="项目,旧系统数\n客户数,2400\n".encode())
    text = "原行号,问题,建议," + TEXT.replace("\nK", "\n7,,,K")
    run = load("x.csv", data=text.encode())
    assert run.counts["customers_new"] == 2
    assert {line["control"] for line in run.reconciliation} == {None}


@pytest.mark.parametrize(("slug", "kind", "rows"), [
    ("cars", "cars", 1), ("balances", "cars", 1), ("parts", "parts", 1),
    ("history", "history", 1), ("history_lines", "history_lines", 2),
])
def test_templates_are_recognised_by_ourselves(
    client: Client, slug: str, kind: str, rows: int
) -> None:
    answer = client.get(f"/imports/templates/{slug}.xlsx")
    found = recognise.recognise(reading.read(answer.content))
    assert found.kind == kind
    assert all(match.sure for match in found.sheets[0].matches)
    assert len(found.sheets[0].rows) == rows


def test_every_kind_has_a_template_on_the_page(client: Client) -> None:
    page = client.get("/imports/").content.decode()
    assert re.findall(r"/imports/templates/([a-z_]+)\.xlsx", page) == [
        "cars", "balances", "parts", "history", "history_lines"]


def test_the_examples_of_all_templates_go_in_together_and_tie(
    client: Client, load: Load
) -> None:
    """Whoever fills them in as they are shown meets no finding."""
    found = {}
    for slug in ("cars", "balances", "parts", "history", "history_lines"):
        data = client.get(f"/imports/templates/{slug}.xlsx").content
        run = load(f"{slug}.xlsx", data=data)
        found[slug] = (run.status, sorted({one.code for one in run.problems.all()}))
    assert found == dict.fromkeys(found, ("imported", []))
    order = PastOrder.objects.get()
    assert (order.customer and order.customer.name, order.due) == ("王建华", Decimal("454.10"))
    assert sorted(order.lines.values_list("amount", flat=True)) == [60, 418]
    opened = OpeningBalance.objects.get()
    assert (opened.stored_value, opened.gift_value) == (Decimal("1990.27"), Decimal("398.05"))


def test_an_unknown_template(client: Client) -> None:
    assert client.get("/imports/templates/controls.xlsx").status_code == 404


PATHS = ("", "columns/", "mends/", "checks/", "commitment/", "progress/", "problem-rows.xlsx")


@pytest.mark.parametrize("path", PATHS)
def test_others_see_nothing(load: Load, station: Station, path: str) -> None:
    run = load("x.csv", data=TEXT.encode(), commit=False)
    method = "get" if path in ("", "progress/", "problem-rows.xlsx") else "post"
    adviser = accounts.client_of(accounts.make_user("service_adviser", station))
    assert getattr(adviser, method)(f"/imports/{run.pk}/{path}").status_code == 403
    elsewhere = accounts.make_station("OT")
    stranger = accounts.client_of(accounts.make_user("station_manager", elsewhere), elsewhere)
    assert getattr(stranger, method)(f"/imports/{run.pk}/{path}").status_code == 404
    run.refresh_from_db()
    assert (run.status, Party.objects.count()) == (ImportRun.Status.CHECKED, 0)


def test_whoever_may_not_import_here_may_not_begin(defaults: None, station: Station) -> None:
    person = accounts.make_user("service_adviser", station)
    accounts.assign(person, "station_manager", accounts.make_station("OT"))
    client = accounts.client_of(person, station)
    assert client.get("/imports/").status_code == 403
    assert client.post("/imports/", {"uploads": [_file()]}).status_code == 403
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("rows", [1, 3, 50])
def test_as_many_statements_for_fifty_problems_as_for_one(
    client: Client, load: Load, rows: int
) -> None:
    lines = "".join(f"K{n},客{n},1.38E+10,粤B{n:05d},\n" for n in range(rows))
    run = load("x.csv", data=(TEXT.splitlines()[0] + "\n" + lines).encode(), commit=False)
    client.get(f"/imports/{run.pk}/")
    with CaptureQueriesContext(connection, ) as captured:
        client.get(f"/imports/{run.pk}/")
    statements = [q["sql"] for q in captured.captured_queries if "movein_" in q["sql"]]
    assert len(statements) == 3


def test_a_failure_is_said_and_nothing_is_written(
    client: Client, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = _upload(client, _file())
    client.post(f"/imports/{run.pk}/checks/")
    _work()
    client.post(f"/imports/{run.pk}/commitment/")

    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("disk")

    monkeypatch.setattr("chejian.movein.services.cars.vehicle_bulk.import_vehicles", broken)
    with pytest.raises(RuntimeError, match="disk"):
        _work()
    run.refresh_from_db()
    assert run.status == ImportRun.Status.FAILED
    assert Party.objects.count() == 0
    assert client.get(f"/imports/{run.pk}/").status_code == 200


def test_the_command(load: Load, station: Station, manager: User, tmp_path, capsys) -> None:
    from django.core.management import CommandError, call_command

    cars, rows = tmp_path / "客户.csv", tmp_path / "rows.xlsx"
    cars.write_text(TEXT, encoding="gb18030")
    call_command("import_files", cars, station="NS", by=manager.username, dry_run=True)
    assert Party.objects.count() == 0
    call_command("import_files", cars, problems=rows)
    assert Party.objects.count() == 2
    assert reading.read(rows.read_bytes()).tables[0].rows[1].cells[3] == "K2"
    assert "客户.csv" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("import_files", cars, station="XX")
    with pytest.raises(CommandError):
        call_command("import_files", cars, by="nobody")
    with pytest.raises(CommandError):
        call_command("import_files", tmp_path / "missing.csv")


def test_the_problem_workbook_is_a_real_workbook(client: Client, load: Load) -> None:
    run = load("x.csv", data=TEXT.encode())
    data = client.get(f"/imports/{run.pk}/problem-rows.xlsx").content
    assert io.BytesIO(data).read(2) == b"PK"
