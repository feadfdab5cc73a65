"""A group of two stations, each with people of every role and one row of everything.

Everything came to be through the real verbs. Made once per run, in one transaction that is
rolled back at the end; what a test does is rolled back after it.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal as D
from io import BytesIO
from typing import Any

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone
from PIL import Image

from chejian.accounts.models import Assignment, Skill, Station, User
from chejian.accounts.permissions import DEFAULT_ROLES, P
from chejian.accounts.services import request_approval
from chejian.accounts.services.audit import record_unmasking
from chejian.accounts.services.defaults import ensure_defaults as accounts_defaults
from chejian.accounts.services.exporting import request_export, save_export_template
from chejian.accounts.services.people import RoleAt
from chejian.accounts.services.places import create_bay, create_team
from chejian.accounts.services.saved_views import save_view
from chejian.accounts.services.tokens import make_token, open_service_account
from chejian.billing.services.collection import Tender, collect, take_deposit
from chejian.billing.services.opening import OpeningRecord, open_balances
from chejian.billing.services.settlement import settle
from chejian.books.models import JournalEntry
from chejian.books.services import ensure_defaults as books_defaults
from chejian.catalog.models import JobTemplate, RepairType
from chejian.catalog.services import TemplateJob, TemplatePart, save_template
from chejian.catalog.services import ensure_defaults as catalog_defaults
from chejian.catalog.services.pictures import add_picture
from chejian.core.intake import take_in
from chejian.core.models import StoredFile
from chejian.inventory.models import StockReceipt
from chejian.movein.services import request_archive, start_batch, start_import
from chejian.parties.models import Party
from chejian.parties.services import add_contact, merge_parties, tag_party
from chejian.quality.models import InspectionTemplate
from chejian.reports.services import save_query
from chejian.vehicles.models import Vehicle
from chejian.vehicles.services import add_driver, merge_vehicles, record_odometer, tag_vehicle
from chejian.workorders import services as work
from chejian.workorders.models import PastOrder, WorkOrder
from chejian.workorders.services.past import (
    PastLineRecord,
    PastOrderRecord,
    import_past_lines,
    import_past_orders,
)
from tests.factories import accounts, catalog, inventory, parties, vehicles, workorders
from tests.factories.workorders import Shop
from tests.walk.table import ONLOOKERS

ROLES = tuple(role.code for role in DEFAULT_ROLES)
type Rows = dict[str, int | str]


@dataclass
class Place:
    """A station with one person per role, a browser of each, and the ids of its rows."""

    shop: Shop
    sessions: dict[str, str] = field(default_factory=dict)
    rows: Rows = field(default_factory=dict)

    def browser(self, role: str) -> Client:
        """The browser of the person with that role; of nobody for ``anonymous``."""
        return browser(self.sessions.get(role, ""))

    @property
    def station(self) -> Station:
        return self.shop.station


@dataclass
class World:
    here: Place
    there: Place
    #: holds every permission here and may only look there; his present station is here
    two_stations: str
    #: the same person, with the station where he may only look as his present one
    gone_there: str
    shared: Rows


def build() -> World:
    accounts_defaults()
    catalog_defaults()
    books_defaults()
    shared, part, template = _catalogue()
    here = _place("NS", shared, part, template)
    there = _place("YZ", shared, part, template)
    both = accounts.make_user(None)
    accounts.make_role("everything", permissions=[str(code) for code in P])
    accounts.make_role("onlooker", permissions=sorted(ONLOOKERS))
    accounts.assign(both, "everything", here.station)
    accounts.assign(both, "onlooker", there.station)
    return World(
        here, there, session_of(both, here.station),
        session_of(both, there.station), shared,
    )


def session_of(user: User, station: Station | None = None) -> str:
    """A session as it is after the first page: nothing in it has to be written."""
    client = accounts.client_of(user, station)
    session = client.session
    session["seen"] = int(time.time())
    session.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value


#: one for all: a browser costs more to make than a page
_BROWSER = Client(raise_request_exception=False)


def browser(session: str) -> Client:
    """The browser with that session alone; in it an error becomes a page of status 500."""
    _BROWSER.cookies.clear()
    if session:
        _BROWSER.cookies[settings.SESSION_COOKIE_NAME] = session
    return _BROWSER


def _catalogue() -> tuple[Rows, Any, JobTemplate]:
    part, operation = catalog.make_part(), catalog.make_operation()
    now = timezone.now()
    template = save_template(
        name="更换前刹车片", jobs=[TemplateJob(operation, [TemplatePart(part, D(2))])],
        by=None, at=now,
    )
    boss = accounts.make_user("head_office", accounts.make_station("NS"))
    far_part = catalog.make_part()
    for number, pictured in enumerate((part, far_part), 1):
        add_picture(part=pictured, source=_photo(number), name="p.jpg", by=boss, at=now)
    customer, other = parties.make_party(), parties.make_party("李梅")
    car, second = vehicles.make_vehicle(owner=customer), vehicles.make_vehicle(owner=other)
    contact = add_contact(party=customer, name="王喆", phone="13700000001", by=None, at=now)
    driver = add_driver(vehicle=car, driver=other, from_date=date(2026, 1, 5), by=None, at=now)
    reading = record_odometer(vehicle=car, reading=42_000, source="manual",
                              read_on=date(2026, 1, 5), by=None, at=now)
    far_contact = add_contact(party=other, name="李强", by=None, at=now)
    far_driver = add_driver(vehicle=second, driver=customer, from_date=date(2026, 1, 5), by=None,
                            at=now)
    far_reading = record_odometer(vehicle=second, reading=9_000, source="manual",
                                  read_on=date(2026, 1, 5), by=None, at=now)
    picture = part.pictures.get()
    merges, tags = _merged_and_tagged([customer, other], [car, second], boss)
    rows: Rows = {
        "party_merge": merges[0], "other_party_merge": merges[1], "vehicle_merge": merges[2],
        "other_vehicle_merge": merges[3], "party_tag": tags[0], "other_party_tag": tags[1],
        "vehicle_tag": tags[0], "other_vehicle_tag": tags[1],
        "party": customer.pk, "other_party": other.pk, "contact": contact.pk,
        "other_contact": far_contact.pk, "vehicle": car.pk, "other_vehicle": second.pk,
        "driver": driver.pk, "other_driver": far_driver.pk, "reading": reading.pk,
        "other_reading": far_reading.pk, "part": part.pk, "picture": picture.pk,
        "other_picture": far_part.pictures.get().pk,
        "inspection_item": InspectionTemplate.objects.create(name="轮胎花纹深度").pk,
        "operation": operation.pk, "template": template.pk, "skill": Skill.objects.create(
            name="电工证").pk, "repair_type": RepairType.objects.get(code="general").pk,
        "region": accounts.make_region().pk, "role": "cashier", "account": "1001",
        "term_kind": "repair-types", "import_kind": "parts", "document_slug": "work-order",
        "panel": "lines", "area": "work-orders", "list": "orders",
    }
    return rows, part, template


def _place(code: str, shared: Rows, part: Any, template: JobTemplate) -> Place:
    shop = Shop(accounts.make_station(code))
    place = Place(shop)
    for role in ROLES:
        place.sessions[role] = session_of(shop.person(role))
    inventory.stock(part, shop.warehouse, 50, by=shop.storekeeper, bin_code="A-01")
    place.rows = {**shared, **_people(shop), **_orders(shop, part), **_goods(shop)}
    return place


def _people(shop: Shop) -> Rows:
    now = timezone.now()
    team = create_team(
        station=shop.station, name="机修一组", by=None, at=now, leader=shop.person("team_leader"),
        members=[shop.technician],
    )
    bay = create_bay(station=shop.station, name="1 号举升机", kind="举升机", by=None, at=now)
    colleague = accounts.make_user("customer_care", shop.station)
    asked = request_approval(
        station_id=shop.station.pk, kind="discount", permission=P.APPROVE_DISCOUNT,
        subject=team, label="WO", amount=D(50), by=shop.adviser, at=now,
    )
    service, token = _service(shop)
    view = save_view(
        list_name="orders", name="今天的", question="state=all", visibility="station",
        station=shop.station, by=shop.adviser, at=now,
    )
    record_unmasking(subject=colleague, field="phone", by=shop.manager, at=now, label="客服",
                     reason="核对", station_id=shop.station.pk)
    run = start_import(
        station=shop.station, data="配件编号,配件名称\nP1,机油\n".encode(), name="parts.csv",
        by=shop.manager, at=now,
    )
    return {
        "station": shop.station.pk, "team": team.pk, "bay": bay.pk, "person": colleague.pk,
        "assignment": Assignment.objects.get(user=colleague).pk, "approval": asked.pk,
        "run": run.pk, "view": view.pk, "service": service, "token": token, **_moving(shop),
        **_kept(shop),
    }


def _moving(shop: Shop) -> Rows:
    """Files taken together that were not tried yet, and an archive that is waited for."""
    now = timezone.now()
    run = start_import(
        station=shop.station, data="配件编号,配件名称,单位\nP2,机滤,个\n".encode(),
        name="filters.csv", by=shop.manager, at=now,
    )
    batch = start_batch(station=shop.station, runs=[run], by=shop.manager, at=now)
    archive = request_archive(station=shop.station, by=shop.manager, at=now)
    return {"batch": batch.pk, "archive": archive.pk}


def _kept(shop: Shop) -> Rows:
    """The manager's: an export of his own, a template and a query shared with the station."""
    now = timezone.now()
    job = request_export(
        source="query-orders", title="工单", form="csv", query="", columns=[], total=1,
        station_id=shop.station.pk, by=shop.manager, at=now,
    )
    template = save_export_template(
        source="query-orders", name="财务用", form="csv", columns=[{"key": "number", "label": ""}],
        visibility="station", station=shop.station, by=shop.manager, at=now,
    )
    query = save_query(
        subject="orders", name="本月产值", question="by=adviser&fig=sum:total",
        visibility="station", station=shop.station, by=shop.manager, at=now,
    )
    return {"export": job.pk, "export_template": template.pk, "kept_query": query.pk,
            "export_source": "query-orders", "subject": "orders"}


def _merged_and_tagged(
    people: list[Party], cars: list[Vehicle], boss: User
) -> tuple[list[int], list[int]]:
    """Each customer and car with a record that was merged into it, and a tag of its own."""
    now = timezone.now()
    merges = [
        merge_parties(keep=one, absorb=parties.make_party(), reason="", by=boss, at=now)
        for one in people
    ]
    cars_merged = [
        merge_vehicles(keep=one, absorb=vehicles.make_vehicle(), reason="", by=boss, at=now)
        for one in cars
    ]
    tags = []
    for name, one, car in zip(("大客户", "出租车"), people, cars, strict=True):
        tag = tag_party(party=one, name=name, by=boss, at=now).tag
        tag_vehicle(vehicle=car, tag=tag, by=boss, at=now)
        tags.append(tag.pk)
    return [row.pk for row in (*merges, *cars_merged)], tags


def _service(shop: Shop) -> tuple[int, int]:
    """The account of a program, and its token."""
    now = timezone.now()
    role = RoleAt(accounts.make_role("cashier"), shop.station)
    account = open_service_account(name="记账程序", role=role, by=shop.manager, at=now)
    made = make_token(user=account, name="记账", scopes=["money:read"], by=shop.manager,
                      expires_at=now + timedelta(days=90), at=now)
    return account.pk, made.token.pk


def _goods(shop: Shop) -> Rows:
    receipt = StockReceipt.objects.filter(station=shop.station).first()
    entry = JournalEntry.objects.filter(station=shop.station).first()
    assert receipt is not None
    assert entry is not None
    return {"warehouse": shop.warehouse.pk, "receipt": receipt.pk, "entry": entry.pk}


def _orders(shop: Shop, part: Any) -> Rows:
    """One order of each stage; the one in repair, made last, has everything on it."""
    now = timezone.now()
    settled = workorders.brought_to("completed", shop, part=part)
    settle(order=settled, by=shop.cashier, at=now)
    payment = collect(order=settled, tenders=[Tender("cash", D(5))], by=shop.cashier, at=now)
    return {
        "draft": workorders.make_order(shop).pk,
        "received": workorders.brought_to("received", shop).pk,
        "inspecting": workorders.brought_to("pending_inspection", shop).pk,
        "completed": workorders.brought_to("completed", shop, part=part).pk,
        "settled": settled.pk, "payment": payment.pk,
        **_from_before(shop, settled, part),
        **_in_repair(shop, part),
    }


def _from_before(shop: Shop, order: WorkOrder, part: Any) -> Rows:
    """An order of the old system with a line, and what its customer had and owed there."""
    now = timezone.now()
    owner = order.customer
    import_past_orders(station=shop.station, import_run=1, records=[PastOrderRecord(
        number="WX1", opened_on=date(2025, 3, 4), row=2, vehicle_id=order.vehicle_id,
        customer_id=owner.pk, plate=order.plate, adviser="周敏", due=D(418), received=D(418),
        material=D(418), odometer=50000, odometer_stated=50000, payment="微信+现金",
    )])
    old = PastOrder.objects.get(station=shop.station)
    import_past_lines(station=shop.station, import_run=2, records=[PastLineRecord(
        order_id=old.pk, kind="part", name="前刹车片", part_id=part.pk, unit_price=D(418),
        amount=D(418), people=("陈志强", "林海"),
    )])
    (opening,) = open_balances(
        station=shop.station, records=[OpeningRecord(owner, D(200), D(40), D(30))],
        as_of=timezone.localdate(now), by=shop.manager, at=now,
    )
    return {"past_order": old.pk, "opening": opening.pk}


def _in_repair(shop: Shop, part: Any) -> Rows:
    now = timezone.now()
    order = workorders.brought_to("in_progress", shop, jobs=2, part=part)
    first, second = order.jobs.order_by("pk")
    wanted = workorders.add_part(second, shop, part)
    workorders.authorise(order, shop)
    request = work.request_parts(line=wanted, quantity=D(1), warehouse=shop.warehouse,
                                 by=shop.adviser, at=now)
    concern = work.add_concern(order=order, text="刹车异响", by=shop.adviser, at=now)
    proposed = workorders.add_job(order, shop)
    photo = _file(order, shop.adviser)
    work.add_photo(order=order, file=photo, stage="reception", by=shop.adviser, at=now)
    take_deposit(order=order, tenders=[Tender("cash", D(10))], by=shop.cashier, at=now)
    return {
        "order": order.pk, "number": order.number, "job": first.pk, "line": f"j{second.pk}",
        "issue": first.parts.get().issues.get().pk, "part_line": wanted.pk,
        "request": request.pk, "concern": concern.pk, "proposed": proposed.pk, "file": photo.pk,
    }


def _photo(shade: int) -> BytesIO:
    kept = BytesIO()
    Image.new("RGB", (64, 48), (shade, 120, 90)).save(kept, "JPEG")
    kept.seek(0)
    return kept


def _file(order: WorkOrder, by: User) -> StoredFile:
    taken = take_in(_photo(order.pk % 250), name="车.jpg")
    return StoredFile.objects.create(
        **vars(taken), station_id=order.station_id, uploaded_by_id=by.pk
    )


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


