"""Keeping queries."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import Role, Station, User
from chejian.accounts.sharing import shared_with
from chejian.core.errors import DomainError, NotPermitted
from chejian.reports.models import SavedQuery

LONGEST = 8_000


class TooLong(DomainError):
    code = "too_long"


@transaction.atomic
def save_query(
    *, query: SavedQuery | None = None, subject: str, name: str, question: str, visibility: str,
    role: Role | None = None, station: Station | None = None, by: User, at: datetime,
) -> SavedQuery:
    """Keep a query, or change one. Raises NotPermitted for another's, TooLong."""
    if query is not None and not query.may_change(by):
        raise NotPermitted(_("Only the owner changes this query."))
    if len(question) > LONGEST:
        raise TooLong(_("The query has too many conditions to be kept."), field="name")
    made = query or SavedQuery(owner=by, subject=subject)
    made.name, made.question, made.changed_at = name, question.lstrip("?"), at
    for field, value in shared_with(by, visibility, role, station).items():
        setattr(made, field, value)
    made.save()
    return made


@transaction.atomic
def delete_query(*, query: SavedQuery, by: User, at: datetime) -> None:
    """Forget a query. Raises NotPermitted."""
    if not query.may_change(by):
        raise NotPermitted(_("Only the owner changes this query."))
    query.delete()
