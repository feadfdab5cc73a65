"""Sessions, each with the person it belongs to: both are read in one statement."""

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class Session(AbstractBaseSession):
    """What a browser is remembered by. ``user`` is copied from the data whenever it is saved."""

    user = models.ForeignKey(
        "accounts.User", models.CASCADE, null=True, related_name="sessions", db_index=False
    )

    class Meta:
        indexes = [models.Index(fields=["user", "expire_date"], name="sessions_of_user")]

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        from chejian.accounts.sessions import SessionStore  # noqa: PLC0415 - it needs this model

        return SessionStore
