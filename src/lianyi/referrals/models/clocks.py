"""The clocks of a leg, their pauses, and who was called when one ran out."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianyi.referrals.models.legs import Leg
from lianyi.referrals.models.spans import LadderCall, StandStill, TimedSpan
from lianyi.registry.models import Institution


class Clock(TimedSpan):
    """One span of time that somebody has to do something. Raw, paused and net time are kept apart."""

    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="clocks")
    kind = models.CharField(_("clock"), max_length=20)
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="clocks", verbose_name=_("runs against")
    )
    # The ladder has no end while the clock runs: beyond its top the rungs are counted on.
    rung = models.PositiveIntegerField(_("rung of the ladder"), default=0)
    # When the ladder has to be climbed next; empty while the clock is paused, stopped, or needs no climbing.
    next_call_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("clock")
        ordering = ["leg_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["leg", "kind"], condition=Q(stopped_at__isnull=True), name="one_running_clock_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True) | Q(stopped_at__gte=F("started_at")), name="clock_runs_forward"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_call_at"],
                name="clock_to_call",
                condition=Q(stopped_at__isnull=True, next_call_at__isnull=False),
            ),
            models.Index(fields=["kind", "started_at"], name="clock_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.leg_id} {self.kind}"


class ClockPause(StandStill):
    """A stretch in which a clock stood still, because the other side had to answer."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="pauses")

    class Meta:
        ordering = ["clock_id", "id"]

    def __str__(self) -> str:
        return f"pause of {self.clock_id}"


class Escalation(LadderCall):
    """One rung of the ladder that was climbed for a clock: who was called. At most once, whatever restarts."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="escalations")

    class Meta:
        verbose_name = _("escalation")
        ordering = ["clock_id", "rung"]
        constraints = [models.UniqueConstraint(fields=["clock", "rung"], name="one_call_per_rung")]

    def __str__(self) -> str:
        return f"{self.clock_id}.{self.rung}"
