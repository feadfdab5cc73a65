"""Exports by the worker: for their owner alone, for a day, and with what he may see."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from chejian.accounts.downloads import AT_ONCE
from chejian.accounts.export_models import ExportJob, ExportTemplate
from chejian.accounts.services import exporting
from chejian.core import exports
from chejian.core.errors import NotPermitted
from chejian.core.exports import Heading, Kind, Source, Table, Wanted
from chejian.core.models import Event
from chejian.core.patience import TookTooLong
from tests.factories import accounts

pytestmark = pytest.mark.django_db
HEADINGS = {"name": Heading("name", "客户"), "sum": Heading("sum", "金额", Kind.MONEY)}
NAME = "test-list"


class Sample:
    """A list of so many rows; remembers who asked for what."""

    def __init__(self) -> None:
        self.rows, self.asked, self.refuse, self.fail = 3, [], False, None

    def build(self, wanted: Wanted) -> Table:
        self.asked.append(wanted)
        if self.refuse:
            raise PermissionDenied
        if self.fail:
            raise self.fail
        keys = wanted.columns or ["name", "sum"]
        heads = [HEADINGS[key] for key in keys]
        rows = ([{"name": "=王芳", "sum": n}[key] for key in keys] for n in range(self.rows))
        return Table("测试清单", heads, rows, self.rows, [("状态", "全部")])


@pytest.fixture
def sample(monkeypatch, tmp_path, settings):
    settings.DATA = tmp_path
    made = Sample()
    monkeypatch.setitem(exports.sources.__globals__["_sources"], NAME, Source(
        "测试清单", made.build, lambda wanted: list(HEADINGS.values()), lambda wanted: "/"
    ))
    return made


@pytest.fixture
def client_of(adviser, station):
    return accounts.client_of(adviser, station)


def post(client, query="", **form):
    return client.post(f"/exports/of/{NAME}/?{query}", {"format": "csv", **form})


def lines(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def job_of(user, station, **fields) -> ExportJob:
    return exporting.request_export(**{
        "source": NAME, "title": "测试清单", "form": "csv", "query": "", "columns": [],
        "total": 3, "station_id": station.pk, "by": user, "at": timezone.now(), **fields,
    })


def test_a_short_list_comes_at_once(sample, client_of, adviser, station):
    answer = post(client_of, "state=all&f=x.is.1")
    assert lines(b"".join(answer)) == [
        ["客户", "金额"], ["'=王芳", "0.00"], ["'=王芳", "1.00"], ["'=王芳", "2.00"],
    ]
    assert sample.asked == [Wanted(adviser, station.pk, "state=all&f=x.is.1", [])]
    assert ExportJob.objects.count() == 0
    event = Event.objects.get(kind="export.made")
    assert (event.actor_id, event.station_id, event.data["rows"]) == (adviser.pk, station.pk, 3)


def test_a_long_list_is_left_to_the_worker(sample, client_of, adviser):
    sample.rows = AT_ONCE + 1
    answer = post(client_of, "state=all")
    job = ExportJob.objects.get()
    assert answer["Location"] == f"/exports/{job.pk}/"
    assert (job.owner, job.query, job.total, job.status) == (
        adviser, "state=all", AT_ONCE + 1, "waiting"
    )
    assert ProcrastinateJob.objects.get(task_name="accounts.export").args == {"job_id": job.pk}


def test_the_worker_writes_it_as_its_owner(sample, client_of, adviser, station):
    sample.rows = 1200
    job = job_of(adviser, station, total=1200, query="state=all", columns=[
        {"key": "sum", "label": "应收"}, {"key": "name", "label": ""},
    ])
    exporting.run_export(job=job, at=timezone.now())
    assert sample.asked == [Wanted(adviser, station.pk, "state=all", ["sum", "name"])]
    assert (job.status, job.done, job.size > 0) == ("done", 1200, True)
    found = lines(b"".join(client_of.get(f"/exports/{job.pk}/file/")))
    assert (found[0], found[1], len(found)) == (["应收", "客户"], ["0.00", "'=王芳"], 1201)
    assert client_of.get(f"/exports/{job.pk}/").status_code == 200
    assert client_of.get(f"/exports/{job.pk}/progress/")["HX-Refresh"] == "true"


def test_a_second_run_changes_nothing(sample, adviser, station):
    job = job_of(adviser, station)
    exporting.run_export(job=job, at=timezone.now())
    exporting.run_export(job=job, at=timezone.now())
    assert len(sample.asked) == 1


def test_a_killed_worker_s_job_is_written_again(sample, adviser, station):
    job = job_of(adviser, station)
    ExportJob.objects.update(status="running", done=2)
    exporting.run_export(job=job, at=timezone.now())
    assert (job.status, job.done) == ("done", 3)


@pytest.mark.parametrize("address", ["", "progress/", "file/"])
def test_another_person_never_hears_of_it(sample, station, adviser, manager, address):
    job = job_of(adviser, station)
    exporting.run_export(job=job, at=timezone.now())
    other = accounts.client_of(manager, station)
    assert other.get(f"/exports/{job.pk}/{address}").status_code == 404


def test_the_file_expires(sample, client_of, adviser, station):
    made = timezone.now() - exporting.KEPT
    job = job_of(adviser, station)
    exporting.run_export(job=job, at=made)
    assert client_of.get(f"/exports/{job.pk}/file/").status_code == 404
    assert exporting.place_of(job).exists()
    assert exporting.expire_exports(at=timezone.now()) == 1
    job.refresh_from_db()
    assert job.status == "expired"
    assert not exporting.place_of(job).exists()
    assert client_of.get(f"/exports/{job.pk}/").status_code == 200


def test_expiring_leaves_what_is_still_kept(sample, adviser, station):
    job = job_of(adviser, station)
    exporting.run_export(job=job, at=timezone.now())
    stray = exporting.folder() / "x.csv"
    stray.write_text("old")
    assert exporting.expire_exports(at=timezone.now() + timedelta(hours=1)) == 0
    assert exporting.place_of(job).exists()
    assert not stray.exists()


@pytest.mark.parametrize("error", [None, TookTooLong("太久"), RuntimeError("boom")])
def test_a_failure_is_said_and_leaves_no_file(sample, adviser, station, error):
    job = job_of(adviser, station)
    sample.refuse, sample.fail = error is None, error
    if isinstance(error, RuntimeError):
        with pytest.raises(RuntimeError):
            exporting.run_export(job=job, at=timezone.now())
    else:
        exporting.run_export(job=job, at=timezone.now())
    job.refresh_from_db()
    assert (job.status, bool(job.error)) == ("failed", True)
    assert list(exporting.folder().glob("*")) == []


def test_who_has_left_gets_no_file(sample, adviser, station):
    job = job_of(adviser, station)
    adviser.is_active = False
    adviser.save(update_fields=["is_active"])
    exporting.run_export(job=ExportJob.objects.get(), at=timezone.now())
    job.refresh_from_db()
    assert (job.status, sample.asked) == ("failed", [])
    assert Event.objects.filter(kind="export.made").count() == 0


def test_too_many_at_once_are_refused(sample, adviser, station):
    for _n in range(exporting.WAITING_AT_ONCE):
        job_of(adviser, station)
    with pytest.raises(exporting.TooManyExports):
        job_of(adviser, station)
    assert ExportJob.objects.count() == exporting.WAITING_AT_ONCE


def test_unknown_lists_do_not_exist(client_of):
    assert client_of.post("/exports/of/nothing/", {"format": "csv"}).status_code == 404
    assert client_of.get("/export-templates/of/nothing/").status_code == 404


def form_of(**more) -> dict[str, str]:
    return {
        "name": "财务用", "form": "csv", "visibility": "private", "take_sum": "on",
        "order_sum": "1", "label_sum": "应收", "take_name": "on", "order_name": "2", **more,
    }


def test_a_template_has_its_own_order_and_headings(sample, client_of, adviser):
    page = f"/export-templates/of/{NAME}/"
    assert client_of.get(page).status_code == 200
    assert client_of.post(page, form_of()).status_code == 302
    template = ExportTemplate.objects.get()
    assert template.columns == [{"key": "sum", "label": "应收"}, {"key": "name", "label": ""}]
    answer = post(client_of, template=str(template.pk))
    assert lines(b"".join(answer))[:2] == [["应收", "客户"], ["0.00", "'=王芳"]]


def test_a_list_offers_its_templates(sample, client_of, adviser):
    made(adviser, name="财务用")
    made(adviser, name="别的清单", source="other")
    page = client_of.get(f"/exports/of/{NAME}/?state=all").content.decode()
    assert "财务用" in page
    assert "别的清单" not in page
    assert f'action="/exports/of/{NAME}/?state=all"' in page


def test_a_template_needs_a_column_and_a_role(sample, client_of):
    page = f"/export-templates/of/{NAME}/"
    bare = {"name": "空", "form": "csv", "visibility": "private"}
    assert client_of.post(page, bare).status_code == 422
    assert client_of.post(page, form_of(visibility="role")).status_code == 422
    assert ExportTemplate.objects.count() == 0


def made(owner, **fields) -> ExportTemplate:
    return exporting.save_export_template(**{
        "source": NAME, "name": "财务用", "form": "csv",
        "columns": [{"key": "sum", "label": ""}], "visibility": "private", "by": owner,
        "at": timezone.now(), **fields,
    })


def test_who_sees_a_shared_template(adviser, manager, station, make_user, make_station):
    away = make_user("service_adviser", make_station("YZ"))
    mine = made(adviser)
    role = made(adviser, visibility="role", role=accounts.make_role("service_adviser"))
    here = made(adviser, visibility="station", station=station)

    def seen(user):
        return set(ExportTemplate.objects.visible_to(user))

    assert seen(adviser) == {mine, role, here}
    assert seen(manager) == {here}
    assert seen(away) == {role}


def test_only_the_owner_or_the_manager_changes_it(adviser, manager, station, make_user):
    template = made(adviser, visibility="station", station=station)
    with pytest.raises(NotPermitted):
        made(make_user("cashier", station), template=template, name="改")
    template.refresh_from_db()
    assert template.name == "财务用"
    shared = {"visibility": "station", "station": station}
    assert made(manager, template=template, name="改", **shared).name == "改"
    exporting.delete_export_template(template=template, by=manager, at=timezone.now())
    assert ExportTemplate.objects.count() == 0


def test_nobody_shares_beyond_his_own(adviser, make_station):
    with pytest.raises(NotPermitted):
        made(adviser, visibility="station", station=make_station("YZ"))
    with pytest.raises(NotPermitted):
        made(adviser, visibility="role", role=accounts.make_role("cashier"))
    assert ExportTemplate.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3, 50])
def test_the_page_of_exports_asks_as_often_for_fifty(
    sample, client_of, adviser, station, count, django_assert_max_num_queries
):
    for _n in range(count):
        ExportJob.objects.create(
            owner=adviser, station=station, source=NAME, title="x", form="csv",
            asked_at=timezone.now(),
        )
        made(adviser, visibility="station", station=station)
    with django_assert_max_num_queries(12):
        assert client_of.get("/exports/").status_code == 200
