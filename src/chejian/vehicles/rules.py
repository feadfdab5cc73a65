"""How the data of a car are brought into their normal form."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from chejian.core.text import tidy
from chejian.vehicles import plates, vin
from chejian.vehicles.errors import InvalidPlate, InvalidVin

EDITABLE = (
    "vin", "engine_no", "make", "series", "model", "model_year", "colour", "powertrain", "body",
    "labour_class", "registered_on", "insurer_name", "insurance_until", "inspection_until",
    "remarks",
)
LONGEST = 20


def normal_plate(raw: str, kind: str = "") -> dict[str, str]:
    """Plate, class and colour as they are stored; a car without a plate has an empty one."""
    parsed = plates.parse_plate(raw, kind)
    if not parsed.text:
        return {"plate": "", "plate_kind": "", "plate_colour": ""}
    if parsed.unplated:
        return {"plate": "", "plate_kind": parsed.kind.value, "plate_colour": "none"}
    if len(parsed.text) > LONGEST:
        raise InvalidPlate(plates.PROBLEM_TEXT[plates.PlateProblem.LENGTH], field="plate")
    return {
        "plate": parsed.text, "plate_kind": parsed.kind.value, "plate_colour": parsed.colour.value
    }


def normal_fields(fields: Mapping[str, Any], *, this_year: int) -> dict[str, Any]:
    """Tidy what was typed, and judge the VIN: its problem is kept as a warning (domain.md 3.4).

    Raises InvalidVin; TypeError for a field that is not known.
    """
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise TypeError(f"a car has no field {sorted(unknown)} to be set")
    made = {
        name: tidy(value) if isinstance(value, str) else value for name, value in fields.items()
    }
    if "engine_no" in made:
        made["engine_no"] = made["engine_no"].upper()
    if "vin" in made:
        made |= _normal_vin(made["vin"], this_year)
    return made


def _normal_vin(raw: str, this_year: int) -> dict[str, str]:
    parsed = vin.parse_vin(raw, this_year=this_year)
    if len(parsed.text) > LONGEST:
        raise InvalidVin(_("A VIN has 17 signs; there are too many."), field="vin")
    warning = parsed.problems[0].value if parsed.problems and parsed.text else ""
    return {"vin": parsed.text, "vin_warning": warning}


def decoded(vin_text: str, *, this_year: int) -> dict[str, Any]:
    """Make and model year that the VIN tells; only what it tells."""
    parsed = vin.parse_vin(vin_text, this_year=this_year)
    told = {"make": parsed.brand or parsed.maker, "model_year": parsed.model_year}
    return {name: value for name, value in told.items() if value}
