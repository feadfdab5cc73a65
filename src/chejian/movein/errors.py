"""What can stand in the way of an import."""

from chejian.core.errors import DomainError


class WrongState(DomainError):
    """The run is not where this can be done: still being checked, already imported."""

    code = "wrong_state"


class ColumnsMissing(DomainError):
    """Columns that must be matched are not; ``fields`` names them."""

    code = "columns_missing"


class HeadsMissing(DomainError):
    """Lines of order history came before their orders."""

    code = "heads_missing"


class Touched(DomainError):
    """An import that cannot be taken back any more. Data: ``touches``, what holds on to it."""

    code = "touched"
