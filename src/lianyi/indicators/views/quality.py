"""Quality control: the wall of small charts, with the alarms to expect by chance beside those found."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.accounts.access import require
from lianyi.accounts.actors import Actor
from lianyi.accounts.models import OrganisationNode
from lianyi.indicators.quality_rulebook import target_on
from lianyi.indicators.quality_series import (
    MOST_PERIODS,
    ChartSetting,
    Panel,
    Rebased,
    SeriesChart,
    chart_for,
    charts_that_fit,
    panel_of,
)
from lianyi.indicators.quality_wall import Wall, WallLine, small_chart, wall_of
from lianyi.indicators.quality_words import (
    ASSURANCE_SIGNS,
    ASSURANCE_WORDS,
    CHART_WORDS,
    NOT_CHARTED_WORDS,
    VARIATION_TONES,
    VARIATION_WORDS,
    signals_said,
)
from lianyi.indicators.queries import quality as queries
from lianyi.indicators.tables.quality import WallTable
from lianyi.indicators.values_definitions import is_answer, versions_of
from lianyi.indicators.values_periods import next_start
from lianyi.indicators.values_texts import (
    DIRECTION_WORDS,
    LEVEL_WORDS,
    PERIOD_WORDS,
    amount_word,
    definition_title,
    words_of,
)
from lianyi.methods.process_control import FALSE_SHARE, Variation
from lianyi.pages.exports import export_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, page
from lianyi.rules.indicators import IndicatorDefinition

MOST_CHARTS = 300
ONLY = ("signals", "worse", "kept")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The indicator that a reader looks at, and the newest period that is settled anywhere within reach."""

    definition: IndicatorDefinition
    period: str
    newest: datetime.date

    @property
    def code(self) -> str:
        return self.definition.code

    @property
    def first(self) -> datetime.date:
        return next_start(self.period, self.newest, 1 - MOST_PERIODS)


def offered(actor: Actor) -> dict[str, tuple[Chosen, int]]:
    """Return the indicators that can be charted, with the number of units, in the order of their names."""
    found = {}
    for code, period, units, newest in queries.charted_codes(actor):
        versions = versions_of(code)
        if versions and not is_answer(versions[0]):
            found[code] = (Chosen(versions[0], period, newest), units)
    return dict(sorted(found.items(), key=lambda each: definition_title(each[1][0].definition)))


def chosen_of(request: HttpRequest, choices: Mapping[str, tuple[Chosen, int]]) -> Chosen | None:
    """Return the indicator asked for, or the first."""
    wanted = request.GET.get("code", "")
    if wanted in choices:
        return choices[wanted][0]
    return next((chosen for chosen, _units in choices.values()), None)


def names_of(nodes: Mapping[int, OrganisationNode]) -> Callable[[int], str]:
    return lambda pk: name_of(nodes[pk])


def setting_of(request: HttpRequest, panel: Panel, rebases: tuple[Rebased, ...]) -> ChartSetting:
    """Return how charts are made: as the definition says, or as the reader chose."""
    fitting = charts_that_fit(panel)
    asked = request.GET.get("chart", "")
    kind = SeriesChart(asked) if asked in {each.value for each in fitting} else chart_for(panel)
    return ChartSetting(kind, request.GET.get("screened") == "yes" and kind.uses_moving_ranges, rebases)


@require_safe
@page
def wall(request: HttpRequest) -> HttpResponse:
    """Show a small chart for each unit within reach, with the alarms to expect by chance."""
    actor = acting(request)
    require(actor, "indicator.read")
    choices = offered(actor)
    chosen = chosen_of(request, choices)
    context: dict[str, Any] = {
        "title": _("Chart wall"),
        "indicators": [(code, _offered_word(each, units)) for code, (each, units) in choices.items()],
        "chosen": chosen,
    }
    if chosen is None:
        return render(request, "indicators/quality_wall.html", context)
    found = queries.figures(actor, chosen.code, chosen.period, chosen.first)
    units = queries.unit_facts({each.node_id for each in found})
    levels = sorted({level for each in units.values() for level in each.levels})
    places = queries.places_above([each.path for each in units.values()])
    left = _narrowed(request, units, {str(place.pk): place for place in places})
    panel = panel_of(chosen.definition, chosen.period, [each for each in found if each.node_id in left])
    context |= {
        "levels": [(str(level), LEVEL_WORDS[level]) for level in levels],
        "places": [(str(place.pk), name_of(place)) for place in places],
        "direction": DIRECTION_WORDS[chosen.definition.direction],
        "period_word": PERIOD_WORDS[chosen.period],
        "definition_url": reverse("indicators:definition", args=[chosen.code]),
        "funnel_url": f"{reverse('indicators:funnel')}?code={chosen.code}",
    }
    if panel is None:
        return render(request, "indicators/quality_wall.html", context)
    setting = setting_of(request, panel, queries.rebases(actor, chosen.code))
    found_wall = wall_of(
        panel, setting, names_of({pk: each.node for pk, each in units.items()}), _target(chosen, panel)
    )
    lines = _shown_lines(request, found_wall)
    if "export" in request.GET:
        table = WallTable(wall_rows(found_wall, lines))
        return export_response(table, request.GET["export"], f"chart-wall-{chosen.code}")
    context |= _wall_context(found_wall, lines)
    return render(request, "indicators/quality_wall.html", context)


def _offered_word(chosen: Chosen, units: int) -> str:
    return f"{definition_title(chosen.definition)} ({units})"


def _target(chosen: Chosen, panel: Panel) -> float | None:
    known = target_on(chosen.code, panel.starts[-1])
    return None if known is None else known.value


def _narrowed(
    request: HttpRequest, units: Mapping[int, queries.UnitFacts], places: Mapping[str, OrganisationNode]
) -> set[int]:
    """Return the units of a level, in a place, with words in their names."""
    level, place = request.GET.get("level", ""), places.get(request.GET.get("place", ""))
    words = request.GET.get("words", "").strip().casefold()
    return {
        pk
        for pk, each in units.items()
        if (not level or level in {str(one) for one in each.levels})
        and (place is None or each.path.startswith(place.path))
        and words in f"{each.node.name_zh} {each.node.name_en} {each.node.code}".casefold()
    }


def _shown_lines(request: HttpRequest, found: Wall) -> list[WallLine]:
    only = request.GET.get("only", "")
    lines = [
        line
        for line in found.lines
        if only not in ONLY
        or (only == "signals" and line.has_signal)
        or (only == "worse" and line.variation == Variation.CONCERN)
        or (only == "kept" and line.is_kept)
    ]
    if request.GET.get("sort") == "signal":
        lines.sort(key=lambda line: (line.order, line.name))
    return lines


def wall_rows(found: Wall, lines: list[WallLine]) -> list[dict[str, Any]]:
    """Return the lines of a wall as a table has them."""
    definition = found.panel.definition
    return [
        {
            "unit": line.name,
            "observed": line.observed,
            "latest": line.latest_code,
            "value": amount_word(definition, line.value),
            "centre": amount_word(definition, line.centre),
            "lower": amount_word(definition, line.lower),
            "upper": amount_word(definition, line.upper),
            "signal": line_word(line),
            "rules": "; ".join(signals_said(line.rules)),
            "kept": _("yes") if line.is_kept else _("no"),
            "earlier": line.earlier_signals,
            "assurance": "" if line.assurance is None else str(ASSURANCE_WORDS[line.assurance]),
        }
        for line in lines
    ]


def line_word(line: WallLine) -> str:
    return str(NOT_CHARTED_WORDS[line.not_charted] if line.not_charted else VARIATION_WORDS[line.variation])


def _wall_context(found: Wall, lines: list[WallLine]) -> dict[str, Any]:
    panel, alarms = found.panel, found.alarms
    definition, code = panel.definition, panel.definition.code
    return {
        "wall": found,
        "cards": [_card(found, line) for line in lines[:MOST_CHARTS]],
        "more": max(0, len(lines) - MOST_CHARTS),
        "rows": wall_rows(found, lines),
        "shown": len(lines),
        "all": len(found.lines),
        "chart_word": CHART_WORDS[found.setting.kind],
        "chart_kinds": [(each.value, CHART_WORDS[each]) for each in charts_that_fit(panel)],
        "setting": found.setting,
        "first": panel.codes[0],
        "last": panel.codes[-1],
        "expected_latest": _between(found.independent.expected_latest, alarms.expected_latest),
        "expected_any": _between(found.independent.expected, alarms.expected),
        "false_share": None if alarms.false_share is None else round(100 * alarms.false_share),
        "kept_share": round(100 * FALSE_SHARE),
        "correlation": alarms.autocorrelation,
        "not_charted": sum(bool(line.not_charted) for line in found.lines),
        "trial": sum(line.trial for line in found.lines),
        "target": None if found.target is None else amount_word(definition, found.target),
        "target_source": _target_source(code, panel.starts[-1]),
        "several_versions": len(panel.versions) > 1,
    }


def _between(low: float, high: float) -> str:
    """Return two expected numbers as a range, or as one where they are the same."""
    first, last = f"{low:.1f}", f"{high:.1f}"
    return first if first == last else f"{first} – {last}"


def _target_source(code: str, day: datetime.date) -> str:
    known = target_on(code, day)
    return "" if known is None else words_of(known.source)


def _card(found: Wall, line: WallLine) -> dict[str, Any]:
    definition = found.panel.definition
    heard = f"{line.name}: {amount_word(definition, line.value)}, {line_word(line)}"
    return {
        "line": line,
        "url": chart_url(definition.code, line.node_id, found.setting),
        "value": amount_word(definition, line.value),
        "word": line_word(line),
        "tone": "neutral" if line.not_charted else VARIATION_TONES[line.variation],
        "rules": signals_said(line.rules),
        "svg": "" if line.not_charted else SafeString(small_chart(found, line, heard)),
        "assurance": "" if line.assurance is None else ASSURANCE_WORDS[line.assurance],
        "assurance_sign": "" if line.assurance is None else ASSURANCE_SIGNS[line.assurance],
        "assurance_kind": "" if line.assurance is None else line.assurance.value,
    }


def chart_url(code: str, node_id: int, setting: ChartSetting | None = None) -> str:
    address = reverse("indicators:chart", args=[code, node_id])
    return f"{address}?screened=yes" if setting is not None and setting.screened else address


def known_definition(code: str) -> IndicatorDefinition:
    """Return the newest version of an indicator that can be charted."""
    versions = versions_of(code)
    if not versions or is_answer(versions[0]):
        raise Http404(code)
    return versions[0]
