"""Kept files: seen by whoever may see what they hang on, in whole or in part."""

import io

import pytest
from django.utils import timezone
from PIL import Image

from chejian.catalog.models import PartPicture
from chejian.core import file_store
from chejian.core.intake import take_in
from chejian.core.models import StoredFile
from chejian.core.sending import byte_range
from chejian.workorders.models import OrderPhoto
from tests.factories.accounts import client_of, make_station, make_user
from tests.factories.catalog import make_part
from tests.factories.workorders import brought_to


@pytest.fixture(autouse=True)
def _media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def picture() -> StoredFile:
    sent = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(sent, "JPEG")
    sent.seek(0)
    return StoredFile.objects.create(**vars(take_in(sent, name="车头.jpg")))


@pytest.fixture
def photo(shop) -> OrderPhoto:
    order = brought_to("in_progress", shop)
    return OrderPhoto.objects.create(order=order, file=picture(), stage="repair",
                                     taken_by=shop.technician, taken_at=timezone.now())


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_whoever_sees_the_order_sees_its_photo(shop, photo) -> None:
    address = f"/files/{photo.file.pk}/"
    with file_store.open_file(photo.file.sha256) as kept:
        whole = kept.read()

    for person in (shop.adviser, shop.technician, shop.cashier):
        response = client_of(person).get(address)
        assert response.status_code == 200
        assert body(response) == whole


def test_others_do_not_even_learn_that_it_exists(shop, photo) -> None:
    elsewhere = make_user("service_adviser", make_station("FT"))
    other_technician = make_user("technician", shop.station)

    for person in (elsewhere, other_technician):
        for tail in ("", "thumbnail/"):
            assert client_of(person).get(f"/files/{photo.file.pk}/{tail}").status_code == 404
    assert client_of(shop.adviser).get("/files/999999/").status_code == 404


def test_a_file_that_hangs_on_nothing_is_nobodys(shop) -> None:
    assert client_of(shop.manager).get(f"/files/{picture().pk}/").status_code == 404


def test_pictures_of_parts_are_the_catalogues(shop) -> None:
    file = picture()
    PartPicture.objects.create(part=make_part(), file=file)

    assert client_of(shop.storekeeper).get(f"/files/{file.pk}/").status_code == 200
    assert client_of(make_user("customer_care", shop.station)).get(
        f"/files/{file.pk}/").status_code == 404


def test_headers_keep_it_private_and_called_by_its_kind(shop, photo) -> None:
    client = client_of(shop.adviser)
    response = client.get(f"/files/{photo.file.pk}/")

    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-cache"
    assert response["Content-Disposition"].startswith("inline; filename*=utf-8''")
    again = client.get(f"/files/{photo.file.pk}/", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304
    assert body(again) == b""
    saved = client.get(f"/files/{photo.file.pk}/?download=1")
    assert saved["Content-Disposition"].startswith("attachment")


def test_what_we_did_not_make_ourselves_is_only_saved(shop, photo) -> None:
    blob = file_store.store(b"<script>alert(1)</script>")
    odd = StoredFile.objects.create(sha256=blob.sha256, size=blob.size, kind="photo",
                                    content_type="text/html", original_name="x.html")
    OrderPhoto.objects.create(order=photo.order, file=odd, stage="repair",
                              taken_by=shop.technician, taken_at=timezone.now())

    response = client_of(shop.adviser).get(f"/files/{odd.pk}/")

    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")


def test_a_player_gets_the_part_it_asks_for(shop, photo) -> None:
    client, size = client_of(shop.adviser), photo.file.size
    with file_store.open_file(photo.file.sha256) as kept:
        whole = kept.read()
    address = f"/files/{photo.file.pk}/"

    part = client.get(address, headers={"Range": "bytes=10-19"})
    assert part.status_code == 206
    assert part["Content-Range"] == f"bytes 10-19/{size}"
    assert body(part) == whole[10:20]
    assert body(client.get(address, headers={"Range": "bytes=-5"})) == whole[-5:]
    beyond = client.get(address, headers={"Range": f"bytes={size}-"})
    assert beyond.status_code == 416
    assert beyond["Content-Range"] == f"bytes */{size}"
    stale = client.get(address, headers={"Range": "bytes=0-1", "If-Range": '"other"'})
    assert (stale.status_code, body(stale)) == (200, whole)


@pytest.mark.parametrize(
    ("header", "wanted"),
    [("bytes=0-0", (0, 0)), ("bytes=5-", (5, 99)), ("bytes=90-200", (90, 99)),
     ("bytes=-200", (0, 99)), ("bytes=1-2,4-5", None), ("items=0-1", None), ("bytes=a-b", None),
     ("bytes=-", None)],
)
def test_ranges_are_read_as_the_standard_says(header, wanted) -> None:
    assert byte_range(header, 100) == wanted


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=7-3", "bytes=-0"])
def test_a_range_outside_is_an_error(header) -> None:
    with pytest.raises(ValueError, match="bytes"):
        byte_range(header, 100)


def test_the_thumbnail_is_small(shop, photo) -> None:
    response = client_of(shop.adviser).get(f"/files/{photo.file.pk}/thumbnail/")

    small = Image.open(io.BytesIO(body(response)))
    assert max(small.size) == 320
    assert response["ETag"] != f'"{photo.file.sha256}"'


def test_one_statement_judges(shop, photo, django_assert_max_num_queries) -> None:
    client = client_of(shop.adviser)
    body(client.get(f"/files/{photo.file.pk}/"))
    with django_assert_max_num_queries(5):
        body(client.get(f"/files/{photo.file.pk}/"))
