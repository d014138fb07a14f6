"""What the pipeline proves of a duty: stages completed, or institutions that use a result, each once.

A project of the pipeline names the duty it serves, and the duty says which of the two it counts; so the first use of a
result is never counted beside the stage that it completed. A stage counts on the day of its last completion, as long as
the project did not go back to it; one that was skipped counts nothing. An institution counts on its first day of use,
also when a later check found that it stopped: the detail says how many did. What a public report tells counts toward
nothing, and a duty that no project names is not judged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from lianyi.accounts.records import Provenance
from lianyi.growth.models import Innovation, InnovationStep, InnovationUse
from lianyi.growth.pipeline_stages import stages_on
from lianyi.partnerships.evidence import Counter, CountRequest, Evidence, EvidenceKind, register_counter

STAGES_URL = "growth:pipeline-stage-evidence"
USES_URL = "growth:pipeline-use-evidence"


def standing_completions(steps: Iterable[InnovationStep]) -> list[InnovationStep]:
    """Return the completions that stand, one for each stage, of the steps of one project in their order."""
    last: dict[str, InnovationStep] = {}
    for each in steps:
        if each.step == "complete":
            last[each.stage] = each
        elif each.step in ("skip", "take_up"):
            last.pop(each.stage, None)
        elif each.step == "back":
            last.pop(_stage_before(each), None)
    return list(last.values())


def _stage_before(step: InnovationStep) -> str:
    places = [each.id for each in stages_on(step.on).stages]
    return places[max(0, places.index(step.stage) - 1)] if step.stage in places else ""


def count_stages(requests: Sequence[CountRequest]) -> Sequence[Evidence | None]:
    """Count the stages completed in each period, with two queries for all of them."""
    duties = {request.duty.pk for request in requests}
    steps = InnovationStep.objects.filter(innovation__duty_id__in=duties).exclude(provenance=Provenance.REPORTED)
    walked: defaultdict[int, list[InnovationStep]] = defaultdict(list)
    for each in steps.select_related("innovation").order_by("number"):
        walked[each.innovation_id].append(each)
    found: defaultdict[int | None, list[InnovationStep]] = defaultdict(list)
    for way in walked.values():
        found[way[0].innovation.duty_id] += standing_completions(way)
    served = _served(duties)
    return [_stages_in(request, found[request.duty.pk]) if request.duty.pk in served else None for request in requests]


def _stages_in(request: CountRequest, steps: Iterable[InnovationStep]) -> Evidence:
    rows = [each for each in steps if each.on in request.span]
    return Evidence(
        value=Decimal(len(rows)),
        row_ids=tuple(each.pk for each in rows),
        sample_rows=sum(each.provenance == Provenance.SAMPLE for each in rows),
        detail={"projects": len({each.innovation_id for each in rows})},
    )


def count_uses(requests: Sequence[CountRequest]) -> Sequence[Evidence | None]:
    """Count the institutions that began to use a result in each period, with three queries for all of them."""
    duties = {request.duty.pk for request in requests}
    uses = InnovationUse.objects.filter(innovation__duty_id__in=duties).exclude(provenance=Provenance.REPORTED)
    found: defaultdict[int | None, list[InnovationUse]] = defaultdict(list)
    for each in uses.select_related("innovation").prefetch_related("checks").order_by("first_used_on", "pk"):
        found[each.innovation.duty_id].append(each)
    served = _served(duties)
    return [_uses_in(request, found[request.duty.pk]) if request.duty.pk in served else None for request in requests]


def _uses_in(request: CountRequest, uses: Iterable[InnovationUse]) -> Evidence:
    rows = [each for each in uses if each.first_used_on in request.span]
    return Evidence(
        value=Decimal(len(rows)),
        row_ids=tuple(each.pk for each in rows),
        sample_rows=sum(each.provenance == Provenance.SAMPLE for each in rows),
        detail={"stopped": sum(_has_stopped(each) for each in rows)},
    )


def _has_stopped(use: InnovationUse) -> bool:
    checks = sorted(use.checks.all(), key=lambda each: each.checked_on)
    return bool(checks) and not checks[-1].still_used


def _served(duties: Iterable[int]) -> set[int | None]:
    return set(Innovation.objects.filter(duty_id__in=duties).values_list("duty_id", flat=True))


def register() -> None:
    """Register both counters; once, when the application starts."""
    register_counter(Counter(kind=EvidenceKind.PIPELINE_STAGES, rows_url=STAGES_URL, count=count_stages))
    register_counter(Counter(kind=EvidenceKind.RESULTS_IN_USE, rows_url=USES_URL, count=count_uses))
