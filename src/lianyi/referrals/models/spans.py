"""What clocks of referrals and of consultations share: a span with its pauses, and the calls made when it ran out."""

from __future__ import annotations

import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import User
from lianyi.referrals.states import Urgency
from lianyi.registry.models import Institution


class TimedSpan(models.Model):
    """One span of time in which somebody has to do something. Raw, paused and net time are kept apart."""

    class Stop(models.TextChoices):
        MET = "met", _("done")
        VOID = "void", _("no longer needed")

    urgency = models.CharField(max_length=10, choices=Urgency.choices)
    started_at = models.DateTimeField(_("started"))
    due_at = models.DateTimeField(_("due"))
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)
    stop = models.CharField(max_length=4, choices=Stop.choices, blank=True)
    paused_since = models.DateTimeField(_("paused since"), null=True, blank=True)
    paused_seconds = models.PositiveIntegerField(_("paused, seconds"), default=0)
    breached_at = models.DateTimeField(_("ran out"), null=True, blank=True)

    class Meta:
        abstract = True

    def is_late_at(self, now: datetime.datetime) -> bool:
        """Tell whether it ran out, by its stop or by now; a span that stands still runs out of nothing."""
        end = self.stopped_at or now
        return self.breached_at is not None or (self.paused_since is None and end > self.due_at)


class StandStill(models.Model):
    """A stretch in which a span stood still, because the other side had to answer."""

    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class LadderCall(models.Model):
    """One rung of the ladder that was climbed for a clock: who was called. At most once, whatever restarts."""

    rung = models.PositiveIntegerField(_("rung"))
    post = models.CharField(_("called as"), max_length=20)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    called_at = models.DateTimeField(_("called"))

    class Meta:
        abstract = True
