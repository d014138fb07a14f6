"""Checks of what the registry holds: what cannot be, what is doubtful, what is old."""

from __future__ import annotations

from lianyi.registry.quality.findings import Finding, Severity
from lianyi.registry.quality.limits import limits_on
from lianyi.registry.quality.running import CHECKS, check_names, find_problems

__all__ = ["CHECKS", "Finding", "Severity", "check_names", "find_problems", "limits_on"]
