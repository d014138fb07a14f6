"""Altitude and hardship of recipients: written by their own office, read by partners, kept by plans."""

from __future__ import annotations

from lianyi.accounts.access import scoped
from lianyi.dispatch import commands
from lianyi.dispatch.models import SiteConditions
from lianyi.dispatch.scenario_problem import plan_data
from lianyi.dispatch.site_conditions import conditions_of
from lianyi.methods.postings.columns import Bar, columns_of
from lianyi.registry.imports.exporting import export_table
from tests.cast import Scene, acting_as
from tests.dispatch.plan_story import planning
from tests.dispatch.test_imports import load, only_reason, preview_of

TABLE = "institution_code,altitude_m,hardship,provenance\nSHAN,3600,3,recorded\n"


def test_a_plan_keeps_the_altitude_and_hardship_that_people_bear(scene: Scene) -> None:
    story = planning(scene)
    need = story.need(people=1)
    commands.enter_pool(acting_as(scene.office_jia), scene.an, commands.PoolEntry(highest_altitude_m=3000))
    commands.enter_pool(acting_as(scene.office_jia), scene.cai, commands.PoolEntry(hardest_hardship=2))
    row = story.scenario()
    assert [each.altitude_m for each in plan_data(scene.office_jia, row).problem.recipients] == [0]
    load(acting_as(scene.office_shan), "site_conditions", TABLE)
    problem = plan_data(scene.office_jia, row).problem
    [recipient] = problem.recipients
    assert (recipient.altitude_m, recipient.hardship) == (3600, 3)
    [trace] = columns_of(problem).traces
    assert trace.need == str(need.pk)
    barred = {bar: trace.barred.get(bar) for bar in (Bar.ALTITUDE, Bar.HARDSHIP)}
    assert barred == {Bar.ALTITUDE: (str(scene.an.pk),), Bar.HARDSHIP: (str(scene.cai.pk),)}


def test_the_office_of_the_place_writes_them_partners_read_and_outsiders_do_not(scene: Scene) -> None:
    scene.agreement()
    run = load(acting_as(scene.office_shan), "site_conditions", TABLE)
    assert run.rows_created == 1
    assert conditions_of(scene.office_jia, [scene.shan.pk])[scene.shan.pk].altitude_m == 3600
    assert list(scoped(scene.office_lin, SiteConditions.objects.all())) == []
    assert "SHAN" in only_reason(preview_of(scene.office_jia, "site_conditions", TABLE))
    written = export_table(scene.office_shan, "site_conditions", "csv", "en").decode("utf-8-sig")
    again = preview_of(scene.office_shan, "site_conditions", written)
    assert {plan.action.value for plan in again.plans} == {"unchanged"}
