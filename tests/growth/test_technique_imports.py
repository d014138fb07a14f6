"""Tables of techniques and their cases in and out: each row by itself, and no signature by a table."""

from __future__ import annotations

import pytest

from lianyi.growth.models import DepartmentTechnique, TechniqueCase, TechniqueStep
from lianyi.registry.imports import running
from lianyi.registry.imports.exporting import export_table
from lianyi.registry.imports.kinds import RowAction
from tests.cast import Scene, acting_as
from tests.dispatch.test_imports import load, only_reason, preview_of
from tests.growth.techniques_story import Learning, learning

pytestmark = pytest.mark.django_db
TECHNIQUES = "agreement_code,code,institution_code,department_code,item,name_zh,duty_code,chosen_on"
SIGNED = f"{TECHNIQUES},ready_on,independent_from,proposer_institution_code,proposer_code,signer_code,provenance"
CASES = "technique_code,done_on,part,local_staff_code,posting_code,count,complications\n"


@pytest.fixture
def story(scene: Scene) -> Learning:
    return learning(scene)


def test_techniques_and_cases_come_in_by_tables(story: Learning) -> None:
    load(
        acting_as(story.office),
        "techniques",
        f"{TECHNIQUES}\nJS-2024,T-A,SHAN,EM,stemi-thrombolysis,,D02,2024-02-01\nJS-2024,T-B,SHAN,EM,,样例洗胃,,2024-02-02\n",
    )
    first, second = DepartmentTechnique.objects.filter(code__startswith="T-").order_by("code")
    assert (first.name_zh, first.name_en, first.duty) == (
        "急性ST段抬高型心肌梗死静脉溶栓",
        "Thrombolysis in ST-elevation myocardial infarction",
        story.duty,
    )
    assert (second.name_zh, second.duty, second.state) == ("样例洗胃", None, "learning")
    assert list(TechniqueStep.objects.filter(technique=first).values_list("step", flat=True)) == ["import"]
    rows = f"{CASES}T-B,2024-02-05,observed,S1,{story.teacher.code},2,0\nT-B,2024-03-05,alone,S1,,1,\n"
    load(acting_as(story.home), "technique_cases", rows)
    assert list(TechniqueCase.objects.order_by("done_on").values_list("part", "count", "complications")) == [
        ("observed", 2, 0),
        ("alone", 1, None),
    ]
    again = preview_of(story.home, "technique_cases", rows)
    assert again.counts[RowAction.UNCHANGED] == 2


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("techniques", f"{TECHNIQUES}\nJS-2024,T-A,SHAN,XX,,样例,,2024-02-01\n", "“XX” is not known"),
        ("techniques", f"{TECHNIQUES}\nJS-2024,T-A,SHAN,EM,nothing,,,2024-02-01\n", "has no technique 'nothing'"),
        ("techniques", f"{TECHNIQUES}\nJS-2024,T-A,SHAN,EM,,样例,D99,2024-02-01\n", "“D99” is not known"),
        ("techniques", f"{TECHNIQUES}\nJS-2024,T-A,JIA1,EM,,样例,,2024-02-01\n", "not among those that the agreement"),
        (
            "techniques",
            f"{SIGNED}\nJS-2024,T-A,SHAN,EM,,样例,,2024-02-01,2024-02-02,2024-03-01,JIA1,A1,S1,recorded\n",
            "signed by two people on the page",
        ),
        (
            "techniques",
            f"{SIGNED}\nJS-2024,T-A,SHAN,EM,,样例,,2024-02-01,2024-02-02,2024-03-01,SHAN,S1,S1,sample\n",
            "another of the home side",
        ),
        (
            "techniques",
            f"{SIGNED}\nJS-2024,T-A,SHAN,EM,,样例,,2024-02-01,2024-02-02,2024-03-01,JIA1,A1,,sample\n",
            "another of the home side",
        ),
        ("technique_cases", f"{CASES}JS-2024-T01,2024-08-05,observed,S1,P001,1,\n", "was not on site on 2024-08-05"),
        ("technique_cases", f"{CASES}JS-2024-T01,2024-02-05,observed,S9,P001,1,\n", "“S9” is not known"),
        ("technique_cases", f"{CASES}NOWHERE,2024-02-05,alone,S1,,1,\n", "“NOWHERE” is not known"),
        ("technique_cases", f"{CASES}JS-2024-T01,2024-02-05,alone,S1,,1,3\n", "0 to 1"),
    ],
)
def test_a_row_that_cannot_be_is_refused_by_itself(story: Learning, kind: str, text: str, said: str) -> None:
    assert said in only_reason(preview_of(story.office, kind, text))


def test_a_number_that_differs_from_the_record_is_found_and_not_written(story: Learning) -> None:
    story.case("2024-02-05", "assisted", 2)
    text = f"{CASES}JS-2024-T01,2024-02-05,assisted,S1,{story.teacher.code},3,\n"
    assert "another number on record for the day (2)" in only_reason(preview_of(story.home, "technique_cases", text))


def test_a_technique_with_steps_on_record_is_not_changed_by_a_table(story: Learning) -> None:
    text = f"{TECHNIQUES}\nJS-2024,JS-2024-T01,SHAN,EM,,样例新名,D02,2024-01-08\n"
    assert "has steps on record" in only_reason(preview_of(story.office, "techniques", text))


def test_what_was_signed_before_comes_in_as_sample_and_goes_out_again(story: Learning) -> None:
    text = f"{SIGNED}\nJS-2024,T-A,SHAN,EM,,样例洗胃,D02,2024-02-01,2024-02-02,2024-03-01,JIA1,A1,S1,sample\n"
    load(acting_as(story.office), "techniques", text)
    row = DepartmentTechnique.objects.get(code="T-A")
    assert (row.state, row.proposed_by_staff, row.signed_by_staff) == ("signed", story.scene.an, story.local)
    content = export_table(story.office, "techniques", "csv", "en").decode("utf-8-sig")
    [line] = [line for line in content.splitlines() if "T-A" in line]
    assert line.replace('"', "").endswith("2024-02-02,2024-03-01,JIA1,A1,S1,Sample")


def test_an_export_reads_back_as_unchanged(story: Learning) -> None:
    story.alone()
    for kind in ("techniques", "technique_cases"):
        content = export_table(story.home, kind, "xlsx", "zh-hans")
        preview = running.preview_table(story.home, kind, content, f"{kind}.xlsx", "zh-hans")
        assert len(preview.plans) == preview.counts[RowAction.UNCHANGED] > 0, kind


def test_somebody_elses_technique_is_unknown_to_an_outsider(story: Learning) -> None:
    text = f"{CASES}JS-2024-T01,2024-02-05,alone,S1,,1,\n"
    assert "“JS-2024-T01” is not known" in only_reason(preview_of(story.scene.office_lin, "technique_cases", text))
