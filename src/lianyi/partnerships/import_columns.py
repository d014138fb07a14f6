"""The columns of the partnership tables."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import override

from lianyi.partnerships.evidence import EvidenceKind
from lianyi.partnerships.models import (
    Agreement,
    AgreementParty,
    Alliance,
    Duty,
    Tightness,
    TimelineFact,
)
from lianyi.registry.imports.declaring import (
    INSTITUTION_CODE,
    PROVENANCE,
    SOURCE,
    choice,
    code,
    day,
    listed,
    text,
    whole,
    yes_no,
)
from lianyi.tabular.columns import Choice, Column, ColumnKind


def choices_of(options: Iterable[tuple[object, object]]) -> tuple[Choice, ...]:
    """Turn the choices of a field into those of a column, with their words in both languages."""
    rows = list(options)
    with override("en"):
        english = [str(label) for _value, label in rows]
    with override("zh-hans"):
        chinese = [str(label) for _value, label in rows]
    return tuple(Choice(str(value), en, zh) for (value, _label), en, zh in zip(rows, english, chinese, strict=True))


AGREEMENT_CODE = code("agreement_code", "Agreement code", "协议代码", 32, required=True)
_CODE = code("code", "Code", "代码", 32, required=True)
_FROM, _TO = day("valid_from", "From", "起始日期", required=True), day("valid_to", "To", "截止日期")
SPECIALTY = code("specialty", "Specialty", "诊疗科目代码", 20, aliases=("诊疗科目", "专科"))
_UNIT = text("unit", "Unit", "单位", 32)

TITLES = {
    "alliances": ("Alliances", "医联体"),
    "alliance_memberships": ("Memberships of alliances", "医联体成员"),
    "agreements": ("Agreements", "协议"),
    "agreement_parties": ("Parties of agreements", "协议各方"),
    "duties": ("Duties", "职责"),
    "cycle_steps": ("Steps of the cycle", "循环步骤"),
    "timeline_facts": ("Events of the time line", "大事记"),
}

COLUMNS: dict[str, tuple[Column, ...]] = {
    "alliances": (
        _CODE,
        text("name_zh", "Chinese name", "名称", 200, required=True),
        text("name_en", "English name", "英文名称", 200),
        choice("kind", "Kind", "类型", choices_of(Alliance.Kind.choices), required=True),
        code("lead_code", "Code of the lead institution", "牵头机构代码", 32, required=True),
        code("place_code", "Place code", "区划代码", 12),
        SPECIALTY,
        day("founded_on", "Founded on", "成立日期"),
        day("dissolved_on", "Dissolved on", "解散日期"),
        PROVENANCE,
    ),
    "alliance_memberships": (
        code("alliance_code", "Alliance code", "医联体代码", 32, required=True),
        INSTITUTION_CODE,
        _FROM,
        _TO,
        choice("tightness", "Tightness", "紧密程度", choices_of(Tightness.choices)),
        PROVENANCE,
    ),
    "agreements": (
        _CODE,
        text("title_zh", "Chinese title", "名称", 200, required=True),
        text("title_en", "English title", "英文名称", 200),
        choice("kind", "Kind", "类型", choices_of(Agreement.Kind.choices), required=True),
        day("starts_on", "Starts on", "开始日期", required=True),
        day("ends_on", "Ends on", "结束日期", required=True),
        yes_no("term_is_stated", "The term is stated in the source", "来源载明期限"),
        day("signed_on", "Signed on", "签订日期"),
        code("alliance_code", "Alliance code", "医联体代码", 32),
        code("rule_set", "Rule set", "适用规则", 64),
        text("approvals", "Who approves a posting", "派驻审批方", 80),
        code("renews_code", "Code of the agreement renewed", "续签的协议代码", 32),
        text("summary_zh", "Chinese summary", "摘要", 4000),
        text("summary_en", "English summary", "英文摘要", 4000),
        PROVENANCE,
    ),
    "agreement_parties": (
        AGREEMENT_CODE,
        INSTITUTION_CODE,
        choice("side", "Side", "角色", choices_of(AgreementParty.Side.choices), required=True),
        _FROM,
        _TO,
        PROVENANCE,
    ),
    "duties": (
        AGREEMENT_CODE,
        _CODE,
        text("title_zh", "Chinese title", "名称", 200, required=True),
        text("title_en", "English title", "英文名称", 200),
        choice("evidence_kind", "Evidence that counts", "计数依据", choices_of(EvidenceKind.choices), required=True),
        Column("quantity", "Promised", "承诺数量", ColumnKind.DECIMAL, required=True, minimum=Decimal(0), example="15"),
        text("unit", "Unit", "单位", 32, required=True),
        choice("period", "Period", "周期", choices_of(Duty.Period.choices)),
        choice("owner_side", "Owed by", "责任方", choices_of(AgreementParty.Side.choices)),
        day("starts_on", "From", "起始日期"),
        day("due_on", "Due on", "截止日期"),
        text("specialties", "Specialties asked for", "所需专科", 400),
        listed("title_rank", "Least title", "最低职称", "title_ranks"),
        yes_no("any_site", "Somebody at any of the places is enough", "任一地点有人在岗即可"),
        text("kinds", "Kinds that count", "计入的活动类型", 400),
        whole("least_minutes", "Least minutes of each", "每次最少分钟数", most=1440),
        text("indicator_targets", "Targets of indicators", "指标目标", 1000),
        SOURCE,
        PROVENANCE,
    ),
    "cycle_steps": (
        AGREEMENT_CODE,
        whole("cycle", "Cycle", "轮次", required=True, most=99),
        whole("step", "Step", "步骤", required=True, most=6),
        day("started_on", "Started on", "开始日期", required=True),
        day("finished_on", "Finished on", "完成日期"),
        text("note", "Note", "备注", 4000),
        PROVENANCE,
    ),
    "timeline_facts": (
        AGREEMENT_CODE,
        _CODE,
        choice("kind", "Kind", "类型", choices_of(TimelineFact.Kind.choices), required=True),
        day("happened_on", "Date", "日期", required=True),
        choice("precision", "Exact to the", "精确到", choices_of(TimelineFact.Precision.choices)),
        text("statement_zh", "What happened, in Chinese", "事项", 4000, required=True),
        text("statement_en", "What happened, in English", "事项（英文）", 4000),
        Column("quantity", "Figure", "数值", ColumnKind.DECIMAL),
        _UNIT,
        code("duty_code", "Duty code", "职责代码", 32),
        SOURCE,
        PROVENANCE,
    ),
}
