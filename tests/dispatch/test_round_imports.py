"""Tables of rounds in and out: programmes, teams, stops, ways, visits, closures."""

from __future__ import annotations

import pytest

from lianyi.dispatch.models import RoundClosure, RoundProgramme, RoundStop, RoundVisit, RoundWay
from lianyi.dispatch.rounds_imports import services_in
from lianyi.registry.imports import running
from lianyi.registry.imports.exporting import export_table
from lianyi.registry.imports.kinds import RowAction
from tests.cast import Scene, acting_as
from tests.dispatch.needs_story import today_and
from tests.dispatch.rounds_story import Driving, at, driving, next_monday
from tests.dispatch.test_imports import load, only_reason, preview_of

VISITS = "programme_code,day,team_code,stop_code,arrives_at,departs_at,state,held_on,reason_code,people_seen,services\n"
TABLES = ("round_programmes", "round_crews", "round_stops", "round_ways", "round_visits", "round_closures")


@pytest.fixture
def story(scene: Scene) -> Driving:
    return driving(scene)


def test_a_programme_with_its_team_stops_and_ways_comes_in_by_tables(story: Driving) -> None:
    context = acting_as(story.office)
    start, end = story.programme.starts_on, story.programme.ends_on
    head = "agreement_code,code,name_zh,kind,starts_on,ends_on,required_visits,period,rule\n"
    rule = "mobile-medicine-2024/village-rounds"
    load(context, "round_programmes", f"{head}JS-NOW,WALK,样例行走,walking_doctor,{start},{end},1,week,{rule}\n")
    crews = "programme_code,team_code,start_code,weekdays,day_starts_at,day_ends_at,break_minutes,break_from,skills\n"
    load(acting_as(story.office), "round_crews", f"{crews}WALK,T1,JIA1,135,8:30,17:00,30,12:00,03\n")
    stops = "programme_code,code,institution_code,place_code,service_minutes,opens_at,offers_night\n"
    load(acting_as(story.office), "round_stops", f"{stops}WALK,A,CUN,,60,09:30,yes\nWALK,B,,512000,45,,\n")
    ways = "programme_code,origin,target,minutes,km\n"
    load(acting_as(story.office), "round_ways", f"{ways}WALK,JIA1,A,35,18.5\nWALK,A,B,20,\n")
    row = RoundProgramme.objects.get(code="WALK")
    crew, (first, second) = row.crews.get(), row.stops.order_by("code")
    assert (row.period, row.rule, crew.day_starts_at, crew.weekdays, crew.break_from) == (
        *("week", rule, at("08:30"), "135"),
        at("12:00"),
    )
    assert (first.place, first.opens_at, first.offers_night) == (story.scene.county, at("09:30"), True)
    assert (second.institution, second.place) == (None, story.scene.county)
    assert [(way.origin, way.target, way.minutes) for way in RoundWay.objects.order_by("pk")] == [
        ("JIA1", "A", 35),
        ("A", "B", 20),
    ]


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        (
            "round_programmes",
            (
                "agreement_code,code,name_zh,kind,starts_on,ends_on,required_visits,period,rule\n"
                "JS-NOW,WALK,样例,walking_doctor,2026-01-01,2026-12-31,1,month,mobile-medicine-2024/village-rounds\n"
            ),
            "The rule asks for 1 in every week",
        ),
        (
            "round_crews",
            "programme_code,team_code,start_code,day_starts_at,day_ends_at\nBUS,T9,JIA1,08:00,17:00\n",
            "“T9” is not known",
        ),
        (
            "round_crews",
            "programme_code,team_code,start_code,day_starts_at,day_ends_at\nBUS,T1,JIA1,early,17:00\n",
            "“early” is no time of day",
        ),
        ("round_stops", "programme_code,code,service_minutes\nBUS,Z,60\n", "names neither an institution nor a place"),
        ("round_ways", "programme_code,origin,target,minutes\nBUS,X,MOON,20\n", "“MOON” is no stop"),
        (
            "round_closures",
            "programme_code,stop_code,starts_on,ends_on,kind\nBUS,X,2026-02-02,2026-02-01,road\n",
            "2026-02-01 is before 2026-02-02",
        ),
        ("round_visits", f"{VISITS}BUS,2026-03-02,T1,X,,,missed,,,,\n", "Say why the visit was missed"),
        ("round_visits", f"{VISITS}BUS,2026-03-02,T1,X,,,done,2026-03-02,,12,many\n", "“many” is no list of services"),
        ("round_visits", f"{VISITS}BUS,2019-03-04,T1,X,,,planned,,,,\n", "The day lies outside the programme"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_reason(story: Driving, kind: str, text: str, said: str) -> None:
    assert said in only_reason(preview_of(story.office, kind, text))


def test_visits_come_in_with_counts_and_a_line_of_history_and_recorded_ones_stay(story: Driving) -> None:
    day = today_and(-3)
    text = f"{VISITS}BUS,{day},T1,X,09:00,11:00,done,{day},,21,consultation=20; referred=1\n"
    load(acting_as(story.office), "round_visits", text)
    visit = RoundVisit.objects.get()
    assert (visit.people_seen, visit.services, visit.was_planned) == (21, {"consultation": 20, "referred": 1}, True)
    assert [event.step for event in visit.events.all()] == ["import"]
    changed = preview_of(story.office, "round_visits", text.replace(",21,", ",22,"))
    assert "is on record" in only_reason(changed)
    again = preview_of(story.office, "round_visits", text)
    assert again.counts[RowAction.UNCHANGED] == 1


def test_an_export_reads_back_as_unchanged(story: Driving) -> None:
    monday = next_monday()
    story.taken_over(story.proposed(story.line(story.xiang, monday)))
    story.held(story.cun, today_and(-4).isoformat(), people_seen=8, services={"test": 3})
    RoundWay.objects.create(programme=story.programme, origin="JIA1", target="X", minutes=30, km="18.50")
    RoundClosure.objects.create(stop=story.cun, starts_on=monday, ends_on=monday, kind="road", reason="修路")
    for kind in TABLES:
        content = export_table(story.office, kind, "xlsx", "zh-hans")
        preview = running.preview_table(story.office, kind, content, f"{kind}.xlsx", "zh-hans")
        assert len(preview.plans) == preview.counts[RowAction.UNCHANGED] > 0, kind


def test_somebody_elses_programme_is_unknown_to_an_outsider(story: Driving) -> None:
    text = f"programme_code,code,place_code,service_minutes\nBUS,Z,{story.scene.county.code},60\n"
    assert "“BUS” is not known" in only_reason(preview_of(story.scene.office_lin, "round_stops", text))
    assert RoundStop.objects.count() == 2


def test_services_are_read_from_their_list() -> None:
    assert services_in("") == {}
    assert services_in("consultation = 3；test=0") == {"consultation": 3, "test": 0}
    assert services_in("consultation=few") is None
