"""Parts that several papers share: the car, a signature, the head of a list."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class PaperVehicle:
    """The car as papers name it. ``plate_colour`` is a word: 蓝, 黄, 绿, 黄绿, 白, 黑."""

    plate: str
    plate_colour: str = ""
    make_model: str = ""
    vehicle_type: str = ""
    class_code: str = ""
    vin: str = ""
    engine_no: str = ""
    engine_model: str = ""
    colour: str = ""


@dataclass(frozen=True, kw_only=True)
class PaperSignature:
    """Who signed and when; ``image`` is the PNG that ``media.clean_signature`` made."""

    name: str = ""
    at: datetime | None = None
    image: bytes | None = None


@dataclass(frozen=True, kw_only=True)
class PaperCustomer:
    """托修方: who orders the repair; 送修人: who brought the car."""

    owner: str
    contact: str = ""
    phone: str = ""
    address: str = ""
