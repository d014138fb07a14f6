"""The list of postings, one posting, its forms: who sees what, what is offered, what a sending does."""

from __future__ import annotations

import datetime
import inspect
import re

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lianyi.accounts.models import ReadEvent
from lianyi.dispatch import board_queries, checks, commands
from lianyi.dispatch.machine import STEPS
from lianyi.dispatch.models import Posting, PostingAbsence, PostingApproval
from lianyi.dispatch.texts import PROBLEM_TEXTS
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Staff
from tests.cast import Scene, acting_as, actor_for, day, make_staff
from tests.dispatch.page_parts import (
    client_of,
    many_postings,
    page_of,
    queries_for,
    send,
    status_of,
    version_in,
    words,
)

WHY = {"reason_code": "illness", "reason": "样例原因"}


def today_and(days: int) -> str:
    return (timezone.localdate() + datetime.timedelta(days=days)).isoformat()


def running_agreement(scene: Scene, **more: object) -> Agreement:
    return scene.agreement("JS-NOW", starts_on=today_and(-200), ends_on=today_and(200), **more)  # type: ignore[arg-type]


def arrived(scene: Scene, staff: Staff | None = None, **more: object) -> Posting:
    agreement = running_agreement(scene)
    row = scene.published(agreement, staff or scene.ding, today_and(-60), today_and(60), **more)
    return scene.step(row, "arrive", today_and(-60))


def test_the_list_shows_the_postings_of_both_parties_and_nothing_to_others(scene: Scene) -> None:
    row = scene.stayed(scene.agreement(), scene.ding, "2024-02-01", "2024-04-30")
    for office in (scene.office_jia, scene.office_shan):
        text = words(page_of(client_of(office), "dispatch:postings"))
        assert row.code in text
        assert "样例丁" in text
    outside = words(page_of(client_of(scene.office_lin), "dispatch:postings"))
    assert "No posting lies within your reach yet." in outside
    assert row.code not in outside


def test_the_list_opens_the_rows_behind_a_figure(scene: Scene) -> None:
    agreement = scene.agreement()
    one = scene.stayed(agreement, scene.ding, "2024-02-01", "2024-04-30")
    two = scene.stayed(agreement, scene.an, "2024-02-01", "2024-04-30")
    text = words(page_of(client_of(scene.office_jia), "dispatch:postings", ids=str(two.pk)))
    assert two.code in text
    assert one.code not in text


@pytest.mark.parametrize(("overdue", "seen"), [("arrival", "样例甲"), ("end", "样例丁")])
def test_the_list_finds_facts_that_nobody_recorded(scene: Scene, overdue: str, seen: str) -> None:
    agreement = running_agreement(scene)
    scene.published(agreement, scene.an, today_and(-5), today_and(30))
    late = scene.published(agreement, scene.ding, today_and(-60), today_and(-2))
    scene.step(late, "arrive", today_and(-60))
    text = words(page_of(client_of(scene.office_jia), "dispatch:postings", overdue=overdue))
    assert [name for name in ("样例甲", "样例丁") if name in text] == [seen]


def test_the_list_is_exported_with_values(scene: Scene) -> None:
    row = scene.stayed(scene.agreement(), scene.ding, "2024-02-01", "2024-04-30")
    response = client_of(scene.office_jia).get(reverse("dispatch:postings"), {"export": "csv"})
    text = b"".join(response).decode("utf-8-sig") if response.streaming else response.content.decode("utf-8-sig")
    header, line = text.strip().splitlines()[:2]
    assert header.replace('"', "").startswith("Number,Person,Kind,State,From,To")
    assert line.replace('"', "").startswith(f"{row.code},样例丁,")
    assert "2024-02-01" in line


def test_the_list_costs_the_same_for_30_and_for_300_postings(scene: Scene) -> None:
    agreement = scene.agreement()
    client = client_of(scene.office_jia)
    many_postings(scene, agreement, 30)
    few = queries_for(client, "dispatch:postings")
    many_postings(scene, agreement, 300)
    assert queries_for(client, "dispatch:postings") == few


def test_every_page_about_a_posting_is_closed_to_an_outsider_with_the_same_role(scene: Scene) -> None:
    row = arrived(scene)
    absence = commands.add_absence(
        acting_as(scene.office_jia), row, day(today_and(-10)), day(today_and(-9)), "home_leave"
    )
    client = client_of(scene.office_lin)
    pages = [
        ("dispatch:posting", row.pk),
        ("dispatch:line-change", row.pk),
        ("dispatch:step", row.pk, "end"),
        ("dispatch:replace", row.pk),
        ("dispatch:answer", row.pk, "home_hospital"),
        ("dispatch:absence-add", row.pk),
        ("dispatch:absence-void", absence.pk),
        ("dispatch:person", row.staff_id),
        ("dispatch:certificate", row.pk),
        ("dispatch:certificate-pdf", row.pk),
        ("dispatch:plan", row.agreement_id),
        ("dispatch:line-new", row.agreement_id),
        ("dispatch:batch-new", row.agreement_id),
        ("dispatch:rules", row.agreement_id),
        ("dispatch:evidence", row.agreement.duties.get().pk, "2024-01-01"),
    ]
    assert {page: status_of(client, *page) for page in pages} == dict.fromkeys(pages, 404)


def test_nothing_opens_without_signing_in(client: Client) -> None:
    response = client.get(reverse("dispatch:board"))
    assert response.status_code == 302
    assert response["Location"].startswith("/login/")


def test_a_posting_shows_its_facts_history_and_days_served(scene: Scene) -> None:
    row = scene.stayed(scene.agreement(), scene.ding, "2024-02-01", "2024-02-10")
    commands.add_absence(acting_as(scene.office_jia), row, day("2024-02-03"), day("2024-02-04"), "training")
    text = words(page_of(client_of(scene.office_jia), "dispatch:posting", row.pk))
    assert "Days served 8 10 calendar days less 2 away" in text
    assert "2024-02-03 2024-02-04 training" in text
    for word in ("Line written", "Publish", "Arrived", "End of the posting"):
        assert word in text
    assert ReadEvent.objects.filter(object_id=row.pk, page="dispatch:posting").count() == 1


def test_hand_over_is_told_in_days_that_both_were_there(scene: Scene) -> None:
    agreement = scene.agreement()
    before = scene.stayed(agreement, scene.ding, "2024-02-01", "2024-04-10")
    after = scene.stayed(agreement, scene.an, "2024-04-08", "2024-05-31", predecessor_id=before.pk)
    client = client_of(scene.office_jia)
    assert f"Takes over from {before.code} 样例丁 both there for 3 days" in words(
        page_of(client, "dispatch:posting", after.pk)
    )
    assert f"Handed on to {after.code} 样例甲 both there for 3 days" in words(
        page_of(client, "dispatch:posting", before.pk)
    )


def fields_of(step: str) -> dict[str, str]:
    fields = {"day": today_and(0), **WHY, "text": "样例文字", "ends_on": today_and(90)}
    return fields if step != "cancel" else {**fields, "day": today_and(0)}


@pytest.mark.parametrize("state", ["draft", "planned", "travelling", "on_site", "ended", "handed_over", "appraised"])
@pytest.mark.parametrize("side", ["jia", "shan", "viewer"])
def test_the_steps_offered_are_exactly_those_that_succeed(scene: Scene, state: str, side: str) -> None:
    row = _in_state(scene, state)
    viewer = actor_for("viewer", scene.county.pk, "commission_viewer")
    actor = {"jia": scene.office_jia, "shan": scene.office_shan, "viewer": viewer}[side]
    client = client_of(actor)
    html = page_of(client, "dispatch:posting", row.pk)
    offered = {step.name for step in STEPS if reverse("dispatch:step", args=[row.pk, step.name]) in html}
    succeeding = set()
    for step in STEPS:
        if _would_succeed(client, row, step.name):
            succeeding.add(step.name)
    assert offered == succeeding


def _would_succeed(client: Client, row: Posting, step: str) -> bool:
    with transaction.atomic():
        send(client, "dispatch:step", row.pk, step, expected_version=row.version, **fields_of(step))
        has_moved = Posting.objects.get(pk=row.pk).version != row.version
        transaction.set_rollback(True)
    return has_moved


def _in_state(scene: Scene, state: str) -> Posting:
    agreement = running_agreement(scene)
    if state == "draft":
        return scene.draft(agreement, scene.ding, today_and(-60), today_and(60))
    # A posting ends on its planned day; who left before it returned early.
    has_left = state in ("ended", "handed_over", "appraised")
    row = scene.published(agreement, scene.ding, today_and(-60), today_and(-30 if has_left else 60))
    way = {
        "planned": [],
        "travelling": ["depart"],
        "on_site": ["arrive"],
        "ended": ["arrive", "end"],
        "handed_over": ["arrive", "end", "hand_over"],
        "appraised": ["arrive", "end", "appraise"],
    }[state]
    for step in way:
        more = {"text": "样例文字"} if step in ("hand_over", "appraise") else {}
        row = scene.step(row, step, today_and(-30 if step != "arrive" else -60), **more)
    return row


def test_a_step_sent_twice_with_one_key_is_done_once(scene: Scene) -> None:
    agreement = running_agreement(scene)
    row = scene.published(agreement, scene.ding, today_and(-60), today_and(60))
    client = client_of(scene.office_jia)
    for _time in range(2):
        response = send(
            client, "dispatch:step", row.pk, "arrive", key="one-key", expected_version=row.version, day=today_and(-59)
        )
        assert response.status_code == 302
    row.refresh_from_db()
    assert (row.state, row.arrived_on) == ("on_site", day(today_and(-59)))
    assert row.events.filter(step="arrive").count() == 1


def test_two_people_who_save_the_same_line_get_the_conflict_page(scene: Scene) -> None:
    row = scene.draft(running_agreement(scene), scene.ding, today_and(10), today_and(60))
    client = client_of(scene.office_jia)
    seen = version_in(page_of(client, "dispatch:line-change", row.pk))
    commands.change_posting(acting_as(scene.office_jia), row, {"tasks": "他人的任务"}, row.version)
    fields = {
        "kind": "team",
        "to_institution": "SHAN",
        "starts_on": today_and(10),
        "ends_on": today_and(60),
        "tasks": "我的任务",
    }
    response = send(client, "dispatch:line-change", row.pk, expected_version=seen, **fields)
    assert response.status_code == 409
    text = words(response.content.decode())
    assert "他人的任务" in text
    assert "我的任务" in text
    row.refresh_from_db()
    assert row.tasks == "他人的任务"


def test_a_step_says_on_the_form_what_is_wrong(scene: Scene) -> None:
    row = arrived(scene)
    client = client_of(scene.office_jia)
    response = send(client, "dispatch:step", row.pk, "end", expected_version=row.version, day=today_and(1))
    assert response.status_code == 422
    assert "This day is in the future." in response.content.decode()
    response = send(client, "dispatch:step", row.pk, "end", expected_version=row.version, day=today_and(-61))
    assert "before the arrival" in response.content.decode()
    response = send(client, "dispatch:step", row.pk, "return_early", expected_version=row.version, day=today_and(0))
    assert response.status_code == 422
    row.refresh_from_db()
    assert row.state == "on_site"


def test_publishing_is_no_step_of_its_own_page(scene: Scene) -> None:
    row = scene.draft(running_agreement(scene), scene.ding, today_and(10), today_and(60))
    response = send(client_of(scene.office_jia), "dispatch:step", row.pk, "publish", day=today_and(0))
    assert response.status_code == 422
    row.refresh_from_db()
    assert row.state == "draft"


def test_a_line_is_written_with_what_the_form_says(scene: Scene) -> None:
    agreement = running_agreement(scene)
    client = client_of(scene.office_jia)
    page_of(client, "dispatch:line-new", agreement.pk)
    fields = {
        "code": "P900",
        "kind": "team",
        "staff": "JIA1/D1",
        "to_institution": "SHAN",
        "to_department": "EM",
        "starts_on": today_and(10),
        "ends_on": today_and(60),
    }
    for _time in range(2):
        response = send(client, "dispatch:line-new", agreement.pk, key="line", **fields)
        assert response.status_code == 302, response.content.decode()
    row = agreement.postings.get(code="P900")
    assert (row.staff, row.to_institution, row.to_department) == (scene.ding, scene.shan, scene.shan_emergency)
    assert (row.specialty, row.state) == ("04.02", "draft")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"staff": "JIA1/ZZ"}, "There is no person “JIA1/ZZ” within your reach."),
        ({"to_institution": "NOWHERE"}, "There is no institution with the code “NOWHERE”."),
        ({"to_institution": "LIN"}, "This institution is not within your reach."),
        ({"to_department": "XX"}, "has no department “XX”. Accepted: EM."),
        ({"ends_on": "2020-01-01"}, "Correct one of the dates."),
        ({"predecessor": "P0"}, "The agreement has no posting with the number “P0”."),
    ],
)
def test_a_line_that_cannot_be_is_refused_beside_its_field(scene: Scene, changed: dict[str, str], said: str) -> None:
    agreement = running_agreement(scene)
    fields = {
        "code": "P900",
        "kind": "team",
        "staff": "JIA1/D1",
        "to_institution": "SHAN",
        "starts_on": today_and(10),
        "ends_on": today_and(60),
        **changed,
    }
    response = send(client_of(scene.office_jia), "dispatch:line-new", agreement.pk, **fields)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert agreement.postings.count() == 0


def test_a_drop_out_is_replaced_in_one_form(scene: Scene) -> None:
    row = arrived(scene)
    client = client_of(scene.office_jia)
    html = page_of(client, "dispatch:replace", row.pk)
    fields = {
        "expected_version": version_in(html),
        "staff": "JIA1/A1",
        "from_day": today_and(0),
        "code": "P901",
        **WHY,
    }
    response = send(client, "dispatch:replace", row.pk, **fields)
    successor = Posting.objects.get(code="P901")
    assert response["Location"] == reverse("dispatch:posting", args=[successor.pk])
    row.refresh_from_db()
    assert (row.state, row.left_on) == ("returned_early", day(today_and(-1)))
    assert (successor.staff, successor.state, successor.predecessor) == (scene.an, "planned", row)
    assert (successor.starts_on, successor.ends_on) == (day(today_and(0)), row.ends_on)


def test_a_replacement_that_is_booked_elsewhere_is_refused_in_words_and_changes_nothing(scene: Scene) -> None:
    row = arrived(scene)
    other = scene.published(row.agreement, scene.an, today_and(-5), today_and(30))
    fields = {"expected_version": row.version, "staff": "JIA1/A1", "from_day": today_and(0), "code": "P901", **WHY}
    response = send(client_of(scene.office_jia), "dispatch:replace", row.pk, **fields)
    assert response.status_code == 422
    assert f"The person is sent elsewhere by posting {other.code}" in response.content.decode()
    row.refresh_from_db()
    assert (row.state, Posting.objects.filter(code="P901").count()) == ("on_site", 0)


def test_an_absence_is_noted_and_taken_back_with_a_reason(scene: Scene) -> None:
    row = arrived(scene)
    client = client_of(scene.office_shan)
    fields = {"kind": "home_leave", "starts_on": today_and(-10), "ends_on": today_and(-8)}
    assert send(client, "dispatch:absence-add", row.pk, **fields).status_code == 302
    absence = PostingAbsence.objects.get(posting=row)
    assert (absence.starts_on, absence.ends_on) == (day(today_and(-10)), day(today_and(-8)))
    assert send(client, "dispatch:absence-void", absence.pk, expected_version=1, reason="").status_code == 422
    assert send(client, "dispatch:absence-void", absence.pk, expected_version=1, reason="记错人").status_code == 302
    absence.refresh_from_db()
    assert absence.is_void is True


def test_an_absence_outside_the_stay_is_refused_with_the_days_of_the_stay(scene: Scene) -> None:
    row = arrived(scene)
    fields = {"kind": "sick", "starts_on": today_and(-90), "ends_on": today_and(-80)}
    response = send(client_of(scene.office_jia), "dispatch:absence-add", row.pk, **fields)
    assert response.status_code == 422
    assert f"within the stay: {row.arrived_on} to {row.ends_on}" in response.content.decode()
    assert PostingAbsence.objects.count() == 0


def test_approvals_wait_for_the_side_that_is_asked_and_for_nobody_else(scene: Scene) -> None:
    agreement = running_agreement(scene, approvals=("home_department", "receiving_unit"))
    row = scene.draft(agreement, scene.an, today_and(10), today_and(60))
    head = actor_for("head", scene.jia.pk, "department_head", scene.emergency.pk)
    other_head = actor_for("other-head", scene.jia.pk, "department_head", scene.neurosurgery.pk)
    waiting = {
        name: [(found.pk, found.side) for found in board_queries.waiting_for(actor)]
        for name, actor in (
            ("head", head),
            ("other", other_head),
            ("shan", scene.office_shan),
            ("jia", scene.office_jia),
            ("lin", scene.office_lin),
        )
    }
    assert waiting == {
        "head": [(row.pk, "home_department")],
        "other": [],
        "shan": [(row.pk, "receiving_unit")],
        "jia": [],
        "lin": [],
    }


def test_several_lines_are_approved_with_one_press(scene: Scene) -> None:
    agreement = running_agreement(scene, approvals=("receiving_unit",))
    people = [make_staff(scene.jia, f"X{number}", f"样例{number}") for number in range(4)]
    rows = [scene.draft(agreement, person, today_and(10), today_and(60)) for person in people]
    client = client_of(scene.office_shan)
    assert "Approve all 4 lines" in page_of(client, "dispatch:approvals")
    send(client, "dispatch:approvals", ids=[f"{rows[0].pk}:receiving_unit"])
    assert PostingApproval.objects.values_list("posting_id", flat=True).get() == rows[0].pk
    send(client, "dispatch:approvals", all="1")
    assert PostingApproval.objects.filter(answer="approved").count() == 4
    assert "No posting waits for your answer." in page_of(client, "dispatch:approvals")


def test_a_refusal_needs_a_reason_and_stands_at_the_posting(scene: Scene) -> None:
    agreement = running_agreement(scene, approvals=("receiving_unit",))
    row = scene.draft(agreement, scene.ding, today_and(10), today_and(60))
    client = client_of(scene.office_shan)
    assert send(client, "dispatch:answer", row.pk, "receiving_unit", answer="no", reason="").status_code == 422
    response = send(client, "dispatch:answer", row.pk, "receiving_unit", answer="no", reason="时间不合适")
    assert response.status_code == 302
    text = words(page_of(client, "dispatch:posting", row.pk))
    assert "receiving unit: refused" in text
    assert "时间不合适" in text
    assert "The approval was refused: receiving unit." in text


def test_every_problem_of_publication_has_its_words() -> None:
    source = inspect.getsource(checks)
    codes = set(re.findall(r'PublicationProblem\([\w.]+, "([a-z-]+)"', source))
    assert codes == set(PROBLEM_TEXTS)


def test_who_is_on_site_is_told_with_absences_beside_the_name(scene: Scene) -> None:
    row = arrived(scene)
    scene.step(scene.published(row.agreement, scene.an, today_and(-20), today_and(20)), "arrive", today_and(-20))
    commands.add_absence(acting_as(scene.office_jia), row, day(today_and(-1)), day(today_and(1)), "home_leave")
    text = words(page_of(client_of(scene.office_jia), "dispatch:on-site"))
    assert "2 persons on site 1 institution 2 General hospital at 1 institution" in text
    assert f"样例丁 home leave {today_and(-1)} – {today_and(1)}" in text
    assert "样例甲 present" in text
    earlier = words(page_of(client_of(scene.office_jia), "dispatch:on-site", day=today_and(-40)))
    assert "样例丁 present" in earlier
    assert "样例甲" not in earlier


def test_on_site_costs_the_same_for_30_and_for_300_postings(scene: Scene) -> None:
    agreement = scene.agreement()
    client = client_of(scene.office_jia)
    many_postings(scene, agreement, 30)
    few = queries_for(client, "dispatch:on-site", day="2024-02-10")
    many_postings(scene, agreement, 300)
    assert queries_for(client, "dispatch:on-site", day="2024-02-10") == few


def test_lookups_suggest_only_what_lies_within_reach(scene: Scene) -> None:
    agreement = scene.agreement()
    assert agreement.code in page_of(client_of(scene.office_jia), "dispatch:agreement-suggestions", agreement="JS")
    assert agreement.code not in page_of(client_of(scene.office_lin), "dispatch:agreement-suggestions", agreement="JS")
    assert "JIA1/D1" in page_of(client_of(scene.office_jia), "dispatch:staff-suggestions", staff="丁")
    assert "JIA1/D1" not in page_of(client_of(scene.office_shan), "dispatch:staff-suggestions", staff="丁")
