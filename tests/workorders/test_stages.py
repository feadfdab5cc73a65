"""What people see of an order: stage, badges, next step, timeline."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from chejian.core.outbox import timeline as events_of
from chejian.workorders import services, timeline
from chejian.workorders.models import WorkOrder
from chejian.workorders.queries import badges, load_sheet, next_action, stage
from tests.factories import catalog
from tests.factories.workorders import Shop, add_job, add_part, brought_to, make_order

pytestmark = pytest.mark.django_db


def states(order: WorkOrder) -> str:
    signs = {"done": "x", "now": "o", "held": "h", "todo": "."}
    return "".join(signs[step.state] for step in stage(order))


@pytest.mark.parametrize(("status", "seen"), [
    ("draft", "o......."), ("received", "xxxo...."), ("in_progress", "xxxxo..."),
    ("on_hold", "xxxxh..."), ("pending_inspection", "xxxxxo.."), ("completed", "xxxxxxo."),
    ("settled", "xxxxxxxo"), ("delivered", "xxxxxxxx"),
])
def test_the_stage_follows_from_status_and_jobs(status: str, seen: str) -> None:
    shop = Shop()
    order = brought_to(status, shop)
    assert states(order) == seen
    sheet = load_sheet(order, timezone.now())
    assert stage(order, sheet) == stage(order)


@pytest.mark.parametrize(("status", "code", "role"), [
    ("draft", "receive", "service_adviser"), ("received", "assign", "workshop_controller"),
    ("on_hold", "resume", "workshop_controller"), ("pending_inspection", "inspect", "inspector"),
    ("completed", "settle", "cashier"), ("settled", "collect", "cashier"),
])
def test_one_bright_step_for_whose_turn_it_is(status: str, code: str, role: str) -> None:
    shop = Shop()
    order = brought_to(status, shop)
    step = next_action(order, shop.person(role))
    assert step.bright is not None
    assert (step.bright.code, step.bright.permitted) == (code, True)
    other = next_action(order, shop.storekeeper)
    assert other.bright is not None
    assert other.bright.permitted is False
    assert other.others == []


def test_nothing_is_bright_while_technicians_work() -> None:
    shop = Shop()
    order = brought_to("in_progress", shop)
    step = next_action(order, shop.controller, refusals=True)
    assert step.bright is None
    assert {act.code: [r.code for r in act.refusals] for act in step.others} == {
        "hold": [], "finish": ["job_unfinished", "clock_running"],
    }
    add_job(order, shop)
    bright = next_action(order, shop.adviser).bright
    assert bright is not None
    assert bright.code == "authorise"


def test_badges_say_what_to_know_first() -> None:
    shop = Shop()
    now = timezone.now()
    order = make_order(shop, promised_at=now - timedelta(hours=1), priority=1)
    add_part(add_job(order, shop), shop, catalog.make_part())
    found = badges(order, load_sheet(order, now), now)
    assert [(badge.tone, badge.icon) for badge in found] == [
        ("red", "clock"), ("red", "alert"), ("violet", "message"), ("grey", "car")
    ]


def test_every_event_of_the_way_has_a_sentence() -> None:
    shop = Shop()
    order = brought_to("delivered", shop, part=shop.stocked(),
                       concerns=["刹车响"], odometer=100)
    events = events_of(order, 100)
    assert {event.kind for event in events} <= set(timeline.SENTENCES)
    with translation.override("zh-hans"):
        words = [entry.text for entry in timeline.entries(events)]
    assert words[-1] == "开单 · 100 km"
    assert "王建华 答复（到店） · 同意：更换前刹车片" in words
    assert not [text for text in words if "%(" in text]


def test_sentences_of_corrections() -> None:
    shop = Shop()
    order = brought_to("received", shop)
    job, now = order.jobs.get(), timezone.now()
    services.split_line(line=job, shares={"customer": Decimal("0.6"), "maker": Decimal("0.4")},
                        by=shop.adviser, at=now)
    services.update_job(job=job, version=None, rate=Decimal(100), by=shop.manager, at=now)
    with translation.override("zh-hans"):
        words = [entry.text for entry in timeline.entries(events_of(order, 10))]
    assert "更换前刹车片 由 客户 60%、厂家 40% 承担" in words
    assert "更换前刹车片 改价 100.00，原价 120.00" in words
