"""What the catalogue refuses."""

from chejian.core.errors import DomainError


class NumberTaken(DomainError):
    """Another part, operation or template has this number or name. Data: ``number``."""

    code = "number_taken"


class NameRequired(DomainError):
    """A part has a number and a name, an operation a code and a name."""

    code = "name_required"


class BadFigure(DomainError):
    """A price, a quantity or hours below zero, or finer than is kept. Data: ``name``."""

    code = "bad_figure"
