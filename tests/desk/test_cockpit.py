"""One order on one screen: who sees what, how much it costs the database, what is live."""

import re

import pytest

from chejian.core.models import Event
from tests.desk.counting import SHELL, statements
from tests.factories import workorders as make
from tests.factories.accounts import client_of, make_station, make_user

STATES = ("draft", "received", "in_progress", "on_hold", "pending_inspection", "completed")


@pytest.mark.parametrize("status", STATES)
def test_every_state_has_a_page_for_every_role(shop, status) -> None:
    order = make.brought_to(status, shop)

    for role in ("service_adviser", "workshop_controller", "inspector", "storekeeper", "cashier",
                 "station_manager"):
        page = client_of(shop.person(role)).get(f"/work-orders/{order.pk}/")
        assert page.status_code == 200
        assert order.number in page.content.decode()


def test_strangers_get_nothing_and_technicians_their_own(shop) -> None:
    order = make.brought_to("in_progress", shop)
    elsewhere = make_user("service_adviser", make_station("FT"))
    idle = make_user("technician", shop.station)

    for tail in ("", "till/", "verdicts/", "panels/", "delivery/"):
        address = f"/work-orders/{order.pk}/{tail}"
        assert client_of(elsewhere).get(address).status_code == 404
        assert client_of(idle).get(address).status_code in (403, 404)
    assert client_of(shop.technician).get(f"/work-orders/{order.pk}/").status_code == 200
    assert client_of(make_user("purchaser", shop.station)).get(
        f"/work-orders/{order.pk}/").status_code == 403


def test_cost_and_margin_only_for_whoever_may_see_them(shop) -> None:
    part = shop.stocked(number="COST-1")
    order = make.brought_to("completed", shop, part=part)

    # one part at 100.00 retail that cost 60.00, 1.2 h at the usual rate; net of 13 % VAT
    seen = client_of(shop.cashier).get(f"/work-orders/{order.pk}/till/").content.decode()
    assert "毛利" in seen
    assert "60.00" in seen
    hidden = client_of(shop.adviser).get(f"/work-orders/{order.pk}/till/").content.decode()
    assert "毛利" not in hidden
    assert "60.00" not in hidden


def test_the_next_step_leads_to_pages_of_the_desk(shop) -> None:
    completed = make.brought_to("completed", shop)
    page = client_of(shop.adviser).get(f"/work-orders/{completed.pk}/").content.decode()
    assert f'href="/cashier/{completed.pk}/"' in page


def test_every_panel_says_what_it_listens_to(shop) -> None:
    order = make.brought_to("in_progress", shop)
    page = client_of(shop.adviser).get(f"/work-orders/{order.pk}/").content.decode()

    live = re.findall(r'data-live="([^"]+)"', page)
    assert any(f"job:{order.pk}" in tokens.split() for tokens in live)
    assert any(f"payment:{order.pk}" in tokens.split() for tokens in live)
    assert 'style="' not in page
    assert "onclick" not in page


def test_statements_do_not_grow_with_the_jobs(shop) -> None:
    client, counts = client_of(shop.cashier), []
    for jobs in (1, 3, 12):
        order = make.brought_to("in_progress", shop, jobs=jobs, part=shop.stocked())
        counts.append(statements(client, f"/work-orders/{order.pk}/"))
        for entry in shop.technician.time_entries.filter(ended_at=None):
            entry.ended_at = entry.started_at
            entry.save()

    assert len(set(counts)) == 1
    assert counts[0] <= SHELL + 17


def heard(page: str) -> set[str]:
    """Every token that some part of the page listens to."""
    return {token for tokens in re.findall(r'data-live="([^"]+)"', page)
            for token in tokens.split()}


def test_whatever_happens_to_an_order_is_heard_on_its_page(shop) -> None:
    order = make.brought_to("delivered", shop, part=shop.stocked(), odometer=49_000)
    tokens = heard(client_of(shop.manager).get(f"/work-orders/{order.pk}/").content.decode())

    kinds = set(Event.objects.filter(subject_type="workorders.WorkOrder", subject_id=order.pk)
                .values_list("kind", flat=True))
    assert len(kinds) > 8
    assert [kind for kind in kinds if f"{kind.split('.')[0]}:{order.pk}" not in tokens] == []


@pytest.mark.parametrize(
    ("role", "address", "kinds"),
    [("storekeeper", "/stores/", ("parts.requested", "part.issued", "part.returned")),
     ("technician", "/my-jobs/", ("job.assigned", "job.started", "part.issued", "order.held")),
     ("service_adviser", "/", ("order.received", "job.finished")),
     ("service_adviser", "/work-orders/", ("order.received", "order.settled")),
     ("cashier", "/cashier/", ("order.passed", "order.cleared")),
     ("station_manager", "/notices/", ("approval.requested", "order.received"))],
)
def test_counters_hear_what_concerns_them(shop, role, address, kinds) -> None:
    tokens = heard(client_of(shop.person(role)).get(address).content.decode())

    assert [kind for kind in kinds if not {kind, kind.split(".")[0]} & tokens] == []
