"""Parts, labour, templates, terms: verbs with their permissions, and finding a part again."""

from decimal import Decimal as D

import pytest
from django.utils import timezone

from chejian.accounts.models import Station
from chejian.catalog import queries, services
from chejian.catalog.errors import BadFigure, NameRequired, NumberTaken
from chejian.catalog.models import (
    JobTemplate,
    LabourClass,
    LabourOperation,
    Part,
    PartPicture,
    RepairClass,
    RepairType,
    TaxRate,
)
from chejian.catalog.services import TemplateJob, TemplatePart
from chejian.core.errors import Conflict, NotPermitted
from chejian.core.models import Event, StoredFile
from tests.factories.accounts import make_user
from tests.factories.catalog import make_operation, make_part, tax_rate

pytestmark = pytest.mark.usefixtures("defaults")


@pytest.fixture
def keeper(station: Station):
    return make_user("storekeeper", station)


def new(by, number="04465-0K290", name="前刹车片", **fields):
    return services.create_part(
        number=number, name=name, by=by, at=timezone.now(), tax_rate=tax_rate(), **fields
    )


def change(part, by, version=None, **fields):
    return services.update_part(
        part=part, version=part.version if version is None else version, by=by,
        at=timezone.now(), **fields,
    )


def test_defaults_are_made_once():
    services.ensure_defaults()
    assert [str(r) for r in TaxRate.objects.order_by("-rate").values_list("rate", flat=True)] == [
        "0.1300", "0.0600", "0.0300", "0.0100", "0.0000",
    ]
    assert LabourClass.objects.get(code="QITA").name == "其他车型"
    second = RepairClass.objects.get(code="second")
    assert (second.guarantee_km, second.guarantee_days) == (5000, 30)
    assert second.needs_certificate
    assert RepairType.objects.count() == 8
    assert list(queries.level_names()) == ["retail", "member", "contract", "wholesale", "claim"]


def test_a_part_is_found_by_everything_it_answers_to(keeper):
    part = new(
        keeper, brand="博世", barcode="6901028075831", fitment="大众 帕萨特",
        oe_numbers=["L8E0-698-151A", "L8E0-698-151A"], interchange_numbers=["GDB1550"],
    )
    new(keeper, "BP-2", "机油滤清器")
    for text in ("刹车", "qscp", "qianshache", "0K290", "044650k290", "831", "698151", "1550",
                 "博世", "帕萨特", "bs 刹车"):
        assert [p.pk for p in queries.find_parts(keeper, text)] == [part.pk], text
    assert queries.part_by_code("6901028075831") == part
    assert queries.part_by_code("GDB1550") == part
    assert queries.part_by_code("GDB15") is None
    assert part.numbers.count() == 2


def test_a_code_that_two_parts_share_finds_neither(keeper):
    new(keeper, "A-1", interchange_numbers=["GDB1550"])
    new(keeper, "A-2", interchange_numbers=["GDB1550"])
    assert queries.part_by_code("GDB1550") is None


def test_prices_are_for_who_may_change_them(keeper, manager):
    with pytest.raises(NotPermitted):
        new(keeper, retail_price=D(100))
    assert Part.objects.count() == 0
    part = new(manager, retail_price=D(100), member_price=D(90))
    with pytest.raises(NotPermitted):
        change(part, keeper, retail_price=D(120), name="别的")
    part.refresh_from_db()
    assert (part.retail_price, part.name, part.version) == (D(100), "前刹车片", 1)
    change(part, keeper, retail_price=D(100), name="别的")  # the same price is no change
    part.refresh_from_db()
    changed = change(part, manager, retail_price=D(120))
    assert (changed.name, changed.retail_price) == ("别的", D(120))
    told = Event.objects.filter(kind="part.updated").latest("pk").data["changes"]
    assert told == {"retail_price": ["100.0000", "120"]}
    history = part.events.order_by("pgh_id").values_list("retail_price", flat=True)
    assert [str(price) for price in history] == ["100.0000", "100.0000", "120.0000"]


def test_onlookers_change_nothing(adviser):
    part = make_part()
    for act in (
        lambda: new(adviser),
        lambda: change(part, adviser, name="x"),
        lambda: services.create_operation(
            code="x", name="x", by=adviser, at=timezone.now(), tax_rate=tax_rate()
        ),
        lambda: services.save_term(
            term=LabourClass(), by=adviser, at=timezone.now(), code="x", name="x", rate=D(1)
        ),
        lambda: services.save_template(
            name="x", jobs=[TemplateJob(make_operation())], by=adviser, at=timezone.now()
        ),
    ):
        with pytest.raises(NotPermitted):
            act()
    assert Part.objects.get() == part
    assert Part.objects.get().name == "刹车片"
    assert not JobTemplate.objects.exists()
    assert not LabourClass.objects.filter(code="x").exists()


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"number": " "}, NameRequired),
        ({"name": ""}, NameRequired),
        ({"number": "TAKEN"}, NumberTaken),
        ({"safety_stock": D(-1)}, BadFigure),
        ({"retail_price": D("0.00001")}, BadFigure),
    ],
)
def test_wrong_data_is_refused(manager, fields, error):
    make_part("TAKEN")
    with pytest.raises(error):
        new(manager, **{"number": "N-1", "name": "x", **fields})
    part = make_part("N-2")
    with pytest.raises(error):
        change(part, manager, **fields)
    assert Part.objects.count() == 2


def test_who_was_slower_sees_both_values(manager):
    part = new(manager)
    change(part, manager, name="甲", brand="博世")
    with pytest.raises(Conflict) as caught:
        change(part, manager, version=1, name="乙", brand="博世")
    assert caught.value.data["fields"] == {"name": {"theirs": "甲", "mine": "乙"}}
    change(part, manager, version=caught.value.data["version"], name="乙")
    assert Part.objects.get().name == "乙"


def test_further_numbers_are_replaced(manager):
    part = new(manager, oe_numbers=["A", "B"], interchange_numbers=["C"])
    change(part, manager, oe_numbers=["B", "D"])
    assert sorted(part.numbers.values_list("kind", "number")) == [
        ("interchange", "C"), ("oe", "B"), ("oe", "D"),
    ]
    assert [p.pk for p in queries.find_parts(manager, "D")] == [part.pk]


def test_pictures_come_and_go(manager, settings, tmp_path):
    import io

    from PIL import Image

    settings.MEDIA_ROOT = tmp_path
    part, picture = new(manager), io.BytesIO()
    Image.new("RGB", (800, 600), "red").save(picture, "JPEG")
    kept = services.add_picture(
        part=part, source=io.BytesIO(picture.getvalue()), name="p.jpg", caption="正面",
        by=manager, at=timezone.now(),
    )
    assert (kept.file.kind, kept.position, kept.caption) == ("photo", 0, "正面")
    second = services.add_picture(
        part=part, source=picture, name="p.jpg", by=manager, at=timezone.now()
    )
    assert second.position == 1
    services.remove_picture(picture=kept, by=manager, at=timezone.now())
    assert list(PartPicture.objects.all()) == [second]
    assert StoredFile.objects.count() == 2


def test_an_operation_and_its_price(keeper, manager):
    made = services.create_operation(
        code="OP-1", name="更换前刹车片", flat_hours=D("1.2"), by=keeper, at=timezone.now(),
        tax_rate=tax_rate(),
    )
    with pytest.raises(NotPermitted):
        services.update_operation(
            operation=made, version=1, fixed_price=D(200), by=keeper, at=timezone.now()
        )
    services.update_operation(
        operation=made, version=1, fixed_price=D(200), by=manager, at=timezone.now()
    )
    made.refresh_from_db()
    assert (made.fixed_price, made.version) == (D(200), 2)
    for text in ("OP-1", "前刹", "ghqscp", "genghuan 刹车"):
        assert queries.find_operations(keeper, text) == [made], text
    assert queries.find_operations(keeper, "轮胎") == []
    make_operation("OP-2")
    with pytest.raises(NumberTaken):
        services.update_operation(
            operation=made, version=2, code="OP-2", by=manager, at=timezone.now()
        )
    assert LabourOperation.objects.get(pk=made.pk).code == "OP-1"


def test_a_template_is_made_exactly_this(manager):
    oil, filter_ = make_part(name="机油"), make_part(name="机滤")
    change_oil, wheels = make_operation(name="换机油"), make_operation(name="四轮定位")
    made = services.save_template(
        name="小保养",
        jobs=[TemplateJob(change_oil, [TemplatePart(oil, D(4)), TemplatePart(filter_)])],
        by=manager, at=timezone.now(),
    )
    services.save_template(
        template=made, name="小保养", by=manager, at=timezone.now(),
        jobs=[TemplateJob(wheels), TemplateJob(change_oil, [TemplatePart(oil, D("3.5"))])],
    )
    jobs = [
        (job.operation, [(p.part, p.quantity) for p in job.parts.all()]) for job in made.jobs.all()
    ]
    assert jobs == [(wheels, []), (change_oil, [(oil, D("3.5"))])]
    for wrong, error in (([], NameRequired),
                         ([TemplateJob(wheels, [TemplatePart(oil, D(0))])], BadFigure)):
        with pytest.raises(error):
            services.save_template(
                name="大保养", jobs=wrong, by=manager, at=timezone.now()
            )
    with pytest.raises(NumberTaken):
        services.save_template(
            name="小保养", jobs=[TemplateJob(wheels)], by=manager, at=timezone.now()
        )


def test_rates_need_the_right_to_prices(keeper, manager):
    row = LabourClass.objects.get(code="QITA")
    with pytest.raises(NotPermitted):
        services.save_term(term=row, by=keeper, at=timezone.now(), rate=D(1))
    assert LabourClass.objects.get(code="QITA").rate == D(120)
    fresh = LabourClass.objects.get(code="QITA")
    services.save_term(term=fresh, by=manager, at=timezone.now(), rate=D(130))
    assert LabourClass.objects.get(code="QITA").rate == D(130)
    with pytest.raises(NumberTaken):
        services.save_term(
            term=LabourClass(), by=manager, at=timezone.now(), code="QITA", name="x", rate=D(1)
        )
    with pytest.raises(BadFigure):
        services.save_term(term=fresh, by=manager, at=timezone.now(), rate=D(-1))
    assert LabourClass.objects.get(code="QITA").rate == D(130)
