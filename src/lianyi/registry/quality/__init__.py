"""Checks of what the registry holds: what cannot be, what is doubtful, what is old."""

from __future__ import annotations

from lianyi.registry.quality.findings import Finding, QualityParameters, Severity
from lianyi.registry.quality.running import CHECKS, check_names, find_problems

__all__ = ["CHECKS", "Finding", "QualityParameters", "Severity", "check_names", "find_problems"]
