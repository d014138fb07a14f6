"""Partners without an account: a contact, and links that open one case for a while."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import User
from lianyi.accounts.records import ProvenancedRecord
from lianyi.registry.models import Institution


class ExternalPartner(ProvenancedRecord):
    """A hospital or person outside the network that patients are sent to all the same."""

    name = models.CharField(_("name"), max_length=200)
    kept_by = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="external_partners", verbose_name=_("kept by")
    )
    contact = models.CharField(_("contact person"), max_length=120, blank=True)
    phone = models.CharField(_("telephone"), max_length=60, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    note = models.TextField(_("note"), blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("partner outside the network")
        verbose_name_plural = _("partners outside the network")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["kept_by", "name"], name="external_partner_once")]

    def __str__(self) -> str:
        return self.name


class GuestLink(ProvenancedRecord):
    """A one-time link to one case (grant G5 of a guest). Only the digest of its secret is kept."""

    leg = models.ForeignKey("referrals.Leg", on_delete=models.PROTECT, related_name="guest_links")
    secret_digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    valid_until = models.DateTimeField(_("valid until"))
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("link for a guest")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"link {self.pk}"
