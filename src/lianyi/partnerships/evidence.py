"""The kinds of evidence that can count toward a duty, and the registry of what counts each of them.

An application registers one counter for each kind that it can measure. A kind without a counter is *not measured
yet*: that is neither zero nor a failure, and the pages say so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianyi.methods.periods import DateSpan

if TYPE_CHECKING:
    from lianyi.accounts.actors import Actor
    from lianyi.partnerships.models import Duty


class EvidenceKind(models.TextChoices):
    PERSONS_POSTED = "persons_posted", _("persons posted")
    PERSON_DAYS_ON_SITE = "person_days_on_site", _("person-days on site")
    UNBROKEN_PRESENCE = "unbroken_presence", _("share of days with somebody on site")
    SPECIALTIES_COVERED = "specialties_covered", _("specialties covered")
    SITES_SERVED = "sites_served", _("institutions or villages served")
    BATCHES_SENT = "batches_sent", _("batches sent")
    PERSONS_SECONDED_UP = "persons_seconded_up", _("persons seconded up")
    STATIONED_MID_GRADE_DOCTORS = "stationed_mid_grade_doctors", _("stationed doctors of middle grade and above")
    EXECUTIVE_DEANS = "executive_deans", _("executive deans in post")
    TRAINING_SESSIONS = "training_sessions", _("training sessions")
    FREE_CLINICS = "free_clinics", _("free clinics")
    MENTOR_PAIRS = "mentor_pairs", _("mentor pairs")
    TECHNIQUES_INDEPENDENT = "techniques_independent", _("techniques done alone")
    PROJECT_MILESTONES = "project_milestones", _("project milestones reached")
    PIPELINE_STAGES = "pipeline_stages", _("stages of the pipeline completed")
    RESULTS_IN_USE = "results_in_use", _("institutions that use results")
    REFERRALS_ANSWERED_IN_TIME = "referrals_answered_in_time", _("share of referrals answered in time")
    PATIENTS_TRANSFERRED_BACK = "patients_transferred_back", _("patients transferred back")
    ROUNDS_HELD = "rounds_held", _("rounds of mobile teams held")
    VISITS_HELD = "visits_held", _("visits held")
    ACTIONS_CLOSED = "actions_closed", _("agreed actions closed")
    INDICATOR_TARGET = "indicator_target", _("indicator target reached")


@dataclass(frozen=True, slots=True)
class CountRequest:
    """One duty within one period."""

    duty: Duty
    span: DateSpan


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was delivered, with the parts of a share where it is one, and the rows behind it.

    ``value`` is in the duty's unit; for shares it lies between 0 and 1 with ``numerator`` and ``denominator`` given.
    ``counted_to`` is the last day that the count knows of: a period still running is counted up to today.
    """

    value: Decimal
    row_ids: tuple[int, ...]
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    sample_rows: int = 0
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counter:
    """Counts one kind of evidence for many duties at once, so that a list of duties costs a fixed number of queries.

    None stands for a period without anything to judge, such as a share of referrals in a quarter that had none.

    ``rows_url`` names the page that shows the rows behind a count; it takes the duty's id and the period's first day.

    ``hides`` stands where patients are counted: it tells of each count whether it must be hidden from a reader, because
    it is small; a reader of None is everybody whom a printed paper may reach.

    ``nothing_yet`` is said of a period that has begun and has nothing to judge, where the rows page tells what lacks.
    """

    kind: EvidenceKind
    rows_url: str
    count: Callable[[Sequence[CountRequest]], Sequence[Evidence | None]]
    hides: Callable[[Actor | None, Sequence[Evidence]], Sequence[bool]] | None = None
    nothing_yet: str | Promise = ""


_COUNTERS: dict[str, Counter] = {}


def register_counter(counter: Counter) -> None:
    """Register what counts a kind of evidence; once, when its application starts."""
    if counter.kind in _COUNTERS:
        raise ValueError(f"'{counter.kind}' has a counter already; each kind of evidence is counted in one place.")
    _COUNTERS[counter.kind] = counter


def counter_of(kind: str) -> Counter | None:
    """Return the counter of a kind, or None when nothing measures it yet."""
    return _COUNTERS.get(kind)
