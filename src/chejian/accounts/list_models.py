"""Saved views of lists: a question kept under a name, for oneself, a role or a station."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from chejian.accounts.sharing import Shareable, SharedQuerySet, check_shared


class SavedView(Shareable):
    """``question`` is the query part of the list's address: filters, columns, order, tab.

    It is read again for whoever opens it: a column that he may not see is left out for him.
    ``usual`` opens by itself where nothing else was asked.
    """

    name = models.CharField(_("name"), max_length=40)
    list_name = models.CharField(max_length=40)
    question = models.TextField(blank=True)
    usual = models.BooleanField(_("opens by itself"), default=False)
    changed_at = models.DateTimeField()

    objects = SharedQuerySet["SavedView"].as_manager()

    class Meta:
        constraints = [
            check_shared("saved_view_shared"),
            models.UniqueConstraint(
                fields=["list_name", "owner"], name="one_usual_view_of_person",
                condition=models.Q(usual=True, visibility="private"),
            ),
            models.UniqueConstraint(
                fields=["list_name", "role"], name="one_usual_view_of_role",
                condition=models.Q(usual=True, visibility="role"),
            ),
            models.UniqueConstraint(
                fields=["list_name", "station"], name="one_usual_view_of_station",
                condition=models.Q(usual=True, visibility="station"),
            ),
        ]
        indexes = [models.Index(fields=["list_name", "owner"], name="views_of_list")]

    def __str__(self) -> str:
        return self.name
