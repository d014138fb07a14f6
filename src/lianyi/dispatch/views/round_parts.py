"""What the pages of rounds share: the way to them, their tabs, the version that somebody saw."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianyi.accounts.actors import Actor
from lianyi.dispatch.models import RoundProgramme
from lianyi.dispatch.rounds_authority import may_plan_rounds
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of
from lianyi.partnerships.views.parts import Tab

BOTH = ["GET", "HEAD", "POST"]
TABS = (
    ("dispatch:round-programme", gettext_lazy("Overview")),
    ("dispatch:round-week", gettext_lazy("Week")),
    ("dispatch:round-frequency", gettext_lazy("Frequency and missed visits")),
    ("dispatch:round-plans", gettext_lazy("Plans")),
)


def round_crumbs(row: RoundProgramme | None = None) -> list[Crumb]:
    crumbs = [Crumb(_("Rounds"), reverse("dispatch:rounds"))]
    if row is not None:
        crumbs.append(Crumb(name_of(row), row.get_absolute_url()))
    return crumbs


def programme_context(actor: Actor, row: RoundProgramme, here: str) -> dict[str, Any]:
    """Return what every page of a programme shows."""
    return {
        "title": name_of(row),
        "programme": row,
        "tabs": [Tab(label, reverse(name, args=[row.pk]), name == here) for name, label in TABS],
        "may_plan": may_plan_rounds(actor, row),
        "breadcrumbs": round_crumbs(),
    }


def seen_version(form: CommandForm, version: int) -> int:
    seen = form.cleaned_data["expected_version"]
    return seen if isinstance(seen, int) else version
