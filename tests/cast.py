"""The people and places that the tests of all applications share, made through the commands that users use.

CN 样例国
└─ 51 样例省
   ├─ 5101 甲市 ─── JIA1 甲市第一医院 (supports) with 急诊科 (4 staff, 2 must stay) and 神经外科
   │                JIAB 甲市卫生健康委
   └─ 5120 山县 ─── SHAN 山县人民医院 (is supported)
                    XIANG 东乡卫生院 ── CUN 东村卫生室 below it
52 邻省 ─ 5230 邻县 ─ LIN 邻县人民医院, LIN2 邻县中医院: have no part in anything

Office Jia plans for JIA1, Office Shan for SHAN, Office Lin is the outsider with the same role.
"""

from __future__ import annotations

import datetime
import itertools
from dataclasses import dataclass, field
from decimal import Decimal

from lianyi.accounts import commands as accounts
from lianyi.accounts.actors import Actor, actor_of, service_actor
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.models import Affiliation, User
from lianyi.dispatch import commands as dispatch
from lianyi.dispatch.models import Posting
from lianyi.partnerships import commands as partnerships
from lianyi.partnerships.models import Agreement, Duty
from lianyi.partnerships.queries import asked_parties
from lianyi.partnerships.rulebook import rule_book
from lianyi.registry import commands as registry
from lianyi.registry.models import Department, Institution, Place, Staff

PASSWORD = "quiet-harbour-27"
LONG_AGO = datetime.date(2010, 1, 1)
_numbers = itertools.count(1)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def as_service(reason: str = "", reason_code: str = "") -> CommandContext:
    """Return a fresh context of the installer."""
    return CommandContext(service_actor(), f"test-{next(_numbers)}", reason=reason, reason_code=reason_code)


def acting_as(actor: Actor, reason: str = "", reason_code: str = "") -> CommandContext:
    """Return a fresh context of a person."""
    return CommandContext(actor, f"test-{next(_numbers)}", reason=reason, reason_code=reason_code)


def make_place(code: str, name: str, level: str, parent: Place | None = None) -> Place:
    return registry.create_place(as_service(), registry.NewPlace(code, name, level, parent))


def make_institution(code: str, name: str, kind: str, place: Place, parent: Institution | None = None) -> Institution:
    new = registry.NewInstitution(code, name, kind, place, parent=parent, opened_on=LONG_AGO)
    return registry.open_institution(as_service(), new)


def make_department(institution: Institution, code: str, name: str, specialty: str, minimum: int = 0) -> Department:
    new = registry.NewDepartment(code, name, specialty, minimum_staff_on_duty=minimum)
    return registry.open_department(as_service(), institution, new)


def make_staff(
    institution: Institution,
    code: str,
    name: str,
    *,
    department: Department | None = None,
    profession: str = "doctor",
    title_rank: str = "intermediate",
    specialty: str = "",
) -> Staff:
    new = registry.NewStaff(
        code=code,
        name_zh=name,
        profession=profession,
        title_rank=title_rank,
        specialty=specialty or (department.specialty if department else ""),
        department=department,
    )
    return registry.add_staff(as_service(), institution, new)


def make_user(username: str) -> User:
    new = accounts.NewUser(username=username, display_name=f"样例 {username}", password=PASSWORD)
    return accounts.create_user(as_service(), new)


def affiliate(username: str, node_id: int, role: str, department_node_id: int | None = None) -> Affiliation:
    user = User.objects.filter(username=username).first() or make_user(username)
    new = accounts.NewAffiliation(user.pk, node_id, role, LONG_AGO, department_node_id=department_node_id)
    return accounts.create_affiliation(as_service(), new)


def actor_for(username: str, node_id: int, role: str, department_node_id: int | None = None) -> Actor:
    actor = actor_of(affiliate(username, node_id, role, department_node_id))
    assert actor is not None
    return actor


@dataclass
class Scene:
    """Everything the tests need by name."""

    country: Place
    city: Place
    county: Place
    outside: Place
    jia: Institution
    bureau: Institution
    shan: Institution
    xiang: Institution
    cun: Institution
    lin: Institution
    emergency: Department
    neurosurgery: Department
    shan_emergency: Department
    an: Staff
    bo: Staff
    cai: Staff
    ding: Staff
    office_jia: Actor
    office_shan: Actor
    office_lin: Actor
    codes: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def agreement(
        self,
        code: str = "JS-2024",
        *,
        starts_on: str = "2024-01-01",
        ends_on: str = "2024-12-31",
        rule_set: str = "",
        approvals: tuple[str, ...] = (),
        in_force: bool = True,
    ) -> Agreement:
        """JIA1 supports SHAN, which has confirmed, with one duty of five persons a year."""
        new = partnerships.NewAgreement(
            code=code,
            title_zh="甲市第一医院支援山县人民医院",
            title_en="Jia supports Shan",
            kind="counterpart_support",
            starts_on=day(starts_on),
            ends_on=day(ends_on),
            parties={self.jia.pk: "supporting", self.shan.pk: "supported"},
            rule_set=rule_set,
            approvals=approvals,
        )
        row = partnerships.draft_agreement(acting_as(self.office_jia), rule_book(), new)
        self.duty(row, "D01", "persons_posted", "5", "person", "year")
        if in_force:
            partnerships.put_in_force(acting_as(self.office_jia), row, row.version)
            self.confirm(row, self.office_shan)
        return row

    def confirm(self, agreement: Agreement, office: Actor) -> None:
        """Let an office confirm the parts in which its institutions are named."""
        ids = [party.pk for party in asked_parties(office).filter(agreement=agreement)]
        partnerships.confirm_parties(acting_as(office), agreement, ids)

    def duty(
        self, agreement: Agreement, code: str, kind: str, quantity: str, unit: str, period: str = "term", **more: object
    ) -> Duty:
        new = partnerships.NewDuty(
            code=code,
            title_zh=f"职责{code}",
            title_en=f"Duty {code}",
            evidence_kind=kind,
            quantity=Decimal(quantity),
            unit=unit,
            period=period,
            **more,  # type: ignore[arg-type]
        )
        return partnerships.add_duty(acting_as(self.office_jia), agreement, new)

    def draft(
        self,
        agreement: Agreement,
        staff: Staff,
        starts_on: str,
        ends_on: str,
        *,
        to: Institution | None = None,
        kind: str = "team",
        **more: object,
    ) -> Posting:
        new = dispatch.NewPosting(
            code=f"P{next(self.codes):03d}",
            kind=kind,
            staff_id=staff.pk,
            to_institution_id=(to or self.shan).pk,
            starts_on=day(starts_on),
            ends_on=day(ends_on),
            **more,  # type: ignore[arg-type]
        )
        return dispatch.draft_posting(acting_as(self.office_jia), agreement, new)

    def published(self, agreement: Agreement, staff: Staff, starts_on: str, ends_on: str, **more: object) -> Posting:
        row = self.draft(agreement, staff, starts_on, ends_on, **more)  # type: ignore[arg-type]
        dispatch.publish_postings(acting_as(self.office_jia), agreement, [row.pk])
        row.refresh_from_db()
        return row

    def stayed(self, agreement: Agreement, staff: Staff, came: str, left: str, **more: object) -> Posting:
        """Return a posting that was planned, reached and left on exactly these days."""
        row = self.published(agreement, staff, came, left, **more)
        self.step(row, "arrive", came)
        return self.step(row, "end", left)

    def step(self, row: Posting, name: str, on: str, **more: object) -> Posting:
        reason = str(more.pop("reason", ""))
        code = str(more.pop("reason_code", ""))
        facts = dispatch.StepFacts(day(on), **more)  # type: ignore[arg-type]
        actor = self.office_shan if name == "appraise" else self.office_jia
        return dispatch.take_step(acting_as(actor, reason, code), row, name, facts, row.version)


def build_scene() -> Scene:
    """Make the whole cast."""
    country = make_place("CN", "样例国", "country")
    province = make_place("510000", "样例省", "province", country)
    city = make_place("510100", "甲市", "prefecture", province)
    county = make_place("512000", "山县", "county", province)
    neighbour = make_place("520000", "邻省", "province", country)
    outside = make_place("523000", "邻县", "county", neighbour)
    jia = make_institution("JIA1", "甲市第一医院", "general_hospital", city)
    bureau = make_institution("JIAB", "甲市卫生健康委", "health_administration", city)
    shan = make_institution("SHAN", "山县人民医院", "general_hospital", county)
    xiang = make_institution("XIANG", "东乡卫生院", "township_health_centre", county)
    cun = make_institution("CUN", "东村卫生室", "village_clinic", county, xiang)
    lin = make_institution("LIN", "邻县人民医院", "general_hospital", outside)
    emergency = make_department(jia, "EM", "急诊科", "20", 2)
    neurosurgery = make_department(jia, "NS", "神经外科", "04.02")
    make_staff(jia, "E1", "样例戊", department=emergency, profession="nurse")
    return Scene(
        country=country,
        city=city,
        county=county,
        outside=outside,
        jia=jia,
        bureau=bureau,
        shan=shan,
        xiang=xiang,
        cun=cun,
        lin=lin,
        emergency=emergency,
        neurosurgery=neurosurgery,
        shan_emergency=make_department(shan, "EM", "急诊科", "20"),
        an=make_staff(jia, "A1", "样例甲", department=emergency),
        bo=make_staff(jia, "B1", "样例乙", department=emergency, title_rank="junior"),
        cai=make_staff(jia, "C1", "样例丙", department=emergency, title_rank="associate_senior"),
        ding=make_staff(jia, "D1", "样例丁", department=neurosurgery, title_rank="senior"),
        office_jia=actor_for("office-jia", jia.pk, "lead_office"),
        office_shan=actor_for("office-shan", shan.pk, "supported_office"),
        office_lin=actor_for("office-lin", lin.pk, "lead_office"),
    )
