"""Where something stands, as it was given and as it is kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CoordinateSystem(models.TextChoices):
    """How the coordinates were given. They are always kept as WGS 84."""

    WGS84 = "wgs84", "WGS 84"
    CGCS2000 = "cgcs2000", "CGCS2000"
    GCJ02 = "gcj02", "GCJ-02"
    BD09 = "bd09", "BD-09"


class Located(models.Model):
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    given_coordinate_system = models.CharField(
        _("coordinate system as given"), max_length=8, choices=CoordinateSystem.choices, blank=True
    )

    class Meta:
        abstract = True


def located_check(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(longitude__isnull=True, latitude__isnull=True)
        | (
            Q(longitude__gte=-180, longitude__lte=180, latitude__gte=-90, latitude__lte=90)
            & ~Q(given_coordinate_system="")
        ),
        name=name,
    )
