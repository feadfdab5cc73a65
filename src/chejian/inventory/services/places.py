"""Warehouses and bins of a station."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.core.errors import DomainError, NotPermitted
from chejian.core.outbox import emit
from chejian.core.verbs import verb
from chejian.inventory.models import Bin, StockLevel, Warehouse


class NameTaken(DomainError):
    """Another warehouse of the station, or bin of the warehouse, has this code or name."""

    code = "name_taken"


class StillInUse(DomainError):
    """There is still stock in it."""

    code = "still_in_use"


def _may(by: User, station_id: int) -> None:
    if not by.can_at(P.EDIT_WAREHOUSES, station_id):
        raise NotPermitted(_("You do not have the permission for this."))


@verb
def create_warehouse(
    *, station_id: int, code: str, name: str, by: User, at: datetime
) -> Warehouse:
    """Add a warehouse with its floor (the bin without a code). Raises NotPermitted, NameTaken."""
    _may(by, station_id)
    warehouse = Warehouse(station_id=station_id, code=code.strip().upper(), name=name.strip())
    _save(warehouse)
    Bin.objects.create(warehouse=warehouse, code="")
    emit("warehouse.created", warehouse, station_id=station_id, by=by, at=at, name=warehouse.name)
    return warehouse


@verb
def update_warehouse(
    *, warehouse: Warehouse, code: str, name: str, active: bool, by: User, at: datetime
) -> Warehouse:
    """Rename or close a warehouse. Raises NotPermitted, NameTaken, StillInUse."""
    _may(by, warehouse.station_id)
    fresh = Warehouse.objects.select_for_update().get(pk=warehouse.pk)
    if fresh.active and not active and _holds_stock(fresh):
        raise StillInUse(_("There is still stock in this warehouse."), field="active")
    fresh.code, fresh.name, fresh.active = code.strip().upper(), name.strip(), active
    _save(fresh)
    emit("warehouse.updated", fresh, station_id=fresh.station_id, by=by, at=at, name=fresh.name)
    return fresh


def _holds_stock(warehouse: Warehouse) -> bool:
    return StockLevel.objects.filter(warehouse=warehouse, quantity__gt=0).exists()


@verb
def create_bin(*, warehouse: Warehouse, code: str, by: User, at: datetime) -> Bin:
    """Add a bin. Raises NotPermitted, NameTaken."""
    _may(by, warehouse.station_id)
    bin_ = Bin(warehouse=warehouse, code=code.strip())
    _save(bin_)
    emit("bin.created", bin_, station_id=warehouse.station_id, by=by, at=at, code=bin_.code)
    return bin_


def _save(row: Warehouse | Bin) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise NameTaken(_("This code or name is taken already."), field="code") from error
