"""The columns of the tables of projects, and why their rows are refused."""

from __future__ import annotations

from decimal import Decimal

from lianyi.growth.models import DelayReason, MoneyKind, MoneySource, PersonRole, ProjectState
from lianyi.growth.models.projects import KIND_CHOICES, SIGNER_CHOICES
from lianyi.partnerships.import_columns import choices_of
from lianyi.registry.imports.declaring import INSTITUTION_CODE, PROVENANCE, SOURCE, choice, code, day, text, whole
from lianyi.tabular.columns import Column, ColumnKind

_PROJECT = code("project_code", "Project code", "项目代码", 32, required=True)
_NUMBER = whole("number", "Number", "序号", required=True, most=999)

TITLES = {
    "projects": ("Projects", "建设项目"),
    "project_milestones": ("Milestones of projects", "项目节点"),
    "milestone_moves": ("Moves of milestones", "节点调整"),
    "project_money": ("Money of projects", "项目经费"),
    "project_people": ("People of projects", "项目人员"),
}
COLUMNS: dict[str, tuple[Column, ...]] = {
    "projects": (
        code("code", "Code", "代码", 32, required=True),
        text("title_zh", "Chinese title", "名称", 200, required=True),
        text("title_en", "English title", "英文名称", 200),
        choice("kind", "Kind", "类型", choices_of(KIND_CHOICES), required=True),
        code("template", "Template", "模板", 64),
        INSTITUTION_CODE,
        code("department_code", "Department code", "科室代码", 32),
        code("agreement_code", "Agreement code", "协议代码", 32),
        code("duty_code", "Duty code", "职责代码", 32),
        day("planned_from", "Planned from", "计划开始", required=True),
        day("target_on", "Target day", "目标日期", required=True),
        choice("state", "State", "状态", choices_of(ProjectState.choices)),
        day("started_on", "Started on", "开工日期"),
        day("ended_on", "Ended on", "结束日期"),
        SOURCE,
        PROVENANCE,
    ),
    "project_milestones": (
        _PROJECT,
        _NUMBER,
        text("name_zh", "Chinese name", "名称", 200, required=True),
        text("name_en", "English name", "英文名称", 200),
        text("asked_zh", "Evidence asked (Chinese)", "所需证据", 300),
        text("asked_en", "Evidence asked (English)", "所需证据（英文）", 300),
        choice("signed_by", "Signed by", "签字方", choices_of(SIGNER_CHOICES)),
        day("baseline_from", "Agreed from", "原定开始", required=True),
        day("baseline_to", "Agreed to", "原定完成", required=True),
        day("reached_on", "Reached on", "达到日期"),
        text("evidence", "Evidence", "证据", 2000),
        text("evidence_file", "Name of the file", "文件名", 200),
        day("verified_on", "Signed on", "签字日期"),
        PROVENANCE,
    ),
    "milestone_moves": (
        _PROJECT,
        _NUMBER,
        day("moved_on", "Moved on", "调整日期", required=True),
        day("new_from", "New from", "新的开始日期", required=True),
        day("new_to", "New to", "新的完成日期", required=True),
        choice("reason_code", "Kind of reason", "原因类别", choices_of(DelayReason.choices), required=True),
        text("reason", "In a sentence", "说明", 500, required=True),
        PROVENANCE,
    ),
    "project_money": (
        _PROJECT,
        _NUMBER,
        choice("kind", "Kind", "类型", choices_of(MoneyKind.choices), required=True),
        choice("money_source", "Source of the money", "资金来源", choices_of(MoneySource.choices), required=True),
        Column(
            "amount_yuan", "Amount (yuan)", "金额（元）", ColumnKind.DECIMAL, required=True, minimum=Decimal(0),
            example="120000.00",
        ),
        day("on", "Day", "日期", required=True),
        text("purpose", "For what", "用途", 300),
        whole("corrects_number", "Corrects line", "更正的序号", most=999),
        PROVENANCE,
    ),
    "project_people": (
        _PROJECT,
        INSTITUTION_CODE,
        code("staff_code", "Staff number", "工号", 32, required=True),
        choice("role", "Role", "职责", choices_of(PersonRole.choices), required=True),
        day("starts_on", "From", "开始日期", required=True),
        day("ends_on", "To", "结束日期"),
        PROVENANCE,
    ),
}  # fmt: skip
REFUSALS = {
    "project-state-on-page": (
        "the project is on record as “{given}”; take its step on its page.",
        "该项目登记的状态为“{given}”，请在项目页面上变更状态。",
    ),
    "project-state-new": (
        "a new project is planned or running; it is ended on its page, when its milestones are signed.",
        "新项目只能是计划或进行中，请在节点签字后到项目页面上结束。",
    ),
    "milestone-on-page": (
        "the milestone is on record with other days; move, reach or sign it on its page.",
        "该节点已登记，日期与此不同，请在项目页面上调整、确认或签字。",
    ),
    "milestone-signed-by-table": (
        "a table does not sign. Leave the day of signing empty; another side signs on the page.",
        "表格不能代替签字，请将签字日期留空，由另一方在页面上签字。",
    ),
    "milestone-move-on-record": (
        "a move of this day is on record and is not changed. Move the milestone again.",
        "该日期的调整已登记，不能修改，请重新调整节点。",
    ),
    "milestone-reached-already": (
        "the milestone is reached and is moved no more.",
        "该节点已达到，不能再调整。",
    ),
    "project-money-on-record": (
        "the line is on record and is not changed. Add a line that corrects it.",
        "该经费已登记，不能修改，请另加一行更正。",
    ),
}
