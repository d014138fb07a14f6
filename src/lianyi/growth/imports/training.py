"""The tables of training: courses, sessions, enrolments, attendances, test results."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import override

from lianyi.accounts.access import scoped, scoped_for
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.roles import Permission
from lianyi.errors import LianyiError
from lianyi.growth.commands.training import note_of_session
from lianyi.growth.commands.training_people import check_score
from lianyi.growth.imports.training_columns import COLUMNS, REFUSALS, TITLES
from lianyi.growth.models.training import (
    Attendance,
    AttendanceSource,
    Course,
    Enrolment,
    SessionState,
    TestResult,
    TrainingSession,
    TrainingSessionEvent,
)
from lianyi.growth.training_authority import keeps_training
from lianyi.growth.training_checks import PEOPLE_KEYS, SERVICES, check_course, check_session
from lianyi.pages.errors import message_of
from lianyi.partnerships.table_shapes import (
    Reference,
    Shape,
    agreements_for,
    institutions_known,
    kind_of,
    plain,
    rows_by,
    specialty_problems,
)
from lianyi.registry.imports.kinds import RowAction, RowPlan, register_table_kind
from lianyi.registry.imports.planning import Decided, Problems, Values, order_problems
from lianyi.registry.imports.refusals import column_named, refusal, register_refusals
from lianyi.registry.models import Department, Staff
from lianyi.tabular.problems import CellProblem
from lianyi.tabular.rows import ParsedRow

PERMISSION = "training.write"
PERSON_KEY = ("staff_id", "name", "institution_name")
PERSON_COLUMNS = ("staff", "name", "institution_name")


def staff_named(actor: Actor, names: Collection[str]) -> dict[str, int]:
    """Look people up as they are written: institution code, a stroke, staff number."""
    rows = scoped(actor, Staff.objects.filter(institution__code__in={name.partition("/")[0] for name in names}))
    known = {f"{home}/{code}": pk for pk, home, code in rows.values_list("pk", "institution__code", "code")}
    return {name: known[name] for name in names if name in known}


def _agreements(actor: Actor, codes: Collection[str]) -> Mapping[str, int]:
    return agreements_for(PERMISSION)(actor, codes) if keeps_training(actor) else {}


def _kept(model: type[Model]) -> Callable[[Actor, Collection[str]], Mapping[str, int]]:
    def find(actor: Actor, codes: Collection[str]) -> Mapping[str, int]:
        if not keeps_training(actor):
            return {}
        rows = scoped_for(actor, model._default_manager.filter(code__in=list(codes)), Permission.parse(PERMISSION))
        return dict(rows.values_list("code", "pk"))

    return find


_STAFF = Reference("staff", "staff_id", staff_named)
_COURSE = Reference("course_code", "course_id", _kept(Course))


def counts_in(text: str, known: Collection[str]) -> dict[str, int] | None:
    """Read ``female_15_64=12; male_65_up=3``; None where the text is no such list.

    >>> counts_in("test=3; test=x", ("test",)) is None, counts_in(" test = 3 ", ("test",))
    (True, {'test': 3})
    """
    counts = {}
    for part in filter(None, (each.strip() for each in text.replace("；", ";").split(";"))):
        name, _mark, count = part.partition("=")
        if name.strip() not in known or not count.strip().isdecimal():
            return None
        counts[name.strip()] = int(count)
    return counts


def _refine_course(row: ParsedRow, _values: Values) -> Problems:
    return order_problems(row, COLUMNS["courses"], "starts_on", "ends_on")


def _refine_session(row: ParsedRow, values: Values) -> Problems:
    columns = COLUMNS["training_sessions"]
    problems = list(specialty_problems(row, values, columns))
    for name, known in (("people", PEOPLE_KEYS), ("services", SERVICES)):
        if name not in row.values:
            continue
        found = counts_in(str(row.values[name] or ""), known)
        if found is None:
            problems.append(refusal("training-counts", column_named(columns, name), given=row.values[name]))
        else:
            values[name] = found
    department = row.values.get("department_code")
    if "department_code" in row.values:
        rows = Department.objects.filter(institution_id=values.get("institution_id"), code=department or "")
        values["department_id"] = rows.values_list("pk", flat=True).first()
        if department and values["department_id"] is None:
            problems.append(refusal("not-in-reach", column_named(columns, "department_code"), given=department))
    return tuple(problems)


def _person_of(row: ParsedRow, values: Values) -> Problems:
    """Complete who a row speaks of, so that the key always has all its parts."""
    for name in ("name", "institution_name"):
        values[name] = str(row.values.get(name) or "").strip()
    values.setdefault("staff_id", None)
    is_named = bool(values["name"] and values["institution_name"])
    is_both = values["staff_id"] is not None and (values["name"] or values["institution_name"])
    return () if (values["staff_id"] is not None or is_named) and not is_both else (refusal("training-person"),)


def _refine_enrolment(row: ParsedRow, values: Values) -> Problems:
    return _person_of(row, values)


def _refine_attendance(row: ParsedRow, values: Values) -> Problems:
    values.setdefault("is_present", True)
    values.setdefault("source", AttendanceSource.TABLE.value)
    session = TrainingSession.objects.get(pk=values["session_id"])
    if session.state == SessionState.CANCELLED or session.day > timezone.localdate():
        column = column_named(COLUMNS["attendances"], "session_code")
        return (refusal("training-not-held", column, given=row.values["session_code"]),)
    return _person_of(row, values)


def _refine_result(row: ParsedRow, values: Values) -> Problems:
    problems = _person_of(row, values)
    who = {name: values.pop(name) for name in PERSON_KEY}
    course = values.pop("course_id")
    if problems:
        return problems
    enrolment = Enrolment.objects.filter(course_id=course, **who).first()
    if enrolment is None:
        given = row.values.get("staff") or row.values.get("name")
        return (refusal("training-not-enrolled", column_named(COLUMNS["test_results"], "staff"), given=given),)
    values["enrolment_id"] = enrolment.pk
    return ()


def _as_it_would_be(model: type[Model], decided: Decided) -> Any:  # noqa: ANN401 - a row of one of the models
    row = model() if decided.kept is None else model._default_manager.get(pk=decided.kept["pk"])
    for name, value in decided.plan.values.items():
        setattr(row, name, value)
    return row


def refused_in_words(error: LianyiError) -> CellProblem:
    """Say a refusal of a command as a problem of a row, in both languages."""
    with override("en"):
        english = message_of(error)
    with override("zh-hans"):
        chinese = message_of(error)
    return CellProblem("refused", {"reason": error.code, "reason_en": english, "reason_zh": chinese})


def _checking(model: type[Model], ask: Callable[[Any], None]) -> Callable[[Actor, Decided], Problems]:
    """Ask of a row of a table what the commands ask of what people type."""

    def check(_actor: Actor, decided: Decided) -> Problems:
        if decided.plan.action is RowAction.UNCHANGED:
            return ()
        if decided.kept is not None and model is TrainingSession:
            state = TrainingSession.objects.values_list("state", flat=True).get(pk=decided.kept["pk"])
            if state != SessionState.PLANNED:
                return (refusal("training-recorded", state=state),)
        if decided.kept is not None and model is TestResult:
            score = TestResult.objects.values_list("score", flat=True).get(pk=decided.kept["pk"])
            return (refusal("training-result-recorded", score=score),)
        try:
            ask(_as_it_would_be(model, decided))
        except LianyiError as error:
            return (refused_in_words(error),)
        return ()

    return check


def _check_result(row: TestResult) -> None:
    check_score(row.enrolment.course, row.score)


def _nothing_more(_row: object) -> None:
    """Everything about the row is asked where its codes are looked up."""


def _exporting(
    rows: Callable[[], QuerySet[Any, Any]], columns: Mapping[str, str], person: str = ""
) -> Callable[[Actor], Iterable[Mapping[str, Any]]]:
    """Return an export; ``person`` leads to the staff record of rows that speak of somebody."""

    def export(actor: Actor) -> Iterable[Mapping[str, Any]]:
        if not keeps_training(actor):
            return
        home, code = f"{person}institution__code", f"{person}code"
        wanted = {**columns, **({"_home": home, "_code": code} if person else {})}
        names = list(wanted)
        for found in scoped(actor, rows()).values_list(*wanted.values()):
            line = {name: _written(value) for name, value in zip(names, found, strict=True)}
            if person:
                column = "teacher" if person.startswith("teacher") else "staff"
                home_code, own_code = line.pop("_home"), line.pop("_code")
                line[column] = f"{home_code}/{own_code}" if home_code else None
            yield line

    return export


def _written(value: Any) -> Any:  # noqa: ANN401 - whatever a field holds
    return "; ".join(f"{name}={count}" for name, count in value.items()) or None if isinstance(value, dict) else value


def _note_sessions(context: CommandContext, plans: Sequence[RowPlan]) -> None:
    """Write a line of history for each session that a table wrote or changed."""
    written = (RowAction.CREATE, RowAction.UPDATE)
    codes = [plan.values["code"] for plan in plans if plan.action in written]
    rows = TrainingSession.objects.filter(code__in=codes).order_by("pk")
    events = [note_of_session(context, row, "import", "", {}) for row in rows]
    TrainingSessionEvent.objects.bulk_create(events, batch_size=1000)


def _shapes() -> tuple[Shape, ...]:
    course = COLUMNS["courses"]
    session = COLUMNS["training_sessions"]
    own_course = [each.name for each in course if each.name not in ("agreement_code", "organiser_code")]
    beside = ("agreement_code", "course_code", "institution_code", "department_code", "teacher", "people", "services")
    own_session = [each.name for each in session if each.name not in beside]
    who = plain("name", "institution_name", "provenance")
    return (
        Shape(
            "courses", course, Course, ("code",), ("code",), plain(*own_course),
            (
                Reference("agreement_code", "agreement_id", _agreements),
                Reference("organiser_code", "organiser_id", institutions_known),
            ),
            rows_by("code", Course),
            _exporting(
                lambda: Course.objects.order_by("code"),
                {"agreement_code": "agreement__code", "organiser_code": "organiser__code", **plain(*own_course)},
            ),
            refine=_refine_course, check=_checking(Course, check_course),
        ),
        Shape(
            "training_sessions", session, TrainingSession, ("code",), ("code",), plain(*own_session),
            (
                Reference("agreement_code", "agreement_id", _agreements), _COURSE,
                Reference("institution_code", "institution_id", institutions_known),
                Reference("teacher", "teacher_id", staff_named),
            ),
            rows_by("code", TrainingSession),
            _exporting(
                lambda: TrainingSession.objects.order_by("code"),
                {
                    "agreement_code": "agreement__code", "course_code": "course__code",
                    "institution_code": "institution__code", "department_code": "department__code",
                    "people": "people", "services": "services", **plain(*own_session),
                },
                "teacher__",
            ),
            refine=_refine_session, check=_checking(TrainingSession, check_session), after=_note_sessions,
        ),
        Shape(
            "enrolments", COLUMNS["enrolments"], Enrolment, ("course_id", *PERSON_KEY),
            ("course_code", *PERSON_COLUMNS), who, (_COURSE, _STAFF), rows_by("course_id", Enrolment),
            _exporting(
                lambda: Enrolment.objects.filter(is_withdrawn=False).order_by("course__code", "pk"),
                {"course_code": "course__code", **who}, "staff__",
            ),
            refine=_refine_enrolment, check=_checking(Enrolment, _nothing_more),
        ),
        Shape(
            "attendances", COLUMNS["attendances"], Attendance, ("session_id", *PERSON_KEY),
            ("session_code", *PERSON_COLUMNS), {**who, "is_present": "is_present", "source": "source"},
            (Reference("session_code", "session_id", _kept(TrainingSession)), _STAFF),
            rows_by("session_id", Attendance),
            _exporting(
                lambda: Attendance.objects.order_by("session__code", "pk"),
                {"session_code": "session__code", **who, "is_present": "is_present", "source": "source"}, "staff__",
            ),
            refine=_refine_attendance, check=_checking(Attendance, _nothing_more),
        ),
        Shape(
            "test_results", COLUMNS["test_results"], TestResult, ("enrolment_id", "moment"),
            ("course_code", *PERSON_COLUMNS, "moment"),
            plain("moment", "score", "taken_on", "provenance"), (_COURSE, _STAFF), rows_by("enrolment_id", TestResult),
            _exporting(
                lambda: TestResult.objects.order_by("enrolment__course__code", "enrolment_id", "moment"),
                {
                    "course_code": "enrolment__course__code", "name": "enrolment__name",
                    "institution_name": "enrolment__institution_name",
                    **plain("moment", "score", "taken_on", "provenance"),
                },
                "enrolment__staff__",
            ),
            refine=_refine_result, check=_checking(TestResult, _check_result),
        ),
    )  # fmt: skip


def register() -> None:
    """Register the tables in the order of loading; once, when the application starts."""
    register_refusals(REFUSALS)
    for shape in _shapes():
        register_table_kind(kind_of(shape, PERMISSION, TITLES[shape.name]))
