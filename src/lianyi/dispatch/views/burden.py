"""Fairness over the years: people against their peers, and what the departments at home gave."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from lianyi.accounts.access import require
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.dispatch.burden import Burden, burden_of, window_of, years_offered
from lianyi.dispatch.burden_tables import PersonBurdenTable, WardBurdenTable
from lianyi.dispatch.pool_queries import keeps_pool, receivers_of
from lianyi.pages.charts import Chart, ChartTable, chart
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, log_list_reading, page
from lianyi.registry.models import Institution, Staff

YEARS_LOOKED_AT = 3
MOST_BARS = 15


class BurdenForm(forms.Form):
    """Which years, and whose."""

    first_year = forms.TypedChoiceField(label=gettext_lazy("From year"), coerce=int)
    last_year = forms.TypedChoiceField(label=gettext_lazy("To year"), coerce=int)
    institution = forms.ChoiceField(label=gettext_lazy("Institution"), required=False)

    def __init__(self, actor: Actor, given: Any) -> None:  # noqa: ANN401 - the query of an address
        this_year = timezone.localdate().year
        usual: dict[str, Any] = {
            "first_year": this_year - YEARS_LOOKED_AT + 1,
            "last_year": this_year,
            "institution": "",
        }
        super().__init__({name: given.get(name) or value for name, value in usual.items()})
        self.usual = usual
        self.homes = {str(each.pk): each for each in receivers_of(actor).filter(staff__isnull=False).distinct()}
        years = [(year, str(year)) for year in years_offered(timezone.localdate())]
        for name in ("first_year", "last_year"):
            self.fields[name].choices = years  # type: ignore[attr-defined]
        named = [(key, name_of(each)) for key, each in self.homes.items()]
        self.fields["institution"].choices = [("", _("all")), *named]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first_year"), data.get("last_year")
        if first is not None and last is not None and last < first:
            self.add_error("last_year", _("The last year lies before the first."))
        return data

    def asked(self) -> tuple[int, int, Institution | None]:
        """Return what is looked at; what cannot be understood shows the usual years, with its error in the form."""
        data = self.cleaned_data if self.is_valid() else self.usual
        return int(data["first_year"]), int(data["last_year"]), self.homes.get(str(data["institution"]))


def _asked(request: HttpRequest) -> tuple[BurdenForm, Burden]:
    actor = acting(request)
    require(actor, "dispatch.read")
    if not keeps_pool(actor):
        raise NotFoundInScopeError("This role keeps no pool.", model="PoolMember")
    form = BurdenForm(actor, request.GET)
    first, last, institution = form.asked()
    return form, burden_of(actor, window_of(first, last), institution)


@require_safe
@page
def people(request: HttpRequest) -> HttpResponse:
    """Show months away of each person against others of the same profession, title and specialty."""
    form, found = _asked(request)
    if found.people:
        log_list_reading(request, Staff, len(found.people))
    return list_response(
        request,
        table_class=PersonBurdenTable,
        rows=list(found.people),
        title=_("Fairness over the years"),
        export_name="burden-people",
        template="dispatch/burden.html",
        context={
            "form": form,
            "chart": _people_chart(found),
            "often": sum(line.is_often for line in found.people),
            "other_url": _beside("dispatch:burden-wards", request),
            "other_label": _("Burden of the departments"),
            "is_people": True,
        },
    )


@require_safe
@page
def wards(request: HttpRequest) -> HttpResponse:
    """Show which part of its person-weeks each department gave, and how many were left on the worst day."""
    form, found = _asked(request)
    return list_response(
        request,
        table_class=WardBurdenTable,
        rows=list(found.wards),
        title=_("Burden of the departments"),
        export_name="burden-departments",
        template="dispatch/burden.html",
        context={
            "form": form,
            "chart": _wards_chart(found),
            "bare": sum(line.is_bare for line in found.wards),
            "other_url": _beside("dispatch:burden", request),
            "other_label": _("Fairness over the years"),
        },
    )


def _beside(name: str, request: HttpRequest) -> str:
    """Return the other page for the same years and institution."""
    kept = request.GET.copy()
    for each in ("sort", "page", "per_page", "export"):
        kept.pop(each, None)
    return f"{reverse(name)}?{kept.urlencode()}" if kept else reverse(name)


def _people_chart(found: Burden) -> Chart:
    """Draw how many people were away for how many months; those never away stand apart."""
    counted = Counter(_months_band(line.burden.months_away) for line in found.people)
    bands = range(max(counted, default=0) + 1)
    names = [_("none") if band == 0 else f"{3 * (band - 1)}–{3 * band}" for band in bands]
    values = [counted[band] for band in bands]
    option = {
        "tooltip": {"trigger": "axis"},
        "grid": {"left": 8, "right": 24, "top": 16, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "category", "data": names},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [{"type": "bar", "name": _("Staff"), "data": values, "barMaxWidth": 36}],
    }
    table = ChartTable([_("Months away"), _("Staff")], list(zip(names, values, strict=True)))
    return chart("burden-chart", option, title=_("People by months away in these years"), table=table, height="short")


def _months_band(months: float) -> int:
    """Return 0 for nobody away, and the number of the quarter of a year otherwise, its end included."""
    return 0 if months == 0 else max(1, -int(-months // 3))


def _wards_chart(found: Burden) -> Chart:
    lines = [line for line in found.wards if line.burden.days_away][:MOST_BARS]
    names = [f"{name_of(line.department)} · {name_of(line.department.institution)}" for line in lines]
    shares = [round(100 * line.burden.share_away, 1) for line in lines]
    option = {
        "tooltip": {"trigger": "axis"},
        "grid": {"left": 8, "right": 24, "top": 16, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "value"},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": names,
            "axisLabel": {"interval": 0, "width": 140, "overflow": "break"},
        },
        "series": [{"type": "bar", "name": _("Share away (%)"), "data": shares, "barMaxWidth": 18}],
    }
    table = ChartTable([_("Department"), _("Share away (%)")], list(zip(names, shares, strict=True)))
    return chart("burden-chart", option, title=_("Departments by the share that was away"), table=table)
