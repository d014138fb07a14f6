"""Capability cycles of a partnership: gaps, what is planned against each, and what became of it.

Where a cycle stands and since when is told by the six twinning steps of its agreement and is kept there only.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.models import User
from lianyi.accounts.records import ProvenancedRecord, VersionedRecord
from lianyi.dispatch.models import Need
from lianyi.growth.models.assessments import CapabilityAssessment
from lianyi.growth.models.mentors import MentorPair
from lianyi.growth.models.projects import Project
from lianyi.growth.models.techniques import DepartmentTechnique
from lianyi.growth.models.training import Course
from lianyi.methods.capability import GapResult
from lianyi.partnerships.models import Agreement, Duty
from lianyi.registry.models import Department, Institution


class GapOrigin(models.TextChoices):
    """Where a gap was seen. The figures bear the names under which their applications propose needs."""

    ITEM = "item", _("item of an assessment not met")
    WISN_GAP = "wisn_gap", _("staff missing for the work (WISN)")
    READINESS_GAP = "readiness_gap", _("service not ready")
    REFERRED_AWAY = "referred_away", _("cases referred away")
    TRANSFER_BACK = "transfer_back", _("patients not taken back")
    SURVEY_GAP = "survey_gap", _("shortfall of the survey")
    BY_HAND = "by_hand", _("written by hand")


class HelpKind(models.TextChoices):
    """What kind of help is planned against a gap."""

    POSTING = "posting", _("people posted")
    TRAINING = "training", _("training")
    TECHNIQUE = "technique", _("technique brought in")
    PROJECT = "project", _("construction project")
    VISIT_ACTION = "visit_action", _("action of a visit")
    OTHER = "other", pgettext_lazy("kind of help", "other")


class OwnerSide(models.TextChoices):
    SUPPORTING = "supporting", _("supporting side")
    SUPPORTED = "supported", _("supported side")
    BOTH = "both", _("both sides")


class LineState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("line of a gap plan", "planned")
    DONE = "done", pgettext_lazy("line of a gap plan", "done")
    DROPPED = "dropped", pgettext_lazy("line of a gap plan", "dropped")


class ReviewResult(models.TextChoices):
    """What became of a gap; the words of ``lianyi.methods.capability.GapResult``."""

    CLOSED = GapResult.CLOSED.value, pgettext_lazy("gap", "closed")
    NARROWER = GapResult.NARROWER.value, _("narrower")
    SAME = GapResult.SAME.value, pgettext_lazy("gap", "the same")
    WIDER = GapResult.WIDER.value, _("wider")
    NOT_ASSESSED_AGAIN = GapResult.NOT_ASSESSED_AGAIN.value, _("not assessed again")


class CapabilityCycle(ProvenancedRecord):
    """The capability side of one turn of an agreement's cycle: what it is for, and when it is looked back on."""

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="capability_cycles", verbose_name=_("agreement")
    )
    number = models.PositiveSmallIntegerField(_("cycle"))
    aim = models.TextField(_("what this cycle is for"), blank=True)
    review_due_on = models.DateField(_("review due on"), null=True, blank=True)

    class Meta:
        verbose_name = _("capability cycle")
        verbose_name_plural = _("capability cycles")
        ordering = ["agreement_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="capability_cycle_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="capability_cycle_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id}.{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("growth:capability-cycle", args=[self.pk])


class CapabilityGap(ProvenancedRecord):
    """Something that the supported side cannot do yet, with the parts by which it is ranked.

    ``priority``, ``distance`` and ``need`` lie between 0 and 1. Points and place are counted from them when asked.
    """

    cycle = models.ForeignKey(
        CapabilityCycle, on_delete=models.PROTECT, related_name="gaps", verbose_name=_("capability cycle")
    )
    code = models.CharField(_("code"), max_length=16)
    origin = models.CharField(_("origin"), max_length=16, choices=GapOrigin.choices)
    origin_key = models.CharField(_("key of the origin"), max_length=160)
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="capability_gaps", verbose_name=_("institution")
    )
    department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="capability_gaps",
        verbose_name=_("department"),
    )
    specialty = models.CharField(_("specialty"), max_length=8, blank=True)
    profession = models.CharField(_("profession"), max_length=32, blank=True)
    words_zh = models.CharField(_("gap in Chinese"), max_length=400)
    words_en = models.CharField(_("gap in English"), max_length=400, blank=True)
    need_zh = models.CharField(_("need in Chinese"), max_length=400, blank=True)
    need_en = models.CharField(_("need in English"), max_length=400, blank=True)
    priority = models.FloatField(_("weight of the criterion"))
    distance = models.FloatField(_("distance from the criterion"))
    # Empty: nobody who reads the work and the cases of the institution has gathered it yet. That is not zero.
    need = models.FloatField(_("need behind it"), null=True, blank=True, default=0.0)
    figure = models.FloatField(_("figure"), null=True, blank=True)
    seen_on = models.DateField(_("seen on"))
    assessment = models.ForeignKey(
        CapabilityAssessment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="gaps",
        verbose_name=_("assessment by checklist"),
    )
    item = models.CharField(_("item"), max_length=64, blank=True)
    carried_from = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="carried_to",
        verbose_name=_("carried from"),
    )
    moved_to = models.PositiveSmallIntegerField(_("place given by hand"), null=True, blank=True)
    moved_because = models.TextField(_("why it was moved"), blank=True)
    moved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("moved by")
    )

    class Meta:
        verbose_name = _("capability gap")
        verbose_name_plural = _("capability gaps")
        ordering = ["cycle_id", "code"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "code"], name="capability_gap_code_unique_in_cycle"),
            models.UniqueConstraint(fields=["cycle", "origin_key"], name="capability_gap_once_in_cycle"),
            models.CheckConstraint(
                condition=Q(
                    priority__gte=0, priority__lte=1, distance__gte=0, distance__lte=1, need__gte=0, need__lte=1
                ),
                name="capability_gap_parts_are_shares",
            ),
            models.CheckConstraint(
                condition=Q(moved_to__isnull=True) | (Q(moved_to__gte=1) & ~Q(moved_because="")),
                name="capability_gap_moved_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return f"{reverse('growth:capability-cycle', args=[self.cycle_id])}#gap-{self.pk}"


class GapPlanLine(ProvenancedRecord):
    """What is planned against a gap: which help, by which side, until when, toward which duty and target."""

    gap = models.ForeignKey(
        CapabilityGap, on_delete=models.PROTECT, related_name="lines", verbose_name=_("capability gap")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind of help"), max_length=16, choices=HelpKind.choices)
    what = models.CharField(_("what is planned"), max_length=300)
    owner_side = models.CharField(_("side that sees to it"), max_length=12, choices=OwnerSide.choices)
    owner = models.CharField(_("who sees to it"), max_length=120, blank=True)
    due_on = models.DateField(_("due on"))
    duty = models.ForeignKey(
        Duty, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("duty")
    )
    target = models.CharField(_("target"), max_length=200, blank=True)
    target_value = models.FloatField(_("target value"), null=True, blank=True)
    # The records that carry the line out, at most one of each kind; how far it is, is read from them.
    course = models.ForeignKey(
        Course, on_delete=models.PROTECT, null=True, blank=True, related_name="gap_lines", verbose_name=_("course")
    )
    technique = models.ForeignKey(
        DepartmentTechnique,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="gap_lines",
        verbose_name=_("technique"),
    )
    mentor_pair = models.ForeignKey(
        MentorPair,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="gap_lines",
        verbose_name=_("mentor and apprentice"),
    )
    project = models.ForeignKey(
        Project,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="gap_lines",
        verbose_name=_("project"),
    )
    posting_need = models.ForeignKey(
        Need, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("need for people")
    )
    state = models.CharField(_("state"), max_length=8, choices=LineState.choices, default=LineState.PLANNED)
    ended_on = models.DateField(_("done or dropped on"), null=True, blank=True)
    ended_note = models.TextField(_("what was done, or why it was dropped"), blank=True)

    class Meta:
        verbose_name = _("line of a gap plan")
        verbose_name_plural = _("lines of a gap plan")
        ordering = ["gap_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["gap", "number"], name="gap_plan_line_number_unique"),
            models.CheckConstraint(
                condition=Q(state="planned", ended_on__isnull=True) | (~Q(state="planned") & Q(ended_on__isnull=False)),
                name="gap_plan_line_ends_with_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gap_id}.{self.number}"

    def get_absolute_url(self) -> str:
        return f"{reverse('growth:capability-cycle', args=[self.gap.cycle_id])}#line-{self.pk}"


class GapReview(VersionedRecord):
    """One look back at a gap: what is found now, what came of it, and whether it goes on to the next cycle."""

    gap = models.OneToOneField(
        CapabilityGap, on_delete=models.PROTECT, related_name="review", verbose_name=_("capability gap")
    )
    reviewed_on = models.DateField(_("reviewed on"))
    result = models.CharField(_("result"), max_length=20, choices=ReviewResult.choices)
    distance_after = models.FloatField(_("distance after"), null=True, blank=True)
    figure_after = models.FloatField(_("figure after"), null=True, blank=True)
    assessment = models.ForeignKey(
        CapabilityAssessment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assessment by checklist"),
    )
    goes_on = models.BooleanField(_("goes on to the next cycle"), default=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("review of a gap")
        verbose_name_plural = _("reviews of gaps")
        ordering = ["gap_id"]

    def __str__(self) -> str:
        return f"{self.gap_id} {self.result}"
