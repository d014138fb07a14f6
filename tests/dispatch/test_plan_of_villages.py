"""Zibo's first village doctors: 514 people in five batches, planned batch by batch and handed over."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from importlib import resources

import pytest
from django.utils import timezone

from lianyi.dispatch import commands
from lianyi.dispatch.models import Need, NeedReason, NeedState, Posting
from lianyi.dispatch.scenario_rules import ScenarioRules
from lianyi.methods.periods import add_calendar_months, last_day_of_term
from lianyi.operations.plan_solving import solve_one
from lianyi.partnerships import commands as partnerships
from lianyi.partnerships.models import Agreement, AgreementParty
from lianyi.partnerships.rulebook import rule_book
from lianyi.registry.models import Institution, Staff
from tests.cast import Scene, acting_as, actor_for, as_service, make_institution, make_place
from tests.dispatch.plan_story import first_day, with_a_watch

PEOPLE, VILLAGES, YEARS = 514, 109, 5
DONORS = ("ZCYL01", "BSYL01", "YYYL01")


def rows_of(name: str) -> Iterator[dict[str, str]]:
    text = (resources.files("lianyi.cases") / "zibo-shizhu" / name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def village_doctors() -> list[dict[str, str]]:
    sent = [row for row in rows_of("postings.csv") if row["agreement_code"] == "ZB-FVD-2015"]
    assert len(sent) == PEOPLE
    return sent


@with_a_watch
@pytest.mark.long
def test_514_village_postings_in_five_batches_are_planned_and_handed_over(scene: Scene) -> None:
    district = make_place("370302", "样例区", "county", scene.city)
    hospitals = {code: make_institution(code, f"样例 {code}", "general_hospital", district) for code in DONORS}
    sent = village_doctors()
    sites = {
        code: make_institution(code, f"样例村 {code}", "village_clinic", district)
        for code in sorted({row["to_institution_code"] for row in sent})
    }
    assert len(sites) == VILLAGES
    Staff.objects.bulk_create(
        Staff(
            institution=hospitals[row["staff_institution_code"]],
            code=row["staff_code"],
            name_zh=f"样例第一村医{row['staff_code']}",
            profession="doctor",
            title_rank="intermediate",
            specialty=row["specialty"],
        )
        for row in sent
    )
    agreement = agreement_of(scene.bureau, hospitals, sites)
    planner = actor_for("zibo-planner", district.pk, "dispatch_planner")
    wanted = Counter(row["batch_number"] for row in sent)
    start = first_day()
    for number, batch in enumerate(sorted(wanted)):
        first = add_calendar_months(start, 12 * number)
        last = last_day_of_term(first, 12)
        asks = [row["to_institution_code"] for row in sent if row["batch_number"] == batch]
        open_needs(agreement, [sites[code] for code in asks], first, last)
        rules = ScenarioRules(fair_months=None, most_months=12)
        new = commands.NewScenario(
            name=f"第{batch}批", agreement_ids=[agreement.pk], first_day=first, periods=12, rules=rules, seconds=20
        )
        row = commands.create_scenario(acting_as(planner), new)
        commands.ask_for_run(acting_as(planner), row)
        run = solve_one()
        assert run is not None
        row.refresh_from_db()
        assert (run.state, row.figures["met"], row.figures["unlawful"]) == ("done", 12 * wanted[batch], 0), run.error
        commands.hand_over_scenario(acting_as(planner), row, row.version)
    postings = Posting.objects.filter(agreement=agreement, kind="first_village_doctor", state="draft")
    assert len(set(postings.values_list("staff_id", flat=True))) == postings.count() == PEOPLE
    assert [batch.postings.count() for batch in agreement.batches.order_by("number")] == [
        wanted[batch] for batch in sorted(wanted)
    ]


def agreement_of(bureau: Institution, hospitals: dict[str, Institution], sites: dict[str, Institution]) -> Agreement:
    """Let three hospitals help all villages for six years; the clinics are places of work."""
    sides = {row.pk: "supporting" for row in hospitals.values()} | {row.pk: "site" for row in sites.values()}
    sides[bureau.pk] = "organiser"
    new = partnerships.NewAgreement(
        code="ZB-FVD-NEW",
        title_zh="样例第一村医",
        title_en="Sample first village doctors",
        kind="village_doctors",
        starts_on=first_day(),
        ends_on=last_day_of_term(first_day(), 12 * YEARS),
        parties=sides,
    )
    row = partnerships.draft_agreement(as_service(), rule_book(), new)
    duty = partnerships.NewDuty(
        code="D01", title_zh="选派第一村医", title_en="Send doctors", evidence_kind="persons_posted",
        quantity=Decimal(PEOPLE), unit="person", period="term",
    )  # fmt: skip
    partnerships.add_duty(as_service(), row, duty)
    partnerships.put_in_force(as_service(), row, row.version)
    AgreementParty.objects.filter(agreement=row).update(confirmed_at=timezone.now())
    return row


def open_needs(agreement: Agreement, sites: list[Institution], first: object, last: object) -> None:
    """Put needs into the database at once; no part of a workflow."""
    Need.objects.bulk_create(
        Need(
            code=f"N{first}",
            place=site.place,
            institution=site,
            agreement=agreement,
            specialty="02",
            profession="doctor",
            people=1,
            starts_on=first,
            ends_on=last,
            least_term_months=12,
            reason_code=NeedReason.PROGRAMME,
            reason="样例",
            state=NeedState.OPEN,
        )
        for site in sites
    )
