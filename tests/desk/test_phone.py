"""我的活: own jobs only, one touch each, nothing twice."""

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from chejian.accounts.models import Team
from chejian.workorders import services
from chejian.workorders.models import JobLine, OrderPhoto, PartsRequest
from tests.desk.counting import SHELL, statements
from tests.factories import workorders as make
from tests.factories.accounts import client_of, make_station, make_user


@pytest.fixture(autouse=True)
def _media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def given(shop, technician=None, **fields) -> JobLine:
    """An approved job given to a technician, ready to start."""
    order = make.make_order(shop, **fields)
    job = make.add_job(order, shop)
    services.receive(order=order, by=shop.adviser, at=timezone.now())
    make.authorise(order, shop)
    services.waive_walkaround(order=order, reason="夜间投钥匙", by=shop.adviser,
                              at=timezone.now())
    services.assign(jobs=[job], technicians=[technician or shop.technician], by=shop.controller,
                    at=timezone.now())
    return JobLine.objects.get(pk=job.pk)


def photo() -> SimpleUploadedFile:
    sent = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(sent, "JPEG")
    return SimpleUploadedFile("bo.jpg", sent.getvalue(), "image/jpeg")


def test_a_technician_sees_his_own_jobs_and_lands_there(shop) -> None:
    mine = given(shop)
    other = make_user("technician", shop.station)
    theirs = given(shop, other)
    client = client_of(shop.technician)

    assert client.get("/").headers["Location"] == "/my-jobs/"
    page = client.get("/my-jobs/").content.decode()
    assert f"/my-jobs/{mine.pk}/" in page
    assert f"/my-jobs/{theirs.pk}/" not in page
    assert client.get(f"/my-jobs/{theirs.pk}/").status_code == 404
    assert client.get(f"/work-orders/{theirs.order_id}/").status_code == 404


def test_a_leader_sees_the_jobs_of_his_team(shop) -> None:
    leader = make_user("team_leader", shop.station)
    member, stranger = shop.technician, make_user("technician", shop.station)
    Team.objects.create(station=shop.station, name="一班", leader=leader).members.set([member])
    own, others = given(shop, member), given(shop, stranger)
    client = client_of(leader)

    page = client.get("/my-jobs/").content.decode()
    assert f"/my-jobs/{own.pk}/" in page
    assert f"/my-jobs/{others.pk}/" not in page
    assert f"/my-jobs/{own.pk}/" not in client.get("/my-jobs/?who=me").content.decode()
    client.post(f"/work-orders/{own.order_id}/jobs/{own.pk}/clocks/", {"technician": member.pk})
    own.refresh_from_db()
    assert own.status == "working"
    refused = client.post(f"/work-orders/{others.order_id}/jobs/{others.pk}/clocks/",
                          {"technician": stranger.pk})
    others.refresh_from_db()
    assert (refused.status_code, others.status) == (403, "assigned")


def test_start_pause_and_finish_come_back_to_the_list(shop) -> None:
    job = given(shop)
    base, client = f"/work-orders/{job.order_id}/jobs/{job.pk}/", client_of(shop.technician)

    started = client.post(f"{base}clocks/", {"technician": shop.technician.pk,
                                             "next": "/my-jobs/"})
    assert started.headers["Location"] == "/my-jobs/"
    assert "data-clock" in client.get("/my-jobs/").content.decode()
    paused = client.post(f"{base}pauses/?technician={shop.technician.pk}", {
        "technician": shop.technician.pk, "reason": "待料", "next": "/my-jobs/"})
    assert paused.headers["Location"] == "/my-jobs/"
    job.refresh_from_db()
    assert (job.status, job.pause_reason) == ("paused", "待料")
    client.post(f"{base}completions/", {"next": "/my-jobs/"})
    job.refresh_from_db()
    assert job.status == "done"


def test_what_is_found_waits_for_the_customer_and_comes_once(shop) -> None:
    job, part = given(shop), shop.stocked(number="BJ-1")
    client = client_of(shop.technician)
    sent = {"name": "右前下摆臂球头松旷", "part": part.pk, "quantity": "1", "key": uuid.uuid4()}

    for _ in range(2):
        response = client.post(f"/my-jobs/{job.pk}/findings/", sent | {"photos": [photo()]})
        assert response.headers["Location"] == f"/my-jobs/{job.pk}/"

    found = JobLine.objects.get(name="右前下摆臂球头松旷")
    assert (found.status, found.additional, found.found_by) == (
        "proposed", True, shop.technician)
    assert [line.part for line in found.parts.all()] == [part]
    assert [one.job for one in OrderPhoto.objects.filter(order=job.order)] == [found]
    assert "右前下摆臂球头松旷" in client.get(f"/my-jobs/{job.pk}/").content.decode()


def test_an_unsafe_photo_leaves_no_half_report(shop) -> None:
    job = given(shop)
    odd = SimpleUploadedFile("x.jpg", b"<html>", "image/jpeg")

    response = client_of(shop.technician).post(
        f"/my-jobs/{job.pk}/findings/", {"name": "漏油", "photos": [odd], "key": uuid.uuid4()})

    assert response.status_code == 422
    assert not JobLine.objects.filter(name="漏油").exists()
    empty = client_of(shop.technician).post(f"/my-jobs/{job.pk}/findings/", {"name": ""})
    assert empty.status_code == 422


def test_parts_are_asked_for_once(shop) -> None:
    job = given(shop)
    make.add_part(job, shop, shop.stocked(), 2)
    make.authorise(job.order, shop)
    client = client_of(shop.technician)

    for _ in range(2):
        client.post(f"/my-jobs/{job.pk}/part-requests/")

    request = PartsRequest.objects.get()
    assert (request.quantity, request.requested_by) == (2, shop.technician)


def test_a_photo_comes_back_as_a_thumbnail(shop) -> None:
    job = given(shop)

    response = client_of(shop.technician).post(f"/my-jobs/{job.pk}/photos/", {"photo": photo()})

    kept = OrderPhoto.objects.get()
    assert (kept.job, kept.stage) == (job, "repair")
    assert f"/files/{kept.file_id}/thumbnail/" in response.content.decode()


def test_strangers_cannot_report_or_ask(shop) -> None:
    job = given(shop)
    elsewhere = make_user("technician", make_station("FT"))

    for tail in ("findings/", "part-requests/", "photos/"):
        assert client_of(elsewhere).post(f"/my-jobs/{job.pk}/{tail}").status_code == 404
        assert client_of(shop.cashier).post(f"/my-jobs/{job.pk}/{tail}").status_code == 403
    assert job.order.jobs.count() == 1
    assert client_of(shop.cashier).get("/my-jobs/").status_code == 403


def test_statements_do_not_grow_with_the_jobs(shop) -> None:
    client, counts = client_of(shop.technician), []
    for wanted in (1, 3, 12):
        while JobLine.objects.count() < wanted:
            given(shop)
        counts.append(statements(client, "/my-jobs/"))

    assert len(set(counts)) == 1
    assert counts[0] <= SHELL + 5
