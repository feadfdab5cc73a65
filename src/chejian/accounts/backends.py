"""Login by user name or phone."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from chejian.accounts.models import User
from chejian.accounts.queries.people import person_called


class PhoneOrUsernameBackend(BaseBackend):
    """Keeps sessions alive. Pages log in through ``services.login``, which also counts failures."""

    def authenticate(
        self, request: HttpRequest | None, username: str = "", password: str = "", **_: Any
    ) -> User | None:
        user = person_called(username)
        return user if user and user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()
