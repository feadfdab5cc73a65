"""期初余额: what customers had and owed in the old system, brought into the books, and taken back.

Stored value: Dr 3199 / Cr 220302 of the customer. Debt: Dr 112201 of the customer / Cr 3199, with a
receivable on account that is collected like any other. Gifts are in no account (docs/postings.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import Station, User
from chejian.accounts.permissions import P
from chejian.billing.errors import AlreadyOpened, BadAmount, NotReversible
from chejian.billing.models import OpeningBalance, Receivable
from chejian.billing.queries import live_openings
from chejian.billing.rules import require
from chejian.books import chart
from chejian.books.services import Line, post, reverse_entry
from chejian.core.errors import Refusal, Refused
from chejian.core.money import ZERO, fen
from chejian.core.numbering import draw_number, draw_numbers
from chejian.core.outbox import emit
from chejian.core.verbs import verb
from chejian.parties.models import Party

FIGURES = ("stored_value", "gift_value", "debt")


@dataclass(frozen=True)
class OpeningRecord:
    """A customer's balances, none below zero."""

    party: Party
    stored_value: Decimal = ZERO
    gift_value: Decimal = ZERO
    debt: Decimal = ZERO
    note: str = ""

    @property
    def empty(self) -> bool:
        return not (self.stored_value or self.gift_value or self.debt)


@verb
def open_balances(
    *, station: Station, records: Sequence[OpeningRecord], as_of: date, by: User, at: datetime,
    import_run: int | None = None,
) -> list[OpeningBalance]:
    """One document per customer, posted as of ``as_of``; a debt falls due after his credit term.

    One without money in it (a gift alone) has an entry of no lines. Raises NotPermitted, BadAmount,
    AlreadyOpened, PeriodClosed.
    """
    require(by, P.IMPORT_DATA, station.pk)
    wanted = [record for record in records if not record.empty]
    _check(wanted, station)
    if not wanted:
        return []
    numbers = draw_numbers(
        kind="OB", station_id=station.pk, station_code=station.code, on=as_of, count=len(wanted)
    )
    entries = [
        post(
            station_id=station.pk, kind="opening_balance", label=number, lines=_lines(record),
            occurred_on=as_of, by=by, at=at,
        )
        for number, record in zip(numbers, wanted, strict=True)
    ]
    made = OpeningBalance.objects.bulk_create(
        OpeningBalance(
            station=station, number=number, party=record.party, as_of=as_of, note=record.note,
            at=at, by=by, entry=entry, import_run=import_run,
            **{name: getattr(record, name) for name in FIGURES},
        )
        for number, record, entry in zip(numbers, wanted, entries, strict=True)
    )
    _make_receivables(made)
    emit(
        "balances.opened", station, station_id=station.pk, by=by, at=at, count=len(made),
        **{name: sum((getattr(row, name) for row in made), ZERO) for name in FIGURES},
    )
    return made


def _check(records: Sequence[OpeningRecord], station: Station) -> None:
    for record in records:
        figures = [getattr(record, name) for name in FIGURES]
        if any(figure < 0 or figure != fen(figure) for figure in figures):
            raise BadAmount
    parties = [record.party.pk for record in records]
    locked = Party.objects.select_for_update(no_key=True).filter(pk__in=parties).order_by("pk")
    list(locked.values_list("pk", flat=True))
    opened = live_openings(parties, station.pk).first()
    if opened is not None or len(set(parties)) < len(parties):
        raise AlreadyOpened(opened.number if opened else "")


def _lines(record: OpeningRecord) -> list[Line]:
    return [
        Line(chart.STORED_VALUE, -record.stored_value, party=record.party),
        Line(chart.RECEIVABLE_CUSTOMER, record.debt, party=record.party),
        Line(chart.OPENING_BALANCE, record.stored_value - record.debt),
    ]


def _make_receivables(openings: Sequence[OpeningBalance]) -> None:
    Receivable.objects.bulk_create(
        Receivable(
            station_id=opening.station_id, opening=opening, party=opening.party, payer="customer",
            amount=opening.debt, on_account=True,
            due_on=opening.as_of + timedelta(days=opening.party.credit_term_days),
        )
        for opening in openings
        if opening.debt
    )


@verb
def reverse_opening(
    *, opening: OpeningBalance, reason: str, by: User, at: datetime
) -> OpeningBalance:
    """Take a customer's opening balance back, with a document of its own.

    Raises NotPermitted, Refused (no reason), NotReversible (reversed before, or paid in part).
    """
    require(by, P.IMPORT_DATA, opening.station_id)
    if not reason.strip():
        raise Refused([Refusal("reason_missing", _("Please give a reason."), field="reason")])
    party = Party.objects.select_for_update(no_key=True).get(pk=opening.party_id)
    locked = OpeningBalance.objects.select_related("station", "entry").get(pk=opening.pk)
    if not locked.is_live:
        raise NotReversible(_("This opening balance was reversed before."))
    _cancel_receivable(locked)
    today = timezone.localdate(at)
    number = draw_number(
        kind="OB", station_id=locked.station_id, station_code=locked.station.code, on=today
    )
    entry = locked.entry and reverse_entry(
        entry=locked.entry, label=number, occurred_on=today, by=by, at=at
    )
    made = OpeningBalance.objects.create(
        station=locked.station, number=number, party=party, as_of=today, reverses=locked,
        note=reason.strip(), at=at, by=by, entry=entry, import_run=locked.import_run,
        **{name: -getattr(locked, name) for name in FIGURES},
    )
    emit(
        "balance.reversed", made, station_id=made.station_id, by=by, at=at,
        number=locked.number, party=party.name, reason=made.note,
    )
    return made


def _cancel_receivable(opening: OpeningBalance) -> None:
    receivable = Receivable.objects.select_for_update().filter(opening=opening).first()
    if receivable is None:
        return
    if receivable.allocated:
        raise NotReversible(_("Money was collected for this debt already."))
    receivable.cancelled = True
    receivable.on_account = False
    receivable.save(update_fields=["cancelled", "on_account"])
