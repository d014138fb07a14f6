"""What agreements, rule sets and batches ask, read into a scenario."""

from __future__ import annotations

import pytest

from lianyi.dispatch import commands
from lianyi.dispatch.commands import NewBatch
from lianyi.dispatch.errors import ScenarioRefusedError
from lianyi.dispatch.scenario_problem import plan_data
from lianyi.dispatch.scenario_rules import ScenarioRules
from lianyi.errors import InvalidInputError
from lianyi.methods.periods import add_calendar_months, last_day_of_term
from tests.cast import Scene, acting_as
from tests.dispatch.page_parts import client_of, page_of, words
from tests.dispatch.plan_story import MONTHS, first_day, lines_of, planning, with_a_watch

RULE_SET = "group-style-2022"


def test_the_least_months_and_the_presence_of_a_rule_set_are_kept(scene: Scene) -> None:
    story = planning(scene, rule_set=RULE_SET)
    scene.duty(story.agreement, "D09", "unbroken_presence", "1", "share", "year")
    story.need()
    row = story.scenario()
    problem = plan_data(scene.office_jia, row).problem
    assert [need.least_periods for need in problem.needs] == [12]
    assert [each.least_on_site for each in problem.recipients] == [1]
    text = words(page_of(client_of(scene.office_jia), "dispatch:plan-scenario", row.pk))
    assert "Each person for at least 1 year" in text
    assert f"Somebody at {scene.shan.name_zh} all the time." in text
    free = story.scenario("frei", rules=ScenarioRules(fair_months=None, keeps_programme_rules=False))
    problem = plan_data(scene.office_jia, free).problem
    assert [need.least_periods for need in problem.needs] == [3]
    assert [each.least_on_site for each in problem.recipients] == [0]


def test_who_is_promised_already_is_not_doubled_for_the_sake_of_presence(scene: Scene) -> None:
    story = planning(scene)
    scene.duty(story.agreement, "D09", "unbroken_presence", "1", "share", "year")
    story.need()
    end = last_day_of_term(first_day(), MONTHS)
    scene.published(story.agreement, scene.ding, first_day().isoformat(), end.isoformat())
    problem = plan_data(scene.office_jia, story.scenario()).problem
    assert [each.least_on_site for each in problem.recipients] == [0]


@with_a_watch
def test_terms_begin_with_the_batches_of_the_agreement(scene: Scene) -> None:
    story = planning(scene)
    need = story.need(least_term_months=1)
    second = add_calendar_months(first_day(), 2)
    commands.create_batch(
        acting_as(scene.office_jia), story.agreement, NewBatch(1, second, last_day_of_term(second, 3))
    )
    rules = ScenarioRules(fair_months=None, only_at_batches=True)
    row = story.scenario(rules=rules)
    [pair] = plan_data(scene.office_jia, row).problem.pairs
    assert pair.starts == frozenset({2})
    assert story.searched(row).state == "done"
    assert {first for _who, _need, first, _last in lines_of(row)} == {2}
    with pytest.raises(InvalidInputError) as caught:
        story.line(story.scenario("by hand", rules=rules), scene.an, need, 1, 3)
    assert caught.value.params["reason"] == "start"
    assert "Batches begin:" in words(page_of(client_of(scene.office_jia), "dispatch:plan-scenario", row.pk))


def test_without_batches_terms_begin_every_so_many_months(scene: Scene) -> None:
    story = planning(scene)
    story.need()
    row = story.scenario(rules=ScenarioRules(fair_months=None, only_at_batches=True, batch_months=3))
    [pair] = plan_data(scene.office_jia, row).problem.pairs
    assert pair.starts == frozenset(range(0, MONTHS, 3))
    plain = story.scenario("plain", rules=ScenarioRules(fair_months=None, only_at_batches=True))
    assert plan_data(scene.office_jia, plain).problem.pairs[0].starts is None


def test_months_of_hand_over_are_planned(scene: Scene) -> None:
    story = planning(scene)
    story.need()
    row = story.scenario(rules=ScenarioRules(fair_months=None, handover_months=1))
    assert [need.overlap_periods for need in plan_data(scene.office_jia, row).problem.needs] == [1]
    with pytest.raises(InvalidInputError, match="0 is no whole number"):
        ScenarioRules(batch_months=0)


def test_a_search_without_any_need_is_refused_at_once(scene: Scene) -> None:
    story = planning(scene)
    row = story.scenario()
    with pytest.raises(ScenarioRefusedError, match="nothing to plan") as caught:
        commands.ask_for_run(acting_as(scene.office_jia), row)
    assert caught.value.params["reason"] == "scenario-without-needs"
    story.need()
    assert commands.ask_for_run(acting_as(scene.office_jia), row).state == "queued"
