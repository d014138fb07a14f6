"""Searches for plans: of postings, of rounds and of pairs, in one queue, each in a process of its own."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import Affiliation, User
from lianyi.dispatch.models.pairings import PairingPlan
from lianyi.dispatch.models.rounds import RoundPlan, RoundProgramme
from lianyi.dispatch.models.scenarios import LONGEST_SEARCH_SECONDS, PlanScenario


class RunKind(models.TextChoices):
    """What a search plans."""

    POSTINGS = "postings", _("postings")
    ROUNDS = "rounds", _("rounds")
    PAIRING = "pairing", _("pairs")


class RunState(models.TextChoices):
    """Where a search stands."""

    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("searching")
    STOPPED = "stopped", _("stopped, the best so far kept")
    DONE = "done", _("finished")
    FAILED = "failed", _("failed")


ACTIVE_RUNS = (RunState.QUEUED, RunState.RUNNING)


class PlanRun(models.Model):
    """One search, in a process of its own: for a scenario, for some days of a programme of rounds, or for pairs.

    Only one is running at a time: the database sees to it. Progress, the best so far and the heartbeat are written by
    the process that holds ``token``; one whose heartbeat is old has lost its process and is taken up again.
    """

    kind = models.CharField(_("what is planned"), max_length=8, choices=RunKind.choices, default=RunKind.POSTINGS)
    scenario = models.ForeignKey(
        PlanScenario,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="runs",
        verbose_name=_("plan scenario"),
    )
    programme = models.ForeignKey(
        RoundProgramme,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="plan_runs",
        verbose_name=_("programme of rounds"),
    )
    pairing = models.ForeignKey(
        PairingPlan,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="runs",
        verbose_name=_("pairing plan"),
    )
    # The days of the rounds; a scenario has its own.
    first_day = models.DateField(_("from"), null=True, blank=True)
    last_day = models.DateField(_("to"), null=True, blank=True)
    # The proposal that came out.
    plan = models.OneToOneField(
        RoundPlan,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="made_in",
        verbose_name=_("plan of rounds"),
    )
    seconds = models.PositiveSmallIntegerField(_("time for the search (seconds)"), default=60)
    seed = models.PositiveIntegerField(_("seed"), default=0)
    state = models.CharField(_("state"), max_length=8, choices=RunState.choices, default=RunState.QUEUED)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))
    # Whose reach the search reads the data with; empty for the installer.
    asked_as = models.ForeignKey(
        Affiliation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked in the role of"),
    )
    asked_at = models.DateTimeField(_("asked at"))
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    finished_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    token = models.CharField(_("mark of the process"), max_length=36, blank=True)
    attempts = models.PositiveSmallIntegerField(_("times taken up"), default=0)
    stage = models.CharField(_("stage"), max_length=16, blank=True)
    seconds_gone = models.FloatField(_("seconds searched"), default=0.0)
    best = models.JSONField(_("best so far"), default=dict)
    is_stop_asked = models.BooleanField(_("asked to stop"), default=False)
    error_code = models.CharField(_("code of the failure"), max_length=64, blank=True)
    error = models.TextField(_("why it failed"), blank=True)

    class Meta:
        verbose_name = _("search for a plan")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind="postings",
                    scenario__isnull=False,
                    programme__isnull=True,
                    pairing__isnull=True,
                    first_day__isnull=True,
                    last_day__isnull=True,
                    plan__isnull=True,
                )
                | Q(
                    kind="rounds",
                    scenario__isnull=True,
                    programme__isnull=False,
                    pairing__isnull=True,
                    first_day__isnull=False,
                    last_day__isnull=False,
                    last_day__gte=F("first_day"),
                )
                | Q(
                    kind="pairing",
                    scenario__isnull=True,
                    programme__isnull=True,
                    pairing__isnull=False,
                    first_day__isnull=True,
                    last_day__isnull=True,
                    plan__isnull=True,
                ),
                name="plan_search_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(seconds__gte=1, seconds__lte=LONGEST_SEARCH_SECONDS), name="plan_search_time"
            ),
            models.UniqueConstraint(fields=["state"], condition=Q(state="running"), name="one_plan_search_at_a_time"),
            models.UniqueConstraint(
                fields=["scenario"],
                condition=Q(state__in=["queued", "running"]),
                name="one_active_search_of_a_scenario",
            ),
            models.UniqueConstraint(
                fields=["programme"],
                condition=Q(state__in=["queued", "running"]),
                name="one_active_search_of_rounds",
            ),
            models.UniqueConstraint(
                fields=["pairing"],
                condition=Q(state__in=["queued", "running"]),
                name="one_active_search_of_pairs",
            ),
        ]
        indexes = [models.Index(fields=["state", "id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.scenario_id or self.programme_id or self.pairing_id} {self.state}"

    @property
    def subject(self) -> PlanScenario | RoundProgramme | PairingPlan:
        """What is planned; the database holds one of the three."""
        subject = self.scenario or self.programme or self.pairing
        if subject is None:
            raise ValueError(f"The search {self.pk} belongs to nothing.")
        return subject
