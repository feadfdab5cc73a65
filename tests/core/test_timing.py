from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from chejian.core.timing import ServerTimingMiddleware


def test_the_header_tells_time_and_statements(db):
    def page(_request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.execute("SELECT 2")
        return HttpResponse("page")

    answer = ServerTimingMiddleware(page)(RequestFactory().get("/"))
    app, cpu, database = answer.headers["Server-Timing"].split(", ")
    assert float(app.removeprefix("app;dur=")) > 0
    assert float(cpu.removeprefix("cpu;dur=")) > 0
    assert database.startswith("db;dur=")
    assert database.endswith(';desc="2"')


def test_it_is_off_unless_asked_for(settings):
    assert not any(name.endswith("ServerTimingMiddleware") for name in settings.MIDDLEWARE)
