"""What the rules.toml of every plan share: tables with known keys, numbers, prices of rules, the order of goals."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from lianyi.operations.errors import PlanFileError

_HARD_WORD: Final = "hard"
RuleT = TypeVar("RuleT", bound=StrEnum)
GoalT = TypeVar("GoalT", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A TOML file whose tables and keys are all known."""

    file: str
    given: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path, known: Mapping[str, frozenset[str]]) -> Self:
        """Read the file.

        Raises
        ------
        PlanFileError
            When it is no TOML, or has a table or key that is not known.
        """
        try:
            given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise PlanFileError(f"{path.name} is no TOML file in UTF-8: {error}.", file=path.name) from error
        made = cls(path.name, given)
        made._refuse_unknown(path.name, given, frozenset(known))
        for name, keys in known.items():
            made._refuse_unknown(f"[{name}]", made.table(name), keys)
        return made

    def _refuse_unknown(self, where: str, given: Mapping[str, Any], known: frozenset[str]) -> None:
        unknown = sorted(given.keys() - known)
        if unknown:
            raise self.wrong(where, f"has {', '.join(unknown)}, which is not known; known: {', '.join(sorted(known))}")

    def table(self, name: str) -> Mapping[str, Any]:
        table = self.given.get(name, {})
        if not isinstance(table, dict):
            raise self.wrong(name, f"is “{table}”; give it as a table [{name}]")
        return table

    def number(self, table: str, name: str, usual: float | None) -> Any:  # noqa: ANN401 - None only where usual is
        value = self.table(table).get(name, usual)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise self.wrong(f"[{table}] {name}", f"is “{value}”; a number is expected")
        return value if value is None else float(value)

    def whole(self, table: str, name: str, usual: int | None = None) -> int:
        value = self.table(table).get(name, usual)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong(f"[{table}] {name}", f"is “{value}”; a whole number is expected")
        return value

    def yes_or_no(self, table: str, name: str) -> bool:
        value = self.table(table).get(name, False)
        if not isinstance(value, bool):
            raise self.wrong(f"[{table}] {name}", f"is “{value}”; give true or false")
        return value

    def prices(self, rules: type[RuleT], usual: Mapping[RuleT, float], hard: float) -> dict[RuleT, float]:
        """Return the prices of [rules], those not given being the usual ones."""
        prices = dict(usual)
        for name, value in self.table("rules").items():
            if value == _HARD_WORD:
                prices[rules(name)] = hard
            elif isinstance(value, bool) or not isinstance(value, int | float):
                raise self.wrong(f"[rules] {name}", f"is “{value}”; give {_HARD_WORD!r} or a price")
            else:
                prices[rules(name)] = float(value)
        return prices

    def goals(self, goals: type[GoalT]) -> tuple[GoalT, ...]:
        """Return the order of [goals]."""
        order = self.table("goals").get("order", list(goals))
        if not isinstance(order, list) or not set(order) <= set(goals):
            raise self.wrong("[goals] order", f"is {order}; give each of {', '.join(goals)} once")
        return tuple(goals(name) for name in order)

    def wrong(self, where: str, what: str) -> PlanFileError:
        return PlanFileError(f"{self.file}: {where} {what}.", file=self.file, where=where)
