"""Persons and companies (customers, suppliers, insurers, makers): they are the organisation's."""

import uuid
from decimal import Decimal
from typing import Self

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chejian.accounts.models import User
from chejian.core import crypto, fields, states


class PartyQuerySet(models.QuerySet["Party"]):
    def visible_to(self, user: User) -> Self:
        """The organisation's customers are shared: whoever may look anywhere sees them all."""
        return self if user.can("customers.view") else self.none()

    def live(self) -> Self:
        """Without those merged into another."""
        return self.filter(merged_into__isnull=True)


@pghistory.track()
class Party(models.Model):
    """A person or company. Sensitive numbers are sealed (core.crypto) and found by blind index."""

    class Kind(models.TextChoices):
        PERSON = "person", pgettext_lazy("kind of customer", "Person")
        COMPANY = "company", pgettext_lazy("kind of customer", "Company")

    class PriceLevel(models.TextChoices):
        RETAIL = "retail", _("Retail")
        MEMBER = "member", _("Member")
        CONTRACT = "contract", _("Contract")
        WHOLESALE = "wholesale", _("Wholesale")
        CLAIM = "claim", _("Claim")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PERSON)
    name = models.CharField(_("name"), max_length=120)
    name_key = models.CharField(max_length=240, blank=True, db_index=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True, db_index=True)
    legacy_number = models.CharField(_("old number"), max_length=40, blank=True, db_index=True)
    is_customer = models.BooleanField(_("customer"), default=True)
    is_supplier = models.BooleanField(_("supplier"), default=False)
    is_insurer = models.BooleanField(_("insurer"), default=False)
    is_maker = models.BooleanField(_("maker"), default=False)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    price_level = models.CharField(
        _("price level"), max_length=10, choices=PriceLevel, default=PriceLevel.RETAIL
    )
    member_tier = models.CharField(_("member tier"), max_length=20, blank=True)
    credit_limit = fields.money(verbose_name=_("credit limit"), default=Decimal(0))
    credit_term_days = models.PositiveSmallIntegerField(_("credit term (days)"), default=30)
    remarks = models.CharField(_("remarks"), max_length=300, blank=True)
    secret_id = models.UUIDField(default=uuid.uuid4, editable=False)
    identity_sealed = models.TextField(blank=True)
    identity_index = models.CharField(max_length=64, blank=True, db_index=True)
    bank_account_sealed = models.TextField(blank=True)
    tax_number_sealed = models.TextField(blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = PartyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(credit_limit__gte=0), name="credit_limit_not_negative"
            ),
            models.UniqueConstraint(
                fields=["legacy_number"],
                condition=~models.Q(legacy_number="") & models.Q(merged_into__isnull=True),
                name="one_party_per_old_number",
            ),
        ]
        indexes = [
            models.Index(fields=["name_key", "id"], name="party_by_name"),
            models.Index(fields=["created_at", "id"], name="party_by_age"),
            models.Index(
                fields=["member_tier"], condition=~models.Q(member_tier=""), name="party_by_tier"
            ),
            models.Index(
                fields=["name_key", "id"],
                condition=models.Q(is_supplier=True) | models.Q(is_insurer=True)
                | models.Q(is_maker=True),
                name="partners_by_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def seal(self, field: str, text: str) -> None:
        """Seal ``identity``, ``bank_account`` or ``tax_number``; an identity is indexed too."""
        setattr(self, f"{field}_sealed", crypto.seal(text, self._about(field)))
        if field == "identity":
            self.identity_index = crypto.blind_index(text.upper(), "identity")

    def unseal(self, field: str) -> str:
        return crypto.unseal(getattr(self, f"{field}_sealed"), self._about(field))

    def _about(self, field: str) -> str:
        return f"party:{self.secret_id}:{field}"


@pghistory.track()
class Contact(models.Model):
    """Another person to call at a customer's: driver, fleet manager, family."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="contacts")
    name = models.CharField(_("name"), max_length=60)
    phone = models.CharField(_("phone"), max_length=20, blank=True, db_index=True)
    job = models.CharField(_("job"), max_length=40, blank=True)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class PartyMerge(models.Model):
    """One merge: which was taken up by which, what moved, who did it.

    ``record`` is what is needed to take it back (core.unmerging); merges without one stay.
    """

    kept = models.ForeignKey(Party, models.PROTECT, related_name="merges")
    absorbed = models.ForeignKey(Party, models.PROTECT, related_name="absorbed_in")
    moved = models.JSONField(default=dict)
    record = models.JSONField(default=dict)
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = states.append_only("parties_partymerge")


class PartyUnmerge(models.Model):
    """A merge that was taken back."""

    merge = models.OneToOneField(PartyMerge, models.PROTECT, related_name="undone")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = states.append_only("parties_partyunmerge")


class TagColour(models.TextChoices):
    GREY = "grey", pgettext_lazy("tag", "Grey")
    BLUE = "blue", pgettext_lazy("tag", "Blue")
    GREEN = "green", pgettext_lazy("tag", "Green")
    AMBER = "amber", pgettext_lazy("tag", "Amber")
    RED = "red", pgettext_lazy("tag", "Red")
    VIOLET = "violet", pgettext_lazy("tag", "Violet")


class Tag(models.Model):
    """A word that the organisation puts to customers and cars: 大客户, 易投诉, 出租车."""

    name = models.CharField(_("name"), max_length=20, unique=True)
    name_key = models.CharField(max_length=80, blank=True)
    colour = models.CharField(_("colour"), max_length=8, choices=TagColour, default=TagColour.GREY)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["name_key", "id"]

    def __str__(self) -> str:
        return self.name


class PartyTag(models.Model):
    """A tag put to a customer."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="tags")
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="parties")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "tag"], name="one_tag_per_party")
        ]
        indexes = [models.Index(fields=["tag", "party"], name="parties_by_tag")]
