"""Asking for what one may not do: who may decide, about what, and only once."""

import threading
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from chejian.accounts.models import ApprovalRequest, Bay, Station, User
from chejian.accounts.permissions import P
from chejian.accounts.queries.approvals import waiting_for
from chejian.accounts.services.approvals import (
    AlreadyDecided,
    ApprovalSpent,
    OwnRequest,
    RequestChanged,
    decide,
    request_approval,
    usable_approval,
    use_approval,
)
from chejian.core.errors import NotPermitted
from chejian.core.outbox import timeline
from tests.factories.accounts import assign, client_of, make_station, make_user

pytestmark = pytest.mark.django_db
NOW = datetime.fromisoformat("2026-03-12T12:00:00+08:00")
ASKED = Decimal("300.00")


@pytest.fixture
def bay(station: Station) -> Bay:
    """Anything can be the subject of a request."""
    return Bay.objects.create(station=station, name="一号举升机")


def ask(bay: Bay, by: User, amount: Decimal = ASKED, at: datetime = NOW) -> ApprovalRequest:
    return request_approval(
        station_id=bay.station_id, kind="discount", permission=P.APPROVE_DISCOUNT, subject=bay,
        label="WO-NS-26-000001 优惠", amount=amount, by=by, at=at, reason="老客户",
    )


def test_a_request_waits_for_whoever_may_decide(bay: Bay, adviser: User, manager: User) -> None:
    asked = ask(bay, adviser)
    assert list(waiting_for(manager)) == [asked]
    assert list(waiting_for(adviser)) == []
    elsewhere = make_user("station_manager", make_station("FAR"))
    assert list(waiting_for(elsewhere)) == []
    done = decide(request=asked, approve=True, by=manager, at=NOW, answer="可以")
    assert (done.status, done.decided_by, done.answer) == ("approved", manager, "可以")
    assert list(waiting_for(manager)) == []
    assert [event.kind for event in timeline(bay)] == ["approval.approved", "approval.requested"]


def test_nobody_decides_about_his_own_request(bay: Bay, manager: User) -> None:
    asked = ask(bay, manager)
    assert list(waiting_for(manager)) == []
    with pytest.raises(OwnRequest):
        decide(request=asked, approve=True, by=manager, at=NOW)
    asked.refresh_from_db()
    assert (asked.status, asked.decided_by) == ("pending", None)


def test_the_permission_counts_at_the_requests_station(bay: Bay, adviser: User) -> None:
    far = make_user("station_manager", make_station("FAR"))
    assign(far, "technician", bay.station)
    asked = ask(bay, adviser)
    with pytest.raises(NotPermitted):
        decide(request=asked, approve=True, by=far, at=NOW)
    asked.refresh_from_db()
    assert asked.status == "pending"


def test_a_stranger_cannot_ask(bay: Bay) -> None:
    with pytest.raises(NotPermitted):
        ask(bay, make_user("service_adviser", make_station("FAR")))
    assert ApprovalRequest.objects.count() == 0


def test_asking_again_renews_the_one_that_waits(bay: Bay, adviser: User, manager: User) -> None:
    first = ask(bay, adviser)
    again = ask(bay, adviser, Decimal("500.00"), NOW + timedelta(minutes=5))
    assert again.pk == first.pk
    assert ApprovalRequest.objects.get().amount == Decimal("500.00")
    with pytest.raises(RequestChanged):
        decide(request=first, approve=True, by=manager, at=NOW, amount=ASKED)
    assert ApprovalRequest.objects.get().status == "pending"


def test_a_decision_is_made_once(bay: Bay, adviser: User, manager: User) -> None:
    asked = ask(bay, adviser)
    decide(request=asked, approve=False, by=manager, at=NOW)
    with pytest.raises(AlreadyDecided):
        decide(request=asked, approve=True, by=make_user("station_manager"), at=NOW)
    assert ApprovalRequest.objects.get().status == "declined"


def test_an_approval_covers_its_amount_and_is_used_once(
    bay: Bay, adviser: User, manager: User
) -> None:
    def usable(amount: Decimal) -> ApprovalRequest | None:
        return usable_approval(kind="discount", subject=bay, amount=amount)

    asked = ask(bay, adviser)
    assert usable(ASKED) is None
    decide(request=asked, approve=True, by=manager, at=NOW)
    assert usable(ASKED + Decimal("0.01")) is None
    assert usable_approval(kind="refund", subject=bay, amount=ASKED) is None
    found = usable(Decimal("299.99"))
    assert found == asked
    use_approval(asked)
    assert usable(Decimal("1.00")) is None
    with pytest.raises(ApprovalSpent):
        use_approval(asked)


@pytest.mark.django_db(transaction=True)
def test_two_managers_at_once_make_one_decision() -> None:
    station = make_station()
    bay = Bay.objects.create(station=station, name="1")
    asked = ask(bay, make_user("service_adviser", station))
    managers = [make_user("station_manager", station) for _n in range(4)]
    start, decided, lock = threading.Barrier(4), [], threading.Lock()

    def act(who: User, approve: bool) -> None:
        try:
            start.wait()
            decide(request=asked, approve=approve, by=who, at=NOW)
            with lock:
                decided.append(who.pk)
        except AlreadyDecided:
            pass
        finally:
            connection.close()

    threads = [
        threading.Thread(target=act, args=(who, n % 2 == 0)) for n, who in enumerate(managers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(decided) == 1
    assert ApprovalRequest.objects.get().decided_by_id == decided[0]


# --- the inbox --------------------------------------------------------------------------------


def test_the_inbox_shows_and_decides(bay: Bay, adviser: User, manager: User) -> None:
    asked = ask(bay, adviser)
    client = client_of(manager)
    page = client.get("/approvals/").text
    assert "WO-NS-26-000001 优惠" in page
    assert "老客户" in page
    answer = client.post(
        f"/approvals/{asked.pk}/decision/",
        {"verdict": "approve", "amount": "300.00", "answer": "行"},
    )
    asked.refresh_from_db()
    assert (answer.status_code, asked.status, asked.answer) == (302, "approved", "行")
    assert "行" in client_of(adviser).get("/approvals/").text


def test_who_may_not_decide_changes_nothing(bay: Bay, adviser: User) -> None:
    asked = ask(bay, adviser)
    colleague = client_of(make_user("service_adviser", bay.station))
    stranger = client_of(make_user("station_manager", make_station("FAR")))
    where, what = f"/approvals/{asked.pk}/decision/", {"verdict": "approve"}
    assert client_of(adviser).post(where, what).status_code == 403
    assert colleague.post(where, what).status_code == 403
    assert stranger.post(where, what).status_code == 404
    asked.refresh_from_db()
    assert asked.status == "pending"


def test_what_changed_under_the_deciders_eyes_is_not_decided(
    bay: Bay, adviser: User, manager: User
) -> None:
    asked = ask(bay, adviser)
    ask(bay, adviser, Decimal("999.00"))
    where = f"/approvals/{asked.pk}/decision/"
    answer = client_of(manager).post(where, {"verdict": "approve", "amount": "300.00"})
    asked.refresh_from_db()
    assert (answer.status_code, asked.status) == (409, "pending")
