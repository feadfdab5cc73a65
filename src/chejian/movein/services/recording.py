"""What a run did, row by row: by it the run can be taken back."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.db.models import Max

from chejian.catalog.models import PartNumber
from chejian.movein.models import ImportRecord, ImportRun
from chejian.parties.models import Contact
from chejian.vehicles.models import OdometerEvent, PlateChange, VehicleParty

OWN_ROWS: tuple[type[models.Model], ...] = (
    Contact, VehicleParty, PlateChange, OdometerEvent, PartNumber,
)
"""Tables whose rows belong to a customer, a car or a part and go with it."""
ADDED_NUMBERS = "+numbers"
"""Among the fields of a part filled in: kind and number of the numbers added."""
type Fields = dict[str, Any]
UNTOLD = frozenset({"id", "version", "created_at", "created_by"})


def label_of(model: type[models.Model] | models.Model) -> str:
    return model._meta.label_lower


def snapshot(row: models.Model) -> Fields:
    """Every field of a row as JSON can keep it."""
    return {
        field.attname: _plain(field, row)
        for field in row._meta.concrete_fields
        if field.name not in UNTOLD
    }


def _plain(field: "models.Field[Any, Any]", row: models.Model) -> Any:
    value = field.value_from_object(row)
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def as_values(model: type[models.Model], fields: Mapping[str, Any]) -> Fields:
    """What ``snapshot`` kept, as values of the model again."""
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    return {
        name: None if value is None else by_name[name].to_python(value)
        for name, value in fields.items()
    }


class Recorder:
    """Collects what the run made and filled in; ``write`` keeps it, in the run's transaction."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        self._records: list[ImportRecord] = []

    def made(self, rows: Iterable[models.Model], action: str = ImportRecord.Action.MADE) -> None:
        self._records += [
            ImportRecord(
                run=self.run, model=label_of(row), object_id=row.pk, action=action,
                version=getattr(row, "version", None),
            )
            for row in rows
        ]

    def filled(
        self, row: models.Model, before: Fields, extra: Mapping[str, Any] | None = None
    ) -> None:
        """``row`` as it is now; only what differs from ``before`` is kept."""
        now = snapshot(row)
        changed = {name: value for name, value in before.items() if now[name] != value}
        self._records.append(
            ImportRecord(
                run=self.run, model=label_of(row), object_id=row.pk,
                action=ImportRecord.Action.FILLED, version=getattr(row, "version", None),
                before={**changed, **(extra or {})},
            )
        )

    def write(self) -> None:
        """Keep the records and how far the tables reached when the run ended."""
        ImportRecord.objects.bulk_create(self._records, batch_size=2000)
        self.run.ceilings = {
            label_of(model): model._base_manager.aggregate(top=Max("pk"))["top"] or 0
            for model in OWN_ROWS
        }
        self._records = []
