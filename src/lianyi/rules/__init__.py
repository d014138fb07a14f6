"""Dated rule sets and reference data, kept as TOML files: no number of policy lives in code.

A bureau adds rule sets of its own by putting files beside one another in a directory and naming it to
`load_rule_sets`; the files in ``programmes/`` show the form. Referral policies stand in a folder
``referral_policies/`` inside such a directory; `load_referral_policies` reads them. Limits of the data-quality checks
stand in ``quality_limits/``; `load_quality_limits` reads them. Standards of what a place should have stand in
``resource_standards/``, what counts as which resource in ``resource_groups/``, how ready a service must be in
``readiness_thresholds/``, the texts of the patient's slip in ``slip_texts/``. Checklists of what an institution or a
department should be able to do stand in ``checklists/``, how gaps are ranked in ``gap_rankings/``.
Stages of the pipeline stand in ``pipeline_stages/``, templates of construction projects in ``project_templates/``,
techniques in ``techniques/``.
Categories of points raised at visits stand in ``point_categories/``.
Schemes of performance assessments stand in ``assessment_schemes/``; `lianyi.rules.assessment_schemes` reads them.
When it is asked what became of somebody who returned from a secondment stands in ``return_checks/``.
Shares of essential medicines stand in ``medicine_shares/``, expected numbers of people in ``expected_numbers/``.
Kinds of causes and targets of quality control stand in ``quality_control/``; `lianyi.rules.quality_control` reads them.
Definitions of indicators stand in ``indicators/``; `lianyi.rules.indicators` reads them.
"""

from __future__ import annotations

from lianyi.rules.checklists import (
    Checklist,
    ChecklistBook,
    ChecklistItem,
    ChecklistSubject,
    Headline,
    ItemLevel,
    ItemUnit,
    load_checklists,
    parse_checklist,
)
from lianyi.rules.gap_ranking import GapRanking, GapRankingBook, load_gap_rankings
from lianyi.rules.loading import RuleBook, load_rule_sets
from lianyi.rules.point_categories import PointCategories, PointCategoriesBook, load_point_categories
from lianyi.rules.quality import QualityLimits, QualityLimitsBook, load_quality_limits
from lianyi.rules.readiness import ReadinessThresholds, ReadinessThresholdsBook, load_readiness_thresholds
from lianyi.rules.reference import (
    REFERENCE_NAMES,
    codes_of,
    common_problems,
    institution_kinds,
    load_reference,
    load_reference_list,
    reference_item,
    services,
    specialties,
    title_ranks,
)
from lianyi.rules.referral_loading import ReferralPolicyBook, load_referral_policies
from lianyi.rules.referral_policy import ReferralPolicy
from lianyi.rules.resource_standards import (
    ResourceMeasure,
    ResourceRequirement,
    ResourceStandard,
    ResourceStandardBook,
    load_resource_standards,
)
from lianyi.rules.resources import ResourceGroups, ResourceGroupsBook, load_resource_groups
from lianyi.rules.return_checks import ReturnCheckBook, ReturnCheckRule, load_return_checks
from lianyi.rules.schema import (
    CommonProblem,
    Confidence,
    InstitutionKind,
    Jurisdiction,
    Measure,
    Per,
    Period,
    ReferenceItem,
    ReferenceList,
    Requirement,
    RuleFamily,
    RuleSet,
    Service,
    Specialty,
    TitleRank,
    Unit,
    Words,
)
from lianyi.rules.slip_texts import SlipBook, SlipTexts, load_slip_texts
from lianyi.rules.techniques import Technique, TechniqueBook, TechniqueCatalogue, load_techniques

__all__ = [
    "REFERENCE_NAMES",
    "Checklist",
    "ChecklistBook",
    "ChecklistItem",
    "ChecklistSubject",
    "CommonProblem",
    "Confidence",
    "GapRanking",
    "GapRankingBook",
    "Headline",
    "InstitutionKind",
    "ItemLevel",
    "ItemUnit",
    "Jurisdiction",
    "Measure",
    "Per",
    "Period",
    "PointCategories",
    "PointCategoriesBook",
    "QualityLimits",
    "QualityLimitsBook",
    "ReadinessThresholds",
    "ReadinessThresholdsBook",
    "ReferenceItem",
    "ReferenceList",
    "ReferralPolicy",
    "ReferralPolicyBook",
    "Requirement",
    "ResourceGroups",
    "ResourceGroupsBook",
    "ResourceMeasure",
    "ResourceRequirement",
    "ResourceStandard",
    "ResourceStandardBook",
    "ReturnCheckBook",
    "ReturnCheckRule",
    "RuleBook",
    "RuleFamily",
    "RuleSet",
    "Service",
    "SlipBook",
    "SlipTexts",
    "Specialty",
    "Technique",
    "TechniqueBook",
    "TechniqueCatalogue",
    "TitleRank",
    "Unit",
    "Words",
    "codes_of",
    "common_problems",
    "institution_kinds",
    "load_checklists",
    "load_gap_rankings",
    "load_point_categories",
    "load_quality_limits",
    "load_readiness_thresholds",
    "load_reference",
    "load_reference_list",
    "load_referral_policies",
    "load_resource_groups",
    "load_resource_standards",
    "load_return_checks",
    "load_rule_sets",
    "load_slip_texts",
    "load_techniques",
    "parse_checklist",
    "reference_item",
    "services",
    "specialties",
    "title_ranks",
]
