"""Rows of a sheet as values by field, each with what was found wrong. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from chejian.movein import history_values, values
from chejian.movein.columns import FileKind
from chejian.movein.reading import Row
from chejian.movein.recognise import Sheet
from chejian.movein.values import Finding, Reader, Reading, Severity, Value


@dataclass
class ParsedRow:
    """A row's values by field. ``cells`` are the texts as they stood, by field too."""

    sheet: str
    number: int
    values: dict[str, Any]
    cells: dict[str, str]
    findings: list[Finding] = field(default_factory=list)

    def get(self, key: str) -> Any:
        return self.values.get(key)

    def text(self, key: str) -> str:
        """A text value; empty where there is none."""
        return self.values.get(key) or ""

    @property
    def blocked(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings)

    def note(self, key: str, code: str, severity: Severity, *, mend: str = "", **data: str) -> None:
        """Add a finding about the field ``key``."""
        raw = self.cells.get(key, "")
        self.findings.append(Finding(key, code, severity, raw, mend, tuple(data.items())))

    def mend(self, key: str, value: Any, mend: str) -> None:
        """Take a value from elsewhere for what was wrong here: its warnings become mends."""
        self.values[key] = value
        self.findings = [
            replace(f, severity=Severity.MENDED, mend=mend)
            if f.field == key and f.severity is Severity.WARNING
            else f
            for f in self.findings
        ]


def _limited(limit: int) -> Reader[str]:
    def read(raw: str, key: str, reading: Reading) -> Value[str]:
        return values.read_text(raw, key, reading, limit)

    return read


def _soft_amount(raw: str, key: str, reading: Reading) -> Value[Any]:
    """An amount that is only summed for comparing: what is no number is a warning."""
    read = values.read_amount(raw, key, reading)
    softer = tuple(replace(f, severity=Severity.WARNING) for f in read.findings)
    return Value(read.value, softer)


CAR_READERS: dict[str, Reader[Any]] = {
    "customer_number": values.read_code,
    "customer_name": _limited(120),
    "contact_name": _limited(60),
    "phone": values.read_phone,
    "customer_kind": values.read_is_company,
    "identity": values.read_identity,
    "address": _limited(200),
    "plate": values.read_plate,
    "vin": values.read_vin,
    "engine_no": _limited(40),
    "make": _limited(40),
    "series": _limited(60),
    "model": _limited(80),
    "colour": _limited(20),
    "registered_on": values.read_past_date,
    "odometer": values.read_kilometres,
    "last_visit_on": values.read_past_date,
    "insurer_name": _limited(40),
    "insurance_until": values.read_date,
    "inspection_until": values.read_date,
    "member_tier": _limited(20),
    "credit_limit": values.read_price,
    "stored_value": _soft_amount,
    "gift_value": _soft_amount,
    "debt": _soft_amount,
    "remarks": _limited(300),
}
PART_READERS: dict[str, Reader[Any]] = {
    "number": values.read_code,
    "name": _limited(80),
    "spec": _limited(80),
    "fitment": _limited(200),
    "brand": _limited(40),
    "origin": _limited(20),
    "unit": _limited(10),
    "cost": values.read_price,
    "retail_price": values.read_price,
    "member_price": values.read_price,
    "contract_price": values.read_price,
    "wholesale_price": values.read_price,
    "claim_price": values.read_price,
    "safety_stock": values.read_quantity,
    "warehouse": _limited(40),
    "bin": _limited(20),
    "quantity": values.read_quantity,
    "value": _soft_amount,
    "interchange": _limited(200),
    "oe_number": _limited(200),
    "barcode": values.read_code,
    "remarks": _limited(200),
}
HISTORY_HEAD_READERS: dict[str, Reader[Any]] = {
    "order_number": values.read_code,
    "opened_on": values.read_past_date,
    "settled_on": values.read_date,
    "plate": values.read_plate,
    "vin": values.read_vin,
    "customer_number": values.read_code,
    "odometer": history_values.read_stated_kilometres,
    "repair_type": _limited(40),
    "adviser": history_values.read_person,
    "concern": _limited(300),
    "labour": values.read_amount,
    "material": values.read_amount,
    "other": values.read_amount,
    "discount": values.read_amount,
    "due": values.read_amount,
    "received": values.read_amount,
    "payment": history_values.read_payment,
}
HISTORY_LINE_READERS: dict[str, Reader[Any]] = {
    "order_number": values.read_code,
    "line_kind": history_values.read_line_kind,
    "code": values.read_code,
    "name": _limited(80),
    "quantity": values.read_quantity,
    "price": values.read_price,
    "amount": values.read_amount,
    "technicians": history_values.read_people,
}
READERS: dict[str, Mapping[str, Reader[Any]]] = {
    FileKind.CARS: CAR_READERS,
    FileKind.PARTS: PART_READERS,
    FileKind.HISTORY_HEADS: HISTORY_HEAD_READERS,
    FileKind.HISTORY_LINES: HISTORY_LINE_READERS,
}


def parse(sheet: Sheet, reading: Reading) -> Iterator[ParsedRow]:
    """Read every data row of a sheet by its matched columns."""
    readers = READERS[sheet.kind]
    wanted = [(match.column, match.field) for match in sheet.matches if match.field in readers]
    for row in sheet.rows:
        yield _parse_row(sheet.name, row, wanted, readers, reading)


def _parse_row(
    sheet: str,
    row: Row,
    wanted: list[tuple[int, str]],
    readers: Mapping[str, Reader[Any]],
    reading: Reading,
) -> ParsedRow:
    parsed = ParsedRow(sheet, row.number, {}, {})
    for column, key in wanted:
        raw = row.cells[column] if column < len(row.cells) else ""
        parsed.cells[key] = raw
        if raw:
            read = readers[key](raw, key, reading)
            parsed.values[key] = read.value
            parsed.findings.extend(read.findings)
    return parsed
