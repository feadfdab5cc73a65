"""The screens of the catalogue."""

from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chejian.accounts.models import Station
from chejian.catalog import services
from chejian.catalog.models import JobTemplate, LabourClass, Part
from chejian.catalog.services import TemplateJob, TemplatePart
from tests.factories.accounts import client_of, make_role, make_user
from tests.factories.catalog import make_operation, make_part, tax_rate
from tests.factories.inventory import stock

pytestmark = pytest.mark.usefixtures("defaults")


@pytest.fixture
def keeper(station: Station):
    return make_user("storekeeper", station)


def statements(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def part(number="BP-1", name="刹车片", **fields) -> Part:
    return services.create_part(
        number=number, name=name, by=None, at=timezone.now(), tax_rate=tax_rate(), **fields
    )


def test_lists_take_the_same_statements_for_any_rows(manager):
    client, counts = client_of(manager), {}
    for more in (1, 2, 47):
        for _ in range(more):
            made = make_part()
            operation = make_operation()
            services.save_template(
                name=f"T{made.pk}", jobs=[TemplateJob(operation, [TemplatePart(made)])], by=None,
                at=timezone.now(),
            )
        for name in ("parts", "operations", "job_templates"):
            counts.setdefault(name, []).append(statements(client, reverse(name)))
    for name, seen in counts.items():
        assert len(set(seen)) == 1, (name, seen)


def test_the_list_is_searched_and_filtered(manager):
    pads = part("BP-1", "刹车片", brand="博世", origin="genuine", oe_numbers=["L8E0698"])
    part("BP-2", "机油", brand="壳牌")
    gone = part("BP-3", "老件")
    services.update_part(part=gone, version=1, by=None, at=timezone.now(), active=False)
    stock(pads)
    client = client_of(manager)
    for query, shown in {
        "": {"BP-1", "BP-2"}, "active=no": {"BP-3"}, "active=all": {"BP-1", "BP-2", "BP-3"},
        "q=scp": {"BP-1"}, "q=l8e0": {"BP-1"}, "q=zzz": set(), "f=brand.in.壳牌": {"BP-2"},
        "f=origin.in.genuine": {"BP-1"}, "f=origin.in.nonsense": {"BP-1", "BP-2"},
        "f=held.from.1": {"BP-1"},
        "f=held.empty.": {"BP-2"}, "sort=-price": {"BP-1", "BP-2"},
        "after=nonsense": {"BP-1", "BP-2"},
    }.items():
        text = client.get(f"{reverse('parts')}?{query}").content.decode()
        assert {n for n in ("BP-1", "BP-2", "BP-3") if n in text} == shown, query


def test_a_part_is_made_and_changed_by_its_form(manager):
    client = client_of(manager)
    assert client.get(reverse("new_part")).status_code == 200
    data = {"number": "BP-9", "name": "大灯", "unit": "件", "tax_rate": tax_rate().pk,
            "retail_price": "880.5", "oe_numbers": "A1，A2\nA3", "active": "on"}
    client.post(reverse("new_part"), data)
    made = Part.objects.get()
    assert (made.retail_price, made.member_price) == (D("880.5"), None)
    assert sorted(made.numbers.values_list("number", flat=True)) == ["A1", "A2", "A3"]
    page = client.get(reverse("part", args=[made.pk])).content.decode()
    assert "880.50" in page
    edit = reverse("edit_part", args=[made.pk])
    assert client.get(edit).status_code == 200
    assert client.post(edit, data | {"version": "1", "name": "大灯总成"}).status_code == 302
    stale = client.post(edit, data | {"version": "1", "name": "前大灯"})
    assert stale.status_code == 409
    text = stale.content.decode()
    assert "大灯总成" in text
    assert 'value="2"' in text
    assert Part.objects.get().name == "大灯总成"
    assert client.post(edit, data | {"version": "2", "name": ""}).status_code == 422


def test_prices_are_not_asked_of_who_may_not_change_them(keeper):
    found = part(retail_price=D(100))
    client = client_of(keeper)
    edit = reverse("edit_part", args=[found.pk])
    assert "retail_price" not in client.get(edit).content.decode()
    data = {"number": "BP-1", "name": "刹车片", "unit": "套", "tax_rate": tax_rate().pk,
            "version": "1", "retail_price": "1", "active": "on"}
    assert client.post(edit, data).status_code == 302
    found.refresh_from_db()
    assert (found.unit, found.retail_price) == ("套", D(100))


def test_lookups_answer_with_what_a_line_needs(manager):
    found = part("BP-1", "刹车片", retail_price=D("60.5"))
    operation = make_operation("OP-1", "换刹车片")
    client = client_of(manager)
    rows = client.get(reverse("part_lookup"), {"q": "scp"}).json()["results"]
    assert [(r["id"], r["data"]["unit_price"]) for r in rows] == [(found.pk, "60.50")]
    rows = client.get(reverse("operation_lookup"), {"q": "op-1"}).json()["results"]
    assert [(r["id"], r["data"]["flat_hours"]) for r in rows] == [(operation.pk, "1.2")]


def test_a_template_by_its_form(manager):
    oil, filter_ = part("OIL", "机油"), part("FIL", "机滤")
    change_oil = make_operation("OP-1", "换机油")
    client = client_of(manager)
    data = {"name": "小保养", "position": "0", "active": "on", "rows-TOTAL_FORMS": "6",
            "rows-INITIAL_FORMS": "0", "rows-0-operation_text": "OP-1",
            "rows-0-part": str(oil.pk), "rows-0-part_text": "机油", "rows-0-quantity": "4",
            "rows-1-part_text": "FIL"}
    assert client.post(reverse("new_job_template"), data).status_code == 302
    made = JobTemplate.objects.get()
    job = made.jobs.get()
    assert job.operation == change_oil
    assert [(p.part, p.quantity) for p in job.parts.all()] == [(oil, D(4)), (filter_, D(1))]
    address = reverse("job_template", args=[made.pk])
    assert "换机油" in client.get(address).content.decode()
    wrong = client.post(address, data | {"rows-2-part_text": "NOPE"})
    assert wrong.status_code == 422
    assert made.jobs.get() == job


def test_the_short_lists(manager, keeper):
    client = client_of(manager)
    for kind in ("labour-classes", "repair-types", "repair-classes", "tax-rates", "price-levels"):
        assert client.get(reverse("terms", args=[kind])).status_code == 200
    assert client.get(reverse("terms", args=["nonsense"])).status_code == 404
    assert client.get(reverse("new_term", args=["price-levels"])).status_code == 404
    client.post(reverse("new_term", args=["labour-classes"]),
                {"code": "BUS", "name": "客车", "rate": "180"})
    bus = LabourClass.objects.get(code="BUS")
    taken = client.post(reverse("term", args=["labour-classes", bus.pk]),
                        {"code": "QITA", "name": "客车", "rate": "1"})
    assert taken.status_code == 422
    denied = client_of(keeper).post(reverse("term", args=["labour-classes", bus.pk]),
                                    {"code": "BUS", "name": "客车", "rate": "1"})
    assert denied.status_code == 422
    bus.refresh_from_db()
    assert (bus.code, bus.rate) == ("BUS", D(180))


def test_denied_pages_change_nothing(adviser, station):
    found = part()
    make_role("nobody", permissions=[])
    nobody = client_of(make_user("nobody", station))
    for name in ("parts", "operations", "job_templates", "catalogue_terms", "part_lookup"):
        assert nobody.get(reverse(name)).status_code == 403, name
    assert nobody.get(reverse("part", args=[found.pk])).status_code == 403
    client = client_of(adviser)
    for name, args in (("new_part", []), ("edit_part", [found.pk]), ("new_operation", []),
                       ("new_job_template", []), ("part_pictures", [found.pk]),
                       ("new_term", ["tax-rates"])):
        answer = client.post(reverse(name, args=args), {"number": "X", "name": "X"})
        assert answer.status_code == 403, name
    assert Part.objects.get().name == "刹车片"
