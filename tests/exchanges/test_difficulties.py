"""Members' difficulties: read by the member and the offices that answer for members, by nobody else, from any side."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from lianyi.accounts import access
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError, NotPermittedError
from lianyi.accounts.models import AuditEvent, ReadEvent
from lianyi.errors import InvalidInputError
from lianyi.exchanges import commands
from lianyi.exchanges.counting import count_actions
from lianyi.exchanges.models import Action, ActionEvent, Point, PointEvent
from lianyi.exchanges.papers import follow_up_of, minutes_of
from lianyi.exchanges.queries import points as queries
from lianyi.methods.periods import DateSpan
from lianyi.partnerships.evidence import CountRequest
from lianyi.registry.imports.kinds import table_kind
from tests.cast import Scene, acting_as, actor_for
from tests.dispatch.needs_story import today_and
from tests.dispatch.page_parts import client_of, page_of, send, status_of
from tests.dispatch.test_imports import preview_of
from tests.exchanges.visits_story import Visiting, visiting

SECRET = "宿舍漏水"
TITLE = "修缮三号楼"


@pytest.fixture
def story(scene: Scene) -> Visiting:
    return visiting(scene)


@pytest.fixture
def action(story: Visiting) -> Action:
    point = story.difficulty()
    owner = story.ownership(20)
    new = commands.NewAction(title_zh=TITLE, ownership=owner)
    return commands.make_action(acting_as(story.shan), point, new, point.version)


def others(story: Visiting) -> dict[str, Actor]:
    """Return everybody around who is neither the member nor an office: those who watch, head, plan, work, assess."""
    scene = story.scene
    province = scene.city.parent
    assert province is not None
    country = province.parent
    assert country is not None
    return {
        "viewer of the city": actor_for("viewer-city", scene.city.pk, "commission_viewer"),
        "viewer of the county": actor_for("viewer-county", scene.county.pk, "commission_viewer"),
        "viewer of everything": actor_for("viewer-all", country.pk, "commission_viewer"),
        "head of the member's department": story.head_jia,
        "head at the host": actor_for("head-shan", scene.shan.pk, "department_head", scene.shan_emergency.pk),
        "planner": actor_for("planner", scene.jia.pk, "dispatch_planner"),
        "colleague": actor_for("colleague", scene.jia.pk, "posted_staff", scene.emergency.pk),
        "assessor": actor_for("assessor", scene.county.pk, "assessor"),
        "analyst": actor_for("analyst", scene.shan.pk, "indicator_analyst"),
        "office elsewhere": scene.office_lin,
    }


def test_the_member_and_the_offices_of_both_sides_read_a_difficulty(story: Visiting, action: Action) -> None:
    for actor in (story.posted, story.jia, story.shan):
        assert queries.point(actor, action.point_id).statement_zh.endswith(SECRET)
        assert SECRET in page_of(client_of(actor), "exchanges:visit", story.visit.pk)
    assert ReadEvent.objects.filter(object_type="exchanges.point").count() >= 3


def test_nobody_else_learns_of_it_by_scope_whatever_the_act(story: Visiting, action: Action) -> None:
    everybody = others(story)
    found = {
        (who, model.__name__, act)
        for who, actor in everybody.items()
        for model in (Point, PointEvent, Action, ActionEvent)
        for act in access.ALL_ACTS
        if access.scoped(actor, model._default_manager.all(), act).exists()
    }
    assert found == set()
    for actor in everybody.values():
        with pytest.raises(NotFoundInScopeError):
            queries.point(actor, action.point_id)
        assert not access.decide(actor, "visit.read", action.point).allowed
        assert not access.decide(actor, "visit.read", action).allowed


def test_nobody_else_learns_of_it_by_any_page(story: Visiting, action: Action) -> None:
    for who, actor in others(story).items():
        client = client_of(actor)
        for name, pk in (("point", action.point_id), ("action", action.pk)):
            assert status_of(client, f"exchanges:{name}", pk) == 404, who
        for name in ("points", "actions"):
            for query in ({}, {"export": "csv"}, {"q": "漏水"}, {"kind": "difficulty"}):
                assert_silent(client, f"exchanges:{name}", who, **query)
        for name in ("visit", "agreement-points"):
            key = story.visit.pk if name == "visit" else story.agreement.pk
            assert_silent(client, f"exchanges:{name}", who, key)
        assert_silent(client, "home", who)


def test_nobody_else_learns_of_it_by_pages_of_agreements_people_and_papers(story: Visiting, action: Action) -> None:
    scene = story.scene
    pages: list[tuple[str, tuple[object, ...]]] = [
        ("exchanges:agreement", (story.agreement.pk,)),
        ("partnerships:agreement", (story.agreement.pk,)),
        ("partnerships:timeline", (story.agreement.pk,)),
        ("registry:institution-detail", (scene.jia.pk,)),
        ("registry:institution-detail", (scene.shan.pk,)),
        ("dispatch:person", (story.member.pk,)),
        ("registry:staff-detail", (story.member.pk,)),
        ("exchanges:visit-paper", (story.visit.pk, "minutes")),
        ("exchanges:visit-paper", (story.visit.pk, "follow-up")),
        ("exchanges:recognitions", ()),
        ("exchanges:visits", ()),
    ]
    later = story.held("NEXT", -3)
    pages += [("exchanges:visit", (later.pk,)), ("exchanges:visit-paper", (later.pk, "follow-up"))]
    for who, actor in others(story).items():
        client = client_of(actor)
        for name, keys in pages:
            assert_silent(client, name, who, *keys)
        for name in ("points", "actions", "visits", "recognitions"):
            assert_silent(client, f"exchanges:{name}", who, export="xlsx")
        for kind in ("visit_points", "visit_actions", "exchange_visits"):
            response = client.get(reverse("registry:export", args=[kind, "csv"]))
            told = b"".join(response) if response.streaming else response.content
            assert [word for word in (SECRET, TITLE) if word in told.decode(errors="ignore")] == [], (who, kind)
    assert action.pk


def test_the_pages_of_the_trail_hold_no_word_of_it(story: Visiting, action: Action) -> None:
    story.step(action, "stand_by", story.jia, reason=f"等待{SECRET}检测")
    country = story.scene.country
    keeper = client_of(actor_for("keeper", country.pk, "administrator"))
    for name in ("accounts:audit", "accounts:readings"):
        assert_silent(keeper, name, "administrator")
        assert_silent(keeper, name, "administrator", export="csv")
    written = AuditEvent.objects.filter(object_type__in=("exchanges.point", "exchanges.action"))
    assert written.count() >= 4
    for event in written:
        assert_silent(keeper, "accounts:audit-event", "administrator", event.pk)


def test_a_file_of_somebody_else_neither_reaches_nor_names_a_difficulty(story: Visiting, action: Action) -> None:
    point = action.point
    other = story.difficulty(statement_zh="秘密：探亲路远")
    open_point = story.raised()
    head = story.head_jia
    actions = "visit_code,point_number,title_zh,state,owner_code,due_on\n"
    points = (
        "visit_code,number,kind,category,statement_zh,former_visit_code,former_number,merged_visit_code,merged_number\n"
    )
    files = {
        "visit_actions": (
            f"{actions}SYMP,{other.number},打听,sorted,,\n",
            f"{actions}SYMP,{point.number},{TITLE},agreed,SHAN,{action.due_on}\n",
        ),
        "visit_points": (
            f"{points}SYMP,90,problem,staff,打听,SYMP,{other.number},,\n",
            f"{points}SYMP,90,problem,staff,打听,,,SYMP,{other.number}\n",
            f"{points}SYMP,{other.number},problem,staff,打听,,,,\n",
        ),
    }
    for kind, texts in files.items():
        for text in texts:
            preview = preview_of(head, kind, text)
            [refused] = preview.refused
            told = " ".join(preview.reasons(refused))
            assert [word for word in (SECRET, "探亲", "housing") if word in told] == []
    # An office may not tie a difficulty to what everybody reads either.
    [refused] = preview_of(story.shan, "visit_points", files["visit_points"][1]).refused
    assert [problem.params["reason"] for problem in refused.problems] == ["point-unknown"]
    assert (Action.objects.count(), Point.objects.filter(number=90).exists(), open_point.state) == (1, False, "raised")


def assert_silent(client: Client, name: str, who: str, *args: object, **query: str) -> None:
    response = client.get(reverse(name, args=args), query)
    text = (b"".join(response) if response.streaming else response.content).decode(errors="ignore")
    assert SECRET not in text, (who, name, query)
    assert TITLE not in text, (who, name, query)


def test_who_may_not_read_them_is_told_no_small_number(story: Visiting, action: Action) -> None:
    text = page_of(client_of(story.head_jia), "exchanges:visit", story.visit.pk)
    assert action.point_id
    assert "Difficulties raised: fewer than" in text
    empty = story.held("EMPTY", -50)
    assert "Difficulties raised: fewer than" in page_of(client_of(story.head_jia), "exchanges:visit", empty.pk)


def test_neither_minutes_nor_sheet_nor_file_hold_it_even_for_an_office(story: Visiting, action: Action) -> None:
    later = story.held("NEXT", -3)
    for paper in (
        minutes_of(story.shan, story.visit, today_and(0)),
        follow_up_of(story.shan, story.visit, today_and(0)),
        follow_up_of(story.shan, later, today_and(0)),
    ):
        assert SECRET not in str(paper)
        assert TITLE not in str(paper)
    for name in ("visit_points", "visit_actions"):
        kind = table_kind(name)
        assert kind is not None
        assert list(kind.export(story.shan)) == []
    for name in ("points", "actions"):
        assert_silent(client_of(story.shan), f"exchanges:{name}", "office", export="csv")
    assert TITLE in page_of(client_of(story.shan), "exchanges:actions")
    assert action.pk


def test_the_trail_keeps_that_it_was_written_and_no_word_of_it(story: Visiting, action: Action) -> None:
    point = action.point
    commands.change_action(acting_as(story.shan), action, {"title_zh": TITLE + "一层"}, action.version)
    story.step(action, "stand_by", story.jia, reason=f"等待{SECRET}检测")
    events = AuditEvent.objects.filter(object_type__in=("exchanges.point", "exchanges.action"))
    assert events.filter(object_id=point.pk, action="exchanges.point.raise").count() == 1
    told = [f"{event.before} {event.after} {event.reason}" for event in events]
    assert [text for text in told if SECRET in text or TITLE in text or "housing" in text] == []


def test_it_counts_toward_no_duty(story: Visiting, action: Action) -> None:
    duty = story.scene.duty(story.agreement, "D9", "actions_closed", "2", "action")
    story.closed(action)
    request = CountRequest(duty, DateSpan(story.agreement.starts_on, story.agreement.ends_on))
    [found] = count_actions([request])
    assert found is not None
    assert (found.value, found.row_ids) == (0, ())


def test_the_owner_in_person_reads_the_action_and_not_the_difficulty(story: Visiting) -> None:
    owner = story.ownership(20, owner_id=story.scene.jia.pk, owner_staff_id=story.scene.cai.pk)
    colleague = actor_for("cai", story.scene.jia.pk, "posted_staff", story.scene.emergency.pk)
    story.scene.cai.user_id = colleague.user_id
    story.scene.cai.save(update_fields=["user"])
    point = story.difficulty()
    new = commands.NewAction(title_zh=TITLE, ownership=owner)
    row = commands.make_action(acting_as(story.shan), point, new, point.version)
    text = page_of(client_of(colleague), "exchanges:action", row.pk)
    assert TITLE in text
    assert SECRET not in text
    assert status_of(client_of(colleague), "exchanges:point", point.pk) == 404


def test_a_difficulty_is_written_by_the_member_or_an_office_and_stays_one(story: Visiting) -> None:
    own = story.difficulty(story.posted)
    assert queries.point(story.posted, own.pk) == own
    with pytest.raises(NotPermittedError):
        story.difficulty(story.head_jia)
    with pytest.raises(NotPermittedError):
        story.difficulty(story.posted, raised_by_staff_id=story.scene.cai.pk)
    with pytest.raises(InvalidInputError):
        commands.change_point(acting_as(story.posted), own, {"kind": "problem", "category": "staff"}, own.version)
    work = story.raised()
    with pytest.raises(InvalidInputError):
        commands.sort_point(acting_as(story.jia), work, "merge", work.version, own.pk)
    with pytest.raises(InvalidInputError):
        story.raised(category="difficulty_housing")


def test_the_member_writes_it_down_on_the_page_of_the_visit(story: Visiting) -> None:
    client = client_of(story.posted)
    page = page_of(client, "exchanges:difficulty-new", story.visit.pk)
    assert 'value="JIA1/A1"' in page
    sent = send(
        client,
        "exchanges:difficulty-new",
        story.visit.pk,
        kind="difficulty",
        category="difficulty_travel",
        statement_zh="探亲路远",
        raised_by_staff="JIA1/A1",
        raised_on=today_and(-1),
    )
    assert sent.status_code == 302
    assert Point.objects.get().is_confidential
