"""The columns of the tables of rounds, and why their rows are refused."""

from __future__ import annotations

from lianyi.dispatch.models import RoundClosure, RoundKind, RoundPeriod, VisitReason, VisitState
from lianyi.partnerships.import_columns import AGREEMENT_CODE, choices_of
from lianyi.registry.imports.declaring import PROVENANCE, choice, code, day, text, whole, yes_no
from lianyi.tabular.columns import Column, ColumnKind

_PROGRAMME = code("programme_code", "Programme code", "巡诊项目代码", 32, required=True)
_START, _END = day("starts_on", "From", "开始日期", required=True), day("ends_on", "To", "结束日期", required=True)
_SKILLS = ("用空格隔开的诊疗科目代码", "codes of specialties with spaces between")


def _time(name: str, english: str, chinese: str, *, required: bool = False) -> Column:
    return Column(name, english, chinese, ColumnKind.TEXT, required, maximum_length=8, example="08:30")


def _weekdays(english: str, chinese: str) -> Column:
    return Column(
        "weekdays",
        english,
        chinese,
        ColumnKind.CODE,
        maximum_length=7,
        example="135",
        help_en="digits from 1 (Monday) to 7 (Sunday)",
        help_zh="数字1（周一）至7（周日）",
    )


def _skills(english: str, chinese: str) -> Column:
    return Column(
        "skills",
        english,
        chinese,
        ColumnKind.CODE,
        maximum_length=120,
        example="03 05",
        help_en=_SKILLS[1],
        help_zh=_SKILLS[0],
    )


TITLES = {
    "round_programmes": ("Programmes of rounds", "巡诊项目"),
    "round_crews": ("Teams of rounds", "巡诊队"),
    "round_stops": ("Stops of rounds", "巡诊点"),
    "round_ways": ("Ways of rounds", "巡诊路程"),
    "round_closures": ("Closures of stops", "巡诊点停诊"),
    "round_visits": ("Visits of rounds", "巡诊记录"),
}
COLUMNS: dict[str, tuple[Column, ...]] = {
    "round_programmes": (
        AGREEMENT_CODE,
        code("code", "Code", "代码", 32, required=True),
        text("name_zh", "Chinese name", "名称", 100, required=True),
        text("name_en", "English name", "英文名称", 100),
        choice("kind", "Kind", "类型", choices_of(RoundKind.choices), required=True),
        _START,
        _END,
        whole("required_visits", "Visits required", "应巡诊次数", required=True, most=99),
        choice("period", "In every", "周期", choices_of(RoundPeriod.choices), required=True),
        whole("least_days_between", "Days between visits at least", "两次间隔最少天数", most=366),
        whole("most_days_between", "Days between visits at most", "两次间隔最多天数", most=366),
        text("rule", "Required by", "依据规则", 130),
        PROVENANCE,
    ),
    "round_crews": (
        _PROGRAMME,
        code("team_code", "Team code", "团队代码", 32, required=True),
        code("start_code", "Sets out from (institution code)", "出发机构代码", 32, required=True),
        text("vehicle", "Vehicle", "车辆", 100),
        _weekdays("Working days", "工作日"),
        _time("day_starts_at", "Day begins at", "出车时间", required=True),
        _time("day_ends_at", "Day ends at", "收车时间", required=True),
        whole("break_minutes", "Break in minutes", "休息分钟", most=600),
        _time("break_from", "Break not before", "最早休息时间"),
        whole("most_nights", "Nights away in a row at most", "最多连续外宿夜数", most=30),
        _skills("Specialties on board", "随队专科"),
        day("ends_on", "Last day", "最后日期"),
        PROVENANCE,
    ),
    "round_stops": (
        _PROGRAMME,
        code("code", "Code", "代码", 32, required=True),
        code("institution_code", "Institution code", "机构代码", 32),
        code("place_code", "Place code", "区划代码", 12),
        whole("service_minutes", "Minutes at the stop", "服务分钟", required=True, most=1440),
        whole("required_visits", "Visits required", "应巡诊次数", most=99),
        choice("period", "In every", "周期", choices_of(RoundPeriod.choices)),
        _weekdays("Weekdays that suit", "适合的星期"),
        _time("opens_at", "Not before", "最早时间"),
        _time("closes_at", "Over by", "最晚时间"),
        _skills("Specialties asked for", "所需专科"),
        yes_no("offers_night", "A team may stay the night", "可供住宿"),
        day("starts_on", "First day", "起始日期"),
        day("ends_on", "Last day", "最后日期"),
        PROVENANCE,
    ),
    "round_ways": (
        _PROGRAMME,
        code("origin", "From (code of stop or institution)", "起点代码", 32, required=True),
        code("target", "To (code of stop or institution)", "终点代码", 32, required=True),
        whole("minutes", "Minutes on the road", "路程分钟", required=True, most=1440),
        Column("km", "Kilometres", "公里", ColumnKind.DECIMAL, minimum=0, example="18.5"),
        PROVENANCE,
    ),
    "round_closures": (
        _PROGRAMME,
        code("stop_code", "Stop code", "巡诊点代码", 32, required=True),
        _START,
        _END,
        choice("kind", "Why", "原因", choices_of(RoundClosure.Kind.choices), required=True),
        text("reason", "Why, in words", "原因说明", 300),
        PROVENANCE,
    ),
    "round_visits": (
        _PROGRAMME,
        day("day", "Day", "日期", required=True),
        code("team_code", "Team code", "团队代码", 32, required=True),
        code("stop_code", "Stop code", "巡诊点代码", 32, required=True),
        whole("position", "Order of the day", "当日顺序", most=99),
        _time("arrives_at", "Arrival", "到达"),
        _time("departs_at", "Departure", "离开"),
        whole("travel_minutes", "Way there in minutes", "路程分钟", most=1440),
        yes_no("was_planned", "Was planned", "计划内"),
        choice("state", "State", "状态", choices_of(VisitState.choices)),
        day("held_on", "Held on", "实际日期"),
        _time("began_at", "Began at", "开始时间"),
        _time("ended_at", "Ended at", "结束时间"),
        choice("reason_code", "Why", "原因", choices_of(VisitReason.choices)),
        text("reason", "Why, in words", "原因说明", 2000),
        whole("people_seen", "People seen", "服务人数", most=100_000),
        text("services", "Services with counts", "服务项目及数量", 400),
        text("note", "Note", "备注", 2000),
        PROVENANCE,
    ),
}
TIMES = frozenset(
    (
        *("day_starts_at", "day_ends_at", "break_from", "opens_at", "closes_at"),
        *("arrives_at", "departs_at", "began_at", "ended_at"),
    )
)
REFUSALS = {
    "round-time": (
        "“{given}” is no time of day. Give it as 08:30.",
        "“{given}”不是时刻，请按 08:30 的形式填写。",
    ),
    "round-stop-of-nothing": (
        "names neither an institution nor a place. Give one of the two.",
        "没有填写机构代码，也没有填写区划代码，请填写其中一项。",
    ),
    "round-services": (
        "“{given}” is no list of services. Write for example consultation=12; test=3.",
        "“{given}”不是服务项目列表，请按 consultation=12; test=3 的形式填写。",
    ),
    "round-recorded": (
        "the visit is on record ({state}); correct it on its page, with a reason.",
        "该次巡诊已有记录（{state}），请在其页面更正并说明原因。",
    ),
    "round-way-unknown": (
        "“{given}” is no stop of the programme and no institution that a team sets out from.",
        "“{given}”既不是本项目的巡诊点，也不是巡诊队的出发机构。",
    ),
}
