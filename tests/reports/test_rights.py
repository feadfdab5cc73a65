"""Rows of visible stations only, cost by permission, phones masked; nothing but declared fields."""

from decimal import Decimal as D

import pytest
from django.utils import timezone

from chejian.accounts.permissions import P
from chejian.accounts.services.exporting import save_export_template
from chejian.reports.models import SavedQuery
from chejian.reports.subjects import ALL
from tests.factories import accounts, catalog, inventory, workorders
from tests.factories.workorders import Shop
from tests.reports.conftest import answer, ask, lines

pytestmark = pytest.mark.django_db
MONTHS = "by=opened:month&fig=sum:total"


def test_another_station_s_rows_are_not_there(data):
    assert lines(answer("orders", MONTHS, data.there.manager, data.there)) == [
        ("2026-01", D("1000.00"))
    ]


def test_who_works_at_both_stations_sees_both_by_station(data):
    both = accounts.make_user("station_manager", data.here.station)
    accounts.assign(both, "station_manager", data.there.station)
    found = answer("orders", "by=station&fig=sum:total", both, data.here)
    assert sorted(figures for _name, figures in lines(found)) == [D("600.61"), D("1000.00")]


def test_permission_is_judged_at_the_row_s_station(data):
    """Elsewhere he is an administrator, who sees no orders."""
    both = accounts.make_user("station_manager", data.here.station)
    accounts.assign(both, "administrator", data.there.station)
    assert answer("orders", "fig=sum:total", both, data.here).totals == [D("600.61")]


def test_a_foreign_station_cannot_be_asked_for(data):
    text = f"fig=count&f=station.in.{data.there.station.pk}"
    question = ask("orders", text, data.here.manager, data.here)
    assert question.asked.conditions == ()
    assert len(question.asked.problems) == 1


def sold(shop: Shop):
    inventory.stock(part := catalog.make_part(), shop.warehouse, 10, by=shop.storekeeper)
    return workorders.brought_to("completed", shop, part=part)


def test_cost_is_not_even_named_without_the_permission(defaults):
    shop = Shop()
    sold(shop)
    text = "by=brand&fig=sum:cost&f=cost.from.0&order=-f0"
    adviser = ask("parts", text, shop.adviser, shop)
    assert [one.written for one in adviser.figures] == ["count"]
    assert "cost" not in {one.key for one in adviser.asked.available}
    assert adviser.asked.conditions == ()
    assert answer("parts", "fig=sum:cost", shop.manager, shop).totals[0] > 0
    page = accounts.client_of(shop.adviser, shop.station).get("/queries/parts/?fig=sum:cost")
    assert 'value="sum:cost"' not in page.content.decode()


def test_a_shared_template_does_not_widen_what_one_sees(defaults):
    shop = Shop()
    sold(shop)
    template = save_export_template(
        source="query-parts", name="成本表", form="csv", visibility="station",
        columns=[{"key": "number", "label": "单号"}, {"key": "cost", "label": "进价"}],
        station=shop.station, by=shop.manager, at=timezone.now(),
    )

    def heads(user):
        client = accounts.client_of(user, shop.station)
        file = client.post("/exports/of/query-parts/", {"template": template.pk})
        return b"".join(file).decode("utf-8-sig").splitlines()[0]

    assert heads(shop.manager) == "单号,进价"
    assert heads(shop.adviser) == "单号"


def test_cost_shows_only_for_stations_where_it_may_be_seen(defaults):
    here, there = Shop(), Shop(accounts.make_station("YZ"))
    mine, theirs = sold(here), sold(there)
    both = accounts.make_user("station_manager", here.station)
    accounts.assign(both, "service_adviser", there.station)
    found = answer("parts", "by=station&fig=count&fig=sum:cost", both, here)
    cost = {line.labels[0]: line.figures[1] for line in found.lines}
    assert cost == {
        here.station.name: mine.part_lines.get().cost, there.station.name: None,
    }
    assert theirs.part_lines.get().cost > 0


def test_phones_are_masked_and_cannot_be_asked_for(data):
    controller = data.here.controller
    assert not controller.can(P.SEE_PHONE)
    client = accounts.client_of(controller, data.here.station)
    phone = data.orders[0].customer.phone
    page = client.get("/queries/orders/rows/?cols=number,phone").content.decode()
    assert phone not in page
    assert phone[-4:] in page
    text = f"f=phone.is.{phone}&by=phone&fig=distinct:phone"
    question = ask("orders", text, controller, data.here)
    assert (question.asked.conditions, question.groups) == ((), ())
    assert [one.written for one in question.figures] == ["count"]
    answers = client.post("/exports/of/query-orders/?cols=number,phone", {"format": "csv"})
    assert phone not in b"".join(answers).decode("utf-8-sig")


@pytest.mark.parametrize(
    "text",
    [
        "by=password&fig=sum:password", "by=customer__identity_sealed",
        "by=opened:century&fig=median:total", "by=opened&fig=sum:status",
        "fig=sum:total); DROP TABLE x; --", "order=pk%3B&by=status", "by=status:month",
    ],
)
def test_only_declared_fields_count(data, text):
    question = ask("orders", text, data.here.manager, data.here)
    known = {"count"} | {one.written for one in question.countable}
    assert {one.written for one in question.figures} <= known
    assert {one.written for one in question.groups} <= {one.written for one in question.groupable}
    client = accounts.client_of(data.here.manager, data.here.station)
    assert client.get(f"/queries/orders/?{text}").status_code == 200


@pytest.mark.parametrize("subject", ALL, ids=lambda one: one.key)
def test_who_may_not_see_the_subject_is_refused(subject, data):
    nobody = accounts.make_user("administrator", data.here.station)
    client = accounts.client_of(nobody, data.here.station)
    for address in ("", "rows/"):
        assert client.get(f"/queries/{subject.key}/{address}").status_code == 403
    for source in (f"figures-{subject.key}", f"query-{subject.key}"):
        answered = client.post(f"/exports/of/{source}/", {"format": "csv"})
        assert answered.status_code == 403
    assert client.get("/queries/").status_code == 403


def keep(client, **form):
    given = {"name": "本月产值", "visibility": "private", "question": MONTHS, **form}
    return client.post("/queries/orders/keeping/", given)


def test_a_kept_query_is_read_again_for_whoever_opens_it(data):
    here = data.here
    owner = accounts.client_of(here.manager, here.station)
    answered = keep(owner, visibility="station", station=here.station.pk,
                    question="by=brand&fig=sum:cost")
    kept = SavedQuery.objects.get()
    assert answered["Location"] == f"/kept-queries/{kept.pk}/"
    SavedQuery.objects.update(subject="parts")
    other = accounts.client_of(here.adviser, here.station)
    opened = other.get(f"/kept-queries/{kept.pk}/")
    assert opened["Location"] == f"/queries/parts/?by=brand&fig=sum:cost&saved={kept.pk}"
    page = other.get(opened["Location"])
    assert 'value="sum:cost"' not in page.content.decode()
    assert "本月产值" in other.get("/queries/").content.decode()
    away = accounts.client_of(data.there.manager, data.there.station)
    assert away.get(f"/kept-queries/{kept.pk}/").status_code == 404
    assert "本月产值" not in away.get("/queries/").content.decode()


def test_only_the_owner_changes_and_deletes_it(data):
    here = data.here
    keep(accounts.client_of(here.manager, here.station), visibility="station",
         station=here.station.pk)
    kept = SavedQuery.objects.get()
    other = accounts.client_of(here.adviser, here.station)
    changed = other.post(f"/kept-queries/{kept.pk}/", {
        "name": "偷改", "visibility": "private", "question": "by=status",
    })
    assert changed.status_code == 403
    assert other.post(f"/kept-queries/{kept.pk}/deletion/").status_code == 403
    kept.refresh_from_db()
    assert (kept.name, kept.question) == ("本月产值", MONTHS)
    owner = accounts.client_of(here.manager, here.station)
    changed = owner.post(f"/kept-queries/{kept.pk}/", {
        "name": "产值", "visibility": "private", "question": "by=status",
    })
    assert changed.status_code == 302
    kept.refresh_from_db()
    assert (kept.name, kept.question, kept.station) == ("产值", "by=status", None)
    owner.post(f"/kept-queries/{kept.pk}/deletion/")
    assert SavedQuery.objects.count() == 0


def test_a_query_without_a_name_is_not_kept(data):
    client = accounts.client_of(data.here.manager, data.here.station)
    assert keep(client, name="").status_code == 422
    assert SavedQuery.objects.count() == 0
