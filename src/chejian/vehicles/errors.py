"""What can stand in the way of a change to a car."""

from chejian.core.errors import DomainError


class PlateTaken(DomainError):
    """Another car carries the plate (``vehicle_id``); it moves only when that is said."""

    code = "plate_taken"


class VinTaken(DomainError):
    """Another car has the VIN (``vehicle_id``): probably the same car."""

    code = "vin_taken"


class NothingToKnowItBy(DomainError):
    """Neither a plate nor a VIN was given."""

    code = "plate_or_vin_required"


class InvalidPlate(DomainError):
    """Too long to be a plate of any kind."""

    code = "invalid_plate"


class InvalidVin(DomainError):
    """Too long to be a chassis number of any kind."""

    code = "invalid_vin"


class InvalidReading(DomainError):
    """No odometer shows this."""

    code = "invalid_reading"


class NotCorrectable(DomainError):
    """The event is another car's, or was corrected already: the newest is to be corrected."""

    code = "not_correctable"


class DateBeforeOwner(DomainError):
    """The new owner would begin before the present one did."""

    code = "date_before_owner"


class CannotMerge(DomainError):
    """The same record twice, or one that was already merged."""

    code = "cannot_merge"


class MergedAway(DomainError):
    """The record was merged into another one (``vehicle_id``), which is to be used instead."""

    code = "merged_away"
