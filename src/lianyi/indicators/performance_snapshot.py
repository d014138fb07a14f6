"""What a frozen round keeps: every input, the scheme as it was, the result, and the SHA-256 over all of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import lianyi
from lianyi.indicators.models.performance import PerformanceAssessment, PerformanceFinding
from lianyi.indicators.performance_numbers import counted_numbers
from lianyi.indicators.performance_rulebook import parsed_scheme, scheme_book
from lianyi.indicators.performance_scoring import Figures, by_side, figures_of
from lianyi.methods.assessment_scores import ScoreTotal
from lianyi.rules.assessment_schemes import AssessmentScheme

FORMAT = 2
_FINDING = ("item", "side", "grade", "source", "rows", "reason", "provenance", "attained", "taken_from")


def digest(snapshot: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a snapshot in its one plain form, which no database changes."""
    text = json.dumps(snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def snapshot_of(row: PerformanceAssessment, purpose: str) -> dict[str, Any]:
    """Gather everything that the result of a round was made of."""
    scheme = scheme_book().get(row.scheme)
    findings = list(row.findings.order_by("item", "side"))
    return {
        "format": FORMAT,
        "software": lianyi.__version__,
        "purpose": purpose,
        "assessment": _round(row),
        "scheme": {
            "id": scheme.id,
            "file": scheme.file,
            "text": scheme.text,
            "sha256": hashlib.sha256(scheme.text.encode()).hexdigest(),
        },
        "findings": [_finding(each) for each in findings],
        "counted": {name: each.as_facts() for name, each in sorted(counted_numbers(row, scheme).items())},
        "evidence": [_evidence(each) for each in row.evidence.select_related("agreement", "duty")],
        "objections": [_objection(each) for each in row.objections.all()],
        "events": [_event(each) for each in row.events.all()],
        "result": result_of(scheme, findings),
    }


def _round(row: PerformanceAssessment) -> dict[str, Any]:
    return {
        "code": row.code,
        "institution": [row.institution.code, row.institution.name_zh, row.institution.name_en],
        "alliance": None if row.alliance is None else row.alliance.code,
        "agreement": None if row.agreement is None else row.agreement.code,
        "corrects": None if row.corrects is None else row.corrects.code,
        "period": [row.period_from.isoformat(), row.period_to.isoformat()],
        "objections_until": _day(row.objections_until),
        "note": row.note,
        "provenance": row.provenance,
    }


def _day(day: Any) -> str | None:  # noqa: ANN401 - a day or none
    return None if day is None else day.isoformat()


def plain_number(number: Decimal | None) -> str | None:
    """Return a number in one form, however many zeros a database gave it."""
    return None if number is None else f"{number.normalize():f}"


def _finding(row: PerformanceFinding) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in _FINDING},
        "value": plain_number(row.value),
        "out_of": plain_number(row.out_of),
        "user": row.user_id,
    }


def _evidence(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of a related manager
    return {
        "number": row.number,
        "what": row.what,
        "dated_on": _day(row.dated_on),
        "holder": row.holder,
        "items": row.items,
        "agreement": None if row.agreement is None else row.agreement.code,
        "duty": None if row.duty is None else row.duty.code,
    }


def _objection(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of a related manager
    return {
        "item": row.item,
        "text": row.text,
        "raised_on": _day(row.raised_on),
        "raised_by": row.raised_by_id,
        "answer": row.answer,
        "answer_text": row.answer_text,
        "answered_on": _day(row.answered_on),
        "answered_by": row.answered_by_id,
    }


def _event(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of a related manager
    return {
        "step": row.step,
        "from": row.from_state,
        "to": row.to_state,
        "at": row.recorded_at.isoformat(timespec="seconds"),
        "user": row.user_id,
        "role": row.acting_role,
        "reason": row.reason,
    }


def result_of(scheme: AssessmentScheme, findings: Any) -> dict[str, Any]:  # noqa: ANN401 - rows or what was kept
    """Return what each side's findings come to, and what counts in the end."""
    sides = by_side(findings)
    return {side: _figures(figures_of(scheme, sides[side])) for side in ("self", "outside", "final")}


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        "total": _total(figures.total),
        "by_dimension": {name: _total(each) for name, each in figures.by_dimension.items()},
        "not_scored": list(figures.not_scored),
        "must_pass_missed": list(figures.must_pass_missed),
        "grades": None
        if figures.grades is None
        else {**{name: getattr(figures.grades, name) for name in ("a", "b", "c", "missing")},
              "verdict": figures.grades.verdict},
        "targets": None
        if figures.targets is None
        else {name: getattr(figures.targets, name) for name in ("reached", "missed", "missing")},
    }  # fmt: skip


def _total(total: ScoreTotal) -> dict[str, Any]:
    """Return a total with its points as exact fractions in words."""
    return {
        "points": str(total.points),
        "most_of_scored": str(total.most_of_scored),
        "most": str(total.most),
        "scored": total.scored,
        "without_data": list(total.without_data),
    }


@dataclass(frozen=True, slots=True)
class KeptFinding:
    """A finding as a snapshot keeps it."""

    item: str
    side: str
    grade: str
    value: Decimal | None
    out_of: Decimal | None
    attained: int | None
    source: str
    rows: int | None
    reason: str


def kept_findings(snapshot: Mapping[str, Any]) -> list[KeptFinding]:
    """Return the findings of a snapshot, as they are scored."""
    return [
        KeptFinding(
            each["item"],
            each["side"],
            each["grade"],
            None if each["value"] is None else Decimal(each["value"]),
            None if each["out_of"] is None else Decimal(each["out_of"]),
            each["attained"],
            each["source"],
            each["rows"],
            each["reason"],
        )
        for each in snapshot["findings"]
    ]


@dataclass(frozen=True, slots=True)
class SnapshotCheck:
    """Whether a snapshot is as it was frozen, and gives the same result when it is scored again."""

    is_unchanged: bool
    gives_same_result: bool

    @property
    def holds(self) -> bool:
        return self.is_unchanged and self.gives_same_result


def check_snapshot(row: PerformanceAssessment) -> SnapshotCheck:
    """Form the hash again, and score the kept findings by the kept scheme again."""
    kept = row.snapshot
    scheme = parsed_scheme(kept["scheme"]["file"], kept["scheme"]["text"])
    again = json.loads(json.dumps(result_of(scheme, kept_findings(kept))))
    return SnapshotCheck(digest(kept) == row.snapshot_sha256, again == kept["result"])
