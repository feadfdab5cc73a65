"""Order history moves a car's last visit; taking the history back moves it back."""

from collections.abc import Iterable
from datetime import date

from chejian.movein.models import ImportRecord, ImportRun
from chejian.movein.services.recording import Recorder, label_of
from chejian.vehicles.models import Vehicle
from chejian.vehicles.services.visits import note_visits, take_visits_back

FIELD = "last_visit_on"
SET = "+last_visit_on"
"""Among the fields of a record: the day that the run has set, beside the one before it."""


def move_visits(seen: Iterable[tuple[int, date]], recorder: Recorder) -> None:
    """Cars and the days on which they were here; what moves is recorded with the run."""
    days: dict[int, date] = {}
    for vehicle_id, day in seen:
        days[vehicle_id] = max(day, days.get(vehicle_id, day))
    for visit in note_visits(days):
        before = visit.before.isoformat() if visit.before else None
        recorder.filled(
            visit.vehicle, {FIELD: before}, {SET: days[visit.vehicle.pk].isoformat()}
        )


def move_visits_back(run: ImportRun) -> None:
    """Each car gets the day back that it had, unless it was here since."""
    records = {
        record.object_id: record
        for record in run.records.filter(model=label_of(Vehicle), before__has_key=SET)
    }
    back = take_visits_back({
        pk: (date.fromisoformat(record.before[SET]), _day(record.before[FIELD]))
        for pk, record in records.items()
    })
    _close_gaps([record for pk, record in records.items() if pk not in back])


def _close_gaps(records: Iterable[ImportRecord]) -> None:
    """A later import moved these further: taken back in its turn, it must not end in our day."""
    for record in records:
        later = ImportRecord.objects.filter(
            model=record.model, object_id=record.object_id,
            **{f"before__{FIELD}": record.before[SET]},
        ).exclude(run=record.run_id)
        for one in later:
            one.before[FIELD] = record.before[FIELD]
            one.save(update_fields=["before"])


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
