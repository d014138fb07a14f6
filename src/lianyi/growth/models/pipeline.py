"""The pipeline from an idea to its spread: projects of medicine and engineering, and results put to use."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.models import User
from lianyi.accounts.records import ProvenancedRecord
from lianyi.partnerships.models import Agreement, Duty
from lianyi.registry.models import Department, Institution

WHOLE_PERCENT = Decimal(100)


class InnovationKind(models.TextChoices):
    MEDICINE_ENGINEERING = "medicine_engineering", _("medicine and engineering")
    RESULT = "result", _("result put to use")


class InnovationState(models.TextChoices):
    RUNNING = "running", pgettext_lazy("state in the pipeline", "running")
    STOPPED = "stopped", pgettext_lazy("state in the pipeline", "stopped")
    COMPLETED = "completed", pgettext_lazy("state in the pipeline", "completed")


class PartnerKind(models.TextChoices):
    INSTITUTION = "institution", _("institution")
    COMPANY = "company", _("company")
    UNIVERSITY = "university", _("university or institute")
    OTHER = "other", pgettext_lazy("kind of a partner", "other")


class GainKind(models.TextChoices):
    """What a stage brought; how many institutions use it is counted from their first days."""

    MONEY = "money", _("money (yuan)")
    PATENTS = "patents", _("patents and software rights")
    TECHNIQUES = "techniques", _("techniques")
    PAPERS = "papers", _("papers")


class Innovation(ProvenancedRecord):
    """One joint project on its way from an idea to its spread. Its stage is what its steps led to."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    title_zh = models.CharField(_("Chinese title"), max_length=200)
    title_en = models.CharField(_("English title"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=24, choices=InnovationKind.choices)
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="innovations", verbose_name=_("institution")
    )
    department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="innovations",
        verbose_name=_("department"),
    )
    agreement = models.ForeignKey(
        Agreement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="innovations",
        verbose_name=_("agreement"),
    )
    duty = models.ForeignKey(
        Duty,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="innovations",
        verbose_name=_("duty that it serves"),
    )
    stage = models.CharField(_("stage"), max_length=32)
    state = models.CharField(_("state"), max_length=9, choices=InnovationState.choices, default=InnovationState.RUNNING)
    started_on = models.DateField(_("started on"))
    problem_zh = models.CharField(_("clinical problem (Chinese)"), max_length=500, blank=True)
    problem_en = models.CharField(_("clinical problem (English)"), max_length=500, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("project of the pipeline")
        verbose_name_plural = _("projects of the pipeline")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title_zh

    def get_absolute_url(self) -> str:
        return reverse("growth:innovation", args=[self.pk])


class InnovationStep(ProvenancedRecord):
    """One step on the way: a stage completed or skipped, back to an earlier one, stopped, taken up again."""

    innovation = models.ForeignKey(
        Innovation, on_delete=models.PROTECT, related_name="steps", verbose_name=_("project of the pipeline")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    step = models.CharField(_("step"), max_length=9)
    stage = models.CharField(_("stage"), max_length=32)
    on = models.DateField(_("day"))
    evidence = models.CharField(_("what shows it"), max_length=1000, blank=True)
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("user")
    )

    class Meta:
        verbose_name = _("step in the pipeline")
        verbose_name_plural = _("steps in the pipeline")
        ordering = ["innovation_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["innovation", "number"], name="innovation_step_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.innovation} {self.step} {self.stage}"


class InnovationPartner(ProvenancedRecord):
    """A partner: an institution of the registry, or a company or university by its name, with its share of rights."""

    innovation = models.ForeignKey(
        Innovation, on_delete=models.PROTECT, related_name="partners", verbose_name=_("project of the pipeline")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=11, choices=PartnerKind.choices)
    institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="innovation_parts",
        verbose_name=_("institution"),
    )
    name_zh = models.CharField(_("Chinese name"), max_length=200, blank=True)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    part = models.CharField(_("part in it"), max_length=200)
    share_percent = models.DecimalField(_("share of rights (%)"), max_digits=5, decimal_places=2)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        verbose_name = _("partner in the pipeline")
        verbose_name_plural = _("partners in the pipeline")
        ordering = ["innovation_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["innovation", "number"], name="innovation_partner_number_once"),
            models.CheckConstraint(
                condition=Q(share_percent__gte=0, share_percent__lte=WHOLE_PERCENT), name="innovation_share_is_one"
            ),
            models.CheckConstraint(
                condition=Q(institution__isnull=False) | ~Q(name_zh=""), name="innovation_partner_is_named"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="innovation_partner_days"
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh if self.institution is None else str(self.institution)


class EthicsApproval(ProvenancedRecord):
    """An approval of an ethics committee, with its last day."""

    innovation = models.ForeignKey(
        Innovation, on_delete=models.PROTECT, related_name="approvals", verbose_name=_("project of the pipeline")
    )
    approval_number = models.CharField(_("number of the approval"), max_length=64)
    committee = models.CharField(_("committee"), max_length=200)
    approved_on = models.DateField(_("approved on"))
    valid_to = models.DateField(_("valid to"))

    class Meta:
        verbose_name = _("ethics approval")
        verbose_name_plural = _("ethics approvals")
        ordering = ["innovation_id", "approved_on"]
        constraints = [
            models.UniqueConstraint(fields=["innovation", "approval_number"], name="ethics_approval_once"),
            models.CheckConstraint(condition=Q(valid_to__gte=F("approved_on")), name="ethics_days_in_order"),
        ]

    def __str__(self) -> str:
        return self.approval_number


class InnovationGain(ProvenancedRecord):
    """What a stage brought. A wrong line stays, and the line that corrects it counts instead."""

    innovation = models.ForeignKey(
        Innovation, on_delete=models.PROTECT, related_name="gains", verbose_name=_("project of the pipeline")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    stage = models.CharField(_("stage"), max_length=32)
    kind = models.CharField(_("kind"), max_length=10, choices=GainKind.choices)
    quantity = models.DecimalField(_("how much"), max_digits=14, decimal_places=2)
    on = models.DateField(_("day"))
    words = models.CharField(_("in words"), max_length=300, blank=True)
    corrects = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="corrected_by",
        verbose_name=_("corrects line"),
    )

    class Meta:
        verbose_name = _("what the pipeline brought")
        verbose_name_plural = _("what the pipeline brought")
        ordering = ["innovation_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["innovation", "number"], name="innovation_gain_number_once"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="innovation_gain_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.innovation} {self.number}"


class InnovationUse(ProvenancedRecord):
    """An institution that uses it, from its first day on."""

    innovation = models.ForeignKey(
        Innovation, on_delete=models.PROTECT, related_name="uses", verbose_name=_("project of the pipeline")
    )
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="innovation_uses", verbose_name=_("institution")
    )
    first_used_on = models.DateField(_("first used on"))

    class Meta:
        verbose_name = _("institution that uses it")
        verbose_name_plural = _("institutions that use it")
        ordering = ["innovation_id", "first_used_on"]
        constraints = [
            models.UniqueConstraint(fields=["innovation", "institution"], name="innovation_use_once"),
        ]

    def __str__(self) -> str:
        return f"{self.innovation} {self.institution}"


class InnovationUseCheck(ProvenancedRecord):
    """On a day somebody looked whether it is still in use."""

    use = models.ForeignKey(
        InnovationUse, on_delete=models.PROTECT, related_name="checks", verbose_name=_("institution that uses it")
    )
    checked_on = models.DateField(_("checked on"))
    still_used = models.BooleanField(_("still in use"))
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("check of use")
        verbose_name_plural = _("checks of use")
        ordering = ["use_id", "checked_on"]
        constraints = [models.UniqueConstraint(fields=["use", "checked_on"], name="innovation_check_once_a_day")]

    def __str__(self) -> str:
        return f"{self.use} {self.checked_on}"
