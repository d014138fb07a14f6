"""What a comparison of groups says in plain words: the figure, how sure it is, and what it cannot say."""

from __future__ import annotations

from typing import Any, Final

from lianyi.analysis.panel_columns import PanelNames
from lianyi.methods.comparison_groups.panels import names_of

Document = dict[str, Any]

_DRIFT_P: Final = 0.05
_LEADS_SHOWN: Final = 8
_LAGS_SHOWN: Final = 16


def lines_of(document: Document) -> list[str]:
    """Return the result as a person reads it, the estimate first."""
    staggered = document["is_staggered"]
    starts = ", ".join(f"{cohort['units']} from {cohort['start']}" for cohort in document["cohorts"][:8])
    more = len(document["cohorts"]) - 8
    if more > 0:
        starts += f" and {more} more starts"
    who = (
        f"{document['units']:,} units over {document['periods']} periods ({document['first_period']} to "
        f"{document['last_period']}); {document['treated_units']:,} treated ({starts}), "
        f"{document['control_units']:,} never treated."
    )
    lines = [
        who,
        f"Method: {_METHODS[document['method']]}{_why(document) if staggered else ''}",
        f"Effect on {document['outcome']}: {_with_interval(document)}.",
        verdict(document),
    ]
    if "imputation" in document:
        lines.append(
            f"By imputation from all untreated cells (Borusyak and others): {_with_interval(document['imputation'])}."
        )
    lines += _time_lines(document)
    return lines + _few_cluster_lines(document)


def verdict(document: Document) -> str:
    """Return what the interval says, success and "no detectable change" in the same plain words."""
    interval = document["interval"]
    if interval["low"] is None:
        return "There is nothing to tell how sure this is: the error is 0 or unknown."
    level = f"{interval['confidence']:.0%}"
    if not document["is_detectable"] and not interval["low"] <= 0 <= interval["high"]:
        return (
            f"No detectable change: the {level} interval does not hold 0, but with {document['clusters']} clusters it "
            "is too narrow, and wild bootstrap or placebo units do not agree. That is not proof that nothing changed."
        )
    if not document["is_detectable"]:
        return (
            f"No detectable change: anything from {interval['low']:+.4g} to {interval['high']:+.4g} goes with these "
            f"figures ({level} interval). That is not proof that nothing changed."
        )
    direction = "more" if document["estimate"] > 0 else "less"
    return (
        f"{document['outcome']} is {abs(document['estimate']):.4g} {direction} than the comparison units lead to "
        f"expect; the {level} interval does not hold 0."
    )


def warnings_of(document: Document, names: PanelNames) -> list[str]:
    """Return what a reader must know before believing the figure."""
    found = []
    if names.cluster is None or names.cluster == names.unit:
        found.append(
            "Errors are clustered by unit. Where help was given out by hospital or province, the units of one helper "
            "are not independent: name that column as the cluster."
        )
    if document["missing_cells"]:
        found.append(
            f"The panel is not balanced: {document['missing_cells']:,} of {document['units'] * document['periods']:,} "
            "values are missing. Missing is not 0; each comparison rests on the units measured in both its periods."
            if document["method"] == "callaway-santanna"
            else f"The panel is not balanced: {document['missing_cells']:,} of "
            f"{document['units'] * document['periods']:,} values are missing and count for nothing. If they are "
            "missing because of the help, the estimate is wrong."
        )
    left_out = document["left_out"]
    for key, reason in _LEFT_OUT.items():
        if left_out[key]:
            found.append(f"Left out: {names_of(left_out[key])} - {reason}.")
    test = document["pre_trend"]
    if test is not None and test["p"] < _DRIFT_P:
        found.append(
            f"Before the start the groups move apart by more than chance often brings (p = {test['p']:.3g}; one panel "
            "of twenty does so without any drift). Look at the leads: an effect cannot be told from a drift."
        )
    return found


def cannot_say(document: Document) -> list[str]:
    """Return what this kind of comparison never shows."""
    found = [
        (
            "Whether treated and untreated units would have gone on alike without the help: that is supposed, not "
            "measured. Leads near 0 make it more believable and do not prove it."
        ),
        "Whether something else began in the treated units at the same time.",
        (
            "Whether patients moved from untreated neighbours to treated units: then the neighbours fell and the "
            "effect looks larger. Keep a ring of neighbours out of the comparison to see."
        ),
        "What the same help would do elsewhere: it is the mean effect on those treated.",
    ]
    if document["method"] == "callaway-santanna":
        found.append("Why effects long after the start differ: they rest on the cohorts that began early.")
    return found


def conventions(document: Document, controls: str) -> Document:
    """Return how each figure was computed."""
    found = {
        "interval": "estimate and clustered error, t with one degree of freedom less than clusters",
        "band": f"sup-t over all event times, {document['draws']} draws, seed {document['seed']}",
        "never_treated": "start empty or 0, or after the last period",
    }
    if document["method"] == "callaway-santanna":
        return found | {
            "estimate": "ATT(g, t) of treated cohorts and periods, weighted by the size of the cohort",
            "event_time": "periods of the panel since the start; 0 is the first treated period",
            "controls": f"{controls}; base period before the start, and the period just before for leads",
            "error": "influence functions summed by cluster"
            + ("" if document["clusters"] == document["units"] else ", variance times G/(G-1)"),
        }
    return found | {
        "estimate": "y = unit + period + effect x treated, ordinary least squares",
        "event_time": "periods of the panel since the start; -1 is the reference",
        "error": "CR1: G/(G-1) x (N-1)/(N-K), unit effects not counted in K",
    }


def _why(document: Document) -> str:
    return (
        f" Units begin at {len(document['cohorts'])} different times, where plain two-way fixed effects compare late "
        "starters with early ones and mislead."
    )


def _with_interval(part: Document) -> str:
    interval = part["interval"]
    if interval["low"] is None:
        return f"{part['estimate']:+.4f}"
    ends = f"{interval['low']:+.4f} to {interval['high']:+.4f}"
    return f"{part['estimate']:+.4f} ({interval['confidence']:.0%} interval {ends})"


def _time_lines(document: Document) -> list[str]:
    if not document["event_study"]:
        return []
    lines = ["", "Effect by periods since the start (own interval; band for all together):"]
    shown = [row for row in document["event_study"] if -_LEADS_SHOWN <= row["event_time"] <= _LAGS_SHOWN]
    for row in shown:
        if row.get("is_reference"):
            lines.append(f"  {row['event_time']:+4d}  0 by construction")
            continue
        band = row["band"]
        wide = "" if band["low"] is None else f"; band {band['low']:+.4f} to {band['high']:+.4f}"
        lines.append(f"  {row['event_time']:+4d}  {_with_interval(row)}{wide}")
    hidden = len(document["event_study"]) - len(shown)
    if hidden:
        lines.append(f"  ... {hidden} more, all of them with --json and in the picture of --plot.")
    test = document["pre_trend"]
    if test is not None:
        lines.append(
            f"Before the start: the largest of {test['leads']} leads lies {test['largest_lead']:.2f} standard errors "
            f"from 0, p = {test['p']:.3g} for all together."
        )
    return lines


def _few_cluster_lines(document: Document) -> list[str]:
    lines = []
    wild = document.get("wild_bootstrap")
    if wild is not None:
        interval = wild["interval"]
        low, high = (("open" if end is None else f"{end:+.4f}") for end in (interval["low"], interval["high"]))
        lines.append(f"Wild cluster bootstrap ({wild['weights']}): p = {wild['p']:.3g}, interval {low} to {high}.")
    placebo = document.get("placebo_units")
    if placebo is not None:
        lines.append(
            f"Placebo units: not possible. {placebo['reason']}"
            if placebo["p"] is None
            else f"Placebo units: with the help given to others, {placebo['placebos']:,} times, p = {placebo['p']:.3g}."
        )
    date = document.get("placebo_date")
    if date is not None:
        lines.append(f"Placebo date {date['period']}: {_with_interval(date)}; it should be near 0.")
    return ["", *lines] if lines else []


_METHODS: Final = {
    "two-way-fixed-effects": "difference in differences with unit and period effects.",
    "callaway-santanna": "effects by cohort and period (Callaway and Sant'Anna).",
}
_LEFT_OUT: Final = {
    "always_treated": "they began in the first period or before, so nothing is known of them before",
    "unmeasured": "they have no outcome at all",
    "kept_out": "kept out of the comparison as asked",
}
