"""What the pages of training share: the way to them, and the version that somebody saw."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from lianyi.growth.models.training import Course
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of

BOTH = ["GET", "HEAD", "POST"]


def training_crumbs(row: Course | None = None) -> list[Crumb]:
    crumbs = [Crumb(_("Training"), reverse("growth:courses"))]
    if row is not None:
        crumbs.append(Crumb(name_of(row, "title"), row.get_absolute_url()))
    return crumbs


def seen_version(form: CommandForm, version: int) -> int:
    seen = form.cleaned_data["expected_version"]
    return seen if isinstance(seen, int) else version
