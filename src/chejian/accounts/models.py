"""The organisation, its people, and what each may do where."""

import uuid
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar, Self

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from chejian.accounts import export_models, session_models  # noqa: F401 - of this app
from chejian.accounts.access import Access, load_access
from chejian.accounts.permissions import P
from chejian.core import fields, states
from chejian.core.text import pinyin_key


class Organisation(models.Model):
    """The head office. There is one."""

    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    is_demo = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class Region(models.Model):
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="regions")
    code = models.CharField(_("code"), max_length=8, unique=True)
    name = models.CharField(_("name"), max_length=60)

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Station(models.Model):
    """A shop: the owner of orders, stock and money. Its data stand at the head of every paper."""

    region = models.ForeignKey(
        Region, models.PROTECT, related_name="stations", verbose_name=_("region")
    )
    code = models.CharField(_("code"), max_length=4, unique=True)
    name = models.CharField(_("name"), max_length=60)
    legal_name = models.CharField(_("legal name"), max_length=120, blank=True)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    permit = models.CharField(_("filing number"), max_length=60, blank=True)
    contact = models.CharField(_("contact"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    bank = models.CharField(_("bank and account"), max_length=120, blank=True)
    hours_standard = models.CharField(_("labour-hour standard"), max_length=60, default="行业标准")
    dispute_terms = models.CharField(_("dispute terms"), max_length=300, blank=True)
    allow_self_inspection = models.BooleanField(_("self-inspection allowed"), default=False)
    round_off_unit = fields.money(
        verbose_name=_("rounding-off unit"), default=Decimal("1.00")
    )
    follow_up_days = models.PositiveSmallIntegerField(_("days until follow-up"), default=3)
    active = models.BooleanField(_("active"), default=True)

    def __str__(self) -> str:
        return self.name


class StationQuerySet[M: models.Model](models.QuerySet[M]):
    """Rows of a station: visible to whoever has a role there."""

    def visible_to(self, user: "User") -> Self:
        return self.filter(station_id__in=user.access.station_ids)


class StationOwned(models.Model):
    """Base of every row that belongs to a station."""

    station = models.ForeignKey(Station, models.PROTECT, related_name="+")

    class Meta:
        abstract = True


@pghistory.track()
class Role(models.Model):
    """A named set of permissions with limits. Changed on the matrix screen."""

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=30)
    permissions = ArrayField(models.CharField(max_length=40), default=list)
    discount_limit = fields.rate(verbose_name=_("discount limit"), default=Decimal(0))
    round_off_limit = fields.money(verbose_name=_("rounding-off limit"), default=Decimal(0))
    home = models.CharField(max_length=10, default="desk")

    def __str__(self) -> str:
        return self.name


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: "User") -> Self:
        """Colleagues: whoever has a role at one of the person's stations, or no role any more."""
        return self._working_at(user.access.station_ids)

    def managed_by(self, user: "User") -> Self:
        """The same, but of the stations where the person manages the staff."""
        return self._working_at(user.access.stations_with(P.MANAGE_STAFF))

    def _working_at(self, here: list[int]) -> Self:
        return self.filter(
            models.Q(assignments=None)
            | models.Q(assignments__station__in=here)
            | models.Q(assignments__station=None, assignments__region=None)
            | models.Q(assignments__region__stations__in=here)
        ).distinct()


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=username)

    def visible_to(self, user: "User") -> UserQuerySet:
        return self.get_queryset().visible_to(user)

    def managed_by(self, user: "User") -> UserQuerySet:
        return self.get_queryset().managed_by(user)


@pghistory.track(exclude=["password", "last_login"])
class User(AbstractBaseUser):
    """Whoever logs in. ``name`` is what others see; what he may do comes from his assignments."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    username = models.CharField(_("user name"), max_length=40, unique=True)
    phone = models.CharField(_("phone"), max_length=20, unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=60)
    name_key = models.CharField(max_length=200, blank=True, db_index=True)
    is_active = models.BooleanField(_("active"), default=True)
    must_change_password = models.BooleanField(default=True)
    is_service = models.BooleanField(default=False)
    theme = models.CharField(max_length=10, choices=Theme, default=Theme.SYSTEM)
    language = models.CharField(_("language"), max_length=10, blank=True)
    menu_folded = models.BooleanField(default=False)
    favourites = ArrayField(models.CharField(max_length=60), default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **options: Any) -> None:
        """Keeps the pinyin key by which people are sorted beside the name."""
        self.name_key = pinyin_key(self.name)
        if options.get("update_fields") is not None and "name" in options["update_fields"]:
            options["update_fields"] = {*options["update_fields"], "name_key"}
        super().save(*args, **options)

    @cached_property
    def access(self) -> Access:
        """Permissions by station, read once per request."""
        return load_access(self.pk)

    def can_at(self, code: str, station_id: int) -> bool:
        """Whether he holds ``code`` by a role at that station."""
        return self.is_active and self.access.can_at(code, station_id)

    def can(self, code: str) -> bool:
        """Whether he holds ``code`` anywhere: for what belongs to the whole organisation."""
        return self.is_active and self.access.can(code)


class Team(StationOwned):
    name = models.CharField(_("name"), max_length=40)
    leader = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("leader")
    )
    members = models.ManyToManyField(
        User, related_name="teams", blank=True, verbose_name=_("members")
    )

    objects = StationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["station", "name"], name="one_team_name")]

    def __str__(self) -> str:
        return self.name


class Bay(StationOwned):
    """A working place: lift, alignment stand, paint booth."""

    name = models.CharField(_("name"), max_length=40)
    kind = models.CharField(_("kind"), max_length=40, blank=True)
    active = models.BooleanField(_("active"), default=True)

    objects = StationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["station", "name"], name="one_bay_name")]

    def __str__(self) -> str:
        return self.name


class Skill(models.Model):
    name = models.CharField(_("name"), max_length=40, unique=True)

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Staff(models.Model):
    """The staff file of a person: number, job, qualification."""

    user = models.OneToOneField(User, models.PROTECT, related_name="staff")
    number = models.CharField(_("staff number"), max_length=20, unique=True)
    job = models.CharField(_("job"), max_length=40, blank=True)
    certificate = models.CharField(_("certificate"), max_length=80, blank=True)
    hired_on = models.DateField(_("hired on"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.number} {self.user.name}"


class StaffSkill(models.Model):
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(_("level"), default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "skill"], name="one_skill_level")]


@pghistory.track()
class Assignment(models.Model):
    """A role of a person at a station, or in a whole region; with neither it holds everywhere."""

    user = models.ForeignKey(User, models.PROTECT, related_name="assignments")
    role = models.ForeignKey(Role, models.PROTECT, related_name="assignments")
    station = models.ForeignKey(Station, models.PROTECT, null=True, blank=True, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "station", "region"],
                name="one_assignment",
                nulls_distinct=False,
            )
        ]


class LoginFailure(models.Model):
    """A failed login, by what was typed and from where: the lock reads these rows."""

    login = models.CharField(max_length=60)
    address = models.GenericIPAddressField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["login", "-at"], name="failures_by_login"),
            models.Index(fields=["address", "-at"], name="failures_by_address"),
        ]


class ApiToken(models.Model):
    """A key to the API, of a person or of a service account. Only its SHA-256 is kept: the key
    holds 160 random bits, so that a slow hash would add nothing.

    ``minute`` and ``used`` count the requests of the running minute against ``per_minute``.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=60)
    prefix = models.CharField(max_length=8, unique=True)
    digest = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=30), default=list)
    per_minute = models.PositiveIntegerField(default=600)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    last_used_at = models.DateTimeField(null=True)
    minute = models.BigIntegerField(default=0)
    used = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="tokens_of_user")]

    def __str__(self) -> str:
        return f"{self.name} {self.prefix}"

    def live(self, at: datetime) -> bool:
        return self.revoked_at is None and self.expires_at > at


class SensitiveAccess(models.Model):
    """Each unmasking of personal data: who saw what of whom, when. Law: PIPL art. 51 and 54."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    station = models.ForeignKey(Station, models.PROTECT, null=True, related_name="+")
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    field = models.CharField(max_length=40)
    label = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        triggers = states.append_only("accounts_sensitiveaccess")


class ApprovalRequest(StationOwned):
    """Somebody asks for what he may not do himself; whoever may decides (domain.md 2.2, "A")."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")
        USED = "used", _("Used")

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.CharField(max_length=30)
    permission = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    label = models.CharField(max_length=120)
    amount = fields.money(default=Decimal(0))
    data = models.JSONField(default=dict)
    reason = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=200, blank=True)

    objects = StationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["station", "requested_at"],
                condition=models.Q(status="pending"),
                name="pending_approvals",
            ),
            models.Index(fields=["decided_by", "decided_at", "id"], name="approvals_by_decision"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_type", "subject_id"],
                condition=models.Q(status="pending"),
                name="one_pending_approval",
            )
        ]

    def __str__(self) -> str:
        return self.label
