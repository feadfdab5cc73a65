"""The demo's group: head office, two regions, three stations, and somebody for every role."""

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.hashers import make_password

from chejian.accounts.demo_login import DEMO_PASSWORD as PASSWORD
from chejian.accounts.models import (
    Assignment,
    Bay,
    Organisation,
    Region,
    Role,
    Skill,
    Staff,
    StaffSkill,
    Station,
    Team,
    User,
)
from chejian.accounts.services import ensure_defaults
from chejian.accounts.services.people import RoleAt, create_person
from chejian.accounts.services.tokens import open_service_account
from chejian.inventory.models import Bin, Warehouse

# code, name, legal name, USCC, address, phone, region
STATIONS = (
    ("NS", "南山店", "深圳市车间示范汽车维修有限公司南山店",
     "91440300MA5DEMO01X", "深圳市南山区科苑路 18 号", "0755-86001234", "SZ"),
    ("FT", "福田店", "深圳市车间示范汽车维修有限公司福田店",
     "91440300MA5DEMO02T", "深圳市福田区深南大道 6 号", "0755-83005678", "SZ"),
    ("GZ", "天河店", "广州市车间示范汽车维修有限公司天河店",
     "91440101MA5DEMO03P", "广州市天河区中山大道 88 号", "020-38009012", "GZ"),
)

type Row = tuple[str, str, str, tuple[str, ...]]

# username, name, job, role codes
FIRST_STATION: tuple[Row, ...] = (
    ("linxiaowen", "林晓雯", "服务顾问", ("service_adviser",)),
    ("zhaoming", "赵明", "服务顾问", ("service_adviser",)),
    ("hejun", "何俊", "车间调度", ("workshop_controller",)),
    ("chenzhiqiang", "陈志强", "机电技师", ("technician",)),
    ("huangwei", "黄伟", "机电技师", ("technician",)),
    ("liguodong", "李国栋", "机电技师", ("technician",)),
    ("zhouxiaojun", "周小军", "钣喷技师", ("technician",)),
    ("fangbanzhang", "方启明", "机电班组长", ("team_leader",)),
    ("madesheng", "马德胜", "终检员", ("inspector",)),
    ("sunli", "孙丽", "库管", ("storekeeper",)),
    ("luocai", "罗梅", "采购", ("purchaser",)),
    ("wumin", "吴敏", "收银", ("cashier",)),
    ("dengsuo", "邓宇", "索赔员", ("warranty_clerk",)),
    ("xukefu", "许欣妍", "客服", ("customer_care",)),
    ("liuzhan", "刘永强", "站长", ("station_manager",)),
)
OTHER_STATIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("adviser", "服务顾问", ("service_adviser",)),
    ("controller", "车间调度", ("workshop_controller", "inspector")),
    ("tech1", "机电技师", ("technician",)),
    ("tech2", "机电技师", ("technician",)),
    ("store", "库管", ("storekeeper",)),
    ("cashier", "收银", ("cashier",)),
    ("manager", "站长", ("station_manager",)),
)
OTHER_NAMES = {
    "FT": ("高雅琴", "郑建国", "谢浩", "宋平", "唐静", "韩雪", "曹国强"),
    "GZ": ("彭佳怡", "萧勇", "蔡涛", "潘磊", "董娟", "袁芳", "于海洋"),
}
SKILLS = ("机电", "钣金", "喷漆", "美容", "新能源")
BAYS = ("1 号举升机", "2 号举升机", "3 号举升机", "四轮定位", "钣金位", "烤漆房", "美容位")


@dataclass
class Group:
    """The demo's places and the people by station code and role."""

    stations: dict[str, Station] = field(default_factory=dict)
    people: dict[tuple[str, str], list[User]] = field(default_factory=dict)
    warehouses: dict[str, list[Warehouse]] = field(default_factory=dict)

    def who(self, station: str, role: str) -> User:
        return self.people[station, role][0]


def build(at: datetime) -> Group:
    """Make the group in an empty database."""
    ensure_defaults()
    organisation = Organisation.objects.create(name="车间示范汽车服务集团", is_demo=True)
    regions = {
        code: Region.objects.create(organisation=organisation, code=code, name=name)
        for code, name in (("SZ", "深圳大区"), ("GZ", "广州大区"))
    }
    group = Group()
    for code, name, legal, uscc, address, phone, region in STATIONS:
        group.stations[code] = Station.objects.create(
            region=regions[region], code=code, name=name, legal_name=legal, uscc=uscc,
            address=address, phone=phone, contact="刘永强", permit=f"粤交运备 {code}2026-018",
            dispute_terms="双方协商；协商不成，提请道路运输管理机构调解或向人民法院起诉",
        )
        _places(group, code)
    _staff(group, at)
    return group


def _places(group: Group, code: str) -> None:
    station = group.stations[code]
    group.warehouses[code] = [
        Warehouse.objects.create(station=station, code=short, name=name)
        for short, name in (("ZC", "主仓"), ("YP", "油品仓"))
    ]
    Bin.objects.bulk_create(Bin(warehouse=house) for house in group.warehouses[code])
    Bay.objects.bulk_create(Bay(station=station, name=name) for name in BAYS)


def _staff(group: Group, at: datetime) -> None:
    roles = {role.code: role for role in Role.objects.all()}
    hashed = make_password(PASSWORD)  # one for all: it stands on the login page
    for username, name, job, codes in FIRST_STATION:
        _person(group, "NS", username, name, job, [roles[code] for code in codes], at, hashed)
    for code, names in OTHER_NAMES.items():
        for (suffix, job, codes), name in zip(OTHER_STATIONS, names, strict=True):
            username = f"{code.lower()}-{suffix}"
            _person(group, code, username, name, job, [roles[c] for c in codes], at, hashed)
    manager = group.who("NS", "station_manager")
    opened = create_person(
        name="张总部", username="zongbu", roles=[RoleAt(roles["head_office"])], by=None, at=at,
        password=PASSWORD, hashed=hashed, must_change=False, job="运营总监", number="H001",
    )
    group.people["", "head_office"] = [opened.user]
    opened = create_person(
        name="管理员", username="admin", roles=[RoleAt(roles["administrator"])], by=None, at=at,
        password=PASSWORD, hashed=hashed, must_change=False, job="系统管理员", number="H000",
    )
    group.people["", "administrator"] = [opened.user]
    website = RoleAt(roles["customer_care"], station=group.stations["NS"])
    open_service_account(name="官网预约", role=website, by=opened.user, at=at)
    # one person, two stations, two roles: the manager also advises in the sister shop
    Assignment.objects.create(
        user=manager, role=roles["service_adviser"], station=group.stations["FT"]
    )
    team = Team.objects.create(
        station=group.stations["NS"], name="机电一班", leader=group.who("NS", "team_leader")
    )
    team.members.set(group.people["NS", "technician"][:3])
    _skills(group)


def _person(
    group: Group, code: str, username: str, name: str, job: str, roles: list[Role], at: datetime,
    hashed: str,
) -> None:
    station = group.stations[code]
    opened = create_person(
        name=name, username=username, roles=[RoleAt(role, station=station) for role in roles],
        by=None, at=at, password=PASSWORD, hashed=hashed, must_change=False, job=job,
    )
    for role in roles:
        group.people.setdefault((code, role.code), []).append(opened.user)


def _skills(group: Group) -> None:
    skills = [Skill.objects.get_or_create(name=name)[0] for name in SKILLS]
    for (_code, role), people in group.people.items():
        if role != "technician":
            continue
        for position, person in enumerate(people):
            staff = Staff.objects.get(user=person)
            StaffSkill.objects.create(staff=staff, skill=skills[0], level=3 - position % 3)
            StaffSkill.objects.create(
                staff=staff, skill=skills[1 + position % 4], level=1 + position % 3
            )
