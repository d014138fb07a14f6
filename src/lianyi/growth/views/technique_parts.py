"""What the pages of techniques share."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from lianyi.growth.models import DepartmentTechnique
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of
from lianyi.registry.models import Department

BOTH = ["GET", "HEAD", "POST"]


def technique_crumbs(row: DepartmentTechnique | None = None, department: Department | None = None) -> list[Crumb]:
    crumbs = [Crumb(_("Techniques"), reverse("growth:techniques"))]
    ward = department if row is None else row.department
    if ward is not None and row is not None:
        crumbs.append(Crumb(name_of(ward), reverse("growth:ladder", args=[ward.pk])))
    if row is not None:
        crumbs.append(Crumb(name_of(row), row.get_absolute_url()))
    return crumbs


def seen_version(form: CommandForm, version: int) -> int:
    seen = form.cleaned_data["expected_version"]
    return seen if isinstance(seen, int) else version
