"""Every page renders, for whoever may open it and for nobody else."""


import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.accounts import assign, client_of, make_station, make_user

pytestmark = pytest.mark.django_db

ADMIN_PAGES = [
    "settings", "people", "new_person", "skills", "stations", "new_station", "new_region", "teams",
    "new_team", "new_bay", "roles", "approvals", "audit", "preferences", "change_password",
]


@pytest.fixture
def admin_client() -> Client:
    admin = make_user("administrator", name="管理员")
    assign(admin, "station_manager", make_station())
    assign(admin, "administrator")
    return client_of(admin)


@pytest.mark.parametrize("name", ADMIN_PAGES)
def test_an_administrator_opens_every_page(admin_client: Client, name: str) -> None:
    assert admin_client.get(reverse(name)).status_code == 200
