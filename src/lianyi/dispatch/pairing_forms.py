"""What people type about pairing plans, turned into what the commands take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.actors import Actor
from lianyi.dispatch.commands import NewPairing, PairWord
from lianyi.dispatch.commands.pairing_wishes import MOST_RANK
from lianyi.dispatch.models import PairingMark, PairingPlan
from lianyi.dispatch.models.scenarios import LONGEST_SEARCH_SECONDS
from lianyi.dispatch.pairing_queries import institutions_to_pair
from lianyi.dispatch.pairing_rules import LEVELS, MOST_NUMBER, WAIVABLE, PairingChoice, choice_of
from lianyi.dispatch.pairing_words import EMPHASIS_WORDS, PAIRING_RULE_WORDS
from lianyi.methods.periods import add_calendar_months, last_day_of_term
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of
from lianyi.registry.models import DepartmentStatus, Institution

_MONTHS_AT_FIRST = 12
# Fields that the choice of a plan keeps under the same name.
_CHOSEN = (
    *("emphasis", "only_agreements", "most_hours", "weak_departments", "most_donors", "least_donors"),
    *("most_recipients", "least_team", "past_months", "stable"),
)
_COSTS = {
    "travel_hour": _("Price of an hour of travel of one person"),
    "new_pair": _("Price of a new pair"),
    "broken_tie": _("Price of a tie that is not continued"),
}


class PairingForm(CommandForm):
    """A pairing plan, new or changed: the plain questions first, the rules and prices below them."""

    name = forms.CharField(label=_("Name"), max_length=100)
    donors = forms.MultipleChoiceField(
        label=_("Who may give"), widget=forms.CheckboxSelectMultiple,
        help_text=_("Institutions that give under an agreement within your reach, and members of alliances."),
    )  # fmt: skip
    recipients = forms.MultipleChoiceField(
        label=_("Who may receive"), widget=forms.CheckboxSelectMultiple,
        help_text=_("Institutions that receive under an agreement within your reach, and members of alliances."),
    )  # fmt: skip
    first_day = forms.DateField(label=_("From"), help_text=_("Needs that lie in these days count."))
    last_day = forms.DateField(label=_("To"))
    emphasis = forms.ChoiceField(
        label=_("What counts next once as many people as possible come"), choices=list(EMPHASIS_WORDS.items())
    )
    seconds = forms.IntegerField(
        label=_("Time for the search (seconds)"), min_value=1, max_value=LONGEST_SEARCH_SECONDS, initial=60
    )
    only_agreements = forms.BooleanField(label=_("Pair only partners of today"), required=False)
    weak_departments = forms.BooleanField(
        label=_("A weak department without a written need asks for one doctor"), required=False,
        help_text=_("The registry says which departments are weak. A written need of the specialty comes first."),
    )  # fmt: skip
    most_hours = forms.FloatField(
        label=_("Longest way (hours, one way)"), min_value=0, max_value=MOST_NUMBER, required=False,
        help_text=_("Estimated from positions. Empty: any. A way that nobody knows is not refused."),
    )  # fmt: skip
    least_level = forms.ChoiceField(label=_("How strong a helper must be in the specialty"), required=False)
    most_donors = forms.IntegerField(
        label=_("Most hospitals that help one recipient"), min_value=1, max_value=MOST_NUMBER, required=False,
        help_text=_("Empty: no limit."),
    )  # fmt: skip
    least_donors = forms.IntegerField(
        label=_("Least hospitals that should help each recipient"), min_value=0, max_value=MOST_NUMBER, initial=0
    )
    most_recipients = forms.IntegerField(
        label=_("Most recipients of one hospital"), min_value=1, max_value=MOST_NUMBER, required=False,
        help_text=_("Where the hospital has no limit of its own. Empty: no limit."),
    )  # fmt: skip
    least_share = forms.IntegerField(
        label=_("Least percent of the people asked for that each recipient should get"), min_value=0, max_value=100
    )
    least_team = forms.IntegerField(
        label=_("Least people of a hospital that helps"), min_value=0, max_value=MOST_NUMBER, initial=0
    )
    past_months = forms.IntegerField(
        label=_("Months before in which people sent count as burden"), min_value=0, max_value=MOST_NUMBER, initial=12
    )
    stable = forms.BooleanField(
        label=_("Only pairs that nobody would rather leave"), required=False,
        help_text=_("Both sides first say which choice the other is to them. Who named nobody is paired with nobody."),
    )  # fmt: skip
    seed = forms.IntegerField(
        label=_("Seed"), min_value=0, max_value=10**6, initial=0,
        help_text=_("The same data and seed give the same plan, unless the time ended the search."),
    )  # fmt: skip

    def __init__(self, actor: Actor, row: PairingPlan | None, sent: Mapping[str, Any] | None) -> None:
        super().__init__(sent, initial=_initial_of(row))
        offered = institutions_to_pair(actor)
        kept = ([], []) if row is None else (list(row.donors.order_by("code")), list(row.recipients.order_by("code")))
        self._choose("donors", [*kept[0], *offered.donors])
        self._choose("recipients", [*kept[1], *offered.recipients])
        levels = [("0.0", _("any")), *((str(LEVELS[each.value]), each.label) for each in DepartmentStatus)]
        self.fields["least_level"].choices = levels  # type: ignore[attr-defined]
        stored = choice_of({} if row is None else row.rules)
        for rule in WAIVABLE:
            self.fields[f"price_{rule.value}"] = forms.FloatField(
                label=_("Price: %(rule)s") % {"rule": PAIRING_RULE_WORDS[rule.value]},
                min_value=0.001,
                required=False,
                initial=stored.prices.get(rule.value),
                help_text=_("Of one person or partner too many. Empty: it always holds."),
            )
        for name, label in _COSTS.items():
            self.fields[f"cost_{name}"] = forms.FloatField(label=label, min_value=0, initial=stored.cost[name])

    def _choose(self, field: str, rows: Iterable[Institution]) -> None:
        found = {row.pk: row for row in rows}
        named = [(str(key), f"{row.code} {name_of(row)}") for key, row in found.items()]
        self.fields[field].choices = sorted(named, key=lambda each: each[1])  # type: ignore[attr-defined]

    def plain_fields(self) -> list[Any]:
        """Return the fields that everybody fills in."""
        names = ("name", "donors", "recipients", "first_day", "last_day", "emphasis", "seconds")
        return [self[name] for name in names]

    def rule_fields(self) -> list[Any]:
        """Return the fields of rules and prices, which have good usual values."""
        plain = {field.name for field in self.plain_fields()}
        return [field for field in self.visible_fields() if field.name not in plain]

    def new_pairing(self) -> NewPairing:
        given = self.cleaned_data
        choice = PairingChoice(
            least_level=float(given["least_level"] or 0),
            least_coverage=given["least_share"] / 100,
            prices={rule.value: given[f"price_{rule.value}"] for rule in WAIVABLE if given[f"price_{rule.value}"]},
            cost={name: given[f"cost_{name}"] for name in _COSTS},
            **{name: given[name] for name in _CHOSEN},
        )
        return NewPairing(
            name=given["name"],
            donor_ids=[int(each) for each in given["donors"]],
            recipient_ids=[int(each) for each in given["recipients"]],
            first_day=given["first_day"],
            last_day=given["last_day"],
            choice=choice,
            seed=given["seed"],
            seconds=given["seconds"],
        )


def _initial_of(row: PairingPlan | None) -> dict[str, Any]:
    """Return what the form shows of a plan; a new one begins with twelve months from the next month on."""
    stored = choice_of({} if row is None else row.rules)
    chosen = {
        **{name: getattr(stored, name) for name in _CHOSEN},
        "least_level": str(stored.least_level),
        "least_share": round(100 * stored.least_coverage),
    }
    if row is None:
        first = add_calendar_months(timezone.localdate().replace(day=1), 1)
        return {**chosen, "first_day": first, "last_day": last_day_of_term(first, _MONTHS_AT_FIRST)}
    return {
        **chosen,
        **{name: getattr(row, name) for name in ("name", "first_day", "last_day", "seconds", "seed")},
        "donors": [str(each.pk) for each in row.donors.all()],
        "recipients": [str(each.pk) for each in row.recipients.all()],
        "expected_version": row.version,
    }


class PairForm(CommandForm):
    """What a planner says of two institutions."""

    hold = forms.ChoiceField(
        label=_("By hand"), choices=PairingMark.Hold.choices, required=False, widget=forms.RadioSelect
    )
    donor_rank = forms.IntegerField(min_value=1, max_value=MOST_RANK, required=False)
    recipient_rank = forms.IntegerField(min_value=1, max_value=MOST_RANK, required=False)

    def __init__(
        self, donor: Institution, recipient: Institution, sent: Mapping[str, Any] | None, initial: Mapping[str, Any]
    ) -> None:
        super().__init__(sent, initial=dict(initial))
        self._word = PairWord(donor.pk, recipient.pk)
        named = {"donor": name_of(donor), "recipient": name_of(recipient)}
        self.fields["donor_rank"].label = _("Which choice %(recipient)s is of %(donor)s") % named
        self.fields["recipient_rank"].label = _("Which choice %(donor)s is of %(recipient)s") % named
        self.fields["donor_rank"].help_text = _("1 is the first choice. Empty: not named.")

    def word(self) -> PairWord:
        given = self.cleaned_data
        names = ("hold", "donor_rank", "recipient_rank")
        return replace(self._word, **{name: given[name] for name in names})


class PairingNameForm(CommandForm):
    """The name of a plan that is made from another."""

    name = forms.CharField(label=_("Name"), max_length=100)
