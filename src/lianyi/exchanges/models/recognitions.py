"""Recognition and thanks: to whom, what for, by whom, and what was handed over."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.records import ProvenancedRecord
from lianyi.exchanges.models.visits import ExchangeVisit
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Institution, Staff


class RecognitionKind(models.TextChoices):
    RECOGNITION = "recognition", _("recognition of work")
    THANKS = "thanks", _("thanks to members")
    FAMILY = "family", _("thanks to families")
    GIFT = "gift", pgettext_lazy("kind of recognition", "gift")


class Recognition(ProvenancedRecord):
    """Recognition, thanks or a gift, under an agreement or at a visit."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    agreement = models.ForeignKey(
        Agreement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="recognitions",
        verbose_name=_("agreement"),
    )
    visit = models.ForeignKey(
        ExchangeVisit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="recognitions",
        verbose_name=pgettext_lazy("visit", "visit"),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=RecognitionKind.choices)
    given_on = models.DateField(_("given on"))
    to_staff = models.ForeignKey(
        Staff,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="recognitions",
        verbose_name=_("to the staff member"),
    )
    to_words = models.CharField(_("to whom, in words"), max_length=200, blank=True)
    what_for_zh = models.CharField(_("what for, in Chinese"), max_length=500, blank=True)
    what_for_en = models.CharField(_("what for, in English"), max_length=500, blank=True)
    given_by = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        related_name="recognitions_given",
        verbose_name=pgettext_lazy("recognition", "given by"),
    )
    gift = models.CharField(_("gift in words"), max_length=300, blank=True)
    handed_over_on = models.DateField(_("handed over on"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    is_void = models.BooleanField(_("taken back"), default=False)

    class Meta:
        verbose_name = _("recognition")
        verbose_name_plural = _("recognitions")
        ordering = ["-given_on", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_staff__isnull=False) | ~Q(to_words=""), name="recognition_is_to_somebody"
            ),
            models.CheckConstraint(condition=~Q(what_for_zh="", what_for_en=""), name="recognition_says_what_for"),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("exchanges:recognition", args=[self.pk])
