"""What people type about visits of rounds: into the plan, out of it, and what became of them."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.actors import Actor
from lianyi.dispatch import rounds_queries
from lianyi.dispatch.commands import RoundSearchWish, VisitRecord
from lianyi.dispatch.commands.round_plans import MOST_DAYS
from lianyi.dispatch.commands.round_visits import MOST_PEOPLE
from lianyi.dispatch.models import (
    RECORDED_STATES,
    RoundCrew,
    RoundProgramme,
    RoundStop,
    RoundVisit,
    VisitReason,
    VisitService,
    VisitState,
)
from lianyi.dispatch.models.scenarios import LONGEST_SEARCH_SECONDS
from lianyi.dispatch.rounds_checks import Wanted
from lianyi.dispatch.rounds_forms import NONE, time_field
from lianyi.methods.periods import DateSpan
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of

USUAL_DAYS = 28
OUTCOMES = [(state.value, state.label) for state in RECORDED_STATES]


class VisitForm(CommandForm):
    """What became of a visit, short enough for a phone. Counts that nobody made stay empty."""

    state = forms.ChoiceField(label=_("What became of it"), choices=OUTCOMES, widget=forms.RadioSelect)
    held_on = forms.DateField(label=_("Held on"), required=False)
    began_at = time_field(_("Began at"))
    ended_at = time_field(_("Ended at"))
    people_seen = forms.IntegerField(
        label=_("People seen"),
        required=False,
        min_value=0,
        max_value=MOST_PEOPLE,
        help_text=_("Only numbers, no names. Empty: nobody counted."),
    )
    reason_code = forms.ChoiceField(
        label=_("Why missed or cut short"), choices=[NONE, *VisitReason.choices], required=False
    )
    reason = forms.CharField(label=_("In words"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2}))
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("For the next visit. No names and nothing about patients."),
    )

    def __init__(self, visit: RoundVisit | None, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        for service in VisitService:
            self.fields[f"count_{service.value}"] = forms.IntegerField(
                label=service.label, required=False, min_value=0, max_value=MOST_PEOPLE
            )
        if visit is not None and visit.state in RECORDED_STATES:
            self.fields["correction"] = forms.CharField(
                label=_("Why is the record corrected?"), max_length=400, widget=forms.Textarea({"rows": 2})
            )

    @property
    def counts(self) -> list[forms.BoundField]:
        """The fields of the services, which the page draws side by side."""
        return [self[f"count_{service.value}"] for service in VisitService]

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if not field.name.startswith("count_")]

    def said(self) -> VisitRecord:
        given = self.cleaned_data
        services = {service.value: given.get(f"count_{service.value}") for service in VisitService}
        is_held = given["state"] != VisitState.MISSED
        is_short = given["state"] != VisitState.DONE
        return VisitRecord(
            state=given["state"],
            held_on=given["held_on"] if is_held else None,
            began_at=given["began_at"] if is_held else None,
            ended_at=given["ended_at"] if is_held else None,
            reason_code=given["reason_code"] if is_short else "",
            reason=given["reason"] if is_short else "",
            people_seen=given["people_seen"],
            services={name: count for name, count in services.items() if count is not None},
            note=given["note"],
        )

    @staticmethod
    def initial_of(visit: RoundVisit, today: datetime.date) -> dict[str, Any]:
        """Return what the form shows: of a planned visit that it was made as planned."""
        is_recorded = visit.state in RECORDED_STATES
        names = ("began_at", "ended_at", "people_seen", "reason_code", "reason", "note")
        return {
            **{name: getattr(visit, name) for name in names},
            **{f"count_{name}": count for name, count in visit.services.items()},
            "state": visit.state if is_recorded else VisitState.DONE,
            "held_on": visit.held_on or (None if is_recorded else min(visit.day, today)),
            "expected_version": visit.version,
        }


class _Choice:
    """The stops and teams of a programme for two fields of a form, and what was chosen."""

    def __init__(self, actor: Actor, programme: RoundProgramme) -> None:
        self.stops = {str(row.pk): row for row in rounds_queries.stops(actor, programme)}
        self.crews = {str(row.pk): row for row in rounds_queries.crews(actor, programme)}

    def add_to(self, form: forms.Form) -> None:
        """Put the two fields at the head of a form."""
        stops = [(key, f"{row.code} {name_of(row.site)}") for key, row in self.stops.items()]
        crews = [(key, name_of(row.team)) for key, row in self.crews.items()]
        form.fields["stop"] = forms.ChoiceField(label=_("Stop"), choices=[NONE, *stops])
        form.fields["crew"] = forms.ChoiceField(label=_("Team"), choices=[NONE, *crews])
        form.order_fields(["stop", "crew"])

    def chosen(self, form: forms.Form) -> tuple[RoundStop, RoundCrew]:
        return self.stops[form.cleaned_data["stop"]], self.crews[form.cleaned_data["crew"]]


class PlannedVisitForm(CommandForm):
    """One visit written into the plan by hand."""

    day = forms.DateField(label=_("Day"))
    arrives_at = time_field(_("Arrival"))
    departs_at = time_field(_("Departure"))

    def __init__(self, actor: Actor, programme: RoundProgramme, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.choice = _Choice(actor, programme)
        self.choice.add_to(self)

    def wanted(self) -> Wanted:
        given = self.cleaned_data
        stop, crew = self.choice.chosen(self)
        return Wanted(stop, crew, given["day"], given["arrives_at"], given["departs_at"])


class UnplannedVisitForm(VisitForm):
    """A visit that no plan had."""

    def __init__(self, actor: Actor, programme: RoundProgramme, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(None, *args, **kwargs)
        self.fields["state"].choices = [each for each in OUTCOMES if each[0] != VisitState.MISSED]  # type: ignore[attr-defined]
        self.choice = _Choice(actor, programme)
        self.choice.add_to(self)


class WithdrawForm(CommandForm):
    """Why a visit is taken out of the plan."""

    reason = forms.CharField(label=_("Reason"), max_length=400, widget=forms.Textarea({"rows": 2}))


def check_days(form: forms.Form, programme: RoundProgramme) -> None:
    """Let a form refuse days that no plan of a programme can have."""
    first, last = form.cleaned_data.get("first"), form.cleaned_data.get("last")
    if first is None or last is None:
        return
    if not programme.starts_on <= first <= last <= programme.ends_on:
        form.add_error("last", _("Give two days within the programme, the first one first."))
    elif (last - first).days >= MOST_DAYS:
        form.add_error("last", _("Plan %(days)s days at most.") % {"days": MOST_DAYS})


class PlanDaysForm(forms.Form):
    """The days that are to be planned."""

    first = forms.DateField(label=_("First day of the plan"))
    last = forms.DateField(label=_("Last day of the plan"))

    def __init__(self, programme: RoundProgramme, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.programme = programme

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        check_days(self, self.programme)
        return data

    def span(self) -> DateSpan:
        return DateSpan(self.cleaned_data["first"], self.cleaned_data["last"])

    @staticmethod
    def usual_days(programme: RoundProgramme, today: datetime.date) -> dict[str, datetime.date]:
        """Return four weeks from the next Monday on, as far as the programme goes."""
        first = min(max(today + datetime.timedelta(days=7 - today.weekday()), programme.starts_on), programme.ends_on)
        return {"first": first, "last": min(first + datetime.timedelta(days=USUAL_DAYS - 1), programme.ends_on)}


class RoundSearchForm(CommandForm):
    """Which days a search plans, and how long it may take."""

    first = forms.DateField(label=_("First day of the plan"))
    last = forms.DateField(label=_("Last day of the plan"))
    seconds = forms.IntegerField(
        label=_("Time for the search (seconds)"),
        min_value=1,
        max_value=LONGEST_SEARCH_SECONDS,
        initial=60,
        help_text=_("A longer search drives less. It may be stopped at any time; the best so far is kept."),
    )

    def __init__(self, programme: RoundProgramme, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.programme = programme

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        check_days(self, self.programme)
        return data

    def wish(self) -> RoundSearchWish:
        given = self.cleaned_data
        return RoundSearchWish(given["first"], given["last"], given["seconds"])


class PlanFileForm(CommandForm):
    """A file of visits that was made elsewhere."""

    file = forms.FileField(
        label=_("File of visits"),
        help_text=_("A table with the columns day, team_code, stop_code, position, arrives_at, departs_at."),
    )
    missed = forms.FileField(
        label=_("File of visits left open"),
        required=False,
        help_text=_("The table missed.csv that the planner writes beside it, with the reasons."),
    )
