"""What can stand in the way of an import."""

from chejian.core.errors import DomainError


class WrongState(DomainError):
    """The run is not where this can be done: still being checked, already imported."""

    code = "wrong_state"


class ColumnsMissing(DomainError):
    """Columns that must be matched are not; ``fields`` names them."""

    code = "columns_missing"


class NotYet(DomainError):
    """A kind of file that is recognised and comes with a later version."""

    code = "not_yet"
