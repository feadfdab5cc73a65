"""Who is asking: session, person and all that he may do, in one statement of a planned kind.

Nothing of it is kept from one request to the next, so that a password, a role, a station or a
session that was taken away is gone for every worker at the next click.
"""

from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore as Store
from django.db import DEFAULT_DB_ALIAS
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from chejian.accounts.access import HELD, read_access
from chejian.accounts.models import User
from chejian.accounts.session_models import Session
from chejian.core import planned

FIELDS = User._meta.concrete_fields
NAMES = [field.attname for field in FIELDS]
COLUMNS = ", ".join(f'u."{field.column}"' for field in FIELDS)
LOAD = f"""
SELECT s.session_data, {HELD.format(user="u.id")}, {COLUMNS}
FROM {Session._meta.db_table} s
LEFT JOIN {User._meta.db_table} u ON u.id = s.user_id AND u.is_active
WHERE s.session_key = %s AND s.expire_date > %s
"""  # noqa: S608 - our own names


class SessionStore(Store):
    """Django's, in the database. ``person`` is whose session it is, once it was looked at."""

    person: User | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        self.person = None
        found = planned.rows(LOAD, [self.session_key, timezone.now()])
        if not found:
            self._session_key = None
            return {}
        data, held, *values = found[0]
        if values[0] is not None:
            self.person = User.from_db(DEFAULT_DB_ALIAS, NAMES, values)
            self.person.__dict__["access"] = read_access(held)
        return self.decode(data)

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        made: Any = super().create_model_instance(data)
        made.user_id = data.get(auth.SESSION_KEY)
        return made


class PersonMiddleware(AuthenticationMiddleware):
    """``request.user``, without a statement of its own."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: person_of(request))  # type: ignore[assignment]


def person_of(request: HttpRequest) -> User | AnonymousUser:
    """Whoever the session belongs to, if it was begun with the password that he has now.

    A session that does not fit is looked at in Django's own way, which knows older secrets and
    ends it.
    """
    session: Any = request.session
    known = session.get(auth.BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
    person: User | None = session.person
    if not known or person is None or session.get(auth.SESSION_KEY) != str(person.pk):
        return AnonymousUser()
    said = session.get(auth.HASH_SESSION_KEY, "")
    if constant_time_compare(said, person.get_session_auth_hash()):
        return person
    found: User | AnonymousUser = auth.get_user(request)
    return found
