"""The cockpit's panels: every state, every role, and a bounded number of statements."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chejian.workorders import panels, services
from chejian.workorders.models import WorkOrder
from chejian.workorders.queries.sheet import head_rows
from tests.factories.accounts import client_of, make_station, make_user
from tests.factories.workorders import Shop, add_job, add_part, brought_to, make_order

pytestmark = pytest.mark.django_db

STATES = ("draft", "received", "in_progress", "on_hold", "pending_inspection", "completed",
          "settled", "delivered")


@pytest.mark.parametrize("status", STATES)
def test_all_panels_are_rendered_in_every_state(status: str) -> None:
    shop = Shop()
    order = brought_to(status, shop, jobs=2, part=shop.stocked())
    people = [shop.adviser, shop.storekeeper, shop.manager]
    for person in people + [shop.technician] * (status not in ("draft", "received")):
        answer = client_of(person).get(f"/work-orders/{order.pk}/panels/")
        assert answer.status_code == 200
        text = answer.content.decode()
        for name in panels.NAMES:
            assert f'id="order-{"rows" if name == "lines" else name}"' in text
        assert text.count('hx-swap-oob="true"') == len(panels.NAMES)


def test_one_panel_alone() -> None:
    shop = Shop()
    order = brought_to("in_progress", shop)
    client = client_of(shop.adviser)
    for name in panels.NAMES:
        answer = client.get(f"/work-orders/{order.pk}/panels/{name}/")
        assert answer.status_code == 200
        assert "hx-swap-oob" not in answer.content.decode()
    assert client.get(f"/work-orders/{order.pk}/panels/nonsense/").status_code == 404


def count_of(order: WorkOrder, shop: Shop) -> int:
    with CaptureQueriesContext(connection) as seen:
        found = head_rows(WorkOrder.objects.visible_to(shop.adviser)).get(pk=order.pk)
        panels.panels(found, shop.adviser)
    return len(seen)


def test_the_panels_take_a_dozen_statements_for_1_3_and_50_lines() -> None:
    shop = Shop()
    assert shop.adviser.access  # read once per request
    part = shop.stocked(100)
    counts = []
    for lines in (1, 3, 50):
        order = brought_to("in_progress", shop, part=part)
        shop.people.pop("technician")  # one clock at a time
        for _ in range(lines - 1):
            add_part(add_job(order, shop), shop, part)
        counts.append(count_of(order, shop))
    assert counts[0] == counts[1] == counts[2] <= 12


def test_strangers_get_404_and_technicians_only_their_own() -> None:
    shop = Shop()
    order = brought_to("in_progress", shop)
    elsewhere = make_user("service_adviser", make_station("FT"))
    url = f"/work-orders/{order.pk}/panels/"
    assert client_of(elsewhere).get(url).status_code == 404
    assert client_of(make_user("technician", shop.station)).get(url).status_code == 404
    assert client_of(shop.technician).get(url).status_code == 200


def test_phones_are_masked_for_those_who_may_not_see_them() -> None:
    shop = Shop()
    order = brought_to("in_progress", shop, contact_phone="13812345621")
    url = f"/work-orders/{order.pk}/panels/head/"
    assert "138 1234 5621" in client_of(shop.adviser).get(url).content.decode()
    seen = client_of(shop.controller).get(url).content.decode()
    assert "138 **** 5621" in seen
    assert "1234" not in seen.replace(order.number, "")


def test_a_cell_is_saved_and_the_panels_come_back() -> None:
    shop = Shop()
    order = brought_to("draft", shop)
    job = order.jobs.get()
    client = client_of(shop.adviser)
    answer = client.post(
        f"/work-orders/{order.pk}/lines/j{job.pk}/",
        {"field": "flat_hours", "value": "2.5", "version": job.version},
        headers={"X-Requested-With": "fetch"},
    )
    assert answer.status_code == 200
    job.refresh_from_db()
    assert (job.flat_hours, job.amount) == (Decimal("2.500"), Decimal("300.00"))
    assert 'id="order-rows"' in answer.content.decode()


def test_a_stale_cell_brings_both_values_and_changes_nothing() -> None:
    shop = Shop()
    order = brought_to("draft", shop)
    job = order.jobs.get()
    services.update_job(job=job, version=1, flat_hours=Decimal(2), by=shop.adviser,
                        at=timezone.now())
    answer = client_of(shop.adviser).post(
        f"/work-orders/{order.pk}/lines/j{job.pk}/",
        {"field": "flat_hours", "value": "3", "version": "1"},
        headers={"X-Requested-With": "fetch"},
    )
    assert answer.status_code == 409
    assert answer.json() == {"theirs": "2", "shown": "2", "version": 2}
    job.refresh_from_db()
    assert job.flat_hours == 2


def test_a_wrong_cell_says_so() -> None:
    shop = Shop()
    order = brought_to("draft", shop)
    job = order.jobs.get()
    for field, value in (("flat_hours", "abc"), ("flat_hours", "NaN"), ("rate", "1")):
        answer = client_of(shop.adviser).post(
            f"/work-orders/{order.pk}/lines/j{job.pk}/",
            {"field": field, "value": value, "version": "1"},
            headers={"X-Requested-With": "fetch"},
        )
        assert answer.status_code == 422
        assert answer.json()["message"]
    job.refresh_from_db()
    assert (job.version, job.amount) == (1, Decimal("144.00"))


def test_forms_are_dialogs_for_a_script_and_pages_without_one() -> None:
    shop = Shop()
    order = brought_to("completed", shop)
    paths = {"head/": shop.adviser, "approvals/": shop.adviser, "concerns/": shop.adviser,
             "walkaround/": shop.adviser, "voids/": shop.manager, "reopenings/": shop.manager,
             "assignments/": shop.controller}
    for path, person in paths.items():
        page = client_of(person).get(f"/work-orders/{order.pk}/{path}")
        assert page.status_code == 200, path
        assert "<html" in page.content.decode()
        if path != "walkaround/":
            part = client_of(person).get(f"/work-orders/{order.pk}/{path}",
                                         headers={"HX-Request": "true"})
            assert "<html" not in part.content.decode()


def test_a_part_goes_to_the_job_that_was_chosen() -> None:
    shop = Shop()
    order = make_order(shop)
    first, last = add_job(order, shop), add_job(order, shop)
    gone = add_job(order, shop)
    services.cancel_job(job=gone, by=shop.adviser, at=timezone.now())
    page = client_of(shop.adviser).get(f"/work-orders/{order.pk}/").content.decode()
    choice = page[page.index("data-new-job"):].split("</select>")[0]
    assert re.findall(r'value="(\d+)"', choice) == [str(first.pk), str(last.pk)]

    part = shop.stocked()
    client_of(shop.adviser).post(
        f"/work-orders/{order.pk}/jobs/", {"choice": f"p{part.pk}", "job": first.pk}
    )
    assert [line.job_id for line in order.part_lines.all()] == [first.pk]


def test_what_was_drawn_is_still_there_when_the_walkaround_is_refused() -> None:
    shop = Shop()
    order = make_order(shop)
    marks = ('[{"panel": "bonnet", "x": 0.5, "y": 0.25, "kind": "dent", "note": "5 cm"},'
             ' {"panel": "moon", "x": 0.5, "y": 0.5, "kind": "dent"}, 7]')
    response = client_of(shop.adviser).post(
        f"/work-orders/{order.pk}/walkaround/",
        {"marks": marks, "belongings": "x" * 500, "signature_image": "data:image/png;base64,AAAA"},
    )
    assert response.status_code == 422
    page = response.content.decode()
    assert "&#34;panel&#34;: &#34;bonnet&#34;" in page
    assert "&#34;moon" not in page
    assert 'name="signature_image" value="data:image/png;base64,AAAA"' in page
    assert not order.part_lines.exists()
