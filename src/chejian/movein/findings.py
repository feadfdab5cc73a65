"""The sentences for what was found in a file, and what a mend of each kind means."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chejian.movein.values import Severity

TEXT: dict[str, Promise] = {
    "text.cut": _("The text was too long and was cut."),
    "date.unknown": _("This is no date we know; it was left out."),
    "date.impossible": _("There is no such day; the date was left out."),
    "date.short_year": _("The year has two digits only."),
    "date.future": _("The date lies in the future; it was left out."),
    "number.unknown": _("This is no number."),
    "number.too_large": _("The number is too large."),
    "number.negative": _("A price cannot be below zero."),
    "number.unit": _("A unit stood behind the number and was dropped."),
    "km.unknown": _("This is no odometer reading; it was left out."),
    "km.ten_times": _("The odometer seems ten times too high; it was left out."),
    "km.far": _("The odometer is unusually high."),
    "km.out_of_order": _(
        "The odometer does not fit between the car's other readings; it is kept with a warning."
    ),
    "phone.spreadsheet": _("A spreadsheet lost the number; it was left out."),
    "phone.short": _("The phone lacks a digit; it was left out."),
    "phone.long": _("The phone has too many digits; it was left out."),
    "phone.unknown": _("This is no phone number; it was left out."),
    "plate.letters": _("Letters O and I in the plate were taken as 0 and 1."),
    "plate.strange": _("This is no known form of plate; it was taken as it stands."),
    "plate.other_car": _("The plate belongs to another car: {other}."),
    "plate.passed_on": _(
        "The plate also stands on {other}, seen later; it was left with that car."
    ),
    "vin.letters": _("Letters O, Q and I in the VIN stand for 0 and 1."),
    "vin.short": _("The VIN has fewer than 17 signs; it was kept with a warning."),
    "vin.long": _("The VIN has more than 17 signs; it was kept with a warning."),
    "vin.unknown": _("This is no VIN; it was left out."),
    "vin.check_digit": _("The check digit of the VIN does not fit; it was taken as it stands."),
    "identity.unknown": _("This is neither an identity card nor a credit code; it was left out."),
    "kind.unknown": _("Person or company could not be told; it was taken from the name."),
    "customer.nameless": _("The customer has no name; the phone stands for it."),
    "customer.maybe_same": _("This may be the same customer as {other}."),
    "customer.other_name": _("The same number has another name in {other}."),
    "customer.other_phone": _("The same customer has another phone in {other}."),
    "car.twice": _("The same car stands in {other} too; they became one."),
    "car.two_owners": _("The same car has another owner in {other}; the later visit decides."),
    "car.nameless": _("The car has neither plate nor VIN; only the customer was taken."),
    "row.empty": _("The row names neither a customer nor a car."),
    "part.numberless": _("The part has no number."),
    "part.nameless": _("The part has no name."),
    "part.other": _("The same number stands for another part in {other}."),
    "part.twice": _("This row repeats {other} word for word; it counts once."),
    "stock.negative": _("The stock is below zero: the part is made with nothing on hand."),
    "stock.counted": _("The stock was below zero; as counted, {other} come in."),
    "stock.cost_given": _("There was no cost; as chosen, it comes in at {other}."),
    "stock.no_cost": _("There is stock without a cost; it comes in at zero."),
    "stock.value_differs": _("Cost times quantity is {other}; that is what comes in."),
    "stock.placeless": _("There is stock without a warehouse; it goes to the first one."),
    "stock.differs_now": _("Our stock is {other} by now; it was not touched."),
    "history.numberless": _("The row has no order number."),
    "history.no_date": _("The order has no day."),
    "history.settled_day": _("The day of arrival is missing; that of settlement was taken."),
    "history.twice": _("The order number stands in row {other} already."),
    "history.unknown_car": _("This car is not known; the order comes in without one."),
    "history.former_plate": _("The plate was carried before by {other}; the order went there."),
    "history.no_due": _("The sum was missing; it was added up."),
    "history.total_differs": _("Labour, material, other and discount come to {other}."),
    "history.paid_less": _("{other} less was received than was due."),
    "history.paid_more": _("{other} more was received than was due."),
    "history.differs_now": _("The order is here with {other}; it was not touched."),
    "history.no_order": _("The order of this line is not here."),
    "history.line_nameless": _("The line has no name."),
    "history.line_differs": _("Quantity times price is {other}."),
    "history.labour_differs": _("The labour lines come to {found}, the order says {other}."),
    "history.material_differs": _("The material lines come to {found}, the order says {other}."),
    "balance.negative": _("The balance is below zero; it is not opened."),
    "balance.repeated": _("The balance repeats that of row {other}; it counts once."),
    "balance.added": _("The customer has several balances; together they are {other}."),
    "balance.differs_now": _("The balance was opened before with {other}; it was not touched."),
    "payment.unknown": _("This way of payment is not known; its words were kept."),
}
MENDED: dict[str, Promise] = {
    "date.short_year": _("The year had two digits and was completed."),
    "km.ten_times": _("The odometer was ten times too high; a tenth was taken."),
    "phone.spreadsheet": _("A spreadsheet lost the number; other rows of the customer have it."),
    "phone.short": _("The phone lacks a digit; other rows of the customer have it."),
    "phone.long": _("The phone has a digit too many; other rows of the customer have it."),
    "customer.maybe_same": _("The row was put to customer {other}."),
}
"""The sentences of what was mended, where they differ."""
SEVERITY_LABELS: dict[str, Promise] = {
    Severity.ERROR: _("Left out"),
    Severity.WARNING: _("To be looked at"),
    Severity.MENDED: _("Mended"),
}
ACCEPTABLE = ("date.short_year", "km.ten_times", "vin.letters", "customer.maybe_same")
"""Codes whose offered mend can be accepted for the whole file."""


def sentence(code: str, data: Mapping[str, str], severity: str = Severity.WARNING) -> str:
    """The finding in words."""
    return template(code, severity).format(**data)


def template(code: str, severity: str) -> str:
    """The sentence with places for its particulars in braces."""
    if severity == Severity.MENDED and code in MENDED:
        return str(MENDED[code])
    return str(TEXT[code]) if code in TEXT else code
