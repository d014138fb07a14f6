"""Scenarios of a posting plan: what was asked, the lines, what stays open and why."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import OrganisationNode
from lianyi.accounts.records import VersionedRecord
from lianyi.dispatch.models.needs import Need
from lianyi.dispatch.models.postings import Posting
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Staff

LONGEST_SEARCH_SECONDS = 3600


class ScenarioState(models.TextChoices):
    """Where a scenario stands."""

    DRAFT = "draft", _("not planned yet")
    READY = "ready", _("plan made")
    PUBLISHED = "published", _("handed over as drafts")
    PUT_ASIDE = "put_aside", _("put aside")


class PlanScenario(VersionedRecord):
    """One way to plan the postings of some agreements over some months; several stand side by side."""

    class Period(models.IntegerChoices):
        MONTH = 1, _("months")
        QUARTER = 3, _("quarters")

    name = models.CharField(_("name"), max_length=100)
    # Whoever covers this institution or place plans with it; the other parties see what is handed over, not this.
    owner = models.ForeignKey(
        OrganisationNode, on_delete=models.PROTECT, related_name="+", verbose_name=_("planned by")
    )
    agreements = models.ManyToManyField(Agreement, related_name="plan_scenarios", verbose_name=_("agreements"))
    # The decided pairing plan whose pairs alone help one another here; empty for all that the agreements name.
    pairing = models.ForeignKey(
        "dispatch.PairingPlan",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="plan_scenarios",
        verbose_name=_("pairing plan"),
    )
    first_day = models.DateField(_("from"))
    periods = models.PositiveSmallIntegerField(_("number of periods"))
    months_per_period = models.PositiveSmallIntegerField(_("planned in"), choices=Period.choices, default=Period.MONTH)
    # Which rules are hard, prices and the order of the goals, as `lianyi.dispatch.scenario_rules` reads it.
    rules = models.JSONField(_("rules and goals"), default=dict)
    seed = models.PositiveIntegerField(_("seed"), default=0)
    seconds = models.PositiveSmallIntegerField(_("time for the search (seconds)"), default=60)
    copied_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="copies", verbose_name=_("copied from")
    )
    # The scenario whose lines were handed over and which this one repairs with the least change.
    repairs = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="repairs_of", verbose_name=_("repairs")
    )
    state = models.CharField(_("state"), max_length=12, choices=ScenarioState.choices, default=ScenarioState.DRAFT)
    # What the independent check counted of the lines as they stand: goals and the figures to compare scenarios by.
    figures = models.JSONField(_("figures"), default=dict)
    changes = models.JSONField(_("changes against what it repairs"), default=list)
    is_touched = models.BooleanField(_("changed by hand since the last search"), default=False)
    solved_at = models.DateTimeField(_("planned at"), null=True, blank=True)

    class Meta:
        verbose_name = _("plan scenario")
        verbose_name_plural = _("plan scenarios")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(periods__gte=1, periods__lte=120), name="scenario_periods"),
            models.CheckConstraint(condition=Q(months_per_period__in=[1, 3]), name="scenario_period_length"),
            models.CheckConstraint(
                condition=Q(seconds__gte=1, seconds__lte=LONGEST_SEARCH_SECONDS), name="scenario_search_time"
            ),
        ]
        indexes = [models.Index(fields=["owner", "state"])]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("dispatch:plan-scenario", args=[self.pk])


class PlanLine(VersionedRecord):
    """A person in a need from a first to a last planning period, both counted from 0."""

    class Origin(models.TextChoices):
        SOLVER = "solver", _("by the search")
        BY_HAND = "by_hand", _("by hand")

    scenario = models.ForeignKey(PlanScenario, on_delete=models.PROTECT, related_name="lines")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="plan_lines", verbose_name=_("person"))
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="plan_lines", verbose_name=_("need"))
    first = models.PositiveSmallIntegerField(_("first period"))
    last = models.PositiveSmallIntegerField(_("last period"))
    is_locked = models.BooleanField(_("locked"), default=False)
    origin = models.CharField(_("origin"), max_length=8, choices=Origin.choices, default=Origin.SOLVER)
    # What it became when the scenario was handed over.
    posting = models.ForeignKey(
        Posting, on_delete=models.PROTECT, null=True, blank=True, related_name="plan_lines", verbose_name=_("posting")
    )

    class Meta:
        verbose_name = _("line of a plan scenario")
        ordering = ["scenario_id", "need_id", "first", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="plan_line_in_order"),
            models.UniqueConstraint(fields=["scenario", "staff", "need", "first"], name="plan_line_once_in_scenario"),
        ]

    def __str__(self) -> str:
        return f"{self.scenario_id} {self.staff_id} {self.first}–{self.last}"


class UnmetNeed(models.Model):
    """A need in which people stay missing, with the reason that the search found; codes, told in words by the page."""

    scenario = models.ForeignKey(PlanScenario, on_delete=models.PROTECT, related_name="unmet")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="+")
    missing = models.JSONField(_("people missing by period"))
    kind = models.CharField(_("reason"), max_length=20)
    trace = models.JSONField(_("who could serve it and who not"), default=dict)
    conflict = models.JSONField(_("rules that contradict one another"), default=list)
    is_smallest = models.BooleanField(_("no rule of these can be left out"), default=False)
    remedies = models.JSONField(_("what would fix it"), default=list)

    class Meta:
        verbose_name = _("need that stays open in a plan scenario")
        ordering = ["scenario_id", "need__priority", "need_id"]
        constraints = [models.UniqueConstraint(fields=["scenario", "need"], name="unmet_need_once_in_scenario")]

    def __str__(self) -> str:
        return f"{self.scenario_id} {self.need_id}"
