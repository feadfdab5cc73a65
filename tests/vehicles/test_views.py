"""Screens of cars: who may, what a denied act leaves alone, the chains' forms, few queries."""

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chejian.accounts.models import User
from chejian.vehicles.models import (
    OdometerEvent,
    PlateChange,
    Vehicle,
    VehicleMerge,
    VehicleParty,
)
from chejian.vehicles.services import add_driver, merge_vehicles, record_odometer
from tests.factories.accounts import client_of, make_user
from tests.factories.parties import make_party
from tests.factories.vehicles import make_vehicle

pytestmark = pytest.mark.django_db
GOOD, WRONG_DIGIT = "LSVNV2187E2100001", "LSVNV2188E2100001"
TODAY = "2026-10-31"


def form(**fields: Any) -> dict[str, Any]:
    return {
        "vin": "", "engine_no": "", "make": "大众", "series": "朗逸", "model": "", "model_year": "",
        "colour": "", "powertrain": "", "body": "sedan", "registered_on": "", "insurer_name": "",
        "insurance_until": "", "inspection_until": "", "remarks": "", "plate": "粤B12345",
        "plate_kind": "", "labour_class": "QITA", **fields,
    }


def read(car: Vehicle, reading: int = 500) -> OdometerEvent:
    return record_odometer(
        vehicle=car, reading=reading, source="staff", read_on=date(2026, 10, 1), by=None,
        at=timezone.now(),
    )


@pytest.fixture
def adviser() -> User:
    return make_user(name="林晓雯")


@pytest.fixture
def browser(adviser: User) -> Client:
    return client_of(adviser)


def page_of(browser: Client, car: Vehicle) -> str:
    answer = browser.get(reverse("vehicle", args=[car.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_technician_sees_no_cars_through_the_lists() -> None:
    technician, car = client_of(make_user("technician")), make_vehicle()
    for name in ("vehicles", "vehicle_lookup", "new_vehicle"):
        assert technician.get(reverse(name)).status_code == 403
    for name in ("vehicle", "edit_vehicle", "merge_vehicle"):
        assert technician.get(reverse(name, args=[car.pk])).status_code == 403


def test_onlookers_change_nothing() -> None:
    onlooker = client_of(make_user("workshop_controller"))
    car, other, party = make_vehicle("粤B12345"), make_vehicle(), make_party()
    event = read(car)
    driver = add_driver(
        vehicle=car, driver=party, from_date=date(2026, 1, 1), by=None, at=timezone.now()
    )
    day = {"from_date": TODAY, "read_on": TODAY, "on": TODAY}
    posts: list[tuple[str, list[int], dict[str, Any]]] = [
        ("new_vehicle", [], form(plate="粤B99999")),
        ("edit_vehicle", [car.pk], form(version=1, colour="黑")),
        ("vehicle_plates", [car.pk], {"plate-plate": "粤B99999", "plate-on": TODAY}),
        ("vehicle_owners", [car.pk], {"owner-party": party.pk, "owner-from_date": TODAY}),
        ("vehicle_drivers", [car.pk], {"driver-party": party.pk, **day}),
        ("vehicle_driver_end", [car.pk, driver.pk], {}),
        ("vehicle_readings", [car.pk], {"reading-reading": 1, "reading-read_on": TODAY}),
        ("vehicle_meters", [car.pk], {"meter-old_reading": 1, "meter-new_start": 0}),
        ("vehicle_corrections", [car.pk], {"correction-event": event.pk}),
        ("merge_vehicle", [car.pk], {"other": other.pk}),
    ]
    for name, args, data in posts:
        assert onlooker.post(reverse(name, args=args), data).status_code == 403, name
    car.refresh_from_db()
    driver.refresh_from_db()
    assert (car.plate, car.colour, car.owner, car.version) == ("粤B12345", "", None, 1)
    assert (driver.until_date, OdometerEvent.objects.count()) == (None, 1)
    assert (Vehicle.objects.count(), VehicleMerge.objects.count()) == (2, 0)
    assert (PlateChange.objects.count(), VehicleParty.objects.count()) == (2, 1)


def test_unknown_ones_are_not_found_and_merged_ones_lead_on(browser: Client) -> None:
    keep, absorb = make_vehicle(), make_vehicle()
    merge_vehicles(
        keep=keep, absorb=absorb, reason="", by=make_user("station_manager"), at=timezone.now()
    )
    assert browser.get(reverse("vehicle", args=[999])).status_code == 404
    answer = browser.get(reverse("vehicle", args=[absorb.pk]))
    assert answer["Location"] == reverse("vehicle", args=[keep.pk])


# --- registering and changing ----------------------------------------------------------------
def test_a_car_is_registered_with_its_owner(browser: Client) -> None:
    owner = make_party("王建华")
    url = reverse("new_vehicle")
    assert "王建华" in browser.get(f"{url}?owner={owner.pk}").content.decode()
    answer = browser.post(url, form(plate="粤b·d12345", vin=WRONG_DIGIT, owner=owner.pk))
    car = Vehicle.objects.get()
    assert answer["Location"] == reverse("vehicle", args=[car.pk])
    assert (car.plate, car.owner, car.vin_warning) == ("粤BD12345", owner, "check_digit")
    assert WRONG_DIGIT in page_of(browser, car)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"plate": "粤B1234O"}, "粤B·12340"),
        ({"plate": "B12345"}, "as_typed"),
        ({"vin": "LSVNV2187E21O0001"}, GOOD),
        ({"plate": "", "vin": ""}, "aria-invalid"),
    ],
)
def test_slips_are_told_with_what_was_meant(
    browser: Client, fields: dict[str, str], words: str
) -> None:
    answer = browser.post(reverse("new_vehicle"), form(**fields))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Vehicle.objects.count() == 0


def test_an_odd_plate_is_kept_when_the_person_insists(browser: Client) -> None:
    assert browser.post(reverse("new_vehicle"), form(plate="X-9", as_typed="on")).status_code == 302
    assert Vehicle.objects.get().plate == "X9"


def test_a_taken_plate_moves_only_when_that_is_said(browser: Client) -> None:
    old = make_vehicle("粤B12345")
    answer = browser.post(reverse("new_vehicle"), form())
    assert answer.status_code == 422
    assert "take_over" in answer.content.decode()
    assert browser.post(reverse("new_vehicle"), form(take_over="on")).status_code == 302
    old.refresh_from_db()
    assert old.plate == ""


def test_both_values_are_shown_when_somebody_was_quicker(browser: Client) -> None:
    car = make_vehicle("粤B12345", colour="白")
    url = reverse("edit_vehicle", args=[car.pk])
    assert browser.post(url, form(colour="黑", version=1)).status_code == 302
    answer = browser.post(url, form(colour="灰", version=1))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "黑" in text
    assert 'name="version" value="2"' in text
    car.refresh_from_db()
    assert (car.colour, car.plate) == ("黑", "粤B12345")


# --- chains ----------------------------------------------------------------------------------
def test_plates_people_and_readings_through_their_forms(browser: Client) -> None:
    car, owner, driver = make_vehicle("粤B12345"), make_party("王建华"), make_party("周师傅")
    posts: list[tuple[str, dict[str, Any]]] = [
        ("vehicle_plates", {"plate-plate": "粤BD12345", "plate-on": "2030-10-31"}),
        ("vehicle_owners", {"owner-party": owner.pk, "owner-from_date": TODAY}),
        ("vehicle_drivers", {"driver-party": driver.pk, "driver-from_date": TODAY}),
        ("vehicle_readings", {"reading-reading": 38_900, "reading-read_on": TODAY}),
        (
            "vehicle_meters",
            {"meter-old_reading": 38_900, "meter-new_start": 0, "meter-read_on": TODAY},
        ),
        ("vehicle_readings", {"reading-reading": 120, "reading-read_on": TODAY}),
    ]
    for name, data in posts:
        answer = browser.post(reverse(name, args=[car.pk]), data)
        assert answer.status_code == 302, (name, answer.content.decode())
    car.refresh_from_db()
    assert (car.plate, car.owner, car.odometer, car.total_km) == (
        "粤BD12345", owner, 120, 39_020
    )
    text = page_of(browser, car)
    for word in ("粤B12345", "王建华", "周师傅", "38,900", "39,020"):
        assert word in text
    role = VehicleParty.objects.get(role="driver")
    assert browser.post(
        reverse("vehicle_driver_end", args=[car.pk, role.pk])
    ).status_code == 302
    role.refresh_from_db()
    assert role.until_date is not None


def test_a_lower_reading_is_saved_and_told(browser: Client) -> None:
    car = make_vehicle()
    read(car, 500)
    url = reverse("vehicle_readings", args=[car.pk])
    answer = browser.post(
        url, {"reading-reading": 400, "reading-read_on": TODAY}, follow=True
    )
    assert "低于" in answer.content.decode()
    car.refresh_from_db()
    assert car.odometer == 400


def test_a_correction_needs_its_reason(browser: Client) -> None:
    car = make_vehicle()
    event = read(car, 5_000)
    url = reverse("vehicle_corrections", args=[car.pk])
    sent = {"correction-event": event.pk, "correction-reading": 500, "correction-remark": ""}
    assert browser.post(url, sent).status_code == 422
    assert OdometerEvent.objects.count() == 1
    sent["correction-remark"] = "多一位"
    elsewhere = reverse("vehicle_corrections", args=[make_vehicle().pk])
    assert browser.post(elsewhere, sent).status_code == 422
    assert browser.post(url, sent).status_code == 302
    car.refresh_from_db()
    assert car.odometer == 500
    assert browser.post(url, sent).status_code == 422  # it was corrected already
    assert OdometerEvent.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("vehicle_plates", {"plate-plate": "B1", "plate-on": TODAY}),
        ("vehicle_owners", {"owner-party": "999", "owner-from_date": TODAY}),
        ("vehicle_drivers", {"driver-party": "", "driver-from_date": TODAY}),
        ("vehicle_readings", {"reading-reading": "-1", "reading-read_on": TODAY}),
        ("vehicle_readings", {"reading-reading": "99999999", "reading-read_on": TODAY}),
        ("vehicle_meters", {"meter-old_reading": "", "meter-new_start": 0}),
    ],
)
def test_a_wrong_form_comes_back_on_the_page(
    browser: Client, name: str, data: dict[str, Any]
) -> None:
    car = make_vehicle("粤B12345")
    answer = browser.post(reverse(name, args=[car.pk]), data)
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()
    car.refresh_from_db()
    assert (car.plate, car.version, OdometerEvent.objects.count()) == ("粤B12345", 1, 0)


def test_merging_on_the_screen(browser: Client) -> None:
    keep = make_vehicle("粤B12345", engine_no="EA1")
    absorb = make_vehicle("粤B54321", engine_no="EA1")
    url = reverse("merge_vehicle", args=[keep.pk])
    assert f"?other={absorb.pk}" in browser.get(url).content.decode()
    page = browser.get(f"{url}?other={absorb.pk}").content.decode()
    assert 'value="plate"' in page
    assert ">owner<" not in page
    answer = browser.post(url, {"other": absorb.pk, "take": ["plate"], "reason": "换牌"})
    assert answer.status_code == 302
    keep.refresh_from_db()
    assert keep.plate == "粤B54321"


# --- lists -----------------------------------------------------------------------------------
def plates_on(browser: Client, query: str = "") -> list[str]:
    text = browser.get(reverse("vehicles") + query).content.decode()
    return re.findall(r"<i>·</i>(\w+)</span>", text)


def test_sorted_filtered_and_searched(browser: Client) -> None:
    make_vehicle("粤B00002", owner=make_party("王建华", phone="13812345621"))
    make_vehicle("粤B00003", vin=WRONG_DIGIT)
    make_vehicle("粤B00001", powertrain="bev")
    assert plates_on(browser) == ["00001", "00003", "00002"]
    assert plates_on(browser, "?sort=plate") == ["00001", "00002", "00003"]
    assert plates_on(browser, "?sort=-plate") == ["00003", "00002", "00001"]
    assert plates_on(browser, "?f=powertrain.in.bev") == ["00001"]
    assert plates_on(browser, "?part=warning") == ["00003"]
    for text in ("0002", "5621", "wjh", "王建"):
        assert plates_on(browser, f"?q={text}") == ["00002"], text
    assert plates_on(browser, "?q=100001") == ["00003"]


def test_lookup_tells_reception_car_and_owner_with_a_masked_phone(browser: Client) -> None:
    owner = make_party("解超", phone="13812345621")
    car = make_vehicle("粤BD12345", vin=GOOD, owner=owner)
    rows = browser.get(reverse("vehicle_lookup") + "?q=D123").json()["results"]
    assert rows == [
        {
            "id": car.pk, "text": "粤BD12345", "note": "大众 朗逸 · 解超", "badge": "",
            "data": {
                "plate": "粤BD12345", "colour": "green", "car": "大众 朗逸", "vin": GOOD,
                "odometer": None, "owner": owner.pk, "owner_name": "解超",
                "owner_phone": "138 **** 5621", "url": f"/vehicles/{car.pk}/",
            },
        }
    ]
    for text in ("5621", "xc", "100001", "解"):
        fragment = browser.get(
            reverse("vehicle_lookup") + f"?q={text}", headers={"HX-Request": "true"}
        ).content.decode()
        assert f'data-vehicle="{car.pk}"' in fragment
        assert "138 **** 5621" in fragment


@pytest.mark.parametrize("name", ["vehicles", "vehicle_lookup"])
def test_the_same_number_of_queries_for_1_3_and_50_rows(browser: Client, name: str) -> None:
    counts = []
    for size in (1, 3, 50):
        while Vehicle.objects.count() < size:
            make_vehicle(owner=make_party())
        browser.get(reverse(name) + "?q=粤B")
        with CaptureQueriesContext(connection) as caught:
            browser.get(reverse(name) + "?q=粤B")
        counts.append(len(caught))
    assert len(set(counts)) == 1, counts
    own = [q for q in caught if re.search("parties_|vehicles_|core_searchentry", q["sql"])]
    assert len(own) <= 5


def test_a_page_asks_the_same_number_of_queries_however_long_its_chains(browser: Client) -> None:
    car, counts = make_vehicle(), []
    for size in (1, 3, 50):
        while OdometerEvent.objects.count() < size:
            read(car, 1_000 + OdometerEvent.objects.count())
            add_driver(
                vehicle=car, driver=make_party(), from_date=date(2026, 1, 1), by=None,
                at=timezone.now(),
            )
        page_of(browser, car)
        with CaptureQueriesContext(connection) as caught:
            page_of(browser, car)
        counts.append(len(caught))
    assert len(set(counts)) == 1, counts
