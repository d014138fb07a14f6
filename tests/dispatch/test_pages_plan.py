"""The plan of an agreement: lines with their problems, publication and recording of very many at once."""

from __future__ import annotations

import datetime
import time

import pytest
from django.urls import reverse
from django.utils import timezone

from lianyi.accounts.models import AuditEvent
from lianyi.dispatch import commands
from lianyi.dispatch.models import Batch, Posting, PostingEvent, PostingState
from lianyi.partnerships.models import Agreement
from lianyi.registry.commands import NewUnavailability, add_unavailability
from lianyi.registry.models import Staff
from tests.cast import Scene, acting_as, actor_for, as_service, day, make_institution, make_staff
from tests.dispatch.page_parts import client_of, page_of, queries_for, send, words

VILLAGES = 514
BATCHES = 5


def today_and(days: int) -> str:
    return (timezone.localdate() + datetime.timedelta(days=days)).isoformat()


def running_agreement(scene: Scene) -> Agreement:
    return scene.agreement("JS-NOW", starts_on=today_and(-200), ends_on=today_and(200))


def plan_villages(scene: Scene, agreement: Agreement, lines: int = VILLAGES) -> list[Posting]:
    """Write a plan of first village doctors in five batches, as an import leaves it."""
    sites = [make_institution(f"CUN{at}", f"样例村{at}卫生室", "village_clinic", scene.county) for at in range(20)]
    batches = [
        commands.create_batch(
            acting_as(scene.office_jia), agreement, commands.NewBatch(number, day(today_and(-30)), day(today_and(150)))
        )
        for number in range(1, BATCHES + 1)
    ]
    people = Staff.objects.bulk_create(
        Staff(institution=scene.jia, code=f"V{at}", name_zh=f"样例{at}", profession="doctor", title_rank="intermediate")
        for at in range(lines)
    )
    return Posting.objects.bulk_create(
        Posting(
            agreement=agreement,
            code=f"V{at:04d}",
            kind="first_village_doctor",
            staff=person,
            from_institution=scene.jia,
            to_institution=sites[at % len(sites)],
            batch=batches[at % BATCHES],
            specialty="02",
            starts_on=day(today_and(-30)),
            ends_on=day(today_and(150)),
        )
        for at, person in enumerate(people)
    )


def test_514_lines_are_published_with_one_press_and_one_drop_out_is_replaced(scene: Scene) -> None:
    agreement = running_agreement(scene)
    rows = plan_villages(scene, agreement)
    client = client_of(scene.office_jia)
    html = page_of(client, "dispatch:plan", agreement.pk)
    assert "Publish all 514 lines without problems" in html
    began = time.monotonic()
    response = send(client, "dispatch:publish", agreement.pk, all="1")
    assert time.monotonic() - began < 10
    assert response["Location"] == reverse("dispatch:plan", args=[agreement.pk])
    assert agreement.postings.filter(state="planned").count() == VILLAGES
    assert PostingEvent.objects.filter(step="publish").count() == VILLAGES
    assert "514 lines are published." in words(page_of(client, "dispatch:plan", agreement.pk))
    spare = make_staff(scene.jia, "SPARE", "样例替补")
    fields = {
        "expected_version": 2,
        "staff": "JIA1/SPARE",
        "from_day": today_and(0),
        "code": "V9999",
        "reason_code": "illness",
        "reason": "样例原因",
    }
    assert send(client, "dispatch:replace", rows[7].pk, **fields).status_code == 302
    successor = agreement.postings.get(code="V9999")
    assert (successor.staff, successor.batch_id, successor.to_institution_id) == (
        spare,
        rows[7].batch_id,
        rows[7].to_institution_id,
    )


def test_a_batch_arrives_together_except_who_is_ticked(scene: Scene) -> None:
    agreement = running_agreement(scene)
    rows = plan_villages(scene, agreement, 25)
    client = client_of(scene.office_jia)
    send(client, "dispatch:publish", agreement.pk, all="1")
    batch = Batch.objects.get(number=1)
    html = page_of(client, "dispatch:batch-record", batch.pk, "arrive")
    assert "It will be recorded for 5 persons of this batch." in html
    for _time in range(2):
        response = send(
            client,
            "dispatch:batch-record",
            batch.pk,
            "arrive",
            key="batch",
            day=today_and(-28),
            excepted=[str(rows[0].pk)],
        )
        assert response.status_code == 302
    states = dict(Posting.objects.filter(batch=batch).values_list("pk", "state"))
    assert states.pop(rows[0].pk) == "planned"
    assert set(states.values()) == {"on_site"}
    assert PostingEvent.objects.filter(step="arrive").count() == 4
    assert set(Posting.objects.filter(state="on_site").values_list("arrived_on", flat=True)) == {day(today_and(-28))}


def test_a_batch_does_not_arrive_in_the_future(scene: Scene) -> None:
    agreement = running_agreement(scene)
    plan_villages(scene, agreement, 5)
    client = client_of(scene.office_jia)
    send(client, "dispatch:publish", agreement.pk, all="1")
    batch = Batch.objects.get(number=1)
    response = send(client, "dispatch:batch-record", batch.pk, "arrive", day=today_and(1))
    assert response.status_code == 422
    assert not Posting.objects.filter(state="on_site").exists()


def test_only_shared_facts_are_recorded_for_a_batch(scene: Scene) -> None:
    agreement = running_agreement(scene)
    plan_villages(scene, agreement, 5)
    batch = Batch.objects.get(number=1)
    response = client_of(scene.office_jia).get(reverse("dispatch:batch-record", args=[batch.pk, "cancel"]))
    assert response.status_code == 422


def test_publishing_twice_with_one_key_is_done_once(scene: Scene) -> None:
    agreement = running_agreement(scene)
    plan_villages(scene, agreement, 10)
    client = client_of(scene.office_jia)
    for _time in range(2):
        assert send(client, "dispatch:publish", agreement.pk, key="publish", all="1").status_code == 302
    assert AuditEvent.objects.filter(action="dispatch.posting.publish").count() == 10


def test_lines_with_problems_say_which_and_are_left_out(scene: Scene) -> None:
    agreement = running_agreement(scene)
    good = scene.draft(agreement, scene.an, today_and(10), today_and(60))
    away = scene.draft(agreement, scene.ding, today_and(10), today_and(60))
    add_unavailability(as_service(), scene.ding, NewUnavailability(day(today_and(20)), day(today_and(25)), "leave"))
    client = client_of(scene.office_jia)
    text = words(page_of(client, "dispatch:plan", agreement.pk))
    assert f"The person cannot be sent from {today_and(20)} to {today_and(25)} (leave or training)." in text
    assert "Publish 1 line without problems" in text
    send(client, "dispatch:publish", agreement.pk, all="1")
    states = {row.pk: row.state for row in Posting.objects.all()}
    assert states == {good.pk: PostingState.PLANNED, away.pk: PostingState.DRAFT}


def test_a_ticked_line_with_a_problem_stops_the_whole_publication(scene: Scene) -> None:
    agreement = running_agreement(scene)
    good = scene.draft(agreement, scene.an, today_and(10), today_and(60))
    bad = scene.draft(agreement, scene.an, today_and(50), today_and(80), to=scene.xiang)
    client = client_of(scene.office_jia)
    response = send(client, "dispatch:publish", agreement.pk, ids=[good.pk, bad.pk])
    assert response.status_code == 302
    text = words(page_of(client, "dispatch:plan", agreement.pk))
    assert "Nothing was published: some lines have problems." in text
    assert f"The person is sent elsewhere by posting {bad.code}" in text
    assert not Posting.objects.filter(state="planned").exists()


def test_publishing_nothing_says_so(scene: Scene) -> None:
    agreement = running_agreement(scene)
    scene.draft(agreement, scene.an, today_and(10), today_and(60))
    client = client_of(scene.office_jia)
    send(client, "dispatch:publish", agreement.pk)
    assert "No line was chosen." in words(page_of(client, "dispatch:plan", agreement.pk))


def test_all_means_all_that_the_filter_leaves(scene: Scene) -> None:
    agreement = running_agreement(scene)
    plan_villages(scene, agreement, 25)
    batch = Batch.objects.get(number=2)
    client = client_of(scene.office_jia)
    html = page_of(client, "dispatch:plan", agreement.pk, batch=str(batch.pk))
    assert "Publish all 5 lines without problems" in html
    assert f'<input type="hidden" name="batch" value="{batch.pk}">' in html
    send(client, "dispatch:publish", agreement.pk, all="1", batch=str(batch.pk))
    assert set(Posting.objects.filter(state="planned").values_list("batch_id", flat=True)) == {batch.pk}


def test_who_may_not_decide_is_not_offered_to_publish(scene: Scene) -> None:
    agreement = running_agreement(scene)
    scene.draft(agreement, scene.an, today_and(10), today_and(60))
    planner = actor_for("planner", scene.jia.pk, "dispatch_planner")
    html = page_of(client_of(planner), "dispatch:plan", agreement.pk)
    assert 'id="publish"' not in html
    assert "New line" in html
    assert send(client_of(planner), "dispatch:publish", agreement.pk, all="1").status_code == 403


def test_the_plan_counts_lines_of_each_batch(scene: Scene) -> None:
    agreement = running_agreement(scene)
    plan_villages(scene, agreement, 12)
    send(client_of(scene.office_jia), "dispatch:publish", agreement.pk, all="1", batch=Batch.objects.get(number=1).pk)
    text = words(page_of(client_of(scene.office_shan), "dispatch:plan", agreement.pk))
    assert f"Batch 1 {today_and(-30)} – {today_and(150)} 3 0 0" in text
    assert f"Batch 2 {today_and(-30)} – {today_and(150)} 3 3 0" in text


def test_a_batch_is_planned_on_its_form(scene: Scene) -> None:
    agreement = running_agreement(scene)
    client = client_of(scene.office_jia)
    fields = {"number": 1, "name_zh": "首批", "starts_on": today_and(0), "ends_on": today_and(30)}
    assert send(client, "dispatch:batch-new", agreement.pk, **fields).status_code == 302
    assert Batch.objects.get().name_zh == "首批"
    fields = {**fields, "number": 2, "ends_on": today_and(-30)}
    assert send(client, "dispatch:batch-new", agreement.pk, **fields).status_code == 422


@pytest.mark.parametrize("sort", ["code", "-staff", "to_institution", "batch", "starts_on"])
def test_the_plan_sorts_by_its_columns(scene: Scene, sort: str) -> None:
    agreement = running_agreement(scene)
    plan_villages(scene, agreement, 12)
    scene.draft(agreement, scene.an, today_and(10), today_and(60))
    assert "V0003" in page_of(client_of(scene.office_jia), "dispatch:plan", agreement.pk, sort=sort)


def test_the_plan_costs_the_same_for_30_and_for_300_lines(scene: Scene) -> None:
    small, large = (
        running_agreement(scene),
        scene.agreement("JS-BIG", starts_on=today_and(-200), ends_on=today_and(200)),
    )
    client = client_of(scene.office_jia)
    plan_villages(scene, small, 30)
    few = queries_for(client, "dispatch:plan", small.pk)
    Batch.objects.filter(agreement=small).update(agreement=large)
    Posting.objects.filter(agreement=small).update(agreement=large)
    more = Staff.objects.bulk_create(
        Staff(institution=scene.jia, code=f"W{at}", name_zh=f"样例{at}", profession="doctor", title_rank="none")
        for at in range(270)
    )
    Posting.objects.bulk_create(
        Posting(
            agreement=large,
            code=f"W{at}",
            kind="team",
            staff=person,
            from_institution=scene.jia,
            to_institution=scene.shan,
            starts_on=day(today_and(0)),
            ends_on=day(today_and(10)),
        )
        for at, person in enumerate(more)
    )
    assert queries_for(client, "dispatch:plan", large.pk) == few
