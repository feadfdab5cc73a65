import pytest

from chejian.database_url import django_database


@pytest.mark.parametrize(
    ("url", "host", "port", "name", "options"),
    [
        ("postgresql://chejian@/chejian?host=/tmp/x", "/tmp/x", "", "chejian", {}),
        ("postgres://u:p@h:5433/db?sslmode=require", "h", "5433", "db", {"sslmode": "require"}),
        ("host=/run/pg dbname=shop", "/run/pg", "", "shop", {}),
    ],
)
def test_every_form_of_the_client_library_is_read(url, host, port, name, options):
    database = django_database(url)
    assert (database["HOST"], database["PORT"], database["NAME"]) == (host, port, name)
    assert database["OPTIONS"] == options
