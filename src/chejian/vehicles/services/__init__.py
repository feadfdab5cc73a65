"""What people do with cars, one verb each."""

from chejian.vehicles.services.merging import merge_vehicles
from chejian.vehicles.services.odometer import change_meter, correct_odometer, record_odometer
from chejian.vehicles.services.people import add_driver, change_owner, end_driver
from chejian.vehicles.services.plates import change_plate
from chejian.vehicles.services.records import register_vehicle, update_vehicle
from chejian.vehicles.services.tags import tag_vehicle, tag_vehicles, untag_vehicle
from chejian.vehicles.services.unmerging import unmerge_vehicles

__all__ = [
    "add_driver",
    "change_meter",
    "change_owner",
    "change_plate",
    "correct_odometer",
    "end_driver",
    "merge_vehicles",
    "record_odometer",
    "register_vehicle",
    "tag_vehicle",
    "tag_vehicles",
    "unmerge_vehicles",
    "untag_vehicle",
    "update_vehicle",
]
