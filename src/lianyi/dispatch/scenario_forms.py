"""What people type about scenarios of plans, turned into what the commands take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.actors import Actor
from lianyi.dispatch.commands import LineWish, NewScenario
from lianyi.dispatch.commands.scenarios import MOST_PERIODS
from lianyi.dispatch.models import PlanLine, PlanScenario
from lianyi.dispatch.models.scenarios import LONGEST_SEARCH_SECONDS
from lianyi.dispatch.needs_texts import wanted_word
from lianyi.dispatch.pairing_queries import decided
from lianyi.dispatch.scenario_problem import PlanData
from lianyi.dispatch.scenario_queries import agreements_to_plan
from lianyi.dispatch.scenario_rules import MOST_BATCH, MOST_MONTHS_AWAY, WAIVABLE, ScenarioRules, rules_of
from lianyi.dispatch.scenario_words import GOAL_WORDS, RULE_WORDS
from lianyi.dispatch.texts import title_word
from lianyi.methods.periods import add_calendar_months
from lianyi.methods.postings.rules import RuleId
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of

# Fields that the rules of a scenario keep under the same name.
_CHOSEN = (
    *("most_postings", "rest_months", "fair_months", "most_months", "needs_senior", "least_on_site"),
    *("nearest_donors", "pool_only", "keeps_programme_rules", "only_at_batches", "batch_months", "handover_months"),
)
_PRICE_OF_A_BREACH = _("Of one breach in one period. Empty: it always holds.")
_PRICE_OF_A_MONTH = _("Of each month that a term is shorter than asked. Empty: no term is shorter.")
_COSTS = {
    "travel_hour": _("Price of an hour of travel"),
    "hardship_month": _("Price of a month at each level of hardship"),
    "not_preferred": _("Price of a posting against the person's wish"),
}


class ScenarioForm(CommandForm):
    """A scenario, new or changed: the plain questions first, the rules and prices below them."""

    name = forms.CharField(label=_("Name"), max_length=100)
    agreements = forms.MultipleChoiceField(
        label=_("Agreements"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Needs under these agreements, and open ones of their supported institutions, are planned."),
    )
    pairing = forms.TypedChoiceField(
        label=_("Only the pairs of a pairing plan"), coerce=int, empty_value=None, required=False,
        help_text=_("A pairing plan that was decided for. Empty: whoever the agreements name."),
    )  # fmt: skip
    first_day = forms.DateField(label=_("From"), help_text=_("The first day of a month."))
    periods = forms.IntegerField(label=_("How many months or quarters"), min_value=1, max_value=MOST_PERIODS)
    months_per_period = forms.TypedChoiceField(
        label=_("Planned in"), choices=PlanScenario.Period.choices, coerce=int, initial=PlanScenario.Period.MONTH
    )
    seconds = forms.IntegerField(
        label=_("Time for the search (seconds)"), min_value=1, max_value=LONGEST_SEARCH_SECONDS, initial=60
    )
    most_postings = forms.IntegerField(label=_("Most postings of one person in this plan"), min_value=1, initial=1)
    rest_months = forms.IntegerField(
        label=_("Months at home between two postings"), min_value=0, max_value=MOST_MONTHS_AWAY, initial=0
    )
    fair_months = forms.IntegerField(
        label=_("Months away from which the burden counts"),
        min_value=0,
        max_value=MOST_MONTHS_AWAY,
        required=False,
        initial=12,
        help_text=_("Earlier postings are counted. Empty: only what each hospital sends for its size counts."),
    )
    most_months = forms.IntegerField(
        label=_("Most months away"), min_value=0, max_value=MOST_MONTHS_AWAY, required=False,
        help_text=_("Nobody is sent above it, earlier postings counted. Empty: no limit."),
    )  # fmt: skip
    needs_senior = forms.BooleanField(
        label=_("Somebody of senior title is wanted at each institution all the time"), required=False
    )
    least_on_site = forms.IntegerField(
        label=_("People wanted on site at each institution all the time"), min_value=0, max_value=MOST_MONTHS_AWAY,
        initial=0,
    )  # fmt: skip
    nearest_donors = forms.IntegerField(
        label=_("Only so many of the nearest hospitals send people"), min_value=1, max_value=MOST_MONTHS_AWAY,
        required=False, help_text=_("Empty: all that the agreements name."),
    )  # fmt: skip
    pool_only = forms.BooleanField(label=_("Plan only with people who are in the pool"), required=False)
    keeps_programme_rules = forms.BooleanField(
        label=_("Keep what agreements and their rule sets ask"), required=False, initial=True,
        help_text=_(
            "Least months without a break, days of hand-over, somebody there all the time, team sizes and titles."
        ),
    )  # fmt: skip
    only_at_batches = forms.BooleanField(
        label=_("Terms begin only when a batch of the agreement begins"), required=False,
        help_text=_("Batches are planned on the agreement's plan. Without any in these months, terms begin as below."),
    )  # fmt: skip
    batch_months = forms.IntegerField(
        label=_("A new batch every so many months"), min_value=1, max_value=MOST_BATCH, required=False,
        help_text=_("Counted from the first day. Empty: terms may begin in any month."),
    )  # fmt: skip
    handover_months = forms.IntegerField(
        label=_("Months in which predecessor and successor are both there"), min_value=0, max_value=MOST_BATCH,
        initial=0, required=False,
    )  # fmt: skip
    seed = forms.IntegerField(
        label=_("Seed"), min_value=0, max_value=10**6, initial=0,
        help_text=_("The same data and seed give the same plan, unless the time ended the search."),
    )  # fmt: skip

    def __init__(
        self, actor: Actor, row: PlanScenario | None, sent: Mapping[str, Any] | None, asked: Mapping[str, Any]
    ) -> None:
        super().__init__(sent, initial={**(first_ideas() if row is None else initial_of(row)), **asked})
        self.row = row
        kept = [] if row is None else list(row.agreements.order_by("code"))
        offered = {each.pk: each for each in (*kept, *agreements_to_plan(actor))}
        choices = [(str(key), f"{each.code} {name_of(each, 'title')}") for key, each in offered.items()]
        self.fields["agreements"].choices = choices  # type: ignore[attr-defined]
        if row is not None:
            self.fields["agreements"].disabled = True
        plans = {each.pk: each.name for each in decided(actor)}
        if row is not None and row.pairing is not None:
            plans[row.pairing.pk] = row.pairing.name
        self.fields["pairing"].choices = [("", _("none")), *plans.items()]  # type: ignore[attr-defined]
        stored = rules_of({} if row is None else row.rules)
        for rule in WAIVABLE:
            self.fields[f"price_{rule.value}"] = forms.FloatField(
                label=_("Price: %(rule)s") % {"rule": RULE_WORDS[rule.value]},
                min_value=0.001,
                required=False,
                initial=stored.prices.get(rule.value),
                help_text=_PRICE_OF_A_MONTH if rule is RuleId.LEAST_TERM else _PRICE_OF_A_BREACH,
            )
        for place, goal in enumerate(stored.goals, start=1):
            self.fields[f"goal_{goal}"] = forms.IntegerField(
                label=_("Place of the goal: %(goal)s") % {"goal": GOAL_WORDS[goal]},
                min_value=1,
                max_value=len(GOAL_WORDS),
                initial=place,
            )
        for name, label in _COSTS.items():
            self.fields[f"cost_{name}"] = forms.FloatField(label=label, min_value=0, initial=stored.cost[name])

    def plain_fields(self) -> list[Any]:
        """Return the fields that everybody fills in."""
        names = ("name", "agreements", "pairing", "first_day", "periods", "months_per_period", "seconds")
        return [self[name] for name in names]

    def rule_fields(self) -> list[Any]:
        """Return the fields of rules, prices and goals, which have good usual values."""
        plain = {field.name for field in self.plain_fields()}
        return [field for field in self.visible_fields() if field.name not in plain]

    def clean_handover_months(self) -> int:
        return int(self.cleaned_data["handover_months"] or 0)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        places = [data.get(f"goal_{goal}") for goal in GOAL_WORDS]
        if None not in places and sorted(place for place in places if place) != list(range(1, len(places) + 1)):
            self.add_error("goal_breaches", forms.ValidationError(_("Give each goal a place of its own, from 1 to 7.")))
        return data

    def new_scenario(self) -> NewScenario:
        given = self.cleaned_data
        prices = {rule.value: given[f"price_{rule.value}"] for rule in WAIVABLE if given[f"price_{rule.value}"]}
        stored = rules_of({} if self.row is None else self.row.rules)
        usual = {name: price for name, price in stored.prices.items() if name not in {rule.value for rule in WAIVABLE}}
        rules = ScenarioRules(
            prices={**usual, **prices},
            goals=tuple(sorted(GOAL_WORDS, key=lambda goal: given[f"goal_{goal}"])),
            cost={**stored.cost, **{name: given[f"cost_{name}"] for name in _COSTS}},
            **{name: given[name] for name in _CHOSEN},
        )
        return NewScenario(
            name=given["name"],
            agreement_ids=[int(each) for each in given["agreements"]],
            first_day=given["first_day"],
            periods=given["periods"],
            months_per_period=given["months_per_period"],
            rules=rules,
            seed=given["seed"],
            seconds=given["seconds"],
            pairing_id=given["pairing"],
        )


def first_ideas() -> dict[str, Any]:
    """Return what a new scenario begins with: twelve months from the next month on."""
    first = add_calendar_months(timezone.localdate().replace(day=1), 1)
    return {"first_day": first, "periods": 12}


def initial_of(row: PlanScenario) -> dict[str, Any]:
    """Return what the form shows of a scenario."""
    stored = rules_of(row.rules)
    return {
        **{name: getattr(row, name) for name in ("name", "periods", "months_per_period", "seconds", "seed")},
        "first_day": row.first_day,
        "pairing": row.pairing_id,
        "agreements": [str(each.pk) for each in row.agreements.all()],
        **{name: getattr(stored, name) for name in _CHOSEN},
        "expected_version": row.version,
    }


class PlanLineForm(CommandForm):
    """A line by hand: who, to which need, from which period to which."""

    need = forms.TypedChoiceField(label=_("Need"), coerce=int)
    staff = forms.TypedChoiceField(label=_("Person"), coerce=int)
    first = forms.TypedChoiceField(label=_("From"), coerce=int)
    last = forms.TypedChoiceField(label=_("To"), coerce=int)

    def __init__(self, data: PlanData, sent: Mapping[str, Any] | None, asked: Mapping[str, Any]) -> None:
        super().__init__(sent, initial=dict(asked))
        periods = list(enumerate(data.horizon.labels))
        needs = [
            (row.pk, f"{row.code} · {name_of(row.institution or row.place)} · {wanted_word(row)}")
            for row in data.needs.values()
        ]
        people = [
            (row.pk, f"{name_of(row)} · {title_word(row)} · {name_of(row.department or row.institution)}")
            for row in data.staff.values()
        ]
        for name, choices in (("need", needs), ("staff", people), ("first", periods), ("last", periods)):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if isinstance(first, int) and isinstance(last, int) and last < first:
            self.add_error("last", forms.ValidationError(_("The last period lies before the first.")))
        return data

    def wish(self) -> LineWish:
        given = self.cleaned_data
        return LineWish(given["staff"], given["need"], given["first"], given["last"])

    @staticmethod
    def initial_of(row: PlanLine) -> dict[str, Any]:
        return {
            "staff": row.staff_id,
            "need": row.need_id,
            "first": row.first,
            "last": row.last,
            "expected_version": row.version,
        }


class NameForm(CommandForm):
    """The name of a scenario that is made from another."""

    name = forms.CharField(label=_("Name"), max_length=100)
