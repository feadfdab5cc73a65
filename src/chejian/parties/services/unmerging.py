"""Two customers that were taken for one are parted again."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.core import unmerging
from chejian.core.merging import tell_followers
from chejian.core.outbox import emit
from chejian.core.verbs import verb
from chejian.parties.errors import CannotUnmerge
from chejian.parties.models import Party, PartyMerge, PartyUnmerge
from chejian.parties.searching import index_parties
from chejian.parties.services.merging import MERGES


@verb
def unmerge_parties(*, merge: PartyMerge, by: User, at: datetime) -> PartyUnmerge:
    """Put both records and all that moved back as they were before the merge.

    Only within a week, and only while nothing has happened to either since. Raises CannotUnmerge.
    """
    ids = [merge.kept_id, merge.absorbed_id]
    rows = Party.objects.select_for_update().order_by("pk").in_bulk(ids)
    kept, absorbed = rows[merge.kept_id], rows[merge.absorbed_id]
    require_undoable(merge, kept, absorbed, MERGES, PartyUnmerge, at)
    try:
        unmerging.restore(kept, absorbed, merge.moved, merge.record)
    except IntegrityError as error:
        raise CannotUnmerge(
            _("A number of this record meanwhile belongs to another customer.")
        ) from error
    index_parties([kept, absorbed], at)
    tell_followers(Party, ids, at)
    emit("party.unmerged", kept, station_id=None, by=by, at=at, absorbed=absorbed.name)
    emit("party.unmerged", absorbed, station_id=None, by=by, at=at, absorbed=kept.name)
    return PartyUnmerge.objects.create(merge=merge, by=by, at=at)


def require_undoable[M: Model](
    merge: Any, kept: M, absorbed: M, merges: Collection[type[Model]],
    undone: type[Model], at: datetime,
) -> None:
    """Of customers as of cars: not undone yet, within the week, and nothing has happened since.

    ``undone`` keeps the merges that were. Raises CannotUnmerge.
    """
    if undone._default_manager.filter(merge=merge).exists():
        raise CannotUnmerge(_("This merge was undone already."))
    if not merge.record or at - merge.at > unmerging.WINDOW:
        raise CannotUnmerge(
            _("A merge can be undone for %(days)s days.") % {"days": unmerging.WINDOW.days}
        )
    if unmerging.digest(kept, absorbed, merges) != merge.record["digest"]:
        raise CannotUnmerge(
            _("Something has been changed or added since the merge: it can no longer be undone.")
        )
