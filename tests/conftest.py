"""Fixtures of all tests. The factories stand in ``tests/factories``, one module per app."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

from chejian.accounts.models import Station, User
from chejian.accounts.services import ensure_defaults as ensure_roles
from chejian.books.services import ensure_defaults as ensure_chart
from chejian.catalog.services import ensure_defaults as ensure_catalog
from tests.factories import accounts


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: their driver keeps an event loop running until the session ends, and
    what opens a loop of its own, or asks the database from the main thread, fails beside it."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session", autouse=True)
def _static_folder() -> None:
    """WhiteNoise warns where nothing was collected; tests serve straight from the source."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> None:
    """Real argon2, but not made to be slow: it would cost a second per login on a busy machine."""
    Argon2PasswordHasher.time_cost = 1
    Argon2PasswordHasher.memory_cost = 64
    Argon2PasswordHasher.parallelism = 1


@pytest.fixture
def defaults(db: None) -> None:
    """Roles, tax rates, chart of accounts: what ``bootstrap`` makes before the first person."""
    ensure_roles()
    ensure_chart()
    ensure_catalog()


@pytest.fixture
def make_station(db: None) -> Callable[..., Station]:
    return accounts.make_station


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    return accounts.make_user


@pytest.fixture
def station(db: None) -> Station:
    """The usual station."""
    return accounts.make_station()


@pytest.fixture
def adviser(station: Station) -> User:
    return accounts.make_user("service_adviser", station)


@pytest.fixture
def manager(station: Station) -> User:
    return accounts.make_user("station_manager", station)
