"""What stands in the way of publishing lines of a plan.

All lines are looked at together and with a fixed number of queries, so that 514 village postings are checked as
quickly as one. A problem blocks publication; what a programme's rules ask is judged apart, in ``rule_checks``.
"""

from __future__ import annotations

import copy
import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from lianyi.dispatch.arrivals import earliest_arrival, open_stays
from lianyi.dispatch.errors import PublicationRefusedError
from lianyi.dispatch.home_cover import bare_departments
from lianyi.dispatch.machine import BOOKED, STAYED
from lianyi.dispatch.models import Posting, PostingApproval
from lianyi.dispatch.needs_filling import need_problems
from lianyi.dispatch.stays import expected_span
from lianyi.methods.periods import DateSpan
from lianyi.registry.models import StaffUnavailability

OF_APPROVALS = frozenset({"approval-missing", "approval-refused"})


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
    problems += double_bookings(rows)
    problems += _open_stays(rows)
    problems += _unavailable(rows)
    problems += _missing_approvals(rows)
    problems += _bare_home_departments(rows)
    problems += [PublicationProblem(*problem) for problem in need_problems(rows)]
    order = {row.pk: position for position, row in enumerate(rows)}
    return sorted(problems, key=lambda problem: (order[problem.posting_id], problem.code))


def extension_problems(posting: Posting, ends_on: datetime.date) -> list[PublicationProblem]:
    """Return what stands in the way of the days that an extension adds; approvals were given with the line."""
    added = copy.copy(posting)
    added.starts_on, added.ends_on = posting.ends_on + datetime.timedelta(days=1), ends_on
    added.arrived_on = None
    return without_approvals(publication_problems([added]))


def without_approvals(problems: Iterable[PublicationProblem]) -> list[PublicationProblem]:
    """Leave out what is only an answer not given yet."""
    return [problem for problem in problems if problem.code not in OF_APPROVALS]


def without_approvals_of_arrived(
    rows: Iterable[Posting], problems: Iterable[PublicationProblem]
) -> list[PublicationProblem]:
    """Leave out the missing answers about people who came already."""
    arrived = {row.pk for row in rows if row.arrived_on is not None}
    return [each for each in problems if each.posting_id not in arrived or each.code not in OF_APPROVALS]


def require_no_problems(postings: Sequence[Posting], problems: Sequence[PublicationProblem]) -> None:
    """Refuse to publish these lines if anything stands in the way of one of them.

    Raises
    ------
    PublicationRefusedError
        With the problems of every line.
    """
    if problems:
        lines = len({problem.posting_id for problem in problems})
        raise PublicationRefusedError(
            f"{lines} of {len(postings)} lines cannot be published. Mend them or leave them out, then publish again.",
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
    if row.arrived_on is not None and not earliest_arrival(row) <= row.arrived_on <= row.ends_on:
        yield PublicationProblem(row.pk, "arrival-misplaced", {"given": str(row.arrived_on)})
    employed_to = row.staff.employed_to
    if employed_to is not None and employed_to < row.ends_on:
        yield PublicationProblem(row.pk, "not-employed", {"until": str(employed_to)})


def _open_stays(rows: Sequence[Posting]) -> Iterable[PublicationProblem]:
    """Find the people of whom nobody recorded that they left where they were planned to leave by now."""
    stays, today = open_stays(rows), timezone.localdate()
    for row in rows:
        for stay in stays[row.staff_id]:
            if stay.pk != row.pk and stay.ends_on < today and (stay.arrived_on or stay.starts_on) <= row.ends_on:
                params = {"other": stay.code, "institution": stay.to_institution.name_zh, "planned": str(stay.ends_on)}
                yield PublicationProblem(row.pk, "stay-open", params)


def double_bookings(rows: Sequence[Posting]) -> list[PublicationProblem]:
    """Return the days of these lines on which their people are sent elsewhere too."""
    problems = []
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
            problems.append(PublicationProblem(row.pk, "double-booking", params))
    return problems


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
        for side in row.agreement.approvals:
            given = answers[row.pk].get(side)
            if given in (None, PostingApproval.Answer.LAPSED):
                yield PublicationProblem(row.pk, "approval-missing", {"side": side})
            elif given == PostingApproval.Answer.REFUSED:
                yield PublicationProblem(row.pk, "approval-refused", {"side": side})


def _bare_home_departments(rows: Sequence[Posting]) -> Iterable[PublicationProblem]:
    for pk, bare in bare_departments(rows).items():
        params = {
            "department": bare.department.name_zh,
            "minimum": bare.department.minimum_staff_on_duty,
            "present": min(breach.present for breach in bare.breaches),
            "from": str(bare.breaches[0].span.start),
        }
        yield PublicationProblem(pk, "home-cover", params)
