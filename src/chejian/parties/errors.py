"""What can stand in the way of a change to a customer."""

from chejian.core.errors import DomainError


class InvalidNumber(DomainError):
    """An identity card or credit code whose check digit or form is wrong; ``field`` names it."""

    code = "invalid_number"


class NameRequired(DomainError):
    """Neither a name nor a phone was given."""

    code = "name_required"


class NumberTaken(DomainError):
    """The old system's number already belongs to another customer (``party_id``)."""

    code = "number_taken"


class TagTaken(DomainError):
    """Another tag has this name."""

    code = "tag_taken"


class TagRetired(DomainError):
    """The tag is no longer put to anybody."""

    code = "tag_retired"


class CannotMerge(DomainError):
    """The same record twice, or one that was already merged."""

    code = "cannot_merge"


class CannotUnmerge(DomainError):
    """The merge is too old, was undone already, or something has happened since."""

    code = "cannot_unmerge"


class MergedAway(DomainError):
    """The record was merged into another one (``party_id``), which is to be used instead."""

    code = "merged_away"
