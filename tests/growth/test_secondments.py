"""Secondments up: goals, what became of those who returned, the share working independently, pages, tables."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import pytest
from django.urls import reverse

from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError, SeparationOfDutiesError
from lianyi.dispatch import commands as dispatch
from lianyi.dispatch.models import Posting
from lianyi.growth.commands import secondments
from lianyi.growth.commands.secondments import CheckFacts, NewGoal
from lianyi.growth.models import ReturnCheck, SecondmentGoal
from lianyi.growth.queries import secondments as queries
from lianyi.growth.return_checks import CheckStanding, checks_of, figures_of
from lianyi.growth.secondment_errors import SecondmentRefusedError
from lianyi.methods.proportions import Share
from lianyi.partnerships.models import Agreement
from lianyi.partnerships.queries import timeline
from lianyi.registry.imports import running
from lianyi.registry.imports.exporting import export_table
from lianyi.registry.imports.kinds import RowAction
from lianyi.registry.models import Staff
from tests.cast import Scene, acting_as, actor_for, as_service, day, make_staff
from tests.dispatch.needs_story import today_and
from tests.dispatch.page_parts import client_of, page_of, send, status_of, words
from tests.dispatch.test_imports import load, only_reason, preview_of


@dataclass
class Returned:
    """The cast with an agreement and a person of SHAN who learnt at JIA1 and came back some months ago."""

    scene: Scene
    agreement: Agreement
    learner: Staff
    posting: Posting

    @property
    def home(self) -> Actor:
        return self.scene.office_shan

    def seconded(self, code: str, came: datetime.date, left: datetime.date) -> Posting:
        person = make_staff(self.scene.shan, code, f"样例{code}")
        return seconded(self.scene, self.agreement, person, came, left)

    def check(self, months: int, outcome: str = "independent", reason: str = "", **more: object) -> ReturnCheck:
        posting = more.pop("posting", self.posting)
        facts = {"checked_on": today_and(0), "evidence": "独立完成12例", **more}
        said = CheckFacts(months=months, outcome=outcome, **facts)  # type: ignore[arg-type]
        return secondments.record_check(acting_as(self.home, reason), posting, said)  # type: ignore[arg-type]


def seconded(scene: Scene, agreement: Agreement, person: Staff, came: datetime.date, left: datetime.date) -> Posting:
    """Return a secondment that was planned, reached and left on these days."""
    new = dispatch.NewPosting(
        code=f"U-{person.code}",
        kind="secondment_up",
        staff_id=person.pk,
        to_institution_id=scene.jia.pk,
        starts_on=came,
        ends_on=left,
    )
    row = dispatch.draft_posting(acting_as(scene.office_shan), agreement, new)
    dispatch.publish_postings(acting_as(scene.office_shan), agreement, [row.pk])
    for name, on in (("arrive", came), ("end", left)):
        row.refresh_from_db()
        dispatch.take_step(acting_as(scene.office_shan), row, name, dispatch.StepFacts(on), row.version)
    row.refresh_from_db()
    return row


@pytest.fixture
def story(scene: Scene) -> Returned:
    start, end = today_and(-900), today_and(400)
    agreement = scene.agreement("JS-NOW", starts_on=start.isoformat(), ends_on=end.isoformat())
    learner = make_staff(scene.shan, "L1", "样例学员")
    row = seconded(scene, agreement, learner, today_and(-300), today_and(-200))
    return Returned(scene, agreement, learner, row)


def reason_of(error: pytest.ExceptionInfo[SecondmentRefusedError]) -> object:
    return error.value.params["reason"]


def test_checks_are_due_three_six_and_twelve_months_after_the_last_day() -> None:
    row = Posting(left_on=day("2023-11-30"))
    checks = checks_of(row, (), day("2024-06-01"))
    assert [(each.months, each.due_on, each.standing) for each in checks] == [
        (3, day("2024-02-29"), CheckStanding.LATE),
        (6, day("2024-05-30"), CheckStanding.DUE),
        (12, day("2024-11-30"), CheckStanding.AHEAD),
    ]
    assert checks_of(Posting(left_on=None), (), day("2024-06-01")) == []


def test_a_check_is_made_once_and_corrected_with_a_reason(story: Returned) -> None:
    story.check(3, "with_help")
    with pytest.raises(SecondmentRefusedError) as again:
        story.check(3)
    story.check(3, reason="漏看手术记录")
    row = ReturnCheck.objects.get()
    assert (reason_of(again), row.outcome, row.checked_by_id) == ("no-reason", "independent", story.home.user_id)


def test_a_check_too_early_of_another_month_or_without_evidence_is_refused(story: Returned) -> None:
    with pytest.raises(SecondmentRefusedError) as early:
        story.check(12)
    with pytest.raises(SecondmentRefusedError) as odd:
        story.check(4)
    with pytest.raises(SecondmentRefusedError) as silent:
        story.check(3, evidence=" ")
    with pytest.raises(SecondmentRefusedError) as ahead:
        story.check(3, checked_on=today_and(1))
    assert [reason_of(each) for each in (early, odd, silent, ahead)] == [
        *("check-day", "months", "no-evidence", "check-day"),
    ]


def test_the_home_institution_checks_and_never_the_person(story: Returned) -> None:
    said = CheckFacts(months=3, checked_on=today_and(0), outcome="independent", evidence="独立完成12例")
    with pytest.raises(NotPermittedError):
        secondments.record_check(acting_as(story.scene.office_jia), story.posting, said)
    Staff.objects.filter(pk=story.learner.pk).update(user_id=story.home.user_id)
    story.posting.refresh_from_db()
    with pytest.raises(SeparationOfDutiesError):
        secondments.record_check(acting_as(story.home), story.posting, said)
    assert ReturnCheck.objects.count() == 0
    assert queries.checks_to_make(story.home, today_and(0)) == []


def test_the_share_is_of_those_checked_and_missing_checks_stand_apart(story: Returned) -> None:
    others = [story.seconded(f"M{at}", today_and(-300), today_and(-200)) for at in range(3)]
    story.check(3)
    story.check(3, "left", posting=others[0])
    story.check(3, "with_help", posting=others[1])
    three, six, twelve = figures_of(queries.countable_checks(story.home, today_and(0)))
    assert (three.due, three.missing, three.independent) == (4, 1, Share(1, 3))
    assert three.outcomes == {"independent": 1, "left": 1, "with_help": 1}
    assert (six.due, six.missing, six.independent) == (4, 4, Share(0, 0))
    assert (twelve.due, twelve.independent.value) == (0, None)


def test_goals_say_something_and_belong_to_secondments(story: Returned) -> None:
    goal = secondments.add_goal(
        acting_as(story.home), story.posting, NewGoal(level="independent", words="独立开展清创")
    )
    with pytest.raises(SecondmentRefusedError) as empty:
        secondments.add_goal(acting_as(story.home), story.posting, NewGoal(level="independent"))
    team = story.scene.published(story.agreement, story.scene.an, today_and(10).isoformat(), today_and(40).isoformat())
    with pytest.raises(SecondmentRefusedError) as other:
        secondments.add_goal(acting_as(story.scene.office_jia), team, NewGoal(level="independent", words="带教"))
    assert (goal.number, reason_of(empty), reason_of(other)) == (1, "goal-empty", "no-secondment")


def test_pages_show_goals_due_days_and_take_a_check_on_a_phone(story: Returned) -> None:
    office = client_of(story.home)
    goal = {"technique_code": "debridement", "level": "independent"}
    assert send(office, "growth:secondment-goal-new", story.posting.pk, **goal).status_code == 302
    page = words(page_of(office, "growth:secondment", story.posting.pk))
    assert ("debridement" in page, "3 months after" in page, "late" in page) == (True, True, True)
    assert "Check of a return is late" in words(office.get(reverse("home")).content.decode())
    said = {"checked_on": today_and(0), "outcome": "independent", "evidence": "独立完成12例"}
    assert send(office, "growth:return-check", story.posting.pk, 3, **said).status_code == 302
    assert status_of(office, "growth:return-check", story.posting.pk, 5) == 404
    page = words(page_of(office, "growth:secondment", story.posting.pk))
    assert ("works in the field independently" in page, "独立完成12例" in page) == (True, True)
    listing = words(page_of(office, "growth:secondments"))
    assert ("1/1 = 100%" in listing, "样例学员" in listing) == (True, True)
    row = SecondmentGoal.objects.get()
    assert send(office, "growth:secondment-goal-withdraw", row.pk).status_code == 302
    texts = [entry.text_en for entry in timeline(story.home, story.agreement)]
    assert "1 working independently 3 months after the return" in texts
    assert status_of(client_of(story.scene.office_lin), "growth:secondment", story.posting.pk) == 404
    assert status_of(client_of(story.scene.office_jia), "growth:return-check", story.posting.pk, 3) == 403


def test_a_commission_sees_the_share_and_nobody_and_no_share_of_a_few(story: Returned) -> None:
    story.check(3)
    viewer = client_of(actor_for("viewer", story.scene.shan.pk, "commission_viewer"))
    assert status_of(viewer, "growth:secondments") == 403
    page = words(page_of(viewer, "growth:secondment-figures"))
    assert ("fewer than" in page, "1/1" in page, "样例学员" in page) == (True, False, False)


def test_goals_and_checks_come_in_and_go_out_by_tables(story: Returned) -> None:
    head = "agreement_code,posting_code,number,technique_code,words,level\n"
    load(acting_as(story.home), "secondment_goals", f"{head}JS-NOW,U-L1,1,,独立开展清创,independent\n")
    checks = "agreement_code,posting_code,months,checked_on,outcome,evidence\n"
    line = f"JS-NOW,U-L1,3,{today_and(-90)},independent,手术登记本\n"
    assert "home institution" in only_reason(preview_of(story.scene.office_jia, "return_checks", checks + line))
    load(acting_as(story.home), "return_checks", checks + line)
    changed = line.replace("independent", "left")
    assert "on record (independent)" in only_reason(preview_of(story.home, "return_checks", checks + changed))
    odd = f"JS-NOW,U-L1,4,{today_and(-90)},independent,手术登记本\n"
    assert "It is asked after 3, 6, 12 months" in only_reason(preview_of(story.home, "return_checks", checks + odd))
    unknown = f"JS-NOW,U-NO,3,{today_and(-90)},independent,手术登记本\n"
    assert "“U-NO” is not known" in only_reason(preview_of(story.home, "return_checks", checks + unknown))
    for kind in ("secondment_goals", "return_checks"):
        content = export_table(as_service().actor, kind, "xlsx", "zh-hans")
        preview = running.preview_table(as_service().actor, kind, content, f"{kind}.xlsx", "zh-hans")
        assert len(preview.plans) == preview.counts[RowAction.UNCHANGED] == 1, kind
