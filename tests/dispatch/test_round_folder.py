"""From the site to the planner and back: the tables that are planned from, the plan that comes in."""

from __future__ import annotations

import contextlib
import csv
import datetime
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import reverse

from lianyi.dispatch import commands
from lianyi.dispatch.commands import NewClosure
from lianyi.dispatch.models import RoundPlan, RoundVisit, RoundWay
from lianyi.methods.round_plans.search import RoundLimits
from lianyi.operations.console import Progress
from lianyi.operations.planning.round_files import read_folder
from lianyi.operations.planning.rounds import account_of, write_account
from lianyi.registry.models import Institution
from tests.cast import Scene, acting_as
from tests.dispatch.needs_story import today_and
from tests.dispatch.page_parts import client_of, page_of, send, words
from tests.dispatch.rounds_story import Driving, at, driving, next_monday

ONE_DAY = datetime.timedelta(days=1)


@pytest.fixture
def story(scene: Scene) -> Driving:
    found = driving(scene, required_visits=1, period="week", least_days_between=2)
    for code, east, north in (("JIA1", 104.0, 30.0), ("XIANG", 104.2, 30.1), ("CUN", 104.3, 30.05)):
        Institution.objects.filter(code=code).update(longitude=east, latitude=north, given_coordinate_system="wgs84")
    return found


@contextlib.contextmanager
def _silent_stage(_name: str) -> Iterator[Progress]:
    """A stage whose progress nobody watches."""
    yield lambda _done, _of_all: None


def unpacked(story: Driving, first: datetime.date, last: datetime.date, folder: Path) -> Path:
    """Download the tables as the office does, and unpack them."""
    address = reverse("dispatch:round-plan-folder", args=[story.programme.pk])
    response = client_of(story.office).get(address, {"first": first, "last": last})
    assert response.status_code == 200, response.content.decode()[:2000]
    assert f"rounds-BUS-{first}.zip" in response.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        archive.extractall(folder)
    return folder


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_tables_say_what_the_programme_says(story: Driving, tmp_path: Path) -> None:
    monday = next_monday()
    story.held(story.cun, today_and(-9).isoformat())
    story.taken_over(story.proposed(story.line(story.xiang, monday)))
    closure = NewClosure(starts_on=monday - ONE_DAY, ends_on=monday + ONE_DAY, kind="road")
    commands.close_stops(acting_as(story.office), story.programme, [story.cun.pk], closure)
    folder = unpacked(story, monday, monday + 13 * ONE_DAY, tmp_path)
    problem = read_folder(folder)
    cun, xiang = (problem.village_of[code] for code in ("C", "X"))
    assert (cun.visits, cun.unit, cun.least_days, cun.service_minutes) == (1, "week", 2, 120)
    assert (cun.last_visit, xiang.last_visit) == (today_and(-9), None)
    [team] = problem.teams
    assert (team.id, team.home, team.starts_at, team.ends_at, team.skills) == ("T1", "JIA1", 480, 1020, {"03", "20"})
    [closed] = problem.closures
    assert (closed.place, closed.span.start, closed.span.end) == ("C", monday, monday + ONE_DAY)
    assert problem.published is not None
    assert [(each.day, each.village) for each in problem.published.visits] == [(monday, "X")]
    assert problem.published.today == monday
    assert float(problem.travel.minutes[problem.travel.number_of("JIA1"), problem.travel.number_of("X")]) > 20


def test_the_hours_of_stops_are_planned_with(story: Driving, tmp_path: Path) -> None:
    hours = {"opens_at": at("08:30"), "closes_at": at("11:00")}
    commands.change_stop(acting_as(story.office), story.cun, hours, story.cun.version)
    problem = read_folder(unpacked(story, next_monday(), next_monday() + 6 * ONE_DAY, tmp_path))
    opening = {village.id: (village.opens_at, village.closes_at) for village in problem.villages}
    assert opening == {"C": (510, 660), "X": (None, None)}


def test_a_plan_goes_out_to_the_planner_and_comes_back_as_visits(story: Driving, tmp_path: Path) -> None:
    monday = next_monday()
    folder = unpacked(story, monday, monday + 6 * ONE_DAY, tmp_path / "in")
    account = account_of(folder, RoundLimits(seconds=20, steps=1), _silent_stage, lambda _text: None)
    write_account(account, tmp_path / "out")
    office = client_of(story.office)
    with (tmp_path / "out" / "visits.csv").open("rb") as file, (tmp_path / "out" / "missed.csv").open("rb") as missed:
        sent = send(office, "dispatch:round-plan-read", story.programme.pk, file=file, missed=missed)
    assert sent.status_code == 302, sent.content.decode()[:3000]
    plan = RoundPlan.objects.get()
    assert {line["stop"] for line in plan.lines} == {story.xiang.pk, story.cun.pk}
    story.taken_over(plan)
    assert RoundVisit.objects.filter(state="planned", day__range=(monday, monday + 6 * ONE_DAY)).count() == 2


def test_visits_left_open_come_with_their_reason_in_words(story: Driving, tmp_path: Path) -> None:
    monday = next_monday()
    commands.change_stop(acting_as(story.office), story.cun, {"skills": "05"}, story.cun.version)
    folder = unpacked(story, monday, monday + 6 * ONE_DAY, tmp_path / "in")
    account = account_of(folder, RoundLimits(seconds=20, steps=1), _silent_stage, lambda _text: None)
    write_account(account, tmp_path / "out")
    office = client_of(story.office)
    with (tmp_path / "out" / "visits.csv").open("rb") as file, (tmp_path / "out" / "missed.csv").open("rb") as missed:
        send(office, "dispatch:round-plan-read", story.programme.pk, file=file, missed=missed)
    text = words(page_of(office, "dispatch:round-plan", RoundPlan.objects.get().pk))
    assert "no team has the specialties" in text
    assert "东村卫生室" in text


def test_ways_of_the_programme_count_alone(story: Driving, tmp_path: Path) -> None:
    RoundWay.objects.create(programme=story.programme, origin="JIA1", target="X", minutes=44, km="20.00")
    RoundWay.objects.create(programme=story.programme, origin="X", target="C", minutes=15)
    monday = next_monday()
    folder = unpacked(story, monday, monday + 6 * ONE_DAY, tmp_path)
    travel = read_folder(folder).travel
    assert float(travel.minutes[travel.number_of("JIA1"), travel.number_of("C")]) == 59.0
    assert not (folder / "places.csv").exists()


def test_what_cannot_be_planned_is_said_before(story: Driving) -> None:
    office, monday = client_of(story.office), next_monday()
    Institution.objects.filter(code="CUN").update(longitude=None, latitude=None, given_coordinate_system="")
    address = reverse("dispatch:round-plan-folder", args=[story.programme.pk])
    lost = office.get(address, {"first": monday, "last": monday + ONE_DAY})
    assert (lost.status_code, "东村卫生室" in lost.content.decode()) == (422, True)
    wrong = office.get(address, {"first": monday, "last": monday - ONE_DAY})
    assert (wrong.status_code, "Give two days within the programme" in wrong.content.decode()) == (422, True)
    assert "lianyi plan rounds" in page_of(office, "dispatch:round-plan-folder", story.programme.pk)


def test_a_visit_recorded_today_is_not_planned_again_today(story: Driving, tmp_path: Path) -> None:
    story.held(story.xiang, today_and(0).isoformat())
    folder = unpacked(story, today_and(0), today_and(13), tmp_path)
    assert rows_of(folder, "published") == [{"day": str(today_and(0)), "team": "T1", "village": "X", "done": "1"}]
    assert f"today = {today_and(1)}" in (folder / "rules.toml").read_text(encoding="utf-8")
