"""What agreements, rule sets and batches ask, read into a scenario."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from lianyi.dispatch import commands
from lianyi.dispatch.commands import NewBatch
from lianyi.dispatch.errors import ScenarioRefusedError
from lianyi.dispatch.models import Need, NeedReason, NeedState
from lianyi.dispatch.scenario_problem import horizon_of, plan_data
from lianyi.dispatch.scenario_rules import ScenarioRules, rules_of
from lianyi.dispatch.scenario_telling import Teller
from lianyi.errors import InvalidInputError
from lianyi.methods.periods import add_calendar_months, last_day_of_term
from lianyi.methods.postings.rules import RuleId
from lianyi.methods.postings.team_rules import TeamRule, TitleDemand
from lianyi.partnerships import commands as partnerships
from lianyi.partnerships.rulebook import rule_book
from tests.cast import Scene, acting_as, as_service
from tests.dispatch.page_parts import client_of, page_of, words
from tests.dispatch.plan_story import MONTHS, first_day, lines_of, planning, with_a_watch

RULE_SET = "group-style-2022"
LOCAL_TEAMS = "local-teams"
LOCAL_RULES = f"""
id = "{LOCAL_TEAMS}"
family = "programme"
programme_kind = "tertiary_to_county"
title = {{ zh = "样例团队", en = "Sample teams" }}
jurisdiction = {{ code = "CN-5120", zh = "样例市", en = "Sample city" }}
valid_from = 2015-01-01
source = "sample"
confidence = "local"
""" + "".join(
    f"""
[[requirements]]
id = "{name}"
zh = "样例{name}"
en = "Sample {name}"
measure = "{measure}"
{numbers}
per = "pairing"
period = "batch"
confidence = "local"
"""
    for name, measure, numbers in (
        ("team-size", "headcount_in_batch", 'minimum = 5\nunit = "person"\nexcept_for = ["tcm_hospital"]'),
        ("tcm", "headcount_in_batch", 'minimum = 3\nunit = "person"\napplies_to = ["tcm_hospital"]'),
        ("seniors", "title_mix_minimum", 'minimum = 1\nunit = "person"\ntitle_rank = 3'),
        ("share", "title_mix_minimum", 'minimum = 0.5\nunit = "share"\ntitle_rank = 2'),
    )
)


@pytest.fixture
def local_teams(tmp_path: Path, settings: Settings) -> Iterator[None]:
    """A bureau's own rule set: teams of five, a senior, half of them of intermediate title."""
    (tmp_path / f"{LOCAL_TEAMS}.toml").write_text(LOCAL_RULES, encoding="utf-8")
    settings.LIANYI_RULES_DIRECTORIES = [tmp_path]
    rule_book.cache_clear()
    yield
    rule_book.cache_clear()


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


@pytest.mark.usefixtures("local_teams")
def test_team_size_and_titles_of_a_rule_set_are_asked_of_those_who_come_under_the_agreement(scene: Scene) -> None:
    story = planning(scene, rule_set=LOCAL_TEAMS)
    needs = [story.need(people=3), story.need(people=2, specialty="04.02")]
    row = story.scenario()
    problem = plan_data(scene.office_jia, row).problem
    common = {
        "recipient": str(scene.shan.pk),
        "needs": frozenset(str(need.pk) for need in needs),
        "donors": frozenset({str(scene.jia.pk)}),
        "periods": frozenset(range(MONTHS)),
        "already": ((),) * MONTHS,
    }
    name = f"{scene.shan.pk}/{story.agreement.pk}"
    assert problem.team_rules == (
        TeamRule(f"{name}/team-size", least=5, **common),  # type: ignore[arg-type]
        TeamRule(f"{name}/seniors", titles=(TitleDemand(3, people=1),), **common),  # type: ignore[arg-type]
        TeamRule(f"{name}/share", titles=(TitleDemand(2, share=0.5),), **common),  # type: ignore[arg-type]
    )
    text = words(page_of(client_of(scene.office_jia), "dispatch:plan-scenario", row.pk))
    for asked in ("Sample team-size", "Sample seniors", "Sample share"):
        assert asked in text
    assert "Judged only when people are there" not in text
    free = story.scenario("frei", rules=ScenarioRules(keeps_programme_rules=False))
    assert plan_data(scene.office_jia, free).problem.team_rules == ()


@pytest.mark.usefixtures("local_teams")
def test_only_months_in_which_people_are_wanted_count_and_who_is_promised_is_part_of_the_team(scene: Scene) -> None:
    story = planning(scene, rule_set=LOCAL_TEAMS)
    third = add_calendar_months(first_day(), 2)
    story.need(people=3, starts_on=third)
    end = last_day_of_term(third, 1)
    scene.published(story.agreement, scene.ding, third.isoformat(), end.isoformat())
    size, titles, _share = plan_data(scene.office_jia, story.scenario()).problem.team_rules
    assert size.periods == frozenset(range(2, MONTHS))
    assert size.already == ((), (), (4,), *[()] * (MONTHS - 3)) == titles.already
    assert [size.least_in(period) for period in (2, 3)] == [4, 5]
    scene.ding.employed_to = third - datetime.timedelta(days=90)
    scene.ding.save()
    # Who cannot be planned with, here for want of employment in these months, is there all the same.
    size, *_others = plan_data(scene.office_jia, story.scenario("without Ding")).problem.team_rules
    assert size.already[2] == (4,)


@with_a_watch
@pytest.mark.usefixtures("local_teams")
def test_a_team_that_is_too_small_is_told_and_a_hard_size_lets_nobody_more_come(scene: Scene) -> None:
    story = planning(scene, rule_set=LOCAL_TEAMS)
    story.need(people=2)
    row = story.scenario()
    assert story.searched(row).state == "done"
    assert {each["rule"] for each in row.figures["breaches"]} == {"headcount"}
    assert row.figures["met"] == 2 * MONTHS
    text = words(page_of(client_of(scene.office_jia), "dispatch:plan-scenario", row.pk))
    assert f"team size that the programme asks – {scene.shan.name_zh}: 2 people, at least 5 (" in text
    prices = {rule: price for rule, price in ScenarioRules().prices.items() if rule != "headcount"}
    hard = story.scenario("hard", rules=ScenarioRules(fair_months=None, prices=prices))
    run = story.searched(hard)
    assert (run.state, run.error_code) == ("failed", "posting-plan-impossible")


def test_a_team_of_a_county_is_planned_for_one_institution_and_else_judged_later(scene: Scene) -> None:
    story = planning(scene, rule_set=RULE_SET)
    story.need(people=2)
    row = story.scenario()
    [rule] = plan_data(scene.office_jia, row).problem.team_rules
    assert (rule.least, rule.most) == (5, 7)
    page = "dispatch:plan-scenario"
    assert "Judged only when people are there" not in words(page_of(client_of(scene.office_jia), page, row.pk))
    partnerships.add_party(as_service(), story.agreement, scene.xiang.pk, "supported", story.agreement.starts_on)
    assert plan_data(scene.office_jia, row).problem.team_rules == ()
    told = words(page_of(client_of(scene.office_jia), page, row.pk))
    assert "Judged only when people are there, not planned: 5 to 7 people for each county and batch." in told


def test_one_doctor_is_asked_at_each_place_of_the_kind_that_a_rule_set_names(scene: Scene) -> None:
    story = planning(scene, rule_set="township-centre-2024")
    partnerships.add_party(as_service(), story.agreement, scene.xiang.pk, "site", story.agreement.starts_on)
    story.agreement.parties.update(confirmed_at=timezone.now())
    story.need()
    row = story.scenario()
    assert plan_data(scene.office_jia, row).problem.team_rules == ()
    doctors, nurses = (
        Need.objects.create(
            code=f"X-{profession}", institution=scene.xiang, place=scene.xiang.place, profession=profession,
            specialty="20", people=1,
            agreement=story.agreement, state=NeedState.OPEN, starts_on=first_day(),
            ends_on=last_day_of_term(first_day(), MONTHS), reason_code=NeedReason.TOO_FEW, reason="样例",
        )
        for profession in ("doctor", "nurse")
    )  # fmt: skip
    [rule] = plan_data(scene.office_jia, row).problem.team_rules
    assert (rule.recipient, rule.least, rule.needs) == (str(scene.xiang.pk), 1, frozenset({str(doctors.pk)}))
    assert str(nurses.pk) not in (rule.needs or ())


def test_a_rule_that_came_after_a_scenario_was_stored_has_its_usual_price() -> None:
    stored = ScenarioRules(prices={"need": 1.0}).stored()
    assert rules_of(stored).is_hard(RuleId.HEADCOUNT)
    before = {name: value for name, value in stored.items() if name != "known_rules"}
    assert rules_of(before).prices == {"need": 1.0, "headcount": 3.0, "title_mix": 3.0}
    assert rules_of({}).prices["title_mix"] == 3.0


@with_a_watch
def test_a_least_term_with_a_price_lets_a_plan_be_shorter_than_the_programme_asks(scene: Scene) -> None:
    story = planning(scene, rule_set=RULE_SET)
    story.need()
    hard = story.scenario()
    assert story.searched(hard).state == "done"
    assert hard.figures["met"] == 0
    prices = {**ScenarioRules().prices, "least_term": 0.5}
    row = story.scenario("shorter", rules=ScenarioRules(fair_months=None, prices=prices))
    assert story.searched(row).state == "done"
    assert (row.figures["met"], row.figures["unlawful"]) == (MONTHS, 0)
    [line] = row.lines.all()
    text = words(page_of(client_of(scene.office_jia), "dispatch:plan-scenario", row.pk))
    assert f"{12 - MONTHS} months shorter than asked" in text
    assert f"terms as long as asked – {line.staff.name_zh} · " in text


def test_a_team_that_is_too_large_is_told_with_its_people_and_the_most(scene: Scene) -> None:
    story = planning(scene)
    row = story.scenario()
    labels = horizon_of(row).labels
    subject = f"{scene.shan.pk}/{story.agreement.pk}/team-size"
    whats = [f"8 of at most 7 in {labels[0]}", f"8 of at most 7 in {labels[1]}", f"4 of at least 5 in {labels[3]}"]
    row.figures = {"breaches": [{"rule": "headcount", "subject": subject, "amount": 1, "what": what} for what in whats]}
    name = f"team size that the programme asks – {scene.shan.name_zh}"
    assert Teller(row, []).breaches() == [
        f"{name}: 8 people, at most 7 ({labels[0]} – {labels[1]})",
        f"{name}: 4 people, at least 5 ({labels[3]})",
    ]
