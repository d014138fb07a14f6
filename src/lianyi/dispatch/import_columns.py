"""The columns of the posting tables, and why their rows are refused."""

from __future__ import annotations

from lianyi.dispatch.models import PostingAbsence, PostingKind
from lianyi.partnerships.import_columns import AGREEMENT_CODE, SPECIALTY, choices_of
from lianyi.registry.imports.declaring import PROVENANCE, choice, code, day, text, whole
from lianyi.tabular.columns import Column

_CODE = code("code", "Number", "编号", 40, required=True)
_START, _END = day("starts_on", "From", "开始日期", required=True), day("ends_on", "To", "结束日期", required=True)
_NAMES = (text("name_zh", "Chinese name", "名称", 100), text("name_en", "English name", "英文名称", 100))
_BATCH = whole("batch_number", "Batch", "批次", most=9999)

REFUSALS = {
    "posting-published": (
        "the posting “{given}” is published ({state}); change it by its steps, not by a table.",
        "派驻“{given}”已发布（{state}），请按流程办理变更，不能用表格修改。",
    ),
    "same-institution": (
        "the person works at “{given}” already; a posting goes to another institution.",
        "该人员本就在“{given}”工作，派驻须到其他机构。",
    ),
    "left-before-arrival": (
        "{last} is given as the last day, but no arrival before it. Give arrived_on first.",
        "填写了离岗日期 {last}，但没有更早的到岗日期，请先填写到岗日期。",
    ),
    "absence-outside-stay": (
        "the absence must lie within the stay from {first} to {last}.",
        "缺勤必须在派驻期间 {first} 至 {last} 之内。",
    ),
}

TITLES = {
    "batches": ("Batches", "批次"),
    "teams": ("Teams", "团队"),
    "postings": ("Postings", "派驻"),
    "posting_absences": ("Absences from postings", "派驻缺勤"),
}

COLUMNS: dict[str, tuple[Column, ...]] = {
    "batches": (
        AGREEMENT_CODE,
        whole("number", "Number", "批次", required=True, most=9999),
        *_NAMES,
        _START,
        _END,
        PROVENANCE,
    ),
    "teams": (
        AGREEMENT_CODE,
        code("code", "Code", "代码", 32, required=True),
        text("name_zh", "Chinese name", "名称", 100, required=True),
        text("name_en", "English name", "英文名称", 100),
        _BATCH,
        code("leader_institution_code", "Institution code of the leader", "队长所在机构代码", 32),
        code("leader_staff_code", "Staff number of the leader", "队长工号", 32),
        PROVENANCE,
    ),
    "postings": (
        AGREEMENT_CODE,
        _CODE,
        choice("kind", "Kind", "类型", choices_of(PostingKind.choices), required=True),
        code("staff_institution_code", "Institution code of the person", "派出机构代码", 32, required=True),
        code("staff_code", "Staff number", "工号", 32, required=True),
        code("to_institution_code", "Code of the receiving institution", "接收机构代码", 32, required=True),
        code("to_department_code", "Code of the receiving department", "接收科室代码", 32),
        SPECIALTY,
        _BATCH,
        code("team_code", "Team", "团队代码", 32),
        code("predecessor_code", "Takes over from", "接替的派驻编号", 40),
        code("need_code", "Fills the need", "满足的需求编号", 40),
        _START,
        _END,
        day("arrived_on", "Arrived on", "到岗日期"),
        day("left_on", "Last day on site", "离岗日期"),
        text("tasks", "Tasks", "任务", 4000),
        PROVENANCE,
    ),
    "posting_absences": (
        AGREEMENT_CODE,
        code("posting_code", "Posting", "派驻编号", 40, required=True),
        _START,
        _END,
        choice("kind", "Kind", "类型", choices_of(PostingAbsence.Kind.choices), required=True),
        PROVENANCE,
    ),
}
