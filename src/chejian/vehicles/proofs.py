"""What `chejian check` proves of cars: the copies on a car equal its chains."""

from itertools import groupby

from django.db import connection
from django.utils.translation import gettext_lazy as _

from chejian.core.checks import Proof, register_check
from chejian.vehicles import chain
from chejian.vehicles.models import OdometerEvent, Vehicle

PLATES = """
SELECT v.id, v.plate, coalesce(h.plate, '') FROM vehicles_vehicle v
LEFT JOIN vehicles_platechange h ON h.vehicle_id = v.id AND h.until_date IS NULL
WHERE v.merged_into_id IS NULL AND v.plate <> coalesce(h.plate, '')
"""
OWNERS = """
SELECT v.id, v.owner_id, r.party_id FROM vehicles_vehicle v
LEFT JOIN vehicles_vehicleparty r
    ON r.vehicle_id = v.id AND r.role = 'owner' AND r.until_date IS NULL
WHERE v.merged_into_id IS NULL AND v.owner_id IS DISTINCT FROM r.party_id
"""
MOST = 20


def register() -> None:
    register_check("vehicles.odometers", odometers, _("Odometers equal their events"))
    register_check("vehicles.plates", lambda: _copies(PLATES), _("Plates equal their history"))
    register_check("vehicles.owners", lambda: _copies(OWNERS), _("Owners equal their history"))


def odometers() -> Proof:
    """Fold every chain anew; a merged car's events belong to the one that was kept."""
    kept = dict(
        Vehicle.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into_id")
    )
    rows = OdometerEvent.objects.values_list(
        "vehicle_id", "pk", "read_on", "reading", "old_reading", "corrects_id"
    )
    events = sorted((kept.get(row[0]) or row[0], *row[1:]) for row in rows.iterator())
    stands = {
        vehicle: chain.present([chain.Link(*row[1:]) for row in group])
        for vehicle, group in groupby(events, key=lambda row: row[0])
    }
    copies = Vehicle.objects.live().values_list("pk", "odometer", "total_km")
    wrong = []
    for pk, odometer, total_km in copies.iterator():
        stand = stands.get(pk)
        proved = (stand.reading, stand.total_km) if stand else (None, None)
        if (odometer, total_km) != proved:
            wrong.append(f"vehicle {pk}: {odometer} / {total_km}, events say {proved}")
    figures = [(_("odometer events"), len(events)), (_("cars"), len(stands))]
    return Proof(figures=figures, differences=wrong[:MOST])


def _copies(statement: str) -> Proof:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows = cursor.fetchmany(MOST)
    wrong = [f"vehicle {pk}: {here!r} ≠ {there!r}" for pk, here, there in rows]
    return Proof(figures=[(_("cars"), Vehicle.objects.live().count())], differences=wrong)
