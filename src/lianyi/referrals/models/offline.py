"""Devices on which somebody works without network."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import Affiliation, User
from lianyi.accounts.records import VersionedRecord


class OfflineDevice(VersionedRecord):
    """One browser of one person that may keep that person's own cases, sealed with a key that only it gets.

    The key is not kept: it is derived from the installation's secret, this row's salt, and the person.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="offline_devices", verbose_name=_("person"))
    affiliation = models.ForeignKey(
        Affiliation, on_delete=models.PROTECT, related_name="offline_devices", verbose_name=_("affiliation")
    )
    handle = models.CharField(max_length=36, unique=True, editable=False)
    salt = models.CharField(max_length=64, editable=False)
    name = models.CharField(_("name of the device"), max_length=60)
    last_seen_at = models.DateTimeField(_("last exchange"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("blocked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("blocked by")
    )

    class Meta:
        verbose_name = _("device without network")
        verbose_name_plural = _("devices without network")
        ordering = ["-id"]
        indexes = [models.Index(fields=["user"], name="offline_device_in_use", condition=Q(revoked_at__isnull=True))]

    def __str__(self) -> str:
        return f"device {self.pk}"
