"""The pages of capability cycles: opened, gathered, moved, planned, reviewed; which specialty next; tables."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from lianyi.errors import InvalidInputError
from lianyi.growth.models import CapabilityCycle, CapabilityGap, Course, GapPlanLine, GapReview, TrainingSession
from lianyi.registry.imports.kinds import table_kind
from tests.cast import Scene, acting_as, actor_for, as_service, day
from tests.dispatch.page_parts import client_of, page_of, queries_for, send, status_of, words
from tests.dispatch.test_imports import load, only_reason, preview_of
from tests.growth.assessments_story import Growing, growing
from tests.growth.cycles_story import BETTER, WEAK, Turning, turning
from tests.growth.test_cycles import at_gaps, at_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def empty(scene: Scene) -> Growing:
    return growing(scene)


@pytest.fixture
def story(empty: Growing) -> Turning:
    return turning(empty)


@pytest.fixture
def office(empty: Growing) -> Client:
    return client_of(empty.scene.office_jia)


def test_a_partnership_without_data_is_told_what_to_do(empty: Growing, office: Client) -> None:
    text = words(page_of(office, "growth:capability-cycles-of", empty.agreement.pk))
    assert "no capability cycle yet" in text
    assert "begin one" in text
    assert "Nothing is known about any specialty here yet" in words(
        page_of(office, "growth:support-next", empty.agreement.pk)
    )
    send(office, "growth:capability-cycle-open", empty.agreement.pk, started_on="2024-01-05", aim="造血")
    row = CapabilityCycle.objects.get()
    text = words(page_of(office, "growth:capability-cycle", row.pk))
    assert "Agree what this cycle is for" in text
    assert "Nothing is planned yet" in text
    assert "造血" in page_of(office, "growth:capability-cycles")


def test_a_cycle_is_played_from_assessment_to_review_on_its_page(story: Turning, office: Client) -> None:
    pk = story.cycle.pk
    send(office, "growth:capability-cycle-step", pk, "assess", day="2024-02-01")
    story.assessed(WEAK, "2024-02-05")
    assert send(office, "growth:capability-cycle-gather", pk).status_code == 302
    assert story.cycle.gaps.count() == 3
    send(office, "growth:capability-cycle-step", pk, "prioritise", day="2024-02-10")
    gap = story.gap("review")
    send(office, "growth:capability-gap-move", gap.pk, place=1, reason="先建制度", expected_version=gap.version)
    text = words(page_of(office, "growth:capability-cycle", pk))
    assert "(the rule gives place 3): 先建制度" in text
    assert "weight of the criterion 100.0 % gives 40.0 points" in text
    send(office, "growth:capability-cycle-step", pk, "plan", day="2024-02-20")
    line = {"kind": "training", "what": "每月质控会", "owner_side": "both", "due_on": "2024-03-31"}
    duty = story.growing.agreement.duties.get()
    assert send(office, "growth:gap-line-new", gap.pk, duty=duty.pk, **line).status_code == 302
    row = GapPlanLine.objects.get()
    send(office, "growth:gap-line-change", row.pk, **{**line, "what": "每周质控会"}, expected_version=row.version)
    row.refresh_from_db()
    assert (row.what, row.duty) == ("每周质控会", None)
    text = words(page_of(office, "growth:capability-cycle", pk))
    assert "late" in text
    done = {"state": "done", "ended_on": "2024-03-20", "note": "已开四次", "expected_version": row.version}
    send(office, "growth:gap-line-end", row.pk, **done)
    assert "已开四次" in page_of(office, "growth:capability-cycle", pk)
    send(office, "growth:capability-cycle-step", pk, "act", day="2024-04-01")
    story.assessed(BETTER, "2024-10-01")
    send(office, "growth:capability-cycle-step", pk, "review", day="2024-11-01")
    assert send(office, "growth:capability-cycle-look-back", pk).status_code == 302
    text = words(page_of(office, "growth:capability-cycle", pk))
    assert "Gaps before and after" in text
    assert "not assessed again" in text
    review = GapReview.objects.get(gap=gap)
    judged = {"goes_on": "no", "expected_version": review.version}
    assert send(office, "growth:capability-gap-judge", gap.pk, **judged).status_code == 422
    assert send(office, "growth:capability-gap-judge", gap.pk, **judged, note="并入医院质控").status_code == 302
    send(office, "growth:capability-cycle-step", pk, "finish", day="2024-11-30")
    send(office, "growth:capability-cycle-open", story.growing.agreement.pk, started_on="2024-12-01")
    follow = CapabilityCycle.objects.get(number=2)
    text = words(page_of(office, "growth:capability-cycle", follow.pk))
    assert "carried over from cycle 1" in text
    assert "review finished" in words(page_of(office, "growth:capability-cycles"))


def test_which_specialty_next_is_told_with_its_reasons_and_its_growth(story: Turning, office: Client) -> None:
    story.assessed(WEAK, "2024-02-01")
    story.assessed(BETTER, "2024-10-01")
    text = words(page_of(office, "growth:support-next", story.growing.agreement.pk))
    assert "Neurosurgery" in text
    assert "items not met in the last assessment: 16.7 points" in text
    assert "33.3 points (17–67)" in text
    assert "work and staff: not visible to you; the office of the institution reads them" in text
    own = client_of(story.growing.scene.office_shan)
    text_of_own = words(page_of(own, "growth:support-next", story.growing.agreement.pk))
    assert "no count of cases names it, or it is small and hidden" in text_of_own
    assert "25.0 % of the items met" in text
    assert "66.7 % of the items met" in text


def test_a_gap_is_written_by_hand(story: Turning, office: Client) -> None:
    story.step("assess")
    sent = {"institution": story.growing.scene.shan.pk, "specialty": "21", "profession": "technician"}
    sent |= {"words_zh": "缺康复治疗师", "priority": 3, "distance": "0.66"}
    assert send(office, "growth:capability-gap-new", story.cycle.pk, **sent).status_code == 302
    gap = CapabilityGap.objects.get()
    assert (gap.origin, gap.priority, gap.distance) == ("by_hand", 1.0, 0.66)


def test_pages_cost_no_more_for_more_gaps_and_nobody_elsewhere_opens_them(story: Turning, office: Client) -> None:
    at_gaps(story)
    page_of(office, "growth:capability-cycle", story.cycle.pk)
    before = queries_for(office, "growth:capability-cycle", story.cycle.pk)
    for at in range(5):
        story.written(f"差距{at}")
    assert queries_for(office, "growth:capability-cycle", story.cycle.pk) == before
    elsewhere = client_of(story.growing.scene.office_lin)
    assert status_of(elsewhere, "growth:capability-cycle", story.cycle.pk) == 404
    assert status_of(elsewhere, "growth:support-next", story.growing.agreement.pk) == 404
    viewer = client_of(actor_for("viewer", story.growing.scene.county.pk, "commission_viewer"))
    assert status_of(viewer, "growth:capability-cycle", story.cycle.pk) == 200
    assert status_of(viewer, "growth:capability-gap-move", story.gap("leader").pk) == 403
    assert "Give it another place" not in page_of(viewer, "growth:capability-cycle", story.cycle.pk)


def test_the_list_exports_where_each_cycle_stands(story: Turning, office: Client) -> None:
    at_review(story)
    response = office.get(reverse("growth:capability-cycles"), {"export": "csv"})
    text = (b"".join(response) if response.streaming else response.content).decode()
    assert "review" in text
    assert "Jia supports Shan" in text
    assert "Jia supports Shan" in page_of(office, "growth:capability-cycles", due="yes")


CYCLES = "agreement_code,cycle,aim,review_due_on\n"
GAPS = "agreement_code,cycle,code,assessment_code,item,institution_code,words_zh,weight,distance,seen_on\n"
LINES = "agreement_code,cycle,gap_code,number,kind,what,owner_side,due_on,duty_code\n"


def test_cycles_gaps_and_plans_come_in_by_tables_and_go_out_again(empty: Growing) -> None:
    story = Turning(empty, CapabilityCycle())
    story.assessed(WEAK, "2024-02-01")
    office = empty.scene.office_jia
    load(acting_as(office), "capability_cycles", f"{CYCLES}GROW,1,造血,2024-12-31\n")
    rows = "GROW,1,G01,A0001,leader,,,,,\nGROW,1,G02,,,SHAN,缺治疗师,3,0.5,2024-02-01\n"
    load(acting_as(office), "capability_gaps", f"{GAPS}{rows}")
    load(acting_as(office), "gap_plan_lines", f"{LINES}GROW,1,G01,1,training,进修,supporting,2024-12-31,D01\n")
    found = {each.code: (each.origin, each.priority, each.distance) for each in CapabilityGap.objects.all()}
    assert found == {"G01": ("item", 1.0, 1.0), "G02": ("by_hand", 1.0, 0.5)}
    assert GapPlanLine.objects.get().duty.code == "D01"  # type: ignore[union-attr]
    for name, count in (("capability_cycles", 1), ("capability_gaps", 2), ("gap_plan_lines", 1)):
        kind = table_kind(name)
        assert kind is not None
        assert len(list(kind.export(office))) == count
        assert list(kind.export(empty.scene.office_lin)) == []


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("capability_cycles", f"{CYCLES}NIX,1,,\n", "not known here"),
        ("capability_gaps", f"{GAPS}GROW,9,G01,A0001,leader,,,,,\n", "not known here"),
        ("capability_gaps", f"{GAPS}GROW,1,G01,A0001,beds,,,,,\n", "is no gap in this assessment"),
        ("capability_gaps", f"{GAPS}GROW,1,G01,,,SHAN,,,,\n", "give the assessment and the item"),
        ("capability_gaps", f"{GAPS}GROW,1,G01,,,JIA1,缺人,3,1,2024-02-01\n", "that the agreement supports"),
        ("gap_plan_lines", f"{LINES}GROW,1,G09,1,training,进修,supporting,2024-12-31,\n", "not known here"),
    ],
)
def test_a_row_that_cannot_be_kept_says_why(story: Turning, kind: str, text: str, said: str) -> None:
    story.assessed(WEAK, "2024-02-01")
    assert said in only_reason(preview_of(story.office, kind, text))


def round_trip(story: Turning, name: str) -> list[dict[str, object]]:
    """Export a kind of table, take its rows away, bring the table in again, and return the export before it."""
    kind = table_kind(name)
    assert kind is not None
    before = [dict(each) for each in kind.export(story.office)]
    columns = [each.name for each in kind.columns]
    lines = [",".join("" if row[key] is None else _cell(row[key]) for key in columns) for row in before]
    return before if not lines else [*before, {"csv": "\n".join((",".join(columns), *lines, ""))}]


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return '"' + str(value).replace('"', '""') + '"'


def test_places_given_by_hand_and_reviews_are_the_same_after_a_round_trip(story: Turning, office: Client) -> None:
    at_review(story)
    story.moved(story.gap("review"), 1, "院方今年先做这一项")
    story.looked_back()
    judged = GapReview.objects.get(gap=story.gap("three"))
    sent = {"goes_on": "no", "note": "并入医院计划", "expected_version": judged.version}
    assert send(office, "growth:capability-gap-judge", judged.gap_id, **sent).status_code == 302
    names = ("capability_gaps", "gap_plan_lines", "gap_reviews")
    before = {name: round_trip(story, name) for name in names}
    for model in (GapReview, GapPlanLine, CapabilityGap):
        model.objects.all().delete()
    for name in names:
        load(as_service(), name, str(before[name][-1]["csv"]))
    assert {name: round_trip(story, name) for name in names} == before
    assert [each.gap.item for each in story.order()] == ["review", "leader", "three"]
    assert story.gap("review").moved_because == "院方今年先做这一项"
    assert "Moved by hand (the rule gives place 3)" in page_of(office, "growth:capability-cycle", story.cycle.pk)
    assert GapReview.objects.get(gap__item="three").note == "并入医院计划"


def test_a_table_says_nothing_of_its_own_about_gaps_that_are_told_by_others(story: Turning) -> None:
    at_review(story)
    story.looked_back()
    told = "agreement_code,cycle,gap_code,reviewed_on,result\nGROW,1,G01,2024-11-01,wider\n"
    assert "told by its assessment" in only_reason(preview_of(story.office, "gap_reviews", told))
    head = "agreement_code,cycle,code,institution_code,words_zh,weight,distance,seen_on,origin,origin_key,figure\n"
    figure = f"{head}GROW,1,G09,SHAN,转出多,3,1,2024-02-01,referred_away,referred_away:x,90\n"
    assert "gathered on the page of the cycle" in only_reason(preview_of(story.office, "capability_gaps", figure))
    moved = "agreement_code,cycle,code,assessment_code,item,moved_to\nGROW,1,G01,A0001,leader,1\n"
    assert "needs its reason" in only_reason(preview_of(story.office, "capability_gaps", moved))


def test_how_far_a_line_is_is_read_from_the_records_that_carry_it_out(story: Turning, office: Client) -> None:
    at_gaps(story)
    story.step("plan", "2024-02-20")
    agreement = story.growing.agreement
    course = Course.objects.create(
        agreement=agreement, organiser=story.growing.scene.jia, code="K1", title_zh="样例课程", kind="taught",
        starts_on=day("2024-03-01"), ends_on=day("2024-04-30"),
    )  # fmt: skip
    line = {"kind": "training", "what": "神经外科课程", "owner_side": "supporting", "due_on": "2024-12-31"}
    gap = story.gap("leader")
    assert "K1 样例课程" in page_of(office, "growth:gap-line-new", gap.pk)
    assert send(office, "growth:gap-line-new", gap.pk, course=course.pk, **line).status_code == 302

    def told() -> str:
        text = words(page_of(office, "growth:capability-cycle", story.cycle.pk))
        return text[text.index("Carried out by") :]

    assert "not begun K1 样例课程 0 of 0 sessions held" in told()
    session = {"agreement": agreement, "course": course, "institution": story.growing.scene.shan, "title": "样例"}
    session |= {"kind": "lesson", "day": day("2024-03-10"), "minutes": 60}
    held = {"state": "held", "held_on": day("2024-03-10"), "held_minutes": 60}
    TrainingSession.objects.create(code="S1", **{**session, **held})
    TrainingSession.objects.create(code="S2", **session)
    assert "begun K1 样例课程 1 of 2 sessions held" in told()
    TrainingSession.objects.filter(code="S2").update(**held)
    assert "delivered K1 样例课程 2 of 2 sessions held" in told()
    assert "all behind it is delivered" in told()
    at = GapPlanLine.objects.get()
    table = f"{LINES.strip()},course_code\nGROW,1,G01,1,training,进修,supporting,2024-12-31,,\n"
    load(acting_as(story.office), "gap_plan_lines", table)
    at.refresh_from_db()
    assert (at.what, at.course) == ("进修", None)


def test_a_line_names_records_of_its_own_partnership_only(story: Turning) -> None:
    at_gaps(story)
    other = story.growing.scene.agreement("OTHER", starts_on="2024-01-01", ends_on="2026-12-31")
    course = Course.objects.create(
        agreement=other, organiser=story.growing.scene.jia, code="K2", title_zh="别处课程", kind="taught",
        starts_on=day("2024-03-01"), ends_on=day("2024-04-30"),
    )  # fmt: skip
    with pytest.raises(InvalidInputError) as refused:
        story.planned(story.gap("leader"), course_id=course.pk)
    assert refused.value.params["reason"] == "gap-line-record-elsewhere"


def test_a_whole_cycle_is_a_paper_to_print_and_a_pdf(story: Turning, office: Client) -> None:
    text = words(page_of(office, "growth:capability-cycle-paper", story.cycle.pk))
    assert "No gap is gathered yet." in text
    assert "Nothing is planned yet." in text
    at_review(story)
    story.moved(story.gap("review"), 1, "院方今年先做这一项")
    story.looked_back()
    text = words(page_of(office, "growth:capability-cycle-paper", story.cycle.pk))
    for said in (
        "神经外科站得住",
        "training: 进修三个月",
        "院方今年先做这一项",
        "100 % → 0 % · closed",
        "not assessed again",
    ):
        assert said in text
    response = office.get(reverse("growth:capability-cycle-pdf", args=[story.cycle.pk]))
    assert response.content.startswith(b"%PDF")
    assert "capability-cycle-GROW-1.pdf" in response.headers["Content-Disposition"]


def test_lists_of_cycles_and_papers_cost_no_more_for_more_of_them(story: Turning, office: Client) -> None:
    at_gaps(story)
    pages = (
        lambda: queries_for(office, "growth:capability-cycles"),
        lambda: queries_for(office, "growth:capability-cycles", due="yes"),
        lambda: queries_for(office, "growth:capability-cycle-paper", story.cycle.pk),
        lambda: queries_for(office, "home"),
    )
    story.planned(story.gap("leader"), due_on=day("2024-04-01"))
    for page in pages:
        page()
    before = [page() for page in pages]
    for number in range(3):
        agreement = story.growing.scene.agreement(f"MORE{number}", starts_on="2024-01-01", ends_on="2034-12-31")
        CapabilityCycle.objects.create(agreement=agreement, number=1, review_due_on=day("2024-12-31"))
        story.planned(story.gap("three"), due_on=day("2024-04-01"), what=f"进修{number}")
    assert [page() for page in pages] == before
