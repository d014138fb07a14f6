"""For every page and every object: somebody of another institution with the same role gets nothing.

The pages are taken from the site's own addresses and the objects from the models' scope rules, so a page or a model
that is added without a thought for scope fails here. A page that names an object must say below which object it is.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from lianyi.accounts import access
from lianyi.accounts.actors import Actor
from lianyi.accounts.models import Affiliation, AuditEvent, User
from lianyi.dispatch import commands as dispatch
from lianyi.dispatch.models import (
    Candidacy,
    DonorLimits,
    Need,
    NeedOrigin,
    PairingPlan,
    PairingWishes,
    PlanLine,
    PlannedPair,
    PlanRun,
    PlanScenario,
    PoolCouple,
    PoolMember,
    Posting,
    PostingAbsence,
    RoundClosure,
    RoundCrew,
    RoundPlan,
    RoundProgramme,
    RoundStop,
    RoundVisit,
    RoundWay,
    Team,
    UnmetNeed,
)
from lianyi.dispatch.needs_gaps import proposal_of
from lianyi.dispatch.rounds_comparison import PlanLine as RoundLine
from lianyi.exchanges import commands as exchanges
from lianyi.exchanges.models import (
    Action,
    Contribution,
    ExchangeVisit,
    Point,
    ProgrammeLine,
    Recognition,
    VisitInstitution,
    VisitParticipant,
)
from lianyi.growth.assessments_checks import ItemEntry
from lianyi.growth.commands import (
    assessments,
    cycle_plans,
    cycles,
    secondments,
    training,
    training_codes,
    training_people,
)
from lianyi.growth.models import (
    Attendance,
    CapabilityAssessment,
    CapabilityCycle,
    CapabilityGap,
    Course,
    DepartmentTechnique,
    Enrolment,
    FieldLogEntry,
    GapPlanLine,
    GapReview,
    Innovation,
    InnovationGain,
    InnovationPartner,
    InnovationUse,
    LevelDecision,
    LogbookLine,
    MentorGoal,
    MentorPair,
    Milestone,
    Project,
    ProjectMoney,
    ProjectPerson,
    ReturnCheck,
    SecondmentGoal,
    TechniqueCase,
    TestResult,
    TrainingCertificate,
    TrainingSession,
)
from lianyi.indicators.models import (
    ChartRebase,
    Evaluation,
    IndicatorSheet,
    IndicatorValue,
    PerformanceAssessment,
    PerformanceEvidence,
    PerformanceObjection,
    QualityAction,
    QualityCase,
    ReportingAssignment,
)
from lianyi.partnerships import commands as partnerships
from lianyi.partnerships.models import (
    Agreement,
    AgreementParty,
    Alliance,
    AllianceMembership,
    CycleStep,
    Duty,
    TimelineFact,
)
from lianyi.partnerships.rulebook import rule_book
from lianyi.registry import commands as registry
from lianyi.registry.models import (
    BedCount,
    ChangeRequest,
    Department,
    Equipment,
    ServiceOffered,
    Staff,
    StaffUnavailability,
    YearlyWorkload,
)
from lianyi.reports.models import (
    KeptPlaceReport,
    KeptReport,
    KeptVisitReport,
    ReportBatch,
    ReportBatchLine,
    ReportSchedule,
)
from lianyi.survey import commands as survey
from lianyi.survey.models import CadreWorkload, Gap, ReadinessItem, Scenario, WorkloadComponent
from tests.cast import Scene, acting_as, actor_for, affiliate, as_service, build_scene, day, make_department
from tests.growth.mentors_story import mentors_of
from tests.growth.pipeline_story import pipeline_of
from tests.growth.projects_story import projects_of
from tests.growth.techniques_story import techniques_of
from tests.indicators.evaluation_story import evaluations_of
from tests.indicators.performance_story import performance_of
from tests.indicators.quality_story import quality_of
from tests.indicators.values_story import values_of

ROLES = ("lead_office", "supported_office", "department_head", "registry_steward", "administrator")


@dataclass
class World:
    """The cast, with one row of everything, and twins of every role at an institution that has no part in it."""

    scene: Scene
    rows: dict[type[Model], Model]
    insiders: dict[str, Client]
    outsiders: dict[str, Client]
    outside_actors: dict[str, Actor]

    def pk(self, model: type[Model]) -> int:
        return int(self.rows[model].pk)


def signed_in(username: str) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def world(db: None) -> World:
    scene = build_scene()
    rows = one_of_everything(scene)
    insiders, outsiders, actors = {}, {}, {}
    elsewhere = make_department(scene.lin, "IM", "邻县内科", "03")
    for role in ROLES:
        # A head has a department: the one the outsiders must not see into, and one of their own.
        own, foreign = (scene.emergency.pk, elsewhere.pk) if role == "department_head" else (None, None)
        affiliate(f"in-{role}", scene.jia.pk if role != "supported_office" else scene.shan.pk, role, own)
        actors[role] = actor_for(f"out-{role}", scene.lin.pk, role, foreign)
        insiders[role], outsiders[role] = signed_in(f"in-{role}"), signed_in(f"out-{role}")
    return World(scene, rows, insiders, outsiders, actors)


def rounds_of(scene: Scene, agreement: Agreement, team: Team) -> list[Model]:
    """Return one of everything about rounds: a programme with a team, a stop that is closed, a plan, a visit."""
    office = scene.office_jia
    start, end = agreement.starts_on, agreement.ends_on
    new = dispatch.NewProgramme(
        code="SECRET-R",
        name_zh="秘密巡诊",
        kind="walking_doctor",
        starts_on=start,
        ends_on=end,
        required_visits=1,
        period="week",
    )
    programme = dispatch.create_programme(acting_as(office), rule_book(), agreement, new)
    hours = {"day_starts_at": datetime.time(8), "day_ends_at": datetime.time(17)}
    new_crew = dispatch.NewCrew(team_id=team.pk, start_id=scene.jia.pk, vehicle="秘密车", **hours)
    crew = dispatch.create_crew(acting_as(office), programme, new_crew)
    site = scene.xiang
    new_stop = dispatch.NewStop(code="S1", service_minutes=60, place_id=site.place_id, institution_id=site.pk)
    stop = dispatch.create_stop(acting_as(office), programme, new_stop)
    closure = dispatch.NewClosure(starts_on=end, ends_on=end, kind="road", reason="秘密修路")
    dispatch.close_stops(acting_as(office), programme, [stop.pk], closure)
    line = RoundLine(stop.pk, crew.pk, day("2024-03-04"))
    new_plan = dispatch.NewRoundPlan(starts_on=line.day, ends_on=line.day, lines=(line,), origin="imported")
    plan = dispatch.propose_plan(acting_as(office), programme, new_plan)
    said = dispatch.VisitRecord(state="done", held_on=day("2024-03-05"), note="秘密备注")
    visit = dispatch.record_unplanned_visit(acting_as(office), stop, crew, said)
    way = RoundWay.objects.create(programme=programme, origin="JIA1", target="S1", minutes=30)
    return [programme, crew, stop, stop.closures.get(), plan, visit, visit.events.get(), way]


def visits_of(scene: Scene, agreement: Agreement) -> list[Model]:
    """Return one of everything about visits: a visit with its lines, a point, its action, recognition."""
    office, when = scene.office_jia, day("2024-05-06")
    new = exchanges.NewVisit(
        code="SECRET-V",
        kind="symposium",
        title_zh="秘密座谈会",
        starts_on=when,
        ends_on=when,
        host=scene.shan,
        guest=scene.jia,
        agreement=agreement,
    )
    visit = exchanges.plan_visit(acting_as(office), new)
    line = exchanges.add_part(acting_as(office), visit, ProgrammeLine(position=0, subject_zh="秘密议程"))
    guest = VisitParticipant(position=0, side="guest", staff_id=scene.an.pk)
    participant = exchanges.add_part(acting_as(office), visit, guest)
    beside = VisitInstitution(position=0, side="guest", institution_id=scene.xiang.pk)
    further = exchanges.add_part(acting_as(office), visit, beside)
    said = exchanges.add_part(acting_as(office), visit, Contribution(position=0, speaker="秘密人", words_zh="秘密话"))
    raised = exchanges.NewPoint(kind="problem", category="staff", raised_on=when, statement_zh="秘密意见")
    point = exchanges.raise_point(acting_as(office), visit, raised)
    owner = exchanges.Ownership(owner_id=scene.shan.pk, due_on=day("2024-09-01"))
    wanted = exchanges.NewAction(title_zh="秘密任务", ownership=owner)
    action = exchanges.make_action(acting_as(office), point, wanted, point.version)
    thanks = exchanges.NewRecognition(
        code="SECRET-T",
        kind="thanks",
        given_on=when,
        given_by_id=scene.jia.pk,
        visit_id=visit.pk,
        to_staff_id=scene.an.pk,
        what_for_zh="秘密事由",
    )
    recognition = exchanges.give_recognition(acting_as(office), thanks)
    events = [visit.events.earliest("pk"), point.events.earliest("pk"), action.events.earliest("pk")]
    return [visit, line, further, participant, said, point, action, recognition, *events]


def work_of(scene: Scene) -> list[Model]:
    """Return the work of a cadre with a component, and an item of readiness."""
    time = {"days_per_week": 5, "hours_per_day": 8, "public_holidays": 12, "annual_leave": 21, "sick_leave": 10}
    cadre = CadreWorkload.objects.create(
        institution=scene.jia, cadre="秘密岗位", year=2023, existing_staff=Decimal(2), source="秘密来源", **time
    )
    facts = {"kind": "activity", "name": "秘密工作", "volume": Decimal(9000), "amount": Decimal(30), "unit": "minutes"}
    component = WorkloadComponent.objects.create(workload=cadre, **facts)
    item = ReadinessItem.objects.create(
        institution=scene.jia,
        service="newborn_care",
        domain="staff",
        item="秘密项目",
        available=False,
        assessed_on=day("2024-05-01"),
    )
    return [cadre, component, item]


def limits_of(scene: Scene) -> DonorLimits:
    new = dispatch.NewDonorLimits(most_away=7)
    return dispatch.set_donor_limits(acting_as(scene.office_jia), scene.jia, new, 0)


def pairing_of(scene: Scene) -> list[Model]:
    """Return a pairing plan of JIA1 with one pair, said by hand and found, and the wishes of JIA1."""
    wish = dispatch.NewPairing(
        name="秘密结对",
        donor_ids=[scene.jia.pk],
        recipient_ids=[scene.shan.pk],
        first_day=day("2024-06-01"),
        last_day=day("2024-12-31"),
    )
    row = dispatch.create_pairing(acting_as(scene.office_jia), wish)
    dispatch.ask_for_wishes(acting_as(scene.office_jia), row, timezone.localdate(), row.version)
    asked = row.wishes.get(side="donor")
    wishes = dispatch.WishList(scene.jia.pk, "donor", {}, {scene.shan.pk: "秘密原因"})
    dispatch.state_wishes(acting_as(scene.office_jia), asked, wishes, asked.version)
    row.refresh_from_db()
    word = dispatch.PairWord(scene.jia.pk, scene.shan.pk, "fixed")
    dispatch.mark_pair(acting_as(scene.office_jia), row, word, row.version)
    both = {"donor": scene.jia, "recipient": scene.shan}
    PlannedPair.objects.create(plan=row, **both, standing="kept", people=1, why="fixed")
    # Decided for, so that every page of it opens.
    PairingPlan.objects.filter(pk=row.pk).update(state="kept", version=row.version + 1)
    return [row, row.marks.get(), row.pairs.get(), asked, asked.statements.get()]


def assessed(scene: Scene, agreement: Agreement) -> list[Model]:
    """Return an assessment of JIA1 with an item and its history."""
    new = assessments.NewAssessment(
        institution=scene.jia,
        checklist="general-readiness-2015",
        assessed_on=day("2024-05-01"),
        agreement=agreement,
        code="SECRET-A",
        assessed_by="秘密评估人",
    )
    row = assessments.start_assessment(acting_as(scene.office_jia), new)
    found = ItemEntry("ame-01", "not_met", evidence="秘密依据")
    assessments.save_items(acting_as(scene.office_jia), row, [found], row.version)
    return [row, row.items.get(), row.events.first(), *cycle_of(scene, agreement)]


def cycle_of(scene: Scene, agreement: Agreement) -> list[Model]:
    """Return a capability cycle with a gap that was planned against and looked back on."""
    office = acting_as(scene.office_jia)
    row = cycles.open_cycle(office, agreement, cycles.NewCycle(started_on=day("2024-01-06"), aim="秘密目标"))
    cycles.take_cycle_step(acting_as(scene.office_jia), row, "assess", day("2024-02-01"))
    new = cycles.NewGap(institution=scene.shan, words_zh="秘密差距", seen_on=day("2024-02-01"))
    gap = cycles.write_gap(acting_as(scene.office_jia), row, new)
    cycles.take_cycle_step(acting_as(scene.office_jia), row, "prioritise", day("2024-02-02"))
    planned = cycle_plans.NewLine(kind="training", what="秘密计划", owner_side="both", due_on=day("2024-12-31"))
    line = cycle_plans.add_line(acting_as(scene.office_jia), gap, planned)
    review = GapReview.objects.create(gap=gap, reviewed_on=day("2024-12-01"), result="same", note="秘密复评")
    return [row, gap, line, review]


def training_of(scene: Scene, agreement: Agreement) -> list[Model]:
    """Return one of everything about training: a course with a session of today, somebody in it, a certificate."""
    office, today = scene.office_jia, timezone.localdate()
    new = training.NewCourse(
        code="SECRET-C",
        organiser_id=scene.jia.pk,
        title_zh="秘密课程",
        kind="taught",
        starts_on=today,
        ends_on=today,
        test_maximum=Decimal(100),
        pass_mark=Decimal(60),
    )
    course = training.create_course(acting_as(office), agreement, new)
    planned = training.NewSession(
        code="SECRET-S",
        kind="lesson",
        title="秘密课",
        day=today,
        minutes=60,
        course_id=course.pk,
        institution_id=scene.jia.pk,
    )
    session = training.plan_session(acting_as(office), agreement, planned)
    person = training_people.Person(staff_id=scene.an.pk)
    enrolment = training_people.enrol(acting_as(office), course, person)
    training_people.record_attendance(acting_as(office), session, [(person, True)])
    code = training_codes.open_code(acting_as(office), session, 30)
    held = training.SessionAsHeld(held_on=today, held_minutes=60)
    training.take_session_step(acting_as(office), session, "hold", held, session.version)
    training_people.record_results(acting_as(office), course, "before", today, {enrolment.pk: Decimal(40)})
    training_people.issue_certificates(acting_as(office), course, [enrolment.pk])
    certificate = enrolment.certificates.get()
    attendance, result = Attendance.objects.get(), TestResult.objects.get()
    return [course, session, session.events.first(), enrolment, attendance, code, result, certificate]  # type: ignore[list-item]


def seconded(scene: Scene, agreement: Agreement) -> list[Model]:
    """Return a secondment of JIA1 that is over, what it was for, and what was found afterwards."""
    row = scene.draft(agreement, scene.cai, "2024-01-08", "2024-03-08", kind="secondment_up")
    dispatch.answer_posting(acting_as(scene.office_shan), row, "receiving_unit", approves=True)
    dispatch.publish_postings(acting_as(scene.office_jia), agreement, [row.pk])
    row.refresh_from_db()
    scene.step(scene.step(row, "arrive", "2024-01-08"), "end", "2024-03-08")
    goal = secondments.NewGoal(level="independent", words="秘密目标")
    check = ReturnCheck.objects.create(
        posting=row, months=3, checked_on=day("2024-06-10"), outcome="independent", evidence="秘密依据"
    )
    logged = FieldLogEntry.objects.create(posting=row, day=day("2024-01-09"), outpatients=3, words="秘密日志")
    return [secondments.add_goal(acting_as(scene.office_jia), row, goal), check, logged]


def reports_of(scene: Scene, agreement: Agreement) -> list[Model]:
    """Return a kept report of the agreement and one about its visit, with the schedule."""
    office = acting_as(scene.office_jia)
    kept = {"number": 1, "counted_to": day("2024-12-31"), "made_at": timezone.now(), "sha256": "0" * 64}
    kept |= {"made_by_id": office.actor.user_id, "documents": {"en": {"title": "秘密报告"}}}
    visit = ExchangeVisit.objects.get(code="SECRET-V")
    affiliation = Affiliation.objects.get(pk=scene.office_jia.affiliation_id)
    batch = ReportBatch.objects.create(place=scene.city, year=2024, asked_at=timezone.now(), affiliation=affiliation)
    every = ReportSchedule.objects.create(
        agreement=agreement, every="year", since=day("2024-01-01"), set_by_id=office.actor.user_id
    )
    return [
        KeptReport.objects.create(agreement=agreement, year=2024, **kept),
        KeptVisitReport.objects.create(visit=visit, kind="symposium", **kept),
        KeptPlaceReport.objects.create(place=scene.city, kind="dashboard", year=2024, **kept),
        batch,
        ReportBatchLine.objects.create(batch=batch, agreement=agreement),
        every,
    ]


def one_of_everything(scene: Scene) -> dict[type[Model], Model]:
    agreement = scene.agreement("SECRET-1", approvals=("receiving_unit",))
    office = scene.office_jia
    today = timezone.localdate()
    new_batch = dispatch.NewBatch(1, day("2024-03-01"), day("2024-08-31"), "秘密批次")
    batch = dispatch.create_batch(acting_as(office), agreement, new_batch)
    team = dispatch.create_team(acting_as(office), agreement, dispatch.NewTeam("T1", "秘密队"))
    draft = scene.draft(agreement, scene.ding, "2024-03-01", "2024-08-31", batch_id=batch.pk)
    dispatch.answer_posting(acting_as(scene.office_shan), draft, "receiving_unit", approves=True)
    dispatch.publish_postings(acting_as(office), agreement, [draft.pk])
    draft.refresh_from_db()
    scene.step(draft, "arrive", "2024-03-01")
    absence = dispatch.add_absence(acting_as(office), draft, day("2024-04-01"), day("2024-04-03"), "home_leave")
    step = partnerships.start_cycle_step(acting_as(office), agreement, 1, day("2024-01-05"))
    fact = partnerships.record_fact(
        acting_as(office), agreement, partnerships.NewFact("F1", "visit", day("2024-05-01"), "秘密来访")
    )
    alliance = partnerships.create_alliance(
        acting_as(office), partnerships.NewAlliance("SECRET-AL", "秘密联盟", "county_medical_community", scene.jia.pk)
    )
    membership = partnerships.add_member(acting_as(office), alliance, scene.shan.pk, "loose", day("2020-01-01"))
    leave = registry.NewUnavailability(today, today + datetime.timedelta(days=3), "leave")
    unavailability = registry.add_unavailability(as_service(), scene.an, leave)
    now = timezone.now()
    bed = BedCount.objects.create(institution=scene.jia, bed_type="general", beds_open=9, counted_at=now)
    service = ServiceOffered.objects.create(institution=scene.jia, service="blood_transfusion")
    equipment = Equipment.objects.create(institution=scene.jia, equipment_kind="ct", units=1, counted_at=now)
    workload = YearlyWorkload.objects.create(institution=scene.jia, year=2023, measure="admissions", quantity=7)
    steward = actor_for("steward-jia", scene.jia.pk, "registry_steward")
    proposal = acting_as(steward, reason="新名称")
    change = registry.propose_change(proposal, scene.jia, {"name_zh": "秘密新名"}, today, scene.jia.version)
    option = survey.NewScenario("秘密情景", {"kind": "places"}, {})
    scenario = survey.keep_scenario(acting_as(office), scene.city, option)
    shortfall = survey.NewGap("beds", Decimal(9), Decimal(1), "秘密依据", "", today, scene.jia, note="秘密缺口")
    gap = survey.put_forward_gap(acting_as(office), scene.city, shortfall)
    asked = dispatch.NewNeed(institution=scene.jia, people=None, reason="秘密需求")
    need = dispatch.draft_need(acting_as(office), asked)
    doctors = survey.NewGap("doctors", Decimal(9), Decimal(1), "秘密依据", "", today, scene.jia, note="秘密缺口")
    short = survey.put_forward_gap(acting_as(office), scene.city, doctors)
    aside = dispatch.dismiss_proposal(acting_as(office, "秘密理由"), NeedOrigin.SURVEY_GAP, proposal_of(short))
    limits = dispatch.PoolEntry(longest_term_months=3)
    member = dispatch.enter_pool(acting_as(office), scene.an, limits)
    couple = dispatch.propose_couple(acting_as(office), scene.an, scene.ding, "together")
    invitation = dispatch.NewInvitation(staff=scene.an, answer_by=today, message="秘密邀请")
    candidacy = dispatch.invite(acting_as(office), invitation)
    asked_plan = dispatch.NewScenario(
        name="秘密方案", agreement_ids=[agreement.pk], first_day=day("2024-06-01"), periods=3
    )
    plan = dispatch.create_scenario(acting_as(office), asked_plan)
    line = PlanLine.objects.create(scenario=plan, staff=scene.an, need=need, first=0, last=2)
    unmet = UnmetNeed.objects.create(scenario=plan, need=need, missing=[1, 0, 0], kind="not_searched")
    run = dispatch.ask_for_run(acting_as(office), plan)
    made: list[Model] = [
        member, member.events.get(), couple, candidacy, plan, line, unmet, run, limits_of(scene),
        *pairing_of(scene),
        need, need.events.get(), aside, scenario, gap,
        agreement, draft, absence, step, fact, alliance, membership, unavailability, bed, service, equipment, workload,
        *rounds_of(scene, agreement, team), *work_of(scene), *assessed(scene, agreement),
        *projects_of(scene, agreement),
        *techniques_of(scene, agreement), *mentors_of(scene, agreement),
        *pipeline_of(scene, agreement),
        *visits_of(scene, agreement),
        *training_of(scene, agreement), *seconded(scene, agreement),
        *performance_of(scene),
        *values_of(scene),
        *reports_of(scene, agreement),
        *evaluations_of(scene),
        *quality_of(scene),
        change, scene.jia, scene.emergency, scene.an, agreement.duties.get(), agreement.parties.order_by("pk").first(),
    ]  # fmt: skip
    rows: dict[type[Model], Model] = {type(row): row for row in made}
    rows[User] = User.objects.get(username="office-jia")
    rows[Affiliation] = Affiliation.objects.get(user=rows[User])
    rows[AuditEvent] = AuditEvent.objects.filter(acting_node=scene.jia.node).latest("pk")
    return rows


# Which object each page names. An address that is not here fails the test that walks them.
Of = Callable[[World], dict[str, object]]


def of(model: type[Model], **more: object) -> Of:
    return lambda world: {"pk": world.pk(model), **more}


def chart_of(world: World) -> dict[str, object]:
    return {"code": "chest-pain-ecg-share", "pk": world.scene.jia.pk}


OBJECT_OF_PAGE: dict[str, Of] = {
    "reporter": of(ReportingAssignment),
    **dict.fromkeys(
        (
            *("evaluation", "evaluation-rows", "evaluation-panel", "evaluation-result", "evaluation-change"),
            *("evaluation-comparison", "evaluation-revise"),
        ),
        of(Evaluation),
    ),
    "evaluation-step": of(Evaluation, name="review"),
    "evaluation-file": of(Evaluation, ending="pdf"),
    **dict.fromkeys(("sheet", "sheet-figures"), of(IndicatorSheet)),
    "sheet-step": of(IndicatorSheet, name="submit"),
    "sheet-count": of(IndicatorSheet),
    "sheet-take-count": of(IndicatorSheet, code="county-village-ecg"),
    "counted-rows": of(IndicatorSheet, code="county-village-ecg", part="numerator"),
    "value": of(IndicatorValue),
    "target-evidence": of(Duty, first_day="2024-01-01"),
    **dict.fromkeys(("chart", "chart-begin-anew"), chart_of),
    "quality-case-open": lambda world: {**chart_of(world), "start": "2024-01-01"},
    "chart-rebase-withdraw": of(ChartRebase),
    **dict.fromkeys(("quality-case", "quality-case-hand-over"), of(QualityCase)),
    "quality-case-step": of(QualityCase, name="dismiss"),
    **dict.fromkeys(("quality-action-done", "quality-action-drop"), of(QualityAction)),
    **dict.fromkeys(
        (
            *("performance", "performance-compare", "performance-paper", "performance-pdf", "performance-change"),
            "performance-evidence-new",
        ),
        of(PerformanceAssessment),
    ),
    "performance-scores": of(PerformanceAssessment, side="assessed"),
    "performance-step": of(PerformanceAssessment, name="accept"),
    "performance-objection-new": of(PerformanceAssessment, item="pay"),
    "performance-evidence-change": of(PerformanceEvidence),
    "performance-objection-answer": of(PerformanceObjection),
    **dict.fromkeys(
        (
            *("agreement", "timeline", "map", "cycle", "sites", "document", "agreement-change", "agreement-force"),
            *("agreement-terminate", "agreement-renew", "document-attach", "party-add", "duty-add", "fact-add"),
            *("cycle-start", "part-answer"),
        ),
        of(Agreement),
    ),
    "party-end": of(AgreementParty),
    "duty": of(Duty),
    "duty-change": of(Duty),
    "fact-correct": of(TimelineFact),
    "cycle-finish": of(CycleStep),
    "alliance": of(Alliance),
    "member-add": of(Alliance),
    "member-end": of(AllianceMembership),
    **dict.fromkeys(("need", "need-change"), of(Need)),
    "need-step": of(Need, name="submit"),
    **dict.fromkeys(("pool-member", "pool-change", "couple-new"), of(PoolMember)),
    "couple-step": of(PoolCouple, name="end"),
    "candidacy": of(Candidacy),
    "candidacy-step": of(Candidacy, name="take_back"),
    **dict.fromkeys(
        (
            *("plan-scenario", "plan-scenario-change", "plan-scenario-lines", "plan-line-new", "plan-verdict"),
            *("plan-scenario-compare", "plan-scenario-search", "plan-scenario-progress", "plan-scenario-copy"),
            *("plan-scenario-repair", "plan-scenario-put-aside", "plan-scenario-take-up", "plan-scenario-hand-over"),
        ),
        of(PlanScenario),
    ),
    **dict.fromkeys(
        (
            *("pairing", "pairing-change", "pairing-pairs", "pairing-known", "pairing-search", "pairing-progress"),
            *("pairing-copy", "pairing-take-over", "pairing-all-wishes", "pairing-ask-wishes"),
        ),
        of(PairingPlan),
    ),
    "pairing-step": of(PairingPlan, name="open_again"),
    **dict.fromkeys(("own-wishes", "own-wishes-back"), of(PairingWishes)),
    "pairing-pair": lambda world: {
        "pk": world.pk(PairingPlan),
        "donor": world.scene.jia.pk,
        "recipient": world.scene.shan.pk,
    },
    "pairing-wishes": lambda world: {
        "pk": world.pk(PairingPlan),
        "side": "donor",
        "institution": world.scene.jia.pk,
    },
    "plan-run-stop": of(PlanRun),
    "donor": lambda world: {"pk": world.rows[DonorLimits].institution_id},  # type: ignore[attr-defined]
    **dict.fromkeys(
        ("plan-line", "plan-line-move", "plan-line-lock", "plan-line-unlock", "plan-line-remove"), of(PlanLine)
    ),
    **dict.fromkeys(("plan", "line-new", "publish", "batch-new", "team-new", "rules"), of(Agreement)),
    **dict.fromkeys(
        ("posting", "line-change", "replace", "correct-days", "absence-add", "certificate", "certificate-pdf"),
        of(Posting),
    ),
    "step": of(Posting, name="end"),
    "answer": of(Posting, side="receiving_unit"),
    "absence-void": of(PostingAbsence),
    "batch-record": lambda world: {"pk": world.rows[Posting].batch_id, "name": "arrive"},  # type: ignore[attr-defined]
    "evidence": of(Duty, first_day="2024-01-01"),
    "round-evidence": of(Duty, first_day="2024-01-01"),
    **dict.fromkeys(
        (
            *("round-programme", "round-programme-change", "round-week", "round-frequency", "round-plans"),
            *(
                "round-plan-read",
                "round-plan-folder",
                "round-search",
                "round-search-progress",
                "round-stop-new",
                "round-crew-new",
                "round-close",
                "round-visit-plan",
            ),
            "round-visit-unplanned",
        ),
        of(RoundProgramme),
    ),
    **dict.fromkeys(("round-stop", "round-stop-change"), of(RoundStop)),
    "round-crew-change": of(RoundCrew),
    **dict.fromkeys(("round-sheet", "round-sheet-pdf"), of(RoundCrew, day="2024-03-05")),
    "round-closure-take-back": of(RoundClosure),
    **dict.fromkeys(("round-plan", "round-plan-take-over", "round-plan-put-aside"), of(RoundPlan)),
    **dict.fromkeys(("round-visit", "round-visit-record", "round-visit-withdraw"), of(RoundVisit)),
    **dict.fromkeys(
        (*("project", "project-change", "project-times", "milestone-new", "project-money-new", "project-person-new"),),
        of(Project),
    ),
    **dict.fromkeys(
        (
            *("innovation", "innovation-change", "innovation-partner-new", "innovation-approval-new"),
            *("innovation-gain-new", "innovation-use-new"),
        ),
        of(Innovation),
    ),
    "innovation-step": of(Innovation, name="complete"),
    "innovation-partner-end": of(InnovationPartner),
    "innovation-gain-correct": of(InnovationGain),
    "innovation-use-check": of(InnovationUse),
    "project-step": of(Project, name="start"),
    **dict.fromkeys(("milestone-move", "milestone-reach", "milestone-sign", "milestone-send-back"), of(Milestone)),
    "project-money-correct": of(ProjectMoney),
    "project-person-end": of(ProjectPerson),
    "project-evidence": of(Duty, first_day="2024-01-01"),
    "pipeline-stage-evidence": of(Duty, first_day="2024-01-01"),
    "pipeline-use-evidence": of(Duty, first_day="2024-01-01"),
    **dict.fromkeys(("course", "course-change", "course-enrol", "course-tests", "course-certificates"), of(Course)),
    **dict.fromkeys(("session", "session-change", "session-list", "session-code"), of(TrainingSession)),
    "session-step": of(TrainingSession, name="correct"),
    "enrolment-withdraw": of(Enrolment),
    **dict.fromkeys(
        ("secondment", "secondment-goal-new"),
        lambda world: {"pk": world.rows[ReturnCheck].posting_id},  # type: ignore[attr-defined]
    ),
    "return-check": lambda world: {"pk": world.rows[ReturnCheck].posting_id, "months": 3},  # type: ignore[attr-defined]
    "secondment-goal-withdraw": of(SecondmentGoal),
    **dict.fromkeys(("log-entry", "log-correct"), of(FieldLogEntry)),
    **dict.fromkeys(("training-certificate-pdf", "training-certificate-revoke"), of(TrainingCertificate)),
    "training-evidence": of(Duty, first_day="2024-01-01"),
    **dict.fromkeys(("mentor-pair", "mentor-goal-new", "logbook-new", "mentor-end"), of(MentorPair)),
    "logbook-take-back": of(LogbookLine),
    "logbook-answer": of(LogbookLine, name="confirm"),
    **dict.fromkeys(("mentor-level-new", "mentor-goal-correct"), of(MentorGoal)),
    "mentor-level-answer": of(LevelDecision, name="sign"),
    "mentor-evidence": of(Duty, first_day="2024-01-01"),
    "mentor-new": of(Agreement),
    "technique-new": of(Agreement),
    **dict.fromkeys(("technique", "technique-case-new", "technique-correct"), of(DepartmentTechnique)),
    "technique-attest": of(DepartmentTechnique, key="equipment-defibrillator"),
    "technique-step": of(DepartmentTechnique, name="put_aside"),
    "technique-case-take-back": of(TechniqueCase),
    "technique-evidence": of(Duty, first_day="2024-01-01"),
    "ladder": lambda world: {"pk": world.scene.shan_emergency.pk},
    **dict.fromkeys(
        ("visit", "visit-change", "point-new", "difficulty-new", "visit-recognition-new"), of(ExchangeVisit)
    ),
    "visit-step": of(ExchangeVisit, name="hold"),
    "visit-part-new": of(ExchangeVisit, kind="programme"),
    **dict.fromkeys(("visit-paper", "visit-paper-pdf"), of(ExchangeVisit, name="minutes")),
    **dict.fromkeys(("visit-part-change", "visit-part-take-back"), of(ProgrammeLine, kind="programme")),
    **dict.fromkeys(("point", "point-change"), of(Point)),
    "point-sort": of(Point, name="sort_again"),
    **dict.fromkeys(("action", "action-change", "action-hand-over"), of(Action)),
    "action-step": of(Action, name="stand_by"),
    **dict.fromkeys(("recognition", "recognition-change", "recognition-take-back"), of(Recognition)),
    "agreement-points": of(Agreement),
    **dict.fromkeys(("visit-evidence", "action-evidence"), of(Duty, first_day="2024-01-01")),
    "person": lambda world: {"pk": world.rows[Posting].staff_id},  # type: ignore[attr-defined]
    **dict.fromkeys(
        (*("correct", "rename", "move", "regrade", "place-under", "merge", "close", "reopen", "propose", "detail"),),
        lambda world: {"pk": world.scene.jia.pk},
    ),
    "department-open": lambda world: {"pk": world.scene.jia.pk},
    "beds-count": lambda world: {"pk": world.scene.jia.pk},
    "service-state": lambda world: {"pk": world.scene.jia.pk},
    "equipment-count": lambda world: {"pk": world.scene.jia.pk},
    "workload-enter": lambda world: {"pk": world.scene.jia.pk},
    "staff-add": lambda world: {"pk": world.scene.jia.pk},
    "beds-count-again": of(BedCount),
    "service-change": of(ServiceOffered),
    "equipment-change": of(Equipment),
    "workload-change": of(YearlyWorkload),
    **dict.fromkeys(
        (
            "department-rename",
            "department-correct",
            "department-close",
            "department-status",
            "department-propose",
            "department-move",
        ),
        of(Department),
    ),
    **dict.fromkeys(("staff-detail", "staff-change", "staff-end", "staff-move", "unavailability-add"), of(Staff)),
    "unavailability-end": of(StaffUnavailability),
    **dict.fromkeys(
        (
            *("change-request-detail", "change-request-approve", "change-request-refuse"),
            "change-request-withdraw",
        ),
        of(ChangeRequest),
    ),
    **dict.fromkeys(("scenario", "scenario-rename", "scenario-withdraw"), of(Scenario)),
    "staffing-of": of(CadreWorkload),
    "readiness-of": lambda world: {"pk": world.scene.jia.pk},
    **dict.fromkeys(
        ("assessment", "assessment-change", "assessment-items", "assessment-sheet"), of(CapabilityAssessment)
    ),
    **dict.fromkeys(("capability-cycles-of", "capability-cycle-open", "support-next", "learned-of"), of(Agreement)),
    **dict.fromkeys(
        (
            *("capability-cycle", "capability-cycle-change", "capability-cycle-gather"),
            *("capability-cycle-look-back", "capability-gap-new", "capability-cycle-paper", "capability-cycle-pdf"),
        ),
        of(CapabilityCycle),
    ),
    "capability-cycle-step": of(CapabilityCycle, name="plan"),
    **dict.fromkeys(("capability-gap-move", "gap-line-new", "capability-gap-judge"), of(CapabilityGap)),
    **dict.fromkeys(("gap-line-change", "gap-line-end"), of(GapPlanLine)),
    "assessment-step": of(CapabilityAssessment, name="submit"),
    "assessment-compare": lambda world: {
        "pk": world.pk(CapabilityAssessment),
        "other": world.pk(CapabilityAssessment),
    },
    **dict.fromkeys(("gap", "gap-pdf", "gap-take-up", "gap-withdraw"), of(Gap)),
    **dict.fromkeys(("user", "user-active", "user-password", "affiliation-create"), of(User)),
    "affiliation-end": of(Affiliation),
    "audit-event": of(AuditEvent),
    **dict.fromkeys(("of-agreement", "schedule", "evaluations-of"), of(Agreement)),
    "keep": of(Agreement, period="2024"),
    "file-now": of(Agreement, period="2024", ending="pdf"),
    "kept": of(KeptReport),
    "kept-file": of(KeptReport, ending="pdf"),
    **dict.fromkeys(("of-visit", "keep-of-visit"), of(ExchangeVisit, kind="symposium")),
    "file-now-of-visit": of(ExchangeVisit, kind="symposium", ending="pdf"),
    "of-place": lambda world: {"pk": world.scene.city.pk, "kind": "dashboard"},
    "keep-of-place": lambda world: {"pk": world.scene.city.pk, "kind": "dashboard", "period": "2024"},
    "file-now-of-place": lambda world: {
        "pk": world.scene.city.pk,
        "kind": "dashboard",
        "period": "2024",
        "ending": "pdf",
    },
    "ask-for-all": lambda world: {"pk": world.scene.city.pk, "period": "2024"},
    "batch": of(ReportBatch),
    "forms-of-place": lambda world: {"pk": world.scene.city.pk},
    "form-of-place": lambda world: {"pk": world.scene.city.pk, "form": "stationing"},
    "form-file": lambda world: {"pk": world.scene.city.pk, "form": "stationing", "period": "2025", "ending": "pdf"},
    "kept-of-place": of(KeptPlaceReport),
    "kept-file-of-place": of(KeptPlaceReport, ending="pdf"),
    "kept-of-visit": of(KeptVisitReport),
    "kept-file-of-visit": of(KeptVisitReport, ending="pdf"),
}
for _word in ("correct", "rename", "move", "regrade", "place-under", "merge", "close", "reopen", "propose", "detail"):
    OBJECT_OF_PAGE[f"institution-{_word}"] = OBJECT_OF_PAGE.pop(_word)

PUBLIC = {
    "definition": "definitions of indicators are public; the role must read indicators",
    "place-detail": "places are public",
    "place-parts": "places are public",
    "place-create": "places are public; the form refuses whoever may not write",
    "place-population": "places are public; the form refuses whoever may not write",
    "place-succession": "places are public; the form refuses whoever may not write",
    "place-correct": "places are public; the form refuses whoever may not write",
    "place-rename": "places are public; the form refuses whoever may not write",
    "place-move": "places are public; the form refuses whoever may not write",
    "place-close": "places are public; the form refuses whoever may not write",
    "place-propose": "places are public; the form refuses whoever may not write",
    "import-template": "an empty workbook",
    "import-preview": "the token belongs to the person who sent the file; see tests/registry/test_pages_imports.py",
    "import-returned": "as import-preview",
    "import-run": "as import-preview",
    "import-discard": "as import-preview",
    "export": "an export of nothing: walked below",
    "verify": "tells only whether a code is of a certificate; see tests/dispatch/test_certificate.py",
}
# No word of these may stand on any page that an outsider opens.
SECRETS = ("SECRET-1", "SECRET-AL", "秘密", "甲市第一医院", "山县人民医院", "样例甲", "样例丁", "急诊科", "office-jia")


def addresses() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield namespace, name and arguments of every address of the product."""

    def walk(resolver: URLResolver, namespace: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        for each in resolver.url_patterns:
            if isinstance(each, URLResolver):
                yield from walk(each, each.namespace or namespace)
            elif isinstance(each, URLPattern) and each.name:
                yield namespace, each.name, tuple(each.pattern.regex.groupindex)

    yield from walk(get_resolver(), "")


OURS = ("accounts", "partnerships", "dispatch", "registry", "survey", "growth", "exchanges", "indicators", "reports")
NAMING = sorted({(space, name) for space, name, arguments in addresses() if arguments and space in OURS})
LISTS = sorted({(space, name) for space, name, arguments in addresses() if not arguments and space in OURS})


def test_every_page_that_names_an_object_says_here_which() -> None:
    unknown = [name for _space, name in NAMING if name not in OBJECT_OF_PAGE and name not in PUBLIC]
    assert unknown == []
    assert sorted((set(OBJECT_OF_PAGE) | set(PUBLIC)) - {name for _space, name in NAMING}) == []


@pytest.mark.parametrize("role", ROLES)
def test_no_page_of_an_object_opens_for_the_same_role_elsewhere(world: World, role: str) -> None:
    client = world.outsiders[role]
    opened = []
    for space, name in NAMING:
        if name in PUBLIC:
            continue
        address = reverse(f"{space}:{name}", kwargs=OBJECT_OF_PAGE[name](world))
        for ask in (client.get, client.post):
            response = ask(address)
            told = [word for word in SECRETS if word in response.content.decode(errors="ignore")]
            if response.status_code not in (403, 404, 405) or told:
                opened.append((address, response.status_code, told))
    assert opened == []


def test_the_same_pages_do_open_for_those_who_have_a_part(world: World) -> None:
    """Without this, the test above would also pass on pages that never open for anybody."""
    opened: set[str] = set()
    for space, name in NAMING:
        if name in PUBLIC:
            continue
        address = reverse(f"{space}:{name}", kwargs=OBJECT_OF_PAGE[name](world))
        if any(client.get(address).status_code == 200 for client in world.insiders.values()):
            opened.add(name)
    for_others = {
        "document": "no document is attached",
        "agreement-force": "",
        "publish": "is sent, not opened",
        "party-end": "",
        "evaluation-change": "the question is fixed",
        "evaluation-comparison": "the question is fixed",
    }
    missing = set(OBJECT_OF_PAGE) - opened - set(for_others)
    assert len(missing) <= len(OBJECT_OF_PAGE) // 3, sorted(missing)


@pytest.mark.parametrize("role", ROLES)
def test_no_list_tells_an_outsider_of_the_same_role_anything(world: World, role: str) -> None:
    client = world.outsiders[role]
    told = []
    for space, name in LISTS:
        for suffix in ("", "?export=csv"):
            response = client.get(reverse(f"{space}:{name}") + suffix)
            text = (
                b"".join(response).decode(errors="ignore")
                if response.streaming
                else response.content.decode(errors="ignore")
            )
            found = [word for word in SECRETS if word in text]
            if found:
                told.append((name, suffix, found))
    assert told == []


@pytest.mark.parametrize("role", ROLES)
def test_no_row_of_any_model_is_within_reach_of_the_same_role_elsewhere(world: World, role: str) -> None:
    actor = world.outside_actors[role]
    reached = {}
    for model, rule in access.scope_rules().items():
        if rule.reference:
            continue
        for act in access.ALL_ACTS:
            rows = access.scoped(actor, model._default_manager.all(), act)
            wrong = [row for row in rows if not _own(row, world.scene)]
            if wrong:
                reached[model.__name__, act] = wrong
    assert reached == {}


def _own(row: Model, scene: Scene) -> bool:
    """Tell whether a row belongs to the outsider's own institution."""
    for name in ("node_id", "institution_id", "acting_node_id"):
        if getattr(row, name, None) == scene.lin.pk:
            return True
    if isinstance(row, User):
        return row.username.startswith("out-") or row.username == "office-lin"
    return False
