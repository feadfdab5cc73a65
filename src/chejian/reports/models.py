"""Queries kept under a name, for oneself, a role or a station."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from chejian.accounts.sharing import Shareable, SharedQuerySet, check_shared


class SavedQuery(Shareable):
    """``question`` is the query part of the address: conditions, groups, figures, chart.

    It is read again for whoever opens it: what he may not see is left out for him.
    """

    name = models.CharField(_("name"), max_length=60)
    subject = models.CharField(max_length=40)
    question = models.TextField(blank=True)
    changed_at = models.DateTimeField()

    objects = SharedQuerySet["SavedQuery"].as_manager()

    class Meta:
        constraints = [check_shared("saved_query_shared")]
        indexes = [models.Index(fields=["owner", "subject"], name="queries_of_person")]

    def __str__(self) -> str:
        return self.name
