"""What the tables of indicators read alike: units by their codes, periods, and refusals of the commands."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from lianyi.accounts.access import nodes_in_reach
from lianyi.accounts.actors import Actor
from lianyi.accounts.models import NodeKind
from lianyi.indicators.values_periods import parse_period
from lianyi.registry.imports.declaring import code, text
from lianyi.registry.imports.planning import Problems, Values
from lianyi.registry.imports.refused_checks import said
from lianyi.tabular.rows import ParsedRow

NODE = code(
    "unit_code", "Unit code", "单位代码", 64, required=True, aliases=("institution_code", "place_code", "机构代码")
)
PERIOD = text("period", "Period", "时期", 16, required=True)


def nodes_within(actor: Actor, codes: Collection[str]) -> Mapping[str, int]:
    """Look up institutions and places by code within the actor's reach; an institution goes before a place."""
    rows = nodes_in_reach(actor).filter(code__in=list(codes)).exclude(kind=NodeKind.DEPARTMENT)
    found = sorted(rows.values_list("kind", "code", "pk"), reverse=True)
    return {code: pk for _kind, code, pk in found}


def refine_period(row: ParsedRow, values: Values) -> Problems:
    """Turn the period as written into its kind and first day."""
    problems = said(lambda: parse_period(str(row.values["period"])))
    if not problems:
        kind, start = parse_period(str(row.values["period"]))
        values["period"], values["period_start"] = kind.value, start
    return problems
