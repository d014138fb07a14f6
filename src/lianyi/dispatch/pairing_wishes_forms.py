"""What people type about wishes for pairs."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.dispatch.commands import WishList
from lianyi.dispatch.commands.pairing_wishes import MOST_RANK, Wishes
from lianyi.dispatch.models import PairingPlan
from lianyi.dispatch.models.pairings import LONGEST_REFUSAL
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of
from lianyi.registry.models import Institution

_DAYS_TO_ANSWER = 14


class WishesForm(CommandForm):
    """Which choice each of the others is of one institution, and why it could not work with one."""

    def __init__(
        self, others: Iterable[Institution], known: Wishes, sent: Mapping[str, Any] | None, version: int
    ) -> None:
        super().__init__(sent, initial={"expected_version": version})
        self._others = list(others)
        for row in self._others:
            named = {"institution": name_of(row)}
            self.fields[f"rank_{row.pk}"] = forms.IntegerField(
                label=_("Which choice: %(institution)s") % named,
                min_value=1,
                max_value=MOST_RANK,
                required=False,
                initial=known.ranks.get(row.pk),
            )
            self.fields[f"refusal_{row.pk}"] = forms.CharField(
                label=_("Why not: %(institution)s") % named,
                max_length=LONGEST_REFUSAL,
                required=False,
                initial=known.refusals.get(row.pk, ""),
            )

    def rows(self) -> Iterator[tuple[Institution, Any, Any]]:
        """Return each of the others with its two fields."""
        for row in self._others:
            yield row, self[f"rank_{row.pk}"], self[f"refusal_{row.pk}"]

    def wishes(self, institution: Institution, side: str) -> WishList:
        given = self.cleaned_data
        ranks = {row.pk: given[f"rank_{row.pk}"] for row in self._others}
        return WishList(institution.pk, side, ranks, {row.pk: given[f"refusal_{row.pk}"] for row in self._others})


class AskWishesForm(CommandForm):
    """Until when the institutions of a plan may state their wishes."""

    until = forms.DateField(label=_("Last day to answer"))

    def __init__(self, plan: PairingPlan, sent: Mapping[str, Any] | None) -> None:
        usual = timezone.localdate() + datetime.timedelta(days=_DAYS_TO_ANSWER)
        super().__init__(sent, initial={"until": plan.wishes_until or usual, "expected_version": plan.version})
