"""Wishes for pairs: institutions state their own and see no others, until a day; who plans sees all of them."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError, NotPermittedError, StaleVersionError
from lianyi.accounts.models import AuditEvent
from lianyi.dispatch import commands, pairing_wishes
from lianyi.dispatch.commands import PairWord, WishList
from lianyi.dispatch.errors import PairingRefusedError
from lianyi.dispatch.models import PairingPlan, PairingWishes, PairingWishStatement
from lianyi.dispatch.pairing_home import wish_items
from lianyi.dispatch.pairing_rules import PairingChoice
from lianyi.errors import InvalidInputError
from lianyi.methods.pairing.problem import PairStatus
from lianyi.operations.plan_solving import solve_one
from tests.cast import Scene, acting_as, actor_for
from tests.dispatch.page_parts import client_of, page_of, queries_for, send, status_of, version_in, words
from tests.dispatch.pairing_story import Pairing, pairing, pairs_of
from tests.dispatch.plan_story import with_a_watch


@pytest.fixture
def story(scene: Scene) -> Pairing:
    return pairing(scene)


@pytest.fixture
def office_yi(story: Pairing) -> Actor:
    return actor_for("deputy-yi", story.yi.pk, "lead_office")


def close(plan: PairingPlan) -> None:
    """Let the last day to answer be yesterday."""
    PairingPlan.objects.filter(pk=plan.pk).update(wishes_until=timezone.localdate() - datetime.timedelta(days=1))


def reason_of(error: pytest.ExceptionInfo[Exception]) -> str:
    return str(error.value.params["reason"])  # type: ignore[attr-defined]


def counting(row: PairingWishes) -> dict[str, object]:
    row.refresh_from_db()
    standing = row.standing
    return {} if standing is None else {"ranks": standing.ranks, "refusals": standing.refusals}


# Asking and stating


def test_everybody_in_the_plan_is_asked_and_the_home_page_of_each_says_so(story: Pairing) -> None:
    scene, plan = story.scene, story.plan()
    assert wish_items(scene.office_jia) == []
    story.asked(plan)
    assert sorted((row.institution.code, row.side) for row in plan.wishes.all()) == [
        ("JIA1", "donor"),
        ("SHAN", "recipient"),
        ("XIANG", "recipient"),
        ("YI1", "donor"),
    ]
    [item] = wish_items(scene.office_jia)
    assert (item.count, item.due_on, item.detail) == (1, plan.wishes_until, "样例结对")
    assert item.url == story.wishes_of(plan, scene.jia).get_absolute_url()
    assert [wish_items(actor) for actor in (scene.office_lin, story.bureau)] == [[], []]
    story.stated(plan, scene.jia, scene.office_jia, {scene.shan.pk: 1})
    assert wish_items(scene.office_jia) == []


def test_the_search_reads_the_institutions_words_as_it_reads_the_planners(story: Pairing, office_yi: Actor) -> None:
    scene, plan = story.scene, story.asked(story.plan())
    story.need(scene.shan, "20")
    story.stated(plan, scene.jia, scene.office_jia, {scene.shan.pk: 2, scene.xiang.pk: 1})
    story.stated(plan, story.yi, office_yi, {scene.xiang.pk: 1}, {scene.shan.pk: "去年派去的人提前回来"})
    story.stated(plan, scene.shan, scene.office_shan, {scene.jia.pk: 1})
    pairs = story.data(plan).problem.pair_of
    jia, yi, shan, xiang = (str(each.pk) for each in (scene.jia, story.yi, scene.shan, scene.xiang))
    assert (pairs[jia, shan].donor_rank, pairs[jia, shan].recipient_rank) == (2, 1)
    assert (pairs[jia, xiang].donor_rank, pairs[jia, xiang].recipient_rank) == (1, None)
    assert (pairs[yi, shan].status, pairs[yi, xiang].status) == (PairStatus.FORBIDDEN, PairStatus.ALLOWED)
    # The planner's word goes before the refusal of one side.
    story.mark(plan, story.yi, scene.shan, hold="fixed")
    assert story.data(plan).problem.pair_of[yi, shan].status is PairStatus.FIXED


@with_a_watch
def test_stable_pairs_follow_what_the_institutions_stated(story: Pairing, office_yi: Actor) -> None:
    scene = story.scene
    story.need(scene.shan, "20")
    story.need(scene.xiang, "20")
    choice = PairingChoice(past_months=0, stable=True, most_donors=1, most_recipients=1)
    plan = story.asked(story.plan(choice=choice))
    # Against the agreements of today: JIA1 and XIANG, YI1 and SHAN named one another first.
    story.stated(plan, scene.jia, scene.office_jia, {scene.xiang.pk: 1, scene.shan.pk: 2})
    story.stated(plan, story.yi, office_yi, {scene.shan.pk: 1, scene.xiang.pk: 2})
    story.stated(plan, scene.shan, scene.office_shan, {story.yi.pk: 1, scene.jia.pk: 2})
    story.stated(plan, scene.xiang, story.chiefs[scene.xiang.pk], {scene.jia.pk: 1, story.yi.pk: 2})
    story.searched(plan)
    assert [row[:2] for row in pairs_of(plan)] == [("YI1", "SHAN"), ("JIA1", "XIANG")]


@with_a_watch
def test_wishes_stated_while_a_search_is_on_are_kept_and_the_plan_says_that_it_is_older(story: Pairing) -> None:
    scene, plan = story.scene, story.asked(story.plan())
    story.need(scene.shan, "20")
    story.searched(plan)
    assert not plan.is_touched
    commands.ask_for_pairing_run(acting_as(story.bureau), plan)
    row = story.stated(plan, scene.shan, scene.office_shan, {scene.jia.pk: 1})
    assert counting(row)["ranks"] == {str(scene.jia.pk): 1}
    assert plan.is_touched
    assert solve_one() is not None
    plan.refresh_from_db()
    # The search began after these wishes and read them.
    assert not plan.is_touched
    data = story.data(plan)
    story.stated(plan, scene.shan, scene.office_shan, {scene.jia.pk: 2})
    assert plan.wishes.filter(updated_at__gt=data.read_at).count() == 1


def test_no_wish_is_an_answer_and_a_second_answer_replaces_the_first(story: Pairing) -> None:
    scene, plan = story.scene, story.asked(story.plan())
    row = story.stated(plan, scene.shan, scene.office_shan, {})
    asking = pairing_wishes.asking_of(plan)
    assert asking is not None
    assert (asking.asked, asking.answered, asking.is_over) == (4, 1, False)
    assert counting(row) == {"ranks": {}, "refusals": {}}
    story.stated(plan, scene.shan, scene.office_shan, {scene.jia.pk: 1})
    assert counting(row)["ranks"] == {str(scene.jia.pk): 1}
    assert row.statements.count() == 2


def test_a_statement_is_taken_back_and_what_counted_before_it_counts_again(story: Pairing) -> None:
    scene, plan = story.scene, story.asked(story.plan())
    story.stated(plan, scene.shan, scene.office_shan, {scene.jia.pk: 1})
    row = story.stated(plan, scene.shan, scene.office_shan, {story.yi.pk: 1}, {scene.jia.pk: "路太远"})
    commands.take_back_wishes(acting_as(scene.office_shan), row, row.version)
    mark = plan.marks.get(donor=scene.jia)
    assert (mark.recipient_rank, mark.recipient_refusal) == (1, "")
    assert plan.marks.get(donor=story.yi).recipient_rank is None
    told = pairing_wishes.history_of(row)
    assert [(each.stands, each.is_taken_back) for each in told] == [(False, True), (True, False)]
    commands.take_back_wishes(acting_as(scene.office_shan), row, row.version)
    assert (counting(row), plan.marks.filter(recipient_rank__isnull=False).exists()) == ({}, False)
    with pytest.raises(PairingRefusedError) as refused:
        commands.take_back_wishes(acting_as(scene.office_shan), row, row.version)
    assert reason_of(refused) == "pairing-no-wishes"
    events = AuditEvent.objects.filter(object_type="dispatch.pairingwishes").order_by("sequence")
    assert [(event.action.rpartition(".")[2], event.before["ranks"], event.after["ranks"]) for event in events] == [
        ("state_wishes", {}, {str(scene.jia.pk): 1}),
        ("state_wishes", {str(scene.jia.pk): 1}, {str(story.yi.pk): 1}),
        ("take_back_wishes", {str(story.yi.pk): 1}, {str(scene.jia.pk): 1}),
        ("take_back_wishes", {str(scene.jia.pk): 1}, {}),
    ]


def test_after_the_last_day_only_the_planner_enters_wishes(story: Pairing) -> None:
    scene, plan = story.scene, story.asked(story.plan(), days=0)
    row = story.stated(plan, scene.shan, scene.office_shan, {scene.jia.pk: 1})
    close(plan)
    for late in (
        lambda: story.stated(plan, scene.shan, scene.office_shan, {}),
        lambda: commands.take_back_wishes(acting_as(scene.office_shan), row, row.version),
    ):
        with pytest.raises(PairingRefusedError) as refused:
            late()
        assert reason_of(refused) == "pairing-wishes-closed"
    assert wish_items(scene.office_jia) == []
    plan.refresh_from_db()
    word = WishList(scene.shan.pk, "recipient", {scene.jia.pk: None, story.yi.pk: 1})
    commands.set_wishes(acting_as(story.bureau), plan, word, plan.version)
    assert counting(row)["ranks"] == {str(story.yi.pk): 1}
    assert [each.is_on_behalf for each in row.statements.all()] == [False, True]


def test_wishes_are_refused_once_the_plan_is_put_aside(story: Pairing) -> None:
    scene, plan = story.scene, story.asked(story.plan())
    commands.take_pairing_step(acting_as(story.bureau), plan, "put_aside", plan.version)
    with pytest.raises(PairingRefusedError) as refused:
        story.stated(plan, scene.shan, scene.office_shan, {})
    assert reason_of(refused) == "pairing-state"
    assert wish_items(scene.office_shan) == []


def test_words_that_mean_nothing_are_refused(story: Pairing) -> None:
    scene, plan = story.scene, story.asked(story.plan())
    for ranks, refusals, reason in (
        ({scene.jia.pk: 1}, {scene.jia.pk: "不愿"}, "pairing-wish-both"),
        ({scene.jia.pk: 0}, {}, "pairing-rank"),
        ({scene.xiang.pk: 1}, {}, "pairing-mark"),  # is on the same side
        ({}, {scene.lin.pk: "不认识"}, "pairing-mark"),  # is not in the plan
        ({}, {scene.jia.pk: "长" * 301}, "pairing-refusal-long"),
    ):
        with pytest.raises(InvalidInputError) as refused:
            story.stated(plan, scene.shan, scene.office_shan, ranks, refusals)
        assert reason_of(refused) == reason
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    with pytest.raises(InvalidInputError) as refused:
        commands.ask_for_wishes(acting_as(story.bureau), plan, yesterday, plan.version)
    assert reason_of(refused) == "pairing-wishes-day"
    story.stated(plan, scene.shan, scene.office_shan, {}, {scene.jia.pk: "路太远"})
    with pytest.raises(InvalidInputError) as refused:
        story.mark(plan, scene.jia, scene.shan, recipient_rank=1)
    assert reason_of(refused) == "pairing-wish-both"
    assert not PairingWishStatement.objects.filter(ranks__has_key=str(scene.jia.pk)).exists()


def test_two_at_the_same_time_do_not_overwrite_one_another(story: Pairing) -> None:
    scene, plan = story.scene, story.asked(story.plan())
    row = story.wishes_of(plan, scene.shan)
    seen = row.version
    story.stated(plan, scene.shan, scene.office_shan, {scene.jia.pk: 1})
    with pytest.raises(StaleVersionError):
        commands.state_wishes(acting_as(scene.office_shan), row, WishList(scene.shan.pk, "recipient", {}), seen)


def test_a_rank_given_on_the_page_of_a_pair_is_a_word_on_behalf(story: Pairing) -> None:
    scene, plan = story.scene, story.plan()
    commands.mark_pair(acting_as(story.bureau), plan, PairWord(scene.jia.pk, scene.shan.pk, "", 2, None), plan.version)
    [row] = plan.wishes.all()
    assert (row.institution, row.side, counting(row)["ranks"]) == (scene.jia, "donor", {str(scene.shan.pk): 2})
    assert row.standing is not None
    assert row.standing.is_on_behalf
    # Nobody is asked for wishes by that.
    assert not pairing_wishes.asked_of_us(scene.office_jia).exists()


def test_who_joins_is_asked_and_who_leaves_has_no_wishes_any_more(story: Pairing) -> None:
    scene = story.scene
    plan = story.asked(story.plan(donor_ids=[scene.jia.pk]))
    story.stated(plan, scene.shan, scene.office_shan, {scene.jia.pk: 1})
    commands.change_pairing(acting_as(story.bureau), plan, story.new(donor_ids=[story.yi.pk]), plan.version)
    assert sorted(row.institution.code for row in plan.wishes.all()) == ["SHAN", "XIANG", "YI1"]
    row = story.wishes_of(plan, scene.shan)
    story.stated(plan, scene.shan, scene.office_shan, {story.yi.pk: 1})
    row.refresh_from_db()
    commands.take_back_wishes(acting_as(scene.office_shan), row, row.version)
    # What counted before named JIA1, which has left.
    assert not plan.marks.exclude(recipient_rank=None, donor_rank=None).exists()


def test_a_copy_keeps_the_wishes_and_asks_nobody(story: Pairing) -> None:
    scene, plan = story.scene, story.asked(story.plan())
    story.stated(plan, scene.shan, scene.office_shan, {scene.jia.pk: 1}, {story.yi.pk: "路太远"})
    copied = commands.copy_pairing(acting_as(story.bureau), plan, "副本")
    assert sorted(copied.marks.values_list("donor__code", "recipient_rank", "recipient_refusal")) == [
        ("JIA1", 1, ""),
        ("YI1", None, "路太远"),
    ]
    assert (copied.wishes_until, copied.wishes.count()) == (None, 0)


# Who may


def test_only_the_office_of_the_institution_states_its_wishes(story: Pairing, office_yi: Actor) -> None:
    scene, plan = story.scene, story.asked(story.plan())
    row = story.wishes_of(plan, scene.shan)
    word = WishList(scene.shan.pk, "recipient", {})
    others = [
        office_yi,
        scene.office_lin,
        story.chiefs[scene.xiang.pk],
        story.bureau,  # covers SHAN and decides nothing for it
        actor_for("head", scene.shan.pk, "department_head", scene.shan_emergency.pk),
        actor_for("posted", scene.shan.pk, "posted_staff"),
        actor_for("viewer", scene.country.pk, "commission_viewer"),
        actor_for("township", scene.shan.pk, "village_clinician"),
    ]
    for actor in others:
        with pytest.raises(NotPermittedError):
            commands.state_wishes(acting_as(actor), row, word, row.version)
        with pytest.raises(NotPermittedError):
            commands.take_back_wishes(acting_as(actor), row, row.version)
        with pytest.raises(NotFoundInScopeError):
            pairing_wishes.own_wishes(actor, row.pk)
        assert not pairing_wishes.asked_of_us(actor).filter(institution=scene.shan).exists()
    assert pairing_wishes.own_wishes(scene.office_shan, row.pk) == row


def test_an_office_that_plans_enters_for_its_partner_and_states_only_for_itself(story: Pairing) -> None:
    scene = story.scene
    plan = story.plan(actor=scene.office_jia, donor_ids=[scene.jia.pk], recipient_ids=[scene.shan.pk])
    until = timezone.localdate()
    commands.ask_for_wishes(acting_as(scene.office_jia), plan, until, plan.version)
    theirs = story.wishes_of(plan, scene.shan)
    with pytest.raises(NotPermittedError) as refused:
        commands.state_wishes(
            acting_as(scene.office_jia), theirs, WishList(scene.shan.pk, "recipient", {}), theirs.version
        )
    assert reason_of(refused) == "wishes"
    assert [row.institution for row in pairing_wishes.asked_of_us(scene.office_jia)] == [scene.jia]
    word = WishList(scene.shan.pk, "recipient", {scene.jia.pk: 1})
    commands.set_wishes(acting_as(scene.office_jia), plan, word, plan.version)
    theirs.refresh_from_db()
    assert theirs.standing is not None
    assert theirs.standing.is_on_behalf


def test_those_who_are_asked_neither_ask_nor_enter(story: Pairing) -> None:
    scene, plan = story.scene, story.asked(story.plan())
    for refused in (
        lambda: commands.ask_for_wishes(acting_as(scene.office_shan), plan, timezone.localdate(), plan.version),
        lambda: commands.set_wishes(
            acting_as(scene.office_shan), plan, WishList(scene.shan.pk, "recipient", {}), plan.version
        ),
    ):
        with pytest.raises(NotPermittedError):
            refused()


# Pages


def test_an_institution_answers_on_its_page_and_sees_nobody_elses_words(story: Pairing, office_yi: Actor) -> None:
    scene, plan = story.scene, story.asked(story.plan())
    story.stated(plan, story.yi, office_yi, {scene.xiang.pk: 1}, {scene.shan.pk: "去年派去的人提前回来"})
    office = client_of(scene.office_shan)
    assert "asks for the wishes of your institution" in words(page_of(office, "home"))
    own = story.wishes_of(plan, scene.shan)
    html = page_of(office, "dispatch:own-wishes", own.pk)
    assert "You have not answered yet" in words(html)
    assert "提前回来" not in html
    given = {
        f"rank_{scene.jia.pk}": "1",
        f"refusal_{story.yi.pk}": "路太远",
        "expected_version": version_in(html),
    }
    assert send(office, "dispatch:own-wishes", own.pk, **given).status_code == 302
    html = page_of(office, "dispatch:own-wishes", own.pk)
    assert "1. 甲市第一医院" in words(html)
    assert "甲市第二医院: 路太远" in words(html)
    assert "answered; may be changed" in words(page_of(office, "dispatch:asked-wishes"))
    assert "waits for you" not in words(page_of(office, "dispatch:asked-wishes"))
    both = {**given, f"rank_{story.yi.pk}": "2", "expected_version": version_in(html)}
    answer = send(office, "dispatch:own-wishes", own.pk, **both)
    assert answer.status_code == 422
    assert "Either a choice or a reason why not" in answer.content.decode()
    assert send(office, "dispatch:own-wishes-back", own.pk).status_code == 302
    assert plan.marks.filter(recipient=scene.shan, recipient_refusal="").count() == 2
    assert "taken back" in words(page_of(office, "dispatch:own-wishes", own.pk))
    close(plan)
    html = page_of(office, "dispatch:own-wishes", own.pk)
    assert "Wishes are not taken any more" in words(html)
    assert "<fieldset disabled>" in html
    late = send(office, "dispatch:own-wishes", own.pk, **{**given, "expected_version": version_in(html)})
    assert late.status_code == 422
    assert "were taken until" in late.content.decode()


def test_nobody_else_opens_the_page_of_an_institutions_wishes(story: Pairing, office_yi: Actor) -> None:
    scene, plan = story.scene, story.asked(story.plan())
    own = story.wishes_of(plan, scene.shan)
    for actor in (office_yi, scene.office_lin, story.bureau, story.chiefs[scene.xiang.pk]):
        client = client_of(actor)
        assert status_of(client, "dispatch:own-wishes", own.pk) == 404
        assert send(client, "dispatch:own-wishes-back", own.pk).status_code == 404
    for page in ("dispatch:pairing-all-wishes", "dispatch:pairing-ask-wishes"):
        assert status_of(client_of(scene.office_shan), page, plan.pk) == 404
    shut = client_of(scene.office_shan)
    assert status_of(shut, "dispatch:pairing-wishes", plan.pk, "recipient", scene.shan.pk) == 404


def test_who_plans_asks_sees_all_and_enters_for_who_has_not_answered(story: Pairing) -> None:
    scene = story.scene
    bureau: Client = client_of(story.bureau)
    plan = story.plan()
    assert "Nobody is asked for wishes yet" in words(page_of(bureau, "dispatch:pairing-all-wishes", plan.pk))
    html = page_of(bureau, "dispatch:pairing-ask-wishes", plan.pk)
    until = timezone.localdate() + datetime.timedelta(days=3)
    given = {"until": until.isoformat(), "expected_version": version_in(html)}
    assert send(bureau, "dispatch:pairing-ask-wishes", plan.pk, **given).status_code == 302
    plan.refresh_from_db()
    story.stated(plan, scene.shan, scene.office_shan, {scene.jia.pk: 1}, {story.yi.pk: "路太远"})
    assert "1 of 4 answers are here" in words(page_of(bureau, "dispatch:pairing", plan.pk))
    told = words(page_of(bureau, "dispatch:pairing-all-wishes", plan.pk))
    assert "1. 甲市第一医院" in told
    assert "甲市第二医院: 路太远" in told
    assert told.count("no answer") == 3
    assert "路太远" in words(page_of(bureau, "dispatch:pairing-pair", plan.pk, story.yi.pk, scene.shan.pk))
    html = page_of(bureau, "dispatch:pairing-wishes", plan.pk, "recipient", scene.xiang.pk)
    given = {f"rank_{story.yi.pk}": "1", "expected_version": version_in(html)}
    assert send(bureau, "dispatch:pairing-wishes", plan.pk, "recipient", scene.xiang.pk, **given).status_code == 302
    assert "entered on behalf" in words(page_of(bureau, "dispatch:pairing-all-wishes", plan.pk))
    own = story.wishes_of(plan, scene.xiang)
    office = client_of(story.chiefs[scene.xiang.pk])
    assert "office that plans, on behalf" in words(page_of(office, "dispatch:own-wishes", own.pk))


def test_the_pages_of_wishes_cost_no_more_queries_with_more_words(story: Pairing, office_yi: Actor) -> None:
    scene, plan = story.scene, story.asked(story.plan())
    story.stated(plan, scene.shan, scene.office_shan, {scene.jia.pk: 1})
    own = story.wishes_of(plan, scene.shan)
    bureau, office = client_of(story.bureau), client_of(scene.office_shan)

    def costs() -> list[int]:
        return [
            queries_for(bureau, "dispatch:pairing-all-wishes", plan.pk),
            queries_for(office, "dispatch:own-wishes", own.pk),
            queries_for(office, "dispatch:asked-wishes"),
        ]

    before = costs()
    story.stated(plan, scene.shan, scene.office_shan, {scene.jia.pk: 2, story.yi.pk: 1})
    story.stated(plan, story.yi, office_yi, {scene.shan.pk: 1, scene.xiang.pk: 2})
    story.stated(plan, scene.jia, scene.office_jia, {scene.shan.pk: 1}, {scene.xiang.pk: "太远"})
    assert costs() <= before
