"""What `lianyi check` looks at: migrations, rule files, the registry's records, the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lianyi.accounts.actors import service_actor
from lianyi.accounts.audit import ChainReport, verify_chain
from lianyi.accounts.errors import AuditChainBrokenError
from lianyi.accounts.models import ChainHead
from lianyi.config import Config
from lianyi.errors import ConfigurationError
from lianyi.operations.console import Stage
from lianyi.operations.database_facts import pending_migrations
from lianyi.operations.rule_files import describe_rule_sets
from lianyi.registry.quality import Finding, Severity, find_problems

_MARKS = {Severity.ERROR: "PROBLEM", Severity.WARNING: "PROBLEM", Severity.NOTICE: "notice"}


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What was found. ``trail`` is None when it was not walked or is broken; ``broken_trail`` says how."""

    pending_migrations: tuple[str, ...]
    rule_sets: int
    rule_file_error: str
    trail: ChainReport | None = None
    broken_trail: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def has_problems(self) -> bool:
        """Whether anything is wrong; what is merely old or unusual is not."""
        wrong = [finding for finding in self.findings if finding.severity is not Severity.NOTICE]
        return bool(self.pending_migrations or self.rule_file_error or self.broken_trail or wrong)


def run_checks(config: Config, *, walks_trail: bool, stage: Stage) -> CheckReport:
    pending = pending_migrations()
    rule_sets, rule_file_error = _check_rule_files(config)
    if pending:
        # Without its tables a database has no records to look at.
        return CheckReport(pending, rule_sets, rule_file_error)
    trail, broken = _walk_trail(stage) if walks_trail else (None, "")
    with stage("Checking the registry"):
        findings = tuple(find_problems(service_actor()))
    return CheckReport(pending, rule_sets, rule_file_error, trail, broken, findings)


def _check_rule_files(config: Config) -> tuple[int, str]:
    try:
        return len(describe_rule_sets(config.rules_directories)), ""
    except ConfigurationError as error:
        return 0, error.message


def _walk_trail(stage: Stage) -> tuple[ChainReport | None, str]:
    total = ChainHead.objects.values_list("sequence", flat=True).first() or 0
    with stage("Walking the audit trail") as progress:
        try:
            return verify_chain(lambda done: progress(done, total)), ""
        except AuditChainBrokenError as error:
            return None, error.message


def describe(report: CheckReport) -> dict[str, Any]:
    return {
        "is_fine": not report.has_problems,
        "migrations_pending": report.pending_migrations,
        "rule_sets": report.rule_sets,
        "rule_file_error": report.rule_file_error,
        "audit": _described_trail(report),
        "findings": [
            {
                "check": finding.check,
                "severity": finding.severity.value,
                "object_type": finding.object_type,
                "object_id": finding.object_id,
                "label": finding.label,
                "message": finding.message,
                "hint": finding.hint,
            }
            for finding in report.findings
        ],
    }


def _described_trail(report: CheckReport) -> dict[str, Any] | None:
    if report.broken_trail:
        return {"is_intact": False, "error": report.broken_trail}
    if report.trail is None:
        return None
    return {"is_intact": True, "events": report.trail.events, "last_hash": report.trail.last_hash}


def lines_of(report: CheckReport) -> list[str]:
    lines = []
    if report.pending_migrations:
        lines.append(f"PROBLEM {len(report.pending_migrations)} migrations are pending. Run: lianyi init")
    lines.append(
        f"PROBLEM {report.rule_file_error}" if report.rule_file_error else f"{report.rule_sets} rule sets: fine"
    )
    if report.broken_trail:
        lines.append(f"PROBLEM {report.broken_trail}")
    elif report.trail is not None:
        lines.append(f"{report.trail.events:,} audit events: intact, last hash {report.trail.last_hash or '-'}")
    lines += [
        f"{_MARKS[finding.severity]} {finding.label}: {finding.message} {finding.hint}" for finding in report.findings
    ]
    if not report.findings and not report.pending_migrations:
        lines.append("Records of the registry: fine")
    return lines
