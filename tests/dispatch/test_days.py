"""Days that can be: extensions, arrivals, ends, corrections, people who are still elsewhere, cover at home, titles."""

from __future__ import annotations

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from lianyi.accounts.errors import NotPermittedError
from lianyi.dispatch import commands, queries
from lianyi.dispatch.certificate_words import Issue, paper_of
from lianyi.dispatch.certificates import certificate_of
from lianyi.dispatch.checks import publication_problems
from lianyi.dispatch.errors import PostingDatesError, PublicationRefusedError, StepRefusedError
from lianyi.dispatch.models import Posting
from lianyi.errors import InvalidInputError
from lianyi.partnerships import promises
from lianyi.registry.commands import NewUnavailability, add_unavailability
from lianyi.registry.models import Staff
from tests.cast import Scene, acting_as, actor_for, as_service, day
from tests.dispatch.page_parts import client_of, page_of, send, version_in, words
from tests.dispatch.test_imports import HEADER, line, load

WHY = {"reason": "仍需要", "reason_code": "need_continues"}


def problems_of(*postings: Posting) -> list[tuple[str, dict[str, object]]]:
    rows = Posting.objects.select_related("agreement", "staff", "from_institution", "to_institution", "from_department")
    found = publication_problems(rows.filter(pk__in=[row.pk for row in postings]))
    return [(problem.code, dict(problem.params)) for problem in found]


def codes(*postings: Posting) -> list[str]:
    return [code for code, _params in problems_of(*postings)]


def on_site(scene: Scene, starts_on: str = "2024-03-01", ends_on: str = "2024-05-31") -> Posting:
    row = scene.published(scene.agreement(), scene.ding, starts_on, ends_on)
    return scene.step(row, "arrive", starts_on)


def extended(scene: Scene, row: Posting, ends_on: str) -> list[str]:
    """Extend, and return why it was refused."""
    try:
        scene.step(row, "extend", "2024-05-20", ends_on=day(ends_on), **WHY)
    except PublicationRefusedError as error:
        return [problem.code for problem in error.params["problems"]]  # type: ignore[attr-defined]
    return []


def test_an_extension_does_not_book_somebody_twice_or_beyond_the_term(scene: Scene) -> None:
    row = scene.published(scene.agreement(), scene.ding, "2024-03-01", "2024-05-31")
    scene.published(row.agreement, scene.ding, "2024-07-01", "2024-08-31", to=scene.xiang)
    scene.step(row, "arrive", "2024-03-01")
    assert extended(scene, row, "2024-07-15") == ["double-booking"]
    assert extended(scene, row, "2030-12-31") == ["double-booking", "outside-term"]
    row.refresh_from_db()
    assert (row.state, row.ends_on) == ("on_site", day("2024-05-31"))
    assert extended(scene, row, "2024-06-30") == []
    assert row.ends_on == day("2024-06-30")


def test_an_extension_looks_at_leave_in_the_days_it_adds_only(scene: Scene) -> None:
    row = on_site(scene)
    for first, last in (("2024-04-01", "2024-04-05"), ("2024-07-01", "2024-07-05")):
        add_unavailability(as_service(), scene.ding, NewUnavailability(day(first), day(last), "leave"))
    assert extended(scene, row, "2024-07-10") == ["unavailable"]
    assert extended(scene, row, "2024-06-30") == []


def test_an_extension_needs_no_new_approvals(scene: Scene) -> None:
    agreement = scene.agreement(approvals=("receiving_unit",))
    row = scene.draft(agreement, scene.ding, "2024-03-01", "2024-05-31")
    commands.answer_posting(acting_as(scene.office_shan), row, "receiving_unit", approves=True)
    commands.publish_postings(acting_as(scene.office_jia), agreement, [row.pk])
    row.refresh_from_db()
    scene.step(row, "arrive", "2024-03-01")
    assert extended(scene, row, "2024-06-30") == []


@pytest.mark.parametrize("given", ["1990-03-01", "2024-01-29", "2024-06-01"])
def test_an_arrival_fits_the_plan_and_the_agreement(scene: Scene, given: str) -> None:
    row = scene.published(scene.agreement(), scene.ding, "2024-03-01", "2024-05-31")
    with pytest.raises(PostingDatesError, match="from 2024-01-30 to 2024-05-31"):
        scene.step(row, "arrive", given)
    assert Posting.objects.get(pk=row.pk).state == "planned"


def test_nobody_arrives_before_the_agreement(scene: Scene) -> None:
    row = scene.published(scene.agreement(), scene.ding, "2024-01-10", "2024-05-31")
    with pytest.raises(PostingDatesError, match="from 2024-01-01 to"):
        scene.step(row, "arrive", "2023-12-31")
    scene.step(row, "arrive", "2024-01-01")
    assert row.arrived_on == day("2024-01-01")


def test_an_imported_arrival_that_cannot_be_keeps_the_line_a_draft(scene: Scene) -> None:
    agreement = scene.agreement()
    row = line("Q1", "A1", "2024-03-01", "2024-06-10", came="1990-03-01")
    load(acting_as(scene.office_jia), "postings", HEADER + row)
    assert problems_of(agreement.postings.get()) == [("arrival-misplaced", {"given": "1990-03-01"})]


def test_recorded_days_are_corrected_with_a_reason_and_the_former_stay_in_the_record(scene: Scene) -> None:
    row = scene.stayed(scene.agreement(), scene.ding, "2024-03-01", "2024-05-31")
    days = (day("2024-03-04"), day("2024-06-02"))
    with pytest.raises(InvalidInputError, match="reason in words"):
        commands.correct_stay(acting_as(scene.office_jia), row, *days, row.version)
    commands.correct_stay(acting_as(scene.office_jia, "单据日期有误"), row, *days, row.version)
    assert (row.state, row.arrived_on, row.left_on) == ("ended", *days)
    event = row.events.get(step="correct")
    assert event.before == {"arrived_on": "2024-03-01", "left_on": "2024-05-31"}
    assert event.after == {"arrived_on": "2024-03-04", "left_on": "2024-06-02"}
    assert event.reason == "单据日期有误"
    assert certificate_of(row, day("2026-01-01")).calendar_days == 91


def test_a_correction_invents_no_day_and_leaves_nothing_outside(scene: Scene) -> None:
    row = scene.stayed(scene.agreement(), scene.ding, "2024-03-01", "2024-05-31")
    other = scene.stayed(row.agreement, scene.ding, "2024-06-10", "2024-07-31", to=scene.xiang)
    commands.add_absence(acting_as(scene.office_jia), row, day("2024-05-20"), day("2024-05-25"), "sick")

    def correct(arrived_on: str, left_on: str | None) -> None:
        last = None if left_on is None else day(left_on)
        commands.correct_stay(acting_as(scene.office_jia, "记错"), row, day(arrived_on), last, row.version)

    with pytest.raises(PostingDatesError, match="Take it back first"):
        correct("2024-03-01", "2024-05-22")
    with pytest.raises(PublicationRefusedError) as refused:
        correct("2024-03-01", "2024-06-10")
    assert [problem.params["other"] for problem in refused.value.params["problems"]] == [other.code]  # type: ignore[attr-defined]
    with pytest.raises(PostingDatesError, match="does not fit"):
        correct("1990-03-01", "2024-05-31")
    with pytest.raises(PostingDatesError, match="in the future"):
        correct("2024-03-01", "2099-05-31")
    with pytest.raises(StepRefusedError, match="Only days that are recorded"):
        correct("2024-03-01", None)
    planned = scene.published(row.agreement, scene.an, "2024-03-01", "2024-05-31")
    context = acting_as(scene.office_jia, "记错")
    with pytest.raises(StepRefusedError, match="Only days that are recorded"):
        commands.correct_stay(context, planned, day("2024-03-01"), None, planned.version)


def test_who_only_writes_does_not_correct(scene: Scene) -> None:
    row = on_site(scene)
    planner = actor_for("planner", scene.jia.pk, "dispatch_planner")
    with pytest.raises(NotPermittedError):
        commands.correct_stay(acting_as(planner, "记错"), row, day("2024-03-02"), None, row.version)


def test_days_are_corrected_on_their_form(scene: Scene) -> None:
    row = on_site(scene)
    client = client_of(scene.office_jia)
    assert reverse("dispatch:correct-days", args=[row.pk]) in page_of(client, "dispatch:posting", row.pk)
    html = page_of(client, "dispatch:correct-days", row.pk)
    assert "left_on" not in html
    fields = {"expected_version": version_in(html), "arrived_on": "2024-03-03", "reason": "记错"}
    assert send(client, "dispatch:correct-days", row.pk, **{**fields, "arrived_on": "1990-01-01"}).status_code == 422
    assert send(client, "dispatch:correct-days", row.pk, **fields).status_code == 302
    row.refresh_from_db()
    assert row.arrived_on == day("2024-03-03")
    assert "Days corrected" in words(page_of(client, "dispatch:posting", row.pk))


def test_a_stay_without_an_end_keeps_the_person_from_the_next_place(scene: Scene) -> None:
    first = on_site(scene)
    after = scene.draft(first.agreement, scene.ding, "2024-07-01", "2024-08-31", to=scene.xiang)
    assert problems_of(after) == [
        ("stay-open", {"other": first.code, "institution": "山县人民医院", "planned": "2024-05-31"})
    ]
    scene.step(first, "end", "2024-05-31")
    assert codes(after) == []


def test_nobody_arrives_while_recorded_elsewhere(scene: Scene) -> None:
    today = timezone.localdate()
    ends_on = (today + datetime.timedelta(days=10)).isoformat()
    starts_on = (today + datetime.timedelta(days=11)).isoformat()
    agreement = scene.agreement(starts_on="2026-01-01", ends_on="2099-12-31")
    first = scene.published(agreement, scene.ding, (today - datetime.timedelta(days=30)).isoformat(), ends_on)
    scene.step(first, "arrive", (today - datetime.timedelta(days=30)).isoformat())
    after = scene.published(agreement, scene.ding, starts_on, "2099-01-31", to=scene.xiang)
    with pytest.raises(PostingDatesError, match=f"still recorded at 山县人民医院 by posting {first.code}"):
        scene.step(after, "arrive", today.isoformat())
    with pytest.raises(PostingDatesError, match="still recorded"):
        commands.take_step_together(acting_as(scene.office_jia), agreement, [after.pk], "arrive", today)
    yesterday = (today - datetime.timedelta(days=1)).isoformat()
    scene.step(first, "return_early", yesterday, reason="家中有事", reason_code="family")
    scene.step(after, "arrive", today.isoformat())
    assert after.state == "on_site"


def test_a_certificate_past_the_planned_end_says_that_nobody_recorded_it(scene: Scene) -> None:
    row = on_site(scene)
    certificate = certificate_of(row, day("2024-09-30"))
    assert certificate.is_past_plan
    issue = Issue(lambda: "甲市第一医院", "样例", timezone.now(), "https://example.org/verify")
    assert "Planned to end on 2024-05-31 and no end is recorded; the days after it are not confirmed" in (
        " ".join(paper_of(certificate, issue, "en").marks)
    )
    assert not certificate_of(row, day("2024-05-31")).is_past_plan
    scene.step(row, "end", "2024-06-02")
    assert not certificate_of(row, day("2024-09-30")).is_past_plan


def test_a_posting_ends_on_its_planned_day_and_earlier_only_as_an_early_return(scene: Scene) -> None:
    row = on_site(scene)
    with pytest.raises(PostingDatesError, match="Record an early return"):
        scene.step(row, "end", "2024-05-30")
    with pytest.raises(PostingDatesError, match="Record an early return"):
        commands.take_step_together(acting_as(scene.office_jia), row.agreement, [row.pk], "end", day("2024-05-30"))
    scene.step(row, "end", "2024-06-01")
    assert row.left_on == day("2024-06-01")


def test_the_end_is_not_offered_before_its_day(scene: Scene) -> None:
    today = timezone.localdate()
    agreement = scene.agreement(starts_on="2026-01-01", ends_on="2099-12-31")
    row = scene.published(agreement, scene.ding, today.isoformat(), "2099-01-31")
    scene.step(row, "arrive", today.isoformat())
    assert [step.name for step in queries.allowed_steps(scene.office_jia, row)] == ["extend", "return_early"]


def test_cover_at_home_counts_colleagues_on_leave_away(scene: Scene) -> None:
    agreement = scene.agreement()
    # Four belong to the department and two must stay: one posted, one on leave, so a second posting is one too many.
    add_unavailability(as_service(), scene.bo, NewUnavailability(day("2024-04-01"), day("2024-04-10"), "leave"))
    scene.published(agreement, scene.an, "2024-03-01", "2024-05-31")
    third = scene.draft(agreement, scene.cai, "2024-03-15", "2024-05-31")
    assert problems_of(third) == [
        ("home-cover", {"department": "急诊科", "minimum": 2, "present": 1, "from": "2024-04-01"})
    ]
    assert codes(scene.draft(agreement, scene.cai, "2024-04-11", "2024-05-31")) == []


def test_cover_at_home_counts_colleagues_for_the_days_of_their_employment(scene: Scene) -> None:
    agreement = scene.agreement()
    # Whose contract runs until 2035 works in the department now, as does who leaves later than the posting ends.
    Staff.objects.filter(department=scene.emergency).update(employed_to=day("2035-12-31"))
    for person in (scene.an, scene.bo):
        assert codes(scene.published(agreement, person, "2024-03-01", "2024-05-31")) == []
    third = scene.draft(agreement, scene.cai, "2024-06-01", "2024-08-31")
    assert codes(third) == []
    Staff.objects.filter(institution=scene.jia, code__in=["A1", "E1", "B1"]).update(employed_to=day("2024-07-15"))
    assert problems_of(third) == [
        ("home-cover", {"department": "急诊科", "minimum": 2, "present": 0, "from": "2024-07-16"})
    ]


def test_who_takes_over_waits_for_the_approvals_that_the_agreement_asks(scene: Scene) -> None:
    agreement = scene.agreement(approvals=("receiving_unit",))
    row = scene.draft(agreement, scene.ding, "2024-03-01", "2024-05-31")
    commands.answer_posting(acting_as(scene.office_shan), row, "receiving_unit", approves=True)
    commands.publish_postings(acting_as(scene.office_jia), agreement, [row.pk])
    row.refresh_from_db()
    scene.step(row, "arrive", "2024-03-01")
    context = acting_as(scene.office_jia, "骨折休养", "illness")
    successor = commands.replace_posting(context, row, scene.an.pk, "P-NEW", day("2024-04-16"), row.version)
    row.refresh_from_db()
    assert (row.state, row.left_on) == ("returned_early", day("2024-04-15"))
    assert (successor.state, successor.predecessor_id) == ("draft", row.pk)
    commands.answer_posting(acting_as(scene.office_shan), successor, "receiving_unit", approves=True)
    commands.publish_postings(acting_as(scene.office_jia), agreement, [successor.pk])
    successor.refresh_from_db()
    assert successor.state == "planned"


def test_a_promotion_does_not_rewrite_what_was_sent_before(scene: Scene) -> None:
    Staff.objects.filter(pk=scene.an.pk).update(title="主治医师")
    scene.an.refresh_from_db()
    agreement = scene.agreement()
    parameters = {"title_rank": "associate_senior"}
    duty = scene.duty(agreement, "D02", "persons_posted", "1", "person", "year", parameters=parameters)
    row = scene.stayed(agreement, scene.an, "2024-03-01", "2024-05-31")
    assert (row.title_rank, row.title) == ("intermediate", "主治医师")
    Staff.objects.filter(pk=scene.an.pk).update(title="主任医师", title_rank="senior")
    text = words(page_of(client_of(scene.office_jia), "dispatch:certificate", row.pk))
    assert "主治医师" in text
    assert "主任医师" not in text
    assert "Intermediate" in words(page_of(client_of(scene.office_jia), "dispatch:posting", row.pk))
    assert promises.accounts_of([duty], day("2025-02-01"))[0].periods[0].delivered == 0


def test_a_draft_shows_the_title_of_today(scene: Scene) -> None:
    row = scene.draft(scene.agreement(), scene.an, "2024-03-01", "2024-05-31")
    Staff.objects.filter(pk=scene.an.pk).update(title_rank="senior")
    assert Posting.objects.get(pk=row.pk).held_title_rank == "senior"


@pytest.mark.parametrize(
    ("taken", "suggested"),
    [
        ([], "P0001"),
        (["P01", "P15", "P07"], "P16"),
        (["V098", "V099"], "V100"),
        (["P0009", "P-NEW"], "P0010"),
        (["2024-A-7"], "2024-A-8"),
    ],
)
def test_a_suggested_number_follows_those_there_are(scene: Scene, taken: list[str], suggested: str) -> None:
    assert queries.next_code(scene.agreement(), taken) == suggested


@pytest.mark.parametrize("asked", ["2026-12-31", "2026-12"])
def test_the_board_opens_by_month_or_by_day(scene: Scene, asked: str) -> None:
    html = page_of(client_of(scene.office_jia), "dispatch:board", **{"from": asked, "months": "3"})
    assert 'value="2026-12"' in html


@pytest.mark.parametrize("asked", ["december", "2026-13", "9999-12", "0001-01"])
def test_a_month_that_is_none_says_how_to_write_one(scene: Scene, asked: str) -> None:
    response = client_of(scene.office_jia).get(reverse("dispatch:board"), {"from": asked})
    assert response.status_code == 422
    assert "Give it as year-month, for example 2024-05." in response.content.decode()
