"""The demo is believable: every state, every role, and every ledger ties."""

import pytest
from django.core.management import CommandError, call_command

from chejian.accounts.models import Role, Station, User
from chejian.core.checks import run_checks
from chejian.vehicles.models import Vehicle
from chejian.workorders.models import JobLine, WorkOrder

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_the_demo_has_everything_and_ties() -> None:
    call_command("demo")
    assert Station.objects.count() == 3
    assert set(WorkOrder.objects.values_list("status", flat=True)) == (
        set(WorkOrder.Status.values) - {"closed"}
    )
    assert set(JobLine.objects.values_list("status", flat=True)) >= {
        "proposed", "authorised", "assigned", "working", "paused", "done", "inspected",
    }
    assert all(role.assignments.exists() for role in Role.objects.all())
    assert Vehicle.objects.count() > 250
    assert [line for result in run_checks() for line in result.proof.differences] == []
    before = User.objects.count()
    with pytest.raises(CommandError, match="only for an empty one"):
        call_command("demo")
    assert User.objects.count() == before
