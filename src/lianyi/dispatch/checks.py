"""What stands in the way of publishing lines of a plan.

All lines are looked at together and with a fixed number of queries, so that 514 village postings are checked as
quickly as one. A problem blocks publication; what a programme's rules ask is judged apart, in ``rule_checks``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q

from lianyi.dispatch.errors import PublicationRefusedError
from lianyi.dispatch.machine import BOOKED, STAYED
from lianyi.dispatch.models import Posting, PostingApproval
from lianyi.dispatch.stays import expected_span
from lianyi.methods.periods import DateSpan
from lianyi.methods.staffing import minimum_cover_breaches
from lianyi.registry.models import Staff, StaffUnavailability


@dataclass(frozen=True, slots=True)
class PublicationProblem:
    """One reason why a posting cannot be published, for ``dispatch.texts`` to say in the reader's language."""

    posting_id: int
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


def publication_problems(postings: Iterable[Posting]) -> list[PublicationProblem]:
    """Return everything that blocks these postings, in their order."""
    rows = list(postings)
    problems = [problem for row in rows for problem in _own_problems(row)]
    problems += _double_bookings(rows)
    problems += _unavailable(rows)
    problems += _missing_approvals(rows)
    problems += _bare_home_departments(rows)
    order = {row.pk: position for position, row in enumerate(rows)}
    return sorted(problems, key=lambda problem: (order[problem.posting_id], problem.code))


def require_publishable(postings: Iterable[Posting]) -> None:
    """Refuse to publish these lines if anything stands in the way of one of them.

    Raises
    ------
    PublicationRefusedError
        With the problems of every line.
    """
    rows = list(postings)
    problems = publication_problems(rows)
    if problems:
        lines = len({problem.posting_id for problem in problems})
        raise PublicationRefusedError(
            f"{lines} of {len(rows)} lines cannot be published. Mend them or leave them out, then publish again.",
            problems=problems,
        )


def _own_problems(row: Posting) -> Iterable[PublicationProblem]:
    term = row.agreement.term
    if row.starts_on < term.start or row.ends_on > term.end:
        yield PublicationProblem(row.pk, "outside-term", {"from": str(term.start), "to": str(term.end)})
    if row.agreement.state != "in_force":
        yield PublicationProblem(row.pk, "agreement-not-in-force", {"agreement": row.agreement.code})
    for institution in (row.from_institution, row.to_institution):
        if not institution.is_open_on(row.starts_on) or not institution.is_open_on(row.ends_on):
            yield PublicationProblem(row.pk, "institution-closed", {"institution": institution.name_zh})
    employed_to = row.staff.employed_to
    if employed_to is not None and employed_to < row.ends_on:
        yield PublicationProblem(row.pk, "not-employed", {"until": str(employed_to)})


def _double_bookings(rows: Sequence[Posting]) -> Iterable[PublicationProblem]:
    staff_ids = {row.staff_id for row in rows}
    published = Posting.objects.filter(staff_id__in=staff_ids).filter(Q(state__in=BOOKED) | Q(state__in=STAYED))
    by_staff: defaultdict[int, list[tuple[DateSpan, Posting]]] = defaultdict(list)
    others = {row.pk: row for row in published}
    others.update({row.pk: row for row in rows})
    for other in others.values():
        span = expected_span(other)
        if span is not None:
            by_staff[other.staff_id].append((span, other))
    for row in rows:
        span = expected_span(row)
        if span is None:
            continue
        clashes = [other for taken, other in by_staff[row.staff_id] if other.pk != row.pk and taken.overlaps(span)]
        for other in sorted(clashes, key=lambda clash: (clash.starts_on, clash.pk)):
            params = {"other": other.code, "from": str(other.starts_on), "to": str(other.ends_on)}
            yield PublicationProblem(row.pk, "double-booking", params)


def _unavailable(rows: Sequence[Posting]) -> Iterable[PublicationProblem]:
    spans: defaultdict[int, list[DateSpan]] = defaultdict(list)
    found = StaffUnavailability.objects.filter(staff_id__in={row.staff_id for row in rows}).order_by("starts_on")
    for staff_id, start, end in found.values_list("staff_id", "starts_on", "ends_on"):
        spans[staff_id].append(DateSpan(start, end))
    for row in rows:
        wanted = DateSpan(row.starts_on, row.ends_on)
        for away in spans[row.staff_id]:
            if away.overlaps(wanted):
                yield PublicationProblem(row.pk, "unavailable", {"from": str(away.start), "to": str(away.end)})


def _missing_approvals(rows: Sequence[Posting]) -> Iterable[PublicationProblem]:
    answers: defaultdict[int, dict[str, str]] = defaultdict(dict)
    found = PostingApproval.objects.filter(posting__in=[row.pk for row in rows])
    for posting_id, side, answer in found.values_list("posting_id", "side", "answer"):
        answers[posting_id][side] = answer
    for row in rows:
        if row.arrived_on is not None:
            # Whoever came is there: facts are recorded, whatever was approved before.
            continue
        for side in row.agreement.approvals:
            given = answers[row.pk].get(side)
            if given is None:
                yield PublicationProblem(row.pk, "approval-missing", {"side": side})
            elif given == PostingApproval.Answer.REFUSED:
                yield PublicationProblem(row.pk, "approval-refused", {"side": side})


def _bare_home_departments(rows: Sequence[Posting]) -> Iterable[PublicationProblem]:
    guarded = {
        row.from_department_id
        for row in rows
        if row.from_department is not None and row.from_department.minimum_staff_on_duty > 0
    }
    if not guarded:
        return
    staff_count = dict(
        Staff.objects.filter(department_id__in=guarded, employed_to__isnull=True)
        .order_by()
        .values_list("department_id")
        .annotate(people=Count("pk"))
    )
    away = _away_from(guarded, rows)
    for row in rows:
        department = row.from_department
        if department is None or department.pk not in guarded:
            continue
        people_away = away[department.pk]
        breaches = minimum_cover_breaches(
            DateSpan(row.starts_on, row.ends_on),
            staff=max(staff_count.get(department.pk, 0), len(people_away)),
            minimum=department.minimum_staff_on_duty,
            away=people_away,
        )
        if breaches:
            params = {
                "department": department.name_zh,
                "minimum": department.minimum_staff_on_duty,
                "present": min(breach.present for breach in breaches),
                "from": str(breaches[0].span.start),
            }
            yield PublicationProblem(row.pk, "home-cover", params)


def _away_from(departments: set[int | None], rows: Sequence[Posting]) -> dict[int, dict[str, list[DateSpan]]]:
    """Who is away from each department and when: published postings and the lines to be published."""
    published = Posting.objects.filter(from_department_id__in=departments, state__in=(*BOOKED, *STAYED))
    everyone = {row.pk: row for row in published}
    everyone.update({row.pk: row for row in rows if row.from_department_id in departments})
    away: defaultdict[int, defaultdict[str, list[DateSpan]]] = defaultdict(lambda: defaultdict(list))
    for row in everyone.values():
        span = expected_span(row)
        if span is not None and row.from_department_id is not None:
            away[row.from_department_id][str(row.staff_id)].append(span)
    return {department: dict(people) for department, people in away.items()}
