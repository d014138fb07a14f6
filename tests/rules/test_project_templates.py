"""Templates of projects: those of the package, those a bureau adds, and faults in them."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from lianyi.rules import Confidence
from lianyi.rules.errors import NoApplicableRuleSetError, OverlappingRuleSetsError, RuleFileError
from lianyi.rules.project_templates import ProjectKind, SigningSide, load_project_templates

OWN = """
id = "own-sub-centre"
title = { zh = "本市次中心", en = "Own sub-centre" }
valid_from = 2027-01-01
source = "Bureau"
confidence = "local"
kind = "sub_centre"

[[milestones]]
name = { zh = "开工", en = "Begin" }
from_month = 0
to_month = 2
evidence = { zh = "批复", en = "Approval" }
signed_by = "authority"
"""


def added(tmp_path: Path, text: str) -> list[Path]:
    folder = tmp_path / "rules"
    (folder / "project_templates").mkdir(parents=True)
    (folder / "project_templates" / "own.toml").write_text(text, encoding="utf-8")
    return [folder]


def test_the_package_has_a_template_for_every_kind_and_calls_it_a_proposal() -> None:
    found = load_project_templates().on(datetime.date(2026, 11, 23))
    assert [each.kind for each in found] == list(ProjectKind)
    assert {each.confidence for each in found} == {Confidence.UNSOURCED}
    assert {each.kind.value: each.condition for each in found if each.condition} == {
        "chest_pain_centre": "chest_pain",
        "stroke_centre": "stroke",
        "trauma_centre": "trauma",
        "critical_mother_centre": "critical_mother",
        "critical_newborn_centre": "critical_newborn_child",
    }


def test_an_added_template_holds_for_its_kind_from_its_day_on(tmp_path: Path) -> None:
    book = load_project_templates(added(tmp_path, OWN))
    assert book.of_kind("sub_centre", datetime.date(2026, 12, 31)).id == "sub-centre-2026"
    held = book.of_kind("sub_centre", datetime.date(2027, 1, 1))
    assert (held.id, held.milestones[0].signed_by) == ("own-sub-centre", SigningSide.AUTHORITY)
    assert book.template("sub-centre-2026") is not None
    with pytest.raises(NoApplicableRuleSetError):
        book.of_kind("sub_centre", datetime.date(1999, 1, 1))


def test_two_templates_of_a_kind_that_begin_on_one_day_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OverlappingRuleSetsError, match="sub_centre"):
        load_project_templates(added(tmp_path, OWN.replace("2027-01-01", "2000-01-01")))


@pytest.mark.parametrize(
    ("old", "new"),
    [('"sub_centre"', '"castle"'), ("to_month = 2", "to_month = 0"), ('"authority"', '"me"'), ("zh = ", "ch = ")],
)
def test_a_fault_names_its_file(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(RuleFileError, match=r"own\.toml"):
        load_project_templates(added(tmp_path, OWN.replace(old, new)))
