"""One unit's chart of one indicator, where it begins anew, and the funnel of a period."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import numpy as np
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lianyi.accounts.access import covers, decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.models import OrganisationNode
from lianyi.drawing.control_chart import ControlChartPicture, Mark, svg_of_control_chart
from lianyi.indicators.commands import quality as commands
from lianyi.indicators.forms.quality import OpenCaseForm, ReasonForm, RebaseForm
from lianyi.indicators.models import ChartRebase, QualityCase
from lianyi.indicators.quality_funnel import SPANS, FunnelAccount, FunnelWords, funnel_of, funnel_svg, has_funnel
from lianyi.indicators.quality_machine import DECIDE, WRITE
from lianyi.indicators.quality_rulebook import target_on
from lianyi.indicators.quality_series import ChartSetting, Panel, charts_that_fit, factor_of, panel_of
from lianyi.indicators.quality_signals import PointSignal, signals_of
from lianyi.indicators.quality_texts import STATE_TONES
from lianyi.indicators.quality_wall import WallLine, chart_points, wall_of
from lianyi.indicators.quality_words import (
    ASSURANCE_WORDS,
    CHART_WORDS,
    MARK_WORDS,
    NOT_CHARTED_WORDS,
    VARIATION_TONES,
    VARIATION_WORDS,
    VERDICT_TONES,
    VERDICT_WORDS,
    signals_said,
)
from lianyi.indicators.queries import quality as queries
from lianyi.indicators.queries.quality_charts import unit_panel
from lianyi.indicators.tables.quality import FunnelTable, PointTable
from lianyi.indicators.values_periods import period_code
from lianyi.indicators.values_texts import UNIT_WORDS, amount_word, definition_title
from lianyi.indicators.views.quality import chart_url, chosen_of, known_definition, names_of, offered, setting_of
from lianyi.methods.process_control import ControlCharts, Direction
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.exports import export_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships.views.parts import FormPage, run_form

BOTH = ["GET", "HEAD", "POST"]


def wall_crumbs(code: str = "") -> list[Crumb]:
    query = f"?code={code}" if code else ""
    return [Crumb(_("Chart wall"), f"{reverse('indicators:charts')}{query}")]


@require_safe
@page
def chart(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Show one chart with its points, its signals by rule, where it begins anew, and the cases about it."""
    actor = acting(request)
    definition = known_definition(code)
    node = queries.unit(actor, pk)
    require(actor, "indicator.read")
    panel = unit_panel(actor, code, str(definition.period), node.pk)
    cases = queries.cases_on_chart(actor, code, node.pk)
    context: dict[str, Any] = {
        "title": f"{name_of(node)} · {definition_title(definition)}",
        "breadcrumbs": wall_crumbs(code),
        "node": node,
        "code": code,
        "definition": definition,
        "panel": panel,
        "cases": [(row, STATE_TONES[row.state]) for row in cases],
    }
    if panel is None:
        return render(request, "indicators/quality_chart.html", context)
    setting = setting_of(request, panel, queries.rebases(actor, code, [node.pk]))
    known = target_on(code, panel.starts[-1])
    found = wall_of(panel, setting, lambda _pk: name_of(node), None if known is None else known.value)
    line = found.lines[0]
    rows = _point_rows(panel, found.charts, setting)
    if "export" in request.GET:
        return export_response(PointTable(rows), request.GET["export"], f"chart-{code}-{node.code}")
    charts = found.charts
    signals = signals_of(panel, charts, 0, factor_of(panel, setting.kind)) if not line.not_charted else {}
    context |= _chart_context(panel, line, setting)
    context |= {
        "rows": rows,
        "svg": "" if line.not_charted else _drawn(panel, charts, setting, context["title"], found.target),
        "signals": _signal_lines(actor, node, panel, signals, cases),
        "rebases": queries.rebase_rows(actor, code, node.pk),
        "may_rebase": decide(actor, DECIDE).allowed and covers(actor, node.pk),
        "target": "" if found.target is None else amount_word(definition, found.target),
    }
    return render(request, "indicators/quality_chart.html", context)


def _chart_context(panel: Panel, line: WallLine, setting: ChartSetting) -> dict[str, Any]:
    definition = panel.definition
    return {
        "line": line,
        "value": amount_word(definition, line.value),
        "word": NOT_CHARTED_WORDS[line.not_charted] if line.not_charted else VARIATION_WORDS[line.variation],
        "tone": "neutral" if line.not_charted else VARIATION_TONES[line.variation],
        "limits": [amount_word(definition, each) for each in (line.centre, line.lower, line.upper)],
        "assurance": "" if line.assurance is None else ASSURANCE_WORDS[line.assurance],
        "chart_word": CHART_WORDS[setting.kind],
        "chart_kinds": [(each.value, CHART_WORDS[each]) for each in charts_that_fit(panel)],
        "setting": setting,
        "several_versions": len(panel.versions) > 1,
    }


def _point_rows(panel: Panel, charts: ControlCharts, setting: ChartSetting) -> list[dict[str, Any]]:
    definition, factor = panel.definition, factor_of(panel, setting.kind)
    variation = charts.variation(panel.direction)[0]
    rows = []
    for time, code in enumerate(panel.codes):
        points = (charts.values, charts.centre, charts.lower, charts.upper)
        value, centre, lower, upper = (
            None if np.isnan(line[0, time]) else float(line[0, time]) * factor for line in points
        )
        key = panel.keys.get((panel.nodes[0], panel.starts[time]))
        rows.append(
            {
                "period": code,
                "value": amount_word(definition, value),
                "url": "" if key is None else reverse("indicators:value", args=[key]),
                "numerator": _figure(panel.numerators[0, time]),
                "denominator": _figure(panel.denominators[0, time]),
                "centre": amount_word(definition, centre),
                "lower": amount_word(definition, lower),
                "upper": amount_word(definition, upper),
                "signal": str(VARIATION_WORDS[int(variation[time])]),
                "tone": VARIATION_TONES[int(variation[time])],
                "rules": "; ".join(signals_said(int(charts.rules[0, time]))),
                "is_new": bool(charts.starts[0, time]),
            }
        )
    return rows


def _figure(value: float) -> str:
    return "—" if np.isnan(value) else f"{value:,.6g}"


def _signal_lines(
    actor: Actor,
    node: OrganisationNode,
    panel: Panel,
    signals: dict[datetime.date, PointSignal],
    cases: Sequence[QualityCase],
) -> list[dict[str, Any]]:
    may_open = decide(actor, WRITE).allowed and covers(actor, node.pk)
    lines = []
    for start, each in sorted(signals.items(), reverse=True):
        case = _case_of(cases, each)
        address = reverse("indicators:quality-case-open", args=[panel.definition.code, node.pk, start.isoformat()])
        lines.append(
            {
                "code": period_code(panel.period, start),
                "value": amount_word(panel.definition, each.value),
                "word": VARIATION_WORDS[each.variation],
                "tone": VARIATION_TONES[each.variation],
                "rules": signals_said(each.rules),
                "case": case,
                "open_url": address if may_open and each.may_open_case and case is None else "",
            }
        )
    return lines


def _case_of(cases: Sequence[QualityCase], signal: PointSignal) -> QualityCase | None:
    """Return the case that stands for a signal: one that is open on its side, or was opened from it."""
    return next(
        (row for row in cases if row.side == signal.side and (not row.is_over or row.signal_start == signal.start)),
        None,
    )


def _drawn(panel: Panel, charts: ControlCharts, setting: ChartSetting, title: str, target: float | None) -> SafeString:
    definition = panel.definition
    marks = (
        Mark.COMMON,
        *((Mark.CHANGE,) if panel.direction is Direction.NEITHER else (Mark.IMPROVEMENT, Mark.CONCERN)),
    )
    picture = ControlChartPicture(
        title,
        str(UNIT_WORDS[definition.unit]),
        tuple(chart_points(panel, charts, 0, factor_of(panel, setting.kind))),
        tuple((mark, str(MARK_WORDS[mark])) for mark in marks),
        centre_name=_("mean"),
        limits_name=_("limits"),
        target=target,
        target_name=_("target"),
    )
    return SafeString(svg_of_control_chart(picture))


@require_http_methods(BOTH)
@page
def open_case(request: HttpRequest, code: str, pk: int, start: str) -> HttpResponse:
    """Open a case from a signal."""
    actor = acting(request)
    definition = known_definition(code)
    node = queries.unit(actor, pk)
    require(actor, WRITE)
    try:
        first = datetime.date.fromisoformat(start)
    except ValueError as error:
        raise Http404(start) from error
    form = OpenCaseForm(request.POST or None)
    period = str(definition.period)
    about = FormPage(
        title=gettext_lazy("Open a quality control case"),
        submit_label=gettext_lazy("Open the case"),
        cancel_url=chart_url(code, node.pk),
        done=gettext_lazy("The case is open. Name its owner."),
        crumbs=[*wall_crumbs(code), Crumb(name_of(node), chart_url(code, node.pk))],
        intro=f"{name_of(node)} · {definition_title(definition)} · {period_code(period, first)}",
    )

    def run() -> QualityCase:
        new = commands.NewQualityCase(node=node, indicator=code, period=period, start=first)
        return commands.open_case(command_context(request), new)

    return run_form(request, form, about, run, lambda each: str(each.get_absolute_url()))


@require_http_methods(BOTH)
@page
def begin_anew(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Let a chart begin anew with a period, with the reason."""
    actor = acting(request)
    definition = known_definition(code)
    node = queries.unit(actor, pk)
    require(actor, DECIDE)
    panel = unit_panel(actor, code, str(definition.period), node.pk)
    starts = () if panel is None else panel.starts[1:]
    periods = [(each.isoformat(), period_code(str(definition.period), each)) for each in reversed(starts)]
    form = RebaseForm(periods, request.POST or None)
    about = FormPage(
        title=gettext_lazy("Let the chart begin anew"),
        submit_label=gettext_lazy("Begin anew"),
        cancel_url=chart_url(code, node.pk),
        done=gettext_lazy("The chart begins anew, and shows why."),
        crumbs=[*wall_crumbs(code), Crumb(name_of(node), chart_url(code, node.pk))],
        intro=gettext_lazy(
            "Limits and rules begin again from this period. The row stays for ever with your name and reason; it can "
            "be withdrawn by a further one."
        ),
    )

    def run() -> ChartRebase:
        new = commands.NewRebase(
            node=node, indicator=code, period_start=form.start(), reason=form.cleaned_data["reason"]
        )
        return commands.begin_anew(command_context(request), new)

    return run_form(request, form, about, run, lambda _each: chart_url(code, node.pk))


@require_http_methods(BOTH)
@page
def withdraw_rebase(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a new beginning, with the reason."""
    actor = acting(request)
    row = queries.rebase(actor, pk)
    require(actor, DECIDE, row)
    form = ReasonForm(request.POST or None)
    back = chart_url(row.indicator, row.node_id)
    about = FormPage(
        title=gettext_lazy("Withdraw the new beginning"),
        submit_label=gettext_lazy("Withdraw"),
        cancel_url=back,
        done=gettext_lazy("The new beginning is withdrawn."),
        crumbs=[*wall_crumbs(row.indicator), Crumb(name_of(row.node), back)],
        intro=row.reason,
        danger=True,
    )

    def run() -> ChartRebase:
        context = command_context(request, reason=form.cleaned_data["reason"])
        return commands.withdraw_rebase(context, row)

    return run_form(request, form, about, run, lambda _each: back)


@require_safe
@page
def funnel(request: HttpRequest) -> HttpResponse:
    """Show the funnel of a period: units by their size, with limits that allow for it. Nobody is ranked."""
    actor = acting(request)
    require(actor, "indicator.read")
    choices = {code: each for code, each in offered(actor).items() if has_funnel(each[0].definition)}
    chosen = chosen_of(request, choices)
    context: dict[str, Any] = {
        "title": _("Funnel"),
        "indicators": [(code, definition_title(each.definition)) for code, (each, _units) in choices.items()],
        "chosen": chosen,
        "breadcrumbs": wall_crumbs("" if chosen is None else chosen.code),
    }
    if chosen is None:
        return render(request, "indicators/quality_funnel.html", context)
    found = queries.figures(actor, chosen.code, chosen.period, chosen.first)
    units = queries.unit_facts({each.node_id for each in found})
    panel = panel_of(chosen.definition, chosen.period, found)
    if panel is None:
        return render(request, "indicators/quality_funnel.html", context)
    last = (
        panel.codes.index(request.GET["period"]) if request.GET.get("period") in panel.codes else len(panel.codes) - 1
    )
    asked = request.GET.get("span", "1")
    span = int(asked) if asked in {str(each) for each in SPANS} else 1
    account = funnel_of(panel, last, span, names_of({pk: each.node for pk, each in units.items()}))
    rows = _funnel_rows(panel, account, request.GET.get("sort", ""))
    if "export" in request.GET:
        return export_response(FunnelTable(rows), request.GET["export"], f"funnel-{chosen.code}-{panel.codes[last]}")
    context |= _funnel_context(panel, account, last, span)
    context["rows"] = rows
    return render(request, "indicators/quality_funnel.html", context)


def _funnel_rows(panel: Panel, account: FunnelAccount, sort: str) -> list[dict[str, Any]]:
    lines = list(account.lines)
    if sort == "size":
        lines.sort(key=lambda line: (-line.denominator, line.name))
    if sort == "outside":
        lines.sort(key=lambda line: (line.outside_order, line.name))
    definition = panel.definition
    return [
        {
            "unit": line.name,
            "url": chart_url(definition.code, line.node_id),
            "numerator": f"{line.numerator:,.6g}",
            "denominator": f"{line.denominator:,.10g}",
            "value": amount_word(definition, line.value),
            "limits": f"{amount_word(definition, line.low)} – {amount_word(definition, line.high)}",
            "verdict": str(VERDICT_WORDS[line.verdict]),
            "tone": VERDICT_TONES[line.verdict],
        }
        for line in lines
    ]


def _funnel_context(panel: Panel, account: FunnelAccount, last: int, span: int) -> dict[str, Any]:
    definition, found = panel.definition, account.funnel
    first = panel.codes[max(0, last - span + 1)]
    periods = panel.codes[last] if span == 1 else f"{first} – {panel.codes[last]}"
    words = FunnelWords(
        f"{definition_title(definition)} · {periods}",
        _("denominator"),
        str(UNIT_WORDS[definition.unit]),
        (
            _("all units together"),
            _("95 % limits"),
            _("99.8 % limits"),
            _("beyond the outer limits"),
            _("too small to say anything"),
        ),
        (),
    )
    return {
        "account": account,
        "svg": SafeString(funnel_svg(account, words)),
        "periods": list(reversed(panel.codes)),
        "period": panel.codes[last],
        "span": span,
        "spans": SPANS,
        "pooled": amount_word(definition, account.pooled),
        "expected": 0.0 if found is None else round(found.expected_outside_998, 2),
        "phi": 0.0 if found is None else round(found.dispersion.phi, 2),
        "is_overdispersed": found is not None and found.dispersion.tau2 > 0,
        "small": sum(line.verdict == "too-small" for line in account.lines),
        "sorts": (("", _("by name")), ("size", _("by size")), ("outside", _("outside the limits first"))),
    }
