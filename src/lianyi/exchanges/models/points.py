"""Points: what was found, asked, suggested or praised at a visit, and how each was sorted."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.models import User
from lianyi.accounts.records import ProvenancedRecord
from lianyi.exchanges.models.visits import ExchangeVisit
from lianyi.registry.models import Department, Institution, Staff


class PointKind(models.TextChoices):
    FINDING = "finding", _("finding")
    PROBLEM = "problem", pgettext_lazy("visit", "problem")
    SUGGESTION = "suggestion", _("suggestion")
    DEMAND = "demand", _("demand")
    PRAISE = "praise", _("praise")
    # A member's own living or working conditions. Confidential: see ``exchanges.confidence``.
    DIFFICULTY = "difficulty", _("difficulty of a member")


OPEN_KINDS = tuple(kind for kind in PointKind if kind is not PointKind.DIFFICULTY)
"""Kinds that every reader of the visit may read."""


class PointState(models.TextChoices):
    RAISED = "raised", _("not sorted yet")
    ACTION = "action", _("turned into an action")
    MERGED = "merged", _("merged into another point")
    ANSWERED = "answered", _("answered at once")
    NOTED = "noted", _("noted")
    REFUSED = "refused", pgettext_lazy("state of a point", "refused")


class Point(ProvenancedRecord):
    """One thing that was raised at a visit. It is never lost: it stays, whatever becomes of it."""

    visit = models.ForeignKey(
        ExchangeVisit, on_delete=models.PROTECT, related_name="points", verbose_name=pgettext_lazy("visit", "visit")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=12, choices=PointKind.choices)
    category = models.CharField(_("category"), max_length=40)
    statement_zh = models.TextField(_("what was raised, in Chinese"), blank=True)
    statement_en = models.TextField(_("what was raised, in English"), blank=True)
    evidence = models.TextField(_("evidence"), blank=True)
    raised_on = models.DateField(_("raised on"))
    raised_by = models.CharField(_("raised by"), max_length=200, blank=True)
    raised_by_staff = models.ForeignKey(
        Staff,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="points_raised",
        verbose_name=_("raised by the staff member"),
    )
    raised_by_institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="points_raised",
        verbose_name=_("raised by the institution"),
    )
    institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="points_about",
        verbose_name=_("about the institution"),
    )
    department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="points_about",
        verbose_name=_("about the department"),
    )
    state = models.CharField(_("state"), max_length=10, choices=PointState.choices, default=PointState.RAISED)
    answer = models.TextField(_("answer or reason"), blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into")
    )
    recurs_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="recurrences",
        verbose_name=_("comes back from the former point"),
    )
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("point")
        verbose_name_plural = pgettext_lazy("visit", "points")
        ordering = ["visit_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "number"], name="point_number_unique_in_visit"),
            models.CheckConstraint(condition=~Q(statement_zh="", statement_en=""), name="point_says_something"),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="point_merged_into_one",
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="point_not_merged_into_itself"),
            models.CheckConstraint(condition=~Q(recurs_of=F("id")), name="point_not_its_own_former"),
            models.CheckConstraint(
                condition=~Q(state__in=["answered", "refused"]) | ~Q(answer=""), name="point_answered_in_words"
            ),
        ]
        indexes = [models.Index(fields=["state", "raised_on"])]

    def __str__(self) -> str:
        return f"{self.visit.code}/{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("exchanges:point", args=[self.pk])

    @property
    def is_confidential(self) -> bool:
        """Tell of a member's own difficulty, which few may read."""
        return self.kind == PointKind.DIFFICULTY


class PointEvent(models.Model):
    """How a point was raised, changed and sorted. Rows are only ever added."""

    point = models.ForeignKey(Point, on_delete=models.PROTECT, related_name="events", verbose_name=_("point"))
    step = models.CharField(_("step"), max_length=16)
    from_state = models.CharField(_("state before"), max_length=10, choices=PointState.choices, blank=True)
    to_state = models.CharField(_("state after"), max_length=10, choices=PointState.choices)
    recorded_at = models.DateTimeField(_("recorded at"))
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("user"))
    acting_role = models.CharField(_("role"), max_length=24, blank=True)
    reason = models.TextField(_("reason in words"), blank=True)

    class Meta:
        verbose_name = _("step of a point")
        verbose_name_plural = _("steps of points")
        ordering = ["point_id", "id"]

    def __str__(self) -> str:
        return f"{self.point_id} {self.step}"
