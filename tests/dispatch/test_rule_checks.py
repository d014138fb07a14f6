"""An agreement's postings against programme rules, with values worked out by hand."""

from __future__ import annotations

import pytest
from django.urls import reverse

from lianyi.dispatch import commands, rounds_queries
from lianyi.dispatch.finding import Finding
from lianyi.dispatch.queries import postings
from lianyi.dispatch.rule_checks import rule_findings, summaries
from lianyi.methods.periods import DateSpan
from lianyi.partnerships import commands as partnerships
from lianyi.partnerships.models import Agreement
from lianyi.partnerships.rulebook import rule_book
from lianyi.rules import Measure, RuleSet
from tests.cast import Scene, acting_as, as_service, day, make_institution
from tests.dispatch.page_parts import client_of, page_of, words
from tests.dispatch.rounds_story import Driving, driving


def findings(scene: Scene, rule_set: RuleSet, today: str) -> dict[str, list[Finding]]:
    agreement = scene.office_jia and postings(scene.office_jia).first().agreement  # type: ignore[union-attr]
    found = rule_findings(agreement, rule_set, postings(scene.office_jia), day(today))
    return {summary.requirement.id: list(summary.findings) for summary in summaries(found)}


@pytest.fixture
def national() -> RuleSet:
    return rule_book().get("tertiary-to-county-2021")


def test_numbers_months_and_presence_of_a_year_are_judged_as_the_programme_says(
    scene: Scene, national: RuleSet
) -> None:
    agreement = scene.agreement(starts_on="2023-01-01", ends_on="2023-12-31", rule_set=national.id)
    scene.stayed(agreement, scene.an, "2023-01-01", "2023-06-30")
    scene.stayed(agreement, scene.cai, "2023-06-25", "2023-11-30")
    scene.stayed(agreement, scene.ding, "2023-12-03", "2023-12-31")
    found = findings(scene, national, "2024-02-01")
    (headcount,) = found["staff-in-year"]
    assert (headcount.measured, headcount.is_met) == (3, False)
    # 1 January to 30 June are 6 months; 25 June to 30 November 5 whole months; December less than one.
    assert [(each.subject, each.measured, each.is_met) for each in found["continuous-months"]] == [
        ("样例甲", 6, True),
        ("样例丙", 5, False),
        ("样例丁", 0, False),
    ]
    (presence,) = found["year-round"]
    assert [(gap.start, gap.end) for gap in presence.gaps] == [(day("2023-12-01"), day("2023-12-02"))]
    assert (presence.measured, presence.is_met) == (pytest.approx(363 / 365), False)


def test_a_year_that_still_runs_is_open_until_it_fails_for_good(scene: Scene, national: RuleSet) -> None:
    agreement = scene.agreement(starts_on="2023-01-01", ends_on="2023-12-31", rule_set=national.id)
    posting = scene.published(agreement, scene.an, "2023-01-01", "2023-12-31")
    scene.step(posting, "arrive", "2023-01-01")
    found = findings(scene, national, "2023-03-01")
    assert [each.is_met for each in found["staff-in-year"]] == [None]
    assert [(each.measured, each.is_met) for each in found["continuous-months"]] == [(2, None)]
    assert [each.is_met for each in found["year-round"]] == [None]
    commands.add_absence(acting_as(scene.office_jia), posting, day("2023-02-01"), day("2023-02-02"), "home_leave")
    assert [each.is_met for each in findings(scene, national, "2023-03-01")["year-round"]] == [False]


def test_leave_within_the_tolerance_does_not_break_a_term_and_longer_leave_does(
    scene: Scene, national: RuleSet
) -> None:
    agreement = scene.agreement(starts_on="2023-01-01", ends_on="2023-12-31", rule_set=national.id)
    posting = scene.stayed(agreement, scene.an, "2023-01-01", "2023-07-31")
    commands.add_absence(acting_as(scene.office_jia), posting, day("2023-03-01"), day("2023-03-15"), "home_leave")
    (whole,) = findings(scene, national, "2024-01-01")["continuous-months"]
    assert (whole.measured, whole.is_met, len(whole.gaps)) == (7, True, 1)
    commands.add_absence(acting_as(scene.office_jia), posting, day("2023-03-16"), day("2023-03-16"), "home_leave")
    found = findings(scene, national, "2024-01-01")["continuous-months"]
    # 1 January to 28 February, then 17 March to 31 July.
    assert [each.measured for each in found] == [2, 4]


def test_a_team_is_counted_by_batch_with_its_most_and_its_titles(scene: Scene) -> None:
    hebei = rule_book().get("hebei-2019")
    agreement = scene.agreement(starts_on="2019-01-01", ends_on="2020-12-31", rule_set=hebei.id)
    batch = commands.create_batch(
        acting_as(scene.office_jia), agreement, commands.NewBatch(1, day("2019-03-01"), day("2020-02-29"))
    )
    for person in (scene.an, scene.ding):
        scene.stayed(agreement, person, "2019-03-01", "2020-02-29", batch_id=batch.pk)
    found = findings(scene, hebei, "2021-01-01")
    assert [(each.subject, each.measured, each.is_met) for each in found["team-size"]] == [("1", 2, False)]
    assert [(each.measured, each.is_met) for each in found["associate-senior"]] == [(1, True)]
    assert [each.measured for each in found["continuous-months"]] == [12, 12]


def test_secondments_up_and_lines_entered_in_error_are_left_out(scene: Scene, national: RuleSet) -> None:
    agreement = scene.agreement(starts_on="2023-01-01", ends_on="2023-12-31", rule_set=national.id)
    scene.stayed(agreement, scene.an, "2023-01-01", "2023-06-30", kind="secondment_up")
    (headcount,) = findings(scene, national, "2024-02-01")["staff-in-year"]
    assert headcount.measured == 0


def test_what_postings_cannot_tell_is_not_measured(scene: Scene) -> None:
    mobile = rule_book().get("mobile-medicine-2024")
    agreement = scene.agreement(starts_on="2024-07-01", ends_on="2024-12-31")
    scene.stayed(agreement, scene.an, "2024-07-01", "2024-09-30")
    found = findings(scene, mobile, "2025-01-01")
    assert all(each.measured is None and each.is_met is None for rows in found.values() for each in rows)
    assert len(found) == 3


def test_presence_is_judged_at_each_supported_hospital_and_not_for_all_together(
    scene: Scene, national: RuleSet
) -> None:
    agreement = scene.agreement(starts_on="2023-01-01", ends_on="2023-12-31", rule_set=national.id)
    partnerships.add_party(as_service(), agreement, scene.xiang.pk, "supported", day("2023-01-01"))
    scene.stayed(agreement, scene.an, "2023-01-01", "2023-12-31")
    scene.stayed(agreement, scene.cai, "2023-01-01", "2023-10-23", to=scene.xiang)
    found = findings(scene, national, "2024-02-01")["year-round"]
    judged = {each.detail["site"]: (each.measured, each.is_met, each.gaps) for each in found}
    # 24 October to 31 December are 69 days without anybody at the one, while the other was never empty.
    gap = DateSpan(day("2023-10-24"), day("2023-12-31"))
    assert judged == {
        scene.shan: (1, True, ()),
        scene.xiang: (pytest.approx(296 / 365), False, (gap,)),
    }
    text = words(page_of(client_of(scene.office_jia), "dispatch:rules", agreement.pk))
    assert "2023 · 东乡卫生院 81.1 % 100 % not met" in text.replace("at least 100 %", "100 %")


def test_a_place_of_work_does_not_count_for_the_presence_at_the_supported_hospital(
    scene: Scene, national: RuleSet
) -> None:
    agreement = scene.agreement(starts_on="2023-01-01", ends_on="2023-12-31", rule_set=national.id)
    scene.stayed(agreement, scene.an, "2023-01-01", "2023-06-30")
    scene.stayed(agreement, scene.cai, "2023-07-01", "2023-12-31", to=scene.cun)
    (presence,) = findings(scene, national, "2024-02-01")["year-round"]
    assert (presence.detail["site"], presence.measured) == (scene.shan, pytest.approx(181 / 365))


def test_every_township_centre_is_judged_also_the_empty_one_and_no_other_place(scene: Scene) -> None:
    township = rule_book().get("township-centre-2024")
    empty = make_institution("XI2", "西乡卫生院", "township_health_centre", scene.county)
    agreement = scene.agreement(starts_on="2024-10-01", ends_on="2027-12-31", rule_set=township.id)
    for site in (scene.xiang, empty, scene.cun):
        partnerships.add_party(as_service(), agreement, site.pk, "site", day("2024-10-01"))
    for person, to in ((scene.an, scene.xiang), (scene.ding, scene.shan)):
        row = scene.published(agreement, person, "2025-01-01", "2027-06-30", to=to)
        scene.step(row, "arrive", "2025-01-01")
    measure = Measure.FIXED_PERSONS_PER_SITE
    (requirement,) = township.requirements_for(measure)
    found = findings(scene, township, "2025-06-01")[requirement.id]
    assert [(each.subject, each.measured, each.is_met) for each in found] == [
        ("西乡卫生院", 0, False),
        ("东乡卫生院", 1, True),
    ]
    text = words(page_of(client_of(scene.office_jia), "dispatch:rules", agreement.pk))
    assert "西乡卫生院 0 persons" in text


ROUNDS = "mobile-medicine-2024"


def rounds_of(story: Driving, today: str, requirement: str = "village-rounds") -> list[Finding]:
    rules = rule_book().get(ROUNDS)
    records = rounds_queries.records_of(story.office, story.agreement)
    found = rule_findings(story.agreement, rules, [], day(today), records)
    return next(list(each.findings) for each in summaries(found) if each.requirement.id == requirement)


def weekly(scene: Scene, **more: object) -> Driving:
    """Rounds once a week by the rule, in the four whole weeks of 1 July to 28 July 2024."""
    facts = {"starts_on": "2024-07-01", "ends_on": "2024-07-28", "period": "week", "rule": f"{ROUNDS}/village-rounds"}
    return driving(scene, **{**facts, **more})  # type: ignore[arg-type]


def test_rounds_are_judged_by_site_in_the_periods_that_are_over(scene: Scene) -> None:
    story = weekly(scene)
    for on in ("2024-07-01", "2024-07-02", "2024-07-24"):
        story.held(story.xiang, on)
    for on in ("2024-07-03", "2024-07-10", "2024-07-17", "2024-07-22"):
        story.held(story.cun, on)
    cun, xiang = rounds_of(story, "2024-08-05")
    assert (cun.subject, cun.measured, cun.is_met, cun.gaps) == ("东村卫生室", 1, True, ())
    assert (xiang.subject, xiang.measured, xiang.is_met) == ("东乡卫生院", 0, False)
    # The second and the third week follow one another.
    assert [(gap.start, gap.end) for gap in xiang.gaps] == [(day("2024-07-08"), day("2024-07-21"))]
    assert (xiang.detail["met"], xiang.detail["periods"]) == (2, 4)
    # On the last day of a week nothing of it is judged yet.
    assert [each.detail["periods"] for each in rounds_of(story, "2024-07-14")] == [1, 1]
    assert [each.is_met for each in rounds_of(story, "2024-07-14")] == [True, True]


def test_a_first_period_that_still_runs_is_open_and_a_site_that_begins_later_is_not_judged(scene: Scene) -> None:
    story = weekly(scene)
    commands.change_stop(acting_as(story.office), story.xiang, {"starts_on": day("2024-07-22")}, story.xiang.version)
    story.held(story.cun, "2024-07-02")
    [cun] = rounds_of(story, "2024-07-03")
    assert (cun.subject, cun.measured, cun.is_met) == ("东村卫生室", 1, None)
    assert [(each.measured, each.is_met) for each in rounds_of(story, "2024-06-30")] == [(None, None)]


def test_a_visit_that_was_missed_or_only_planned_is_no_round_and_a_shortened_one_is(scene: Scene) -> None:
    story = weekly(scene, ends_on="2024-07-14")
    story.record(story.planned(story.cun, day("2024-07-02")), state="missed", reason_code="road")
    story.planned(story.cun, day("2024-07-09"))
    short = {"state": "shortened", "reason_code": "weather", "held_on": day("2024-07-04")}
    story.record(story.planned(story.xiang, day("2024-07-04")), **short)
    story.held(story.xiang, "2024-07-10")
    found = rounds_of(story, "2024-07-20")
    assert [(each.measured, each.is_met) for each in found] == [(0, False), (1, True)]


def test_stops_of_a_programme_without_a_rule_are_judged_by_the_level_of_their_place(scene: Scene) -> None:
    story = weekly(scene, rule="", required_visits=2)
    for on in ("2024-07-01", "2024-07-09", "2024-07-15", "2024-07-23"):
        story.held(story.cun, on)
    [cun] = rounds_of(story, "2024-08-05")
    assert (cun.subject, cun.measured, cun.is_met) == ("东村卫生室", 1, True)
    [xiang] = rounds_of(story, "2024-08-05", "township-rounds")
    # July is cut by the programme: no month of it is judged.
    assert (xiang.subject, xiang.measured, xiang.is_met) == ("东乡卫生院", None, None)
    assert [each.measured for each in rounds_of(story, "2024-08-05", "county-rounds")] == [None]


def test_the_page_says_where_rounds_fell_short_and_leads_to_their_visits(scene: Scene) -> None:
    story = weekly(scene)
    Agreement.objects.filter(pk=story.agreement.pk).update(rule_set=ROUNDS)
    story.held(story.cun, "2024-07-02")
    html = page_of(client_of(story.office), "dispatch:rules", story.agreement.pk)
    text = words(html)
    assert "东村卫生室 0 rounds at least 1 round not met enough in 1 of 4 periods" in text
    assert "Too few rounds from 2024-07-08 to 2024-07-28" in text
    assert reverse("dispatch:round-frequency", args=[story.programme.pk]) in html
    assert "Nothing on record tells this" in text
