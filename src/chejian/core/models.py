"""What every document needs: numbers, events, replay keys, files, search. Knows no person."""

import uuid

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from chejian.core import states

NOTIFY = """
PERFORM pg_notify('chejian_events', json_build_object(
    'c', NEW.channel, 'k', NEW.kind, 'id', NEW.subject_id, 'e', NEW.id)::text);
RETURN NEW;
"""


class DocumentCounter(models.Model):
    """Last number drawn, per kind of document, station and year."""

    kind = models.CharField(max_length=8)
    station_id = models.BigIntegerField()
    year = models.SmallIntegerField()
    last = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "station_id", "year"], name="one_counter_per_kind"
            )
        ]


class Event(models.Model):
    """Outbox and timeline: something happened to a document. Appended in the verb's transaction.

    ``channel`` says whose screens want to know (``station:3``); ``subject_type`` is the model's
    label (``workorders.WorkOrder``); ``data`` holds what a sentence about it needs.
    """

    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    station_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            # a document's events are few and read together: without their ids its entries are one
            models.Index(fields=["subject_type", "subject_id"], name="events_of_subject")
        ]
        triggers = [
            *states.append_only("core_event"),
            pgtrigger.Trigger(
                name="notify", when=pgtrigger.After, operation=pgtrigger.Insert, func=NOTIFY
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_type} {self.subject_id}"


class ReplayKey(models.Model):
    """Idempotency key of a posting form: the second submit returns the first result.

    ``answer`` is where the browser was sent, for forms that ``core.once`` looks after.
    """

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    verb = models.CharField(max_length=120)
    actor_id = models.BigIntegerField(null=True)
    result_id = models.BigIntegerField(null=True)
    answer = models.CharField(max_length=400, db_default="")
    at = models.DateTimeField(auto_now_add=True)


class StoredFile(models.Model):
    """Bytes kept under their SHA-256. Never changed, never deleted by a person."""

    class Kind(models.TextChoices):
        PHOTO = "photo", _("Photo")
        VIDEO = "video", _("Video")
        SIGNATURE = "signature", _("Signature")
        PAPER = "paper", _("Paper")
        IMPORT = "import", _("Import file")

    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=12, choices=Kind)
    content_type = models.CharField(max_length=80)
    size = models.BigIntegerField()
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    thumbnail_sha256 = models.CharField(max_length=64, blank=True)
    original_name = models.CharField(max_length=200, blank=True)
    station_id = models.BigIntegerField(null=True)
    uploaded_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers = states.append_only("core_storedfile")

    def __str__(self) -> str:
        return self.original_name or self.sha256[:12]


#: kinds of search entries of which there are many: written all day, and those written rarely
GROWING, STEADY = ("order", "past_order"), ("vehicle", "party", "part")


class SearchEntry(models.Model):
    """One findable thing, with its own tokens (core.text): kept in the writer's transaction.

    ``station_id`` is null for what belongs to the whole organisation. The kinds of which there are
    many have an index of tokens each: two digits of a phone are looked for among the customers, not
    in the numbers of all orders. ``newest_entries`` walks a station's entries from the newest; it
    names nothing that changes, so that writing an entry anew does not write every index anew.
    """

    kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    station_id = models.BigIntegerField(null=True)
    title = models.CharField(max_length=200)
    subtitle = models.CharField(max_length=300, blank=True)
    data = models.JSONField(default=dict)
    vector = SearchVectorField()
    touched_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_id"], name="one_search_entry")
        ]
        indexes = [
            *(
                GinIndex(
                    fields=["vector"], name=f"search_{kind}", condition=models.Q(kind=kind),
                    gin_pending_list_limit=512,
                )
                for kind in GROWING
            ),
            *(
                GinIndex(
                    fields=["vector"], name=f"search_{kind}", condition=models.Q(kind=kind),
                    fastupdate=False,
                )
                for kind in STEADY
            ),
            GinIndex(
                fields=["vector"], name="search_others", fastupdate=False,
                condition=~models.Q(kind__in=(*GROWING, *STEADY)),
            ),
            models.Index(fields=["kind", "station_id", "-subject_id"], name="newest_entries"),
        ]

    def __str__(self) -> str:
        return self.title
