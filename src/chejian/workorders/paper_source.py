"""From an order's rows to the data of its papers: repair order and walk-around sheet.

Papers speak Chinese whatever the screen speaks: their words are set here, not translated.
"""

from django.utils import timezone

from chejian.core import file_store
from chejian.core.car_drawing import PANEL_NAMES
from chejian.core.models import StoredFile
from chejian.core.money import ZERO
from chejian.core.paper_data import PaperCustomer, PaperSignature, PaperVehicle
from chejian.workorders import paper_data
from chejian.workorders.models import (
    Authorisation,
    JobLine,
    OrderPaper,
    PartLine,
    Walkaround,
    WorkOrder,
)
from chejian.workorders.queries.sheet import Sheet, load_order, load_sheet
from chejian.workorders.states import BILLABLE

type Source = tuple[str, dict[str, object]]

ORIGINS = {"genuine": "原厂", "equivalent": "同质", "remanufactured": "再制造", "salvaged": "拆车"}
PAYERS = {"customer": "客户", "maker": "厂家", "insurer": "保险", "internal": "内部",
          "goodwill": "善意"}
PLATE_COLOURS = {"blue": "蓝", "yellow": "黄", "green": "绿", "yellow_green": "黄绿",
                 "white": "白", "black": "黑"}
ORDERED = ("proposed", *BILLABLE)


def of(paper: OrderPaper) -> Source:
    """Template and data of a row's paper."""
    order = load_order(paper.order_id)
    if paper.kind == OrderPaper.Kind.WALKAROUND:
        return paper_data.WALKAROUND, paper_data.walkaround(walkaround(order))
    sheet = load_sheet(order, timezone.now())
    return paper_data.REPAIR_ORDER, paper_data.repair_order(repair_order(sheet))


def vehicle(order: WorkOrder) -> PaperVehicle:
    car = order.vehicle
    return PaperVehicle(
        plate=order.plate, plate_colour=PLATE_COLOURS.get(car.plate_colour, ""),
        make_model=" ".join(filter(None, [car.make, car.series, car.model])), vin=car.vin,
        engine_no=car.engine_no, colour=car.colour,
    )


def customer(order: WorkOrder) -> PaperCustomer:
    return PaperCustomer(
        owner=order.customer.name, contact=order.contact_name,
        phone=order.contact_phone or order.customer.phone, address=order.customer.address,
    )


def signature(file: StoredFile | None, name: str = "", at: object = None) -> PaperSignature | None:
    """The drawn signature with its name and time."""
    if file is None:
        return None
    with file_store.open_file(file.sha256) as stream:
        return PaperSignature(name=name, at=at, image=stream.read())  # type: ignore[arg-type]


def repair_order(sheet: Sheet) -> paper_data.RepairOrder:
    """Everything that is ordered or proposed, with what it is expected to cost."""
    order = sheet.order
    jobs = [job for job in sheet.jobs if job.status in ORDERED]
    lines = [line for job in jobs for line in sheet.parts.get(job.pk, ()) if not line.cancelled]
    discount = sum((job.discount for job in jobs), ZERO)
    discount += sum((line.discount for line in lines), ZERO)
    others_pay = any(payer != "customer" for payer in sheet.by_payer)
    repair_class = order.repair_class
    sheet_of_car: Walkaround | None = getattr(order, "walkaround", None)
    return paper_data.RepairOrder(
        number=order.number, vehicle=vehicle(order), customer=customer(order),
        jobs=[_job(job) for job in jobs], parts=[_part(line) for line in lines],
        concerns=[
            paper_data.PaperConcern(text=said.text, when=said.when, how_often=said.how_often)
            for said in sheet.concerns
        ],
        received_at=order.received_at or order.opened_at, promised_at=order.promised_at,
        km_in=order.odometer_in, fuel_percent=order.fuel_percent,
        charge_percent=order.charge_percent,
        repair_class=repair_class.name if repair_class else "",
        repair_type=order.repair_type.name,
        discount=discount + order.order_discount + order.round_off,
        customer_total=order.customer_total if others_pay else None,
        deposit=order.deposit_held, old_parts=order.old_parts,  # type: ignore[arg-type]
        test_drive=sheet_of_car.test_drive_agreed if sheet_of_car else None,
        wash=sheet_of_car.wash if sheet_of_car else None,
        guarantee_km=repair_class.guarantee_km if repair_class else None,
        guarantee_days=repair_class.guarantee_days if repair_class else None,
        remarks=order.remarks, adviser=order.adviser.name,
        customer_signature=_last_signature(sheet.authorisations),
    )


def _last_signature(answers: list[Authorisation]) -> PaperSignature | None:
    for answer in answers:
        if answer.signature is not None:
            return signature(answer.signature, answer.given_by, answer.at)
    return None


def _job(job: JobLine) -> paper_data.OrderedJob:
    fixed = job.fixed_price is not None
    return paper_data.OrderedJob(
        name=job.name, hours=None if fixed else job.flat_hours, rate=None if fixed else job.rate,
        amount=job.amount, payer=PAYERS.get(job.payer, ""),
    )


def _part(line: PartLine) -> paper_data.EstimatedPart:
    return paper_data.EstimatedPart(
        name=line.name, quantity=line.quantity,
        price=None if line.customer_supplied else line.unit_price, amount=line.amount,
        code=line.number, brand=line.brand, unit=line.unit,
        origin="自带" if line.customer_supplied else ORIGINS.get(line.origin, ""),
        payer=PAYERS.get(line.payer, ""),
    )


def walkaround(order: WorkOrder) -> paper_data.WalkaroundSheet:
    """The car as it came in."""
    sheet: Walkaround = order.walkaround
    return paper_data.WalkaroundSheet(
        number=order.number, vehicle=vehicle(order), customer=customer(order), body=sheet.body,
        marks=[
            paper_data.PaperMark(
                panel=mark.panel, panel_name=str(PANEL_NAMES.get(mark.panel, mark.panel)),
                kind=mark.kind, x=mark.x, y=mark.y, note=mark.note,  # type: ignore[arg-type]
            )
            for mark in sheet.marks.all()
        ],
        received_at=order.received_at or order.opened_at, km_in=order.odometer_in,
        fuel_percent=order.fuel_percent, charge_percent=order.charge_percent,
        interior=sheet.interior, warning_lamps=sheet.warning_lamps, tyres=sheet.tyres,
        belongings=sheet.belongings, documents=sheet.documents,
        spare_and_tools=sheet.spare_and_tools,
        old_parts=order.old_parts,  # type: ignore[arg-type]
        test_drive=sheet.test_drive_agreed, wash=sheet.wash, waived_reason=sheet.waived_reason,
        adviser=order.adviser.name,
        customer_signature=signature(sheet.signature, sheet.signed_name, sheet.signed_at),
    )
