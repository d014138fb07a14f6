"""The pages of rounds: lists, programme, week, frequency, plans, route sheets, the record on a phone."""

from __future__ import annotations

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from lianyi.dispatch.models import RoundClosure, RoundPlan, RoundProgramme, RoundStop, RoundVisit
from tests.cast import Scene, actor_for, day
from tests.dispatch.needs_story import today_and
from tests.dispatch.page_parts import client_of, page_of, queries_for, send, status_of, version_in, words
from tests.dispatch.rounds_story import Driving, driving, next_monday

ONE_DAY = datetime.timedelta(days=1)


@pytest.fixture
def story(scene: Scene) -> Driving:
    return driving(scene)


@pytest.fixture
def office(story: Driving) -> Client:
    return client_of(story.office)


def test_a_programme_is_written_and_gets_a_team_and_a_stop(story: Driving, office: Client) -> None:
    response = send(
        office,
        "dispatch:round-programme-new",
        agreement=story.agreement.pk,
        code="WALK",
        name_zh="样例行走的医生",
        kind="walking_doctor",
        starts_on=story.agreement.starts_on,
        ends_on=story.agreement.ends_on,
        rule="mobile-medicine-2024/village-rounds",
        required_visits=1,
        period="week",
        least_days_between=1,
    )
    row = RoundProgramme.objects.get(code="WALK")
    assert response.url == reverse("dispatch:round-programme", args=[row.pk])
    crew = {
        "team": story.bus.team_id,
        "start": "JIA1",
        "weekdays": ["2", "4"],
        "day_starts_at": "08:00",
        "day_ends_at": "16:00",
        "break_minutes": 0,
        "most_nights": 0,
        "skills": "03, 20",
    }
    assert send(office, "dispatch:round-crew-new", row.pk, **crew).status_code == 302
    wrong = send(office, "dispatch:round-stop-new", row.pk, code="C", service_minutes=60)
    assert (wrong.status_code, "Give an institution or a place" in wrong.content.decode()) == (422, True)
    assert send(office, "dispatch:round-stop-new", row.pk, code="C", institution="CUN", service_minutes=60).url
    assert send(office, "dispatch:round-stop-new", row.pk, code="S", place="512000", service_minutes=60).url
    assert sorted(row.stops.values_list("code", "institution__code")) == [("C", "CUN"), ("S", None)]
    text = words(page_of(office, "dispatch:round-programme", row.pk))
    assert "1 visit in every week" in text
    assert "Tuesday, Thursday" in text
    assert "0 % of the visits required were made" in text
    assert "WALK" in page_of(office, "dispatch:rounds", kind="walking_doctor")


def test_programme_stop_and_team_are_changed_with_the_version_that_was_seen(story: Driving, office: Client) -> None:
    page = page_of(office, "dispatch:round-stop-change", story.cun.pk)
    change = {"service_minutes": 45, "weekdays": ["1", "3"], "expected_version": version_in(page)}
    assert send(office, "dispatch:round-stop-change", story.cun.pk, **change).status_code == 302
    assert send(office, "dispatch:round-stop-change", story.cun.pk, **change).status_code == 409
    assert RoundStop.objects.values_list("service_minutes", "weekdays").get(code="C") == (45, "13")
    page = page_of(office, "dispatch:round-crew-change", story.bus.pk)
    crew = {"start": "SHAN", "weekdays": ["1"], "day_starts_at": "08:00", "day_ends_at": "16:00"}
    crew |= {"break_minutes": 30, "break_from": "12:00", "most_nights": 2, "expected_version": version_in(page)}
    assert send(office, "dispatch:round-crew-change", story.bus.pk, **crew).status_code == 302
    story.bus.refresh_from_db()
    assert (story.bus.start.code, story.bus.break_minutes, story.bus.most_nights) == ("SHAN", 30, 2)
    page = page_of(office, "dispatch:round-programme-change", story.programme.pk)
    facts = {"name_zh": "新名", "kind": "mobile_hospital", "starts_on": story.programme.starts_on}
    facts |= {"ends_on": story.programme.ends_on, "required_visits": 2, "period": "quarter", "least_days_between": 7}
    send(office, "dispatch:round-programme-change", story.programme.pk, expected_version=version_in(page), **facts)
    story.programme.refresh_from_db()
    assert (story.programme.required_visits, story.programme.period) == (2, "quarter")


def test_stops_are_closed_and_opened_again_from_the_programme(story: Driving, office: Client) -> None:
    monday = next_monday()
    send(
        office,
        "dispatch:round-close",
        story.programme.pk,
        stops=[story.cun.pk, story.xiang.pk],
        starts_on=monday,
        ends_on=monday,
        kind="weather",
        reason="大雪",
    )
    assert RoundClosure.objects.filter(is_void=False).count() == 2
    assert "大雪" in page_of(office, "dispatch:round-programme", story.programme.pk)
    assert "Cannot be reached in this week" in page_of(
        office, "dispatch:round-week", story.programme.pk, day=monday.isoformat()
    )
    row = RoundClosure.objects.earliest("pk")
    send(office, "dispatch:round-closure-take-back", row.pk)
    row.refresh_from_db()
    assert row.is_void


def test_a_visit_is_planned_recorded_corrected_and_shown(story: Driving, office: Client) -> None:
    visit = story.planned(story.cun, today_and(-1))
    assert "1 planned visit is over and not recorded" in words(
        page_of(office, "dispatch:round-programme", story.programme.pk)
    )
    page = page_of(office, "dispatch:round-visit-record", visit.pk)
    said = {"state": "done", "held_on": today_and(-1), "people_seen": 12, "count_consultation": 11, "note": "带足药"}
    sent = send(office, "dispatch:round-visit-record", visit.pk, expected_version=version_in(page), **said)
    assert sent.url == reverse("dispatch:round-sheet", args=[story.bus.pk, today_and(-1).isoformat()])
    text = words(page_of(office, "dispatch:round-visit", visit.pk))
    assert "people seen 12" in text.lower()
    assert "consultations 11" in text
    assert "Visit recorded" in text
    version = RoundVisit.objects.get(pk=visit.pk).version
    missed = {"state": "missed", "reason_code": "road", "reason": "塌方", "expected_version": version}
    refused = send(office, "dispatch:round-visit-record", visit.pk, **missed)
    assert (refused.status_code, "This field is required" in refused.content.decode()) == (422, True)
    send(office, "dispatch:round-visit-record", visit.pk, correction="记错了村", **missed)
    frequency = words(page_of(office, "dispatch:round-frequency", story.programme.pk))
    assert "road closed – 塌方" in frequency
    assert "never yet" in frequency


def test_a_visit_by_hand_and_one_that_no_plan_had(story: Driving, office: Client) -> None:
    monday = next_monday()
    wanted = {"stop": story.cun.pk, "crew": story.bus.pk, "day": monday, "arrives_at": "09:00", "departs_at": "11:00"}
    sent = send(office, "dispatch:round-visit-plan", story.programme.pk, **wanted)
    assert sent.url.endswith(f"?day={monday}")
    again = send(office, "dispatch:round-visit-plan", story.programme.pk, **wanted)
    assert (again.status_code, "twice on this day" in again.content.decode()) == (422, True)
    visit = RoundVisit.objects.get()
    assert send(office, "dispatch:round-visit-withdraw", visit.pk, reason="集市").status_code == 302
    made = {"stop": story.xiang.pk, "crew": story.bus.pk, "state": "done", "held_on": today_and(0), "people_seen": 3}
    assert send(office, "dispatch:round-visit-unplanned", story.programme.pk, **made).status_code == 302
    assert RoundVisit.objects.get(stop=story.xiang).was_planned is False
    assert "was not planned" in page_of(office, "dispatch:round-visit", RoundVisit.objects.get(stop=story.xiang).pk)


def test_whoever_only_watches_reads_a_small_count_of_people_as_small(story: Driving, office: Client) -> None:
    visit = story.held(story.cun, today_and(-2).isoformat(), people_seen=3, services={"consultation": 12, "test": 2})
    watching = client_of(actor_for("commission", story.scene.county.pk, "commission_viewer"))
    own, seen = (words(page_of(client, "dispatch:round-visit", visit.pk)) for client in (office, watching))
    assert [each in own for each in ("People seen 3", "consultations 12", "tests and imaging 2")] == [True, True, True]
    assert [
        each in seen for each in ("People seen fewer than 5", "consultations 12", "tests and imaging fewer than 5")
    ] == [True] * 3
    for name, *place in (("dispatch:round-stop", story.cun.pk), ("dispatch:round-visits",)):
        assert "fewer than 5" in page_of(watching, name, *place)
        assert "fewer than 5" not in page_of(office, name, *place)
    files = [client.get(reverse("dispatch:round-visits"), {"export": "csv"}) for client in (office, watching)]
    cells = [b"".join(file.streaming_content) if file.streaming else file.content for file in files]
    assert [b"fewer than 5" in each for each in cells] == [False, True]


def test_a_plan_is_read_looked_at_and_taken_over(story: Driving, office: Client) -> None:
    monday = next_monday()
    rows = f"day,team_code,stop_code,position,arrives_at,departs_at\n{monday},T1,X,1,09:00,11:00\n"
    bad = SimpleUploadedFile("visits.csv", rows.replace("T1", "T8").encode())
    refused = send(office, "dispatch:round-plan-read", story.programme.pk, file=bad)
    assert (refused.status_code, "team_code T8" in refused.content.decode()) == (422, True)
    closed = SimpleUploadedFile("visits.csv", rows.replace(str(monday), str(monday - ONE_DAY)).encode())
    refused = send(office, "dispatch:round-plan-read", story.programme.pk, file=closed)
    assert "The weekday does not suit" in refused.content.decode()
    good = SimpleUploadedFile("visits.csv", rows.encode())
    send(office, "dispatch:round-plan-read", story.programme.pk, file=good)
    plan = RoundPlan.objects.get()
    text = words(page_of(office, "dispatch:round-plan", plan.pk))
    assert "1 is new" in text
    assert "Take the plan over" in text
    assert send(office, "dispatch:round-plan-take-over", plan.pk, expected_version=plan.version).status_code == 302
    assert RoundVisit.objects.get().day == monday
    assert "taken over" in page_of(office, "dispatch:round-plans", story.programme.pk)
    assert "09:00" in page_of(office, "dispatch:round-week", story.programme.pk, day=monday.isoformat())


def test_a_plan_is_put_aside_from_its_page(story: Driving, office: Client) -> None:
    plan = story.proposed(story.line(story.cun, next_monday()))
    send(office, "dispatch:round-plan-put-aside", plan.pk, expected_version=plan.version)
    assert RoundPlan.objects.get().state == "put_aside"
    assert "Take the plan over" not in page_of(office, "dispatch:round-plan", plan.pk)


def test_the_route_sheet_says_times_notes_and_leaves_room_and_comes_as_pdf(story: Driving, office: Client) -> None:
    monday = next_monday()
    story.held(story.cun, today_and(-2).isoformat(), note="村口桥窄")
    story.taken_over(story.proposed(story.line(story.xiang, monday), story.line(story.cun, monday, 2, "13:00")))
    text = words(page_of(office, "dispatch:round-sheet", story.bus.pk, monday.isoformat()))
    assert "1. 东乡卫生院" in text
    assert "2. 东村卫生室" in text
    assert "13:00" in text
    assert "村口桥窄" in text
    assert "Real arrival" in text
    assert "08:00–17:00" in text
    response = office.get(reverse("dispatch:round-sheet-pdf", args=[story.bus.pk, monday.isoformat()]))
    assert (response.status_code, response.content[:5]) == (200, b"%PDF-")
    assert f"route-T1-{monday}.pdf" in response.headers["Content-Disposition"]
    empty = words(page_of(office, "dispatch:round-sheet", story.bus.pk, "2024-01-01"))
    assert "Nothing is planned for this team on this day." in empty
    assert status_of(office, "dispatch:round-sheet", story.bus.pk, "someday") == 422


def test_a_duty_leads_to_the_visits_behind_its_figure(scene: Scene) -> None:
    story = driving(scene, "2024-01-01", "2024-12-31")
    duty = scene.duty(story.agreement, "D09", "rounds_held", "2", "round", "month")
    story.held(story.cun, "2024-03-04", people_seen=9)
    office = client_of(story.office)
    page = page_of(office, "partnerships:duty", duty.pk)
    address = reverse("dispatch:round-evidence", args=[duty.pk, "2024-03-01"])
    assert address in page
    text = words(office.get(address).content.decode())
    assert "1 visits made" in text
    assert "东村卫生室" in text
    assert status_of(office, "dispatch:round-evidence", duty.pk, "2024-03-02") == 404


def test_the_home_page_tells_of_visits_without_a_record_and_plans_to_look_at(story: Driving, office: Client) -> None:
    story.planned(story.cun, today_and(-1))
    story.proposed(story.line(story.xiang, next_monday()))
    text = page_of(office, "home")
    assert "Visit of a round is over and not recorded" in text
    assert "Plan of rounds waits to be taken over" in text
    assert "东村卫生室" in page_of(office, "dispatch:round-visits", unrecorded="yes")
    assert "东村卫生室" not in page_of(office, "dispatch:round-visits", state="done")


def test_more_stops_and_visits_cost_no_more_queries(story: Driving, office: Client) -> None:
    pages = [
        ("dispatch:rounds",),
        ("dispatch:round-programme", story.programme.pk),
        ("dispatch:round-week", story.programme.pk),
        ("dispatch:round-frequency", story.programme.pk),
        ("dispatch:round-visits",),
    ]
    story.planned(story.cun, today_and(-1))
    before = [queries_for(office, *each) for each in pages]
    for number in range(5):
        stop = story.stop(f"N{number}", story.scene.xiang)
        for back in (1, 2, 40):
            story.planned(stop, today_and(-back))
    assert [queries_for(office, *each) for each in pages] == before
    assert max(before) <= 30


def test_the_outsider_sees_no_page_and_the_partner_reads_but_does_not_plan(story: Driving) -> None:
    visit = story.planned(story.cun, today_and(3))
    lin, shan = client_of(story.scene.office_lin), client_of(story.scene.office_shan)
    assert status_of(lin, "dispatch:round-programme", story.programme.pk) == 404
    assert status_of(lin, "dispatch:round-visit", visit.pk) == 404
    assert "样例流动医院" not in page_of(lin, "dispatch:rounds")
    assert "Sample mobile hospital" in page_of(shan, "dispatch:rounds")
    assert day("2024-01-01") < visit.day
