"""The columns of the posting tables."""

from __future__ import annotations

from lianyi.dispatch.models import PostingAbsence, PostingKind
from lianyi.partnerships.import_columns import AGREEMENT_CODE, SPECIALTY, choices_of
from lianyi.registry.imports.declaring import PROVENANCE, choice, code, day, text, whole
from lianyi.tabular.columns import Column

_CODE = code("code", "Number", "编号", 40, required=True)
_START, _END = day("starts_on", "From", "开始日期", required=True), day("ends_on", "To", "结束日期", required=True)
_NAMES = (text("name_zh", "Chinese name", "名称", 100), text("name_en", "English name", "英文名称", 100))
_BATCH = whole("batch_number", "Batch", "批次", most=9999)

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
