"""The staff file: number, job, qualification, skills with their level."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from chejian.accounts.authority import check_holds, check_manage
from chejian.accounts.models import Skill, Staff, StaffSkill, User
from chejian.accounts.permissions import P
from chejian.accounts.services.people import LoginTaken
from chejian.core.errors import DomainError
from chejian.core.outbox import emit
from chejian.core.text import fold

LEVELS = range(1, 6)


class NameTaken(DomainError):
    """Something else bears that name or code."""

    code = "name_taken"


@transaction.atomic
def update_staff(
    *,
    person: User,
    number: str,
    job: str,
    certificate: str,
    hired_on: date | None,
    left_on: date | None,
    skills: Mapping[Skill, int],
    by: User | None,
    at: datetime,
) -> Staff:
    """Write the whole staff file; ``skills`` replaces the skills, with levels 1 to 5.

    Raises OutOfReach, LoginTaken when another person has the number.
    """
    check_manage(by, person)
    taken = Staff.objects.filter(number=number.strip()).exclude(user=person).exists()
    if taken:
        raise LoginTaken(_("Another person has this staff number."), field="number")
    staff, _made = Staff.objects.select_for_update().get_or_create(
        user=person, defaults={"number": number.strip()}
    )
    staff.number, staff.job, staff.certificate = number.strip(), job.strip(), certificate.strip()
    staff.hired_on, staff.left_on = hired_on, left_on
    staff.save()
    staff.skills.exclude(skill__in=skills).delete()
    for skill, level in skills.items():
        StaffSkill.objects.update_or_create(staff=staff, skill=skill, defaults={"level": level})
    emit("person.updated", person, station_id=None, by=by, at=at, name=person.name)
    return staff


@transaction.atomic
def create_skill(*, name: str, by: User | None, at: datetime) -> Skill:
    """A new skill to choose from. Raises NotPermitted, NameTaken."""
    check_holds(by, P.MANAGE_STAFF)
    skill, made = Skill.objects.get_or_create(name=fold(name))
    if not made:
        raise NameTaken(_("There is a skill of this name already."), field="name")
    emit("skill.created", skill, station_id=None, by=by, at=at, name=skill.name)
    return skill
