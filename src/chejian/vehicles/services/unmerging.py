"""Two cars that were taken for one are parted again."""

from datetime import datetime

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.core import unmerging
from chejian.core.outbox import emit
from chejian.core.verbs import verb
from chejian.parties.errors import CannotUnmerge
from chejian.parties.services.unmerging import require_undoable
from chejian.vehicles.models import Vehicle, VehicleMerge, VehicleUnmerge
from chejian.vehicles.searching import index_vehicles
from chejian.vehicles.services.merging import MERGES


@verb
def unmerge_vehicles(*, merge: VehicleMerge, by: User, at: datetime) -> VehicleUnmerge:
    """Put both records and all that moved back as they were before the merge.

    Only within a week, and only while nothing has happened to either since. Raises CannotUnmerge.
    """
    ids = [merge.kept_id, merge.absorbed_id]
    rows = Vehicle.objects.select_for_update().order_by("pk").in_bulk(ids)
    kept, absorbed = rows[merge.kept_id], rows[merge.absorbed_id]
    require_undoable(merge, kept, absorbed, MERGES, VehicleUnmerge, at)
    try:
        unmerging.restore(kept, absorbed, merge.moved, merge.record)
    except IntegrityError as error:
        raise CannotUnmerge(
            _("The plate or VIN of this record meanwhile belongs to another car.")
        ) from error
    index_vehicles([kept, absorbed], at)
    emit("vehicle.unmerged", kept, station_id=None, by=by, at=at, absorbed=str(absorbed))
    emit("vehicle.unmerged", absorbed, station_id=None, by=by, at=at, absorbed=str(kept))
    return VehicleUnmerge.objects.create(merge=merge, by=by, at=at)
