"""Which days a person can mean. A slipped digit in a year must not reach the tables: the database
keeps moments that Python cannot read back, and then no list with that row opens any more.
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FIRST_YEAR, LAST_YEAR = 1900, 2199


def plausible(day: date) -> None:
    """A validator for dates and moments of forms."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValidationError(
            _("Give a year from %(first)s to %(last)s.")
            % {"first": FIRST_YEAR, "last": LAST_YEAR}, code="year",
        )
