"""Findings about the data as a list: filtered, in the order of their weight, each with a way to its record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import django_tables2 as tables
from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.models import OrganisationNode
from lianyi.pages.names import name_of
from lianyi.registry.quality.findings import WORDINGS, Finding, Severity
from lianyi.registry.quality_names import CHECK_NAMES, SEVERITY_ORDER, SEVERITY_TONES, check_name
from lianyi.registry.tables import WIDE_SCREENS, tag

STAFF, DEPARTMENT = "registry.staff", "registry.department"
_PAGES: Mapping[str, str] = {
    "registry.institution": "registry:institution-detail",
    "registry.place": "registry:place-detail",
    DEPARTMENT: "registry:institution-detail",
    STAFF: "registry:staff-detail",
}


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding as the list shows it."""

    severity: str
    check: str
    label: str
    message: str
    hint: str
    url: str


def finding_lines(findings: Iterable[Finding], nodes: Mapping[int, OrganisationNode]) -> list[FindingLine]:
    """Return the findings, what cannot be first.

    ``nodes`` are those of the places, institutions and departments that the findings speak of.
    """
    lines = [
        FindingLine(
            severity=finding.severity,
            check=finding.check,
            label=_label(finding, nodes),
            message=finding.message,
            hint=finding.hint,
            url=_address(finding, nodes),
        )
        for finding in findings
    ]
    return sorted(lines, key=lambda line: (SEVERITY_ORDER[line.severity], line.check, line.label))


def nodes_spoken_of(findings: Iterable[Finding]) -> set[int]:
    """Return the keys of the places, institutions and departments that the findings speak of."""
    return {finding.object_id for finding in findings if finding.object_type != STAFF}


def _label(finding: Finding, nodes: Mapping[int, OrganisationNode]) -> str:
    return finding.label if finding.object_type == STAFF else name_of(nodes[finding.object_id])


def _address(finding: Finding, nodes: Mapping[int, OrganisationNode]) -> str:
    # A department has no page of its own: it stands on that of its institution.
    pk = nodes[finding.object_id].parent_id if finding.object_type == DEPARTMENT else finding.object_id
    return reverse(_PAGES[finding.object_type], args=[pk])


@dataclass(frozen=True, slots=True)
class CheckCount:
    """How often a check found something."""

    check: str
    name: str
    word: str
    tone: str
    number: int


def check_counts(findings: Sequence[Finding]) -> list[CheckCount]:
    """Return the checks that found something, the weightiest first."""
    numbers = Counter(finding.check for finding in findings)
    ordered = sorted(numbers, key=lambda check: (SEVERITY_ORDER[WORDINGS[check].severity], check))
    return [
        CheckCount(
            check,
            check_name(check),
            str(WORDINGS[check].severity.label),
            SEVERITY_TONES[WORDINGS[check].severity],
            numbers[check],
        )
        for check in ordered
    ]


class FindingFilter:
    """The filter above the list; findings are no rows of the database, so it walks them itself."""

    def __init__(self, data: Any) -> None:  # noqa: ANN401 - a query
        self.form = _FilterForm(data)
        self.form.is_valid()

    @property
    def is_filtered(self) -> bool:
        return any(self.form.cleaned_data.values())

    def chosen(self, lines: Iterable[FindingLine]) -> list[FindingLine]:
        """Return the findings that fit."""
        given = self.form.cleaned_data
        check, severity, text = given.get("check"), given.get("severity"), given.get("q", "").lower()
        return [
            line
            for line in lines
            if (not check or line.check == check)
            and (not severity or line.severity == severity)
            and text in line.label.lower()
        ]


class _FilterForm(forms.Form):
    q = forms.CharField(label=_("Record"), required=False)
    check = forms.ChoiceField(label=_("Check"), required=False, choices=[("", _("all")), *CHECK_NAMES.items()])
    severity = forms.ChoiceField(label=_("Weight"), required=False, choices=[("", _("all")), *Severity.choices])


class FindingTable(tables.Table):  # type: ignore[misc]
    severity = tables.Column(verbose_name=_("Weight"))
    label = tables.Column(verbose_name=_("Record"))
    check = tables.Column(attrs=WIDE_SCREENS, verbose_name=_("Check"))
    message = tables.Column(orderable=False, verbose_name=_("What was found"))
    hint = tables.Column(orderable=False, verbose_name=_("How to mend it"))

    empty_hint = _("Every check passed on what lies within your reach.")

    class Meta:
        empty_text = _("Nothing to mend.")

    def render_severity(self, value: str) -> SafeString:
        return tag(Severity(value).label, SEVERITY_TONES[value])

    def value_severity(self, value: str) -> str:
        return str(Severity(value).label)

    def render_label(self, record: FindingLine) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.url, record.label)

    def value_label(self, value: str) -> str:
        return value

    def render_check(self, value: str) -> str:
        return check_name(value)

    def value_check(self, value: str) -> str:
        return check_name(value)
