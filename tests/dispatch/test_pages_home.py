"""What dispatch puts on the home page."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils import timezone

from lianyi.dispatch import home
from lianyi.partnerships.models import Agreement
from tests.cast import Scene, actor_for
from tests.dispatch.page_parts import client_of, many_postings, page_of, queries_for, words


def today_and(days: int) -> str:
    return (timezone.localdate() + datetime.timedelta(days=days)).isoformat()


def running_agreement(scene: Scene, **more: object) -> Agreement:
    return scene.agreement("JS-NOW", starts_on=today_and(-200), ends_on=today_and(200), **more)  # type: ignore[arg-type]


def test_approvals_that_wait_for_me_are_counted(scene: Scene) -> None:
    agreement = running_agreement(scene, approvals=("receiving_unit",))
    scene.draft(agreement, scene.ding, today_and(10), today_and(60))
    [item] = home.waiting_items(scene.office_shan)
    assert (item.count, item.url, str(item.due_on)) == (1, reverse("dispatch:approvals"), today_and(10))
    assert home.waiting_items(scene.office_jia) == []
    assert home.waiting_items(scene.office_lin) == []


def test_facts_that_nobody_recorded_and_overdue_lines_are_counted(scene: Scene) -> None:
    agreement = running_agreement(scene)
    scene.published(agreement, scene.an, today_and(-5), today_and(30))
    late = scene.published(agreement, scene.ding, today_and(-60), today_and(-2))
    scene.step(late, "arrive", today_and(-60))
    scene.draft(agreement, scene.bo, today_and(-1), today_and(30))
    items = {item.url: item.count for item in home.overdue_items(scene.office_jia)}
    postings = reverse("dispatch:postings")
    assert items == {
        f"{postings}?overdue=arrival": 1,
        f"{postings}?overdue=end": 1,
        reverse("dispatch:plan", args=[agreement.pk]): 1,
    }
    assert home.overdue_items(scene.office_lin) == []


def test_gaps_ahead_are_told_only_where_presence_is_promised(scene: Scene) -> None:
    agreement = running_agreement(scene)
    row = scene.published(agreement, scene.ding, today_and(-60), today_and(20))
    scene.step(row, "arrive", today_and(-60))
    scene.published(agreement, scene.an, today_and(31), today_and(150))
    assert home.gap_items(scene.office_jia) == []
    scene.duty(agreement, "D09", "unbroken_presence", "1", "share", "year")
    [item] = home.gap_items(scene.office_jia)
    assert item.text == f"Nobody planned from {today_and(21)} to {today_and(30)} (10 days)"
    assert item.url == reverse("dispatch:rules", args=[agreement.pk])
    assert home.gap_items(scene.office_lin) == []


def test_those_who_only_read_are_not_told_to_record(scene: Scene) -> None:
    agreement = running_agreement(scene)
    scene.published(agreement, scene.an, today_and(-5), today_and(30))
    viewer = actor_for("viewer", scene.county.pk, "commission_viewer")
    assert home.overdue_items(viewer) == []
    assert home.gap_items(viewer) == []


def test_the_panel_counts_who_is_on_site_today(scene: Scene) -> None:
    agreement = running_agreement(scene)
    row = scene.published(agreement, scene.ding, today_and(-60), today_and(20))
    assert home.on_site_panel(scene.office_jia) == []
    scene.step(row, "arrive", today_and(-60))
    text = words(page_of(client_of(scene.office_jia), "home"))
    assert "1 General hospital at 1 institution" in text


def test_the_home_page_costs_the_same_for_30_and_for_300_postings(scene: Scene) -> None:
    agreement = running_agreement(scene)
    scene.duty(agreement, "D09", "unbroken_presence", "1", "share", "year")
    client = client_of(scene.office_jia)
    many_postings(scene, agreement, 30)
    few = queries_for(client, "home")
    many_postings(scene, agreement, 300)
    assert queries_for(client, "home") == few
