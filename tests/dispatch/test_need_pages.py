"""The pages of needs: list, form, one need with its steps, what waits at home; and the table of needs."""

from __future__ import annotations

import pytest
from django.urls import reverse

from lianyi.accounts.models import AuditEvent
from lianyi.dispatch.models import Need, NeedEvent, Posting
from lianyi.pages.home import home_items
from lianyi.registry.imports.exporting import export_table
from tests.cast import Scene, acting_as, actor_for
from tests.dispatch.needs_story import Needing, needing, today_and
from tests.dispatch.page_parts import client_of, page_of, queries_for, send, version_in, words
from tests.dispatch.test_imports import load, only_reason, preview_of

HEADER = (
    "institution_code,code,department_code,specialty,profession,least_title_rank,people,number_unknown,starts_on,"
    "ends_on,least_term_months,reason_code,reason,priority,provenance\n"
)


@pytest.fixture
def story(scene: Scene) -> Needing:
    return needing(scene)


def form_facts(**more: object) -> dict[str, object]:
    facts: dict[str, object] = {
        "institution": "SHAN",
        "department": "EM",
        "specialty": "20",
        "profession": "doctor",
        "least_title_rank": "intermediate",
        "people": "2",
        "starts_on": today_and(0).isoformat(),
        "ends_on": today_and(300).isoformat(),
        "least_term_months": "6",
        "reason_code": "too_few",
        "reason": "夜班排不开",
        "priority": "1",
    }
    return {name: value for name, value in {**facts, **more}.items() if value != ""}


def test_a_need_is_written_submitted_approved_and_opened_on_the_pages(story: Needing) -> None:
    office, chief = client_of(story.scene.office_shan), client_of(story.chief_shan)
    assert "No need is on record within your reach." in page_of(office, "dispatch:needs")
    answer = send(office, "dispatch:need-new", **form_facts())
    row = Need.objects.get()
    assert answer["Location"] == row.get_absolute_url()
    assert (row.department, row.people, row.priority) == (story.scene.shan_emergency, 2, 1)
    html = words(page_of(office, "dispatch:need", row.pk))
    assert "Emergency medicine · Licensed doctor · Intermediate or higher" in html
    assert send(office, "dispatch:need-step", row.pk, "submit", expected_version=1).status_code == 302
    html = words(page_of(office, "dispatch:need", row.pk))
    assert "somebody else approves it" in html
    assert "Approve the need" not in html
    assert "Approve the need" in words(page_of(chief, "dispatch:need", row.pk))
    assert send(chief, "dispatch:need-step", row.pk, "approve", expected_version=2).status_code == 302
    shown = page_of(office, "dispatch:need-step", row.pk, "open")
    facts = {"expected_version": version_in(shown), "agreement": str(story.agreement.pk)}
    assert send(office, "dispatch:need-step", row.pk, "open", **facts).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.agreement) == ("open", story.agreement)
    line = client_of(story.scene.office_jia)
    assert f'<option value="{row.pk}">N0001 · 山县人民医院' in page_of(line, "dispatch:line-new", story.agreement.pk)


def test_the_form_names_the_own_institution_and_a_planner_of_a_region_chooses_one(story: Needing) -> None:
    assert 'value="SHAN"' in page_of(client_of(story.scene.office_shan), "dispatch:need-new")
    planner = actor_for("planner", story.scene.county.pk, "dispatch_planner")
    assert 'value="SHAN"' not in page_of(client_of(planner), "dispatch:need-new")


def test_a_number_is_given_or_said_to_be_unknown_but_never_left_out(story: Needing) -> None:
    office = client_of(story.scene.office_shan)
    answer = send(office, "dispatch:need-new", **form_facts(people=""))
    assert (answer.status_code, "Give a number, or tick" in answer.content.decode()) == (422, True)
    answer = send(office, "dispatch:need-new", **form_facts(number_unknown="on"))
    assert "not both" in answer.content.decode()
    assert send(office, "dispatch:need-new", **form_facts(people="", number_unknown="on")).status_code == 302
    assert Need.objects.get().people is None
    assert "number unknown" in page_of(office, "dispatch:needs")


def test_a_need_for_an_institution_of_others_or_a_department_that_is_not_there_is_refused(story: Needing) -> None:
    office = client_of(story.scene.office_shan)
    assert "does not cover" in send(office, "dispatch:need-new", **form_facts(institution="JIA1")).content.decode()
    assert "Accepted: EM" in send(office, "dispatch:need-new", **form_facts(department="XX")).content.decode()
    assert Need.objects.count() == 0


def test_a_draft_is_changed_on_its_page(story: Needing) -> None:
    office, row = client_of(story.scene.office_shan), story.written()
    shown = page_of(office, "dispatch:need-change", row.pk)
    facts = form_facts(people="4", expected_version=version_in(shown))
    assert send(office, "dispatch:need-change", row.pk, **facts).status_code == 302
    row.refresh_from_db()
    assert row.people == 4


def test_the_list_is_narrowed_sorted_and_taken_along(story: Needing) -> None:
    office = client_of(story.scene.office_shan)
    story.written(priority=4)
    story.opened(people=None, specialty="03")
    html = page_of(office, "dispatch:needs", standing="open")
    assert ("N0002" in html, "N0001" in html) == (True, False)
    for query in ({"specialty": "20"}, {"priority": "4"}, {"institution": "SHAN", "standing": "draft"}):
        assert "N0002" not in page_of(office, "dispatch:needs", **query), query
    for sort in ("asks", "-wanted", "standing", "-priority", "wanted_days", "people", "filled", "origin"):
        assert "N0001" in page_of(office, "dispatch:needs", sort=sort)
    text = office.get(reverse("dispatch:needs"), {"export": "csv"}).content.decode()
    assert "number unknown" in text
    assert "急诊只有两名医师" in text


def test_the_list_costs_the_same_number_of_queries_however_long_it_is(story: Needing) -> None:
    office = client_of(story.scene.office_shan)
    story.written()
    few = queries_for(office, "dispatch:needs")
    for _more in range(5):
        story.written()
    assert queries_for(office, "dispatch:needs") == few


def test_needs_wait_at_home_for_those_who_can_move_them_on(story: Needing) -> None:
    def texts(actor: object) -> list[str]:
        return [item.text for item in home_items(actor) if "eed" in item.text]  # type: ignore[arg-type]

    row = story.step(story.written(), "submit")
    assert texts(story.chief_shan) == ["Need waits for your approval"]
    assert texts(story.scene.office_shan) == []
    assert texts(story.scene.office_lin) == []
    story.step(row, "approve", story.chief_shan)
    assert texts(story.scene.office_shan) == ["Approved need waits to be opened for help"]


def test_a_posting_and_its_need_show_one_another(story: Needing) -> None:
    row = story.opened()
    posting = story.published(row, story.scene.an)
    client = client_of(story.scene.office_jia)
    assert row.get_absolute_url() in page_of(client, "dispatch:posting", posting.pk)
    html = page_of(client, "dispatch:need", row.pk)
    assert reverse("dispatch:posting", args=[posting.pk]) in html
    assert "partly filled" in html


def test_who_writes_no_needs_gets_no_form(story: Needing) -> None:
    viewer = client_of(actor_for("viewer", story.scene.county.pk, "commission_viewer"))
    for name in ("dispatch:need-new", "dispatch:need-proposals"):
        assert viewer.get(reverse(name)).status_code == 403
    row = story.written()
    assert viewer.get(reverse("dispatch:need", args=[row.pk])).status_code == 200
    assert viewer.get(reverse("dispatch:need-step", args=[row.pk, "submit"])).status_code == 403


# The table


def test_needs_come_in_as_drafts_of_whoever_loads_them_and_go_out_unchanged(story: Needing) -> None:
    text = HEADER + (
        "SHAN,A1,EM,20,doctor,intermediate,2,,2027-01-01,2027-06-30,6,too_few,夜班排不开,1,recorded\n"
        "SHAN,A2,,,nurse,,,yes,2027-01-01,2027-06-30,,other,样例,,recorded\n"
    )
    run = load(acting_as(story.scene.office_shan), "needs", text)
    assert (run.rows_created, run.rows_refused) == (2, 0)
    first, second = Need.objects.order_by("code")
    assert (first.department, first.people, first.priority, second.people, second.state) == (
        story.scene.shan_emergency,
        2,
        1,
        None,
        "draft",
    )
    assert list(NeedEvent.objects.order_by().values_list("step", "user_id").distinct()) == [
        ("draft", story.scene.office_shan.user_id)
    ]
    assert AuditEvent.objects.filter(action="dispatch.need.import").count() == 2
    written = export_table(story.scene.office_shan, "needs", "csv", "en")
    again = preview_of(story.scene.office_shan, "needs", written.decode("utf-8-sig"))
    assert {plan.action.value for plan in again.plans} == {"unchanged"}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("SHAN,A1,,20,doctor,,,,,,,,,,\n", "number_unknown"),
        ("SHAN,A1,,20,doctor,,2,yes,,,,,,,\n", "not both"),
        ("SHAN,A1,XX,20,doctor,,2,,,,,,,,\n", "XX"),
        ("SHAN,A1,,20,doctor,,2,,2027-02-01,2027-01-01,,,,,\n", "2027-01-01"),
        ("JIA1,A1,,20,doctor,,2,,,,,,,,\n", "JIA1"),
    ],
)
def test_a_row_that_says_no_need_is_refused_with_its_reason(story: Needing, row: str, why: str) -> None:
    assert why in only_reason(preview_of(story.scene.office_shan, "needs", HEADER + row))


def test_a_table_changes_drafts_only(story: Needing) -> None:
    row = story.step(story.written(), "submit")
    text = HEADER + f"SHAN,{row.code},,20,doctor,,5,,,,,,,,\n"
    assert "no draft any more" in only_reason(preview_of(story.scene.office_shan, "needs", text))


def test_a_table_of_postings_names_the_need_that_each_line_fills(story: Needing) -> None:
    row = story.opened()
    header = (
        "agreement_code,code,kind,staff_institution_code,staff_code,to_institution_code,need_code,starts_on,ends_on\n"
    )
    days = f"{today_and(10)},{today_and(150)}"
    load(acting_as(story.scene.office_jia), "postings", header + f"JS-NOW,Q1,team,JIA1,A1,SHAN,{row.code},{days}\n")
    assert Posting.objects.get(code="Q1").need == row
    text = header + f"JS-NOW,Q2,team,JIA1,C1,SHAN,N0099,{days}\n"
    assert "N0099" in only_reason(preview_of(story.scene.office_jia, "postings", text))
