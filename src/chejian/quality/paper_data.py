"""What the completion certificate (竣工出厂合格证) and its guarantee card say.

Source: 机动车维修管理规定 (the certificate is signed by the inspector; guarantee minimum: whole
vehicle and assembly repair 20,000 km or 100 days, 二级维护 5,000 km or 30 days, 一级维护, 小修 and
专项修理 2,000 km or 10 days). Filled by the app; holds no rows and asks no database.
"""

from dataclasses import dataclass
from datetime import date

from chejian.core.paper_data import PaperVehicle
from chejian.core.paper_text import OptionalWhole, fields_of

TEMPLATE = "quality/papers/completion_certificate.typ"


@dataclass(frozen=True, kw_only=True)
class CompletionCertificate:
    """One sheet: the shop's stub, the owner's copy, the guarantee card.

    ``contract_no`` is the repair order's number; ``model`` of the paper is the car's
    ``make_model``; ``engine_model`` and ``engine_no`` stand together.
    """

    number: str
    customer: str
    vehicle: PaperVehicle
    contract_no: str
    repair_class: str
    received_on: date | None = None
    delivered_on: date | None = None
    km_out: OptionalWhole = None
    inspector: str = ""
    collected_by: str = ""
    guarantee_km: OptionalWhole = None
    guarantee_days: OptionalWhole = None
    invoice_no: str = ""


def completion_certificate(paper: CompletionCertificate) -> dict[str, object]:
    """The data of the template."""
    car = paper.vehicle
    engine = " / ".join(filter(None, [car.engine_model, car.engine_no]))
    return fields_of(paper) | {"engine": engine}
