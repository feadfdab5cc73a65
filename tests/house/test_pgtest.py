import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_cluster_speaks_utf8_and_sorts_by_code_point():
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_encoding")
        assert cursor.fetchone() == ("UTF8",)
        cursor.execute("SELECT 'B' < 'a', lower('Ä')")
        assert cursor.fetchone() == (True, "ä")
