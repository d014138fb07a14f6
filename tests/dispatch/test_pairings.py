"""Pairing plans: what they are made from, the commands with their refusals, what a search keeps."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError, StaleVersionError
from lianyi.accounts.models import AuditEvent
from lianyi.dispatch import commands, pairing_queries, plan_queue
from lianyi.dispatch.commands import NewDonorLimits, NewScenario, PairWord, WishList
from lianyi.dispatch.errors import PairingRefusedError, PlanRunRefusedError
from lianyi.dispatch.models import PairingPlan, PlanRun
from lianyi.dispatch.pairing_problem import PairingData, pairing_data
from lianyi.dispatch.pairing_results import level_of
from lianyi.dispatch.pairing_rules import EMPHASES, PairingChoice, choice_of
from lianyi.dispatch.pairing_solving import explain, plan_first
from lianyi.dispatch.pairing_telling import PairTeller
from lianyi.dispatch.scenario_problem import plan_data
from lianyi.errors import InvalidInputError
from lianyi.methods.goal_search import Level
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.pairing.blocks import RECIPIENTS_IN_A_BLOCK
from lianyi.methods.pairing.problem import Donor, Key, Need, Pair, PairingProblem, Recipient, Strength
from lianyi.methods.pairing.problem import Pairing as Paired
from lianyi.methods.pairing.rules import Goal
from lianyi.methods.pairing.solving import SearchAround
from lianyi.methods.solver_process import SolverProcess
from lianyi.operations.pairing_search import best_of
from lianyi.operations.plan_solving import solve_one
from lianyi.registry import commands as registry
from lianyi.registry.models import Department, Institution
from tests.cast import Scene, acting_as, as_service, make_department
from tests.dispatch.pairing_story import Pairing, pairing, pairs_of
from tests.dispatch.plan_story import MONTHS, first_day, with_a_watch

DOCTORS_20, DOCTORS_03 = "doctor:20:none", "doctor:03:none"


@pytest.fixture
def story(scene: Scene) -> Pairing:
    return pairing(scene)


def stand(department: Department, status: str) -> None:
    registry.set_department_status(
        as_service(), department, registry.NewStatus(status, timezone.localdate()), department.version
    )


def key_of(donor: Institution, recipient: Institution) -> Key:
    return str(donor.pk), str(recipient.pk)


def strengths_of(data: PairingData) -> dict[tuple[str, str], tuple[float, int | None]]:
    named = {str(key): row.code for key, row in data.institutions.items()}
    return {(named[each.donor], each.specialty): (each.level, each.people) for each in data.problem.strengths}


def reason_of(error: pytest.ExceptionInfo[Exception]) -> str:
    return str(error.value.params["reason"])  # type: ignore[attr-defined]


# What a plan is made from


def test_strengths_come_from_departments_and_from_people_who_can_be_spared(story: Pairing) -> None:
    scene = story.scene
    story.need(scene.shan, "20")
    story.need(scene.xiang, "03")
    stand(scene.emergency, "key")
    # Of three doctors and a nurse of the emergency department two people must stay; nobody at YI1 is a physician.
    assert strengths_of(story.data(story.plan())) == {
        ("JIA1", DOCTORS_20): (1.0, 2),
        ("YI1", DOCTORS_20): (0.75, 2),
        ("YI1", DOCTORS_03): (0.75, 0),
    }


def test_what_the_planner_may_not_see_is_not_known_and_never_nothing(story: Pairing) -> None:
    scene = story.scene
    story.need(scene.shan, "20")
    offered = pairing_queries.institutions_to_pair(scene.office_shan)
    assert ([row.code for row in offered.donors], [row.code for row in offered.recipients]) == (["JIA1"], ["SHAN"])
    plan = story.plan(actor=scene.office_shan, donor_ids=[scene.jia.pk], recipient_ids=[scene.shan.pk])
    data = pairing_data(scene.office_shan, plan)
    # SHAN reads the departments of its partner, not its people: strong enough, and how many is not known.
    assert [known.staff for known in data.donors] == [None]
    assert strengths_of(data) == {("JIA1", DOCTORS_20): (0.75, None)}
    assert data.problem.donors[0].staff is None


def test_a_weak_department_asks_for_one_where_nobody_wrote_a_need(story: Pairing) -> None:
    stand(story.scene.shan_emergency, "weak")
    plan = story.plan()
    [asked] = story.data(plan).asked.values()
    assert (asked.word, asked.people, asked.need, asked.department) == (
        DOCTORS_20,
        None,
        None,
        story.scene.shan_emergency,
    )
    need = story.need(story.scene.shan, "20", people=2)
    [asked] = story.data(plan).asked.values()
    assert (asked.need, asked.people) == (need, 2)
    without = story.plan("乙案", choice=PairingChoice(weak_departments=False))
    assert len(story.data(without).asked) == 1


def test_ties_ways_and_limits_are_those_on_record(story: Pairing) -> None:
    scene = story.scene
    story.need(scene.shan, "20")
    for code, east, north in (("JIA1", 104.0, 30.0), ("SHAN", 105.0, 30.0), ("XIANG", 104.1, 30.0)):
        Institution.objects.filter(code=code).update(longitude=east, latitude=north, given_coordinate_system="wgs84")
    commands.set_donor_limits(acting_as(scene.office_jia), scene.jia, NewDonorLimits(most_away=4, most_recipients=1), 0)
    data = story.data(story.plan())
    jia = data.problem.donor_of[str(scene.jia.pk)]
    assert (jia.most_people, jia.most_recipients, jia.staff) == (4, 1, 5.0)
    assert set(data.ties) == {key_of(scene.jia, scene.shan), key_of(story.yi, scene.xiang)}
    far, near = data.hours[key_of(scene.jia, scene.shan)], data.hours[key_of(scene.jia, scene.xiang)]
    assert far is not None
    assert near is not None
    assert round(far / near, 1) == 10.0
    pair = data.problem.pair_of[key_of(story.yi, scene.xiang)]
    # Nobody knows where YI1 is, so its ways count as the longest known one: missing data win nothing.
    assert (data.hours[pair.key], pair.travel_hours, pair.tie_years > 0) == (None, round(far, 2), True)
    short = story.plan("近", choice=PairingChoice(most_hours=1.0))
    assert key_of(scene.jia, scene.shan) not in story.data(short).problem.pair_of
    only = story.plan("旧", choice=PairingChoice(only_agreements=True))
    assert set(story.data(only).problem.pair_of) == set(data.ties)


def test_what_is_held_by_hand_is_possible_whatever_the_rules_say(story: Pairing) -> None:
    scene = story.scene
    story.need(scene.xiang, "20")
    plan = story.plan(choice=PairingChoice(only_agreements=True))
    story.mark(plan, scene.jia, scene.xiang, hold="fixed")
    story.mark(plan, story.yi, scene.xiang, hold="forbidden")
    pairs = story.data(plan).problem.pair_of

    def status(pair: Pair | None) -> str | None:
        return None if pair is None else pair.status.value

    assert status(pairs.get(key_of(scene.jia, scene.xiang))) == "fixed"
    assert status(pairs.get(key_of(story.yi, scene.xiang))) == "forbidden"
    assert status(pairs.get(key_of(story.yi, scene.shan))) is None


# Rules


def test_the_usual_choice_reads_back_and_every_order_has_each_goal_once() -> None:
    usual = PairingChoice()
    assert choice_of(usual.stored()) == usual
    assert all(sorted(goals) == sorted(Goal) for goals in EMPHASES.values())
    assert {goals[:3] for goals in EMPHASES.values()} == {(Goal.BREACHES, Goal.NEED, Goal.COVERAGE)}


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"emphasis": "cheap"}, "pairing-emphasis"),
        ({"prices": {"need": 1.0}}, "scenario-price"),  # needs are always met as far as possible
        ({"cost": {"new_pair": -1.0}}, "scenario-price"),
        ({"least_level": 1.5}, "scenario-number"),
        ({"least_donors": 3, "most_donors": 2}, "pairing-least-donors"),
    ],
)
def test_a_choice_that_means_nothing_is_refused(wrong: dict[str, object], reason: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        PairingChoice(**wrong)  # type: ignore[arg-type]
    assert reason_of(refused) == reason


# Commands


def test_a_plan_is_made_changed_copied_and_every_step_stands_in_the_trail(story: Pairing) -> None:
    story.need(story.scene.shan)
    plan = story.plan()
    story.mark(plan, story.scene.jia, story.scene.shan, hold="fixed", donor_rank=1)
    changed = commands.change_pairing(
        acting_as(story.bureau), plan, story.new("改", donor_ids=[story.yi.pk]), plan.version
    )
    assert (changed.name, [row.code for row in changed.donors.all()], changed.marks.count()) == ("改", ["YI1"], 0)
    copied = commands.copy_pairing(acting_as(story.bureau), changed, "副本")
    assert (copied.copied_from, copied.state, copied.recipients.count()) == (changed, "draft", 2)
    aside = commands.take_pairing_step(acting_as(story.bureau), copied, "put_aside", copied.version)
    assert commands.take_pairing_step(acting_as(story.bureau), aside, "take_up", aside.version).state == "draft"
    events = AuditEvent.objects.filter(action__startswith="dispatch.pairing").order_by("sequence")
    assert [event.action.rpartition(".")[2] for event in events] == [
        *("create", "mark", "change", "copy", "put_aside", "take_up"),
    ]


def test_what_cannot_be_is_refused_with_its_reason(story: Pairing) -> None:
    scene = story.scene
    for wrong, reason in (
        ({"name": " "}, "pairing-name"),
        ({"last_day": first_day() - datetime.timedelta(days=1)}, "pairing-days"),
        ({"seconds": 0}, "scenario-seconds"),
        ({"donor_ids": []}, "pairing-donors"),
        ({"donor_ids": [scene.lin.pk]}, "pairing-donors"),  # has no part in anything
        ({"recipient_ids": [scene.jia.pk]}, "pairing-recipients"),  # gives, and receives from nobody
    ):
        with pytest.raises(InvalidInputError) as invalid:
            story.plan(**wrong)  # type: ignore[arg-type]
        assert reason_of(invalid) == reason
    plan = story.plan()
    for word, reason in (
        (PairWord(scene.shan.pk, scene.jia.pk), "pairing-mark"),
        (PairWord(scene.jia.pk, scene.shan.pk, "maybe"), "pairing-hold"),
        (PairWord(scene.jia.pk, scene.shan.pk, donor_rank=0), "pairing-rank"),
    ):
        with pytest.raises(InvalidInputError) as invalid:
            commands.mark_pair(acting_as(story.bureau), plan, word, plan.version)
        assert reason_of(invalid) == reason
    with pytest.raises(PairingRefusedError) as refused:
        commands.take_pairing_step(acting_as(story.bureau), plan, "decide", plan.version)
    assert reason_of(refused) == "pairing-state"
    with pytest.raises(PairingRefusedError) as refused:
        commands.ask_for_pairing_run(acting_as(story.bureau), plan)
    assert reason_of(refused) == "pairing-without-needs"


def test_two_planners_see_what_the_other_said(story: Pairing) -> None:
    plan = story.plan()
    seen = plan.version
    story.mark(plan, story.scene.jia, story.scene.shan, hold="fixed")
    with pytest.raises(StaleVersionError):
        commands.mark_pair(acting_as(story.bureau), plan, PairWord(story.yi.pk, story.scene.shan.pk, "forbidden"), seen)


@pytest.mark.parametrize("name", ["office_lin", "office_jia", "office_shan"])
def test_only_who_covers_the_office_that_plans_reads_or_writes_a_plan(story: Pairing, name: str) -> None:
    plan = story.plan()
    other: Actor = getattr(story.scene, name)
    assert not pairing_queries.pairings(other).exists()
    attempts = (
        lambda: commands.change_pairing(acting_as(other), plan, story.new(), plan.version),
        lambda: commands.mark_pair(acting_as(other), plan, PairWord(story.yi.pk, story.scene.shan.pk), plan.version),
        lambda: commands.set_wishes(acting_as(other), plan, WishList(story.yi.pk, "donor", {}), plan.version),
        lambda: commands.copy_pairing(acting_as(other), plan, "副本"),
        lambda: commands.take_pairing_step(acting_as(other), plan, "put_aside", plan.version),
        lambda: commands.ask_for_pairing_run(acting_as(other), plan),
    )
    for attempt in attempts:
        with pytest.raises(NotPermittedError):
            attempt()


def test_nothing_is_changed_under_the_hands_of_a_search(story: Pairing) -> None:
    story.need(story.scene.shan)
    plan = story.plan()
    run = commands.ask_for_pairing_run(acting_as(story.bureau), plan)
    for attempt in (
        lambda: story.mark(plan, story.scene.jia, story.scene.shan, hold="fixed"),
        lambda: commands.ask_for_pairing_run(acting_as(story.bureau), plan),
        lambda: commands.change_pairing(acting_as(story.bureau), plan, story.new(), plan.version),
    ):
        with pytest.raises(PairingRefusedError) as refused:
            attempt()
        assert reason_of(refused) == "pairing-searching"
    stopped = commands.stop_run(acting_as(story.bureau), run)
    assert (stopped.state, solve_one()) == ("stopped", None)
    with pytest.raises(PlanRunRefusedError):
        commands.stop_run(acting_as(story.bureau), run)


def test_a_search_of_pairs_belongs_to_one_plan_and_the_database_sees_to_it(story: Pairing) -> None:
    story.need(story.scene.shan)
    run = commands.ask_for_pairing_run(acting_as(story.bureau), story.plan())
    for wrong in ({"kind": "postings"}, {"pairing": None}, {"first_day": first_day(), "last_day": first_day()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PlanRun.objects.filter(pk=run.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanRun.objects.create(kind="pairing", pairing=run.pairing, asked_by=run.asked_by, asked_at=timezone.now())


# Searches


def told(plan: PairingPlan) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(place.recipient, place.reason, place.remedies) for place in PairTeller(plan).open_places()]


@with_a_watch
def test_a_search_keeps_pairs_reasons_bounds_burden_and_what_changes(story: Pairing) -> None:
    scene = story.scene
    story.need(scene.shan, "04.02")
    story.need(scene.xiang, "20", people=2)
    plan = story.plan()
    run = story.searched(plan)
    assert (run.kind, run.state, run.error_code, run.error) == ("pairing", "done", "", "")
    # By its size JIA1 carries more than two of three people fairly, so one of YI1's stays at home.
    assert pairs_of(plan) == [("JIA1", "SHAN", 1, "kept"), ("JIA1", "XIANG", 1, "new"), ("YI1", "XIANG", 1, "kept")]
    assert {row.why for row in plan.pairs.all()} == {"best"}
    figures = plan.figures
    assert (figures["met"], figures["wanted"], figures["is_optimal"], figures["unmet"]) == (3, 3, True, [])
    assert (figures["kept"], figures["new"], figures["ended"]) == (2, 1, 0)
    assert all(each["bound"] <= each["value"] + 1e-6 and each["is_proved"] for each in figures["goals"])
    burden = {each["donor"]: (each["people"], each["staff"]) for each in figures["burden"]}
    assert burden == {scene.jia.pk: (2, 5.0), story.yi.pk: (1, 2.0)}
    [change] = PairTeller(plan).changes()
    assert (change["donor"], change["recipient"], change["kind"]) == ("甲市第一医院", "东乡卫生院", "begun")
    actions = AuditEvent.objects.filter(action__startswith="dispatch.plan_run").order_by("sequence")
    assert [event.action for event in actions] == ["dispatch.plan_run.ask_pairs", "dispatch.plan_run.finish_pairs"]


@with_a_watch
def test_what_stays_open_says_why_and_what_would_fix_it(story: Pairing) -> None:
    scene = story.scene
    story.need(scene.shan, "03", people=1)
    story.need(scene.xiang, "20", people=5)
    plan = story.plan(choice=PairingChoice(past_months=0, emphasis="steady"))
    assert story.searched(plan).state == "done"
    places = {place.recipient: place for place in PairTeller(plan).open_places()}
    hopeless, short = places["山县人民医院"], places["东乡卫生院"]
    assert hopeless.reason.startswith("No hospital of the plan has this specialty")
    assert hopeless.bars == ("甲市第二医院: nobody to spare",)
    assert (short.missing, short.reason) == (
        "1 person missing",
        "Somebody could come, but not while all of these hold:",
    )
    assert any("what the hospital can miss of a specialty" in each for each in short.conflict)
    assert any("nothing would be missing" in each for each in short.remedies)
    assert plan.figures["unhelped"] == [scene.shan.pk]


@with_a_watch
def test_a_pair_held_by_hand_and_one_forbidden_are_obeyed_by_the_next_search(story: Pairing) -> None:
    scene = story.scene
    story.need(scene.xiang, "20", people=2)
    plan = story.plan()
    story.searched(plan)
    story.mark(plan, story.yi, scene.xiang, hold="forbidden")
    story.mark(plan, scene.jia, scene.shan, hold="fixed")
    assert plan.is_touched
    story.searched(plan)
    # A pair that is always one stays, also where nobody is asked for.
    assert pairs_of(plan) == [("JIA1", "SHAN", 0, "kept"), ("JIA1", "XIANG", 2, "new")]
    assert (plan.is_touched, plan.pairs.get(recipient=scene.shan).why) == (False, "fixed")
    ended = [each for each in PairTeller(plan).changes() if each["donor"] == "甲市第二医院"]
    assert [each["what"] for each in ended] == ["may not be a pair any more"]


@with_a_watch
def test_stable_pairs_follow_the_wishes_of_both_sides(story: Pairing) -> None:
    scene = story.scene
    for site in (scene.shan, scene.xiang):
        story.need(site, "20")
    choice = PairingChoice(past_months=0, stable=True, most_donors=1, most_recipients=1)
    plan = story.plan(choice=choice)
    with pytest.raises(PairingRefusedError) as refused:
        commands.ask_for_pairing_run(acting_as(story.bureau), plan)
    assert reason_of(refused) == "pairing-without-wishes"
    # Both givers like XIANG best, and XIANG likes JIA1 better.
    for institution, side, ranks in (
        (scene.jia, "donor", {scene.shan.pk: 2, scene.xiang.pk: 1}),
        (story.yi, "donor", {scene.shan.pk: 2, scene.xiang.pk: 1}),
        (scene.shan, "recipient", {scene.jia.pk: 1, story.yi.pk: 2}),
        (scene.xiang, "recipient", {scene.jia.pk: 1, story.yi.pk: 2}),
    ):
        commands.set_wishes(acting_as(story.bureau), plan, WishList(institution.pk, side, ranks), plan.version)
        plan.refresh_from_db()
    assert story.searched(plan).state == "done"
    assert [row[:2] for row in pairs_of(plan)] == [("YI1", "SHAN"), ("JIA1", "XIANG")]
    assert plan.figures["blocking"] == []


@with_a_watch
def test_two_who_would_rather_be_a_pair_are_told(story: Pairing) -> None:
    scene = story.scene
    story.need(scene.shan, "04.02")  # only JIA1 has it
    story.need(scene.xiang, "20")
    plan = story.plan(choice=PairingChoice(past_months=0, most_donors=1, most_recipients=1))
    story.mark(plan, scene.jia, scene.xiang, donor_rank=1, recipient_rank=1)
    story.mark(plan, scene.jia, scene.shan, donor_rank=2, recipient_rank=1)
    story.mark(plan, story.yi, scene.xiang, donor_rank=1, recipient_rank=2)
    story.searched(plan)
    assert [row[:2] for row in pairs_of(plan)] == [("JIA1", "SHAN"), ("YI1", "XIANG")]
    assert plan.figures["blocking"] == [[scene.jia.pk, scene.xiang.pk]]


@with_a_watch
def test_a_search_whose_process_is_lost_is_taken_up_again_from_the_best_so_far(story: Pairing) -> None:
    scene = story.scene
    need = story.need(scene.xiang, "20")
    plan = story.plan(choice=PairingChoice(past_months=0, emphasis="steady"))
    run = commands.ask_for_pairing_run(acting_as(story.bureau), plan)
    lost = plan_queue.claim()
    assert lost is not None
    pair = [str(story.yi.pk), str(scene.xiang.pk)]
    best = {"pairs": [pair], "people": [[pair[0], f"n{need.pk}", 1]], "goals": []}
    assert plan_queue.beat(lost, best=best, seconds_gone=2.0)
    long_ago = timezone.now() - datetime.timedelta(seconds=plan_queue.SECONDS_UNTIL_LOST + 1)
    PlanRun.objects.filter(pk=run.pk).update(heartbeat_at=long_ago)
    done = solve_one()
    assert done is not None
    assert (done.state, done.attempts, done.error_code) == ("done", 2, "")
    assert pairs_of(plan) == [("YI1", "XIANG", 1, "kept")]


@with_a_watch
def test_a_best_so_far_that_is_no_longer_lawful_is_not_taken_up(story: Pairing) -> None:
    scene = story.scene
    story.need(scene.xiang, "20")
    plan = story.plan()
    run = commands.ask_for_pairing_run(acting_as(story.bureau), plan)
    assert plan_queue.claim() is not None
    best = {"pairs": [["1", "2"]], "people": [["1", "n999", 9]], "goals": []}
    long_ago = timezone.now() - datetime.timedelta(seconds=plan_queue.SECONDS_UNTIL_LOST + 1)
    PlanRun.objects.filter(pk=run.pk).update(heartbeat_at=long_ago, best=best)
    done = solve_one()
    assert done is not None
    assert (done.state, sum(row[2] for row in pairs_of(plan))) == ("done", 1)


@with_a_watch
def test_a_search_that_contradicts_itself_ends_with_the_reason(story: Pairing) -> None:
    scene = story.scene
    story.need(scene.xiang, "20")
    limits = NewDonorLimits(most_recipients=1)
    commands.set_donor_limits(acting_as(scene.office_jia), scene.jia, limits, 0)
    plan = story.plan()
    story.mark(plan, scene.jia, scene.shan, hold="fixed")
    story.mark(plan, scene.jia, scene.xiang, hold="fixed")
    run = story.searched(plan)
    assert (run.state, run.error_code, plan.state) == ("failed", "pairing-plan-impossible", "draft")


def test_many_recipients_are_planned_in_blocks_with_one_bound_for_the_sum() -> None:
    sites = [f"S{number}" for number in range(RECIPIENTS_IN_A_BLOCK + 1)]
    problem = PairingProblem(
        donors=(Donor("A", most_people=30), Donor("B", most_people=5)),
        recipients=tuple(Recipient(site) for site in sites),
        strengths=(Strength("A", "20"), Strength("B", "20", level=0.5)),
        needs=tuple(Need(f"n{site}", site, "20", 1) for site in sites),
        pairs=tuple(Pair(donor, site) for donor in "AB" for site in sites),
    )
    told: list[dict[str, Any]] = []

    def take(pairing: Paired, levels: tuple[Level[Goal], ...]) -> None:
        told.append(best_of(pairing, levels, alone=True))

    with SolverProcess() as solver:
        model, plan, blocks = plan_first(solver, problem, SearchLimits(10), SearchAround(None, take))
        answer = explain(solver, model, plan, SearchLimits(1), blocks)
    assert blocks is not None
    assert blocks.bound <= blocks.value + 1e-6
    # Thirty-five people for forty-one needs.
    assert len(answer.lines) <= 35
    assert len(answer.unmet) >= 6
    assert level_of(plan.levels[0], alone=True)["bound"] is None
    # Whoever waits sees the best so far from block to block, and no bound for single goals.
    assert told[-1]["pairs"] == sorted(list(key) for key in plan.pairing.pairs)
    assert {goal["bound"] for best in told for goal in best["goals"]} == {None}


# What becomes of it


@with_a_watch
def test_a_posting_scenario_follows_the_pairs_of_a_decided_plan(story: Pairing) -> None:
    scene = story.scene
    need = story.need(scene.shan, "20")
    plan = story.plan()
    story.mark(plan, scene.jia, scene.shan, hold="forbidden")
    story.searched(plan)
    assert pairs_of(plan) == [("YI1", "SHAN", 1, "new")]
    wish = NewScenario(
        name="按结对",
        agreement_ids=[story.ties[0].pk],
        first_day=first_day(),
        periods=MONTHS,
        pairing_id=plan.pk,
    )
    with pytest.raises(InvalidInputError) as refused:
        commands.create_scenario(acting_as(story.bureau), wish)
    assert reason_of(refused) == "scenario-pairing"
    story.decided(plan)
    scenario = commands.create_scenario(acting_as(story.bureau), wish)
    # The agreement lets JIA1 help SHAN; the plan says that it does not.
    assert plan_data(story.bureau, scenario).agreements_of == {}
    free = commands.create_scenario(
        acting_as(story.bureau),
        NewScenario(name="不按", agreement_ids=[story.ties[0].pk], first_day=first_day(), periods=MONTHS),
    )
    assert set(plan_data(story.bureau, free).agreements_of) == {(str(scene.jia.pk), str(need.pk))}
    plan.refresh_from_db()
    with pytest.raises(PairingRefusedError) as followed:
        commands.take_pairing_step(acting_as(story.bureau), plan, "open_again", plan.version)
    assert reason_of(followed) == "pairing-followed"


def test_a_department_that_is_not_weak_asks_for_nobody(story: Pairing) -> None:
    make_department(story.scene.xiang, "IM", "内科", "03")
    assert story.data(story.plan()).asked == {}
