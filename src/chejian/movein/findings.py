"""The sentences for what was found in a file, and what a mend of each kind means."""

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chejian.movein.values import Finding, Severity

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
    "stock.no_cost": _("There is stock without a cost; it comes in at zero."),
    "stock.value_differs": _("Cost times quantity is {other}; that is what comes in."),
    "stock.placeless": _("There is stock without a warehouse; it goes to the first one."),
    "stock.differs_now": _("Our stock is {other} by now; it was not touched."),
}
SEVERITY_LABELS: dict[str, Promise] = {
    Severity.ERROR: _("Left out"),
    Severity.WARNING: _("To be looked at"),
    Severity.MENDED: _("Mended"),
}
ACCEPTABLE = ("date.short_year", "km.ten_times", "vin.letters", "customer.maybe_same")
"""Codes whose offered mend can be accepted for the whole file."""


def sentence(code: str, data: Mapping[str, str]) -> str:
    """The finding in words."""
    text = TEXT.get(code)
    return str(text).format(**data) if text is not None else code


def in_words(finding: Finding) -> str:
    return sentence(finding.code, dict(finding.data))


def worst(found: Iterable[Finding]) -> Severity | None:
    """The gravest severity of a row's findings."""
    present = {finding.severity for finding in found}
    return next(
        (s for s in (Severity.ERROR, Severity.WARNING, Severity.MENDED) if s in present), None
    )
