"""What a hospital can miss: written by whoever plans for it, read by partners, kept by plans."""

from __future__ import annotations

import pytest

from lianyi.accounts.access import scoped
from lianyi.accounts.errors import NotPermittedError, StaleVersionError
from lianyi.accounts.models import AuditEvent
from lianyi.dispatch import commands
from lianyi.dispatch.commands import NewDonorLimits
from lianyi.dispatch.models import DonorLimits
from lianyi.dispatch.scenario_problem import plan_data
from lianyi.dispatch.scenario_rules import ScenarioRules
from lianyi.errors import InvalidInputError
from lianyi.methods.periods import last_day_of_term
from lianyi.registry.imports.exporting import export_table
from tests.cast import Scene, acting_as, actor_for
from tests.dispatch.page_parts import client_of, page_of, send, status_of, version_in, words
from tests.dispatch.plan_story import first_day, planning, with_a_watch
from tests.dispatch.test_imports import load, only_reason, preview_of

TABLE = (
    "institution_code,most_away,most_seniors_away,most_away_by_specialty,most_recipients,provenance\n"
    "JIA1,3,1,04.01=2；20=1,2,recorded\n"
)


def test_limits_are_written_once_and_changed_with_the_version_seen(scene: Scene) -> None:
    office = scene.office_jia
    row = commands.set_donor_limits(acting_as(office), scene.jia, NewDonorLimits(most_away=3), 0)
    row = commands.set_donor_limits(
        acting_as(office), scene.jia, NewDonorLimits(most_away=4, most_recipients=2), row.version
    )
    assert (row.most_away, row.most_seniors_away, row.most_recipients, row.version) == (4, None, 2, 2)
    told = AuditEvent.objects.filter(action="dispatch.donor_limits.set").order_by("pk")
    before = {"most_away": 3, "most_seniors_away": None, "most_away_by_specialty": {}, "most_recipients": None}
    assert told[1].before == before
    with pytest.raises(StaleVersionError):
        commands.set_donor_limits(acting_as(office), scene.jia, NewDonorLimits(), 0)


def test_impossible_limits_are_refused(scene: Scene) -> None:
    office = acting_as(scene.office_jia)
    with pytest.raises(InvalidInputError, match="-1 is no number from 0 to 9999"):
        commands.set_donor_limits(office, scene.jia, NewDonorLimits(most_away=-1), 0)
    with pytest.raises(InvalidInputError, match="5 of senior title is more than 2 people"):
        commands.set_donor_limits(office, scene.jia, NewDonorLimits(most_away=2, most_seniors_away=5), 0)
    with pytest.raises(InvalidInputError, match="10000 is no number from 0 to 9999"):
        commands.set_donor_limits(office, scene.jia, NewDonorLimits(most_away_by_specialty={"20": 10_000}), 0)
    with pytest.raises(InvalidInputError, match=r"99\.99 is no code of the national list"):
        commands.set_donor_limits(office, scene.jia, NewDonorLimits(most_away_by_specialty={"99.99": 1}), 0)


def test_only_who_plans_for_the_hospital_says_what_it_can_miss(scene: Scene) -> None:
    head = actor_for("head", scene.jia.pk, "department_head", scene.emergency.pk)
    for actor in (scene.office_shan, scene.office_lin, head):
        with pytest.raises(NotPermittedError):
            commands.set_donor_limits(acting_as(actor), scene.jia, NewDonorLimits(most_away=3), 0)
    assert not DonorLimits.objects.exists()


def test_the_table_is_read_and_written_back_and_outsiders_see_none(scene: Scene) -> None:
    scene.agreement()
    assert load(acting_as(scene.office_jia), "donor_limits", TABLE).rows_created == 1
    [seen] = scoped(scene.office_shan, DonorLimits.objects.all())
    assert (seen.most_away, seen.most_away_by_specialty) == (3, {"04.01": 2, "20": 1})
    assert list(scoped(scene.office_lin, DonorLimits.objects.all())) == []
    assert "JIA1" in only_reason(preview_of(scene.office_shan, "donor_limits", TABLE))
    written = export_table(scene.office_jia, "donor_limits", "csv", "en").decode("utf-8-sig")
    again = preview_of(scene.office_jia, "donor_limits", written)
    assert {plan.action.value for plan in again.plans} == {"unchanged"}
    cleared = TABLE.replace("04.01=2；20=1", "")
    assert load(acting_as(scene.office_jia), "donor_limits", cleared).rows_updated == 1
    assert DonorLimits.objects.get().most_away_by_specialty == {}


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("77.77=1", "“77.77” is no code of the national list of specialties"),
        ("20=1; 20=2", "“20=2” is no limit of one specialty"),
        ("急诊医学科=两个", "is no limit of one specialty"),
        ("20=10000", "a number up to 9999"),
    ],
)
def test_a_cell_that_says_no_limit_of_a_specialty_is_refused(scene: Scene, cell: str, told: str) -> None:
    scene.agreement()
    assert told in only_reason(preview_of(scene.office_jia, "donor_limits", TABLE.replace("04.01=2；20=1", cell)))


def test_the_page_shows_the_sending_hospitals_and_saves_their_limits(scene: Scene) -> None:
    scene.agreement()
    client = client_of(scene.office_jia)
    assert "No hospital within your reach sends people." in page_of(client_of(scene.office_shan), "dispatch:donors")
    assert scene.jia.name_zh in page_of(client, "dispatch:donors")
    assert version_in(page_of(client, "dispatch:donor", scene.jia.pk)) == 0
    sent = {"most_away": "3", "most_seniors_away": "1", "most_recipients": "", "expected_version": "0"}
    assert send(client, "dispatch:donor", scene.jia.pk, **sent).status_code == 302
    text = words(page_of(client, "dispatch:donors"))
    assert "The limits are saved. Search again, so that plans keep them." in text
    assert version_in(page_of(client, "dispatch:donor", scene.jia.pk)) == 1
    refused = send(client, "dispatch:donor", scene.jia.pk, **{**sent, "most_away": "0", "expected_version": "1"})
    assert refused.status_code == 422
    assert "1 of senior title is more than 0 people in all." in words(refused.content.decode())
    assert status_of(client_of(scene.office_shan), "dispatch:donor", scene.jia.pk) == 404
    head = actor_for("head", scene.jia.pk, "department_head", scene.emergency.pk)
    assert status_of(client_of(head), "dispatch:donors") == 404


@with_a_watch
def test_a_plan_keeps_what_the_hospital_can_miss_and_counts_who_is_away_already(scene: Scene) -> None:
    story = planning(scene)
    story.need(people=2)
    row = story.scenario()
    commands.set_donor_limits(acting_as(scene.office_jia), scene.jia, NewDonorLimits(most_away=1), 0)
    [donor] = plan_data(scene.office_jia, row).problem.donors
    assert (donor.most_away, set(donor.already_away)) == (1, {0})
    assert story.searched(row).state == "done"
    wanted = 2 * row.periods
    assert (row.figures["met"], row.figures["wanted"], row.figures["unlawful"]) == (row.periods, wanted, 0)
    end = last_day_of_term(first_day(), 2)
    scene.published(story.agreement, scene.ding, first_day().isoformat(), end.isoformat())
    [donor] = plan_data(scene.office_jia, row).problem.donors
    assert donor.already_away == (1, 1, *(0,) * (row.periods - 2))
    assert story.searched(row).state == "done"
    assert row.figures["met"] == row.periods - 2


def test_the_page_takes_a_row_for_each_specialty_and_says_what_is_wrong_with_one(scene: Scene) -> None:
    scene.agreement()
    client = client_of(scene.office_jia)
    sent = {"specialty_1": "20", "people_1": "1", "specialty_2": "04.01", "people_2": "0", "expected_version": "0"}
    assert send(client, "dispatch:donor", scene.jia.pk, **sent).status_code == 302
    assert DonorLimits.objects.get().most_away_by_specialty == {"04.01": 0, "20": 1}
    listed = words(page_of(client, "dispatch:donors"))
    assert "General surgery 0; Emergency medicine 1" in listed
    form = page_of(client, "dispatch:donor", scene.jia.pk)
    assert form.count('name="specialty_') == 5
    wrong = {"specialty_1": "20", "people_1": "", "specialty_2": "", "people_2": "3", "specialty_3": "20"}
    refused = send(client, "dispatch:donor", scene.jia.pk, **wrong, people_3="1", expected_version="1")
    told = words(refused.content.decode())
    assert refused.status_code == 422
    for sentence in ("Give a number, or leave the row empty.", "Choose the specialty.", "has a row already"):
        assert sentence in told
    assert send(client, "dispatch:donor", scene.jia.pk, expected_version="1").status_code == 302
    assert DonorLimits.objects.get().most_away_by_specialty == {}


@with_a_watch
def test_a_plan_keeps_what_the_hospital_can_miss_of_a_specialty(scene: Scene) -> None:
    story = planning(scene)
    need = story.need(people=2)
    row = story.scenario()
    limits = NewDonorLimits(most_away_by_specialty={"20": 1, "04": 0})
    commands.set_donor_limits(acting_as(scene.office_jia), scene.jia, limits, 0)
    problem = plan_data(scene.office_jia, row).problem
    assert {person.missed_as for person in problem.people} == {("20",)}
    assert [each.missed_as for each in problem.needs] == [("20",)]
    assert story.searched(row).state == "done"
    assert (row.figures["met"], row.figures["unlawful"]) == (row.periods, 0)
    told = words(page_of(client_of(scene.office_jia), "dispatch:plan-scenario", row.pk))
    assert f"what the hospital can miss of a specialty – {scene.jia.name_en or scene.jia.name_zh}" in told
    assert need.code in told
    end = last_day_of_term(first_day(), 2)
    scene.published(story.agreement, scene.ding, first_day().isoformat(), end.isoformat())
    [donor] = plan_data(scene.office_jia, row).problem.donors
    assert donor.already_away_by_specialty == {"04": (1, 1, *(0,) * (row.periods - 2)), "20": (0,) * row.periods}


@with_a_watch
def test_a_limit_of_a_specialty_may_have_a_price(scene: Scene) -> None:
    story = planning(scene)
    story.need(people=2)
    goals = ("need", *(goal for goal in ScenarioRules().goals if goal != "need"))
    rules = ScenarioRules(fair_months=None, goals=goals, prices={**ScenarioRules().prices, "donor_specialty": 2.0})
    row = story.scenario(rules=rules)
    commands.set_donor_limits(
        acting_as(scene.office_jia), scene.jia, NewDonorLimits(most_away_by_specialty={"20": 1}), 0
    )
    assert story.searched(row).state == "done"
    assert row.figures["met"] == 2 * row.periods
    assert {each["rule"] for each in row.figures["breaches"]} == {"donor_specialty"}
