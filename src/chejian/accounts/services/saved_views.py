"""Keeping a question to a list under a name."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from chejian.accounts.list_models import SavedView
from chejian.accounts.models import Role, Station, User
from chejian.accounts.permissions import P
from chejian.accounts.sharing import Visibility, shared_with
from chejian.core.errors import DomainError, NotPermitted
from chejian.core.text import tidy

LONGEST, MOST = 4000, 60


class BadView(DomainError):
    """The view cannot be kept as given."""

    code = "bad_view"


@transaction.atomic
def save_view(
    *, view: SavedView | None = None, list_name: str, name: str, question: str,
    visibility: str, role: Role | None = None, station: Station | None = None, usual: bool = False,
    by: User, at: datetime,
) -> SavedView:
    """A new view, or one changed. A new usual view takes the place of the one before.

    Raises BadView; NotPermitted for another's view, and for a usual view of others' lists by
    somebody who manages no staff.
    """
    if view is not None and not view.may_change(by):
        raise NotPermitted(_("Only its owner changes this view."))
    name = tidy(name)[:40]
    if not name:
        raise BadView(_("Give the view a name."), field="name")
    if len(question) > LONGEST:
        raise BadView(_("There are too many conditions to keep."), field="name")
    made = view or SavedView(owner=by, list_name=list_name)
    if view is None and SavedView.objects.filter(owner=by, list_name=list_name).count() >= MOST:
        raise BadView(_("You have too many views of this list: remove one first."), field="name")
    for field, value in shared_with(by, visibility, role, station).items():
        setattr(made, field, value)
    if usual and made.visibility != Visibility.PRIVATE and not _leads(made, by):
        raise NotPermitted(_("Only who manages staff decides what opens for others."))
    made.name, made.question, made.usual, made.changed_at = name, question, usual, at
    if usual:
        _same_audience(made).exclude(pk=made.pk).update(usual=False)
    made.save()
    return made


def _leads(view: SavedView, by: User) -> bool:
    if view.station_id is not None:
        return by.can_at(P.MANAGE_STAFF, view.station_id)
    return by.can(P.MANAGE_STAFF)


def _same_audience(view: SavedView) -> QuerySet[SavedView]:
    rows = SavedView.objects.filter(list_name=view.list_name, visibility=view.visibility)
    if view.visibility == Visibility.PRIVATE:
        return rows.filter(owner=view.owner_id)
    return rows.filter(role=view.role_id, station=view.station_id)


@transaction.atomic
def remove_view(*, view: SavedView, by: User, at: datetime) -> None:
    """Forget a view. Raises NotPermitted."""
    if not view.may_change(by):
        raise NotPermitted(_("Only its owner changes this view."))
    view.delete()
