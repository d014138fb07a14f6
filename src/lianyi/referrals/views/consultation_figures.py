"""The consultations behind a figure of the statistics, those of them that the reader may open."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.accounts.access import require
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.methods.periods import DateSpan, month_span
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.requests import acting, page
from lianyi.pages.values import shown
from lianyi.referrals import consultation_figure_queries as figure_queries
from lianyi.referrals import consultation_queries as queries
from lianyi.referrals.consultation_figures import WORDS, figures_of
from lianyi.referrals.consultation_filters import ConsultationFilter
from lianyi.referrals.forms.statistics import MonthField
from lianyi.referrals.tables.consultations import ConsultationTable
from lianyi.referrals.templatetags.consultation_figures import narrowed

# More rows than these are no list to read; the page says how many were counted.
MOST_ROWS = 10_000
# Greater numbers name no record, and no database compares them.
GREATEST_ID = 2**63 - 1


class CountedForm(forms.Form):
    """What of the filter of the statistics reaches the rows behind a figure."""

    first = MonthField(required=False)
    last = MonthField(required=False)
    agreement = forms.IntegerField(required=False, min_value=1, max_value=GREATEST_ID)
    institution = forms.IntegerField(required=False, min_value=1, max_value=GREATEST_ID)
    condition = forms.CharField(required=False)

    @property
    def span(self) -> DateSpan:
        """The months asked for; without any, from January on, as on the page of the statistics."""
        today = timezone.localdate()
        first = self.cleaned_data["first"] or month_span(today.year, 1)
        last = self.cleaned_data["last"] or month_span(today.year, today.month)
        return DateSpan(first.start, max(first.end, last.end))

    @property
    def chosen(self) -> dict[str, str]:
        names = ("agreement", "institution", "condition")
        return {name: str(self.cleaned_data[name]) for name in names if self.cleaned_data.get(name)}


@require_safe
@page
def counted(request: HttpRequest, figure: str) -> HttpResponse:
    """Show the consultations that a figure is of."""
    actor = acting(request)
    require(actor, "consultation.read")
    form = CountedForm(request.GET)
    if not form.is_valid():
        raise NotFoundInScopeError("There are no such months.", model="Figure")
    rows = figure_queries.counted_rows(actor).filter(narrowed(form.chosen))
    found = figures_of(figure_queries.Counting(rows, form.span)).rows_behind(figure)
    if found is None:
        raise NotFoundInScopeError("There is no such figure.", model="Figure")
    ids = sorted(set(found), reverse=True)
    listed = queries.consultations(actor).filter(pk__in=ids[:MOST_ROWS])
    return list_response(
        request,
        table_class=ConsultationTable,
        rows=listed,
        filterset_class=ConsultationFilter,
        title=str(WORDS[figure]),
        export_name=f"consultations-{figure}",
        template="referrals/statistics_rows.html",
        context={
            "breadcrumbs": [Crumb(_("Referral statistics"), reverse("referrals:statistics"))],
            "counted": len(ids),
            "within_reach": listed.count(),
            "span_text": f"{shown(form.span.start)} – {shown(form.span.end)}",
            "part": "denominator",
        },
    )
