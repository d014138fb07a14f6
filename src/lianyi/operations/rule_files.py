"""The rule sets of an installation and whether they hold today."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils import timezone

from lianyi.rules import (
    Checklist,
    ReferralPolicy,
    ResourceStandard,
    RuleSet,
    load_checklists,
    load_gap_rankings,
    load_point_categories,
    load_quality_limits,
    load_readiness_thresholds,
    load_referral_policies,
    load_resource_groups,
    load_resource_standards,
    load_return_checks,
    load_rule_sets,
    load_slip_texts,
    load_techniques,
)
from lianyi.rules.assessment_schemes import AssessmentScheme, load_assessment_schemes
from lianyi.rules.expected_numbers import load_expected_numbers
from lianyi.rules.form_tables import load_form_tables
from lianyi.rules.headed import ANYWHERE
from lianyi.rules.indicators import load_indicators
from lianyi.rules.medicine_shares import load_medicine_shares
from lianyi.rules.pipeline_stages import load_pipeline_stages
from lianyi.rules.project_templates import load_project_templates
from lianyi.rules.quality_control import load_quality_control

REFERRAL_POLICY = "referral_policy"
"""What stands for the programme of a referral policy."""
RESOURCE_STANDARD = "resource_standard"
"""What stands for the programme of a standard of resources."""
CHECKLIST = "checklist"
"""What stands for the programme of a checklist."""
ASSESSMENT_SCHEME = "assessment_scheme"
"""What stands for the programme of a scheme of performance assessments."""


def describe_rule_sets(directories: Sequence[Path]) -> list[dict[str, Any]]:
    """Return every rule set, referral policy, standard, checklist and assessment scheme with its validity.

    Those of the directories are among them. The requirements of a referral policy are its time standards.

    Raises
    ------
    RuleFileError, RuleDirectoryError, DuplicateRuleSetError, OverlappingRuleSetsError
    """
    rule_sets = [
        {**_described(each), "programme": each.programme_kind, "requirements": len(each.requirements)}
        for each in load_rule_sets(directories).rule_sets
    ]
    policies = [
        {**_described(each), "programme": REFERRAL_POLICY, "requirements": len(each.standards)}
        for each in load_referral_policies(directories).policies
    ]
    standards = [
        {**_described(each), "programme": RESOURCE_STANDARD, "requirements": len(each.requirements)}
        for each in load_resource_standards(directories).standards
    ]
    checklists = [
        {**_described(each), "programme": CHECKLIST, "requirements": len(each.items)}
        for each in load_checklists(directories).checklists
    ]
    schemes = [
        {**_described(each), "programme": ASSESSMENT_SCHEME, "requirements": len(each.items)}
        for each in load_assessment_schemes(directories).schemes
    ]
    # Limits of the data-quality checks, groups of resources, least readiness, rankings of gaps, templates of projects,
    # stages of the pipeline, texts of the slip, techniques, categories of points, indicators and forms have no place
    # and no listing, but a broken file of them is a fault too.
    load_slip_texts(directories)
    load_quality_limits(directories)
    load_quality_control(directories)
    load_resource_groups(directories)
    load_readiness_thresholds(directories)
    load_gap_rankings(directories)
    load_return_checks(directories)
    load_project_templates(directories)
    load_techniques(directories)
    load_point_categories(directories)
    load_pipeline_stages(directories)
    load_medicine_shares(directories)
    load_expected_numbers(directories)
    load_indicators(tuple(directories))
    load_form_tables(directories)
    return [*rule_sets, *policies, *standards, *checklists, *schemes]


def _described(rules: RuleSet | ReferralPolicy | ResourceStandard | Checklist | AssessmentScheme) -> dict[str, Any]:
    return {
        "id": rules.id,
        "jurisdiction": ANYWHERE if rules.jurisdiction is None else rules.jurisdiction.code,
        "title": rules.title.en,
        "valid_from": rules.valid_from,
        "valid_to": rules.valid_to,
        "is_in_force": rules.is_valid_on(timezone.localdate()),
        "confidence": rules.confidence.value,
        "file": rules.file,
    }
