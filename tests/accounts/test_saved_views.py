"""Saved views: whose they are, who finds them, which opens by itself."""

import pytest
from django.utils import timezone

from chejian.accounts.list_models import SavedView
from chejian.accounts.models import Station, User
from chejian.accounts.services.saved_views import BadView, save_view
from chejian.core.errors import NotPermitted
from tests.factories.accounts import assign, client_of, make_role, make_station, make_user

pytestmark = pytest.mark.usefixtures("defaults")
ORDERS = "/work-orders/"


@pytest.fixture
def adviser(station: Station) -> User:
    return make_user("service_adviser", station)


@pytest.fixture
def manager(station: Station) -> User:
    return make_user("station_manager", station)


def keep(by: User, name: str = "大单", **more: object) -> SavedView:
    given = {"list_name": "orders", "question": "state=all", "visibility": "private"} | more
    return save_view(name=name, by=by, at=timezone.now(), **given)  # type: ignore[arg-type]


def finds(user: User, station: Station, view: SavedView) -> bool:
    client = client_of(User.objects.get(pk=user.pk), station)
    status = client.get(ORDERS, {"saved": view.pk}).status_code
    assert status in (200, 404)
    assert (view.name in client.get(f"{ORDERS}?state=all").text) == (status == 200)
    return status == 200


def test_a_private_view_is_its_owners_alone(
    station: Station, adviser: User, manager: User
) -> None:
    view = keep(adviser)
    assert finds(adviser, station, view)
    assert not finds(manager, station, view)


def test_a_view_of_a_role_is_for_that_role(
    station: Station, adviser: User, manager: User
) -> None:
    view = keep(adviser, visibility="role", role=make_role("service_adviser"))
    assert finds(make_user("service_adviser", station), station, view)
    assert not finds(manager, station, view)
    with pytest.raises(NotPermitted):
        keep(adviser, visibility="role", role=make_role("cashier"))


def test_a_view_of_a_station_stays_there(station: Station, adviser: User) -> None:
    view = keep(adviser, visibility="station", station=station)
    assert finds(make_user("cashier", station), station, view)
    other = make_station("XX")
    assert not finds(make_user("service_adviser", other), other, view)
    assign(adviser, "service_adviser", other)  # he sees it here, and not while he works there
    assert finds(adviser, station, view)
    assert not finds(adviser, other, view)
    client = client_of(User.objects.get(pk=adviser.pk), other)
    for place in ("", "removals/"):
        assert client.post(f"/list-views/{view.pk}/{place}", {"name": "x"}).status_code == 404
    assert SavedView.objects.get().name == "大单"
    with pytest.raises(NotPermitted):
        keep(make_user("cashier", station), visibility="station", station=other)


def test_the_nearest_usual_view_opens_by_itself(
    station: Station, adviser: User, manager: User
) -> None:
    shared = keep(manager, "本店的", visibility="station", station=station, usual=True,
                  question="state=done")
    client = client_of(adviser, station)
    assert f'href="?saved={shared.pk}" aria-current="page"' in client.get(ORDERS).text
    keep(adviser, "我的", usual=True)
    first = SavedView.objects.get(name="我的")
    shown = client.get(ORDERS).text
    assert f'href="?saved={first.pk}" aria-current="page"' in shown
    again = keep(adviser, "另一个", usual=True)
    first.refresh_from_db()
    assert (first.usual, again.usual) == (False, True)
    assert SavedView.objects.filter(usual=True).count() == 2
    assert '?state=all" aria-current="page"' in client.get(f"{ORDERS}?state=all").text


def test_only_who_manages_staff_decides_what_opens_for_others(
    station: Station, adviser: User
) -> None:
    with pytest.raises(NotPermitted):
        keep(adviser, visibility="station", station=station, usual=True)
    assert not SavedView.objects.exists()


def test_another_changes_nothing(station: Station, adviser: User, manager: User) -> None:
    view = keep(adviser, visibility="station", station=station)
    cashier = client_of(make_user("cashier", station), station)
    for place in ("", "removals/"):
        assert cashier.post(f"/list-views/{view.pk}/{place}", {"name": "x"}).status_code == 403
    assert SavedView.objects.get().name == "大单"
    boss = client_of(manager, station)
    boss.post(f"/list-views/{view.pk}/", {
        "name": "改名", "question": "q=x", "audience": "station"})
    view.refresh_from_db()
    assert (view.name, view.question, view.owner) == ("改名", "q=x", adviser)
    boss.post(f"/list-views/{view.pk}/removals/")
    assert not SavedView.objects.exists()


def test_a_nameless_view_is_not_kept(station: Station, adviser: User) -> None:
    with pytest.raises(BadView):
        keep(adviser, "  ")
    client = client_of(adviser, station)
    reply = client.post("/lists/orders/views/", {"name": "", "question": "state=all"}, follow=True)
    assert "请给视图起个名字" in reply.text
    assert not SavedView.objects.exists()
    assert client.post("/lists/nothing/views/", {"name": "x"}).status_code == 404


def test_a_view_shows_no_more_than_its_reader_may_see(station: Station, manager: User) -> None:
    """The manager keeps costs in his view; an adviser who opens it sees none."""
    view = keep(manager, visibility="station", station=station,
                question="state=all&cols=number,cost&sort=-cost")
    asked = {"saved": view.pk, "panel": "columns"}
    shown = client_of(manager, station).get(ORDERS, asked).text
    hidden = client_of(make_user("service_adviser", station), station).get(ORDERS, asked).text
    assert 'name="cols" value="cost" checked' in shown
    assert "不能这样排序" not in shown
    assert 'value="cost"' not in hidden
    assert "不能这样排序" in hidden
