"""The way back: the plan that goes with the patient, what the lower unit needs for it, follow-up, recovery stages."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import User
from lianyi.accounts.records import ProvenancedRecord
from lianyi.referrals.models.cases import Journey, Request
from lianyi.referrals.models.legs import Leg
from lianyi.registry.models import Institution


class ReturnPlan(ProvenancedRecord):
    """What the upper hospital hands over with a patient who goes back down."""

    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="return_plan")

    class AgreedBy(models.TextChoices):
        PATIENT = "patient", _("the patient")
        FAMILY = "family", _("the family, for the patient")

    diagnosis = models.TextField(_("diagnosis"))
    done = models.TextField(_("what was done"))
    drugs = models.JSONField(_("drugs with remaining days"), default=list)
    devices = models.TextField(_("devices in place"), blank=True)
    warning_signs = models.TextField(_("warning signs"))
    send_back_if = models.TextField(_("send back if"))
    doctor_name = models.CharField(_("doctor to ask"), max_length=100)
    doctor_phone = models.CharField(_("telephone of the doctor"), max_length=60)
    agreed_by = models.CharField(_("who agreed to go back"), max_length=8, choices=AgreedBy.choices, blank=True)
    stability = models.JSONField(_("stability checklist"), default=dict)

    class Meta:
        verbose_name = _("plan of the return")

    def __str__(self) -> str:
        return f"plan {self.pk}"


class ReturnNeed(ProvenancedRecord):
    """One thing that the lower unit must have for the patient, and its answer."""

    class Kind(models.TextChoices):
        DRUG = "drug", _("drug")
        EQUIPMENT = "equipment", _("equipment")
        SKILL = "skill", _("skill")
        BED = "bed", _("bed or home care")

    class Answer(models.TextChoices):
        OPEN = "open", _("not answered")
        YES = "yes", _("yes, we have it")
        NO = "no", _("no")
        PROVIDED = "provided", _("no, the upper hospital provides it")

    class Help(models.TextChoices):
        DRUG = "drug", _("send the drug along")
        REMOTE = "remote", _("remote support")
        VISIT = "visit", _("a visiting doctor")

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="return_needs")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    description = models.CharField(_("what is needed"), max_length=200)
    answer = models.CharField(_("answer"), max_length=8, choices=Answer.choices, default=Answer.OPEN)
    asked_help = models.CharField(_("help asked"), max_length=6, choices=Help.choices, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)

    class Meta:
        verbose_name = _("need of a return")
        ordering = ["request_id", "id"]

    def __str__(self) -> str:
        return f"need {self.pk}"


class CapabilityFinding(ProvenancedRecord):
    """What a unit lacked when it was asked for a patient: evidence for what its partner should help with."""

    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="findings")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="capability_findings")
    kind = models.CharField(_("kind"), max_length=10, choices=ReturnNeed.Kind.choices)
    description = models.CharField(_("what was lacking"), max_length=200)
    found_at = models.DateTimeField(_("found"))

    class Meta:
        verbose_name = _("capability finding")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"finding {self.pk}"


class FollowUp(ProvenancedRecord):
    """Something to do for a patient by a day: a visit at home, a check after the return, a death to review."""

    class Kind(models.TextChoices):
        FIRST_AFTER_RETURN = "first_after_return", _("first follow-up after the return")
        PLANNED = "planned", _("planned follow-up")
        HOME_VISIT = "home_visit", _("visit at home: the patient did not come")
        DEATH_REVIEW = "death_review", _("review of a death")

    class State(models.TextChoices):
        OPEN = "open", _("to do")
        DONE = "done", _("done")
        NOT_POSSIBLE = "not_possible", _("not possible")
        VOID = "void", _("no longer needed")

    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="follow_ups")
    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="follow_ups")
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="follow_ups", verbose_name=_("done by")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.OPEN)
    opens_on = models.DateField(_("not before"), null=True, blank=True)
    due_on = models.DateField(_("due"))
    done_on = models.DateField(_("done on"), null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["institution", "due_on"], name="follow_up_open", condition=Q(state="open"))]

    def __str__(self) -> str:
        return f"follow-up {self.pk}"


class RecoveryStage(ProvenancedRecord):
    """A stage of rehabilitation or recovery at one institution of the journey."""

    class Stage(models.TextChoices):
        ACUTE = "acute", _("acute care")
        EARLY = "early", _("early rehabilitation")
        INPATIENT = "inpatient", _("rehabilitation ward")
        COMMUNITY = "community", _("community rehabilitation")
        HOME = "home", _("at home")

    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="recovery_stages")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="recovery_stages")
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices)
    scale = models.CharField(_("scale"), max_length=40, blank=True)
    score_in = models.DecimalField(_("score at the start"), max_digits=6, decimal_places=1, null=True, blank=True)
    score_out = models.DecimalField(_("score at the end"), max_digits=6, decimal_places=1, null=True, blank=True)
    started_on = models.DateField(_("from"))
    ended_on = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        verbose_name = _("stage of recovery")
        ordering = ["journey_id", "started_on", "id"]

    def __str__(self) -> str:
        return f"stage {self.pk}"
