"""The columns of the tables of training, and why their rows are refused."""

from __future__ import annotations

from lianyi.growth.models.training import AttendanceSource, CourseKind, SessionKind, SessionState, TestMoment
from lianyi.partnerships.import_columns import AGREEMENT_CODE, choices_of
from lianyi.registry.imports.declaring import PROVENANCE, choice, code, day, text, whole, yes_no
from lianyi.tabular.columns import Column, ColumnKind


def points(name: str, english: str, chinese: str, *, required: bool = False) -> Column:
    return Column(name, english, chinese, ColumnKind.DECIMAL, required, minimum=0, maximum=1000, example="82.5")


def person(name: str, english: str, chinese: str) -> Column:
    return Column(
        name,
        english,
        chinese,
        ColumnKind.TEXT,
        maximum_length=70,
        example="CHRMYY/EM01",
        help_en="institution code / staff number",
        help_zh="机构代码/工号",
    )


_COURSE = code("course_code", "Course code", "课程代码", 32, required=True)
_SESSION = code("session_code", "Session code", "培训活动代码", 32, required=True)
_WHO = (
    person("staff", "Person", "人员"),
    text("name", "Name without a record", "姓名（无人员登记）", 60),
    text("institution_name", "Institution in words", "单位名称", 120),
)
TITLES = {
    "courses": ("Courses", "培训课程"),
    "training_sessions": ("Training sessions", "培训活动"),
    "enrolments": ("Enrolments", "学员名单"),
    "attendances": ("Attendances", "签到记录"),
    "test_results": ("Test results", "测验成绩"),
}
COLUMNS: dict[str, tuple[Column, ...]] = {
    "courses": (
        AGREEMENT_CODE,
        code("code", "Code", "代码", 32, required=True),
        code("organiser_code", "Given by (institution code)", "举办机构代码", 32, required=True),
        text("title_zh", "Chinese title", "名称", 120, required=True),
        text("title_en", "English title", "英文名称", 120),
        choice("kind", "Kind", "类型", choices_of(CourseKind.choices), required=True),
        day("starts_on", "From", "开始日期", required=True),
        day("ends_on", "To", "结束日期", required=True),
        points("test_maximum", "Most points of the test", "测验满分"),
        points("pass_mark", "Pass mark", "合格分"),
        whole("least_attendance_percent", "Least attendance (%)", "最低出勤率（%）", most=100),
        PROVENANCE,
    ),
    "training_sessions": (
        AGREEMENT_CODE,
        code("course_code", "Course code", "课程代码", 32),
        code("code", "Code", "代码", 32, required=True),
        choice("kind", "Kind", "类型", choices_of(SessionKind.choices), required=True),
        text("title", "Subject", "主题", 200, required=True),
        day("day", "Day", "日期", required=True),
        whole("minutes", "Minutes planned", "计划分钟", required=True, most=1440),
        code("institution_code", "Institution code", "机构代码", 32),
        code("department_code", "Department code", "科室代码", 32),
        text("place", "Place", "地点", 120),
        person("teacher", "Teacher", "授课人"),
        text("teacher_name", "Name of the teacher", "授课人姓名", 60),
        text("specialty", "Specialty", "专业", 8),
        text("technique_code", "Technique", "技术代码", 64),
        choice("state", "State", "状态", choices_of(SessionState.choices)),
        day("held_on", "Held on", "实际日期"),
        whole("held_minutes", "Minutes held", "实际分钟", most=1440),
        text("reason", "Why cancelled", "取消原因", 400),
        whole("people_seen", "People seen", "服务人数", most=100_000),
        text("people", "People by sex and age", "按性别年龄人数", 400),
        text("services", "Services with counts", "服务项目及数量", 400),
        PROVENANCE,
    ),
    "enrolments": (_COURSE, *_WHO, PROVENANCE),
    "attendances": (
        _SESSION,
        *_WHO,
        yes_no("is_present", "Was there", "是否到场"),
        choice("source", "Known from", "来源", choices_of(AttendanceSource.choices)),
        PROVENANCE,
    ),
    "test_results": (
        _COURSE,
        *_WHO,
        choice("moment", "When", "前测或后测", choices_of(TestMoment.choices), required=True),
        points("score", "Points", "得分", required=True),
        day("taken_on", "Taken on", "测验日期", required=True),
        PROVENANCE,
    ),
}
REFUSALS = {
    "training-person": (
        "names neither a person of the staff nor a name with its institution, or both. Give one of the two.",
        "请填写人员（机构代码/工号），或填写姓名和单位名称，二者择一。",
    ),
    "training-counts": (
        "“{given}” is no list of counts. Write for example female_15_64=12; male_65_up=3.",
        "“{given}”不是人数列表，请按 female_15_64=12; male_65_up=3 的形式填写。",
    ),
    "training-recorded": (
        "the session is on record ({state}); correct it on its page, with a reason.",
        "该次培训已有记录（{state}），请在其页面更正并说明原因。",
    ),
    "training-result-recorded": (
        "this result is on record ({score}); correct it on the page of the course, with a reason.",
        "该成绩已登记（{score}），请在课程页面更正并说明原因。",
    ),
    "training-not-enrolled": (
        "“{given}” is not enrolled in this course. Enrol the person first.",
        "“{given}”未报名该课程，请先登记学员。",
    ),
    "training-not-held": (
        "“{given}” is cancelled or still to come; it has no attendance.",
        "“{given}”已取消或尚未举行，不能登记签到。",
    ),
}
