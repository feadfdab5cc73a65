"""The pages of files taken together, and the reconciliation sheet that a person signs."""

import uuid
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from chejian.accounts.models import Station, User
from chejian.catalog.models import Part
from chejian.movein import reading, services, tasks
from chejian.movein.models import ImportBatch, ImportRun, ReconciliationSheet
from chejian.movein.services.sheet import digest_of
from chejian.parties.models import Party
from tests.core import pdf
from tests.factories import accounts
from tests.factories import workorders as orders
from tests.movein.test_undo import _cars, _parts

CARS = _cars(
    "K1,王建华,,13800138000,粤BD12345,LSVNV2187E2100001,大众,100,2026-01-26",
    "K1,王建华,,13800138000,粤BD12345,LSVNV2187E2100001,大众,100,2026-01-26",
    "K2,赵六,,13900139000,粤BD99999,,别克,,",
)
PARTS = _parts("A1,机油滤清器,45,18.5,主仓,A-1,-3,", "A2,刹车片,100,50,主仓,A-2,2,")


@pytest.fixture
def client(defaults: None, manager: User, station: Station) -> Client:
    return accounts.client_of(manager, station)


@pytest.fixture
def batch(defaults: None, station: Station, manager: User) -> ImportBatch:
    at = timezone.now()
    runs = [
        services.start_import(station=station, data=data, name=name, by=manager, at=at)
        for name, data in (("配件.csv", PARTS), ("客户.csv", CARS))
    ]
    return services.start_batch(station=station, runs=runs, by=manager, at=at)


def _work() -> None:
    """What the worker would do."""
    verbs = {
        "movein.try": tasks.try_files, "movein.import_batch": tasks.import_files_together,
        "movein.check": tasks.check_file, "movein.undo": tasks.undo_file,
        "movein.undo_batch": tasks.undo_files_together,
    }
    for job in ProcrastinateJob.objects.filter(task_name__in=verbs).order_by("id"):
        verbs[job.task_name](**job.args)


def _page(client: Client, batch: ImportBatch, path: str = "") -> str:
    answer = client.get(f"/imports/batches/{batch.pk}/{path}")
    assert answer.status_code == 200
    return answer.text


def test_the_whole_way_on_the_screen(client: Client, batch: ImportBatch) -> None:
    """Totals typed, tried, imported, signed, taken back."""
    base = f"/imports/batches/{batch.pk}/"
    assert "粤BD" not in _page(client, batch)
    assert client.post(f"{base}commitment/").status_code == 422
    answer = client.post(f"{base}controls/", {"customers": "2", "car_rows": "4"})
    assert answer.status_code == 302
    assert client.post(f"{base}controls/", {"customers": "many"}).status_code == 422
    assert client.post(f"{base}trials/").status_code == 302
    assert 'hx-trigger="every 1s"' in _page(client, batch)
    assert "HX-Refresh" not in client.get(f"{base}progress/")
    _work()
    assert client.get(f"{base}progress/")["HX-Refresh"] == "true"
    assert Party.objects.count() == 0
    assert "试导完成" in _page(client, batch)
    sheet = _page(client, batch, "reconciliation/")
    for text in ("客户.csv", "配件.csv", "未签字", "第 2 行", "−2"):
        assert text in sheet
    assert client.post(f"{base}commitment/").status_code == 302
    _work()
    assert Party.objects.count() == 2
    assert client.post(f"{base}trials/").status_code == 422
    signed = client.post(
        f"{base}reconciliation/signatures/", {"name": "刘永强", "remark": "已逐项核对"}
    )
    assert signed.status_code == 302
    assert "刘永强" in _page(client, batch, "reconciliation/")
    assert client.post(f"{base}withdrawal/").status_code == 302
    assert client.post(f"{base}withdrawal/").status_code == 422
    _work()
    assert Party.objects.count() == 0
    assert client.post(f"{base}withdrawal/").status_code == 422


def test_files_are_ticked_together(client: Client, defaults: None, station: Station) -> None:
    manager = User.objects.get(assignments__role__code="station_manager")
    at = timezone.now()
    runs = [
        services.start_import(station=station, data=CARS, name=f"{n}.csv", by=manager, at=at)
        for n in range(2)
    ]
    page = client.get("/imports/").text
    assert page.count('name="run"') == 2
    key = str(uuid.uuid4())
    for _turn in range(2):
        answer = client.post("/imports/batches/", {"run": [runs[0].pk], "key": key})
        assert answer.status_code == 302
    assert ImportBatch.objects.count() == 1
    assert list(ImportBatch.objects.get().runs.all()) == [runs[0]]
    assert client.post("/imports/batches/").status_code == 302
    assert ImportBatch.objects.count() == 1


def _tried(batch: ImportBatch, by: User) -> ImportBatch:
    return services.try_out(batch=batch, by=by, at=timezone.now())


def test_a_signature_freezes_what_it_stands_under(
    client: Client, batch: ImportBatch, manager: User
) -> None:
    base = f"/imports/batches/{batch.pk}/reconciliation/signatures/"
    assert client.post(base, {"name": "刘永强"}).status_code == 422
    _tried(batch, manager)
    assert client.post(base, {"name": " "}).status_code == 422
    assert not ReconciliationSheet.objects.exists()
    key = str(uuid.uuid4())
    for _turn in range(2):
        assert client.post(base, {"name": "刘永强", "key": key}).status_code == 302
    sheet = ReconciliationSheet.objects.get()
    assert (sheet.signed_by, sheet.signed_name) == (manager, "刘永强")
    assert sheet.digest == digest_of(sheet.content)
    services.type_controls(
        batch=batch, controls={"customers": Decimal(7)}, by=manager, at=timezone.now()
    )
    assert ReconciliationSheet.objects.get().content == sheet.content
    for change in (
        lambda: ReconciliationSheet.objects.update(signed_name="x"),
        lambda: ReconciliationSheet.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    services.import_batch(batch=batch, by=manager, at=timezone.now())
    page = client.get(f"/imports/batches/{batch.pk}/reconciliation/").text
    assert "未签字" in page
    assert "以前的签字" in page


def test_the_paper_and_the_workbook_say_the_same(
    client: Client, batch: ImportBatch, manager: User
) -> None:
    _tried(batch, manager)
    base = f"/imports/batches/{batch.pk}/reconciliation"
    client.post(f"{base}/signatures/", {"name": "刘永强", "remark": "=1+1"})
    paper = client.get(f"{base}.pdf").content
    text = pdf.text(paper)
    for words in ("数据迁移对账表", "刘永强", "客户.csv", "已试导"):
        assert words in text
    tables = reading.read(client.get(f"{base}.xlsx").content).tables
    assert [table.name for table in tables] == ["对账", "差异明细", "本系统数字"]
    lines = {tuple(row.cells[:2]): row.cells for row in tables[0].rows}
    assert lines["配件.csv", "库存金额"][2:6] == ("—", "44.5", "100", "55.5")
    rows = [row.cells for row in tables[1].rows[1:]]
    assert [cells[:5] for cells in rows if "负库存" in cells[2]] == [
        ("配件.csv", "库存金额", "负库存行，库存记零", "", "2")
    ]
    assert next(cells for cells in rows if "负库存" in cells[2])[5:7] == ("A1", "机油滤清器")


# --- one file: choices, taking back -------------------------------------------------------------
def test_choices_are_made_on_the_page(client: Client, batch: ImportBatch, manager: User) -> None:
    _tried(batch, manager)
    run = batch.runs.get(kind="parts")
    page = client.get(f"/imports/{run.pk}/").text
    assert "存疑库存" in page
    assert 'name="q-2-"' in page
    wrong = {"negative": "counted", "no_cost": "zero", "q-2-": "viele"}
    assert client.post(f"/imports/{run.pk}/choices/", wrong).status_code == 422
    assert client.post(f"/imports/{run.pk}/choices/", {"negative": "x"}).status_code == 422
    assert ImportRun.objects.get(pk=run.pk).choices == {}
    answer = client.post(f"/imports/{run.pk}/choices/", {**wrong, "q-2-": "4"})
    assert answer.status_code == 302
    run.refresh_from_db()
    assert (run.status, run.choices["counted"]) == ("checking", [["", 2, "4"]])
    _work()
    run.refresh_from_db()
    assert list(run.problems.values_list("code", "mend")) == [("stock.counted", "4")]
    line = next(line for line in run.reconciliation if line["metric"] == "stock_value")
    assert line["ours"] == "174.00"


def test_one_import_is_taken_back_on_its_page(
    client: Client, load: Callable[..., ImportRun]
) -> None:
    run = load("客户.csv", data=CARS)
    order = orders.make_order(customer=Party.objects.get(legacy_number="K1"))
    assert client.post(f"/imports/{run.pk}/withdrawal/").status_code == 302
    assert 'hx-trigger="every 1s"' in client.get(f"/imports/{run.pk}/").text
    _work()
    page = client.get(f"/imports/{run.pk}/").text
    assert str(order) in page
    assert "工单" in page
    assert "已不能撤销" in page
    assert Party.objects.filter(legacy_number="K1").exists()
    other = load("配件.csv", data=PARTS)
    assert client.post(f"/imports/{other.pk}/withdrawal/").status_code == 302
    _work()
    other.refresh_from_db()
    assert other.status == "undone"
    assert "已撤销" in client.get(f"/imports/{other.pk}/").text


def test_a_failed_trial_is_said(
    client: Client, batch: ImportBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("disk")

    monkeypatch.setattr("chejian.movein.services.parts.open_stock", broken)
    client.post(f"/imports/batches/{batch.pk}/trials/")
    with pytest.raises(RuntimeError, match="disk"):
        _work()
    batch.refresh_from_db()
    assert batch.status == "failed"
    assert (Party.objects.count(), batch.error != "") == (0, True)
    assert "没有导入" in _page(client, batch) or batch.error in _page(client, batch)


def test_all_files_by_one_command(
    defaults: None, station: Station, manager: User, tmp_path: Path, capsys
) -> None:
    """A dry run tries and leaves nothing; the real one brings all of them in."""
    parts, cars = tmp_path / "配件.csv", tmp_path / "客户.csv"
    parts.write_bytes(PARTS)
    cars.write_bytes(CARS)
    call_command("import_files", parts, cars, together=True, dry_run=True)
    assert Party.objects.count() == 0
    assert "已试导" in capsys.readouterr().out
    call_command("import_files", parts, cars, together=True)
    assert (Party.objects.count(), Part.objects.count()) == (2, 2)
    assert "已导入" in capsys.readouterr().out
    with pytest.raises(CommandError, match="nowhere"):
        call_command("import_files", tmp_path / "nowhere.csv", together=True)
