import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from chejian.core.live import LivePolicyMiddleware, events_address


def request_to(host, **extra):
    return RequestFactory().get("/", headers={"host": host}, **extra)


@pytest.fixture
def anywhere(settings):
    settings.ALLOWED_HOSTS = ["*"]
    settings.EVENTS_PORT = 8701
    settings.EVENTS_URL = ""
    return settings


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1:8700", "http://127.0.0.1:8701/events"),
        ("shop.example", "http://shop.example:8701/events"),
        ("192.168.1.20:8700", "http://192.168.1.20:8701/events"),
        ("[::1]:8700", "http://[::1]:8701/events"),
        ("[::1]", "http://[::1]:8701/events"),
    ],
)
def test_the_browser_listens_at_the_host_it_asked(anywhere, host, address):
    assert events_address(request_to(host)) == address


def test_over_https_it_listens_over_https(anywhere):
    assert events_address(request_to("shop.example", secure=True)).startswith("https://shop")


HEADER = "Content-Security-Policy"


def sources(response):
    parts = dict(part.strip().partition(" ")[::2] for part in response.headers[HEADER].split(";"))
    return parts["connect-src"].split()


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1:8700", "http://127.0.0.1:8701"),
        ("shop.example:8700", "http://shop.example:8701"),
        ("[::1]:8700", "http://*:8701"),
    ],
)
def test_the_policy_names_that_host_and_no_other(anywhere, host, origin):
    response = LivePolicyMiddleware(lambda _request: HttpResponse())(request_to(host))
    assert sources(response) == ["'self'", origin]


def test_an_address_of_ones_own_is_named_by_its_origin(anywhere):
    anywhere.EVENTS_URL = "https://live.example/shop/"
    response = LivePolicyMiddleware(lambda _request: HttpResponse())(request_to("shop.example"))
    assert sources(response)[1:] == ["https://live.example"]
    assert events_address(request_to("shop.example")) == "https://live.example/shop/events"


def test_a_path_on_the_same_host_needs_no_more(anywhere):
    anywhere.EVENTS_URL = "/live"
    response = LivePolicyMiddleware(lambda _request: HttpResponse())(request_to("shop.example"))
    assert HEADER not in response.headers


def test_a_view_with_a_policy_of_its_own_keeps_it(anywhere):
    def view(_request):
        response = HttpResponse()
        response._csp_config = {}
        return response

    response = LivePolicyMiddleware(view)(request_to("shop.example"))
    assert (response._csp_config, HEADER in response.headers) == ({}, False)


def test_the_header_is_sent(client, anywhere, db):
    answer = client.get("/healthz", headers={"host": "shop.example:8700"})
    policy = answer.headers["Content-Security-Policy"]
    assert "connect-src 'self' http://shop.example:8701;" in policy
    assert "*" not in policy
