"""What people are told, and the outbox that tells them: written in the same transaction as the step it speaks of."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import User
from lianyi.accounts.records import ProvenancedRecord
from lianyi.registry.models import Institution


class Notice(models.Model):
    """Something a person or an institution's desk is told. It names a case by number, never a patient."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="notices")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="notices")
    kind = models.CharField(_("kind"), max_length=32)
    urgency = models.CharField(max_length=10)
    leg = models.ForeignKey("referrals.Leg", on_delete=models.PROTECT, null=True, blank=True, related_name="notices")
    consultation = models.ForeignKey(
        "referrals.Consultation", on_delete=models.PROTECT, null=True, blank=True, related_name="notices"
    )
    params = models.JSONField(default=dict)
    made_at = models.DateTimeField(_("made"))
    seen_at = models.DateTimeField(_("seen"), null=True, blank=True)
    seen_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["institution", "-id"], name="notice_unseen", condition=Q(seen_at__isnull=True)),
            models.Index(fields=["user", "-id"], name="notice_of_user", condition=Q(user__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"


class Delivery(models.Model):
    """One notice on its way over one channel, tried again with growing pauses until it arrives or is given up."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")
        WEBHOOK = "webhook", _("webhook")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        DEAD = "dead", _("given up")

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices)
    address = models.CharField(_("address"), max_length=200)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-id"]
        indexes = [models.Index(fields=["next_attempt_at"], name="delivery_due", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"delivery {self.pk}"


class Webhook(ProvenancedRecord):
    """An address of an institution's own system that is told of its cases; the body is signed with its secret."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="webhooks")
    url = models.URLField(_("address"), max_length=200)
    secret = models.CharField(_("secret"), max_length=64)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("webhook")
        ordering = ["institution_id", "id"]

    def __str__(self) -> str:
        return f"webhook {self.pk}"


class WorkerHeartbeat(models.Model):
    """When the escalation worker last turned round, so that a dead one is seen."""

    name = models.CharField(max_length=40, unique=True)
    beat_at = models.DateTimeField()
    handled = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.name
