"""Construction projects: what is built, by whom, with which money, and what was reached when."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.models import User
from lianyi.accounts.records import ProvenancedRecord
from lianyi.partnerships.models import Agreement, Duty
from lianyi.registry.models import Department, Institution, Staff
from lianyi.rules.project_templates import ProjectKind as Kind
from lianyi.rules.project_templates import SigningSide as Signer

KIND_LABELS: dict[str, str | Promise] = {
    Kind.DEPARTMENT: _("department"),
    Kind.CHEST_PAIN_CENTRE: _("chest pain centre"),
    Kind.STROKE_CENTRE: _("stroke centre"),
    Kind.TRAUMA_CENTRE: _("trauma centre"),
    Kind.CRITICAL_MOTHER_CENTRE: _("centre for critical mothers"),
    Kind.CRITICAL_NEWBORN_CENTRE: _("centre for critical newborns"),
    Kind.SUB_CENTRE: _("county sub-centre"),
    Kind.BUILDING_PHASE: _("phase of building"),
    Kind.KEY_SPECIALTY: _("from weak to key specialty"),
}
KIND_CHOICES = [(kind.value, KIND_LABELS[kind]) for kind in Kind]
SIGNER_LABELS: dict[str, str | Promise] = {
    Signer.ANOTHER: _("another side"),
    Signer.PARTNER: _("the partner"),
    Signer.AUTHORITY: _("the authority or an assessor"),
}
SIGNER_CHOICES = [(signer.value, SIGNER_LABELS[signer]) for signer in Signer]


class ProjectState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("state of a project", "planned")
    RUNNING = "running", pgettext_lazy("state of a project", "running")
    PAUSED = "paused", pgettext_lazy("state of a project", "paused")
    FINISHED = "finished", pgettext_lazy("state of a project", "finished")
    GIVEN_UP = "given_up", pgettext_lazy("state of a project", "given up")


class ProjectSide(models.TextChoices):
    """For whom somebody acts in a project: its institution, a partner, or who watches over both."""

    HOME = "home", _("the institution itself")
    PARTNER = "partner", _("a partner")
    AUTHORITY = "authority", _("an authority or assessor")


class DelayReason(models.TextChoices):
    """Why a milestone was moved."""

    MONEY = "money", _("money came late")
    PEOPLE = "people", _("people were missing")
    EQUIPMENT = "equipment", _("equipment came late")
    APPROVAL = "approval", _("an approval came late")
    BUILDING = "building", _("building work took longer")
    EPIDEMIC = "epidemic", _("an epidemic")
    CHANGED_PLAN = "changed_plan", _("the plan was changed")
    OTHER = "other", pgettext_lazy("reason of a delay", "other")


class MoneyKind(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("money of a project", "planned")
    COMMITTED = "committed", pgettext_lazy("money of a project", "committed")
    SPENT = "spent", pgettext_lazy("money of a project", "spent")


class MoneySource(models.TextChoices):
    OWN = "own", _("own money of the institution")
    COUNTY = "county", _("county or district budget")
    PROVINCE = "province", _("prefecture or provincial budget")
    CENTRAL = "central", _("central budget")
    PARTNER = "partner", _("the supporting side")
    DONATION = "donation", _("donation")
    LOAN = "loan", _("loan or bond")
    OTHER = "other", pgettext_lazy("source of money", "other")


class PersonRole(models.TextChoices):
    LEAD = "lead", _("leads the project")
    MEMBER = "member", _("works in the project")
    ADVISER = "adviser", _("advises")


class Project(ProvenancedRecord):
    """One thing that is built: a department, a centre, a sub-centre, a phase of building, a specialty."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    title_zh = models.CharField(_("Chinese title"), max_length=200)
    title_en = models.CharField(_("English title"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=32, choices=KIND_CHOICES)
    # The name of the dated template that the milestones were taken from; empty where they were written by hand.
    template = models.CharField(_("template"), max_length=64, blank=True)
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="growth_projects", verbose_name=_("institution")
    )
    department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="growth_projects",
        verbose_name=_("department"),
    )
    agreement = models.ForeignKey(
        Agreement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="growth_projects",
        verbose_name=_("agreement"),
    )
    duty = models.ForeignKey(
        Duty, on_delete=models.PROTECT, null=True, blank=True, related_name="growth_projects", verbose_name=_("duty")
    )
    planned_from = models.DateField(pgettext_lazy("project", "planned from"))
    target_on = models.DateField(_("target day"))
    state = models.CharField(_("state"), max_length=8, choices=ProjectState.choices, default=ProjectState.PLANNED)
    started_on = models.DateField(_("started on"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(target_on__gte=F("planned_from")), name="project_days_in_order"),
            models.CheckConstraint(
                condition=Q(duty__isnull=True) | Q(agreement__isnull=False), name="project_duty_has_agreement"
            ),
        ]

    def __str__(self) -> str:
        return self.title_zh

    def get_absolute_url(self) -> str:
        return reverse("growth:project", args=[self.pk])


class ProjectPerson(ProvenancedRecord):
    """Somebody of the joint team, with role, side and days."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="people", verbose_name=_("project"))
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="growth_projects", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=8, choices=PersonRole.choices, default=PersonRole.MEMBER)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        verbose_name = _("person of a project")
        verbose_name_plural = _("people of projects")
        ordering = ["project_id", "role", "starts_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "staff", "starts_on"], name="project_person_once_from_a_day"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="project_person_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return str(self.staff)


class ProjectMoney(ProvenancedRecord):
    """Money that was planned, committed or spent. A wrong line stays, and the line that corrects it counts instead."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="money", verbose_name=_("project"))
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=9, choices=MoneyKind.choices)
    money_source = models.CharField(_("source of the money"), max_length=8, choices=MoneySource.choices)
    amount_yuan = models.DecimalField(_("amount (yuan)"), max_digits=14, decimal_places=2)
    on = models.DateField(_("day"))
    purpose = models.CharField(_("for what"), max_length=300, blank=True)
    corrects = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="corrected_by",
        verbose_name=_("corrects line"),
    )

    class Meta:
        verbose_name = _("money of a project")
        verbose_name_plural = _("money of projects")
        ordering = ["project_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="project_money_number_once"),
            models.CheckConstraint(condition=Q(amount_yuan__gte=0), name="project_money_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.number}"


class Milestone(ProvenancedRecord):
    """One milestone: the days agreed first, those planned now, when it was reached and who signed."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="milestones", verbose_name=_("project"))
    number = models.PositiveSmallIntegerField(_("number"))
    name_zh = models.CharField(_("Chinese name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    asked_zh = models.CharField(_("evidence asked (Chinese)"), max_length=300, blank=True)
    asked_en = models.CharField(_("evidence asked (English)"), max_length=300, blank=True)
    signed_by = models.CharField(
        pgettext_lazy("milestone of a project", "signed by"),
        max_length=9,
        choices=SIGNER_CHOICES,
        default=Signer.ANOTHER.value,
    )
    baseline_from = models.DateField(_("agreed from"))
    baseline_to = models.DateField(_("agreed to"))
    planned_from = models.DateField(pgettext_lazy("project", "planned from"))
    planned_to = models.DateField(pgettext_lazy("project", "planned to"))
    reached_on = models.DateField(_("reached on"), null=True, blank=True)
    evidence = models.TextField(_("evidence"), blank=True)
    evidence_file = models.CharField(_("name of the file"), max_length=200, blank=True)
    reached_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("milestone of a project", "said by"),
    )
    reached_side = models.CharField(_("said by side"), max_length=9, choices=ProjectSide.choices, blank=True)
    verified_on = models.DateField(pgettext_lazy("milestone of a project", "signed on"), null=True, blank=True)
    verified_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("milestone of a project", "signed by"),
    )
    verified_side = models.CharField(_("signed by side"), max_length=9, choices=ProjectSide.choices, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("project", "milestone")
        verbose_name_plural = pgettext_lazy("project", "milestones")
        ordering = ["project_id", "number"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["project", "number"], name="milestone_number_once"),
            models.CheckConstraint(
                condition=Q(baseline_to__gte=F("baseline_from"), planned_to__gte=F("planned_from")),
                name="milestone_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(verified_on__isnull=True)
                | (Q(reached_on__isnull=False) & ~Q(reached_side=F("verified_side"))),
                name="milestone_signed_by_another_side",
            ),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | Q(reached_by__isnull=True) | ~Q(verified_by=F("reached_by")),
                name="milestone_signed_by_another_person",
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh

    def get_absolute_url(self) -> str:
        return f"{reverse('growth:project', args=[self.project_id])}#milestone-{self.number}"


class MilestoneMove(ProvenancedRecord):
    """The planned days of a milestone were moved: from when to when, why, and by whom."""

    milestone = models.ForeignKey(
        Milestone, on_delete=models.PROTECT, related_name="moves", verbose_name=pgettext_lazy("project", "milestone")
    )
    moved_on = models.DateField(_("moved on"))
    old_to = models.DateField(_("planned end before"))
    new_from = models.DateField(pgettext_lazy("project", "planned from"))
    new_to = models.DateField(pgettext_lazy("project", "planned to"))
    reason_code = models.CharField(_("reason"), max_length=12, choices=DelayReason.choices)
    reason = models.CharField(_("in a sentence"), max_length=500)
    moved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("moved by")
    )

    class Meta:
        verbose_name = _("move of a milestone")
        verbose_name_plural = _("moves of milestones")
        ordering = ["milestone_id", "moved_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(new_to__gte=F("new_from")), name="milestone_move_days_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.milestone} {self.moved_on}"

    @property
    def days(self) -> int:
        """By how many days the planned end moved; negative where it was brought forward."""
        return (self.new_to - self.old_to).days


class ProjectEvent(models.Model):
    """One line of a project's history."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="events", verbose_name=_("project"))
    milestone = models.ForeignKey(
        Milestone,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=pgettext_lazy("project", "milestone"),
    )
    step = models.CharField(_("step"), max_length=16)
    happened_on = models.DateField(_("happened on"))
    recorded_at = models.DateTimeField(_("recorded at"))
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("user")
    )
    acting_role = models.CharField(_("role"), max_length=32, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("event of a project")
        verbose_name_plural = _("events of projects")
        ordering = ["project_id", "id"]

    def __str__(self) -> str:
        return f"{self.project} {self.step}"
