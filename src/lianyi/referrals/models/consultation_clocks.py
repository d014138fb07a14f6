"""The clocks of a consultation, their pauses, and who was called when one ran out."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianyi.referrals.models.consultations import Consultation
from lianyi.referrals.models.spans import LadderCall, StandStill, TimedSpan
from lianyi.registry.models import Institution


class Awaited(models.TextChoices):
    """What a clock of a consultation waits for."""

    DRAFT = "draft", _("finish the draft")
    ANSWER = "answer", _("yes or no of the expert side")
    INFORMATION = "information", _("answer to the question")
    ARRANGEMENT = "arrangement", _("time of the session, or the opinion")
    SESSION = "session", _("session at its time")
    OPINION = "opinion", _("opinion after the session")
    NEW_TIME = "new_time", _("new time of the session")
    READING = "reading", _("reading the opinion")
    CLOSING = "closing", _("saying what was followed")


class ConsultationClock(TimedSpan):
    """One span of time that a side has to do something. Raw, paused and net time are kept apart."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="clocks")
    kind = models.CharField(_("clock"), max_length=12, choices=Awaited.choices)
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="+", verbose_name=_("runs against")
    )

    class Meta:
        verbose_name = _("clock of a consultation")
        ordering = ["consultation_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "kind"],
                condition=Q(stopped_at__isnull=True),
                name="one_running_clock_of_a_consultation",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True) | Q(stopped_at__gte=F("started_at")),
                name="consultation_clock_runs_forward",
            ),
        ]
        indexes = [models.Index(fields=["kind", "started_at"], name="consultation_clock_by_kind")]

    def __str__(self) -> str:
        return f"{self.consultation_id} {self.kind}"


class ConsultationClockPause(StandStill):
    """A stretch in which a clock stood still, because the asking side had to answer."""

    clock = models.ForeignKey(ConsultationClock, on_delete=models.PROTECT, related_name="pauses")

    class Meta:
        ordering = ["clock_id", "id"]

    def __str__(self) -> str:
        return f"pause of {self.clock_id}"


class ConsultationCall(LadderCall):
    """One rung of the ladder that was climbed for a clock: who was called. At most once, whatever restarts."""

    clock = models.ForeignKey(ConsultationClock, on_delete=models.PROTECT, related_name="calls")

    class Meta:
        verbose_name = _("call for a consultation")
        ordering = ["clock_id", "rung"]
        constraints = [models.UniqueConstraint(fields=["clock", "rung"], name="one_call_per_rung_of_consultation")]

    def __str__(self) -> str:
        return f"{self.clock_id}.{self.rung}"
