"""Mentors and apprentices: pairs with goals, the logbook of supervised procedures, levels signed by a third person."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.models import User
from lianyi.accounts.records import ProvenancedRecord
from lianyi.growth.models.techniques import DepartmentTechnique, TechniqueCase
from lianyi.methods.mentor_levels import Level
from lianyi.partnerships.models import Agreement, Duty
from lianyi.registry.models import Staff


class SupervisionLevel(models.TextChoices):
    OBSERVE = Level.OBSERVE.value, pgettext_lazy("level of supervision", "looks on")
    ASSIST = Level.ASSIST.value, pgettext_lazy("level of supervision", "assists")
    DIRECT = Level.DIRECT.value, _("does it under direct supervision")
    DISTANT = Level.DISTANT.value, _("does it under distant supervision")
    ALONE = Level.ALONE.value, _("does it alone")


class LogbookSide(models.TextChoices):
    MENTOR = "mentor", _("mentor")
    APPRENTICE = "apprentice", _("apprentice")


class LogbookState(models.TextChoices):
    WRITTEN = "written", pgettext_lazy("line of a logbook", "to be confirmed")
    CONFIRMED = "confirmed", pgettext_lazy("line of a logbook", "confirmed")
    REFUSED = "refused", pgettext_lazy("line of a logbook", "not confirmed")
    TAKEN_BACK = "taken_back", pgettext_lazy("line of a logbook", "taken back")


class LevelState(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("level of an apprentice", "proposed")
    SIGNED = "signed", pgettext_lazy("level of an apprentice", "signed")
    REFUSED = "refused", pgettext_lazy("level of an apprentice", "refused")


class MentorPair(ProvenancedRecord):
    """Somebody who teaches and somebody who learns, under an agreement, from a day on."""

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="mentor_pairs", verbose_name=_("agreement")
    )
    duty = models.ForeignKey(
        Duty, on_delete=models.PROTECT, null=True, blank=True, related_name="mentor_pairs", verbose_name=_("duty")
    )
    code = models.CharField(_("number"), max_length=40, unique=True)
    mentor = models.ForeignKey(
        Staff, on_delete=models.PROTECT, related_name="apprentice_pairs", verbose_name=_("mentor")
    )
    apprentice = models.ForeignKey(
        Staff, on_delete=models.PROTECT, related_name="mentor_pairs", verbose_name=_("apprentice")
    )
    starts_on = models.DateField(_("from"))
    planned_to = models.DateField(_("planned to"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    end_reason = models.TextField(_("why it ended"), blank=True)

    class Meta:
        verbose_name = _("mentor and apprentice")
        verbose_name_plural = _("mentors and apprentices")
        ordering = ["agreement_id", "-starts_on", "code"]
        constraints = [
            models.CheckConstraint(condition=~Q(mentor=F("apprentice")), name="mentor_pair_of_two_people"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("starts_on")), name="mentor_pair_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mentor} – {self.apprentice}"

    def get_absolute_url(self) -> str:
        return reverse("growth:mentor-pair", args=[self.pk])


class MentorGoal(ProvenancedRecord):
    """What the apprentice is to be able to do by when: a technique of the ladder, or in own words."""

    pair = models.ForeignKey(
        MentorPair, on_delete=models.PROTECT, related_name="goals", verbose_name=_("mentor and apprentice")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    technique = models.ForeignKey(
        DepartmentTechnique,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="goals",
        verbose_name=_("technique of a department"),
    )
    words = models.CharField(_("goal in words"), max_length=200, blank=True)
    level = models.CharField(_("level wanted"), max_length=8, choices=SupervisionLevel.choices)
    due_on = models.DateField(_("due on"))

    class Meta:
        verbose_name = _("goal of an apprentice")
        verbose_name_plural = _("goals of apprentices")
        ordering = ["pair_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["pair", "number"], name="mentor_goal_number_once"),
            models.CheckConstraint(
                condition=Q(technique__isnull=False) | ~Q(words=""), name="mentor_goal_says_something"
            ),
        ]

    def __str__(self) -> str:
        return self.words or str(self.technique)


class MentorGoalCorrection(models.Model):
    """What a goal said before and after a correction, and why. Rows are only ever added."""

    goal = models.ForeignKey(
        MentorGoal, on_delete=models.PROTECT, related_name="corrections", verbose_name=_("goal of an apprentice")
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    reason = models.TextField(_("reason"))
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)

    class Meta:
        verbose_name = _("correction of a goal")
        verbose_name_plural = _("corrections of goals")
        ordering = ["goal_id", "id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="mentor_goal_corrected_with_reason")]

    def __str__(self) -> str:
        return f"{self.goal_id} {self.recorded_at}"


class LogbookLine(ProvenancedRecord):
    """Supervised procedures of one day: counts, never a patient. One of the two writes it, the other confirms it."""

    goal = models.ForeignKey(
        MentorGoal, on_delete=models.PROTECT, related_name="lines", verbose_name=_("goal of an apprentice")
    )
    done_on = models.DateField(_("done on"))
    level = models.CharField(_("level of supervision"), max_length=8, choices=SupervisionLevel.choices)
    count = models.PositiveSmallIntegerField(_("cases"), default=1)
    remark = models.CharField(_("remark"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=LogbookState.choices, default=LogbookState.WRITTEN)
    written_side = models.CharField(_("written by the"), max_length=12, choices=LogbookSide.choices)
    written_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("written by")
    )
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    case = models.OneToOneField(
        TechniqueCase,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="logbook_line",
        verbose_name=_("case of a technique"),
    )

    class Meta:
        verbose_name = _("line of a logbook")
        verbose_name_plural = _("lines of logbooks")
        ordering = ["goal_id", "done_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(count__gte=1), name="logbook_line_counts_something"),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | Q(written_by__isnull=True) | ~Q(answered_by=F("written_by")),
                name="logbook_line_by_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.goal_id} {self.done_on}"


class LevelDecision(ProvenancedRecord):
    """At which level the apprentice works toward a goal from a day on: proposed by the mentor, signed by a third."""

    goal = models.ForeignKey(
        MentorGoal, on_delete=models.PROTECT, related_name="levels", verbose_name=_("goal of an apprentice")
    )
    level = models.CharField(_("level"), max_length=8, choices=SupervisionLevel.choices)
    since = models.DateField(_("from"))
    state = models.CharField(_("state"), max_length=8, choices=LevelState.choices, default=LevelState.PROPOSED)
    proposed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("proposed by")
    )
    signed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signed by")
    )
    signed_by_staff = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signed by (person)")
    )
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("level of an apprentice")
        verbose_name_plural = _("levels of apprentices")
        ordering = ["goal_id", "since", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True) | Q(proposed_by__isnull=True) | ~Q(signed_by=F("proposed_by")),
                name="apprentice_level_by_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.goal_id} {self.level}"
